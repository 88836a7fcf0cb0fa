// Changes: drop a change file, see the difference beside today, take it in, look back, undo.

import { fill, h } from "../basics/dom.js";
import { button, choice, line } from "../basics/forms.js";
import { get, post, send } from "../basics/net.js";
import { dropPlace, groups } from "./dropped.js";

const COUNTS = ["add", "change", "remove"];

/** The page of the changes. */
export class ChangesPage {
  /** @param {import("../shell.js").Shell} shell */
  constructor(shell) {
    this.shell = shell;
    const { t } = shell.talk;
    this.draft = null;
    this.how = { layer: "", day: "", clear_blanks: false, complete: false, accept: [] };
    this.signed = { who: "", why: "" };
    this.state = h("p", { class: "quiet", role: "status" });
    this.options = h("div", { class: "row choices" });
    this.waiting = h("ul", { class: "drafts", "aria-label": t("waiting_changes") });
    this.difference = h("section", { class: "detail", "aria-label": t("difference") });
    this.log = h("section", { class: "detail", "aria-label": t("change_log") });
    this.element = h("div", { class: "files" },
      h("div", { class: "side" }, dropPlace(shell, t("drop_changes"), (files) => this.take(files)), this.state, this.waiting,
        h("p", {}, h("a", { class: "link", href: `/w/${shell.id}/template.xlsx?kind=changes&lang=${shell.talk.lang}`, download: "changes.xlsx", text: t("template_changes_get") })), this.looking()),
      h("div", {}, this.difference, this.log));
  }

  async ready() {
    this.known = await get(this.shell.api("changes"));
    const { layers, waiting, log } = this.known;
    const { t, of } = this.shell.talk;
    if (!layers.length || !log.length) {
      fill(this.difference, h("p", { class: "quiet empty", text: t("no_database") }));
      fill(this.log);
      return;
    }
    if (!this.how.layer) this.how.layer = layers[0].name;
    fill(this.waiting, waiting.map((one) => h("li", {}, h("button", { type: "button", class: "draft", "aria-pressed": String(this.draft === one.id), data: { draft: one.file }, on: { click: () => this.choose(one.id) } }, h("span", { class: "draft-name", text: one.file })))));
    fill(this.lookLayer, choice(t("layer"), layers.map((one) => [one.name, of(one)]), this.how.layer, (value) => { this.how.layer = value; }, { name: "look-layer" }));
    this.drawLog(log);
    if (!this.draft) fill(this.difference, h("p", { class: "quiet", text: t("no_changes_waiting") }));
    if (!this.draft && waiting.length) await this.choose(waiting[0].id);
  }

  /** Hand a change file over. @param {File[]} files */
  async take(files) {
    const { t } = this.shell.talk;
    // Dropped before the page had its layers: they are what a file is compared with.
    if (!this.known) await this.refresh();
    for (const group of groups(files)) {
      this.state.textContent = t("receiving", { file: group[0].name });
      await this.shell.attempt(async () => {
        const { draft } = await post(this.shell.api("arrive"), { names: group.map((file) => file.name) });
        for (let part = 0; part < group.length; part++) await send(this.shell.api(`arrive/${draft}/${part}`), group[part]);
        this.draft = draft;
      });
    }
    this.state.textContent = "";
    if (this.draft) await this.plan();
    await this.refresh();
  }

  async choose(draft) {
    this.draft = draft;
    this.how.accept = [];
    await this.plan();
    for (const one of this.waiting.querySelectorAll(".draft")) one.setAttribute("aria-pressed", String(this.known.waiting.some((w) => w.id === draft && w.file === one.dataset.draft)));
  }

  async refresh() {
    await this.shell.attempt(() => this.ready());
  }

  /** Work out what the file would do. */
  async plan() {
    const { t } = this.shell.talk;
    this.state.textContent = t("comparing");
    this.planned = null;
    this.refused = null;
    try {
      this.planned = await post(this.shell.api("changes/plan"), { draft: this.draft, ...this.how });
    } catch (refused) {
      this.refused = refused;
    }
    this.state.textContent = "";
    this.drawDifference();
  }

  /** Change how the file is taken, and compare again. @param {object} change */
  async again(change) {
    this.how = { ...this.how, ...change };
    await this.plan();
  }

  async apply() {
    const done = await this.shell.attempt(() => post(this.shell.api("changes/apply"), { draft: this.draft, ...this.how, ...this.signed, seen: this.planned.seen }));
    if (!done) return;
    this.draft = null;
    this.how.accept = [];
    await this.refresh();
    this.state.textContent = done.change === null ? this.shell.talk.t("nothing_differs") : this.shell.talk.t("was_applied", { n: done.change });
  }

  async drop() {
    await this.shell.attempt(() => post(this.shell.api("files/drop"), { draft: this.draft }));
    this.draft = null;
    await this.refresh();
  }

  drawDifference() {
    const { talk } = this.shell;
    const { t, of } = talk;
    const options = h("div", { class: "row choices" },
      choice(t("layer"), this.known.layers.map((one) => [one.name, of(one)]), this.how.layer, (value) => this.again({ layer: value, accept: [] }), { name: "layer" }),
      dayField(t("holds_from"), this.how.day, (value) => this.again({ day: value })),
      tick(t("clear_blanks"), this.how.clear_blanks, (on) => this.again({ clear_blanks: on })),
      tick(t("complete_file"), this.how.complete, (on) => this.again({ complete: on })));
    if (this.refused) {
      fill(this.difference, h("h2", { text: t("difference") }), options, h("p", { class: "alert", text: this.refused.said ? of(this.refused.said) : String(this.refused.message) }), h("p", {}, button(t("throw_away"), () => this.drop(), { name: "drop-change" })));
      return;
    }
    const { counts, lines, more, findings, refused, may_pass: mayPass } = this.planned;
    const nothing = !refused && COUNTS.every((name) => counts[name] === 0);
    fill(this.difference,
      h("h2", { text: t("difference") }), options,
      h("p", { class: "counts-line" }, COUNTS.map((name) => h("span", { class: "pill-count" }, `${t(`action_${name}`)} `, h("b", { text: talk.number(counts[name]) })))),
      nothing && h("p", { class: "quiet", text: t("nothing_differs") }),
      findings.length > 0 && h("ul", { class: "panel lines findings" }, findings.map((one) => h("li", { class: one.level }, h("b", { text: t(`level_${one.level}`) }), ` ${one.row ? t("in_row", { row: one.row }) : ""}${one.value ? ` ${one.value} ` : " "}${of(one)}`))),
      mayPass.map((name) => tick(t(`accept_${name}`), this.how.accept.includes(name), (on) => this.again({ accept: on ? [...this.how.accept, name] : this.how.accept.filter((other) => other !== name) }))),
      lines.length > 0 && this.table(lines), more > 0 && h("p", { class: "quiet", text: t("more_lines", { n: more }) }),
      h("div", { class: "row choices" },
        line(t("who"), { value: this.signed.who, name: "who", change: (value) => { this.signed.who = value; } }),
        line(t("why"), { value: this.signed.why, name: "why", change: (value) => { this.signed.why = value; } }),
        button(t("apply_change"), () => this.apply(), { main: true, name: "apply", disabled: refused || nothing }),
        button(t("throw_away"), () => this.drop(), { name: "drop-change" })));
  }

  table(lines) {
    const { t, lang } = this.shell.talk;
    return h("div", { class: "scroll" }, h("table", { class: "plain" },
      h("thead", {}, h("tr", {}, ["feature", "action", "field", "before", "after"].map((key) => h("th", { scope: "col", text: t(key) })))),
      h("tbody", {}, lines.map((one) => h("tr", {}, h("th", { scope: "row", text: one.id }), h("td", { text: t(`action_${one.action}`) + (one.related ? ` (${one.related})` : "") }), h("td", { text: one[lang] }), h("td", { text: one[`before_${lang}`] }), h("td", { text: one[`after_${lang}`] }))))));
  }

  drawLog(log) {
    const { t } = this.shell.talk;
    const undo = (one) => (one.undone_by ? h("span", { class: "quiet", text: t("undone_by", { n: one.undone_by }) }) : button(t("undo_change"), () => this.askUndo(one), { name: `undo-${one.change}` }));
    fill(this.log, h("h2", { text: t("change_log") }), h("div", { class: "scroll" }, h("table", { class: "plain log" },
      h("thead", {}, h("tr", {}, ["number", "recorded", "holds_from", "action_added", "action_changed", "action_removed", "who", "why", "file", "undo_change"].map((key) => h("th", { scope: "col", text: t(key) })))),
      h("tbody", {}, log.map((one) => h("tr", {}, h("th", { scope: "row", text: String(one.change) }), [one.at, one.from, one.added, one.changed, one.removed].map((text) => h("td", { text: String(text) })), [one.who, one.why, one.source].map((text) => h("td", { class: "wide", text })), h("td", {}, undo(one))))))));
  }

  /** Ask who undoes a change and why, in its place. @param {{change: number}} one */
  askUndo(one) {
    const { t } = this.shell.talk;
    const said = { ...this.signed, empty: false };
    const go = async () => {
      const done = await this.shell.attempt(() => post(this.shell.api("changes/undo"), { change: one.change, ...said }));
      if (!done) return;
      await this.refresh();
      this.state.textContent = t("was_undone", { n: one.change, by: done.change });
    };
    const form = h("div", { class: "panel row choices", data: { act: "undo-form" } }, h("b", { text: t("undoing", { n: one.change }) }),
      line(t("who"), { value: said.who, change: (value) => { said.who = value; } }), line(t("why"), { change: (value) => { said.why = value; } }),
      tick(t("may_empty"), false, (on) => { said.empty = on; }), button(t("undo_change"), go, { main: true, name: "undo-now" }), button(t("leave_it"), () => form.remove()));
    for (const old of this.log.querySelectorAll("[data-act=undo-form]")) old.remove();
    this.log.prepend(form);
    form.scrollIntoView({ block: "nearest" });
  }

  looking() {
    const { t } = this.shell.talk;
    this.lookLayer = h("div", {});
    this.versions = h("div", { "aria-live": "polite" });
    const id = h("input", { class: "field", type: "text", "aria-label": t("feature_number"), placeholder: t("feature_number"), maxlength: "200", data: { act: "feature" }, on: { keydown: (event) => event.key === "Enter" && this.look(id.value) } });
    const get_ = h("a", { class: "act", text: t("save") , hidden: true, download: "as-of.xlsx" });
    const day = dayField(t("as_it_was_on"), "", (value) => {
      get_.hidden = !value;
      get_.setAttribute("href", `/w/${this.shell.id}/as-of.xlsx?kind=${encodeURIComponent(this.how.layer)}&source=${encodeURIComponent(value)}&lang=${this.shell.talk.lang}`);
    });
    return h("div", { class: "form looking" }, h("h3", { text: t("look_back") }), this.lookLayer, h("div", { class: "row" }, id, button(t("history"), () => this.look(id.value), { name: "history" })), this.versions, day, get_);
  }

  /** Show every version of a feature. @param {string} id */
  async look(id) {
    const { t, lang } = this.shell.talk;
    const found = await this.shell.attempt(() => post(this.shell.api("changes/history"), { id: id.trim(), layer: this.how.layer }));
    if (!found) return;
    const changed = (number) => found.lines.filter((one) => one.id === String(number)).map((one) => h("li", { text: `${one[lang]}: ${one[`before_${lang}`]} → ${one[`after_${lang}`]}` }));
    fill(this.versions, h("ol", { class: "lines versions" }, found.versions.map((one) => h("li", {}, `${one.from} → ${one.to || "…"} · ${t("change_n", { n: one.change })} · ${one.who} · ${one.why}${one.removed ? ` · ${t("action_removed")}` : ""}`, h("ul", {}, changed(one.change))))));
  }
}

function tick(label, on, changed) {
  return h("label", { class: "tick" }, h("input", { type: "checkbox", checked: on, on: { change: (event) => changed(event.target.checked) } }), h("span", { text: label }));
}

function dayField(label, value, changed) {
  return h("label", { class: "labelled" }, h("span", { text: label }), h("input", { class: "field", type: "date", value, on: { change: (event) => changed(event.target.value) } }));
}
