// Everything beyond the core, hung into the app's seams: one line for each feature.

import { heatOverlay, hexbinOverlay } from "./density.js";
import { drawButtons, drawOverlay } from "./draw.js";
import { csv, fileName, geojson, save, xlsx } from "./exports.js";
import { rulerButton, rulerOverlay } from "./measure.js";
import { menu, notice } from "./menu.js";
import { followAddress, fragmentOf } from "./permalink.js";
import { savePicture } from "./picture.js";
import { PLACE, describePlace } from "./place.js";
import { Pointer } from "./pointer.js";
import { FIRMS, INSIDE, describeFirms, describeInside } from "./relations.js";
import { tool } from "./topbar.js";

/** @param {import("./app.js").App} app */
export function install(app) {
  app.pointer = new Pointer(app);
  app.engine.define("place", PLACE);
  app.engine.define("firms", FIRMS);
  app.engine.define("inside", INSIDE);
  app.describers.set("place", (item) => describePlace(item, app));
  app.describers.set("firms", (item) => describeFirms(item, app));
  app.describers.set("inside", (item) => describeInside(item, app));
  app.mapTools.push(drawButtons, rulerButton);
  app.tools.push(shareTool, exportTool);
  for (const overlay of [drawOverlay, rulerOverlay, heatOverlay, hexbinOverlay]) app.stage.addOverlay(overlay(app));
  app.engine.watch(() => app.stage.redrawTop());
  app.linkReaders.set("classes", readClasses);
}

/** What follows once the panels hang. @param {import("./app.js").App} app */
export async function begin(app) {
  await followAddress(app);
}

function shareTool(app) {
  return tool("share", app.t("share"), async () => {
    const link = location.href.split("#")[0] + fragmentOf(app);
    history.replaceState(null, "", link);
    try {
      await navigator.clipboard.writeText(link);
      notice(app, app.t("share_copied"));
    } catch {
      notice(app, app.t("share_address"));
    }
  });
}

function exportTool(app) {
  const kinds = [["GeoJSON", geojson, "geojson"], ["Excel", xlsx, "xlsx"], ["CSV", csv, "csv"]];
  return menu(app, "export", app.t("export"), () => [
    ...app.model.subjects.flatMap((layer) => [
      { heading: `${layer.label(app.lang)} · ${app.format.count(app.engine.result(layer.id).count)}` },
      ...kinds.map(([text, make, extension]) => ({ text, act: async () => save(await make(app, layer.id), fileName(app, layer.label(app.lang), extension)) })),
    ]),
    { heading: app.t("picture") },
    { text: "PNG", act: () => savePicture(app) },
  ]);
}

function readClasses(value) {
  if (typeof value !== "object" || value === null) return null;
  const out = {};
  for (const [id, how] of Object.entries(value)) {
    if (!["enterprises", "parks", "blocks", "districts", "towns"].includes(id) || typeof how !== "object" || how === null) continue;
    out[id] = {
      method: ["quantile", "jenks", "equal", "manual"].includes(how.method) ? how.method : "quantile",
      k: Number.isInteger(how.k) && how.k >= 2 && how.k <= 9 ? how.k : 5,
      ...(Array.isArray(how.breaks) ? { breaks: how.breaks.filter(Number.isFinite).slice(0, 12) } : {}),
    };
  }
  return out;
}
