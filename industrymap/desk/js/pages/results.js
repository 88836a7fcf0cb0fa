// Results: the files that were written, what each is for, and what the doctor says.

import { fill, h } from "../basics/dom.js";
import { beside, button } from "../basics/forms.js";
import { get } from "../basics/net.js";

const KNOWN = { "map.html": "is_map", "issues.csv": "is_issues", "geocode_review.csv": "is_review", "manifest.json": "is_manifest", "stocktake.html": "is_stocktake", "stocktake.xlsx": "is_stocktake" };
const MARKS = { fine: "✓", info: "·", do: "!", unusable: "✗" };

/** The page of the outputs. */
export class ResultsPage {
  /** @param {import("../shell.js").Shell} shell */
  constructor(shell) {
    this.shell = shell;
    const { t } = shell.talk;
    this.list = h("div", { class: "panel" });
    this.health = h("ul", { class: "panel lines", hidden: true, "aria-live": "polite" });
    this.element = h("div", {}, h("h2", { text: t("results") }), this.list,
      h("h2", { text: t("doctor") }), h("p", {}, button(t("examine"), () => this.examine(), { name: "doctor" })), this.health);
  }

  async ready() {
    const { talk, id, overview } = this.shell;
    const { t } = talk;
    const found = await get(this.shell.api("results"));
    if (!found.length) {
      fill(this.list, h("p", { class: "quiet", text: t("no_results") }));
      return;
    }
    fill(this.list, h("table", { class: "plain" },
      h("thead", {}, h("tr", {}, ["file", "what_for", "size", "written", "get"].map((key) => h("th", { scope: "col", text: t(key) })))),
      h("tbody", {}, found.map((one) => h("tr", {},
        h("td", { text: one.file }),
        h("td", { text: t(KNOWN[one.file] || (one.file.endsWith(".geojson") ? "is_layer" : "is_other")) }),
        h("td", { class: "number", text: talk.size(one.bytes) }),
        h("td", { class: "number", text: new Date(one.when * 1000).toLocaleString(talk.lang === "zh" ? "zh-CN" : "en-GB") }),
        h("td", {}, one.file === "map.html" && overview.map && beside(`/w/${id}/map`, t("open_map"), "link"), h("a", { class: "link", href: `/w/${id}/out/${one.id}`, download: true }, t("save"))))))));
  }

  async examine() {
    const found = await this.shell.attempt(() => get(this.shell.api("doctor")));
    if (!found) return;
    this.health.hidden = false;
    fill(this.health, found.map((one) => h("li", { class: one.level, text: `${MARKS[one.level]} ${this.shell.talk.of(one)}` })));
  }
}
