// What is drawn for the points of a view: bubbles for many, marks for few, rings for places known only coarsely.

const CELL = 72;
const ABSORB_ZOOM = 12;
const FEW = 3;
const CLOSE_ZOOM = 15.5;
const CLOSE_FEW = 160;

/**
 * @typedef {Object} Bubble
 * @property {number} x world units
 * @property {number} y
 * @property {number} count
 * @property {Float64Array|null} parts share of each colour
 * @property {boolean} coarse
 * @property {number} first first row of its cell
 * @property {number} last
 * @property {number[]} [merged] further ranges, in pairs
 * @property {number} [coarseCount] how many of them are known only coarsely
 */

/** Bubbles and marks, kept until the selection, the colours or the zoom change. */
export class Clusters {
  #key = "";
  #cells = new Map();

  /**
   * @param {import("../data/points.js").Points} points
   * @param {import("../filters/engine.js").Result} result
   * @param {import("./canvas.js").View} view
   * @param {{codes: ArrayLike<number>|null, slots: Uint8Array|null, n: number, key: string}} coloring
   * @param {boolean} withCoarse
   * @returns {{bubbles: Bubble[], marks: number[], rings: Bubble[]}}
   */
  of(points, result, view, coloring, withCoarse) {
    const level = points.levelFor(CELL / view.scale);
    const key = `${level} ${result.version} ${coloring.key} ${points.shifted ? 1 : 0}`;
    if (key !== this.#key) {
      this.#key = key;
      this.#cells = new Map();
    }
    const few = view.zoom >= CLOSE_ZOOM ? CLOSE_FEW : FEW;
    const bubbles = [];
    const marks = [];
    points.cells(level, view.box, false, result.sums, (id, first, last, count) => {
      if (count <= few) {
        for (let i = first; i < last; i++) if (result.mask[i]) marks.push(i);
      } else {
        bubbles.push(this.#bubble(id, first, last, count, points, result, coloring, false));
      }
    });
    const rings = [];
    if (withCoarse) {
      points.cells(level, view.box, true, result.sums, (id, first, last, count) => {
        rings.push(this.#bubble(id + 2 ** 33, first, last, count, points, result, coloring, true));
      });
    }
    const merged = merge(bubbles, view);
    const apart = view.zoom < ABSORB_ZOOM ? absorb(merged, rings, view, coloring.n) : rings;
    return { bubbles: merged, marks, rings: merge(apart, view) };
  }

  #bubble(id, first, last, count, points, result, coloring, coarse) {
    if (!this.#cells.has(id)) {
      let x = 0;
      let y = 0;
      const parts = coloring.codes && !coarse ? new Float64Array(coloring.n) : null;
      const { mask } = result;
      const { codes, slots } = coloring;
      const { drawX, drawY } = points;
      for (let i = first; i < last; i++) {
        if (!mask[i]) continue;
        x += drawX[i];
        y += drawY[i];
        if (parts) parts[slots[codes[i]]]++;
      }
      this.#cells.set(id, {
        x: points.xLow + (x / count) * points.xStep, y: points.table.at(points.grid.y0 + y / count),
        count, parts, coarse, first, last,
      });
    }
    return this.#cells.get(id);
  }
}

/** Radius of a bubble in pixels. @param {number} count */
export function bubbleRadius(count) {
  return Math.min(27, 9.5 + 3.3 * Math.log10(count) + Math.max(0, Math.log10(count) - 2) * 2.2);
}

/**
 * Seen from afar, coarse places count into the bubble they would lie under, as a share of its ring.
 * @returns {Bubble[]} rings that lie under none
 */
function absorb(bubbles, rings, view, n) {
  return rings.filter((ring) => {
    const reach = (b) => bubbleRadius(b.count) + bubbleRadius(ring.count) * 0.8;
    const near = bubbles.find((b) => Math.hypot((b.x - ring.x) * view.scale, (b.y - ring.y) * view.scale) < reach(b));
    if (!near) return true;
    near.count += ring.count;
    near.coarseCount = (near.coarseCount || 0) + ring.count;
    near.merged.push(ring.first, ring.last, ...(ring.merged || []));
    if (near.parts) {
      if (near.parts.length === n) near.parts = Float64Array.from([...near.parts, 0]);
      near.parts[n] += ring.count;
    }
    return false;
  });
}

/** Join bubbles that would cover each other, the larger taking in the smaller. */
function merge(bubbles, view) {
  const sorted = [...bubbles].sort((a, b) => b.count - a.count || a.first - b.first);
  const out = [];
  for (const bubble of sorted) {
    const near = out.find((o) => {
      const reach = (bubbleRadius(o.count) + bubbleRadius(bubble.count)) * 0.86;
      return Math.hypot((o.x - bubble.x) * view.scale, (o.y - bubble.y) * view.scale) < reach;
    });
    if (!near) {
      out.push({ ...bubble, merged: [] });
      continue;
    }
    const all = near.count + bubble.count;
    near.x = (near.x * near.count + bubble.x * bubble.count) / all;
    near.y = (near.y * near.count + bubble.y * bubble.count) / all;
    if (near.parts && bubble.parts) near.parts = near.parts.map((v, i) => v + bubble.parts[i]);
    near.count = all;
    near.merged.push(bubble.first, bubble.last);
  }
  return out;
}
