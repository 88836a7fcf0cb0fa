// Lasso, box and circle: draw on the map what the selection is limited to.

import { add } from "../filters/actions.js";
import { h, icon } from "../basics/dom.js";
import { sphere } from "../basics/geo.js";
import { worldX, worldY } from "../basics/mercator.js";
import { ringOf } from "../filters/place.js";

const CLOSEST = 4;

/** The drawing buttons on the map. @param {Object} app */
export function drawButtons(app) {
  const make = (name, icon_) => {
    const label = app.t(`draw_${name}`);
    const button = h("button", { type: "button", title: label, "aria-label": label, "aria-pressed": "false", on: { click: () => toggle(app, name) } }, icon(icon_));
    app.live(app.store.watch(["tool"], () => button.setAttribute("aria-pressed", String(app.store.state.tool === name))));
    return button;
  };
  return h("div", { class: "group" }, make("lasso", "lasso"), make("box", "box"), make("circle", "circle"));
}

/** Draw the shapes in force, and the one being drawn. @param {Object} app */
export function drawOverlay(app) {
  return {
    order: 5,
    sheet: "top",
    paint: (view) => {
      for (const home of Object.values(app.store.state.filters)) {
        for (const item of home) if (item.op === "place") paintRing(view, app, ringOf(item.shape), true);
      }
      const { sketch } = app.store.state;
      if (sketch) paintRing(view, app, sketch, false);
    },
  };
}

function paintRing(view, app, ring, done) {
  const { ctx, scale, left, top } = view;
  if (ring.length < 2) return;
  ctx.beginPath();
  for (const [lon, lat] of ring) {
    const [x, y] = app.toDrawn(lon, lat);
    ctx.lineTo(worldX(x) * scale - left, worldY(y) * scale - top);
  }
  ctx.closePath();
  ctx.fillStyle = "rgba(11,90,138,0.06)";
  ctx.fill();
  ctx.strokeStyle = "#0b5a8a";
  ctx.lineWidth = 1.8;
  ctx.setLineDash(done ? [] : [5, 4]);
  ctx.stroke();
  ctx.setLineDash([]);
}

function toggle(app, name) {
  if (app.store.state.tool === name) {
    app.pointer.stop();
    return;
  }
  let start = null;
  let ring = [];
  const show = () => {
    app.store.set({ sketch: [...ring] });
    app.stage.redrawTop();
  };
  const shapes = { lasso: null, box, circle: null };
  app.pointer.use(name, {
    drags: true,
    down: (at) => {
      start = app.toTrue(...at);
      ring = [start];
    },
    move: (at) => {
      if (!start) return;
      const now = app.toTrue(...at);
      if (name === "lasso") {
        const last = ring[ring.length - 1];
        const metresPerPixel = sphere(app.pixelToTrue(0, 0), app.pixelToTrue(0, 1));
        if (sphere(last, now) > CLOSEST * metresPerPixel) ring.push(now);
      } else {
        ring = name === "box" ? shapes.box(start, now) : ringOf({ kind: "circle", lon: start[0], lat: start[1], radius_m: Math.max(1, sphere(start, now)) });
      }
      show();
    },
    up: (at) => {
      if (!start) return;
      const end = app.toTrue(...at);
      const shape = name === "circle"
        ? { kind: "circle", lon: round(start[0]), lat: round(start[1]), radius_m: Math.round(sphere(start, end)) }
        : { kind: "polygon", ring: ring.map((p) => p.map(round)) };
      app.store.set({ sketch: null });
      app.pointer.stop();
      if (shape.kind === "circle" ? shape.radius_m > 0 : shape.ring.length > 2) add(app, "shared", { op: "place", shape });
      app.stage.redrawTop();
    },
    stop: () => {
      app.store.set({ sketch: null });
      app.stage.redrawTop();
    },
  });
}

function box(a, b) {
  return [[a[0], a[1]], [b[0], a[1]], [b[0], b[1]], [a[0], b[1]]];
}

function round(value) {
  return Math.round(value * 1e6) / 1e6;
}
