// One park beside the five that are most like it in size, place and use, criterion by criterion.

import { fill, h } from "../basics/dom.js";
import { criterionLabel } from "./ranking.js";

const PEERS = 5;
const LIKE = ["land_area_m2", "far", "firms", "block_overlap"];

/**
 * The parks most like one: same planned use first, then nearest in size, density, firms and share in blocks, each by its rank.
 * @param {import("../data/model.js").Layer} parks columns loaded
 * @param {number} row
 * @param {Uint8Array} mask candidates
 * @param {number} [n]
 * @returns {number[]}
 */
export function peersOf(parks, row, mask, n = PEERS) {
  const measures = LIKE.map((name) => parks.columns.column(name)?.values).filter(Boolean).map(ranks);
  const use = parks.columns.column("planned_use")?.codes;
  const found = [];
  for (let i = 0; i < parks.n; i++) {
    if (i === row || !mask[i]) continue;
    let sum = use && use[i] !== use[row] ? 0.5 : 0;
    for (const m of measures) sum += m[i] === m[i] && m[row] === m[row] ? Math.abs(m[i] - m[row]) : 0.5;
    found.push([sum, i]);
  }
  return found.sort((a, b) => a[0] - b[0] || a[1] - b[1]).slice(0, n).map(([, i]) => i);
}

/** @param {HTMLElement} root @param {Object} app @returns {() => void} */
export function mountPeers(root, app) {
  const parks = app.model.parks;
  const draw = async () => {
    const { picked } = app.store.state;
    const row = picked?.layer === parks.id ? picked.row : app.store.state.benchmark;
    if (row === undefined || row === null) {
      fill(root, h("p", { class: "empty-note", text: app.t("peers_pick") }));
      return;
    }
    if (row !== app.store.state.benchmark) app.store.set({ benchmark: row });
    await parks.columns.load([...LIKE, "planned_use"]);
    const peers = peersOf(parks, row, app.engine.result(app.model.parks?.id).mask);
    const shown = [row, ...peers];
    await parks.columns.ready(["name", "district"], shown);
    fill(root, h("p", { class: "hint", text: app.t("peers_how") }), table(app, parks, shown));
  };
  const stops = [app.store.watch(["picked"], draw), app.engine.watch(draw)];
  draw();
  return () => stops.forEach((stop) => stop());
}

function table(app, parks, shown) {
  const value = (row, c) => parks.columns.column(c.column).values[row];
  return h("div", { class: "cross-box" }, h("table", { class: "peers" },
    h("thead", {}, h("tr", {}, h("td", {}), shown.map((row, i) => h("th", { scope: "col", class: i ? "" : "own-park" },
      h("button", { type: "button", class: "link", text: parks.columns.value("name", row) ?? "—", on: { click: () => app.select(app.model.parks.id, row, true) } }),
      h("span", { class: "unit", text: parks.columns.value("district", row) ?? "" }))))),
    h("tbody", {}, app.scoring.criteria.map((c) => {
      const known = shown.slice(1).map((row) => value(row, c)).filter((v) => v === v).sort((a, b) => a - b);
      const middle = known.length ? known[known.length >> 1] : NaN;
      return h("tr", {}, h("th", { scope: "row" }, criterionLabel(app, c), h("span", { class: "unit", text: parks.unit(c.column, app.lang) })),
        shown.map((row, i) => {
          const v = value(row, c);
          const better = i === 0 && v === v && middle === middle && v !== middle ? (v > middle === c.one > c.zero ? " better" : " worse") : "";
          return h("td", { class: `number${better}`, text: app.show(parks, c.column, v === v ? v : null) });
        }));
    }))));
}

/** Rank of each value from 0 to 1; NaN stays. */
function ranks(values) {
  const order = Array.from(values.keys()).filter((i) => values[i] === values[i]).sort((a, b) => values[a] - values[b]);
  const out = new Float64Array(values.length).fill(NaN);
  order.forEach((i, k) => (out[i] = order.length > 1 ? k / (order.length - 1) : 0.5));
  return out;
}
