// Conditions that look at another layer: parks by the firms in them, firms by the parks they are in.

import { NO, UNSURE, YES } from "./conditions.js";

/** For each firm (or row of another related layer) the row of its park or block, or -1. @param {import("../data/model.js").Model} model @param {string} areaId @param {string} [relatedId] the firms by default */
export async function links(model, areaId, relatedId = model.firms?.id) {
  const related = model.layer(relatedId);
  const areas = model.layer(areaId);
  const key = areas?.key;
  if (!related || !areas || !key || !related.columns.has(key) || !areas.columns.has(key)) return null;
  if (!areas.links) areas.links = new Map();
  if (!areas.links.has(relatedId)) areas.links.set(relatedId, build(related, areas, key));
  return areas.links.get(relatedId);
}

async function build(firms, areas, key) {
  await Promise.all([firms.columns.load([key]), areas.columns.load([key])]);
  const rows = new Map();
  await areas.columns.ready([key], everyBlock(areas));
  for (let row = 0; row < areas.n; row++) {
    const id = await areas.columns.read(key, row);
    if (id !== null && !rows.has(id)) rows.set(id, row);
  }
  const out = new Int32Array(firms.n).fill(-1);
  const column = firms.columns.column(key);
  if (column.codes) {
    const target = [-1, ...column.words.map((word) => rows.get(word) ?? -1)];
    for (let i = 0; i < out.length; i++) out[i] = target[column.codes[i]];
  } else {
    for (let i = 0; i < out.length; i++) out[i] = rows.get(await firms.columns.read(key, i)) ?? -1;
  }
  return out;
}

function* everyBlock(layer) {
  for (let b = 0; b < layer.columns.blockCount; b++) yield b * layer.columns.rowsPerBlock;
}

/**
 * `firms`: areas whose firms number, or add up to, between `min` and `max`. `of` is `count`, a yes-or-no column or a numeric one;
 * `filtered` counts only firms that meet the enterprise filters. Where no firm is known the count is 0.
 */
export const FIRMS = {
  depends: (model) => [model.firms?.id],

  /** @param {Object} item @param {import("../data/model.js").Layer} layer @param {import("./engine.js").Engine} engine */
  async load(item, layer, engine) {
    layer.linked = await links(engine.model, layer.id);
    const firms = engine.model.firms;
    if (firms && item.of !== "count") await firms.columns.load([item.of]);
  },

  /** @param {Object} item @param {import("../data/model.js").Layer} layer @param {import("./engine.js").Engine} engine */
  verdict(item, layer, engine) {
    const out = new Uint8Array(layer.n).fill(UNSURE);
    const sums = perArea(layer, engine, item.of, item.filtered ? engine.ownMask(engine.model.firms?.id) : engine.base(engine.model.firms?.id));
    if (!sums) return out;
    const low = item.min ?? -Infinity;
    const high = item.max ?? Infinity;
    for (let i = 0; i < out.length; i++) out[i] = sums[i] >= low && sums[i] <= high ? YES : NO;
    return out;
  },
};

/** Count or sum of the firms of each area. @param {import("../data/model.js").Layer} layer @param {import("./engine.js").Engine} engine @param {string} of @param {Uint8Array|null} mask */
export function perArea(layer, engine, of, mask) {
  const firms = engine.model.firms;
  const { linked } = layer;
  if (!linked || !firms) return null;
  const column = of === "count" ? null : firms.columns.column(of);
  const sums = new Float64Array(layer.n);
  for (let i = 0; i < linked.length; i++) {
    const row = linked[i];
    if (row < 0 || (mask && !mask[i])) continue;
    if (!column) sums[row]++;
    else if (column.codes) sums[row] += column.codes[i] === 2 ? 1 : 0;
    else if (column.values[i] === column.values[i]) sums[row] += column.values[i];
  }
  return sums;
}

/** `inside`: firms that lie in a selected park or block. */
export const INSIDE = {
  depends: (model) => model.holders.map((layer) => layer.id),

  /** @param {Object} item @param {import("../data/model.js").Layer} layer @param {import("./engine.js").Engine} engine */
  async load(item, layer, engine) {
    const areas = engine.model.layer(item.of);
    if (areas) areas.linked = await links(engine.model, item.of);
  },

  /** @param {Object} item @param {import("../data/model.js").Layer} layer @param {import("./engine.js").Engine} engine */
  verdict(item, layer, engine) {
    const areas = engine.model.layer(item.of);
    const out = new Uint8Array(layer.n).fill(areas?.linked ? NO : UNSURE);
    if (!areas?.linked) return out;
    const { mask } = engine.result(item.of);
    for (let i = 0; i < out.length; i++) if (areas.linked[i] >= 0 && mask[areas.linked[i]]) out[i] = YES;
    return out;
  },
};

/** A relation in words. @param {Object} item @param {Object} app */
export function describeFirms(item, app) {
  const firms = app.model.firms;
  const what = item.of === "count" ? app.t("firms_count") : firms?.fieldLabel(item.of, app.lang) || item.of;
  const range = item.max === null || item.max === undefined ? app.t("at_least", { min: app.format.number(item.min) })
    : item.min === null || item.min === undefined ? app.t("at_most", { max: app.format.number(item.max) })
      : app.t("within", { min: app.format.number(item.min), max: app.format.number(item.max) });
  return `${app.t("firms_of_area")} · ${what} ${range}${item.filtered ? ` (${app.t("firms_filtered")})` : ""}`;
}

/** A relation in words. @param {Object} item @param {Object} app */
export function describeInside(item, app) {
  return app.t("inside_selected", { name: app.model.layer(item.of)?.label(app.lang) || item.of });
}
