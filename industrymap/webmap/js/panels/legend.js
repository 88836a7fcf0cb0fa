// Layers and legend: every line of the legend is a filter with a live count.

import { find, homeOf, setRange, toggleWord } from "../filters/actions.js";
import { mountChips } from "../filters/chips.js";
import { basemapChoice } from "../map/basemap.js";
import { builderButton } from "../filters/builder.js";
import { phraseButton } from "../filters/box.js";
import { OTHER } from "../basics/colors.js";
import { fill, h, icon, sync, write } from "../basics/dom.js";
import { mountRange } from "../filters/range.js";
import { signsSection } from "./signs.js";
import { emphasisOf, topicOf } from "../map/topics.js";
import { areaTheme, classControls, colorSelect, themeHead } from "../map/themes.js";

const SHOWN = 10;
/** @param {HTMLElement} root @param {Object} app */
export function mountLegend(root, app) {
  const chips = h("div", { class: "chips" });
  const sections = h("div", { class: "sections" });
  fill(root,
    h("h2", { class: "panel-title" }, icon("layers"), h("span", { text: app.t("layers") })),
    chips, h("div", { class: "add-line" }, builderButton(app), phraseButton(app)), sections);
  mountChips(chips, app);
  const { model } = app;
  for (const layer of model.subjects) sections.append(layerSection(app, layer));
  const shared = model.subjects.find((l) => l.columns.has("district") && l.kind("district") === "dict");
  if (shared) sections.append(fieldSection(app, shared, "district", { open: true, plain: true }));
  for (const layer of model.subjects) {
    for (const field of layer.listed("more")) {
      sections.append(fieldSection(app, layer, field, { open: false, plain: false }));
    }
  }
  const theme = areaTheme(app, (id) => categoryList(app, model.layer(id), app.store.state.color[id], { plain: false }));
  if (theme) sections.append(theme);
  sections.append(signsSection(app));
  const ranges = rangeSection(app);
  if (ranges) sections.append(ranges);
  sections.append(backgroundSection(app));
  // what the map is about stands first
  const lead = () => {
    const { id, layer } = topicOf(app);
    const first = [...sections.children].find((section) => section.dataset.about === id) || [...sections.children].find((section) => section.dataset.about === layer?.id);
    for (const section of sections.children) section.classList.toggle("lead", section === first);
  };
  app.live(app.store.watch(["topic"], lead));
  lead();
}

function layerSection(app, layer) {
  const body = h("div", { class: "section-body" });
  const select = colorSelect(app, layer);
  const section = h("section", { class: "section", data: { about: layer.id } },
    h("div", { class: "section-head" },
      eye(app, layer.id, layer.label(app.lang)),
      h("h3", { text: layer.label(app.lang) }),
      liveCount(app, layer),
      select),
    body);
  let drawn = "";
  const draw = () => {
    const field = app.store.state.color[layer.id];
    if (field === drawn) return;
    drawn = field;
    fill(body, layer.shapes ? themeHead(app, layer) : null, classControls(app, layer.id), field ? categoryList(app, layer, field, { plain: false }) : null, layer.isPoints ? placeNotes(app, layer) : null);
  };
  app.live(app.store.watch(["color"], draw));
  draw();
  return section;
}

function fieldSection(app, layer, field, { open, plain }) {
  const body = h("div", { class: "section-body" });
  const title = plain ? layer.fieldLabel(field, app.lang) : `${layer.fieldLabel(field, app.lang)}`;
  const details = h("details", { class: "section folding", open },
    h("summary", { class: "section-head" }, icon("right"), h("h3", { text: title }), plain ? null : h("span", { class: "tag", text: layer.label(app.lang) })),
    body);
  let filled = false;
  const grow = async () => {
    if (filled || !details.open) return;
    filled = true;
    await layer.columns.load([field]);
    fill(body, categoryList(app, layer, field, { plain }));
  };
  details.addEventListener("toggle", grow);
  grow();
  return details;
}

/** The categories of a column, each a button with its live count. */
function categoryList(app, layer, field, { plain }) {
  const list = h("ul", { class: "categories" });
  const more = h("button", { class: "link", type: "button", on: { click: () => { all = !all; draw(); } } });
  let all = false;
  const member = field === "tiers" || field === "clusters";
  const draw = () => {
    if (app.store.state.color[layer.id] !== field && !layer.columns.column(field)?.codes) return;
    const rows = member ? memberRows(app, layer, field) : app.legendRows(layer.id, field);
    const most = Math.max(1, ...rows.map((r) => r.n));
    const chosen = find(app, layer.id, field, "in") || rangeAsWords(app, layer, field, rows);
    sync(list, all ? rows : rows.slice(0, SHOWN), (row) => row.word,
      (row) => h("li", {}, categoryButton(app, layer, field, row, plain, member)),
      (item, row) => showCategory(app, item.firstChild, row, most, chosen));
    more.hidden = rows.length <= SHOWN;
    write(more, all ? app.t("less") : app.t("more", { n: rows.length - SHOWN }));
  };
  app.live(app.engine.watch(draw));
  app.live(app.store.watch(["classes", "dark"], draw));
  layer.columns.load([field]).then(draw);
  draw();
  return [list, more];
}

function categoryButton(app, layer, field, row, plain, member) {
  return h("button", { type: "button", class: "category", data: { word: String(row.word) }, on: { click: () => press(app, layer, field, row, member) } },
    h("span", { class: "bar" }),
    plain ? null : h("span", { class: layer.isPoints ? "swatch round" : "swatch", style: { "--swatch": row.color } }),
    h("span", { class: "category-name", text: row.label, title: row.label }),
    h("span", { class: "number" }));
}

/** A class of numbers sets a range; pressing it again lifts it. */
function press(app, layer, field, row, member) {
  // a figure that the page works out is no column that a filter could ask
  if (!layer.columns.has(field) || row.nodata) return;
  if (row.min === undefined) toggleWord(app, layer.id, field, row.word, member);
  else if (rangeAsWords(app, layer, field, [row])?.words.length) setRange(app, layer.id, field, null, null);
  else setRange(app, layer.id, field, row.min, row.max);
}

function rangeAsWords(app, layer, field, rows) {
  const range = find(app, layer.id, field, "range");
  return range ? { words: rows.filter((r) => r.min === range.min && r.max === range.max).map((r) => r.word) } : undefined;
}

function showCategory(app, button, row, most, chosen) {
  const picked = Boolean(chosen?.words.includes(row.word));
  button.className = `category${chosen && !picked ? " off" : ""}${picked ? " on" : ""}`;
  button.setAttribute("aria-pressed", String(picked));
  const swatch = button.querySelector(".swatch");
  if (swatch) {
    swatch.style.setProperty("--swatch", row.color);
    swatch.classList.toggle("hollow", Boolean(row.nodata));
  }
  write(button.querySelector(".category-name"), row.label);
  button.firstChild.style.transform = `scaleX(${(row.n / most).toFixed(3)})`; // a width would lay the panel out anew
  write(button.lastChild, app.format.count(row.n));
}

/** Labels of a column that holds several, separated by ; */
function memberRows(app, layer, field) {
  const counts = app.engine.counts(layer.id, field);
  const { words } = layer.columns.column(field);
  const sums = new Map();
  words.forEach((combined, i) => {
    for (const one of combined.split(";").map((w) => w.trim()).filter(Boolean)) sums.set(one, (sums.get(one) || 0) + counts[i + 1]);
  });
  const rows = [...sums].map(([word, n]) => ({ word, n, color: OTHER, label: layer.wordLabel(field, word, app.lang) }));
  return rows.sort((a, b) => b.n - a.n || (a.word < b.word ? -1 : 1));
}

function placeNotes(app, layer) {
  const { points } = layer;
  const notes = [];
  const coarse = h("span", { class: "number" });
  const unplaced = h("p", { class: "hint" });
  if (points.placed > points.exact) {
    notes.push(h("label", { class: "category note-line" },
      h("input", {
        type: "checkbox", checked: app.store.state.layers.coarse !== false,
        on: { change: (e) => app.store.set({ layers: { ...app.store.state.layers, coarse: e.target.checked } }) },
      }),
      h("span", { class: "swatch coarse" }), h("span", { class: "category-name", text: app.t("coarse"), title: app.t("coarse_note") }),
      coarse));
  }
  // counted on the selection, as every other line: a past year has a base, and so places, of its own
  const draw = () => {
    const { mask } = app.engine.result(layer.id);
    const selected = (from, to) => mask.subarray(from, to).reduce((sum, on) => sum + (on ? 1 : 0), 0);
    const n = selected(points.placed, layer.n);
    write(coarse, app.format.count(selected(points.exact, points.placed)));
    write(unplaced, n ? app.t("unplaced", { n: app.format.count(n) }) : "");
    unplaced.hidden = !n;
  };
  app.live(app.engine.watch(draw));
  draw();
  notes.push(unplaced);
  return h("div", { class: "notes" }, notes);
}

function liveCount(app, layer) {
  const out = h("span", { class: "number strong" });
  const draw = () => {
    out.textContent = app.format.count(app.engine.result(layer.id).count);
  };
  app.live(app.engine.watch(draw));
  draw();
  return out;
}

function eye(app, id, name) {
  const button = h("button", { type: "button", class: "eye", "aria-label": app.t("show_layer", { name }), title: app.t("show_layer", { name }) });
  const draw = () => {
    const layer = app.model.layer(id);
    const on = layer.role === "subject" ? emphasisOf(app, layer) !== "off" : app.store.state.layers[id] !== false;
    button.setAttribute("aria-pressed", String(on));
    fill(button, icon(on ? "eye" : "hidden"));
  };
  button.addEventListener("click", () => {
    const { layers } = app.store.state;
    const on = button.getAttribute("aria-pressed") === "true";
    app.store.set({ layers: { ...layers, [id]: !on } });
  });
  app.live(app.store.watch(["layers", "topic"], draw));
  draw();
  return button;
}

function rangeSection(app) {
  const found = app.model.subjects.flatMap((layer) => layer.listed("ranges").map((field) => ({ layer, field })));
  if (!found.length) return null;
  const body = h("div", { class: "section-body" });
  const details = h("details", { class: "section folding" },
    h("summary", { class: "section-head" }, icon("right"), h("h3", { text: app.t("ranges") })), body);
  let filled = false;
  details.addEventListener("toggle", async () => {
    if (filled || !details.open) return;
    filled = true;
    for (const { layer, field } of found) {
      await layer.columns.load([field]);
      const box = h("div", { class: "range" });
      body.append(box);
      mountRange(box, app, layer, field, (min, max) => setRange(app, layer.id, field, min, max), () => find(app, layer.id, field, "range"), homeOf(layer.id, field));
    }
  });
  return details;
}

function backgroundSection(app) {
  const body = h("div", { class: "section-body toggles" });
  for (const layer of [...app.model.containers, ...app.model.inRole("context")]) {
    const { id } = layer;
    if (!layer.n) continue;
    body.append(h("label", { class: "toggle" },
      h("input", {
        type: "checkbox", checked: app.store.state.layers[id] !== false,
        on: { change: (e) => app.store.set({ layers: { ...app.store.state.layers, [id]: e.target.checked } }) },
      }),
      h("span", { text: layer.label(app.lang) })));
  }
  return h("section", { class: "section" },
    h("div", { class: "section-head" }, h("h3", { text: app.t("background") })), body, basemapChoice(app));
}
