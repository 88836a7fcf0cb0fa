// What an address may say of each feature's state: read piece by piece, the rest left out.

const MOST_SHORT = 200;

/** State key → reader; a reader gives undefined for what makes no sense. @type {Object<string, (value: any, app: Object) => any>} */
export const LINK_READERS = {
  classes(value, app) {
    if (!isObject(value)) return undefined;
    const out = {};
    for (const [id, how] of Object.entries(value)) {
      if (!["subject", "container"].includes(app.model.layer(id)?.role) || !isObject(how)) continue;
      out[id] = {
        method: ["quantile", "jenks", "equal", "manual"].includes(how.method) ? how.method : "quantile",
        k: Number.isInteger(how.k) && how.k >= 2 && how.k <= 9 ? how.k : 5,
        ...(Array.isArray(how.breaks) ? { breaks: how.breaks.filter(Number.isFinite).slice(0, 12) } : {}),
      };
    }
    return out;
  },
  basemap: (value, app) => ((app.model.manifest.basemaps || []).some((b) => b.id === value) ? value : undefined),
  year: (value, app) => ((app.model.manifest.years || []).includes(value) ? value : undefined),
  version: (value, app) => (app.model.snapshots.some((layer) => layer.head.date === value) ? value : undefined),
  choosing: (value) => (["rank", "standards", "basket", "peers"].includes(value) ? value : undefined),
  rule(value, app) {
    if (!isObject(value)) return undefined;
    const out = {};
    for (const key of ["perDistrict", "total"]) if (Number.isInteger(value[key]) && value[key] >= 0 && value[key] <= 999) out[key] = value[key];
    for (const key of ["eligible", "everyone"]) if (typeof value[key] === "boolean") out[key] = value[key];
    if (isObject(value.weights)) {
      const parks = app.model.parks;
      out.weights = Object.fromEntries(Object.entries(value.weights).filter(([id, w]) => parks?.columns.has(id) && w >= 0 && w <= 100));
    }
    return out;
  },
  plan(value) {
    if (!isObject(value)) return undefined;
    return Object.fromEntries(Object.entries(value).filter(([key, v]) => ["far", "outputPerFloor", "taxPerOutput", "floorPerJob"].includes(key) && (v === null ? key !== "far" : v > 0 && v < 1e9)));
  },
  shortlist(value, app) {
    if (!isObject(value)) return undefined;
    const n = app.model.parks?.n || 0;
    return Object.fromEntries(Object.entries(value).filter(([row, note]) => /^\d{1,7}$/.test(row) && Number(row) < n && typeof note === "string").slice(0, MOST_SHORT).map(([row, note]) => [row, note.slice(0, 300)]));
  },
};

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
