// Districts and clusters: who is where and how firmly, every indicator of every district, the map over time, clusters against targets.

import { bars } from "../charts/bars.js";
import { frame, tableOf } from "../charts/frame.js";
import { limits, map } from "../charts/map.js";
import { h } from "../basics/dom.js";
import { records } from "../data/model.js";
import { areaName, indicatorChoices, kept, ranked } from "./parts.js";

const SHADES = ["#2d6d9c", "#6fa3c6", "#b9d4e6", "#e9edf0", "#f3d3bf", "#e2a988", "#a4522a"];

/** @param {Object} app @returns {Node[]} */
export function districts(app) {
  const { model } = app;
  if (!model.levelOf.has("district")) return [h("p", { class: "empty", text: app.t("none") })];
  const period = model.periodOf.get(app.place.t) ?? best(model, [...model.axes.quarter, ...model.axes.year]);
  return [
    h("div", { class: "grid-2" }, ranking(app), mapBox(app, period)),
    heat(app, period),
    h("div", { class: "grid-2" }, clusterScale(app), structure(app, "concentration")),
    model.structure ? h("div", { class: "grid-2" }, structure(app, "lq"), structure(app, "entries")) : null,
  ];
}

/** The latest period of which most indicators are known. */
function best(model, periods) {
  const count = (p) => model.indicators.filter((_, at) => Number.isFinite(model.at("district", at, 0, p))).length;
  const counts = periods.map(count);
  const least = Math.max(...counts) * 0.8;
  return periods.filter((_, n) => counts[n] >= least).reduce((last, p) => Math.max(last, p));
}

function ranking(app) {
  const { model } = app;
  const rows = ranked(model);
  if (!rows.length) return h("section", { class: "box" }, h("h2", { text: app.t("ranking") }), h("p", { class: "empty", text: app.t("none") }));
  const of = model.ranking;
  const before = new Map(records(of.before).map((row) => [row.unit, row.rank]));
  const groups = Object.keys(rows[0]).filter((name) => name.startsWith("group."));
  const groupName = (name) => app.name(model.groups.find((one) => one.id === name.slice(6)) || { zh: name, en: name });
  const move = (row) => (before.get(row.unit) ? ` (${app.t("rank_before")} ${before.get(row.unit)})` : "");
  return frame(app, {
    title: `${app.t("ranking")} · ${app.when(of.period)}`, name: app.t("ranking"),
    sub: app.t("ranking_note", { method: app.name(of), period: app.when(of.period) }) + (of.official ? "" : ` · ${app.t("proposed")}`),
    draw: (width) => bars(app, {
      width, dots: true, low: 0.5, high: rows.length + 0.5, label: app.t("ranking"),
      rows: rows.map((row) => ({ name: areaName(app, "district", row.unit), value: row.rank ?? NaN, interval: row.low && row.high ? [row.low, row.high] : undefined, text: row.rank ? `${row.rank}${row.low ? ` [${row.low}–${row.high}]` : ""} · ${app.number(row.score, 1)}${move(row)}` : app.t("unknown"), href: app.to({ p: "overview", l: "district", u: row.unit, t: "" }) })),
    }),
    table: () => ({ head: [app.t("district"), app.t("rank"), app.t("interval"), app.t("rank_before"), app.t("score"), ...groups.map(groupName), app.t("coverage")], rows: rows.map((row) => [areaName(app, "district", row.unit), row.rank ?? NaN, row.low ? `${row.low}–${row.high}` : "", before.get(row.unit) ?? NaN, row.score ?? NaN, ...groups.map((name) => row[name] ?? NaN), row.coverage * 100]), decimals: [, 0, , 0, 1, ...groups.map(() => 1), 0] }),
  });
}

function mapBox(app, period) {
  const { model } = app;
  const level = app.place.l === "town" && model.outlines.town ? "town" : "district";
  const outlines = model.outlines[level];
  if (!outlines?.length) return h("section", { class: "box" }, h("h2", { text: app.t("map") }), h("p", { class: "empty", text: app.t("none") }));
  const held = model.levelOf.get(level);
  const at = model.indexOf.get(app.place.i) ?? model.indexOf.get("output") ?? 0;
  const one = model.indicators[at];
  const axis = [model.axes.quarter, model.axes.year, model.axes.cumulative].find((a) => a.includes(period) && model.last(level, at, a) >= 0) || model.axes.year;
  const shown = axis.filter((p) => held.codes.some((_, i) => Number.isFinite(model.at(level, at, i, p))));
  const change = app.place.s === "change";
  let now = shown.includes(period) ? shown.indexOf(period) : shown.length - 1;
  const valuesAt = (p) => held.codes.map((_, i) => model.at(level, at, i, p, change ? 1 : 0));
  // one scale for all periods: a colour means the same while it plays
  const cuts = change ? [-5, -1, 1, 5] : limits(shown.flatMap(valuesAt), 5);
  const plot = { box: null, width: 500 };
  const paint = () => map(app, {
    outlines, values: valuesAt(shown[now]), names: held.names, width: plot.width, cuts, sides: change, label: `${app.name(one)} ${app.period(shown[now])}`,
    format: (v) => (change ? app.change(one, v) : app.value(one, v)), href: (i) => app.to({ p: "indicators", i: one.id, l: level, u: held.codes[i], ...kept(app, shown[now]) }), on: model.placeOf.get(level).get(app.place.u),
  });
  const said = h("output", { class: "strong", text: shown.length ? app.period(shown[now]) : "" });
  const slider = h("input", { type: "range", min: "0", max: String(Math.max(0, shown.length - 1)), value: String(now), "aria-label": app.t("period") });
  let timer = null;
  const step = (next) => {
    now = next;
    slider.value = String(now);
    said.textContent = app.period(shown[now]);
    plot.box?.replaceChildren(paint());
  };
  slider.addEventListener("input", () => step(Number(slider.value)));
  const button = h("button", { type: "button", class: "button", text: app.t("play"), on: { click: () => {
    if (timer) {
      clearInterval(timer);
      timer = null;
    } else {
      step(0);
      timer = setInterval(() => {
        // the page was left: nothing to play to
        if (!slider.isConnected || now >= shown.length - 1) {
          clearInterval(timer);
          timer = null;
          button.textContent = app.t("play");
        } else step(now + 1);
      }, 800);
    }
    button.textContent = app.t(timer ? "pause" : "play");
  } } });
  return frame(app, {
    title: `${app.t("map")}: ${app.name(one)} (${change ? app.t("change") : app.unit(one)})`, name: `${one.id}_${level}_map`,
    controls: [
      app.select(app.t("indicator"), indicatorChoices(app, level), one.id, (value) => app.go({ i: value })),
      app.segments(app.t("level"), ["district", "town"].filter((id) => model.outlines[id]).map((id) => ({ value: id, text: app.name(model.levelOf.get(id)) })), level, "l"),
      app.segments(app.t("shows"), ["value", "change"].map((name) => ({ value: name, text: app.t(`show_${name}`) })), change ? "change" : "value", "s"),
      h("div", { class: "player" }, button, slider, said),
    ],
    draw: (width) => {
      plot.width = width;
      plot.box = h("div", {}, shown.length ? paint() : h("p", { class: "empty", text: app.t("no_data_period") }));
      return plot.box;
    },
    table: () => ({ head: [app.name(held), ...shown.map((p) => app.tick(p))], rows: held.codes.map((_, i) => [held.names[i], ...shown.map((p) => model.at(level, at, i, p, change ? 1 : 0))]), decimals: [, ...shown.map(() => (change ? 1 : one.decimals))] }),
  });
}

/** The place of each value among the others, best 0, worst 1; equal values share one. */
function places(values, better) {
  const known = values.filter(Number.isFinite).length;
  return values.map((value) => {
    if (!Number.isFinite(value) || known < 2) return NaN;
    const ahead = values.filter((other) => (other - value) * better > 0).length;
    const same = values.filter((other) => other === value).length;
    return (ahead + (same - 1) / 2) / (known - 1);
  });
}

function heat(app, period) {
  const { model } = app;
  const held = model.levelOf.get("district");
  const change = app.place.f === "change";
  const rows = model.indicators.map((one, at) => ({ one, at, values: held.codes.map((_, i) => model.at("district", at, i, period, change ? 1 : 0)) })).filter((row) => row.values.some(Number.isFinite));
  const periods = [...model.axes.year, ...model.axes.quarter].filter((p) => model.indicators.some((_, at) => Number.isFinite(model.at("district", at, 0, p)))).sort((a, b) => b - a);
  const cell = (row, i) => {
    const value = row.values[i];
    const place = row.places[i];
    const shade = Number.isFinite(place) ? SHADES[Math.round(place * (SHADES.length - 1))] : null;
    const text = Number.isFinite(value) ? (change ? app.change(row.one, value) : app.value(row.one, value)) : app.t("unknown");
    const props = { href: app.to({ p: "indicators", i: row.one.id, l: "district", u: held.codes[i], s: "value", ...kept(app, period) }), class: "heat-cell", text };
    if (shade) props.style = { background: shade, color: shade === SHADES[0] || shade === SHADES[SHADES.length - 1] ? "#ffffff" : "#17222d" };
    return h("td", {}, h("a", props));
  };
  const body = model.groups.flatMap((group) => {
    const mine = rows.filter((row) => row.one.group === group.id);
    for (const row of mine) row.places = places(row.values, row.one.better);
    return mine.length ? [h("tr", { class: "group" }, h("th", { scope: "rowgroup", colspan: String(held.codes.length + 1), text: app.name(group) })), ...mine.map((row) => h("tr", {}, h("th", { scope: "row" }, app.name(row.one), h("span", { class: "unit", text: ` ${app.unit(row.one)}` })), held.codes.map((_, i) => cell(row, i))))] : [];
  });
  const grid = () => h("div", { class: "table-wrap", tabindex: "0", role: "region", "aria-label": app.t("heat") }, h("table", { class: "heat" }, h("thead", {}, h("tr", {}, h("th", { scope: "col", text: app.t("indicator") }), held.names.map((name) => h("th", { scope: "col", class: "num", text: name })))), h("tbody", {}, body)));
  return frame(app, {
    title: `${app.t("heat")} · ${app.period(period)}`, sub: app.t("heat_note"), name: `${app.t("heat")}_${model.periods[period].id}`,
    controls: [app.select(app.t("period"), periods.map((p) => ({ value: model.periods[p].id, text: app.period(p) })), model.periods[period].id, (value) => app.go({ t: value })), app.segments(app.t("shows"), ["value", "change"].map((name) => ({ value: name === "value" ? "" : name, text: app.t(`show_${name}`) })), change ? "change" : "", "f")],
    draw: grid, plain: true,
    table: () => ({ head: [app.t("indicator"), ...held.names], rows: rows.map((row) => [`${app.name(row.one)} (${app.unit(row.one)})`, ...row.values]) }),
  });
}

function clusterScale(app) {
  const { model } = app;
  const held = model.levelOf.get("cluster");
  if (!held) return h("section", { class: "box" }, h("h2", { text: app.t("cluster_scale") }), h("p", { class: "empty", text: app.t("none") }));
  const id = model.targets.find((goal) => goal.level === "cluster")?.indicator || "output";
  const at = model.indexOf.get(id) ?? 0;
  const one = model.indicators[at];
  const period = model.last("cluster", at, model.axes.year);
  if (period < 0) return h("section", { class: "box" }, h("h2", { text: app.t("cluster_scale") }), h("p", { class: "empty", text: app.t("no_data_period") }));
  const goalOf = (code) => model.target("cluster", code, id, model.periods[period].year);
  const rows = held.codes.map((code, i) => {
    const value = model.at("cluster", at, i, period);
    const goal = goalOf(code);
    const share = goal && Number.isFinite(value) ? ` · ${app.number((100 * value) / goal.value, 0)}%` : "";
    const off = goal && (value - goal.value) * one.better < 0;
    return { name: held.names[i], value, target: goal?.value, text: `${app.value(one, value)}${share} · ${app.change(one, model.at("cluster", at, i, period, 1))}`, color: off ? "var(--bar-2)" : "var(--bar)", href: app.to({ p: "indicators", i: id, l: "cluster", u: code, s: "value", ...kept(app, period) }) };
  }).sort((a, b) => b.value - a.value);
  return frame(app, {
    title: app.t("cluster_scale"), sub: app.t("cluster_scale_note", { indicator: `${app.name(one)} (${app.unit(one)})`, period: app.period(period) }), name: app.t("cluster_scale"),
    draw: (width) => bars(app, { width, rows, label: app.t("cluster_scale"), names: 12 }),
    table: () => ({ head: [app.t("cluster"), app.unit(one), app.t("change"), app.t("target")], rows: held.codes.map((code, i) => [held.names[i], model.at("cluster", at, i, period), model.at("cluster", at, i, period, 1), goalOf(code)?.value ?? NaN]), decimals: [, one.decimals, 1, 0] }),
  });
}

/** Tables of how firms are spread: concentration, location quotients, entries and exits. */
function structure(app, which) {
  const { model } = app;
  if (!model.structure) return null;
  const held = model.structure[which];
  if (!held?.rows.length) return h("section", { class: "box" }, h("h2", { text: app.t(which) }), h("p", { class: "empty", text: app.t("none") }));
  const rows = records(held);
  const values = { year: model.structure.year, line: app.number(model.structure.line, 0) };
  const name = (level, code) => areaName(app, level, code);
  let table;
  if (which === "concentration") table = { head: [app.t("cluster"), app.t("firms_n"), "CR4 (%)", "HHI"], rows: rows.map((row) => [name("cluster", row.cluster), row.n, (row.cr4 ?? NaN) * 100, row.hhi ?? NaN]), decimals: [, 0, 1, 4] };
  else if (which === "entries") {
    const years = [...new Set(rows.map((row) => row.year))].sort((a, b) => b - a);
    const units = [...new Set(rows.map((row) => row.unit))];
    const find = (unit, year) => rows.find((row) => row.unit === unit && row.year === year);
    table = { head: [app.t("district"), ...years.flatMap((year) => [`${year} ${app.t("entered")}`, `${year} ${app.t("left")}`, `${year} ${app.t("unknown_after")}`])], rows: units.map((unit) => [name("district", unit), ...years.flatMap((year) => [find(unit, year)?.entered ?? NaN, find(unit, year)?.left ?? NaN, find(unit, year)?.unknown ?? NaN])]), decimals: [, ...years.flatMap(() => [0, 0, 0])] };
  } else {
    const clusters = [...new Set(rows.map((row) => row.cluster))];
    const units = [...new Set(rows.map((row) => row.unit))];
    const at = new Map(rows.map((row) => [`${row.unit} ${row.cluster}`, row.lq]));
    table = { head: [app.t("district"), ...clusters.map((c) => name("cluster", c))], rows: units.map((unit) => [name("district", unit), ...clusters.map((c) => at.get(`${unit} ${c}`) ?? NaN)]), decimals: [, ...clusters.map(() => 2)] };
  }
  return frame(app, { title: app.t(which), sub: app.t(`${which}_note`, values), name: app.t(which), draw: () => tableOf(app, table), table: () => table });
}
