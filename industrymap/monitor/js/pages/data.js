// Data: what came in when, what of it is there, what is missing, what was put right.

import { frame, tableOf } from "../charts/frame.js";
import { h } from "../basics/dom.js";
import { records } from "../data/model.js";
import { areaName, measureName as measure } from "./parts.js";

/** @param {Object} app @returns {Node[]} */
export function data(app) {
  const intake = app.model.intakeNow;
  if (!intake) return [h("p", { class: "empty", text: app.t("none") })];
  return [h("div", { class: "grid-2" }, cameIn(app, intake), gaps(app, intake)), covered(app, intake), revisions(app, intake), notes(app)];
}

const levelName = (app, id) => (app.model.levelOf.has(id) ? app.name(app.model.levelOf.get(id)) : id);

function cameIn(app, intake) {
  const table = { head: ["number", "day", "who", "file", "added", "revised"].map((key) => app.t(key)), rows: [...intake.additions].reverse().map(([number, day, who, source, added, revised]) => [String(number), day, who, source, added, revised]), decimals: [, , , , 0, 0] };
  return frame(app, { title: app.t("came_in"), name: app.t("came_in"), draw: () => tableOf(app, table), table: () => table });
}

function gaps(app, intake) {
  const rows = records(intake.gaps);
  const table = { head: [app.t("level"), app.t("measure"), app.t("period")], rows: rows.map((row) => [levelName(app, row.level), measure(app, row.measure), app.when(row.period)]) };
  return frame(app, { title: app.t("gaps"), name: app.t("gaps"), draw: () => (rows.length ? tableOf(app, table) : h("p", { class: "empty", text: app.t("gaps_none") })), table: () => table });
}

/** Measures by months from January, or by whatever periods the level reports. */
function covered(app, intake) {
  const { model } = app;
  const levels = [...new Set(records(intake.covered).map((row) => row.level))];
  const level = levels.includes(app.place.l) ? app.place.l : levels.includes("district") ? "district" : levels[0];
  const rows = records(intake.covered).filter((row) => row.level === level);
  const years = [...new Set(rows.map((row) => row.period.slice(0, 4)))].sort();
  const year = years.includes(app.place.q) ? app.place.q : years[years.length - 1];
  const order = (id) => model.periodOf.get(id) ?? 1e6;
  const periods = [...new Set(rows.filter((row) => row.period.startsWith(year)).map((row) => row.period))].sort((a, b) => order(a) - order(b));
  const measures = [...new Set(rows.map((row) => row.measure))];
  const at = new Map(rows.map((row) => [`${row.measure} ${row.period}`, row]));
  const cell = (id, period) => {
    const one = at.get(`${id} ${period}`);
    const full = one && one.of ? one.units / one.of : 0;
    return h("td", {}, h("span", one ? { style: { background: full >= 1 ? "#b9d4e6" : "#f3d3bf", color: "#17222d" }, text: `${one.units}/${one.of}` } : { text: "" }));
  };
  return frame(app, {
    title: `${app.t("covered")}: ${levelName(app, level)}, ${year}`, sub: app.t("covered_note"), name: app.t("covered"),
    controls: [app.segments(app.t("level"), levels.map((id) => ({ value: id, text: levelName(app, id) })), level, "l"), app.segments(app.t("year"), years.map((one) => ({ value: one, text: one })), year, "q")],
    draw: () => h("div", { class: "table-wrap", tabindex: "0", role: "region", "aria-label": app.t("covered") }, h("table", { class: "heat" }, h("thead", {}, h("tr", {}, h("th", { scope: "col", text: app.t("measure") }), periods.map((id) => h("th", { scope: "col", class: "num", text: order(id) < 1e6 ? app.tick(order(id)) : app.when(id) })))), h("tbody", {}, measures.map((id) => h("tr", {}, h("th", { scope: "row", text: measure(app, id) }), periods.map((period) => cell(id, period))))))),
    table: () => ({ head: [app.t("measure"), ...periods.map((id) => app.when(id))], rows: measures.map((id) => [measure(app, id), ...periods.map((period) => at.get(`${id} ${period}`)?.units ?? NaN)]), decimals: [, ...periods.map(() => 0)] }),
  });
}

function revisions(app, intake) {
  const rows = records(intake.revisions);
  const table = { head: [app.t("level"), app.t("area"), app.t("measure"), app.t("period"), app.t("before"), app.t("after"), app.t("known_since"), app.t("file")], rows: rows.map((row) => [levelName(app, row.level), areaName(app, row.level, row.unit), measure(app, row.measure, { unit: true }), app.when(row.period), row.before ?? NaN, row.after ?? NaN, `${row.first} → ${row.last}`, row.source]) };
  return frame(app, { title: app.t("revisions"), sub: app.t("revisions_note"), name: app.t("revisions"), draw: () => (rows.length ? tableOf(app, table) : h("p", { class: "empty", text: app.t("none") })), table: () => table });
}

function notes(app) {
  const { notes: lines, meta } = app.model;
  const all = [...lines.map(([zh, en]) => (app.lang === "zh" ? zh : en)), meta.source].filter(Boolean);
  return h("section", { class: "box" }, h("h2", { text: app.t("quality") }), h("ul", { class: "list" }, all.map((text) => h("li", { text }))));
}
