// Title, what must be said about the data, search, and the page's own buttons.

import { fill, h, icon } from "../basics/dom.js";
import { mountSearch } from "./search.js";

/** @param {HTMLElement} root @param {Object} app */
export function mountTopbar(root, app) {
  const { meta } = app.model;
  const search = h("div", { class: "search", role: "search" });
  fill(root,
    h("div", { class: "brand" },
      h("h1", { text: meta.title }),
      h("p", { class: "facts-line" },
        meta.data_date ? h("span", { text: app.t("data_date", { date: meta.data_date }) }) : null,
        meta.simulated ? h("span", { class: "pill simulated", text: app.t("simulated") }) : null,
        meta.profile === "internal" ? h("span", { class: "pill", title: app.t("internal_note"), text: app.t("internal") }) : null,
        isStale(meta) ? h("span", { class: "pill stale", title: app.t("stale", { years: Math.floor(ageDays(meta) / 365) }), text: app.t("stale", { years: Math.floor(ageDays(meta) / 365) }) }) : null)),
    search,
    h("div", { class: "tools" },
      app.tools.map((make) => make(app)),
      h("button", {
        type: "button", class: "tool text", title: app.t("language_name"), "aria-label": app.t("language_name"), text: app.t("language"),
        on: { click: () => app.store.set({ lang: app.lang === "zh" ? "en" : "zh" }) },
      })));
  mountSearch(search, app);
}

/** A button of the top bar. @param {string} name of its icon @param {string} label @param {() => void} act */
export function tool(name, label, act) {
  return h("button", { type: "button", class: "tool", title: label, "aria-label": label, on: { click: act } }, icon(name));
}

function ageDays(meta) {
  const then = Date.parse(meta.data_date.length === 4 ? `${meta.data_date}-12-31` : meta.data_date);
  return (Date.now() - then) / 864e5;
}

/** Whether the data is older than its keeper allows. @param {Object} meta */
export function isStale(meta) {
  return Boolean(meta.data_date) && ageDays(meta) > meta.stale_after_days;
}
