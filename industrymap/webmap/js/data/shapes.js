// Polygons and lines of a layer: decoded once, thinned for each zoom, found by place.

import { damaged, insistCount } from "./block.js";
import { STEPS_PER_DEGREE, worldX, worldY } from "../basics/mercator.js";

/** A feature is searched for room on a grid of so many steps. */
const ROOM_STEPS = 12;

/** The geometries of one layer. */
export class Shapes {
  /**
   * @param {number} n features
   * @param {Uint8Array} counts
   * @param {Uint8Array} xy
   * @param {number} step grid in 1e-7 degree
   */
  constructor(n, counts, xy, step) {
    this.n = n;
    this.step = step;
    this.#decode(counts, xy);
    this.move(null);
  }

  /**
   * Put the geometries where they are drawn.
   * @param {null|((lon: number, lat: number) => [number, number])} shift another datum, or null for WGS 84
   */
  move(shift) {
    const n = this.lon.length;
    this.x = new Float64Array(n);
    this.y = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      let lon = this.lon[i] / STEPS_PER_DEGREE;
      let lat = this.lat[i] / STEPS_PER_DEGREE;
      if (shift) [lon, lat] = shift(lon, lat);
      this.x[i] = worldX(lon);
      this.y[i] = worldY(lat);
    }
    this.thinned = new Map();
    this.#box();
  }

  /** Rings of a feature as first and last+1 ring. @param {number} feature @returns {[number, number]} */
  rings(feature) {
    return [this.ringOf[this.partOf[feature]], this.ringOf[this.partOf[feature + 1]]];
  }

  /**
   * The points that are worth drawing at a zoom: none closer than half a pixel to the one before.
   * @param {number} zoom
   * @returns {{points: Uint32Array, starts: Uint32Array}}
   */
  thin(zoom) {
    const level = Math.max(0, Math.min(20, Math.ceil(zoom)));
    // Kept by whole zoom: between two the difference is less than a pixel.
    if (!this.thinned.has(level)) this.thinned.set(level, this.#thin(0.6 / (256 * 2 ** level)));
    return this.thinned.get(level);
  }

  /**
   * Features whose box meets a box, in order.
   * @param {number} x0 @param {number} y0 @param {number} x1 @param {number} y1 world units
   * @returns {number[]}
   */
  within(x0, y0, x1, y1) {
    const found = [];
    const { boxes } = this;
    for (let f = 0; f < this.n; f++) {
      const b = f * 4;
      if (boxes[b] <= x1 && boxes[b + 2] >= x0 && boxes[b + 1] <= y1 && boxes[b + 3] >= y0) found.push(f);
    }
    return found;
  }

  /** Whether a feature covers a place. @param {number} feature @param {number} px @param {number} py world units */
  covers(feature, px, py) {
    const [first, last] = this.rings(feature);
    let inside = false;
    for (let ring = first; ring < last; ring++) {
      const start = this.pointOf[ring];
      const stop = this.pointOf[ring + 1];
      for (let i = start, j = stop - 1; i < stop; j = i++) {
        // A ray to the west: an odd number of crossings means inside, and holes count themselves
        // out.
        if (this.y[i] > py !== this.y[j] > py
          && px < ((this.x[j] - this.x[i]) * (py - this.y[i])) / (this.y[j] - this.y[i]) + this.x[i]) inside = !inside;
      }
    }
    return inside;
  }

  /** The topmost visible feature at a place. @param {number} x @param {number} y @param {Uint8Array|null} mask @param {number} slack world units around small ones */
  at(x, y, mask, slack) {
    let best = -1;
    let size = Infinity;
    for (const f of this.within(x - slack, y - slack, x + slack, y + slack)) {
      if (mask && !mask[f]) continue;
      const b = f * 4;
      const area = (this.boxes[b + 2] - this.boxes[b]) * (this.boxes[b + 3] - this.boxes[b + 1]);
      // Smaller than a finger: then the box is enough, or it could not be hit at all.
      const small = this.boxes[b + 2] - this.boxes[b] < slack * 2 && this.boxes[b + 3] - this.boxes[b + 1] < slack * 2;
      // The smallest of several, which a larger one would otherwise cover for ever.
      if (area < size && (small || this.covers(f, x, y))) {
        best = f;
        size = area;
      }
    }
    return best;
  }

  /** A place inside, or near the middle of, a feature, for its label. @param {number} feature @returns {[number, number]} world units */
  anchor(feature) {
    if (!this.anchors) this.anchors = new Map();
    if (!this.anchors.has(feature)) this.anchors.set(feature, this.#anchor(feature));
    return this.anchors.get(feature);
  }

  /**
   * Middles of boxes of a size that lie inside a feature as a whole, the one nearest to its anchor first.
   * @param {number} feature @param {number} wide @param {number} tall world units @param {number} [most]
   * @returns {[number, number][]}
   */
  roomFor(feature, wide, tall, most = 8) {
    const [x0, y0, x1, y1] = this.boxes.subarray(feature * 4, feature * 4 + 4);
    if (wide > x1 - x0 || tall > y1 - y0) return [];
    const found = [];
    for (const { x, y, free } of this.#places(feature)) {
      // most places fall out by the level line through them, before any edge is looked at
      if (2 * free >= wide && this.#clear(feature, x - wide / 2, y - tall / 2, x + wide / 2, y + tall / 2)) found.push([x, y]);
      if (found.length === most) break;
    }
    return found;
  }

  /** Whether a box lies in a feature: its middle does, and no edge of the feature runs through it. @param {number} feature @param {number} x0 @param {number} y0 @param {number} x1 @param {number} y1 world units */
  holds(feature, x0, y0, x1, y1) {
    const { boxes } = this;
    const b = feature * 4;
    if (x0 < boxes[b] || y0 < boxes[b + 1] || x1 > boxes[b + 2] || y1 > boxes[b + 3]) return false;
    return this.#clear(feature, x0, y0, x1, y1) && this.covers(feature, (x0 + x1) / 2, (y0 + y1) / 2);
  }

  /** Whether no edge of a feature runs through a box. */
  #clear(feature, x0, y0, x1, y1) {
    const [first, last] = this.rings(feature);
    for (let ring = first; ring < last; ring++) {
      const stop = this.pointOf[ring + 1];
      for (let i = this.pointOf[ring], j = stop - 1; i < stop; j = i++) {
        if (crosses(this.x[j], this.y[j], this.x[i], this.y[i], x0, y0, x1, y1)) return false;
      }
    }
    return true;
  }

  /**
   * Places of a feature, the nearest to its anchor first, with the distance to its edge on the level line through each: the same at
   * every zoom, so they are worked out once.
   * @param {number} feature @returns {{x: number, y: number, free: number}[]}
   */
  #places(feature) {
    if (!this.places.has(feature)) {
      const [x0, y0, x1, y1] = this.boxes.subarray(feature * 4, feature * 4 + 4);
      const [ax, ay] = this.anchor(feature);
      const places = this.#onLine(feature, ay, [ax]);
      const across = [];
      for (let i = 1; i < ROOM_STEPS; i++) across.push(x0 + ((x1 - x0) * i) / ROOM_STEPS);
      for (let i = 1; i < ROOM_STEPS; i++) places.push(...this.#onLine(feature, y0 + ((y1 - y0) * i) / ROOM_STEPS, across));
      const far = ({ x, y }) => (x - ax) ** 2 + (y - ay) ** 2;
      this.places.set(feature, places.sort((a, b) => far(a) - far(b)));
    }
    return this.places.get(feature);
  }

  /** Those of some places on a level line that lie in a feature. */
  #onLine(feature, y, across) {
    const ends = this.#crossings(feature, y);
    const places = [];
    for (const x of across) {
      const after = ends.findIndex((end) => end > x);
      // an odd number of crossings on the one side means inside
      if (after % 2 === 1) places.push({ x, y, free: Math.min(x - ends[after - 1], ends[after] - x) });
    }
    return places;
  }

  /** Where a level line crosses the edges of a feature, from west to east. */
  #crossings(feature, y) {
    const [first, last] = this.rings(feature);
    const found = [];
    for (let ring = first; ring < last; ring++) {
      const stop = this.pointOf[ring + 1];
      for (let i = this.pointOf[ring], j = stop - 1; i < stop; j = i++) {
        if (this.y[i] > y !== this.y[j] > y) found.push(((this.x[j] - this.x[i]) * (y - this.y[i])) / (this.y[j] - this.y[i]) + this.x[i]);
      }
    }
    return found.sort((a, c) => a - c);
  }

  /** The feature as a GeoJSON geometry, WGS 84, outer rings counter-clockwise. @param {number} feature */
  geometry(feature) {
    const polygons = [];
    const lines = [];
    for (let part = this.partOf[feature]; part < this.partOf[feature + 1]; part++) {
      if (this.isLine[part]) lines.push(this.#ringPoints(this.ringOf[part], false));
      else {
        const rings = [];
        for (let ring = this.ringOf[part]; ring < this.ringOf[part + 1]; ring++) {
          const points = this.#ringPoints(ring, true);
          const counterClockwise = signedArea(points) > 0;
          // RFC 7946: the outer ring counter-clockwise, holes clockwise.
          if (counterClockwise !== (rings.length === 0)) points.reverse();
          rings.push(points);
        }
        polygons.push(rings);
      }
    }
    if (polygons.length) return polygons.length === 1 ? { type: "Polygon", coordinates: polygons[0] } : { type: "MultiPolygon", coordinates: polygons };
    if (lines.length) return lines.length === 1 ? { type: "LineString", coordinates: lines[0] } : { type: "MultiLineString", coordinates: lines };
    return null;
  }

  #ringPoints(ring, close) {
    const points = [];
    for (let i = this.pointOf[ring]; i < this.pointOf[ring + 1]; i++) points.push([this.lon[i] / STEPS_PER_DEGREE, this.lat[i] / STEPS_PER_DEGREE]);
    if (close && points.length) points.push([...points[0]]);
    return points;
  }

  #decode(counts, xy) {
    const read = reader(counts);
    const most = counts.length; // each part and each ring takes at least one byte
    const sum = (before, more, limit) => {
      if (before + more > limit) throw damaged("more geometry than bytes");
      return before + more;
    };
    insistCount(this.n, most, "features");
    const partOf = new Uint32Array(this.n + 1);
    for (let f = 0; f < this.n; f++) partOf[f + 1] = sum(partOf[f], read(), most);
    const nParts = partOf[this.n];
    const ringOf = new Uint32Array(nParts + 1);
    this.isLine = new Uint8Array(nParts);
    for (let p = 0; p < nParts; p++) {
      const rings = read();
      // The encoder writes 0 rings for a line.
      this.isLine[p] = rings === 0 ? 1 : 0;
      ringOf[p + 1] = sum(ringOf[p], Math.max(1, rings), most);
    }
    const nRings = ringOf[nParts];
    const pointOf = new Uint32Array(nRings + 1);
    for (let r = 0; r < nRings; r++) pointOf[r + 1] = sum(pointOf[r], read(), xy.length / 2);
    this.partOf = partOf;
    this.ringOf = ringOf;
    this.pointOf = pointOf;
    this.nRings = nRings;
    const nPoints = pointOf[nRings];
    this.lon = new Int32Array(nPoints);
    this.lat = new Int32Array(nPoints);
    const move = reader(xy);
    let x = 0;
    let y = 0;
    for (let i = 0; i < nPoints; i++) {
      x += signed(move());
      y += signed(move());
      // The steps of this layer brought to the common ones.
      this.lon[i] = x * this.step;
      this.lat[i] = y * this.step;
    }
  }

  #box() {
    this.boxes = new Float64Array(this.n * 4);
    // every point of the page goes through here before the first picture, in code that no browser has compiled yet: looking the arrays up each time would double it
    const { x, y, boxes, pointOf, ringOf, partOf } = this;
    for (let f = 0, b = 0; f < this.n; f++, b += 4) {
      let x0 = Infinity;
      let y0 = Infinity;
      let x1 = -Infinity;
      let y1 = -Infinity;
      for (let i = pointOf[ringOf[partOf[f]]], stop = pointOf[ringOf[partOf[f + 1]]]; i < stop; i++) {
        const px = x[i];
        const py = y[i];
        if (px < x0) x0 = px;
        if (px > x1) x1 = px;
        if (py < y0) y0 = py;
        if (py > y1) y1 = py;
      }
      boxes[b] = x0;
      boxes[b + 1] = y0;
      boxes[b + 2] = x1;
      boxes[b + 3] = y1;
    }
    this.anchors = null;
    this.places = new Map();
  }

  #thin(least) {
    const keep = new Uint32Array(this.lon.length);
    const starts = new Uint32Array(this.nRings + 1);
    let n = 0;
    for (let ring = 0; ring < this.nRings; ring++) {
      starts[ring] = n;
      const stop = this.pointOf[ring + 1];
      let last = -1;
      for (let i = this.pointOf[ring]; i < stop; i++) {
        // The last point of a ring always stays, or thinned neighbours would part at their corners.
        if (last < 0 || i === stop - 1 || Math.abs(this.x[i] - this.x[last]) > least || Math.abs(this.y[i] - this.y[last]) > least) {
          keep[n++] = i;
          last = i;
        }
      }
    }
    starts[this.nRings] = n;
    return { points: keep.slice(0, n), starts };
  }

  /** The middle of the widest stretch inside the feature on a few level lines. */
  #anchor(feature) {
    const b = feature * 4;
    const [x0, y0, x1, y1] = this.boxes.subarray(b, b + 4);
    let best = [(x0 + x1) / 2, (y0 + y1) / 2];
    let score = -1;
    for (let line = 1; line < 12; line++) {
      const py = y0 + ((y1 - y0) * line) / 12;
      const crossings = this.#crossings(feature, py);
      for (let i = 0; i + 1 < crossings.length; i += 2) {
        // Lines near the middle are preferred: a label at the edge looks as if it belonged to the
        // neighbour.
        const wide = (crossings[i + 1] - crossings[i]) * (1 - Math.abs(line - 6) / 14);
        if (wide > score) {
          score = wide;
          best = [(crossings[i] + crossings[i + 1]) / 2, py];
        }
      }
    }
    return best;
  }
}

/** Whether a line meets a box (Liang and Barsky: the stretch of the line that lies between all four sides). */
function crosses(ax, ay, bx, by, x0, y0, x1, y1) {
  if (Math.max(ax, bx) < x0 || Math.min(ax, bx) > x1 || Math.max(ay, by) < y0 || Math.min(ay, by) > y1) return false;
  const [dx, dy] = [bx - ax, by - ay];
  // the stretch between the west and the east side, then what of it lies between the other two
  let from = 0;
  let to = 1;
  if (dx) {
    const [s, t] = [(x0 - ax) / dx, (x1 - ax) / dx];
    from = Math.max(from, Math.min(s, t));
    to = Math.min(to, Math.max(s, t));
  }
  if (dy) {
    const [s, t] = [(y0 - ay) / dy, (y1 - ay) / dy];
    from = Math.max(from, Math.min(s, t));
    to = Math.min(to, Math.max(s, t));
  }
  return from <= to;
}

const LARGEST = 2 ** 42; // the last seven bits of a number that is still exact

function reader(bytes) {
  let at = 0;
  return () => {
    let value = 0;
    let scale = 1;
    for (;;) {
      if (at >= bytes.length || scale > LARGEST) throw damaged("a number without an end");
      const byte = bytes[at++];
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
  };
}

function signed(value) {
  return value % 2 ? -(value + 1) / 2 : value / 2;
}

function signedArea(points) {
  let sum = 0;
  for (let i = 0; i + 1 < points.length; i++) sum += points[i][0] * points[i + 1][1] - points[i + 1][0] * points[i][1];
  return sum;
}
