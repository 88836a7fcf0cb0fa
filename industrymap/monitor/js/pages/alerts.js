// Alerts: what the rules found, each with its reason, owner and state; and the rules themselves.

import { h } from "../basics/dom.js";
import { alertLink, areaName, why } from "./parts.js";

/** @param {Object} app @returns {Node[]} */
export function alerts(app) {
  const { model } = app;
  const rule = new Map(model.rules.map((one) => [one.id, one]));
  const area = app.place.d;
  const shown = model.alerts.filter((one) => (!app.place.q || one.rule === app.place.q) && (!area || one.unit === area));
  const districts = model.levelOf.get("district");
  const owner = (one) => (app.lang === "zh" || one.owner !== rule.get(one.rule).owner ? one.owner : rule.get(one.rule).owner_en) || app.t("unknown");
  const head = ["area", "reason", "rule", "period", "owner", "state", "note"];
  return [
    h("div", { class: "controls" },
      app.select(app.t("rule"), [{ value: "", text: app.t("all") }, ...model.rules.map((one) => ({ value: one.id, text: `${app.name(one)} (${model.alerts.filter((a) => a.rule === one.id).length})` }))], app.place.q, (value) => app.go({ q: value })),
      districts ? app.select(app.t("district"), [{ value: "", text: app.t("all") }, ...districts.codes.map((code, at) => ({ value: code, text: districts.names[at] }))], area, (value) => app.go({ d: value })) : null),
    h("section", { class: "box" }, h("div", { class: "box-head" }, h("h2", { text: `${app.t("alerts")} · ${shown.length}` })), h("p", { class: "sub", text: app.t("alert_note") }),
      shown.length ? h("div", { class: "table-wrap", tabindex: "0", role: "region", "aria-label": app.t("alerts") }, h("table", {},
        h("thead", {}, h("tr", {}, head.map((key) => h("th", { scope: "col", text: app.t(key) })))),
        h("tbody", {}, shown.map((one) => h("tr", {},
          h("th", { scope: "row", class: "tight", text: areaName(app, one.level, one.unit) }),
          h("td", { class: "wide" }, h("a", { class: "text-link", href: alertLink(app, one), text: why(app, one) })),
          h("td", { class: "wide" }, h("span", { class: `weight-${rule.get(one.rule).weight}` }, app.name(rule.get(one.rule))), rule.get(one.rule).official ? null : h("span", { class: "sub", text: ` ${app.t("proposed")}` })),
          h("td", { text: app.when(one.period) }),
          h("td", { text: owner(one) }), h("td", {}, h("span", { class: `pill ${one.state === "new" ? "bad" : ""}`, text: app.t(`state_${one.state}`) })), h("td", { text: one.note })))))) : h("p", { class: "empty", text: app.t("none") })),
  ];
}
