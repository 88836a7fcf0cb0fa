// Indicators: one indicator's course in every sense, its areas side by side, its table, and how it is known.

import { frame, tableOf } from "../charts/frame.js";
import { lines, spark } from "../charts/line.js";
import { PALETTE } from "../basics/colors.js";
import { h } from "../basics/dom.js";
import { records } from "../data/model.js";
import { areaName, changeOf, how, indicatorChoices, lacking, measureName } from "./parts.js";

const VIEWS = ["quarter", "month", "cumulative", "year"];

/** @param {Object} app @returns {Node[]} */
export function indicators(app) {
  const { model } = app;
  const at = model.indexOf.get(app.place.i) ?? 0;
  const level = model.levelOf.has(app.place.l) ? app.place.l : "city";
  return [h("div", { class: "split" }, picker(app, at, level), h("div", { class: "stack" }, ...page(app, at, level)))];
}

function picker(app, at, level) {
  const { model } = app;
  const links = model.groups.map((group) => [h("h2", { text: app.name(group) }), model.indicators.map((one, i) => (one.group === group.id
    ? h("a", { href: app.to({ i: one.id, t: "", s: "value" }), "aria-current": i === at ? "true" : null, class: model.cubes[level].basis[i] ? null : "none" }, h("span", { text: app.name(one) }), model.cubes[level].basis[i] ? null : h("span", { class: "sub", text: app.t("unknown") }))
    : null))]);
  return h("nav", { class: "picker", "aria-label": app.t("indicators") }, links);
}

function page(app, at, level) {
  const { model } = app;
  const one = model.indicators[at];
  const held = model.levelOf.get(level);
  const area = model.placeOf.get(level).get(app.place.u) ?? 0;
  const views = viewsOf(model, level, at);
  const view = views.includes(app.place.v) ? app.place.v : views[0] || "quarter";
  const axis = trimmed(model, level, at, model.axes[view]);
  // the period one came with, though nothing may be known of it: another period would show another figure
  const asked = model.periodOf.get(app.place.t);
  const period = model.axes[view].includes(asked) ? asked : model.last(level, at, axis);
  const panel = one.panel ? model.indexOf.get(one.panel) : undefined;
  const show = app.place.s === "change" || (app.place.s === "panel" && panel !== undefined) ? app.place.s : "value";
  return [
    h("div", { class: "picker-choice" }, app.select(app.t("choose_indicator"), indicatorChoices(app, level), one.id, (value) => app.go({ i: value, s: "value" }))),
    h("section", { class: "box" }, head(app, at, level, area, period), how(app, at, level, area, period)),
    h("div", { class: "controls" },
      app.segments(app.t("level"), model.levels.map((l) => ({ value: l.id, text: app.name(l) })), level, "l"),
      held.codes.length > 1 ? app.select(app.t("area"), held.codes.map((code, i) => ({ value: code, text: held.names[i], group: held.parents[i] ? areaName(app, "district", held.parents[i]) : undefined })), held.codes[area], (value) => app.go({ u: value })) : null,
      app.segments(app.t("view"), views.map((name) => ({ value: name, text: app.t(name) })), view, "v"),
      app.segments(app.t("shows"), ["value", "change", ...(panel === undefined ? [] : ["panel"])].map((name) => ({ value: name, text: app.t(`show_${name}`) })), show, "s")),
    ...(axis.length ? [course(app, { at, level, area, axis, show, panel, view }), side(app, { at, level, area, axis, show, period: axis.includes(period) ? period : model.last(level, at, axis) }), whole(app, { at, level, axis })] : [h("p", { class: "empty", text: lacking(app, at, { level, area, period }) })]),
    revisions(app, one, level),
  ];
}

/** The axes on which an indicator has figures; one of whole years alone has no months that add up. */
function viewsOf(model, level, at) {
  const own = (name) => (name === "cumulative" ? model.axes.cumulative.filter((p) => model.periods[p].level !== "year") : model.axes[name]);
  return VIEWS.filter((name) => model.last(level, at, own(name)) >= 0);
}

/** An axis without what lies before the first and behind the last known figure. */
function trimmed(model, level, at, axis) {
  const n = model.levelOf.get(level).codes.length;
  const has = (period) => {
    for (let area = 0; area < n; area++) if (Number.isFinite(model.at(level, at, area, period))) return true;
    return false;
  };
  const first = axis.findIndex(has);
  if (first < 0) return [];
  return axis.slice(first, axis.indexOf(model.last(level, at, axis)) + 1);
}

function head(app, at, level, area, period) {
  const { model } = app;
  const one = model.indicators[at];
  const value = model.at(level, at, area, period);
  const goal = period >= 0 && model.target(level, model.levelOf.get(level).codes[area], one.id, model.periods[period].year);
  return h("div", { class: "head-line" }, h("h2", { text: app.name(one) }), h("span", { class: "sub", text: areaName(app, level, model.levelOf.get(level).codes[area]) }),
    h("span", {}, h("span", { class: "big", text: app.value(one, value) }), Number.isFinite(value) ? h("span", { class: "unit", text: ` ${app.unit(one)}` }) : null),
    Number.isFinite(value) ? h("span", { text: app.period(period) }) : h("span", { text: lacking(app, at, { level, area, period }) }),
    period >= 0 ? h("span", {}, `${app.t("change")} `, changeOf(app, one, model.at(level, at, area, period, 1))) : null,
    goal ? h("span", { class: "pill", title: goal.source, text: app.t("target_of", { year: goal.year, value: app.value(one, goal.value), share: Number.isFinite(value) ? `${app.number((100 * value) / goal.value, 0)}%` : app.t("unknown") }) }) : null,
    one.official ? null : h("span", { class: "pill warn", text: app.t("proposed") }));
}

/** What is drawn: a value or its change; the growth on the constant panel is an indicator of its own. */
function drawn(app, at, show, panel) {
  const field = show === "change" ? 1 : 0;
  const which = show === "panel" ? panel : at;
  const one = app.model.indicators[which];
  const unit = show === "change" ? (one.points ? app.t("points") : "%") : app.unit(one);
  return { field, which, unit, decimals: show === "change" ? 1 : one.decimals };
}

function course(app, { at, level, area, axis, show, panel, view }) {
  const { model } = app;
  const { field, which, unit, decimals } = drawn(app, at, show, panel);
  const one = model.indicators[at];
  const code = model.levelOf.get(level).codes[area];
  const values = model.course(level, which, area, axis, field);
  const drawnLines = [{ name: areaName(app, level, code), color: "var(--bar)", values }];
  // the year before behind it: how a quarter stands is seen against the same quarter
  if (show === "value" && view !== "year") drawnLines.push({ name: app.t("last_year"), color: "var(--bar-2)", dashed: true, values: axis.map((period) => model.at(level, which, area, model.periods[period].back, field)) });
  const year = model.periods[axis[axis.length - 1]].year;
  const goal = show === "value" && (view === "year" || view === "cumulative") ? model.target(level, code, one.id, year) : null;
  return frame(app, {
    title: `${app.t("series_of", { name: app.name(one), area: areaName(app, level, code) })}${app.aside(app.t(`show_${show}`))}`, name: `${one.id}_${code}_${view}_${show}`, legend: drawnLines,
    draw: (width) => lines(app, { width, labels: axis.map((p) => app.tick(p)), lines: drawnLines, format: (v) => app.number(v, decimals < 3 ? decimals : 3), unit, zero: show !== "value", label: app.name(one), target: goal ? { value: goal.value, name: app.t("target") } : null }),
    table: () => ({ head: [app.t("period"), `${app.t("value")} (${app.unit(one)})`, app.t("change"), app.t("firms_n"), app.t("coverage")], rows: axis.map((p) => [app.period(p), model.at(level, at, area, p), model.at(level, at, area, p, 1), model.at(level, at, area, p, 2), model.at(level, at, area, p, 3) * 100]), decimals: [, one.decimals, 1, 0, 1] }),
  });
}

function side(app, { at, level, area, axis, show, period: last }) {
  const { model } = app;
  const held = model.levelOf.get(level);
  if (held.codes.length < 2) return null;
  const one = model.indicators[at];
  const field = show === "change" ? 1 : 0;
  // the towns of the district that is looked at, or of that of the town
  const within = held.parents.some(Boolean) ? held.codes.map((_, i) => i).filter((i) => held.parents[i] === held.parents[area]) : held.codes.map((_, i) => i);
  return h("section", { class: "box" }, h("div", { class: "box-head" }, h("h2", { text: `${app.t("small", { level: app.name(held) })} · ${app.period(last)}` })),
    h("div", { class: "multiples" }, within.map((i) => h("a", { class: "multiple", href: app.to({ u: held.codes[i] }), "aria-current": i === area ? "true" : null },
      h("span", { class: "multiple-top" }, h("span", { text: held.names[i] }), h("span", { text: app.value(one, model.at(level, at, i, last)) })),
      spark(model.course(level, at, i, axis, field), PALETTE[i % PALETTE.length]),
      changeOf(app, one, model.at(level, at, i, last, 1))))));
}

function whole(app, { at, level, axis }) {
  const { model } = app;
  const held = model.levelOf.get(level);
  const one = model.indicators[at];
  const shown = axis.slice(-8);
  const head = [app.name(held), ...shown.map((p) => app.tick(p)), app.t("change")];
  const last = shown[shown.length - 1];
  const rows = held.codes.map((code, i) => [held.names[i], ...shown.map((p) => model.at(level, at, i, p)), model.at(level, at, i, last, 1)]);
  return frame(app, {
    title: `${app.name(one)} (${app.unit(one)}): ${app.name(held)}`, name: `${one.id}_${level}_table`,
    draw: () => tableOf(app, { head, rows, decimals: [, ...shown.map(() => one.decimals), 1] }),
    table: () => ({ head: [app.name(held), ...axis.map((p) => app.tick(p))], rows: held.codes.map((_, i) => [held.names[i], ...axis.map((p) => model.at(level, at, i, p))]), decimals: [, ...axis.map(() => one.decimals)] }),
  });
}

function revisions(app, one, level) {
  const { model } = app;
  const rows = records(model.intakeNow?.revisions).filter((row) => one.inputs.includes(row.measure) && row.level === level);
  if (!rows.length) return null;
  const measure = (id) => measureName(app, id, { unit: true });
  return h("section", { class: "box" }, h("h2", { text: app.t("revisions") }), h("p", { class: "sub", text: app.t("revisions_note") }),
    tableOf(app, { label: app.t("revisions"), head: [app.t("area"), app.t("measure"), app.t("period"), app.t("before"), app.t("after"), app.t("known_since"), app.t("file")], rows: rows.map((row) => [areaName(app, row.level, row.unit), measure(row.measure), app.when(row.period), row.before ?? NaN, row.after ?? NaN, `${row.first} → ${row.last}`, row.source]) }));
}
