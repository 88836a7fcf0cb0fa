// A selection without a row: which condition empties it, and a way to drop that one.

import { describe, remove } from "../filters/actions.js";
import { fill, h } from "../basics/dom.js";

/**
 * What each condition in force does to an empty selection: how many rows there would be without it.
 * @param {Object} app @param {import("../data/model.js").Layer} layer
 * @returns {{home: string, item: Object, without: number, alone: number}[]} those that help most first
 */
export function blame(app, layer) {
  const { items, masks } = app.engine.result(layer.id);
  const shared = app.store.state.filters.shared || [];
  return items.map((item, k) => {
    let without = 0;
    let alone = 0;
    for (let i = 0; i < layer.n; i++) {
      alone += masks[k][i];
      without += masks.every((mask, other) => other === k || mask[i]) ? 1 : 0;
    }
    return { home: shared.includes(item) ? "shared" : layer.id, item, without, alone };
  }).sort((a, b) => b.without - a.without);
}

/** The notice in the place of charts and table while nothing is selected. @param {Object} app @param {import("../data/model.js").Layer} layer @returns {HTMLElement} */
export function emptyNote(app, layer) {
  const root = h("div", { class: "empty-note", role: "status" });
  const found = blame(app, layer);
  fill(root, h("p", { text: app.t("empty_title") }), h("ul", {}, found.map(({ home, item, without, alone }) => {
    const name = describe(app, home, item);
    const text = without ? app.t("empty_drop", { name, n: app.format.count(without) }) : app.t("empty_alone", { n: app.format.count(alone) });
    return h("li", {}, h("span", { text: without ? text : `${name} · ${text}` }),
      h("button", { type: "button", class: "link", text: app.t("remove_filter", { name }), on: { click: () => remove(app, home, item) } }));
  })));
  return root;
}
