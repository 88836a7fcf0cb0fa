// What the selected firms add up to in each district, town, park or block: totals, and figures that can be compared because they are divided by area or firms.

import { MU_M2 } from "./rates.js";
import { standing } from "./summary.js";

/**
 * The measures, the comparable ones first. `sum` is a column of the firms (nothing: the firms are counted), `per` what it is divided by
 * (`share`: by the same of all firms of the base), `scale` brings it into the unit that is shown (`theme_unit_…`), by language. Land is
 * counted in km² in districts and towns, in mu in parks and blocks.
 */
const MEASURES = {
  "@revenue_km2": { sum: "revenue_10k_cny", per: "km2", scale: { zh: 1e-4, en: 1e-2 } },
  "@revenue_mu": { sum: "revenue_10k_cny", per: "mu" },
  "@density": { per: "km2" },
  "@firms_mu": { per: "mu", scale: { zh: 100, en: 100 } },
  "@tax_km2": { sum: "tax_10k_cny", per: "km2", scale: { zh: 1, en: 1e-2 } },
  "@tax_mu": { sum: "tax_10k_cny", per: "mu" },
  "@staff_km2": { sum: "staff", per: "km2" },
  "@staff_mu": { sum: "staff", per: "mu" },
  "@revenue_firm": { sum: "revenue_10k_cny", per: "firm", scale: { zh: 1, en: 1e-2 } },
  "@firms_share": { per: "share", scale: { zh: 100, en: 100 } },
  "@revenue_share": { sum: "revenue_10k_cny", per: "share", scale: { zh: 100, en: 100 } },
  "@firms": {},
  "@revenue": { sum: "revenue_10k_cny", scale: { zh: 1, en: 1e-2 } },
  "@tax": { sum: "tax_10k_cny", scale: { zh: 1, en: 1e-2 } },
  "@staff": { sum: "staff" },
};

/** The column of the firms that names the unit each lies in. @param {import("./model.js").Layer} areas */
function keyOf(areas) {
  return (areas.head.firm_column || "").replace(/_code$/, "");
}

/** Whether firms name the area they lie in by its key, as they do parks and blocks, and not by a division. @param {Object} app @param {import("./model.js").Layer} areas */
export function isHolder({ model }, areas) {
  return areas.role === "subject" && model.holders.includes(areas);
}

/** The measures a model allows. @param {Object} app @param {string} id of a container, park or block layer */
export function derivable(app, id) {
  const { model } = app;
  const areas = model.layer(id);
  if (!model.firms?.n || !areas?.n) return [];
  const holder = isHolder(app, areas);
  if (!holder && (areas.role !== "container" || !model.firms.columns.has(keyOf(areas)) || !areas.columns.has("name"))) return [];
  const other = holder ? "km2" : "mu";
  return Object.keys(MEASURES).filter((m) => MEASURES[m].per !== other && (!MEASURES[m].sum || model.firms.columns.has(MEASURES[m].sum)));
}

/** Columns that must be loaded before. @param {Object} app @param {string} id @param {string} measure */
export function derivedNeeds(app, id, measure) {
  const areas = app.model.layer(id);
  const { sum } = MEASURES[measure];
  const sums = sum ? [sum] : [];
  const size = areas.head.area ? [areas.head.area] : [];
  if (isHolder(app, areas)) return { firms: sums, areas: size };
  const column = keyOf(areas);
  return { firms: [column, `${column}_code`, ...sums], areas: ["name", "code", ...size] };
}

/** The measures of the same firms' figure: its total and what it is divided by. @param {Object} app @param {string} id @param {string} measure @returns {{field: string, per: string}[]} */
export function alikeDerived(app, id, measure) {
  return derivable(app, id).filter((m) => MEASURES[m].sum === MEASURES[measure].sum).map((m) => ({ field: m, per: MEASURES[m].per || "total" }));
}

/** Whether a name is a measure of this kind. @param {string} field */
export function isDerived(field) {
  return field in MEASURES;
}

/** Whether a measure is divided by something, so that large and small areas can be compared. @param {string} measure */
export function isComparable(measure) {
  return Boolean(MEASURES[measure].per);
}

/** What a value is multiplied by to be in the unit that is shown. @param {string} measure @param {string} lang */
export function shownScale(measure, lang) {
  return MEASURES[measure]?.scale?.[lang] || 1;
}

/**
 * One number for each area. An area without a selected firm is 0; one of whose firms hardly any has the figure is unknown.
 * @param {Object} app
 * @param {import("./model.js").Layer} areas
 * @param {string} measure
 * @param {{mask?: Uint8Array, year?: number|null}} [of] other firms than the selected ones, and the year whose figures are added up
 * @returns {{values: Float64Array, counts: Float64Array, knowns: Float64Array, known: number, of: number, left: number}} counts: firms of each area; knowns: those of them that have the figure; known, of: their sums; left: firms of the selection that lie in no area
 */
export function derivedValues(app, areas, measure, { mask = app.engine.result(app.model.firms.id).mask, year } = {}) {
  const { firms } = app.model;
  const how = MEASURES[measure];
  const rows = areas.role === "subject" ? linkedRows(areas) : matchRows(firms, areas, keyOf(areas));
  const column = how.sum ? (year === undefined ? firms.columns.column(how.sum) : firms.columns.of(how.sum, year))?.values : null;
  const sums = new Float64Array(areas.n);
  const counts = new Float64Array(areas.n);
  const knowns = new Float64Array(areas.n);
  if (!rows) return { values: sums.fill(NaN), counts, knowns, known: 0, of: 0, left: 0 };
  let left = 0;
  for (let i = 0; i < mask.length; i++) {
    const area = mask[i] ? rows.of[rows.codes ? rows.codes[i] : i] : -1;
    if (area < 0) {
      left += mask[i] ? 1 : 0;
      continue;
    }
    counts[area]++;
    const v = column ? column[i] : 1;
    // NaN is not equal to itself: the quickest test for unknown in a loop over a million firms.
    if (v === v) {
      sums[area] += v;
      knowns[area]++;
    }
  }
  const whole = how.per === "share" ? derivedValues(app, areas, how.sum ? totalOf(how.sum) : "@firms", { mask: everyone(app), year }).values : null;
  const values = sums.map((sum, f) => {
    // of a few firms that happened to report, a sum is no figure of the area
    if (how.sum && counts[f] && standing(knowns[f], counts[f]) === "hardly") return NaN;
    // An area whose size is unknown has no density.
    if (how.per === "km2") return sum / (kilometres(areas, f) || NaN);
    if (how.per === "mu") return (sum * MU_M2) / (1e6 * kilometres(areas, f) || NaN);
    // where nobody is, nobody has a share
    if (how.per === "share") return whole[f] > 0 ? sum / whole[f] : NaN;
    return how.per === "firm" ? (knowns[f] ? sum / knowns[f] : NaN) : sum;
  });
  const total = (all) => all.reduce((a, b) => a + b, 0);
  return { values, counts, knowns, known: total(knowns), of: total(counts), left };
}

/** The plain sum of a column of the firms. */
function totalOf(column) {
  return Object.keys(MEASURES).find((m) => MEASURES[m].sum === column && !MEASURES[m].per);
}

/** All firms of the base at the time that is shown. */
function everyone({ engine, model: { firms } }) {
  return engine.base(firms.id) || new Uint8Array(firms.n).fill(1);
}

/** Size of an area: as the data has it, measured in the city's projection; else by its outline. */
function kilometres(areas, f) {
  const measured = areas.head.area ? areas.columns.column(areas.head.area)?.values[f] : NaN;
  return measured > 0 ? measured / 1e6 : areas.areaKm2?.[f];
}

/** The park or block of each firm, once it is worked out. */
function linkedRows(areas) {
  return areas.linked ? { codes: null, of: areas.linked } : null;
}

/** Firms' column and the area its codes stand for: by division code where both have it, else by name. */
function matchRows(firms, areas, key) {
  // Names may be shared by towns of two districts; codes never are.
  for (const [own, other] of [[`${key}_code`, "code"], [key, "name"]]) {
    const column = firms.columns.column(own);
    if (!column?.words || !areas.columns.column(other)) continue;
    const place = new Map();
    for (let f = 0; f < areas.n; f++) place.set(areas.columns.value(other, f), f);
    const of = Int32Array.from([-1, ...column.words.map((word) => place.get(word) ?? -1)]);
    if (of.some((v) => v >= 0)) return { codes: column.codes, of };
  }
  return null;
}
