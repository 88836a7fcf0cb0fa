// Draws points: graded circles for the subject, dust for what surrounds it, a quiet count for places known only coarsely.

import { CANVAS_FONT } from "./paint_labels.js";
import { GROUP_ZOOM } from "./graded.js";
import { withAlpha } from "../basics/colors.js";

const DUST = "#a9b4c0";
const GROUP_RADIUS = 6.5;

/**
 * Draw graded circles.
 * @param {import("./canvas.js").View} view
 * @param {import("./graded.js").Graded} graded
 * @param {(row: number) => string} colorOf
 * @param {(row: number) => boolean} isNear true where only a road or a park is known: an open circle
 * @param {(n: number) => string} brief
 * @param {string} land colour of the ground: what is open shows it, by day and by night
 */
export function paintGraded(view, { circles }, colorOf, isNear, brief, land) {
  const { ctx } = view;
  // no two circles overlap, so all of one look are one path: the canvas is asked once for each colour, not for each firm
  const looks = new Map();
  const grouped = [];
  for (const circle of circles) {
    const group = circle.rows.length > 1 && view.zoom >= GROUP_ZOOM;
    const open = !group && isNear(circle.row);
    const key = `${colorOf(circle.row)}${open ? " open" : ""}`;
    if (!looks.has(key)) looks.set(key, { color: colorOf(circle.row), open, path: new Path2D() });
    const r = group ? Math.max(circle.r, GROUP_RADIUS) : circle.r;
    const { path } = looks.get(key);
    path.moveTo(circle.x + r, circle.y);
    path.arc(circle.x, circle.y, r, 0, 2 * Math.PI);
    if (group) grouped.push([circle, r]);
  }
  for (const { color, open, path } of looks.values()) {
    ctx.fillStyle = open ? withAlpha(land, 0.85) : withAlpha(color, 0.78);
    ctx.fill(path);
    ctx.lineWidth = open ? 1.5 : 1;
    ctx.strokeStyle = open ? color : withAlpha(land, 0.95);
    ctx.stroke(path);
  }
  for (const [{ rows, x, y }, r] of grouped) countIn(ctx, brief(rows.length), x, y, r);
}

/** How many a circle stands for: inside, or beside where it is too small. */
function countIn(ctx, text, x, y, r) {
  ctx.font = `600 9.5px ${CANVAS_FONT}`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.lineWidth = 2.2;
  ctx.lineJoin = "round";
  ctx.strokeStyle = "rgba(20,30,42,0.55)";
  if (text.length > 2 && r < 9) x += r + 7;
  ctx.strokeText(text, x, y + 0.5);
  ctx.fillStyle = "#ffffff";
  ctx.fillText(text, x, y + 0.5);
}

/** Draw points as dust: squares on whole pixels, which a canvas fills many times as fast as a path of circles. @param {import("./canvas.js").View} view @param {[number, number][]} places pixels @param {number} alpha @param {string} [color] */
export function paintDust(view, places, alpha, color = DUST) {
  const { ctx } = view;
  const side = view.zoom < 11 ? 1.5 : view.zoom < 13 ? 2 : 3;
  ctx.fillStyle = withAlpha(color, alpha);
  for (const [x, y] of places) ctx.fillRect(Math.round(x), Math.round(y), side, side);
}

/**
 * Draw all selected exact points as small dots in their colours.
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
