// Which parks a ranking is about, by the rules of industrymap/parks/candidates.py: not those to be closed or finished already,
// and not those of which too little is known. The rules come with the data; a park that stands apart says why.

import { h } from "../basics/dom.js";

/** Standing of a park that the rule in use does not admit. */
export const INELIGIBLE = "ineligible";

/** Standing of a park of which too little is known to say whether the rule admits it: whoever fills the gap may bring it in. */
export const UNPROVEN = "unproven";

// a share of weights added up in floating point may fall a hair short of the limit it meets
const HAIR = 1e-9;

/**
 * @param {Object} app columns of the rules loaded
 * @param {{eligible: boolean, everyone: boolean}} rule
 * @returns {(row: number, coverage: number) => string} `candidate`, or why a park takes no part
 */
export function standings(app, { eligible, everyone }) {
  const parks = app.model.parks;
  const scoring = app.model.manifest.scoring;
  const limit = scoring?.min_coverage ?? 0;
  const admitted = eligible ? parks.columns.column("pilot_eligible")?.codes : null;
  const apart = everyone ? [] : (scoring?.apart || []).map(({ column, value, standing }) => {
    const found = parks.columns.column(column);
    return { standing, codes: found?.codes, code: (found?.words || []).indexOf(value) + 1 };
  }).filter((one) => one.codes && one.code);
  return (row, coverage) => {
    if (admitted && admitted[row] !== 2) return admitted[row] ? INELIGIBLE : UNPROVEN;
    let standing = coverage < limit - HAIR ? "low_coverage" : "candidate";
    for (const one of apart) if (one.codes[row] === one.code) ({ standing } = one); // the last rule that fits speaks
    return standing;
  };
}

/** Columns the rules look at. @param {Object} app @returns {string[]} */
export function standingColumns(app) {
  return ["pilot_eligible", ...(app.model.manifest.scoring?.apart || []).map((one) => one.column)];
}

/** A standing in words. @param {Object} app @param {string} standing */
export function standingLabel(app, standing) {
  if (standing === INELIGIBLE || standing === UNPROVEN) return app.t(`stand_${standing}`);
  return app.model.parks.wordLabel("pilot_standing", standing, app.lang);
}

/** How many stand apart and why, in one line; empty where none does. @param {Object} app @param {{standing: string}[]} apart */
export function apartLine(app, apart) {
  const counts = new Map();
  for (const { standing } of apart) counts.set(standing, (counts.get(standing) || 0) + 1);
  const parts = [...counts].sort((a, b) => b[1] - a[1]).map(([standing, n]) => app.t("stand_count", { what: standingLabel(app, standing), n: app.format.count(n) }));
  return parts.length ? app.t("rank_apart", { parts: parts.join(app.t("list_joint")) }) : "";
}

/**
 * The part of a park's sheet that says how it stands in the choice of pilots: rank, or why it takes no part, then each condition.
 * @param {Object} app @param {import("../data/model.js").Layer} layer @param {number} row @param {(name: string) => any} value @returns {HTMLElement|null}
 */
export function pilotSection(app, layer, row, value) {
  const standing = value("pilot_standing");
  if (!layer.ranked || !standing) return null;
  const admitted = value("pilot_eligible");
  const why = admitted === true ? standing : admitted === false ? INELIGIBLE : UNPROVEN;
  const rank = value("pilot_rank");
  const said = rank ? app.t("pilot_ranked", { rank: app.format.count(rank), score: app.format.number(value("pilot_score"), 1) })
    : app.t("rank_apart", { parts: standing === "candidate" ? standingLabel(app, why) : standingLabel(app, standing) });
  const covered = value("pilot_score_coverage");
  return h("section", {}, h("h3", { text: app.t("pilot_title") }),
    h("p", { class: "pilot-standing", text: said }),
    typeof covered === "number" ? h("p", { class: "hint", text: app.t("rank_coverage", { share: app.format.percent(covered) }) }) : null,
    h("p", { class: "prose", text: value(app.lang === "zh" ? "pilot_reasons" : "pilot_reasons_en") ?? "" }));
}
