// A card for a chat: one picture of the present selection, with title, three figures, map, legend and date.

import { figures } from "../panels/selection.js";
import { fileName, save } from "./exports.js";
import { fitted, paintLegend, paintMap, pngOf, prepare, text, wrapped } from "./layout.js";
import { notes, subtitle } from "./said.js";
import { total } from "../data/summary.js";
import { onPaper } from "../map/coloring.js";
import { drawnLegend } from "../map/drawn.js";
import { topicOf } from "../map/topics.js";

const [WIDE, TALL, EDGE] = [540, 720, 24];
const FINER = 2;
const MAP = { x: EDGE, y: 150, width: WIDE - 2 * EDGE, height: 400 };
const [INK, QUIET] = ["#17222d", "#5f6c79"];

/** @param {Object} app @returns {Promise<HTMLCanvasElement>} 1080 by 1440 pixels */
export async function cardOf(app) {
  const filtered = Object.values(app.store.state.filters).some((items) => items.length);
  const { view } = fitted(app, MAP, filtered ? "selection" : "city", 1);
  view.whole = true;
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
  ctx.rect(MAP.x, MAP.y, MAP.width, MAP.height);
  ctx.clip();
  ctx.translate(MAP.x, MAP.y);
  paintMap({ app, map: MAP }, ctx, { ...view, ctx });
  ctx.restore();
  paintLegend(app, ctx, onPaper(() => drawnLegend(app, false, view)), { x: EDGE, y: 560, width: room, height: 112 });
  wrapped(ctx, notes(app), room, 10.5, 2).forEach((line, i) => text(ctx, line, EDGE, 688 + 14 * i, 10.5, QUIET));
  return canvas;
}

/** Three figures that the words above them speak of: where parks are filtered by what only parks have, firms of the whole city are none of it. */
function threeOf(app) {
  const { layer } = topicOf(app);
  const all = figures(app);
  if (!layer?.shapes || !(app.store.state.filters[layer.id] || []).length) return all.filter((figure) => figure.key !== "land").slice(0, 3);
  const own = all.filter((figure) => figure.key === layer.id || figure.key === "land");
  const firms = layer.columns.column("firms");
  const found = firms && total(firms.values, app.engine.result(layer.id).mask);
  return found?.known ? [...own, { name: app.t("card_firms"), value: app.format.count(found.sum), unit: layer.unit("firms", app.lang) }] : own;
}

/** @param {Object} app */
export async function saveCard(app) {
  save(await pngOf(await cardOf(app)), fileName(app, app.t("card_file"), "png"));
}
