// Charts of the selection: every bar is a filter.

import { find, toggleWord } from "./actions.js";
import { UNKNOWN } from "./colors.js";
import { concentrationView } from "./concentration.js";
import { fill, h, sync, write } from "./dom.js";
import { byCode } from "./summary.js";

const CHARTS = {
  parks: { fields: ["route", "district", "ownership", "project_status", "planned_use"], amount: "land_area_m2", amountKey: "by_area" },
  enterprises: { fields: ["cluster", "district", "revenue_band", "size_class", "town"], amount: "revenue_10k_cny", amountKey: "by_amount" },
  blocks: { fields: ["level", "district", "cluster_name"], amount: "area_m2", amountKey: "by_area" },
};
const SHOWN = 12;

/** @param {HTMLElement} root @param {Object} app @returns {() => void} */
export function mountCharts(root, app) {
  const layer = app.model.layer(app.store.state.subject);
  const plan = CHARTS[layer.id];
  const fields = plan.fields.filter((f) => layer.columns.has(f) && layer.kind(f) === "dict");
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
      (field) => h("section", { class: "chart" }, h("h3", { text: layer.fieldLabel(field, app.lang) }), h("ul", {})),
      (section, field) => drawBars(app, layer, field, byAmount ? plan.amount : null, section.lastChild));
    fill(more, layer.id === "enterprises" ? concentrationView(app) : null);
  };
  layer.columns.load([...fields, ...(hasAmount ? [plan.amount] : [])]).then(() => {
    draw();
    stops.push(app.engine.watch(draw));
  });
  return () => {
    stopped = true;
    stops.forEach((stop) => stop());
  };
}

function drawBars(app, layer, field, amount, list) {
  const rows = barRows(app, layer, field, amount);
  const shown = rows.filter((r) => r.n > 0).slice(0, SHOWN);
  const sum = rows.reduce((all, r) => all + r.n, 0);
  const most = Math.max(1e-9, ...shown.map((r) => r.n));
  const chosen = find(app, layer.id, field, "in");
  const own = app.store.state.color[layer.id] === field || field === "route" || field === "level";
  sync(list, shown, (row) => row.word,
    (row) => h("li", {}, h("button", { type: "button", class: "row", on: { click: () => toggleWord(app, layer.id, field, row.word) } },
      h("span", { class: "row-name", text: row.label }),
      h("span", { class: "row-track" }, h("span", { class: "row-bar" })),
      h("span", { class: "number" }))),
    (item, row) => {
      const button = item.firstChild;
      const on = !chosen || chosen.words.includes(row.word);
      const text = measureText(app, amount, row.n);
      const bar = button.children[1].firstChild;
      button.className = `row${on ? "" : " off"}`;
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
