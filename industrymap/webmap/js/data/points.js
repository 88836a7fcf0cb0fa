// Points along a Morton curve. The sorted keys are the index: a quad cell is a range found by halving.

import { damaged, insistCount } from "./block.js";
import { LatitudeTable, STEPS_PER_DEGREE } from "../basics/mercator.js";
import { fromPlanes } from "./columns.js";

const CELL_BITS = 16;

/** The points of one layer: rows 0 to exact placed exactly, exact to placed coarsely, the rest not at all. */
export class Points {
  /**
   * @param {{n: number, placed: number, exact: number, grid: {x0: number, y0: number, shift: number}}} layer
   * @param {Uint8Array} key
   * @param {Uint8Array} rest
   */
  constructor(layer, key, rest) {
    this.n = layer.n;
    this.placed = layer.placed;
    this.exact = layer.exact;
    this.grid = layer.grid;
    this.#decode(key, rest);
    this.shifted = null;
    this.#tables();
  }

  /** Longitude and latitude of a row in WGS 84 degrees, or null. @param {number} row @returns {[number, number]|null} */
  lonLat(row) {
    if (row >= this.placed) return null;
    return [(this.grid.x0 + this.dx[row]) / STEPS_PER_DEGREE, (this.grid.y0 + this.dy[row]) / STEPS_PER_DEGREE];
  }

  /** World x of a row where it is drawn. @param {number} row */
  x(row) {
    return this.xLow + this.drawX[row] * this.xStep;
  }

  /** World y of a row where it is drawn. @param {number} row */
  y(row) {
    return this.table.at(this.grid.y0 + this.drawY[row]);
  }

  /** Draw the points in another datum. @param {null|((lon: number, lat: number) => [number, number])} shift */
  move(shift) {
    if (!shift) {
      this.shifted = null;
    } else {
      const dx = new Int32Array(this.placed);
      const dy = new Int32Array(this.placed);
      for (let row = 0; row < this.placed; row++) {
        const [lon, lat] = shift(...this.lonLat(row));
        dx[row] = Math.round(lon * STEPS_PER_DEGREE) - this.grid.x0;
        dy[row] = Math.round(lat * STEPS_PER_DEGREE) - this.grid.y0;
      }
      this.shifted = { dx, dy };
    }
    this.#tables();
  }

  /** World units one quad cell of a level is wide. @param {number} level 0 to 16 */
  cellWidth(level) {
    return 2 ** (CELL_BITS - level + this.grid.shift) * this.xStep;
  }

  /** The level whose cells are nearest to a width. @param {number} world units */
  levelFor(world) {
    const steps = world / this.xStep / 2 ** this.grid.shift;
    return Math.max(0, Math.min(CELL_BITS, Math.round(CELL_BITS - Math.log2(Math.max(1, steps)))));
  }

  /**
   * Visit the cells of a level that meet a box and hold a point.
   * @param {number} level
   * @param {{x0: number, y0: number, x1: number, y1: number}} box world units as drawn
   * @param {boolean} coarse the coarse points, or the exact ones
   * @param {Uint32Array} sums prefix sums of the mask
   * @param {(id: number, first: number, last: number, count: number) => void} visit
   */
  cells(level, box, coarse, sums, visit) {
    const first = coarse ? this.exact : 0;
    const last = coarse ? this.placed : this.exact;
    if (first >= last) return;
    const margin = this.shifted ? 1.2e5 : 0; // no shift between Chinese datums exceeds 0.012°
    const limits = this.#cellLimits(box, margin);
    this.#descend(0, 0, 0, first, last, level, limits, sums, visit);
  }

  #descend(depth, cx, cy, first, last, level, limits, sums, visit) {
    // Two look-ups in the running sums say how many selected points a range holds.
    const count = sums[last] - sums[first];
    if (!count) return;
    const size = 2 ** (CELL_BITS - depth);
    const x0 = cx * size;
    const y0 = cy * size;
    if (x0 > limits.x1 || y0 > limits.y1 || x0 + size <= limits.x0 || y0 + size <= limits.y0) return;
    if (depth === level) {
      visit(cy * 65536 + cx, first, last, count);
      return;
    }
    let from = first;
    const half = size / 2;
    for (let quarter = 0; quarter < 4; quarter++) {
      const nx = cx * 2 + (quarter & 1);
      const ny = cy * 2 + (quarter >> 1);
      // All keys of a quarter are together on the curve, so its end is found by halving.
      const to = quarter === 3 ? last : this.#lower(morton(nx * half, ny * half) + half * half, from, last);
      if (to > from) this.#descend(depth + 1, nx, ny, from, to, level, limits, sums, visit);
      from = to;
    }
  }

  #lower(key, from, to) {
    let low = from;
    let high = to;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.key[middle] < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #cellLimits(box, margin) {
    const unit = 2 ** this.grid.shift;
    const cell = (steps) => Math.floor(steps / unit);
    return {
      x0: cell((box.x0 - this.xLow) / this.xStep - margin),
      x1: cell((box.x1 - this.xLow) / this.xStep + margin),
      y0: cell(box.south * STEPS_PER_DEGREE - this.grid.y0 - margin),
      y1: cell(box.north * STEPS_PER_DEGREE - this.grid.y0 + margin),
    };
  }

  #tables() {
    this.drawX = this.shifted ? this.shifted.dx : this.dx;
    this.drawY = this.shifted ? this.shifted.dy : this.dy;
    this.xStep = 1 / (360 * STEPS_PER_DEGREE);
    // World x runs from 0 at 180° W to 1; 0.5 is Greenwich.
    this.xLow = this.grid.x0 * this.xStep + 0.5;
    const slack = this.shifted ? 1.2e5 : 0;
    this.table = new LatitudeTable(this.grid.y0 - slack, this.grid.y0 + 65536 * 2 ** this.grid.shift + slack);
  }

  #decode(key, rest) {
    insistCount(this.placed, this.n, "points placed");
    insistCount(this.exact, this.placed, "points placed exactly");
    insistCount(this.grid.shift, 16, "size of a cell");
    const n = this.placed;
    const moves = fromPlanes(key, n, 4);
    let sum = 0;
    for (let i = 0; i < n; i++) {
      // Keys go up to 2³² and wrap round, as the encoder's differences do.
      sum = (sum + moves[i]) >>> 0;
      moves[i] = sum;
    }
    this.key = moves;
    const { shift } = this.grid;
    const width = n ? rest.length / (2 * n) : 1;
    if (![1, 2, 3, 4].includes(width)) throw damaged("places within a cell");
    const restX = fromPlanes(rest.subarray(0, width * n), n, width);
    const restY = fromPlanes(rest.subarray(width * n), n, width);
    this.dx = new Int32Array(n);
    this.dy = new Int32Array(n);
    for (let i = 0; i < n; i++) {
      // By multiplication: a shift by more than 31 − 16 bits would overflow.
      this.dx[i] = gather(moves[i]) * 2 ** shift + restX[i];
      this.dy[i] = gather(moves[i] >>> 1) * 2 ** shift + restY[i];
    }
  }
}

/** The bits at even places, together. */
function gather(key) {
  let v = key & 0x55555555;
  v = (v | (v >>> 1)) & 0x33333333;
  v = (v | (v >>> 2)) & 0x0f0f0f0f;
  v = (v | (v >>> 4)) & 0x00ff00ff;
  return (v | (v >>> 8)) & 0xffff;
}

/** The key of a cell, as a number that may reach 2^32. */
function morton(x, y) {
  return spread(x) + spread(y) * 2;
}

function spread(cell) {
  let v = cell & 0xffff;
  v = (v | (v << 8)) & 0x00ff00ff;
  v = (v | (v << 4)) & 0x0f0f0f0f;
  v = (v | (v << 2)) & 0x33333333;
  return (v | (v << 1)) & 0x55555555;
}
