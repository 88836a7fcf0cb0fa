// What every page is given: the data, the language, how figures are written, and where one is.

import { fill, h } from "./basics/dom.js";
import { Store } from "./basics/store.js";
import { Format } from "./words/format.js";
import { say } from "./words/strings.js";

/** What an address may say, and what holds where it says nothing. */
const PLACE = { p: "overview", i: "", l: "", u: "", v: "quarter", s: "value", t: "", q: "", d: "", c: "", f: "", g: "", lang: "", theme: "" };

/** The pages' one handle. */
export class App {
  #later = [];

  /** @param {{model: Object, root: HTMLElement, lang: string}} of */
  constructor({ model, root, lang }) {
    this.model = model;
    this.root = root;
    this.opened = lang;
    this.store = new Store({ ...PLACE, ...read(location.hash) });
  }

  /** Where one is. */
  get place() {
    return this.store.state;
  }

  get lang() {
    return this.place.lang === "zh" || this.place.lang === "en" ? this.place.lang : this.opened;
  }

  /** @param {string} key @param {Object<string, any>} [values] */
  t(key, values) {
    return say(this.lang, key, values);
  }

  /** A record's name in the reader's language. @param {{zh: string, en: string}} one */
  name(one) {
    return this.lang === "zh" ? one.zh : one.en || one.zh;
  }

  /** A number as this language writes it. @param {number} value @param {number} [decimals] */
  number(value, decimals) {
    const format = new Format(this.lang);
    return decimals === undefined ? format.number(value) : format.fixed(value, decimals);
  }

  /** An indicator's value, with as many decimals as Python gave it. @param {Object} indicator @param {number} value */
  value(indicator, value) {
    return Number.isFinite(value) ? this.number(value, indicator.decimals) : this.t("unknown");
  }

  /** @param {Object} indicator */
  unit(indicator) {
    return this.lang === "zh" ? indicator.unit : indicator.unit_en;
  }

  /** A change on last year with its sign: per cent, or percentage points. @param {Object} indicator @param {number} value */
  change(indicator, value) {
    if (!Number.isFinite(value)) return this.t("unknown");
    const sign = value > 0 ? "+" : value < 0 ? "−" : "";
    const space = this.lang === "en" && indicator.points ? " " : "";
    return `${sign}${this.number(Math.abs(value), 1)}${space}${indicator.points ? this.t("points") : "%"}`;
  }

  /** Whether a change is for the better. @param {Object} indicator @param {number} value @returns {"better"|"worse"|""} */
  mood(indicator, value) {
    const step = value * indicator.better;
    return step > 0 ? "better" : step < 0 ? "worse" : "";
  }

  /** A period's name. @param {number} at */
  period(at) {
    const one = this.model.periods[at];
    if (!one) return "";
    return this.lang === "zh" ? one.zh : english(one);
  }

  /** The name of a period by its id, of one without a figure too. @param {string} id */
  when(id) {
    const at = this.model.periodOf.get(id);
    return at === undefined ? said(id, this.lang) : this.period(at);
  }

  /** Text in brackets behind another, as the language writes them. @param {string} text */
  aside(text) {
    return this.lang === "zh" ? `（${text}）` : ` (${text})`;
  }

  /** A short name for an axis. @param {number} at */
  tick(at) {
    const one = this.model.periods[at];
    if (one.level === "year") return String(one.year);
    if (this.lang !== "zh") return english(one);
    const year = String(one.year).slice(2);
    if (one.level === "quarter") return `${year}年${one.last / 3}季`;
    return `${year}年${one.first === one.last ? one.first : `${one.first}—${one.last}`}月`;
  }

  /** The address of another place. @param {Object<string, string>} change @returns {string} */
  to(change) {
    return write({ ...this.place, ...change });
  }

  /** Go to another place. @param {Object<string, string>} change */
  go(change) {
    location.hash = this.to(change);
  }

  /** What stands under a picture or a printed page. */
  footer() {
    const { meta } = this.model;
    const line = this.t("generated", { title: meta.title, date: meta.data_date || "—", n: meta.vintage, set: this.name(meta.set) });
    return [line, meta.simulated ? this.t("simulated") : "", meta.set.official ? "" : this.t("proposed")].filter(Boolean).join(" · ");
  }

  /** Have something done once the page stands. @param {() => void} job */
  later(job) {
    this.#later.push(job);
  }

  /** Do what was put off. */
  settle() {
    const jobs = this.#later;
    this.#later = [];
    for (const job of jobs) job();
  }

  /** A choice among few. @param {string} label @param {{value: string, text: string}[]} options @param {string} now @param {string} key of the address */
  segments(label, options, now, key) {
    return h("div", { class: "segments", role: "group", "aria-label": label }, options.map((one) => h("button", {
      type: "button", text: one.text, "aria-pressed": String(one.value === now), on: { click: () => this.go({ [key]: one.value }) },
    })));
  }

  /** A choice among many. @param {string} label @param {{value: string, text: string, group?: string}[]} options @param {string} now @param {(value: string) => void} act */
  select(label, options, now, act) {
    const groups = [...new Set(options.map((one) => one.group || ""))];
    const make = (one) => h("option", { value: one.value, text: one.text, selected: one.value === now });
    const list = h("select", { class: "select", on: { change: (event) => act(event.target.value) } },
      groups.map((group) => (group ? h("optgroup", { label: group }, options.filter((o) => o.group === group).map(make)) : options.filter((o) => !o.group).map(make))));
    return h("label", { class: "field" }, h("span", { text: label }), list);
  }

  /** Tell, for those who hear the page. @param {string} text */
  tell(text) {
    const box = document.getElementById("told");
    if (box) fill(box, text);
  }
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** A period in English: `Jan–Nov 2025`. @param {{id: string, year: number, first: number, last: number, level: string}} one */
function english(one) {
  if (one.level === "year" || one.level === "quarter") return one.id;
  return `${MONTHS[one.first - 1]}${one.first === one.last ? "" : `–${MONTHS[one.last - 1]}`} ${one.year}`;
}

/** A period that the pages' axes leave out; what is no period stays as it is. @param {string} id @param {string} lang */
function said(id, lang) {
  const [, year, first, last] = /^(\d{4})-(\d\d)(?:\.\.(\d\d))?$/.exec(id) || [];
  if (!year) return id;
  const one = { id, year: Number(year), first: Number(first), last: Number(last || first), level: "" };
  return lang === "zh" ? `${year}年${one.first}${last ? `—${one.last}` : ""}月` : english(one);
}

/** @param {string} hash @returns {Object<string, string>} */
export function read(hash) {
  const out = {};
  for (const [key, value] of new URLSearchParams(hash.replace(/^#/, ""))) if (key in PLACE) out[key] = value;
  return out;
}

/** @param {Object<string, string>} place @returns {string} */
export function write(place) {
  const out = new URLSearchParams();
  for (const key of Object.keys(PLACE)) if (place[key] && place[key] !== PLACE[key]) out.set(key, place[key]);
  return `#${out}`;
}

/** Where one is, nothing said of it left out. @param {string} hash */
export function placeOf(hash) {
  return { ...PLACE, ...read(hash) };
}
