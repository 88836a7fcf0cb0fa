// How concentrated the selection is: share of the four largest firms (CR4), and location quotients of clusters by district.

import { toggleWord } from "../filters/actions.js";
import { h } from "../basics/dom.js";

const LARGEST = 4;
const SHOWN = 8;

/**
 * Share of the largest firms in the sum.
 * @param {Float64Array} values
 * @param {Uint8Array} mask
 * @param {number} [n]
 * @returns {{share: number, known: number}} NaN where fewer firms than `n` are known
 */
export function concentrationRatio(values, mask, n = LARGEST) {
  const top = [];
  let sum = 0;
  let known = 0;
  for (let i = 0; i < mask.length; i++) {
    const v = values[i];
    if (!mask[i] || v !== v) continue;
    known++;
    sum += v;
    if (top.length < n) {
      top.push(v);
      top.sort((a, b) => a - b);
    } else if (v > top[0]) {
      top[0] = v;
      top.sort((a, b) => a - b);
    }
  }
  return { share: known >= n && sum > 0 ? top.reduce((a, b) => a + b, 0) / sum : NaN, known };
}

/**
 * Location quotients: (share of a cluster in a district's revenue) ÷ (its share in the whole city's), as the report works them out.
 * Firms without a cluster are part of both wholes; without a district or a revenue they are part of neither.
 * @param {{clusters: ArrayLike<number>, districts: ArrayLike<number>, revenue: Float64Array}} of codes and values
 * @param {Uint8Array} mask the selection
 * @param {number} fewest firms a cell needs to be shown
 * @returns {{cluster: number, district: number, lq: number, n: number}[]} largest first
 */
export function locationQuotients({ clusters, districts, revenue }, mask, fewest) {
  const pairs = new Map();
  const byCluster = new Map();
  const byDistrict = new Map();
  const add = (sums, key, v) => sums.set(key, (sums.get(key) || 0) + v);
  let all = 0;
  for (let i = 0; i < mask.length; i++) {
    const v = revenue[i];
    if (!mask[i] || !districts[i] || v !== v) continue;
    all += v;
    add(byDistrict, districts[i], v);
    if (!clusters[i]) continue;
    add(byCluster, clusters[i], v);
    const key = clusters[i] * 65536 + districts[i];
    const cell = pairs.get(key) || { n: 0, sum: 0 };
    cell.n++;
    cell.sum += v;
    pairs.set(key, cell);
  }
  const found = [];
  for (const [key, { n, sum }] of pairs) {
    const cluster = Math.floor(key / 65536);
    const district = key % 65536;
    // a cell over fewer firms would say more of one of them than of the place
    if (n >= fewest) found.push({ cluster, district, n, lq: sum / byDistrict.get(district) / (byCluster.get(cluster) / all) });
  }
  return found.sort((a, b) => b.lq - a.lq || b.n - a.n);
}

/** The figures under the charts of the enterprises. @param {Object} app @returns {HTMLElement|null} */
export function concentrationView(app) {
  const firms = app.model.firms;
  const [cluster, district] = ["cluster", "district"].map((n) => firms.columns.column(n));
  const revenue = firms.columns.column("revenue_10k_cny")?.values;
  const { mask } = app.engine.result(firms.id);
  const figures = new Map(app.model.manifest.indicators.map((figure) => [figure.id, figure]));
  const fewest = figures.get("location_quotient").fewest;
  const cr = revenue ? concentrationRatio(revenue, mask) : null;
  // without the conditions on cluster and district themselves, or every quotient would be 1
  const wide = revenue && cluster?.words && district?.words ? app.engine.maskBut(firms.id, "cluster", "district") : null;
  const quotients = wide ? locationQuotients({ clusters: cluster.codes, districts: district.codes, revenue }, wide, fewest).filter((q) => q.lq > 1).slice(0, SHOWN) : [];
  if (!cr && !quotients.length) return null;
  const word = (name, column, code) => firms.wordLabel(name, column.words[code - 1], app.lang);
  return h("section", { class: "chart" },
    h("h3", { text: app.t("concentration") }),
    cr && cr.share === cr.share ? h("p", { class: "hint", text: app.t("cr4", { share: app.format.percent(cr.share), n: app.format.count(cr.known) }) }) : null,
    quotients.length ? h("table", { class: "quotients" },
      h("caption", { class: "unit", text: app.t("lq_how", { formula: figures.get("location_quotient")[`formula_${app.lang}`], fewest }) }),
      h("thead", {}, h("tr", {}, ["lq_cluster", "lq_district", "lq", "lq_n"].map((key) => h("th", { scope: "col", text: app.t(key) })))),
      h("tbody", {}, quotients.map((q) => h("tr", {},
        h("td", {}, h("button", { type: "button", class: "link", text: word("cluster", cluster, q.cluster), on: { click: () => toggleWord(app, app.model.firms.id, "cluster", cluster.words[q.cluster - 1]) } })),
        h("td", {}, h("button", { type: "button", class: "link", text: word("district", district, q.district), on: { click: () => toggleWord(app, app.model.firms.id, "district", district.words[q.district - 1]) } })),
        h("td", { class: "number", text: app.format.number(q.lq, 2) }), h("td", { class: "number", text: app.format.count(q.n) }))))) : null);
}
