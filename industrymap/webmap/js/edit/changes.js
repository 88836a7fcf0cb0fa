// Edits of parks, kept apart from the data: values and shapes that shall change, with undo and redo, saved as change files that
// `industrymap changes apply` takes: values as a table, shapes as GeoJSON.

const MOST_STEPS = 200;

/**
 * @typedef {Object} Edit
 * @property {Object<string, any>} values column → new value; null empties it
 * @property {Object|null} geometry GeoJSON, or null where the shape stays
 */

/** The edits of a session. */
export class Edits {
  #past = [];
  #future = [];

  /** @param {() => void} changed called after every change */
  constructor(changed) {
    this.changed = changed;
    /** @type {Map<string, Edit>} by park_id */
    this.all = new Map();
  }

  /** Number of parks that shall change. */
  get size() {
    return this.all.size;
  }

  get canUndo() {
    return this.#past.length > 0;
  }

  get canRedo() {
    return this.#future.length > 0;
  }

  /** @param {string} id @returns {Edit} */
  of(id) {
    return this.all.get(id) || { values: {}, geometry: null };
  }

  /** Change a value; setting the value it had takes the change back. @param {string} id @param {string} name @param {any} value @param {any} before */
  setValue(id, name, value, before) {
    const edit = this.of(id);
    const values = { ...edit.values };
    if (value === before) delete values[name];
    else values[name] = value;
    this.#put(id, { ...edit, values });
  }

  /** @param {string} id @param {Object|null} geometry */
  setGeometry(id, geometry) {
    this.#put(id, { ...this.of(id), geometry });
  }

  /** Take in edits read from a change file. @param {Map<string, Edit>} edits */
  merge(edits) {
    const next = new Map(this.all);
    for (const [id, edit] of edits) next.set(id, { values: { ...(next.get(id)?.values || {}), ...edit.values }, geometry: edit.geometry || next.get(id)?.geometry || null });
    this.#step(next);
  }

  /** Drop every edit. */
  clear() {
    if (this.all.size) this.#step(new Map());
  }

  undo() {
    if (!this.canUndo) return;
    this.#future.push(this.all);
    this.all = this.#past.pop();
    this.changed();
  }

  redo() {
    if (!this.canRedo) return;
    this.#past.push(this.all);
    this.all = this.#future.pop();
    this.changed();
  }

  #put(id, edit) {
    const next = new Map(this.all);
    if (!Object.keys(edit.values).length && !edit.geometry) next.delete(id);
    else next.set(id, edit);
    this.#step(next);
  }

  #step(next) {
    this.#past.push(this.all);
    if (this.#past.length > MOST_STEPS) this.#past.shift();
    this.#future = [];
    this.all = next;
    this.changed();
  }
}

/** A value that empties a field in a change table. */
export const CLEAR = "清空";

/**
 * Values that change, as rows of a change table: park_id, action, then one column for each field any park changes.
 * @param {Map<string, Edit>} edits
 * @param {(id: string) => number|null} version the park's change_id, where known
 * @returns {any[][]} header first; empty where no value changes
 */
export function changeTable(edits, version) {
  const changed = [...edits].filter(([, e]) => Object.keys(e.values).length);
  if (!changed.length) return [];
  const names = [...new Set(changed.flatMap(([, e]) => Object.keys(e.values)))].sort();
  const withVersion = changed.some(([id]) => version(id) !== null);
  const head = ["park_id", "action", ...(withVersion ? ["change_id"] : []), ...names];
  const rows = changed.map(([id, e]) => [id, "change", ...(withVersion ? [version(id)] : []), ...names.map((n) => (n in e.values ? (e.values[n] === null ? CLEAR : e.values[n]) : null))]);
  return [head, ...rows];
}

/** Shapes that change, as GeoJSON. @param {Map<string, Edit>} edits @param {(id: string) => number|null} version @returns {Object|null} */
export function changeShapes(edits, version) {
  const features = [...edits].filter(([, e]) => e.geometry).map(([id, e]) => ({
    type: "Feature", geometry: e.geometry,
    properties: { park_id: id, action: "change", ...(version(id) === null ? {} : { change_id: version(id) }) },
  }));
  return features.length ? { type: "FeatureCollection", name: "village_parks", features } : null;
}

/**
 * Edits from a change file; whatever is not a known park, field or sound shape is left out and counted.
 * @param {string} text GeoJSON, or CSV with the header of `changeTable`
 * @param {{hasPark: (id: string) => boolean, parse: (name: string, text: any) => any}} known parse gives undefined for what makes no sense
 * @returns {{edits: Map<string, Edit>, refused: number}}
 */
export function readChanges(text, known) {
  const plain = text.replace(/^\ufeff/, "").trim();
  return plain.startsWith("{") ? fromGeojson(plain, known) : fromTable(plain, known);
}

function fromGeojson(text, known) {
  const edits = new Map();
  let refused = 0;
  let read;
  try {
    read = JSON.parse(text);
  } catch {
    return { edits, refused: 1 };
  }
  const features = Array.isArray(read?.features) ? read.features : [];
  if (!features.length) refused++;
  for (const feature of features) {
    const id = feature?.properties?.park_id;
    if (typeof id === "string" && known.hasPark(id) && isShape(feature.geometry)) edits.set(id, { values: {}, geometry: { type: feature.geometry.type, coordinates: feature.geometry.coordinates } });
    else refused++;
  }
  return { edits, refused };
}

function fromTable(text, known) {
  const [head = [], ...rows] = parseCsv(text);
  const key = head.indexOf("park_id");
  const edits = new Map();
  let refused = key < 0 ? 1 : 0;
  for (const row of key < 0 ? [] : rows) {
    const id = row[key];
    const values = {};
    head.forEach((name, i) => {
      if (i === key || name === "action" || name === "change_id" || row[i] === undefined || row[i] === "") return;
      const value = row[i] === CLEAR ? null : known.parse(name, row[i]);
      if (value === undefined) refused++;
      else values[name] = value;
    });
    if (known.hasPark(id) && Object.keys(values).length) edits.set(id, { values, geometry: null });
    else refused++;
  }
  return { edits, refused };
}

/** Rows of a CSV text. @param {string} text @returns {string[][]} */
export function parseCsv(text) {
  const rows = [[]];
  let field = "";
  let quoted = false;
  const end = () => {
    const row = rows[rows.length - 1];
    row.push(field.startsWith("'") && /^'[=+\-@\t\r\n＝＋－＠]/.test(field) ? field.slice(1) : field);
    field = "";
  };
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quoted) {
      if (c !== '"') field += c;
      else if (text[i + 1] === '"') field += text[++i];
      else quoted = false;
    } else if (c === '"') quoted = true;
    else if (c === ",") end();
    else if (c === "\n") {
      end();
      rows.push([]);
    } else if (c !== "\r") field += c;
  }
  end();
  return rows.filter((row) => row.length > 1 || row[0] !== "");
}

function isShape(geometry) {
  const place = (p) => Array.isArray(p) && p.length >= 2 && Number.isFinite(p[0]) && Number.isFinite(p[1]) && Math.abs(p[0]) <= 180 && Math.abs(p[1]) <= 90;
  const ring = (r) => Array.isArray(r) && r.length >= 4 && r.every(place);
  const polygon = (p) => Array.isArray(p) && p.length > 0 && p.every(ring);
  return (geometry?.type === "Polygon" && polygon(geometry.coordinates)) || (geometry?.type === "MultiPolygon" && Array.isArray(geometry.coordinates) && geometry.coordinates.length > 0 && geometry.coordinates.every(polygon));
}
