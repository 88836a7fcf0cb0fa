// The filters in force, as chips that can be removed.

import { clearAll, describe, remove } from "./actions.js";
import { openBuilder } from "./builder.js";
import { openPhrase } from "./box.js";
import { fill, h, icon } from "../basics/dom.js";

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
        return h("span", { class: "chip" },
          h("button", { class: "chip-text", type: "button", text, title: [where ? `${where} · ${text}` : text, item.op === "place" ? app.t("place_rule") : ""].filter(Boolean).join(app.t("sentence_joint")), "aria-label": app.t("edit_filter", { name: text }), on: { click: () => (item.op === "phrase" ? openPhrase : openBuilder)(app, home, item) } }),
          h("button", { class: "chip-close", type: "button", "aria-label": app.t("remove_filter", { name: text }), on: { click: () => remove(app, home, item) } }, icon("close")));
      }),
      h("button", { class: "link", type: "button", text: app.t("clear_all"), on: { click: () => clearAll(app) } }));
  };
  app.live(app.store.watch(["filters"], draw));
  draw();
}
