// The map: canvases (ground, areas, enterprises, what is picked) on Folium's Leaflet map, and hit testing.

/* global L */

import { canvasLayer, viewOf } from "./canvas.js";
import { coloringOf } from "./coloring.js";
import { Grading, GROUP_ZOOM } from "./graded.js";
import { controlsOver, home, reveal } from "./in_sight.js";
import { largestOf } from "./largest.js";
import { paintNames } from "./names.js";
import { OTHER, UNKNOWN, withAlpha } from "../basics/colors.js";
import { latOf, lonOf } from "../basics/mercator.js";
import { groundOf, inSight, paintBorders, paintGround, shaded } from "./paint_ground.js";
import { paintByColor } from "./paint_shapes.js";
import { outline } from "./paint_picked.js";
import { paintSubject } from "./paint_subjects.js";
import { paintDots, paintDust, paintGraded } from "./paint_points.js";
import { eachSide } from "./moments.js";
import { FAINT_POINTS_ZOOM, LARGEST, emphasisOf, topicOf } from "./topics.js";
import { unitsOf } from "./units.js";

const NEAR_LEVELS = ["park", "road"];
const HIT = 9;

/** The stage. */
export class Stage {
  /** @param {Object} app */
  constructor(app) {
    this.app = app;
    this.grading = new Map();
    /** What is drawn of each layer of points, by layer id. @type {Map<string, {circles: Object[], units: Object[]}>} */
    this.points = new Map();
    /** What names keep clear of: the points drawn on each side of the divider, or one set. @type {Map<string, {circles: Object[], units: Object[]}>[]} */
    this.strokes = [];
    /** Which of the engine's tellings a sheet shows. */
    this.shown = {};
    this.overlays = [];
    this.shift = null;
    const element = document.querySelector(".folium-map");
    this.map = window[element.id];
    this.element = element;
    this.#panes();
    this.ground = canvasLayer("ground", (view) => paintGround(app, view));
    this.areas = canvasLayer("areas", (view) => {
      this.shown.areas = app.engine.told;
      eachSide(app, view, (side) => this.#paintAreas(side));
    });
    this.dust = canvasLayer("dust", (view) => eachSide(app, view, (side) => this.#paintDust(side)));
    this.firms = canvasLayer("firms", (view) => {
      this.shown.firms = app.engine.told;
      this.#paintFirms(view);
    });
    this.names = canvasLayer("names", (view) => this.#paintNames(view));
    this.top = canvasLayer("top", (view) => this.#paintTop(view));
    this.#listen();
  }

  /** Draw for the first time: once the panels are there, so that it is known where the map is free and nothing is drawn twice. */
  open() {
    this.home();
    for (const sheet of [this.ground, this.areas, this.dust, this.firms, this.names, this.top]) sheet.addTo(this.map);
  }

  /** Show the area the data covers. @param {boolean} [animate] */
  home(animate = false) {
    home(this, animate);
  }

  /** Show one feature or row. @param {string} layerId @param {number} row */
  show(layerId, row) {
    const layer = this.app.model.layer(layerId);
    if (layer.isPoints) {
      const at = layer.points.lonLat(row);
      if (!at) return;
      const centre = [latOf(layer.points.y(row)), lonOf(layer.points.x(row))];
      const metres = row >= layer.points.exact ? layer.columns.column("geocode_radius_m")?.values[row] : 0;
      // a place known only to a unit is shown as wide as it may be: a close view would promise a spot that nobody knows
      if (metres > 0) this.map.fitBounds(L.latLng(centre).toBounds(2 * metres), { animate: false, padding: [30, 30] });
      else this.map.setView(centre, row >= layer.points.exact ? 12 : Math.max(this.map.getZoom(), 15), { animate: false });
      return;
    }
    const [x0, y0, x1, y1] = layer.shapes.boxes.subarray(row * 4, row * 4 + 4);
    if (x1 >= x0) {
      const bounds = [[latOf(y1), lonOf(x0)], [latOf(y0), lonOf(x1)]];
      this.map.fitBounds(bounds, { animate: false, padding: [60, 60], maxZoom: layer.role === "container" ? 12 : 15.5 });
    }
  }

  /** Move the map so that no panel that lies over it hides a row. @param {string} layerId @param {number} row */
  reveal(layerId, row) {
    reveal(this, this.app.model.layer(layerId), row);
  }

  /** Draw everything again. */
  redraw() {
    this.controls = null; // another topic or language has other controls
    this.ground.redraw();
    this.areas.redraw();
    this.dust.redraw();
    this.#redrawPoints();
    this.top.redraw();
  }

  /** Draw what the selection of some layers shows again. @param {string[]} changed layer ids */
  redrawFor(changed) {
    const { app } = this;
    const { told } = app.engine;
    const areal = changed.some((id) => !app.model.layer(id).isPoints || emphasisOf(app, app.model.layer(id)) !== "full");
    // a map that was fitted to the selection has drawn it already
    if (this.shown.areas !== told && (areal || shaded(app))) this.areas.redraw();
    if (this.shown.firms !== told) this.firms.redraw();
    this.#restSoon();
  }

  /** Draw what is picked and pointed at again. */
  redrawTop() {
    this.top.redraw();
  }

  /** Names that stand in long text are decoded when the map first shows them; then it is drawn again. @param {import("../data/model.js").Layer} layer @param {number[]} rows */
  needNames(layer, rows) {
    if (!layer.columns.has("name") || !rows.some((row) => layer.columns.value("name", row) === undefined)) return;
    const key = `${layer.id} ${rows.length} ${rows[0]}`;
    if (this.naming === key) return; // a name that cannot be read is not asked for without end
    this.naming = key;
    layer.columns.ready(["name"], rows).then(() => this.#redrawPoints());
  }

  /**
   * Add something that is drawn over the areas.
   * @param {{order: number, paint: (view: import("./canvas.js").View) => void, sheet?: "areas"|"firms"|"top"}} overlay
   */
  addOverlay(overlay) {
    this.overlays.push(overlay);
    this.overlays.sort((a, b) => a.order - b.order);
  }

  /** Draw in another datum. @param {null|{there: Function, back: Function}} shift each (lon, lat) → [lon, lat] */
  move(shift) {
    this.shift = shift;
    for (const layer of [...this.app.model.layers.values(), ...this.app.model.snapshots]) layer.move(shift?.there || null);
    this.redraw();
  }

  /**
   * What lies under a place of the map.
   * @param {L.Point} point container pixels
   * @returns {{layer: string, row: number}|{bubble: import("./clusters.js").Bubble}|null}
   */
  hit(point) {
    const { map, app } = this;
    if (app.store.state.comparing?.moments) return null; // two moments are drawn: a place would be asked of neither
    const scale = 256 * 2 ** map.getZoom();
    const at = map.containerPointToLayerPoint(point).add(map.getPixelOrigin());
    const x = at.x / scale;
    const y = at.y / scale;
    const shown = app.model.inRole("subject").map((layer) => ({ layer, emphasis: emphasisOf(app, layer) })).filter((one) => one.emphasis !== "off");
    const strongest = (one) => ({ full: 0, quiet: 1, faint: 2 })[one.emphasis];
    shown.sort((a, b) => strongest(a) - strongest(b));
    // points of the subject lie above all areas; faint ones can be pointed at only where no area is
    for (const { layer, emphasis } of [...shown.filter((one) => one.layer.isPoints && one.emphasis === "full"), ...shown.filter((one) => !one.layer.isPoints)]) {
      const found = layer.isPoints ? this.#hitPoint(layer, point) : this.#hitArea(layer, x, y, scale, emphasis);
      if (found) return found;
    }
    for (const layer of [...app.model.inRole("context").filter((one) => one.style === "dotted"), ...[...app.model.containers].reverse()]) {
      const found = app.store.state.layers[layer.id] !== false && this.#hitArea(layer, x, y, scale, "full");
      if (found) return found;
    }
    return null;
  }

  /** Paint any view on another canvas, for pictures and print; `lettering` is the view to write names on, `needs` collects names not decoded yet. @param {import("./canvas.js").View} view */
  paintView(view) {
    paintGround(this.app, view);
    for (const paint of [this.#paintAreas, this.#paintDust]) eachSide(this.app, view, (side) => paint.call(this, side));
    this.#paintFirms(view);
    this.#paintNames(view);
    this.#paintTop(view);
    this.#redrawPoints(); // what can be pointed at is again what the screen shows
  }

  /** Colours of a layer's dots: slot of each code, colour of each slot; the unknown and the rest come last. @param {import("../data/model.js").Layer} layer */
  coloring(layer) {
    const found = coloringOf(this.app, layer.id);
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
    [["ground", 340], ["areas", 350], ["dust", 445], ["firms", 450], ["names", 455], ["top", 460]].forEach(([name, z]) => {
      const pane = map.getPane(name) || map.createPane(name);
      pane.style.zIndex = z;
      pane.style.pointerEvents = "none";
    });
  }

  #listen() {
    const { map, app } = this;
    map.on("movestart resize", () => (this.controls = null));
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

  #hitPoint(layer, point) {
    const drawn = this.points.get(layer.id);
    if (!drawn) return null;
    // circles are kept in pixels of the canvas, which lies around the screen
    const at = this.map.containerPointToLayerPoint(point).subtract(this.firms._bounds.min);
    let best = null;
    let nearest = Infinity;
    for (const circle of drawn.circles) {
      const d = Math.hypot(circle.x - at.x, circle.y - at.y) - circle.r;
      if (d < Math.max(3, HIT - circle.r) && d < nearest) [best, nearest] = [circle, d];
    }
    if (best) {
      const grouped = best.rows.length > 1 && this.map.getZoom() >= GROUP_ZOOM;
      return grouped ? { bubble: { layer: layer.id, rows: best.rows, count: best.rows.length, coarse: false } } : { layer: layer.id, row: best.row };
    }
    for (const unit of drawn.units) {
      const box = unit.shownAt;
      if (box && at.x >= box[0] - 4 && at.x <= box[2] + 4 && at.y >= box[1] - 4 && at.y <= box[3] + 4) {
        return { bubble: { layer: layer.id, rows: unit.rows, count: unit.count, coarse: true, home: unit.home } };
      }
    }
    return null;
  }

  #hitArea(layer, x, y, scale, emphasis) {
    if (!layer.shapes || (emphasis === "faint" && this.map.getZoom() < FAINT_POINTS_ZOOM)) return null;
    const row = layer.shapes.at(x, y, this.app.engine.result(layer.id).mask, 4 / scale);
    return row >= 0 ? { layer: layer.id, row } : null;
  }

  #paintAreas(view) {
    const { app } = this;
    for (const layer of app.model.containers) this.#choropleth(view, layer);
    this.#overlays("areas", view, 0, 10);
    if (shaded(app)) paintBorders(app, view);
    const subjects = app.model.inRole("subject").map((layer) => ({ layer, emphasis: emphasisOf(app, layer) }));
    const paint = ({ layer, emphasis }) => {
      if (layer.isPoints) this.#faintPoints(view, layer, emphasis);
      else if (!layer.ranked || !app.comparesParks) paintSubject(app, view, layer, emphasis);
    };
    // what surrounds the subject lies below it, points too
    const around = subjects.filter((one) => one.emphasis === "quiet" || one.emphasis === "faint");
    for (const one of around.filter((o) => !o.layer.isPoints)) paint(one);
    for (const one of around.filter((o) => o.layer.isPoints)) paint(one);
    for (const one of subjects.filter((o) => o.emphasis === "full" && !o.layer.isPoints)) paint(one);
    this.#overlays("areas", view, 10, 99);
  }

  #choropleth(view, layer) {
    if (!layer.shapes || !this.app.store.state.color[layer.id]) return;
    const { codes, numeric } = this.app.coloring(layer.id);
    paintByColor(view, layer.shapes, null, this.app.colorOf(layer.id), { alpha: 0.86, line: 0.4, hollow: numeric ? (f) => !codes[f] : undefined });
  }

  #faintPoints(view, layer, emphasis) {
    const { app } = this;
    if (!layer.points || (emphasis === "faint" && view.zoom < FAINT_POINTS_ZOOM) || app.comparesParks) return;
    const { over, circles } = this.#gradingOf(layer).of(layer.points, app.engine.result(layer.id), view, null);
    paintDust(view, [...over, ...circles.map((c) => [c.x, c.y])], 0.85, "#8e9aa7");
  }

  #gradingOf(layer) {
    if (!this.grading.has(layer.id)) this.grading.set(layer.id, new Grading());
    return this.grading.get(layer.id);
  }

  #paintFirms(view) {
    const { app } = this;
    this.strokes = [];
    eachSide(app, view, (side) => {
      this.points = new Map();
      this.strokes.push(this.points);
      for (const layer of app.model.inRole("subject")) {
        if (layer.points && emphasisOf(app, layer) === "full" && !app.comparesParks) this.#paintPoints(side, layer);
      }
    });
  }

  /** Names above everything that is drawn, once it is known what they have to keep clear of. */
  #paintNames(view) {
    const { app } = this;
    const strokes = [...this.strokes];
    const named = topicOf(app).id === LARGEST;
    const need = view.needs ? (layer, rows) => view.needs.push(layer.columns.ready(["name"], rows)) : (layer, rows) => this.needNames(layer, rows);
    eachSide(app, view, (side) => {
      const drawn = [...(strokes.shift() || new Map()).values()];
      const paper = side.lettering || side;
      // a sheet says itself what it keeps free; on the screen it is what lies over the map
      this.labels = paintNames(app, paper.whole ? paper : { ...paper, clear: this.#covered(), seen: this.#seen() }, { circles: drawn.flatMap((d) => d.circles), units: drawn.flatMap((d) => d.units), named, need });
    });
  }

  /** Points and the names that keep clear of them. */
  #redrawPoints() {
    this.firms.redraw();
    this.names.redraw();
  }

  /** What of the canvas is on the screen. */
  #seen() {
    if (!this.firms?._bounds) return undefined;
    const { x, y } = this.map.containerPointToLayerPoint([0, 0]).subtract(this.firms._bounds.min);
    const size = this.map.getSize();
    return [x, y, x + size.x, y + size.y];
  }

  /** What of the canvas no name may lie under: the controls over the map, and the edge of the screen, at which a name would be cut off. */
  #covered() {
    if (!this.firms?._bounds) return []; // the first stroke comes while the canvas is being made
    const corner = this.map.containerPointToLayerPoint([0, 0]).subtract(this.firms._bounds.min);
    // asked of the browser only where the map comes to rest: a filter never waits for the layout of the page
    this.controls = this.controls || controlsOver(this.element);
    return this.controls.map(([x0, y0, x1, y1]) => [x0 + corner.x, y0 + corner.y, x1 + corner.x, y1 + corner.y]);
  }

  /** The points of the subject: as circles, or as the mode wants them. */
  #paintPoints(view, layer) {
    const { app } = this;
    const { state } = app.store;
    const result = app.engine.result(layer.id);
    const coloring = this.coloring(layer);
    const slotOf = coloring.codes ? (row) => coloring.slots[coloring.codes[row]] : () => 0;
    const largest = topicOf(app).id === LARGEST && layer.counted;
    const mode = layer.counted && !largest ? state.mode : "graded";
    if (mode === "dots") paintDots(view, layer.points, result, coloring.colors, slotOf);
    if (mode === "heat" || mode === "hexbin") this.#overlays("firms", view, 0, 99);
    const values = layer.counted ? layer.columns.column("revenue_10k_cny")?.values || null : null;
    const shown = largest ? largestOf(app, layer) : result;
    const graded = this.#gradingOf(layer).of(layer.points, shown, view, values);
    const units = layer.counted && state.layers.coarse !== false ? unitsOf(app, layer, shown, view) : [];
    const pointable = mode === "graded" || (mode === "dots" && view.zoom >= 12);
    this.points.set(layer.id, { circles: pointable ? graded.circles : [], units, mode });
    if (mode !== "graded") return;
    const levels = layer.columns.column("geocode_level");
    const near = levels ? levels.words.map((w) => NEAR_LEVELS.includes(w)) : [];
    const isNear = (row) => Boolean(levels && levels.codes[row] && near[levels.codes[row] - 1]);
    paintGraded(view, graded, (row) => coloring.colors[slotOf(row)], isNear, (n) => app.format.brief(n), groundOf(app, view).land);
  }

  /** Pale ground of the points that are no circle. */
  #paintDust(view) {
    const { app } = this;
    const topic = topicOf(app);
    const layer = topic.layer;
    if (!layer?.points || topic.id !== layer.id || (layer.counted && app.store.state.mode !== "graded") || app.comparesParks || emphasisOf(app, layer) !== "full") return;
    paintDust(view, this.#gradingOf(layer).dust(layer.points, app.engine.result(layer.id), view), 0.6);
  }

  /** What is not the answer to a filter, a frame after it: the pale ground below the points, and the names, which stand until then as they were. */
  #restSoon() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => {
      this.waiting = false;
      this.dust.redraw();
      this.names.redraw();
      // dragged meanwhile: circles are kept in pixels of their own sheet
      if (!this.names._bounds.min.equals(this.firms._bounds.min)) this.#redrawPoints();
    });
  }

  #paintTop(view) {
    const { app } = this;
    const { picked, hovered } = app.store.state;
    if (hovered) outline(app.model.layer(hovered.layer), view, hovered.row, "#1c2b3a", 1.6, null);
    if (picked) outline(app.model.layer(picked.layer), view, picked.row, "#0b4f8a", 2.6, withAlpha("#0b4f8a", 0.1));
    this.#overlays("top", view, 0, 99);
  }

  #overlays(sheet, view, from, to) {
    for (const overlay of this.overlays) {
      if ((overlay.sheet || "areas") === sheet && overlay.order >= from && overlay.order < to) overlay.paint(view);
    }
  }
}
