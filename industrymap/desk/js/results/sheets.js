// Park sheets: one A4 page for each park, drawn in the background.

import { h } from "../basics/dom.js";
import { button, line } from "../basics/forms.js";
import { Going, inVain, madeFiles } from "./made.js";

/** The tab of the park sheets. */
export class Sheets {
  /** @param {import("../pages/results.js").ResultsPage} page */
  constructor(page) {
    this.shell = page.shell;
    const { t } = this.shell.talk;
    this.where = line(t("filter"), { placeholder: t("filter_example_parks"), name: "where" });
    this.pilots = h("input", { type: "checkbox", data: { act: "only-pilots" } });
    this.each = h("input", { type: "checkbox", data: { act: "each" } });
    this.going = new Going(this.shell, "sheets", (result) => this.done(result));
    this.element = h("div", { class: "panel" }, page.known.parks ? [
      h("p", { class: "quiet", text: t("about_sheets") }),
      h("div", { class: "row choices" }, this.where,
        h("label", { class: "tick" }, this.pilots, h("span", { text: t("only_pilots") })), h("label", { class: "tick" }, this.each, h("span", { text: t("each_pdf") }))),
      h("p", {}, button(t("make"), () => this.make(), { main: true, name: "make-sheets" })), this.going.element] : h("p", { class: "quiet", text: t("build_first") }));
  }

  ready() {
    this.told();
  }

  told() {
    this.going.told();
  }

  make() {
    return this.going.begin({ where: this.where.querySelector("input").value, pilots: this.pilots.checked, each: this.each.checked, lang: this.shell.talk.lang });
  }

  done(result) {
    const { t } = this.shell.talk;
    return h("div", {}, h("p", { role: "status", text: t("sheets_made", { n: result.parks }) }), inVain(this.shell, result.absent), madeFiles(this.shell, result.files),
      result.no_font && h("p", { class: "quiet", text: t("no_font") }), result.missing && h("p", { class: "quiet", text: t("font_lacks", { text: result.missing }) }));
  }
}
