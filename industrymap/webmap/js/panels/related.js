// What belongs to a sheet beside its own fields: the park and block of a firm, its years and why it has its labels; the parks and
// firms of a park, block, district or town.

import { toggleWord } from "../filters/actions.js";
import { links } from "../filters/relations.js";
import { h, svg } from "../basics/dom.js";

const LISTED = 60;
const SOURCES = ["offline", "given", "confirmed"]; // others are providers, by name
const TAG_SOURCES = ["rule", "official_list", "inferred", "self_declared"];
const BAR = { wide: 34, tall: 54 };

/** The parts of one sheet. @param {Object} app @param {import("../data/model.js").Layer} layer @param {number} row @returns {Promise<(HTMLElement|null)[]>} */
export async function relatedSections(app, layer, row) {
  if (layer.counted) return [await placesOf(app, layer, row), await yearsOf(app, layer, row), await reasonsOf(app, layer, row)];
  const inside = layer.role === "container" ? await membersByName(app, layer, row) : [await parksInside(app, layer, row), await firmsInside(app, layer, row)];
  return inside;
}

/** The park and the block that a firm lies in, as links. */
async function placesOf(app, firms, row) {
  const lines = [];
  for (const holder of app.model.holders) {
    const at = (await links(app.model, holder.id))?.[row] ?? -1;
    if (at < 0 || holder.version) continue; // firms are in areas as they are today
    await holder.columns.ready(["name"], [at]);
    lines.push(h("p", {}, h("span", { class: "unit", text: app.t("in_areas", { name: holder.label(app.lang) }) }), " ",
      h("button", { type: "button", class: "link", text: holder.columns.value("name", at) ?? holder.columns.value(holder.key, at) ?? "—", on: { click: () => app.select(holder.id, at, true) } })));
  }
  const found = ["geocode_evidence", "geocode_source", "geocode_score"].map((name) => firms.columns.value(name, row));
  if (found[0]) lines.push(h("p", { class: "hint", text: app.t("place_how", { evidence: found[0], source: SOURCES.includes(found[1]) ? app.t(`place_by_${found[1]}`) : app.show(firms, "geocode_source", found[1]), score: typeof found[2] === "number" ? app.format.number(found[2], 2) : app.format.none }) }));
  return lines.length ? h("section", { class: "places" }, h("h3", { text: app.t("where_title") }), lines) : null;
}

/** Revenue year by year, as bars from zero; a year that nobody reported is a gap, and says so. */
async function yearsOf(app, firms, row) {
  const years = app.model.manifest.years || [];
  const field = "revenue_10k_cny";
  if (!years.length || !firms.columns.has(field)) return null;
  await Promise.all([...years, null].map((year) => firms.columns.prepare([field], year)));
  const now = String(app.model.meta.data_date || "").slice(0, 4) || app.t("time_now");
  const bars = [...years, null].map((year) => ({ label: year ? String(year) : now, value: firms.columns.of(field, year)?.values?.[row] ?? NaN }));
  const most = Math.max(...bars.map((bar) => bar.value).filter((v) => v === v), 0);
  if (!(most > 0)) return null;
  const { unit, text } = app.format.alike("money", most);
  const said = ({ label, value }) => `${label} ${value === value ? Object.values(app.format.money(value)).join(" ") : app.t("unknown")}`;
  const drawing = svg("svg", { viewBox: `0 0 ${bars.length * BAR.wide} ${BAR.tall + 30}`, class: "years", role: "img", "aria-label": bars.map(said).join("; ") });
  bars.forEach((bar, i) => {
    const tall = bar.value === bar.value ? (BAR.tall * bar.value) / most : 0;
    const x = i * BAR.wide + BAR.wide / 2;
    drawing.append(
      svg("rect", { x: x - 10, y: 14 + BAR.tall - tall, width: 20, height: Math.max(tall, 0.5), class: "year-bar" }),
      svg("text", { x, y: 10 + BAR.tall - tall, class: "year-value" }, bar.value === bar.value ? text(bar.value) : "?"),
      svg("text", { x, y: BAR.tall + 27, class: "year-name" }, bar.label));
  });
  return h("section", {}, h("h3", {}, h("span", { text: app.t("years_title") }), h("span", { class: "unit", text: unit })), drawing);
}

/** Why a firm has its labels: what in its record a rule found, or the list it stands in. */
async function reasonsOf(app, firms, row) {
  const told = firms.columns.has("tag_reasons") ? await firms.columns.read("tag_reasons", row) : null;
  if (!told) return null;
  // fields, coded values and sources by their names
  const matched = (text) => {
    const [, name, value = ""] = /^(\w+)(?:=(.*))?$/.exec(text) || [];
    if (name && firms.columns.has(name)) return `${firms.fieldLabel(name, app.lang)} ${firms.wordLabel(name, value, app.lang)}`;
    const inWords = (word) => ({ "and": app.t("rule_and"), "or": app.t("rule_or"), ">=": "≥", "<=": "≤", "==": "=", "!=": "≠" }[word] || (firms.columns.has(word) ? firms.fieldLabel(word, app.lang) : word));
    return text.split(/(\s+)/).map((word) => (word.trim() ? inWords(word) : word)).join("");
  };
  // a rule's own number is for those who look after the rules; a list is where the label is from
  const from = (rule, source) => {
    const named = TAG_SOURCES.includes(source) ? app.t(`tag_by_${source}`) : source;
    return rule.startsWith("list:") ? `${named} ${rule.slice(5).replace("#", " · ")}` : named;
  };
  return h("section", { class: "tag-reasons" }, h("h3", { text: app.t("tags_title") }), h("ul", {}, told.split("\n").map((line) => {
    const [label, match, rule, confidence, source] = line.split("\t");
    return h("li", {}, h("b", { text: label }), " ", matched(match), h("span", { class: "unit", title: rule, text: app.t("tag_why", { confidence, source: from(rule, source) }) }));
  })));
}

/** The firms of a park or block, the largest first. */
async function firmsInside(app, layer, row) {
  const { firms } = app.model;
  if (!firms || layer.version || !app.model.holders.includes(layer)) return null;
  const linked = await links(app.model, layer.id);
  const base = app.engine.base(firms.id);
  const rows = [];
  for (let i = 0; linked && i < linked.length; i++) if (linked[i] === row && (!base || base[i])) rows.push(i);
  if (!rows.length) return null;
  const key = layer.columns.value(layer.key, row);
  return section(app, app.t(layer.ranked ? "firms_in_park" : "firms_in_area"), rows.length, await firmList(app, rows),
    h("button", { type: "button", class: "link", text: app.t(layer.ranked ? "show_firms" : "show_firms_area"), on: { click: () => toggleWord(app, firms.id, layer.key, key) } }));
}

/** The parks whose middle lies in a block. */
async function parksInside(app, layer, row) {
  const { parks } = app.model;
  if (layer.ranked || !parks?.shapes || !layer.shapes) return null;
  const rows = [];
  const [x0, y0, x1, y1] = layer.shapes.boxes.subarray(row * 4, row * 4 + 4);
  for (const park of parks.shapes.within(x0, y0, x1, y1)) {
    if (layer.shapes.covers(row, ...parks.shapes.anchor(park))) rows.push(park);
  }
  return rows.length ? section(app, app.t("parks_in_area"), rows.length, await areaList(app, parks, rows)) : null;
}

/** The parks, blocks and firms of a district or town, by the name each carries. */
async function membersByName(app, layer, row) {
  const column = (layer.head.firm_column || "").replace(/_code$/, "");
  const name = layer.columns.value("name", row);
  const out = [];
  for (const member of app.model.subjects) {
    if (!column || !member.columns.has(column)) continue;
    await member.columns.load([column]);
    const base = app.engine.base(member.id);
    const rows = [];
    for (let i = 0; i < member.n; i++) if ((!base || base[i]) && member.columns.value(column, i) === name) rows.push(i);
    if (rows.length) out.push(section(app, member.label(app.lang), rows.length, member.counted ? await firmList(app, rows) : await areaList(app, member, rows)));
  }
  return out;
}

function section(app, title, n, ...parts) {
  return h("details", { class: "folding related", open: true }, h("summary", {}, h("h3", {}, h("span", { text: title }), h("span", { class: "number", text: app.format.count(n) }))), parts);
}

/** The largest areas of a list. */
async function areaList(app, layer, rows) {
  const field = ["land_area_m2", "area_m2", "land_area_reported_m2"].find((name) => layer.columns.has(name));
  await layer.columns.load([...(field ? [field] : []), "route"]);
  const size = (row) => (field ? layer.columns.value(field, row) ?? -1 : -1);
  const shown = [...rows].sort((a, b) => size(b) - size(a) || a - b).slice(0, LISTED);
  await layer.columns.ready(["name"], shown);
  const color = app.colorOf(layer.id);
  const land = app.format.alike("land", shown.length ? size(shown[0]) : NaN);
  return listOf(app, rows.length, shown.map((row) => ({
    layer, row, color: color(row), name: layer.columns.value("name", row), figure: size(row) < 0 ? app.format.none : `${land.text(size(row))} ${land.unit}`,
  })), true);
}

/** The largest firms of a list, by revenue. @param {Object} app @param {number[]} rows */
export async function firmList(app, rows) {
  const { firms } = app.model;
  await firms.columns.load(["revenue_10k_cny"]);
  const revenue = firms.columns.column("revenue_10k_cny")?.values;
  const order = revenue ? [...rows].sort((a, b) => (Number.isNaN(revenue[a]) - Number.isNaN(revenue[b])) || revenue[b] - revenue[a] || a - b) : rows;
  const shown = order.slice(0, LISTED);
  await firms.columns.ready(["name"], shown);
  const color = app.colorOf(firms.id);
  const money = app.format.alike("money", revenue && shown.length ? revenue[shown[0]] : NaN);
  const said = (row) => (revenue[row] === revenue[row] ? `${money.text(revenue[row])} ${money.unit}` : app.format.none);
  return listOf(app, rows.length, shown.map((row) => ({ layer: firms, row, color: color(row), name: firms.columns.value("name", row), figure: revenue ? said(row) : "" })), false);
}

function listOf(app, n, lines, zoom) {
  return h("ul", { class: "firms" },
    lines.map(({ layer, row, color, name, figure }) => h("li", {}, h("button", { type: "button", on: { click: () => app.select(layer.id, row, zoom) } },
      h("span", { class: "swatch", style: { "--swatch": color } }),
      h("span", { class: "firm-name", text: name ?? "—" }),
      h("span", { class: "number", text: figure })))),
    n > LISTED ? h("li", { class: "hint", text: app.t("more_rows", { n: app.format.count(n - LISTED) }) }) : null);
}
