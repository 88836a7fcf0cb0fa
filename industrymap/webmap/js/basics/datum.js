// WGS 84 to GCJ-02 and back, for basemaps that are drawn in GCJ-02. The published approximation of the offset (Krasovsky
// ellipsoid); the same as industrymap/datum to 1e-9 degree, which a test holds it to. Places far from China are not moved.

const A = 6378245;
const E2 = 0.00669342162296594323;
const PI = Math.PI;

/** Whether the offset applies. @param {number} lon @param {number} lat */
function inChina(lon, lat) {
  return lon >= 72.004 && lon <= 137.8347 && lat >= 0.8293 && lat <= 55.8271;
}

/** @param {number} lon @param {number} lat WGS 84 degrees @returns {[number, number]} GCJ-02 degrees */
export function toGcj(lon, lat) {
  if (!inChina(lon, lat)) return [lon, lat];
  const x = lon - 105;
  const y = lat - 35;
  const wave = ((20 * Math.sin(6 * x * PI) + 20 * Math.sin(2 * x * PI)) * 2) / 3;
  let dLat = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * Math.sqrt(Math.abs(x)) + wave;
  dLat += ((20 * Math.sin(y * PI) + 40 * Math.sin((y / 3) * PI)) * 2) / 3 + ((160 * Math.sin((y / 12) * PI) + 320 * Math.sin((y * PI) / 30)) * 2) / 3;
  let dLon = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * Math.sqrt(Math.abs(x)) + wave;
  dLon += ((20 * Math.sin(x * PI) + 40 * Math.sin((x / 3) * PI)) * 2) / 3 + ((150 * Math.sin((x / 12) * PI) + 300 * Math.sin((x / 30) * PI)) * 2) / 3;
  const rad = (lat / 180) * PI;
  const m = 1 - E2 * Math.sin(rad) ** 2;
  const root = Math.sqrt(m);
  return [lon + (dLon * 180) / ((A / root) * Math.cos(rad) * PI), lat + (dLat * 180) / (((A * (1 - E2)) / (m * root)) * PI)];
}

/** @param {number} lon @param {number} lat GCJ-02 degrees @returns {[number, number]} WGS 84 degrees, to 1e-10 by iteration */
export function fromGcj(lon, lat) {
  let [x, y] = [lon, lat];
  for (let round = 0; round < 12; round++) {
    const [gx, gy] = toGcj(x, y);
    const [dx, dy] = [lon - gx, lat - gy];
    x += dx;
    y += dy;
    if (Math.abs(dx) < 1e-11 && Math.abs(dy) < 1e-11) break;
  }
  return [x, y];
}
