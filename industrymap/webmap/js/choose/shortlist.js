// The shortlist: parks a person has put aside, with a note each.

import { h } from "../basics/dom.js";

/** Put a park on the shortlist, or take it off. @param {Object} app @param {number} row */
export function toggleShort(app, row) {
  const next = { ...app.store.state.shortlist };
  if (next[row] === undefined) next[row] = "";
  else delete next[row];
  app.store.set({ shortlist: next });
}

/** The button of a park's sheet. @param {Object} app @param {import("../data/model.js").Layer} layer @param {number} row @returns {HTMLElement|null} */
export function shortlistAction(app, layer, row) {
  if (!layer.ranked || layer.version) return null; // what is put aside is a park of today
  const label = () => app.t(app.store.state.shortlist[row] === undefined ? "shortlist_add" : "basket_remove");
  return h("button", {
    type: "button", class: "button", text: label(),
    on: {
      click: (event) => {
        toggleShort(app, row);
        event.currentTarget.textContent = label();
      },
    },
  });
}
