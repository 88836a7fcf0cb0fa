// This year's pilots under two sets of standard and weights, beside each other: who is chosen under which, at what rank, how firmly.

import { fill, h } from "../basics/dom.js";
import { button, choice, line } from "../basics/forms.js";
import { post } from "../basics/net.js";
import { inVain, madeFiles } from "./made.js";

/** The tab of the pilots. */
export class Pilots {
  /** @param {import("../pages/results.js").ResultsPage} page */
  constructor(page) {
    this.known = page.known;
    this.shell = page.shell;
    const { t } = this.shell.talk;
    const first = (list) => (list.length ? list[0].id : "");
    // The first one is the command's own choice; the second is changed to see what would come of it.
    this.sides = [0, 1].map(() => ({ standard: "", weights_id: first(this.known.weights), weights: {}, where: "" }));
    this.forms = h("div", { class: "beside" });
    this.made = h("div", { "aria-live": "polite" });
    this.element = h("div", { class: "panel" }, this.known.parks && this.known.weights.length ? [h("p", { class: "quiet", text: t("about_pilots") }), this.forms, h("p", {}, button(t("choose_pilots"), () => this.choose(), { main: true, name: "choose-pilots" })), this.made] : h("p", { class: "quiet", text: t("build_first") }));
  }

  ready() {
    if (this.known.parks && this.known.weights.length) this.draw();
  }

  draw() {
    const { t } = this.shell.talk;
    fill(this.forms, this.sides.map((side, n) => h("fieldset", { class: "side-of", data: { side: String(n) } }, h("legend", { text: t(n ? "second" : "first") }), this.form(side))));
  }

  form(side) {
    const { talk } = this.shell;
    const { t } = talk;
    const weights = this.known.weights.find((one) => one.id === side.weights_id);
    return [
      choice(t("standard"), [["", t("of_workspace")], ...this.known.pilots.map((one) => [one.id, talk.of(one)])], side.standard, (id) => { side.standard = id; }, { name: "standard" }),
      choice(t("weights"), this.known.weights.map((one) => [one.id, talk.of(one)]), side.weights_id, (id) => { Object.assign(side, { weights_id: id, weights: {} }); this.draw(); }, { name: "weights" }),
      line(t("filter"), { value: side.where, placeholder: t("filter_example_parks"), change: (text) => { side.where = text; } }),
      h("div", { class: "weights" }, weights.indicators.map((one) => h("label", { class: "weight" }, h("span", { text: talk.of(one) }),
        h("input", { class: "field", type: "number", min: "0", step: "any", value: String(one.id in side.weights ? side.weights[one.id] : one.weight), data: { weight: one.id }, on: { change: (event) => this.weigh(side, one, event.target.value) } })))),
    ];
  }

  weigh(side, indicator, text) {
    if (text === "" || Number(text) === indicator.weight) delete side.weights[indicator.id];
    else side.weights[indicator.id] = text;
  }

  async choose() {
    const { talk } = this.shell;
    const same = JSON.stringify(this.sides[0]) === JSON.stringify(this.sides[1]);
    const sides = same ? this.sides.slice(0, 1) : this.sides;
    const found = await this.shell.attempt(() => post(this.shell.api("products/pilots"), { sides: sides.map(wishes), lang: talk.lang }));
    if (found) fill(this.made, this.about(found), this.table(found));
  }

  about(found) {
    const { talk } = this.shell;
    const { t } = talk;
    return h("div", { class: "beside" }, found.sides.map((side) => h("section", {}, h("h3", { text: `${talk.of(side.rule)} · ${talk.of(side.weights)}` }),
      h("p", { text: t("pilots_came", { eligible: side.eligible, open: side.open, chosen: side.chosen, per_district: side.per_district, total: side.total }) }),
      inVain(this.shell, side.absent), madeFiles(this.shell, side.files),
      side.near.length > 0 && h("details", {}, h("summary", { text: t("near_misses") }), h("ul", { class: "lines" }, side.near.map((one) => h("li", { text: `${one.id} ${one.name}：${talk.of(one)}` })))))));
  }

  table(found) {
    const { talk } = this.shell;
    const { t } = talk;
    const heads = found.sides.flatMap((_, n) => [t("rank_of", { n: n + 1 }), t("score_of", { n: n + 1 }), t("firm_of", { n: n + 1 })]);
    return h("div", { class: "scroll tall", tabindex: "0", role: "region", "aria-label": t("tab_pilots") }, h("table", { class: "plain" },
      h("thead", {}, h("tr", {}, [t("feature"), t("park"), t("district"), ...heads].map((text) => h("th", { scope: "col", text })))),
      h("tbody", {}, found.rows.map((row) => h("tr", { class: found.sides.length > 1 && !row.sides.every((side) => side.chosen) ? "differs" : "", data: { park: row.id } }, h("td", { text: row.id }), h("td", { text: row.name }), h("td", { text: row.district }),
        row.sides.flatMap((side) => [h("td", { class: "number", text: side.chosen ? talk.number(side.rank) : t("not_chosen") }), h("td", { class: "number", text: side.score === null ? "—" : talk.number(side.score) }), h("td", { class: "number", text: side.in_list === null ? "—" : `${Math.round(side.in_list * 100)} %` })]))))));
  }
}

function wishes(side) {
  return { standard: side.standard, weights_id: side.weights_id, weights: side.weights, where: side.where };
}
