// The colours of a layer: by category, by class of a number, or by what the selection adds up to in each area.

import { OTHER, RAMP, UNKNOWN, onDark } from "../basics/colors.js";
import { classify, limitsOf } from "../basics/classes.js";
import { derivedValues, isDerived, isHolder, shownScale } from "../data/derived.js";
import { isTotal, rateOf, rateValues } from "../data/rates.js";
import { links } from "../filters/relations.js";
import { unitAfter } from "../words/format.js";

/** Digits behind the point that no legend exceeds. */
const MOST_DIGITS = 6;

/**
 * @typedef {Object} Coloring
 * @property {string|null} field
 * @property {string} key changes when any colour may
 * @property {ArrayLike<number>|null} codes
 * @property {string[]} colors by code; 0 is the unknown
 * @property {boolean[]} other by code
 * @property {boolean} numeric
 * @property {number[]} limits of classes
 */

/** Classification in force for a layer. @param {Object} app @param {string} id */
export function classingOf(app, id) {
  return { method: "quantile", k: 5, ...(app.store.state.classes?.[id] || {}) };
}

/**
 * The colouring of a layer; kept until field, classification or selection change.
 * @param {Object} app
 * @param {string} id
 * @returns {Coloring}
 */
export function coloringOf(app, id) {
  const layer = app.model.layer(id);
  const field = app.store.state.color[id] || null;
  const kept = keptOf(app).get(id);
  const how = classingOf(app, id);
  const version = field?.startsWith("@") ? app.engine.result(app.model.firms?.id).version : 0;
  const key = `${field} ${JSON.stringify(how)} ${version} ${layer.version} ${layer.columns.year || ""} ${SHARED.get(id)?.join() || ""} ${isDark(app)} ${Boolean(layer.linked)}`;
  if (kept?.key === key) return kept;
  const made = { key, field, ...make(app, layer, field, how) };
  keptOf(app).set(id, made);
  return made;
}

/** Class limits that two pictures beside each other have in common. @type {Map<string, number[]>} */
const SHARED = new Map();

/** Colour whatever is painted meanwhile by the classes of the legend, so that one colour is one class at every moment. @param {Object} app @param {() => void} work */
export function withClasses(app, work) {
  for (const id of Object.keys(app.store.state.color)) {
    const { numeric, limits } = app.model.layer(id) && app.store.state.color[id] ? coloringOf(app, id) : {};
    if (numeric) SHARED.set(id, limits);
  }
  try {
    work();
  } finally {
    SHARED.clear();
  }
}

/** Whether what is painted meanwhile is for paper, which is light however dark the screen. */
let paper = false;

/** Colour whatever is painted meanwhile as on paper. @template T @param {() => T} work @returns {T} */
export function onPaper(work) {
  const before = paper;
  paper = true;
  try {
    return work();
  } finally {
    paper = before;
  }
}

/** What was worked out for a page, by layer: colours are asked for at every mark that is drawn. @type {WeakMap<Object, Map<string, Coloring>>} */
const KEPT = new WeakMap();

function keptOf(app) {
  if (!KEPT.has(app)) KEPT.set(app, new Map());
  return KEPT.get(app);
}

function make(app, layer, field, how) {
  const plain = { codes: null, colors: [layer.style === "outline" ? inkOf(app, layer, "#12507b") : OTHER], other: [false], numeric: false, limits: [] };
  if (!field) return plain;
  if (isDerived(field) && isHolder(app, layer) && !layer.linked) {
    // another version of the parks came to be shown: its rows are joined to the firms by their keys, as the first one's were
    links(app.model, layer.id).then((linked) => {
      layer.linked = linked || new Int32Array(app.model.firms.n).fill(-1);
      app.engine.tell([layer.id]);
    });
  }
  const derived = isDerived(field) ? derivedValues(app, layer, field) : null;
  const rate = rateOf(app.model, layer, field);
  const values = derived ? derived.values : rate ? rateValues(layer, rate) : layer.columns.column(field)?.values;
  if (values) {
    const limits = SHARED.get(layer.id) || limitsOf(values, how, figureOf(app, layer, field).factor);
    const n = Math.max(1, limits.length - 1);
    return { codes: classify(values, limits), colors: [UNKNOWN, ...ramp(n, isDark(app))], other: new Array(n + 1).fill(false), numeric: true, limits, values, derived };
  }
  const column = layer.columns.column(field);
  if (!column?.codes) return plain;
  const colors = [UNKNOWN];
  const other = [false];
  for (const c of layer.categories(field)) {
    colors[c.code] = inkOf(app, layer, c.color);
    other[c.code] = c.other;
  }
  return { codes: column.codes, colors, other, numeric: false, limits: [] };
}

/** The colour of a category as it is drawn: lines have to be followed on a dark ground too. @param {Object} app @param {import("../data/model.js").Layer} layer @param {string} color */
export function inkOf(app, layer, color) {
  return layer.style === "outline" && isDark(app) ? onDark(color) : color;
}

function isDark(app) {
  return Boolean(app.store.state.dark) && !paper;
}

/** Low is near the ground: pale on paper, dark on a dark screen, where pale areas would glow. */
function ramp(n, dark) {
  const colors = dark ? [...RAMP].reverse() : RAMP;
  return Array.from({ length: n }, (_, i) => colors[n === 1 ? 3 : Math.round((i * (RAMP.length - 1)) / (n - 1))]);
}

/**
 * The lines of a layer's legend with live counts.
 * @param {Object} app
 * @param {string} id
 * @param {string} [field] the colour field by default
 * @returns {{word?: string|null, min?: number, max?: number, label: string, color: string, n: number}[]}
 */
export function legendRows(app, id, field = app.store.state.color[id]) {
  const layer = app.model.layer(id);
  if (!field) return [];
  const coloring = field === app.store.state.color[id] ? coloringOf(app, id) : null;
  if (coloring?.numeric) return classRows(app, layer, field, coloring);
  const column = layer.columns.column(field);
  if (!column?.codes) return [];
  const counts = app.engine.counts(id, field);
  const rows = layer.categories(field).map((c) => ({ word: c.word, color: inkOf(app, layer, c.color), label: c[app.lang], n: counts[c.code] }));
  if (column.unknown === undefined) column.unknown = column.codes.includes(0);
  if (counts[0] || column.unknown) rows.push({ word: null, color: UNKNOWN, label: app.t("unknown"), n: counts[0] });
  const known = layer.columns.fields.get(field).values || layer.taxonomies.has(field);
  return known ? rows.filter((r) => r.word !== null || r.n) : rows.sort((a, b) => (a.word === null) - (b.word === null) || b.n - a.n);
}

/** Whether a column holds shares, kept as 0 to 1 and written as per cent. @param {string} field */
export function isShare(field) {
  return field.endsWith("_share") || field === "block_overlap";
}

/** The unit in which a column is read, and what its values are multiplied by: an area in 亩 or km², not in m². @param {Object} app @param {import("../data/model.js").Layer} layer @param {string} field */
export function everyday(app, layer, field) {
  const how = layer.shown.get(field);
  return how?.unit && !isShare(field) ? { unit: (app.lang === "en" && how.unit_en) || how.unit, factor: how.factor ?? 1 } : { unit: layer.unit(field, app.lang), factor: 1 };
}

/**
 * How a figure that areas are shaded by is named and written: its unit, and what its values are multiplied by to be in it.
 * @param {Object} app @param {import("../data/model.js").Layer} layer @param {string} field @returns {{name: string, unit: string, factor: number, share: boolean}}
 */
export function figureOf(app, layer, field) {
  const { lang } = app;
  if (isDerived(field)) return { name: app.t(`theme_${field.slice(1)}`), unit: app.t(`theme_unit_${field.slice(1)}`), factor: shownScale(field, lang), share: false };
  const rate = rateOf(app.model, layer, field);
  if (rate) {
    const per = rate.hundred ? "100mu" : rate.per;
    return { name: app.t(`rate_${per}`, { name: layer.fieldLabel(rate.of, lang) }), unit: app.t(`rate_unit_${per}`, { unit: layer.unit(rate.of, lang) }), factor: 1, share: false };
  }
  const share = isShare(field);
  const { unit, factor } = everyday(app, layer, field);
  return { name: layer.fieldLabel(field, lang), unit: share ? "" : unit, factor: share ? 100 : factor, share };
}

/** One value of such a figure with its unit. @param {Object} app @param {{unit: string, factor: number, share: boolean}} figure @param {number} value */
export function figureText(app, { unit, factor, share }, value) {
  if (!Number.isFinite(value)) return app.t("no_value");
  const text = app.format.number(value * factor);
  return share || unit === "%" ? `${text}%` : unit ? `${text} ${unitAfter(text, unit)}` : text;
}

/** How the limits of classes are written: all with the same digits, as many as their range deserves, every inner limit as it is, and each told from the next. @returns {(value: number) => string} */
function limitText(app, layer, field, limits) {
  const { factor, share } = figureOf(app, layer, field);
  const range = (limits[limits.length - 1] - limits[0]) * factor;
  const whole = limits.every((v) => Number.isInteger(v * factor));
  let digits = whole || !(range > 0) ? 0 : Math.max(0, Math.min(3, (share ? 1 : 2) - Math.floor(Math.log10(range))));
  const text = (value) => app.format.fixed(value * factor, digits);
  const unlike = (value) => Math.abs(Number(text(value).replace(/,/g, "")) - value * factor) > 1e-6 * Math.abs(value * factor);
  const different = new Set(limits).size;
  while (digits < MOST_DIGITS && (new Set(limits.map(text)).size < different || (digits < 3 && limits.slice(1, -1).some(unlike)))) digits++;
  return share ? (value) => `${text(value)}%` : text;
}

/**
 * What a choropleth shows: name with unit; then method, number of units, and how many firms have the figure.
 * @param {Object} app @param {import("../data/model.js").Layer} layer @param {string} field @param {Coloring} coloring
 */
export function themeTitle(app, layer, field, coloring) {
  const { name, unit } = figureOf(app, layer, field);
  // only what a filter leaves is drawn
  const mask = layer.role === "subject" ? app.engine.result(layer.id).mask : null;
  const drawn = (values) => values.reduce((sum, v, f) => sum + (!mask || mask[f] ? v : 0), 0);
  const units = coloring.values ? coloring.values.reduce((n, v, f) => n + (Number.isFinite(v) && (!mask || mask[f]) ? 1 : 0), 0) : layer.n;
  const said = [app.t("theme_n", { method: app.t(`class_${classingOf(app, layer.id).method}`), n: app.format.count(units) })];
  const { derived } = coloring;
  if (derived) said.push(app.t("theme_selected"), app.t("theme_known", { known: app.format.count(drawn(derived.knowns)), of: app.format.count(drawn(derived.counts)) }));
  // what lies outside is said of the whole layer, not of what a filter leaves of it
  if (derived?.left && !(mask && app.engine.items(layer.id).length)) said.push(app.t("theme_left", { n: app.format.count(derived.left), units: layer.label(app.lang).toLowerCase() }));
  if (!isDerived(field) && isTotal(layer, field)) said.push(app.t("theme_total_note"));
  return { title: `${layer.label(app.lang)} · ${name}${unit ? (app.lang === "zh" ? `（${unit}）` : ` (${unit})`) : ""}`, note: said.join(app.lang === "zh" ? "；" : "; ") };
}

function classRows(app, layer, field, coloring) {
  const counts = new Uint32Array(coloring.colors.length);
  const mask = app.engine.maskBut(layer.id, field);
  for (let i = 0; i < mask.length; i++) if (mask[i]) counts[coloring.codes[i]]++;
  const { limits } = coloring;
  const text = limitText(app, layer, field, limits);
  const rows = [];
  const counted = limits.every(Number.isInteger) && coloring.values.every((v) => v !== v || Number.isInteger(v));
  for (let c = 0; c + 1 < limits.length; c++) {
    const last = c + 2 === limits.length;
    const zeros = !c && !last && !limits[0] && !coloring.values.some((v) => v > 0 && v < limits[1]);
    // of counts the classes do not share a limit: 7 – 10, then 11 – 27
    const end = zeros ? 0 : counted && !last ? limits[c + 1] - 1 : limits[c + 1];
    rows.push({
      word: `class ${c}`, color: coloring.colors[c + 1], n: counts[c + 1], label: zeros ? text(0).replace(/[.]0+/, "") : (counted || limits[0] === limits[1]) && end === limits[c] ? text(end) : `${text(limits[c])} – ${text(end)}`,
      min: limits[c], max: last ? limits[c + 1] : below(limits[c + 1]),
    });
  }
  rows.push({ word: null, color: UNKNOWN, label: app.t("no_value"), n: counts[0], nodata: true });
  return rows;
}

/** The largest number below another, so that neighbouring classes do not share their limit. */
function below(value) {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigInt64(0);
  if (value === 0) return -Number.MIN_VALUE;
  view.setBigInt64(0, value > 0 ? bits - 1n : bits + 1n);
  return view.getFloat64(0);
}
