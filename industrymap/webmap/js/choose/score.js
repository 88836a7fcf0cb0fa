// The transparent score of a park: each criterion brought to 0–1 between two fixed values, times its weight.
// The same formula as industrymap/parks/score.py: 100 · Σ w·s ÷ Σ w over the criteria whose value is known.

import { quantile } from "../basics/classes.js";

const PROPOSED = [
  ["output_per_floor_yuan_m2", 25, true], ["far", 15, true], ["land_area_m2", 15, false], ["legal_paper_share", 15, false],
  ["block_overlap", 10, false], ["above_scale", 10, false], ["tax_per_mu_10k_cny", 10, true],
];
const SEED = 2019;
/** How often weights and values are drawn for the firmness of a ranking. */
export const DRAWS = 200;

/**
 * The criteria of the page: those of the model, or a proposal from the columns there are.
 * @param {Object} app
 * @returns {{id: string, column: string, weight: number, zero: number, one: number, zh: string, en: string, spread: number}[]}
 */
export function criteriaOf(app) {
  const parks = app.model.parks;
  const given = app.model.manifest.scoring?.criteria;
  const wanted = given || PROPOSED.map(([column, weight, less]) => ({ column, weight, less, spread: 0.1 }));
  return wanted.filter((c) => parks.columns.has(c.column) && parks.kind(c.column) === "num").map((c) => {
    const { values } = parks.columns.column(c.column);
    const known = Float64Array.from(values).filter(Number.isFinite).sort();
    const [low, high] = known.length ? [quantile(known, 0.05), quantile(known, 0.95)] : [0, 1];
    const [zero, one] = [c.zero ?? (c.less ? high : low), c.one ?? (c.less ? low : high)];
    return { id: c.column, column: c.column, weight: c.weight, zero, one: one === zero ? zero + 1 : one, zh: c.zh || "", en: c.en || "", spread: c.spread || 0 };
  });
}

/** Value of a criterion between 0 and 1; NaN stays. @param {number} value @param {{zero: number, one: number}} criterion */
export function scaled(value, { zero, one }) {
  const s = (value - zero) / (one - zero);
  return s < 0 ? 0 : s > 1 ? 1 : s;
}

/**
 * Score and share of the weight it rests on.
 * @param {number[]} parts 0 to 1 or NaN, one for each criterion
 * @param {number[]} weights
 * @returns {{points: number, coverage: number}}
 */
export function weigh(parts, weights) {
  let sum = 0;
  let known = 0;
  let all = 0;
  for (let i = 0; i < weights.length; i++) {
    all += weights[i];
    if (parts[i] !== parts[i]) continue;
    sum += parts[i] * weights[i];
    known += weights[i];
  }
  return { points: known > 0 ? (100 * sum) / known : NaN, coverage: all ? known / all : 0 };
}

/**
 * Parks in order of their score; equal scores by what names them.
 * @param {ArrayLike<number|string>} names
 * @param {ArrayLike<number>} points by place in `names`
 * @returns {number[]} places in `names`, best first, those without a score left out
 */
export function ranking(names, points) {
  const places = [];
  for (let i = 0; i < names.length; i++) if (points[i] === points[i]) places.push(i);
  return places.sort((a, b) => points[b] - points[a] || (names[a] < names[b] ? -1 : 1));
}

/**
 * Those chosen going down the ranking, passing over districts that are full.
 * @param {number[]} ranked places
 * @param {ArrayLike<number|string>} districts of each place
 * @param {{perDistrict: number, total: number}} limits 0 sets none
 * @returns {Set<number>} places
 */
export function choose(ranked, districts, { perDistrict, total }) {
  const taken = new Set();
  const full = new Map();
  for (const place of ranked) {
    if (total && taken.size >= total) break;
    const n = full.get(districts[place]) || 0;
    if (perDistrict && n >= perDistrict) continue;
    full.set(districts[place], n + 1);
    taken.add(place);
  }
  return taken;
}

/**
 * How the ranking holds when weights and values vary within their uncertainty.
 * @param {Object} data
 * @param {Float64Array[]} data.values of each criterion by place
 * @param {Object[]} data.criteria
 * @param {number[]} data.weights
 * @param {ArrayLike<number>} data.rows
 * @param {ArrayLike<number>} data.districts
 * @param {{perDistrict: number, total: number}} data.limits
 * @param {number} data.weightSpread
 * @param {number} [draws]
 * @returns {{low: Float64Array, high: Float64Array, inList: Float64Array}} 5th and 95th percentile of the rank, share of draws in the list
 */
export function stability({ values, criteria, weights, rows, districts, limits, weightSpread }, draws = DRAWS) {
  const n = rows.length;
  const dice = random(SEED);
  const ranks = Array.from({ length: n }, () => []);
  const inList = new Float64Array(n);
  const points = new Float64Array(n);
  const parts = new Array(criteria.length);
  for (let d = 0; d < draws; d++) {
    const drawn = weights.map((w) => w * (1 + weightSpread * (2 * dice() - 1)));
    for (let i = 0; i < n; i++) {
      for (let k = 0; k < criteria.length; k++) parts[k] = scaled(values[k][i] * (1 + criteria[k].spread * (2 * dice() - 1)), criteria[k]);
      points[i] = weigh(parts, drawn).points;
    }
    const order = ranking(rows, points);
    order.forEach((place, rank) => ranks[place].push(rank + 1));
    for (const place of choose(order, districts, limits)) inList[place]++;
  }
  const [low, high] = [new Float64Array(n).fill(NaN), new Float64Array(n).fill(NaN)];
  for (let i = 0; i < n; i++) {
    const sorted = Float64Array.from(ranks[i]).sort();
    if (!sorted.length) continue;
    low[i] = quantile(sorted, 0.05);
    high[i] = quantile(sorted, 0.95);
    inList[i] /= draws;
  }
  return { low, high, inList };
}

/** Evenly spread numbers from 0 to 1; the same seed gives the same ones (mulberry32). @param {number} seed */
export function random(seed) {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
