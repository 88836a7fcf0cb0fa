// A chart with its title, its table, and its ways out: every chart of the pages stands in this frame.

import { fill, h } from "../basics/dom.js";
import { png, save, sheet, standalone } from "./export.js";

/**
 * @typedef {Object} Chart
 * @property {string} title
 * @property {string} [sub]
 * @property {string} name of its files
 * @property {(width: number) => SVGElement|HTMLElement} draw
 * @property {() => {head: string[], rows: any[][], codes?: string[]}} table the same figures as a table
 * @property {{name: string, color: string}[]} [legend]
 * @property {Node[]} [controls]
 * @property {string} [level] of its heading
 */

/** A plain table of values; numbers on the right, unknown ones said. @param {Object} app @param {{head: string[], rows: any[][], decimals?: number[], label?: string, links?: (row: any[], column: number) => string|null}} table */
export function tableOf(app, table) {
  const numeric = table.head.map((_, c) => table.rows.some((row) => typeof row[c] === "number" || /^[+−][\d,.]+$/.test(row[c])));
  const cell = (value, c, row) => {
    const unknown = value === null || value === undefined || value === "" || Number.isNaN(value);
    const text = unknown ? (numeric[c] ? app.t("unknown") : "") : typeof value === "number" ? app.number(value, table.decimals?.[c]) : value;
    const link = !unknown && table.links ? table.links(row, c) : null;
    const inner = link ? h("a", { class: "text-link", href: link, text }) : text;
    return c === 0 ? h("th", { scope: "row", class: String(text).length < 12 ? "tight" : "wide" }, inner) : h("td", { class: [numeric[c] ? "num" : String(text).length < 12 ? "tight" : "", unknown ? "unknown" : ""].join(" ").trim() || null }, inner);
  };
  return h("div", { class: "table-wrap", tabindex: "0", role: "region", "aria-label": table.label || app.t("table") },
    h("table", {}, h("thead", {}, h("tr", {}, table.head.map((name, c) => h("th", { scope: "col", class: numeric[c] ? "num" : null, text: name })))),
      h("tbody", {}, table.rows.map((row) => h("tr", {}, row.map((value, c) => cell(value, c, row)))))));
}

/** @param {Object} app @param {Chart} chart @returns {HTMLElement} */
export function frame(app, chart) {
  const plot = h("div", { class: "plot" });
  let asTable = false;
  const about = () => [chart.title, chart.sub || ""].filter(Boolean);
  const file = (end) => `${chart.name}.${end}`.replace(/[\\/:*?"<>|\s]+/g, "_");
  const drawing = () => plot.querySelector("svg") || chart.draw(720);
  const tool = (key, act, props) => h("button", { type: "button", class: "tool", "aria-label": `${app.t(key)}: ${chart.title}`, ...props, text: app.t(key), on: { click: act } });
  const show = () => {
    const width = Math.max(260, Math.round(plot.clientWidth || 600));
    // a region is told from the others by what it is of
    const told = () => plot.querySelectorAll(".table-wrap").forEach((one) => one.setAttribute("aria-label", chart.title));
    fill(plot, asTable ? tableOf(app, { ...chart.table(), label: chart.title }) : chart.draw(width));
    told();
  };
  const toggle = tool("table", () => {
    asTable = !asTable;
    toggle.textContent = app.t(asTable ? "chart" : "table");
    toggle.setAttribute("aria-pressed", String(asTable));
    show();
  }, { "aria-pressed": "false" });
  const picture = async (end) => {
    if (asTable) toggle.click();
    const text = standalone(drawing(), about(), app.footer());
    save(end === "svg" ? new Blob([text], { type: "image/svg+xml" }) : await png(text), file(end));
  };
  const box = h("figure", { class: "box" },
    h("div", { class: "box-head" }, h("figcaption", { text: chart.title }),
      h("div", { class: "box-tools" }, toggle, tool("png", () => picture("png")), tool("svg", () => picture("svg")),
        tool("xlsx", async () => save(await sheet(chart.title, chart.table(), about(), app.footer()), file("xlsx"))))),
    chart.sub ? h("p", { class: "sub", text: chart.sub }) : null,
    chart.controls ? h("div", { class: "controls" }, chart.controls) : null,
    plot,
    chart.legend?.length > 1 ? h("div", { class: "legend" }, chart.legend.map((one) => h("span", {}, h("i", { class: one.block ? "key block" : one.upright ? "key upright" : "key", style: { "--key": one.color } }), one.name))) : null);
  // drawn once it stands on the page and its width is known
  app.later(show);
  return box;
}
