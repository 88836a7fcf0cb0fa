// Enterprises: who moved most, who crossed the line, how letters flowed, and one firm's whole course.

import { frame, tableOf } from "../charts/frame.js";
import { lines } from "../charts/line.js";
import { h } from "../basics/dom.js";
import { crossed, flows, lastYears, moved, silentSince, within } from "../data/movers.js";

const SHOWN = 15;
const FOUND = 40;

/** @param {Object} app @returns {Node[]} */
export function enterprises(app) {
  const { model } = app;
  const firms = model.firmsNow;
  if (!firms) return [h("p", { class: "empty", text: app.t("firms_none") })];
  const district = model.placeOf.get("district")?.get(app.place.d) ?? -1;
  const cluster = model.placeOf.get("cluster")?.get(app.place.c) ?? -1;
  const rows = within(firms, district, cluster);
  const [before, now] = lastYears(firms);
  const both = moved(firms, rows, before, now);
  const chosen = app.place.f ? firms.codes.indexOf(app.place.f) : -1;
  return [
    controls(app, firms, rows),
    chosen >= 0 ? course(app, firms, chosen) : null,
    letters(app, firms, rows),
    h("p", { class: "sub", text: app.t("movers_note", { before: firms.years[before], now: firms.years[now], n: app.number(both.length, 0) }) }),
    h("div", { class: "grid-2" },
      list(app, firms, "fallers", both.filter((row) => row.change < 0).slice(-SHOWN).reverse(), before, now),
      list(app, firms, "risers", both.filter((row) => row.change > 0).slice(0, SHOWN), before, now)),
    line(app, firms, { rows, both, before, now }),
  ];
}

function options(app, level) {
  const held = app.model.levelOf.get(level);
  return [{ value: "", text: app.t("all") }, ...(held ? held.codes.map((code, at) => ({ value: code, text: held.names[at] })) : [])];
}

function controls(app, firms, rows) {
  const results = h("div", {});
  const find = h("input", { type: "search", class: "search-field", value: "", "aria-label": app.t("find"), on: { input: () => search(app, firms, rows, find.value, results) } });
  return h("div", { class: "stack" }, h("div", { class: "controls" },
    app.select(app.t("district"), options(app, "district"), app.place.d, (value) => app.go({ d: value, f: "" })),
    app.select(app.t("cluster"), options(app, "cluster"), app.place.c, (value) => app.go({ c: value, f: "" })),
    h("label", { class: "field" }, h("span", { text: `${app.t("find")} (${app.t("firms_found", { n: app.number(rows.length, 0) })})` }), find)), results);
}

function search(app, firms, rows, text, results) {
  const asked = text.trim();
  const found = asked ? rows.filter((i) => firms.names[i].includes(asked) || firms.codes[i].startsWith(asked)).slice(0, FOUND) : [];
  results.replaceChildren(...(asked ? [h("section", { class: "box" }, found.length ? h("ul", { class: "list" }, found.map((i) => h("li", {}, name(app, firms, i), h("span", { class: "sub", text: where(app, firms, i) })))) : h("p", { class: "empty", text: app.t("none") }))] : []));
}

const name = (app, firms, i) => h("a", { href: app.to({ f: firms.codes[i] }), text: firms.names[i] });
const areaOf = (app, level, at) => (Number.isFinite(at) ? app.model.levelOf.get(level).names[at] : app.t("unknown"));
const where = (app, firms, i) => [areaOf(app, "district", firms.district[i]), Number.isFinite(firms.cluster[i]) ? areaOf(app, "cluster", firms.cluster[i]) : ""].filter(Boolean).join(" · ");
const letterOf = (app, firms, place) => (Number.isFinite(place) ? firms.letters[place] : app.t("unknown"));
const signed = (app, value) => `${value > 0 ? "+" : value < 0 ? "−" : ""}${app.number(Math.abs(value), 0)}`;

/** Growth on last year; from nothing, or from less, there is none. */
const percent = (app, row) => (row.before > 0 ? `${row.change > 0 ? "+" : row.change < 0 ? "−" : ""}${app.number(Math.abs((100 * row.change) / row.before), 1)}` : "—");

function table(app, firms, rows, before, now) {
  return {
    head: [app.t("firm"), app.t("district"), app.t("cluster"), `${firms.years[before]} (${app.t("wan")})`, `${firms.years[now]} (${app.t("wan")})`, app.t("difference"), app.t("difference_percent")],
    rows: rows.map((row) => [firms.names[row.i], areaOf(app, "district", firms.district[row.i]), Number.isFinite(firms.cluster[row.i]) ? areaOf(app, "cluster", firms.cluster[row.i]) : "", row.before, row.now, signed(app, row.change), percent(app, row)]),
    decimals: [, , , 0, 0],
  };
}

function list(app, firms, key, rows, before, now) {
  const made = { ...table(app, firms, rows, before, now), label: app.t(key) };
  const codes = new Map(rows.map((row, at) => [made.rows[at], firms.codes[row.i]]));
  made.links = (row, c) => (c === 0 ? app.to({ f: codes.get(row) }) : null);
  return frame(app, { title: app.t(key), name: app.t(key), draw: () => (rows.length ? tableOf(app, made) : h("p", { class: "empty", text: app.t("none") })), table: () => made });
}

function line(app, firms, { rows: all, both, before, now }) {
  const { rose, fell } = crossed(firms, both);
  const silent = app.number(silentSince(firms, all, before, now), 0);
  const box = (key, rows) => {
    const made = table(app, firms, rows, before, now);
    const codes = new Map(rows.map((row, at) => [made.rows[at], firms.codes[row.i]]));
    made.links = (row, c) => (c === 0 ? app.to({ f: codes.get(row) }) : null);
    const title = app.t(key, { n: app.number(rows.length, 0) });
    const seen = { ...made, rows: made.rows.slice(0, SHOWN), label: title };
    return frame(app, { title, name: title, sub: app.t("crossed_note", { line: app.number(firms.line, 0) }) + app.t("silent_note", { n: silent, before: firms.years[before], now: firms.years[now] }), draw: () => (rows.length ? tableOf(app, seen) : h("p", { class: "empty", text: app.t("none") })), table: () => made });
  };
  return h("div", { class: "grid-2" }, box("fell_below", fell), box("rose_above", rose));
}

function letters(app, firms, rows) {
  if (!firms.letters.length) return h("section", { class: "box" }, h("h2", { text: app.t("flows") }), h("p", { class: "empty", text: app.t("flows_none") }));
  const counts = flows(firms, rows);
  const [from, to] = [firms.letters.indexOf(app.place.g.split(">")[0]), firms.letters.indexOf(app.place.g.split(">")[1])];
  const link = (a, b) => h("a", { class: "heat-cell", href: app.to({ g: `${firms.letters[a]}>${firms.letters[b]}`, f: "" }), style: a === b ? { background: "var(--track)", color: "var(--ink)" } : { color: "var(--accent-ink)" }, text: app.number(counts[a][b], 0) });
  const grid = () => h("div", { class: "table-wrap", tabindex: "0", role: "region", "aria-label": app.t("flows") }, h("table", { class: "heat" },
    h("thead", {}, h("tr", {}, h("th", { scope: "col", text: `${app.t("grade_before")} → ${app.t("grade")}` }), firms.letters.map((letter) => h("th", { scope: "col", class: "num", text: letter })))),
    h("tbody", {}, firms.letters.map((letter, a) => h("tr", {}, h("th", { scope: "row", text: letter }), firms.letters.map((_, b) => h("td", {}, link(a, b))))))));
  const box = frame(app, {
    title: app.t("flows"), name: app.t("flows"), sub: app.t("flows_note", { rule: firms.rule[app.lang === "zh" ? 0 : 1] }) + (firms.official ? "" : ` · ${app.t("proposed")}`), draw: grid,
    table: () => ({ head: [app.t("grade_before"), ...firms.letters], rows: firms.letters.map((letter, a) => [letter, ...counts[a]]), decimals: [, ...firms.letters.map(() => 0)] }),
  });
  return to < 0 ? box : h("div", { class: "stack" }, box, became(app, firms, rows, from, to));
}

function became(app, firms, rows, from, to) {
  const mine = rows.filter((i) => firms.letter[i] === to && (from < 0 || firms.letter_before[i] === from));
  const reason = (i) => (firms.reasons ? firms.reasons[i]?.[app.lang === "zh" ? 0 : 1] || "" : "");
  const made = { head: [app.t("firm"), app.t("district"), app.t("grade_before"), app.t("grade"), app.t("reason")], rows: mine.map((i) => [firms.names[i], areaOf(app, "district", firms.district[i]), letterOf(app, firms, firms.letter_before[i]), letterOf(app, firms, firms.letter[i]), reason(i)]) };
  const codes = new Map(mine.map((i, at) => [made.rows[at], firms.codes[i]]));
  made.links = (row, c) => (c === 0 ? app.to({ f: codes.get(row) }) : null);
  const title = app.t("became", { before: from < 0 ? app.t("any_letter") : firms.letters[from], now: firms.letters[to] });
  return frame(app, { title: `${title} (${mine.length})`, name: title, draw: () => (mine.length ? tableOf(app, { ...made, rows: made.rows.slice(0, 200) }) : h("p", { class: "empty", text: app.t("none") })), table: () => made });
}

function course(app, firms, i) {
  const labels = firms.years.map(String);
  const colors = { revenue: "var(--bar)", output: "var(--bar-2)", tax: "#1b8971" };
  const drawn = Object.entries(firms.money).map(([key, years]) => ({ name: app.t(key), color: colors[key], values: years.map((table_) => table_[i]) })).filter((one) => one.values.some(Number.isFinite));
  const said = [firms.codes[i], where(app, firms, i), firms.letters.length ? `${app.t("grade")} ${letterOf(app, firms, firms.letter[i])}, ${app.t("grade_before")} ${letterOf(app, firms, firms.letter_before[i])}` : "", firms.reasons ? firms.reasons[i]?.[app.lang === "zh" ? 0 : 1] : ""].filter(Boolean).join(" · ");
  return frame(app, {
    title: `${app.t("firm_course")}: ${firms.names[i]}`, sub: said, name: firms.names[i], legend: drawn,
    draw: (width) => lines(app, { width, height: 220, labels, lines: drawn, unit: app.t("wan"), format: (v) => app.number(v, 0), label: firms.names[i] }),
    table: () => ({ head: [app.t("year"), ...drawn.map((one) => `${one.name} (${app.t("wan")})`)], rows: labels.map((year, at) => [year, ...drawn.map((one) => one.values[at])]), decimals: [, ...drawn.map(() => 0)] }),
  });
}
