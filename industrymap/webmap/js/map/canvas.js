// A canvas that lies on the Leaflet map: it moves with it while dragging and zooming and is redrawn when it stops.

/* global L */

const PADDING = 0.2;

/**
 * @typedef {Object} View
 * @property {CanvasRenderingContext2D} ctx in CSS pixels
 * @property {number} zoom
 * @property {number} scale CSS pixels per world unit
 * @property {number} left world x of the canvas' left edge times scale
 * @property {number} top
 * @property {number} width CSS pixels
 * @property {number} height
 * @property {{x0: number, y0: number, x1: number, y1: number, south: number, north: number}} box world units
 */

/**
 * Make a canvas layer.
 * @param {string} pane
 * @param {(view: View) => void} paint
 */
export function canvasLayer(pane, paint) {
  const Sheet = L.Renderer.extend({
    options: { padding: PADDING, pane },

    getEvents() {
      return { ...L.Renderer.prototype.getEvents.call(this), move: this._follow };
    },

    _initContainer() {
      this._container = document.createElement("canvas");
      this._container.setAttribute("aria-hidden", "true");
      this._container.className = "sheet";
      this._ctx = this._container.getContext("2d");
    },

    _destroyContainer() {
      this._container.remove();
      delete this._ctx;
    },

    _updatePaths() {},

    /** Leaflet would move a sheet by the fraction of a pixel that the map's centre lies off: drawn where it is, it stays sharp. */
    _reset() {
      this._update();
    },

    _follow() {
      if (this._bounds && !this._map._animatingZoom && this._map.getZoom() === this._drawnZoom && !this._inSight()) this._paint();
    },

    _update() {
      if (!this._map || (this._map._animatingZoom && this._bounds)) return;
      if (this._bounds && this._drawnZoom === this._map.getZoom() && this._inSight()) return;
      this._paint();
    },

    _inSight() {
      const size = this._map.getSize();
      const corner = this._map.containerPointToLayerPoint([0, 0]).round();
      return this._drawnOrigin === String(this._map.getPixelOrigin()) && this._bounds.contains(L.bounds(corner, corner.add(size)));
    },

    _paint() {
      this._drawnZoom = this._map.getZoom();
      this._drawnOrigin = String(this._map.getPixelOrigin());
      L.Renderer.prototype._update.call(this);
      const size = this._bounds.getSize();
      const ratio = Math.min(3, window.devicePixelRatio || 1);
      const canvas = this._container;
      const [w, h] = [Math.round(size.x * ratio), Math.round(size.y * ratio)];
      L.DomUtil.setPosition(canvas, this._bounds.min);
      if (canvas.width !== w || canvas.height !== h) {
        canvas.width = w;
        canvas.height = h;
        canvas.style.width = `${size.x}px`;
        canvas.style.height = `${size.y}px`;
      }
      this._ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
      this._ctx.clearRect(0, 0, size.x, size.y);
      paint(this._view(size));
      this.fire("update");
    },

    redraw() {
      if (this._map && !(this._map._animatingZoom && this._bounds)) this._paint();
    },

    _view(size) {
      return viewOf(this._map, this._ctx, this._bounds.min, size);
    },
  });
  return new Sheet();
}

/** The view of a canvas whose top left corner is a layer point of the map. */
export function viewOf(map, ctx, corner, size) {
  const zoom = map.getZoom();
  const scale = 256 * 2 ** zoom;
  const origin = map.getPixelOrigin();
  return framed(ctx, zoom, scale, origin.x + corner.x, origin.y + corner.y, size);
}

/** A view of any place, whatever the map shows: for sheets. @param {{x: number, y: number, scale: number, width: number, height: number}} at centre in world units @returns {View} */
export function viewAt({ x, y, scale, width, height }) {
  return framed(null, Math.log2(scale / 256), scale, x * scale - width / 2, y * scale - height / 2, { x: width, y: height });
}

function framed(ctx, zoom, scale, left, top, size) {
  const box = { x0: left / scale, y0: top / scale, x1: (left + size.x) / scale, y1: (top + size.y) / scale };
  const lat = (y) => (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI;
  box.north = lat(box.y0);
  box.south = lat(box.y1);
  return { ctx, zoom, scale, left, top, width: size.x, height: size.y, box };
}
