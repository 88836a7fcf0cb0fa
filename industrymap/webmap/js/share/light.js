// A light page from the page itself, to be passed on by chat: districts, parks, blocks and totals, and no firm. It is the page once
// more with less data: the same scripts and styles, which its policy names by their hashes, and of each layer the columns of tables for people.

import { notice } from "../basics/menu.js";
import { toBase64 } from "../data/block.js";
import { fileName, save } from "./exports.js";

/** Columns that say what and where an area is, beside those of its table. */
const PARTS = ["name", "name_en", "district", "town", "route", "level"];
const SUMS = ["revenue_10k_cny", "tax_10k_cny", "staff"];
/** Elements without an end, and those whose text stands as it is. */
const [VOID, RAW] = [/^(meta|br|link|img)$/, /^(script|style|noscript)$/];
const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Whether the page can be made lighter: it holds firms, and no layer of somebody's own, which may name firms too. @param {Object} app */
export function canBeLight(app) {
  return Boolean(app.model.firms?.n && "CompressionStream" in window && !policyOf().includes("'unsafe-hashes'"));
}

/** @param {Object} app */
export async function saveLight(app) {
  const { year, day } = app.model.moment;
  if (year || day) {
    notice(app, app.t("light_today"));
    return;
  }
  const page = new Blob([await lightPage(app)], { type: "text/html;charset=utf-8" });
  save(page, fileName(app, app.t("light_file"), "html"));
  notice(app, app.t("light_done", { size: app.format.fixed(page.size / 1e6, 2) }));
}

/** The light page. @param {Object} app @returns {Promise<string>} */
export async function lightPage(app) {
  const { model } = app;
  const layers = [...model.inRole("container").slice(0, 1), ...model.inRole("subject").filter((layer) => layer.shapes && layer.n)];
  const [heads, blocks] = [[], new Map([["vocabulary/json", await model.blocks.text("vocabulary/json")]])];
  for (const layer of layers) {
    const { head, texts } = await thinned(app, layer);
    heads.push(head);
    for (const [name, text] of texts) blocks.set(name, text);
  }
  const places = {};
  [...blocks].forEach(([name, { chunks }], at) => (places[name] = { at, chunks }));
  const said = {
    ...model.manifest, meta: { ...model.meta, totals: await totalsOf(app) }, lang: app.lang, layers: heads, blocks: places,
    taxonomies: [], standards: [], scoring: null, checks: null, years: [], industries: {}, basemaps: [], left_out: undefined,
  };
  const scripts = [...document.querySelectorAll("body script:not([type])")];
  const start = scripts.pop(); // it reads what stands before it
  return [
    `<!DOCTYPE html>\n<html lang="${app.lang === "zh" ? "zh-CN" : "en"}">\n<head>\n`, ...[...document.head.children].map((one) => `${markup(one)}\n`), "</head>\n<body>\n",
    markup(model.shell), "\n", ...scripts.map((one) => `${markup(one)}\n`),
    data("application/json", "industrymap", safeJson(said)),
    ...[...blocks.values()].map(({ text }, at) => data("text/plain", `industrymap-${at}`, text)),
    data("text/plain", "industrymap-program", document.getElementById("industrymap-program").textContent), markup(start), "\n</body>\n</html>\n",
  ].join("");
}

/** A layer with the columns of its table, as they stand in the page; sums over few firms are worked out of it. */
async function thinned(app, layer) {
  const { blocks } = app.model;
  const listed = [...layer.shown.values()].filter((one) => one.listed).map((one) => one.field);
  const few = new Set(app.model.manifest.indicators.filter((one) => one.fewest).map((one) => one.id));
  const hides = (name) => few.has(name) || /^base_/.test(name);
  const wanted = new Set([layer.key, ...PARTS, ...listed].filter((name) => layer.columns.has(name) && (!hides(name) || layer.kind(name) === "num")));
  // what another column is written by comes along, and is no column of its own
  const parents = [...wanted].map((name) => layer.columns.fields.get(name).column.of).filter((name) => name && !wanted.has(name));
  const texts = new Map();
  for (const part of ["counts", "xy"]) texts.set(`${layer.id}/${part}`, await blocks.text(`${layer.id}/${part}`));
  const fields = [];
  for (const [name, field] of layer.columns.fields) {
    if (!wanted.has(name) && !parents.includes(name)) continue;
    fields.push(wanted.has(name) ? field : { ...field, virtual: true });
    const masked = hides(name) ? await withoutFew(app, layer, name) : null;
    if (masked) texts.set(`${layer.id}/${field.at}/planes`, masked);
    else for (const part of blocks.names(`${layer.id}/${field.at}/`)) texts.set(part, await blocks.text(part));
  }
  return { head: { ...layer.head, fields, dated: undefined, since: undefined }, texts };
}

/** A column whose values rest on one or two firms, without them: nobody is given away by one park. */
async function withoutFew(app, layer, name) {
  const fewest = Math.max(...app.model.manifest.indicators.map((one) => one.fewest || 0));
  await layer.columns.load([name, "base_firms"]);
  const { values } = layer.columns.column(name);
  const firms = layer.columns.column("base_firms")?.values;
  const shown = values.map((v, f) => (!firms || (firms[f] > 0 && firms[f] < fewest) ? NaN : v));
  return deflated(planesOf(layer.columns.fields.get(name).column, shown));
}

/** The bytes of a column of numbers, as `_columns.py` writes them. @param {Object} spec @param {Float64Array} values @returns {Uint8Array} */
export function planesOf(spec, values) {
  const n = values.length;
  const width = spec.float ? 8 : spec.bytes;
  const out = new Uint8Array(n * Math.max(1, width));
  if (spec.float) {
    const raw = new Uint8Array(Float64Array.from(values).buffer);
    for (let i = 0; i < n; i++) for (let b = 0; b < 8; b++) out[b * n + i] = raw[8 * i + b];
    return out;
  }
  const scale = 10 ** (spec.decimals || 0);
  for (let i = 0; i < n; i++) {
    // 0 says that the value is unknown
    let code = values[i] === values[i] ? Math.round(values[i] * scale) - spec.low + 1 : 0;
    for (let b = 0; b < width; b++, code = Math.floor(code / 256)) out[b * n + i] = code % 256;
  }
  return out;
}

async function deflated(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate"));
  const text = toBase64(new Uint8Array(await new Response(stream).arrayBuffer()));
  return { text, chunks: [text.length] };
}

/** Number of firms in the base, and each sum over them with the number of firms it rests on. */
async function totalsOf(app) {
  const { firms } = app.model;
  await firms.columns.load(SUMS);
  const base = app.engine.base(firms.id);
  const totals = { firms: app.engine.size(firms.id) };
  for (const name of SUMS) {
    const values = firms.columns.column(name)?.values;
    const known = values ? values.filter((v, i) => v === v && (!base || base[i])) : [];
    if (known.length) Object.assign(totals, { [name]: known.reduce((sum, v) => sum + v, 0), [`n_${name}`]: known.length });
  }
  return totals;
}

function policyOf() {
  return document.querySelector("meta[http-equiv=Content-Security-Policy]")?.content || "";
}

/** An element as text; of scripts and styles what the policy's hashes are of. @param {Node} node @returns {string} */
function markup(node) {
  if (node.nodeType === Node.TEXT_NODE) return escaped(node.data);
  if (node.nodeType !== Node.ELEMENT_NODE) return "";
  const tag = node.localName;
  const open = `<${tag}${[...node.attributes].map((a) => ` ${a.name}="${escaped(a.value)}"`).join("")}>`;
  if (VOID.test(tag)) return open;
  return `${open}${RAW.test(tag) ? node.textContent : [...node.childNodes].map(markup).join("")}</${tag}>`;
}

function escaped(text) {
  return text.replace(/[&<>"]/g, (letter) => ENTITIES[letter]);
}

function data(type, id, text) {
  const tag = "script"; // written out, it would end the program for whoever looks for the page's scripts
  return `<${tag} type="${type}" id="${id}">${text}</${tag}>\n`;
}

/** JSON that means nothing to HTML or to a template, whatever stands in its texts. */
function safeJson(value) {
  const unicode = (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(value).replace(/"(?:[^"\\]|\\.)*"/g, (text) => text.replace(/[{$]/g, unicode)).replace(/[<>&'\x60\u2028\u2029]/g, unicode);
}
