// The view as a picture: the map at twice its size, with title, legend, scale, north arrow, date, source and approval number.

import { drawnLegend } from "../map/drawn.js";
import { CANVAS_FONT } from "../map/paint_labels.js";
import { fileName, save } from "./exports.js";

const INK = "#17222d";
const QUIET = "#5f6c79";

/**
 * Paint the present view and what must be said about it.
 * @param {Object} app
 * @param {{width: number, height: number, ratio?: number}} size of the map in CSS pixels; ratio: dots for each
 * @returns {HTMLCanvasElement}
 */
export function picture(app, { width, height, ratio = 2 }) {
  const legend = drawnLegend(app);
  const side = legend.length ? 210 : 0;
  const [top, foot] = [52, 34];
  const canvas = document.createElement("canvas");
  canvas.width = Math.round((width + side) * ratio);
  canvas.height = Math.round((height + top + foot) * ratio);
  const ctx = canvas.getContext("2d");
  ctx.scale(ratio, ratio);
  ctx.fillStyle = "#ffffff";
  ctx.fillRect(0, 0, width + side, height + top + foot);
  ctx.save();
  ctx.beginPath();
  ctx.rect(0, top, width, height);
  ctx.clip();
  ctx.translate(0, top);
  ctx.fillStyle = "#e9eef2";
  ctx.fillRect(0, 0, width, height);
  const { map } = app.stage;
  const size = map.getSize();
  const corner = map.containerPointToLayerPoint([(size.x - width) / 2, (size.y - height) / 2]);
  app.stage.paintOn(ctx, { x: width, y: height }, corner);
  north(ctx, width - 26, 18, app.t("north"));
  scaleBar(ctx, app, 14, height - 14);
  if (app.model.meta.simulated) watermark(ctx, app.t("simulated"), width, height);
  ctx.restore();
  text(ctx, app.model.meta.title, 14, 22, `650 18px ${CANVAS_FONT}`, INK);
  text(ctx, subtitle(app), 14, 41, `400 11px ${CANVAS_FONT}`, QUIET);
  text(ctx, notes(app), 14, height + top + 21, `400 11px ${CANVAS_FONT}`, INK, width + side - 28);
  drawLegend(ctx, legend, width + 14, top + 10, side - 24);
  return canvas;
}

/** Save the view as a PNG. @param {Object} app */
export async function savePicture(app) {
  const size = app.stage.map.getSize();
  const blob = await pngOf(picture(app, { width: size.x, height: size.y }));
  save(blob, fileName(app, app.t("picture"), "png"));
}

/** @param {HTMLCanvasElement} canvas @returns {Promise<Blob>} */
export function pngOf(canvas) {
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

/** What must be said under a map. @param {Object} app */
export function notes(app) {
  const { meta } = app.model;
  return [
    meta.review_number ? app.t("review", { number: meta.review_number }) : app.t("no_review"),
    meta.profile === "internal" ? app.t("internal_note") : "",
    meta.simulated ? app.t("simulated") : "",
    meta.producer && app.t("producer", { name: meta.producer }),
    meta.source && app.t("source", { name: meta.source }),
    meta.crs_note && app.t("crs", { name: meta.crs_note }),
  ].filter(Boolean).join("  ·  ");
}

/** Date and filters. @param {Object} app */
export function subtitle(app) {
  const filters = Object.entries(app.store.state.filters).flatMap(([home, items]) => items.map((item) => app.describe(home, item)));
  return [app.model.meta.data_date && app.t("data_date", { date: app.model.meta.data_date }), ...filters].filter(Boolean).join("  ·  ");
}

function text(ctx, words, x, y, font, color, room) {
  ctx.font = font;
  ctx.fillStyle = color;
  ctx.textAlign = "left";
  ctx.textBaseline = "middle";
  ctx.fillText(words, x, y, room);
}

function drawLegend(ctx, lines, x, y, room) {
  let at = y;
  for (const line of lines) {
    if (line.heading) {
      at += 8;
      text(ctx, line.heading, x, at, `600 12px ${CANVAS_FONT}`, INK, room);
      at += 17;
      if (line.note) {
        text(ctx, line.note, x, at - 2, `400 10px ${CANVAS_FONT}`, QUIET, room);
        at += 14;
      }
      continue;
    }
    const tall = Math.max(15, 2 * (line.r || 0) + 3);
    sign(ctx, line, x, at);
    const from = line.shape === "text" ? 0 : 18 + Math.max(0, 2 * (line.r || 0) - 14);
    text(ctx, line.label, x + from, at, `400 11px ${CANVAS_FONT}`, INK, room - from - (line.n ? 44 : 0));
    if (line.n) {
      ctx.textAlign = "right";
      ctx.fillStyle = QUIET;
      ctx.fillText(line.n, x + room, at);
    }
    at += tall;
  }
}

/** The symbol of a line, as it is on the map. */
function sign(ctx, { shape, color, colors, r = 4.5 }, x, y) {
  ctx.fillStyle = color || INK;
  ctx.strokeStyle = color || INK;
  ctx.lineWidth = 1.4;
  ctx.beginPath();
  if (shape === "square") ctx.fillRect(x, y - 5, 11, 10);
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
  if (shape === "dust") for (const [dx, dy] of [[2, -2], [6, 2], [10, -1]]) ctx.fillRect(x + dx, y + dy, 1.8, 1.8);
  if (shape === "ramp") colors.forEach((one, i) => { ctx.fillStyle = one; ctx.fillRect(x + i * 2.4, y - 5, 2.6, 10); });
}

function north(ctx, x, y, word) {
  ctx.fillStyle = INK;
  ctx.beginPath();
  ctx.moveTo(x, y - 8);
  ctx.lineTo(x + 6, y + 8);
  ctx.lineTo(x - 6, y + 8);
  ctx.fill();
  ctx.font = `600 11px ${CANVAS_FONT}`;
  ctx.textAlign = "center";
  ctx.fillText(word, x, y + 18);
}

function scaleBar(ctx, app, x, y) {
  const { map } = app.stage;
  const size = map.getSize();
  const metres = map.distance(map.containerPointToLatLng([size.x / 2 - 50, size.y / 2]), map.containerPointToLatLng([size.x / 2 + 50, size.y / 2]));
  const power = 10 ** Math.floor(Math.log10(metres));
  const step = power * (metres / power >= 5 ? 5 : metres / power >= 2 ? 2 : 1);
  const wide = (100 * step) / metres;
  ctx.strokeStyle = INK;
  ctx.lineWidth = 1.5;
  ctx.beginPath();
  ctx.moveTo(x, y - 5);
  ctx.lineTo(x, y);
  ctx.lineTo(x + wide, y);
  ctx.lineTo(x + wide, y - 5);
  ctx.stroke();
  text(ctx, app.format.distance(step), x, y - 13, `500 11px ${CANVAS_FONT}`, INK);
}

function watermark(ctx, word, width, height) {
  ctx.save();
  ctx.translate(width / 2, height / 2);
  ctx.rotate(-0.35);
  ctx.font = `600 ${Math.round(width / 11)}px ${CANVAS_FONT}`;
  ctx.textAlign = "center";
  ctx.fillStyle = "rgba(122,74,0,0.06)";
  ctx.fillText(word, 0, 0);
  ctx.restore();
}
