// Years of revenue and dates of the parks: a slider that shows the firms of a year, or the parks as they stood.

import { later } from "../data/summary.js";
import { fill, h, icon } from "../basics/dom.js";
import { compare, sides } from "../map/compare.js";
import { inTurn } from "../map/moments.js";
import { isStale } from "./topbar.js";

const PLAY_MS = 1600;

/**
 * Steps of the slider: years, days on which the database changed, then today's data.
 * @param {Object} app
 * @returns {{kind: string, label: string, tick: string, moment: {year: number|null, day: string|null}}[]}
 */
export function steps(app) {
  const { manifest, snapshots, meta } = app.model;
  const years = (manifest.years || []).map((year) => ({ kind: "year", label: app.t("time_year", { year }), tick: String(year), moment: { year, day: `${year}-12-31` } }));
  const days = [...new Set(snapshots.map((layer) => layer.head.date))].map((day) => ({ kind: "date", label: day, tick: day.slice(0, 7), moment: { year: null, day } }));
  const now = { kind: "now", label: meta.data_date || app.t("time_now"), tick: meta.data_date ? meta.data_date.slice(0, years.length ? 4 : 7) : app.t("time_now"), moment: { year: null, day: null } };
  return [...[...years, ...days].sort((a, b) => (a.moment.day < b.moment.day ? -1 : 1)), now];
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
    note.hidden = step.kind === "now";
    if (!note.hidden) notesOf(app, step).then((notes) => shownStep(app, all) === step && fill(note, notes.map((text) => h("p", { text }))));
  };
  app.live(app.store.watch(["year", "version"], draw));
  app.live(app.engine.watch(draw)); // growth is that of the selection
  draw();
}

function shownStep(app, all) {
  const { year, version } = app.store.state;
  return all.find(({ kind, moment }) => (kind === "year" ? moment.year === year : kind === "date" && !year && moment.day === version)) || all[all.length - 1];
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

/** What a reader must know of the past: whose figures these are, how they compare with today's, and what is not of that time. */
async function notesOf(app, { moment }) {
  const { format, t } = app;
  const { firms } = app.model;
  const notes = [];
  if (moment.year && firms?.columns.dated.size) {
    const found = await growth(app, moment.year);
    const rate = (now, then) => (then > 0 ? `${now >= then ? "+" : "−"}${format.percent(Math.abs(now - then), then)}` : format.none);
    notes.push(t("time_base", { year: moment.year, n: format.count(app.engine.size(firms.id)) }));
    if (app.engine.items(firms.id).length) notes.push(t("time_selected", { n: format.count(found.then) }));
    notes.push(t("time_growth", {
      what: t(app.engine.items(firms.id).length ? "time_what_selected" : "time_what_base"),
      same: t(app.engine.items(firms.id).length ? "time_same_selected" : "time_same_base"),
      // where half of the firms lack a year, the whole tells who reported, not who grew
      whole: found.lacking > Math.max(found.then, found.now) / 2 ? format.none : rate(found.sumNow, found.sumThen), entered: format.count(found.entered), left: format.count(found.left), lacking: format.count(found.lacking),
      panel: format.count(found.both), constant: rate(found.panelNow, found.panelThen),
    }));
  }
  const stood = new Map();
  for (const layer of app.model.subjects.filter((one) => one.shapes)) {
    const said = layerNote(app, layer, moment.day);
    stood.set(said, [...(stood.get(said) || []), layer.label(app.lang)]);
  }
  const layers = [...stood].map(([said, names]) => t("time_layers", { names: names.join(t("list_joint")), said }));
  return [...notes, layers.length ? layers.join(t("sentence_joint")) + t("sentence_end") : ""].filter(Boolean);
}

/** As what a layer is shown on a past day: an earlier version, unchanged since, or as it is today because nobody recorded it. */
function layerNote(app, layer, day) {
  const version = layer.versionAt(day);
  const first = layer.versions[0]?.head.date || layer.head.since;
  if (version === null) return first ? app.t("time_unrecorded", { date: first }) : app.t("time_unkept");
  return version ? app.t("time_version", { date: layer.versions.find((one) => one.id === version).head.date }) : app.t("time_unchanged");
}

/**
 * The selection of a past year beside today's: the whole of each, and the firms that are in both (the constant panel). The
 * conditions are judged by the values of each year, as the base is. A firm that has no figure in one of the two years neither entered nor left.
 * @param {Object} app @param {number} year
 */
export async function growth(app, year) {
  const { firms } = app.model;
  const [was, is] = await Promise.all([year, null].map((y) => app.engine.maskIn(firms.id, y)));
  const [before, after] = [year, null].map((y) => firms.columns.of("revenue_10k_cny", y).values);
  const laterThan = await later(firms, year);
  const out = { then: 0, now: 0, entered: 0, left: 0, lacking: 0, both: 0, sumNow: 0, sumThen: 0, panelNow: 0, panelThen: 0 };
  for (let i = 0; i < firms.n; i++) {
    // a figure that is itself of the earlier year has nothing to be compared with
    const [a, b] = [before[i], laterThan(i) ? after[i] : NaN];
    if (was[i]) {
      out.then++;
      out.sumThen += a === a ? a : 0;
    }
    if (is[i]) {
      out.now++;
      out.sumNow += b === b ? b : 0;
    }
    if (was[i] && is[i] && a === a && b === b) {
      out.both++;
      out.panelThen += a;
      out.panelNow += b;
    } else if (was[i] || is[i]) {
      if (a !== a || b !== b) out.lacking++;
      else if (is[i]) out.entered++;
      else out.left++;
    }
  }
  return out;
}

/** Two moments side by side: the one that is shown, or the earliest, and today. */
function compareButton(app) {
  const all = sides(app).filter((side) => side.id !== "now" && !side.standard);
  if (!all.length) return null;
  const label = app.t("compare_dates");
  const first = () => {
    const { year, version } = app.store.state;
    return all.find((side) => (year ? side.id === `year@${year}` : side.date === version)) || all[0];
  };
  return h("button", { type: "button", class: "icon-button", title: label, "aria-label": label, on: { click: () => compare(app, first().id, "now") } }, icon("split"));
}

/** Show a step. @param {Object} app @param {{kind: string, moment: Object}} step */
export async function go(app, { kind, moment }) {
  const state = { year: moment.year, version: kind === "date" ? moment.day : null };
  await showMoment(app, state);
  app.store.set(state);
}

/**
 * Bring data, selection and map to a year or day, unless they are there. What is picked stays picked where it existed then.
 * @param {Object} app @param {{year: number|null, version: string|null}} state
 */
export function showMoment(app, { year, version }) {
  return inTurn(app, () => bring(app, year, version));
}

async function bring(app, year, version) {
  const { model } = app;
  const moment = { year, day: version || (year ? `${year}-12-31` : null) };
  if (moment.year === model.moment.year && moment.day === model.moment.day) return;
  const { picked } = app.store.state;
  const layer = picked && model.layer(picked.layer);
  const key = layer?.key ? await layer.columns.read(layer.key, picked.row) : null;
  const before = layer?.version;
  await model.bring(moment, app.stage.shift);
  const row = layer && layer.version !== before ? await rowOf(layer, key) : picked?.row;
  app.store.set({ hovered: null, bubble: null, picked: picked && row >= 0 ? { ...picked, row } : null });
  await app.engine.run();
  app.stage.redraw();
}

async function rowOf(layer, key) {
  for (let row = 0; row < layer.n; row++) if ((await layer.columns.read(layer.key, row)) === key) return row;
  return -1;
}
