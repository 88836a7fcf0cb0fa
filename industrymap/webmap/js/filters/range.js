// A numeric column as a histogram with two ends to drag, and two boxes to type in.

import { fill, h, svg } from "../basics/dom.js";
import { binning, histogram } from "../data/summary.js";

const WIDTH = 220;
const HEIGHT = 34;

/**
 * @param {HTMLElement} root
 * @param {Object} app
 * @param {import("../data/model.js").Layer} layer
 * @param {string} field loaded
 * @param {(min: number|null, max: number|null) => void} set
 * @param {() => {min: number|null, max: number|null}|undefined} get
 */
export function mountRange(root, app, layer, field, set, get) {
  const { values } = layer.columns.column(field);
  const bins = binning(values);
  const label = layer.fieldLabel(field, app.lang);
  const unit = layer.unit(field, app.lang);
  const head = h("div", { class: "range-head" }, h("span", { text: label }), unit ? h("span", { class: "unit", text: unit }) : null, h("span", { class: "tag", text: layer.label(app.lang) }));
  if (!bins) {
    root.hidden = true;
    return;
  }
  const n = bins.edges.length - 1;
  const all = histogram(values, null, bins);
  const most = Math.max(1, ...all);
  const raise = (bar, count) => {
    const tall = count ? Math.max(1.5, HEIGHT * Math.sqrt(count / most)) : 0;
    bar.setAttribute("y", String(HEIGHT - tall));
    bar.setAttribute("height", String(tall));
  };
  const column = (i, kind) => svg("rect", { x: (i * WIDTH) / n + 0.4, width: Math.max(0.5, WIDTH / n - 0.8), class: kind });
  const ground = Array.from(all, (count, i) => {
    const bar = column(i, "hist-all");
    raise(bar, count);
    return bar;
  });
  const bars = Array.from(all, (_, i) => column(i, "hist-in"));
  const drawing = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "histogram", preserveAspectRatio: "none", "aria-hidden": "true" }, ...ground, ...bars);
  const [low, high] = ["from", "to"].map((key) => h("input", {
    type: "text", inputmode: "decimal", class: "edge", "aria-label": `${label} ${app.t(key)}`,
    placeholder: app.format.number(key === "from" ? bins.low : bins.high),
  }));
  const [slideLow, slideHigh] = [0, 1].map((end) => h("input", {
    type: "range", min: "0", max: String(n), step: "1", class: "slide", "aria-label": `${label} ${app.t(end ? "to" : "from")}`,
  }));
  fill(root, head, h("div", { class: "slider" }, drawing, slideLow, slideHigh), h("div", { class: "edges" }, low, h("span", { text: "–" }), high));
  const typed = (input) => {
    const text = input.value.replace(/[,\s，]/g, "");
    return text === "" || !Number.isFinite(Number(text)) ? null : Number(text);
  };
  const change = () => set(typed(low), typed(high));
  low.addEventListener("change", change);
  high.addEventListener("change", change);
  const slid = () => {
    const a = Math.min(Number(slideLow.value), Number(slideHigh.value));
    const b = Math.max(Number(slideLow.value), Number(slideHigh.value));
    set(a === 0 ? null : rounded(bins.edges[a]), b === n ? null : rounded(bins.edges[b]));
  };
  slideLow.addEventListener("input", slid);
  slideHigh.addEventListener("input", slid);
  const draw = () => {
    const item = get();
    const kept = histogram(values, app.engine.maskBut(layer.id, field), bins);
    for (let i = 0; i < n; i++) {
      const inside = !item || (bins.edges[i + 1] > (item.min ?? -Infinity) && bins.edges[i] < (item.max ?? Infinity));
      raise(bars[i], kept[i]);
      bars[i].setAttribute("class", inside ? "hist-in" : "hist-out");
    }
    if (document.activeElement !== low) low.value = item?.min ?? "";
    if (document.activeElement !== high) high.value = item?.max ?? "";
    slideLow.value = String(item?.min === null || item?.min === undefined ? 0 : place(bins.edges, item.min));
    slideHigh.value = String(item?.max === null || item?.max === undefined ? n : place(bins.edges, item.max));
  };
  app.live(app.engine.watch(draw));
  draw();
}

function place(edges, value) {
  let best = 0;
  for (let i = 0; i < edges.length; i++) if (Math.abs(edges[i] - value) < Math.abs(edges[best] - value)) best = i;
  return best;
}

function rounded(value) {
  return Number(value.toPrecision(3));
}
