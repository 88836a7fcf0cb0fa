// On a phone both panels live in one sheet that is pulled up from the bottom.

import { fill, h, icon } from "../basics/dom.js";

const STOPS = ["peek", "half", "full"];

/** @param {HTMLElement} root @param {Object} app */
export function mountPhone(root, app) {
  const handle = h("button", { type: "button", class: "handle", "aria-label": app.t("sheet") }, h("i", { "aria-hidden": "true" }), h("span", { class: "count-now" }));
  const buttons = [["layers", "panel_layers"], ["chart", "panel_data"]].map(([name, key], i) => h("button", {
    type: "button", on: { click: () => app.store.set({ side: i ? "right" : "left", pull: app.store.state.pull === "peek" ? "half" : app.store.state.pull }) },
  }, icon(name), h("span", { text: app.t(key) })));
  fill(root, handle, h("div", { class: "segments phone-tabs" }, buttons));
  const draw = () => {
    const { side, pull, picked, bubble } = app.store.state;
    app.root.dataset.side = side;
    app.root.dataset.pull = pull;
    app.root.dataset.detail = picked || bubble ? "yes" : "no";
    buttons.forEach((b, i) => b.setAttribute("aria-pressed", String((i ? "right" : "left") === side)));
    handle.setAttribute("aria-expanded", String(pull !== "peek"));
  };
  const count = () => {
    const number = (layer) => app.format.count(app.engine.result(layer.id).count);
    handle.lastChild.textContent = app.model.subjects.slice(0, 2).map((layer) => `${layer.label(app.lang)} ${number(layer)}`).join(app.lang === "zh" ? "，" : ", ");
  };
  keepClearOfHeader(app);
  app.live(app.store.watch(["side", "pull", "picked", "bubble"], draw));
  app.live(app.engine.watch(count));
  drag(handle, app);
  draw();
  count();
}

/** Tell the style sheet how tall the header is. @param {Object} app */
export function measureHeader(app) {
  app.root.style.setProperty("--head", `${document.getElementById("top").offsetHeight}px`);
}

/** What lies on the map begins under the header, however many lines its title and warnings take. */
function keepClearOfHeader(app) {
  const header = document.getElementById("top");
  const follow = new ResizeObserver(() => measureHeader(app));
  follow.observe(header);
  app.live(() => follow.disconnect());
}

function drag(handle, app) {
  let start = null;
  handle.addEventListener("pointerdown", (event) => {
    start = event.clientY;
    handle.setPointerCapture(event.pointerId);
  });
  handle.addEventListener("pointerup", (event) => {
    if (start === null) return;
    const moved = event.clientY - start;
    start = null;
    const at = STOPS.indexOf(app.store.state.pull);
    const next = Math.abs(moved) < 8 ? (at + 1) % 3 : Math.max(0, Math.min(2, at + (moved < 0 ? 1 : -1) * (Math.abs(moved) > 240 ? 2 : 1)));
    app.store.set({ pull: STOPS[next] });
  });
  handle.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    app.store.set({ pull: STOPS[(STOPS.indexOf(app.store.state.pull) + 1) % 3] });
  });
}
