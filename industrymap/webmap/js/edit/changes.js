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
 * What a change file says of a park and of a field, in words.
 * @typedef {Object} Speech
 * @property {(key: "id"|"park"|"action"|"change"|"version") => string} word
 * @property {(name: string) => string} heading of a field, with its unit
 * @property {(heading: string) => string} was heading of the value it had
 * @property {(id: string) => string|null} nameOf a park
 * @property {(id: string) => number|null} version the park's change_id, where known
 * @property {(id: string, name: string) => any} before the value it has
 * @property {(name: string, value: any) => any} cell a value in words
 */

/** What one park's row says, heading → cell: which park, what it had and what it shall have. */
function rowOf(id, edit, names, speech, withVersion) {
  const row = { [speech.word("id")]: id, [speech.word("park")]: speech.nameOf(id), [speech.word("action")]: speech.word("change") };
  if (withVersion) row[speech.word("version")] = speech.version(id);
  for (const name of names) {
    const heading = speech.heading(name);
    const changes = name in edit.values;
    row[speech.was(heading)] = changes ? speech.cell(name, speech.before(id, name)) : null;
    row[heading] = changes ? (edit.values[name] === null ? CLEAR : speech.cell(name, edit.values[name])) : null;
  }
  return row;
}

const fieldsOf = (edits) => [...new Set(edits.flatMap(([, e]) => Object.keys(e.values)))].sort();

/**
 * Values that change, as rows of a change table: one row a park, the old value of each field before the new one. A park whose shape
 * changes too stands in the file of shapes, so that one edit is in one file.
 * @param {Map<string, Edit>} edits
 * @param {Speech} speech
 * @returns {any[][]} header first; empty where no value changes
 */
export function changeTable(edits, speech) {
  const changed = [...edits].filter(([, e]) => Object.keys(e.values).length && !e.geometry);
  if (!changed.length) return [];
  const withVersion = changed.some(([id]) => speech.version(id) !== null);
  const rows = changed.map(([id, e]) => rowOf(id, e, fieldsOf(changed), speech, withVersion));
  return [Object.keys(rows[0]), ...rows.map((row) => Object.values(row))];
}

/** Shapes that change, with the values of the same parks, as GeoJSON. @param {Map<string, Edit>} edits @param {Speech} speech @returns {Object|null} */
export function changeShapes(edits, speech) {
  const changed = [...edits].filter(([, e]) => e.geometry);
  const withVersion = changed.some(([id]) => speech.version(id) !== null);
  const features = changed.map(([id, e]) => ({ type: "Feature", geometry: e.geometry, properties: rowOf(id, e, fieldsOf(changed), speech, withVersion) }));
  return features.length ? { type: "FeatureCollection", name: "village_parks", features } : null;
}

/**
 * Edits from a change file; whatever is not a known park, field or sound shape is left out and counted.
 * @param {string} text GeoJSON, or CSV with the header of `changeTable`
 * @param {{hasPark: (id: string) => boolean, fieldOf: (heading: string) => string|null|undefined, parse: (name: string, text: any) => any}} known
 *   fieldOf: the column under a heading, `park_id` for the key, null for what is there to be read only, undefined for what is not known;
 *   parse gives undefined for what makes no sense
 * @returns {{edits: Map<string, Edit>, refused: number}}
 */
export function readChanges(text, known) {
  const plain = text.replace(/^\ufeff/, "").trim();
  const edits = new Map();
  let refused = 0;
  let rows = [];
  try {
    rows = plain.startsWith("{") ? featureRows(JSON.parse(plain)) : tableRows(plain);
  } catch {
    return { edits, refused: 1 };
  }
  if (!rows.length) refused++;
  for (const { cells, geometry } of rows) {
    const values = {};
    let id;
    for (const [heading, cell] of cells) {
      const name = known.fieldOf(heading);
      if (name === "park_id") id = cell;
      if (name === "park_id" || name === null || cell === undefined || cell === null || cell === "") continue;
      const value = name === undefined ? undefined : cell === CLEAR ? null : known.parse(name, cell);
      if (value === undefined) refused++;
      else values[name] = value;
    }
    const shape = isShape(geometry) ? { type: geometry.type, coordinates: geometry.coordinates } : null;
    if (known.hasPark(id) && (shape || Object.keys(values).length)) edits.set(id, { values, geometry: shape });
    else refused++;
  }
  return { edits, refused };
}

function featureRows(read) {
  const features = Array.isArray(read?.features) ? read.features : [];
  return features.map((feature) => ({ cells: Object.entries(feature?.properties || {}), geometry: feature?.geometry }));
}

function tableRows(text) {
  const [head = [], ...rows] = parseCsv(text);
  return rows.map((row) => ({ cells: head.map((heading, i) => [heading, row[i]]), geometry: null }));
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
