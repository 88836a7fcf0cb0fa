// Many firms at once: a heat surface, or hexagons, of the selection. Only exactly placed firms are drawn this way.

import { viewOf } from "./canvas.js";
import { RAMP } from "../basics/colors.js";

const HEX = 26;
/** Ramp of the heat surface, low to high. */
export const HEAT = ["#fef3d9", "#fbd08a", "#f59f54", "#e0623f", "#b02a3a", "#6d1139"];
const GRID = 4;
const REACH = 5;

/** Hexagons whose colour is the number of selected firms. @param {Object} app */
export function hexbinOverlay(app) {
  return { order: 1, sheet: "firms", paint: (view) => app.store.state.mode === "hexbin" && paintHexbins(app, view) };
}

/** A surface of density. @param {Object} app */
export function heatOverlay(app) {
  return { order: 1, sheet: "firms", paint: (view) => app.store.state.mode === "heat" && paintHeat(app, view) };
}

/** Number of selected firms in each hexagon of the view. @returns {Map<string, {q: number, r: number, n: number}>} */
export function hexbins(points, result, view, size) {
  const bins = new Map();
  const wide = size / view.scale;
  points.cells(6, view.box, false, result.sums, (id, first, last) => {
    for (let row = first; row < last; row++) {
      if (!result.mask[row]) continue;
      const x = points.x(row) / wide;
      const y = points.y(row) / wide;
      const [q, r] = round((Math.sqrt(3) / 3) * x - y / 3, (2 / 3) * y);
      const key = `${q} ${r}`;
      const bin = bins.get(key);
      if (bin) bin.n++;
      else bins.set(key, { q, r, n: 1 });
    }
  });
  return bins;
}

/** From and to of each colour's number of firms in the hexagons of the present view. @param {Object} app @param {import("./canvas.js").View|null} [given] of a sheet @returns {[number, number][]} */
export function hexClasses(app, given = null) {
  const { firms } = app.model;
  const map = app.stage.map;
  const size = map.getSize();
  const view = given || viewOf(map, null, map.containerPointToLayerPoint([0, 0]), size);
  const most = Math.max(1, ...[...hexbins(firms.points, app.engine.result(firms.id), view, HEX).values()].map((bin) => bin.n));
  // the inverse of how a hexagon finds its colour
  const from = (i) => Math.max(1, Math.ceil(Math.expm1((i / (RAMP.length - 0.01)) * Math.log1p(most)) - 1e-9));
  return RAMP.map((_, i) => [from(i), i + 1 < RAMP.length ? from(i + 1) - 1 : most]);
}

function paintHexbins(app, view) {
  const layer = app.model.firms;
  const bins = [...hexbins(layer.points, app.engine.result(app.model.firms?.id), view, HEX).values()];
  const most = Math.max(1, ...bins.map((b) => b.n));
  const { ctx } = view;
  for (const { q, r, n } of bins) {
    const x = HEX * Math.sqrt(3) * (q + r / 2) - view.left;
    const y = HEX * 1.5 * r - view.top;
    ctx.beginPath();
    for (let k = 0; k < 6; k++) ctx.lineTo(x + (HEX - 1) * Math.sin((k * Math.PI) / 3), y + (HEX - 1) * Math.cos((k * Math.PI) / 3));
    ctx.closePath();
    ctx.globalAlpha = 0.82;
    ctx.fillStyle = RAMP[Math.min(RAMP.length - 1, Math.floor((Math.log1p(n) / Math.log1p(most)) * (RAMP.length - 0.01)))];
    ctx.fill();
    ctx.globalAlpha = 1;
    ctx.font = "500 10px system-ui, sans-serif";
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.fillStyle = Math.log1p(n) / Math.log1p(most) > 0.62 ? "#ffffff" : "#17222d";
    ctx.fillText(app.format.brief(n), x, y);
  }
}

function round(q, r) {
  let [rq, rr] = [Math.round(q), Math.round(r)];
  const rs = Math.round(-q - r);
  const [dq, dr, ds] = [Math.abs(rq - q), Math.abs(rr - r), Math.abs(rs + q + r)];
  if (dq > dr && dq > ds) rq = -rr - rs;
  else if (dr > ds) rr = -rq - rs;
  return [rq, rr];
}

function paintHeat(app, view) {
  const layer = app.model.firms;
  const result = app.engine.result(app.model.firms?.id);
  const { points } = layer;
  const [w, h] = [Math.ceil(view.width / GRID), Math.ceil(view.height / GRID)];
  let field = new Float32Array(w * h);
  points.cells(6, view.box, false, result.sums, (id, first, last) => {
    for (let row = first; row < last; row++) {
      if (!result.mask[row]) continue;
      const x = Math.floor((points.x(row) * view.scale - view.left) / GRID);
      const y = Math.floor((points.y(row) * view.scale - view.top) / GRID);
      if (x >= 0 && y >= 0 && x < w && y < h) field[y * w + x]++;
    }
  });
  for (let pass = 0; pass < 3; pass++) field = blur(blur(field, w, h, 1, w), h, w, w, 1);
  let most = 0;
  for (const v of field) if (v > most) most = v;
  if (!most) return;
  const sheet = document.createElement("canvas");
  sheet.width = w;
  sheet.height = h;
  const ctx = sheet.getContext("2d");
  const image = ctx.createImageData(w, h);
  const colors = HEAT.map((c) => [1, 3, 5].map((i) => Number.parseInt(c.slice(i, i + 2), 16)));
  for (let i = 0; i < field.length; i++) {
    const level = Math.sqrt(field[i] / most);
    if (level < 0.04) continue;
    const place = Math.min(colors.length - 1.001, level * (colors.length - 1));
    const [a, b] = [colors[Math.floor(place)], colors[Math.floor(place) + 1]];
    const t = place % 1;
    for (let k = 0; k < 3; k++) image.data[i * 4 + k] = a[k] + (b[k] - a[k]) * t;
    image.data[i * 4 + 3] = Math.min(215, 70 + level * 260);
  }
  ctx.putImageData(image, 0, 0);
  view.ctx.imageSmoothingEnabled = true;
  view.ctx.drawImage(sheet, 0, 0, w * GRID, h * GRID);
}

/** A running mean along one direction; three of them come close to a bell. */
function blur(field, n, lines, step, line) {
  const out = new Float32Array(field.length);
  for (let l = 0; l < lines; l++) {
    const start = l * line;
    let sum = 0;
    for (let i = 0; i < Math.min(REACH, n); i++) sum += field[start + i * step];
    for (let i = 0; i < n; i++) {
      if (i + REACH < n) sum += field[start + (i + REACH) * step];
      if (i - REACH - 1 >= 0) sum -= field[start + (i - REACH - 1) * step];
      out[start + i * step] = sum / (2 * REACH + 1);
    }
  }
  return out;
}
