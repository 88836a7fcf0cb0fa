// Text in long columns: decoded block by block, so that the page stays responsive.

import { NO, UNSURE, YES } from "./conditions.js";

/** Rows whose text holds a word, whatever its case. Defined on the engine as the condition `text`. */
export class TextSearch {
  #found = new Map();

  /** @param {Object} item @param {import("../data/model.js").Layer} layer */
  async load(item, layer) {
    const key = keyOf(item, layer);
    if (this.#found.has(key)) return;
    await layer.columns.load([item.field]);
    const out = new Uint8Array(layer.n).fill(UNSURE);
    const wanted = String(item.text || "").toLowerCase();
    const column = layer.columns.column(item.field);
    if (column.kind === "dict") {
      const hits = column.words.map((word) => (word.toLowerCase().includes(wanted) ? YES : NO));
      for (let i = 0; i < out.length; i++) if (column.codes[i]) out[i] = hits[column.codes[i] - 1];
    } else {
      const { rowsPerBlock, blockCount } = layer.columns;
      for (let b = 0; b < blockCount; b++) {
        const stop = Math.min(layer.n, (b + 1) * rowsPerBlock);
        await layer.columns.ready([item.field], [b * rowsPerBlock]);
        for (let row = b * rowsPerBlock; row < stop; row++) {
          const value = layer.columns.value(item.field, row);
          if (value !== null && value !== undefined) out[row] = String(value).toLowerCase().includes(wanted) ? YES : NO;
        }
      }
    }
    this.#found.set(key, out);
    if (this.#found.size > 12) this.#found.delete(this.#found.keys().next().value);
  }

  /** @param {Object} item @param {import("../data/model.js").Layer} layer */
  verdict(item, layer) {
    return (this.#found.get(keyOf(item, layer)) || new Uint8Array(layer.n).fill(UNSURE)).slice();
  }
}

function keyOf(item, layer) {
  return JSON.stringify([layer.id, item.field, item.text]);
}
