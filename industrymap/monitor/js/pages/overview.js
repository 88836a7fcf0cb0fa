// Overview: how the city stands, against last year and target, what changed and why, and what to look into.

import { bars } from "../charts/bars.js";
import { frame } from "../charts/frame.js";
import { spark } from "../charts/line.js";
import { h } from "../basics/dom.js";
import { alertLink, areaName, basisOf, changeOf, kept, lacking, pushes, why } from "./parts.js";

/** @param {Object} app @returns {Node[]} */
export function overview(app) {
  const { model } = app;
  const level = app.place.l === "district" && model.levelOf.has("district") ? "district" : "city";
  const area = level === "city" ? 0 : Math.max(0, model.placeOf.get(level).get(app.place.u) ?? 0);
  const axis = model.axes.cumulative;
  const period = model.periodOf.get(app.place.t) ?? latest(model, level, area, axis);
  return [
    controls(app, level, area, axis, period),
    h("h2", { class: "visually-hidden", text: app.t("core_figures") }),
    h("div", { class: "cards" }, core(model).map((at) => card(app, at, level, area, period))),
    h("div", { class: "grid-2" }, push(app, period, level), indexBox(app)),
    h("div", { class: "grid-2" }, changed(app, level, area, period), alerts(app, level, area)),
  ];
}

/** The first group of the set is its core. */
function core(model) {
  const first = model.groups[0]?.id;
  return model.indicators.map((one, at) => (one.group === first ? at : -1)).filter((at) => at >= 0).slice(0, 10);
}

/** The latest period of which most core figures are known. */
function latest(model, level, area, axis) {
  const ids = core(model);
  const known = axis.map((period) => ids.filter((at) => Number.isFinite(model.at(level, at, area, period))).length);
  // the latest month often has few of them: a leader opens on a period of which most are there
  const least = Math.max(...known) * 0.6;
  return axis[known.reduce((last, n, i) => (n >= least ? i : last), 0)];
}

function controls(app, level, area, axis, period) {
  const { model } = app;
  const areas = [{ value: "", text: app.t("all_city") }, ...(model.levelOf.get("district")?.names || []).map((name, at) => ({ value: model.levelOf.get("district").codes[at], text: name }))];
  return h("div", { class: "controls" },
    app.select(app.t("area"), areas, level === "city" ? "" : model.levelOf.get(level).codes[area], (value) => app.go({ l: value ? "district" : "", u: value })),
    app.select(app.t("period"), [...axis].reverse().map((at) => ({ value: model.periods[at].id, text: app.period(at) })), model.periods[period].id, (value) => app.go({ t: value })));
}

function card(app, at, level, area, period) {
  const { model } = app;
  const one = model.indicators[at];
  const value = model.at(level, at, area, period);
  const known = Number.isFinite(value);
  const change = model.at(level, at, area, period, 1);
  const goal = model.target(level, model.levelOf.get(level).codes[area], one.id, model.periods[period].year);
  const before = model.at(level, at, area, model.periods[period].back);
  const said = goal
    ? h("span", { class: `pill ${(value - goal.value) * one.better >= 0 ? "ok" : ""}`, title: goal.source, text: app.t("target_of", { year: goal.year, value: app.value(one, goal.value), share: known ? `${app.number((100 * value) / goal.value, 0)}%` : app.t("unknown") }) })
    : h("span", { text: app.t("no_target") });
  return h("a", { class: "card", href: app.to({ p: "indicators", i: one.id, l: level, u: model.levelOf.get(level).codes[area], s: "value", ...kept(app, period) }), "data-indicator": one.id },
    h("span", { class: "card-name", text: app.name(one) }),
    h("span", { class: `card-value${known ? "" : " none"}` }, app.value(one, value), known ? h("span", { class: "unit", text: app.unit(one) }) : null),
    known ? h("span", { class: "card-line" }, h("span", {}, `${app.t("change")} `, Number.isFinite(before) && !Number.isFinite(change) && model.cubes[level].basis[at] === "firms" ? app.t("other_firms") : changeOf(app, one, change)), h("span", { text: `${app.t("last_year")} ${app.value(one, before)}` })) : h("span", { class: "card-line", text: lacking(app, at, { level, area, period }) }),
    spark(trend(model, level, at, area), "var(--bar)"),
    h("span", { class: "card-line" }, said, h("span", { text: basisOf(app, model.cubes[level].basis[at]) })));
}

/** Quarters where they are known, else years. */
function trend(model, level, at, area) {
  const quarters = model.course(level, at, area, model.axes.quarter);
  return quarters.filter(Number.isFinite).length > 2 ? quarters : model.course(level, at, area, model.axes.year);
}

function push(app, period, level) {
  const { model } = app;
  const totals = [...new Set(model.pushes.map((row) => row[0]))];
  const id = totals.includes(app.place.q) ? app.place.q : totals[0];
  if (!id) return h("section", { class: "box" }, h("h2", { text: app.t("push") }), h("p", { class: "empty", text: app.t("none") }));
  const periods = [...new Set(model.pushes.filter((row) => row[0] === id).map((row) => row[1]))];
  const chosen = periods.includes(model.periods[period].id) ? model.periods[period].id : periods[periods.length - 1];
  const rows = pushes(model, id, chosen).sort((a, b) => b.points - a.points);
  const sum = rows.reduce((total, row) => total + row.points, 0);
  const indicator = model.indicators[model.indexOf.get(id)];
  const signed = (value) => `${value > 0 ? "+" : value < 0 ? "−" : ""}${app.number(Math.abs(value), 2)}`;
  return frame(app, {
    title: `${app.t("push")}: ${app.name(indicator)}, ${app.period(model.periodOf.get(chosen))}`, sub: (level === "city" && chosen === model.periods[period].id ? "" : `${app.t("all_city")}, ${app.when(chosen)} · `) + app.t("push_note", { sum: signed(sum) }), name: `${app.t("push")}_${id}_${chosen}`,
    controls: [app.select(app.t("indicator"), totals.map((one) => ({ value: one, text: app.name(model.indicators[model.indexOf.get(one)]) })), id, (value) => app.go({ q: value }))],
    draw: (width) => bars(app, { width, label: app.t("push"), rows: rows.map((row) => ({ name: areaName(app, row.level, row.unit), value: row.points, text: signed(row.points), color: row.points * indicator.better >= 0 ? "var(--bar)" : "var(--bar-2)", href: app.to({ p: "enterprises", d: row.unit, c: "", q: "" }) })) }),
    table: () => ({ head: [app.t("district"), app.t("points"), `${app.period(model.periodOf.get(chosen))} (${app.unit(indicator)})`, app.t("last_year")], rows: rows.map((row) => [areaName(app, row.level, row.unit), row.points, row.now, row.before]), decimals: [, 2, indicator.decimals, indicator.decimals] }),
  });
}

function indexBox(app) {
  const { index } = app.model;
  if (!index) return h("section", { class: "box" }, h("h2", { text: app.t("index") }), h("p", { class: "empty", text: app.t("none") }));
  const last = index.periods.length - 1;
  const rows = index.parts.map((part) => ({ name: app.name(part), value: part.values[last] ?? NaN, text: `${part.values[last] === null ? app.t("unknown") : app.number(part.values[last], 1)} · ${app.t("weight_of", { coverage: `${app.number((part.coverage ?? 0) * 100, 0)}%` })}`, color: part.id ? "var(--bar)" : "var(--accent)" }));
  const whole = index.parts.find((part) => !part.id);
  const known = whole && whole.values[last] !== null;
  const percent = whole ? `${app.number(whole.coverage * 100, 0)}%` : "—";
  return frame(app, {
    title: `${app.t("index")}, ${app.when(index.periods[last])}`, name: app.t("index"),
    sub: `${app.t("all_city")}, ${app.when(index.periods[last])} (${app.t("index_base", { base: app.when(index.periods[0]) })}) · ` + (known ? app.t("index_note", { coverage: percent }) : app.t("index_none", { coverage: percent })) + (index.official ? "" : ` · ${app.t("proposed")}`),
    draw: (width) => bars(app, { width, rows, label: app.t("index"), names: 14 }),
    table: () => ({ head: [app.t("indicator"), ...index.periods.map((id) => app.when(id)), app.t("coverage")], rows: index.parts.map((part) => [app.name(part), ...part.values.map((v) => v ?? NaN), part.coverage * 100]), decimals: [, ...index.periods.map(() => 1), 0] }),
  });
}

function changed(app, level, area, period) {
  const { model } = app;
  const all = model.indicators.map((one, at) => ({ one, at, change: model.at(level, at, area, period, 1) })).filter((row) => Number.isFinite(row.change) && row.change !== 0);
  const ordered = all.sort((a, b) => b.change * b.one.better - a.change * a.one.better);
  const list = (rows, key) => h("div", {}, h("h3", { text: app.t(key) }), h("ul", { class: "list" }, rows.map(({ one, at, change }) => h("li", {},
    h("a", { href: app.to({ p: "indicators", i: one.id, l: level, u: model.levelOf.get(level).codes[area], s: "value", ...kept(app, period) }), text: app.name(one) }),
    h("span", {}, `${app.value(one, model.at(level, at, area, period))} ${app.unit(one)} `, changeOf(app, one, change))))));
  return h("section", { class: "box" }, h("div", { class: "box-head" }, h("h2", { text: `${app.t("changed_most")}, ${app.period(period)}` })),
    h("div", { class: "grid-2" }, list(ordered.filter((row) => row.change * row.one.better > 0).slice(0, 6), "better_most"), list(ordered.filter((row) => row.change * row.one.better < 0).slice(-6).reverse(), "worse_most")));
}

function alerts(app, level, area) {
  const { model } = app;
  const code = model.levelOf.get(level).codes[area];
  const mine = model.alerts.filter((one) => level === "city" || one.unit === code);
  return h("section", { class: "box" },
    h("div", { class: "box-head" }, h("h2", { text: app.t("alerts_now") }), h("a", { class: "text-link", href: app.to({ p: "alerts" }), text: app.t("all_alerts", { n: mine.length }) })), h("p", { class: "sub", text: app.t("alerts_latest") }),
    mine.length ? h("ul", { class: "list" }, mine.slice(0, 8).map((one) => {
      const rule = model.rules.find((r) => r.id === one.rule);
      return h("li", {}, h("span", { class: `weight-${rule.weight}` }, h("a", { href: alertLink(app, one), text: `${areaName(app, one.level, one.unit)}: ${why(app, one)}` })), h("span", { class: "pill", text: app.t(`state_${one.state}`) }));
    })) : h("p", { class: "empty", text: app.t("none") }));
}
