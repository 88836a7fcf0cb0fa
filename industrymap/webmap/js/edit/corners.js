// The corners of a park on the map: drag one, drag the middle of an edge to add one, double-click one to remove it. With the
// keyboard: Tab goes from corner to corner, arrow keys move it, Delete removes it, Escape ends.

import { worldX, worldY } from "../basics/mercator.js";

const REACH = 11;
const STEP = 1e-5;

/** Begin to edit a park's corners. @param {Object} app @param {number} row @param {string} id */
export function editCorners(app, row, id) {
  const parks = app.model.parks;
  const given = app.edits.of(id).geometry || parks.shapes.geometry(row);
  if (!given) return;
  const state = { id, polygons: polygonsOf(given), held: null, at: null, moved: false };
  app.store.set({ corners: state });
  app.stage.show(parks.id, row);
  const pixelsOf = (place) => {
    const [lon, lat] = app.toDrawn(...place);
    return app.stage.map.latLngToContainerPoint([lat, lon]);
  };
  const keep = () => {
    app.edits.setGeometry(id, geometryOf(state.polygons));
    app.stage.redrawTop();
  };
  const find = (x, y) => {
    for (const corner of corners(state.polygons)) {
      const p = pixelsOf(corner.ring[corner.i]);
      if (Math.hypot(p.x - x, p.y - y) < REACH) return corner;
    }
    return null;
  };
  const onKey = (event) => {
    const all = corners(state.polygons);
    const now = state.at ? all.findIndex((c) => c.ring === state.at.ring && c.i === state.at.i) : -1;
    const move = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP] }[event.key];
    if (event.key === "Tab") state.at = all[(now + (event.shiftKey ? -1 : 1) + all.length) % all.length];
    else if (move && state.at) {
      const p = state.at.ring[state.at.i];
      state.at.ring[state.at.i] = [round(p[0] + move[0]), round(p[1] + move[1])];
      keep();
    } else if ((event.key === "Delete" || event.key === "Backspace") && state.at && state.at.ring.length > 3) {
      state.at.ring.splice(state.at.i, 1);
      state.at = null;
      keep();
    } else return;
    event.preventDefault();
    event.stopPropagation();
    app.stage.redrawTop();
  };
  const { element } = app.stage;
  element.addEventListener("keydown", onKey, true);
  element.focus();
  app.pointer.use("corners", {
    drags: true,
    down: (at, event) => {
      const box = element.getBoundingClientRect();
      const [x, y] = [event.clientX - box.left, event.clientY - box.top];
      let corner = find(x, y);
      if (!corner) {
        for (const c of corners(state.polygons)) {
          const next = c.ring[(c.i + 1) % c.ring.length];
          const middle = [(c.ring[c.i][0] + next[0]) / 2, (c.ring[c.i][1] + next[1]) / 2];
          const p = pixelsOf(middle);
          if (Math.hypot(p.x - x, p.y - y) < REACH * 0.8) {
            c.ring.splice(c.i + 1, 0, middle);
            corner = { ring: c.ring, i: c.i + 1 };
            break;
          }
        }
      }
      state.held = corner;
      state.at = corner;
      state.moved = false;
    },
    move: (at) => {
      if (!state.held) return;
      state.held.ring[state.held.i] = app.toTrue(...at).map(round);
      state.moved = true;
      app.stage.redrawTop();
    },
    up: () => {
      if (state.held && state.moved) keep();
      state.held = null;
    },
    end: (at, event) => {
      const box = element.getBoundingClientRect();
      const corner = find(event.clientX - box.left, event.clientY - box.top);
      if (corner && corner.ring.length > 3) {
        corner.ring.splice(corner.i, 1);
        keep();
      }
    },
    stop: () => {
      element.removeEventListener("keydown", onKey, true);
      app.store.set({ corners: null });
      app.stage.redrawTop();
    },
  });
  app.stage.redrawTop();
}

/** Draws edited shapes, and the corners being edited. @param {Object} app */
export function cornersOverlay(app) {
  return {
    order: 8,
    sheet: "top",
    paint: (view) => {
      for (const [, edit] of app.edits.all) if (edit.geometry) outline(view, app, polygonsOf(edit.geometry), "#b5446e", [5, 3]);
      const editing = app.store.state.corners;
      if (!editing) return;
      outline(view, app, editing.polygons, "#b5446e", []);
      for (const { ring, i } of corners(editing.polygons)) {
        const on = editing.at?.ring === ring && editing.at.i === i;
        dot(view, app, ring[i], on ? 6.5 : 5, on ? "#b5446e" : "#ffffff");
        const next = ring[(i + 1) % ring.length];
        dot(view, app, [(ring[i][0] + next[0]) / 2, (ring[i][1] + next[1]) / 2], 3, "rgba(255,255,255,0.85)");
      }
    },
  };
}

function outline({ ctx, scale, left, top }, app, polygons, color, dash) {
  ctx.beginPath();
  for (const rings of polygons) {
    for (const ring of rings) {
      ring.forEach((place, i) => {
        const [lon, lat] = app.toDrawn(...place);
        const [x, y] = [worldX(lon) * scale - left, worldY(lat) * scale - top];
        if (i) ctx.lineTo(x, y);
        else ctx.moveTo(x, y);
      });
      ctx.closePath();
    }
  }
  ctx.setLineDash(dash);
  ctx.strokeStyle = color;
  ctx.lineWidth = 2;
  ctx.stroke();
  ctx.setLineDash([]);
}

function dot({ ctx, scale, left, top }, app, place, r, fill) {
  const [lon, lat] = app.toDrawn(...place);
  ctx.beginPath();
  ctx.arc(worldX(lon) * scale - left, worldY(lat) * scale - top, r, 0, 7);
  ctx.fillStyle = fill;
  ctx.fill();
  ctx.strokeStyle = "#b5446e";
  ctx.lineWidth = 1.6;
  ctx.stroke();
}

function corners(polygons) {
  return polygons.flatMap((rings) => rings.flatMap((ring) => ring.map((_, i) => ({ ring, i }))));
}

/** Open rings of a GeoJSON geometry, copied. */
function polygonsOf(geometry) {
  const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
  return polygons.map((rings) => rings.map((ring) => ring.slice(0, -1).map((p) => [p[0], p[1]])));
}

function geometryOf(polygons) {
  const closed = polygons.map((rings) => rings.map((ring) => [...ring.map((p) => [...p]), [...ring[0]]]));
  return closed.length === 1 ? { type: "Polygon", coordinates: closed[0] } : { type: "MultiPolygon", coordinates: closed };
}

function round(value) {
  return Math.round(value * 1e7) / 1e7;
}
