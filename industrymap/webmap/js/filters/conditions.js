// One condition, or a group of conditions, over a layer: what it needs, and which rows meet it.
// A condition never holds for an unknown value, unless it asks for the unknown.

/**
 * @typedef {Object} Condition
 * @property {string} op `in`, `range`, `known`, `unknown`, `group`, or one that the engine was taught (`text`, `place`, `firms` …)
 * @property {string} [field]
 * @property {(string|null)[]} [words] of `in`; null asks for the unknown
 * @property {number|null} [min] of `range`, inclusive
 * @property {number|null} [max]
 * @property {boolean} [above] of `range`: `min` itself does not meet it
 * @property {boolean} [below] of `range`: `max` itself does not meet it
 * @property {string} [text] of `text`
 * @property {"and"|"or"} [join] of `group`
 * @property {Condition[]} [items] of `group`
 * @property {boolean} [member] of `in`: the column holds several labels separated by ;
 * @property {boolean} [not] turns the condition round; the unknown still does not meet it
 */

/** Columns a condition needs. @param {Condition} item @returns {string[]} */
export function needs(item) {
  if (item.op === "group") return item.items.flatMap(needs);
  return item.field ? [item.field] : [];
}

/** A condition does not hold. Of two verdicts AND is the smaller, OR the larger; NOT is the mirror image. */
export const NO = 0;

/** A condition looks at an unknown value. */
export const UNSURE = 1;

/** A condition holds. */
export const YES = 2;

/**
 * What a condition says of each row: NO, UNSURE (it looks at an unknown value) or YES.
 * @param {Condition} item
 * @param {import("../data/model.js").Layer} layer its columns loaded
 * @param {(item: Condition, layer: Object) => Uint8Array|undefined} special evaluates what needs more than one column
 * @returns {Uint8Array}
 */
export function verdict(item, layer, special) {
  const out = plain(item, layer, special);
  if (item.not) for (let i = 0; i < out.length; i++) out[i] = YES - out[i];
  return out;
}

/** A condition without what only the page's own state needs, for comparison. @param {Condition} item */
export function keyOf(item) {
  return JSON.stringify(item, (name, value) => (name === "id" ? undefined : value));
}

function plain(item, layer, special) {
  if (item.op === "group") return group(item, layer, special);
  const own = special(item, layer);
  if (own) return own;
  const column = layer.columns.column(item.field);
  if (!column) return new Uint8Array(layer.n).fill(UNSURE);
  if (item.op === "known" || item.op === "unknown") return known(item, layer, column);
  if (item.op === "in" && column.codes) return oneOf(item, layer, column);
  if (item.op === "range" && column.values) return range(item, column.values);
  return new Uint8Array(layer.n).fill(UNSURE);
}

function group(item, layer, special) {
  const any = item.join === "or";
  const out = new Uint8Array(layer.n).fill(any ? NO : YES);
  for (const inner of item.items) {
    const one = verdict(inner, layer, special);
    if (any) for (let i = 0; i < out.length; i++) out[i] = one[i] > out[i] ? one[i] : out[i];
    else for (let i = 0; i < out.length; i++) out[i] = one[i] < out[i] ? one[i] : out[i];
  }
  return out;
}

function oneOf(item, layer, column) {
  const { codes } = column;
  const wanted = new Set(item.words);
  const words = column.kind === "bool" ? ["false", "true"] : column.words;
  const lookup = new Uint8Array(words.length + 1);
  lookup[0] = wanted.has(null) ? YES : UNSURE;
  words.forEach((word, i) => {
    const hit = item.member ? word.split(";").some((w) => wanted.has(w.trim())) : wanted.has(word);
    lookup[i + 1] = hit ? YES : NO;
  });
  const out = new Uint8Array(layer.n);
  for (let i = 0; i < out.length; i++) out[i] = lookup[codes[i]];
  return out;
}

function range(item, values) {
  const low = item.min ?? -Infinity;
  const high = item.max ?? Infinity;
  const out = new Uint8Array(values.length).fill(UNSURE);
  for (let i = 0; i < out.length; i++) {
    const v = values[i];
    if (v === v) out[i] = v >= low && v <= high ? YES : NO;
  }
  // an open end is rare: a second pass keeps the first one quick
  if (item.above) for (let i = 0; i < out.length; i++) if (values[i] === low) out[i] = NO;
  if (item.below) for (let i = 0; i < out.length; i++) if (values[i] === high) out[i] = NO;
  return out;
}

function known(item, layer, column) {
  const wanted = item.op === "known";
  const out = new Uint8Array(layer.n);
  for (let i = 0; i < out.length; i++) {
    let there;
    if (column.codes) there = column.codes[i] > 0;
    else if (column.values) there = !Number.isNaN(column.values[i]);
    else there = layer.columns.value(item.field, i) !== null;
    out[i] = there === wanted ? YES : NO;
  }
  return out;
}
