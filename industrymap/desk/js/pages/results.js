// Results: what was written, and what can be made of the last build, each on a tab of its own.

import { fill, h } from "../basics/dom.js";
import { button } from "../basics/forms.js";
import { get } from "../basics/net.js";
import { BlockChecks } from "../results/checks.js";
import { Export } from "../results/export.js";
import { Lists } from "../results/lists.js";
import { Outputs } from "../results/outputs.js";
import { Pilots } from "../results/pilots.js";
import { Public } from "../results/public.js";
import { Sheets } from "../results/sheets.js";
import { StockTake } from "../results/stocktake.js";

const TABS = { outputs: Outputs, lists: Lists, stocktake: StockTake, sheets: Sheets, checks: BlockChecks, pilots: Pilots, exports: Export, public: Public };
const MARKS = { fine: "✓", info: "·", do: "!", unusable: "✗" };

/** The page of the outputs. */
export class ResultsPage {
  /** @param {import("../shell.js").Shell} shell */
  constructor(shell) {
    this.shell = shell;
    const { t } = shell.talk;
    this.tabs = h("nav", { class: "tabs", "aria-label": t("results") });
    this.place = h("section", { class: "tab" });
    this.health = h("ul", { class: "panel lines", hidden: true, "aria-live": "polite" });
    this.element = h("div", {}, this.tabs, this.place);
  }

  async ready() {
    this.known = await get(this.shell.api("products"));
    await this.show("outputs");
  }

  /** Show a tab. @param {string} name */
  async show(name) {
    const { t } = this.shell.talk;
    this.shell.clear();
    fill(this.tabs, [...Object.keys(TABS), "doctor"].map((tab) => h("button", { type: "button", class: "tab-name", "aria-pressed": tab === name ? "true" : "false", data: { tab }, on: { click: () => this.shell.attempt(() => this.show(tab)) } }, t(`tab_${tab}`))));
    this.tab = name === "doctor" ? this.doctor() : new TABS[name](this);
    fill(this.place, this.tab.element);
    if (this.tab.ready) await this.tab.ready();
  }

  /** Say what is going on to the tab that shows it. */
  told() {
    if (this.tab && this.tab.told) this.tab.told();
  }

  doctor() {
    const { t } = this.shell.talk;
    return { element: h("div", {}, h("p", {}, button(t("examine"), () => this.examine(), { name: "doctor" })), this.health) };
  }

  async examine() {
    const found = await this.shell.attempt(() => get(this.shell.api("doctor")));
    if (!found) return;
    this.health.hidden = false;
    fill(this.health, found.map((one) => h("li", { class: one.level, text: `${MARKS[one.level]} ${this.shell.talk.of(one)}` })));
  }
}
