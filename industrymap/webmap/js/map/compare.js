// Two states of the parks side by side: left of the divider one standard or date, right of it another.

import { h, icon } from "../basics/dom.js";
import { sidesAt } from "./moments.js";
import { withAlpha } from "../basics/colors.js";
import { paintAll, paintByColor } from "./paint_shapes.js";

/** What can be compared: standards, years, dates, and today. @param {Object} app @returns {{id: string, label: string, standard?: boolean, date?: string}[]} */
export function sides(app) {
  const { manifest } = app.model;
  const name = (s) => (app.lang === "zh" ? s.zh : s.en || s.zh);
  const standards = manifest.standards.filter((s) => s.column).map((s) => ({ id: s.column, label: name(s), standard: true }));
  const years = (manifest.years || []).map((year) => ({ id: `year@${year}`, label: app.t("time_year", { year }) }));
  const dates = app.model.snapshots.filter((layer) => layer.head.snapshot_of === app.model.parks?.id).map((layer) => ({ id: layer.id, label: layer.head.date, date: layer.head.date }));
  return [...standards, ...years, ...dates, ...(years.length + dates.length ? [{ id: "now", label: app.model.meta.data_date || app.t("compare_now") }] : [])];
}

/**
 * Begin to compare. Where one side is a year, both are drawn whole, firms and all, as they were then; otherwise the parks alone.
 * @param {Object} app @param {string} left @param {string} right
 */
export async function compare(app, left, right) {
  const at = app.store.state.comparing?.at ?? 0.5;
  if (![left, right].some((id) => id.startsWith("year@"))) {
    await Promise.all([left, right].map((id) => loadSide(app, id)));
    app.store.set({ comparing: { left, right, at } });
    return;
  }
  // a standard has no year: beside one it gives way to today
  const ids = [left, right].map((id) => (sides(app).find((side) => side.id === id)?.standard ? "now" : id));
  app.store.set({ comparing: { left: ids[0], right: ids[1], at, moments: await sidesAt(app, ids.map((id) => momentOf(app, id))) } });
}

/** Work the two moments out again: the selection changed. @param {Object} app */
export async function followSelection(app) {
  const { comparing } = app.store.state;
  if (comparing?.moments) await compare(app, comparing.left, comparing.right);
}

function momentOf(app, id) {
  const year = id.startsWith("year@") ? Number(id.slice(5)) : null;
  const day = year ? `${year}-12-31` : sides(app).find((side) => side.id === id)?.date || null;
  return { year, day };
}

/** Draws both sides in place of the parks. @param {Object} app */
export function compareOverlay(app) {
  return {
    order: 12,
    sheet: "areas",
    paint: (view) => {
      const { comparing, layers } = app.store.state;
      if (!comparing || comparing.moments || layers[app.model.parks.id] === false) return;
      const { ctx } = view;
      const size = app.stage.map.getSize();
      const corner = app.stage.map.containerPointToLayerPoint([size.x * comparing.at, 0]).add(app.stage.map.getPixelOrigin());
      const x = corner.x - view.left;
      for (const [id, from, to] of [[comparing.left, -1e5, x], [comparing.right, x, 1e5]]) {
        ctx.save();
        ctx.beginPath();
        ctx.rect(from, -10, to - from, view.height + 20);
        ctx.clip();
        paintSide(app, view, id);
        ctx.restore();
      }
    },
  };
}

/** The divider and its two captions, on the map. @param {HTMLElement} root @param {Object} app */
export function mountDivider(root, app) {
  const choice = (side) => h("select", { class: "select", "aria-label": app.t(`compare_${side}`), on: { change: (e) => compare(app, ...(side === "left" ? [e.target.value, app.store.state.comparing.right] : [app.store.state.comparing.left, e.target.value])) } },
    sides(app).map((s) => h("option", { value: s.id, text: s.label })));
  const [left, right] = [choice("left"), choice("right")];
  const line = h("input", { type: "range", min: "0", max: "100", step: "0.5", class: "divider", "aria-label": app.t("compare_divider") });
  const mark = h("i", { class: "divider-line", "aria-hidden": "true" });
  root.append(mark, h("div", { class: "compare-bar" }, left, line, right, h("button", { type: "button", class: "icon-button", "aria-label": app.t("close"), title: app.t("close"), on: { click: () => app.store.set({ comparing: null }) } }, icon("close"))));
  line.addEventListener("input", () => app.store.set({ comparing: { ...app.store.state.comparing, at: Number(line.value) / 100 } }));
  let shown = null;
  const draw = () => {
    const { comparing } = app.store.state;
    root.hidden = !comparing;
    if (comparing) {
      line.value = String(comparing.at * 100);
      left.value = comparing.left;
      right.value = comparing.right;
      mark.style.left = `${comparing.at * 100}%`;
    }
    if (comparing || shown) redraw();
    shown = comparing;
  };
  const redraw = () => {
    app.stage.areas.redraw();
    if (!app.store.state.comparing?.moments) return;
    app.stage.dust.redraw();
    app.stage.firms.redraw();
    app.stage.names.redraw();
  };
  const follow = () => app.store.state.comparing && redraw();
  app.stage.map.on("move", follow);
  app.live(() => app.stage.map.off("move", follow));
  app.live(app.store.watch(["comparing"], draw));
  draw();
}

async function loadSide(app, id) {
  const parks = app.model.parks;
  if (id.startsWith("parks@")) {
    const layer = app.model.snapshots.find((l) => l.id === id);
    if (!layer.shapes) await layer.loadGeometry();
    if (app.stage.shift) layer.shapes.move(app.stage.shift.there);
    await layer.columns.load(["route", "name", "park_id"]);
  } else await parks.columns.load([id === "now" ? "route" : id]);
}

function paintSide(app, view, id) {
  const layer = id.startsWith("parks@") ? app.model.snapshots.find((l) => l.id === id) : app.model.parks;
  const field = id.startsWith("parks@") || id === "now" ? "route" : id;
  const column = layer.columns.column(field);
  const mask = layer.ranked ? app.engine.result(app.model.parks?.id).mask : null;
  if (!column?.codes) {
    paintAll(view, layer.shapes, layer.shapes.within(view.box.x0, view.box.y0, view.box.x1, view.box.y1), { fill: withAlpha("#7a8794", 0.5), stroke: "#5f6c79" });
    return;
  }
  const palette = layer.palette(field);
  paintByColor(view, layer.shapes, mask, (f) => palette[column.codes[f]] || "#c9ced6", { alpha: 0.62, line: 0.8 });
}
