// Conditions written by hand, with suggestions, faults in plain words, and the conditions in force as text to take away.

import { add, remove } from "./actions.js";
import { fill, h, icon } from "../basics/dom.js";
import { suggest } from "./suggest.js";
import { said } from "./in_force.js";
import { YES } from "./conditions.js";

/** The button that opens the box. @param {Object} app */
export function phraseButton(app) {
  return h("button", { type: "button", class: "button add", title: app.t("phrase_open"), on: { click: () => openPhrase(app) } }, icon("edit"), h("span", { text: app.t("phrase_short") }));
}

/** A district of the page's own city, for the example. */
function districtOf(app) {
  const words = app.model.firms?.categories("district") || [];
  return words[0]?.word || app.t("phrase_any_district");
}

/**
 * Open the box over the left panel.
 * @param {Object} app
 * @param {string} [home] where the condition that is edited stands
 * @param {Object} [item] the condition that is edited
 */
export function openPhrase(app, home, item) {
  const panel = document.getElementById("left");
  const opener = document.activeElement;
  const state = { layer: home || app.store.state.subject };
  const root = h("section", { class: "builder phrase", role: "dialog", "aria-label": app.t("phrase_open") });
  const input = h("textarea", {
    class: "phrase-input", rows: "4", spellcheck: "false", autocomplete: "off", "aria-label": app.t("phrase_label"), placeholder: app.t("phrase_example", { district: districtOf(app) }),
    "aria-autocomplete": "list", "aria-controls": "phrase-list", "aria-describedby": "phrase-state",
  });
  const list = h("ul", { class: "results phrase-list", role: "listbox", id: "phrase-list", "aria-label": app.t("phrase_suggestions") });
  const told = h("p", { class: "phrase-state hint", id: "phrase-state", role: "status" });
  const now = h("div", { class: "phrase-now" });
  list.hidden = true;
  input.value = item?.text || "";
  const stops = [app.engine.watch(() => drawNow(app, state.layer, now)), app.store.watch(["lang"], () => close())];
  const close = () => {
    stops.forEach((stop) => stop());
    root.remove();
    opener?.focus?.();
  };
  const apply = async () => {
    const text = input.value.trim();
    if (!text) return;
    // a name that nothing has gives 0 rows, which reads like a finding: it is asked for again
    const fault = app.phrases.faultOf(state.layer, text) || (await app.phrases.absent(state.layer, text))[0];
    if (!root.isConnected) return;
    tell(told, fault ? fault[app.lang] : "", Boolean(fault));
    input.setAttribute("aria-invalid", String(Boolean(fault)));
    if (fault) {
      input.focus();
      return;
    }
    if (item) remove(app, home, item);
    add(app, state.layer, { op: "phrase", text });
    app.store.set({ subject: state.layer });
    close();
  };
  const segments = h("div", { class: "segments small", role: "group", "aria-label": app.t("layers") });
  const drawLayers = () => fill(segments, app.model.subjects.map((l) => h("button", {
    type: "button", text: l.label(app.lang), "aria-pressed": String(l.id === state.layer),
    on: { click: () => { state.layer = l.id; drawLayers(); drawNow(app, l.id, now); preview(app, state.layer, input.value, told); } },
  })));
  fill(root,
    h("header", { class: "sheet-head" },
      h("div", { class: "sheet-title" }, h("h2", { text: app.t("phrase_open"), tabindex: "-1" })),
      h("button", { type: "button", class: "icon-button", "aria-label": app.t("close"), on: { click: close } }, icon("close"))),
    h("div", { class: "builder-body" }, segments,
      h("div", { class: "phrase-field" }, input, list), told,
      h("p", { class: "hint", text: app.t("phrase_help") }), now),
    h("footer", { class: "builder-foot" },
      h("button", { type: "button", class: "button primary", text: app.t(item ? "build_save" : "build_add"), on: { click: apply } }),
      h("button", { type: "button", class: "button", text: app.t("cancel"), on: { click: close } })));
  complete(app, state, input, list, { apply, close, changed: () => preview(app, state.layer, input.value, told) });
  drawLayers();
  drawNow(app, state.layer, now);
  app.store.set({ drawer: true });
  panel.append(root);
  input.focus();
}

/** Suggestions under the text. */
function complete(app, state, input, list, { apply, close, changed }) {
  let at = -1;
  let turn = 0;
  let shown = [];
  const hide = () => {
    list.hidden = true;
    at = -1;
    input.removeAttribute("aria-activedescendant");
  };
  const mark = (next) => {
    at = (next + shown.length) % shown.length;
    [...list.children].forEach((option, i) => option.setAttribute("aria-selected", String(i === at)));
    input.setAttribute("aria-activedescendant", `phrase-${at}`);
    list.children[at].scrollIntoView({ block: "nearest" });
  };
  const take = (one) => {
    const caret = input.selectionStart;
    const spaced = /[.\s]$/.test(one.text) ? one.text : `${one.text} `;
    input.setRangeText(spaced, one.from, caret, "end");
    input.focus();
    show();
    changed();
  };
  const show = async () => {
    const mine = ++turn;
    const found = await suggest(app, state.layer, input.value, input.selectionStart);
    if (mine !== turn) return;
    shown = found;
    at = -1;
    input.removeAttribute("aria-activedescendant");
    fill(list, shown.map((one, i) => h("li", {
      role: "option", id: `phrase-${i}`, "aria-selected": "false", on: { click: () => take(one), mousedown: (e) => e.preventDefault() },
    }, h("span", { class: "result-name", text: one.label }), h("span", { class: "result-where", text: one.note }))));
    list.hidden = !shown.length;
  };
  input.addEventListener("input", () => {
    show();
    changed();
  });
  input.addEventListener("focus", show);
  input.addEventListener("blur", () => setTimeout(hide, 150));
  input.addEventListener("keydown", (event) => {
    const open = !list.hidden && shown.length;
    if (event.key === "ArrowDown" && open) mark(at + 1);
    else if (event.key === "ArrowUp" && open) mark(at - 1);
    else if ((event.key === "Enter" || event.key === "Tab") && open && at >= 0) take(shown[at]);
    else if (event.key === "Enter" && !event.shiftKey) apply();
    else if (event.key === "Escape") {
      event.stopPropagation();
      if (open) hide();
      else close();
    } else return;
    event.preventDefault();
  });
}

/** While a text reads well, how many rows it holds for; nothing while it is unfinished. */
async function preview(app, id, text, told) {
  if (!text.trim() || app.phrases.faultOf(id, text)) {
    tell(told, "", false);
    return;
  }
  const tree = app.phrases.read(id, text);
  await app.phrases.rows.load(tree, id);
  let n = 0;
  for (const verdict of app.phrases.rows.verdict(tree, id)) if (verdict === YES) n++;
  const [absent] = await app.phrases.absent(id, text);
  const hits = app.t("phrase_hits", { n: app.format.count(n), of: app.format.count(app.model.layer(id).n) });
  tell(told, absent ? absent[app.lang] : hits, Boolean(absent));
}

function tell(told, text, wrong) {
  told.textContent = text;
  told.classList.toggle("wrong", wrong);
}

function drawNow(app, id, root) {
  const { text, unsaid } = said(app, id);
  const code = h("code", { class: "phrase-text", tabindex: "0", "aria-label": app.t("phrase_now"), text: text || app.t("phrase_none") });
  const copy = async (event) => {
    const button = event.currentTarget;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = app.t("phrase_copied");
    } catch {
      getSelection().selectAllChildren(code); // the reader copies with the keyboard
    }
  };
  fill(root,
    h("div", { class: "phrase-head" }, h("h3", { text: app.t("phrase_now") }), text ? h("button", { type: "button", class: "link", text: app.t("phrase_copy"), on: { click: copy } }) : null),
    code,
    unsaid ? h("p", { class: "hint", text: app.t("phrase_unsaid", { n: unsaid }) }) : null,
    text ? h("p", { class: "hint", text: app.t("phrase_where") }) : null);
}
