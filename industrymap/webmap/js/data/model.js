// The data as the page uses it: layers with their columns, geometries, labels and colours.

import { Columns } from "./columns.js";
import { OTHER, PALETTE, safeColor } from "../basics/colors.js";
import { Points } from "./points.js";
import { Shapes } from "./shapes.js";

const MOST_COLORS = 10;

/** Columns that only say where a row came from. */
const PLUMBING = /^(source|source_row|change_id|valid_from|valid_to)$/;

/** One layer. */
export class Layer {
  /** @param {Object} head of the manifest @param {import("./block.js").Blocks} blocks @param {Object[]} taxonomies */
  constructor(head, blocks, taxonomies) {
    const view = head.view || {};
    Object.assign(this, { id: head.id, head, view, blocks, n: head.n, isPoints: head.geometry === "point", role: head.role, style: head.style, key: head.key });
    /** Its rows are what areas add up. */
    this.counted = view.duty === "firms";
    /** Its rows are ranked, compared and edited. */
    this.ranked = view.duty === "parks";
    this.columns = new Columns(head.id, head.n, head.fields, blocks, head.dated);
    this.taxonomies = new Map(taxonomies.map((t) => [t.column, t]));
    this.styles = new Map();
    /** Which version is shown: the id of an earlier one, "" for today's. */
    this.version = "";
    /** Earlier versions, oldest first. @type {Layer[]} */
    this.versions = [];
    /** What belongs to a version: kept while another one is shown. @type {Map<string, Object>} */
    this.states = new Map();
    /** How columns stand in tables for people: unit, factor, decimals, label; in reading order. @type {Map<string, Object>} */
    this.shown = new Map((head.shown || []).map((one) => [one.field, one]));
  }

  /**
   * The version that held on a day: the id of an earlier one, "" for today's; null where none is recorded.
   * @param {string|null} day
   */
  versionAt(day) {
    // From the day on which today's version began, the earlier ones no longer hold.
    if (!day || (this.head.since && day >= this.head.since)) return "";
    return this.versions.filter((one) => one.head.date <= day).slice(-1)[0]?.id ?? null;
  }

  /**
   * Decode what a version needs before it is shown in a year.
   * @param {string} version @param {number|null} year @param {null|{there: Function}} shift another datum in which it is drawn
   */
  async prepare(version, year, shift) {
    const earlier = version && !this.states.has(version) ? this.versions.find((one) => one.id === version) : null;
    if (earlier) {
      if (!earlier.shapes) await earlier.loadGeometry();
      if (shift) earlier.shapes.move(shift.there);
      earlier.columns.alike(this.columns);
      this.states.set(version, { columns: earlier.columns, shapes: earlier.shapes, n: earlier.n, styles: new Map(), links: undefined, linked: undefined });
    }
    const { columns } = version === this.version ? this : this.states.get(version);
    await columns.prepare(this.columns.asked, year);
  }

  /** Be a version in a year: from then on whoever asks the layer is answered from it. Both must be prepared. @param {string} version @param {number|null} year */
  become(version, year) {
    if (version !== this.version) {
      const { columns, shapes, n, styles, links, linked } = this;
      this.states.set(this.version, { columns, shapes, n, styles, links, linked });
      Object.assign(this, this.states.get(version));
      this.version = version;
    }
    if (this.columns.year === year) return;
    this.columns.year = year;
    // Counts of categories belong to a year: the order of a legend may change with it.
    if (this.columns.dated.size) this.styles.clear();
  }

  /** Draw every version in another datum. @param {null|Function} there */
  move(there) {
    this.points?.move(there);
    for (const shapes of new Set([this.shapes, ...[...this.states.values()].map((state) => state.shapes)])) shapes?.move(there);
  }

  /** Decode the geometries. */
  async loadGeometry() {
    const part = (name) => this.blocks.bytes(`${this.id}/${name}`);
    if (this.isPoints) this.points = new Points(this.head, ...(await Promise.all([part("key"), part("rest")])));
    else this.shapes = new Shapes(this.n, ...(await Promise.all([part("counts"), part("xy")])), this.head.step);
  }

  /** @param {string} lang */
  label(lang) {
    return this.head[lang] || this.head.zh;
  }

  /** The columns that stand in one place of the page, those that are there: listed in the layer's record, else chosen by kind. @param {"color"|"charts"|"table"|"facts"|"ranges"|"more"|"search"|"first"} place @returns {string[]} */
  listed(place) {
    const kinds = { charts: ["dict"], ranges: ["num"], more: ["dict", "bool"], color: ["dict", "num"] }[place];
    // a key of firms (park_id) may be text: the charts read it through the areas it names
    const fits = (name) => this.columns.has(name) && (!kinds || kinds.includes(this.kind(name)) || (place === "charts" && this.counted && /_id$/.test(name)));
    // what the record says comes first, then how the page arranges layers it has known from the start
    const listed = [...new Set([...(this.head[place] || []), ...(this.view[place] || [])])];
    if (listed.length) return listed.filter(fits);
    return this.head.view ? [] : this.#chosen(place).filter(fits);
  }

  /** Of a layer never heard of: names first, then categories, then numbers. */
  #chosen(place) {
    const names = this.columns.own.filter((n) => !PLUMBING.test(n));
    const of = (...kinds) => names.filter((n) => kinds.includes(this.kind(n)));
    const named = names.filter((n) => n === "name");
    switch (place) {
      case "charts": return of("dict").filter((n) => n !== "name").slice(0, 6);
      case "ranges": return of("num").slice(0, 6);
      case "facts": return of("num", "date").slice(0, 12);
      case "color": return [...of("dict").filter((n) => n !== "name"), ...of("num")];
      case "table": return [...new Set([...named, ...names])].slice(0, 12);
      case "search": return [...new Set([...named, ...names.filter((n) => /(^|_)id$|^code$/.test(n))])];
      default: return [];
    }
  }

  /** @param {string} name @param {string} lang */
  fieldLabel(name, lang) {
    const field = this.columns.fields.get(name);
    return field ? field[lang] || field.zh : name;
  }

  /** @param {string} name @param {string} [lang] */
  unit(name, lang = "zh") {
    const field = this.columns.fields.get(name);
    return (lang === "en" ? field?.unit_en ?? field?.unit : field?.unit) || "";
  }

  /** What a column holds: `dict`, `num`, `date`, `bool` or `text`. @param {string} name */
  kind(name) {
    const kind = this.columns.fields.get(name)?.column.kind;
    // How a text is stored is nobody's business outside the decoder.
    return kind === "uscc" || kind === "same" ? "text" : kind;
  }

  /**
   * The words of a loaded dictionary column with label and colour, in the order of the legend.
   * @param {string} name
   * @returns {{word: string, code: number, color: string, zh: string, en: string, other: boolean}[]}
   */
  categories(name) {
    if (!this.styles.has(name)) this.styles.set(name, this.#categories(name));
    return this.styles.get(name);
  }

  /** Label of one word. @param {string} name @param {any} word @param {string} lang */
  wordLabel(name, word, lang) {
    const known = this.#known(name).get(String(word));
    return known ? known[lang] || known.zh : String(word);
  }

  /** Colour of each code of a loaded column; index 0 is the unknown. @param {string} name @returns {string[]} */
  palette(name) {
    const colors = [];
    for (const c of this.categories(name)) colors[c.code] = c.color;
    return colors;
  }

  #known(name) {
    const taxonomy = this.taxonomies.get(name);
    const known = taxonomy ? taxonomy.labels : this.columns.fields.get(name)?.values || [];
    return new Map(known.map((v, i) => [v.value, { ...v, place: i }]));
  }

  #categories(name) {
    const column = this.columns.column(name);
    if (column.kind === "bool") {
      return [
        { word: "true", code: 2, color: PALETTE[2], zh: "是", en: "Yes", other: false },
        { word: "false", code: 1, color: PALETTE[1], zh: "否", en: "No", other: false },
      ];
    }
    const known = this.#known(name);
    const counts = new Uint32Array(column.words.length + 1);
    for (let i = 0; i < this.n; i++) counts[column.codes[i]]++;
    const words = column.words.map((word, i) => ({ word, code: i + 1, n: counts[i + 1], known: known.get(word) }));
    // In the order of the taxonomy, then the most frequent, then by name, so that equal counts keep
    // one order.
    words.sort((a, b) => (a.known?.place ?? 1e6) - (b.known?.place ?? 1e6) || b.n - a.n || (a.word < b.word ? -1 : 1));
    let next = 0;
    return words.map(({ word, code, known: own }) => {
      // A colour from the data is used only as #rrggbb; others get the next free one, and the rest
      // one grey.
      const color = safeColor(own?.color) || (next < MOST_COLORS ? PALETTE[next++] : null);
      return { word, code, color: color || OTHER, zh: own?.zh || word, en: own?.en || own?.zh || word, other: !color };
    });
  }
}

/** All data of the page. */
export class Model {
  /** @param {Object} manifest @param {import("./block.js").Blocks} blocks */
  constructor(manifest, blocks) {
    this.manifest = manifest;
    this.blocks = blocks;
    this.meta = manifest.meta;
    this.layers = new Map();
    this.snapshots = [];
    for (const head of manifest.layers) {
      const layer = new Layer(head, blocks, head.view?.duty === "firms" ? manifest.taxonomies : []);
      if (head.snapshot_of) this.snapshots.push(layer);
      else this.layers.set(head.id, layer);
    }
    for (const layer of this.snapshots) this.layers.get(layer.head.snapshot_of)?.versions.push(layer);
    /** The page's shell as it stood in the file. @type {HTMLElement|null} */
    this.shell = null;
    /** What is shown: a past year, a past day, or today. @type {{year: number|null, day: string|null}} */
    this.moment = { year: null, day: null };
    this.#arrange();
    /** Character → its readings. @type {Map<string, string[]>} */
    this.pinyin = new Map();
    for (const [syllable, characters] of Object.entries(manifest.pinyin || {})) {
      for (const character of characters) this.pinyin.set(character, [...(this.pinyin.get(character) || []), syllable]);
    }
  }

  /** @param {string} id @returns {Layer|undefined} */
  layer(id) {
    return this.layers.get(id);
  }

  /** Layers of a role, as they lie above each other. @param {"subject"|"container"|"context"} role @returns {Layer[]} */
  inRole(role) {
    return this.roles[role];
  }

  /** Subjects that firms lie in, by their key: parks, blocks. @returns {Layer[]} */
  get holders() {
    return this.inRole("subject").filter((layer) => layer.n && layer.shapes && layer.key && this.firms?.columns.has(layer.key) && layer.columns.has(layer.key));
  }

  /**
   * Show another moment: every layer answers with the values of its year and as it was on its day.
   * @param {{year: number|null, day: string|null}} moment @param {null|{there: Function}} [shift]
   */
  async bring(moment, shift = null) {
    const found = await this.prepared(moment, shift);
    this.moment = moment;
    for (const [layer, version] of found) layer.become(version, moment.year);
  }

  /** Decode what a moment needs. @param {{year: number|null, day: string|null}} moment @param {null|{there: Function}} shift @returns {Promise<[Layer, string][]>} layers with the version each shows */
  async prepared(moment, shift) {
    const found = [...this.layers.values()].map((layer) => [layer, layer.versionAt(moment.day) ?? ""]);
    if (moment.year) await this.firms?.columns.load(["in_base", "revenue_10k_cny"]);
    await Promise.all(found.map(([layer, version]) => layer.prepare(version, moment.year, shift)));
    return found;
  }

  /** Sort the layers out once: what is drawn asks for them at every stroke. */
  #arrange() {
    const all = [...this.layers.values()];
    const of = (role) => all.filter((layer) => layer.role === role);
    this.roles = { subject: of("subject"), container: of("container"), context: of("context") };
    /** The layer whose rows are ranked, compared and edited. @type {Layer|undefined} */
    this.parks = all.find((layer) => layer.ranked);
    /** The layer whose rows areas add up. @type {Layer|undefined} */
    this.firms = all.find((layer) => layer.counted);
    const order = (layer) => (layer.ranked ? 0 : layer.counted ? 1 : 2);
    /** Layers that can be listed and filtered: what is ranked, what is counted, then the others. @type {Layer[]} */
    this.subjects = this.roles.subject.filter((l) => l.n).sort((a, b) => order(a) - order(b));
    /** Areas that other layers are gathered by: districts, towns. @type {Layer[]} */
    this.containers = this.roles.container.filter((l) => l.n);
  }
}
