// What the page says in either language. A test holds both to the same keys and places.

import { EN } from "./en.js";
import { ZH } from "./zh.js";

/** Language → key → sentence. */
export const STRINGS = { zh: ZH, en: EN };


/**
 * A sentence in a language, its places filled.
 * @param {string} lang
 * @param {string} key
 * @param {Object<string, any>} [values]
 */
export function say(lang, key, values) {
  const text = (STRINGS[lang] || STRINGS.zh)[key];
  if (text === undefined) throw new Error(`no string ${key}`);
  return values ? text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole)) : text;
}
