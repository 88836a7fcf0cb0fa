// A card for a chat: one picture of the present selection, with title, three figures, map, legend and date.

import { figures } from "../panels/selection.js";
import { fileName, save } from "./exports.js";
import { fitted, paintMap, pngOf, prepare } from "./layout.js";
import { fittedLegend, paintLegend } from "./legend_box.js";
import { text, wrapped } from "./lettering.js";
import { notes, subtitle } from "./said.js";
import { total } from "../data/summary.js";
import { onPaper } from "../map/coloring.js";
import { drawnLegend } from "../map/drawn.js";
import { topicOf } from "../map/topics.js";
import { unitAfter } from "../words/format.js";

const [WIDE, TALL, EDGE] = [540, 720, 24];
const FINER = 2;
const MAP = { x: EDGE, y: 150, width: WIDE - 2 * EDGE };
/** Heights of the legend, the smallest first; the map has the rest. */
const LEGENDS = [112, 140, 168, 196];
const [INK, QUIET] = ["#17222d", "#5f6c79"];

/** @param {Object} app @returns {Promise<HTMLCanvasElement>} 1080 by 1440 pixels */
export async function cardOf(app) {
  const filtered = Object.values(app.store.state.filters).some((items) => items.length);
  const { map, view, legend } = arranged(app, filtered ? "selection" : "city");
  await Promise.all([prepare({ app, view }), topicOf(app).layer?.columns.load(["firms"])]);
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [WIDE * FINER, TALL * FINER];
  const ctx = canvas.getContext("2d");
  ctx.scale(FINER, FINER);
  ctx.fillStyle = "#ffffff";
  ctx.fillRect(0, 0, WIDE, TALL);
  const room = WIDE - 2 * EDGE;
  text(ctx, app.model.meta.title, EDGE, 36, 25, INK, 650, room);
  wrapped(ctx, subtitle(app), room, 12, 2).forEach((line, i) => text(ctx, line, EDGE, 60 + 16 * i, 12, QUIET));
  threeOf(app).forEach((figure, i) => {
    const x = EDGE + (i * room) / 3;
    text(ctx, figure.name, x, 98, 13, QUIET, 400, room / 3 - 8);
    text(ctx, figure.value, x, 124, 28, INK, 650);
    const after = ctx.measureText(figure.value).width;
    text(ctx, figure.unit, x + after + 5, 128, 13, QUIET);
  });
  ctx.save();
  ctx.beginPath();
  ctx.rect(map.x, map.y, map.width, map.height);
  ctx.clip();
  ctx.translate(map.x, map.y);
  paintMap({ app, map }, ctx, { ...view, ctx });
  ctx.restore();
  paintLegend(ctx, legend);
  wrapped(ctx, notes(app), room, 10.5, 2).forEach((line, i) => text(ctx, line, EDGE, 688 + 14 * i, 10.5, QUIET));
  return canvas;
}

/** Map and legend, which says all that the map draws as far as there is room. */
function arranged(app, area) {
  let out;
  for (const height of LEGENDS) {
    const map = { ...MAP, height: 512 - height };
    const view = { ...fitted(app, map, area, 1).view, whole: true };
    const box = { x: EDGE, y: 672 - height, width: WIDE - 2 * EDGE, height };
    out = { map, view, legend: fittedLegend(app, onPaper(() => drawnLegend(app, false, view)), box) };
    if (out.legend.whole) break;
  }
  return out;
}

/** Three figures that the words above them speak of: where parks are filtered by what only parks have, firms of the whole city are none of it. */
function threeOf(app) {
  const { layer } = topicOf(app);
  const all = figures(app);
  // under a heading about firms, the parks of the whole city would read as those that have such firms
  const ofFirms = layer?.counted || ((app.store.state.filters[app.model.firms?.id] || []).length && !(app.store.state.filters[layer?.id] || []).length);
  if (ofFirms) return all.filter((figure) => figure.key !== "land" && !app.model.layer(figure.key)?.shapes).slice(0, 3);
  if (!layer?.shapes || !(app.store.state.filters[layer.id] || []).length) return all.filter((figure) => figure.key !== "land").slice(0, 3);
  const own = all.filter((figure) => figure.key === layer.id || figure.key === "land");
  const firms = layer.columns.column("firms");
  const found = firms && total(firms.values, app.engine.result(layer.id).mask);
  return found?.known ? [...own, { name: app.t("card_firms"), value: app.format.count(found.sum), unit: unitAfter(app.format.count(found.sum), layer.unit("firms", app.lang)) }] : own;
}

/** @param {Object} app */
export async function saveCard(app) {
  save(await pngOf(await cardOf(app)), fileName(app, app.t("card_file"), "png"));
}
