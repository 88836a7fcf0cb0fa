// Firms whose place is known only to a village, town or district: how many, and in which area their number has to stand.

const APART = 90;
/** From this zoom on, by the unit that they are known to; further out by district. */
const UNITS_ZOOM = 11.5;
/** From this zoom on, by the village within a town; further out a town has one number, under its name. */
const VILLAGES_ZOOM = 14.5;

/**
 * @typedef {Object} Unit
 * @property {number} x pixels of the view
 * @property {number} y
 * @property {number} count
 * @property {number[]} rows
 * @property {{layer: import("../data/model.js").Layer, row: number}|null} home the district or town that they are of; their number lies in it or nowhere
 */

/**
 * @param {Object} app
 * @param {import("../data/model.js").Layer} layer of points
 * @param {import("../filters/engine.js").Result} result
 * @param {import("./canvas.js").View} view
 * @returns {Unit[]}
 */
export function unitsOf(app, layer, result, view) {
  const outer = app.model.containers[0];
  const codes = layer.columns.column("district");
  const far = view.zoom < UNITS_ZOOM && outer && codes?.words && outer.columns.column("name");
  return far ? byDistrict(outer, codes, layer, result, view) : byPlace(app, layer, result, view);
}

function byDistrict(outer, { codes, words }, layer, result, view) {
  const rows = new Map();
  for (let i = layer.points.exact; i < layer.points.placed; i++) {
    if (!result.mask[i] || !codes[i]) continue;
    if (!rows.has(codes[i])) rows.set(codes[i], []);
    rows.get(codes[i]).push(i);
  }
  const units = [];
  for (let f = 0; f < outer.n; f++) {
    const own = rows.get(words.indexOf(outer.columns.value("name", f)) + 1);
    const [x, y] = outer.shapes.anchor(f);
    if (own) units.push({ x: x * view.scale - view.left, y: y * view.scale - view.top, count: own.length, rows: own, home: { layer: outer, row: f } });
  }
  return units;
}

/** By the places that stand for villages, towns and districts; those of one area together, near by only where they would lie on each other. */
function byPlace(app, layer, result, view) {
  const { points } = layer;
  const containers = app.model.containers.filter((one) => one.shapes);
  const levels = layer.columns.column("geocode_level");
  const district = levels?.words ? levels.words.indexOf("district") + 1 : 0;
  const found = [];
  points.cells(points.levelFor(8 / view.scale), view.box, true, result.sums, (id, first, last) => {
    // a number that is of a whole district is none of the town in which the district's middle lies
    const kinds = [[], []];
    for (let row = first; row < last; row++) if (result.mask[row]) kinds[district && levels.codes[row] === district ? 0 : 1].push(row);
    kinds.forEach((rows, kind) => {
      if (!rows.length) return;
      const [x, y] = [points.x(rows[0]), points.y(rows[0])];
      const holder = containers[kind ? containers.length - 1 : 0];
      const row = holder ? holder.shapes.at(x, y, null, 0) : -1;
      found.push({ x: x * view.scale - view.left, y: y * view.scale - view.top, count: rows.length, rows, home: row < 0 ? null : { layer: holder, row } });
    });
  });
  found.sort((a, b) => b.count - a.count || a.rows[0] - b.rows[0]);
  const out = [];
  for (const unit of found) {
    const near = out.find((o) => sameHome(o.home, unit.home) && ((o.home && view.zoom < VILLAGES_ZOOM) || (Math.abs(o.x - unit.x) < APART && Math.abs(o.y - unit.y) < APART / 2)));
    if (!near) out.push(unit);
    else {
      near.count += unit.count;
      near.rows.push(...unit.rows);
    }
  }
  return out;
}

function sameHome(a, b) {
  return a === b || Boolean(a && b && a.layer === b.layer && a.row === b.row);
}
