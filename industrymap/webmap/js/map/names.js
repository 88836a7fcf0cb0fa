// The names on the map, in a cartographer's order: the subject first, then districts and towns, then water and roads.

import { Labels } from "./paint_labels.js";
import { emphasisOf } from "./topics.js";
import { groundOf, inSight, shaded } from "./paint_ground.js";

const SUBJECT_ZOOM = 12.5;
const QUIET_ZOOM = 14;
const ROAD_ZOOM = 12.5;
const LARGEST_NAMED = 60;
const MOST_NAMES = 220;
/** Radius in pixels up to which a circle behind a name does not disturb it. */
const LEGIBLE = 3.5;

/**
 * @param {Object} app
 * @param {import("./canvas.js").View} view
 * @param {{circles: import("./graded.js").Circle[], units: Object[], named: boolean, need: (layer: Object, rows: number[]) => void}} points what is drawn; need decodes names
 * @returns {Labels}
 */
export function paintNames(app, view, points) {
  const labels = new Labels(view, points.need);
  const dark = groundOf(app, view).land !== "#fbfaf7";
  const halo = dark ? "rgba(20,26,33,0.85)" : "rgba(255,255,255,0.88)";
  const ink = (light, night) => (dark ? night : light);
  for (const { x, y, r } of points.circles) if (r > LEGIBLE) labels.avoid(x, y, r * 0.8);
  const containers = [...app.model.containers];
  // on shaded areas grey letters are lost
  const above = shaded(app);
  const areaInk = (light, night) => (above ? ink("#1f2b38", "#f2f5f8") : ink(light, night));
  // at city scale the districts are what a reader finds the way by; nearer, the subject's own names go first
  const outer = containers.shift();
  const counted = { size: 10, weight: 500, color: ink("#8a7448", "#c7ad78"), halo };
  const more = (unit) => app.t(points.circles.length ? "coarse_count" : "coarse_only", { n: app.format.brief(unit.count) });
  const left = new Map(points.units.map((unit) => [unit, { ...counted, text: more(unit) }]));
  if (outer && view.zoom < SUBJECT_ZOOM) areaNames(app, labels, outer, { weight: 600, color: areaInk("#5b6878", "#aab6c3"), over: areaInk("#3b4856", "#d5dee7"), spacing: 2, halo }, [14, 12, 11, 10], left);
  if (points.named) firmNames(app, labels, points.circles, { size: 11, weight: 500, color: ink("#22303f", "#e3e9ef"), halo });
  subjectNames(app, labels, "full", SUBJECT_ZOOM, { size: 11.5, weight: 600, color: ink("#1c2836", "#eef2f6"), halo });
  if (outer && view.zoom >= SUBJECT_ZOOM) areaNames(app, labels, outer, { weight: 600, color: areaInk("#8b97a5", "#8794a2"), spacing: 2, halo }, [14, 12], left);
  if (view.zoom >= 11) for (const layer of containers) areaNames(app, labels, layer, { weight: 500, color: areaInk("#8d98a5", "#8592a0"), over: areaInk("#465362", "#d3dbe4"), spacing: 1, halo }, [11.5, 10.5], left);
  unitCounts(labels, left);
  subjectNames(app, labels, "quiet", QUIET_ZOOM, { size: 10.5, weight: 500, color: ink("#7b8794", "#8f9ba8"), halo });
  contextNames(app, view, labels, halo, dark);
  return labels;
}

/** The name of a feature in the language of the page. @param {Object} app @param {import("../data/model.js").Layer} layer @param {number} row */
export function nameOf(app, layer, row) {
  const english = app.lang === "en" && layer.columns.column("name_en") ? layer.columns.value("name_en", row) : null;
  return english || (layer.columns.column("name") ? layer.columns.value("name", row) : null);
}

/** Names of areas; where some of their firms are known no closer, how many stands under the name as one label with it. @param {Map<Object, import("./paint_labels.js").Under>} [counts] by unit; those that are drawn are taken out */
function areaNames(app, labels, layer, style, sizes, counts = new Map()) {
  if (app.store.state.layers[layer.id] === false) return;
  const { shapes } = layer;
  const { mask } = app.engine.result(layer.id);
  // the larger first: where two would cover each other, the smaller is left out
  const large = (f) => (shapes.boxes[f * 4 + 2] - shapes.boxes[f * 4]) * (shapes.boxes[f * 4 + 3] - shapes.boxes[f * 4 + 1]);
  const rows = inSight(labels.view, shapes).sort((a, b) => large(b) - large(a));
  labels.need(layer, rows);
  for (const f of rows) {
    const name = mask[f] && nameOf(app, layer, f);
    if (!name) continue;
    const about = { layer: layer.id, row: f };
    // 天河 where 天河区 has no room: a district is found by the name that everybody says
    const brief = app.lang === "zh" && name.length > 2 ? name.replace(/[区县市]$/, "") : name;
    const small = { ...style, spacing: 0, close: true };
    const unit = [...counts.keys()].find((one) => one.home?.layer === layer && one.home.row === f);
    const under = counts.get(unit);
    if (under && (labels.putInside(name, shapes, f, style, sizes, about, under) || labels.putInside(brief, shapes, f, small, [10, 9], about, { ...under, size: 9 }))) drawnAt(labels, unit, counts);
    else if (!labels.putInside(name, shapes, f, style, sizes, about)) labels.putInside(brief, shapes, f, small, [10, 9], about);
  }
}

/** A unit whose number is on the map: where a pointer finds it. */
function drawnAt(labels, unit, left) {
  Object.assign(unit, { shownAt: labels.drawn[labels.drawn.length - 1].box });
  left.delete(unit);
}

function subjectNames(app, labels, emphasis, zoom, style) {
  const { view } = labels;
  for (const layer of app.model.inRole("subject")) {
    // outlines are few and large, so their names can stand earlier
    const least = layer.style === "outline" ? zoom - 0.7 : zoom;
    if (!layer.shapes || view.zoom < least || emphasisOf(app, layer) !== emphasis || (layer.ranked && app.comparesParks)) continue;
    const { shapes } = layer;
    const { mask } = app.engine.result(layer.id);
    const wide = (f) => (shapes.boxes[f * 4 + 2] - shapes.boxes[f * 4]) * view.scale;
    const rows = inSight(view, shapes).filter((f) => mask[f] && wide(f) > 9).sort((a, b) => wide(b) - wide(a));
    const some = rows.slice(0, MOST_NAMES);
    labels.need(layer, some);
    for (const f of some) {
      const name = nameOf(app, layer, f);
      if (!name) continue;
      const [x, y] = shapes.anchor(f);
      const tall = (shapes.boxes[f * 4 + 3] - shapes.boxes[f * 4 + 1]) * view.scale;
      // a name that would hide its own small area stands under it
      const under = wide(f) < name.length * style.size && tall < 3 * style.size;
      const py = under ? shapes.boxes[f * 4 + 3] * view.scale - view.top + style.size * 0.75 : y * view.scale - view.top;
      labels.put(name, x * view.scale - view.left, py, { ...style, room: Math.max(130, wide(f) * 1.1) }, { layer: layer.id, row: f });
    }
  }
}

/** The largest firms by name, beside their circles. */
function firmNames(app, labels, circles, style) {
  const { firms } = app.model;
  for (const { x, y, r } of circles) labels.keepClear(x, y, r * 0.7);
  labels.need(firms, circles.slice(0, LARGEST_NAMED).map((circle) => circle.row));
  for (const { row, x, y, r } of circles.slice(0, LARGEST_NAMED)) {
    const name = firms.columns.value("name", row);
    if (name) labels.put(short(name), x, y + r + 8, style, { layer: firms.id, row });
  }
}

/** A firm's name without what every firm's name has. @param {string} name */
function short(name) {
  return name.replace(/(股份有限公司|有限责任公司|有限公司|集团公司)$/, "").replace(/（[^）]*）/g, "") || name;
}

/** The numbers that stand under no name: at their own place, inside the area that they are of. One that has no room there is not drawn, or it would be read as its neighbour's. */
function unitCounts(labels, left) {
  for (const [unit, { text, ...style }] of left) {
    const { home } = unit;
    const within = home && { shapes: home.layer.shapes, row: home.row };
    const about = home ? { layer: home.layer.id, row: home.row, count: true } : {};
    const inArea = () => home && labels.putInside(text, home.layer.shapes, home.row, { ...style, close: true }, [10, 9], about);
    if ([13, -13, 26, -26, 0].some((dy) => labels.put(text, unit.x, unit.y + dy, { ...style, within }, about)) || inArea()) drawnAt(labels, unit, left);
  }
}

function contextNames(app, view, labels, halo, dark) {
  for (const layer of app.model.inRole("context")) {
    if (!layer.shapes || app.store.state.layers[layer.id] === false || !layer.columns.column("name")) continue;
    const features = inSight(view, layer.shapes);
    const { style } = layer;
    if (style === "fill" && view.zoom >= 10) {
      for (const f of features) put(app, labels, layer, f, { size: 11, color: dark ? "#6fa0c0" : "#6f9dbb", spacing: 2, halo }, 90);
    }
    if (style === "dotted" && view.zoom >= 12) {
      for (const f of features) put(app, labels, layer, f, { size: 10.5, color: dark ? "#9a94b8" : "#8a82a8", spacing: 1, halo }, 60);
    }
    if (style === "line" && view.zoom >= ROAD_ZOOM) roadNames(app, view, labels, layer, features, { size: 10, color: dark ? "#9aa3ad" : "#9c927d", spacing: 1, halo });
  }
}

function put(app, labels, layer, f, style, least) {
  const { view } = labels;
  const wide = (layer.shapes.boxes[f * 4 + 2] - layer.shapes.boxes[f * 4]) * view.scale;
  const name = wide >= least && nameOf(app, layer, f);
  const [x, y] = layer.shapes.anchor(f);
  if (name) labels.put(name, x * view.scale - view.left, y * view.scale - view.top, { ...style, room: wide * 1.1 }, { layer: layer.id, row: f });
}

function roadNames(app, view, labels, layer, features, style) {
  const { shapes } = layer;
  const { points, starts } = shapes.thin(view.zoom);
  const said = new Set();
  for (const f of features) {
    const name = nameOf(app, layer, f);
    if (!name || said.has(name)) continue;
    const [first, last] = shapes.rings(f);
    for (let ring = first; ring < last && !said.has(name); ring++) {
      const line = [];
      for (let k = starts[ring]; k < starts[ring + 1]; k++) line.push([shapes.x[points[k]] * view.scale - view.left, shapes.y[points[k]] * view.scale - view.top]);
      if (labels.putAlong(name, line, style, { layer: layer.id, row: f })) said.add(name);
    }
  }
}
