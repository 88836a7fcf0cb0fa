// Building a condition, or a group of conditions of which all or any must hold, from any column and relation.

import { add, homeOf, remove } from "./actions.js";
import { fill, h, icon } from "../basics/dom.js";
import { editorFor, opsFor, startOf } from "./editors.js";

/**
 * Open the builder over the left panel.
 * @param {Object} app
 * @param {string} [home] where the condition that is edited stands
 * @param {Object} [item] the condition that is edited
 */
export function openBuilder(app, home, item) {
  const panel = document.getElementById("left");
  const root = h("section", { class: "builder", role: "dialog", "aria-label": app.t("build_title") });
  const opener = document.activeElement;
  const layers = app.model.subjects;
  const draft = {
    layer: home && home !== "shared" ? home : app.store.state.subject,
    join: item?.op === "group" ? item.join : "and",
    not: item?.op === "group" ? Boolean(item.not) : false,
    items: item ? (item.op === "group" ? [...item.items] : [item]) : [],
  };
  if (home === "shared" && item?.field) draft.layer = app.sharedLayer(item.field)?.id || draft.layer;
  if (!layers.some((l) => l.id === draft.layer)) draft.layer = layers[0].id;
  const close = () => {
    stop();
    root.remove();
    opener?.focus?.();
  };
  const done = () => {
    const ready = draft.items.filter(complete).map(({ how, ...rest }) => rest); // how it was built is no part of a condition
    if (!ready.length) return;
    if (item) remove(app, home, item);
    const single = ready.length === 1 && !draft.not;
    const made = single ? ready[0] : { op: "group", join: draft.join, ...(draft.not ? { not: true } : {}), items: ready };
    add(app, single && made.field ? homeOf(draft.layer, made.field) : made.op === "place" && single ? "shared" : draft.layer, made);
    close();
  };
  const draw = () => {
    const layer = app.model.layer(draft.layer);
    fill(root,
      h("header", { class: "sheet-head" },
        h("div", { class: "sheet-title" }, h("h2", { text: app.t(item ? "build_edit" : "build_title"), tabindex: "-1" })),
        h("button", { type: "button", class: "icon-button", "aria-label": app.t("close"), on: { click: close } }, icon("close"))),
      h("div", { class: "builder-body" },
        h("div", { class: "segments small", role: "group", "aria-label": app.t("layers") }, layers.map((l) => h("button", {
          type: "button", text: l.label(app.lang), "aria-pressed": String(l.id === draft.layer), on: { click: () => { draft.layer = l.id; draft.items = []; grow(); } },
        }))),
        draft.items.map((one, i) => rowOf(app, layer, draft, i, one, draw)),
        h("button", { type: "button", class: "button", on: { click: grow } }, icon("plus"), h("span", { text: app.t("build_more") })),
        draft.items.length > 1 || draft.not ? h("div", { class: "segments small", role: "group", "aria-label": app.t("build_join") },
          [["and", "build_all"], ["or", "build_any"]].map(([join, key]) => h("button", {
            type: "button", text: app.t(key), "aria-pressed": String(draft.join === join), on: { click: () => { draft.join = join; draw(); } },
          }))) : null,
        h("label", { class: "toggle" }, h("input", { type: "checkbox", checked: draft.not, on: { change: (e) => { draft.not = e.target.checked; draw(); } } }), h("span", { text: app.t("build_not") }))),
      h("footer", { class: "builder-foot" },
        h("button", { type: "button", class: "button primary", on: { click: done }, text: app.t(item ? "build_save" : "build_add") }),
        h("button", { type: "button", class: "button", on: { click: close }, text: app.t("cancel") })));
  };
  const grow = () => {
    const layer = app.model.layer(draft.layer);
    const first = fieldsOf(app, layer)[0].value;
    draft.items.push(startOf(app, layer, first));
    draw();
  };
  const stop = app.store.watch(["lang"], () => root.remove());
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.stopPropagation();
      close();
    }
    if (event.key === "Enter" && event.target.matches("input:not([type=checkbox])")) done();
  });
  app.store.set({ drawer: true });
  panel.append(root);
  if (draft.items.length) draw();
  else grow();
  root.querySelector("h2").focus();
}

/** The button that opens the builder. @param {Object} app */
export function builderButton(app) {
  return h("button", { type: "button", class: "button add", on: { click: () => openBuilder(app) } }, icon("filter"), h("span", { text: app.t("build_title") }));
}

/** Columns that nobody asks for: where a row came from, how many firms a figure rests on, and sentences in the other language. */
const UNASKED = /^(source_row|change_id|valid_from|valid_to|address_key)$|^n_/;

/** What can be asked of a layer: its columns by who gave them, in the order of their names, then relations. */
function fieldsOf(app, layer) {
  const collator = new Intl.Collator(app.lang === "zh" ? "zh-CN" : "en");
  const foreign = (name) => (app.lang === "zh" ? name.endsWith("_en") : layer.columns.has(`${name}_en`));
  const own = [...layer.columns.fields.values()].filter((f) => !UNASKED.test(f.name) && !foreign(f.name))
    .map((f) => ({ value: f.name, text: f[app.lang] || f.zh, group: f.stage === "read" ? "field_read" : f.stage ? "field_measured" : "field_other" }))
    .sort((a, b) => collator.compare(a.text, b.text));
  const relations = [];
  if (!layer.counted && app.model.firms?.n) relations.push({ value: "@firms", text: app.t("firms_of_area") });
  if (layer.counted) {
    for (const areas of app.model.holders) relations.push({ value: `@inside:${areas.id}`, text: app.t("inside_selected", { name: areas.label(app.lang) }) });
  }
  relations.push({ value: "@place", text: app.t("build_place") });
  return [...own, ...relations.map((one) => ({ ...one, group: "field_relations" }))];
}

/** The choice of a field: grouped, and searched by typing. */
function fieldChoice(app, layer, current, choose) {
  const all = fieldsOf(app, layer);
  const select = h("select", { class: "select wide", "aria-label": app.t("build_field"), on: { change: () => choose(select.value) } });
  const find = h("input", { type: "search", class: "field-search", placeholder: app.t("field_search"), "aria-label": app.t("field_search") });
  const draw = () => {
    const wanted = find.value.trim().toLowerCase();
    const shown = all.filter((f) => !wanted || f.text.toLowerCase().includes(wanted) || f.value.toLowerCase().includes(wanted));
    const groups = ["field_read", "field_measured", "field_other", "field_relations"];
    fill(select, groups.map((group) => {
      const own = shown.filter((f) => f.group === group);
      return own.length ? h("optgroup", { label: app.t(group) }, own.map((f) => h("option", { value: f.value, text: f.text, selected: f.value === current }))) : null;
    }));
    select.size = wanted ? Math.max(2, Math.min(8, shown.length + 1)) : 1;
  };
  find.addEventListener("input", draw);
  find.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.stopPropagation();
    event.preventDefault();
    const first = select.querySelector("option");
    if (first) choose(first.value);
  });
  draw();
  return [find, select];
}

function rowOf(app, layer, draft, i, item, draw) {
  const current = item.field || (item.op === "inside" ? `@inside:${item.of}` : `@${item.op}`);
  const change = (next) => {
    draft.items[i] = next;
  };
  const redraw = (next) => {
    change(next);
    draw();
  };
  const choose = fieldChoice(app, layer, current, (value) => redraw(startOf(app, layer, value)));
  const ops = opsFor(app, layer, item);
  const how = ops.length > 1 ? h("select", {
    class: "select", "aria-label": app.t("build_op"),
    on: { change: (e) => redraw({ ...ops[Number(e.target.value)].make(item) }) },
  }, ops.map((op, k) => h("option", { value: String(k), text: op.text, selected: op.is(item) }))) : null;
  return h("fieldset", { class: "condition" },
    h("div", { class: "condition-head" }, choose, how,
      h("button", { type: "button", class: "icon-button", "aria-label": app.t("build_remove"), title: app.t("build_remove"), on: { click: () => { draft.items.splice(i, 1); draw(); } } }, icon("close"))),
    editorFor(app, layer, item, change, redraw));
}

function complete(item) {
  if (item.op === "in") return item.words.length > 0;
  if (item.op === "text") return Boolean(item.text);
  if (item.op === "range" || item.op === "firms") return item.min !== null || item.max !== null;
  if (item.op === "place") return Boolean(item.shape) && (item.shape.kind !== "circle" || item.shape.radius_m > 0);
  return true;
}
