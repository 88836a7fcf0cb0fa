// The ranking as it stands: selected parks, their scores, who is chosen, and how firmly.

import { choose, criteriaOf, ranking, scaled, stability, weigh } from "./score.js";

/**
 * @typedef {Object} Ranked
 * @property {Object[]} criteria
 * @property {number[]} weights
 * @property {Uint32Array} rows candidates
 * @property {Float64Array} points by place
 * @property {Float64Array} coverage by place
 * @property {number[]} order places, best first
 * @property {Set<number>} chosen places
 * @property {(place: number) => number[]} parts
 */

/** Load what the score needs. @param {Object} app */
export async function loadScore(app) {
  const parks = app.model.parks;
  const names = app.model.manifest.scoring?.criteria.map((c) => c.column) || [...parks.columns.own].filter((n) => parks.kind(n) === "num");
  await parks.columns.load([...names, "district", "pilot_eligible"]);
  await parks.columns.ready(["name", "park_id"], allBlocks(parks));
  app.scoring.settle();
}

/** What the score is made of: criteria and their spread, settled once the columns they may come from are there. */
export class Scoring {
  /** @param {Object} app */
  constructor(app) {
    this.app = app;
    this.criteria = null;
    this.spread = app.model.manifest.scoring?.weight_spread ?? 0.2;
  }

  /** Take the criteria of the manifest, or propose some from the columns found. */
  settle() {
    if (!this.criteria) this.criteria = criteriaOf(this.app);
  }
}

/** Weights and limits in force. @param {Object} app */
export function ruleOf(app) {
  const given = app.model.manifest.scoring;
  const rule = app.store.state.rule || {};
  return {
    weights: app.scoring.criteria.map((c) => rule.weights?.[c.id] ?? c.weight),
    perDistrict: rule.perDistrict ?? given?.per_district ?? 4,
    total: rule.total ?? given?.total ?? 20,
    eligible: rule.eligible ?? false,
  };
}

/** Rank the selected parks. @param {Object} app @returns {Ranked} */
export function rank(app) {
  const parks = app.model.parks;
  const { criteria } = app.scoring;
  const { weights, perDistrict, total, eligible } = ruleOf(app);
  const { mask } = app.engine.result(app.model.parks?.id);
  const able = eligible ? parks.columns.column("pilot_eligible")?.codes : null;
  const rows = Uint32Array.from({ length: parks.n }, (_, i) => i).filter((i) => mask[i] && (!able || able[i] === 2));
  const values = criteria.map((c) => {
    const all = parks.columns.column(c.column).values;
    return Float64Array.from(rows, (row) => all[row]);
  });
  const parts = (place) => criteria.map((c, k) => scaled(values[k][place], c));
  const points = new Float64Array(rows.length);
  const coverage = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) {
    const found = weigh(parts(i), weights);
    points[i] = found.points;
    coverage[i] = found.coverage;
  }
  const codes = parks.columns.column("district")?.codes;
  const districts = Array.from(rows, (row) => (codes ? codes[row] : 0));
  const order = ranking(rows, points);
  const limits = { perDistrict, total };
  return { criteria, weights, rows, values, points, coverage, order, districts, limits, chosen: choose(order, districts, limits), parts };
}

/** How firmly each place holds. @param {Object} app @param {Ranked} ranked */
export function firmness(app, ranked) {
  return stability({ ...ranked, weightSpread: app.scoring.spread });
}

/** Label of a criterion. @param {Object} app @param {Object} criterion */
export function criterionLabel(app, criterion) {
  return criterion[app.lang] || app.model.parks.fieldLabel(criterion.column, app.lang);
}

function* allBlocks(layer) {
  for (let b = 0; b < layer.columns.blockCount; b++) yield b * layer.columns.rowsPerBlock;
}
