// What is said above and below everything that is printed: of when the figures are, which filters hold, whose they are.

import { emphasisOf, topicOf } from "../map/topics.js";
import { agedText } from "../panels/selection.js";

/** What must be said under a map. @param {Object} app */
export function notes(app) {
  const { meta } = app.model;
  return [
    meta.review_number ? app.t("review", { number: meta.review_number }) : app.t("no_review"),
    app.t(`${meta.profile}_note`),
    meta.simulated ? app.t("simulated") : "",
    meta.producer && app.t("producer", { name: meta.producer }),
    meta.source && app.t("source", { name: meta.source }),
    meta.crs_note && app.t("crs", { name: meta.crs_note }),
    agedText(app) && app.t("aged_firms", { said: agedText(app) }),
    Object.values(app.store.state.filters).flat().some((item) => item.op === "place") ? app.t("place_rule") : "",
  ].filter(Boolean).join("  ·  ");
}

/** Date and filters. @param {Object} app */
export function subtitle(app) {
  // only conditions that chose something of what is drawn; of another layer than the subject each says whose it is
  const { layer } = topicOf(app);
  const drawn = (home) => home === "shared" || home === layer?.id || !app.model.layer(home) || ["full", "quiet"].includes(emphasisOf(app, app.model.layer(home)));
  const whose = (home) => (home === "shared" || home === layer?.id ? "" : `${app.model.layer(home)?.label(app.lang) || ""}${app.t("colon")}`);
  const filters = Object.entries(app.store.state.filters).filter(([home]) => drawn(home)).flatMap(([home, items]) => items.map((item) => whose(home) + app.describe(home, item)));
  const { year, day } = app.model.moment;
  const { data_date } = app.model.meta;
  return [year ? app.t("data_year", { year }) : data_date && app.t("data_date", { date: day || data_date }), ...filters].filter(Boolean).join("  ·  ");
}
