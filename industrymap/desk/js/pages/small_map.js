// The small map of the places: districts and towns, the place as it is, candidates, and the pin that a click moves.

const { L } = window;
const CLOSE = 15;

/** A Leaflet map without tiles: it asks nobody for anything. */
export class SmallMap {
  /**
   * @param {HTMLElement} element
   * @param {{outlines: object, extent: number[]}} data
   * @param {(lat: number, lon: number) => void} clicked
   */
  constructor(element, data, clicked) {
    // Everything on one canvas: hundreds of outlines move at once.
    this.map = L.map(element, { preferCanvas: true, attributionControl: false, zoomSnap: 0.5, keyboard: false, fadeAnimation: false, zoomAnimation: false, markerZoomAnimation: false });
    const [west, south, east, north] = data.extent;
    this.map.fitBounds([[south, west], [north, east]]);
    this.areas(data.outlines.towns, { color: "#b9c4cd", weight: 1, fillColor: "#fbfaf7", fillOpacity: 1 });
    this.areas(data.outlines.districts, { color: "#5f6c79", weight: 2, fill: false });
    this.towns = data.outlines.towns.length ? data.outlines.towns : data.outlines.districts;
    this.marks = L.layerGroup().addTo(this.map);
    this.map.on("click", (event) => clicked(event.latlng.lat, event.latlng.lng));
  }

  areas(outlines, style) {
    for (const one of outlines) for (const ring of one.rings) L.polygon(ring, { ...style, interactive: false }).addTo(this.map);
  }

  /**
   * Show one address.
   * @param {object} place
   * @param {[number, number]|null} pin
   * @param {object[]} candidates
   */
  show(place, pin, candidates) {
    this.marks.clearLayers();
    const seen = [];
    if (place.lon !== null) {
      const at = [place.lat, place.lon];
      seen.push(at);
      if (place.radius) L.circle(at, { radius: place.radius, color: "#7a5a2c", weight: 1.5, dashArray: "4 4", fill: false, interactive: false }).addTo(this.marks);
    }
    candidates.forEach((one, i) => {
      if (!one.area) return;
      seen.push(one.area.at);
      L.circleMarker(one.area.at, { radius: 9, color: "#475563", weight: 2, fillColor: "#ffffff", fillOpacity: 1, interactive: false }).addTo(this.marks);
      this.label(one.area.at, String(i + 1));
    });
    if (pin) {
      seen.push(pin);
      L.circleMarker(pin, { radius: 7, color: "#ffffff", weight: 2, fillColor: "#0b5a8a", fillOpacity: 1, interactive: false }).addTo(this.marks);
    }
    if (this.place !== place.id && seen.length) this.map.fitBounds(L.latLngBounds(seen).pad(0.3), { maxZoom: CLOSE - 3, animate: false });
    this.place = place.id;
  }

  label(at, text) {
    const name = document.createElement("span");
    name.textContent = text;
    L.marker(at, { interactive: false, keyboard: false, icon: L.divIcon({ className: "pin-number", html: name, iconSize: [18, 18] }) }).addTo(this.marks);
  }

  /** Take the map away. */
  remove() {
    this.map.remove();
  }
}

const COLOURS = { wgs84: "#0b5a8a", gcj02: "#b5531b", bd09: "#6a4c93" };
const FROM_MIDDLE = 0.03;

/** Where points would lie in each datum: beside outlines that are right, the right one is seen. */
export class DatumMap {
  /**
   * @param {HTMLElement} element
   * @param {{points: object, outlines: number[][][][]}} found
   */
  constructor(element, found) {
    this.map = L.map(element, { preferCanvas: true, attributionControl: false, zoomSnap: 0.5, keyboard: false, fadeAnimation: false, zoomAnimation: false, markerZoomAnimation: false });
    const [lat, lon] = middle(Object.values(found.points)[0]);
    // The datums lie a few hundred metres apart: seen from the whole city they would be one.
    this.map.fitBounds([[lat - FROM_MIDDLE, lon - FROM_MIDDLE], [lat + FROM_MIDDLE, lon + FROM_MIDDLE]]);
    for (const rings of found.outlines) for (const ring of rings) L.polygon(ring, { color: "#5f6c79", weight: 2, fill: false, interactive: false }).addTo(this.map);
    for (const [datum, points] of Object.entries(found.points)) for (const at of points) L.circleMarker(at, { radius: 4, color: "#ffffff", weight: 1, fillColor: COLOURS[datum], fillOpacity: 0.9, interactive: false }).addTo(this.map);
  }

  /** Take the map away. */
  remove() {
    this.map.remove();
  }
}

function middle(points) {
  const half = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
  return [half(points.map((at) => at[0])), half(points.map((at) => at[1]))];
}
