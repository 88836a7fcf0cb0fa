// The selection as files: GeoJSON with field names and codes; CSV and xlsx with labels, units and words.

import { cellOf, chosenColumns, eachSelected, harmless } from "./table_rows.js";
import { describe } from "../filters/actions.js";
import { workbook } from "../basics/xlsx.js";

const MOST_SHEET_ROWS = 1048575;

/** Offer bytes for saving. @param {Blob} blob @param {string} name */
export function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.rel = "noopener";
  link.click();
  // Some browsers still read the address when the click has returned.
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

/** A file name for the selection. @param {Object} app @param {string} what @param {string} extension */
export function fileName(app, what, extension) {
  // Characters that Windows does not allow in a file name.
  const title = app.model.meta.title.replace(/[\\/:*?"<>|\u0000-\u001f]/g, " ").trim().slice(0, 40);
  return `${[title, what, dateShown(app)].filter(Boolean).join("_")}.${extension}`;
}

/** Of when the figures are that are shown: a year, the day of an earlier version, or the day of the data. @param {Object} app @returns {string} */
export function dateShown(app) {
  const { year, day } = app.model.moment;
  return year ? app.t("of_year", { year }) : day || app.model.meta.data_date;
}

/**
 * The selected rows as RFC 7946 GeoJSON: WGS 84, seven decimals, right-hand rule.
 * @param {Object} app @param {string} id layer
 * @returns {Promise<Blob>}
 */
export async function geojson(app, id) {
  const layer = app.model.layer(id);
  const names = [...layer.columns.own];
  const parts = [`{"type":"FeatureCollection","name":${JSON.stringify(id)},"metadata":${JSON.stringify(about(app, id))},"features":[\n`];
  let first = true;
  await eachSelected(app, id, (row, values) => {
    const properties = {};
    names.forEach((name, i) => {
      const value = cellOf(layer, name, values[i]);
      // JSON knows neither NaN nor infinity.
      properties[name] = typeof value === "number" && !Number.isFinite(value) ? null : value;
    });
    const lonLat = layer.isPoints ? layer.points.lonLat(row) : null;
    const geometry = layer.isPoints ? lonLat && { type: "Point", coordinates: lonLat } : layer.shapes.geometry(row);
    parts.push(`${first ? "" : ",\n"}${JSON.stringify({ type: "Feature", properties, geometry })}`);
    first = false;
  }, names);
  parts.push("\n]}\n");
  return new Blob(parts, { type: "application/geo+json" });
}

/** The selected rows as CSV: UTF-8 with BOM, formulas made harmless; simulated data says so in a last column. @param {Object} app @param {string} id @returns {Promise<Blob>} */
export async function csv(app, id) {
  const { heads, columns, rows } = await table(app, id);
  const kind = app.model.meta.simulated ? [[app.t("about_simulated"), app.t("simulated_file")]] : [];
  const line = (cells, i) => [...cells, ...kind.map((k) => k[i])].map(field).join(",");
  const lines = rows.map((row) => line(row.map((value, c) => (columns[c]?.code === "" ? value : sixDigits(value))), 1));
  return new Blob(["\ufeff", [line(heads, 0), ...lines].join("\r\n"), "\r\n"], { type: "text/csv;charset=utf-8" });
}

/** The selected rows as a workbook that prints as it stands, with a sheet that says what they are. @param {Object} app @param {string} id @returns {Promise<Blob>} */
export async function xlsx(app, id) {
  const layer = app.model.layer(id);
  const { heads, columns, rows } = await table(app, id);
  const said = about(app, id);
  const facts = Object.entries(said).map(([key, value]) => [app.t(`about_${key}`), Array.isArray(value) ? value.join("; ") : value]);
  const above = [`${said.title} · ${layer.label(app.lang)}`, [said.simulated, ...(said.filters || [])].filter(Boolean).join("  ·  ")];
  const below = ["data_date", "source"].filter((key) => said[key]).map((key) => `${app.t(`about_${key}`)} ${said[key]}`).join("  ");
  return workbook([
    { name: sheetTitle(app, layer.label(app.lang)), rows: [heads, ...rows.slice(0, MOST_SHEET_ROWS)], codes: columns.map((column) => column.code), above, below },
    { name: sheetTitle(app, app.t("about")), rows: [[app.t("about"), ""], ...facts], above, below },
  ]);
}

/** A sheet's name, which says on screen and on paper that its data is simulated, as the command line's does. @param {Object} app @param {string} name */
export function sheetTitle(app, name) {
  const said = app.model.meta.simulated ? app.t("sheet_simulated") : "";
  return `${name.slice(0, 31 - said.length)}${said}`;
}

/** Headers and cells of the chosen columns, then where each point lies. */
async function table(app, id) {
  const layer = app.model.layer(id);
  const columns = chosenColumns(app, id);
  const rows = [];
  await eachSelected(app, id, (row, values) => rows.push([...values.map((value, i) => columns[i].cell(value)), ...place(layer, row)]), columns.map((column) => column.name));
  return { columns, rows, heads: [...columns.map((column) => column.header), ...placeHeaders(app, layer)] };
}

/** As many digits as Python writes. */
function sixDigits(value) {
  return typeof value === "number" && Math.abs(value) < 1e15 ? Number(value.toFixed(6)) : value;
}

/** What must be said about a selection wherever it goes. @param {Object} app @param {string} id */
export function about(app, id) {
  const { meta } = app.model;
  const said = {
    title: meta.title, producer: meta.producer, source: meta.source, data_date: dateShown(app), crs: meta.crs_note,
    review: meta.review_number || (meta.profile === "internal" ? app.t("internal_note") : ""),
    simulated: meta.simulated ? app.t("simulated") : "",
    rows: app.engine.result(id).count,
    filters: app.engine.items(id).map((item) => describe(app, item.field && (app.store.state.filters.shared || []).includes(item) ? "shared" : id, item)),
  };
  return Object.fromEntries(Object.entries(said).filter(([, v]) => v !== "" && !(Array.isArray(v) && !v.length)));
}

function placeHeaders(app, layer) {
  return layer.isPoints ? [app.t("export_lon"), app.t("export_lat")] : [];
}

function place(layer, row) {
  return layer.isPoints ? layer.points.lonLat(row) || [null, null] : [];
}

function field(value) {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : "";
  const text = harmless(String(value));
  return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}
