// Choosing what a layer is coloured by, and how numbers are put into classes.

import { METHODS } from "../basics/classes.js";
import { classingOf, coloringOf, figureOf, themeTitle } from "./coloring.js";
import { alikeDerived, derivable, derivedNeeds, isComparable, isDerived, isHolder } from "../data/derived.js";
import { figuresOf, isTotal, rateOf, ratesOf } from "../data/rates.js";
import { fill, h } from "../basics/dom.js";
import { area } from "../basics/geo.js";
import { links } from "../filters/relations.js";

/** Columns a layer can be coloured by. @param {import("../data/model.js").Layer} layer */
export function colorFields(layer) {
  return layer.listed("color");
}

/** Whether a layer can be coloured by what a name says: a column of it, or a figure that the page works out. @param {Object} app @param {string} id @param {string} field */
export function isColorable(app, id, field) {
  const layer = app.model.layer(id);
  if (!layer) return false;
  return layer.columns.has(field) || (isDerived(field) && derivable(app, id).includes(field)) || Boolean(layer.shapes && rateOf(app.model, layer, field));
}

/** Decode what a colouring needs. @param {Object} app @param {string} id @param {string} field */
export async function loadColor(app, id, field) {
  const layer = app.model.layer(id);
  const rate = layer.shapes ? rateOf(app.model, layer, field) : null;
  if (isDerived(field)) {
    const { firms, areas } = derivedNeeds(app, id, field);
    const every = Array.from({ length: layer.columns.blockCount }, (_, b) => b * layer.columns.rowsPerBlock);
    await Promise.all([app.model.firms.columns.load(firms), layer.columns.load(areas).then(() => layer.columns.ready(areas.filter((name) => layer.columns.has(name)), every))]);
    if (isHolder(app, layer)) layer.linked = await links(app.model, id);
    if (!layer.areaKm2) layer.areaKm2 = areasOf(layer);
  } else {
    await layer.columns.load(rate ? [rate.of, rate.by] : [field]);
  }
}

/** Colour a layer by a column. @param {Object} app @param {string} id @param {string} field empty: by none */
export async function colorBy(app, id, field) {
  if (field) await loadColor(app, id, field);
  app.store.set({ color: { ...app.store.state.color, [id]: field } });
}

/** The choice beside a layer's name: by category, and areas by every figure that there is. @param {Object} app @param {import("../data/model.js").Layer} layer */
export function colorSelect(app, layer) {
  const fields = colorFields(layer);
  const figures = layer.shapes ? shadings(app, layer) : fields.filter((f) => layer.kind(f) === "num").map((f) => ({ value: f, text: layer.fieldLabel(f, app.lang), group: app.t("classes") }));
  const categories = fields.filter((f) => layer.kind(f) === "dict");
  if (categories.length + figures.length < 2) return null;
  const option = (value, text) => h("option", { value, text, selected: value === app.store.state.color[layer.id] });
  const select = h("select", { class: "mini", "aria-label": app.t("color_by"), title: app.t("color_by"), on: { change: () => colorBy(app, layer.id, select.value) } },
    categories.map((f) => option(f, layer.fieldLabel(f, app.lang))),
    groupsOf(figures).map(([label, own]) => h("optgroup", { label }, own.map(({ value, text }) => option(value, text)))));
  const draw = () => {
    const now = app.store.state.color[layer.id] || "";
    // what a link or a standard coloured it by may be none of the list
    if (now && ![...select.options].some((o) => o.value === now)) select.append(option(now, figureOf(app, layer, now).name));
    select.value = now;
  };
  app.live(app.store.watch(["color"], draw));
  draw();
  return select;
}

/** Choices by their group, in the order in which the groups come. @param {{value: string, text: string, group: string}[]} figures @returns {[string, {value: string, text: string}[]][]} */
export function groupsOf(figures) {
  const groups = new Map();
  for (const one of figures) groups.set(one.group, [...(groups.get(one.group) || []), one]);
  return [...groups];
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
    fill(box, h("div", { class: "class-line" }, perSelect(app, id), method, how.method === "manual" ? null : count), how.method === "manual" ? breaks : null);
  };
  app.live(app.store.watch(["color", "classes"], draw));
  draw();
  return box;
}

/** The same figure as a total and divided by land, by firms or by the whole: one click from a map that misleads to one that compares. */
function perSelect(app, id) {
  const layer = app.model.layer(id);
  const field = app.store.state.color[id];
  const alike = isDerived(field) ? alikeDerived(app, id, field) : layer.shapes ? ownAlike(app, layer, field) : [];
  if (alike.length < 2) return null;
  const select = h("select", { class: "mini", "aria-label": app.t("theme_per"), title: app.t("theme_per"), on: { change: () => colorBy(app, id, select.value) } },
    alike.map((one) => h("option", { value: one.field, text: app.t(`theme_per_${one.per}`), selected: one.field === field })));
  return select;
}

function ownAlike(app, layer, field) {
  const total = figuresOf(layer).find((name) => name === field || ratesOf(app.model, layer, name).some((rate) => rate.field === field));
  const rates = total ? ratesOf(app.model, layer, total) : [];
  return rates.length ? [...rates, { field: total, per: "total" }] : [];
}

/**
 * What areas can be shaded by: what the selected firms come to, then what came with the areas; of each first what large and small areas
 * can be compared by, and the totals last.
 * @param {Object} app @param {import("../data/model.js").Layer} layer @returns {{value: string, text: string, group: string}[]}
 */
export function shadings(app, layer) {
  const derived = derivable(app, layer.id);
  const ofFirms = new Set((app.model.manifest.indicators || []).filter((one) => one.fewest).map((one) => one.id));
  const named = (value, group, key) => {
    const { name, unit } = figureOf(app, layer, value);
    const text = unit ? (app.lang === "zh" ? `${name}（${unit}）` : `${name} (${unit})`) : name;
    // of what no firm goes into, nobody asks of which firms it is
    const plain = key === "theme_all" && (!derived.length || !ofFirms.has(value.split("/")[0]));
    return { value, text: key && !plain ? app.t(key, { name: text }) : text, group: app.t(group) };
  };
  const own = figuresOf(layer);
  const totals = own.filter((name) => isTotal(layer, name));
  const rates = totals.flatMap((name) => ratesOf(app.model, layer, name).map((rate) => rate.field)).filter((name) => !layer.columns.has(name));
  return [
    ...derived.filter(isComparable).map((m) => named(m, "theme_selected")),
    ...[...own.filter((name) => !isTotal(layer, name)), ...rates].map((name) => named(name, "theme_measured", "theme_all")),
    ...derived.filter((m) => !isComparable(m)).map((m) => named(m, "theme_totals", "theme_chosen")),
    ...totals.map((name) => named(name, "theme_totals", "theme_all")),
  ];
}

/** What is shaded, in words that follow filter and classes. @param {Object} app @param {import("../data/model.js").Layer} layer @returns {HTMLElement} */
export function themeHead(app, layer) {
  const title = h("p", { class: "legend-title" });
  const note = h("p", { class: "hint" });
  const box = h("div", {}, title, note);
  const say = () => {
    const coloring = app.store.state.color[layer.id] ? coloringOf(app, layer.id) : null;
    box.hidden = !coloring?.numeric;
    if (box.hidden) return;
    const said = themeTitle(app, layer, app.store.state.color[layer.id], coloring);
    title.textContent = said.title;
    note.textContent = said.note;
  };
  say();
  app.live(app.engine.watch(say));
  app.live(app.store.watch(["classes", "color"], say));
  return box;
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
    fill(legend, layer ? [themeHead(app, layer), classControls(app, layer.id), legendOf(layer.id)] : null);
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
