// Points as circles graded by size, the largest first. A circle that would cover another is not drawn: its row joins the one that is there.
// So nothing overlaps, and no grid shows. From afar only the largest are circles and everything else is a pale ground of single points.

const MOST_ROWS = 4000;
const MOST_CIRCLES = 360;
const LEADERS = 1200;
const HASH = 34;
const DUST = 3;
const MANY = 300000;
const DUST_OF_MANY = 5;

/** From this zoom on, a circle that stands for several says how many; further out the others are dust around it. */
export const GROUP_ZOOM = 13.5;

/**
 * @typedef {Object} Circle
 * @property {number} row the largest it stands for
 * @property {number} x pixels of the view
 * @property {number} y
 * @property {number} r
 * @property {number[]} rows all it stands for, the largest first
 */

/**
 * @typedef {Object} Graded
 * @property {Circle[]} circles
 * @property {[number, number][]} over pixels of points that joined a circle
 * @property {boolean} all whether every point of the view is in a circle
 */

/** Radius of a circle in pixels: its area follows the value. @param {number} value in 万元, NaN where unknown @param {number} zoom */
export function radiusOf(value, zoom) {
  const grow = Math.max(0.75, Math.min(1.5, 0.75 + (zoom - 9) * 0.11));
  if (!(value >= 0)) return 2.4 * grow;
  return Math.min(15, 2 + 0.0095 * Math.sqrt(value)) * grow;
}

/** Works out the circles of a view; keeps the largest rows of a selection until it changes. */
export class Grading {
  #version = null;
  #leaders = null;

  /**
   * @param {import("../data/points.js").Points} points
   * @param {import("../filters/engine.js").Result} result
   * @param {import("./canvas.js").View} view
   * @param {Float64Array|null} values what the circles are graded by
   * @returns {Graded}
   */
  of(points, result, view, values) {
    const inView = countIn(points, result, view, MOST_ROWS);
    const all = inView <= MOST_ROWS;
    const rows = all ? rowsIn(points, result, view) : this.#largest(result, values, points.exact).filter((row) => inSight(points, view, row));
    const order = values ? rows.sort((a, b) => Number.isNaN(values[a]) - Number.isNaN(values[b]) || values[b] - values[a] || a - b) : rows;
    const { circles, over } = place(points, view, order, values, all ? Infinity : MOST_CIRCLES);
    return { circles, over, all };
  }

  /** Places in pixels of the points that are no circle of their own. @returns {[number, number][]} */
  dust(points, result, view) {
    if (countIn(points, result, view, MOST_ROWS) > MOST_ROWS) return dustOf(points, result, view);
    return view.zoom < GROUP_ZOOM ? dustOfRows(points, result, view) : [];
  }

  /** The largest rows of the selection, in the order of the rows. */
  #largest(result, values, exact) {
    if (this.#version !== result.version || !this.#leaders) {
      this.#version = result.version;
      this.#leaders = leaders(result.mask, values, exact, LEADERS);
    }
    return [...this.#leaders];
  }
}

/**
 * Rows with the largest values, without sorting them all: a histogram over the upper bits of the numbers gives the limit.
 * @param {Uint8Array} mask
 * @param {Float64Array|null} values
 * @param {number} stop rows from here on have no exact place
 * @param {number} k about how many
 * @returns {number[]}
 */
export function leaders(mask, values, stop, k) {
  const rows = [];
  if (!values) {
    for (let i = 0; i < stop && rows.length < k; i++) if (mask[i]) rows.push(i);
    return rows;
  }
  // the bits of a positive float rise with its value, so their upper half is a scale of 32,768 steps
  const floats = new Float32Array(1);
  const bits = new Uint32Array(floats.buffer);
  const step = (value) => {
    floats[0] = value;
    return bits[0] >>> 16;
  };
  const counts = new Uint32Array(65536);
  for (let i = 0; i < stop; i++) if (mask[i] && values[i] > 0) counts[step(values[i])]++;
  let limit = 65535;
  for (let n = 0; limit > 0 && n + counts[limit] <= k; limit--) n += counts[limit];
  for (let i = 0; i < stop; i++) if (mask[i] && values[i] > 0 && step(values[i]) > limit) rows.push(i);
  return rows;
}

/** Circles that do not overlap, and the places of rows that joined one. */
function place(points, view, order, values, most) {
  const circles = [];
  const over = [];
  const hash = new Map();
  const near = (x, y, r) => {
    const [cx, cy] = [Math.floor(x / HASH), Math.floor(y / HASH)];
    for (let i = cx - 1; i <= cx + 1; i++) {
      for (let j = cy - 1; j <= cy + 1; j++) {
        for (const c of hash.get(i * 65536 + j) || []) if (Math.hypot(c.x - x, c.y - y) < c.r + r + 0.8) return c;
      }
    }
    return null;
  };
  for (const row of order) {
    const x = points.x(row) * view.scale - view.left;
    const y = points.y(row) * view.scale - view.top;
    const r = radiusOf(values ? values[row] : NaN, view.zoom);
    const there = near(x, y, r);
    if (there) {
      there.rows.push(row);
      over.push([x, y]);
    } else if (circles.length < most) {
      const circle = { row, x, y, r, rows: [row] };
      circles.push(circle);
      const key = Math.floor(x / HASH) * 65536 + Math.floor(y / HASH);
      if (!hash.has(key)) hash.set(key, []);
      hash.get(key).push(circle);
    }
  }
  return { circles, over };
}

/** One point for each few pixels that hold any: at the place of the first, so that no grid shows. */
function dustOf(points, result, view) {
  return points.exact > MANY ? dustOfCells(points, result, view) : dustOfRows(points, result, view);
}

/** Row by row with a bitmap of the pixels taken: quicker than the index until there are very many. */
function dustOfRows(points, { mask }, view) {
  const out = [];
  const [w, h] = [Math.ceil(view.width / DUST) + 1, Math.ceil(view.height / DUST) + 1];
  const taken = new Uint8Array(w * h);
  for (let row = 0; row < points.exact; row++) {
    if (!mask[row]) continue;
    const x = points.x(row) * view.scale - view.left;
    const y = points.y(row) * view.scale - view.top;
    if (!(x >= 0 && y >= 0 && x < view.width && y < view.height)) continue;
    const at = Math.floor(y / DUST) * w + Math.floor(x / DUST);
    if (taken[at]) continue;
    taken[at] = 1;
    out.push([x, y]);
  }
  return out;
}

function dustOfCells(points, result, view) {
  const out = [];
  points.cells(points.levelFor(DUST_OF_MANY / view.scale), view.box, false, result.sums, (id, first) => {
    let row = first;
    while (!result.mask[row]) row++;
    out.push([points.x(row) * view.scale - view.left, points.y(row) * view.scale - view.top]);
  });
  return out;
}

/** How many selected points a view holds; stops counting beyond a limit. */
function countIn(points, result, view, limit) {
  let n = 0;
  points.cells(Math.min(points.levelFor(96 / view.scale), 16), view.box, false, result.sums, (id, first, last, count) => (n += count));
  return Math.min(n, limit + 1);
}

function rowsIn(points, result, view) {
  const rows = [];
  points.cells(points.levelFor(96 / view.scale), view.box, false, result.sums, (id, first, last) => {
    for (let row = first; row < last; row++) if (result.mask[row] && inSight(points, view, row)) rows.push(row);
  });
  return rows;
}

function inSight(points, view, row) {
  const x = points.x(row);
  const y = points.y(row);
  return x >= view.box.x0 && x <= view.box.x1 && y >= view.box.y0 && y <= view.box.y1;
}
