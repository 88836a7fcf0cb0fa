// The checks of the industrial blocks against the rules in force, what is broken first.

import { fill, h } from "../basics/dom.js";
import { post } from "../basics/net.js";
import { madeFiles } from "./made.js";

const MARKS = { fail: "✗", undetermined: "?", info: "·", pass: "✓" };

/** The tab of the checks. */
export class BlockChecks {
  /** @param {import("../pages/results.js").ResultsPage} page */
  constructor(page) {
    this.page = page;
    this.shell = page.shell;
    this.element = h("div", { class: "panel" }, h("p", { class: "quiet", text: this.shell.talk.t("build_first") }));
  }

  async ready() {
    const { talk } = this.shell;
    const { t } = talk;
    if (!this.page.known.checks) return;
    const found = await post(this.shell.api("products/checks"), { lang: talk.lang });
    if (!found.n) {
      fill(this.element, h("p", { class: "quiet", text: t("no_blocks") }));
      return;
    }
    fill(this.element,
      h("div", { class: "counts-line" }, Object.entries(found.counts).map(([status, n]) => h("span", { text: `${MARKS[status]} ${t(`check_${status}`)} ${talk.number(n)}` }))),
      madeFiles(this.shell, found.files),
      h("div", { class: "scroll tall", tabindex: "0", role: "region", "aria-label": t("tab_checks") }, h("table", { class: "plain" },
        h("thead", {}, h("tr", {}, ["result", "subject", "explanation"].map((key) => h("th", { scope: "col", text: t(key) })))),
        h("tbody", {}, found.rows.map((row) => h("tr", { class: row.status }, h("td", { class: "nowrap", text: `${MARKS[row.status]} ${t(`check_${row.status}`)}` }), h("td", { text: row.name }), h("td", { text: talk.of(row) })))))),
      found.n > found.rows.length && h("p", { class: "quiet", text: t("more_in_xlsx", { n: found.n - found.rows.length }) }));
  }
}
