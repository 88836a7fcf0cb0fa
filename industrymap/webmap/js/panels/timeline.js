// Years of revenue and dates of the parks: a slider that shows the firms of a year, or the parks as they stood.

import { fill, h, icon } from "../basics/dom.js";
import { compare, sides } from "../map/compare.js";
import { paintByColor } from "../map/paint_shapes.js";
import { isStale } from "./topbar.js";

/** Steps of the slider: years, dates, then today's data. @param {Object} app @returns {{kind: string, label: string, year?: number, layer?: string}[]} */
export function steps(app) {
  const { manifest, snapshots } = app.model;
  const years = (manifest.years || []).map((year) => ({ kind: "year", year, label: String(year), sort: `${year}-12-31` }));
  const dates = snapshots.map((layer) => ({ kind: "date", layer: layer.id, label: layer.head.date, sort: layer.head.date }));
  return [...[...years, ...dates].sort((a, b) => (a.sort < b.sort ? -1 : 1)), { kind: "now", label: app.t("time_now") }];
}

/** The column that holds the revenue of the year that is shown. @param {Object} app */
export function revenueColumn(app) {
  const { year } = app.store.state;
  return year ? `revenue_10k_cny@${year}` : "revenue_10k_cny";
}

/** @param {HTMLElement} root @param {Object} app */
export function mountTimeline(root, app) {
  const all = steps(app);
  root.hidden = all.length < 2;
  if (root.hidden) return;
  const badge = h("output", { class: "time-badge" });
  const slider = h("input", { type: "range", min: "0", max: String(all.length - 1), step: "1", "aria-label": app.t("time"), class: "time-slider" });
  fill(root, h("span", { class: "unit", text: all[0].label }), slider, badge, compareButton(app));
  slider.addEventListener("input", () => go(app, all[Number(slider.value)]));
  const draw = () => {
    const { year, version } = app.store.state;
    const at = all.findIndex((s) => (s.kind === "year" ? s.year === year : s.kind === "date" ? s.layer === version : !year && !version));
    const step = all[Math.max(0, at)];
    slider.value = String(all.indexOf(step));
    slider.setAttribute("aria-valuetext", step.label);
    badge.textContent = step.kind === "now" ? app.model.meta.data_date || step.label : step.label;
    badge.classList.toggle("stale", step.kind !== "now" || isStale(app.model.meta));
    badge.title = step.kind === "now" ? "" : app.t("time_past");
  };
  app.live(app.store.watch(["year", "version"], draw));
  draw();
}

/** Two dates side by side: the one that is shown, or the earliest, and today. */
function compareButton(app) {
  const { snapshots } = app.model;
  if (!snapshots.length || sides(app).length < 2) return null;
  const label = app.t("compare_dates");
  return h("button", { type: "button", class: "icon-button", title: label, "aria-label": label, on: { click: () => compare(app, app.store.state.version || snapshots[0].id, "now") } }, icon("split"));
}

/** Show a step. @param {Object} app @param {Object} step */
export async function go(app, step) {
  const firms = app.model.firms;
  if (step.kind === "year") await firms?.columns.load([`revenue_10k_cny@${step.year}`]);
  if (step.kind === "date") {
    const layer = app.model.snapshots.find((l) => l.id === step.layer);
    if (!layer.shapes) await layer.loadGeometry();
    if (app.stage.shift) layer.shapes.move(app.stage.shift.there);
    await layer.columns.load(["route"]);
  }
  app.store.set({ year: step.kind === "year" ? step.year : null, version: step.kind === "date" ? step.layer : null });
}

/** Draws the parks as they stood at the date that the slider shows. @param {Object} app */
export function versionOverlay(app) {
  return {
    order: 11,
    sheet: "areas",
    paint: (view) => {
      const layer = app.model.snapshots.find((l) => l.id === app.store.state.version);
      if (!layer?.shapes || app.store.state.layers[app.model.parks?.id] === false || app.store.state.comparing) return;
      const column = layer.columns.column("route");
      const palette = column?.codes ? layer.palette("route") : null;
      paintByColor(view, layer.shapes, null, (f) => palette?.[column.codes[f]] || "#7a8794", { alpha: 0.6, line: 0.8 });
    },
  };
}

/** Conditions that the slider adds: a firm is shown in a year whose revenue is known. @param {Object} app @param {string} id */
export function timeItems(app, id) {
  const { year } = app.store.state;
  const field = `revenue_10k_cny@${year}`;
  return year && app.model.layer(id).counted && app.model.layer(id).columns.has(field) ? [{ field, op: "known" }] : [];
}
