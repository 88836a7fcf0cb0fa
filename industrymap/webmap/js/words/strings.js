// What the page says in either language. A test holds both to the same keys and places.

import { EN } from "./en.js";
import { ZH } from "./zh.js";

/** Language → key → sentence. */
export const STRINGS = { zh: ZH, en: EN };

/** What stands for a missing value on a public page, where it may be known and withheld: “unknown” would be untrue. */
const WITHHELD = { unknown: "unpublished", no_value: "unpublished" };

/** A place to fill, or words that agree with its number: `{n} {n:firm|firms}` is "1 firm" and "2 firms". */
const PLACE = /\{(\w+)(?::([^|{}]*)\|([^|{}]*))?\}/g;

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
  // what is filled in is never read again: a firm may be called "1 parks", or "{n}"
  return text.replace(PLACE, (whole, name, one, many) => {
    if (!(name in values)) return whole;
    const value = String(values[name]);
    return one === undefined ? value : value === "1" ? one : many;
  });
}
