// What-if: a basket of parks before and after works. The formulas are those of industrymap/parks/whatif.py:
// floor = FAR · land, output = floor · output per floor, tax = output · tax per output, jobs = floor ÷ floor per job.

import { fill, h, icon } from "../basics/dom.js";
import { rank } from "./ranking.js";

const MU = 2000 / 3;

/**
 * Figures of a set of parks before and after works.
 * @param {{land: number, floor: number, output: number, tax: number, staff: number}[]} parks m², m², 万元, 万元, people; NaN is unknown
 * @param {{far: number, outputPerFloor: number|null, taxPerOutput: number|null, floorPerJob: number|null}} plan yuan/m², share, m²
 * @returns {Object<string, {before: number, known: number, after: number, change: number}>}
 */
export function whatIf(parks, plan) {
  const sum = (name) => {
    const known = parks.map((p) => p[name]).filter((v) => v === v);
    return { before: known.reduce((a, b) => a + b, 0), known: known.length };
  };
  // today's rate, over the parks where both of its parts are known
  const rate = (top, bottom) => {
    let [t, b] = [0, 0];
    for (const p of parks) {
      if (p[top] === p[top] && p[bottom] === p[bottom]) {
        t += p[top];
        b += p[bottom];
      }
    }
    return b > 0 ? t / b : NaN;
  };
  const land = sum("land");
  const floor = plan.far * land.before;
  const output = (floor * (plan.outputPerFloor ?? rate("output", "floor") * 10000)) / 10000;
  const tax = output * (plan.taxPerOutput ?? rate("tax", "output"));
  const staff = floor / (plan.floorPerJob ?? 1 / rate("staff", "floor"));
  const after = { land: land.before, floor, output, tax, staff };
  return Object.fromEntries(Object.entries(after).map(([name, value]) => {
    const now = sum(name);
    return [name, { ...now, after: value, change: now.known === parks.length ? value - now.before : NaN }];
  }));
}

/** @param {HTMLElement} root @param {Object} app @returns {() => void} */
export function mountBasket(root, app) {
  const parks = app.model.parks;
  const columns = { land: "land_area_m2", floor: "floor_area_m2", output: "output_10k_cny", tax: "tax_10k_cny", staff: "base_staff" };
  const result = h("div", {});
  const list = h("ul", { class: "basket" });
  const plan = () => ({ far: 2.5, outputPerFloor: null, taxPerOutput: null, floorPerJob: null, ...app.store.state.plan });
  const field = (key, name, scale = 1) => h("label", { class: "stack" }, h("span", { class: "unit", text: app.t(name) }), h("input", {
    type: "text", inputmode: "decimal", class: "edge", placeholder: app.t("plan_today"), value: plan()[key] === null ? "" : String(plan()[key] * scale),
    on: {
      input: (e) => {
        const value = e.target.value.trim() === "" ? null : Number(e.target.value);
        if (value === null ? key !== "far" : value > 0) app.store.set({ plan: { ...plan(), [key]: value === null ? null : value / scale } });
      },
    },
  }));
  root.append(
    h("div", { class: "pair" }, field("far", "plan_far"), field("outputPerFloor", "plan_output"), field("taxPerOutput", "plan_tax", 100), field("floorPerJob", "plan_jobs")),
    h("div", { class: "actions" },
      h("button", { type: "button", class: "button", on: { click: () => fillBasket(app) } }, icon("plus"), h("span", { text: app.t("basket_ranked") })),
      h("button", { type: "button", class: "button", on: { click: () => app.store.set({ shortlist: {} }) } }, icon("close"), h("span", { text: app.t("basket_clear") }))),
    result, h("h3", { text: app.t("shortlist") }), list);
  const draw = async () => {
    const rows = Object.keys(app.store.state.shortlist || {}).map(Number);
    await parks.columns.load([...Object.values(columns), "far"]);
    const value = (row, name) => {
      const found = parks.columns.column(columns[name])?.values[row] ?? NaN;
      if (name !== "floor" || found === found) return found;
      return (parks.columns.column("far")?.values[row] ?? NaN) * value(row, "land"); // as reported, else FAR times land
    };
    const chosen = rows.map((row) => Object.fromEntries(Object.keys(columns).map((name) => [name, value(row, name)])));
    const found = whatIf(chosen, plan());
    fill(result, rows.length ? table(app, found, rows.length) : h("p", { class: "empty-note", text: app.t("basket_empty") }));
    await parks.columns.ready(["name"], rows);
    fill(list, rows.map((row) => h("li", {},
      h("button", { type: "button", class: "link", text: parks.columns.value("name", row) ?? "—", on: { click: () => app.select(app.model.parks.id, row, true) } }),
      h("input", {
        type: "text", class: "edge", maxlength: "300", placeholder: app.t("note"), "aria-label": app.t("note"), value: app.store.state.shortlist[row],
        on: { change: (e) => app.store.set({ shortlist: { ...app.store.state.shortlist, [row]: e.target.value } }) },
      }),
      h("button", { type: "button", class: "icon-button", "aria-label": app.t("basket_remove"), on: { click: () => { const next = { ...app.store.state.shortlist }; delete next[row]; app.store.set({ shortlist: next }); } } }, icon("close")))));
  };
  const stop = app.store.watch(["shortlist", "plan"], draw);
  draw();
  return stop;
}

function fillBasket(app) {
  const ranked = rank(app);
  const next = { ...app.store.state.shortlist };
  for (const place of ranked.chosen) if (next[ranked.rows[place]] === undefined) next[ranked.rows[place]] = "";
  app.store.set({ shortlist: next });
}

function table(app, found, n) {
  const { format, t } = app;
  const kinds = { land: "land", floor: "floor", output: "money", tax: "money" };
  // before, after and change in one unit, or nobody could compare them
  const text = Object.fromEntries(Object.entries(found).map(([name, { before, after }]) => {
    const alike = kinds[name] && format.alike(kinds[name], Math.max(before || 0, after || 0));
    return [name, (v) => (v !== v ? format.none : alike ? `${alike.text(v)} ${alike.unit}` : format.count(Math.round(v)))];
  }));
  return h("table", { class: "before" },
    h("thead", {}, h("tr", {}, h("td", {}), ["plan_before", "plan_after", "plan_change"].map((key) => h("th", { scope: "col", text: t(key) })))),
    h("tbody", {}, Object.entries(found).map(([name, f]) => h("tr", {},
      h("th", { scope: "row" }, t(`plan_${name}_name`), h("span", { class: "figure-note", text: f.known < n ? t("covers", { known: f.known, of: n }) : "" })),
      h("td", { text: f.known ? text[name](f.before) : format.none }), h("td", { text: text[name](f.after) }),
      h("td", { class: f.change > 0 ? "up" : "", text: f.change === f.change ? `${f.change > 0 ? "+" : ""}${text[name](f.change)}` : format.none })))),
    h("caption", { class: "unit", text: `${t("basket_n", { n: format.count(n) })} · ${t("mu", { n: format.number(found.land.before / MU, 0) })}` }));
}
