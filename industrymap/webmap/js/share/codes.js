// A view as a short code: what differs from how the page opens, said with the keys of the data, not with row numbers, so that a
// colleague's own copy of the map, of this build or the next, shows the same. It is pasted into the search box.

import { LINK_KEYS, readLink, showLink } from "./permalink.js";

const CODE = /IM([01])([\w-]{8,20000})(?![\w-])/;
/** Long words of a link and what stands for them. */
const SHORT = [["field", "f"], ["op", "o"], ["words", "w"], ["filters", "F"], ["shared", "s"], ["topic", "t"], ["picked", "p"], ["shape", "S"], ["items", "i"], ["layers", "l"], ["color", "c"], ["sort", "r"]];

/** Makes codes and opens them. */
export class Codes {
  /** @param {Object} app */
  constructor(app) {
    this.app = app;
  }

  /** Whether a text holds a code: alone, or as the end of a link. @param {string} text */
  is(text) {
    return CODE.test(text);
  }

  /** The present view as a code. @returns {Promise<string>} */
  async make() {
    const text = SHORT.reduce((all, [long, short]) => all.split(`"${long}":`).join(`"${short}":`), JSON.stringify(await this.#said(), tidy));
    const plain = new TextEncoder().encode(text);
    const packed = await through(plain, "CompressionStream");
    return packed && packed.length < plain.length ? `IM1${letters(packed)}` : `IM0${letters(plain)}`;
  }

  /** Show what a code says. @param {string} text @returns {Promise<boolean>} whether it made sense */
  async open(text) {
    const [, kind, body] = CODE.exec(text) || [];
    try {
      const bytes = Uint8Array.from(atob(body.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
      const json = new TextDecoder("utf-8", { fatal: true }).decode(kind === "1" ? await through(bytes, "DecompressionStream") : bytes);
      const link = JSON.parse(SHORT.reduce((all, [long, short]) => all.split(`"${short}":`).join(`"${long}":`), json));
      const read = readLink(this.app, await this.#byRow(link), this.app.opening);
      if (!read) return false;
      await showLink(this.app, read);
      return true;
    } catch {
      return false;
    }
  }

  /** What differs from the opening state. */
  async #said() {
    const { app } = this;
    const { state } = app.store;
    const centre = app.stage.map.getCenter();
    const link = { v: 2, at: [centre.lng, centre.lat, app.stage.map.getZoom()].map((v, i) => Number(v.toFixed(i < 2 ? 4 : 2))) };
    if (state.lang !== app.opening.lang) link.lang = state.lang;
    for (const key of [...LINK_KEYS, ...app.linkKeys]) {
      const [now, before] = [state[key], app.opening[key]];
      if (JSON.stringify(now) === JSON.stringify(before) || now === undefined) continue;
      const entries = (key === "layers" || key === "color") && Object.entries(now).filter(([name, value]) => value !== before[name]);
      link[key] = entries ? Object.fromEntries(entries) : now;
    }
    if (state.picked) link.picked = [state.picked.layer, await this.#keyOf(app.model.layer(state.picked.layer), state.picked.row)];
    if (link.shortlist) {
      const notes = await Promise.all(Object.entries(link.shortlist).map(async ([row, note]) => [await this.#keyOf(app.model.parks, Number(row)), note]));
      link.shortlist = Object.fromEntries(notes);
    }
    return link;
  }

  /** Keys turned into the rows of this copy; what it does not have is left out. */
  async #byRow(link) {
    const out = { ...link };
    delete out.picked;
    delete out.shortlist;
    const [id, key] = Array.isArray(link.picked) ? link.picked : [];
    const layer = this.app.model.layers.get(id);
    const row = layer ? (await this.#rows(layer)).get(key) : undefined;
    if (row !== undefined) out.picked = { layer: id, row };
    if (typeof link.shortlist === "object" && link.shortlist && this.app.model.parks) {
      const rows = await this.#rows(this.app.model.parks);
      out.shortlist = Object.fromEntries(Object.entries(link.shortlist).filter(([name]) => rows.has(name)).map(([name, note]) => [rows.get(name), note]));
    }
    return out;
  }

  /** What names a row: its key, or its row where it has none. */
  async #keyOf(layer, row) {
    if (!layer.columns.has(layer.key)) return row;
    await layer.columns.load([layer.key]);
    await layer.columns.ready([layer.key], [row]);
    return layer.columns.value(layer.key, row) ?? row;
  }

  async #rows(layer) {
    const rows = new Map();
    await layer.columns.load([layer.key]);
    for (let row = 0; row < layer.n; row += layer.columns.rowsPerBlock) await layer.columns.ready([layer.key], [row]);
    for (let row = 0; row < layer.n; row++) rows.set(layer.columns.has(layer.key) ? layer.columns.value(layer.key, row) ?? row : row, row);
    return rows;
  }
}

/** Nothing is said of limits that are not there, and places are said to the decimetre. */
function tidy(key, value) {
  if (value === null && (key === "min" || key === "max")) return undefined;
  return key === "ring" ? value.map((p) => p.map((v) => Number(v.toFixed(6)))) : value;
}

function letters(bytes) {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/** Bytes through one of the browser's streams; null where it has none. */
async function through(bytes, stream) {
  if (!(stream in window)) return null;
  const out = new Blob([bytes]).stream().pipeThrough(new window[stream]("deflate"));
  return new Uint8Array(await new Response(out).arrayBuffer());
}
