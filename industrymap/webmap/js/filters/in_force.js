// The conditions in force as text of the filter language, to copy into the command line.

import { anywhere } from "./parse.js";
import { nameText, wordText } from "./write.js";

/**
 * @param {Object} app
 * @param {string} id layer
 * @returns {{text: string, unsaid: number}} the text, and how many conditions have no words for them (drawn shapes, selected areas, years)
 */
export function said(app, id) {
  const parts = [];
  let unsaid = 0;
  for (const item of app.engine.items(id)) {
    const text = phrase(app, id, item);
    if (text === null) unsaid++;
    else parts.push(text);
  }
  const joined = parts.map(({ text, or }) => (or && parts.length > 1 ? `(${text})` : text)).join(" and ");
  return { text: joined, unsaid };
}

/** A condition as text and whether it is an OR at its top; null where the language has no words for it. */
function phrase(app, id, item) {
  const plain = positive(app, id, item);
  if (!plain || !item.not) return plain;
  return { text: `not (${plain.text})`, or: false };
}

function positive(app, id, item) {
  const { phrases } = app;
  const layer = app.model.layer(id);
  if (item.op === "phrase") return { text: item.text, or: true };
  if (item.op === "group") return group(app, id, item);
  if (item.op === "firms") return firms(app, item);
  const known = item.field && layer.columns.own.includes(item.field) && phrases.names(id).fields.has(item.field);
  if (!known) return null;
  const names = phrases.names(id);
  const name = nameText(names.shown(item.field, app.lang), phrases.lexicon);
  const one = (text) => ({ text: `${name} ${text}`, or: false });
  switch (item.op) {
    case "known": return one("is not null");
    case "unknown": return one("is null");
    case "range": return range(layer, item, name);
    case "text": return text(app, layer, item, name);
    case "in": return words(app, layer, item, name);
    default: return null;
  }
}

function group(app, id, item) {
  const parts = item.items.map((one) => phrase(app, id, one));
  if (parts.some((part) => part === null)) return null;
  if (parts.length === 1) return parts[0];
  const any = item.join === "or";
  return { text: parts.map((part) => (part.or ? `(${part.text})` : part.text)).join(any ? " or " : " and "), or: any };
}

function range(layer, item, name) {
  const value = (v) => (layer.kind(item.field) === "date" ? new Date(v * 864e5).toISOString().slice(0, 10) : String(v));
  const ends = [];
  if (item.min !== null && item.min !== undefined) ends.push(`${name} ${item.above ? ">" : ">="} ${value(item.min)}`);
  if (item.max !== null && item.max !== undefined) ends.push(`${name} ${item.below ? "<" : "<="} ${value(item.max)}`);
  return { text: ends.join(" and "), or: false };
}

function text(app, layer, item, name) {
  const { lexicon } = app.phrases;
  if (!app.phrases.names(layer.id).values(item.field).length) return { text: `${name} contains '${item.text.replace(/'/g, "''")}'`, or: false };
  // the language looks at the labels of a coded column, the page at its stored words
  const hits = layer.columns.column(item.field).words.filter((word) => word.toLowerCase().includes(item.text.toLowerCase()));
  return hits.length ? { text: `${name} in (${hits.map((word) => wordText(word, lexicon)).join(", ")})`, or: false } : null;
}

function words(app, layer, item, name) {
  const { lexicon } = app.phrases;
  const coded = app.phrases.names(layer.id).values(item.field);
  const column = layer.columns.column(item.field);
  const parts = [];
  const wanted = item.words.filter((word) => word !== null);
  if (column?.kind === "bool") parts.push(...wanted.map((word) => `${name} = ${word}`));
  else if (item.member) parts.push(...wanted.map((word) => member(name, word)));
  else if (wanted.length) {
    const shown = wanted.map((word) => {
      const labels = coded.find(([value]) => value === word);
      return wordText(app.lang === "zh" && labels ? labels[1] : word, lexicon);
    });
    parts.push(shown.length === 1 ? `${name} = ${shown[0]}` : `${name} in (${shown.join(", ")})`);
  }
  if (item.words.includes(null)) parts.push(`${name} is null`);
  return { text: parts.join(" or "), or: parts.length > 1 };
}

/** One label among several separated by a semicolon, with or without a blank behind it. */
function member(name, word) {
  const like = (before, after) => {
    const pattern = anywhere(word).slice(1, -1);
    return `${name} like '${`${before}${pattern}${after}`.replace(/'/g, "''")}'`;
  };
  return [like("", ""), like("", ";%"), like("%;", ""), like("%; ", ""), like("%;", ";%"), like("%; ", ";%")].join(" or ");
}

/** The page holds the base only; the command line knows every firm. */
function firms(app, item) {
  const layer = app.model.firms;
  const { lexicon } = app.phrases;
  if (!layer) return null;
  const names = app.phrases.names(layer.id);
  if (item.of !== "count" && !names.fields.has(item.of)) return null;
  const inBase = layer.columns.has("in_base") ? ["in_base"] : [];
  const conditions = item.filtered ? own(app) : [];
  if (conditions === null) return null;
  const where = [...inBase, ...conditions].join(" and ");
  const behind = where ? ` where ${where}` : "";
  const isAmount = item.of !== "count" && layer.kind(item.of) === "num";
  const figure = item.of === "count" ? `count(enterprises${behind})`
    : !behind || (!isAmount && !conditions.length) ? `enterprises.${nameText(item.of, lexicon)}` : `sum(enterprises.${nameText(item.of, lexicon)}${behind})`;
  const ends = [];
  if (item.min !== null && item.min !== undefined) ends.push(`${figure} >= ${item.min}`);
  if (item.max !== null && item.max !== undefined) ends.push(`${figure} <= ${item.max}`);
  return { text: ends.join(" and "), or: false };
}

/** Conditions of the firms on themselves; null where one has no words. */
function own(app) {
  const items = app.engine.items(app.model.firms.id).filter((item) => item.op !== "inside");
  const parts = items.map((item) => phrase(app, app.model.firms.id, item));
  if (parts.some((part) => part === null)) return null;
  return parts.map(({ text: said_, or }) => (or ? `(${said_})` : said_));
}

