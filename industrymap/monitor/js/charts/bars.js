// Bars in rows: amounts, parts of a change to either side of nothing, and ranks with their intervals.

import { h, svg } from "../basics/dom.js";
import { extent, linear, short } from "./scale.js";

const ROW = 26;

/**
 * @typedef {Object} Row
 * @property {string} name @property {number} value NaN is unknown @property {string} text what is written behind it
 * @property {string} [color] @property {number} [target] @property {string} [href] @property {[number, number]} [interval]
 */

/**
 * @param {Object} app
 * @param {{rows: Row[], width: number, label: string, names?: number, reverse?: boolean, dots?: boolean, low?: number, high?: number}} of `dots`: a mark on a line instead of a bar
 * @returns {SVGElement|HTMLElement}
 */
export function bars(app, of) {
  const { rows, width } = of;
  if (!rows.length) return h("p", { class: "empty", text: app.t("none") });
  const letters = Math.min(of.names || 11, Math.max(...rows.map((row) => [...row.name].reduce((sum, c) => sum + (c > "\u2e7f" ? 1 : 0.55), 0)))) + 0.5;
  const left = Math.min(width * 0.42, letters * 12.2 + 6);
  const behind = Math.max(...rows.map((row) => [...row.text].reduce((sum, c) => sum + (c > "\u2e7f" ? 12 : 6.9), 0))) + 12;
  const shown = extent(rows.flatMap((row) => [row.value, row.target ?? NaN, ...(row.interval || [])])) || [0, 1];
  const low = of.low ?? Math.min(0, shown[0]);
  const high = of.high ?? Math.max(0, shown[1]);
  const height = rows.length * ROW + 6;
  const side = low < 0 ? behind : 0;
  const x = linear(low, high || 1, left + side, Math.max(left + side + 20, width - behind));
  const drawing = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: rows.some((row) => row.href) ? "group" : "img", "aria-label": `${of.label}: ${rows.slice(0, 12).map((row) => `${row.name} ${row.text}`).join(", ")}` });
  rows.forEach((row, at) => drawing.append(one(row, at * ROW + 3, { x, left, letters, dots: of.dots, zero: x(Math.max(low, Math.min(0, high))) })));
  if (low < 0) drawing.append(svg("line", { x1: x(0), x2: x(0), y1: 0, y2: height, stroke: "var(--ink-3)" }));
  return drawing;
}

function one(row, top, { x, left, letters, dots, zero }) {
  const middle = top + ROW / 2 - 2;
  const group = svg("g", {});
  const name = svg("text", { x: left - 8, y: middle + 4, "text-anchor": "end", class: row.href ? "strong" : null });
  name.textContent = short(row.name, letters);
  const title = svg("title");
  title.textContent = `${row.name} ${row.text}`;
  group.append(title, row.href ? svg("a", { href: row.href }, name) : name);
  let end = left;
  if (Number.isFinite(row.value)) {
    const at = x(row.value);
    if (dots) {
      if (row.interval) group.append(svg("line", { x1: x(row.interval[0]), x2: x(row.interval[1]), y1: middle, y2: middle, stroke: "var(--track)", "stroke-width": 7, "stroke-linecap": "round" }));
      group.append(svg("circle", { cx: at, cy: middle, r: 5.5, fill: row.color || "var(--bar)" }));
      end = Math.max(at, row.interval ? x(row.interval[1]) : at) + 6;
    } else {
      group.append(svg("rect", { x: Math.min(zero, at), y: middle - 8, width: Math.max(1.5, Math.abs(at - zero)), height: 16, rx: 2.5, fill: row.color || "var(--bar)" }));
      end = row.value < 0 ? Math.min(zero, at) : Math.max(zero, at);
    }
  }
  if (Number.isFinite(row.target)) {
    group.append(svg("line", { x1: x(row.target), x2: x(row.target), y1: middle - 11, y2: middle + 11, stroke: "var(--ink)", "stroke-width": 2.2 }));
    end = Math.max(end, x(row.target));
  }
  const minus = !dots && row.value < 0;
  const text = svg("text", { x: minus ? end - 6 : end + 7, y: middle + 4, "text-anchor": minus ? "end" : "start" });
  text.textContent = row.text;
  group.append(text);
  return group;
}
