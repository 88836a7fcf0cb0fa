// Figures in byte planes, decoded when first asked for: the mirror of pack.py's `planes_of`.

import { damaged } from "./block.js";
import { fromPlanes } from "./columns.js";

/**
 * Numbers from planes; NaN is not known.
 * @param {{low: number, bytes: number, decimals: number}} spec
 * @param {Uint8Array} bytes from its first plane on
 * @param {number} n
 * @returns {Float64Array}
 */
export function numbers(spec, bytes, n) {
  const out = new Float64Array(n).fill(NaN);
  if (!spec.bytes) return out;
  if (bytes.length < n * spec.bytes) throw damaged("figures are missing");
  const codes = fromPlanes(bytes, n, spec.bytes);
  const scale = 10 ** spec.decimals;
  // code 1 is the lowest value, as 0 says unknown
  for (let i = 0; i < n; i++) if (codes[i]) out[i] = (codes[i] + spec.low - 1) / scale;
  return out;
}

/** Fields of an indicator, in the order in which they are packed. */
export const FIELDS = ["value", "change", "n", "coverage"];

/** Every indicator of one level's areas in every period. */
export class Cube {
  /** @param {Object[][]} specs by indicator and field @param {Uint8Array} bytes @param {number} areas @param {number} periods */
  constructor(specs, bytes, areas, periods) {
    this.specs = specs;
    this.bytes = bytes;
    this.areas = areas;
    this.periods = periods;
    this.decoded = new Map();
    let at = 0;
    this.starts = specs.map((fields) => fields.map((spec) => {
      const start = at;
      at += spec.bytes * areas * periods;
      return start;
    }));
    if (bytes.length !== at) throw damaged("figures do not fill their block");
  }

  /** All figures of one field of an indicator: area by area, each its periods. @param {number} indicator @param {number} field @returns {Float64Array} */
  field(indicator, field) {
    const key = indicator * FIELDS.length + field;
    const known = this.decoded.get(key);
    if (known) return known;
    const table = numbers(this.specs[indicator][field], this.bytes.subarray(this.starts[indicator][field]), this.areas * this.periods);
    this.decoded.set(key, table);
    return table;
  }

  /** One figure. @param {number} indicator @param {number} area @param {number} period @param {number} [field] */
  at(indicator, area, period, field = 0) {
    return this.field(indicator, field)[area * this.periods + period];
  }
}
