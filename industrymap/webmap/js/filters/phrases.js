// Filters as text, in the page: read, evaluated, and made from the conditions in force.

import { Lexicon, FilterFault } from "./tokens.js";
import { Names, nearest } from "./names.js";
import { bind } from "./bind.js";
import { parse } from "./parse.js";
import { Rows } from "./rows.js";
import { UNSURE } from "./conditions.js";

const KINDS = { dict: "str", text: "str", num: "float", bool: "bool", date: "date" };
const KEPT = 60;
const NAMED = 8; // values of a field that are all listed; of more, those that look alike

/** Reads filters over the layers of the page. Its conditions are `{op: "phrase", text}`. */
export class Phrases {
  #names = new Map();
  #read = new Map();
  #lexicon = null;

  /** @param {import("../data/model.js").Model} model */
  constructor(model) {
    this.model = model;
  }

  /** Take up the words of the language. */
  async load() {
    this.words = await this.model.blocks.json("vocabulary/json");
    this.rows = new Rows(this.model, this.words);
  }

  /** How texts are cut into words: made when the first one is read, which is seldom before the first picture. @returns {Lexicon} */
  get lexicon() {
    if (!this.#lexicon) this.#lexicon = new Lexicon(this.words);
    return this.#lexicon;
  }

  /** The fields of a layer under every name. @param {string} id @returns {Names} */
  names(id) {
    if (!this.#names.has(id)) {
      const layer = this.model.layer(id);
      const extra = new Map();
      for (const name of layer.columns.own) {
        const field = layer.columns.fields.get(name);
        extra.set(name, { dtype: KINDS[layer.kind(name)] || "str", zh: field.zh, en: field.en });
      }
      this.#names.set(id, new Names(this.words, layer.head.schema, extra, { zh: layer.label("zh"), en: layer.label("en") }));
    }
    return this.#names.get(id);
  }

  /** The bound tree of a text; throws a FilterFault where it is none. @param {string} id layer @param {string} text */
  read(id, text) {
    const key = `${id} ${text}`;
    if (this.#read.has(key)) return this.#read.get(key);
    const tree = bind(parse(text, this.lexicon), this.names(id), this.words);
    this.rows.check(tree, id);
    this.#read.set(key, tree);
    if (this.#read.size > KEPT) this.#read.delete(this.#read.keys().next().value);
    return tree;
  }

  /** What is wrong with a text, or null. @param {string} id @param {string} text @returns {FilterFault|null} */
  faultOf(id, text) {
    try {
      this.read(id, text);
      return null;
    } catch (error) {
      if (error instanceof FilterFault) return error;
      throw error;
    }
  }

  /** What a text that reads asks for and no row has, in one sentence each; the layers it looks at must be loaded. @param {string} id @param {string} text @returns {Promise<FilterFault[]>} */
  async absent(id, text) {
    const tree = this.read(id, text);
    await this.rows.load(tree, id);
    return this.rows.absent(tree, id).map((one) => {
      const field = this.names(one.id).fields.get(one.field);
      const known = one.held.length <= NAMED ? [...one.held].sort() : nearest(one.value, one.held);
      return new FilterFault(`No ${field.en} is “${one.value}”.${known.length ? ` Known: ${known.join(", ")}.` : ""}`,
        `${field.zh}没有取值“${one.value}”。${known.length ? `可用：${known.join("、")}` : ""}`);
    });
  }

  /** The kind of condition that the engine is taught. */
  get condition() {
    return {
      load: async (item, layer) => {
        if (!this.faultOf(layer.id, item.text)) await this.rows.load(this.read(layer.id, item.text), layer.id);
      },
      verdict: (item, layer) => (this.faultOf(layer.id, item.text) ? new Uint8Array(layer.n).fill(UNSURE) : this.rows.verdict(this.read(layer.id, item.text), layer.id)),
    };
  }

  /** From an address: a text that reads, or nothing. @param {Object} item @param {string} home @param {Object} not */
  fromLink(item, home, not) {
    const sound = typeof item.text === "string" && this.model.subjects.some((l) => l.id === home) && !this.faultOf(home, item.text);
    return sound ? { op: "phrase", text: item.text, ...not } : null;
  }
}
