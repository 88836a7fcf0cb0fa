// The legend of a sheet or card: in columns, in lines that are never squeezed, smaller where it must be, and whole wherever it can be.

import { text, width, wrapped } from "./lettering.js";

const INK = "#17222d";
const QUIET = "#5f6c79";
const COLUMN = 186;
const SMALLER = [1, 0.92, 0.84, 0.76];

/**
 * @typedef {Object} LegendPlan
 * @property {{line: import("../map/drawn.js").Line, words: string[], notes: string[], x: number, y: number, tall: number, gap: number}[]} placed
 * @property {number} size 1, or less where everything is drawn smaller
 * @property {number} wide a column
 * @property {boolean} whole whether every line has its place
 * @property {{text: string, x: number, y: number}|null} rest what is said of those that have none
 */

/** A legend as large as its box lets it be. @param {Object} app @param {import("../map/drawn.js").Line[]} lines @param {{x: number, y: number, width: number, height: number}} box @returns {LegendPlan} */
export function fittedLegend(app, lines, box) {
  const ruler = document.createElement("canvas").getContext("2d");
  let plan;
  for (const size of SMALLER) {
    plan = planned(app, ruler, lines, box, size);
    if (plan.whole) break;
  }
  return plan;
}

function planned(app, ruler, lines, box, size) {
  const columns = Math.max(1, Math.floor((box.width + 12) / (COLUMN * size)));
  const wide = columns === 1 ? Math.min(240, box.width) : box.width / columns;
  const measured = lines.map((line) => measure(ruler, line, wide - 12, size));
  const placed = [];
  let [column, y] = [0, box.y + 4];
  for (let i = 0; i < lines.length;) {
    const stop = blockEnd(lines, i);
    const gap = lines[i].heading && y > box.y + 5 ? 8 * size : 0;
    const tall = measured.slice(i, stop).reduce((sum, one) => sum + one.tall, gap);
    if (y + tall > box.y + box.height && y > box.y + 5) {
      column += 1;
      y = box.y + 4;
      if (column >= columns) return { placed, size, wide, whole: false, rest: { text: app.t("more", { n: lines.slice(i).filter((one) => !one.heading).length }), x: box.x + (columns - 1) * wide, y: box.y + box.height - 4 } };
      continue;
    }
    for (; i < stop; i++) {
      const own = lines[i].heading ? gap : 0;
      placed.push({ line: lines[i], ...measured[i], x: box.x + column * wide, y, gap: own, tall: measured[i].tall + own });
      y += measured[i].tall + own;
    }
  }
  return { placed, size, wide, whole: true, rest: null };
}

/** A heading stays with the line that follows it, and a scale of circles in one piece. */
function blockEnd(lines, i) {
  let stop = i + 1;
  if (lines[i].heading && stop < lines.length && !lines[stop].heading) stop++;
  while (stop < lines.length && lines[stop].joined) stop++;
  return stop;
}

/** The words of a line in lines of its column, and how tall they are. */
function measure(ruler, line, room, size) {
  if (line.heading) {
    const words = wrapped(ruler, line.heading, room, 12.6 * size, 4); // headings are bold, and a little wider; their end is a unit
    const notes = line.note ? wrapped(ruler, line.note, room, 10 * size, 5) : [];
    return { words, notes, tall: (4 + 16 * words.length + 13 * notes.length) * size };
  }
  const words = wrapped(ruler, line.label, room - indent(line) - numberRoom(ruler, line, size), 11 * size, 3);
  return { words, notes: [], tall: Math.max((2 + 13 * words.length) * size, 2 * (line.r || 0) + 3) };
}

function indent({ shape, r = 0 }) {
  return shape === "text" ? 0 : 18 + Math.max(0, 2 * r - 14);
}

function numberRoom(ruler, { n }, size) {
  return n ? width(ruler, n, 11 * size) + 6 : 0;
}

/** @param {any} ctx @param {LegendPlan} plan */
export function paintLegend(ctx, { placed, size, wide, rest }) {
  for (const { line, words, notes, x, y, tall, gap } of placed) {
    if (line.heading) {
      words.forEach((one, i) => text(ctx, one, x, y + gap + (8 + 16 * i) * size, 12 * size, INK, 600, wide - 12));
      notes.forEach((one, i) => text(ctx, one, x, y + gap + (6 + 16 * words.length + 13 * i) * size, 10 * size, QUIET, 400, wide - 12));
      continue;
    }
    const middle = y + tall / 2;
    sign(ctx, line, x, middle);
    words.forEach((one, i) => text(ctx, one, x + indent(line), middle + 13 * size * (i - (words.length - 1) / 2), 11 * size, INK));
    if (line.n) text(ctx, line.n, x + wide - 12, middle, 11 * size, QUIET, 400, undefined, "right");
  }
  if (rest) text(ctx, rest.text, rest.x, rest.y, 10, QUIET);
}

/** The symbol of a line, as it is on the map. */
function sign(ctx, { shape, color, colors, r = 4.5 }, x, y) {
  ctx.fillStyle = color || INK;
  ctx.strokeStyle = color || INK;
  ctx.lineWidth = 1.4;
  ctx.beginPath();
  if (shape === "square") ctx.fillRect(x, y - 5, 11, 10);
  if (shape === "hollow") {
    ctx.setLineDash([3, 2]);
    ctx.strokeRect(x + 0.5, y - 4.5, 10, 9);
    ctx.setLineDash([]);
  }
  if (shape === "circle" || shape === "open") ctx.arc(x + Math.max(6, r), y, r, 0, 7);
  if (shape === "circle") ctx.fill();
  if (shape === "open") ctx.stroke();
  if (shape === "line" || shape === "dash") {
    ctx.setLineDash(shape === "dash" ? [3, 2] : []);
    ctx.moveTo(x, y);
    ctx.lineTo(x + 13, y);
    ctx.stroke();
    ctx.setLineDash([]);
  }
  if (shape === "road") {
    ctx.fillRect(x, y - 2.5, 13, 5);
    ctx.fillStyle = colors[0];
    ctx.fillRect(x, y - 1.2, 13, 2.4);
  }
  if (shape === "dust") for (const [dx, dy] of [[2, -2], [6, 2], [10, -1]]) ctx.fillRect(x + dx, y + dy, 1.8, 1.8);
  if (shape === "ramp") colors.forEach((one, i) => { ctx.fillStyle = one; ctx.fillRect(x + i * 2.4, y - 5, 2.6, 10); });
}
