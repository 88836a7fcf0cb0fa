// The selection reduced to its largest firms: what the topic of that name draws, counts and explains.

/** How many firms the topic draws. */
export const MOST = 100;

/** Kept until the selection changes: the map asks at every stroke. @type {WeakMap<Object, {version: any, result: import("../filters/engine.js").Result}>} */
const KEPT = new WeakMap();

/**
 * @param {Object} app
 * @param {import("../data/model.js").Layer} layer of firms, revenue loaded
 * @returns {import("../filters/engine.js").Result} of at most a hundred rows
 */
export function largestOf(app, layer) {
  const { mask: selected, version } = app.engine.result(layer.id);
  const kept = KEPT.get(layer);
  if (kept?.version === version) return kept.result;
  const { values } = layer.columns.column("revenue_10k_cny");
  const rows = [];
  // all of them, also those known only to a town or to none: the hundred largest are not the hundred largest with an address
  for (let i = 0; i < layer.n; i++) if (selected[i] && values[i] > 0) rows.push(i);
  rows.sort((a, b) => values[b] - values[a] || a - b);
  const mask = new Uint8Array(layer.n);
  for (const row of rows.slice(0, MOST)) mask[row] = 1;
  const sums = new Uint32Array(layer.n + 1);
  for (let i = 0; i < layer.n; i++) sums[i + 1] = sums[i] + mask[i];
  const result = { mask, sums, count: sums[layer.n], version };
  KEPT.set(layer, { version, result });
  return result;
}
