// Views and notes that a reader keeps: in the browser's storage, and as a small file for another browser or a colleague.

import { fill, h, icon } from "../basics/dom.js";
import { modal, notice } from "../basics/menu.js";
import { fileName, save } from "./exports.js";
import { fragmentOf } from "./permalink.js";

const FORMAT = "industrymap-views-1";
const MOST_VIEWS = 200;
const MOST_NOTES = 5000;
const MOST_TEXT = 1000;
const MOST_BYTES = 3e6;

/** @typedef {{views: {name: string, code: string}[], notes: Object<string, Object<string, string>>}} Held layer → key → note */

/** What is kept of one map. */
export class Kept {
  /** @param {Object} app */
  constructor(app) {
    this.app = app;
    this.name = `industrymap:${app.model.meta.title}`.slice(0, 200);
    /** @type {Held} */
    this.held = { views: [], notes: {} };
    try {
      this.held = sound(JSON.parse(localStorage.getItem(this.name) || "{}"));
    } catch {
      // a browser that keeps nothing begins anew; the file still works
    }
  }

  /** @param {string} layer @param {string} key @returns {string} */
  note(layer, key) {
    return this.held.notes[layer]?.[key] || "";
  }

  /** @param {string} layer @param {string} key @param {string} text */
  setNote(layer, key, text) {
    const own = { ...this.held.notes[layer] };
    delete own[key];
    this.#put({ ...this.held, notes: { ...this.held.notes, [layer]: text ? { ...own, [key]: text.slice(0, MOST_TEXT) } : own } });
  }

  /** @param {string} name @param {string} code */
  addView(name, code) {
    this.#put({ ...this.held, views: [...this.held.views.filter((view) => view.name !== name), { name: name.slice(0, 100), code }] });
  }

  /** @param {string} name */
  dropView(name) {
    this.#put({ ...this.held, views: this.held.views.filter((view) => view.name !== name) });
  }

  /** Number of notes. */
  get noted() {
    return Object.values(this.held.notes).reduce((n, own) => n + Object.keys(own).length, 0);
  }

  /** All of it as the text of a file. */
  text() {
    return `${JSON.stringify({ format: FORMAT, title: this.app.model.meta.title, ...this.held }, null, 1)}\n`;
  }

  /** Take in a file; what stands in it wins over what was kept. @param {string} text @returns {{views: number, notes: number}|null} */
  take(text) {
    let read;
    try {
      read = JSON.parse(text);
    } catch {
      return null;
    }
    if (read?.format !== FORMAT || text.length > MOST_BYTES) return null;
    const { views, notes } = sound(read);
    const names = new Set(views.map((view) => view.name));
    const merged = { ...this.held.notes };
    for (const [layer, own] of Object.entries(notes)) merged[layer] = { ...merged[layer], ...own };
    this.#put(sound({ views: [...this.held.views.filter((view) => !names.has(view.name)), ...views], notes: merged }));
    return { views: views.length, notes: Object.values(notes).reduce((n, own) => n + Object.keys(own).length, 0) };
  }

  #put(held) {
    this.held = held;
    try {
      localStorage.setItem(this.name, JSON.stringify(held));
    } catch {
      notice(this.app, this.app.t("kept_not"));
    }
  }
}

/** What of a stored or foreign text is as it should be. @returns {Held} */
function sound(read) {
  const text = (value, most) => typeof value === "string" && value.length > 0 && value.length <= most;
  const views = (Array.isArray(read?.views) ? read.views : []).filter((view) => text(view?.name, 100) && text(view?.code, 20000)).slice(-MOST_VIEWS);
  const notes = {};
  let left = MOST_NOTES;
  for (const [layer, own] of Object.entries(read?.notes || {})) {
    const kept = Object.entries(own || {}).filter(([key, note]) => text(key, 200) && text(note, MOST_TEXT) && left-- > 0);
    if (text(layer, 100) && layer !== "__proto__") notes[layer] = Object.fromEntries(kept);
  }
  return { views: views.map(({ name, code }) => ({ name, code })), notes };
}

/** The reader's own note on the sheet of a feature. @param {Object} app @param {import("../data/model.js").Layer} layer @param {number} row @param {(name: string) => any} value @returns {HTMLElement|null} */
export function noteSection(app, layer, row, value) {
  const key = layer.key && value(layer.key);
  if (!key) return null;
  const box = h("textarea", { class: "edge note-box", rows: "2", maxlength: MOST_TEXT, "aria-label": app.t("own_note"), placeholder: app.t("own_note_hint"), on: { change: () => app.kept.setNote(layer.id, String(key), box.value.trim()) } });
  box.value = app.kept.note(layer.id, String(key));
  return h("div", {}, h("h3", { text: app.t("own_note") }), box);
}

/** The dialog of codes, links and kept views. @param {Object} app */
export async function openShare(app) {
  const code = await app.codes.make();
  const link = `${location.href.split("#")[0]}#${code}`;
  history.replaceState(null, "", fragmentOf(app));
  const list = h("ul", { class: "kept-views" });
  modal(app, app.t("share"), (close) => {
    const draw = () => fill(list, app.kept.held.views.map((view) => h("li", {},
      h("button", { type: "button", class: "link", text: view.name, on: { click: async () => { close(); if (!(await app.codes.open(view.code))) notice(app, app.t("code_bad")); } } }),
      h("button", { type: "button", class: "icon-button", title: app.t("remove"), "aria-label": `${app.t("remove")} ${view.name}`, on: { click: () => { app.kept.dropView(view.name); draw(); } } }, icon("close")))));
    draw();
    const name = h("input", { type: "text", class: "edge", maxlength: "100", placeholder: app.t("kept_name"), "aria-label": app.t("kept_name") });
    const keep = () => {
      if (!name.value.trim()) return name.focus();
      app.kept.addView(name.value.trim(), code);
      name.value = "";
      return draw();
    };
    const file = h("input", { type: "file", accept: ".json" });
    file.hidden = true;
    file.addEventListener("change", async () => {
      const taken = file.files[0] && app.kept.take(await file.files[0].text());
      close();
      notice(app, taken ? app.t("kept_taken", taken) : app.t("kept_bad"));
      if (taken) app.store.set({ picked: app.store.state.picked && { ...app.store.state.picked } });
    });
    return [
      copyLine(app, "share_code", code), copyLine(app, "share_link", link),
      h("h3", { text: app.t("kept_views") }), list,
      h("div", { class: "copy-line" }, name, h("button", { type: "button", class: "button", text: app.t("kept_add"), on: { click: keep } })),
      h("p", { class: "hint", text: app.t("kept_notes", { n: app.kept.noted }) }),
      h("div", { class: "actions" },
        h("button", { type: "button", class: "button", text: app.t("kept_save"), on: { click: () => save(new Blob([app.kept.text()], { type: "application/json" }), fileName(app, app.t("kept_file"), "json")) } }),
        h("button", { type: "button", class: "button", text: app.t("kept_open"), on: { click: () => file.click() } }), file,
        h("button", { type: "button", class: "button primary", text: app.t("close"), on: { click: close } })),
    ];
  });
}

function copyLine(app, key, text) {
  const box = h("input", { type: "text", class: "edge", readonly: true, value: text, "aria-label": app.t(key), on: { focus: () => box.select() } });
  const copy = async () => {
    box.select();
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      document.execCommand("copy"); // a page opened from a file has no clipboard of its own in some browsers
    }
    notice(app, app.t("copied"));
  };
  return h("label", { class: "print-line" }, h("span", { text: app.t(key) }), h("span", { class: "copy-line" }, box, h("button", { type: "button", class: "button", text: app.t("copy"), on: { click: copy } })));
}
