// Editing one park: its values in a form, its corners on the map, and the list of all edits with undo, redo and saving.

import { fill, h, icon } from "../basics/dom.js";
import { contradictions, unreadable } from "./contradictions.js";
import { changeShapes, changeTable, readChanges } from "./changes.js";
import { fileName, save } from "../share/exports.js";
import { columnOf, harmless } from "../share/table_rows.js";
import { say } from "../words/strings.js";
import { editCorners } from "./corners.js";
import { notice } from "../basics/menu.js";

const SKIP = new Set(["park_id", "source"]);

/** Columns a person may change. @param {Object} app */
export function editable(app) {
  const parks = app.model.parks;
  return [...parks.columns.own].filter((n) => parks.columns.fields.get(n).stage === "read" && !SKIP.has(n));
}

/** The editing part of a park's sheet. @param {Object} app @param {import("../data/model.js").Layer} layer @param {number} row @param {(name: string) => any} value @returns {HTMLElement|null} */
export function editSection(app, layer, row, value) {
  if (!layer.ranked || !value("park_id")) return null;
  if (layer.version) return h("p", { class: "hint", text: app.t("past_no_edit") }); // an edit is one of today's park
  const id = value("park_id");
  const body = h("div", { class: "stack" });
  let lines = [];
  const check = () => {
    const found = contradictions(app, row, app.edits.of(id));
    for (const one of lines) one.say(found.filter((c) => c.column === one.name).map((c) => c.text).join(" "));
  };
  const draw = () => {
    const edit = app.edits.of(id);
    lines = editable(app).map((name) => line(app, layer, id, name, value(name)));
    fill(body,
      h("div", { class: "actions" },
        h("button", { type: "button", class: "button", on: { click: () => editCorners(app, row, id) } }, icon("edit"), h("span", { text: app.t("edit_corners") })),
        edit.geometry ? h("button", { type: "button", class: "link", text: app.t("edit_shape_back"), on: { click: () => app.edits.setGeometry(id, null) } }) : null),
      h("div", { class: "edit-form" }, lines.map((one) => one.box)));
    check();
  };
  // every edit is checked, also one that is undone or drawn on the map; the sheet is gone when another one is opened
  const stop = app.store.watch(["edited"], () => (body.isConnected ? check() : stop()));
  const details = h("details", { class: "folding" }, h("summary", {}, icon("right"), h("h3", { text: app.t("edit") })), body);
  details.addEventListener("toggle", () => details.open && !body.children.length && draw());
  return details;
}

function line(app, layer, id, name, before) {
  const kind = layer.kind(name);
  const edit = app.edits.of(id);
  const now = name in edit.values ? edit.values[name] : before;
  let unread = "";
  const put = (next) => {
    const typed = parse(layer, name, next);
    const parsed = typed === readable(layer, name, before) ? before : typed; // as it was shown: no change
    unread = parsed === undefined ? unreadable(app, name, String(next).trim()) : "";
    if (parsed === undefined) return say(unread);
    app.edits.setValue(id, name, parsed, before ?? null);
    return mark();
  };
  const label = layer.fieldLabel(name, app.lang);
  const props = { "aria-label": label, class: kind === "dict" || kind === "bool" ? "select" : "edge", on: { change: (e) => put(e.target.value) } };
  let input;
  const coded = layer.columns.fields.get(name).values;
  if (kind === "bool" || coded) {
    const words = kind === "bool" ? ["true", "false"] : coded.map((v) => v.value);
    const current = now === null || now === undefined ? "" : String(now);
    input = h("select", props, ["", ...words].map((w) => h("option", { value: w, text: w === "" ? app.t("unknown") : kind === "bool" ? app.t(w === "true" ? "yes" : "no") : layer.wordLabel(name, w, app.lang), selected: w === current })));
  } else {
    input = h("input", { ...props, type: kind === "date" ? "date" : "text", inputmode: kind === "num" ? "decimal" : null, maxlength: "2000", value: now === null || now === undefined ? "" : kind === "date" && typeof now === "number" ? app.format.date(now) : String(readable(layer, name, now)) });
  }
  const note = h("span", { class: "contradiction", role: "alert", id: `edit-note-${name}` });
  const say = (text) => {
    note.textContent = unread || text;
    input.setAttribute("aria-invalid", String(Boolean(note.textContent)));
    box.classList.toggle("contradicts", Boolean(note.textContent));
  };
  input.setAttribute("aria-describedby", note.id);
  const box = h("div", { class: "edit-line" }, h("label", {}, h("span", { class: "unit", text: layer.unit(name, app.lang) ? `${label} (${layer.unit(name, app.lang)})` : label }), input), note);
  const mark = () => box.classList.toggle("changed", name in app.edits.of(id).values);
  mark();
  return { name, box, say };
}

/** A value as a person reads and types it: 515.75 亩 are 343,833 m², not 343833.3333333333. @param {import("../data/model.js").Layer} layer @param {string} name @param {any} value */
function readable(layer, name, value) {
  if (typeof value !== "number" || layer.kind(name) !== "num") return value;
  return layer.unit(name, "zh") === "m²" ? Math.round(value) : Number(value.toFixed(4));
}

/** What was typed, as the column's kind; undefined where it makes no sense. @param {import("../data/model.js").Layer} layer @param {string} name @param {any} text */
export function parse(layer, name, text) {
  if (!layer.columns.has(name) || layer.columns.fields.get(name).stage !== "read") return undefined;
  const typed = String(text).trim();
  if (typed === "") return null;
  const kind = layer.kind(name);
  if (kind === "bool") return { true: true, false: false, 是: true, 否: false, Yes: true, No: false }[typed];
  if (kind === "num") {
    const number = Number(typed.replace(/[,，]/g, ""));
    return Number.isFinite(number) ? number : undefined;
  }
  if (kind === "date") return /^\d{4}-\d{2}-\d{2}$/.test(typed) ? Date.parse(typed) / 864e5 : undefined;
  const coded = layer.columns.fields.get(name).values;
  if (!coded) return typed.slice(0, 2000);
  return coded.find((v) => [v.value, v.zh, v.en].includes(typed))?.value;
}

/** The bar that shows how many parks shall change. @param {HTMLElement} root @param {Object} app */
export function mountEditBar(root, app) {
  const count = h("b", {});
  let found = [];
  const wrong = h("button", { type: "button", class: "link contradiction", on: { click: () => app.select(app.model.parks.id, found[0], true) } });
  const [undo, redo] = [["undo", "back"], ["redo", "forward"]].map(([name, ic]) => h("button", { type: "button", class: "icon-button", title: app.t(name), "aria-label": app.t(name), on: { click: () => app.edits[name]() } }, icon(ic)));
  root.append(count, wrong, undo, redo,
    h("button", { type: "button", class: "button primary", text: app.t("edit_save"), on: { click: () => saveChanges(app) } }),
    h("button", { type: "button", class: "button", text: app.t("edit_drop"), on: { click: () => app.edits.clear() } }));
  const draw = () => {
    root.hidden = Boolean(app.model.parks?.version) || !app.edits.size && !app.edits.canRedo && !app.edits.canUndo;
    if (root.hidden) return;
    count.textContent = app.t("edit_count", { n: app.format.count(app.edits.size) });
    found = contradicted(app);
    wrong.hidden = !found.length;
    wrong.textContent = app.t("edit_contradicted", { n: app.format.count(found.length) });
    undo.disabled = !app.edits.canUndo;
    redo.disabled = !app.edits.canRedo;
  };
  app.live(app.store.watch(["edited", "year", "version"], draw));
  draw();
}

/** Rows of the edited parks whose values contradict each other. */
function contradicted(app) {
  if (!app.edits.size) return [];
  const rows = rowsById(app);
  return [...app.edits.all].filter(([id]) => rows.has(id)).map(([id, edit]) => [rows.get(id), edit])
    .filter(([row, edit]) => contradictions(app, row, edit).length).map(([row]) => row);
}

/** Save the change files. @param {Object} app */
export async function saveChanges(app) {
  const parks = app.model.parks;
  const names = ["park_id", "name", ...new Set([...app.edits.all.values()].flatMap((edit) => Object.keys(edit.values)))];
  await parks.columns.load(["change_id", ...names]);
  await parks.columns.ready(names, allBlocks(parks));
  const speech = speechOf(app);
  const table = changeTable(app.edits.all, speech);
  if (table.length) {
    const cell = (v) => {
      if (v === null || v === undefined) return "";
      const text = typeof v === "number" ? String(v) : harmless(String(v));
      return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
    };
    save(new Blob(["\ufeff", table.map((row) => row.map(cell).join(",")).join("\r\n"), "\r\n"], { type: "text/csv;charset=utf-8" }), fileName(app, app.t("edit_file"), "csv"));
  }
  const shapes = changeShapes(app.edits.all, speech);
  if (shapes) save(new Blob([JSON.stringify(shapes), "\n"], { type: "application/geo+json" }), fileName(app, app.t("edit_file"), "geojson"));
}

/** How change files speak. @param {Object} app @returns {import("./changes.js").Speech} */
function speechOf(app) {
  const parks = app.model.parks;
  const rows = rowsById(app);
  const value = (id, name) => (parks.columns.has(name) ? parks.columns.value(name, rows.get(id)) ?? null : null);
  return {
    word: (key) => (key === "id" ? columnOf(app, parks, "park_id").header : app.t(`change_${key}`)),
    heading: (name) => columnOf(app, parks, name).header,
    was: (heading) => app.t("change_was", { name: heading }),
    nameOf: (id) => value(id, "name"),
    version: (id) => value(id, "change_id"),
    before: (id, name) => readable(parks, name, value(id, name)),
    cell: (name, v) => columnOf(app, parks, name).cell(v),
  };
}

/** The entry of the export menu that opens a change file. @param {Object} app @returns {Object[]} */
export function openChangesItems(app) {
  if (!app.model.parks?.n) return [];
  return [{ heading: app.t("edit") }, { text: app.t("edit_open"), act: () => pickFile(".csv,.geojson,.json", (text) => openChanges(app, text)) }];
}

function pickFile(accept, then) {
  const input = h("input", { type: "file", accept });
  input.addEventListener("change", async () => {
    if (input.files[0]) then(await input.files[0].text());
  });
  input.click();
}

/** Take in a change file that a person opens. @param {Object} app @param {string} text */
export async function openChanges(app, text) {
  const parks = app.model.parks;
  await parks.columns.ready([...parks.columns.own], allBlocks(parks));
  const rows = rowsById(app);
  const { edits, refused } = readChanges(text, { hasPark: (id) => rows.has(id), fieldOf: headingsOf(app), parse: (name, typed) => parse(parks, name, typed) });
  if (edits.size) app.edits.merge(edits);
  notice(app, app.t("edit_opened", { n: app.format.count(edits.size), refused: app.format.count(refused) }));
}

/** Which column a heading of a change file means, in either language or by its plain name. @param {Object} app @returns {(heading: string) => string|null|undefined} */
function headingsOf(app) {
  const parks = app.model.parks;
  const known = new Map();
  for (const lang of ["zh", "en"]) {
    const speaker = { lang, t: app.t };
    for (const name of parks.columns.own) known.set(name, name).set(columnOf(speaker, parks, name).header, name);
    for (const name of ["action", "park", "version"]) known.set(say(lang, `change_${name}`), null);
  }
  for (const name of ["action", "change_id"]) known.set(name, null);
  const was = ["zh", "en"].map((lang) => say(lang, "change_was", { name: "|" }).split("|"));
  return (heading) => {
    if (known.has(heading)) return known.get(heading);
    // the value a field had is there to be read only
    return was.some(([before, after]) => heading.startsWith(before) && heading.endsWith(after)) ? null : undefined;
  };
}

function rowsById(app) {
  const parks = app.model.parks;
  const rows = new Map();
  for (let row = 0; row < parks.n; row++) rows.set(parks.columns.value("park_id", row), row);
  return rows;
}

function* allBlocks(layer) {
  for (let b = 0; b < layer.columns.blockCount; b++) yield b * layer.columns.rowsPerBlock;
}
