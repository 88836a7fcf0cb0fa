// Draws areas that are subjects, as strongly as the topic wants them: in full colour, quietly, or as a faint outline.

import { OTHER, UNKNOWN, withAlpha } from "../basics/colors.js";
import { groundOf, inSight } from "./paint_ground.js";
import { paintAll } from "./paint_shapes.js";

const QUIET_ZOOM = 11;
const FAINT_ZOOM = 12;
const SMALL = 6.5;
const QUIET_FILL = "rgba(126,148,163,0.13)";
const FAINT = { stroke: "rgba(126,142,156,0.55)" };

/**
 * @param {Object} app
 * @param {import("./canvas.js").View} view
 * @param {import("../data/model.js").Layer} layer
 * @param {import("./topics.js").Emphasis} emphasis
 */
export function paintSubject(app, view, layer, emphasis) {
  const { mask } = app.engine.result(layer.id);
  const features = inSight(view, layer.shapes).filter((f) => mask[f]);
  if (emphasis === "full") full(app, view, layer, features);
  else if (emphasis === "quiet") quiet(view, layer, features, groundOf(app, view).quiet);
  else if (emphasis === "faint" && view.zoom >= FAINT_ZOOM) paintAll(view, layer.shapes, features, { ...FAINT, width: 0.8 });
}

/** @param {string} edge a colour that recedes on the ground in force: what is pale on paper would glow at night */
function quiet(view, layer, features, edge) {
  const outline = layer.style === "outline";
  // from afar a quiet layer is its outline: hundreds of pale fills would be a second subject
  if (view.zoom < QUIET_ZOOM) {
    if (outline) paintAll(view, layer.shapes, features, { stroke: withAlpha(edge, 0.8), width: 0.6 });
    return;
  }
  paintAll(view, layer.shapes, features, { fill: QUIET_FILL, stroke: edge, width: 0.9 });
}

/** Classes of a figure: filled so that each can be told from the next, with an edge that the palest needs on pale land. */
const CLASSED = { alpha: 0.88, line: 0.6 };

function full(app, view, layer, features) {
  const colorOf = app.colorOf(layer.id);
  const outline = layer.style === "outline";
  const { numeric } = app.coloring(layer.id);
  const style = numeric ? CLASSED : outline ? { alpha: 0.17, line: view.zoom < 11 ? 1 : 1.8 } : { alpha: 0.62, line: 0.8 };
  const edge = numeric ? groundOf(app, view).classEdge : null;
  const groups = new Map();
  for (const f of features) {
    const color = colorOf(f);
    if (!groups.has(color)) groups.set(color, { areas: [], small: [] });
    groups.get(color)[isSmall(view, layer.shapes, f) ? "small" : "areas"].push(f);
  }
  const order = rankOf(app, layer);
  const sorted = [...groups].sort((a, b) => order(b[0]) - order(a[0]));
  for (const [color, { areas }] of sorted) {
    // what has no figure is no class of its own, and is not filled
    const empty = numeric && color === UNKNOWN;
    paintAll(view, layer.shapes, areas, empty ? { stroke: edge, width: 0.8, dash: [3, 3] } : { fill: withAlpha(color, style.alpha), stroke: edge || color, width: style.line });
  }
  for (const [color, { small }] of sorted) squares(view, layer.shapes, small, color, numeric && { edge, empty: color === UNKNOWN });
}

/** The place of each colour in the legend: what stands first lies on top, of classes the highest; what is unknown or undecided below everything. */
function rankOf(app, layer) {
  const rows = app.legendRows(layer.id);
  const { numeric } = app.coloring(layer.id);
  const place = new Map(rows.map((row, i) => [row.color, row.word === null ? 1000 : numeric ? rows.length - i : i]));
  return (color) => place.get(color) ?? (color === OTHER ? 999 : 500);
}

function isSmall(view, shapes, f) {
  const [w, h] = sizeOf(view, shapes, f);
  return w < SMALL && h < SMALL;
}

function sizeOf({ scale }, { boxes }, f) {
  return [(boxes[f * 4 + 2] - boxes[f * 4]) * scale, (boxes[f * 4 + 3] - boxes[f * 4 + 1]) * scale];
}

/** A square where an area is too small to be seen, larger for the larger: none disappears, and none shouts. */
function squares(view, shapes, features, color, classed) {
  const { ctx, scale, left, top } = view;
  ctx.strokeStyle = classed && classed.edge;
  ctx.lineWidth = 0.6;
  ctx.fillStyle = withAlpha(color, 0.92);
  for (const f of features) {
    const [w, h] = sizeOf(view, shapes, f);
    const side = Math.max(2.2, Math.min(SMALL, 2 + 0.75 * Math.sqrt(w * h)));
    const x = ((shapes.boxes[f * 4] + shapes.boxes[f * 4 + 2]) / 2) * scale - left;
    const y = ((shapes.boxes[f * 4 + 1] + shapes.boxes[f * 4 + 3]) / 2) * scale - top;
    if (!classed?.empty) ctx.fillRect(x - side / 2, y - side / 2, side, side);
    if (classed) ctx.strokeRect(x - side / 2, y - side / 2, side, side);
  }
}
