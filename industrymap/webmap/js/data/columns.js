// Columns of a layer, decoded on first use: the mirror of `_columns.py`.

import { damaged, insist, insistCount } from "./block.js";
import { creditCode } from "./credit_codes.js";

const ROWS_PER_BLOCK = 2048;
// Some 200,000 rows of decoded text at a time: scrolling back is quick, and memory has an end.
const DECODED_BLOCKS = 96;

/**
 * @typedef {Object} Column
 * @property {string} kind `dict`, `num`, `date`, `bool`, `text`, `uscc`, `same`
 * @property {Uint8Array|Uint16Array|Uint32Array} [codes] of `dict` (0 unknown, i + 1 for words[i]) and `bool` (0 unknown, 1 no, 2 yes)
 * @property {string[]} [words]
 * @property {Float64Array} [values] of `num` and `date` (days since 1970); NaN is unknown
 */

/** The columns of one layer. */
export class Columns {
  /**
   * @param {string} id layer
   * @param {number} n rows
   * @param {Object[]} fields of the manifest
   * @param {import("./block.js").Blocks} blocks
   * @param {string[]} [dated] columns that belong to a year
   */
  constructor(id, n, fields, blocks, dated = []) {
    this.id = id;
    this.dated = new Set(dated);
    this.year = null;
    this.n = n;
    this.blocks = blocks;
    this.fields = new Map(fields.map((f) => [f.name, f]));
    this.own = fields.filter((f) => !f.virtual).map((f) => f.name);
    /** Fields of which this version of the layer knows nothing. @type {Set<string>} */
    this.absent = new Set();
    /** Fields that somebody waits for. @type {Set<string>} */
    this.wanted = new Set();
    this.loaded = new Map();
    this.loading = new Map();
    this.texts = new Map();
  }

  /** @param {string} name */
  has(name) {
    return this.fields.has(name);
  }

  /** A loaded column, or undefined; in a past year that year's. @param {string} name @returns {Column|undefined} */
  column(name) {
    return this.loaded.get(this.#at(name));
  }

  /** The fields that were asked for so far, whatever the year. @returns {string[]} */
  get asked() {
    const plain = (name) => (this.dated.has(name.split("@")[0]) ? name.split("@")[0] : name);
    return [...new Set([...this.loaded.keys(), ...this.wanted].map(plain))];
  }

  /**
   * Decode fields as they are in a year, before it is shown (`year`): a column that belongs to a year then answers with that
   * year's values, and is unknown where nobody reported any. Whatever is counted, drawn, filtered or written out asks here, so
   * that no figure of another year gets in.
   * @param {string[]} names @param {number|null} year
   */
  async prepare(names, year) {
    await Promise.all(names.filter((name) => this.has(name)).map((name) => this.#one(this.#at(name, year))));
  }

  /** Answer for the fields of another version of the same layer: what this one lacks is unknown. @param {Columns} other */
  alike(other) {
    for (const [name, field] of other.fields) {
      if (this.fields.has(name)) continue;
      this.fields.set(name, field);
      this.absent.add(name);
    }
    this.own = other.own;
    this.dated = other.dated;
  }

  /** A loaded column of one year, or today's: for what compares two. @param {string} name @param {number|null} year @returns {Column|undefined} */
  of(name, year) {
    return this.loaded.get(year ? `${name}@${year}` : name);
  }

  /** The name under which a column's values are kept. */
  #at(name, year = this.year) {
    return year && this.dated.has(name) ? `${name}@${year}` : name;
  }

  /** Decode columns that are not decoded yet; unknown names are left out. @param {string[]} names */
  async load(names) {
    const year = this.year;
    const known = names.filter((n) => this.has(n));
    for (const name of known) this.wanted.add(name);
    await Promise.all(known.map((n) => this.#one(this.#at(n))));
    if (this.year !== year) await this.load(names); // another year came to be shown meanwhile
  }

  /**
   * One value of a loaded column: text, number, true, false or null.
   * Long text that is not decoded yet gives undefined.
   * @param {string} name
   * @param {number} row
   */
  value(name, row) {
    const column = this.column(name);
    if (!column) return undefined;
    switch (column.kind) {
      // Code 0 is unknown, so that words begin at 1.
      case "dict": return column.codes[row] ? column.words[column.codes[row] - 1] : null;
      // 0 unknown, 1 no, 2 yes.
      case "bool": return column.codes[row] ? column.codes[row] === 2 : null;
      case "num":
      case "date": return Number.isNaN(column.values[row]) ? null : column.values[row];
      case "uscc": return creditCode(column, row);
      case "same": return column.patch.has(row) ? column.patch.get(row) : this.value(column.of, row);
      default: return this.#peek(name, row);
    }
  }

  /** One value, decoding what is needed. @param {string} name @param {number} row */
  async read(name, row) {
    await this.load([name]);
    const column = this.column(name);
    if (!column) return undefined;
    if (column.kind === "same" && !column.patch.has(row)) return this.read(column.of, row);
    if (column.kind === "text") await this.block(name, Math.floor(row / ROWS_PER_BLOCK));
    return this.value(name, row);
  }

  /** Decode the text of some rows, so that `value` answers. @param {string[]} names @param {Iterable<number>} rows */
  async ready(names, rows) {
    await this.load(names);
    const wanted = new Set();
    for (const row of rows) wanted.add(Math.floor(row / ROWS_PER_BLOCK));
    const jobs = [];
    for (const name of names) {
      const source = this.#source(name);
      // Only long text comes in blocks; everything else is there as a whole.
      if (source) for (const number of wanted) jobs.push(this.block(source, number));
    }
    await Promise.all(jobs);
  }

  /** Turn a column of text into a dictionary, so that it can be asked for one of several words. @param {string} name */
  async code(name) {
    await this.load([name]);
    if (this.loaded.get(name)?.kind !== "text") return;
    const places = new Map();
    const codes = new Uint32Array(this.n);
    for (let b = 0; b < this.blockCount; b++) {
      const block = await this.block(name, b);
      for (let i = 0; i < block.n; i++) {
        const word = block.get(i);
        if (word === null) continue;
        if (!places.has(word)) places.set(word, places.size + 1);
        codes[b * ROWS_PER_BLOCK + i] = places.get(word);
      }
    }
    this.loaded.set(name, { kind: "dict", words: [...places.keys()], codes });
  }

  /** Number of blocks of long text. */
  get blockCount() { return Math.ceil(this.n / ROWS_PER_BLOCK); }

  /** Rows in a block of long text. */
  get rowsPerBlock() { return ROWS_PER_BLOCK; }

  /**
   * One block of long text.
   * @param {string} name
   * @param {number} number
   * @returns {Promise<{get: (i: number) => string|null, n: number}>}
   */
  async block(name, number) {
    const key = `${name} ${number}`;
    const known = this.texts.get(key);
    if (known) return known;
    if (!this.loading.has(key)) this.loading.set(key, this.#block(name, number, key));
    return this.loading.get(key);
  }

  async #block(name, number, key) {
    const field = this.fields.get(name);
    const n = Math.min(ROWS_PER_BLOCK, this.n - number * ROWS_PER_BLOCK);
    const bytes = await this.blocks.bytes(`${this.id}/${field.at}/rows`, number);
    const block = field.column.json ? jsonBlock(bytes, n) : textBlock(bytes, n);
    this.texts.set(key, block);
    this.loading.delete(key);
    // A Map keeps the order of adding: the first key is the oldest.
    if (this.texts.size > DECODED_BLOCKS) this.texts.delete(this.texts.keys().next().value);
    return block;
  }

  #source(name) {
    const column = this.loaded.get(name);
    if (!column) return null;
    if (column.kind === "same") return this.#source(column.of);
    return column.kind === "text" ? name : null;
  }

  #peek(name, row) {
    const block = this.texts.get(`${name} ${Math.floor(row / ROWS_PER_BLOCK)}`);
    return block ? block.get(row % ROWS_PER_BLOCK) : undefined;
  }

  #one(name) {
    // Two who ask at once share one job: decoding twice would take twice as long.
    if (this.loaded.has(name)) return undefined;
    if (!this.loading.has(name)) {
      const job = this.#decode(name).then((column) => {
        this.loaded.set(name, column);
        this.loading.delete(name);
      });
      this.loading.set(name, job);
    }
    return this.loading.get(name);
  }

  async #decode(name) {
    const field = this.fields.get(name);
    if (this.absent.has(name)) return unknownLike(field.column, this.n);
    // A year in which nobody reported it: of the kind of today's column, and unknown everywhere.
    if (!field) return unknownLike(this.fields.get(name.slice(0, name.lastIndexOf("@"))).column, this.n);
    const spec = field.column;
    const part = (suffix) => this.blocks.bytes(`${this.id}/${field.at}/${suffix}`);
    const json = (suffix) => this.blocks.json(`${this.id}/${field.at}/${suffix}`);
    if (spec.kind === "same") {
      const like = this.fields.get(spec.of);
      if (!like || like.column.kind === "same") throw damaged("a column like another that is not there");
      const [patch] = await Promise.all([json("patch"), this.load([spec.of])]);
      return { kind: "same", of: spec.of, patch: patchIn(patch) };
    }
    return decodeColumn(spec, this.n, part, json, async (other) => {
      // as it is written, not as it is in the year that is shown: codes are parted by today's
      if (!this.fields.has(other)) throw damaged("a column that another is parted by");
      await this.#one(other);
      return this.loaded.get(other);
    });
  }
}

/** A column of which nothing is known, of the kind of another. */
function unknownLike({ kind }, n) {
  if (kind === "num" || kind === "date") return { kind, values: new Float64Array(n).fill(NaN) };
  return { kind: kind === "bool" ? "bool" : "dict", words: [], codes: new Uint8Array(n) };
}

/**
 * Decode one column.
 * @param {Object} spec
 * @param {number} n rows
 * @param {(suffix: string) => Promise<Uint8Array>} part
 * @param {(suffix: string) => Promise<any>} json
 * @param {(name: string) => Promise<Column>} [other] another column of the layer
 * @returns {Promise<Column>}
 */
export async function decodeColumn(spec, n, part, json, other) {
  switch (spec.kind) {
    case "dict": return dictionary(spec, n, part, json, other);
    case "bool": return flags(await part("bits"), n);
    case "num":
    case "date": return numbers(spec, n, await part("planes"));
    case "uscc": return creditCodes(spec, n, part, json);
    default: return { kind: "text" };
  }
}

/** Unsigned integers from byte planes. @param {Uint8Array} bytes @param {number} n @param {number} width bytes each */
export function fromPlanes(bytes, n, width) {
  insistCount(width, 8, "width of a number");
  insist(bytes, n * Math.max(1, width), "numbers are missing");
  if (width === 1) return bytes.subarray(0, n);
  // Up to four bytes fit into an unsigned integer; beyond, only a double holds them.
  const values = width === 2 ? new Uint16Array(n) : width <= 4 ? new Uint32Array(n) : new Float64Array(n);
  if (width === 2) {
    for (let i = 0; i < n; i++) values[i] = bytes[i] | (bytes[n + i] << 8);
    return values;
  }
  if (width <= 4) {
    for (let plane = 0; plane < width; plane++) for (let i = 0, at = plane * n, shift = plane * 8; i < n; i++, at++) values[i] |= bytes[at] << shift;
    return values;
  }
  // By multiplication: shifting works on 32 bits only.
  for (let plane = width - 1; plane >= 0; plane--) {
    const start = plane * n;
    for (let i = 0; i < n; i++) values[i] = values[i] * 256 + bytes[start + i];
  }
  return values;
}

async function dictionary(spec, n, part, json, other) {
  const words = wordsIn(await json("words"));
  if (!spec.of) return { kind: "dict", words, codes: within(fromPlanes(await part("codes"), n, spec.bytes), words.length) };
  const [table, parent] = await Promise.all([part("table"), other(spec.of)]);
  insistCount(spec.table, table.length, "pairs");
  const pairs = within(fromPlanes(table, spec.table, spec.bytes), words.length);
  const codes = new pairs.constructor(n);
  within(parent.codes, pairs.length - 1);
  for (let i = 0; i < n; i++) codes[i] = pairs[parent.codes[i]];
  return { kind: "dict", words, codes };
}

/** Insist that every code has its word. */
function within(codes, most) {
  for (let i = 0; i < codes.length; i++) if (!(codes[i] <= most)) throw damaged("a code without a word");
  return codes;
}

function wordsIn(words, unknown = false) {
  if (!Array.isArray(words) || !words.every((w) => typeof w === "string" || (unknown && w === null))) throw damaged("words");
  return words;
}

function patchIn({ rows, words }) {
  wordsIn(words, true);
  if (!Array.isArray(rows) || rows.length !== words.length) throw damaged("exceptions");
  return new Map(rows.map((r, i) => [r, words[i]]));
}

function flags(bytes, n) {
  const half = Math.ceil(n / 8);
  insist(bytes, 2 * half, "flags are missing");
  const codes = new Uint8Array(n);
  for (let i = 0; i < n; i++) {
    const bit = 1 << (i & 7);
    if (bytes[i >> 3] & bit) codes[i] = bytes[half + (i >> 3)] & bit ? 2 : 1;
  }
  return { kind: "bool", codes };
}

function numbers(spec, n, bytes) {
  const kind = spec.kind;
  const whole = Boolean(spec.whole);
  if (spec.float) {
    insist(bytes, n * 8, "numbers are missing");
    const raw = new Uint8Array(n * 8);
    for (let plane = 0; plane < 8; plane++) {
      const start = plane * n;
      for (let i = 0; i < n; i++) raw[i * 8 + plane] = bytes[start + i];
    }
    return { kind, whole, values: new Float64Array(raw.buffer) };
  }
  insistCount(spec.bytes, 8, "width of a number");
  insist(bytes, n * Math.max(1, spec.bytes), "numbers are missing");
  const values = new Float64Array(n);
  const scale = 10 ** (spec.decimals || 0);
  // Code 1 is the lowest value, as 0 says unknown.
  const low = spec.low - 1;
  const put = (i, code) => {
    values[i] = code ? (code + low) / scale : NaN;
  };
  // one pass over the planes: an array of codes in between would cost as much again
  const [b, c, d] = [n, 2 * n, 3 * n];
  if (spec.bytes === 1) for (let i = 0; i < n; i++) put(i, bytes[i]);
  else if (spec.bytes === 2) for (let i = 0; i < n; i++) put(i, bytes[i] | (bytes[b + i] << 8));
  else if (spec.bytes === 3) for (let i = 0; i < n; i++) put(i, bytes[i] | (bytes[b + i] << 8) | (bytes[c + i] << 16));
  // Shifting the fourth byte may set the sign; >>> 0 takes it off again.
  else if (spec.bytes === 4) for (let i = 0; i < n; i++) put(i, (bytes[i] | (bytes[b + i] << 8) | (bytes[c + i] << 16) | (bytes[d + i] << 24)) >>> 0);
  else fromPlanes(bytes, n, spec.bytes).forEach((code, i) => put(i, code));
  return { kind, whole, values };
}

async function creditCodes(spec, n, part, json) {
  const [words, heads, bodies, patch] = await Promise.all([json("words"), part("heads"), part("bodies"), json("patch")]);
  insist(bodies, 6 * n, "codes are missing");
  const column = {
    kind: "uscc", words: wordsIn(words), bodies, n, heads: within(fromPlanes(heads, n, spec.bytes), words.length + 1), patch: patchIn(patch),
  };
  for (let i = 0; i < n; i++) if (column.heads[i] === 1 && !column.patch.has(i)) throw damaged("an exception is missing");
  return column;
}

function jsonBlock(bytes, n) {
  const rows = wordsIn(JSON.parse(new TextDecoder().decode(bytes)), true);
  if (rows.length !== n) throw damaged("texts for more or fewer rows than there are");
  return { n: rows.length, get: (i) => rows[i] };
}

/** Lengths in bytes plus one as variable-length integers, then UTF-8. Decoded whole, cut when asked. */
function textBlock(bytes, n) {
  let at = 0;
  const lengths = new Uint32Array(n);
  for (let i = 0; i < n; i++) {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      if (at >= bytes.length || shift > 28) throw damaged("text without an end");
      const byte = bytes[at++];
      value |= (byte & 127) << shift;
      if (byte < 128) break;
    }
    lengths[i] = value;
  }
  const end = lengths.reduce((sum, length) => sum + Math.max(0, length - 1), at);
  if (end !== bytes.length) throw damaged("texts longer or shorter than their block");
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(at));
  const ends = new Uint32Array(n);
  for (let i = 0, units = 0; i < n; i++) {
    // Lengths are in bytes of UTF-8, but a text is cut by UTF-16 units: above U+FFFF a character
    // has two.
    for (const stop = at + Math.max(0, lengths[i] - 1); at < stop; at++) {
      const byte = bytes[at];
      if ((byte & 0xc0) !== 0x80) units += byte >= 0xf0 ? 2 : 1;
    }
    ends[i] = units;
  }
  return { n, text, get: (i) => (lengths[i] ? text.slice(i ? ends[i - 1] : 0, ends[i]) : null) };
}
