// What every panel is given: data, state, map, language, and the few verbs they share.

import { Engine } from "./filters/engine.js";
import { Format } from "./words/format.js";
import { say } from "./words/strings.js";
import { Stage } from "./map/stage.js";
import { Store } from "./basics/store.js";
import { TextSearch } from "./filters/textsearch.js";
import { CORE_TABS } from "./panels/selection.js";
import { coloringOf, legendRows } from "./map/coloring.js";
import { colorBy } from "./map/themes.js";
import { describe } from "./filters/actions.js";

/** Columns that are decoded before the page first draws. */
const FIRST = {
  enterprises: ["geocode_level", "geocode_radius_m", "district", "revenue_10k_cny", "tax_10k_cny", "staff"],
  parks: ["district", "land_area_m2", "land_area_reported_m2"],
  blocks: ["district", "area_m2", "area_reported_m2"],
  districts: ["name", "code"],
  towns: ["name"],
  water: ["name"],
  zones: ["name"],
};
const COLOR = { enterprises: ["cluster", "revenue_band", "district"], parks: ["route", "project_status", "district"], blocks: ["level", "district"] };

/** The page. */
export class App {
  #mounted = [];

  /** @param {import("./data/model.js").Model} model @param {HTMLElement} root */
  constructor(model, root) {
    this.model = model;
    this.root = root;
    this.hoverListeners = [];
    this.describers = new Map();
    this.sheetActions = [];
    this.sheetSections = [];
    this.tools = [];
    this.mapTools = [];
    this.modes = ["clusters", "dots", "heat", "hexbin"];
    this.colorings = new Map();
    this.linkKeys = ["classes", "basemap", "year", "choosing", "rule", "plan", "shortlist"];
    this.linkReaders = new Map();
    this.conditionReaders = new Map();
    this.tabs = [...CORE_TABS];
    this.store = new Store({
      lang: model.manifest.lang === "en" ? "en" : "zh",
      subject: model.subjects[0]?.id || "parks",
      layers: { towns: true, coarse: true },
      color: {}, classes: {}, mode: "clusters", filters: {}, picked: null, bubble: null, hovered: null,
      tab: "overview", sort: {}, wide: false, side: "left", pull: "peek", basemap: "", tool: "", year: null, version: null, comparing: null, choosing: "rank",
      rule: {}, plan: {}, shortlist: {}, benchmark: null, edited: 0,
    });
    for (const id of ["districts", "towns", "water", "roads", "zones", "blocks", "parks", "enterprises"]) {
      this.store.state.layers[id] = true;
    }
    this.engine = new Engine(model, this.store);
    this.engine.define("text", new TextSearch());
    this.speak();
  }

  /** Load what the first picture needs. */
  async load() {
    const { layers } = this.model;
    const color = {};
    for (const [id, names] of Object.entries(COLOR)) {
      const layer = layers.get(id);
      const field = layer && names.find((n) => layer.columns.has(n) && layer.kind(n) === "dict");
      if (field) color[id] = field;
    }
    await Promise.all([...layers.values()].map((layer) => Promise.all([
      layer.loadGeometry(),
      layer.columns.load([...(FIRST[layer.id] || []), ...(color[layer.id] ? [color[layer.id]] : [])]),
    ])));
    this.store.set({ color });
  }

  /** Take the map over and keep it in step with the state. */
  start() {
    this.opening = { ...this.store.state };
    this.stage = new Stage(this);
    this.stage.home();
    this.engine.watch((changed) => this.stage.redrawFor(changed));
    this.store.watch(["layers", "color", "classes", "mode", "basemap", "comparing"], () => this.stage.redraw());
    this.store.watch(["picked", "hovered"], () => this.stage.redrawTop());
  }

  /** Go back to how the page opened. */
  reset() {
    this.pointer?.stop();
    this.edits?.clear();
    this.store.set(this.opening);
    this.stage.home();
  }

  /** Take up the language of the state. */
  speak() {
    this.lang = this.store.state.lang;
    this.format = new Format(this.lang);
    this.t = (key, values) => say(this.lang, key, values);
    document.documentElement.lang = this.lang === "zh" ? "zh-CN" : "en";
  }

  /** Remember how to undo something a panel set up; undone when the panels are made anew. @param {() => void} stop */
  live(stop) {
    this.#mounted.push(stop);
  }

  /** Undo everything the panels set up. */
  unmount() {
    for (const stop of this.#mounted.splice(0)) stop();
    this.hoverListeners = [];
  }

  /** A value as people read it. @param {import("./data/model.js").Layer} layer @param {string} name @param {any} value @returns {string} */
  show(layer, name, value) {
    if (value === null || value === undefined) return this.format.none;
    if (value === true) return this.t("yes");
    if (value === false) return this.t("no");
    const kind = layer.kind(name);
    if (kind === "date") return this.format.date(value);
    if (typeof value === "number") {
      if (name === "year" || name.startsWith("year_") || name.endsWith("_year")) return String(value);
      return name.endsWith("_share") || name === "block_overlap" ? this.format.percent(value) : this.format.number(value);
    }
    return kind === "dict" ? layer.wordLabel(name, value, this.lang) : String(value);
  }

  /** The colour of each row of a layer. @param {string} id @returns {(row: number) => string} */
  colorOf(id) {
    const { codes, colors } = coloringOf(this, id);
    return codes ? (row) => colors[codes[row]] : () => colors[0];
  }

  /** The lines of a layer's legend with live counts. @param {string} id @param {string} [field] */
  legendRows(id, field) {
    return legendRows(this, id, field);
  }

  /** Colour a layer by a column. @param {string} id @param {string} field */
  colorBy(id, field) {
    return colorBy(this, id, field);
  }

  /** A condition in words. @param {string} home @param {Object} item */
  describe(home, item) {
    return describe(this, home, item);
  }

  /** Whether something else is drawn in the place of the parks: a comparison, or an earlier date. */
  hidesParks() {
    return Boolean(this.store.state.comparing || this.store.state.version);
  }

  /** Where a true place is drawn (another datum while such a basemap is on). @param {number} lon @param {number} lat @returns {[number, number]} */
  toDrawn(lon, lat) {
    return this.shift ? this.shift.there(lon, lat) : [lon, lat];
  }

  /** The true place of what is seen at a map coordinate. @param {number} lon @param {number} lat @returns {[number, number]} */
  toTrue(lon, lat) {
    return this.shift ? this.shift.back(lon, lat) : [lon, lat];
  }

  /** The true place of a pixel of the map. @param {number} x @param {number} y @returns {[number, number]} */
  pixelToTrue(x, y) {
    const at = this.stage.map.containerPointToLatLng([x, y]);
    return this.toTrue(at.lng, at.lat);
  }

  /** Selected rows of a bubble. @param {import("./map/clusters.js").Bubble} bubble @returns {number[]} */
  rowsOf(bubble) {
    const { mask } = this.engine.result("enterprises");
    const rows = [];
    const ranges = [bubble.first, bubble.last, ...(bubble.merged || [])];
    for (let k = 0; k < ranges.length; k += 2) for (let i = ranges[k]; i < ranges[k + 1]; i++) if (mask[i]) rows.push(i);
    return rows;
  }

  /** The layer that knows the labels of a shared column. @param {string} field */
  sharedLayer(field) {
    return this.model.subjects.find((l) => l.columns.has(field));
  }

  /** React to a click on the map. @param {any} found @param {any} event */
  pick(found, event) {
    if (this.store.state.tool) return;
    if (!found) {
      this.clearPick();
      return;
    }
    if (found.bubble) {
      const { map } = this.stage;
      const deep = map.getZoom() >= 16.5 || found.bubble.coarse;
      if (deep || found.bubble.count <= 12) this.store.set({ bubble: found.bubble, picked: null, side: "right", pull: "half" });
      else map.setView(event.latlng, Math.min(19, map.getZoom() + 2));
      return;
    }
    this.select(found.layer, found.row);
  }

  /** Pick one row and show its sheet. @param {string} layer @param {number} row @param {boolean} [zoom] */
  select(layer, row, zoom = false) {
    this.store.set({ picked: { layer, row }, bubble: null, side: "right", pull: this.store.state.pull === "full" ? "full" : "half" });
    if (zoom) this.stage.show(layer, row);
  }

  /** Close the sheet. */
  clearPick() {
    this.store.set({ picked: null, bubble: null });
  }

  /** React to the pointer. @param {any} found @param {any} [event] */
  hover(found, event) {
    const target = found && !found.bubble ? found : null;
    const now = this.store.state.hovered;
    if (target?.layer !== now?.layer || target?.row !== now?.row) this.store.set({ hovered: target });
    for (const listen of this.hoverListeners) listen(found, event);
  }
}
