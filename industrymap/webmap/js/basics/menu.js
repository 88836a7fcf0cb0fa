// A button that opens a short list of choices.

import { fill, h, icon } from "./dom.js";

/**
 * @param {Object} app
 * @param {string} iconName
 * @param {string} label
 * @param {() => ({heading: string}|{text: string, act: () => any})[]} choices asked for when it opens
 * @returns {HTMLElement}
 */
export function menu(app, iconName, label, choices) {
  const list = h("div", { class: "menu", role: "menu", "aria-label": label });
  list.hidden = true;
  const button = h("button", { type: "button", class: "tool", title: label, "aria-label": label, "aria-haspopup": "menu", "aria-expanded": "false" }, icon(iconName));
  const box = h("div", { class: "menu-box" }, button, list);
  const close = () => {
    list.hidden = true;
    button.setAttribute("aria-expanded", "false");
  };
  const items = () => [...list.querySelectorAll("[role=menuitem]")];
  const open = () => {
    fill(list, choices().map((choice) => (choice.heading
      ? h("p", { class: "menu-heading", role: "presentation", text: choice.heading })
      : h("button", {
        type: "button", role: "menuitem", tabindex: "-1", text: choice.text,
        on: { click: async () => { close(); button.focus(); await choice.act(); } },
      }))));
    list.hidden = false;
    button.setAttribute("aria-expanded", "true");
    go(items()[0]);
  };
  // one of them is reached by Tab, the one in focus: a menu that is scrolled must be within reach of the keyboard
  const go = (item) => {
    for (const one of items()) one.tabIndex = one === item ? 0 : -1;
    item?.focus();
  };
  button.addEventListener("click", () => (list.hidden ? open() : close()));
  box.addEventListener("keydown", (event) => {
    const all = items();
    const at = all.indexOf(document.activeElement);
    if (event.key === "Escape") {
      close();
      button.focus();
    } else if (event.key === "ArrowDown") go(all[(at + 1) % all.length]);
    else if (event.key === "ArrowUp") go(all[(at - 1 + all.length) % all.length]);
    else return;
    event.preventDefault();
  });
  box.addEventListener("focusout", (event) => {
    if (!box.contains(event.relatedTarget)) close();
  });
  return box;
}

/** A line of text that comes and goes at the foot of the map. @param {Object} app @param {string} text @param {{text: string, act: () => void}} [offer] a button beside it */
export function notice(app, text, offer) {
  const stage = document.getElementById("stage");
  for (const old of stage.querySelectorAll(".notice")) old.remove();
  const note = h("p", { class: "notice own", role: "status" }, h("span", { text }),
    offer ? h("button", { type: "button", class: "notice-offer", text: offer.text, on: { click: () => { note.remove(); offer.act(); } } }) : null);
  stage.append(note);
  setTimeout(() => note.remove(), offer ? 9000 : 4500);
}

/**
 * A dialog over the page; the focus goes back to where it came from.
 * @param {Object} app
 * @param {string} title
 * @param {(close: () => void) => (Node|Node[]|null)[]} content
 * @returns {HTMLElement}
 */
export function modal(app, title, content) {
  const dialog = h("dialog", { class: "dialog", "aria-label": title });
  const opener = document.activeElement;
  const close = () => {
    dialog.remove();
    opener?.focus?.();
  };
  fill(dialog, h("h2", { text: title }), content(close));
  dialog.addEventListener("close", close);
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
