// The stock-take of the enterprise base: one page and one workbook.

import { fill, h } from "../basics/dom.js";
import { button } from "../basics/forms.js";
import { post } from "../basics/net.js";
import { madeFiles } from "./made.js";

/** The tab of the stock-take. */
export class StockTake {
  /** @param {import("../pages/results.js").ResultsPage} page */
  constructor(page) {
    this.shell = page.shell;
    const { t } = this.shell.talk;
    this.made = h("div", { "aria-live": "polite" });
    this.element = h("div", { class: "panel" }, h("p", { class: "quiet", text: t("about_stocktake") }), h("p", {}, button(t("make"), () => this.make(), { main: true, name: "make-stocktake" })), this.made);
  }

  async make() {
    const done = await this.shell.attempt(() => post(this.shell.api("products/stocktake"), { lang: this.shell.talk.lang }));
    if (done) fill(this.made, madeFiles(this.shell, done.files));
  }
}
