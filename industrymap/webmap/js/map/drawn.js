// What is drawn, in the order of importance: the legend of prints and pictures, and the signs explained beside the map.

import { coloringOf, themeTitle } from "./coloring.js";
import { GROUP_ZOOM, radiusOf } from "./graded.js";
import { HEAT, hexClasses } from "./density.js";
import { largestOf } from "./largest.js";
import { FAINT_POINTS_ZOOM, LARGEST, emphasisOf, topicOf } from "./topics.js";
import { RAMP } from "../basics/colors.js";
import { bordered, groundOf } from "./paint_ground.js";

const SIZES = [1e4, 1e5, 1e6]; // 1, 10 and 100 亿元 in 万元

/**
 * @typedef {Object} Line
 * @property {string} [heading]
 * @property {string} [note] under a heading
 * @property {"square"|"hollow"|"circle"|"open"|"line"|"dash"|"road"|"dust"|"ramp"|"text"} [shape]
 * @property {string} [color]
 * @property {string[]} [colors] of a ramp, or of a road between its edges
 * @property {number} [r] of a circle, pixels
 * @property {string} [label]
 * @property {string} [n]
 * @property {boolean} [joined] stands with the line before it, never in another column
 * @property {boolean} [sign] a sign, not a category that can be clicked
 */

/**
 * Every line of the legend of the present view.
 * @param {Object} app
 * @param {boolean} [signsOnly] without the categories, which stand beside the map already
 * @param {import("./canvas.js").View|null} [view] of a sheet; otherwise what the screen shows
 * @returns {Line[]}
 */
export function drawnLegend(app, signsOnly = false, view = null) {
  const lines = [];
  const categories = signsOnly ? () => [] : categoryLines;
  for (const layer of app.model.containers) if (app.store.state.color[layer.id] && !signsOnly) lines.push(...choropleth(app, layer));
  const subjects = app.model.subjects.map((layer) => ({ layer, emphasis: emphasisOf(app, layer) }));
  for (const { layer } of subjects.filter((one) => one.emphasis === "full")) lines.push(...(layer.isPoints ? points(app, layer, categories, view) : areas(app, layer, categories)));
  const signs = subjects.filter(({ layer, emphasis }) => emphasis === "quiet" && layer.shapes && app.engine.result(layer.id).count)
    .map(({ layer }) => ({ shape: "square", color: "#dfe6ea", label: app.t("sign_quiet", { name: layer.label(app.lang) }), n: app.format.count(app.engine.result(layer.id).count) }));
  const zoom = view ? view.zoom : app.stage.map.getZoom();
  for (const { layer, emphasis } of subjects) {
    const drawn = layer.isPoints && (emphasis === "quiet" || (emphasis === "faint" && zoom >= FAINT_POINTS_ZOOM)) && !app.comparesParks;
    if (drawn && app.engine.result(layer.id).count) signs.push({ shape: "dust", color: "#8e9aa7", label: app.t("sign_quiet", { name: layer.label(app.lang) }) });
  }
  const ground = groundSigns(app, view);
  if (signs.length || ground.length) lines.push({ heading: app.t("background"), sign: true }, ...[...signs, ...ground].map((line) => ({ ...line, sign: true })));
  return lines;
}

function choropleth(app, layer) {
  const field = app.store.state.color[layer.id];
  const coloring = coloringOf(app, layer.id);
  const { title, note } = themeTitle(app, layer, field, coloring);
  return [{ heading: title, note }, ...app.legendRows(layer.id).filter((row) => row.n).map((row) => ({ shape: row.nodata ? "hollow" : "square", color: row.color, label: row.label, n: app.format.count(row.n) }))];
}

/** Categories with the number of rows that are drawn: what a filter leaves out is in no print. */
function categoryLines(app, layer, shape, { mask } = app.engine.result(layer.id)) {
  const field = app.store.state.color[layer.id];
  if (!field) return [];
  const { codes, colors } = coloringOf(app, layer.id);
  if (!codes) return [];
  const byCode = new Uint32Array(colors.length);
  for (let i = 0; i < mask.length; i++) if (mask[i]) byCode[codes[i]]++;
  const counts = new Map();
  colors.forEach((color, code) => counts.set(color, (counts.get(color) || 0) + byCode[code]));
  const said = new Set();
  const rows = [];
  const legend = app.legendRows(layer.id);
  for (const row of legend) {
    // several categories may share the colour of everything else: they are one line, as they are one colour on the map
    if (said.has(row.color) || !counts.get(row.color)) continue;
    said.add(row.color);
    const shared = legend.filter((other) => other.color === row.color).length > 1;
    rows.push({ shape: row.nodata && shape === "square" ? "hollow" : shape, color: row.color, label: shared ? app.t("everything_else") : row.label, n: app.format.count(counts.get(row.color)) });
  }
  return rows;
}

function areas(app, layer, categories) {
  const field = app.store.state.color[layer.id];
  const coloring = coloringOf(app, layer.id);
  if (coloring.numeric) {
    const { title, note } = themeTitle(app, layer, field, coloring);
    return [{ heading: title, note }, ...categories(app, layer, "square")];
  }
  return [{ heading: `${layer.label(app.lang)} ${app.format.count(app.engine.result(layer.id).count)}`, note: field ? layer.fieldLabel(field, app.lang) : "" }, ...categories(app, layer, "square")];
}

function points(app, layer, categories, view) {
  const largest = topicOf(app).id === LARGEST && layer.counted;
  const result = largest ? largestOf(app, layer) : app.engine.result(layer.id);
  const { count, sums } = result;
  const mode = largest || !layer.counted ? "graded" : app.store.state.mode;
  const exact = sums[layer.points.exact];
  const heading = { heading: `${layer.label(app.lang)} ${app.format.count(count)}`, note: largest ? app.t("largest_note") : "" };
  const rest = placeSigns(app, layer, sums);
  if (mode === "heat") return [heading, { shape: "ramp", colors: HEAT, label: app.t("sign_heat", { n: app.format.count(exact) }), sign: true }, ...rest];
  if (mode === "hexbin") {
    const classes = hexClasses(app, view).map(([from, to], i) => ({ shape: "square", color: RAMP[i], label: from === to ? app.format.count(from) : `${app.format.count(from)} – ${app.format.count(to)}`, sign: true, from, to }));
    return [{ ...heading, note: app.t("sign_hex") }, ...classes.filter((c) => c.to >= c.from), ...rest];
  }
  const lines = [heading, ...categories(app, layer, "circle", result)];
  if (mode === "graded" && layer.counted && layer.columns.column("revenue_10k_cny")) {
    const zoom = view ? view.zoom : app.stage.map.getZoom();
    lines.push({ shape: "text", label: app.t("sign_size"), sign: true });
    for (const size of SIZES) {
      const { value, unit } = app.format.money(size);
      lines.push({ shape: "circle", color: "#8c98a5", r: radiusOf(size, zoom), label: `${value} ${unit}`, sign: true, joined: true });
    }
    if (!largest) lines.push({ shape: "dust", color: "#a9b4c0", label: app.t("sign_dust"), sign: true });
    if (zoom >= GROUP_ZOOM) lines.push({ shape: "circle", color: "#8c98a5", r: 6.5, label: app.t("sign_group"), sign: true });
    lines.push({ shape: "open", color: "#8c98a5", label: app.t("sign_near"), sign: true });
  }
  return [...lines, ...rest];
}

/** What cannot be drawn as a point is said in numbers. */
function placeSigns(app, layer, sums) {
  const { exact, placed } = layer.points;
  const coarse = sums[placed] - sums[exact];
  const unplaced = sums[layer.n] - sums[placed];
  return [
    coarse ? { shape: "text", label: app.t("sign_coarse", { n: app.format.count(coarse) }), sign: true } : null,
    unplaced ? { shape: "text", label: app.t("sign_unplaced", { n: app.format.count(unplaced) }), sign: true } : null,
  ].filter(Boolean);
}

function groundSigns(app, view) {
  const { layers, color } = app.store.state;
  const zoom = view ? view.zoom : app.stage.map.getZoom();
  const colors = groundOf(app, view && { light: true });
  const lines = bordered(app, zoom).map((layer) => {
    const outer = layer === app.model.containers[0];
    return { shape: outer ? "line" : "dash", color: outer ? colors.district : colors.town, label: app.t("sign_border", { name: layer.label(app.lang) }) };
  });
  // shaded areas lie over water and roads
  const covered = app.model.containers.some((layer) => color[layer.id] && layers[layer.id] !== false);
  for (const layer of app.model.inRole("context")) {
    if (!layer.n || layers[layer.id] === false) continue;
    const { style } = layer;
    if (style === "dotted") lines.push({ shape: "dash", color: colors.zoneEdge, label: app.t("sign_zone", { name: layer.label(app.lang) }) });
    if (style === "fill" && !covered) lines.push({ shape: "square", color: colors.water, label: layer.label(app.lang) });
    if (style === "line" && !covered) lines.push({ shape: "road", color: colors.casing, colors: [colors.road], label: layer.label(app.lang) });
  }
  return lines;
}
