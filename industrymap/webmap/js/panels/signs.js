// The signs on the map in words: what is no category of the legend but is drawn all the same.

import { fill, h, icon } from "../basics/dom.js";
import { drawnLegend } from "../map/drawn.js";

/** @param {Object} app @returns {HTMLElement} */
export function signsSection(app) {
  const list = h("ul", { class: "signs" });
  const details = h("details", { class: "section folding", open: true }, h("summary", { class: "section-head" }, icon("right"), h("h3", { text: app.t("signs") })), list);
  let shown = "";
  const draw = () => {
    if (!details.open) return;
    const lines = drawnLegend(app, true).filter((line) => line.sign && !line.heading);
    const key = JSON.stringify(lines);
    if (key === shown) return;
    shown = key;
    fill(list, lines.map((line) => h("li", {}, symbol(line), h("span", { text: line.label }), line.n ? h("span", { class: "number", text: line.n }) : null)));
  };
  details.addEventListener("toggle", draw);
  // the hexagons' classes and the circles' sizes depend on the zoom
  const later = () => requestAnimationFrame(draw);
  app.stage.map.on("zoomend", later);
  app.live(() => app.stage.map.off("zoomend", later));
  app.live(app.engine.watch(later));
  app.live(app.store.watch(["topic", "mode", "layers", "color", "classes"], draw));
  draw();
  return details;
}

function symbol({ shape, color, colors, r }) {
  if (shape === "text") return null;
  const size = shape === "circle" && r ? { "--size": `${(2 * r).toFixed(1)}px` } : {};
  return h("span", {
    class: `sign ${shape}`, "aria-hidden": "true",
    style: { "--swatch": color || "#8c98a5", ...size, ...(shape === "ramp" ? { "--ramp": colors.join(", ") } : {}), ...(shape === "road" ? { "--core": colors[0] } : {}) },
  });
}
