// Charts of the selection: every bar is a filter.

import { find, toggleWord } from "../filters/actions.js";
import { UNKNOWN } from "../basics/colors.js";
import { concentrationView } from "./concentration.js";
import { fill, h, sync, write } from "../basics/dom.js";
import { byCode } from "../data/summary.js";

const CHARTS = {
  parks: { fields: ["route", "district", "ownership", "project_status", "planned_use"], amount: "land_area_m2", amountKey: "by_area" },
  enterprises: { fields: ["cluster", "district", "block_id", "park_id", "revenue_band", "size_class", "town"], amount: "revenue_10k_cny", amountKey: "by_amount" },
  blocks: { fields: ["level", "district", "cluster_name"], amount: "area_m2", amountKey: "by_area" },
};
const SHOWN = 12;
const NAMED = { block_id: "blocks", park_id: "parks" };

/** @param {HTMLElement} root @param {Object} app @returns {() => void} */
export function mountCharts(root, app) {
  const layer = app.model.layer(app.store.state.subject);
  const plan = CHARTS[layer.id];
  const fields = plan.fields.filter((f) => layer.columns.has(f) && (layer.kind(f) === "dict" || (NAMED[f] && app.model.layer(NAMED[f])?.n)));
  const hasAmount = layer.columns.has(plan.amount);
  let byAmount = false;
  let stopped = false;
  const stops = [];
  const list = h("div", { class: "charts" });
  const more = h("div", {});
  const buttons = [false, true].map((amount) => h("button", {
    type: "button", text: app.t(amount ? plan.amountKey : "by_count"), on: { click: () => { byAmount = amount; draw(); } },
  }));
  fill(root, hasAmount ? h("div", { class: "segments small end", role: "group" }, buttons) : null, list, more);
  const draw = () => {
    if (stopped) return;
    buttons.forEach((b, i) => b.setAttribute("aria-pressed", String(Boolean(i) === byAmount)));
    sync(list, fields, (field) => field,
      (field) => h("section", { class: "chart" }, h("h3", { text: NAMED[field] ? app.t(`in_${NAMED[field]}`) : layer.fieldLabel(field, app.lang) }), h("ul", {})),
      (section, field) => drawBars(app, layer, field, byAmount ? plan.amount : null, section.lastChild, names.get(field)));
    fill(more, layer.id === "enterprises" ? concentrationView(app) : null);
  };
  const names = new Map();
  const load = async () => {
    await layer.columns.load([...fields, ...(hasAmount ? [plan.amount] : [])]);
    for (const field of fields) if (NAMED[field]) names.set(field, await namesOf(app, layer, field));
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

/** Key → name of the areas that a column of firms points at. */
async function namesOf(app, layer, field) {
  await layer.columns.code(field);
  const areas = app.model.layer(NAMED[field]);
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
      const text = measureText(app, amount, row.n);
      const bar = button.children[1].firstChild;
      button.className = `row${on ? "" : " off"}`;
      write(button.firstChild, row.label);
      button.setAttribute("aria-pressed", String(Boolean(chosen && on)));
      button.title = `${row.label} · ${text} · ${app.format.percent(row.n, sum)}`;
      bar.style.width = `${((100 * row.n) / most).toFixed(1)}%`;
      bar.style.background = own ? row.color : "";
      write(button.lastChild, text);
    });
}

function barRows(app, layer, field, amount) {
  const column = layer.columns.column(field);
  const values = amount ? layer.columns.column(amount).values : null;
  const measured = values ? byCode(column.codes, column.words.length + 1, app.engine.maskBut(layer.id, field), values).sums : app.engine.counts(layer.id, field);
  const rows = layer.categories(field).map((c) => ({ word: c.word, label: c[app.lang], color: c.color, n: measured[c.code] }));
  if (measured[0]) rows.push({ word: null, label: app.t("unknown"), color: UNKNOWN, n: measured[0] });
  if (layer.columns.fields.get(field).values) return rows;
  return rows.sort((a, b) => (a.word === null) - (b.word === null) || b.n - a.n || (a.word < b.word ? -1 : 1));
}

function measureText(app, amount, n) {
  if (!amount) return app.format.count(n);
  const shown = amount.endsWith("m2") ? app.format.area(n) : app.format.money(n);
  return `${shown.value} ${shown.unit}`;
}
