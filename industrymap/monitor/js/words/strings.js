// A sentence of the pages in the reader's language, its places filled.

import { EN } from "./en.js";
import { ZH } from "./zh.js";

const STRINGS = { zh: ZH, en: EN };

/**
 * @param {string} lang `zh` or `en`
 * @param {string} key
 * @param {Object<string, any>} [values]
 * @returns {string}
 */
export function say(lang, key, values) {
  const text = STRINGS[lang][key];
  if (text === undefined) throw new Error(`no string ${key}`);
  return values ? text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole)) : text;
}
