// A bound filter over the rows of a layer: NO, UNSURE or YES for each (Kleene's three-valued logic, as in docs/filters.md).

import { NO, UNSURE, YES } from "./conditions.js";
import { FilterFault } from "./tokens.js";
import { isOperand, like, operandText } from "./bind.js";
import { links } from "./relations.js";

const DAY = 864e5;
const ISO_DAY = /^\d{4}-\d\d-\d\d$/;
const TRUE = ["true", "1", "是"];

/** Evaluates bound filters on the layers of the page. */
export class Rows {
  /** @param {import("../data/model.js").Model} model @param {Object} words the vocabulary of the page */
  constructor(model, words) {
    this.model = model;
    this.words = words;
    this.texts = new Map();
  }

  /** Refuse a filter that asks for what this page does not hold. @param {Object} tree bound @param {string} id layer */
  check(tree, id) {
    for (const left of operandsOf(tree)) this.#source(left, id);
  }

  /** Decode everything a filter looks at. @param {Object} tree @param {string} id */
  async load(tree, id) {
    const layer = this.model.layer(id);
    for (const left of operandsOf(tree)) {
      const source = this.#source(left, id);
      if (source.column) await layer.columns.load([source.column]);
      else if (source.relation) {
        const related = this.model.layer(source.relation);
        layer.relatedRows = { ...layer.relatedRows, [source.relation]: await links(this.model, id, source.relation) };
        if (left.of) await related.columns.load([left.of]);
        if (related.columns.has("in_base")) await related.columns.load(["in_base"]);
        if (left.where) await this.load(left.where, source.relation);
      }
    }
    await this.#readTexts(tree, layer);
  }

  /**
   * Texts that tests for equality ask for and no row has (`filters/_absent.py` does the same): misspelt, or of another city.
   * @param {Object} tree bound, and loaded @param {string} id
   * @returns {{id: string, field: string, value: string, held: string[]}[]}
   */
  absent(tree, id) {
    if (tree.op === "and" || tree.op === "or") return tree.args.flatMap((arg) => this.absent(arg, id));
    if (tree.op === "not") return this.absent(tree.arg, id);
    const inner = [tree.left, tree.right].filter((one) => one?.where).flatMap((one) => this.absent(one.where, one.relation));
    const { columns, head } = this.model.layer(id);
    const column = tree.left && "field" in tree.left ? columns.column(tree.left.field) : null;
    const coded = column && (this.words.fields[head.schema] || []).some(([name]) => name === tree.left.field) && this.words.values[tree.left.field];
    if (column?.kind !== "dict" || coded || !["=", "!=", "in"].includes(tree.op)) return inner;
    const wanted = tree.op === "in" ? tree.args : [tree.right];
    const missing = wanted.filter((one) => "text" in one && !column.words.includes(one.text));
    return [...inner, ...missing.map((one) => ({ id, field: tree.left.field, value: one.text, held: column.words }))];
  }

  /** @param {Object} tree @param {string} id @returns {Uint8Array} */
  verdict(tree, id) {
    const layer = this.model.layer(id);
    switch (tree.op) {
      // NO < UNSURE < YES, so that "and" is the least and "or" the greatest of its parts.
      case "and": return this.#fold(tree.args, id, (a, b) => Math.min(a, b));
      case "or": return this.#fold(tree.args, id, (a, b) => Math.max(a, b));
      case "not": return this.verdict(tree.arg, id).map((v) => YES - v);
      default: return this.#test(tree, layer);
    }
  }

  #fold(args, id, join) {
    const [first, ...rest] = args.map((arg) => this.verdict(arg, id));
    for (const one of rest) for (let i = 0; i < first.length; i++) first[i] = join(first[i], one[i]);
    return first;
  }

  #test(tree, layer) {
    const held = this.texts.get(textKey(tree, layer.id));
    // A copy: whoever joins verdicts writes into the array.
    if (held) return held.slice();
    const series = this.#series(tree.left, layer);
    if (tree.right && isOperand(tree.right)) return compareBoth(tree.op, series, this.#series(tree.right, layer), layer.n);
    const out = new Uint8Array(layer.n);
    const answer = answerer(tree);
    if (series.words) {
      // Each word is tested once, and rows look their answer up.
      const table = [answer(null), ...series.words.map(answer)];
      for (let i = 0; i < out.length; i++) out[i] = table[series.codes[i]];
    } else for (let i = 0; i < out.length; i++) out[i] = answer(series.at(i));
    return out;
  }

  /** What a side of a test reads: a column of its own, related rows, or a measured column that says the same. */
  #source(left, id) {
    const layer = this.model.layer(id);
    const { columns } = layer;
    if ("field" in left) return columns.has(left.field) ? { column: left.field } : {};
    const name = operandText(left);
    const same = this.words.fallback[name];
    // the page holds the base only, and the measured columns count every firm
    if (same && !left.where && columns.has(same)) return { column: same };
    const relation = this.model.layer(left.relation)?.role === "subject" ? left.relation : null;
    const key = this.words.keys[layer.head.schema]?.[1];
    const related = relation && this.model.layer(relation);
    if (related && relation !== id && key && related.columns.has(key)) {
      if (left.where) this.check(left.where, relation);
      return { relation };
    }
    throw new FilterFault(`${name} needs a related layer that this page does not hold.`, `${name} 需要关联图层，本页面没有。`);
  }

  #series(left, layer) {
    const source = this.#source(left, layer.id);
    if (source.column) return seriesOf(layer, source.column);
    if (!source.relation) return { at: () => null };
    const sums = this.#sums(left, layer, source.relation);
    return { at: (i) => (Number.isNaN(sums[i]) ? null : sums[i]) };
  }

  #sums(left, layer, relation) {
    const related = this.model.layer(relation);
    const rows = layer.relatedRows?.[relation];
    const mask = left.where ? this.verdict(left.where, relation) : null;
    if (!rows || (left.of && !related.columns.has(left.of))) return new Float64Array(layer.n).fill(NaN);
    const values = left.of ? seriesOf(related, left.of) : null;
    // firms of the base of other years are in the page too; what an area adds up are those of its own
    const base = (left.of || left.where) && related.columns.has("in_base") ? related.columns.column("in_base").codes : null;
    const sums = new Float64Array(layer.n);
    for (let i = 0; i < rows.length; i++) {
      if (rows[i] < 0 || (mask && mask[i] !== YES) || (base && base[i] !== 2)) continue;
      sums[rows[i]] += values ? Number(values.at(i) ?? 0) : 1;
    }
    return sums;
  }

  /** Tests over long text are answered block by block while loading: the text is not kept. */
  async #readTexts(tree, layer) {
    if (tree.op === "and" || tree.op === "or") for (const arg of tree.args) await this.#readTexts(arg, layer);
    else if (tree.op === "not") await this.#readTexts(tree.arg, layer);
    else if (tree.left && "field" in tree.left && !(tree.right && isOperand(tree.right))) await this.#readText(tree, layer);
  }

  async #readText(tree, layer) {
    const { columns } = layer;
    const key = textKey(tree, layer.id);
    const column = columns.column(tree.left.field);
    if (this.texts.has(key) || !column || column.codes || column.values) return;
    const out = new Uint8Array(layer.n);
    const answer = answerer(tree);
    for (let b = 0; b < columns.blockCount; b++) {
      await columns.ready([tree.left.field], [b * columns.rowsPerBlock]);
      const stop = Math.min(layer.n, (b + 1) * columns.rowsPerBlock);
      for (let row = b * columns.rowsPerBlock; row < stop; row++) out[row] = answer(columns.value(tree.left.field, row));
    }
    this.texts.set(key, out);
    if (this.texts.size > 12) this.texts.delete(this.texts.keys().next().value);
  }
}

/** Every side of a test in a tree that is a column or a figure of related rows, the inner ones left out. */
function operandsOf(tree) {
  if (tree.args && (tree.op === "and" || tree.op === "or")) return tree.args.flatMap(operandsOf);
  if (tree.arg) return operandsOf(tree.arg);
  return [tree.left, ...(tree.right && isOperand(tree.right) ? [tree.right] : [])];
}

function textKey(tree, id) {
  return JSON.stringify([id, tree]);
}

/** A column as values: text, number, days since 1970 for a date, true, false or null. */
function seriesOf(layer, name) {
  const column = layer.columns.column(name);
  if (column.kind === "dict") {
    const { words, codes } = column;
    return { words, codes, at: (i) => (codes[i] ? words[codes[i] - 1] : null) };
  }
  if (column.kind === "bool") return { at: (i) => (column.codes[i] ? column.codes[i] === 2 : null) };
  if (column.values) return { at: (i) => (Number.isNaN(column.values[i]) ? null : column.values[i]) };
  return { at: (i) => layer.columns.value(name, i) ?? null };
}

/** From a test to what it says of one value. @returns {(value: any) => number} */
function answerer(tree) {
  if (tree.op === "null") return (value) => (value === null || value === undefined ? YES : NO);
  const says = truthOf(tree);
  return (value) => (value === null || value === undefined ? UNSURE : says(value) ? YES : NO);
}

function truthOf(tree) {
  switch (tree.op) {
    case "true": return (value) => isTrue(value);
    case "like": return (value) => like(tree.pattern, String(value));
    case "between": {
      const [low, high] = tree.args;
      return (value) => compared(">=", value, low) && compared("<=", value, high);
    }
    case "in": return (value) => tree.args.some((one) => compared("=", value, one));
    default: return (value) => compared(tree.op, value, tree.right);
  }
}

function compared(op, value, other) {
  if ("number" in other) return ordered(op, Number(value), other.number);
  if ("boolean" in other) return (isTrue(value) === other.boolean) === (op === "=");
  if (typeof value === "number" && ISO_DAY.test(other.text)) return ordered(op, value, Date.parse(other.text) / DAY); // days since 1970
  return ordered(op, String(value), other.text);
}

function compareBoth(op, one, two, n) {
  const out = new Uint8Array(n);
  for (let i = 0; i < n; i++) {
    const [a, b] = [one.at(i), two.at(i)];
    if (a === null || b === null || a === undefined || b === undefined) out[i] = UNSURE;
    else out[i] = ordered(op, a, b) ? YES : NO;
  }
  return out;
}

function ordered(op, a, b) {
  switch (op) {
    case "=": return a === b;
    case "!=": return a !== b;
    case "<": return a < b;
    case "<=": return a <= b;
    case ">": return a > b;
    default: return a >= b;
  }
}

function isTrue(value) {
  return value === true || TRUE.includes(String(value).toLowerCase());
}
