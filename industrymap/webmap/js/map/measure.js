// The ruler: click along a way; the length is geodesic, the area that of the closed ring.

import { h, icon } from "../basics/dom.js";
import { area, distance } from "../basics/geo.js";
import { worldX, worldY } from "../basics/mercator.js";
import { CANVAS_FONT } from "./paint_labels.js";

/** The ruler's button. @param {Object} app */
export function rulerButton(app) {
  const label = app.t("ruler");
  const button = h("button", { type: "button", title: label, "aria-label": label, "aria-pressed": "false", on: { click: () => toggle(app) } }, icon("ruler"));
  app.live(app.store.watch(["tool"], () => button.setAttribute("aria-pressed", String(app.store.state.tool === "ruler"))));
  // the length stands beside the button as text too, for those who do not see the map
  const text = h("output", { class: "ruler-text" });
  const draw = () => {
    const { way } = app.store.state;
    text.hidden = way.length < 2;
    text.textContent = way.length < 2 ? "" : textOf(app, way);
  };
  app.live(app.store.watch(["way"], draw));
  draw();
  return h("div", { class: "ruler" }, h("div", { class: "group" }, button), text);
}

/** What the ruler measured so far. @param {[number, number][]} way @returns {{length: number, area: number}} metres, m² */
export function measured(way) {
  let length = 0;
  for (let i = 1; i < way.length; i++) length += distance(way[i - 1], way[i]);
  return { length, area: way.length > 2 ? area(way) : 0 };
}

/** Draws the way. @param {Object} app */
export function rulerOverlay(app) {
  return {
    order: 6,
    sheet: "top",
    paint: (view) => {
      const { way, wayEnd } = app.store.state;
      const shown = wayEnd ? [...way, wayEnd] : way;
      if (!shown.length) return;
      const { ctx, scale, left, top } = view;
      const pixels = shown.map(([lon, lat]) => {
        const [x, y] = app.toDrawn(lon, lat);
        return [worldX(x) * scale - left, worldY(y) * scale - top];
      });
      ctx.beginPath();
      for (const [x, y] of pixels) ctx.lineTo(x, y);
      ctx.strokeStyle = "#ffffff";
      ctx.lineWidth = 4.5;
      ctx.stroke();
      ctx.strokeStyle = "#b5446e";
      ctx.lineWidth = 2;
      ctx.stroke();
      for (const [x, y] of pixels) {
        ctx.beginPath();
        ctx.arc(x, y, 3.6, 0, 7);
        ctx.fillStyle = "#ffffff";
        ctx.fill();
        ctx.stroke();
      }
      label(view, app, shown, pixels[pixels.length - 1]);
    },
  };
}

/** The way in words. */
function textOf(app, way) {
  const found = measured(way);
  const surface = app.format.area(found.area);
  return [app.format.distance(found.length), found.area ? `${surface.value} ${surface.unit}` : ""].filter(Boolean).join(" · ");
}

/** Keep the way and its loose end. */
function put(app, change) {
  app.store.set(change);
  app.stage.redrawTop();
}

function label({ ctx }, app, way, [x, y]) {
  const text = textOf(app, way);
  ctx.font = `600 12px ${CANVAS_FONT}`;
  ctx.textAlign = "left";
  ctx.textBaseline = "middle";
  const wide = ctx.measureText(text).width;
  ctx.fillStyle = "rgba(255,255,255,0.95)";
  ctx.fillRect(x + 8, y - 22, wide + 12, 20);
  ctx.fillStyle = "#7d1f4a";
  ctx.fillText(text, x + 14, y - 12);
}

function toggle(app) {
  if (app.store.state.tool === "ruler") {
    app.pointer.stop();
    return;
  }
  let pressed = null;
  app.pointer.use("ruler", {
    down: (at, event) => {
      pressed = [event.clientX, event.clientY];
    },
    up: (at, event) => {
      if (!pressed || Math.hypot(event.clientX - pressed[0], event.clientY - pressed[1]) > 5) return;
      put(app, { way: [...app.store.state.way, app.toTrue(...at)] });
    },
    move: (at) => {
      put(app, { wayEnd: app.store.state.way.length ? app.toTrue(...at) : null });
    },
    end: () => put(app, { wayEnd: null }),
    stop: () => put(app, { way: [], wayEnd: null }),
  });
}
