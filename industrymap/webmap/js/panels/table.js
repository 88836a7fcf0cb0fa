// The table: only the rows in sight exist, however many are selected. Sorting is done on the columns.

import { fill, h } from "../basics/dom.js";
import { everyday } from "../map/coloring.js";
import { emptyNote } from "./empty.js";

const ROW = 30;
const SPARE = 6;
/** @param {HTMLElement} root @param {Object} app @returns {() => void} */
export function mountTable(root, app) {
  const layer = app.model.layer(app.store.state.subject);
  const names = layer.listed("table");
  let rows = new Uint32Array(0);
  let sort = app.store.state.sort?.[layer.id] || null;
  let stopped = false;
  let shownKey = "";
  const stops = [];
  const count = h("span", { class: "number" });
  const head = h("div", { class: "tr th", role: "row", "aria-rowindex": "1" });
  const filler = h("div", { class: "filler", role: "rowgroup" });
  const scroller = h("div", { class: "scroller", tabindex: "0", role: "grid", "aria-label": layer.label(app.lang), "aria-colcount": String(names.length) },
    h("div", { class: "thead", role: "rowgroup" }, head), filler);
  const widths = names.map((n) => width(layer, n));
  const template = widths.map((w) => `${w}px`).join(" ");
  scroller.style.setProperty("--columns", template);
  scroller.style.setProperty("--wide", `${widths.reduce((a, b) => a + b, 0)}px`);
  fill(root, h("div", { class: "table-bar" }, count), scroller);

  const order = () => {
    const { mask, count: n } = app.engine.result(layer.id);
    rows = new Uint32Array(n);
    for (let i = 0, k = 0; i < mask.length; i++) if (mask[i]) rows[k++] = i;
    if (sort) rows = sorted(layer, rows, sort);
    count.textContent = app.t("rows", { n: app.format.count(n) });
    scroller.setAttribute("aria-rowcount", String(n + 1));
    filler.style.height = `${Math.min(n * ROW, 1.6e7)}px`;
    shownKey = "";
    show();
  };

  const show = async () => {
    if (stopped) return;
    const n = rows.length;
    const tall = Math.min(n * ROW, 1.6e7);
    const ratio = n * ROW > tall ? (scroller.scrollTop / Math.max(1, tall - scroller.clientHeight)) * (n * ROW - scroller.clientHeight) : scroller.scrollTop;
    const first = Math.max(0, Math.floor(ratio / ROW) - SPARE);
    const last = Math.min(n, first + Math.ceil(scroller.clientHeight / ROW) + 2 * SPARE);
    const key = `${first} ${last} ${app.store.state.picked?.row}`;
    if (key === shownKey) return;
    shownKey = key;
    const some = rows.subarray(first, last);
    await layer.columns.ready(names, some);
    if (stopped || key !== shownKey) return;
    const { picked } = app.store.state;
    const offset = n * ROW > tall ? scroller.scrollTop - (ratio - first * ROW) : first * ROW;
    const focused = filler.contains(document.activeElement) ? document.activeElement.dataset.row : null;
    fill(filler, [...some].map((row, i) => h("div", {
      class: `tr${picked?.layer === layer.id && picked.row === row ? " picked" : ""}`, role: "row", "aria-rowindex": String(first + i + 2), tabindex: "-1",
      data: { row: String(row) }, style: { transform: `translateY(${offset + i * ROW}px)` },
    }, names.map((name) => cell(app, layer, name, row)))), n || !layer.n ? null : emptyNote(app, layer));
    if (focused) [...filler.children].find((e) => e.dataset.row === focused)?.focus();
  };

  const drawHead = () => {
    fill(head, names.map((name) => {
      const on = sort?.field === name;
      const how = layer.shown.get(name);
      const label = how?.[app.lang] || layer.fieldLabel(name, app.lang);
      const { unit } = everyday(app, layer, name);
      return h("span", { class: `td${isNumber(layer, name) ? " num" : ""}`, role: "columnheader", "aria-sort": on ? (sort.down ? "descending" : "ascending") : "none" },
        h("button", {
          type: "button", class: on ? "on" : "", title: `${app.t("sort_by", { name: label })}${unit ? ` (${unit})` : ""}`,
          on: { click: () => setSort(name) },
        }, h("span", {}, label, unit ? h("span", { class: "unit", text: unit }) : null), on ? h("span", { class: "arrow", "aria-hidden": "true", text: sort.down ? "▾" : "▴" }) : null));
    }));
  };

  const setSort = async (field) => {
    await prepareSort(layer, field);
    if (!sort || sort.field !== field) sort = { field, down: isNumber(layer, field) };
    else if (sort.down === isNumber(layer, field)) sort = { field, down: !sort.down };
    else sort = null;
    app.store.set({ sort: { ...app.store.state.sort, [layer.id]: sort } });
    drawHead();
    order();
  };

  scroller.addEventListener("scroll", show, { passive: true });
  filler.addEventListener("click", (event) => {
    const row = event.target.closest(".tr")?.dataset.row;
    if (row !== undefined) app.select(layer.id, Number(row), true);
  });
  scroller.addEventListener("keydown", (event) => moveFocus(event, filler, scroller, app, layer));
  const sizes = new ResizeObserver(() => { shownKey = ""; show(); });
  sizes.observe(scroller);
  const start = async () => {
    await layer.columns.load(names);
    if (sort) await prepareSort(layer, sort.field);
    if (stopped) return;
    drawHead();
    order();
    stops.push(app.engine.watch(order), app.store.watch(["picked"], () => { shownKey = ""; show(); }));
  };
  start();
  return () => {
    stopped = true;
    sizes.disconnect();
    stops.forEach((stop) => stop());
  };
}

/** Rows in the order of the table, for exports. @param {Object} app @param {string} id */
export function tableOrder(app, id) {
  const layer = app.model.layer(id);
  const { mask, count } = app.engine.result(id);
  const rows = new Uint32Array(count);
  for (let i = 0, k = 0; i < mask.length; i++) if (mask[i]) rows[k++] = i;
  const sort = app.store.state.sort?.[id];
  return sort && layer.columns.column(sort.field) ? sorted(layer, rows, sort) : rows;
}

function moveFocus(event, filler, scroller, app, layer) {
  const rows = [...filler.children];
  const at = rows.indexOf(document.activeElement);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    event.preventDefault();
    if (at < 0) rows.find((r) => r.getBoundingClientRect().top >= filler.parentElement.getBoundingClientRect().top + ROW)?.focus();
    else rows[at + step]?.focus();
    const now = document.activeElement.getBoundingClientRect();
    const box = scroller.getBoundingClientRect();
    if (now.bottom > box.bottom - ROW || now.top < box.top + ROW) scroller.scrollTop += step * ROW;
  }
  if ((event.key === "Enter" || event.key === " ") && at >= 0) {
    event.preventDefault();
    app.select(layer.id, Number(rows[at].dataset.row), true);
  }
}

function cell(app, layer, name, row) {
  const value = layer.columns.value(name, row);
  const text = textOf(app, layer, name, value);
  return h("span", { class: `td${isNumber(layer, name) ? " num" : ""}`, role: "gridcell", title: text.length > 14 ? text : null },
    app.store.state.color[layer.id] === name && value !== null && value !== undefined ? h("span", { class: "swatch", style: { "--swatch": app.colorOf(layer.id)(row) } }) : null,
    text);
}

/** A value in the unit of its heading: 亩 where offices write 亩. */
function textOf(app, layer, name, value) {
  const { factor } = everyday(app, layer, name);
  return typeof value === "number" && factor !== 1 ? app.format.fixed(value * factor, layer.shown.get(name).decimals ?? 1) : app.show(layer, name, value);
}

async function prepareSort(layer, field) {
  await layer.columns.load([field]);
  const kind = layer.kind(field);
  if (kind !== "text" || layer.columns.column(field).texts) return;
  const texts = new Array(layer.n);
  const { rowsPerBlock, blockCount } = layer.columns;
  for (let b = 0; b < blockCount; b++) {
    await layer.columns.ready([field], [b * rowsPerBlock]);
    const stop = Math.min(layer.n, (b + 1) * rowsPerBlock);
    for (let row = b * rowsPerBlock; row < stop; row++) texts[row] = layer.columns.value(field, row);
  }
  layer.columns.column(field).texts = texts;
}

function sorted(layer, rows, { field, down }) {
  const column = layer.columns.column(field);
  const turn = down ? -1 : 1;
  const collator = new Intl.Collator("zh-CN", { numeric: true });
  let key;
  if (column.values) key = column.values;
  else if (column.codes) {
    const words = column.kind === "bool" ? ["false", "true"] : column.words;
    const place = new Map(layer.categories(field).map((c, i) => [c.code, i]));
    const coded = Boolean(layer.columns.fields.get(field).values);
    const rank = new Float64Array(words.length + 1).fill(NaN);
    const alphabetical = words.map((w, i) => [w, i + 1]).sort((a, b) => collator.compare(a[0], b[0]));
    alphabetical.forEach(([, code], i) => (rank[code] = coded ? place.get(code) : i));
    key = Float64Array.from(column.codes, (c) => rank[c]);
  } else {
    const { texts } = column;
    return rows.slice().sort((a, b) => {
      const [x, y] = [texts[a], texts[b]];
      if (x === null || y === null || x === undefined || y === undefined) return (x === null || x === undefined) - (y === null || y === undefined) || a - b;
      return turn * collator.compare(x, y) || a - b;
    });
  }
  return rows.slice().sort((a, b) => {
    const x = key[a];
    const y = key[b];
    const [nx, ny] = [x !== x, y !== y];
    if (nx || ny) return nx - ny || a - b; // the unknown stays last either way
    return turn * (x - y) || a - b;
  });
}

function isNumber(layer, name) {
  return layer.kind(name) === "num";
}

function width(layer, name) {
  if (name === "name" || name === "address") return 190;
  if (name === "tiers" || name === "uscc") return 160;
  if (name === "cluster") return 150;
  if (name === "route") return 132;
  return isNumber(layer, name) ? 104 : 92;
}
