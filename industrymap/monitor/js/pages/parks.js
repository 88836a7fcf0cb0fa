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
  const number = (value) => app.number(value, 2);
  return frame(app, {
    title: app.t(key), name: app.t(key), legend: [{ name: app.t("done"), color: "var(--bar)" }, { name: `${app.t("planned")} |`, color: "var(--ink)" }],
    draw: (width) => bars(app, { width, label: app.t(key), names: 8, rows: rows.map((row) => ({ name: name(row.key), value: row.done_km2 ?? NaN, target: row.planned_km2 ?? undefined, text: `${number(row.done_km2 ?? NaN)} / ${number(row.planned_km2 ?? NaN)}` })) }),
    table: () => ({ head: [app.t(key), `${app.t("done")} (${app.t("count")})`, `${app.t("done")} (km²)`, `${app.t("planned")} (${app.t("count")})`, `${app.t("planned")} (km²)`], rows: rows.map((row) => [name(row.key), row.done_n ?? NaN, row.done_km2 ?? NaN, row.planned_n ?? NaN, row.planned_km2 ?? NaN]), decimals: [, 0, 2, 0, 2] }),
  });
}
