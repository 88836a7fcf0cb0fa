// Everything beyond the core, hung into the app's seams: one line for each feature.

import { followBasemap } from "./map/basemap.js";
import { mountChoose } from "./choose/tab.js";
import { compare, compareOverlay, mountDivider, sides } from "./map/compare.js";
import { heatOverlay, hexbinOverlay } from "./map/density.js";
import { drawButtons, drawOverlay } from "./map/draw.js";
import { cornersOverlay } from "./edit/corners.js";
import { editSection, mountEditBar, openChanges } from "./edit/form.js";
import { Edits } from "./edit/changes.js";
import { said } from "./filters/in_force.js";
import { csv, fileName, geojson, save, xlsx } from "./share/exports.js";
import { mountHint } from "./panels/hint.js";
import { h } from "./basics/dom.js";
import { LINK_READERS } from "./share/links.js";
import { rulerButton, rulerOverlay } from "./map/measure.js";
import { menu, notice } from "./basics/menu.js";
import { followAddress, fragmentOf } from "./share/permalink.js";
import { savePicture } from "./share/picture.js";
import { PLACE, describePlace } from "./filters/place.js";
import { Phrases } from "./filters/phrases.js";
import { Pointer } from "./map/pointer.js";
import { openPrint } from "./share/print.js";
import { FIRMS, INSIDE, describeFirms, describeInside } from "./filters/relations.js";
import { mountTimeline, timeItems } from "./panels/timeline.js";
import { paintByColor } from "./map/paint_shapes.js";
import { tool } from "./panels/topbar.js";

/** @param {import("./app.js").App} app */
export function install(app) {
  app.pointer = new Pointer(app);
  app.phrases = new Phrases(app.model);
  app.engine.define("phrase", app.phrases.condition);
  app.conditionReaders.set("phrase", (item, home, not) => app.phrases.fromLink(item, home, not));
  app.said = (id) => said(app, id);
  app.describers.set("phrase", (item) => item.text);
  app.engine.define("place", PLACE);
  app.engine.define("firms", FIRMS);
  app.engine.define("inside", INSIDE);
  app.describers.set("place", (item) => describePlace(item, app));
  app.describers.set("firms", (item) => describeFirms(item, app));
  app.describers.set("inside", (item) => describeInside(item, app));
  app.mapTools.push(drawButtons, rulerButton);
  app.tools.push(shareTool, printTool, exportTool);
  app.tabs.push({ id: "choose", icon: "scale", mount: mountChoose });
  app.edits = new Edits(() => {
    app.store.set({ edited: app.store.state.edited + 1 });
    app.stage.redrawTop();
  });
  app.sheetSections.push((layer, row, value) => editSection(app, layer, row, value));
  app.sheetActions.push((layer, row) => shortlistAction(app, layer, row));
  if (sides(app).length > 1) app.compare = (left, right) => compare(app, left, right);
  app.printList = (table) => openPrint(app, table);
  for (const overlay of [drawOverlay, rulerOverlay, heatOverlay, hexbinOverlay, cornersOverlay, compareOverlay, versionOverlay]) app.stage.addOverlay(overlay(app));
  app.engine.extra = (id) => timeItems(app, id);
  app.store.watch(["filters"], followPlaces(app));
  app.store.watch(["year"], () => app.engine.run());
  app.store.watch(["version", "comparing"], () => app.stage.areas.redraw());
  for (const [key, read] of Object.entries(LINK_READERS)) app.linkReaders.set(key, (value) => read(value, app));
  followBasemap(app);
}

/** Panels that lie on the map. @param {import("./app.js").App} app @param {(name: string) => HTMLElement} place makes a box of that class on the map */
export function mountOnMap(app, place) {
  mountTimeline(place("timeline"), app);
  mountDivider(place("compare"), app);
  mountEditBar(place("edit-bar"), app);
  mountHint(place("hint-card"), app);
}

/** What follows once the panels hang. @param {import("./app.js").App} app */
export async function begin(app) {
  await app.phrases.load();
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
    ...(app.model.layer("parks")?.n ? [{ heading: app.t("edit") }, { text: app.t("edit_open"), act: () => pickFile(".csv,.geojson,.json", (text) => openChanges(app, text)) }] : []),
  ]);
}

function printTool(app) {
  return tool("print", app.t("print"), () => openPrint(app));
}

function shortlistAction(app, layer, row) {
  if (layer.id !== "parks") return null;
  return h("button", {
    type: "button", class: "button", text: app.t(app.store.state.shortlist[row] === undefined ? "shortlist_add" : "basket_remove"),
    on: {
      click: (event) => {
        const next = { ...app.store.state.shortlist };
        if (next[row] === undefined) next[row] = "";
        else delete next[row];
        app.store.set({ shortlist: next });
        event.currentTarget.textContent = app.t(next[row] === undefined ? "shortlist_add" : "basket_remove");
      },
    },
  });
}

/** Places that were drawn lie on the top sheet: drawn again when one comes or goes. */
function followPlaces(app) {
  let drawn = "";
  return () => {
    const places = Object.values(app.store.state.filters).flat().filter((item) => item.op === "place");
    const key = JSON.stringify(places);
    if (key !== drawn) app.stage.redrawTop();
    drawn = key;
  };
}

/** Parks as they stood at the date that the slider shows. */
function versionOverlay(app) {
  return {
    order: 11,
    sheet: "areas",
    paint: (view) => {
      const layer = app.model.snapshots.find((l) => l.id === app.store.state.version);
      if (!layer?.shapes || app.store.state.layers.parks === false || app.store.state.comparing) return;
      const column = layer.columns.column("route");
      const palette = column?.codes ? layer.palette("route") : null;
      paintByColor(view, layer.shapes, null, (f) => palette?.[column.codes[f]] || "#7a8794", { alpha: 0.6, line: 0.8 });
    },
  };
}

function pickFile(accept, then) {
  const input = h("input", { type: "file", accept });
  input.addEventListener("change", async () => {
    if (input.files[0]) then(await input.files[0].text());
  });
  input.click();
}
