// The condition `place`: what lies in a shape drawn on the map. Areas count when they touch it; a firm whose place is
// known only coarsely counts when its whole circle lies inside, and is unsure when the circle meets the edge.

import { NO, UNSURE, YES } from "./conditions.js";
import { circle, cross, holds, sphere, toEdge } from "../basics/geo.js";
import { STEPS_PER_DEGREE } from "../basics/mercator.js";

/** Defined on the engine as the condition `place`. */
export const PLACE = {
  layers: (model) => model.inRole("subject").map((layer) => layer.id),

  /** @param {Object} item @param {import("../data/model.js").Layer} layer */
  async load(item, layer) {
    if (layer.isPoints) await layer.columns.load(["geocode_radius_m"]);
  },

  /** @param {Object} item @param {import("../data/model.js").Layer} layer */
  verdict(item, layer) {
    const ring = ringOf(item.shape);
    const box = boxOf(ring);
    return layer.isPoints ? points(item.shape, ring, box, layer) : shapes(ring, box, layer.shapes);
  },
};

/** The ring of a shape. @param {Object} shape @returns {[number, number][]} */
export function ringOf(shape) {
  return shape.kind === "circle" ? circle(shape.lon, shape.lat, shape.radius_m) : shape.ring;
}

/** A shape in words. @param {Object} item @param {Object} app */
export function describePlace(item, app) {
  const { shape } = item;
  const at = (lon, lat) => `${lon.toFixed(4)}, ${lat.toFixed(4)}`;
  if (shape.kind === "circle") {
    // exact enough to be drawn again by somebody who has only the words
    const radius = shape.radius_m < 1000 ? `${app.format.number(shape.radius_m, 0)} m` : `${app.format.number(shape.radius_m / 1000, 2)} km`;
    return app.t("place_circle", { radius, center: at(shape.lon, shape.lat) });
  }
  const [west, south, east, north] = boxOf(shape.ring);
  const straight = shape.ring.every(([x, y]) => (x === west || x === east) && (y === south || y === north));
  return app.t(straight ? "place_box" : "place_polygon", { box: `${at(west, south)} – ${at(east, north)}` });
}

function boxOf(ring) {
  const xs = ring.map((p) => p[0]);
  const ys = ring.map((p) => p[1]);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

function points(shape, ring, box, layer) {
  const { points: all } = layer;
  const out = new Uint8Array(layer.n).fill(UNSURE);
  const radius = layer.columns.column("geocode_radius_m")?.values;
  const inside = shape.kind === "circle"
    ? (x, y) => sphere([x, y], [shape.lon, shape.lat]) <= shape.radius_m
    : (x, y) => holds(ring, x, y);
  for (let row = 0; row < all.exact; row++) {
    const x = (all.grid.x0 + all.dx[row]) / STEPS_PER_DEGREE;
    const y = (all.grid.y0 + all.dy[row]) / STEPS_PER_DEGREE;
    out[row] = x >= box[0] && x <= box[2] && y >= box[1] && y <= box[3] && inside(x, y) ? YES : NO;
  }
  const known = new Map();
  for (let row = all.exact; row < all.placed; row++) {
    const r = radius && radius[row] === radius[row] ? radius[row] : Infinity;
    const key = `${all.dx[row]} ${all.dy[row]} ${r}`;
    if (!known.has(key)) {
      const [x, y] = all.lonLat(row);
      known.set(key, toEdge(ring, x, y) < r ? UNSURE : inside(x, y) ? YES : NO);
    }
    out[row] = known.get(key);
  }
  return out;
}

function shapes(ring, box, all) {
  const out = new Uint8Array(all.n);
  for (let f = 0; f < all.n; f++) out[f] = touches(ring, box, all, f) ? YES : NO;
  return out;
}

function touches(ring, box, all, feature) {
  const [first, last] = all.rings(feature);
  let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let i = all.pointOf[first]; i < all.pointOf[last]; i++) {
    const [x, y] = [all.lon[i] / STEPS_PER_DEGREE, all.lat[i] / STEPS_PER_DEGREE];
    if (x < x0) x0 = x;
    if (x > x1) x1 = x;
    if (y < y0) y0 = y;
    if (y > y1) y1 = y;
  }
  if (x0 > box[2] || x1 < box[0] || y0 > box[3] || y1 < box[1]) return false;
  let odd = false;
  for (let r = first; r < last; r++) {
    const own = [];
    for (let i = all.pointOf[r]; i < all.pointOf[r + 1]; i++) own.push([all.lon[i] / STEPS_PER_DEGREE, all.lat[i] / STEPS_PER_DEGREE]);
    for (let i = 0, j = own.length - 1; i < own.length; j = i++) {
      for (let k = 0, m = ring.length - 1; k < ring.length; m = k++) if (cross(own[j], own[i], ring[m], ring[k])) return true;
    }
    if (own.length && holds(ring, own[0][0], own[0][1])) return true;
    if (holds(own, ring[0][0], ring[0][1])) odd = !odd;
  }
  return odd;
}
