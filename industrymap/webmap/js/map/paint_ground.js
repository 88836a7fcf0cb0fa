// The ground of the map, which recedes: land, water, roads, zones, and the borders of districts and towns.

import { paintAll } from "./paint_shapes.js";

/** Colours of the ground; the page's style sheet has the same for light and dark. */
const LIGHT = { land: "#fbfaf7", water: "#cfe2ee", casing: "#e6dfd1", road: "#fffdf8", zone: "rgba(120,110,160,0.05)", zoneEdge: "#a79fc0", district: "#8d99a8", town: "#cdd3da", quiet: "#b3c1ca", classEdge: "#7f97a8" };
const DARK = { land: "#1d242c", water: "#16344a", casing: "#2b333c", road: "#3a434d", zone: "rgba(170,160,220,0.07)", zoneEdge: "#7c7699", district: "#8593a3", town: "#3c4651", quiet: "#4b5966", classEdge: "#8fa3b3" };

/** The colours in force; paper is always light. @param {Object} app @param {import("./canvas.js").View} [view] */
export function groundOf(app, view) {
  return app.store.state.dark && !view?.light ? DARK : LIGHT;
}

/** Whether areas of a container are shaded: their borders are then drawn above them, otherwise with the ground, which no filter changes. @param {Object} app */
export function shaded(app) {
  return app.model.containers.some((layer) => app.store.state.color[layer.id]);
}

/** Draw what no filter changes. @param {Object} app @param {import("./canvas.js").View} view */
export function paintGround(app, view) {
  const colors = groundOf(app, view);
  const { layers, basemap } = app.store.state;
  const shown = (layer) => layers[layer.id] !== false && layer.shapes;
  if (!basemap) {
    // land is the largest container that there is, drawn whether or not its borders are
    const land = app.model.containers[0]?.shapes;
    if (land) paintAll(view, land, inSight(view, land), { fill: colors.land });
    for (const layer of app.model.inRole("context")) {
      if (layer.style === "fill" && shown(layer)) paintAll(view, layer.shapes, inSight(view, layer.shapes), { fill: colors.water });
      if (layer.style === "line" && shown(layer)) paintRoads(view, layer.shapes, colors);
    }
  }
  for (const layer of app.model.inRole("context")) {
    if (layer.style === "dotted" && shown(layer)) paintAll(view, layer.shapes, inSight(view, layer.shapes), { fill: colors.zone, stroke: colors.zoneEdge, width: 1, dash: [2, 3] });
  }
  if (!shaded(app)) paintBorders(app, view);
}

function paintRoads(view, shapes, colors) {
  const wide = Math.max(0.5, Math.min(4.5, (view.zoom - 8.5) * 0.6));
  const features = inSight(view, shapes);
  paintAll(view, shapes, features, { stroke: colors.casing, width: wide + 1 });
  paintAll(view, shapes, features, { stroke: colors.road, width: wide });
}

/** The layers whose borders are drawn at a zoom: the outermost always, the others from near, or where they are shaded. @param {Object} app @param {number} zoom */
export function bordered(app, zoom) {
  const { layers, color } = app.store.state;
  return app.model.containers.filter((layer, i) => layers[layer.id] !== false && (i === 0 || zoom >= 10.5 || color[layer.id]));
}

/** Draw the borders of districts and towns, the larger above the smaller. @param {Object} app @param {import("./canvas.js").View} view */
export function paintBorders(app, view) {
  const colors = groundOf(app, view);
  for (const layer of bordered(app, view.zoom).reverse()) {
    const outer = layer === app.model.containers[0];
    paintAll(view, layer.shapes, inSight(view, layer.shapes), outer ? { stroke: colors.district, width: 1.4 } : { stroke: colors.town, width: 0.8, dash: [4, 3] });
  }
}

/** Features whose box meets the view. @param {import("./canvas.js").View} view @param {import("../data/shapes.js").Shapes} shapes */
export function inSight(view, shapes) {
  return shapes.within(view.box.x0, view.box.y0, view.box.x1, view.box.y1);
}
