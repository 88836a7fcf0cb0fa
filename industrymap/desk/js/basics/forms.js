// Fields, buttons and sentences that every page uses alike.

import { h, icon } from "./dom.js";

/**
 * Make a button.
 * @param {string} text
 * @param {() => void} act
 * @param {{main?: boolean, icon?: string, disabled?: boolean, title?: string, name?: string}} [how]
 * @returns {HTMLElement}
 */
export function button(text, act, how = {}) {
  return h("button", { type: "button", class: how.main ? "act main" : "act", disabled: how.disabled, title: how.title, data: how.name ? { act: how.name } : {}, on: { click: act } }, how.icon && icon(how.icon), text);
}

/**
 * Make a labelled choice.
 * @param {string} label
 * @param {[string, string][]} options value and text
 * @param {string} value
 * @param {(value: string) => void} chosen
 * @param {{quiet?: boolean, name?: string}} [how] `quiet`: the label is only for those who do not see the page
 * @returns {HTMLElement}
 */
export function choice(label, options, value, chosen, how = {}) {
  const list = options.map(([v, text]) => h("option", { value: v, selected: v === value }, text));
  const select = h("select", { class: "field", "aria-label": label, data: how.name ? { act: how.name } : {}, on: { change: (event) => chosen(event.target.value) } }, list);
  return how.quiet ? select : h("label", { class: "labelled" }, h("span", {}, label), select);
}

/**
 * Make a labelled line of text.
 * @param {string} label
 * @param {{value?: string, list?: string, placeholder?: string, name?: string, change?: (value: string) => void}} how
 * @returns {HTMLElement}
 */
export function line(label, how) {
  const on = how.change ? { change: (event) => how.change(event.target.value) } : {};
  return h("label", { class: "labelled" }, h("span", {}, label), h("input", { class: "field", type: "text", value: how.value || "", list: how.list, placeholder: how.placeholder, name: how.name, maxlength: "200", autocomplete: "off", on }));
}

/** Make a link that opens beside this page. @param {string} address @param {string} text @param {string} [kind] @returns {HTMLElement} */
export function beside(address, text, kind = "act") {
  return h("a", { class: kind, href: address, target: "_blank", rel: "noopener" }, text);
}

/** Make a link to another page of the desk. @param {string} address @param {string} text @param {string} [kind] @returns {HTMLElement} */
export function link(address, text, kind = "act") {
  return h("a", { class: kind, href: address }, text);
}
