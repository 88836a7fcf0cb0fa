// The fields of a layer under every name a person may use, and the words that look like one that was written.

import { FilterFault, keyOf } from "./tokens.js";

/** The fields of one layer. */
export class Names {
  /**
   * @param {Object} words the vocabulary of the page
   * @param {string} schema layer of the schema
   * @param {Map<string, {dtype: string, zh: string, en: string}>} [extra] columns the schema does not know
   * @param {{zh: string, en: string}} [layer] what the layer is called
   */
  constructor(words, schema, extra = new Map(), layer = { zh: schema, en: schema }) {
    this.layer = layer;
    this.fields = new Map();
    for (const [name, dtype, unit, zh, en, aliases] of words.fields[schema] || []) this.fields.set(name, { name, dtype, unit, zh, en, aliases, values: words.values[name] || [] });
    for (const [name, one] of extra) if (!this.fields.has(name)) this.fields.set(name, { name, unit: "", aliases: [], values: [], extra: true, ...one });
    this.ranks = [0, 1, 2, 3, 4].map(() => new Map());
    for (const f of this.fields.values()) {
      this.#add(0, f.name, f.name);
      if (f.extra) continue;
      for (const label of [f.zh, f.en]) this.#add(1, label, f.name);
      for (const alias of f.aliases) this.#add(3, alias, f.name);
      this.#add(4, f.zh.split("（")[0], f.name);
    }
    // a short word means what lists and tiles show under it, not what a table that was read calls so
    for (const [word, name] of Object.entries(words.meant[schema] || {})) this.#add(2, word, name);
  }

  /** The column that a word names: by name, label, what is shown under it, alias, label without its bracket. @param {string} word */
  resolve(word) {
    const key = keyOf(word);
    for (const rank of this.ranks) {
      const found = rank.get(key) || [];
      if (found.length === 1) return found[0];
      if (found.length) throw new FilterFault(`“${word}” could be ${found.join(" or ")}; write one of them.`, `“${word}”可能是 ${found.join("、")}，请写明其一。`);
    }
    throw this.#none(word);
  }

  /** @param {string} name @returns {string} `str float int bool date` */
  kind(name) {
    return this.fields.get(name).dtype;
  }

  /** @param {string} name */
  unit(name) {
    return this.fields.get(name).unit;
  }

  /** Stored values of a coded column: value, Chinese, English. @param {string} name @returns {[string, string, string][]} */
  values(name) {
    return this.fields.get(name)?.values || [];
  }

  /** The name under which a person reads a field, where it means that field and no other. @param {string} name @param {string} lang */
  shown(name, lang) {
    const label = this.fields.get(name)?.[lang] || name;
    for (const one of [label.split("（")[0], label]) {
      try {
        if (this.resolve(one) === name) return one;
      } catch {
        // several fields share this label
      }
    }
    return name;
  }

  #add(rank, word, name) {
    const key = keyOf(word || "");
    if (!key) return;
    const found = this.ranks[rank].get(key) || [];
    if (!found.includes(name)) this.ranks[rank].set(key, [...found, name]);
  }

  #none(word) {
    const all = new Set(this.ranks.flatMap((rank) => [...rank.keys()]));
    const near = [...new Set(nearest(keyOf(word), all).map((key) => this.ranks.find((rank) => rank.has(key)).get(key)[0]))];
    const named = (lang) => near.map((n) => `${n} (${this.fields.get(n)[lang] || n})`);
    return new FilterFault(
      `${this.layer.en}: there is no field “${word}”.${near.length ? ` Did you mean ${named("en").join(", ")}?` : ""}`,
      `${this.layer.zh}没有字段“${word}”。${near.length ? `您是否要写 ${named("zh").join("、")}？` : ""}`);
  }
}

/** Up to three words that look like one, best first. @param {string} word @param {Iterable<string>} known @returns {string[]} */
export function nearest(word, known) {
  return [...new Set(known)].map((one) => ({ one, like: likeness(one, word) })).filter(({ like }) => like >= 0.6)
    .sort((a, b) => b.like - a.like || (a.one < b.one ? 1 : -1)).slice(0, 3).map(({ one }) => one);
}

/** Ratcliff and Obershelp: twice the letters of all common stretches, by the letters of both. */
function likeness(a, b) {
  return a.length + b.length ? (2 * common(a, b)) / (a.length + b.length) : 1;
}

function common(a, b) {
  let best = 0;
  let [i, j] = [0, 0];
  for (let x = 0; x < a.length; x++) {
    for (let y = 0; y < b.length; y++) {
      let n = 0;
      while (x + n < a.length && y + n < b.length && a[x + n] === b[y + n]) n++;
      if (n > best) [best, i, j] = [n, x, y];
    }
  }
  return best ? best + common(a.slice(0, i), b.slice(0, j)) + common(a.slice(i + best), b.slice(j + best)) : 0;
}
