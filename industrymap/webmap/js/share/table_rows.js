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

/** A header for a person: the label with its unit. @param {import("../data/model.js").Layer} layer @param {string} name @param {string} lang */
export function headerOf(layer, name, lang) {
  const unit = layer.unit(name, lang);
  if (!unit) return layer.fieldLabel(name, lang);
  return lang === "zh" ? `${layer.fieldLabel(name, lang)}（${unit}）` : `${layer.fieldLabel(name, lang)} (${unit})`;
}

/** A cell for a person: coded values and yes or no in words. @param {Object} app @param {import("../data/model.js").Layer} layer @param {string} name @param {any} value */
export function wordedCell(app, layer, name, value) {
  const plain = cellOf(layer, name, value);
  if (plain === null) return null;
  if (typeof plain === "boolean") return app.t(plain ? "yes" : "no");
  return layer.kind(name) === "dict" ? layer.wordLabel(name, plain, app.lang) : plain;
}

const RISKY = /^[=+\-@\t\r\n＝＋－＠]/;

/** Text that a spreadsheet would take for a formula, made harmless by an apostrophe. @param {string} text */
export function harmless(text) {
  return RISKY.test(text) ? `'${text}` : text;
}
