// Cities: the city beside its peers, each figure with its period, definition and source; what differs is shown and not ranked.

import { bars } from "../charts/bars.js";
import { frame } from "../charts/frame.js";
import { lines } from "../charts/line.js";
import { PALETTE } from "../basics/colors.js";
import { h } from "../basics/dom.js";

/** @param {Object} app @returns {Node[]} */
export function cities(app) {
  const { peers } = app.model;
  if (!peers.length) return [h("p", { class: "empty", text: app.t("peers_none") })];
  return peers.map((one) => h("div", { class: "grid-2" }, ranks(app, one), courses(app, one)));
}

/** A city's name is its own in either language; the own one is the first word of the city's. */
/** Colours of the others: none that is taken for the own city's. */
const OTHERS = PALETTE.filter((_, at) => at !== 1);

const isOwn = (app, city) => app.model.meta.own.startsWith(city);

function ranks(app, one) {
  const unit = app.lang === "zh" ? one.unit : one.unit_en;
  const digits = one.rows.some((row) => Math.abs(row[1]) >= 1000) ? 0 : 2;
  const mark = (row) => [row[8] ? app.t(`mark_${row[8]}`) : "", row[8] === "other_period" ? app.when(row[5]) : ""].filter(Boolean).join(" ");
  const rows = one.rows.map((row) => ({ name: row[0], value: row[1] ?? NaN, text: `${row[2] ? `${row[2]}. ` : ""}${row[1] === null ? app.t("unknown") : app.number(row[1], digits)}${mark(row) ? ` (${mark(row)})` : ""}`, color: isOwn(app, row[0]) ? "var(--bar-2)" : row[2] ? "var(--bar)" : "var(--track)" }));
  return frame(app, {
    title: `${app.name(one)} (${unit})`, sub: app.t("definition_of", { period: app.when(one.period), definition: one.definition || app.t("not_stated") }), name: `${one.zh}_${one.period}`,
    draw: (width) => bars(app, { width, rows, label: app.name(one), names: 8 }),
    table: () => ({ head: [app.t("rank"), app.t("city"), `${app.t("value")} (${unit})`, app.t("to_best"), app.t("to_median"), app.t("period"), app.t("definition"), app.t("source"), app.t("remark")], rows: one.rows.map((row) => [row[2] ? String(row[2]) : "—", row[0], row[1] ?? NaN, row[3] ?? NaN, row[4] ?? NaN, app.when(row[5]), row[6], row[7], row[8] ? app.t(`mark_${row[8]}`) : ""]), decimals: [, , digits, digits, digits] }),
  });
}

function courses(app, one) {
  // years beside years only: a quarter among them would look like a fall
  const yearly = one.courses.filter((row) => /^\d{4}$/.test(row[1]));
  const years = [...new Set(yearly.map((row) => row[1]))].sort();
  const names = [...new Set(yearly.map((row) => row[0]))];
  const at = new Map(yearly.map(([city, year, value]) => [`${city} ${year}`, value]));
  const drawn = names.map((name, n) => ({ name, color: isOwn(app, name) ? "var(--bar-2)" : OTHERS[n % OTHERS.length], values: years.map((year) => at.get(`${name} ${year}`) ?? NaN) }));
  const unit = app.lang === "zh" ? one.unit : one.unit_en;
  return frame(app, {
    title: `${app.name(one)}: ${app.t("course")}`, name: `${one.zh}_course`, legend: drawn,
    draw: (width) => lines(app, { width, height: 220, labels: years, lines: drawn, unit, format: (v) => app.number(v, Math.abs(v) >= 1000 ? 0 : 2), label: app.name(one) }),
    table: () => ({ head: [app.t("city"), ...years], rows: drawn.map((line) => [line.name, ...line.values]) }),
  });
}
