// Pieces that several pages share: how a figure is known, states, choices of indicator and period.

import { h } from "../basics/dom.js";
import { records } from "../data/model.js";

/** A change on last year as a coloured text. @param {Object} app @param {Object} indicator @param {number} value */
export function changeOf(app, indicator, value) {
  return h("span", { class: `change ${app.mood(indicator, value)}`.trim(), text: app.change(indicator, value) });
}

/** What a basis is called. @param {Object} app @param {string} basis */
export function basisOf(app, basis) {
  return basis ? app.t(`basis_${basis}`) : app.t("unknown");
}

/** Why an area has no figure of a period: what the indicator lacks, or since when nothing came. @param {Object} app @param {number} at @param {{level: string, area: number, period: number}} where */
export function lacking(app, at, { level, area, period }) {
  const { model } = app;
  const one = model.indicators[at];
  const parts = model.cubes[level].lacks[one.id] || [];
  if (!parts.length && period >= 0) return since(app, at, { level, area, period });
  const what = parts.map(([zh, en]) => (app.lang === "zh" ? zh : en)).join(app.lang === "zh" ? "、" : ", ");
  return app.t("lacks", { what: what || app.t("unknown") });
}

/** That a period has no figure, and the last one before it that has. @param {Object} app @param {number} at @param {{level: string, area: number, period: number}} where */
function since(app, at, { level, area, period }) {
  const { model } = app;
  const one = model.indicators[at];
  const asked = app.t(model.cubes[level].basis[at] === "firms" ? "no_firms_said" : "not_reported", { period: app.period(period) });
  let last = period - 1;
  while (last >= 0 && !Number.isFinite(model.at(level, at, area, last))) last -= 1;
  return last < 0 ? asked : asked + app.t("latest_is", { period: app.period(last), value: `${app.value(one, model.at(level, at, area, last))} ${app.unit(one)}` });
}

/** How a figure is known: formula, inputs, n, coverage, vintage. @param {Object} app @param {number} at @param {string} level @param {number} area @param {number} period */
export function how(app, at, level, area, period) {
  const { model } = app;
  const one = model.indicators[at];
  const n = model.at(level, at, area, period, 2);
  const coverage = model.at(level, at, area, period, 3);
  const input = (id) => {
    const known = model.measures[id];
    return known ? `${app.lang === "zh" ? known[0] : known[1]} (${id})` : id;
  };
  const rows = [
    ["formula", h("code", { text: one.formula })],
    ["inputs", one.inputs.map(input).join(app.lang === "zh" ? "、" : ", ") || app.t("firm")],
    ["basis", basisOf(app, model.cubes[level].basis[at])],
    ["firms_n", Number.isFinite(n) ? app.number(n, 0) : "—"],
    ["coverage", Number.isFinite(coverage) ? `${app.number(coverage * 100, 1)}%` : "—"],
    ["direction", app.t(one.better > 0 ? "more_better" : "less_better")],
    ["standing", app.t(one.official ? "official" : "proposed")],
    ["source", one.source],
    ["vintage", app.t("vintage_of", { n: model.meta.vintage })],
  ];
  return h("details", { class: "how" }, h("summary", { text: app.t("how") }), h("dl", {}, rows.map(([key, value]) => [h("dt", { text: app.t(key) }), h("dd", {}, value)])));
}

/** Every indicator as choices, those without a value said. @param {Object} app @param {string} level */
export function indicatorChoices(app, level) {
  const { model } = app;
  const groups = new Map(model.groups.map((group) => [group.id, app.name(group)]));
  return model.indicators.map((one, at) => ({ value: one.id, text: app.name(one) + (model.cubes[level].basis[at] ? "" : ` (${app.t("unknown")})`), group: groups.get(one.group) }));
}

/** The part of an address that keeps a period: itself, and the axis on which it stands. @param {Object} app @param {number} period @returns {{t: string, v: string}} */
export function kept(app, period) {
  const one = app.model.periods[period];
  if (!one) return { t: "", v: "quarter" };
  const single = one.level === "month" ? "month" : "cumulative";
  return { t: one.id, v: one.level === "year" || one.level === "quarter" ? one.level : single };
}

/** Why an alert was raised, in words. @param {Object} app @param {Object} alert */
export function why(app, alert) {
  const { model } = app;
  const rule = model.rules.find((one) => one.id === alert.rule);
  const at = model.indexOf.get(alert.indicator);
  const one = model.indicators[at];
  // what a missing table held is named in one alert, one beside the other
  const name = one ? app.name(one) : alert.indicator.split("+").map((id) => measureName(app, id)).join(app.lang === "zh" ? "、" : ", ");
  const share = (value) => `${app.number(value * 100, 0)}%`;
  const values = { indicator: name, run: rule.run, period: app.when(alert.period), share: share(rule.share), figure: "", limit: "" };
  if (rule.kind === "falls" || rule.kind === "jump") Object.assign(values, { figure: app.change(one, alert.figure), limit: app.change(one, alert.limit).replace("+", "") });
  if (rule.kind === "below_target") Object.assign(values, { figure: `${app.value(one, alert.figure)} ${app.unit(one)}`, limit: app.value(one, alert.limit) });
  if (rule.kind === "coverage") Object.assign(values, { figure: share(alert.figure), limit: share(alert.limit) });
  return app.t(`why_${rule.kind}`, values);
}

/** The name of an input, with its unit where it is asked for. @param {Object} app @param {string} id @param {{unit?: boolean}} [with_] */
export function measureName(app, id, with_) {
  const known = app.model.measures[id];
  if (!known) return id;
  const [zh, en, unit, unit_en] = known;
  const name = app.lang === "zh" ? zh : en;
  return with_?.unit && unit ? `${name}${app.aside(app.lang === "zh" ? unit : unit_en)}` : name;
}

/** The name of an area. @param {Object} app @param {string} level @param {string} code */
export function areaName(app, level, code) {
  const held = app.model.levelOf.get(level);
  const at = app.model.placeOf.get(level)?.get(code);
  if (!held) return code;
  if (level === "city" && !code) return app.name(held);
  return at === undefined ? (code || app.name(held)) : held.names[at];
}

/** Where an alert is looked into. @param {Object} app @param {Object} alert */
export function alertLink(app, alert) {
  if (!app.model.indexOf.has(alert.indicator)) return app.to({ p: "data" });
  return app.to({ p: "indicators", i: alert.indicator, l: alert.level, u: alert.unit, s: "value", ...kept(app, app.model.periodOf.get(alert.period)) });
}

/** The contributions of one total in one period. @param {Object} model @param {string} indicator @param {string} period */
export function pushes(model, indicator, period) {
  return model.pushes.filter((row) => row[0] === indicator && row[1] === period).map(([, , level, unit, points, now, before]) => ({ level, unit, points, now, before }));
}

/** Rows of the ranking, best first. @param {Object} model */
export function ranked(model) {
  return model.ranking ? records(model.ranking.table) : [];
}
