// What every panel is given: data, state, map, language, and the few verbs they share.

import { Engine } from "./filters/engine.js";
import { Format } from "./words/format.js";
import { forProfile, say } from "./words/strings.js";
import { notice } from "./basics/menu.js";
import { Stage } from "./map/stage.js";
import { Store } from "./basics/store.js";
import { TextSearch } from "./filters/textsearch.js";
import { measureHeader } from "./panels/phone.js";
import { CORE_TABS } from "./panels/selection.js";
import { drawnLegend } from "./map/drawn.js";
import { isDesk } from "./map/in_sight.js";
import { topicsOf } from "./map/topics.js";
import { coloringOf, legendRows } from "./map/coloring.js";
import { colorBy } from "./map/themes.js";
import { describe } from "./filters/actions.js";

/**
 * Decode what the first picture needs.
 * @param {import("./data/model.js").Model} model
 * @returns {Promise<Object<string, string>>} layer → the column it is coloured by at first
 */
export async function loadFirst(model) {
  const color = {};
  for (const layer of model.inRole("subject")) {
    const field = layer.listed("color").find((name) => layer.kind(name) === "dict");
    if (field) color[layer.id] = field;
  }
  await Promise.all([...model.layers.values()].map((layer) => Promise.all([
    layer.loadGeometry(),
    layer.columns.load(["in_base", ...layer.listed("first"), ...(color[layer.id] ? [color[layer.id]] : [])]),
    // the map opens with the names of its districts: a second stroke for them would be a second picture
    layer.role === "container" && layer.columns.has("name") ? layer.columns.ready(["name"], [...Array(layer.n).keys()]) : null,
  ])));
  return color;
}

/** The page: composed once from its features, then frozen. What changes afterwards is the state, in `store`. */
export class App {
  #mounted = [];
  #hover = [];
  #begin;
  #speech;
  #opening;

  /** @param {{model: import("./data/model.js").Model, root: HTMLElement, color: Object<string, string>, features: import("./features.js").Feature[]}} given */
  constructor({ model, root, color, features }) {
    this.model = model;
    this.root = root;
    this.#collect(features);
    this.store = new Store({ ...startOf(model), color });
    this.engine = new Engine(model, this.store);
    this.engine.define("text", new TextSearch());
    this.engine.extra.push(...gather(features, "extra").map((more) => (id) => more(this, id)));
    this.#speak();
    this.store.watch(["lang"], () => this.#speak()); // first of all who watch it: the panels are made anew in the new language
    this.#opening = { ...this.store.state };
    this.stage = new Stage(this);
    this.#parts(features);
    Object.freeze(this);
    this.#follow();
  }

  /** What the features add to each list that panels and links read. */
  #collect(features) {
    this.modes = Object.freeze(["graded", "dots", "heat", "hexbin"]);
    // a tab about parks is no tab where there are none
    this.tabs = Object.freeze([...CORE_TABS, ...gather(features, "tabs")].filter((tab) => !tab.fits || tab.fits(this.model)));
    for (const name of ["tools", "mapTools", "sheetActions", "sheetSections", "exports", "onMap"]) this[name] = Object.freeze(gather(features, name));
    for (const [name, from] of [["describers", "describe"], ["readers", "readers"], ["links", "links"]]) {
      this[name] = Object.freeze(Object.assign({}, ...gather(features, from)));
    }
    this.linkKeys = Object.freeze(Object.keys(this.links));
    this.#begin = features.map((feature) => feature.begin).filter(Boolean);
  }

  /** What needs the engine or the map: parts, kinds of condition, overlays. */
  #parts(features) {
    for (const feature of features) {
      for (const [name, make] of Object.entries(feature.parts || {})) this[name] = make(this);
      for (const [op, how] of Object.entries(feature.conditions?.(this) || {})) this.engine.define(op, how);
      for (const overlay of feature.overlays || []) this.stage.addOverlay(overlay(this));
    }
  }

  /** Keep the map in step with the state. */
  #follow() {
    this.engine.watch((changed) => this.stage.redrawFor(changed));
    this.store.watch(["topic", "layers", "color", "classes", "mode", "basemap", "comparing", "dark"], () => this.stage.redraw());
    this.store.watch(["picked", "hovered"], () => this.stage.redrawTop());
    matchMedia("(prefers-color-scheme: dark)").addEventListener?.("change", (event) => this.store.set({ dark: event.matches }));
    // Escape closes what is open, the innermost first: tools, menus and dialogs end before it comes here
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.defaultPrevented || this.store.state.tool) return;
      const { picked, bubble, drawer } = this.store.state;
      if (picked || bubble) this.clearPick();
      else if (drawer) this.store.set({ drawer: false });
    });
  }

  /** What follows once the panels are there. */
  async begin() {
    // on a small screen the controls, which are there only now, decide where the map is free
    if (!isDesk(this.stage.map)) measureHeader(this);
    this.stage.open();
    for (const begin of this.#begin) await begin(this);
  }

  /** Go back to how the page opened. */
  reset() {
    this.pointer.stop();
    this.edits.clear();
    this.store.set(this.#opening);
    this.stage.home();
  }

  /** The state in which the page opened. */
  get opening() {
    return this.#opening;
  }

  get lang() {
    return this.store.state.lang;
  }

  /** How numbers are written in the language of the state. @returns {Format} */
  get format() {
    return this.#speech.format;
  }

  /** A sentence of the page. @returns {(key: string, values?: Object) => string} */
  get t() {
    return this.#speech.t;
  }

  /** Take up the language of the state. */
  #speak() {
    const { lang } = this;
    const { profile } = this.model.meta;
    this.#speech = { format: new Format(lang), t: (key, values) => say(lang, forProfile(key, profile), values) };
    document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
  }

  /** Remember how to undo something a panel set up; undone when the panels are made anew. @param {() => void} stop */
  live(stop) {
    this.#mounted.push(stop);
  }

  /** Undo everything the panels set up. */
  unmount() {
    for (const stop of this.#mounted.splice(0)) stop();
    this.#hover = [];
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
      if (name.endsWith("_share") || name === "block_overlap") return this.format.percent(value);
      const how = layer.shown.get(name);
      // digits of a list in the unit the column is kept in: those of its everyday form, where that has the same unit
      return how?.decimals !== undefined && (how.factor ?? 1) === 1 ? this.format.fixed(value, how.decimals) : this.format.number(value);
    }
    return kind === "dict" ? layer.wordLabel(name, value, this.lang) : String(value);
  }

  /** How a layer is coloured: codes, colours, class limits. @param {string} id */
  coloring(id) {
    return coloringOf(this, id);
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

  /** What is drawn at present, line by line. @returns {import("./map/drawn.js").Line[]} */
  drawnLegend() {
    return drawnLegend(this);
  }

  /** Colour a layer by a column. @param {string} id @param {string} field */
  colorBy(id, field) {
    return colorBy(this, id, field);
  }

  /** A condition in words. @param {string} home @param {Object} item */
  describe(home, item) {
    return describe(this, home, item);
  }

  /** Whether two states of the parks are drawn in the place of the subjects. */
  get comparesParks() {
    const { comparing } = this.store.state;
    return Boolean(comparing) && !comparing.moments;
  }

  /** Where a true place is drawn (another datum while such a basemap is on). @param {number} lon @param {number} lat @returns {[number, number]} */
  toDrawn(lon, lat) {
    const shift = this.stage?.shift; // the stage draws once while it is being made
    return shift ? shift.there(lon, lat) : [lon, lat];
  }

  /** The true place of what is seen at a map coordinate. @param {number} lon @param {number} lat @returns {[number, number]} */
  toTrue(lon, lat) {
    const { shift } = this.stage;
    return shift ? shift.back(lon, lat) : [lon, lat];
  }

  /** The true place of a pixel of the map. @param {number} x @param {number} y @returns {[number, number]} */
  pixelToTrue(x, y) {
    const at = this.stage.map.containerPointToLatLng([x, y]);
    return this.toTrue(at.lng, at.lat);
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
      // several on one spot open as a list: nobody could tell which of them a click meant
      this.store.set({ bubble: found.bubble, picked: null, side: "right", pull: "half" });
      return;
    }
    this.select(found.layer, found.row);
  }

  /** Pick one row and show its sheet. @param {string} layer @param {number} row @param {boolean} [zoom] */
  select(layer, row, zoom = false) {
    this.store.set({ picked: { layer, row }, bubble: null, side: "right", pull: this.store.state.pull === "full" ? "full" : "half" });
    if (!zoom) {
      this.stage.reveal(layer, row);
      return;
    }
    this.stage.show(layer, row);
    this.stage.reveal(layer, row);
    this.#sayCoarse(this.model.layer(layer), row);
  }

  /** A place that is known only to a unit is shown as wide as it may be, and said. */
  #sayCoarse(layer, row) {
    const level = layer.points && row >= layer.points.exact && row < layer.points.placed ? layer.columns.value("geocode_level", row) : null;
    if (!level) return;
    layer.columns.ready(["name"], [row]).then(() => notice(this, this.t("coarse_shown", {
      name: layer.columns.value("name", row) ?? "", level: layer.wordLabel("geocode_level", level, this.lang),
    })));
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
    for (const listen of this.#hover) listen(found, event);
  }

  /** Be told what lies under the pointer, until the panels are made anew. @param {(found: Object|null, event: any) => void} listen */
  onHover(listen) {
    this.#hover.push(listen);
  }
}

/** The state in which a page opens. */
function startOf(model) {
  const layers = { coarse: true };
  for (const layer of model.layers.values()) layers[layer.id] = layer.role === "subject" ? null : true; // subjects follow the topic
  return {
    lang: model.manifest.lang === "en" ? "en" : "zh",
    topic: topicsOf(model)[0]?.id || "",
    subject: model.subjects[0]?.id || "",
    dark: matchMedia("(prefers-color-scheme: dark)").matches,
    layers, classes: {}, mode: "graded", filters: {}, picked: null, bubble: null, hovered: null,
    tab: "overview", sort: {}, wide: false, side: "left", pull: "peek", basemap: "", tool: "", sketch: null, way: [], wayEnd: null, corners: null,
    year: null, version: null, comparing: null, choosing: "rank", rule: {}, plan: {}, shortlist: {}, benchmark: null, edited: 0, drawer: false, moved: 0, columns: {},
  };
}

/** The entries that features give under one name, in their order. */
function gather(features, name) {
  return features.flatMap((feature) => feature[name] || []);
}
