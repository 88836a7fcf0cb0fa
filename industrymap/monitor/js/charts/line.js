// A course over time: gaps stay gaps, and every point can be read with the mouse or the keyboard.

import { fill, h, svg } from "../basics/dom.js";
import { extent, linear, steps } from "./scale.js";

/**
 * @typedef {Object} Line
 * @property {string} name @property {string} color @property {number[]} values NaN is unknown
 * @property {boolean} [faint] @property {boolean} [dashed]
 */

/**
 * @param {Object} app
 * @param {{labels: string[], lines: Line[], format: (value: number) => string, width: number, height?: number, unit: string, label: string, zero?: boolean, target?: {value: number, name: string}, columns?: boolean}} of
 * @returns {HTMLElement}
 */
export function lines(app, of) {
  const { width, height = 260, labels } = of;
  const shown = extent([...of.lines.flatMap((line) => line.values), ...(of.target ? [of.target.value] : [])]);
  if (!shown) return h("p", { class: "empty", text: app.t("no_data_period") });
  let [low, high] = shown;
  if (of.zero || (low > 0 && low < (high - low) * 0.6)) low = Math.min(0, low);
  if (of.zero) high = Math.max(0, high);
  const ticks = steps(low, high, height < 200 ? 3 : 5);
  const left = 14 + Math.max(...ticks.map((tick) => app.number(tick).length)) * 6.6;
  const room = { left, right: width - 14, top: 20, bottom: height - 26 };
  const y = linear(ticks[0], ticks[ticks.length - 1], room.bottom, room.top);
  const inset = 26;
  const x = labels.length > 1 ? linear(0, labels.length - 1, room.left + inset, room.right - inset) : () => (room.left + room.right) / 2;
  const drawing = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", tabindex: "0", "aria-label": of.label });
  drawing.append(axis(app, of, ticks, room, x, y, width));
  if (of.target) drawing.append(goal(of.target, room, y, of.format));
  for (const line of of.lines) drawing.append(path(line, x, y));
  const cursor = svg("line", { y1: room.top, y2: room.bottom, stroke: "var(--ink-3)", "stroke-dasharray": "3 3", visibility: "hidden" });
  drawing.append(cursor);
  const tip = h("div", { class: "tip", role: "status", "aria-live": "polite" });
  tip.hidden = true;
  const box = h("div", {}, drawing, tip);
  reading({ app, of, drawing, cursor, tip, x, room, width });
  return box;
}

function axis(app, of, ticks, room, x, y, width) {
  const group = svg("g", { class: "axis" });
  const put = (text, props) => {
    const node = svg("text", props);
    node.textContent = text;
    group.append(node);
  };
  put(of.unit, { x: 4, y: 12 });
  for (const tick of ticks) {
    group.append(svg("line", { x1: room.left, x2: room.right, y1: y(tick), y2: y(tick), class: tick === 0 ? "zero" : null }));
    put(app.number(tick), { x: room.left - 6, y: y(tick) + 4, "text-anchor": "end" });
  }
  const n = of.labels.length;
  const widest = Math.max(...of.labels.map((text) => [...text].reduce((sum, c) => sum + (c > "\u2e7f" ? 12 : 6.8), 0))) + 14;
  const every = Math.max(1, Math.ceil((n * widest) / Math.max(1, width - room.left - 40)));
  for (let i = n - 1; i >= 0; i -= every) {
    put(of.labels[i], { x: x(i), y: room.bottom + 18, "text-anchor": "middle" });
  }
  return group;
}

function goal(target, room, y, format) {
  const group = svg("g", {}, svg("line", { x1: room.left, x2: room.right, y1: y(target.value), y2: y(target.value), stroke: "var(--bar-2)", "stroke-width": 1.6, "stroke-dasharray": "6 4" }));
  const text = svg("text", { x: room.right, y: y(target.value) - 5, "text-anchor": "end" });
  text.textContent = `${target.name} ${format(target.value)}`;
  group.append(text);
  return group;
}

/** A round point, also where the drawing is stretched. */
function dot(x, y, color) {
  return svg("path", { d: `M${x.toFixed(1)} ${y.toFixed(1)}h0.01`, stroke: color, "stroke-width": 5.5, "stroke-linecap": "round", "vector-effect": "non-scaling-stroke" });
}

/** Pieces of a line between gaps; a point alone is a dot. */
function path(line, x, y) {
  const group = svg("g", { opacity: line.faint ? 0.5 : null });
  let piece = "";
  let length = 0;
  const end = (at) => {
    if (length === 1) group.append(dot(x(at), y(line.values[at]), line.color));
    else if (piece) group.append(svg("path", { d: piece, fill: "none", stroke: line.color, "stroke-width": line.faint ? 1.4 : 2.2, "stroke-dasharray": line.dashed ? "5 4" : null, "stroke-linejoin": "round", "vector-effect": "non-scaling-stroke" }));
    piece = "";
    length = 0;
  };
  line.values.forEach((value, i) => {
    if (!Number.isFinite(value)) return end(i - 1);
    piece += `${piece ? "L" : "M"}${x(i).toFixed(1)} ${y(value).toFixed(1)}`;
    length += 1;
    return undefined;
  });
  end(line.values.length - 1);
  if (!line.faint && line.values.length <= 20) line.values.forEach((value, i) => Number.isFinite(value) && group.append(svg("circle", { cx: x(i), cy: y(value), r: 2.6, fill: line.color })));
  return group;
}

function reading({ app, of, drawing, cursor, tip, x, room, width }) {
  let at = -1;
  const show = (next) => {
    at = Math.max(0, Math.min(of.labels.length - 1, next));
    cursor.setAttribute("visibility", "visible");
    for (const side of ["x1", "x2"]) cursor.setAttribute(side, x(at));
    fill(tip, h("strong", { text: of.labels[at] }), of.lines.filter((line) => !line.faint || of.lines.length < 4).map((line) => h("div", { text: `${of.lines.length > 1 ? `${line.name} ` : ""}${Number.isFinite(line.values[at]) ? `${of.format(line.values[at])} ${of.unit}` : app.t("unknown")}` })));
    tip.hidden = false;
    const right = x(at) > width / 2;
    tip.style.setProperty("left", right ? "auto" : `${x(at) + 10}px`);
    tip.style.setProperty("right", right ? `${width - x(at) + 10}px` : "auto");
    tip.style.setProperty("top", `${room.top}px`);
  };
  const hide = () => {
    tip.hidden = true;
    cursor.setAttribute("visibility", "hidden");
  };
  drawing.addEventListener("pointermove", (event) => {
    const place = event.offsetX;
    let best = 0;
    for (let i = 1; i < of.labels.length; i++) if (Math.abs(x(i) - place) < Math.abs(x(best) - place)) best = i;
    show(best);
  });
  drawing.addEventListener("pointerleave", hide);
  drawing.addEventListener("blur", hide);
  drawing.addEventListener("keydown", (event) => {
    if (event.key === "ArrowRight") show(at + 1);
    else if (event.key === "ArrowLeft") show(at < 0 ? of.labels.length - 1 : at - 1);
    else if (event.key === "Escape") hide();
    else return;
    event.preventDefault();
  });
}

/** A small course without axes, for a card. @param {number[]} values @param {string} color @param {{width?: number, height?: number}} [size] */
export function spark(values, color, { width = 160, height = 34 } = {}) {
  const drawing = svg("svg", { class: "spark", viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", "aria-hidden": "true" });
  const shown = extent(values);
  if (!shown) return drawing;
  const pad = (shown[1] - shown[0]) * 0.12 || 1;
  const y = linear(shown[0] - pad, shown[1] + pad, height - 2, 2);
  const x = linear(0, Math.max(1, values.length - 1), 3, width - 3);
  drawing.append(path({ values, color, faint: true }, x, y));
  const last = values.length - 1;
  if (Number.isFinite(values[last])) drawing.append(dot(x(last), y(values[last]), color));
  return drawing;
}
