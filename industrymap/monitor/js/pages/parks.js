// Parks: what has been renewed of the village industrial parks, by year, route and district, beside what was planned.

import { bars } from "../charts/bars.js";
import { frame } from "../charts/frame.js";
import { h } from "../basics/dom.js";
import { records } from "../data/model.js";

/** @param {Object} app @returns {Node[]} */
export function parks(app) {
  const rows = records(app.model.parks);
  if (!rows.length) return [h("p", { class: "empty", text: app.t("parks_none") })];
  const of = (kind) => rows.filter((row) => row.kind === kind);
  return [
    h("h2", { text: app.t("parks_title") }),
    h("div", { class: "grid-3" }, box(app, "parks_year", of("year"), (key) => key), box(app, "parks_route", of("route"), (key) => app.t(`route_${key}`)), box(app, "parks_district", of("district"), (key) => key)),
    h("p", { class: "sub", text: app.t("parks_unknown") }),
  ];
}

function box(app, key, rows, name) {
  const number = (value) => (Number.isFinite(value) ? app.number(value, 2) : app.t("unknown"));
  // of a year to come nothing is done yet: that is no zero
  const done = (row) => (row.done_km2 === null && row.kind === "year" ? app.t("not_due") : number(row.done_km2 ?? NaN));
  return frame(app, {
    title: app.t(key), name: app.t(key), legend: [{ name: app.t("done"), color: "var(--bar)" }, { name: app.t("planned_mark"), color: "var(--ink)", upright: true }],
    draw: (width) => bars(app, { width, label: app.t(key), names: 8, rows: rows.map((row) => ({ name: name(row.key), value: row.done_km2 ?? NaN, target: row.planned_km2 ?? undefined, text: `${done(row)} / ${number(row.planned_km2 ?? NaN)}` })) }),
    table: () => ({ head: [app.t(key), `${app.t("done")} (${app.t("count")})`, `${app.t("done")} (km²)`, `${app.t("planned")} (${app.t("count")})`, `${app.t("planned")} (km²)`], rows: rows.map((row) => [name(row.key), row.done_n ?? (row.kind === "year" ? app.t("not_due") : NaN), row.done_km2 ?? (row.kind === "year" ? app.t("not_due") : NaN), row.planned_n ?? NaN, row.planned_km2 ?? NaN]), decimals: [, 0, 2, 0, 2] }),
  });
}
