// A short note beside the pointer: what lies there.

import { fill, h } from "../basics/dom.js";

/** @param {HTMLElement} root @param {Object} app */
export function mountTooltip(root, app) {
  root.hidden = true;
  let turn = 0;
  app.hoverListeners.push(async (found, event) => {
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

function bubbleLines(app, bubble) {
  const lines = [h("b", { text: app.t(bubble.coarse ? "coarse_here" : "firms_here", { n: app.format.count(bubble.count) }) })];
  if (!bubble.parts || !app.store.state.color.enterprises) return lines;
  const { colors } = app.stage.coloring();
  const names = new Map(app.legendRows("enterprises").map((row) => [row.color, row.label]));
  const parts = [...bubble.parts].slice(0, colors.length).map((n, i) => ({ n, color: colors[i], name: names.get(colors[i]) })).filter((p) => p.n);
  parts.sort((a, b) => b.n - a.n);
  for (const part of parts.slice(0, 4)) {
    lines.push(h("span", { class: "tip-line" }, h("span", { class: "swatch", style: { "--swatch": part.color } }),
      h("span", { text: part.name || app.t("everything_else") }), h("span", { class: "number", text: app.format.count(part.n) })));
  }
  if (bubble.coarseCount) {
    lines.push(h("span", { class: "tip-line" }, h("span", { class: "swatch coarse" }), h("span", { text: app.t("coarse") }), h("span", { class: "number", text: app.format.count(bubble.coarseCount) })));
  }
  return lines;
}

async function rowLines(app, { layer: id, row }) {
  const layer = app.model.layer(id);
  await layer.columns.ready(["name", "district", "town"], [row]);
  const value = (name) => layer.columns.value(name, row);
  const lines = [h("b", { text: value("name") || value("park_id") || value("block_id") || value("code") || layer.label(app.lang) })];
  const field = app.store.state.color[id];
  const word = field && !field.startsWith("@") && layer.columns.column(field) ? value(field) : null;
  const where = [value("district"), value("town")].filter(Boolean).join(" · ");
  if (where) lines.push(h("span", { text: where }));
  if (word !== null && word !== undefined) {
    lines.push(h("span", { class: "tip-line" }, h("span", { class: "swatch", style: { "--swatch": app.colorOf(id)(row) } }), h("span", { text: app.show(layer, field, word) })));
  }
  return lines;
}
