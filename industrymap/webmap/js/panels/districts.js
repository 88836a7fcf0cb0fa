// Districts (or towns) beside each other: what the selected firms come to in each, with rank, share, location quotient and change.

import { find, toggleWord } from "../filters/actions.js";
import { derivable, derivedNeeds, derivedValues, shownScale } from "../data/derived.js";
import { later, standing, total } from "../data/summary.js";
import { fill, h, write } from "../basics/dom.js";

const FIGURES = ["@firms", "@revenue", "@tax", "@staff", "@revenue_firm"];

/** @param {HTMLElement} root @param {Object} app @returns {() => void} */
export function mountDistricts(root, app) {
  const units = app.model.containers.filter((layer) => derivable(app, layer.id).length);
  if (!units.length) {
    fill(root, h("p", { class: "empty-note", text: app.t("no_data") }));
    return () => {};
  }
  let unit = units[0];
  let sort = { by: "@revenue", down: true };
  let stopped = false;
  let turn = 0;
  const table = h("div", { class: "cross-box" });
  const note = h("p", { class: "hint" });
  const choose = units.length > 1 ? h("select", { class: "select", "aria-label": app.t("districts_unit"), on: { change: () => { unit = app.model.layer(choose.value); draw(); } } }, units.map((one) => h("option", { value: one.id, text: one.label(app.lang) }))) : null;
  const aside = h("p", { class: "hint aside" });
  fill(root, choose, note, aside, table);
  // columns out of sight are announced: a table that ends at the edge of its panel looks whole
  const look = () => {
    const beyond = table.scrollWidth - table.clientWidth - table.scrollLeft > 4;
    table.classList.toggle("more-right", beyond);
    write(aside, table.scrollWidth > table.clientWidth + 4 ? app.t("districts_wide") : "");
  };
  table.addEventListener("scroll", look, { passive: true });
  const sizes = new ResizeObserver(look);
  sizes.observe(table);
  const draw = async () => {
    const mine = ++turn;
    const found = await compareUnits(app, unit);
    if (stopped || mine !== turn) return;
    const order = (by, down) => {
      sort = { by, down };
      draw();
    };
    fill(note, app.t("districts_how", { year: found.year || "—", fewest: found.fewest, formula: app.t("districts_lq"), left: found.left ? app.t("districts_left", { n: app.format.count(found.left), units: unit.label(app.lang).toLowerCase() }) : "" }));
    fill(table, tableOf(app, unit, found, sort, order));
    look();
  };
  const stop = app.engine.watch(draw);
  draw();
  return () => {
    stopped = true;
    sizes.disconnect();
    stop();
  };
}

/**
 * The figures of each unit. The quotient is that of revenue: the selection's share in the unit ÷ its share in the whole, as for clusters in the report.
 * @param {Object} app @param {import("../data/model.js").Layer} unit
 */
async function compareUnits(app, unit) {
  const { firms, manifest } = app.model;
  const figures = FIGURES.filter((name) => derivable(app, unit.id).includes(name));
  for (const name of figures) {
    const needs = derivedNeeds(app, unit.id, name);
    await firms.columns.load(needs.firms);
    await unit.columns.ready(needs.areas.filter((one) => unit.columns.has(one)), Array.from({ length: unit.columns.blockCount }, (_, b) => b * unit.columns.rowsPerBlock));
  }
  // without the conditions on the place itself: a filter on one district must not empty the others' lines
  const mask = app.engine.maskBut(firms.id, "district", "town");
  const base = app.engine.base(firms.id) || new Uint8Array(firms.n).fill(1);
  const values = Object.fromEntries(figures.map((name) => [name, derivedValues(app, unit, name, { mask })]));
  const shownYear = app.model.moment.year;
  const year = (manifest.years || []).filter((one) => !shownYear || one < shownYear).slice(-1)[0] || null;
  const selected = app.engine.items(firms.id).length > 0;
  // the share is that of the tiles, of all firms; the quotient's base, of districts and towns alike, is that of the report: firms with a district
  const revenue = firms.columns.column("revenue_10k_cny")?.values;
  if (firms.columns.has("district")) await firms.columns.load(["district"]);
  const districts = firms.columns.column("district")?.codes;
  const placed = (some) => (districts ? some.map((on, i) => (on && districts[i] ? 1 : 0)) : some);
  const all = revenue ? total(revenue, mask).sum : NaN;
  const fewest = manifest.indicators.find((one) => one.id === "location_quotient")?.fewest || 1;
  const now = values["@revenue"]?.values;
  let quotient = null;
  if (selected && now) {
    const whole = derivedValues(app, unit, "@revenue", { mask: base }).values;
    const share = total(revenue, placed(mask)).sum / total(revenue, placed(base)).sum;
    quotient = now.map((v, f) => (values["@revenue"].counts[f] >= fewest ? v / whole[f] / share : NaN));
  }
  let change = null;
  if (year && now && firms.columns.dated.has("revenue_10k_cny")) {
    const before = await app.engine.maskIn(firms.id, year, ["district", "town"]);
    change = changeOf(app, unit, { mask, before, later: await later(firms, year) }, year, fewest);
  }
  return { figures, values, quotient, change, share: now ? now.map((v) => v / all) : null, year, fewest, left: values["@firms"].left };
}

/**
 * Change of revenue of the firms that are in the selection in both years and have a figure in both: of all firms it would be
 * who reported, not who grew.
 * @returns {{values: Float64Array, counts: Float64Array}} and how many firms of each unit it rests on
 */
function changeOf(app, unit, { mask, before, later: laterThan }, year, fewest) {
  const { firms } = app.model;
  const [then, now] = [firms.columns.of("revenue_10k_cny", year).values, firms.columns.column("revenue_10k_cny").values];
  const panel = mask.map((on, i) => (on && before[i] && laterThan(i) && then[i] === then[i] && now[i] === now[i] ? 1 : 0));
  const is = derivedValues(app, unit, "@revenue", { mask: panel });
  const was = derivedValues(app, unit, "@revenue", { mask: panel, year }).values;
  return { values: is.values.map((v, f) => (is.counts[f] >= fewest && was[f] > 0 ? v / was[f] - 1 : NaN)), counts: is.counts };
}

function tableOf(app, unit, found, sort, order) {
  const { t, format } = app;
  const figure = (name) => ({ key: name, title: t(`theme_${name.slice(1)}`), ...figureOf(app, name, found.values[name].values), values: found.values[name].values, known: found.values[name], ranked: true });
  const named = (...names) => found.figures.filter((name) => names.includes(name)).map(figure);
  const columns = [
    ...named("@revenue"),
    found.share && { key: "share", title: t("districts_share"), unit: "", values: found.share, text: (v) => `${format.fixed(100 * v, 1)}%` },
    found.quotient && { key: "lq", title: t("lq"), unit: "", values: found.quotient, text: (v) => format.fixed(v, 2), ranked: true },
    found.change && { key: "change", title: t("districts_change", { year: found.year }), unit: "", values: found.change.values, panel: found.change.counts, text: (v) => signed(format.fixed(100 * v, 1)), ranked: true },
    ...named("@firms", "@tax", "@staff", "@revenue_firm"),
  ].filter(Boolean);
  const by = columns.find((column) => column.key === sort.by) || columns[0];
  const rows = Array.from({ length: unit.n }, (_, f) => f).filter((f) => found.values["@firms"].counts[f] > 0);
  const value = (f) => by.values[f];
  rows.sort((a, b) => Number.isNaN(value(a)) - Number.isNaN(value(b)) || (sort.down ? value(b) - value(a) : value(a) - value(b)) || a - b);
  const incomplete = (column, f) => Boolean(column.known && standing(column.known.knowns[f], column.known.counts[f]));
  const place = Object.fromEntries(columns.map((column) => [column.key, ranksOf(column.values, rows.filter((f) => !incomplete(column, f)))]));
  // what a figure rests on stands beside it where that is not every firm of the unit
  const beside = (column, f) => {
    if (column.panel) return t("districts_panel", { n: format.count(column.panel[f]) });
    const { knowns, counts } = column.known || {};
    return knowns && knowns[f] < counts[f] ? t("districts_known", { known: format.count(knowns[f]), of: format.count(counts[f]) }) : "";
  };
  const key = (unit.head.firm_column || "").replace(/_code$/, "");
  const chosen = find(app, app.model.firms.id, key, "in")?.words || [];
  return h("table", { class: "districts" },
    h("thead", {}, h("tr", {}, h("th", { scope: "col", text: unit.label(app.lang) }), columns.map((column) => h("th", { scope: "col", "aria-sort": column === by ? (sort.down ? "descending" : "ascending") : "none" },
      h("button", { type: "button", text: `${column.title}${column === by ? (sort.down ? " ▾" : " ▴") : ""}`, on: { click: () => order(column.key, column === by ? !sort.down : true) } }), column.unit ? h("span", { class: "unit", text: column.unit }) : null)))),
    h("tbody", {}, rows.map((f) => {
      const name = unit.columns.value("name", f);
      return h("tr", { class: chosen.includes(name) ? "picked" : "" },
        h("th", { scope: "row" }, h("button", { type: "button", class: "link", "aria-pressed": String(chosen.includes(name)), text: (app.lang === "en" && unit.columns.value("name_en", f)) || name, on: { click: () => toggleWord(app, app.model.firms.id, key, name) } })),
        columns.map((column) => {
          const v = column.values[f];
          const rank = place[column.key].get(f);
          // where some take no rank, a first place is one among those whose figures are complete
          const among = place[column.key].size;
          const placed = among < rows.filter((one) => column.values[one] === column.values[one]).length ? t("districts_rank_of", { rank, of: among }) : t("districts_rank", { rank });
          const said = v === v ? [column.ranked && rank ? placed : "", beside(column, f)].filter(Boolean).join(" · ") : "";
          return h("td", { class: incomplete(column, f) ? "number partial" : "number" }, v === v ? column.text(v) : format.none, said ? h("span", { class: "unit", text: said }) : null);
        }));
    })));
}

/** A change in per cent with its sign; none where it is nothing. @param {string} text */
function signed(text) {
  if (!/[1-9]/.test(text)) return `${text}%`;
  return text.startsWith("-") ? `−${text.slice(1)}%` : `+${text}%`;
}

/** How a figure is written: sums of money in one unit, that of the largest, so that a column reads in order. */
function figureOf(app, name, values) {
  const { t, format } = app;
  if (name === "@revenue" || name === "@tax") {
    const { unit, text } = format.alike("money", values.reduce((most, v) => (v > most ? v : most), 0));
    return { unit, text };
  }
  return { unit: t(`theme_unit_${name.slice(1)}`), text: (v) => format.number(v * shownScale(name, app.lang), 0) };
}

/** Rank of each row that has a value, the largest first; equal values share the better one. */
function ranksOf(values, rows) {
  const known = rows.filter((f) => values[f] === values[f]).sort((a, b) => values[b] - values[a]);
  const out = new Map();
  known.forEach((f, i) => out.set(f, i && values[f] === values[known[i - 1]] ? out.get(known[i - 1]) : i + 1));
  return out;
}

/** The choice of a district, or of a town in it, on the map: shows it, and filters nothing. @param {Object} app @returns {HTMLElement|null} */
export function placePicker(app) {
  const [outer, inner] = app.model.containers;
  if (!outer?.columns.column("name")) return null;
  const select = h("select", { class: "select place-picker", "aria-label": app.t("go_to"), title: app.t("go_to") });
  const name = (layer, row) => (app.lang === "en" && layer.columns.value("name_en", row)) || layer.columns.value("name", row) || layer.columns.value("code", row) || "—";
  // in the order of their codes, as statistics list them; in English by name. Sorting by pinyin would cost a browser more than drawing the map
  const by = (layer, row) => (app.lang === "zh" && layer.columns.value("code", row)) || name(layer, row);
  const options = (layer, rows) => rows.sort((a, b) => (by(layer, a) < by(layer, b) ? -1 : 1)).map((row) => h("option", { value: `${layer.id} ${row}`, text: name(layer, row) }));
  const draw = (row) => {
    const towns = row !== null && inner?.columns.column("parent_code") ? Array.from({ length: inner.n }, (_, i) => i).filter((i) => inner.columns.value("parent_code", i) === outer.columns.value("code", row)) : [];
    fill(select, h("option", { value: "", text: app.t("go_to_all") }),
      h("optgroup", { label: outer.label(app.lang) }, options(outer, Array.from({ length: outer.n }, (_, i) => i))),
      towns.length ? h("optgroup", { label: `${name(outer, row)} · ${inner.label(app.lang)}` }, options(inner, towns)) : null);
  };
  select.addEventListener("change", async () => {
    const [id, row] = select.value.split(" ");
    if (!id) {
      app.stage.home();
      return;
    }
    const at = select.value;
    if (id === outer.id) {
      await inner?.columns.load(["parent_code"]);
      draw(Number(row));
      select.value = at;
    }
    app.stage.show(id, Number(row));
  });
  draw(null);
  return select;
}
