// The sheet of one park, block, firm or district, and the list of firms in a bubble.

import { fill, h, icon } from "../basics/dom.js";
import { inkOf } from "../map/coloring.js";
import { firmList, relatedSections } from "./related.js";
import { bubbleTitle } from "./tooltip.js";
import { unitAfter } from "../words/format.js";

const HIDDEN = new Set(["name", "source_row", "block_issues"]);

/** @param {HTMLElement} root @param {Object} app */
export function mountDetails(root, app) {
  const draw = async () => {
    const { picked, bubble } = app.store.state;
    root.hidden = !picked && !bubble;
    if (picked) await drawOne(root, app, picked);
    else if (bubble) await drawMany(root, app, bubble);
    else fill(root);
  };
  app.live(app.store.watch(["picked", "bubble"], draw));
  draw();
}

async function drawOne(root, app, picked) {
  const layer = app.model.layer(picked.layer);
  const names = [...layer.columns.own];
  await layer.columns.ready(names, [picked.row]);
  if (app.store.state.picked !== picked) return;
  const value = (name) => layer.columns.value(name, picked.row);
  const shown = (name) => app.show(layer, name, value(name));
  const title = value("name") || value("park_id") || value("block_id") || value("code") || "";
  const where = ["district", "town", "village"].map(value).filter(Boolean).join(" · ");
  const reasons = ["route_reasons", "block_reasons"].map((name) => value(app.lang === "zh" ? name : `${name}_en`)).find(Boolean);
  const facts = layer.listed("facts").filter((n) => value(n) !== null && value(n) !== undefined);
  const close = h("button", { type: "button", class: "icon-button", "aria-label": app.t("close"), title: app.t("close"), on: { click: () => app.clearPick() } }, icon("close"));
  fill(root,
    h("header", { class: "sheet-head" },
      h("div", { class: "sheet-title" },
        h("span", { class: "kind", text: layer.label(app.lang) }),
        h("h2", { text: title, tabindex: "-1" }),
        where ? h("p", { class: "where", text: where }) : null),
      close),
    h("div", { class: "sheet-body" },
      badges(app, layer, value),
      h("div", { class: "actions" },
        h("button", { type: "button", class: "button", on: { click: () => app.stage.show(layer.id, picked.row) } }, icon("pin"), h("span", { text: app.t("zoom_to") })),
        ...app.sheetActions.map((make) => make(app, layer, picked.row, value))),
      layer.counted ? position(app, layer, value) : null,
      facts.length ? h("section", {}, h("h3", { text: app.t("facts") }), h("dl", { class: "facts" }, facts.map((n) => fact(app, layer, n, value))), gaps(app, layer, value)) : null,
      reasons ? h("section", {}, h("h3", { text: app.t("reasons") }), h("p", { class: "prose", text: reasons })) : null,
      ...(await Promise.all(app.sheetSections.map((make) => make(app, layer, picked.row, value)))),
      ...(await relatedSections(app, layer, picked.row)),
      h("details", { class: "folding all-fields" },
        h("summary", {}, icon("right"), h("h3", { text: app.t("all_fields") })),
        h("dl", { class: "pairs" }, names.filter((n) => !HIDDEN.has(n) && (app.lang === "en" ? !names.includes(`${n}_en`) : !(n.endsWith("_en") && names.includes(n.slice(0, -3)))) && value(n) !== null && value(n) !== undefined && value(n) !== "")
          .map((n) => [h("dt", { text: layer.fieldLabel(n, app.lang) }), h("dd", { text: `${shown(n)}${layer.kind(n) === "num" && layer.unit(n, app.lang) ? ` ${unitAfter(shown(n), layer.unit(n, app.lang))}` : ""}` })])))));
  root.scrollTop = 0;
}

function fact(app, layer, name, valueOf) {
  const { format } = app;
  const value = valueOf(name);
  let [text, unit] = [app.show(layer, name, value), layer.unit(name, app.lang)];
  if (name === "industry_code") unit = app.model.manifest.industries?.[value] || "";
  if (name.startsWith("floor_area")) ({ value: text, unit } = format.floor(value));
  else if (name.endsWith("area_m2") || name.endsWith("area_reported_m2")) ({ value: text, unit } = format.land(value));
  else if (name.endsWith("10k_cny") && !name.includes("per_")) ({ value: text, unit } = format.money(value));
  else if (unit.startsWith("10k yuan/")) [text, unit] = [format.number(value * 1e4, 0), unit.replace("10k ", "")];
  else if (name.endsWith("_share") || name === "block_overlap") [text, unit] = [format.percent(value), ""];
  const source = sourceOf(app, layer, name, valueOf);
  const partial = typeof valueOf(`n_${name}`) === "number" && valueOf(`n_${name}`) < valueOf("base_firms");
  return h("div", { class: partial ? "fact partial" : "fact" }, h("dt", { text: layer.fieldLabel(name, app.lang) }), h("dd", {}, h("b", { text }), unit ? h("i", { text: unitAfter(text, unit) }) : null), source ? h("dd", { class: "fact-source", text: source }) : null);
}

/** Where a figure is from, where two sources speak of the same thing. */
function sourceOf(app, layer, name, value) {
  const { format, t } = app;
  if (name === "base_firms" && value("firms") > value(name)) {
    return t("firms_all", { all: format.count(value("firms")), below: format.count(value("firms") - value(name)) });
  }
  const checks = checksOf(app, layer, value);
  if (checks.some((one) => one.reported === name)) return t("from_reported");
  // a sum over some of the firms would be read as that of all
  const known = value(`n_${name}`);
  if (name.startsWith("base_") && typeof known === "number" && known < value("base_firms")) return t("covers", { known: format.count(known), of: format.count(value("base_firms")) });
  const summed = checks.find((one) => one.summed === name);
  return summed ? t("from_firms", { n: format.count(value(summed.known) ?? 0) }) : "";
}

/** The pairs of figures, reported and added up, of which a park has both. */
function checksOf(app, layer, value) {
  const { checks } = app.model.manifest;
  return layer === app.model.parks ? (checks?.cross || []).filter((one) => typeof value(one.reported) === "number" && typeof value(one.summed) === "number") : [];
}

/** What is said where the two are farther apart than the limits of a build allow. */
function gaps(app, layer, value) {
  const { format, t } = app;
  const wrong = checksOf(app, layer, value).filter(({ reported, summed, over }) => value(reported) > 0 && value(summed) > over * value(reported));
  return wrong.map(({ reported, summed, known }) => {
    const times = value(summed) / value(reported);
    const money = (name) => Object.values(format.money(value(name))).join(" ");
    return h("p", { class: "hint gap-note", text: t("cross_gap", {
      name: layer.fieldLabel(reported, app.lang), factor: format.number(times, times >= 10 ? 0 : 1), stated: money(reported), sum: money(summed), n: format.count(value(known) ?? 0),
    }) });
  });
}

function badges(app, layer, value) {
  const out = [];
  for (const field of ["route", "level", "cluster", "size_class", "project_status"]) {
    const word = value(field);
    if (!word || !layer.columns.has(field) || layer.kind(field) !== "dict") continue;
    const category = layer.categories(field).find((c) => c.word === word);
    out.push(h("span", { class: "badge" }, h("span", { class: "swatch", style: { "--swatch": inkOf(app, layer, category.color) } }), layer.wordLabel(field, word, app.lang)));
  }
  for (const word of String(value("tiers") || "").split(";").filter(Boolean)) out.push(h("span", { class: "badge quiet", text: word }));
  if (value("pilot_eligible") === true) out.push(h("span", { class: "badge quiet", text: layer.fieldLabel("pilot_eligible", app.lang) }));
  return out.length ? h("p", { class: "badges" }, out) : null;
}

function position(app, layer, value) {
  const level = value("geocode_level");
  if (!level) return h("p", { class: "hint", text: app.t("position_unknown") });
  const radius = value("geocode_radius_m");
  const coarse = ["village", "town", "district"].includes(level);
  const text = app.t(coarse ? "position" : "position_exact", { level: layer.wordLabel("geocode_level", level, app.lang), radius: radius === null || radius === undefined ? "—" : app.format.distance(radius) });
  return h("p", { class: `hint place ${["village", "town", "district"].includes(level) ? "coarse" : ""}` }, icon("pin"), h("span", { text }));
}

async function drawMany(root, app, bubble) {
  const { rows } = bubble;
  const list = await firmList(app, rows);
  if (app.store.state.bubble !== bubble) return;
  fill(root,
    h("header", { class: "sheet-head" },
      h("div", { class: "sheet-title" }, h("h2", { tabindex: "-1", text: bubbleTitle(app, bubble) })),
      h("button", { type: "button", class: "icon-button", "aria-label": app.t("close"), on: { click: () => app.clearPick() } }, icon("close"))),
    h("div", { class: "sheet-body" }, list));
}
