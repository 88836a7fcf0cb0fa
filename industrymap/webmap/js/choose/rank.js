// The ranking: weight sliders, the list with each park's breakdown, how firmly it holds, shortlist with notes.

import { fill, h, icon, sync, write } from "../basics/dom.js";
import { apartLine, standingLabel } from "./candidates.js";
import { criterionLabel, drawnNote, firmness, rank, ruleOf } from "./ranking.js";
import { about, fileName, save, sheetTitle } from "../share/exports.js";
import { openPrint } from "../share/print.js";
import { columnOf } from "../share/table_rows.js";
import { isShare } from "../map/coloring.js";
import { toggleShort } from "./shortlist.js";
import { workbook } from "../basics/xlsx.js";
import { PALETTE } from "../basics/colors.js";

const SHOWN = 60;
const PATIENCE_MS = 250;

/** @param {HTMLElement} root @param {Object} app @returns {() => void} */
export function mountRanking(root, app) {
  const parks = app.model.parks;
  const { scoring } = app.model.manifest;
  const list = h("ol", { class: "ranking" });
  const sums = h("p", { class: "hint" });
  const apart = h("p", { class: "hint apart-line" });
  const poor = h("section", { class: "apart" });
  let ranked = null;
  let firm = null;
  let timer = 0;
  const setRule = (change) => app.store.set({ rule: { ...app.store.state.rule, ...change } });
  const sliders = h("div", { class: "sliders" }, app.scoring.criteria.map((c, k) => {
    const out = h("output", { class: "number" });
    const label = criterionLabel(app, c);
    const input = h("input", { type: "range", min: "0", max: "50", step: "1", value: String(ruleOf(app).weights[k]), "aria-label": label, class: "weight", style: { "--tint": PALETTE[k % PALETTE.length] } });
    write(out, input.value);
    input.addEventListener("input", () => {
      write(out, input.value);
      setRule({ weights: { ...app.store.state.rule?.weights, [c.id]: Number(input.value) } });
    });
    const range = `${app.show(parks, c.column, c.zero)} → ${app.show(parks, c.column, c.one)}`;
    return h("label", { class: "weight-line", title: app.t("weight_range", { range }) }, h("span", { class: "category-name", text: label }), input, out);
  }));
  const number = (key, name, value) => h("label", { class: "toggle" }, h("span", { text: app.t(name) }), h("input", {
    type: "number", min: "0", max: "999", class: "edge short", value: String(value), on: { change: (e) => setRule({ [key]: Math.max(0, Math.min(999, Math.round(Number(e.target.value)) || 0)) }) },
  }));
  const rule = ruleOf(app);
  const tick = (key, name) => h("label", { class: "toggle" }, h("input", { type: "checkbox", checked: rule[key], on: { change: (e) => setRule({ [key]: e.target.checked }) } }), h("span", { text: app.t(name) }));
  root.append(
    h("details", { class: "folding", open: true },
      h("summary", {}, icon("right"), h("h3", { text: app.t("weights") }), scoring?.official ? null : h("span", { class: "tag", text: app.t("proposal") })),
      sliders),
    h("div", { class: "toggles" },
      number("total", "list_total", rule.total), number("perDistrict", "list_district", rule.perDistrict),
      parks.columns.has("pilot_eligible") ? tick("eligible", "only_eligible") : null,
      scoring?.apart?.length ? tick("everyone", "rank_everyone") : null),
    h("div", { class: "actions" },
      h("button", { type: "button", class: "button", on: { click: () => exportRanking(app, ranked, firm) } }, icon("export"), h("span", { text: app.t("rank_export") })),
      h("button", { type: "button", class: "button", on: { click: async () => openPrint(app, await rankTable(app, ranked, firm, true)) } }, icon("print"), h("span", { text: app.t("rank_print") }))),
    sums, apart, h("p", { class: "hint rank-drawn", text: drawnNote(app) }), list, poor);
  const draw = () => {
    ranked = rank(app);
    firm = null;
    show();
    clearTimeout(timer);
    timer = setTimeout(() => {
      firm = firmness(app, ranked);
      show();
    }, PATIENCE_MS);
  };
  const show = () => {
    write(apart, apartLine(app, ranked.apart));
    listPoor(app, poor, ranked);
    write(sums, sumOf(app, ranked));
    const places = ranked.order.slice(0, SHOWN).map((place, i) => ({ place, i, row: ranked.rows[place] }));
    sync(list, places, (p) => p.row, (p) => entry(app, p.row), (element, p) => update(app, element, p, ranked, firm));
  };
  const stops = [app.engine.watch(draw), app.store.watch(["rule"], draw), app.store.watch(["shortlist", "picked"], show)];
  draw();
  return () => {
    clearTimeout(timer);
    stops.forEach((stop) => stop());
  };
}

/** How many take part and are chosen, and what stopped it where not every place is filled. */
function sumOf(app, ranked) {
  const { t, format } = app;
  const { total, perDistrict } = ranked.limits;
  const chosen = ranked.chosen.size;
  const said = t("rank_sum", { n: format.count(ranked.rows.length), scored: format.count(ranked.order.length), chosen: format.count(chosen) });
  if (chosen >= total) return said;
  const why = t(chosen < ranked.order.length ? "rank_capped" : "rank_short", { total: format.count(total), cap: format.count(perDistrict) });
  return [said, why].join(t("sentence_joint"));
}

/** Parks of which too little is known, by name: whoever fills the gap brings them into the ranking. */
function listPoor(app, root, ranked) {
  const parks = app.model.parks;
  const rows = ranked.apart.filter((one) => one.standing === "low_coverage");
  if (!rows.length) return fill(root);
  const share = app.format.percent(app.model.manifest.scoring.min_coverage);
  return fill(root,
    h("h3", { text: app.t("rank_poor", { n: app.format.count(rows.length), share }) }),
    h("ul", { class: "apart-list" }, rows.slice(0, SHOWN).map((one) => h("li", {},
      h("button", { type: "button", class: "link", text: parks.columns.value("name", one.row) ?? "—", on: { click: () => app.select(parks.id, one.row, true) } }),
      h("span", { class: "where", text: parks.columns.value("district", one.row) ?? "" }),
      h("span", { class: "number", text: app.t("rank_coverage", { share: app.format.percent(one.coverage) }) })))),
    rows.length > SHOWN ? h("p", { class: "hint", text: app.t("rank_poor_more", { n: app.format.count(rows.length - SHOWN) }) }) : null);
}

function entry(app, row) {
  const parks = app.model.parks;
  const star = h("button", { type: "button", class: "icon-button star", "aria-label": app.t("shortlist_add"), title: app.t("shortlist_add"), on: { click: () => toggleShort(app, row) } }, icon("star"));
  return h("li", { class: "rank" },
    h("span", { class: "rank-number number" }),
    h("button", { type: "button", class: "rank-body", on: { click: () => app.select(app.model.parks.id, row, true) } },
      h("span", { class: "rank-line" }, h("b", { text: parks.columns.value("name", row) ?? parks.columns.value("park_id", row) ?? "—" }), h("span", { class: "where", text: parks.columns.value("district", row) ?? "" }), h("span", { class: "number strong" })),
      h("span", { class: "breakdown", role: "img" }),
      h("span", { class: "hint firm" })),
    star);
}

function update(app, element, { place, i }, ranked, firm) {
  const [numberBox, body, star] = element.children;
  const row = ranked.rows[place];
  const inList = ranked.chosen.has(place);
  element.classList.toggle("chosen", inList);
  element.classList.toggle("picked", app.store.state.picked?.layer === app.model.parks.id && app.store.state.picked.row === row);
  write(numberBox, String(i + 1));
  const [line, bar, note] = body.children;
  write(line.lastChild, app.format.number(ranked.points[place], 1));
  const parts = ranked.parts(place);
  const all = ranked.weights.reduce((a, b) => a + b, 0) || 1;
  const known = ranked.coverage[place] * all || 1;
  sync(bar, parts.map((s, k) => ({ s, k })), (p) => p.k, () => h("i", {}), (piece, { s, k }) => {
    piece.style.width = `${s === s ? ((100 * s * ranked.weights[k]) / known).toFixed(2) : 0}%`;
    piece.style.background = PALETTE[k % PALETTE.length];
    piece.title = `${criterionLabel(app, ranked.criteria[k])} · ${app.show(app.model.parks, ranked.criteria[k].column, ranked.values[k][place])}`;
  });
  bar.setAttribute("aria-label", parts.map((s, k) => `${criterionLabel(app, ranked.criteria[k])} ${s === s ? Math.round(100 * s) : "—"}`).join(", "));
  const says = [];
  if (firm && firm.low[place] === firm.low[place]) says.push(app.t("rank_band", { low: Math.round(firm.low[place]), high: Math.round(firm.high[place]), share: app.format.percent(firm.inList[place]) }));
  if (ranked.coverage[place] < 0.999) says.push(app.t("rank_coverage", { share: app.format.percent(ranked.coverage[place]) }));
  write(note, says.join(" · "));
  const short = app.store.state.shortlist?.[row] !== undefined;
  star.setAttribute("aria-pressed", String(short));
}

/** The ranking as a table: header and rows, in the units and digits of lists. @param {Object} app @param {import("./ranking.js").Ranked} ranked @param {Object|null} firm @param {boolean} [chosenOnly] */
export async function rankTable(app, ranked, firm, chosenOnly = false) {
  const parks = app.model.parks;
  const names = ["name", "park_id", "district", "town"].filter((n) => parks.columns.has(n));
  await parks.columns.load(names);
  await parks.columns.ready(names, ranked.order.map((place) => ranked.rows[place]));
  const held = firm || firmness(app, ranked);
  const columns = tableColumns(app, ranked, held, names).filter((column) => !chosenOnly || column.key !== "in");
  const rows = [];
  const places = []; // where on the map each number of the list stands
  ranked.order.forEach((place, i) => {
    if (chosenOnly && !ranked.chosen.has(place)) return;
    places.push([...parks.shapes.anchor(ranked.rows[place]), String(i + 1)]);
    rows.push(columns.map((column) => column.cell(place, i)));
  });
  return { title: app.t("rank_title"), head: columns.map((column) => column.head), decimals: columns.map((column) => column.decimals), codes: columns.map((column) => column.code), rows, places };
}

/** What each column of the ranking holds: its heading with the unit, its digits, and its value for a place. */
function tableColumns(app, ranked, held, names) {
  const { t } = app;
  const { parks } = app.model;
  const number = (head, decimals, cell) => ({ head, decimals, code: decimals ? `#,##0.${"0".repeat(decimals)}` : "#,##0", cell: (place, i) => rounded(cell(place, i), decimals) });
  return [
    number(t("rank_number"), 0, (_, i) => i + 1),
    ...names.map((n) => ({ head: parks.fieldLabel(n, app.lang), code: "", cell: (place) => parks.columns.value(n, ranked.rows[place]) ?? null })),
    number(t("rank_score"), 1, (place) => ranked.points[place]),
    number(bracket(app, t("rank_cover"), "%"), 1, (place) => 100 * ranked.coverage[place]),
    number(t("rank_low"), 0, (place) => held.low[place]),
    number(t("rank_high"), 0, (place) => held.high[place]),
    number(bracket(app, t("rank_share"), "%"), 1, (place) => 100 * held.inList[place]),
    ...ranked.criteria.map((c, k) => {
      if (isShare(c.column)) return number(bracket(app, criterionLabel(app, c), "%"), 0, (place) => 100 * ranked.values[k][place]);
      const column = columnOf(app, parks, c.column, true);
      return { head: bracket(app, criterionLabel(app, c), column.unit), decimals: column.decimals, code: column.code, cell: (place) => column.cell(ranked.values[k][place] === ranked.values[k][place] ? ranked.values[k][place] : null) };
    }),
    { key: "in", head: t("rank_in"), code: "", cell: (place) => t(ranked.chosen.has(place) ? "yes" : "no") },
  ];
}

/** A heading with its unit. */
function bracket(app, text, unit) {
  if (!unit) return text;
  return app.lang === "zh" ? `${text}（${unit}）` : `${text} (${unit})`;
}

function rounded(value, decimals) {
  return value === value ? Number(value.toFixed(decimals)) : null;
}

async function exportRanking(app, ranked, firm) {
  const { t } = app;
  const table = await rankTable(app, ranked, firm);
  const parks = app.model.parks;
  const { rows: selected, ...said } = about(app, parks.id);
  const facts = [...Object.entries(said).map(([key, value]) => [t(`about_${key}`), Array.isArray(value) ? value.join("; ") : value]), ...rulesSaid(app, ranked, selected)];
  const page = { above: [`${said.title} · ${table.title}`, [said.simulated, ...(said.filters || [])].filter(Boolean).join("  ·  ")], below: ["data_date", "source"].filter((key) => said[key]).map((key) => `${t(`about_${key}`)} ${said[key]}`).join("  ") };
  const weights = [[t("weights"), ""], ...ranked.criteria.map((c, k) => [criterionLabel(app, c), ranked.weights[k]])];
  const short = Object.entries(app.store.state.shortlist || {}).map(([row, note]) => [parks.columns.value("name", Number(row)) ?? "", parks.columns.value("park_id", Number(row)) ?? "", note]);
  const sheets = [{ name: table.title, rows: [table.head, ...table.rows], codes: table.codes }, { name: t("weights"), rows: weights }];
  if (ranked.apart.length) {
    const names = ["name", "park_id", "district"].map((n) => parks.fieldLabel(n, app.lang));
    const value = (n, row) => parks.columns.value(n, row) ?? null;
    sheets.push({
      name: t("rank_apart_sheet"), codes: ["", "", "", "", "#,##0.0"],
      rows: [[...names, t("rank_why_apart"), bracket(app, t("rank_cover"), "%")], ...ranked.apart.map((one) => [value("name", one.row), value("park_id", one.row), value("district", one.row), standingLabel(app, one.standing), rounded(100 * one.coverage, 1)])],
    });
  }
  if (short.length) sheets.push({ name: t("shortlist"), rows: [[parks.fieldLabel("name", app.lang), parks.fieldLabel("park_id", app.lang), t("note")], ...short] });
  sheets.push({ name: t("about"), rows: [[t("about"), ""], ...facts] });
  save(await workbook(sheets.map((sheet) => ({ ...sheet, name: sheetTitle(app, sheet.name), ...page }))), fileName(app, table.title, "xlsx"));
}

/** By which rules the ranking was made. */
function rulesSaid(app, ranked, selected) {
  const { t } = app;
  const { scoring } = app.model.manifest;
  const { parks } = app.model;
  const standard = parks.columns.has("pilot_standard") ? parks.columns.value("pilot_standard", ranked.rows[0] ?? 0) : null;
  return [
    standard ? [t("pilot_standard"), standard] : null,
    [t("rank_selected"), selected], [t("rank_ranked"), ranked.order.length],
    scoring ? [t("rank_rule"), [scoring[app.lang] || scoring.zh, scoring.official ? "" : t("proposal")].filter(Boolean).join(" · ")] : null,
    scoring?.source ? [t("rank_rule_source"), (app.lang === "zh" && scoring.source_zh) || scoring.source] : null,
    [t("list_total"), ranked.limits.total], [t("list_district"), ranked.limits.perDistrict],
    [t("only_eligible"), t(ruleOf(app).eligible ? "yes" : "no")], [t("rank_share"), drawnNote(app)],
  ].filter(Boolean);
}
