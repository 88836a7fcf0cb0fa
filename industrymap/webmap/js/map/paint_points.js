// Draws enterprises: rings of colour around a count for many, dots for few, hatched rings for coarse places.

import { bubbleRadius } from "./clusters.js";
import { shade, withAlpha } from "../basics/colors.js";
import { CANVAS_FONT } from "./paint_labels.js";
import { latOf, worldPerMetre } from "../basics/mercator.js";

// a soft shadow as rings: a blurred one costs ten times as much without a graphics card
const HALO = [[5.2, "rgba(16,32,48,0.05)"], [4.2, "rgba(16,32,48,0.07)"], [3.3, "rgba(16,32,48,0.09)"], [2.2, "rgba(255,255,255,0.95)"]];

/**
 * Draw bubbles with the composition of their members as a ring.
 * @param {import("./canvas.js").View} view
 * @param {import("./clusters.js").Bubble[]} bubbles
 * @param {string[]} colors of the slots
 * @param {(n: number) => string} brief
 */
export function paintBubbles(view, bubbles, colors, brief) {
  const { ctx, scale, left, top } = view;
  for (const bubble of [...bubbles].reverse()) {
    const x = bubble.x * scale - left;
    const y = bubble.y * scale - top;
    const r = bubbleRadius(bubble.count);
    for (const [more, ink] of HALO) {
      ctx.beginPath();
      ctx.arc(x, y + (more > 3 ? 0.8 : 0), r + more, 0, 2 * Math.PI);
      ctx.fillStyle = ink;
      ctx.fill();
    }
    ring(ctx, x, y, r, bubble, colors);
    ctx.fillStyle = "#1d2a38";
    ctx.font = `600 ${r > 20 ? 12 : r > 14 ? 11 : 10}px ${CANVAS_FONT}`;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.fillText(brief(bubble.count), x, y + 0.5);
  }
}

function ring(ctx, x, y, r, bubble, colors) {
  ctx.lineWidth = r > 18 ? 4.5 : 3.6;
  if (!bubble.parts) {
    ctx.beginPath();
    ctx.arc(x, y, r, 0, 2 * Math.PI);
    ctx.strokeStyle = colors[0];
    ctx.stroke();
    return;
  }
  let angle = -Math.PI / 2;
  for (let i = 0; i < bubble.parts.length; i++) {
    const share = bubble.parts[i] / bubble.count;
    if (!share) continue;
    ctx.beginPath();
    ctx.arc(x, y, r, angle, angle + share * 2 * Math.PI);
    ctx.strokeStyle = colors[i];
    ctx.stroke();
    angle += share * 2 * Math.PI;
  }
}

/**
 * Draw single enterprises.
 * @param {import("./canvas.js").View} view
 * @param {import("../data/points.js").Points} points
 * @param {number[]} rows
 * @param {(row: number) => string} colorOf
 * @param {(row: number) => boolean} isNear true where only a road or a park is known: an open circle
 */
export function paintMarks(view, points, rows, colorOf, isNear) {
  const { ctx, scale, left, top, zoom } = view;
  const r = Math.max(2.6, Math.min(6, 2.4 + (zoom - 10) * 0.45));
  for (const row of rows) {
    const x = points.x(row) * scale - left;
    const y = points.y(row) * scale - top;
    const color = colorOf(row);
    ctx.beginPath();
    ctx.arc(x, y, r, 0, 2 * Math.PI);
    if (isNear(row)) {
      ctx.fillStyle = "rgba(255,255,255,0.85)";
      ctx.fill();
      ctx.lineWidth = 1.8;
      ctx.strokeStyle = color;
    } else {
      ctx.fillStyle = color;
      ctx.fill();
      ctx.lineWidth = 1.2;
      ctx.strokeStyle = "rgba(255,255,255,0.95)";
    }
    ctx.stroke();
  }
}

/**
 * Draw all selected exact points as small dots.
 * @param {import("./canvas.js").View} view
 * @param {import("../data/points.js").Points} points
 * @param {import("../filters/engine.js").Result} result
 * @param {string[]} colors of the slots
 * @param {(row: number) => number} slotOf
 */
export function paintDots(view, points, result, colors, slotOf) {
  const { ctx, scale, left, top, width, height, zoom } = view;
  const r = Math.max(0.8, Math.min(4, 0.9 + (zoom - 9) * 0.42));
  const groups = colors.map(() => []);
  points.cells(8, view.box, false, result.sums, (id, first, last) => {
    for (let i = first; i < last; i++) if (result.mask[i]) groups[slotOf(i)].push(i);
  });
  groups.forEach((rows, slot) => {
    ctx.fillStyle = withAlpha(colors[slot], rows.length > 20000 ? 0.45 : 0.7);
    ctx.beginPath();
    for (const row of rows) {
      const x = points.x(row) * scale - left;
      const y = points.y(row) * scale - top;
      if (x < -4 || y < -4 || x > width + 4 || y > height + 4) continue;
      if (r < 1.6) ctx.rect(x - r, y - r, 2 * r, 2 * r);
      else {
        ctx.moveTo(x + r, y);
        ctx.arc(x, y, r, 0, 2 * Math.PI);
      }
    }
    ctx.fill();
  });
}

/**
 * Draw what is only known to lie in a village, town or district: an open, hatched ring, with its radius when
 * that is large enough to see.
 * @param {import("./canvas.js").View} view
 * @param {import("./clusters.js").Bubble[]} rings
 * @param {(bubble: import("./clusters.js").Bubble) => number} radiusOf metres, 0 where unknown
 * @param {(n: number) => string} brief
 */
export function paintRings(view, rings, radiusOf, brief) {
  const { ctx, scale, left, top } = view;
  const ink = "#7a5a2c";
  for (const bubble of [...rings].reverse()) {
    const x = bubble.x * scale - left;
    const y = bubble.y * scale - top;
    const metres = radiusOf(bubble);
    const wide = metres * worldPerMetre(latOf(bubble.y)) * scale;
    ctx.strokeStyle = withAlpha(ink, 0.55);
    ctx.lineWidth = 1;
    if (view.zoom >= 11.5 && wide > 24 && wide < 1600) {
      ctx.setLineDash([5, 4]);
      ctx.beginPath();
      ctx.arc(x, y, wide, 0, 2 * Math.PI);
      ctx.fillStyle = withAlpha(ink, 0.035);
      ctx.fill();
      ctx.stroke();
    }
    const r = bubble.count === 1 ? 6 : Math.max(8, bubbleRadius(bubble.count) * 0.78);
    hatched(ctx, x, y, r, ink);
    if (bubble.count > 1) {
      ctx.font = `500 ${r > 14 ? 11 : 10}px ${CANVAS_FONT}`;
      ctx.textAlign = "center";
      ctx.textBaseline = "middle";
      ctx.lineWidth = 3;
      ctx.strokeStyle = "rgba(255,255,255,0.95)";
      ctx.strokeText(brief(bubble.count), x, y + 0.5);
      ctx.fillStyle = shade(ink, 0.8);
      ctx.fillText(brief(bubble.count), x, y + 0.5);
    }
  }
}

function hatched(ctx, x, y, r, ink) {
  ctx.save();
  ctx.beginPath();
  ctx.arc(x, y, r, 0, 2 * Math.PI);
  ctx.fillStyle = "rgba(255,253,248,0.82)";
  ctx.fill();
  ctx.clip();
  ctx.beginPath();
  for (let d = -2 * r; d < 2 * r; d += 4) {
    ctx.moveTo(x + d, y + r);
    ctx.lineTo(x + d + 2 * r, y - r);
  }
  ctx.setLineDash([]);
  ctx.strokeStyle = withAlpha(ink, 0.25);
  ctx.lineWidth = 1;
  ctx.stroke();
  ctx.restore();
  ctx.beginPath();
  ctx.arc(x, y, r, 0, 2 * Math.PI);
  ctx.setLineDash([3, 2.2]);
  ctx.strokeStyle = withAlpha(ink, 0.9);
  ctx.lineWidth = 1.4;
  ctx.stroke();
  ctx.setLineDash([]);
}
