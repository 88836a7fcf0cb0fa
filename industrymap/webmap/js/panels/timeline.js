// Years of revenue and dates of the parks: a slider that shows the firms of a year, or the parks as they stood.

import { fill, h, icon } from "../basics/dom.js";
import { compare, sides } from "../map/compare.js";
import { paintByColor } from "../map/paint_shapes.js";
import { isStale } from "./topbar.js";

const PLAY_MS = 1600;

/** Steps of the slider: years, dates, then today's data. @param {Object} app @returns {{kind: string, label: string, year?: number, layer?: string}[]} */
export function steps(app) {
  const { manifest, snapshots, meta } = app.model;
  const years = (manifest.years || []).map((year) => ({ kind: "year", year, label: app.t("time_year", { year }), tick: String(year), sort: `${year}-12-31` }));
  const dates = snapshots.map((layer) => ({ kind: "date", layer: layer.id, label: layer.head.date, tick: layer.head.date.slice(0, 7), sort: layer.head.date }));
  const now = { kind: "now", label: meta.data_date || app.t("time_now"), tick: meta.data_date ? meta.data_date.slice(0, years.length ? 4 : 7) : app.t("time_now") };
  return [...[...years, ...dates].sort((a, b) => (a.sort < b.sort ? -1 : 1)), now];
}

/** @param {HTMLElement} root @param {Object} app */
export function mountTimeline(root, app) {
  const all = steps(app);
  root.hidden = all.length < 2;
  if (root.hidden) return;
  const badge = h("output", { class: "time-badge" });
  const slider = h("input", { type: "range", id: "time-slider", min: "0", max: String(all.length - 1), step: "1", class: "time-slider" });
  const ticks = h("div", { class: "time-ticks", "aria-hidden": "true" }, all.map((step) => h("span", { text: step.tick })));
  const note = h("div", { class: "time-note" });
  fill(root,
    h("div", { class: "time-row" },
      h("label", { class: "unit", for: "time-slider", text: app.t("time") }), playButton(app, all), h("div", { class: "time-scale" }, slider, ticks), badge, compareButton(app)),
    note);
  slider.addEventListener("input", () => go(app, all[Number(slider.value)]));
  const draw = () => {
    const step = shownStep(app, all);
    slider.value = String(all.indexOf(step));
    slider.setAttribute("aria-valuetext", step.label);
    badge.textContent = step.label;
    badge.classList.toggle("stale", step.kind !== "now" || isStale(app.model.meta));
    badge.title = step.kind === "now" ? "" : app.t("time_past");
    fill(note, step.kind === "year" ? yearNotes(app, step.year).map((text) => h("p", { text })) : null);
    note.hidden = step.kind !== "year";
  };
  app.live(app.store.watch(["year", "version"], draw));
  draw();
}

function shownStep(app, all) {
  const { year, version } = app.store.state;
  const shown = (step) => (step.kind === "year" ? step.year === year : step.kind === "date" ? !year && step.layer === version : !year && !version);
  return all.find(shown) || all[all.length - 1];
}

/** From the first step to the last, one after the other; pressed again it stops. */
function playButton(app, all) {
  const button = h("button", { type: "button", class: "icon-button", "aria-pressed": "false", title: app.t("time_play"), "aria-label": app.t("time_play") }, icon("clock"));
  let timer = 0;
  const stop = () => {
    clearInterval(timer);
    timer = 0;
    button.setAttribute("aria-pressed", "false");
  };
  button.addEventListener("click", () => {
    if (timer) return stop();
    let at = 0;
    button.setAttribute("aria-pressed", "true");
    const show = () => {
      go(app, all[at]);
      if (++at >= all.length) stop();
    };
    timer = setInterval(show, PLAY_MS);
    return show();
  });
  app.live(stop);
  return button;
}

/** What a reader must know of a past year: whose figures these are, how they compare with today's, and what is not of that year. */
function yearNotes(app, year) {
  const { firms, snapshots } = app.model;
  const { format, t } = app;
  const found = growth(firms, year);
  const notes = [];
  if (found) {
    const rate = (now, then) => (then > 0 ? `${now >= then ? "+" : "−"}${format.percent(Math.abs(now - then), then)}` : format.none);
    notes.push(t("time_base", { year, n: format.count(found.then) }));
    notes.push(t("time_growth", {
      whole: rate(found.sumNow, found.sumThen), entered: format.count(found.entered), left: format.count(found.left), lacking: format.count(found.lacking),
      panel: format.count(found.both), constant: rate(found.panelNow, found.panelThen),
    }));
  }
  if (app.model.parks) notes.push(app.store.state.version ? t("time_parks", { date: snapshots.find((l) => l.id === app.store.state.version)?.head.date || "" }) : t("time_no_parks"));
  return notes;
}

/**
 * Two bases beside each other: the whole of each, and the firms that are in both (the constant panel).
 * A firm that has no figure in one of the two years neither entered nor left: it lacks a year.
 * @param {import("../data/model.js").Layer|undefined} firms @param {number} year
 */
export function growth(firms, year) {
  const [then, now] = [year, null].map((y) => ({ base: firms?.columns.of("in_base", y), revenue: firms?.columns.of("revenue_10k_cny", y)?.values }));
  if (!then.base || !now.base || !then.revenue || !now.revenue) return null;
  const out = { then: 0, entered: 0, left: 0, lacking: 0, both: 0, sumNow: 0, sumThen: 0, panelNow: 0, panelThen: 0 };
  for (let i = 0; i < firms.n; i++) {
    const [was, is] = [then.base.codes[i] === 2, now.base.codes[i] === 2];
    const [a, b] = [then.revenue[i], now.revenue[i]];
    if (was) {
      out.then++;
      out.sumThen += a;
    }
    if (is) out.sumNow += b === b ? b : 0;
    if (was && is) {
      out.both++;
      out.panelThen += a;
      out.panelNow += b;
    } else if (was || is) {
      if (a !== a || b !== b) out.lacking++;
      else if (is) out.entered++;
      else out.left++;
    }
  }
  return out;
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
  const year = step.kind === "year" ? step.year : null;
  // parks lie as the database had them at the end of that year, where it goes back so far
  const version = step.kind === "date" ? step.layer : year ? asOf(app, `${year}-12-31`) : null;
  await Promise.all([showYear(app, year), readyVersion(app, version)]);
  app.store.set({ year, version });
}

/** The latest version of the parks up to a day. */
function asOf(app, day) {
  return app.model.snapshots.filter((layer) => layer.head.date <= day).slice(-1)[0]?.id || null;
}

async function readyVersion(app, version) {
  const layer = app.model.snapshots.find((l) => l.id === version);
  if (!layer) return;
  if (!layer.shapes) await layer.loadGeometry();
  if (app.stage.shift) layer.shapes.move(app.stage.shift.there);
  await layer.columns.load(["route"]);
}

/** Every layer answers with the values of one year, and what was worked out from another is forgotten. */
export async function showYear(app, year) {
  const layers = [...app.model.layers.values()];
  if (year) await app.model.firms?.columns.load(["in_base", "revenue_10k_cny"]);
  await Promise.all(layers.map((layer) => layer.columns.inYear(year)));
  for (const layer of layers) if (layer.columns.dated.size) layer.styles.clear();
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
