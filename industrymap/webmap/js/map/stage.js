// The map: canvases (ground, areas, enterprises, what is picked) on Folium's Leaflet map, and hit testing.

/* global L */

import { canvasLayer, viewOf } from "./canvas.js";
import { coloringOf } from "./coloring.js";
import { Clusters, bubbleRadius } from "./clusters.js";
import { OTHER, UNKNOWN, withAlpha } from "../basics/colors.js";
import { Labels } from "./paint_labels.js";
import { latOf, lonOf } from "../basics/mercator.js";
import { paintAll, paintByColor } from "./paint_shapes.js";
import { paintBubbles, paintDots, paintMarks, paintRings } from "./paint_points.js";

const NEAR_LEVELS = ["park", "road"];
const HIT = 9;
const LINES = { districts: { stroke: "#8d99a8", width: 1.4 }, towns: { stroke: "#c3cad3", width: 0.8, dash: [4, 3] } };
const LAND = "#fbfaf7";
const WATER = "#c9dfec";
const COARSE = "#cdb68c";

/** The stage. */
export class Stage {
  /** @param {Object} app */
  constructor(app) {
    this.app = app;
    this.clusters = new Clusters();
    this.marks = [];
    this.bubbles = [];
    this.rings = [];
    this.overlays = [];
    const element = document.querySelector(".folium-map");
    this.map = window[element.id];
    this.element = element;
    this.#panes();
    this.ground = canvasLayer("ground", (view) => this.#paintGround(view)).addTo(this.map);
    this.areas = canvasLayer("areas", (view) => this.#paintAreas(view)).addTo(this.map);
    this.firms = canvasLayer("firms", (view) => this.#paintFirms(view)).addTo(this.map);
    this.top = canvasLayer("top", (view) => this.#paintTop(view)).addTo(this.map);
    this.#listen();
  }

  /** Show the area the data covers. @param {boolean} [animate] */
  home(animate = false) {
    const b = this.app.model.manifest.bounds;
    if (b) this.map.fitBounds([[b[1], b[0]], [b[3], b[2]]], { animate, padding: [18, 18] });
  }

  /** Show one feature or row. @param {string} layerId @param {number} row */
  show(layerId, row) {
    const layer = this.app.model.layer(layerId);
    if (layer.isPoints) {
      const at = layer.points.lonLat(row);
      if (at) this.map.setView([latOf(layer.points.y(row)), lonOf(layer.points.x(row))], Math.max(this.map.getZoom(), 15), { animate: false });
      return;
    }
    const [x0, y0, x1, y1] = layer.shapes.boxes.subarray(row * 4, row * 4 + 4);
    if (x1 >= x0) {
      const bounds = [[latOf(y1), lonOf(x0)], [latOf(y0), lonOf(x1)]];
      this.map.fitBounds(bounds, { animate: false, padding: [60, 60], maxZoom: layerId === "districts" ? 12 : 15.5 });
    }
  }

  /** Draw everything again. */
  redraw() {
    this.ground.redraw();
    this.areas.redraw();
    this.firms.redraw();
    this.top.redraw();
  }

  /** Draw what the selection of some layers shows again. @param {string[]} changed layer ids */
  redrawFor(changed) {
    const { color } = this.app.store.state;
    if (color.districts || color.towns || changed.some((id) => id !== "enterprises")) this.areas.redraw();
    this.firms.redraw();
  }

  /** Draw what is picked and pointed at again. */
  redrawTop() {
    this.top.redraw();
  }

  /**
   * Add something that is drawn over the areas.
   * @param {{order: number, paint: (view: import("./canvas.js").View) => void, sheet?: "areas"|"firms"|"top"}} overlay
   */
  addOverlay(overlay) {
    this.overlays.push(overlay);
    this.overlays.sort((a, b) => a.order - b.order);
  }

  /** Move overlays to another datum. @param {null|((lon: number, lat: number) => [number, number])} shift */
  move(shift) {
    for (const layer of [...this.app.model.layers.values(), ...this.app.model.snapshots]) {
      layer.points?.move(shift);
      layer.shapes?.move(shift);
    }
    this.redraw();
  }

  /**
   * What lies under a place of the map.
   * @param {L.Point} point container pixels
   * @returns {{layer: string, row: number}|{bubble: import("./clusters.js").Bubble}|null}
   */
  hit(point) {
    const { map, app } = this;
    const scale = 256 * 2 ** map.getZoom();
    const at = map.containerPointToLayerPoint(point).add(map.getPixelOrigin());
    const x = at.x / scale;
    const y = at.y / scale;
    const { layers } = app.store.state;
    if (layers.enterprises && app.model.layer("enterprises")) {
      const found = this.#hitFirm(x, y, scale);
      if (found) return found;
    }
    for (const id of ["parks", "blocks", "zones", "towns", "districts"]) {
      const layer = app.model.layer(id);
      if (!layer?.shapes || !layers[id]) continue;
      const row = layer.shapes.at(x, y, app.engine.result(id).mask, 4 / scale);
      if (row >= 0) return { layer: id, row };
    }
    return null;
  }

  /** Paint the present view on another canvas: for pictures and print. @param {CanvasRenderingContext2D} ctx @param {{x: number, y: number}} size CSS pixels @param {L.Point} corner layer point */
  paintOn(ctx, size, corner) {
    const view = viewOf(this.map, ctx, corner, size);
    this.#paintGround(view);
    this.#paintAreas(view);
    this.#paintFirms(view);
    this.#paintTop(view);
  }

  /** Colours of the enterprises: slot of each code, colour of each slot; the unknown and the rest come last. */
  coloring() {
    const found = coloringOf(this.app, "enterprises");
    if (!found.codes) return { codes: null, slots: null, n: 1, colors: ["#374da5"], key: found.key };
    if (this.slotted?.key === found.key) return this.slotted;
    const own = [...found.colors.keys()].filter((code) => code > 0 && !found.other[code]);
    const slots = new Uint8Array(found.colors.length).fill(own.length);
    own.forEach((code, i) => (slots[code] = i));
    slots[0] = own.length + 1;
    const colors = [...own.map((code) => found.colors[code]), OTHER, UNKNOWN];
    this.slotted = { codes: found.codes, slots, n: colors.length, colors, key: found.key };
    return this.slotted;
  }

  #panes() {
    const { map } = this;
    [["ground", 340], ["areas", 350], ["firms", 450], ["top", 460]].forEach(([name, z]) => {
      const pane = map.getPane(name) || map.createPane(name);
      pane.style.zIndex = z;
      pane.style.pointerEvents = "none";
    });
  }

  #listen() {
    const { map, app } = this;
    map.on("click", (event) => app.pick(this.hit(event.containerPoint), event));
    let waiting = false;
    map.on("mousemove", (event) => {
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => {
        waiting = false;
        if (map.dragging?.moving?.()) return;
        const found = this.hit(event.containerPoint);
        this.element.classList.toggle("pointing", Boolean(found));
        app.hover(found, event);
      });
    });
    map.on("mouseout", () => app.hover(null));
  }

  #hitFirm(x, y, scale) {
    let best = null;
    let nearest = HIT;
    const layer = this.app.model.layer("enterprises");
    const { points } = layer;
    for (const bubble of this.bubbles) {
      const d = Math.hypot((bubble.x - x) * scale, (bubble.y - y) * scale);
      if (d <= bubbleRadius(bubble.count) + 3) return { bubble };
    }
    for (const row of this.marks) {
      const d = Math.hypot((points.x(row) - x) * scale, (points.y(row) - y) * scale);
      if (d < nearest) {
        nearest = d;
        best = { layer: "enterprises", row };
      }
    }
    if (best) return best;
    for (const bubble of this.rings) {
      const d = Math.hypot((bubble.x - x) * scale, (bubble.y - y) * scale);
      if (d <= Math.max(8, bubbleRadius(bubble.count) * 0.78)) {
        if (bubble.count === 1) return { layer: "enterprises", row: this.app.rowsOf(bubble)[0] };
        return { bubble };
      }
    }
    return null;
  }

  /** What no filter changes: land, water, roads, zones. */
  #paintGround(view) {
    const basemap = Boolean(this.app.store.state.basemap);
    const paint = (id, style) => {
      const shapes = this.#shown(id);
      if (shapes) paintAll(view, shapes, inSight(view, shapes), style);
    };
    const land = this.app.model.layer("districts")?.shapes;
    if (land && !basemap) paintAll(view, land, inSight(view, land), { fill: LAND });
    if (!basemap) {
      const wide = Math.max(0.6, Math.min(5, (view.zoom - 8.5) * 0.7));
      paint("water", { fill: WATER });
      paint("roads", { stroke: "#e3ddd0", width: wide + 1.2 });
      paint("roads", { stroke: "#ffffff", width: wide });
    }
    paint("zones", { fill: "rgba(120,110,160,0.07)", stroke: "#9a92b8", width: 1, dash: [2, 3] });
  }

  /** The shapes of a layer, unless it is switched off. */
  #shown(id) {
    return this.app.store.state.layers[id] !== false ? this.app.model.layer(id)?.shapes : null;
  }

  #paintAreas(view) {
    const { app } = this;
    for (const id of ["districts", "towns"]) this.#theme(view, id);
    this.#overlays("areas", view, 0, 10);
    for (const id of ["towns", "districts"]) {
      const s = this.#shown(id);
      if (s && !(id === "towns" && view.zoom < 10.5)) paintAll(view, s, inSight(view, s), LINES[id]);
    }
    for (const id of ["blocks", "parks"]) if (id !== "parks" || !app.hidesParks()) this.#paintSubject(view, id);
    this.#overlays("areas", view, 10, 99);
  }

  #theme(view, id) {
    const layer = this.app.model.layer(id);
    if (!layer?.shapes || !this.app.store.state.color[id]) return;
    paintByColor(view, layer.shapes, null, this.app.colorOf(id), { alpha: 0.86, line: 0.4 });
  }

  #paintSubject(view, id) {
    const layer = this.app.model.layer(id);
    if (!layer?.shapes || !this.app.store.state.layers[id]) return;
    const colorOf = this.app.colorOf(id);
    const style = id === "blocks" ? { alpha: 0.13, line: 1 } : { alpha: 0.62, line: 0.8 };
    paintByColor(view, layer.shapes, this.app.engine.result(id).mask, colorOf, style);
  }

  #labels(view) {
    const labels = new Labels(view);
    for (const b of [...this.bubbles, ...this.rings]) labels.keepClear(b.x, b.y, bubbleRadius(b.count) + 2);
    const { app } = this;
    const put = (id, style, least) => {
      const layer = app.model.layer(id);
      if (!layer?.shapes || app.store.state.layers[id] === false || !layer.columns.column("name")) return;
      const { shapes } = layer;
      const mask = app.engine.result(id).mask;
      for (const f of inSight(view, shapes)) {
        if (!mask[f]) continue;
        const wide = (shapes.boxes[f * 4 + 2] - shapes.boxes[f * 4]) * view.scale;
        if (wide < least) continue;
        const name = layer.columns.value("name", f);
        if (name) labels.put(name, ...shapes.anchor(f), { ...style, room: Math.max(wide * 1.15, least * 1.4) });
      }
    };
    put("districts", { size: view.zoom < 9.5 ? 12 : 14, weight: 600, color: "#5b6878", spacing: 2, moves: [0, -26, 26, -42, 42] }, 26);
    if (view.zoom >= 11.5) put("towns", { size: 11.5, color: "#7b8794", spacing: 1 }, 46);
    if (view.zoom >= 13) put("blocks", { size: 11, color: "#12507b", weight: 500 }, 50);
    if (view.zoom >= 14) put("parks", { size: 11, color: "#22303f", weight: 500 }, 36);
    if (view.zoom >= 10) put("water", { size: 11, color: "#6f9dbb", spacing: 2 }, 90);
  }

  #paintFirms(view) {
    this.#paintPoints(view);
    this.#labels(view);
  }

  #paintPoints(view) {
    const { app } = this;
    const layer = app.model.layer("enterprises");
    const { state } = app.store;
    this.marks = [];
    this.bubbles = [];
    this.rings = [];
    if (!layer?.points || !state.layers.enterprises || state.comparing) return;
    const result = app.engine.result("enterprises");
    const coloring = this.coloring();
    const slotOf = coloring.codes ? (row) => coloring.slots[coloring.codes[row]] : () => 0;
    const brief = (n) => app.format.brief(n);
    const found = this.clusters.of(layer.points, result, view, coloring, state.layers.coarse !== false);
    if (state.mode === "dots") {
      paintDots(view, layer.points, result, coloring.colors, slotOf);
      this.marks = view.zoom >= 12 ? found.marks : [];
      return;
    }
    if (state.mode !== "clusters") {
      this.#overlays("firms", view, 0, 99);
      return;
    }
    Object.assign(this, found);
    const radius = layer.columns.column("geocode_radius_m")?.values;
    const radiusOf = (bubble) => {
      for (let i = bubble.first; radius && i < bubble.last; i++) if (result.mask[i] && radius[i] === radius[i]) return radius[i];
      return 0;
    };
    paintRings(view, found.rings, radiusOf, brief);
    const levels = layer.columns.column("geocode_level");
    const near = levels ? levels.words.map((w) => NEAR_LEVELS.includes(w)) : [];
    const isNear = (row) => Boolean(levels && levels.codes[row] && near[levels.codes[row] - 1]);
    paintMarks(view, layer.points, found.marks, (row) => coloring.colors[slotOf(row)], isNear);
    paintBubbles(view, found.bubbles, [...coloring.colors, COARSE], brief);
  }

  #paintTop(view) {
    const { app } = this;
    const { picked, hovered } = app.store.state;
    if (hovered) this.#outline(view, hovered, "#1c2b3a", 1.6, null);
    if (picked) this.#outline(view, picked, "#0b4f8a", 2.6, withAlpha("#0b4f8a", 0.1));
    this.#overlays("top", view, 0, 99);
  }

  #outline(view, target, color, width, fill) {
    const layer = this.app.model.layer(target.layer);
    const { ctx, scale, left, top } = view;
    if (layer.isPoints) {
      if (target.row >= layer.points.placed) return;
      const x = layer.points.x(target.row) * scale - left;
      const y = layer.points.y(target.row) * scale - top;
      ctx.beginPath();
      ctx.arc(x, y, 10, 0, 2 * Math.PI);
      ctx.lineWidth = 4.5;
      ctx.strokeStyle = "rgba(255,255,255,0.9)";
      ctx.stroke();
      ctx.lineWidth = width;
      ctx.strokeStyle = color;
      ctx.stroke();
      return;
    }
    paintAll(view, layer.shapes, [target.row], { stroke: "rgba(255,255,255,0.9)", width: width + 2.4 });
    paintAll(view, layer.shapes, [target.row], { fill, stroke: color, width });
  }

  #overlays(sheet, view, from, to) {
    for (const overlay of this.overlays) {
      if ((overlay.sheet || "areas") === sheet && overlay.order >= from && overlay.order < to) overlay.paint(view);
    }
  }
}

function inSight(view, shapes) {
  return shapes.within(view.box.x0, view.box.y0, view.box.x1, view.box.y1);
}
