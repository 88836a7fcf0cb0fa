// The filter language, a tree back to text that reads as the same tree.

/**
 * @param {Object} tree
 * @param {import("./tokens.js").Lexicon} lexicon
 * @returns {string}
 */
export function write(tree, lexicon) {
  const inner = (node, ...ops) => (ops.includes(node.op) ? `(${write(node, lexicon)})` : write(node, lexicon));
  const left = tree.left && operand(tree.left, lexicon);
  switch (tree.op) {
    case "and": return tree.args.map((arg) => inner(arg, "or", "and")).join(" and ");
    case "or": return tree.args.map((arg) => inner(arg, "or")).join(" or ");
    case "not": return `not ${inner(tree.arg, "or", "and")}`;
    case "true": return left;
    case "null": return `${left} is null`;
    case "in": return `${left} in (${tree.args.map((v) => literal(v, lexicon)).join(", ")})`;
    case "between": return `${left} between ${literal(tree.args[0], lexicon)} and ${literal(tree.args[1], lexicon)}`;
    case "like": return `${left} like ${quoted(tree.pattern)}`;
    default: return `${left} ${tree.op} ${"field" in tree.right ? backticked(tree.right.field) : "relation" in tree.right || "overlap" in tree.right || "distance" in tree.right ? operand(tree.right, lexicon) : literal(tree.right, lexicon)}`;
  }
}

/** A field's name as it may stand in a text. @param {string} name @param {import("./tokens.js").Lexicon} lexicon */
export function nameText(name, lexicon) {
  return lexicon.isPlainWord(name) ? name : backticked(name);
}

/** A value as it may stand in a text: without quotes where it is one plain word. @param {string} text @param {import("./tokens.js").Lexicon} lexicon */
export function wordText(text, lexicon) {
  return lexicon.isPlainWord(text) && !["true", "false"].includes(text.toLowerCase()) ? text : quoted(text);
}

function operand(left, lexicon) {
  if ("field" in left) return nameText(left.field, lexicon);
  if ("overlap" in left) return `overlap(${left.overlap})`;
  if ("distance" in left) return `distance(${left.distance})`;
  const { relation, of, where } = left;
  if (!where && (of === null || of.toLowerCase() !== "count")) return `${relation}.${of === null ? "count" : nameText(of, lexicon)}`;
  const head = of === null ? relation : `${relation}.${nameText(of, lexicon)}`;
  return `${of === null ? "count" : "sum"}(${head}${where ? ` where ${write(where, lexicon)}` : ""})`;
}

function literal(value, lexicon) {
  if ("number" in value) {
    const unit = value.unit ? lexicon.words.unit_words[value.unit] : "";
    return `${value.written ?? String(value.number)}${unit}`;
  }
  if ("boolean" in value) return String(value.boolean);
  if ("date" in value) return value.date;
  if ("text" in value) return quoted(value.text);
  if ("word" in value) return wordText(value.word, lexicon);
  return `$${value.param}`;
}

function quoted(text) {
  return `'${text.replace(/'/g, "''")}'`;
}

function backticked(name) {
  return `\`${name.split("`").join("``")}\``;
}
