// Figures of a selection, each with the number of rows it rests on.

/** The share of firms with a figure from which a sum stands for them: below it a sum is marked as incomplete and takes no rank. */
const COVERED = 0.8;

/** The share below which a sum says more of who reported than of the firms: it is not shown. */
const HARDLY = 0.1;

/**
 * How far a sum stands for the rows it is of.
 * @param {number} known rows with a value @param {number} of rows
 * @returns {"" | "partial" | "hardly"}
 */
export function standing(known, of) {
  if (known < HARDLY * of) return "hardly";
  return known < COVERED * of ? "partial" : "";
}

/**
 * Sum of a numeric column over the selected rows.
 * @param {Float64Array} values
 * @param {Uint8Array} mask
 * @returns {{sum: number, known: number, of: number}}
 */
export function total(values, mask) {
  let sum = 0;
  let known = 0;
  let of = 0;
  for (let i = 0; i < mask.length; i++) {
    if (!mask[i]) continue;
    of++;
    const v = values[i];
    if (v === v) {
      sum += v;
      known++;
    }
  }
  return { sum, known, of };
}

/**
 * Number of rows and sum of a column for each code.
 * @param {ArrayLike<number>} codes
 * @param {number} size number of codes
 * @param {Uint8Array} mask
 * @param {Float64Array|null} values
 * @returns {{counts: Uint32Array, sums: Float64Array}}
 */
export function byCode(codes, size, mask, values) {
  const counts = new Uint32Array(size);
  const sums = new Float64Array(size);
  for (let i = 0; i < mask.length; i++) {
    if (!mask[i]) continue;
    const c = codes[i];
    counts[c]++;
    if (values && values[i] === values[i]) sums[c] += values[i];
  }
  return { counts, sums };
}

/**
 * A histogram over round steps.
 * @param {Float64Array} values
 * @param {Uint8Array|null} mask
 * @param {{edges: number[]}} bins edges, ascending
 * @returns {Uint32Array} one count per bin
 */
export function histogram(values, mask, bins) {
  const { edges } = bins;
  const counts = new Uint32Array(edges.length - 1);
  for (let i = 0; i < values.length; i++) {
    if (mask && !mask[i]) continue;
    const v = values[i];
    if (v !== v) continue;
    let low = 0;
    let high = edges.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (v >= edges[middle]) low = middle;
      else high = middle;
    }
    if (v >= edges[0] && v <= edges[edges.length - 1]) counts[low]++;
  }
  return counts;
}

/**
 * Bin edges for a column: equal steps where it is even, powers where a few values are far above the rest.
 * @param {Float64Array} values
 * @param {number} n bins
 */
export function binning(values, n = 24) {
  const sample = [];
  // Four thousand values give the quantile well enough, and sorting a million would be felt.
  const every = Math.max(1, Math.floor(values.length / 4000));
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < values.length; i++) {
    const v = values[i];
    if (v !== v || !Number.isFinite(v)) continue;
    if (v < low) low = v;
    if (v > high) high = v;
    if (i % every === 0) sample.push(v);
  }
  // No value at all: the comparison of the initial infinities is false.
  if (!(high >= low)) return null;
  if (high === low) return { edges: [low, low + (low ? Math.abs(low) : 1)], low, high, log: false };
  sample.sort((a, b) => a - b);
  const p95 = sample[Math.floor(sample.length * 0.95)] ?? high;
  // Revenue and tax: a few firms are a thousand times the usual one, and equal steps would show one
  // bar.
  const log = low >= 0 && high > 12 * Math.max(p95, 1e-9) ? true : low > 0 && high / low > 2000;
  const edges = [];
  if (log) {
    // Not from the very smallest: a firm of 1 yuan would spread the bars over empty powers.
    const start = Math.log10(Math.max(low, p95 / 1e4, 1e-6));
    const stop = Math.log10(high);
    edges.push(low);
    for (let i = 1; i < n; i++) edges.push(10 ** (start + ((stop - start) * i) / n));
    edges.push(high);
    return { edges: edges.filter((e, i) => i === 0 || e > edges[i - 1]), low, high, log };
  }
  for (let i = 0; i <= n; i++) edges.push(i === n ? high : low + ((high - low) * i) / n);
  return { edges, low, high, log };
}

/**
 * Which firms' figures of today are of a later year than another one: today shows the last that is known of each.
 * @param {import("./model.js").Layer} firms @param {number} year @returns {Promise<(row: number) => boolean>}
 */
export async function later(firms, year) {
  if (!firms.columns.has("year")) return () => true;
  await firms.columns.prepare(["year"], null);
  const { values } = firms.columns.of("year", null);
  return (row) => !(values[row] <= year);
}

/**
 * How many selected firms' last figures are of an earlier year than the newest, and of which years; today's totals hold them too.
 * @param {import("./model.js").Layer} firms @param {Uint8Array} mask @returns {{n: number, from: number, to: number}|null}
 */
export function aged(firms, mask) {
  const values = firms.columns.has("year") && !firms.columns.year ? firms.columns.column("year")?.values : null;
  if (!values) return null;
  const newest = values.reduce((most, year) => (year > most ? year : most), -Infinity);
  const found = { n: 0, from: Infinity, to: -Infinity };
  for (let i = 0; i < mask.length; i++) {
    if (!mask[i] || !(values[i] < newest)) continue;
    found.n++;
    found.from = Math.min(found.from, values[i]);
    found.to = Math.max(found.to, values[i]);
  }
  return found.n ? found : null;
}
