// The filters in force, as chips that can be removed.

import { clearAll, describe, remove } from "./actions.js";
import { fill, h, icon } from "./dom.js";

/** @param {HTMLElement} root @param {Object} app */
export function mountChips(root, app) {
  const draw = () => {
    const { filters } = app.store.state;
    const all = Object.entries(filters).flatMap(([home, items]) => items.map((item) => ({ home, item })));
    root.classList.toggle("empty", !all.length);
    if (!all.length) {
      fill(root, h("p", { class: "hint", text: app.t("no_filters") }));
      return;
    }
    fill(root,
      all.map(({ home, item }) => {
        const text = describe(app, home, item);
        const where = home === "shared" ? "" : app.model.layer(home)?.label(app.lang) || "";
        return h("button", {
          class: "chip", type: "button", title: where ? `${where} · ${text}` : text,
          "aria-label": app.t("remove_filter", { name: text }), on: { click: () => remove(app, home, item) },
        }, h("span", { class: "chip-text", text }), icon("close"));
      }),
      h("button", { class: "link", type: "button", text: app.t("clear_all"), on: { click: () => clearAll(app) } }));
  };
  app.live(app.store.watch(["filters"], draw));
  draw();
}
