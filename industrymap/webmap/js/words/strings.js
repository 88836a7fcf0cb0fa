// What the page says in either language. A test holds both to the same keys and places.

import { EN } from "./en.js";
import { ZH } from "./zh.js";

/** Language → key → sentence. */
export const STRINGS = { zh: ZH, en: EN };

/** What stands for a missing value on a public page, where it may be known and withheld: “unknown” would be untrue. */
const WITHHELD = { unknown: "unpublished", no_value: "unpublished" };

/** One of what English sentences count: 1 firm, not 1 firms. */
const ONE = /(^|[^\d.,])1 (firm|park|unit|row|page|note|candidate)s\b/g;

/** The key of a sentence as the page's profile has it. @param {string} key @param {string} profile */
export const forProfile = (key, profile) => (profile === "public" && WITHHELD[key]) || key;

/**
 * A sentence in a language, its places filled.
 * @param {string} lang
 * @param {string} key
 * @param {Object<string, any>} [values]
 */
export function say(lang, key, values) {
  const text = (STRINGS[lang] || STRINGS.zh)[key];
  if (text === undefined) throw new Error(`no string ${key}`);
  if (!values) return text;
  const filled = text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
  return lang === "en" ? filled.replace(ONE, (whole, before, noun) => `${before}1 ${noun}`) : filled;
}
