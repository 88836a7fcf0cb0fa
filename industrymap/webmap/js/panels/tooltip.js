// A short note beside the pointer: what lies there.

import { fill, h } from "../basics/dom.js";
import { figureOf, figureText } from "../map/coloring.js";
import { nameOf } from "../map/names.js";

/** @param {HTMLElement} root @param {Object} app */
export function mountTooltip(root, app) {
  root.hidden = true;
  let turn = 0;
  // a map that moves under a resting pointer leaves no note behind of what was there
  const hide = () => {
    turn++;
    root.hidden = true;
    if (app.store.state.hovered) app.store.set({ hovered: null });
  };
  app.stage.map.on("movestart zoomstart viewreset", hide);
  app.live(() => app.stage.map.off("movestart zoomstart viewreset", hide));
  app.onHover(async (found, event) => {
    const mine = ++turn;
    if (!found || !event) {
      root.hidden = true;
      return;
    }
    const { x, y } = event.containerPoint;
    const lines = found.bubble ? bubbleLines(app, found.bubble) : await rowLines(app, found);
    if (mine !== turn) return;
    fill(root, lines);
    root.hidden = false;
    const room = app.stage.map.getSize();
    const box = root.getBoundingClientRect();
    root.style.left = `${Math.max(4, Math.min(x + 14, room.x - box.width - 6))}px`;
    root.style.top = `${y + 18 + box.height > room.y ? y - box.height - 10 : y + 16}px`;
  });
}

/** What a number on the map stands for: firms of a spot, or those of an area of which no more is known. @param {Object} app @param {Object} bubble */
export function bubbleTitle(app, bubble) {
  const n = app.format.count(bubble.count);
  const name = bubble.home && nameOf(app, bubble.home.layer, bubble.home.row);
  if (bubble.coarse) return name ? app.t("coarse_of", { name, n }) : app.t("coarse_here", { n });
  return app.t("firms_here", { n });
}

function bubbleLines(app, bubble) {
  const lines = [h("b", { text: bubbleTitle(app, bubble) })];
  if (!app.store.state.color[bubble.layer]) return lines;
  const colorOf = app.colorOf(bubble.layer);
  const names = new Map(app.legendRows(bubble.layer).map((row) => [row.color, row.label]));
  const counts = new Map();
  for (const row of bubble.rows) counts.set(colorOf(row), (counts.get(colorOf(row)) || 0) + 1);
  const parts = [...counts].map(([color, n]) => ({ n, color, name: names.get(color) }));
  parts.sort((a, b) => b.n - a.n);
  for (const part of parts.slice(0, 4)) {
    lines.push(h("span", { class: "tip-line" }, h("span", { class: "swatch", style: { "--swatch": part.color } }),
      h("span", { text: part.name || app.t("everything_else") }), h("span", { class: "number", text: app.format.count(part.n) })));
  }
  return lines;
}

async function rowLines(app, { layer: id, row }) {
  const layer = app.model.layer(id);
  await layer.columns.ready(["name", "district", "town"], [row]);
  const value = (name) => layer.columns.value(name, row);
  const lines = [h("b", { text: value("name") || value("park_id") || value("block_id") || value("code") || layer.label(app.lang) })];
  const field = app.store.state.color[id];
  const shaded = field && layer.shapes && app.coloring(id).numeric;
  const word = field && !shaded && layer.columns.column(field) ? value(field) : null;
  const where = [value("district"), value("town")].filter(Boolean).join(" · ");
  if (where) lines.push(h("span", { text: where }));
  if (shaded) {
    const figure = figureOf(app, layer, field);
    lines.push(h("span", { class: "tip-line" }, h("span", { class: "swatch", style: { "--swatch": app.colorOf(id)(row) } }),
      h("span", { text: `${figure.name}${app.t("colon")}${figureText(app, figure, app.coloring(id).values[row])}` })));
  } else if (word !== null && word !== undefined) {
    lines.push(h("span", { class: "tip-line" }, h("span", { class: "swatch", style: { "--swatch": app.colorOf(id)(row) } }), h("span", { text: app.show(layer, field, word) })));
  }
  return lines;
}
