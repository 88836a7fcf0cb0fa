// Everything beyond the core, hung into the app's seams. One line per feature.

/** @param {import("./app.js").App} app */
export function install(app) {
  void app;
}
