// The state in the address: what is filtered, shown, coloured and weighed, and the view. What comes from an address is
// taken apart piece by piece; whatever is not exactly as expected is left out.

import { isColorable, loadColor } from "../map/themes.js";
import { topicsOf } from "../map/topics.js";

const MOST = 60000;
const DEEPEST = 6;
const OPS = ["in", "range", "text", "known", "unknown", "group", "place", "firms", "inside", "phrase"];
/** What of the state a link carries, beside what the features add. */
export const LINK_KEYS = ["topic", "subject", "layers", "color", "mode", "filters", "tab", "sort"];

/** The state as the fragment of an address. @param {Object} app */
export function fragmentOf(app) {
  const { state } = app.store;
  const centre = app.stage.map.getCenter();
  const link = { v: 1, at: [round(centre.lng), round(centre.lat), Number(app.stage.map.getZoom().toFixed(2))], lang: state.lang };
  for (const key of [...LINK_KEYS, ...app.linkKeys]) if (state[key] !== undefined) link[key] = state[key];
  if (state.picked) link.picked = state.picked;
  return `#${encode(JSON.stringify(link))}`;
}

/**
 * What an address says, as far as it makes sense.
 * @param {Object} app
 * @param {string} fragment
 * @returns {{state: Object, at: [number, number, number]|null}|null}
 */
export function readFragment(app, fragment) {
  if (!fragment || fragment.length < 3 || fragment.length > MOST) return null;
  let link;
  try {
    link = JSON.parse(decode(fragment.slice(1)));
  } catch {
    return null;
  }
  return isObject(link) && link.v === 1 ? readLink(app, link, app.store.state) : null;
}

/**
 * What makes sense of a link's content.
 * @param {Object} app
 * @param {any} link as parsed
 * @param {Object} base the state that the link says the differences from
 * @returns {{state: Object, at: [number, number, number]|null}|null}
 */
export function readLink(app, link, base) {
  if (!isObject(link)) return null;
  const state = {};
  // The second form leaves out what is as in the state it is opened on.
  if (link.v === 2) for (const key of [...LINK_KEYS, ...app.linkKeys]) if (key in base) state[key] = base[key];
  if (["zh", "en"].includes(link.lang)) state.lang = link.lang;
  if (app.model.subjects.some((l) => l.id === link.subject)) state.subject = link.subject;
  if (topicsOf(app.model).some((topic) => topic.id === link.topic)) state.topic = link.topic;
  if (app.modes.includes(link.mode)) state.mode = link.mode;
  if (app.tabs.some((t) => t.id === link.tab)) state.tab = link.tab;
  if (isObject(link.layers)) state.layers = { ...base.layers, ...pick(link.layers, (k, v) => k in app.store.state.layers && (v === null || typeof v === "boolean")) };
  if (isObject(link.color)) state.color = { ...base.color, ...pick(link.color, (id, f) => typeof f === "string" && isColorable(app, id, f)) };
  if (isObject(link.sort)) {
    state.sort = {};
    for (const [id, s] of Object.entries(link.sort)) if (isObject(s) && has(app, id, s.field)) state.sort[id] = { field: s.field, down: s.down === true };
  }
  if (isObject(link.filters)) state.filters = filtersOf(app, link.filters);
  if (isObject(link.picked) && Number.isInteger(link.picked.row)) {
    const layer = app.model.layers.get(link.picked.layer);
    if (layer && link.picked.row >= 0 && link.picked.row < layer.n) state.picked = { layer: layer.id, row: link.picked.row };
  }
  for (const key of app.linkKeys) {
    const value = app.links[key]?.(link[key], app);
    if (value !== undefined && value !== null) state[key] = value;
  }
  const at = Array.isArray(link.at) && link.at.length === 3 && link.at.every(Number.isFinite) && Math.abs(link.at[0]) <= 180 && Math.abs(link.at[1]) <= 85 && link.at[2] >= 1 && link.at[2] <= 19 ? link.at : null;
  return { state, at };
}

/** Show what was read from a link. @param {Object} app @param {{state: Object, at: [number, number, number]|null}} link */
export async function showLink(app, link) {
  // A layer can only be coloured by a column that is decoded.
  for (const [id, field] of Object.entries(link.state.color || {})) if (field) await loadColor(app, id, field);
  app.store.set(link.state);
  if (!link.at) return;
  app.views.keep();
  app.stage.map.setView([link.at[1], link.at[0]], link.at[2], { animate: false });
}

/** Keep the address in step with the state, and follow it when it changes. @param {Object} app */
export function followAddress(app) {
  let timer = 0;
  let mine = "";
  const write = () => {
    clearTimeout(timer);
    // Once the hand rests: browsers refuse to change the address many times a second.
    timer = setTimeout(() => {
      mine = fragmentOf(app);
      if (mine.length < MOST) history.replaceState(null, "", mine);
    }, 400);
  };
  const read = async () => {
    // Our own writing comes back as an event.
    if (location.hash === mine) return;
    if (app.codes.is(location.hash)) await app.codes.open(location.hash);
    const link = readFragment(app, location.hash);
    if (link) await showLink(app, link);
  };
  app.store.watch([...LINK_KEYS, ...app.linkKeys, "lang", "picked"], write);
  app.stage.map.on("moveend", write);
  window.addEventListener("hashchange", read);
  return read();
}

/** Conditions from outside, those that make sense. @param {Object} app @param {Object} filters */
export function filtersOf(app, filters) {
  const out = {};
  for (const home of ["shared", ...app.model.subjects.map((l) => l.id)]) {
    const items = filters[home];
    if (!Array.isArray(items)) continue;
    // Forty conditions are more than anybody makes, and a hostile link must not keep the page busy.
    const kept = items.slice(0, 40).map((item) => condition(app, home, item, 0)).filter(Boolean);
    if (kept.length) out[home] = kept;
  }
  return out;
}

function condition(app, home, item, depth) {
  if (!isObject(item) || !OPS.includes(item.op) || depth > DEEPEST) return null;
  const not = item.not === true ? { not: true } : {};
  const field = typeof item.field === "string" && (home === "shared" ? app.model.subjects.some((l) => l.columns.has(item.field)) : has(app, home, item.field)) ? item.field : null;
  const number = (v) => (Number.isFinite(v) ? v : null);
  switch (item.op) {
    case "group": {
      if (!Array.isArray(item.items)) return null;
      const items = item.items.slice(0, 40).map((one) => condition(app, home, one, depth + 1)).filter(Boolean);
      return items.length ? { op: "group", join: item.join === "or" ? "or" : "and", ...not, items } : null;
    }
    case "in": {
      if (!field || !Array.isArray(item.words)) return null;
      const words = item.words.filter((w) => w === null || typeof w === "string").slice(0, 5000);
      return words.length ? { field, op: "in", words, ...(item.member === true ? { member: true } : {}), ...not } : null;
    }
    case "range": {
      const [min, max] = [number(item.min), number(item.max)];
      return field && (min !== null || max !== null) ? { field, op: "range", min, max, ...(item.above === true ? { above: true } : {}), ...(item.below === true ? { below: true } : {}), ...not } : null;
    }
    case "text":
      return field && typeof item.text === "string" && item.text ? { field, op: "text", text: item.text.slice(0, 200), ...not } : null;
    case "known":
    case "unknown":
      return field ? { field, op: item.op, ...not } : null;
    case "place": {
      const shape = shapeOf(item.shape);
      return shape ? { op: "place", shape, ...not } : null;
    }
    case "firms": {
      const [min, max] = [number(item.min), number(item.max)];
      const known = item.of === "count" || has(app, app.model.firms?.id, item.of);
      return known && (min !== null || max !== null) ? { op: "firms", of: item.of, min, max, ...(item.filtered === true ? { filtered: true } : {}), ...not } : null;
    }
    case "inside":
      return app.model.holders.some((l) => l.id === item.of) ? { op: "inside", of: item.of, ...not } : null;
    default: {
      return app.readers[item.op]?.(item, home, not, app) || null;
    }
  }
}

function shapeOf(shape) {
  if (!isObject(shape)) return null;
  const place = (p) => Array.isArray(p) && p.length === 2 && p.every(Number.isFinite) && Math.abs(p[0]) <= 180 && Math.abs(p[1]) <= 90;
  if (shape.kind === "circle") {
    const { lon, lat, radius_m } = shape;
    return place([lon, lat]) && radius_m > 0 && radius_m < 1e7 ? { kind: "circle", lon, lat, radius_m } : null;
  }
  if (shape.kind === "polygon" && Array.isArray(shape.ring) && shape.ring.length > 2 && shape.ring.length < 5000 && shape.ring.every(place)) return { kind: "polygon", ring: shape.ring };
  return null;
}

function has(app, id, field) {
  return typeof field === "string" && Boolean(app.model.layers.get(id)?.columns.has(field));
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function pick(object, keep) {
  return Object.fromEntries(Object.entries(object).filter(([k, v]) => keep(k, v)));
}

function round(value) {
  return Math.round(value * 1e5) / 1e5;
}

function encode(text) {
  const bytes = new TextEncoder().encode(text);
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  // As base64url: + / and = would be escaped in an address, or lost.
  return btoa(binary).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function decode(text) {
  const binary = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(binary, (c) => c.charCodeAt(0)));
}
