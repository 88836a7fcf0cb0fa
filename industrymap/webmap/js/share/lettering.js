// Words on a sheet: written, measured, broken into lines.

import { CANVAS_FONT } from "../map/paint_labels.js";

/** Write words. */
export function text(ctx, words, x, y, size, color, weight = 400, room = undefined, align = "left") {
  ctx.font = `${weight} ${size}px ${CANVAS_FONT}`;
  ctx.fillStyle = color;
  ctx.textAlign = align;
  ctx.textBaseline = "middle";
  ctx.fillText(words, x, y, room);
}

/** How wide words are. @returns {number} pixels */
export function width(ctx, words, size, weight = 400) {
  ctx.font = `${weight} ${size}px ${CANVAS_FONT}`;
  return ctx.measureText(words).width;
}

/** A text in lines of some width, broken between Chinese characters or words; what is too much ends in dots. */
export function wrapped(ctx, words, room, size, most) {
  const lines = [];
  let line = "";
  for (const piece of words.match(/[\w.,:;()/%+-]+\s*|[^]/gu) || []) {
    if (width(ctx, line + piece, size) > room && line) {
      lines.push(line);
      line = "";
    }
    line += piece;
  }
  if (line) lines.push(line);
  return lines.length > most ? [...lines.slice(0, most - 1), `${lines[most - 1].slice(0, -1)}…`] : lines;
}
