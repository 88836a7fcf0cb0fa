// What the selected firms add up to in each district or town.

/** Measures of an area that the selection gives, with their string keys. */
export const DERIVED = ["@firms", "@revenue", "@tax", "@staff", "@density"];

const COLUMN = { "@revenue": "revenue_10k_cny", "@tax": "tax_10k_cny", "@staff": "staff" };
const KEY = { districts: "district", towns: "town" };

/** The measures a model allows. @param {Object} app @param {string} id districts or towns */
export function derivable(app, id) {
  const firms = app.model.layer("enterprises");
  const areas = app.model.layer(id);
  if (!firms?.n || !areas?.n || !firms.columns.has(KEY[id]) || !areas.columns.has("name")) return [];
  return DERIVED.filter((d) => !COLUMN[d] || firms.columns.has(COLUMN[d]));
}

/** Columns that must be loaded before. @param {string} id @param {string} measure */
export function derivedNeeds(id, measure) {
  const column = KEY[id];
  return { firms: [column, `${column}_code`, ...(COLUMN[measure] ? [COLUMN[measure]] : [])], areas: ["name", "code"] };
}

/**
 * One number for each area; an area no selected firm names is 0.
 * @param {Object} app
 * @param {import("./model.js").Layer} layer districts or towns
 * @param {string} measure
 * @returns {Float64Array}
 */
export function derivedValues(app, layer, measure) {
  const firms = app.model.layer("enterprises");
  const rows = matchRows(firms, layer, KEY[layer.id]);
  const { mask } = app.engine.result("enterprises");
  const values = COLUMN[measure] ? firms.columns.column(COLUMN[measure])?.values : null;
  const sums = new Float64Array(layer.n);
  if (!rows) return sums.fill(NaN);
  for (let i = 0; i < mask.length; i++) {
    if (!mask[i] || rows.of[rows.codes[i]] < 0) continue;
    const v = values ? values[i] : 1;
    if (v === v) sums[rows.of[rows.codes[i]]] += v;
  }
  if (measure !== "@density") return sums;
  return sums.map((n, f) => n / (layer.areaKm2?.[f] || NaN));
}

/** Firms' column and the area its codes stand for: by division code where both have it, else by name. */
function matchRows(firms, areas, key) {
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
