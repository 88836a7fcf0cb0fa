// What may come next in a filter that is being typed: fields, comparisons, values.

import { nameText, wordText } from "./write.js";
import { Names } from "./names.js";
import { FilterFault } from "./tokens.js";

const MOST = 8;
const COMPARES = [["=", "op_eq"], ["<", "op_lt"], [">", "op_gt"], [">=", "op_ge"], ["<=", "op_le"], ["!=", "op_ne"]];
const OPENS = ["and", "or", "not", "(", "where"];

/**
 * @typedef {Object} Suggestion
 * @property {string} text what is put in
 * @property {string} label
 * @property {string} note
 * @property {number} from where it is put, up to the caret
 */

/**
 * @param {Object} app
 * @param {string} id layer
 * @param {string} text
 * @param {number} caret
 * @returns {Promise<Suggestion[]>}
 */
export async function suggest(app, id, text, caret) {
  const before = text.slice(0, caret);
  let tokens;
  try {
    tokens = app.phrases.lexicon.tokenize(before).slice(0, -1);
  } catch (error) {
    if (error instanceof FilterFault) return []; // a quote is still open
    throw error;
  }
  const last = tokens[tokens.length - 1];
  const typing = last && last.at + last.text.length === caret && last.kind === "word" ? tokens.pop() : null;
  const partial = typing ? typing.text : "";
  const from = typing ? typing.at : caret;
  const found = await candidates(app, id, tokens, Boolean(typing));
  const wanted = partial.toLowerCase();
  const rank = (c) => {
    const texts = [c.label, c.note, c.text].map((one) => (one || "").toLowerCase());
    return texts.some((one) => one.startsWith(wanted)) ? 0 : texts.some((one) => one.includes(wanted)) ? 1 : 2;
  };
  return found.map((c, i) => ({ ...c, from, i, rank: rank(c) })).filter((c) => c.rank < 2 && c.text !== partial)
    .sort((a, b) => a.rank - b.rank || a.i - b.i).slice(0, MOST);
}

async function candidates(app, id, tokens, typing) {
  const last = tokens[tokens.length - 1];
  const kind = last?.kind;
  if (kind === ".") return fieldsOf(app, app.phrases.words.layer_of[relationOf(app, tokens[tokens.length - 2])]);
  const field = fieldBefore(tokens);
  if (field) return valuesOf(app, id, field);
  if (!last || OPENS.includes(kind)) return [...ownFields(app, id), ...relations(app, id)];
  if (["word", "name", "text"].includes(kind) && !typing && !isValue(tokens)) return COMPARES.map(([text, key]) => ({ text: `${text} `, label: text, note: app.t(key) }));
  if (!typing && !["=", "<", ">", "<=", ">=", "!=", "contains", "like"].includes(kind)) return [["且", "and"], ["或", "or"]].map(([zh, en]) => (app.lang === "zh" ? { text: `${zh} `, label: zh, note: en } : { text: `${en} `, label: en, note: zh }));
  return [];
}

/** The field whose value is being written: behind a comparison, or in a list. */
function fieldBefore(tokens) {
  let i = tokens.length - 1;
  if (["=", "!="].includes(tokens[i]?.kind)) return tokens[i - 1];
  while (i >= 0 && ["word", "text", "number", ","].includes(tokens[i].kind)) i--;
  if (tokens[i]?.kind === "(" && ["in", "not in"].includes(tokens[i - 1]?.kind) && (tokens[tokens.length - 1].kind === "," || i === tokens.length - 1)) {
    const at = tokens[i - 2]?.kind === "not" ? i - 3 : i - 2;
    return tokens[at];
  }
  return null;
}

/** Whether the last word is the value of a comparison. */
function isValue(tokens) {
  return ["=", "!=", "<", ">", "<=", ">=", "contains", "like"].includes(tokens[tokens.length - 2]?.kind);
}

async function valuesOf(app, id, token) {
  const layer = app.model.layer(id);
  const names = app.phrases.names(id);
  let name;
  try {
    name = names.resolve(token.text);
  } catch {
    return [];
  }
  const put = (value, label) => ({ text: wordText(app.lang === "zh" ? label : value, app.phrases.lexicon), label, note: label === value ? "" : value });
  const coded = names.values(name);
  if (coded.length) return coded.map(([value, zh, en]) => put(value, app.lang === "zh" ? zh : en));
  if (names.kind(name) === "bool") return [{ text: app.lang === "zh" ? "是" : "yes", label: app.t("yes"), note: "" }, { text: app.lang === "zh" ? "否" : "no", label: app.t("no"), note: "" }];
  if (layer.kind(name) !== "dict") return [];
  await layer.columns.load([name]);
  return layer.categories(name).map((c) => ({ text: wordText(c.word, app.phrases.lexicon), label: c[app.lang], note: "" }));
}

function ownFields(app, id) {
  const layer = app.model.layer(id);
  const names = app.phrases.names(id);
  return layer.columns.own.filter((name) => names.fields.has(name)).map((name) => fieldChoice(app, names, name));
}

function fieldsOf(app, schema) {
  const names = new Names(app.phrases.words, schema);
  return [...names.fields.values()].filter((f) => ["int", "float", "bool"].includes(f.dtype)).map((f) => fieldChoice(app, names, f.name));
}

function fieldChoice(app, names, name) {
  const { unit } = names.fields.get(name);
  const label = names.shown(name, app.lang);
  return { text: nameText(app.lang === "zh" ? label : name, app.phrases.lexicon), label: names.fields.get(name)[app.lang] || name, note: [name, unit].filter(Boolean).join(" · ") };
}

function relations(app, id) {
  if (!app.model.firms || app.model.firms.id === id) return [];
  const word = app.lang === "zh" ? "企业" : "enterprises";
  return [{ text: `${word}.`, label: `${word}.…`, note: app.t("firms_of_area") }];
}

function relationOf(app, token) {
  return Object.entries(app.phrases.words.relations).find(([, words]) => words.includes(token?.text.toLowerCase()))?.[0];
}
