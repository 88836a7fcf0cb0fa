// A map sheet: map fitted to what is asked for, title, legend, ratio scale, north, inset, list, date, source and approval number.
// It is planned once and painted either on a canvas (a picture) or as SVG (a print, whose text stays text).

import { onPaper } from "../map/coloring.js";
import { drawnLegend } from "../map/drawn.js";
import { fittedLegend, paintLegend } from "./legend_box.js";
import { viewAt } from "../map/canvas.js";
import { paintAll } from "../map/paint_shapes.js";
import { selectionBox } from "../map/views.js";
import { latOf, worldPerMetre, worldX, worldY } from "../basics/mercator.js";
import { VectorContext } from "../basics/vector.js";
import { svg } from "../basics/dom.js";
import { fileName, save } from "./exports.js";
import { text, width, wrapped } from "./lettering.js";
import { notes, subtitle } from "./said.js";

const INK = "#17222d";
const QUIET = "#5f6c79";
const EDGE = "#9aa5b0";
const SIDE = 200;
const GAP = 10;
const LINE = 16;
const ROW = 17;
const INSET = 112;
const SIDES = [[10, -10], [-10, -10], [10, 10], [-10, 10], [28, -10], [-28, -10], [28, 10], [-28, 10], [0, -28], [0, 28]];
const MARGIN = 14;
const STEPS = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];
const CLOSEST = 2000;
/** The legend under an upright map: how much it grows at a time, and the share of the sheet it never passes. */
const [BAND_STEP, MOST_BAND] = [36, 0.45];
const METRES_PER_PIXEL = 0.0254 / 96;

/**
 * @typedef {Object} Wanted
 * @property {number} width CSS pixels of the paper
 * @property {number} height
 * @property {number} [enlarged] how much larger everything is drawn: A3 hangs on a wall
 * @property {string} [title]
 * @property {string} [note]
 * @property {"selection"|"view"|"city"} [area]
 * @property {string} [paper] A4 or A3: on a screen a ratio says nothing without it
 * @property {{head: any[], rows: any[][]}} [table] on the sheet
 * @property {[number, number, string][]} [numbers] world x, world y and the number of what stands in a list
 */

/**
 * Where everything stands on a sheet, in pixels before enlarging.
 * @param {Object} app @param {Wanted} wanted
 */
export function planSheet(app, { width, height, enlarged = 1, title = app.model.meta.title, note = "", area: asked = "view", table, numbers = [], paper = "" }) {
  const area = areaOf(app, asked);
  const wide = width / enlarged;
  const tall = height / enlarged;
  const ruler = document.createElement("canvas").getContext("2d");
  const beside = wide > tall;
  const below = wrapped(ruler, subtitle(app), wide, 11, 2);
  const foot = wrapped(ruler, [note, notes(app)].filter(Boolean).join("  ·  "), wide, 10, 4);
  const top = 30 + below.length * LINE;
  const rows = table ? (table.rows.length + 1 + (table.left ? 1 : 0)) * ROW + GAP : 0;
  const floor = tall - foot.length * 14 - 6 - rows;
  // of the whole city a locator says nothing
  const inset = area === "city" ? 0 : INSET;
  const plan = { app, wide, tall, enlarged, title, below, foot, table, numbers, paper, beside, top, floor, inset };
  // the legend says what this view draws, and the view depends on the room that the legend leaves: a paper cannot be expanded
  let band = beside ? 0 : INSET + 62;
  arrange(plan, band, area);
  while (!beside && !plan.legend.whole && band < MOST_BAND * (floor - top)) arrange(plan, (band += BAND_STEP), area);
  return plan;
}

/** A view that holds the whole city is the city: there is nothing around it to print. */
function areaOf(app, asked) {
  const city = app.model.manifest.bounds;
  return asked === "view" && city && app.stage.map.getBounds().contains([[city[1], city[0]], [city[3], city[2]]]) ? "city" : asked;
}

/** Divide a sheet between map and legend, and work out both. @param {Object} plan @param {number} band height of the legend under an upright map @param {string} area */
function arrange(plan, band, area) {
  const { app, wide, top, floor, beside, enlarged, numbers } = plan;
  plan.map = { x: 0, y: top, width: beside ? wide - SIDE - GAP : wide, height: floor - top - (beside ? 0 : band + GAP) };
  plan.side = beside ? { x: wide - SIDE, y: top, width: SIDE, height: floor - top } : { x: 0, y: floor - band, width: wide, height: band };
  Object.assign(plan, fitted(app, plan.map, area, enlarged));
  // names are whole, and leave the scale bar and the arrow free
  plan.marks = marksOf(plan.view, numbers);
  const marked = plan.marks.map(({ x: mx, y: my }) => [mx - 9, my - 9, mx + 9, my + 9]);
  Object.assign(plan.view, { whole: true, clear: [[0, plan.map.height - 44, 230, plan.map.height], [plan.map.width - 44, 0, plan.map.width, 48], ...marked] });
  plan.legend = fittedLegend(app, onPaper(() => drawnLegend(app, false, plan.view)), legendBox(plan));
}

/** What of the side is the legend's: the locator stands above it or beside it. */
function legendBox({ inset, beside, side: { x, y, width, height } }) {
  const [left, below] = inset ? (beside ? [0, INSET + 8] : [150 + GAP, 0]) : [0, 0];
  return { x: x + left, y: y + below, width: width - left, height: height - below };
}

/** Where the numbers of a list stand on the map: beside what they number, on the first side on which no other stands. */
function marksOf({ left, top, scale }, numbers) {
  const marks = [];
  for (const [wx, wy, n] of numbers) {
    const around = SIDES.map(([dx, dy]) => ({ x: wx * scale - left + dx, y: wy * scale - top + dy, n }));
    marks.push(around.find((one) => !marks.some((other) => Math.hypot(other.x - one.x, other.y - one.y) < 18)) || around[0]);
  }
  return marks;
}

/** The view of a map of some size that holds an area, at a round ratio. @param {Object} app @param {{width: number, height: number}} size @param {string} area @param {number} enlarged */
export function fitted(app, { width, height }, area, enlarged) {
  const [x0, y0, x1, y1] = boxOf(app, area);
  const [x, y] = [(x0 + x1) / 2, (y0 + y1) / 2];
  const metre = worldPerMetre(latOf(y));
  const room = { view: 1, city: 0.96 }[area] || 0.9;
  const needed = Math.max(CLOSEST, Math.max((x1 - x0) / width, (y1 - y0) / height) / room / metre / enlarged / METRES_PER_PIXEL);
  const power = 10 ** Math.floor(Math.log10(needed));
  const ratio = power * STEPS.find((step) => step * power >= needed * (1 - 1e-9));
  return { ratio, view: viewAt({ x, y, scale: 1 / (ratio * METRES_PER_PIXEL * enlarged * metre), width, height }) };
}

/** West, north, east, south in world units. */
function boxOf(app, area) {
  const { map } = app.stage;
  const edges = (b) => [worldX(b[0][1]), worldY(b[1][0]), worldX(b[1][1]), worldY(b[0][0])];
  const city = app.model.manifest.bounds;
  const found = area === "selection" ? selectionBox(app) : null;
  if (found) return edges(found.bounds);
  if (area === "city" && city) return edges([[city[1], city[0]], [city[3], city[2]]]);
  const b = map.getBounds();
  return edges([[b.getSouth(), b.getWest()], [b.getNorth(), b.getEast()]]);
}

/** Decode the names that a sheet shows. @param {Object} plan */
export async function prepare({ app, view }) {
  const needs = [];
  app.stage.paintView({ ...view, ctx: document.createElement("canvas").getContext("2d"), needs });
  await Promise.all(needs);
}

/** The sheet as a picture. @param {Object} plan @param {number} pixels its width @returns {Promise<HTMLCanvasElement>} */
export async function pictureOf(plan, pixels) {
  await prepare(plan);
  const ratio = pixels / (plan.wide + 2 * MARGIN);
  const canvas = document.createElement("canvas");
  canvas.width = pixels;
  canvas.height = Math.round((plan.tall + 2 * MARGIN) * ratio);
  const ctx = canvas.getContext("2d");
  ctx.scale(ratio, ratio);
  ctx.fillStyle = "#ffffff";
  ctx.fillRect(0, 0, plan.wide + 2 * MARGIN, plan.tall + 2 * MARGIN);
  ctx.translate(MARGIN, MARGIN);
  const { x, y, width, height } = plan.map;
  ctx.save();
  ctx.beginPath();
  ctx.rect(x, y, width, height);
  ctx.clip();
  ctx.translate(x, y);
  paintMap(plan, ctx, { ...plan.view, ctx });
  furniture(plan, ctx, plan.paper && `${ratioText(plan.app, plan.ratio)} (${plan.paper})`);
  ctx.restore();
  paintRest(plan, ctx);
  return canvas;
}

/** The sheet as SVG, its symbols as a picture of some dots an inch, everything else as lines and text. @param {Object} plan @param {{width: string, height: string}} size on paper @param {number} dots for each pixel @returns {Promise<{root: SVGElement, load: () => Promise<void>}>} load: once it is part of the page */
export async function vectorOf(plan, size, dots) {
  await prepare(plan);
  const root = svg("svg", { viewBox: `0 0 ${plan.wide} ${plan.tall}`, overflow: "visible", ...size });
  const ctx = new VectorContext(root);
  const { x, y, width, height } = plan.map;
  const inner = ctx.framed(x, y, width, height);
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [Math.round(width * dots), Math.round(height * dots)];
  const symbols = canvas.getContext("2d");
  symbols.scale(dots, dots);
  const image = svg("image", { x: 0, y: 0, width, height });
  inner.root.append(image);
  paintMap(plan, symbols, { ...plan.view, ctx: symbols, lettering: { ...plan.view, ctx: inner } });
  furniture(plan, inner, ratioText(plan.app, plan.ratio));
  paintRest(plan, ctx);
  const href = URL.createObjectURL(await pngOf(canvas));
  const load = () => new Promise((resolve) => {
    image.addEventListener("load", resolve);
    image.addEventListener("error", resolve);
    image.setAttribute("href", href);
  });
  return { root, load };
}

/** The map itself, on land of its own. @param {{app: Object, map: {width: number, height: number}}} plan @param {CanvasRenderingContext2D} ctx @param {import("../map/canvas.js").View} view */
export function paintMap({ app, map }, ctx, view) {
  ctx.fillStyle = "#e9eef2";
  ctx.fillRect(0, 0, map.width, map.height);
  onPaper(() => app.stage.paintView({ ...view, light: true }));
}

/** What lies on the map: north, scale, and the word that the data is simulated. */
function furniture({ app, map, ratio, enlarged, marks }, ctx, said) {
  for (const mark of marks) numberMark(ctx, mark);
  if (app.model.meta.simulated) watermark(ctx, app.t("simulated"), map.width, map.height);
  north(ctx, map.width - 24, 20, app.t("north"));
  const metres = ratio * METRES_PER_PIXEL * enlarged * 110;
  const power = 10 ** Math.floor(Math.log10(metres));
  const step = power * (metres / power >= 5 ? 5 : metres / power >= 2 ? 2 : 1);
  const wide = (110 * step) / metres;
  const [x, y] = [14, map.height - 14];
  ctx.fillStyle = "rgba(255,255,255,0.82)";
  ctx.fillRect(x - 8, y - 26, wide + 24 + width(ctx, said, 11), 34);
  ctx.strokeStyle = INK;
  ctx.lineWidth = 1.5;
  ctx.beginPath();
  ctx.moveTo(x, y - 5);
  ctx.lineTo(x, y);
  ctx.lineTo(x + wide, y);
  ctx.lineTo(x + wide, y - 5);
  ctx.stroke();
  text(ctx, app.format.distance(step), x, y - 14, 11, INK, 500);
  if (said) text(ctx, said, x + wide + 8, y - 3, 11, INK, 600);
}

/** The number under which something stands in the list. */
function numberMark(ctx, { x, y, n }) {
  ctx.beginPath();
  ctx.arc(x, y, n.length > 2 ? 9 : 7.5, 0, 7);
  ctx.fillStyle = "#ffffff";
  ctx.fill();
  ctx.strokeStyle = INK;
  ctx.lineWidth = 0.8;
  ctx.stroke();
  text(ctx, n, x, y, 8.5, INK, 600, undefined, "center");
}

function ratioText(app, ratio) {
  return app.t("ratio", { n: app.format.count(ratio) });
}

function paintRest(plan, ctx) {
  const { app, map, side } = plan;
  text(ctx, plan.title, 0, 12, 19, INK, 650, plan.wide);
  plan.below.forEach((line, i) => text(ctx, line, 0, 32 + i * LINE, 11, QUIET));
  ctx.strokeStyle = EDGE;
  ctx.lineWidth = 0.8;
  ctx.strokeRect(map.x, map.y, map.width, map.height);
  if (plan.inset) paintInset(plan, ctx, plan.beside ? { x: side.x, y: side.y, width: SIDE, height: INSET } : { x: side.x, y: side.y, width: 150, height: side.height });
  paintLegend(ctx, plan.legend);
  if (plan.table) paintTable(app, ctx, plan.table, 0, plan.floor + GAP, plan.wide);
  plan.foot.forEach((line, i) => text(ctx, line, 0, plan.tall - plan.foot.length * 14 + 6 + i * 14, 10, INK));
}

/** Where in the city the map lies. */
function paintInset({ app, view }, ctx, box) {
  const city = app.model.containers[0];
  if (!city?.shapes) return;
  const boxes = city.shapes.boxes;
  const edge = (k, pick) => pick(...Array.from({ length: city.n }, (_, i) => boxes[i * 4 + k]).filter(Number.isFinite));
  // the city and what the map shows, so that the red box never leaves the frame
  const [x0, y0, x1, y1] = [Math.min(edge(0, Math.min), view.box.x0), Math.min(edge(1, Math.min), view.box.y0), Math.max(edge(2, Math.max), view.box.x1), Math.max(edge(3, Math.max), view.box.y1)];
  const scale = Math.min((box.width - 12) / (x1 - x0), (box.height - 12) / (y1 - y0));
  const own = viewAt({ x: (x0 + x1) / 2, y: (y0 + y1) / 2, scale, width: box.width, height: box.height });
  ctx.strokeStyle = EDGE;
  ctx.lineWidth = 0.8;
  ctx.strokeRect(box.x, box.y, box.width, box.height);
  ctx.save();
  ctx.translate(box.x, box.y);
  paintAll({ ...own, ctx }, city.shapes, Array.from({ length: city.n }, (_, i) => i), { fill: "#eef1f4", stroke: "#a9b4bf", width: 0.6 });
  const [left, top] = [view.box.x0 * scale - own.left, view.box.y0 * scale - own.top];
  const [right, low] = [view.box.x1 * scale - own.left, view.box.y1 * scale - own.top];
  const clip = (v, most) => Math.max(4, Math.min(most - 4, v));
  ctx.strokeStyle = "#b3261e";
  ctx.lineWidth = 1.4;
  const [ax, ay, bx, by] = [clip(left, box.width), clip(top, box.height), clip(right, box.width), clip(low, box.height)];
  ctx.strokeRect(ax, ay, Math.max(3, bx - ax), Math.max(3, by - ay));
  // on a ground of its own: the frame of the map may run behind it
  ctx.fillStyle = "rgba(255,255,255,0.85)";
  ctx.fillRect(2, 3, width(ctx, app.t("inset"), 9.5) + 8, 15);
  text(ctx, app.t("inset"), 6, 11, 9.5, QUIET);
  ctx.restore();
}

/** A list of a few rows on the sheet itself. */
function paintTable(app, ctx, { head, decimals, rows, left: more }, x, y, room) {
  const words = rows.map((row) => row.map((value, c) => wordOf(app, value, decimals?.[c])));
  const wanted = head.map((name, c) => Math.min(170, Math.max(width(ctx, name, 10, 600), ...words.map((row) => width(ctx, row[c], 10))) + 12));
  const all = wanted.reduce((sum, one) => sum + one, 0);
  const widths = wanted.map((one) => one * Math.min(1.6, room / all));
  const across = all * Math.min(1.6, room / all);
  const line = (cells, at, weight) => cells.reduce((left, cell, c) => {
    const right = typeof rows[0]?.[c] === "number";
    text(ctx, cell, right ? left + widths[c] - 6 : left + 3, at, 10, INK, weight, widths[c] - 8, right ? "right" : "left");
    return left + widths[c];
  }, x);
  ctx.fillStyle = "#eef2f6";
  ctx.fillRect(x, y, across, ROW);
  line(head, y + ROW / 2, 600);
  words.forEach((row, i) => line(row, y + (i + 1.5) * ROW, 400));
  if (more) text(ctx, app.t("more", { n: app.format.count(more) }), x + 3, y + (rows.length + 1.5) * ROW, 10, QUIET);
  ctx.strokeStyle = EDGE;
  ctx.lineWidth = 0.4;
  ctx.beginPath();
  for (let i = 1; i <= rows.length + 1; i++) {
    ctx.moveTo(x, y + i * ROW);
    ctx.lineTo(x + across, y + i * ROW);
  }
  ctx.stroke();
}

/** A cell of a printed list in words; a column of numbers has the same digits in every line. @param {Object} app @param {any} value @param {number} [decimals] */
export function wordOf(app, value, decimals) {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return typeof decimals === "number" ? app.format.fixed(value, decimals) : app.format.number(value);
  return typeof value === "boolean" ? app.t(value ? "yes" : "no") : String(value);
}

/** Save the present view as a PNG, twice as fine as the screen. @param {Object} app */
export async function savePicture(app) {
  const size = app.stage.map.getSize();
  const plan = planSheet(app, { width: Math.max(size.x + SIDE, size.y + 200), height: size.y + 90 });
  save(await pngOf(await pictureOf(plan, Math.round(2 * plan.wide))), fileName(app, app.t("picture"), "png"));
}

/** @param {HTMLCanvasElement} canvas @returns {Promise<Blob>} */
export function pngOf(canvas) {
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

function north(ctx, x, y, word) {
  ctx.fillStyle = INK;
  ctx.beginPath();
  ctx.moveTo(x, y - 8);
  ctx.lineTo(x + 6, y + 8);
  ctx.lineTo(x - 6, y + 8);
  ctx.fill();
  text(ctx, word, x, y + 18, 11, INK, 600, undefined, "center");
}

function watermark(ctx, word, width, height) {
  ctx.save();
  ctx.translate(width / 2, height / 2);
  ctx.rotate(-0.35);
  text(ctx, word, 0, 0, Math.round(width / 11), "rgba(122,74,0,0.06)", 600, undefined, "center");
  ctx.restore();
}
