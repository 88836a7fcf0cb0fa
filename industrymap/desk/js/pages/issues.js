// Issues: thirty thousand rows in a table with facets, and each row as it stands in its file.

import { fill, h } from "../basics/dom.js";
import { button } from "../basics/forms.js";
import { get, post } from "../basics/net.js";
import { Rows } from "../basics/rows.js";

const FACETS = ["state", "level", "source", "district", "column", "rule"];
const MOST = 12;
const MOST_MENDED = 300;

/** The page of the issues. */
export class IssuesPage {
  /** @param {import("../shell.js").Shell} shell */
  constructor(shell) {
    this.shell = shell;
    const { t, lang } = shell.talk;
    this.picked = new Map();
    this.text = "";
    this.shown = new Uint32Array(0);
    this.facets = h("div", { class: "facets" });
    this.count = h("p", { class: "quiet", role: "status" });
    this.rows = new Rows(t("issues"), (at) => this.row(this.shown[at]));
    this.detail = h("section", { class: "panel row-detail", "aria-label": t("row_as_it_stands"), "aria-live": "polite" }, h("p", { class: "quiet", text: t("choose_issue") }));
    const search = h("input", { class: "field", type: "search", placeholder: t("search_issues"), "aria-label": t("search_issues"), on: { input: (event) => { this.text = event.target.value.trim().toLowerCase(); this.filter(); } } });
    const book = (kind, text) => h("a", { class: "act", href: `/w/${shell.id}/issues.xlsx?lang=${lang}&kind=${kind}`, download: "issues.xlsx", data: { book: kind }, text });
    this.mended = h("details", { class: "mended", hidden: true });
    this.element = h("div", { class: "issues" },
      h("div", { class: "side" }, search, this.count, h("p", { class: "row" }, book("file", t("hand_over")), book("district", t("hand_over_district"))), this.mended, this.facets),
      h("div", { class: "issues-main" }, h("div", { class: "rows-head", "aria-hidden": "true" }, ["level", "file", "row", "column", "value", "issue", "enterprise"].map((key) => h("span", { text: t(key) }))), this.rows.element, this.detail));
  }

  async ready() {
    this.use(await get(this.shell.api("issues")));
  }

  /** Show a list. @param {{n: number, columns: object}} data for each column its distinct texts, and which of them each row has */
  use(data) {
    this.n = data.n;
    this.columns = {};
    for (const [name, column] of Object.entries(data.columns)) this.columns[name] = { words: column.words, codes: Uint32Array.from(column.codes) };
    const { words } = this.columns[this.shell.talk.lang];
    this.lower = { value: lowered(this.columns.value.words), name: lowered(this.columns.name.words), said: lowered(words) };
    this.help = data.help || {};
    if (data.mended) this.showMended(data.mended);
    this.filter();
  }

  /** Show what the build before mended. @param {{gone: object[], n: number, new: number}} mended */
  showMended(mended) {
    const { t, lang } = this.shell.talk;
    this.mended.hidden = !mended.n && !mended.new;
    fill(this.mended, h("summary", { text: t("build_mended", { n: mended.n, new: mended.new }) }), h("ul", { class: "lines" }, mended.gone.slice(0, MOST_MENDED).map((one) => h("li", { text: `${one.source} · ${one.name} · ${one.column} ${one.value}：${one[lang]}` }))));
  }

  /** Mark an issue as settled, or as open again. @param {number} row @param {boolean} settled */
  async settle(row, settled) {
    const issue = Object.fromEntries(["rule", "source", "column", "value", "name", "uscc"].map((name) => [name, this.at(name, row)]));
    const done = await this.shell.attempt(() => post(this.shell.api("issues/settle"), { issues: [issue], settled }));
    if (!done) return;
    this.use(await get(this.shell.api("issues")));
    this.open(row);
  }

  at(name, row) {
    const column = this.columns[name];
    return column.words[column.codes[row]];
  }

  /** Count again what is shown, and what each facet would show. */
  filter() {
    const began = performance.now();
    const { columns, n } = this;
    const passes = FACETS.map((name) => this.passes(name));
    const text = this.textPass();
    const counts = FACETS.map((name) => new Uint32Array(columns[name].words.length));
    const shown = new Uint32Array(n);
    let m = 0;
    for (let row = 0; row < n; row++) {
      if (text && !text[row]) continue;
      // A facet counts what all the others let through: so one sees what choosing in it would give.
      let missed = -1;
      let misses = 0;
      for (let f = 0; f < passes.length; f++) if (passes[f] && !passes[f][columns[FACETS[f]].codes[row]]) { misses++; missed = f; }
      if (misses === 0) {
        shown[m++] = row;
        for (let f = 0; f < counts.length; f++) counts[f][columns[FACETS[f]].codes[row]]++;
      } else if (misses === 1) counts[missed][columns[FACETS[missed]].codes[row]]++;
    }
    this.shown = shown.subarray(0, m);
    this.rows.show(m);
    this.drawFacets(counts);
    this.count.textContent = this.shell.talk.t("issues_shown", { m, n });
    this.element.dataset.filterMs = (performance.now() - began).toFixed(1);
  }

  passes(name) {
    const picked = this.picked.get(name);
    if (!picked || !picked.size) return null;
    return Uint8Array.from(this.columns[name].words, (word) => (picked.has(word) ? 1 : 0));
  }

  textPass() {
    if (!this.text) return null;
    const { columns, lower, text } = this;
    const hits = { value: found(lower.value, text), name: found(lower.name, text), said: found(lower.said, text) };
    const said = columns[this.shell.talk.lang];
    return Uint8Array.from({ length: this.n }, (_, row) => (hits.value[columns.value.codes[row]] || hits.name[columns.name.codes[row]] || hits.said[said.codes[row]] ? 1 : 0));
  }

  drawFacets(counts) {
    const { t, number } = this.shell.talk;
    fill(this.facets, FACETS.map((name, f) => {
      const picked = this.picked.get(name) || new Set();
      const { words } = this.columns[name];
      const order = words.map((word, i) => i).filter((i) => counts[f][i] || picked.has(words[i])).sort((a, b) => counts[f][b] - counts[f][a]);
      if (!order.length || (order.length === 1 && !words[order[0]])) return null;
      return h("fieldset", {}, h("legend", { text: t(name === "source" ? "file" : name) }), order.slice(0, MOST).map((i) => h("label", { class: "facet" },
        h("input", { type: "checkbox", checked: picked.has(words[i]), data: { facet: name, value: words[i] }, on: { change: (event) => this.pick(name, words[i], event.target.checked) } }),
        h("span", { class: "facet-text", text: this.word(name, words[i]) }), h("span", { class: "number", text: number(counts[f][i]) }))),
      order.length > MOST && h("p", { class: "quiet", text: t("more_values", { n: order.length - MOST }) }));
    }));
  }

  word(name, word) {
    const { t } = this.shell.talk;
    if (!word) return t("not_given");
    if (name === "state") return t(`state_${word}`);
    return name === "level" ? t(`count_${{ error: "refused", warning: "look", info: "mended" }[word]}`) : word;
  }

  pick(name, word, on) {
    const picked = this.picked.get(name) || new Set();
    if (on) picked.add(word);
    else picked.delete(word);
    this.picked.set(name, picked);
    this.filter();
    // The box that was clicked was drawn anew: it keeps the focus.
    const box = [...this.facets.querySelectorAll("input")].find((one) => one.dataset.facet === name && one.dataset.value === word);
    if (box) box.focus();
  }

  row(row) {
    const { lang } = this.shell.talk;
    const cells = [this.word("level", this.at("level", row)), this.at("source", row), this.at("row", row), this.at("column", row), this.at("value", row), this.at(lang, row), this.at("name", row)];
    return h("button", { type: "button", class: `issue ${this.at("level", row)}`, on: { click: () => this.open(row) } }, cells.map((text) => h("span", { text, title: text })));
  }

  async open(row) {
    const { t, lang } = this.shell.talk;
    const source = this.at("source", row);
    const number = Number(this.at("row", row));
    const column = this.at("column", row);
    fill(this.detail, h("p", { text: `${source} · ${t("row")} ${this.at("row", row)} — ${this.at(lang, row)}` }), h("p", { class: "row" }, this.helpFor(row), h("span", { class: "quiet", text: `${t("rule")}: ${this.at("rule", row)}` }), this.settleButton(row)));
    const found = await this.shell.attempt(() => post(this.shell.api("issues/row"), { source, row: number }));
    if (!found) return;
    const { cells } = found;
    this.detail.append(cells.length ? h("dl", { class: "cells", tabindex: "0", role: "group", "aria-label": t("row_as_it_stands") }, cells.map((cell) => h("div", { class: cell.heading === column ? "meant" : "" }, h("dt", { text: cell.heading || cell.letter }), h("dd", { text: cell.value || "—" })))) : h("p", { class: "quiet", text: t("no_row") }));
  }

  helpFor(row) {
    const said = this.help[this.at("rule", row)];
    return said ? h("span", { class: "help", text: this.shell.talk.of(said) }) : null;
  }

  settleButton(row) {
    const { t } = this.shell.talk;
    const settled = this.at("state", row) === "settled";
    return button(t(settled ? "open_again" : "mark_settled"), () => this.settle(row, !settled), { name: "settle" });
  }
}

function lowered(words) {
  return words.map((word) => word.toLowerCase());
}

function found(words, text) {
  return words.map((word) => word.includes(text));
}
