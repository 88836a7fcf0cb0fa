// Two moments beside each other: left of the divider every layer as it was in one year or on one day, right of it as in another.

import { withClasses } from "./coloring.js";

/** @typedef {{moment: {year: number|null, day: string|null}, results: Map<string, Object>, versions: [Object, string][]}} Side */

/** What is being done with the moment, one thing after the other: two at once would each come back to the other's. @type {WeakMap<Object, Promise<any>>} */
const TURNS = new WeakMap();

/** Do something with the moment of the model when nobody else does. @param {Object} app @param {() => Promise<any>} work */
export function inTurn(app, work) {
  const turn = (TURNS.get(app) || Promise.resolve()).then(work);
  TURNS.set(app, turn.catch(() => undefined));
  return turn;
}

/**
 * Work out what is drawn of some moments, and come back to the one that is shown.
 * @param {Object} app @param {{year: number|null, day: string|null}[]} moments @returns {Promise<Side[]>}
 */
export function sidesAt(app, moments) {
  return inTurn(app, () => visit(app, moments));
}

async function visit(app, moments) {
  const { model, engine, stage } = app;
  const shown = model.moment;
  const sides = [];
  for (const moment of moments) {
    await model.bring(moment, stage.shift);
    sides.push({ moment, results: await engine.resultsNow(), versions: [...model.layers.values()].map((layer) => [layer, layer.version]) });
  }
  await model.bring(shown, stage.shift);
  await engine.resultsNow();
  engine.tell(); // who looked meanwhile looks again
  return sides;
}

/**
 * Paint a view once, or, while two moments are compared, each of them on its side of the divider.
 * @param {Object} app @param {import("./canvas.js").View} view @param {(view: import("./canvas.js").View) => void} paint
 */
export function eachSide(app, view, paint) {
  const { comparing } = app.store.state;
  if (!comparing?.moments) {
    paint(view);
    return;
  }
  const { ctx } = view;
  const middle = view.light ? view.width * comparing.at : dividerOf(app, view); // paper has no divider to be pushed
  withClasses(app, () => comparing.moments.forEach((side, i) => {
    ctx.save();
    ctx.beginPath();
    ctx.rect(i ? middle : -1e5, -10, 1e5 + (i ? 0 : middle), view.height + 20);
    ctx.clip();
    as(app, side, () => paint(view));
    ctx.restore();
  }));
}

function dividerOf(app, view) {
  const { map } = app.stage;
  const corner = map.containerPointToLayerPoint([map.getSize().x * app.store.state.comparing.at, 0]).add(map.getPixelOrigin());
  return corner.x - view.left;
}

/** Be at another moment while something is painted; nothing waits in between. */
function as(app, { moment, results, versions }, work) {
  const shown = [...app.model.layers.values()].map((layer) => [layer, layer.version, layer.columns.year]);
  for (const [layer, version] of versions) layer.become(version, moment.year);
  try {
    app.engine.showing(results, work);
  } finally {
    for (const [layer, version, year] of shown) layer.become(version, year);
  }
}
