// Home: the workspaces there are, the sample in one click, and a new one.

import { fill, h } from "../basics/dom.js";
import { button, choice, line } from "../basics/forms.js";
import { get, post } from "../basics/net.js";

/** The first page. */
export class HomePage {
  /** @param {import("../shell.js").Shell} shell */
  constructor(shell) {
    this.shell = shell;
    this.list = h("div", { class: "cards" });
    this.making = h("div", { class: "quiet", "aria-live": "polite" });
    this.form = h("form", { class: "panel form", on: { submit: (event) => this.create(event) } });
    const { t } = shell.talk;
    this.element = h("div", { class: "home" },
      h("section", {}, h("h2", { text: t("workspaces") }), this.list, h("p", { class: "row" }, button(t("sample"), () => this.sample(), { name: "sample" }), this.making)),
      h("section", {}, h("h2", { text: t("new_workspace") }), this.form));
  }

  async ready() {
    const desk = await get("/api/desk");
    const { t } = this.shell.talk;
    fill(this.list, desk.workspaces.length ? desk.workspaces.map((one) => this.card(one)) : h("p", { class: "quiet", text: t("no_workspaces") }));
    this.told();
    const cities = await get("/api/desk/cities");
    this.city = cities.length ? cities[0].id : "";
    fill(this.form,
      line(t("title"), { name: "title", placeholder: t("title_example") }),
      line(t("producer"), { name: "producer" }),
      choice(t("city"), cities.map((c) => [c.id, this.shell.talk.of(c)]), this.city, (value) => { this.city = value; }, { name: "city" }),
      h("button", { type: "submit", class: "act main", data: { act: "create" } }, t("create")));
  }

  card(one) {
    const { t } = this.shell.talk;
    const forget = async () => {
      await this.shell.attempt(() => post("/api/desk/forget", { id: one.id }));
      await this.ready();
    };
    return h("div", { class: "panel card" },
      h("a", { class: "card-title", href: `#/w/${one.id}/files` }, one.title),
      h("p", { class: "quiet" }, one.folder, one.simulated && ` · ${t("simulated")}`, one.built && ` · ${t("has_map")}`),
      h("button", { type: "button", class: "small", on: { click: forget } }, t("forget")));
  }

  async sample() {
    await this.shell.attempt(() => post("/api/desk/sample"));
    this.wanted = true;
  }

  async create(event) {
    event.preventDefault();
    const said = Object.fromEntries(new FormData(this.form));
    const made = await this.shell.attempt(() => post("/api/desk/new", { ...said, city: this.city }));
    if (made) location.hash = `#/w/${made.id}/files`;
  }

  told() {
    const { making } = this.shell.news;
    const { talk } = this.shell;
    if (!making) return;
    if (making.state === "running") this.making.textContent = talk.t("making_sample", { seconds: Math.round(making.seconds) });
    if (making.state === "failed") this.making.textContent = talk.of(making.error);
    if (making.state !== "done") return;
    this.making.textContent = "";
    // Only who asked for it here is taken there.
    if (this.wanted) location.hash = `#/w/${making.result}/build`;
  }
}
