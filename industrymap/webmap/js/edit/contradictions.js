// Values of one park that cannot all be true, by the rules and in the words of builds and change files (the data brings both):
// a floor area ratio against floor ÷ land, a reported area against the polygon, more of a part than of the whole, a year that is no year.

import { area } from "../basics/geo.js";

/** @typedef {{column: string, text: string}} Contradiction */

/**
 * The contradictions of a park as it would be after its edit.
 * @param {Object} app
 * @param {number} row
 * @param {import("./changes.js").Edit} edit
 * @returns {Contradiction[]}
 */
export function contradictions(app, row, edit) {
  const { checks } = app.model.manifest;
  if (!checks) return [];
  const { columns } = app.model.parks;
  const value = (name) => (name in edit.values ? edit.values[name] : columns.value(name, row)) ?? NaN;
  const drawn = edit.geometry ? areaOf(edit.geometry) : value(checks.area);
  return [...ratio(app, value, drawn), ...reported(app, value, drawn), ...parts(app, value), ...years(app, value)];
}

/** What is said of a text that the field does not take. @param {Object} app @param {string} name @param {string} text @returns {string} */
export function unreadable(app, name, text) {
  const field = app.model.parks.columns.fields.get(name);
  const { checks } = app.model.manifest;
  if (!checks) return app.t("edit_unread", { text });
  if (checks.year_columns.includes(name)) return sentence(app, "year", { stated: text, label_zh: field.zh, label_en: field.en });
  return sentence(app, "value", { field: field.zh, field_en: field.en });
}

/** Offices divide by the land they report, which may itself contradict the polygon: only a ratio that fits neither is one. */
function ratio(app, value, drawn) {
  const { checks } = app.model.manifest;
  const [far, floor] = [value("far"), value("floor_area_m2")];
  const ratios = [drawn, value(checks.area_reported)].map((land) => floor / land).filter(Number.isFinite);
  if (!Number.isFinite(far) || !ratios.length) return [];
  if (ratios.some((found) => Math.abs(far - found) <= Math.max(checks.far_tolerance * found, checks.far_rounding))) return [];
  const land = drawn > 0 ? drawn : value(checks.area_reported);
  return [{ column: "far", text: sentence(app, "far", { stated: String(far), computed: (floor / land).toFixed(2), floor: whole(floor), land: whole(land) }) }];
}

function reported(app, value, drawn) {
  const { checks } = app.model.manifest;
  const stated = value(checks.area_reported);
  const share = stated / drawn - 1;
  if (!(Math.abs(share) > checks.area_tolerance) || !Number.isFinite(share)) return [];
  return [{ column: checks.area_reported, text: sentence(app, "area", { reported: stated, computed: drawn, share }) }];
}

/** More of a part than of the whole: firms above a threshold are firms. */
function parts(app, value) {
  const { fields } = app.model.parks.columns;
  const [label, plain] = [(name) => fields.get(name), (name) => String(value(name))];
  return app.model.manifest.checks.parts.filter(([part, whole]) => value(part) > value(whole)).map(([part, whole]) => ({
    column: part,
    text: sentence(app, "part", { stated: plain(part), whole: plain(whole), part_zh: label(part).zh, part_en: label(part).en, whole_zh: label(whole).zh, whole_en: label(whole).en }),
  }));
}

function years(app, value) {
  const { checks } = app.model.manifest;
  const { fields } = app.model.parks.columns;
  const wrong = (name) => value(name) < checks.years[0] || value(name) > checks.years[1];
  return checks.year_columns.filter(wrong).map((name) => ({
    column: name, text: sentence(app, "year", { stated: String(value(name)), label_zh: fields.get(name).zh, label_en: fields.get(name).en }),
  }));
}

/** A sentence of the rules with its places filled: `{name}`, or `{name:spec}` with the two forms of numbers they use. */
function sentence(app, rule, details) {
  const [zh, en] = app.model.manifest.checks.sentences[rule];
  return (app.lang === "zh" ? zh : en).replace(/\{(\w+)(?::([^}]*))?\}/g, (_, name, spec) => {
    const found = details[name];
    if (spec === ",.0f") return whole(found);
    if (spec === "+.1%") return `${found < 0 ? "-" : "+"}${Math.abs(found * 100).toFixed(1)}%`;
    return String(found);
  });
}

function whole(number) {
  return Math.round(number).toLocaleString("en-US");
}

/** Area of a polygon on the ellipsoid, holes left out. @param {Object} geometry GeoJSON @returns {number} m² */
function areaOf(geometry) {
  const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
  return polygons.reduce((sum, [outer, ...holes]) => sum + area(outer) - holes.reduce((all, hole) => all + area(hole), 0), 0);
}
