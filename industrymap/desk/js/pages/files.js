// Files: drop them, see what each is, take them in.

import { fill, h } from "../basics/dom.js";
import { button } from "../basics/forms.js";
import { get, post, send } from "../basics/net.js";
import { Reading } from "./reading.js";
import { dropPlace, groups } from "./dropped.js";

const TEMPLATES = ["enterprises", "village_parks", "industrial_blocks", "changes", "review"];

/** The page of the files. */
export class FilesPage {
  /** @param {import("../shell.js").Shell} shell */
  constructor(shell) {
    this.shell = shell;
    const { t } = shell.talk;
    this.drafts = [];
    this.chosen = "";
    this.list = h("ul", { class: "drafts", "aria-label": t("waiting") });
    this.named = h("ul", { class: "lines", "aria-label": t("taken_in") });
    this.detail = h("section", { class: "detail", "aria-label": t("reading") });
    this.state = h("p", { class: "quiet", role: "status" });
    this.all = h("p", {});
    this.element = h("div", { class: "files" },
      h("div", { class: "side" }, dropPlace(shell, t("drop_here"), (files) => this.take(files)), this.state, this.all, this.list, h("h3", { text: t("taken_in") }), this.named, this.templates()),
      this.detail);
  }

  async ready() {
    const known = await get(this.shell.api("files"));
    const { t } = this.shell.talk;
    this.known = known;
    const before = new Map(this.drafts.map((draft) => [draft.id, draft]));
    this.drafts = known.drafts.map((one) => before.get(one.id) || { ...one, choices: {}, reading: null, refused: null });
    this.taken = known.named.map((one) => ({ file: one.file, named: one.id, id: one.id, what: one.what, there: one.there, choices: null, reading: null, refused: null, changed: false }));
    if (!this.files().some((draft) => draft.id === this.chosen)) this.chosen = this.drafts.length ? this.drafts[0].id : "";
    this.draw();
    for (const draft of this.drafts) if (!draft.reading && !draft.refused) await this.check(draft);
  }

  /** Files that can be shown: those that wait, and those that were taken in. @returns {object[]} */
  files() {
    return [...this.drafts, ...(this.taken || []).filter((one) => one.id)];
  }

  /** A file that was taken in: pressed, it shows how it is read. @param {object} one @returns {HTMLElement} */
  takenIn(one) {
    const { t } = this.shell.talk;
    const text = [h("span", { class: one.there ? "draft-name" : "missing", text: one.file }), h("span", { class: "quiet", text: ` ${t(`what_${one.what}`)}${one.there ? "" : ` · ${t("not_there")}`}` })];
    if (!one.id) return h("li", {}, text);
    return h("li", {}, h("button", { type: "button", class: "draft", "aria-pressed": one.id === this.chosen ? "true" : "false", data: { named: one.file }, on: { click: () => this.open(one) } }, text));
  }

  async open(one) {
    this.chosen = one.id;
    this.draw();
    if (!one.reading) await this.check(one);
  }

  templates() {
    const { t, lang } = this.shell.talk;
    return h("details", { class: "templates" }, h("summary", { text: t("templates") }),
      h("ul", {}, TEMPLATES.map((kind) => h("li", {}, h("a", { class: "link", href: `/w/${this.shell.id}/template.xlsx?kind=${kind}&lang=${lang}`, download: `${kind}.xlsx`, text: t(`template_${kind}`) })))));
  }

  /** Hand files over, one after another. @param {File[]} files */
  async take(files) {
    const { t } = this.shell.talk;
    for (const group of groups(files)) {
      this.state.textContent = t("receiving", { file: group[0].name });
      const done = await this.shell.attempt(async () => {
        const { draft } = await post(this.shell.api("arrive"), { names: group.map((file) => file.name) });
        for (let part = 0; part < group.length; part++) await send(this.shell.api(`arrive/${draft}/${part}`), group[part]);
        return draft;
      });
      if (!done) break;
    }
    this.state.textContent = "";
    await this.shell.attempt(() => this.ready());
  }

  async check(draft) {
    const { t } = this.shell.talk;
    this.state.textContent = t("reading_file", { file: draft.file });
    try {
      draft.reading = await post(this.shell.api("files/check"), this.asked(draft));
      draft.refused = null;
      if (draft.named) draft.choices = draft.choices || draft.reading.choices;
      else if (!draft.choices.what) draft.guess = draft.reading.what;
    } catch (refused) {
      draft.refused = refused;
    }
    this.state.textContent = "";
    this.draw();
  }

  /** How a file is named to the desk. @param {object} draft @returns {object} */
  asked(draft) {
    return draft.named ? { named: draft.named, choices: draft.choices } : { draft: draft.id, choices: draft.choices };
  }

  /** What a draft is taken for. @param {object} draft @returns {string} */
  what(draft) {
    return draft.named ? draft.what : draft.choices.what || draft.guess || "";
  }

  draw() {
    const { talk } = this.shell;
    const { t } = talk;
    const sound = this.drafts.filter((draft) => draft.reading && !draft.refused);
    fill(this.all, sound.length > 1 && button(t("take_all", { n: sound.length }), () => this.takeIn(sound), { main: true, name: "take-all" }));
    fill(this.list, this.drafts.map((draft) => h("li", {}, h("button", { type: "button", class: "draft", "aria-pressed": draft.id === this.chosen ? "true" : "false", data: { draft: draft.file }, on: { click: () => { this.chosen = draft.id; this.draw(); } } },
      h("span", { class: "draft-name", text: draft.file }), h("span", { class: "quiet", text: this.summary(draft) })))));
    fill(this.named, this.taken.length ? this.taken.map((one) => this.takenIn(one)) : h("li", { class: "quiet", text: t("none_yet") }));
    const draft = this.files().find((one) => one.id === this.chosen);
    if (this.detailOf && this.detailOf.leave) this.detailOf.leave();
    this.detailOf = draft ? new Reading(this, draft) : null;
    fill(this.detail, draft ? this.detailOf.element : h("p", { class: "quiet empty", text: t("no_drafts") }));
  }

  summary(draft) {
    const { t, number } = this.shell.talk;
    if (draft.refused) return t("cannot_be_read");
    if (!draft.reading) return t("waits");
    return `${t(`what_${this.what(draft)}`)} · ${number(draft.reading.reads.reduce((sum, one) => sum + one.usable, 0))}`;
  }

  /** Change what was chosen for a draft, and read it again. @param {object} draft @param {object} change */
  async choose(draft, change) {
    // A file that a person says anything of is what it was taken for, unless that is what is said.
    draft.choices = { ...draft.choices, what: this.what(draft), ...change };
    draft.changed = true;
    await this.check(draft);
  }

  /** Copy drafts into the workspace. @param {object[]} drafts @param {boolean} [replace] */
  async takeIn(drafts, replace = false) {
    for (const draft of drafts) {
      const done = await this.shell.attempt(() => post(this.shell.api("files/take"), { draft: draft.id, replace, choices: { ...draft.choices, what: this.what(draft) } }));
      if (!done) {
        draft.clash = true;
        this.draw();
        return;
      }
    }
    this.shell.overview = await get(this.shell.api("overview"));
    await this.shell.attempt(() => this.ready());
    if (!this.drafts.length) location.hash = `#/w/${this.shell.id}/build`;
  }

  /** Keep how a file that was taken in is to be read. @param {object} draft */
  async mend(draft) {
    const done = await this.shell.attempt(() => post(this.shell.api("files/mend"), this.asked(draft)));
    if (!done) return;
    draft.changed = false;
    this.draw();
    this.state.textContent = this.shell.talk.t("kept_until_build");
  }

  /** Throw a draft away. @param {object} draft */
  async drop(draft) {
    await this.shell.attempt(() => post(this.shell.api("files/drop"), { draft: draft.id }));
    await this.shell.attempt(() => this.ready());
  }
}
