// The ranking as it stands: selected parks, their scores, who is chosen, and how firmly.

import { standingColumns, standings } from "./candidates.js";
import { DRAWS, choose, criteriaOf, ranking, scaled, stability, weigh } from "./score.js";

/**
 * @typedef {Object} Ranked
 * @property {Object[]} criteria
 * @property {number[]} weights
 * @property {Uint32Array} rows candidates
 * @property {{row: number, standing: string, points: number, coverage: number}[]} apart selected parks that take no part
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
  await parks.columns.load([...names, "district", "district_code", ...standingColumns(app)]);
  await parks.columns.ready(["name", "park_id", ...["pilot_standard"].filter((name) => parks.columns.has(name))], allBlocks(parks));
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

  /** The ranking as it is. @returns {Ranked} */
  rank() {
    return rank(this.app);
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
    eligible: (rule.eligible ?? given?.eligible_only ?? false) && app.model.parks.columns.has("pilot_eligible"),
    everyone: rule.everyone ?? false,
  };
}

/** Rank the candidates among the selected parks, as `industrymap parks pilots` does. @param {Object} app @returns {Ranked} */
export function rank(app) {
  const parks = app.model.parks;
  const { criteria } = app.scoring;
  const rule = ruleOf(app);
  const { weights } = rule;
  const { mask } = app.engine.result(parks.id);
  const columns = criteria.map((c) => parks.columns.column(c.column).values);
  const standing = standings(app, rule);
  const rows = [];
  const scores = [];
  const apart = [];
  for (let row = 0; row < parks.n; row++) {
    if (!mask[row]) continue;
    const found = weigh(criteria.map((c, k) => scaled(columns[k][row], c)), weights);
    const stands = standing(row, found.coverage);
    if (stands === "candidate") {
      rows.push(row);
      scores.push(found);
    } else apart.push({ row, standing: stands, ...found });
  }
  const values = columns.map((all) => Float64Array.from(rows, (row) => all[row]));
  const points = Float64Array.from(scores, (found) => found.points);
  const coverage = Float64Array.from(scores, (found) => found.coverage);
  const parts = (place) => criteria.map((c, k) => scaled(values[k][place], c));
  const districts = rows.map(districtOf(parks));
  const order = ranking(rows.map((row) => parks.columns.value("park_id", row) ?? ""), points);
  const limits = { perDistrict: rule.perDistrict, total: rule.total };
  return { criteria, weights, rows: Uint32Array.from(rows), apart, values, points, coverage, order, districts, limits, chosen: choose(order, districts, limits), parts };
}

/** The district a park counts for: by code, else by name; a park without either stands alone. */
function districtOf(parks) {
  const columns = ["district_code", "district"].filter((name) => parks.columns.has(name));
  return (row) => columns.map((name) => parks.columns.value(name, row)).find(Boolean) ?? `?${row}`;
}

/** How firmly each place holds. @param {Object} app @param {Ranked} ranked */
export function firmness(app, ranked) {
  return stability({ ...ranked, weightSpread: app.scoring.spread });
}

/** What is drawn and what is not, in one sentence: nobody takes the share for more than it says. @param {Object} app */
export function drawnNote(app) {
  return app.t("rank_drawn", { draws: app.format.count(DRAWS), spread: app.format.percent(app.scoring.spread) });
}

/** Label of a criterion. @param {Object} app @param {Object} criterion */
export function criterionLabel(app, criterion) {
  return criterion[app.lang] || app.model.parks.fieldLabel(criterion.column, app.lang);
}

function* allBlocks(layer) {
  for (let b = 0; b < layer.columns.blockCount; b++) yield b * layer.columns.rowsPerBlock;
}
