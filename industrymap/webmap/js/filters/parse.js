// The filter language, tokens to a tree, by recursive descent. The tree is the JSON of docs/filters.md, names and values as written.

import { fault, has } from "./tokens.js";
import { nearest } from "./names.js";

const COMPARE = ["=", "!=", "<", "<=", ">", ">="];

/**
 * Read a text into a tree; throws a FilterFault where it is no filter.
 * @param {string} text
 * @param {import("./tokens.js").Lexicon} lexicon
 */
export function parse(text, lexicon) {
  return new Parser(text, lexicon).whole();
}

/** The pattern that finds a text as it is, anywhere. @param {string} text */
export function anywhere(text) {
  return `%${text.replace(/[\\%_]/g, "\\$&")}%`;
}

class Parser {
  constructor(text, lexicon) {
    this.text = text;
    this.words = lexicon.words;
    this.tokens = lexicon.tokenize(text);
    this.i = 0;
    this.depth = 0;
  }

  get now() {
    return this.tokens[Math.min(this.i, this.tokens.length - 1)];
  }

  take() {
    const token = this.now;
    this.i++;
    return token;
  }

  accept(...kinds) {
    return kinds.includes(this.now.kind) ? this.take() : null;
  }

  fail(at, en, zh) {
    return fault(this.text, at, en, zh);
  }

  expect(kind, en, zh) {
    if (this.now.kind !== kind) throw this.fail(this.now.at, en, zh);
    return this.take();
  }

  whole() {
    if (this.now.kind === "end") throw this.fail(0, "it is empty", "内容为空");
    const tree = this.either();
    this.expect("end", "expected and, or, or the end", "此处应为“且”“或”或结束");
    return tree;
  }

  either() {
    return this.joined("or", () => this.both());
  }

  both() {
    return this.joined("and", () => this.negation());
  }

  joined(op, part) {
    const args = [part()];
    while (this.accept(op)) args.push(part());
    return args.length === 1 ? args[0] : { op, args };
  }

  negation() {
    const most = this.words.limits.depth;
    if (++this.depth > most) throw this.fail(this.now.at, `it is nested more than ${most} deep`, `嵌套超过 ${most} 层`);
    try {
      if (this.accept("not")) return { op: "not", arg: this.negation() };
      if (!this.accept("(")) return this.test();
      const tree = this.either();
      this.expect(")", "a closing bracket is missing", "缺少右括号");
      return tree;
    } finally {
      this.depth--;
    }
  }

  test() {
    const left = this.operand();
    const token = this.take();
    const not = (arg) => ({ op: "not", arg });
    if (COMPARE.includes(token.kind)) return { op: token.kind, left, right: this.right() };
    switch (token.kind) {
      case "in": case "like": case "contains": case "between": return this.wordy(token.kind, left);
      case "not in": return not(this.wordy("in", left));
      case "not contains": return not(this.wordy("contains", left));
      case "is null": return { op: "null", left };
      case "is not null": return not({ op: "null", left });
      case "is": {
        const negative = this.accept("not");
        this.expect("null", "expected null after is", "is 之后应为 null");
        return negative ? not({ op: "null", left }) : { op: "null", left };
      }
      default:
        if (token.kind === "not" && ["in", "like", "contains", "between"].includes(this.now.kind)) return not(this.wordy(this.take().kind, left));
        this.i--;
        return { op: "true", left };
    }
  }

  wordy(kind, left) {
    if (kind === "in") return { op: "in", left, args: this.members() };
    if (kind === "between") return this.between(left);
    const pattern = this.pattern();
    return { op: "like", left, pattern: kind === "like" ? pattern : anywhere(pattern) };
  }

  between(left) {
    const low = this.literal();
    if (!this.accept("and", ",")) throw this.fail(this.now.at, "expected and between the two bounds", "两个界限之间应为“且”或逗号");
    return { op: "between", left, args: [low, this.literal()] };
  }

  members() {
    this.expect("(", "expected a list in brackets after in", "“属于”之后应为括号中的列表");
    const args = [this.literal()];
    while (this.accept(",")) args.push(this.literal());
    this.expect(")", "the list is not closed", "列表缺少右括号");
    return args;
  }

  pattern() {
    const token = this.accept("text", "word", "number", "date");
    if (!token || token.unit) throw this.fail((token || this.now).at, "expected a text in quotes", "此处应为引号中的文本");
    return token.text;
  }

  operand() {
    const token = this.take();
    if (token.kind === "text" || token.kind === "name") return { field: token.text };
    if (token.kind !== "word") throw this.fail(token.at, "expected a field name", "此处应为字段名");
    if (this.now.kind === "(") return this.call(token);
    if (this.now.kind !== ".") return { field: token.text };
    this.take();
    const relation = this.relation(token);
    const name = this.fieldName();
    if (this.now.kind === ".") throw this.fail(this.now.at, "a name may have only one dot", "只能有一个点");
    return { relation, of: this.words.counts.includes(name.toLowerCase()) ? null : name };
  }

  call(token) {
    const { functions } = this.words;
    const name = has(functions, token.text.toLowerCase()) ? functions[token.text.toLowerCase()] : null;
    if (!name) {
      const [near] = nearest(token.text.toLowerCase(), Object.keys(functions));
      throw this.fail(token.at, `there is no function “${token.text}”; known: overlap, distance, count, sum${near ? `; did you mean ${near}` : ""}`,
        `没有函数“${token.text}”，可用 重叠、距离、计数、合计`);
    }
    this.take();
    const relation = this.relation(this.take());
    const made = name === "overlap" || name === "distance" ? { [name]: relation } : this.aggregate(relation, name === "sum");
    this.expect(")", "a closing bracket is missing", "缺少右括号");
    return made;
  }

  aggregate(relation, withField) {
    let of = null;
    if (withField) {
      this.expect(".", "expected a field to add up", "合计需要字段");
      of = this.fieldName();
    }
    return this.accept("where") ? { relation, of, where: this.either() } : { relation, of };
  }

  fieldName() {
    const token = this.accept("word", "name", "text");
    if (!token) throw this.fail(this.now.at, "expected a field name", "此处应为字段名");
    return token.text;
  }

  relation(token) {
    if (["word", "name", "text"].includes(token.kind)) {
      for (const [canonical, words] of Object.entries(this.words.relations)) if (words.includes(token.text.toLowerCase())) return canonical;
    }
    throw this.fail(token.at, `“${token.text}” is no related layer; known: ${Object.keys(this.words.relations).join(", ")}`,
      `“${token.text}”不是关联图层，可用 企业、园区、区块`);
  }

  right() {
    if (this.now.kind === "name") return { field: this.take().text };
    const after = this.tokens[Math.min(this.i + 1, this.tokens.length - 1)].kind;
    return this.now.kind === "word" && (after === "." || after === "(") ? this.operand() : this.literal();
  }

  literal() {
    const minus = this.accept("-");
    const token = this.take();
    if (token.kind === "number") {
      const number = Number(token.text.normalize("NFKC"));
      return { number: minus ? -number : number, unit: token.unit, written: minus ? `-${token.text}` : token.text };
    }
    if (minus) throw this.fail(token.at, "expected a number after -", "负号之后应为数字");
    if (token.kind === "text" || token.kind === "date") return { text: token.text };
    if (token.kind === "word") {
      const lower = token.text.toLowerCase();
      return lower === "true" || lower === "false" ? { boolean: lower === "true" } : { word: token.text };
    }
    if (token.kind === "param") return { param: token.text };
    throw this.fail(token.at, "expected a value", "此处应为一个值");
  }
}
