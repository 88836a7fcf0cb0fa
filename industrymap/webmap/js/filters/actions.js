// What a reader does to the filters: each returns nothing and changes the store once.

import { keyOf } from "./conditions.js";

/** Columns whose filter holds for every layer that has them. */
export const SHARED = ["district", "town"];

/** Where a condition on a field is kept. @param {string} layerId @param {string} field */
export function homeOf(layerId, field) {
  return SHARED.includes(field) ? "shared" : layerId;
}

/** The top-level condition of an op on a field, if any. @param {Object} app @param {string} layerId @param {string} field @param {string} op */
export function find(app, layerId, field, op) {
  return (app.store.state.filters[homeOf(layerId, field)] || []).find((i) => i.field === field && i.op === op && !i.not);
}

/**
 * Click a category: the first click shows only it, further clicks add and remove.
 * @param {Object} app @param {string} layerId @param {string} field @param {string|null} word @param {boolean} [member] the column holds several labels separated by ;
 */
export function toggleWord(app, layerId, field, word, member = false) {
  const found = find(app, layerId, field, "in");
  const words = found ? found.words : [];
  const next = words.includes(word) ? words.filter((w) => w !== word) : [...words, word];
  put(app, layerId, field, "in", next.length ? { field, op: "in", words: next, ...(member ? { member: true } : {}) } : null);
}

/** Keep a range, both ends inclusive; both null lift it. */
export function setRange(app, layerId, field, min, max) {
  const none = (min === null || min === undefined) && (max === null || max === undefined);
  put(app, layerId, field, "range", none ? null : { field, op: "range", min: min ?? null, max: max ?? null });
}

/** Put, replace or (null) remove the condition of an op on a field. */
export function put(app, layerId, field, op, item) {
  const home = homeOf(layerId, field);
  const { filters } = app.store.state;
  const rest = (filters[home] || []).filter((i) => !(i.field === field && i.op === op && !i.not));
  app.store.set({ filters: { ...filters, [home]: item ? [...rest, item] : rest } });
}

/** Add a condition as it is. */
export function add(app, home, item) {
  const { filters } = app.store.state;
  app.store.set({ filters: { ...filters, [home]: [...(filters[home] || []), item] } });
}

/** Remove one condition. */
export function remove(app, home, item) {
  const { filters } = app.store.state;
  const key = keyOf(item);
  app.store.set({ filters: { ...filters, [home]: (filters[home] || []).filter((i) => keyOf(i) !== key) } });
}

/** Lift every filter. */
export function clearAll(app) {
  app.store.set({ filters: {} });
}

/** A condition in words. @param {Object} app @param {string} home @param {Object} item @returns {string} */
export function describe(app, home, item) {
  const { t, format } = app;
  const lang = app.lang;
  if (item.op === "group") {
    const inner = item.items.map((i) => describe(app, home, i)).join(item.join === "or" ? " ∨ " : " ∧ ");
    return item.not ? `${t("not")} (${inner})` : `(${inner})`;
  }
  const custom = app.describers[item.op];
  if (custom) return (item.not ? `${t("not")} ` : "") + custom(item, app);
  const layer = home === "shared" ? app.sharedLayer(item.field) : app.model.layer(home);
  const name = layer ? layer.fieldLabel(item.field, lang) : item.field;
  let what = "";
  if (item.op === "in") what = item.words.map((w) => (w === null ? t("unknown") : layer ? layer.wordLabel(item.field, w, lang) : w)).join(lang === "zh" ? "、" : ", ");
  if (item.op === "range") {
    const value = (v) => (layer?.kind(item.field) === "date" ? format.date(v) : format.number(v));
    const [low, high] = [item.min ?? null, item.max ?? null];
    if (low === null) what = item.below ? `< ${value(high)}` : t("at_most", { max: value(high) });
    else if (high === null) what = item.above ? `> ${value(low)}` : t("at_least", { min: value(low) });
    else what = low === high ? `= ${value(low)}` : t("within", { min: value(low), max: value(high) });
  }
  if (item.op === "text") what = `“${item.text}”`;
  if (item.op === "known") what = "✓";
  if (item.op === "unknown") what = t("unknown");
  return `${item.not ? `${t("not")} ` : ""}${name}${lang === "zh" ? "：" : ": "}${what}`;
}
