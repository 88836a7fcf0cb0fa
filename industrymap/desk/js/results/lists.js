// Lists of firms by rule: made, with the reason of each firm, and what changed since the version before.

import { fill, h } from "../basics/dom.js";
import { button, choice } from "../basics/forms.js";
import { post } from "../basics/net.js";

/** The tab of the lists. */
export class Lists {
  /** @param {import("../pages/results.js").ResultsPage} page */
  constructor(page) {
    this.page = page;
    this.shell = page.shell;
    this.made = {};
    this.table = h("div", { class: "panel" });
    this.one = h("div", { class: "one-list", "aria-live": "polite" });
    this.element = h("div", {}, h("p", { class: "row" }, button(this.shell.talk.t("make_all"), () => this.make([]), { main: true, name: "make-lists" })), this.table, this.one);
  }

  ready() {
    const { talk } = this.shell;
    const { t } = talk;
    const { lists } = this.page.known;
    fill(this.table, lists.length ? h("table", { class: "plain" },
      h("thead", {}, h("tr", {}, ["list", "rule", "versions", "get"].map((key) => h("th", { scope: "col", text: t(key) })))),
      h("tbody", {}, lists.map((one) => h("tr", {},
        h("th", { scope: "row" }, talk.of(one), !one.official && h("p", { class: "quiet", text: t("proposal") })),
        h("td", {}, h("code", { text: one.where })),
        h("td", {}, one.versions.length ? t("latest_of", { on: one.versions[0].on, n: one.versions.length }) : t("no_version"), this.made[one.id] && h("p", { class: "quiet", text: this.came(this.made[one.id]) })),
        h("td", { class: "row" }, button(t("make"), () => this.make([one.id]), { name: `make-${one.id}` }),
          one.versions.length > 0 && button(t("reasons"), () => this.show(one), { name: `show-${one.id}` }),
          one.output && h("a", { class: "act", href: `/w/${this.shell.id}/out/${one.output}`, download: true }, "xlsx")))))) : h("p", { class: "quiet", text: t("build_first") }));
  }

  came(made) {
    const { t } = this.shell.talk;
    return made.first ? t("list_first", { n: made.firms }) : t("list_came", { n: made.firms, entered: made.entered, left: made.left, changed: made.changed });
  }

  async make(ids) {
    const done = await this.shell.attempt(() => post(this.shell.api("products/lists"), { ids, lang: this.shell.talk.lang }));
    if (!done) return;
    this.page.known.lists = done.lists;
    for (const one of done.made) this.made[one.id] = one;
    fill(this.one);
    this.ready();
  }

  async show(list, version = "") {
    const { talk } = this.shell;
    const { t } = talk;
    const found = await this.shell.attempt(() => post(this.shell.api("products/list"), { id: list.id, version }));
    if (!found) return;
    fill(this.one, h("div", { class: "row spread" }, h("h3", { text: `${talk.of(list)} · ${t("firms_n", { n: found.n })}` }),
      choice(t("versions"), list.versions.map((one) => [one.sha, `${one.on} ${one.sha}`]), found.version, (sha) => this.show(list, sha), { name: "version" })),
    found.changes.length > 0 && h("section", {}, h("h3", { text: t("since_version_before") }), h("ul", { class: "lines" }, found.changes.map((one) => h("li", {}, h("b", { text: t(`list_${one.change}`) }), ` ${one.name}`, one.column && `：${one.column} ${one.before} → ${one.after}`)))),
    h("div", { class: "scroll tall", tabindex: "0", role: "region", "aria-label": talk.of(list) }, h("table", { class: "plain" },
      h("thead", {}, h("tr", {}, ["enterprise", "district", "reason"].map((key) => h("th", { scope: "col", text: t(key) })))),
      h("tbody", {}, found.rows.map((row) => h("tr", {}, h("td", { text: row.name }), h("td", { text: row.district }), h("td", { text: talk.of(row) })))))),
    found.n > found.rows.length && h("p", { class: "quiet", text: t("more_in_xlsx", { n: found.n - found.rows.length }) }));
  }
}
