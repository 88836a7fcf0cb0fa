// What stands on the map: zoom buttons, north, scale, the cursor's coordinates, approval number and notes.

/* global L */

import { fill, h, icon } from "../basics/dom.js";

/** @param {HTMLElement} root @param {Object} app */
export function mountFooter(root, app) {
  const { map } = app.stage;
  const { meta } = app.model;
  const bar = h("span", { class: "scale-bar" }, h("i", {}), h("span", {}));
  const ratio = h("span", { class: "ratio" });
  const place = h("span", { class: "coords" });
  const says = [
    meta.review_number ? app.t("review", { number: meta.review_number }) : app.t("no_review"),
    app.t(`${meta.profile}_note`), meta.simulated ? app.t("simulated") : "",
    meta.producer ? app.t("producer", { name: meta.producer }) : "",
    meta.source ? app.t("source", { name: meta.source }) : "",
    meta.crs_note ? app.t("crs", { name: meta.crs_note }) : "",
  ].filter(Boolean);
  fill(root,
    h("div", { class: "foot-left" }, bar, ratio, place),
    h("p", { class: "says", title: says.join(" · ") }, says.map((text, i) => h("span", { class: i < 2 ? "first" : "", text }))));
  const scale = () => {
    const size = map.getSize();
    const y = size.y / 2;
    const metres = map.distance(map.containerPointToLatLng([size.x / 2 - 50, y]), map.containerPointToLatLng([size.x / 2 + 50, y]));
    const step = niceBelow(metres);
    bar.firstChild.style.width = `${(100 * step) / metres}px`;
    bar.lastChild.textContent = app.format.distance(step);
    ratio.textContent = app.t("ratio", { n: app.format.count(ratioOf(metres / 100)) });
  };
  map.on("zoomend resize load", scale);
  app.live(() => map.off("zoomend resize load", scale));
  scale();
  const move = (event) => {
    place.textContent = `${event.latlng.lng.toFixed(5)}, ${event.latlng.lat.toFixed(5)}`;
  };
  map.on("mousemove", move);
  app.live(() => map.off("mousemove", move));
}

/** Buttons on the map. @param {HTMLElement} root @param {Object} app */
export function mountMapButtons(root, app) {
  const { map } = app.stage;
  const button = (name, label, act) => h("button", { type: "button", title: label, "aria-label": label, on: { click: act } }, icon(name));
  const back = button("back", app.t("previous_view"), () => app.views.back());
  const drawBack = () => (back.disabled = !app.views.canReturn);
  app.live(app.store.watch(["moved"], drawBack));
  drawBack();
  fill(root,
    h("span", { class: "north", role: "img", "aria-label": app.t("north") }, h("i", { "aria-hidden": "true" }), h("span", { "aria-hidden": "true", text: app.t("north") })),
    h("div", { class: "group" },
      button("plus", app.t("zoom_in"), () => map.zoomIn(1)),
      button("minus", app.t("zoom_out"), () => map.zoomOut(1)),
      button("home", app.t("home"), () => app.stage.home()),
      button("fit", app.t("fit"), () => app.views.fit()),
      back),
    app.mapTools.map((make) => make(app)));
  L.DomEvent.disableClickPropagation(root);
}

/** The scale as a ratio, at the 96 dots an inch that a CSS pixel stands for, with two digits that mean something. @param {number} metresPerPixel */
export function ratioOf(metresPerPixel) {
  const ratio = metresPerPixel / (0.0254 / 96);
  const step = 10 ** (Math.floor(Math.log10(ratio)) - 1);
  return Math.round(ratio / step) * step;
}

function niceBelow(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  const head = value / power;
  return (head >= 5 ? 5 : head >= 2 ? 2 : 1) * power;
}

