// Which columns a table takes along: the usual ones, all, or those a reader ticks.

import { fill, h } from "../basics/dom.js";
import { modal } from "../basics/menu.js";
import { allColumns, usualColumns } from "./table_rows.js";

/**
 * Ask for the columns of a layer's tables, and for the kind of file.
 * @param {Object} app
 * @param {string} id layer
 * @param {[string, () => any][]} kinds what each button says and does
 */
export function openChooser(app, id, kinds) {
  const layer = app.model.layer(id);
  const usual = usualColumns(layer);
  const all = allColumns(app, layer);
  const before = app.store.state.columns[id] || "usual";
  let how = Array.isArray(before) ? "own" : before;
  const ticked = new Set(Array.isArray(before) ? before : usual);
  const list = h("div", { class: "column-list" });
  const find = h("input", { type: "search", class: "edge", placeholder: app.t("columns_find"), "aria-label": app.t("columns_find"), on: { input: () => draw() } });
  const draw = () => {
    const wanted = find.value.trim().toLowerCase();
    // the usual ones first, in their order; then the rest as they stand in the schema
    const names = [...usual, ...all.filter((name) => !usual.includes(name))].filter((name) => `${layer.fieldLabel(name, app.lang)} ${name}`.toLowerCase().includes(wanted));
    fill(list, names.map((name) => h("label", { class: "toggle" },
      h("input", { type: "checkbox", checked: how === "all" || (how === "usual" ? usual.includes(name) : ticked.has(name)), on: { change: (event) => tick(name, event.target.checked) } }),
      h("span", { text: layer.fieldLabel(name, app.lang) }))));
  };
  const radios = [["usual", usual.length], ["all", all.length], ["own", ""]].map(([key, n]) => h("label", { class: "toggle" },
    h("input", { type: "radio", name: "columns", value: key, checked: key === how, on: { change: () => { how = key; draw(); } } }), h("span", { text: app.t(`columns_${key}`, { n }) })));
  const tick = (name, on) => {
    if (how !== "own") {
      // the first tick starts from what was chosen
      ticked.clear();
      for (const one of how === "all" ? all : usual) ticked.add(one);
      how = "own";
      radios[2].firstChild.checked = true;
    }
    if (on) ticked.add(name);
    else ticked.delete(name);
  };
  draw();
  const keep = () => app.store.set({ columns: { ...app.store.state.columns, [id]: how === "own" ? [...usual, ...all].filter((name, i, names) => ticked.has(name) && names.indexOf(name) === i) : how } });
  modal(app, `${app.t("columns")} · ${layer.label(app.lang)}`, (close) => [
    h("fieldset", { class: "wide" }, h("legend", { text: app.t("columns_which") }), radios), find, list,
    h("div", { class: "actions" }, kinds.map(([text, act]) => h("button", { type: "button", class: "button primary", text, on: { click: () => { keep(); close(); act(); } } })),
      h("button", { type: "button", class: "button", text: app.t("cancel"), on: { click: close } })),
  ]);
}
