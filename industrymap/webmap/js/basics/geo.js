// Lengths and areas on the ground, and places inside rings. Distances are geodesic on the WGS 84 ellipsoid.

const A = 6378137;
const F = 1 / 298.257223563;
const B = A * (1 - F);
const RAD = Math.PI / 180;

/**
 * Length of the geodesic between two places: Vincenty's inverse formula (Survey Review 23, 1975), good to a millimetre;
 * on a sphere where it does not converge (near antipodes).
 * @param {[number, number]} p longitude, latitude in degrees
 * @param {[number, number]} q
 * @returns {number} metres
 */
export function distance(p, q) {
  const u1 = Math.atan((1 - F) * Math.tan(p[1] * RAD));
  const u2 = Math.atan((1 - F) * Math.tan(q[1] * RAD));
  const l = (q[0] - p[0]) * RAD;
  const [s1, c1, s2, c2] = [Math.sin(u1), Math.cos(u1), Math.sin(u2), Math.cos(u2)];
  let lambda = l;
  for (let round = 0; round < 100; round++) {
    const [sl, cl] = [Math.sin(lambda), Math.cos(lambda)];
    const sinSigma = Math.hypot(c2 * sl, c1 * s2 - s1 * c2 * cl);
    if (sinSigma === 0) return 0;
    const cosSigma = s1 * s2 + c1 * c2 * cl;
    const sigma = Math.atan2(sinSigma, cosSigma);
    const sinAlpha = (c1 * c2 * sl) / sinSigma;
    const cos2Alpha = 1 - sinAlpha ** 2;
    const cos2M = cos2Alpha ? cosSigma - (2 * s1 * s2) / cos2Alpha : 0;
    const c = (F / 16) * cos2Alpha * (4 + F * (4 - 3 * cos2Alpha));
    const next = l + (1 - c) * F * sinAlpha * (sigma + c * sinSigma * (cos2M + c * cosSigma * (2 * cos2M ** 2 - 1)));
    if (Math.abs(next - lambda) < 1e-12) {
      const u = (cos2Alpha * (A ** 2 - B ** 2)) / B ** 2;
      const big = 1 + (u / 16384) * (4096 + u * (u * (320 - 175 * u) - 768));
      const small = (u / 1024) * (256 + u * (u * (74 - 47 * u) - 128));
      const delta = small * sinSigma * (cos2M + (small / 4) * (cosSigma * (2 * cos2M ** 2 - 1)
        - (small / 6) * cos2M * (4 * sinSigma ** 2 - 3) * (4 * cos2M ** 2 - 3)));
      return B * big * (sigma - delta);
    }
    lambda = next;
  }
  return sphere(p, q);
}

/** Distance on a sphere, quick and good to half a per cent. @param {[number, number]} p @param {[number, number]} q @returns {number} metres */
export function sphere(p, q) {
  const h = Math.sin(((q[1] - p[1]) * RAD) / 2) ** 2 + Math.cos(p[1] * RAD) * Math.cos(q[1] * RAD) * Math.sin(((q[0] - p[0]) * RAD) / 2) ** 2;
  return 2 * 6371008.8 * Math.asin(Math.min(1, Math.sqrt(h)));
}

/**
 * Area of a ring on the ellipsoid, by its authalic sphere.
 * @param {[number, number][]} ring degrees, open or closed
 * @returns {number} m²
 */
export function area(ring) {
  const e2 = F * (2 - F);
  const e = Math.sqrt(e2);
  const q = (lat) => {
    const s = Math.sin(lat * RAD);
    return (1 - e2) * (s / (1 - e2 * s * s) - Math.log((1 - e * s) / (1 + e * s)) / (2 * e));
  };
  let sum = 0;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) sum += (ring[i][0] - ring[j][0]) * RAD * (q(ring[i][1]) + q(ring[j][1]));
  return Math.abs((sum * A * A) / 4);
}

/** Whether a ring holds a place. @param {[number, number][]} ring @param {number} x @param {number} y */
export function holds(ring, x, y) {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [xi, yi] = ring[i];
    const [xj, yj] = ring[j];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
}

/** Distance from a place to the edge of a ring, on the local plane. @param {[number, number][]} ring @param {number} x @param {number} y @returns {number} metres */
export function toEdge(ring, x, y) {
  const k = Math.cos(y * RAD);
  let best = Infinity;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [ax, ay] = [(ring[j][0] - x) * k, ring[j][1] - y];
    const [bx, by] = [(ring[i][0] - x) * k, ring[i][1] - y];
    const [dx, dy] = [bx - ax, by - ay];
    const t = Math.max(0, Math.min(1, -(ax * dx + ay * dy) / (dx * dx + dy * dy || 1)));
    best = Math.min(best, Math.hypot(ax + t * dx, ay + t * dy));
  }
  return best * RAD * 6371008.8;
}

/** A circle on the ground as a ring. @param {number} lon @param {number} lat @param {number} radius metres @param {number} [n] points */
export function circle(lon, lat, radius, n = 72) {
  const high = radius / 6371008.8 / RAD;
  const wide = high / Math.cos(lat * RAD);
  return Array.from({ length: n }, (_, i) => [lon + wide * Math.cos((2 * Math.PI * i) / n), lat + high * Math.sin((2 * Math.PI * i) / n)]);
}

/** Whether two segments cross. */
export function cross(a, b, c, d) {
  const side = (p, q, r) => Math.sign((q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]));
  return side(a, b, c) !== side(a, b, d) && side(c, d, a) !== side(c, d, b);
}
