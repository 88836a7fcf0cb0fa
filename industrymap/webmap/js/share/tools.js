// The buttons of the top bar with which something leaves the page: link, print, export.

import { menu } from "../basics/menu.js";
import { savePicture } from "./layout.js";
import { saveCard } from "./card.js";
import { openChooser } from "./chooser.js";
import { csv, fileName, geojson, save, xlsx } from "./exports.js";
import { canBeLight, saveLight } from "./light.js";
import { openShare } from "./kept.js";
import { openPrint } from "./print.js";
import { tool } from "../panels/topbar.js";

const KINDS = [["GeoJSON", geojson, "geojson"], ["Excel", xlsx, "xlsx"], ["CSV", csv, "csv"]];

/** @param {Object} app */
export function shareTool(app) {
  return tool("share", app.t("share"), () => openShare(app));
}

/** @param {Object} app */
export function printTool(app) {
  return tool("print", app.t("print"), () => openPrint(app));
}

async function take(app, layer, make, extension) {
  save(await make(app, layer.id), fileName(app, layer.label(app.lang), extension));
}

/** @param {Object} app */
export function exportTool(app) {
  return menu(app, "export", app.t("export"), () => [
    ...app.model.subjects.flatMap((layer) => [
      { heading: `${layer.label(app.lang)} · ${app.format.count(app.engine.result(layer.id).count)}` },
      ...KINDS.map(([text, make, extension]) => ({ text, act: () => take(app, layer, make, extension) })),
      { text: app.t("columns_choose"), act: () => openChooser(app, layer.id, KINDS.slice(1).map(([text, make, extension]) => [text, () => take(app, layer, make, extension)])) },
    ]),
    { heading: app.t("picture") },
    { text: "PNG", act: () => savePicture(app) },
    { text: app.t("card"), act: () => saveCard(app) },
    ...(canBeLight(app) ? [{ text: app.t("light"), act: () => saveLight(app) }] : []),
    ...app.exports.flatMap((items) => items(app)),
  ]);
}
