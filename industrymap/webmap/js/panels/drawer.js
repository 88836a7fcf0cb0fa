// On a tablet the left panel is a drawer over the map, so that the map keeps most of the width.

import { h, icon } from "../basics/dom.js";

/** The button that opens and closes the drawer; the style sheet shows it where there is one. @param {Object} app @returns {HTMLElement} */
export function drawerButton(app) {
  const label = app.t("panel_layers");
  const button = h("button", { type: "button", title: label, "aria-label": label, on: { click: () => app.store.set({ drawer: !app.store.state.drawer }) } }, icon("layers"));
  const draw = () => {
    const { drawer } = app.store.state;
    app.root.dataset.drawer = drawer ? "open" : "closed";
    button.setAttribute("aria-pressed", String(drawer));
  };
  app.live(app.store.watch(["drawer"], draw));
  draw();
  return h("div", { class: "group drawer-button" }, button);
}
