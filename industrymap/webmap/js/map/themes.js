// Choosing what a layer is coloured by, and how numbers are put into classes.

import { METHODS } from "../basics/classes.js";
import { classingOf, coloringOf } from "./coloring.js";
import { derivable, derivedNeeds } from "../data/derived.js";
import { fill, h } from "../basics/dom.js";
import { area } from "../basics/geo.js";

const FIELDS = {
  enterprises: ["cluster", "revenue_band", "size_class", "geocode_level", "district", "revenue_10k_cny", "tax_10k_cny", "staff"],
  parks: ["route", "project_status", "ownership", "district", "far", "land_area_m2", "tax_per_mu_10k_cny", "output_per_floor_yuan_m2", "above_scale", "block_overlap", "pilot_score"],
  blocks: ["level", "district", "industrial_share", "area_m2", "firms", "base_revenue_10k_cny"],
};

/** Columns a layer can be coloured by. @param {import("../data/model.js").Layer} layer */
export function colorFields(layer) {
  return (FIELDS[layer.id] || []).filter((f) => layer.columns.has(f) && ["dict", "num"].includes(layer.kind(f)));
}

/** Colour a layer by a column. @param {Object} app @param {string} id @param {string} field empty: by none */
export async function colorBy(app, id, field) {
  const layer = app.model.layer(id);
  if (field.startsWith("@")) {
    const { firms, areas } = derivedNeeds(id, field);
    await Promise.all([app.model.layer("enterprises").columns.load(firms), layer.columns.load(areas)]);
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

/** Districts or towns coloured by what the selected firms add up to. @param {Object} app @param {(id: string) => Node} legendOf @returns {HTMLElement|null} */
export function areaTheme(app, legendOf) {
  const ids = ["districts", "towns"].filter((id) => derivable(app, id).length);
  if (!ids.length) return null;
  const now = () => ids.find((id) => app.store.state.color[id]?.startsWith("@")) || "";
  const legend = h("div", {});
  const select = h("select", { class: "select wide", "aria-label": app.t("theme_measure") },
    h("option", { value: "", text: app.t("theme_none") }),
    ids.map((id) => h("optgroup", { label: app.model.layer(id).label(app.lang) }, derivable(app, id).map((d) => h("option", { value: `${id} ${d}`, text: app.t(`theme_${d.slice(1)}`) })))));
  const draw = () => {
    const id = now();
    select.value = id ? `${id} ${app.store.state.color[id]}` : "";
    fill(legend, id ? [classControls(app, id), legendOf(id)] : null);
  };
  select.addEventListener("change", async () => {
    const [id, measure] = select.value.split(" ");
    const color = { ...app.store.state.color };
    for (const other of ids) delete color[other];
    app.store.set({ color });
    if (id) await colorBy(app, id, measure);
    draw();
  });
  app.live(app.store.watch(["color"], draw));
  draw();
  return h("section", { class: "section" }, h("div", { class: "section-head" }, h("h3", { text: app.t("theme") })), h("div", { class: "section-body stack" }, select, legend));
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
