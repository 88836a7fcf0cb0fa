// Opens the pages: reads what the first picture needs, draws the page that the address names, and draws anew when it changes.

import { App, placeOf } from "./app.js";
import { Blocks } from "./data/block.js";
import { Model } from "./data/model.js";
import { fill, h } from "./basics/dom.js";
import { say } from "./words/strings.js";
import { PAGES } from "./pages/all.js";

const root = document.getElementById("app");

/** The page that the address names. */
function pageOf(app) {
  return PAGES.find((page) => page.id === app.place.p) || PAGES[0];
}

function top(app) {
  const { meta, alerts } = app.model;
  const current = pageOf(app).id;
  const open = alerts.filter((one) => one.state !== "closed").length;
  const tab = (page) => h("a", { href: app.to({ p: page.id, t: "", f: "" }), "aria-current": page.id === current ? "page" : null }, app.t(page.id), page.id === "alerts" && open ? h("span", { class: "count", text: String(open) }) : null);
  const tool = (key, act) => h("button", { type: "button", class: "tool", text: app.t(key), on: { click: act } });
  return h("header", { class: "bar-top" },
    h("div", { class: "bar-line" }, h("h1", { text: `${meta.title} · ${app.t("product")}` }),
      meta.simulated ? h("span", { class: "pill simulated", text: app.t("simulated") }) : null,
      meta.set.official ? null : h("span", { class: "pill warn", title: meta.set.source, text: app.t("proposed") }),
      h("span", { class: "facts", text: `${app.name(meta.set)} · ${app.t("vintage_of", { n: meta.vintage })}` }),
      h("div", { class: "tools" },
        tool("link", async () => {
          await navigator.clipboard?.writeText(location.href).catch(() => {});
          app.tell(app.t("copied"));
        }),
        tool("print", () => window.print()),
        tool("theme", () => app.go({ theme: root.dataset.theme === "dark" ? "light" : "dark" })),
        tool("language", () => app.go({ lang: app.lang === "zh" ? "en" : "zh" })))),
    h("nav", { class: "tabs", "aria-label": app.t("pages") }, PAGES.map(tab)));
}

function theme(app) {
  const asked = app.place.theme;
  const dark = asked ? asked === "dark" : window.matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "dark" : "light";
  document.documentElement.lang = app.lang === "zh" ? "zh-CN" : "en";
}

/** What of the file a place needs beyond the first picture. */
async function needs(app) {
  const { model, place } = app;
  const page = pageOf(app);
  const jobs = [];
  if (place.l && !model.ready(place.l)) jobs.push(model.load(place.l));
  if (page.needs?.includes("firms") && !model.firmsNow) jobs.push(model.firms());
  if (page.needs?.includes("intake") && !model.intakeNow) jobs.push(model.intake());
  if (jobs.length) await Promise.all(jobs);
}

function draw(app) {
  const started = performance.now();
  theme(app);
  const page = pageOf(app);
  const held = document.activeElement?.getAttribute?.("href");
  const label = document.activeElement?.closest?.("label")?.textContent;
  const scrolled = [window.scrollX, window.scrollY];
  const main = h("main", { id: "main", tabindex: "-1" },
    h("div", { class: "print-head" }, h("h1", { text: `${app.model.meta.title} · ${app.t("product")} · ${app.t(page.id)}` })),
    page.make(app));
  fill(root, h("a", { class: "skip", href: "#main", text: app.t("skip"), on: { click: (event) => { event.preventDefault(); main.focus(); } } }),
    top(app), main, h("footer", { class: "foot" }, app.footer()), h("p", { id: "told", class: "visually-hidden", role: "status" }));
  app.settle();
  document.title = `${app.t(page.id)} · ${app.model.meta.title} · ${app.t("product")}`;
  window.scrollTo(...scrolled);
  refocus(held, label);
  root.dataset.page = page.id;
  root.dataset.took = String(Math.round(performance.now() - started));
}

/** The page is made anew at each step; whoever goes by keyboard stays where they were. */
function refocus(href, label) {
  const all = (names) => [...root.querySelectorAll(names)];
  const found = href ? all("a[href]").find((one) => one.getAttribute("href") === href) : label ? all("label").find((one) => one.textContent.slice(0, 2) === label.slice(0, 2))?.querySelector("select, input") : null;
  found?.focus({ preventScroll: true });
}

async function go(app) {
  const before = app.place.p;
  app.store.set(placeOf(location.hash));
  await needs(app);
  draw(app);
  if (app.place.p !== before) window.scrollTo(0, 0);
}

async function open() {
  const manifest = JSON.parse(document.getElementById("industrymap").textContent);
  root.querySelector(".too-old")?.remove();
  root.append(h("p", { class: "empty", text: say(manifest.lang, "loading") }));
  const blocks = new Blocks(manifest.blocks, document);
  const model = new Model(await blocks.json("model/json"), blocks);
  await Promise.all(["city", "district", "cluster"].map((level) => model.load(level)));
  const app = new App({ model, root, lang: manifest.lang });
  root.industrymap = app; // the one handle for tests
  await needs(app);
  draw(app);
  window.addEventListener("hashchange", () => go(app));
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => theme(app));
  let width = window.innerWidth;
  window.addEventListener("resize", () => {
    if (window.innerWidth === width) return;
    width = window.innerWidth;
    draw(app);
  });
  root.dataset.state = "ready";
  performance.mark("industrymap:ready");
  if (!(await blocks.complete())) return refuse(app.t("broken"));
  return model.intake();
}

function refuse(text) {
  root.dataset.state = "refused";
  fill(root, h("p", { class: "blocked", role: "alert", text }));
}

open().catch((error) => {
  let lang = "zh";
  try {
    lang = JSON.parse(document.getElementById("industrymap").textContent).lang;
  } catch {
    // cut off within its first lines: in Chinese, then
  }
  refuse(say(lang, "broken"));
  throw error;
});
