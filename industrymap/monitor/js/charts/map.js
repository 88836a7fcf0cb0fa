// Districts or towns as areas, coloured by a figure: five classes of as many areas each, or to either side of nothing.

import { RAMP, UNKNOWN } from "../basics/colors.js";
import { h, svg } from "../basics/dom.js";

const SIDES = ["#b0562c", "#e2a988", "#d9dee3", "#93b9d3", "#2d6d9c"];

/** Limits between classes that hold as many areas each. @param {number[]} values @param {number} n */
export function limits(values, n) {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  const cuts = [];
  for (let at = 1; at < n; at++) cuts.push(sorted[Math.min(sorted.length - 1, Math.floor((at * sorted.length) / n))]);
  return [...new Set(cuts)];
}

/** @param {number} value @param {number[]} cuts @param {string[]} colors */
export function colorIn(value, cuts, colors) {
  if (!Number.isFinite(value)) return UNKNOWN;
  const at = cuts.filter((cut) => value >= cut).length;
  return colors[Math.round((at * (colors.length - 1)) / Math.max(1, cuts.length))];
}

/**
 * @param {Object} app
 * @param {{outlines: number[][][][], values: number[], names: string[], format: (v: number) => string, width: number, label: string, sides?: boolean, cuts?: number[], href: (at: number) => string, on?: number, most?: number}} of
 * @returns {HTMLElement}
 */
export function map(app, of) {
  const colors = of.sides ? SIDES : RAMP.slice(0, 5);
  const cuts = of.cuts || limits(of.values, 5);
  const high = of.outlines.flat(2).reduce((most, point) => Math.max(most, point[1]), 1);
  const width = Math.min(of.width, Math.round(((of.most || 520) * 1000) / high));
  const drawing = svg("svg", { width, height: Math.round((width * high) / 1000), viewBox: `-4 -4 1008 ${high + 8}`, role: "group", "aria-label": of.label });
  of.outlines.forEach((rings, at) => {
    if (!rings.length) return;
    const d = rings.map((ring) => `M${ring.map((point) => point.join(" ")).join("L")}Z`).join("");
    const said = `${of.names[at]} ${Number.isFinite(of.values[at]) ? of.format(of.values[at]) : app.t("unknown")}`;
    const title = svg("title");
    title.textContent = said;
    drawing.append(svg("a", { href: of.href(at), "aria-label": said }, svg("path", { d, fill: colorIn(of.values[at], cuts, colors), "fill-rule": "evenodd", class: at === of.on ? "on" : null }, title)));
  });
  if (of.names.length <= 20) label(drawing, of);
  const span = (at) => (at === 0 ? `< ${of.format(cuts[0])}` : at === cuts.length ? `≥ ${of.format(cuts[at - 1])}` : `${of.format(cuts[at - 1])} – ${of.format(cuts[at])}`);
  const keys = cuts.length ? Array.from({ length: cuts.length + 1 }, (_, at) => ({ color: colors[Math.round((at * (colors.length - 1)) / cuts.length)], name: span(at) })) : [];
  return h("div", { class: "map-row" }, drawing, h("div", { class: "legend" }, [...keys, { color: UNKNOWN, name: app.t("legend_unknown") }].map((one) => h("span", {}, h("i", { class: "key block", style: { "--key": one.color } }), one.name))));
}

/** The name of each area where its largest ring has its middle. */
function label(drawing, of) {
  of.outlines.forEach((rings, at) => {
    if (!rings.length) return;
    const largest = rings.reduce((best, ring) => (Math.abs(area(ring)) > Math.abs(area(best)) ? ring : best));
    const [x, y] = middle(largest);
    const text = svg("text", { x, y, "text-anchor": "middle", "font-size": 26, class: "map-name", stroke: "var(--paper)", "stroke-width": 5, "paint-order": "stroke", "pointer-events": "none" });
    text.textContent = of.names[at];
    drawing.append(text);
  });
}

function area(ring) {
  return ring.reduce((sum, [x, y], i) => {
    const [u, v] = ring[(i + 1) % ring.length];
    return sum + x * v - u * y;
  }, 0) / 2;
}

function middle(ring) {
  const a = area(ring) || 1;
  let [cx, cy] = [0, 0];
  ring.forEach(([x, y], i) => {
    const [u, v] = ring[(i + 1) % ring.length];
    const cross = x * v - u * y;
    cx += (x + u) * cross;
    cy += (y + v) * cross;
  });
  return [cx / (6 * a), cy / (6 * a)];
}
