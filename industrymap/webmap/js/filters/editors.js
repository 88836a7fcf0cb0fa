// How each kind of condition is started, turned into another, and edited.

import { h } from "../basics/dom.js";

/** A fresh condition on a column or relation. @param {Object} app @param {import("../data/model.js").Layer} layer @param {string} what */
export function startOf(app, layer, what) {
  if (what === "@firms") return { op: "firms", of: "count", min: 1, max: null };
  if (what.startsWith("@inside:")) return { op: "inside", of: what.slice(8) };
  if (what === "@place") {
    const centre = app.stage.map.getCenter();
    const [lon, lat] = app.toTrue(centre.lng, centre.lat).map((v) => Math.round(v * 1e5) / 1e5);
    return { op: "place", shape: { kind: "circle", lon, lat, radius_m: 3000 } };
  }
  const kind = layer.kind(what);
  if (kind === "dict" || kind === "bool") return { field: what, op: "in", words: [] };
  if (kind === "num" || kind === "date") return { field: what, op: "range", min: null, max: null };
  return { field: what, op: "text", text: "" };
}

/** The ways a condition's column can be asked. @returns {{text: string, is: (item: Object) => boolean, make: (item: Object) => Object}[]} */
export function opsFor(app, layer, item) {
  if (!item.field) return [];
  const { t } = app;
  const { field } = item;
  const fresh = startOf(app, layer, field);
  const keep = (old) => (old.op === fresh.op ? { ...old } : fresh);
  const plain = (old) => {
    const next = keep(old);
    delete next.not;
    return next;
  };
  const names = { in: ["op_in", "op_not_in"], range: ["op_range", "op_not_range"], text: ["op_text", "op_not_text"] }[fresh.op];
  const ends = [
    { text: t("op_known"), is: (i) => i.op === "known", make: () => ({ field, op: "known" }) },
    { text: t("op_missing"), is: (i) => i.op === "unknown", make: () => ({ field, op: "unknown" }) },
  ];
  if (fresh.op === "range") return [...comparisons(app, field), ...ends];
  const contains = fresh.op === "in" ? [{ text: t("op_contains"), is: (i) => i.op === "text" && !i.not, make: () => ({ field, op: "text", text: "" }) }] : [];
  return [
    { text: t(names[0]), is: (i) => i.op === fresh.op && !i.not, make: plain },
    { text: t(names[1]), is: (i) => i.op === fresh.op && Boolean(i.not), make: (old) => ({ ...keep(old), not: true }) },
    ...contains, ...ends,
  ];
}

/** How a number or a date can be compared. Each is a range with one or two ends; `how` says which while it is being built. */
function comparisons(app, field) {
  const value = (old) => old.min ?? old.max ?? null;
  const ways = {
    range: { key: "op_range", make: (old) => ({ min: old.min ?? null, max: old.max ?? null }) },
    lt: { key: "op_lt", sign: "<", make: (old) => ({ min: null, max: value(old), below: true }) },
    le: { key: "op_le", sign: "≤", make: (old) => ({ min: null, max: value(old) }) },
    eq: { key: "op_eq", sign: "=", make: (old) => ({ min: value(old), max: value(old) }) },
    ge: { key: "op_ge", sign: "≥", make: (old) => ({ min: value(old), max: null }) },
    gt: { key: "op_gt", sign: ">", make: (old) => ({ min: value(old), max: null, above: true }) },
    out: { key: "op_not_range", make: (old) => ({ min: old.min ?? null, max: old.max ?? null, not: true }) },
  };
  return Object.entries(ways).map(([how, way]) => ({
    text: way.sign ? `${way.sign} ${app.t(way.key)}` : app.t(way.key),
    is: (item) => item.op === "range" && howOf(item) === how,
    make: (old) => ({ field, op: "range", how, ...way.make(old.op === "range" ? old : {}) }),
  }));
}

/** Which comparison a range is. @param {Object} item @returns {string} */
export function howOf(item) {
  if (item.how) return item.how;
  if (item.not) return "out";
  const [low, high] = [item.min ?? null, item.max ?? null];
  if (low !== null && high !== null) return low === high ? "eq" : "range";
  if (low !== null) return item.above ? "gt" : "ge";
  return high === null ? "range" : item.below ? "lt" : "le";
}

/**
 * What a reader fills in.
 * @param {Object} app
 * @param {import("../data/model.js").Layer} layer
 * @param {Object} item
 * @param {(item: Object) => void} change keeps the elements
 * @param {(item: Object) => void} redraw makes them anew
 */
export function editorFor(app, layer, item, change, redraw) {
  if (item.op === "in") return words(app, layer, item, change);
  if (item.op === "range") return range(app, layer, item, change);
  if (item.op === "text") return text(app, item, change);
  if (item.op === "firms") return firms(app, item, change, redraw);
  if (item.op === "place") return place(app, item, change);
  return null;
}

function words(app, layer, item, change) {
  const list = h("div", { class: "options" });
  const chosen = new Set(item.words);
  const box = (word, label, n) => h("label", { class: "option" },
    h("input", {
      type: "checkbox", checked: chosen.has(word),
      on: {
        change: (e) => {
          if (e.target.checked) chosen.add(word);
          else chosen.delete(word);
          change({ ...item, words: [...chosen] });
        },
      },
    }), h("span", { class: "category-name", text: label }), h("span", { class: "number", text: app.format.count(n) }));
  layer.columns.load([item.field]).then(() => {
    const counts = app.engine.counts(layer.id, item.field);
    const entries = layer.categories(item.field).map((c) => ({ word: c.word, label: c[app.lang], n: counts[c.code] }));
    const boxes = entries.map((e) => ({ e, element: box(e.word, e.label, e.n) }));
    list.append(...boxes.map((b) => b.element));
    if (counts[0]) list.append(box(null, app.t("unknown"), counts[0]));
    if (entries.length > 12) {
      const find = h("input", { type: "search", class: "edge", placeholder: app.t("build_find"), "aria-label": app.t("build_find") });
      find.addEventListener("input", () => {
        const wanted = find.value.trim().toLowerCase();
        for (const b of boxes) b.element.hidden = Boolean(wanted) && !b.e.label.toLowerCase().includes(wanted);
      });
      list.before(find);
    }
  });
  return h("div", {}, list);
}

function range(app, layer, item, change) {
  const date = layer.kind(item.field) === "date";
  const unit = layer.unit(item.field, app.lang);
  const now = { ...item };
  const shown = (value) => (value === null || value === undefined ? "" : date ? app.format.date(value) : String(value));
  const input = (end, key) => h("input", {
    type: date ? "date" : "text", inputmode: date ? null : "decimal", class: "edge", "aria-label": app.t(key), placeholder: app.t(key),
    value: shown(item[end === "both" ? "min" : end]),
    on: {
      input: (e) => {
        const typed = date ? days(e.target.value) : number(e.target.value);
        Object.assign(now, end === "both" ? { min: typed, max: typed } : { [end]: typed });
        change({ ...now });
      },
    },
  });
  const how = howOf(item);
  const unitText = unit ? h("span", { class: "unit", text: unit }) : null;
  if (how === "lt" || how === "le") return h("div", { class: "edges" }, input("max", "value"), unitText);
  if (how === "gt" || how === "ge") return h("div", { class: "edges" }, input("min", "value"), unitText);
  if (how === "eq") return h("div", { class: "edges" }, input("both", "value"), unitText);
  return h("div", { class: "edges" }, input("min", "from"), h("span", { text: "–" }), input("max", "to"), unitText);
}

function text(app, item, change) {
  return h("input", {
    type: "text", class: "edge", value: item.text, placeholder: app.t("op_text"), "aria-label": app.t("op_text"), maxlength: "200",
    on: { input: (e) => change({ ...item, text: e.target.value }) },
  });
}

function firms(app, item, change, redraw) {
  const layer = app.model.firms;
  const numeric = ["revenue_10k_cny", "tax_10k_cny", "staff"].filter((n) => layer.columns.has(n));
  const flags = ["above_scale", "in_base"].filter((n) => layer.columns.has(n) && layer.kind(n) === "bool");
  const now = { ...item };
  const options = [["count", app.t("firms_count")], ...[...flags, ...numeric].map((n) => [n, layer.fieldLabel(n, app.lang)])];
  const edge = (end, key) => h("input", {
    type: "text", inputmode: "decimal", class: "edge", value: item[end] ?? "", placeholder: app.t(key), "aria-label": app.t(key),
    on: { input: (e) => { now[end] = number(e.target.value); change({ ...now }); } },
  });
  return h("div", { class: "stack" },
    h("select", { class: "select wide", "aria-label": app.t("firms_of_area"), on: { change: (e) => redraw({ ...now, of: e.target.value }) } },
      options.map(([value, label]) => h("option", { value, text: label, selected: value === item.of }))),
    h("div", { class: "edges" }, edge("min", "from"), h("span", { text: "–" }), edge("max", "to"), h("span", { class: "unit", text: layer.unit(item.of, app.lang) })),
    h("label", { class: "toggle" }, h("input", {
      type: "checkbox", checked: Boolean(item.filtered),
      on: { change: (e) => { now.filtered = e.target.checked; change({ ...now }); } },
    }), h("span", { text: app.t("firms_filtered") })));
}

function place(app, item, change) {
  if (item.shape.kind !== "circle") return h("p", { class: "hint", text: app.t("place_polygon") });
  const shape = { ...item.shape };
  const input = (name, key) => h("label", { class: "stack" }, h("span", { class: "unit", text: app.t(key) }), h("input", {
    type: "text", inputmode: "decimal", class: "edge", value: String(shape[name]),
    on: {
      input: (e) => {
        const value = number(e.target.value);
        if (value !== null) shape[name] = value;
        change({ ...item, shape: { ...shape } });
      },
    },
  }));
  return h("div", { class: "edges" }, input("lon", "place_lon"), input("lat", "place_lat"), input("radius_m", "place_radius"));
}

function number(typed) {
  const plain = typed.replace(/[,\s，]/g, "");
  return plain === "" || !Number.isFinite(Number(plain)) ? null : Number(plain);
}

function days(typed) {
  const then = Date.parse(`${typed}T00:00:00Z`);
  return Number.isNaN(then) ? null : then / 864e5;
}
