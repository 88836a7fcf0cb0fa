// A layer of the last build as a file: filtered, in any format, the whole of it or what may be published.

import { fill, h } from "../basics/dom.js";
import { button, choice, line } from "../basics/forms.js";
import { post } from "../basics/net.js";
import { inVain, madeFiles } from "./made.js";

const TICKS = ["all_columns", "names", "everything", "public"];

/** The tab of the exports. */
export class Export {
  /** @param {import("../pages/results.js").ResultsPage} page */
  constructor(page) {
    this.shell = page.shell;
    const { talk } = this.shell;
    const { t } = talk;
    const { layers, formats } = page.known;
    this.said = { layer: layers.length ? layers[0].name : "", format: "xlsx", where: "", crs: "", name: "" };
    this.made = h("div", { "aria-live": "polite" });
    const text = (key, label, placeholder) => line(label, { placeholder, name: key, change: (value) => { this.said[key] = value; } });
    const tick = (key) => h("label", { class: "tick" }, h("input", { type: "checkbox", data: { act: key }, on: { change: (event) => { this.said[key] = event.target.checked; } } }), h("span", { text: t(`export_${key}`) }));
    this.element = h("div", { class: "panel" }, layers.length ? [
      h("div", { class: "row choices" },
        choice(t("layer"), layers.map((one) => [one.name, talk.of(one)]), this.said.layer, (value) => { this.said.layer = value; }, { name: "layer" }),
        choice(t("format"), formats.map((one) => [one, one]), "xlsx", (value) => { this.said.format = value; }, { name: "format" }),
        text("where", t("filter"), t("filter_example_parks")), text("crs", t("datum"), "EPSG:4547"), text("name", t("file_name"), "")),
      h("div", { class: "row choices" }, TICKS.map(tick)),
      h("p", {}, button(t("export"), () => this.make(), { main: true, name: "export" })), this.made] : h("p", { class: "quiet", text: t("build_first") }));
  }

  async make() {
    const { talk } = this.shell;
    const done = await this.shell.attempt(() => post(this.shell.api("products/export"), { ...this.said, lang: talk.lang }));
    if (done) fill(this.made, h("p", { role: "status", text: talk.t("exported", { n: done.rows }) }), inVain(this.shell, done.absent), madeFiles(this.shell, done.files));
  }
}
