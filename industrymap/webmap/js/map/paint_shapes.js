// Draws polygons and lines of a layer on a canvas.

import { withAlpha } from "../basics/colors.js";

const SMALL = 4;

/**
 * Add a feature to the current path.
 * @param {import("./canvas.js").View} view
 * @param {import("../data/shapes.js").Shapes} shapes
 * @param {number} feature
 * @param {{points: Uint32Array, starts: Uint32Array}} thin
 */
export function trace(view, shapes, feature, thin) {
  const { ctx, scale, left, top } = view;
  const { points, starts } = thin;
  for (let part = shapes.partOf[feature]; part < shapes.partOf[feature + 1]; part++) {
    const line = shapes.isLine[part];
    for (let ring = shapes.ringOf[part]; ring < shapes.ringOf[part + 1]; ring++) {
      const stop = starts[ring + 1];
      for (let k = starts[ring]; k < stop; k++) {
        const x = shapes.x[points[k]] * scale - left;
        const y = shapes.y[points[k]] * scale - top;
        if (k === starts[ring]) ctx.moveTo(x, y);
        else ctx.lineTo(x, y);
      }
      if (!line) ctx.closePath();
    }
  }
}

/**
 * Draw features that share a style as one path.
 * @param {import("./canvas.js").View} view
 * @param {import("../data/shapes.js").Shapes} shapes
 * @param {Iterable<number>} features
 * @param {{fill?: string, stroke?: string, width?: number, dash?: number[]}} style
 */
export function paintAll(view, shapes, features, style) {
  const { ctx } = view;
  const thin = shapes.thin(view.zoom);
  ctx.beginPath();
  for (const f of features) trace(view, shapes, f, thin);
  if (style.fill) {
    ctx.fillStyle = style.fill;
    ctx.fill("evenodd");
  }
  if (style.stroke) {
    ctx.strokeStyle = style.stroke;
    ctx.lineWidth = style.width || 1;
    ctx.lineJoin = "round";
    ctx.setLineDash(style.dash || []);
    ctx.stroke();
    ctx.setLineDash([]);
  }
}

/**
 * Draw features by colour; those smaller than a few pixels as a small square, so that none disappears.
 * @param {import("./canvas.js").View} view
 * @param {import("../data/shapes.js").Shapes} shapes
 * @param {Uint8Array|null} mask
 * @param {(feature: number) => string} colorOf `#rrggbb`
 * @param {{alpha: number, line: number, hollow?: (feature: number) => boolean}} style hollow: what has no figure is no class of its own, and is not filled
 */
export function paintByColor(view, shapes, mask, colorOf, style) {
  const { ctx, scale, left, top, box } = view;
  const groups = new Map();
  const dots = new Map();
  const least = SMALL / scale;
  for (const f of shapes.within(box.x0, box.y0, box.x1, box.y1)) {
    if (mask && !mask[f]) continue;
    const color = colorOf(f);
    const b = f * 4;
    const small = shapes.boxes[b + 2] - shapes.boxes[b] < least && shapes.boxes[b + 3] - shapes.boxes[b + 1] < least;
    const target = small ? dots : groups;
    if (!target.has(color)) target.set(color, []);
    target.get(color).push(f);
  }
  for (const [color, features] of groups) {
    const empty = style.hollow?.(features[0]); // colours of classes are theirs alone
    paintAll(view, shapes, features, empty ? { stroke: color, width: 1, dash: [3, 3] } : { fill: withAlpha(color, style.alpha), stroke: color, width: style.line });
  }
  for (const [color, features] of dots) {
    ctx.fillStyle = withAlpha(color, 0.9);
    for (const f of features) {
      const b = f * 4;
      const x = ((shapes.boxes[b] + shapes.boxes[b + 2]) / 2) * scale - left;
      const y = ((shapes.boxes[b + 1] + shapes.boxes[b + 3]) / 2) * scale - top;
      ctx.fillRect(x - 1.6, y - 1.6, 3.2, 3.2);
    }
  }
}
