// The files that were written, and what each is for.

import { fill, h } from "../basics/dom.js";
import { beside } from "../basics/forms.js";
import { get } from "../basics/net.js";

const KNOWN = { "map.html": "is_map", "issues.csv": "is_issues", "geocode_review.csv": "is_review", "manifest.json": "is_manifest", "stocktake.html": "is_stocktake", "stocktake.xlsx": "is_stocktake", "checks.xlsx": "tab_checks", "pilots.xlsx": "tab_pilots", "pilots-2.xlsx": "tab_pilots", "withheld.csv": "is_withheld" };
const OF_FOLDER = { lists: "tab_lists", sheets: "tab_sheets", exports: "tab_exports", public: "is_public" };

/** The tab of the outputs. */
export class Outputs {
  /** @param {import("../pages/results.js").ResultsPage} page */
  constructor(page) {
    this.shell = page.shell;
    this.element = h("div", { class: "panel" });
  }

  async ready() {
    const { talk, id, overview } = this.shell;
    const { t } = talk;
    const found = await get(this.shell.api("results"));
    if (!found.length) {
      fill(this.element, h("p", { class: "quiet", text: t("no_results") }));
      return;
    }
    fill(this.element, h("table", { class: "plain" },
      h("thead", {}, h("tr", {}, ["file", "what_for", "size", "written", "get"].map((key) => h("th", { scope: "col", text: t(key) })))),
      h("tbody", {}, found.map((one) => h("tr", {},
        h("td", { text: one.folder ? `${one.folder}/${one.file}` : one.file }),
        h("td", { text: t(OF_FOLDER[one.folder] || KNOWN[one.file] || (one.file.endsWith(".geojson") ? "is_layer" : "is_other")) }),
        h("td", { class: "number", text: talk.size(one.bytes) }),
        h("td", { class: "number", text: new Date(one.when * 1000).toLocaleString(talk.lang === "zh" ? "zh-CN" : "en-GB") }),
        h("td", { class: "row" }, !one.folder && one.file === "map.html" && overview.map ? beside(`/w/${id}/map`, t("open_map"), "link") : one.file.endsWith(".html") && beside(`/w/${id}/see/${one.id}`, t("look"), "link"),
          h("a", { class: "link", href: `/w/${id}/out/${one.id}`, download: true }, t("save"))))))));
  }
}
