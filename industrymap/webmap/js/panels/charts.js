// Charts of the selection: every bar is a filter.

import { find, toggleWord } from "../filters/actions.js";
import { UNKNOWN } from "../basics/colors.js";
import { inkOf } from "../map/coloring.js";
import { emptyNote } from "./empty.js";
import { concentrationView } from "./concentration.js";
import { fill, h, sync, write } from "../basics/dom.js";
import { byCode } from "../data/summary.js";

const SHOWN = 12;

/** @param {HTMLElement} root @param {Object} app @returns {() => void} */
export function mountCharts(root, app) {
  const layer = app.model.layer(app.store.state.subject);
  const { amount } = layer.head;
  const amountKey = layer.view.amount_key || "by_amount_sum";
  const fields = layer.listed("charts").filter((f) => layer.kind(f) === "dict" || holderOf(app, f));
  const hasAmount = layer.columns.has(amount);
  let byAmount = false;
  let stopped = false;
  const stops = [];
  const list = h("div", { class: "charts" });
  const more = h("div", {});
  const buttons = [false, true].map((weighed) => h("button", {
    type: "button", text: app.t(weighed ? amountKey : "by_count"), on: { click: () => { byAmount = weighed; draw(); } },
  }));
  fill(root, hasAmount ? h("div", { class: "segments small end", role: "group" }, buttons) : null, list, more);
  const draw = () => {
    if (stopped) return;
    buttons.forEach((b, i) => b.setAttribute("aria-pressed", String(Boolean(i) === byAmount)));
    sync(list, fields.filter((field) => known(layer, field)), (field) => field,
      (field) => h("section", { class: "chart" }, h("h3", { text: holderOf(app, field) ? app.t("in_areas", { name: holderOf(app, field).label(app.lang) }) : layer.fieldLabel(field, app.lang) }), h("ul", {})),
      (section, field) => drawBars(app, layer, field, byAmount ? amount : null, section.lastChild, names.get(field)));
    const none = !app.engine.result(layer.id).count && layer.n > 0;
    list.hidden = none;
    fill(more, none ? emptyNote(app, layer) : layer.counted ? concentrationView(app) : null);
  };
  const names = new Map();
  const load = async () => {
    await layer.columns.load([...fields, ...(hasAmount ? [amount] : [])]);
    for (const field of fields) if (holderOf(app, field)) names.set(field, await namesOf(app, layer, field));
  };
  load().then(() => {
    draw();
    stops.push(app.engine.watch(draw));
  });
  return () => {
    stopped = true;
    stops.forEach((stop) => stop());
  };
}

/** The areas whose key a column of firms holds. @param {Object} app @param {string} field */
function holderOf(app, field) {
  return app.model.inRole("subject").find((layer) => layer.n && !layer.counted && layer.key === field);
}

/** Whether any row has a value: in a city without blocks, no firm lies in one. */
function known(layer, field) {
  const column = layer.columns.column(field);
  return !column?.words || column.words.length > 0;
}

/** Key → name of the areas that a column of firms points at. */
async function namesOf(app, layer, field) {
  await layer.columns.code(field);
  const areas = holderOf(app, field);
  const names = new Map();
  if (!areas?.columns.has(field)) return names;
  await areas.columns.load([field, "name"]);
  for (let b = 0; b < areas.columns.blockCount; b++) {
    await areas.columns.ready([field, "name"], [b * areas.columns.rowsPerBlock]);
    const stop = Math.min(areas.n, (b + 1) * areas.columns.rowsPerBlock);
    for (let row = b * areas.columns.rowsPerBlock; row < stop; row++) names.set(areas.columns.value(field, row), areas.columns.value("name", row));
  }
  return names;
}

function drawBars(app, layer, field, amount, list, names) {
  const rows = barRows(app, layer, field, amount);
  for (const row of names ? rows : []) row.label = row.word === null ? app.t("in_none") : names.get(row.word) || row.word;
  const shown = rows.filter((r) => r.n > 0).slice(0, SHOWN);
  const sum = rows.reduce((all, r) => all + r.n, 0);
  const most = Math.max(1e-9, ...shown.map((r) => r.n));
  const measure = measureText(app, amount, most);
  const chosen = find(app, layer.id, field, "in");
  const own = app.store.state.color[layer.id] === field || field === "route" || field === "level";
  sync(list, shown, (row) => row.word,
    (row) => h("li", {}, h("button", { type: "button", class: "row", on: { click: () => toggleWord(app, layer.id, field, row.word) } },
      h("span", { class: "row-name" }),
      h("span", { class: "row-track" }, h("span", { class: "row-bar" })),
      h("span", { class: "number" }))),
    (item, row) => {
      const button = item.firstChild;
      const on = !chosen || chosen.words.includes(row.word);
      const text = measure(row.n);
      const bar = button.children[1].firstChild;
      button.className = `row${on ? "" : " off"}`;
      write(button.firstChild, row.label);
      button.setAttribute("aria-pressed", String(Boolean(chosen && on)));
      button.title = `${row.label} · ${text} · ${app.format.percent(row.n, sum)}`;
      bar.style.transform = `scaleX(${Math.max(0.01, row.n / most).toFixed(3)})`; // a width would lay the panel out anew
      bar.style.background = own ? row.color : "";
      write(button.lastChild, text);
    });
}

function barRows(app, layer, field, amount) {
  const column = layer.columns.column(field);
  const values = amount ? layer.columns.column(amount).values : null;
  const measured = values ? byCode(column.codes, column.words.length + 1, app.engine.maskBut(layer.id, field), values).sums : app.engine.counts(layer.id, field);
  const rows = layer.categories(field).map((c) => ({ word: c.word, label: c[app.lang], color: inkOf(app, layer, c.color), n: measured[c.code] }));
  if (measured[0]) rows.push({ word: null, label: app.t("unknown"), color: UNKNOWN, n: measured[0] });
  if (layer.columns.fields.get(field).values) return rows;
  return rows.sort((a, b) => (a.word === null) - (b.word === null) || b.n - a.n || (a.word < b.word ? -1 : 1));
}

/** How the bars of one chart are measured: all in the unit of the longest. @returns {(n: number) => string} */
function measureText(app, amount, most) {
  if (!amount) return (n) => app.format.count(n);
  const kind = amount.endsWith("m2") ? "land" : amount.endsWith("10k_cny") ? "money" : "";
  if (!kind) return (n) => app.format.number(n);
  const { unit, text } = app.format.alike(kind, most);
  return (n) => `${text(n)} ${unit}`;
}
