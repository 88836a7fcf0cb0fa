// The public profile: only what may be published, and the report of what is withheld and why.

import { h } from "../basics/dom.js";
import { button } from "../basics/forms.js";
import { Going, madeFiles } from "./made.js";

/** The tab of the public profile. */
export class Public {
  /** @param {import("../pages/results.js").ResultsPage} page */
  constructor(page) {
    this.shell = page.shell;
    const { t } = this.shell.talk;
    const number = page.known.review_number;
    this.going = new Going(this.shell, "public", (result) => this.done(result));
    this.element = h("div", { class: "panel" }, h("p", { class: "quiet", text: t("about_public") }),
      h("p", { text: number ? t("review_is", { number }) : t("review_missing") }),
      h("p", {}, button(t("build_public"), () => this.going.begin(), { main: true, name: "build-public", disabled: !number })), this.going.element);
  }

  ready() {
    this.told();
  }

  told() {
    this.going.told();
  }

  done(result) {
    const { talk } = this.shell;
    const { t } = talk;
    return h("div", {}, h("ul", { class: "lines" }, result.lines.map((one) => h("li", { text: talk.of(one) }))),
      h("h3", { text: t("withheld_n", { n: result.withheld }) }),
      h("ul", { class: "lines" }, result.reasons.map((one) => h("li", { text: `${talk.of(one)} ${talk.number(one.n)}` }))),
      madeFiles(this.shell, result.report), h("h3", { text: t("to_hand_over") }), madeFiles(this.shell, result.files));
  }
}
