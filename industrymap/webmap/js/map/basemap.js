// Online basemaps, those the builder of the page allowed. The overlays are moved to the basemap's datum; when its tiles
// do not come the map stays usable and says so.

/* global L */

import { fromGcj, toGcj } from "../basics/datum.js";
import { h } from "../basics/dom.js";
import { notice } from "../basics/menu.js";

const PATIENCE = 4;

/** Keeps the basemap in step with the state. @param {Object} app */
export function followBasemap(app) {
  const { map } = app.stage;
  const known = app.model.manifest.basemaps || [];
  let layers = [];
  const apply = () => {
    for (const layer of layers) layer.remove();
    layers = [];
    const chosen = known.find((b) => b.id === app.store.state.basemap);
    const gcj = chosen?.datum === "gcj02";
    if (Boolean(app.stage.shift) !== gcj) {
      const centre = map.getCenter();
      const truth = app.toTrue(centre.lng, centre.lat);
      app.stage.move(gcj ? { there: toGcj, back: fromGcj } : null);
      const [lng, lat] = app.toDrawn(...truth);
      map.setView([lat, lng], map.getZoom(), { animate: false });
    }
    if (!chosen) {
      app.stage.redraw();
      return;
    }
    let failed = 0;
    for (const url of chosen.urls) {
      const layer = L.tileLayer(url, { subdomains: chosen.servers || "a", tms: chosen.flip_y, maxNativeZoom: chosen.max_zoom, maxZoom: 19, crossOrigin: "anonymous", referrerPolicy: "no-referrer" });
      layer.on("tileerror", () => {
        failed++;
        if (failed === PATIENCE) notice(app, app.t("basemap_failed", { name: chosen[app.lang] }));
      });
      layers.push(layer.addTo(map));
    }
    app.stage.redraw();
  };
  app.store.watch(["basemap"], apply);
  if (app.store.state.basemap) apply();
}

/** The choice of a basemap. @param {Object} app @returns {HTMLElement|null} */
export function basemapChoice(app) {
  const known = app.model.manifest.basemaps || [];
  if (!known.length) return null;
  const select = h("select", { class: "select wide", "aria-label": app.t("basemap"), on: { change: () => app.store.set({ basemap: select.value }) } },
    h("option", { value: "", text: app.t("basemap_none") }),
    known.map((b) => h("option", { value: b.id, text: `${b[app.lang]}${b.datum === "gcj02" ? " (GCJ-02)" : ""}` })));
  const credit = h("p", { class: "hint" });
  const draw = () => {
    const chosen = known.find((b) => b.id === app.store.state.basemap);
    select.value = chosen ? chosen.id : "";
    credit.textContent = chosen ? app.t("basemap_credit", { name: chosen.attribution }) : "";
  };
  app.live(app.store.watch(["basemap"], draw));
  draw();
  return h("div", { class: "stack" }, select, credit);
}
