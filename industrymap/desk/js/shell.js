// The frame around every page: where one is, where one can go, what is being done, and what went wrong.

import { fill, h } from "./basics/dom.js";
import { get, post } from "./basics/net.js";
import { BuildPage } from "./pages/build.js";
import { ChangesPage } from "./pages/changes.js";
import { FilesPage } from "./pages/files.js";
import { HomePage } from "./pages/home.js";
import { IssuesPage } from "./pages/issues.js";
import { PlacesPage } from "./pages/places.js";
import { ResultsPage } from "./pages/results.js";
import { SettingsPage } from "./pages/settings.js";
import { Talk } from "./words/talk.js";

const PAGES = { files: FilesPage, build: BuildPage, issues: IssuesPage, places: PlacesPage, changes: ChangesPage, results: ResultsPage, settings: SettingsPage };
const ADDRESS = /^#\/w\/([0-9a-f]+)\/([a-z]+)$/;

/** What pages are given: the language, the workspace, and the news. */
export class Shell {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.talk = new Talk();
    this.news = { jobs: {}, making: null };
    this.id = "";
    this.page = null;
    this.overview = null;
    this.opened = new Set();
    window.addEventListener("hashchange", () => this.route());
    document.addEventListener("keydown", (event) => this.key(event));
    // A file that is dropped beside the place for files must not replace the page.
    for (const kind of ["dragover", "drop"]) document.addEventListener(kind, (event) => event.preventDefault());
  }

  /** Listen to the news, and show the page that the address names. */
  start() {
    const source = new EventSource("/api/events");
    source.addEventListener("message", (event) => {
      this.news = JSON.parse(event.data);
      if (this.page && this.page.told) this.page.told();
    });
    this.route();
  }

  /** @returns {object|null} the job of the workspace that is shown */
  get job() {
    return this.news.jobs[this.id] || null;
  }

  /** A kind of long work of this workspace. @param {string} kind @returns {object|null} */
  jobOf(kind) {
    return this.job && this.job.kind === kind ? this.job : null;
  }

  /** The address of something of this workspace. @param {string} name @returns {string} */
  api(name) {
    return `/api/w/${this.id}/${name}`;
  }

  /** Show the page that the address names. */
  async route() {
    const [, id, name] = ADDRESS.exec(location.hash) || [];
    const Page = PAGES[name];
    if (this.page && this.page.leave) this.page.leave();
    this.page = null;
    this.id = Page ? id : "";
    try {
      if (Page && !this.opened.has(id)) {
        await post(`/api/w/${id}/open`);
        this.opened.add(id);
      }
      this.overview = Page ? await get(this.api("overview")) : null;
    } catch (refused) {
      this.id = "";
      this.show(new HomePage(this), "home");
      this.refuse(refused);
      return;
    }
    this.show(Page ? new Page(this) : new HomePage(this), Page ? name : "home");
  }

  /** Do something that can be refused: then the reason is shown. @param {() => Promise<any>} act @returns {Promise<any>} what it gave, or `undefined` */
  async attempt(act) {
    this.clear();
    try {
      return await act();
    } catch (refused) {
      this.refuse(refused);
      return undefined;
    }
  }

  /** Say why something was not done. @param {Error & {said?: {zh: string, en: string}}} refused */
  refuse(refused) {
    if (!this.alert) fill(this.root, (this.alert = h("div", { class: "alert", role: "alert" })));
    this.alert.textContent = refused.said ? this.talk.of(refused.said) : String(refused.message || refused);
    this.alert.hidden = false;
  }

  /** Take the reason away. */
  clear() {
    if (this.alert) this.alert.hidden = true;
  }

  show(page, name) {
    const { t } = this.talk;
    this.page = page;
    this.name = name;
    this.alert = h("div", { class: "alert", role: "alert", hidden: true });
    document.documentElement.lang = this.talk.lang === "zh" ? "zh-CN" : "en";
    document.title = this.overview ? `${t(name)} · ${this.overview.title}` : t("desk");
    fill(this.root, this.top(), h("div", { class: this.id ? "frame" : "frame alone" }, this.id && this.menu(name), h("main", { class: "page", "aria-label": t(name) }, this.alert, page.element)));
    if (page.ready) this.attempt(() => page.ready());
  }

  top() {
    const { t, lang } = this.talk;
    const other = lang === "zh" ? "en" : "zh";
    const change = () => {
      this.talk.choose(other);
      this.route();
    };
    return h("header", { class: "bar" },
      h("a", { class: "bar-home", href: "#/" }, t("desk")),
      this.overview && h("h1", { text: this.overview.title }),
      this.overview && this.overview.simulated && h("span", { class: "pill", text: t("simulated") }),
      h("button", { type: "button", class: "bar-language", lang: other === "zh" ? "zh-CN" : "en", on: { click: change } }, t("other_language")));
  }

  menu(name) {
    const { t } = this.talk;
    return h("nav", { class: "menu", "aria-label": t("pages") },
      Object.keys(PAGES).map((page) => h("a", { href: `#/w/${this.id}/${page}`, "aria-current": page === name ? "page" : undefined, data: { page } }, t(page))));
  }

  key(event) {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (!typing && !event.ctrlKey && !event.metaKey && !event.altKey && this.page && this.page.key) this.page.key(event);
  }
}
