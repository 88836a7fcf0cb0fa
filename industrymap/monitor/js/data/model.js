// The pages' data: records, and the figures of each level. Nothing is computed here that Python has not computed.

import { Cube } from "./cube.js";
import { loadFirms } from "./firms.js";

const AXES = {
  quarter: (p) => p.level === "quarter",
  month: (p) => p.level === "month" || (p.first === 1 && p.last === 2),
  cumulative: (p) => p.first === 1 && p.last > 1,
  year: (p) => p.level === "year",
};

/** What the file holds. */
export class Model {
  /** @param {Object} records of the block `model/json` @param {import("./block.js").Blocks} blocks */
  constructor(records, blocks) {
    Object.assign(this, records);
    this.blocks = blocks;
    this.cubeOf = new Map();
    this.indexOf = new Map(records.indicators.map((one, at) => [one.id, at]));
    this.levelOf = new Map(records.levels.map((one) => [one.id, one]));
    this.placeOf = new Map(records.levels.map((one) => [one.id, new Map(one.codes.map((code, at) => [code, at]))]));
    this.periodOf = new Map(records.periods.map((one, at) => [one.id, at]));
    this.axes = Object.fromEntries(Object.entries(AXES).map(([name, is]) => [name, records.periods.map((p, at) => (is(p) ? at : -1)).filter((at) => at >= 0)]));
  }

  /** Decode a level's figures; the first ones before the page is drawn, towns when they are first looked at. @param {string} level */
  async load(level) {
    if (this.cubeOf.has(level) || !this.levelOf.has(level)) return;
    const [specs, bytes] = await Promise.all([this.blocks.json(`cube/${level}/specs`), this.blocks.bytes(`cube/${level}/planes`)]);
    this.cubeOf.set(level, new Cube(specs, bytes, this.levelOf.get(level).codes.length, this.periods.length));
  }

  /** Whether a level's figures are there. @param {string} level */
  ready(level) {
    return this.cubeOf.has(level);
  }

  /** One figure; NaN is not known. @param {string} level @param {number} indicator @param {number} area @param {number} period @param {number} [field] 0 value, 1 change, 2 n, 3 coverage */
  at(level, indicator, area, period, field = 0) {
    if (period < 0 || area < 0) return NaN;
    return this.cubeOf.get(level).at(indicator, area, period, field);
  }

  /** A whole course along an axis. @param {string} level @param {number} indicator @param {number} area @param {number[]} axis @param {number} [field] */
  course(level, indicator, area, axis, field = 0) {
    return axis.map((period) => this.at(level, indicator, area, period, field));
  }

  /** The last place of an axis at which any area of a level has the indicator; -1 where none has. */
  last(level, indicator, axis) {
    const n = this.levelOf.get(level).codes.length;
    for (let at = axis.length - 1; at >= 0; at--) {
      for (let area = 0; area < n; area++) if (Number.isFinite(this.at(level, indicator, area, axis[at]))) return axis[at];
    }
    return -1;
  }

  /** Firms, decoded once. */
  firms() {
    this.firmsJob = this.firmsJob || loadFirms(this.blocks).then((firms) => (this.firmsNow = firms));
    return this.firmsJob;
  }

  /** What came in, decoded once. */
  intake() {
    this.intakeJob = this.intakeJob || (this.blocks.has("intake/json") ? this.blocks.json("intake/json") : Promise.resolve(null)).then((done) => (this.intakeNow = done));
    return this.intakeJob;
  }

  /** The target of an area's indicator in a year. */
  target(level, unit, indicator, year) {
    return this.targets.find((t) => t.level === level && t.unit === unit && t.indicator === indicator && t.year === year);
  }
}

/** Rows of a packed table as objects. @param {{columns: string[], rows: any[][]}} table */
export function records(table) {
  return table ? table.rows.map((row) => Object.fromEntries(table.columns.map((name, at) => [name, row[at]]))) : [];
}
