// The filter language: from what a person wrote to what the columns hold. Names, coded values and units are put in place.

import { FilterFault, has, keyOf } from "./tokens.js";
import { Names } from "./names.js";

const NUMBERS = ["float", "int"];

/**
 * The tree with canonical names, stored values and schema units; throws a FilterFault for an unknown name, value, unit or comparison.
 * @param {Object} tree
 * @param {Names} names
 * @param {Object} words the vocabulary of the page
 */
export function bind(tree, names, words) {
  return new Binder(names, words).node(tree);
}

/** Whether a text fits a pattern: `%` any text, `_` one character, case does not matter. @param {string} pattern @param {string} text */
export function like(pattern, text) {
  const parts = [];
  const letters = [...pattern.toLowerCase()];
  for (let i = 0; i < letters.length; i++) {
    if (letters[i] === "\\" && i + 1 < letters.length) parts.push(`=${letters[++i]}`);
    else parts.push(letters[i] === "%" || letters[i] === "_" ? letters[i] : `=${letters[i]}`);
  }
  // By code points, so that `_` is one character also where JavaScript needs two units.
  const word = [...text.toLowerCase()];
  // Backs up to the last `%` only: a pattern of many cannot take exponential time.
  let [i, j, star, mark] = [0, 0, -1, 0];
  while (i < word.length) {
    if (parts[j] === "%") [star, mark, j] = [j, i, j + 1];
    else if (j < parts.length && (parts[j] === "_" || parts[j] === `=${word[i]}`)) [i, j] = [i + 1, j + 1];
    else if (star >= 0) [mark, i, j] = [mark + 1, mark + 1, star + 1];
    else return false;
  }
  return parts.slice(j).every((part) => part === "%");
}

class Binder {
  constructor(names, words) {
    this.names = names;
    this.words = words;
  }

  node(tree) {
    switch (tree.op) {
      case "and": case "or": return { op: tree.op, args: tree.args.map((arg) => this.node(arg)) };
      case "not": return { op: "not", arg: this.node(tree.arg) };
      case "null": return { op: "null", left: this.operand(tree.left) };
      case "true": return this.truth(this.operand(tree.left));
      case "in": {
        const left = this.operand(tree.left);
        return { op: "in", left, args: tree.args.map((v) => this.literal(left, v)) };
      }
      case "between": {
        const left = this.operand(tree.left);
        this.#ordered(left);
        return { op: "between", left, args: tree.args.map((v) => this.literal(left, v)) };
      }
      case "like": return this.pattern(tree);
      default: {
        const left = this.operand(tree.left);
        if (tree.op !== "=" && tree.op !== "!=") this.#ordered(left);
        return { op: tree.op, left, right: this.right(left, tree.right) };
      }
    }
  }

  truth(left) {
    if (this.kind(left) === "bool") return { op: "true", left };
    const word = this.shown(left);
    throw new FilterFault(`${word.en} is no yes-or-no field: it needs a comparison, such as ${word.en} > 0.`, `${word.zh} 不是“是/否”字段，需要比较，例如 ${word.zh} > 0。`);
  }

  right(left, right) {
    if (isOperand(right)) return this.#same(left, this.operand(right));
    if ("word" in right && NUMBERS.includes(this.kind(left)) && !this.coded(left).length) return this.#same(left, { field: this.names.resolve(right.word) });
    return this.literal(left, right);
  }

  pattern(tree) {
    const left = this.operand(tree.left);
    if (this.kind(left) !== "str") {
      const word = this.shown(left);
      throw new FilterFault(`${word.en} is no text: like and contains read texts.`, `${word.zh} 不是文本，like 和“包含”只用于文本。`);
    }
    const coded = this.coded(left);
    if (!coded.length) return { op: "like", left, pattern: tree.pattern };
    // a pattern over a coded column looks at the labels people see
    return { op: "in", left, args: coded.filter((v) => v.some((text) => like(tree.pattern, text))).map(([value]) => ({ text: value })) };
  }

  operand(left) {
    if ("field" in left) return { field: this.names.resolve(left.field) };
    if (!("relation" in left)) return left;
    const inner = new Names(this.words, this.words.layer_of[left.relation]);
    const of = left.of === null ? null : inner.resolve(left.of);
    if (of !== null && ![...NUMBERS, "bool"].includes(inner.kind(of))) {
      const label = inner.fields.get(of);
      throw new FilterFault(`${left.relation}.${of} is neither a number nor yes-or-no: it cannot be counted or added up.`, `关联字段“${label.zh}”既不是数值也不是“是/否”，不能计数或合计。`);
    }
    return { relation: left.relation, of, ...(left.where ? { where: bind(left.where, inner, this.words) } : {}) };
  }

  literal(left, value) {
    if ("param" in value) throw new FilterFault(`No threshold $${value.param} is given.`, `没有给出阈值 $${value.param}。`);
    const coded = this.coded(left);
    if (coded.length) return this.code(left, coded, value);
    switch (this.kind(left)) {
      case "float": case "int": return this.number(left, value);
      case "bool": return this.boolean(left, value);
      case "date": return this.day(left, value);
      default: return { text: written(value) };
    }
  }

  code(left, coded, value) {
    const key = keyOf(written(value));
    const found = coded.find((v) => v.some((text) => keyOf(text) === key));
    if (found) return NUMBERS.includes(this.kind(left)) ? { number: Number(found[0]) } : { text: found[0] };
    const word = this.shown(left);
    throw new FilterFault(`${word.en} has no value “${written(value)}”; its values are ${coded.map(([v, , en]) => `${v} (${en})`).join(", ")}.`,
      `${word.zh} 没有取值“${written(value)}”，可用：${coded.map(([, zh]) => zh).join("、")}。`);
  }

  number(left, value) {
    if (!("number" in value)) throw this.#wrong(left, value, "a number", "数值");
    if (!value.unit) return { number: value.number };
    const unit = this.unit(left);
    const factor = this.words.factors[unit]?.[value.unit];
    if (factor !== undefined) return { number: value.number * factor };
    const word = this.shown(left);
    throw new FilterFault(`${word.en} is in ${unit || "no unit"}; the unit after ${value.written} does not fit.`, `${word.zh} 的单位是“${unit || "无"}”，${value.written} 后的单位不适用。`);
  }

  boolean(left, value) {
    if ("boolean" in value) return { boolean: value.boolean };
    // Tables write yes and no as 1 and 0.
    if (value.number === 0 || value.number === 1) return { boolean: value.number === 1 };
    const { truths } = this.words;
    const word = written(value).toLowerCase();
    if (!has(truths, word)) throw this.#wrong(left, value, "yes or no", "“是”或“否”");
    return { boolean: truths[word] };
  }

  day(left, value) {
    const parts = written(value).split("-");
    const [year, month, date] = parts.map(Number);
    const day = new Date(Date.UTC(year, month - 1, date));
    // Date accepts 31 February and moves on to March: the parts must come out as they went in.
    const real = parts.length === 3 && parts.every((p) => /^\s*\d+\s*$/.test(p)) && year >= 100 && day.getUTCMonth() === month - 1 && day.getUTCDate() === date;
    if (!real) throw this.#wrong(left, value, "a date such as 2024-06-30", "日期，如 2024-06-30");
    return { text: day.toISOString().slice(0, 10) };
  }

  coded(left) {
    return "field" in left ? this.names.values(left.field) : [];
  }

  kind(left) {
    return "field" in left ? this.names.kind(left.field) : "float";
  }

  unit(left) {
    if ("field" in left) return this.names.unit(left.field);
    if ("distance" in left) return "米";
    return left.of ? new Names(this.words, this.words.layer_of[left.relation]).unit(left.of) : "";
  }

  shown(left) {
    if ("field" in left) return { en: left.field, zh: this.names.shown(left.field, "zh") };
    const text = operandText(left);
    return { en: text, zh: text };
  }

  #ordered(left) {
    if (!["str", "bool"].includes(this.kind(left))) return;
    const word = this.shown(left);
    throw new FilterFault(`${word.en} has no order: use =, !=, in, like or is null.`, `${word.zh} 没有大小顺序，请用 =、!=、属于、包含或为空。`);
  }

  #same(left, right) {
    const [a, b] = [this.kind(left), this.kind(right)];
    if (a === b || (NUMBERS.includes(a) && NUMBERS.includes(b))) return right;
    const [one, two] = [this.shown(left), this.shown(right)];
    throw new FilterFault(`${one.en} and ${two.en} hold different kinds of values.`, `${one.zh} 与 ${two.zh} 的类型不同，不能比较。`);
  }

  #wrong(left, value, en, zh) {
    const word = this.shown(left);
    return new FilterFault(`${word.en} holds ${en}, not “${written(value)}”.`, `${word.zh} 应为${zh}，而不是“${written(value)}”。`);
  }
}

/** Whether a side of a test is a column or a figure of related rows. @param {Object} value */
export function isOperand(value) {
  return "field" in value || "overlap" in value || "distance" in value || "relation" in value;
}

/** The canonical name of one side of a test. @param {Object} left */
export function operandText(left) {
  if ("field" in left) return left.field;
  if ("overlap" in left) return `overlap(${left.overlap})`;
  if ("distance" in left) return `distance(${left.distance})`;
  return `${left.relation}.${left.of || "count"}`;
}

function written(value) {
  if ("number" in value) return value.written ?? String(value.number);
  if ("boolean" in value) return String(value.boolean);
  return value.text ?? value.word ?? `$${value.param}`;
}
