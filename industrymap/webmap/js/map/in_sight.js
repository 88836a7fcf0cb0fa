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
  return free.right > free.left && free.bottom > free.top ? free : null;
}
