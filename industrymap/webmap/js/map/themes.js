// Choosing what a layer is coloured by, and how numbers are put into classes.

import { METHODS } from "../basics/classes.js";
import { classingOf, coloringOf, everyday, themeTitle } from "./coloring.js";
import { derivable, derivedNeeds, isDerived } from "../data/derived.js";
import { fill, h } from "../basics/dom.js";
import { area } from "../basics/geo.js";

/** Columns a layer can be coloured by. @param {import("../data/model.js").Layer} layer */
export function colorFields(layer) {
  return layer.listed("color");
}

/** Colour a layer by a column. @param {Object} app @param {string} id @param {string} field empty: by none */
export async function colorBy(app, id, field) {
  const layer = app.model.layer(id);
  if (isDerived(field)) {
    const { firms, areas } = derivedNeeds(app, id, field);
    const every = Array.from({ length: layer.columns.blockCount }, (_, b) => b * layer.columns.rowsPerBlock);
    await Promise.all([app.model.firms.columns.load(firms), layer.columns.load(areas).then(() => layer.columns.ready(areas.filter((name) => layer.columns.has(name)), every))]);
    if (!layer.areaKm2) layer.areaKm2 = areasOf(layer);
  } else if (field) {
    await layer.columns.load([field]);
  }
  app.store.set({ color: { ...app.store.state.color, [id]: field } });
}

/** The choice beside a layer's name. @param {Object} app @param {import("../data/model.js").Layer} layer */
export function colorSelect(app, layer) {
  const fields = colorFields(layer);
  if (fields.length < 2) return null;
  const option = (f) => h("option", { value: f, text: layer.fieldLabel(f, app.lang), selected: f === app.store.state.color[layer.id] });
  const select = h("select", { class: "mini", "aria-label": app.t("color_by"), title: app.t("color_by"), on: { change: () => colorBy(app, layer.id, select.value) } },
    fields.filter((f) => layer.kind(f) === "dict").map(option),
    h("optgroup", { label: app.t("classes") }, fields.filter((f) => layer.kind(f) === "num").map(option)));
  app.live(app.store.watch(["color"], () => (select.value = app.store.state.color[layer.id] || "")));
  return select;
}

/** How the numbers of a layer are classed; shown while it is coloured by a number. @param {Object} app @param {string} id */
export function classControls(app, id) {
  const box = h("div", { class: "class-controls" });
  const draw = () => {
    const how = classingOf(app, id);
    const coloring = app.store.state.color[id] ? coloringOf(app, id) : null;
    box.hidden = !coloring?.numeric;
    if (box.hidden) return;
    const set = (change) => app.store.set({ classes: { ...app.store.state.classes, [id]: { ...how, ...change } } });
    const method = h("select", { class: "mini", "aria-label": app.t("class_method"), on: { change: () => set({ method: method.value, ...(method.value === "manual" ? { breaks: coloring.limits.slice(1, -1) } : {}) }) } },
      METHODS.map((m) => h("option", { value: m, text: app.t(`class_${m}`), selected: m === how.method })));
    const count = h("select", { class: "mini", "aria-label": app.t("class_count"), on: { change: () => set({ k: Number(count.value) }) } },
      [3, 4, 5, 6, 7].map((k) => h("option", { value: String(k), text: app.t("class_k", { k }), selected: k === how.k })));
    const breaks = h("input", {
      type: "text", class: "edge", "aria-label": app.t("class_breaks"), value: (how.breaks || []).join(", "), placeholder: app.t("class_breaks"),
      on: { change: () => set({ breaks: breaks.value.split(/[,，;；\s]+/).map(Number).filter(Number.isFinite).sort((a, b) => a - b) }) },
    });
    fill(box, h("div", { class: "class-line" }, method, how.method === "manual" ? null : count), how.method === "manual" ? breaks : null);
  };
  app.live(app.store.watch(["color", "classes"], draw));
  draw();
  return box;
}

/** What areas can be shaded by: sums of the selected firms, then figures that came with them. @param {Object} app @param {import("../data/model.js").Layer} layer @returns {{value: string, text: string, group: string}[]} */
export function shadings(app, layer) {
  const derived = derivable(app, layer.id).map((m) => ({ value: m, text: app.t(`theme_${m.slice(1)}`), group: app.t("theme_selected") }));
  const own = [...layer.columns.own].filter((n) => layer.kind(n) === "num" && !/^n_|^coverage_/.test(n));
  return [...derived, ...own.map((n) => ({ value: n, text: app.t("theme_all", { name: everyday(app, layer, n).unit ? `${layer.fieldLabel(n, app.lang)} (${everyday(app, layer, n).unit})` : layer.fieldLabel(n, app.lang) }), group: app.t("theme_measured") }))];
}

/** The container that is shaded, or nothing. @param {Object} app */
export function shadedLayer(app) {
  return app.model.containers.find((layer) => app.store.state.color[layer.id]);
}

/** Shade one container by a measure and no other; an empty measure lifts it. @param {Object} app @param {string} id @param {string} measure */
export async function shade(app, id, measure) {
  const color = { ...app.store.state.color };
  for (const layer of app.model.containers) delete color[layer.id];
  app.store.set({ color });
  if (id && measure) await colorBy(app, id, measure);
}

/** Districts or towns shaded by a figure: the choice, its classes and its legend. @param {Object} app @param {(id: string) => Node} legendOf @returns {HTMLElement|null} */
export function areaTheme(app, legendOf) {
  const layers = app.model.containers.filter((layer) => shadings(app, layer).length);
  if (!layers.length) return null;
  const legend = h("div", {});
  const options = (layer) => shadings(app, layer).map((s) => h("option", { value: `${layer.id} ${s.value}`, text: s.text }));
  const select = h("select", { class: "select wide", "aria-label": app.t("theme_measure") },
    h("option", { value: "", text: app.t("theme_none") }),
    layers.map((layer) => h("optgroup", { label: layer.label(app.lang) }, options(layer))));
  let drawn = "";
  const draw = () => {
    const layer = shadedLayer(app);
    const now = layer ? `${layer.id} ${app.store.state.color[layer.id]}` : "";
    select.value = now;
    if (now === drawn) return;
    drawn = now;
    const title = h("p", { class: "legend-title" });
    const note = h("p", { class: "hint" });
    const say = () => {
      if (!layer || shadedLayer(app) !== layer) return;
      const said = themeTitle(app, layer, app.store.state.color[layer.id], coloringOf(app, layer.id));
      title.textContent = said.title;
      note.textContent = said.note;
    };
    if (layer) {
      say();
      app.live(app.engine.watch(say));
      app.live(app.store.watch(["classes", "color"], say));
    }
    fill(legend, layer ? [title, note, classControls(app, layer.id), legendOf(layer.id)] : null);
  };
  select.addEventListener("change", () => shade(app, ...select.value.split(" ")));
  app.live(app.store.watch(["color"], draw));
  draw();
  return h("section", { class: "section", data: { about: "areas" } }, h("div", { class: "section-head" }, h("h3", { text: app.t("theme") })), h("div", { class: "section-body stack" }, select, legend));
}

function areasOf(layer) {
  return Float64Array.from({ length: layer.n }, (_, f) => {
    const geometry = layer.shapes.geometry(f);
    return geometry ? areaOf(geometry) / 1e6 : NaN;
  });
}

function areaOf(geometry) {
  const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.type === "MultiPolygon" ? geometry.coordinates : [];
  return polygons.reduce((all, rings) => all + rings.reduce((sum, ring, i) => sum + (i ? -1 : 1) * area(ring), 0), 0);
}
