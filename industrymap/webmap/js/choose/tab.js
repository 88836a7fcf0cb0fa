// Choosing parks: ranking with weights, standards held against each other, what-if, one park beside its peers.

import { fill, h } from "../basics/dom.js";
import { mountBasket } from "./scenario.js";
import { mountPeers } from "./peers.js";
import { mountRanking } from "./rank.js";
import { mountStandards } from "./standards.js";
import { loadScore } from "./ranking.js";

const VIEWS = [["rank", mountRanking], ["standards", mountStandards], ["basket", mountBasket], ["peers", mountPeers]];

/** @param {HTMLElement} root @param {Object} app @returns {() => void} */
export function mountChoose(root, app) {
  const parks = app.model.parks;
  const views = VIEWS.filter(([id]) => id !== "standards" || app.model.manifest.standards.some((s) => s.column));
  const bar = h("div", { class: "segments small", role: "group", "aria-label": app.t("choose") });
  const body = h("div", { class: "choose-body" });
  fill(root, bar, body);
  let stop = () => {};
  let stopped = false;
  const draw = () => {
    stop();
    stop = () => {};
    if (parks.version) {
      fill(bar);
      fill(body, h("p", { class: "empty-note", text: app.t("past_no_choice") }));
      return;
    }
    const now = views.find(([id]) => id === app.store.state.choosing) || views[0];
    fill(bar, views.map(([id]) => h("button", { type: "button", text: app.t(`choose_${id}`), "aria-pressed": String(id === now[0]), on: { click: () => app.store.set({ choosing: id }) } })));
    fill(body);
    stop = now[1](body, app) || (() => {});
  };
  let unwatch = () => {};
  loadScore(app).then(() => {
    if (stopped) return;
    draw();
    unwatch = app.store.watch(["choosing", "year", "version"], draw);
  });
  return () => {
    stopped = true;
    unwatch();
    stop();
  };
}
