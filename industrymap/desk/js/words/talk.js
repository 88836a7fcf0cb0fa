// The language of the page, and texts in it.

import { EN } from "./en.js";
import { ZH } from "./zh.js";

const STRINGS = { zh: ZH, en: EN };
const KEY = "industrymap-desk-language";

/** Speaks the language a person chose, by default the browser's. */
export class Talk {
  constructor() {
    this.lang = kept() || (navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en");
    // Pages take them out of the object by name.
    for (const name of ["t", "of", "number", "size"]) this[name] = this[name].bind(this);
  }

  /** Speak another language. @param {string} lang */
  choose(lang) {
    this.lang = lang;
    try {
      localStorage.setItem(KEY, lang);
    } catch {
      // nothing is kept where the browser keeps nothing
    }
  }

  /**
   * Return a text.
   * @param {string} key
   * @param {Object<string, string|number>} [values] what stands for `{name}`
   * @returns {string}
   */
  t(key, values = {}) {
    const text = STRINGS[this.lang][key];
    if (text === undefined) throw new Error(`no text ${key}`);
    return text.replace(/\{(\w+)\}/g, (_, name) => (typeof values[name] === "number" ? this.number(values[name]) : String(values[name])));
  }

  /** Return what is said in both languages in the one that is spoken. @param {{zh: string, en: string}} said @returns {string} */
  of(said) {
    return said[this.lang];
  }

  /** @param {number} value @returns {string} */
  number(value) {
    return value.toLocaleString("en-US", { maximumFractionDigits: 1 });
  }

  /** @param {number} bytes @returns {string} */
  size(bytes) {
    return bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.max(1, Math.round(bytes / 1e3))} kB`;
  }
}

function kept() {
  try {
    const lang = localStorage.getItem(KEY);
    return lang === "zh" || lang === "en" ? lang : "";
  } catch {
    return "";
  }
}
