// Two standards held against each other: what each says of the selected parks, and which parks they disagree about.

import { put } from "../filters/actions.js";
import { compare, sides } from "../map/compare.js";
import { colorBy } from "../map/themes.js";
import { fill, h, icon } from "../basics/dom.js";

/** @param {HTMLElement} root @param {Object} app @returns {() => void} */
export function mountStandards(root, app) {
  const parks = app.model.parks;
  const known = app.model.manifest.standards.filter((s) => s.column && parks.columns.has(s.column));
  const pair = [known[0], known[1] || known[0]];
  const body = h("div", {});
  const name = (s) => (app.lang === "zh" ? s.zh : s.en || s.zh);
  const select = (i) => h("label", { class: "stack" }, h("span", { class: "unit", text: app.t(i ? "standard_second" : "standard_first") }), h("select", {
    class: "select wide", on: { change: (e) => { pair[i] = known.find((s) => s.id === e.target.value); draw(); } },
  }, known.map((s) => h("option", { value: s.id, text: name(s), selected: s === pair[i] }))));
  root.append(h("div", { class: "pair" }, select(0), select(1)), body);
  const draw = async () => {
    await parks.columns.load(pair.map((s) => s.column));
    const { mask } = app.engine.result(app.model.parks?.id);
    fill(body, pair.map((s) => standardNote(app, s)), known.length < 2 ? h("p", { class: "hint", text: app.t("standard_one") }) : table(app, parks, pair, mask));
  };
  const stop = app.engine.watch(draw);
  draw();
  return stop;
}

function standardNote(app, s) {
  const dates = [s.effective_from, s.effective_to].filter((d) => d && d !== "unknown").join(" – ");
  return h("p", { class: "hint" }, h("b", { text: app.lang === "zh" ? s.zh : s.en || s.zh }), s.official ? null : h("span", { class: "pill", text: app.t("proposal") }), ` ${[dates, (app.lang === "zh" && s.source_zh) || s.source].filter(Boolean).join(" · ")}`);
}

function table(app, parks, [a, b], mask) {
  const [first, second] = [a, b].map((s) => ({ column: parks.columns.column(s.column), categories: parks.categories(s.column), field: s.column }));
  const counts = new Map();
  let differ = 0;
  for (let i = 0; i < mask.length; i++) {
    if (!mask[i]) continue;
    const one = first.column.codes[i] ? first.column.words[first.column.codes[i] - 1] : null;
    const two = second.column.codes[i] ? second.column.words[second.column.codes[i] - 1] : null;
    const key = JSON.stringify([one, two]);
    counts.set(key, (counts.get(key) || 0) + 1);
    if (one !== two) differ++;
  }
  const label = (word) => (word === null ? app.t("unknown") : parks.wordLabel("route", word, app.lang));
  const words = [...new Set([...first.categories, ...second.categories].map((c) => c.word))];
  const cellButton = (one, two) => {
    const n = counts.get(JSON.stringify([one, two])) || 0;
    return h("td", { class: one === two ? "same" : n ? "differs" : "" }, n ? h("button", {
      type: "button", class: "number", text: app.format.count(n), title: `${label(one)} → ${label(two)}`,
      on: {
        click: () => {
          put(app, parks.id, first.field, "in", { field: first.field, op: "in", words: [one] });
          put(app, parks.id, second.field, "in", { field: second.field, op: "in", words: [two] });
        },
      },
    }) : null);
  };
  return h("div", {},
    h("p", { class: "lead-line", text: app.t("standard_differ", { n: app.format.count(differ) }) }),
    h("div", { class: "cross-box" }, h("table", { class: "cross" },
      h("caption", { class: "unit", text: app.t("standard_read") }),
      h("thead", {}, h("tr", {}, h("td", {}), words.map((w) => h("th", { scope: "col", text: label(w) })))),
      h("tbody", {}, words.map((one) => h("tr", {}, h("th", { scope: "row", text: label(one) }), words.map((two) => cellButton(one, two))))))),
    h("div", { class: "actions" }, [a, b].map((s) => h("button", { type: "button", class: "button", on: { click: () => colorBy(app, app.model.parks.id, s.column) } }, icon("eye"), h("span", { text: app.t("standard_show", { name: app.lang === "zh" ? s.zh : s.en || s.zh }) }))),
      sides(app).length > 1 ? h("button", { type: "button", class: "button", on: { click: () => compare(app, a.column, b.column) } }, icon("split"), h("span", { text: app.t("compare") })) : null));
}
