// The selected rows of a layer with all their values, in the order of the table: what every export writes.

import { tableOrder } from "../panels/table.js";

/**
 * @param {Object} app
 * @param {string} id layer
 * @param {(row: number, values: any[]) => void} visit
 * @param {string[]} [names] columns; all by default
 * @returns {Promise<string[]>} the columns
 */
export async function eachSelected(app, id, visit, names) {
  const layer = app.model.layer(id);
  const columns = names || [...layer.columns.own];
  await layer.columns.load(columns);
  const rows = tableOrder(app, id);
  const { rowsPerBlock } = layer.columns;
  let block = -1;
  const pending = [];
  const flush = async () => {
    await layer.columns.ready(columns, pending);
    for (const row of pending.splice(0)) visit(row, columns.map((name) => layer.columns.value(name, row)));
  };
  for (const row of rows) {
    const own = Math.floor(row / rowsPerBlock);
    if (own !== block && pending.length >= 512) await flush();
    block = own;
    pending.push(row);
    if (pending.length >= 4096) await flush();
  }
  await flush();
  return columns;
}

/** A value as a cell: text, number, yes or no; dates as YYYY-MM-DD; the unknown as null. @param {import("../data/model.js").Layer} layer @param {string} name @param {any} value */
export function cellOf(layer, name, value) {
  if (value === null || value === undefined) return null;
  if (layer.kind(name) === "date") return new Date(value * 864e5).toISOString().slice(0, 10);
  return value;
}

/**
 * How one column is written for people: its own unit and digits, or those of everyday use.
 * @typedef {Object} Column
 * @property {string} name
 * @property {string} header with its unit
 * @property {string} unit
 * @property {number} [decimals] digits that every line of a list has
 * @property {string} code number format of a workbook
 * @property {(value: any) => any} cell
 */

/** @param {Object} app @param {import("../data/model.js").Layer} layer @param {string} name @param {boolean} [everyday] @returns {Column} */
export function columnOf(app, layer, name, everyday = false) {
  const { lang } = app;
  const how = everyday ? layer.shown.get(name) : null;
  const unit = (how && how[lang === "en" ? "unit_en" : "unit"]) || layer.unit(name, lang);
  const label = (how && how[lang]) || layer.fieldLabel(name, lang);
  const cell = (value) => {
    const plain = cellOf(layer, name, value);
    if (plain === null) return null;
    if (typeof plain === "boolean") return app.t(plain ? "yes" : "no");
    if (typeof plain === "number") return how ? scaled(plain, how) : plain;
    return layer.kind(name) === "dict" ? layer.wordLabel(name, plain, lang) : plain;
  };
  return { name, unit, decimals: how?.decimals, header: unit ? (lang === "zh" ? `${label}（${unit}）` : `${label} (${unit})`) : label, code: codeOf(layer, name, how), cell };
}

/** Rounded as Python rounds it: a half goes up. */
function scaled(value, { factor = 1, decimals }) {
  if (decimals === undefined) return value * factor;
  const places = 10 ** decimals;
  return Math.floor(value * factor * places + 0.5) / places;
}

function codeOf(layer, name, how) {
  if (layer.kind(name) !== "num") return "";
  if (how?.decimals !== undefined) return how.decimals ? `#,##0.${"0".repeat(how.decimals)}` : "#,##0";
  return /(^|_)(year|rank|row|id)(_|$)/.test(name) ? "0" : "General";
}

/**
 * The columns of a layer's tables for people, as its reader chose them: the usual ones, all, or some by name.
 * @param {Object} app @param {string} id layer @returns {Column[]}
 */
export function chosenColumns(app, id) {
  const layer = app.model.layer(id);
  const choice = app.store.state.columns[id] || "usual";
  if (choice === "all" || (choice === "usual" && !layer.shown.size)) return allColumns(app, layer).map((name) => columnOf(app, layer, name));
  const names = choice === "usual" ? usualColumns(layer) : choice.filter((name) => layer.columns.has(name));
  return names.map((name) => columnOf(app, layer, name, true));
}

/** @param {import("../data/model.js").Layer} layer @returns {string[]} */
export function usualColumns(layer) {
  return [...layer.shown.keys()].filter((name) => layer.columns.has(name));
}

/** All columns but those that say in the other language what the one beside them says. @param {Object} app @param {import("../data/model.js").Layer} layer @returns {string[]} */
export function allColumns(app, layer) {
  const names = [...layer.columns.own];
  return names.filter((name) => (app.lang === "en" ? !names.includes(`${name}_en`) : !(name.endsWith("_en") && names.includes(name.slice(0, -3)))));
}

/** The few columns that a printed list has room for. @param {Object} app @param {string} id layer @returns {Column[]} */
export function listedColumns(app, id) {
  const layer = app.model.layer(id);
  const listed = usualColumns(layer).filter((name) => layer.shown.get(name).listed);
  return (listed.length ? listed : layer.listed("table").slice(0, 10)).map((name) => columnOf(app, layer, name, true));
}

const RISKY = /^[=+\-@\t\r\n＝＋－＠]/;

/** Text that a spreadsheet would take for a formula, made harmless by an apostrophe. @param {string} text */
export function harmless(text) {
  return RISKY.test(text) ? `'${text}` : text;
}
