// One file as it would be read: what it is, its rows as they stand, its columns and what they were taken for, its doubts.

import { fill, h } from "../basics/dom.js";
import { button, choice, line } from "../basics/forms.js";
import { post } from "../basics/net.js";
import { DatumMap } from "./small_map.js";

const TABLES = ["statistics", "tax", "registry", "coordinates"];
const LAYERS = ["village_parks", "industrial_blocks", "zones", "districts", "towns"];
const DATUMS = ["wgs84", "cgcs2000", "gcj02", "bd09", "EPSG:4547", "EPSG:4548", "EPSG:4526", "EPSG:4527"];

/** What is shown of a draft, and what a person can say of it. */
export class Reading {
  /**
   * @param {import("./files.js").FilesPage} page
   * @param {object} draft
   */
  constructor(page, draft) {
    this.page = page;
    this.draft = draft;
    this.talk = page.shell.talk;
    const { t } = this.talk;
    const { reading, refused } = draft;
    this.ground = h("div", { class: "datum-place", hidden: true, "aria-live": "polite" });
    this.element = h("div", {},
      h("div", { class: "row spread" }, h("h2", { text: draft.file }), h("span", { class: "row" },
        draft.named && draft.changed && reading && !refused && button(t("keep_reading"), () => page.mend(draft), { main: true, name: "mend" }),
        !draft.named && reading && !refused && button(t("take_in"), () => page.takeIn([draft]), { main: true, name: "take" }),
        draft.clash && button(t("replace"), () => page.takeIn([draft], true), { name: "replace" }),
        !draft.named && button(t("throw_away"), () => page.drop(draft), { name: "drop" }))),
      refused && h("p", { class: "alert", role: "alert", text: this.talk.of(refused.said) }),
      (draft.choices || reading) && this.choices(),
      reading && !refused && reading.effect.length > 0 && this.said(t("what_it_does"), reading.effect.map((d) => this.talk.of(d))),
      this.ground,
      reading && !refused && this.whole(reading));
  }

  choices() {
    const { t } = this.talk;
    const { draft, page } = this;
    const { reading } = draft;
    const kinds = reading && !reading.table ? [...LAYERS, ...TABLES] : TABLES;
    const sheets = reading ? reading.sheets : [];
    const lists = h("datalist", { id: "datums" }, DATUMS.map((datum) => h("option", { value: datum })));
    return h("div", { class: "row choices" }, lists,
      !draft.named && choice(t("this_is"), kinds.map((kind) => [kind, t(`what_${kind}`)]), page.what(draft), (what) => page.choose(draft, { what, columns: {} }), { name: "what" }),
      sheets.length > 1 && choice(t("sheet"), [["", t("sheet_itself")], ...sheets.map((name) => [name, name])], (draft.choices || {}).sheet || "", (sheet) => page.choose(draft, { sheet }), { name: "sheet" }),
      line(t("datum"), { value: (draft.choices || {}).datum || "", list: "datums", placeholder: t("datum_itself"), change: (datum) => page.choose(draft, { datum }) }),
      reading && button(t("show_datums"), () => this.showDatums(), { name: "datums" }));
  }

  /** Show on a small map where the points would lie in each datum. */
  async showDatums() {
    const { draft, page } = this;
    const { t } = this.talk;
    const found = await page.shell.attempt(() => post(page.shell.api("files/where"), page.asked(draft)));
    if (!found) return;
    this.leave();
    this.ground.hidden = false;
    if (!found.n) {
      fill(this.ground, h("p", { class: "quiet", text: t("no_degrees") }));
      return;
    }
    const place = h("div", { class: "ground datum-map", role: "application", "aria-label": t("show_datums"), tabindex: "-1" });
    const per_cent = (value) => (value === null ? "—" : `${(100 * value).toFixed(1)} %`);
    fill(this.ground, place, h("table", { class: "plain" }, h("thead", {}, h("tr", {}, ["datum", "in_named", "in_any", "get"].map((key) => h("th", { scope: "col", text: t(key) })))),
      h("tbody", {}, Object.keys(found.points).map((datum) => h("tr", {}, h("th", { scope: "row" }, h("span", { class: `datum-mark ${datum}` }), datum),
        h("td", { class: "number", text: found.shares[datum] ? `${per_cent(found.shares[datum].named)}${found.shares[datum].n ? ` (n = ${this.talk.number(found.shares[datum].n)})` : ""}` : "—" }),
        h("td", { class: "number", text: found.shares[datum] ? `${per_cent(found.shares[datum].within)} (n = ${this.talk.number(found.n)})` : "—" }),
        h("td", {}, button(t("choose_datum"), () => page.choose(draft, { datum }), { name: `datum-${datum}` })))))),
      !found.outlines.length && h("p", { class: "quiet", text: t("no_outlines") }));
    this.map = new DatumMap(place, found);
  }

  /** Take the small map away. */
  leave() {
    if (this.map) this.map.remove();
    this.map = null;
  }

  whole(reading) {
    const { t } = this.talk;
    return h("div", {}, reading.reads.map((one) => this.one(one, reading)),
      reading.firms.length > 0 && this.said(t("firms"), reading.firms.map((d) => this.talk.of(d))),
      reading.odd.length > 0 && this.said(t("coordinates"), reading.odd.map((d) => this.talk.of(d))),
      this.problems(reading.problems));
  }

  one(read) {
    const { t, number, of } = this.talk;
    const said = [t("usable", { kind: of(read.kind), n: number(read.usable) }), ...read.understood.map((d) => this.talk.of(d))];
    return h("div", {}, this.said(t("understood"), said), read.preview && this.preview(read.preview), this.columns(read));
  }

  said(title, texts) {
    return h("section", {}, h("h3", { text: title }), h("ul", { class: "lines" }, texts.map((text) => h("li", { text }))));
  }

  preview(preview) {
    const { t } = this.talk;
    const width = Math.max(...preview.rows.map((row) => row.length), 1);
    const body = preview.rows.map((cells, at) => {
      const row = preview.first + at;
      const head = preview.heads.includes(row);
      const mark = head ? t("heading_row") : row < preview.data ? t("above") : "";
      return h("tr", { class: head ? "heads" : row < preview.data ? "above" : "" }, h("th", { scope: "row" }, String(row), mark && h("i", { text: ` ${mark}` })),
        Array.from({ length: width }, (_, i) => h("td", { text: cells[i] || "" })));
    });
    return h("section", {}, h("h3", { text: t("as_it_stands") }), h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": t("as_it_stands") }, h("table", { class: "grid" }, h("tbody", {}, body))));
  }

  columns(read) {
    const { t } = this.talk;
    const fields = this.page.known.fields[read.layer] || [];
    const head = ["heading", "taken_for", "unit", "filled", "examples"];
    return h("section", {}, h("h3", { text: t("columns") }), h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": t("columns") },
      h("table", { class: "plain columns" }, h("thead", {}, h("tr", {}, head.map((key) => h("th", { scope: "col", text: t(key) })))),
        h("tbody", {}, read.columns.map((column) => this.column(column, fields))))));
  }

  column(column, fields) {
    const { t, lang } = this.talk;
    const { draft, page } = this;
    const mended = ((draft.choices || {}).columns || {})[column.heading];
    const field = fields.find((one) => one.name === column.field);
    const units = field ? page.known.units[field.unit] || [] : [];
    const say = (change) => page.choose(draft, { columns: { ...(draft.choices || {}).columns, [column.heading]: { field: column.field, unit: "", ...mended, ...change } } });
    const options = [...(column.field ? [] : [["", t("kept_as_is")]]), ...fields.map((one) => [one.name, one.unit ? `${this.talk.of(one)} (${one.unit})` : this.talk.of(one)])];
    return h("tr", { class: mended ? "mended" : column.field ? "" : "unknown" },
      h("th", { scope: "row", text: column.heading }),
      h("td", {}, choice(t("taken_for_of", { heading: column.heading }), options, column.field, (name) => say({ field: name, unit: "" }), { quiet: true, name: "field" }),
        field && this.detail(column, field)),
      h("td", {}, units.length > 0 && choice(t("unit_of", { heading: column.heading }), [["", t("as_written")], ...units.map((u) => [u, u])], mended ? mended.unit : "", (unit) => say({ unit }), { quiet: true, name: "unit" })),
      h("td", { class: "number", text: `${Math.round(column.share * 100)} %` }),
      h("td", { class: "examples", text: column.values[lang].join(" · ") }));
  }

  detail(column, field) {
    // The part behind the arrow says the year, and by what numbers were multiplied: only these are news beside the field chosen.
    const text = this.talk.of(column).split("→").pop().trim();
    return /\d/.test(text.replace(this.talk.of(field), "")) ? h("p", { class: "quiet", text }) : null;
  }

  problems(problems) {
    const { t } = this.talk;
    if (!problems.length) return this.said(t("problems"), [t("no_problems")]);
    return h("section", {}, h("h3", { text: t("problems") }), h("ul", { class: "lines" }, problems.map((one) => h("li", { class: one.level },
      h("b", { text: t(`level_${one.level}`) }), ` ${this.talk.of(one)}`, this.talk.of(one.where) && h("p", { class: "quiet", text: this.talk.of(one.where) })))));
  }
}
