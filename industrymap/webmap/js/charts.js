// Charts of the selection: every bar is a filter.

import { find, toggleWord } from "./actions.js";
import { UNKNOWN } from "./colors.js";
import { fill, h } from "./dom.js";
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
  const buttons = [false, true].map((amount) => h("button", {
    type: "button", text: app.t(amount ? plan.amountKey : "by_count"), on: { click: () => { byAmount = amount; draw(); } },
  }));
  fill(root, hasAmount ? h("div", { class: "segments small end", role: "group" }, buttons) : null, list);
  const draw = () => {
    if (stopped) return;
    buttons.forEach((b, i) => b.setAttribute("aria-pressed", String(Boolean(i) === byAmount)));
    const focused = list.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    fill(list, fields.map((field) => chart(app, layer, field, byAmount ? plan.amount : null)));
    if (focused) [...list.querySelectorAll("button")].find((b) => b.dataset.key === focused)?.focus();
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

function chart(app, layer, field, amount) {
  const column = layer.columns.column(field);
  const values = amount ? layer.columns.column(amount).values : null;
  const mask = new Uint8Array(layer.n);
  app.engine.eachBut(layer.id, field, (i) => (mask[i] = 1));
  const found = byCode(column.codes, column.words.length + 1, mask, values);
  const measure = (code) => (values ? found.sums[code] : found.counts[code]);
  const rows = layer.categories(field).map((c) => ({ word: c.word, label: c[app.lang], color: c.color, n: measure(c.code) }));
  if (found.counts[0]) rows.push({ word: null, label: app.t("unknown"), color: UNKNOWN, n: measure(0) });
  const ordered = layer.columns.fields.get(field).values ? rows : rows.sort((a, b) => (a.word === null) - (b.word === null) || b.n - a.n);
  const shown = ordered.filter((r) => r.n > 0).slice(0, SHOWN);
  const sum = ordered.reduce((all, r) => all + r.n, 0);
  const most = Math.max(1e-9, ...shown.map((r) => r.n));
  const chosen = find(app, layer.id, field, "in");
  const own = app.store.state.color[layer.id] === field || field === "route" || field === "level";
  const text = (n) => {
    if (!values) return app.format.count(n);
    const shownAmount = amount.endsWith("m2") ? app.format.area(n) : app.format.money(n);
    return `${shownAmount.value} ${shownAmount.unit}`;
  };
  return h("section", { class: "chart" },
    h("h3", { text: layer.fieldLabel(field, app.lang) }),
    h("ul", {}, shown.map((row) => {
      const on = !chosen || chosen.words.includes(row.word);
      return h("li", {}, h("button", {
        type: "button", class: `row${on ? "" : " off"}`, "aria-pressed": String(Boolean(chosen && on)), data: { key: `${field} ${row.word}` },
        title: `${row.label} · ${text(row.n)} · ${app.format.percent(row.n, sum)}`,
        on: { click: () => toggleWord(app, layer.id, field, row.word) },
      },
      h("span", { class: "row-name", text: row.label }),
      h("span", { class: "row-track" }, h("span", { class: "row-bar", style: { width: `${(100 * row.n) / most}%`, background: own ? row.color : "" } })),
      h("span", { class: "number", text: text(row.n) })));
    })));
}
