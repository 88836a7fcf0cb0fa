// Totals that came with areas, divided by what makes them comparable: land in mu, or the firms that have the figure.

/** 1 亩 = 2000/3 m². */
export const MU_M2 = 2000 / 3;

/** Units of which a larger area has more. */
const AMOUNTS = new Set(["万元", "人", "家", "个"]);

/** Per mu there are so few of these that they are said per hundred mu. */
const BY_HUNDRED = new Set(["家", "个"]);

const RATE = /^(.+)\/(mu|firm)$/;

/** Columns that only say where a row came from, what a figure rests on, or its place in an order. */
const NO_FIGURE = /^(n|coverage)_|^year_|_(year|id|rank|row)$|^(year|ring|change_id)$/;

/** Whether a column holds totals, which a larger area has more of. @param {import("./model.js").Layer} layer @param {string} name */
export function isTotal(layer, name) {
  const unit = layer.unit(name);
  return AMOUNTS.has(unit) || unit === "m²";
}

/** The columns of a layer that areas can be shaded by. @param {import("./model.js").Layer} layer @returns {string[]} */
export function figuresOf(layer) {
  return [...layer.columns.own].filter((name) => layer.kind(name) === "num" && !NO_FIGURE.test(name));
}

/**
 * What a total can be divided by. Where the data has the quotient already, that column is named: one figure is worked out in one place.
 * @param {import("./model.js").Model} model @param {import("./model.js").Layer} layer @param {string} name of a total
 * @returns {{per: "mu"|"firm", field: string}[]}
 */
export function ratesOf(model, layer, name) {
  if (!layer.columns.has(name) || !AMOUNTS.has(layer.unit(name))) return []; // land by land is a share, and has a column of its own
  const { indicators = [] } = model.manifest;
  const area = layer.head.area;
  const given = indicators.find((one) => one.per_unit === "mu" && one.of === name && ["@area", area].includes(one.per) && layer.columns.has(one.id));
  const mu = given ? given.id : area && layer.columns.has(area) && `${name}/mu`;
  // only sums over firms that say how many firms they are of: what a park reports of itself is not divided by the firms of the base
  const n = indicators.find((one) => one.id === name)?.n;
  const firm = n && n !== name && /^n_base_/.test(n) && layer.columns.has(n) && `${name}/firm`;
  return [mu && { per: "mu", field: mu }, firm && { per: "firm", field: firm }].filter(Boolean);
}

/**
 * What a name such as `investment_10k_cny/mu` divides by what; null for every other name.
 * @param {import("./model.js").Model} model @param {import("./model.js").Layer} layer @param {string} field
 * @returns {{of: string, by: string, per: "mu"|"firm", factor: number, hundred: boolean}|null}
 */
export function rateOf(model, layer, field) {
  const [, of, per] = layer.columns.has(field) ? [] : RATE.exec(field) || [];
  if (!of || !ratesOf(model, layer, of).some((rate) => rate.field === field)) return null;
  const hundred = per === "mu" && BY_HUNDRED.has(layer.unit(of));
  const by = per === "mu" ? layer.head.area : model.manifest.indicators.find((one) => one.id === of).n;
  return { of, by, per, factor: per === "mu" ? MU_M2 * (hundred ? 100 : 1) : 1, hundred };
}

/** The values of a rate whose columns are loaded: unknown where either is, or where there is nothing to divide by. @param {import("./model.js").Layer} layer @param {{of: string, by: string, factor: number}} rate @returns {Float64Array|null} */
export function rateValues(layer, { of, by, factor }) {
  const above = layer.columns.column(of)?.values;
  const below = layer.columns.column(by)?.values;
  return above && below ? Float64Array.from(above, (v, f) => (below[f] > 0 ? (v / below[f]) * factor : NaN)) : null;
}
