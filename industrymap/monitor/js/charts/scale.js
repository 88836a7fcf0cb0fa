// Steps of an axis that a person can read.

/**
 * Round steps that hold all values.
 * @param {number} low @param {number} high @param {number} about how many steps
 * @returns {number[]}
 */
export function steps(low, high, about = 5) {
  if (!(high > low)) return [low - Math.abs(low || 1) * 0.1, low, high + Math.abs(high || 1) * 0.1];
  const raw = (high - low) / about;
  const size = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((m) => m * size).find((s) => s >= raw);
  const out = [];
  for (let at = Math.floor(low / step); at * step < high + step * 0.999; at++) out.push(Number((at * step).toPrecision(12)));
  return out;
}

/** A function from values to pixels. @param {number} low @param {number} high @param {number} from @param {number} to */
export function linear(low, high, from, to) {
  const scale = (to - from) / (high - low || 1);
  return (value) => from + (value - low) * scale;
}

/** The least and greatest of what is known. @param {number[]} values @returns {[number, number]|null} */
export function extent(values) {
  const known = values.filter(Number.isFinite);
  return known.length ? [known.reduce((a, b) => Math.min(a, b)), known.reduce((a, b) => Math.max(a, b))] : null;
}

/** A text shortened to fit. @param {string} text @param {number} most in full-width letters */
export function short(text, most) {
  let n = 0;
  for (let i = 0; i < text.length; i++) {
    n += text[i] > "\u2e7f" ? 1 : 0.55;
    if (n > most) return `${text.slice(0, i - 1)}…`;
  }
  return text;
}
