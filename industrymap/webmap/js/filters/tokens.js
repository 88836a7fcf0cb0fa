// The filter language (docs/filters.md), text to tokens. Its words come with the page, from the reader written in Python.

const WORD = "\\p{L}\\p{N}_";
const COMPARE = ["=", "!=", "<", "<=", ">", ">="];

/** Why a text is no filter, in both languages. */
export class FilterFault extends Error {
  /** @param {string} en @param {string} zh */
  constructor(en, zh) {
    super(en);
    this.en = en;
    this.zh = zh;
  }
}

/** The fault that points at a place in the text. @param {string} text @param {number} at @param {string} en @param {string} zh */
export function fault(text, at, en, zh) {
  const near = text.slice(at, at + 20);
  const [placeEn, placeZh] = near ? [`at character ${at + 1}, near “${near}”`, `第 ${at + 1} 个字符“${near}”处`] : ["at the end", "末尾处"];
  return new FilterFault(`The filter cannot be read ${placeEn}: ${en}.`, `筛选条件在${placeZh}无法读懂：${zh}。`);
}

/**
 * @typedef {Object} Token
 * @property {string} kind a sign or keyword itself, or `word number text name date param end`
 * @property {string} text
 * @property {number} at
 * @property {string} [unit]
 */

/** Cuts texts into tokens. */
export class Lexicon {
  /** @param {Object} words the vocabulary of the page */
  constructor(words) {
    this.words = words;
    const breaks = Object.keys(words.keywords).join("|");
    const units = Object.keys(words.units).sort((a, b) => b.length - a.length).map(escaped).join("|");
    const end = `(?=${breaks}|[^${WORD}·%％]|$)`;
    const number = `(\\p{Nd}+(?:\\.\\p{Nd}+)?(?:[eE][+-]?\\p{Nd}+)?)\\s?(${units})?${end}`;
    const word = `(?:(?!${breaks})[${WORD}·])+`;
    const sticky = (source) => new RegExp(source, "uy");
    this.space = sticky("\\s+");
    this.date = sticky(`\\p{Nd}{4}-\\p{Nd}{1,2}-\\p{Nd}{1,2}${end}`);
    this.number = sticky(number);
    this.param = sticky("\\$([A-Za-z_][A-Za-z0-9_]*)");
    this.keyword = sticky(breaks);
    this.word = sticky(word);
    this.sign = sticky(Object.keys(words.signs).map(escaped).join("|"));
    // as the page prints it; read so only behind a comparison: in a list a comma parts two numbers
    this.grouped = sticky(`(\\p{Nd}{1,3}(?:[,，]\\p{Nd}{3})+(?:\\.\\p{Nd}+)?)\\s?(${units})?${end}`);
    this.plain = new RegExp(`^${word}$`, "u");
    this.wholeNumber = new RegExp(`^${number}$`, "u");
    [this.kinds, this.label] = this.#labels(breaks);
  }

  /** Whether a text reads as one word without quotes. @param {string} text */
  isPlainWord(text) {
    return !has(this.words.alone, text.toLowerCase()) && !this.wholeNumber.test(text) && this.plain.test(text);
  }

  /** @param {string} text @returns {Token[]} the last of kind `end` */
  tokenize(text) {
    const { chars, tokens } = this.words.limits;
    if ([...text].length > chars) throw new FilterFault(`The filter has more than ${chars} characters.`, `筛选条件超过 ${chars} 个字符。`);
    const found = [];
    for (let at = 0; at < text.length;) {
      const [token, end] = this.#next(text, at, COMPARE.includes(found[found.length - 1]?.kind));
      if (token) found.push(token);
      at = end;
      if (found.length > tokens) throw new FilterFault(`The filter has more than ${tokens} words and signs.`, `筛选条件超过 ${tokens} 个词和符号。`);
    }
    return [...found, { kind: "end", text: "", at: text.length }];
  }

  /** The labels of several words or with brackets, each one word of a filter: what it names, and the pattern that finds one. */
  #labels(breaks) {
    const { fields, values, meant, alone } = this.words;
    const kinds = new Map();
    for (const coded of Object.values(values)) for (const texts of coded) for (const text of texts) kinds.set(text, "text");
    for (const known of Object.values(fields)) for (const [, , , zh, en] of known) for (const text of [zh, en]) kinds.set(text, "name");
    for (const words of Object.values(meant)) for (const text of Object.keys(words)) kinds.set(text, "name");
    // a word that is a keyword on its own opens no label: "not started" denies, it does not name
    const odd = [...kinds.keys()].filter((text) => text && !this.isPlainWord(text) && !this.wholeNumber.test(text) && !has(alone, text.split(" ")[0].toLowerCase()) && !has(alone, text.toLowerCase()));
    odd.sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
    const ends = `(?=${breaks}|[^${WORD}·]|$)`;
    const loose = (text) => [...text].map((c) => ({ " ": "\\s+", "（": "[（(]", "(": "[（(]", "）": "[）)]", ")": "[）)]" })[c] || escaped(c)).join("") + (/[\p{L}\p{N}_]$/u.test(text) ? ends : "");
    return [new Map(odd.map((text) => [keyOf(text), kinds.get(text)])), odd.length ? new RegExp(odd.map(loose).join("|"), "iuy") : null];
  }

  #next(text, at, compared) {
    const { quotes, names, units, keywords, alone, signs } = this.words;
    const char = text[at];
    if (has(quotes, char) || has(names, char)) return this.#quoted(text, at);
    const match = (pattern) => {
      pattern.lastIndex = at;
      return pattern.exec(text);
    };
    let m = match(this.space);
    if (m) return [null, at + m[0].length];
    const token = (kind, shown, unit) => [{ kind, text: shown, at, unit: unit || "" }, at + m[0].length];
    if (compared && (m = match(this.grouped))) return token("number", m[1].replace(/[,，]/g, ""), m[2] ? units[m[2]] : "");
    if ((m = match(this.date))) return token("date", m[0]);
    if (this.label && (m = match(this.label))) return token(this.kinds.get(keyOf(m[0])), m[0]);
    if ((m = match(this.number))) return token("number", m[1], m[2] ? units[m[2]] : "");
    if ((m = match(this.param))) return token("param", m[1]);
    if ((m = match(this.keyword))) return token(keywords[m[0]], m[0]);
    if ((m = match(this.word))) return token(has(alone, m[0].toLowerCase()) ? alone[m[0].toLowerCase()] : "word", m[0]);
    if ((m = match(this.sign))) return token(signs[m[0]], m[0]);
    throw fault(text, at, `the character “${char}” has no meaning here`, `字符“${char}”在此没有含义`);
  }

  #quoted(text, at) {
    const { quotes, names } = this.words;
    const opening = text[at];
    const isName = has(names, opening);
    const closing = isName ? names[opening] : quotes[opening];
    let out = "";
    for (let i = at + 1; ;) {
      const end = text.indexOf(closing, i);
      if (end < 0) throw fault(text, at, "this quote is never closed", "引号没有成对");
      out += text.slice(i, end);
      if (text[end + 1] !== closing) return [{ kind: isName ? "name" : "text", text: out, at, unit: "" }, end + 1];
      out += closing; // doubled, it stands for itself
      i = end + 2;
    }
  }
}

/** Whether a table of words holds a word, whatever objects hold by themselves. @param {Object} table @param {string} word */
export function has(table, word) {
  return Object.prototype.hasOwnProperty.call(table, word);
}

function escaped(text) {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}

/** A name as names are compared: neither case nor blanks nor the width of brackets tell one from another. @param {string} word */
export function keyOf(word) {
  return word.toLowerCase().replace(/\s+/g, "").replace(/（/g, "(").replace(/）/g, ")");
}
