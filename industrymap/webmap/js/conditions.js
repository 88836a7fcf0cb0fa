// One condition, or a group of conditions, over a layer: what it needs, and which rows meet it.
// A condition never holds for an unknown value, unless it asks for the unknown.

/**
 * @typedef {Object} Condition
 * @property {"in"|"range"|"text"|"known"|"unknown"|"place"|"firms"|"overlap"|"group"} op
 * @property {string} [field]
 * @property {(string|null)[]} [words] of `in`; null asks for the unknown
 * @property {number|null} [min] of `range`, inclusive
 * @property {number|null} [max]
 * @property {string} [text] of `text`
 * @property {Object} [shape] of `place`
 * @property {"and"|"or"} [join] of `group`
 * @property {Condition[]} [items] of `group`
 * @property {boolean} [not] turns the condition round; the unknown still does not meet it
 */

/** Columns a condition needs. @param {Condition} item @returns {string[]} */
export function needs(item) {
  if (item.op === "group") return item.items.flatMap(needs);
  return item.field ? [item.field] : [];
}

/**
 * Which rows meet a condition: 1 yes, 0 no.
 * @param {Condition} item
 * @param {import("./model.js").Layer} layer its columns loaded
 * @param {{special: (item: Condition, layer: Object) => Uint8Array|null, text: (item: Condition, layer: Object) => Uint8Array|null}} helpers
 * @returns {Uint8Array}
 */
export function mask(item, layer, helpers) {
  if (item.op === "group") return groupMask(item, layer, helpers);
  if (!item.field) return turned(item, helpers.special(item, layer) || new Uint8Array(layer.n), null);
  const column = layer.columns.column(item.field);
  if (!column) return new Uint8Array(layer.n);
  if (item.op === "known" || item.op === "unknown") return knownMask(item, layer, column);
  if (item.op === "text") return turned(item, helpers.text(item, layer) || new Uint8Array(layer.n), null);
  if (item.op === "in") return inMask(item, layer, column);
  if (item.op === "range" && column.values) return rangeMask(item, column.values);
  return new Uint8Array(layer.n);
}

/** A condition without what only the page's own state needs, for comparison. @param {Condition} item */
export function keyOf(item) {
  return JSON.stringify(item, (name, value) => (name === "id" ? undefined : value));
}

function groupMask(group, layer, helpers) {
  const masks = group.items.map((item) => mask(item, layer, helpers));
  const any = group.join === "or";
  const out = new Uint8Array(layer.n).fill(any && masks.length ? 0 : 1);
  for (const one of masks) {
    if (any) for (let i = 0; i < out.length; i++) out[i] |= one[i];
    else for (let i = 0; i < out.length; i++) out[i] &= one[i];
  }
  if (group.not) for (let i = 0; i < out.length; i++) out[i] ^= 1;
  return out;
}

function inMask(item, layer, column) {
  const { codes } = column;
  if (!codes) return new Uint8Array(layer.n);
  const wanted = new Set(item.words);
  const size = column.kind === "bool" ? 3 : column.words.length + 1;
  const lookup = new Uint8Array(size);
  lookup[0] = wanted.has(null) ? 1 : 0;
  if (column.kind === "bool") {
    lookup[1] = wanted.has("false") ? 1 : 0;
    lookup[2] = wanted.has("true") ? 1 : 0;
  } else if (item.member) {
    column.words.forEach((word, i) => {
      lookup[i + 1] = word.split(";").some((w) => wanted.has(w.trim())) ? 1 : 0;
    });
  } else {
    column.words.forEach((word, i) => {
      lookup[i + 1] = wanted.has(word) ? 1 : 0;
    });
  }
  if (item.not) {
    for (let c = 1; c < size; c++) lookup[c] ^= 1;
    lookup[0] = 0;
  }
  const out = new Uint8Array(layer.n);
  for (let i = 0; i < out.length; i++) out[i] = lookup[codes[i]];
  return out;
}

function rangeMask(item, values) {
  const low = item.min ?? -Infinity;
  const high = item.max ?? Infinity;
  const out = new Uint8Array(values.length);
  const yes = item.not ? 0 : 1;
  for (let i = 0; i < out.length; i++) {
    const v = values[i];
    if (v === v) out[i] = v >= low && v <= high ? yes : 1 - yes;
  }
  return out;
}

function knownMask(item, layer, column) {
  const wanted = (item.op === "known") !== Boolean(item.not) ? 1 : 0;
  const out = new Uint8Array(layer.n);
  for (let i = 0; i < out.length; i++) {
    let known;
    if (column.codes) known = column.codes[i] > 0;
    else if (column.values) known = !Number.isNaN(column.values[i]);
    else known = layer.columns.value(item.field, i) !== null;
    out[i] = known ? wanted : 1 - wanted;
  }
  return out;
}

function turned(item, out) {
  if (item.not) for (let i = 0; i < out.length; i++) out[i] ^= 1;
  return out;
}
