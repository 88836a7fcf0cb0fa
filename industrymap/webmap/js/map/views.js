// The views of the map: fitted to the selection, and back to the one before.

import { latOf, lonOf } from "../basics/mercator.js";
import { notice } from "../basics/menu.js";
import { topicOf } from "./topics.js";

const MOST = 40;
const FEW = 200;
const SMALL_SHARE = 1 / 16;

/** Remembers where the map has been. */
export class Views {
  #past = [];
  #now = null;
  #returning = false;

  /** @param {Object} app */
  constructor(app) {
    this.app = app;
    app.stage.map.on("moveend", () => this.#moved());
    app.engine.watch(() => this.#follow());
    app.store.watch(["wide"], () => {
      const b = app.model.manifest.bounds;
      const whole = Boolean(b) && app.stage.map.getBounds().contains([[b[1], b[0]], [b[3], b[2]]]);
      setTimeout(() => this.#keepInSight(whole)); // once the map has its new size
    });
  }

  /** Take the filters as they are: who set them also set the view. */
  keep() {
    this.seen = this.app.store.state.filters;
  }

  /** Whether there is a view to go back to. */
  get canReturn() {
    return this.#past.length > 0;
  }

  /** Go back to the view before. */
  back() {
    const last = this.#past.pop();
    if (last) this.#return(last);
  }

  #return({ centre, zoom }) {
    const last = this.#past[this.#past.length - 1];
    if (last && last.zoom === zoom && last.centre.equals(centre)) this.#past.pop();
    this.#returning = true;
    this.app.stage.map.setView(centre, zoom, { animate: false });
  }

  /** Show all that is selected of the topic's layer; says so, with a way back. */
  fit() {
    const { app } = this;
    const found = selectionBox(app);
    if (!found) {
      notice(app, app.t("fit_none"));
      return;
    }
    // the way back leads to the view this fit left, whatever moved the map since
    const left = { centre: app.stage.map.getCenter(), zoom: app.stage.map.getZoom() };
    app.stage.map.fitBounds(found.bounds, { animate: false, padding: [48, 48], maxZoom: 16 });
    notice(app, app.t("fit_done", { n: app.format.count(found.n) }), { text: app.t("fit_back"), act: () => this.#return(left) });
  }

  #moved() {
    const { map } = this.app.stage;
    const next = { centre: map.getCenter(), zoom: map.getZoom() };
    if (this.#now && !this.#returning && (this.#now.zoom !== next.zoom || map.project(this.#now.centre).distanceTo(map.project(next.centre)) > 4)) {
      this.#past.push(this.#now);
      if (this.#past.length > MOST) this.#past.shift();
    }
    this.#returning = false;
    this.#now = next;
    this.app.store.set({ moved: this.#past.length });
  }

  /** After a filter: a few that lie out of sight, or in a small corner of it, are brought into the picture. */
  #follow() {
    const { app } = this;
    const { layer } = topicOf(app);
    if (!layer || app.store.state.tool || app.store.state.filters === this.seen) return;
    this.seen = app.store.state.filters;
    const { count } = app.engine.result(layer.id);
    if (!count || count > FEW || count === app.engine.size(layer.id)) return;
    // what was drawn on the map is in sight already, and a map that moves under the pen would be in the way
    if (Object.values(app.store.state.filters).flat().some((item) => item.op === "place")) return;
    const found = selectionBox(app);
    const view = app.stage.map.getBounds();
    if (!found || (view.contains(found.bounds) && share(found.bounds, view) > SMALL_SHARE)) return;
    this.fit();
  }

  /** A panel that widens takes room from the map: what was picked or selected stays in it, or the whole city where that was in sight. @param {boolean} whole */
  #keepInSight(whole) {
    const { picked, filters } = this.app.store.state;
    if (picked) this.app.stage.show(picked.layer, picked.row);
    else if (Object.values(filters).some((items) => items.length)) this.fit();
    else if (whole) this.app.stage.home();
  }
}

/** The box of the selected rows of the topic's layer that have a place. @param {Object} app @returns {{bounds: any, n: number}|null} */
export function selectionBox(app) {
  const { layer } = topicOf(app);
  if (!layer) return null;
  const { mask } = app.engine.result(layer.id);
  let [x0, y0, x1, y1, n] = [Infinity, Infinity, -Infinity, -Infinity, 0];
  const add = (ax, ay, bx, by) => {
    if (!(bx >= ax)) return;
    [x0, y0, x1, y1, n] = [Math.min(x0, ax), Math.min(y0, ay), Math.max(x1, bx), Math.max(y1, by), n + 1];
  };
  for (let i = 0; i < mask.length; i++) {
    if (!mask[i]) continue;
    if (layer.points) {
      if (i < layer.points.exact) add(layer.points.x(i), layer.points.y(i), layer.points.x(i), layer.points.y(i));
    } else {
      const b = layer.shapes.boxes;
      add(b[i * 4], b[i * 4 + 1], b[i * 4 + 2], b[i * 4 + 3]);
    }
  }
  return n ? { bounds: [[latOf(y1), lonOf(x0)], [latOf(y0), lonOf(x1)]], n } : null;
}

/** How much of a view a box takes, by the longer side. */
function share([[south, west], [north, east]], view) {
  const tall = (north - south) / (view.getNorth() - view.getSouth());
  const wide = (east - west) / (view.getEast() - view.getWest());
  return Math.max(tall, wide) ** 2;
}
