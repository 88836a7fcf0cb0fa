// Draws what is picked or pointed at: an outline on white, and how far a place may be off that is known only roughly.

import { latOf, worldPerMetre } from "../basics/mercator.js";
import { paintAll } from "./paint_shapes.js";

/**
 * Outline what is picked or pointed at.
 * @param {import("../data/model.js").Layer} layer @param {import("./canvas.js").View} view @param {number} row
 * @param {string} color @param {number} width @param {string|null} fill of an area
 */
export function outline(layer, view, row, color, width, fill) {
  const { ctx, scale, left, top } = view;
  if (layer.isPoints) {
    if (row >= layer.points.placed) return;
    const x = layer.points.x(row) * scale - left;
    const y = layer.points.y(row) * scale - top;
    if (row >= layer.points.exact) errorCircle(view, layer, row, x, y);
    ctx.beginPath();
    ctx.arc(x, y, 10, 0, 2 * Math.PI);
    ctx.lineWidth = 4.5;
    ctx.strokeStyle = "rgba(255,255,255,0.9)";
    ctx.stroke();
    ctx.lineWidth = width;
    ctx.strokeStyle = color;
    ctx.stroke();
    return;
  }
  paintAll(view, layer.shapes, [row], { stroke: "rgba(255,255,255,0.9)", width: width + 2.4 });
  paintAll(view, layer.shapes, [row], { fill, stroke: color, width });
}

/** Within which a place known only coarsely may lie. */
function errorCircle({ ctx, scale }, layer, row, x, y) {
  const metres = layer.columns.column("geocode_radius_m")?.values[row];
  if (!(metres > 0)) return;
  ctx.beginPath();
  ctx.arc(x, y, metres * worldPerMetre(latOf(layer.points.y(row))) * scale, 0, 2 * Math.PI);
  ctx.setLineDash([6, 5]);
  ctx.lineWidth = 1.4;
  ctx.strokeStyle = "rgba(122,90,44,0.8)";
  ctx.fillStyle = "rgba(122,90,44,0.05)";
  ctx.fill();
  ctx.stroke();
  ctx.setLineDash([]);
}
