// Classification of numbers for a choropleth: quantiles, natural breaks (Jenks), equal steps, or breaks given by hand.

/** The ways to classify. */
export const METHODS = ["quantile", "jenks", "equal", "manual"];

const SAMPLE = 1500;
/** The share of the values that a round limit may move into the class beside their own. */
const MOST_MOVED = 0.02;

/**
 * Inner and outer class limits; class i holds limits[i] ≤ v < limits[i + 1], the last also its upper limit. Where a class or more would
 * be nothing but zeros (parks without such firms), they are a class of their own, and the others are of what is above.
 * @param {ArrayLike<number>} values NaN is unknown
 * @param {{method: string, k: number, breaks?: number[]}} how breaks: inner limits, for `manual`
 * @param {number} [factor] what brings a value into the unit in which limits are read and therefore round
 * @returns {number[]} ascending; empty where no value is known
 */
export function limitsOf(values, how, factor = 1) {
  const known = Float64Array.from(values).filter(Number.isFinite).sort();
  if (!known.length) return [];
  const low = known[0];
  const high = known[known.length - 1];
  if (low === high) return [low, high];
  const k = Math.max(2, Math.min(9, how.k));
  if (how.method === "manual" && how.breaks?.length) return ordered(low, how.breaks, high);
  const zeros = low === 0 && how.method !== "equal" ? known.findIndex((v) => v > 0) : 0;
  const apart = zeros >= known.length / k;
  const inner = innerOf(apart ? known.subarray(zeros) : known, how.method, apart ? k - 1 : k);
  // of counts a class begins with a count: 10.2 parks are none
  const counts = known.every(Number.isInteger) && high - low < 1000;
  const rounded = inner.map((v) => (counts ? Math.round(v) : rounding(known, v, (high - low) * factor, factor)));
  // what stands apart ends anywhere below what comes first
  const begin = apart ? neat(known[zeros] * factor, 0, Math.floor) / factor : 0;
  return ordered(low, apart ? [begin, ...rounded.filter((v) => v > known[zeros])] : rounded, high);
}

function innerOf(known, method, k) {
  const [low, high] = [known[0], known[known.length - 1]];
  if (k < 2) return [];
  if (method === "equal") return Array.from({ length: k - 1 }, (_, i) => low + ((high - low) * (i + 1)) / k);
  if (method === "jenks") return jenks(known, k);
  return Array.from({ length: k - 1 }, (_, i) => quantile(known, (i + 1) / k));
}

function ordered(low, inner, high) {
  return [...new Set([low, ...inner.filter((v) => v > low && v < high), high])].sort((a, b) => a - b);
}

/** Class of each value: 0 unknown, i + 1 for class i. @param {ArrayLike<number>} values @param {number[]} limits @returns {Uint8Array} */
export function classify(values, limits) {
  const codes = new Uint8Array(values.length);
  const last = limits.length - 2;
  for (let i = 0; i < codes.length; i++) {
    const v = values[i];
    if (v !== v || last < 0) continue;
    let c = 0;
    while (c < last && v >= limits[c + 1]) c++;
    codes[i] = v === Infinity || v === -Infinity ? 0 : c + 1;
  }
  return codes;
}

/** Linear quantile (type 7) of sorted values. @param {Float64Array} sorted @param {number} p */
export function quantile(sorted, p) {
  const place = (sorted.length - 1) * p;
  const low = Math.floor(place);
  return sorted[low] + (sorted[Math.min(sorted.length - 1, low + 1)] - sorted[low]) * (place - low);
}

/**
 * Natural breaks: the classes with the least sum of squared deviations (Fisher 1958, Jenks 1977), by dynamic programming.
 * More than 1,500 values are thinned to as many, evenly by rank, keeping both ends.
 * @param {Float64Array} sorted
 * @param {number} k classes
 * @returns {number[]} k − 1 inner limits: the first value of each further class
 */
export function jenks(sorted, k) {
  const data = sorted.length > SAMPLE ? Float64Array.from({ length: SAMPLE }, (_, i) => sorted[Math.round((i * (sorted.length - 1)) / (SAMPLE - 1))]) : sorted;
  const n = data.length;
  const classes = Math.min(k, n);
  const sum = new Float64Array(n + 1);
  const square = new Float64Array(n + 1);
  const middle = data[n >> 1];
  for (let i = 0; i < n; i++) {
    sum[i + 1] = sum[i] + (data[i] - middle);
    square[i + 1] = square[i] + (data[i] - middle) ** 2;
  }
  const cost = (from, to) => square[to] - square[from] - (sum[to] - sum[from]) ** 2 / (to - from);
  let best = Float64Array.from({ length: n + 1 }, (_, to) => (to ? cost(0, to) : 0));
  const cuts = [];
  for (let c = 2; c <= classes; c++) {
    const next = new Float64Array(n + 1).fill(Infinity);
    const cut = new Uint32Array(n + 1);
    // the best cut moves right as the end does: each row is found by halving
    const fill = (lo, hi, from, to) => {
      if (lo > hi) return;
      const end = (lo + hi) >> 1;
      for (let at = Math.max(c - 1, from); at <= Math.min(end - 1, to); at++) {
        const value = best[at] + cost(at, end);
        if (value < next[end]) {
          next[end] = value;
          cut[end] = at;
        }
      }
      fill(lo, end - 1, from, cut[end]);
      fill(end + 1, hi, cut[end], to);
    };
    fill(c, n, c - 1, n);
    cuts.push(cut);
    best = next;
  }
  const limits = [];
  for (let c = cuts.length - 1, end = n; c >= 0; c--) {
    end = cuts[c][end];
    limits.unshift(data[end]);
  }
  return limits;
}

/** A round limit near a value: as round as it can be without moving more than one in fifty of the values into another class; of eleven districts none. */
function rounding(known, value, range, factor) {
  let limit = value;
  for (let finer = 0; finer < 3; finer++) {
    limit = neat(value * factor, range, Math.round, finer) / factor;
    const [from, to] = limit < value ? [limit, value] : [value, limit];
    let moved = 0;
    for (const v of known) moved += v >= from && v < to ? 1 : 0;
    if (moved <= known.length * MOST_MOVED) return limit;
  }
  return limit;
}

/** A limit that can be read: three digits of the range, and two of its own where a few values are far above the rest. */
function neat(value, range, round = Math.round, finer = 0) {
  if (!value) return 0;
  const own = Math.floor(Math.log10(Math.abs(value))) - 1;
  const unit = 10 ** ((range ? Math.min(Math.floor(Math.log10(range)) - 2, own) : own) - finer);
  const text = (round(value / unit) * unit).toPrecision(12);
  return Number(text);
}
