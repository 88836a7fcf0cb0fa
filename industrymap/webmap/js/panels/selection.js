// The right panel: what is selected, in figures; charts; table.

import { fill, h, icon, sync, write } from "../basics/dom.js";
import { mountCharts } from "./charts.js";
import { mountTable } from "./table.js";
import { aged, standing, total } from "../data/summary.js";

const MU = 2000 / 3;

/** The share of firms without an industry code from which it is said beside their number. */
const UNCODED = 0.1;

/** @param {HTMLElement} root @param {Object} app */
export function mountSelection(root, app) {
  const figures = h("div", { class: "figures" });
  const subjects = h("div", { class: "segments", role: "group", "aria-label": app.t("selection") });
  const tabs = h("div", { class: "tab-list", role: "tablist", "aria-label": app.t("selection") });
  const body = h("div", { class: "tab-body", role: "tabpanel" });
  const widen = h("button", { type: "button", class: "widen", "aria-pressed": "false", on: { click: () => app.store.set({ wide: !app.store.state.wide }) } });
  const drawWiden = () => {
    const { wide } = app.store.state;
    fill(widen, icon(wide ? "shrink" : "expand"));
    widen.title = app.t(wide ? "reduce" : "enlarge");
    widen.setAttribute("aria-label", widen.title);
    widen.setAttribute("aria-pressed", String(wide));
  };
  app.live(app.store.watch(["wide"], drawWiden));
  drawWiden();
  fill(root, figures, subjects, h("div", { class: "tabs" }, tabs, widen), body);
  mountFigures(figures, app);
  for (const layer of app.model.subjects) {
    const number = h("span", { class: "number" });
    const button = h("button", { type: "button", on: { click: () => app.store.set({ subject: layer.id }) } }, h("span", { text: layer.label(app.lang) }), number);
    const draw = () => {
      button.setAttribute("aria-pressed", String(app.store.state.subject === layer.id));
      number.textContent = app.format.count(app.engine.result(layer.id).count);
    };
    app.live(app.store.watch(["subject"], draw));
    app.live(app.engine.watch(draw));
    draw();
    subjects.append(button);
  }
  const kinds = app.tabs;
  for (const kind of kinds) {
    tabs.append(h("button", {
      type: "button", role: "tab", data: { tab: kind.id }, on: { click: () => app.store.set({ tab: kind.id }) },
    }, icon(kind.icon), h("span", { text: app.t(kind.id) })));
  }
  let unmount = () => {};
  const draw = () => {
    unmount();
    const { tab, subject } = app.store.state;
    for (const button of tabs.children) {
      const on = button.dataset.tab === tab;
      button.setAttribute("aria-selected", String(on));
      button.tabIndex = on ? 0 : -1;
    }
    fill(body);
    const kind = kinds.find((k) => k.id === tab) || kinds[0];
    body.setAttribute("aria-label", app.t(kind.id));
    unmount = (app.model.layer(subject) && kind.mount(body, app)) || (() => {});
    if (!app.model.subjects.length) fill(body, h("p", { class: "empty-note", text: app.t("no_data") }));
  };
  tabs.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const i = kinds.findIndex((k) => k.id === app.store.state.tab);
    app.store.set({ tab: kinds[(i + step + kinds.length) % kinds.length].id });
    [...tabs.children].find((b) => b.getAttribute("aria-selected") === "true")?.focus();
  });
  app.live(app.store.watch(["tab", "subject"], draw));
  draw();
  app.live(() => unmount());
}

/** Tabs of the right panel that come with the core. */
export const CORE_TABS = [
  { id: "overview", icon: "chart", mount: mountCharts },
  { id: "table", icon: "table", mount: mountTable },
];

/** The figures of the selection, each with the number of rows it rests on. */
function mountFigures(root, app) {
  const draw = () => {
    sync(root, figures(app), (f) => f.key,
      (f) => h("div", {},
        h("span", { class: "figure-name" }), h("span", { class: "figure-value" }, h("b", {}), h("i", {})), h("span", { class: "figure-note" })),
      (element, f) => {
        element.className = `figure ${f.kind || ""}`;
        write(element.children[0], f.name);
        write(element.children[1].children[0], f.value);
        write(element.children[1].children[1], f.unit);
        write(element.children[2], f.note);
      });
  };
  app.live(app.engine.watch(draw));
  app.live(app.store.watch(["subject"], draw));
  draw();
  // not needed for the first picture, and said as soon as they are there
  app.model.firms?.columns.load(["year", "industry_code"].filter((name) => app.model.firms.columns.has(name))).then(draw);
}

/** The figures of the selection: name, value, unit, and what they rest on. @param {Object} app */
export function figures(app) {
  const { model, engine, format, t } = app;
  const firms = model.firms;
  const areal = arealOf(app);
  const out = areal ? [countOf(app, areal), landOf(app, areal)].filter(Boolean) : [];
  if (!firms) return [...out, ...totals(app)];
  out.push(firmsOf(app, firms));
  const old = agedText(app);
  for (const [field, key] of [["revenue_10k_cny", "revenue"], ["tax_10k_cny", "tax"], ["staff", "jobs"]]) {
    const column = firms.columns.column(field);
    if (!column) continue;
    const found = total(column.values, engine.result(firms.id).mask);
    const shown = field === "staff" ? staffOf(format, found.sum, t) : format.money(found.sum);
    // a sum over a few firms that happened to report would be quoted as that of all
    const how = standing(found.known, found.of);
    const hidden = !found.known || how === "hardly";
    out.push({ key, kind: how ? "partial" : "", name: t(key), value: hidden ? format.none : shown.value, unit: hidden ? "" : shown.unit, note: [how === "partial" ? coverage(app, found, "partial") : coverage(app, found), hidden ? "" : old].filter(Boolean).join(t("sentence_joint")) });
  }
  return out;
}

/** That some of the selected firms have their last figures from earlier years, or nothing. @param {Object} app @returns {string} */
export function agedText(app) {
  const { firms } = app.model;
  const found = firms ? aged(firms, app.engine.result(firms.id).mask) : null;
  if (!found) return "";
  return app.t("aged", { n: app.format.count(found.n), years: found.from === found.to ? String(found.from) : `${found.from}–${found.to}` });
}

/** The firms selected; all are of the base, and where many have no industry code nobody has checked what they make. */
function firmsOf(app, firms) {
  const out = countOf(app, firms);
  if (firms.columns.has("in_base")) out.name = app.t("base_firms");
  const codes = firms.columns.has("industry_code") ? firms.columns.column("industry_code")?.codes : null;
  if (!codes) return out;
  const { mask, count } = app.engine.result(firms.id);
  let unknown = 0;
  for (let i = 0; i < mask.length; i++) unknown += mask[i] && !codes[i] ? 1 : 0;
  if (unknown > UNCODED * count) out.note = app.t("no_industry", { n: app.format.count(unknown) });
  return out;
}

/** What a page without firms says of all of them; no filter changes it. */
function totals({ model, format, t }) {
  const given = model.meta.totals;
  if (!given) return [];
  const note = (field) => t("total_of", { n: format.count(given[field ? `n_${field}` : "firms"]) });
  const out = [{ key: "firms", name: t("base_firms"), value: format.count(given.firms), unit: "", note: t("total_all") }];
  for (const [field, key] of [["revenue_10k_cny", "revenue"], ["tax_10k_cny", "tax"], ["staff", "jobs"]]) {
    if (given[field] === undefined) continue;
    const shown = field === "staff" ? staffOf(format, given[field], t) : format.money(given[field]);
    out.push({ key, name: t(key), value: shown.value, unit: shown.unit, note: note(field) });
  }
  return out;
}

/** The areas whose number and land are shown: those of the subject, else those that are ranked, else any. */
function arealOf(app) {
  const subject = app.model.layer(app.store.state.subject);
  if (subject?.shapes) return subject;
  return app.model.parks || app.model.subjects.find((layer) => layer.shapes);
}

function staffOf(format, sum, t) {
  if (format.lang === "zh" && sum >= 1e5) return { value: format.number(sum / 1e4, 1), unit: "万人" };
  return { value: format.count(sum), unit: t("jobs_unit") };
}

function countOf(app, layer) {
  const { count } = app.engine.result(layer.id);
  return {
    key: layer.id, kind: "lead", name: layer.label(app.lang), value: app.format.count(count),
    unit: layer.view[`unit_${app.lang}`] || "", note: app.t("of_total", { n: app.format.count(app.engine.size(layer.id)) }),
  };
}

function landOf(app, layer) {
  const { t, format } = app;
  const field = ["land_area_m2", "area_m2", "land_area_reported_m2", "area_reported_m2"].find((f) => layer.columns.column(f));
  if (!field) return null;
  const found = total(layer.columns.column(field).values, app.engine.result(layer.id).mask);
  const shown = format.area(found.sum);
  const mu = found.sum / MU;
  const inMu = app.lang === "zh" && mu >= 1e5 ? t("wan_mu", { n: format.number(mu / 1e4, 1) }) : t("mu", { n: format.number(mu, 0) });
  return { key: "land", name: t("land"), value: shown.value, unit: shown.unit, note: found.known < found.of ? coverage(app, found, "covers_parks") : inMu };
}

function coverage(app, found, key = found.known && found.known === found.of ? "covers_all" : "covers") {
  return app.t(key, { known: app.format.count(found.known), of: app.format.count(found.of) });
}
