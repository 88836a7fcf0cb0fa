// What is picked stays in sight: no panel, drawer or header that lies over the map hides it.

import { latOf, lonOf } from "../basics/mercator.js";

const LOOK_MS = 90; // how often the panels are looked at until they have come to rest
const MOST_LOOKS = 12;
const EDGE = 24;
const HANDLE = 100; // of the sheet on a phone, which stands above it
const WAITING = new WeakMap();

/** Move the map, once the panels have come to rest, so that a row lies where the map is free. @param {import("./stage.js").Stage} stage @param {import("../data/model.js").Layer} layer @param {number} row */
export function reveal(stage, layer, row) {
  clearTimeout(WAITING.get(stage));
  const look = (before, n) => WAITING.set(stage, setTimeout(() => {
    const at = middleOf(layer, row);
    const free = at && freeBox(stage.element);
    if (!at) return;
    const now = JSON.stringify(free);
    if (now !== before && n < MOST_LOOKS) {
      look(now, n + 1);
      return;
    }
    if (!free) return;
    const p = stage.map.latLngToContainerPoint(at);
    if (p.x > free.left && p.x < free.right && p.y > free.top && p.y < free.bottom) return;
    stage.map.panBy([p.x - (free.left + free.right) / 2, p.y - (free.top + free.bottom) / 2], { animate: false });
  }, LOOK_MS));
  look("", 0);
}

function middleOf(layer, row) {
  if (layer.isPoints) return row < layer.points.placed ? [latOf(layer.points.y(row)), lonOf(layer.points.x(row))] : null;
  const [x, y] = layer.shapes.anchor(row);
  return [latOf(y), lonOf(x)];
}

/** Whether the map is large enough to lie behind its controls. @param {Object} map Leaflet's */
export function isDesk(map) {
  const { x, y } = map.getSize();
  return x > 640 && y > 500;
}

/** Show the area the data covers, where no control hides it. @param {import("./stage.js").Stage} stage @param {boolean} animate */
export function home({ app, map, element }, animate) {
  const b = app.model.manifest.bounds;
  if (!b) return;
  const { x, y } = map.getSize();
  const desk = isDesk(map); // topics above and years below take room there; on small screens the map needs all of it
  const below = desk && (app.model.manifest.years?.length || app.model.snapshots.length) ? 96 : 18;
  const room = desk ? null : betweenControls(element);
  const [topLeft, bottomRight] = room ? [[10, room.top], [x - room.right, y - room.bottom]] : [[18, desk ? 56 : 18], [18, below]];
  map.fitBounds([[b[1], b[0]], [b[3], b[2]]], { animate, paddingTopLeft: topLeft, paddingBottomRight: bottomRight });
}

/** What lies over a map, and its four edges, as boxes in its own pixels: left, top, right, bottom. @param {HTMLElement} element @returns {number[][]} */
export function controlsOver(element) {
  const map = element.getBoundingClientRect();
  const over = [...document.querySelectorAll(".topic-bar > *, .map-buttons > *, .timeline, .says, .foot-left, #top, .phone-head")]
    .map((one) => one.getBoundingClientRect())
    .filter((box) => box.width && box.height && box.bottom > map.top && box.top < map.bottom)
    .map((box) => [box.left - map.left, box.top - map.top, box.right - map.left, box.bottom - map.top]);
  const [w, h] = [map.width, map.height];
  return [...over, [0, 0, 1, h], [w - 1, 0, w, h], [0, 0, w, 1], [0, h - 1, w, h]];
}

/** From where to where a narrow map is free: below the topics, above the years and the sheet, left of the buttons; in its own pixels. @param {HTMLElement} element */
function betweenControls(element) {
  const map = element.getBoundingClientRect();
  const boxes = (selector) => [...document.querySelectorAll(selector)].map((one) => one.getBoundingClientRect()).filter((box) => box.height);
  const top = Math.max(0, ...boxes("#top, .topic-bar").map((box) => box.bottom - map.top));
  const bottom = Math.min(map.height, ...boxes(".timeline, .hint-card, .phone-head").map((box) => box.top - map.top).filter((y) => y > map.height / 2));
  // buttons in a row lie above the map, in columns beside it
  const beside = boxes(".map-buttons").filter((box) => box.height > box.width);
  const right = Math.min(map.width - 10, ...beside.map((box) => box.left - map.left));
  const above = boxes(".map-buttons").filter((box) => box.height <= box.width).map((box) => box.bottom - map.top);
  const free = Math.max(top, ...above);
  return bottom - free > map.height / 4 ? { top: free, bottom, right } : null;
}

/** The part of the map that no panel or header lies over, in its own pixels. */
function freeBox(element) {
  const map = element.getBoundingClientRect();
  const free = { left: EDGE, top: EDGE, right: map.width - EDGE, bottom: map.height - EDGE };
  const topics = document.querySelector(".topic-bar");
  if (topics?.offsetHeight) free.top += topics.getBoundingClientRect().bottom - map.top;
  for (const id of ["top", "left", "right"]) {
    const panel = document.getElementById(id);
    const box = panel.getBoundingClientRect();
    const over = getComputedStyle(panel).visibility !== "hidden" && box.height > 0 && box.right > map.left + 1 && box.left < map.right - 1 && box.bottom > map.top + 1 && box.top < map.bottom - 1;
    if (!over) continue;
    if (id === "top") free.top = Math.max(free.top, box.bottom - map.top + EDGE);
    else if (box.width > map.width * 0.8) free.bottom = Math.min(free.bottom, box.top - map.top - HANDLE - EDGE);
    else if (id === "left") free.left = Math.max(free.left, box.right - map.left + EDGE);
    else free.right = Math.min(free.right, box.left - map.left - EDGE);
  }
  // With every control over it there may be no room: then what was picked at least lies above the sheet.
  if (free.bottom <= free.top) free.top = EDGE;
  return free.right > free.left && free.bottom > free.top ? free : null;
}
