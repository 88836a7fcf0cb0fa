// Print and picture of a sheet: the paper, the title, the part of the city and the list are chosen in one dialog, with a preview.

import { fill, h } from "../basics/dom.js";
import { modal, notice } from "../basics/menu.js";
import { topicOf } from "../map/topics.js";
import { fileName, save } from "./exports.js";
import { pictureOf, planSheet, pngOf, vectorOf, wordOf } from "./layout.js";
import { notes, subtitle } from "./said.js";
import { eachSelected, listedColumns } from "./table_rows.js";

/** Millimetres inside the margins, and how much larger a sheet for the wall is drawn. */
const PAPERS = {
  a4l: { size: "A4 landscape", wide: 281, tall: 193.5, enlarged: 1 },
  a4p: { size: "A4 portrait", wide: 194, tall: 280, enlarged: 1 },
  a3l: { size: "A3 landscape", wide: 404, tall: 280.5, enlarged: 1.3 },
  a3p: { size: "A3 portrait", wide: 281, tall: 403.5, enlarged: 1.3 },
};
const PIXELS_PER_MM = 96 / 25.4;
const DOTS = 3.1; // 300 dots an inch
const ON_SHEET = 12;
const IN_PICTURE = 200;
const MOST_LISTED = 3000;
const MOST_NUMBERED = 60;
const PICTURE_WIDTHS = [720, 1080, 1600, 2400, 4000];
const ROOM = "8mm";
/** Heights in a printed list: of a row, of its title and notes, of the headings that every page repeats. */
const [ROW_MM, HEAD_MM, HEADING_MM] = [5.9, 24, 10];

/** Open the print dialog. @param {Object} app @param {{title: string, head: any[], rows: any[][]}} [table] printed with the map */
export function openPrint(app, table) {
  const filtered = Object.values(app.store.state.filters).some((items) => items.length);
  const wanted = { paper: "a4l", title: app.model.meta.title, note: "", area: filtered ? "selection" : table ? "city" : "view", list: Boolean(table), map: true, pixels: 1600 };
  const pages = h("p", { class: "hint pages-note", role: "status" });
  const sayPages = () => (pages.textContent = wanted.list ? pagesSaid(app, wanted.paper, table ? table.rows.length : app.engine.result(topicOf(app).layer.id).count) : "");
  const preview = h("div", { class: "print-preview", "aria-hidden": "true" });
  let turn = 0;
  const show = async () => {
    const mine = ++turn;
    const canvas = wanted.map ? await pictureOf((await planned(app, wanted, table)).plan, 520) : null;
    if (mine === turn) fill(preview, canvas);
  };
  const change = (key, value) => {
    wanted[key] = value;
    sayPages();
    show();
  };
  const radios = (name, keys, label) => keys.map((key) => h("label", { class: "toggle" },
    h("input", { type: "radio", name, value: key, checked: key === wanted[name], on: { change: () => change(name, key) } }), h("span", { text: app.t(`${label}_${key}`) })));
  const line = (key, most) => h("label", { class: "print-line" }, h("span", { text: app.t(`print_${key}`) }),
    h("input", { type: "text", class: "edge", name: key, maxlength: most, value: wanted[key], on: { change: (event) => change(key, event.target.value) } }));
  const tick = (key, label) => h("label", { class: "toggle" }, h("input", { type: "checkbox", name: key, checked: wanted[key], on: { change: (event) => change(key, event.target.checked) } }), h("span", { text: app.t(label) }));
  const widths = h("select", { class: "select", "aria-label": app.t("print_width"), on: { change: (event) => (wanted.pixels = Number(event.target.value)) } },
    PICTURE_WIDTHS.map((n) => h("option", { value: n, selected: n === wanted.pixels, text: app.t("pixels", { n }) })));
  const act = (label, cls, what) => (close) => h("button", { type: "button", class: `button ${cls}`, text: label, on: { click: async () => { await what(); close(); if (cls === "primary") window.print(); } } });
  const print = act(app.t("print"), "primary", () => makeSheet(app, wanted, table));
  const picture = act(app.t("print_picture"), "", () => savePng(app, wanted, table));
  modal(app, app.t("print"), (close) => [
    h("div", { class: "print-choices" },
      h("div", { class: "stack" }, line("title", 120), line("note", 300),
        h("fieldset", {}, h("legend", { text: app.t("paper") }), radios("paper", Object.keys(PAPERS), "paper")),
        h("fieldset", {}, h("legend", { text: app.t("print_area") }), radios("area", ["selection", "view", "city"], "area")),
        h("div", { class: "toggles" }, tick("list", "print_list"), table ? tick("map", "print_map") : null), pages),
      preview),
    h("div", { class: "actions" }, print(close), picture(close), widths, h("button", { type: "button", class: "button", text: app.t("cancel"), on: { click: close } })),
  ]);
  sayPages();
  show();
}

/** The plan of a sheet, and the list that goes with it: a short one on the sheet, a long one on the pages behind it. */
async function planned(app, wanted, table, picture = false) {
  const { wide, tall, enlarged } = PAPERS[wanted.paper];
  const list = wanted.list ? table || (await listOf(app)) : null;
  const most = picture ? IN_PICTURE : ON_SHEET;
  const on = list && (list.rows.length <= most || picture);
  const shown = on ? { head: list.head, decimals: list.decimals, rows: list.rows.slice(0, most), left: Math.max(0, list.rows.length - most) } : undefined;
  // a picture is as long as its list; paper is as long as it is
  const longer = picture && shown ? Math.max(0, shown.rows.length + (shown.left ? 1 : 0) - ON_SHEET) * 17 * enlarged : 0;
  const numbers = list?.places && list.places.length <= MOST_NUMBERED ? list.places : [];
  const plan = planSheet(app, { width: wide * PIXELS_PER_MM, height: tall * PIXELS_PER_MM + longer, enlarged, title: wanted.title, note: wanted.note, area: wanted.area, table: shown, numbers, paper: picture ? "" : wanted.paper.slice(0, 2).toUpperCase() });
  return { plan, behind: on ? null : list, cut: list && picture && list.rows.length > most ? list.rows.length : 0 };
}

/** The selected rows of what the map is about, in the columns a printed list has room for. */
async function listOf(app) {
  const { layer } = topicOf(app);
  const columns = listedColumns(app, layer.id);
  const rows = [];
  const places = [];
  await eachSelected(app, layer.id, (row, values) => {
    if (rows.length >= MOST_LISTED) return;
    rows.push([rows.length + 1, ...values.map((value, i) => columns[i].cell(value))]);
    const at = layer.shapes ? layer.shapes.anchor(row) : row < layer.points.exact ? [layer.points.x(row), layer.points.y(row)] : null;
    if (at) places.push([...at, String(rows.length)]);
  }, columns.map((column) => column.name));
  return { title: layer.label(app.lang), head: [app.t("number"), ...columns.map((column) => column.header)], decimals: [undefined, ...columns.map((column) => column.decimals)], rows, of: app.engine.result(layer.id).count, places };
}

async function savePng(app, wanted, table) {
  const { plan, cut } = await planned(app, wanted, table, true);
  save(await pngOf(await pictureOf(plan, wanted.pixels)), fileName(app, app.t("print_sheet"), "png"));
  if (cut) notice(app, app.t("print_cut", { n: app.format.count(cut), most: app.format.count(IN_PICTURE) }));
}

/**
 * Build what is printed; it stands in the page, seen only by the printer, until the next print.
 * @param {Object} app
 * @param {{paper: string, title: string, note: string, area: string, list: boolean, map: boolean}} wanted
 * @param {{title: string, head: any[], rows: any[][]}} [table]
 */
export async function makeSheet(app, wanted, table) {
  for (const old of document.querySelectorAll(".print-sheet")) old.remove();
  const { size, wide, tall } = PAPERS[wanted.paper];
  const sheet = h("div", { class: `print-sheet ${wanted.paper}` });
  const { plan, behind } = await planned(app, wanted, table);
  const list = wanted.map ? behind : table;
  const drawing = wanted.map ? await vectorOf(plan, { width: `${wide}mm`, height: `${tall}mm` }, DOTS) : null;
  if (drawing) sheet.append(drawing.root);
  if (list) sheet.append(listPages(app, wanted.title, list));
  document.body.append(sheet);
  setPaper(size);
  await drawing?.load(); // an image inside SVG is read only where it is part of the page
  return sheet;
}

/** The paper as a rule of the page's own style sheet: the policy lets no other style in. */
function setPaper(size) {
  const own = document.getElementById("industrymap-style").sheet;
  const last = own.cssRules.length - 1;
  if (own.cssRules[last].cssText.startsWith("@page")) own.deleteRule(last);
  own.insertRule(`@page { size: ${size}; margin: ${ROOM}; }`, own.cssRules.length);
}

/** A heading with its unit on a line of its own: a column is as wide as its figures, not as its heading. */
function headCell(name) {
  const [, label, unit] = /^(.+?)\s*([（(][^（）()]+[）)])$/.exec(name) || [null, name, ""];
  return h("th", { scope: "col" }, label, unit ? h("span", { class: "unit", text: unit }) : null);
}

/** How many pages a list takes, before it is printed. @param {Object} app @param {string} paper @param {number} rows */
function pagesSaid(app, paper, rows) {
  if (rows <= ON_SHEET) return "";
  const shown = Math.min(rows, MOST_LISTED);
  return app.t("print_pages", { rows: app.format.count(shown), pages: app.format.count(Math.ceil((shown * ROW_MM + HEAD_MM) / (PAPERS[paper].tall - HEADING_MM))) });
}

function listPages(app, title, table) {
  return h("div", { class: "print-list" },
    h("h1", { text: `${title} · ${table.title}` }),
    h("p", { text: [subtitle(app), table.of > table.rows.length ? app.t("print_first", { n: app.format.count(table.rows.length), of: app.format.count(table.of) }) : ""].filter(Boolean).join("  ·  ") }),
    h("table", {},
      h("thead", {}, h("tr", {}, table.head.map(headCell))),
      h("tbody", {}, table.rows.map((row) => h("tr", {}, row.map((value, c) => h("td", { class: typeof value === "number" ? "num" : "", text: wordOf(app, value, table.decimals?.[c]) })))))),
    h("p", { text: notes(app) }));
}
