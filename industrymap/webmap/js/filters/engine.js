// The filter engine: one byte mask per layer, its prefix sums, and counts of what each filter alone keeps out.

import { YES, keyOf, needs, verdict } from "./conditions.js";

const KEPT_MASKS = 40;
const NOT_THERE = 255;

/**
 * @typedef {Object} Result
 * @property {Uint8Array} mask 1 where a row is in the selection
 * @property {Uint32Array} sums prefix sums of the mask; sums[n] is the count
 * @property {number} count
 * @property {Uint8Array|null} fails how many conditions each row fails; null where there are fewer than two
 * @property {import("./conditions.js").Condition[]} items
 * @property {Uint8Array[]} masks of each condition
 * @property {number} version
 */

/** Keeps the selection of every layer up to date with the filters. */
export class Engine {
  #listeners = [];
  #kept = new Map();
  #turn = 0;
  #version = 0;

  /**
   * @param {import("../data/model.js").Model} model
   * @param {import("../basics/store.js").Store} store its key `filters`: layer id, or `shared`, → conditions that must all hold
   */
  constructor(model, store) {
    this.model = model;
    this.store = store;
    this.results = new Map();
    /** How often those who watch were told: what was drawn since then shows the selection. */
    this.told = 0;
    this.specials = new Map();
    for (const layer of model.layers.values()) this.results.set(layer.id, this.#all(layer));
    /** What adds conditions of its own, the slider of years for one. @type {((id: string) => import("./conditions.js").Condition[])[]} */
    this.extra = [];
    store.watch(["filters"], () => this.run());
  }

  /** Add a kind of condition that needs more than one column. @param {string} op @param {{load?: (item: Object, layer: Object, engine: Engine) => Promise<void>, verdict: (item: Object, layer: Object, engine: Engine) => Uint8Array, depends?: (model: Object) => string[], layers?: (model: Object) => string[]}} how `depends`: layers whose selection it looks at; `layers`: those a shared one holds for */
  define(op, how) {
    this.specials.set(op, how);
  }

  /**
   * The rows that there are at the time that is shown: of firms those in the base of that year, of other layers all of them (null).
   * Whatever counts, sums or lists rows without asking for the selection asks here.
   * @param {string} id layer @returns {Uint8Array|null}
   */
  base(id) {
    const layer = this.model.layer(id);
    const column = layer?.columns.dated.has("in_base") ? layer.columns.column("in_base") : null;
    if (!column?.codes) return null;
    if (layer.base?.of !== column) layer.base = { of: column, mask: Uint8Array.from(column.codes, (code) => (code === 2 ? 1 : 0)) };
    return layer.base.mask;
  }

  /** How many rows there are at the time that is shown, from one stored place to another. @param {string} id @param {number} [from] @param {number} [to] */
  size(id, from = 0, to = this.model.layer(id).n) {
    const base = this.base(id);
    if (!base) return to - from;
    let n = 0;
    for (let i = from; i < to; i++) n += base[i];
    return n;
  }

  /** @param {string} id layer @returns {Result} */
  result(id) {
    return this.results.get(id) || everything(0);
  }

  /** The rows that meet a layer's conditions on itself, leaving out those that look at other layers. @param {string} id @returns {Uint8Array} */
  ownMask(id) {
    const { items, masks, mask } = this.result(id);
    const own = masks.filter((_, k) => !ops(items[k]).some((op) => this.specials.get(op)?.depends));
    if (own.length === masks.length) return mask;
    const out = this.base(id)?.slice() || new Uint8Array(mask.length).fill(1);
    for (const one of own) for (let i = 0; i < out.length; i++) out[i] &= one[i];
    return out;
  }

  /** Be told when selections change. @param {(changed: string[]) => void} listen */
  watch(listen) {
    this.#listeners.push(listen);
    return () => {
      this.#listeners = this.#listeners.filter((l) => l !== listen);
    };
  }

  /** Conditions that hold for a layer: its own and those shared by all that have the column. @param {string} id */
  items(id) {
    const { filters } = this.store.state;
    const layer = this.model.layer(id);
    if (!layer) return [];
    const shared = (filters.shared || []).filter((item) => needs(item).every((field) => layer.columns.has(field)) && (this.specials.get(item.op)?.layers?.(this.model) || [id]).includes(id));
    return [...shared, ...(filters[id] || []), ...this.extra.flatMap((more) => more(id))];
  }

  /** Recompute every layer whose conditions changed. */
  async run() {
    const turn = ++this.#turn;
    const layers = [...this.model.layers.values()].filter((l) => !this.#settled(l.id));
    await Promise.all(layers.map((layer) => this.#load(layer)));
    // Somebody changed a condition meanwhile: the later run answers.
    if (turn !== this.#turn) return;
    const changed = [];
    for (const layer of this.#ordered()) {
      if (this.#settled(layer.id) && !this.#dependsOn(layer.id, changed)) continue; // nothing it looks at changed
      this.results.set(layer.id, this.#compute(layer));
      changed.push(layer.id);
    }
    if (changed.length) this.tell(changed);
  }

  /**
   * How many selected rows each code of a loaded column has, leaving out the conditions on that column itself:
   * what a reader would get by clicking another category.
   * @param {string} id layer
   * @param {string} name column
   * @returns {Uint32Array} by code
   */
  counts(id, name) {
    const result = this.result(id);
    if (!result.counts.has(name)) {
      const column = this.model.layer(id).columns.column(name);
      if (!column) return new Uint32Array(1); // of another year, and still being decoded
      const { codes, words, kind } = column;
      const counts = new Uint32Array(kind === "bool" ? 3 : words.length + 1);
      const mask = this.maskBut(id, name);
      for (let i = 0; i < mask.length; i++) if (mask[i]) counts[codes[i]]++;
      result.counts.set(name, counts);
    }
    return result.counts.get(name);
  }

  /**
   * The mask of a layer without the conditions on some columns.
   * @param {string} id
   * @param {...string} names
   * @returns {Uint8Array}
   */
  maskBut(id, ...names) {
    const { fails, items, masks, mask, but } = this.result(id);
    const own = masks.filter((_, k) => names.includes(items[k].field));
    // No condition on these columns: leaving them out changes nothing.
    if (!own.length) return mask;
    const name = names.join(" ");
    if (!but.has(name)) {
      const out = new Uint8Array(mask.length);
      if (!fails) out.fill(1);
      else if (own.length === 1) {
        const mine = own[0];
        // A row belongs if what it fails is exactly the condition that is left out.
        for (let i = 0; i < out.length; i++) out[i] = fails[i] === 1 - mine[i] ? 1 : 0;
      } else {
        for (let i = 0; i < out.length; i++) {
          let missed = 0;
          for (const one of own) missed += 1 - one[i];
          out[i] = fails[i] === missed ? 1 : 0;
        }
      }
      but.set(name, out);
    }
    return but.get(name);
  }

  #settled(id) {
    const result = this.results.get(id);
    return result.key === this.#keyOf(this.model.layer(id), this.items(id));
  }

  #dependsOn(id, changed) {
    return this.items(id).some((item) => ops(item).some((op) => (this.specials.get(op)?.depends?.(this.model) || []).some((d) => changed.includes(d))));
  }

  #ordered() {
    // firms are counted by their own conditions before the areas that count them, and joined to areas after
    const { firms } = this.model;
    const joined = firms && this.items(firms.id).some((item) => ops(item).some((op) => this.specials.get(op)?.depends));
    const rest = [...this.model.layers.values()].filter((layer) => !layer.counted);
    return firms ? [firms, ...rest, ...(joined ? [firms] : [])] : rest;
  }

  async #load(layer) {
    const items = this.items(layer.id);
    await layer.columns.load(items.flatMap(needs));
    const jobs = [];
    for (const item of items.flatMap(leaves)) {
      const how = this.specials.get(item.op);
      if (how?.load) jobs.push(how.load(item, layer, this));
      else if (item.op === "in") jobs.push(layer.columns.code(item.field));
    }
    await Promise.all(jobs);
  }

  /** What the conditions of a layer keep by the values of another year, without those on some columns. @param {string} id @param {number|null} year @param {string[]} [but] @returns {Promise<Uint8Array>} */
  async maskIn(id, year, but = []) {
    const { columns } = this.model.layer(id);
    await columns.prepare(columns.asked, year);
    const shown = columns.year;
    columns.year = year;
    const found = this.#compute(this.model.layer(id));
    const { mask } = found;
    const wide = but.length && found.items.some((item) => but.includes(item.field)) ? maskOf(found, but) : mask;
    columns.year = shown; // nothing waited in between, so nobody saw the other year
    return wide;
  }

  /** The results at the moment that the model is brought to, without telling anybody. @returns {Promise<Map<string, Result>>} */
  async resultsNow() {
    this.#turn++;
    await Promise.all([...this.model.layers.values()].map((layer) => this.#load(layer)));
    for (const layer of this.#ordered()) this.results.set(layer.id, this.#compute(layer));
    return new Map(this.results);
  }

  /** Have everybody look at the selections again. @param {string[]} [changed] layers */
  tell(changed = [...this.model.layers.keys()]) {
    this.told++;
    for (const listen of [...this.#listeners]) listen(changed);
  }

  /** Answer with other results while something is done: the picture of another moment is painted. @param {Map<string, Result>} results @param {() => void} work */
  showing(results, work) {
    const shown = this.results;
    this.results = results;
    try {
      work();
    } finally {
      this.results = shown;
    }
  }

  /**
   * Do what conditions set off and leave everything as it is: they are counted and forgotten, the selection is drawn again.
   * @param {{id: string, item: import("./conditions.js").Condition}[]} conditions over loaded columns, with the layer each is for
   */
  warmUp(conditions) {
    for (const { id, item } of conditions) {
      const layer = this.model.layer(id);
      counted(layer.n, [item], [held(verdict(item, layer, () => undefined))], 0, "");
    }
    this.tell();
  }

  #compute(layer) {
    const items = this.items(layer.id);
    const key = this.#keyOf(layer, items);
    const version = ++this.#version;
    if (!items.length) return { ...this.#all(layer), version, key };
    const masks = items.map((item) => this.#mask(item, layer));
    const found = counted(layer.n, items, masks, version, key);
    const base = this.base(layer.id);
    return base ? within(found, base) : found;
  }

  /** The result without conditions. */
  #all(layer) {
    const base = this.base(layer.id);
    return base ? { ...counted(layer.n, [], [base], 0, ""), masks: [] } : everything(layer.n);
  }

  /** What a result was worked out for: the conditions, and the year and version whose values they look at. */
  #keyOf(layer, items) {
    return [timeOf(layer), ...items.map(keyOf)].join("\n");
  }

  #mask(item, layer) {
    const volatile = ops(item).some((op) => this.specials.get(op)?.depends);
    const key = `${layer.id} ${timeOf(layer)} ${keyOf(item)}`;
    if (!volatile && this.#kept.has(key)) return this.#kept.get(key);
    const found = held(verdict(item, layer, (one) => this.specials.get(one.op)?.verdict(one, layer, this)));
    if (!volatile) {
      this.#kept.set(key, found);
      if (this.#kept.size > KEPT_MASKS) this.#kept.delete(this.#kept.keys().next().value);
    }
    return found;
  }
}

/** The rows that fail no condition but those on some columns. */
function maskOf({ fails, items, masks, mask }, names) {
  const own = masks.filter((_, k) => names.includes(items[k].field));
  return mask.map((kept, i) => (kept || (fails ? fails[i] : 1) === own.reduce((n, one) => n + 1 - one[i], 0) ? 1 : 0));
}

/** The year and the version of a layer that is shown. */
function timeOf(layer) {
  return [layer.version, layer.columns.year].filter(Boolean).join(" ");
}

/** A mask of what certainly holds, in the place of the verdicts. */
function held(verdicts) {
  for (let i = 0; i < verdicts.length; i++) verdicts[i] = verdicts[i] === YES ? 1 : 0;
  return verdicts;
}

/** The result of some conditions. */
function counted(n, items, masks, version, key) {
  const { mask, fails } = masks.length > 1 ? all(masks, n) : { mask: masks[0], fails: null };
  const sums = new Uint32Array(n + 1);
  let count = 0;
  // Running sums: how many rows a range of points holds is then one subtraction.
  for (let i = 0; i < n; i++) sums[i + 1] = count += mask[i];
  return { mask, sums, count, fails, items, masks, version, key, counts: new Map(), but: new Map() };
}

/** A result without the rows that are not there: they fail more conditions than there can be, so that no other count takes them in. */
function within(found, base) {
  const n = base.length;
  const mask = new Uint8Array(n);
  const fails = new Uint8Array(n);
  const sums = new Uint32Array(n + 1);
  let count = 0;
  for (let i = 0; i < n; i++) {
    fails[i] = base[i] ? (found.fails ? found.fails[i] : 1 - found.mask[i]) : NOT_THERE;
    mask[i] = fails[i] ? 0 : 1;
    sums[i + 1] = count += mask[i];
  }
  return { ...found, mask, fails, sums, count };
}

/** Where all masks hold, and how many of them each row fails. */
function all(masks, n) {
  const fails = new Uint8Array(n);
  for (const one of masks) for (let i = 0; i < n; i++) fails[i] += 1 - one[i];
  return { fails, mask: fails.map((missed) => (missed ? 0 : 1)) };
}

function everything(n) {
  const sums = new Uint32Array(n + 1);
  for (let i = 1; i <= n; i++) sums[i] = i;
  return { mask: new Uint8Array(n).fill(1), sums, count: n, fails: null, items: [], masks: [], version: 0, key: "", counts: new Map(), but: new Map() };
}

function leaves(item) {
  return item.op === "group" ? item.items.flatMap(leaves) : [item];
}

function ops(item) {
  return leaves(item).map((leaf) => leaf.op);
}
