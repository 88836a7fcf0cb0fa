// Settings: the configuration as fields, and the file itself beside them, checked while it is typed.

import { fill, h } from "../basics/dom.js";
import { button, choice } from "../basics/forms.js";
import { get, post } from "../basics/net.js";

const WAIT_MS = 400;

/** The page of the settings. */
export class SettingsPage {
  /** @param {import("../shell.js").Shell} shell */
  constructor(shell) {
    this.shell = shell;
    const { t } = shell.talk;
    this.form = h("div", { class: "panel form" });
    this.wrong = h("p", { class: "quiet", role: "status" });
    this.text = h("textarea", { class: "toml", spellcheck: "false", "aria-label": "industrymap.toml", on: { input: () => this.typed() } });
    this.keep = button(t("save_file"), () => this.saveText(), { main: true, name: "save-text", disabled: true });
    this.element = h("div", { class: "settings" }, h("section", {}, h("h2", { text: t("settings") }), this.form), h("section", {}, h("h2", { text: "industrymap.toml" }), this.text, h("div", { class: "row choices" }, this.keep, this.wrong)));
  }

  async ready() {
    this.show(await get(this.shell.api("settings")));
  }

  /** Leave the page: what was typed and not saved is lost, so nothing more is asked of it. */
  leave() {
    clearTimeout(this.timer);
  }

  show(known) {
    this.known = known;
    const { lang } = this.shell.talk;
    this.text.value = known.text;
    this.keep.disabled = true;
    fill(this.form, known.fields.map((field) => this.field(field, field[lang])));
  }

  field(field, label) {
    const { lang } = this.shell.talk;
    const save = (value) => this.save(field.id, value);
    if (field.choices.length) return choice(label, this.options(field, lang), String(field.value), save, { name: field.id });
    if (field.kind === "flag") return h("label", { class: "tick" }, h("input", { type: "checkbox", checked: field.value === true, data: { act: field.id }, on: { change: (event) => save(event.target.checked) } }), h("span", { text: label }));
    return h("label", { class: "labelled" }, h("span", { text: label }), h("input", { class: "field", type: field.kind === "day" ? "date" : "text", inputmode: field.kind === "number" || field.kind === "whole" ? "decimal" : undefined, value: String(field.value), maxlength: "300", data: { act: field.id }, on: { change: (event) => save(event.target.value) } }));
  }

  /** The choices of a field; one that the file names and nobody offers stays among them. */
  options(field, lang) {
    const options = field.choices.map((one) => [one.value, one[lang]]);
    const value = String(field.value);
    return options.some(([known]) => known === value) ? options : [[value, value], ...options];
  }

  async save(id, value) {
    const { t } = this.shell.talk;
    const done = await this.shell.attempt(() => post(this.shell.api("settings/save"), { id, value }));
    // Refused: the field shows again what the file says.
    this.show(done || this.known);
    if (done) this.wrong.textContent = t("kept_until_build");
  }

  typed() {
    const { t, of } = this.shell.talk;
    clearTimeout(this.timer);
    this.keep.disabled = true;
    this.timer = setTimeout(async () => {
      const text = this.text.value;
      const { wrong } = await post(this.shell.api("settings/check"), { text }).catch((refused) => ({ wrong: refused.said || {} }));
      if (text !== this.text.value) return;
      this.wrong.textContent = wrong ? of(wrong) : t("no_problems");
      this.keep.disabled = Boolean(wrong) || text === this.known.text;
    }, WAIT_MS);
  }

  async saveText() {
    const done = await this.shell.attempt(() => post(this.shell.api("settings/text"), { text: this.text.value, seen: this.known.seen }));
    if (!done) return;
    this.show(done);
    this.wrong.textContent = this.shell.talk.t("kept_until_build");
  }
}
