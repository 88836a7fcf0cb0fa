// The first visit: three lines on what can be done here. Closed once, it stays closed where the browser remembers.

import { h, icon } from "../basics/dom.js";

const KEY = "industrymap:hint";

/** @param {HTMLElement} root @param {Object} app */
export function mountHint(root, app) {
  const show = (on) => {
    root.hidden = !on;
    app.root.toggleAttribute("data-hint", on); // on a phone it takes the place of the years until it is closed
  };
  show(!seen());
  const phone = matchMedia("(max-width: 760px)").matches;
  root.append(
    h("h2", { text: app.t("hint_title") }),
    h("ol", {}, ["hint_filter", "hint_choose", "hint_take"].map((key) => h("li", { text: app.t(phone ? `${key}_phone` : key) }))),
    h("button", { type: "button", class: "button primary", text: app.t("hint_close"), on: { click: () => close(show) } }),
    h("button", { type: "button", class: "icon-button", "aria-label": app.t("close"), on: { click: () => close(show) } }, icon("close")));
}

function close(show) {
  show(false);
  try {
    localStorage.setItem(KEY, "1");
  } catch {
    // a browser that remembers nothing shows it again
  }
}

function seen() {
  try {
    return localStorage.getItem(KEY) === "1";
  } catch {
    return false;
  }
}
