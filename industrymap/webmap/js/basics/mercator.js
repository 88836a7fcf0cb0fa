// Web Mercator without a library: the world as a square of side 1, south down.

const STEPS = 1e7;

/** Steps of 1e-7 degree in one degree. */
export const STEPS_PER_DEGREE = STEPS;

/** @param {number} lon degrees @returns {number} 0 in the west to 1 in the east */
export function worldX(lon) {
  return lon / 360 + 0.5;
}

/** @param {number} lat degrees @returns {number} 0 in the north to 1 in the south */
export function worldY(lat) {
  const sine = Math.sin((Math.max(-85.05, Math.min(85.05, lat)) * Math.PI) / 180);
  return 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
}

/** @param {number} x @returns {number} longitude in degrees */
export function lonOf(x) {
  return (x - 0.5) * 360;
}

/** @param {number} y @returns {number} latitude in degrees */
export function latOf(y) {
  return (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI;
}

/** World units of one metre on the ground at a latitude. @param {number} lat degrees */
export function worldPerMetre(lat) {
  return 1 / (40075016.686 * Math.cos((lat * Math.PI) / 180));
}

/** A table that turns steps of latitude into world units by interpolation, exact to a tenth of a millimetre over a city. */
export class LatitudeTable {
  /** @param {number} low @param {number} high steps of 1e-7 degree */
  constructor(low, high) {
    const cells = 8192;
    this.low = low;
    this.step = Math.max(1, (high - low) / cells);
    this.values = new Float64Array(cells + 2);
    for (let i = 0; i < cells + 2; i++) this.values[i] = worldY((low + i * this.step) / STEPS);
  }

  /** @param {number} steps */
  at(steps) {
    const place = (steps - this.low) / this.step;
    const i = Math.max(0, Math.min(this.values.length - 2, Math.floor(place)));
    return this.values[i] + (this.values[i + 1] - this.values[i]) * (place - i);
  }
}
