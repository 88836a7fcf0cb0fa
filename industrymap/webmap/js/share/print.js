// Print: the view and the list on A4 or A3, with title, legend, scale, north arrow, date, source and approval number.

import { fill, h } from "../basics/dom.js";
import { notes, picture, pngOf, subtitle } from "./picture.js";

const PAPERS = { a4l: [1060, 660], a4p: [720, 920], a3l: [1500, 980], a3p: [1040, 1360] };
const DOTS = 2.6;

/** Open the print dialog. @param {Object} app @param {{title: string, head: any[], rows: any[][]}} [table] printed under the map */
export function openPrint(app, table) {
  const dialog = h("dialog", { class: "dialog", "aria-label": app.t("print") });
  const opener = document.activeElement;
  let paper = "a4l";
  let withMap = true;
  const close = () => {
    dialog.remove();
    opener?.focus?.();
  };
  const radio = (key) => h("label", { class: "toggle" }, h("input", { type: "radio", name: "paper", value: key, checked: key === paper, on: { change: () => (paper = key) } }), h("span", { text: app.t(`paper_${key}`) }));
  fill(dialog,
    h("h2", { text: app.t("print") }),
    h("fieldset", {}, h("legend", { text: app.t("paper") }), Object.keys(PAPERS).map(radio)),
    table ? h("label", { class: "toggle" }, h("input", { type: "checkbox", checked: true, on: { change: (e) => (withMap = e.target.checked) } }), h("span", { text: app.t("print_map") })) : null,
    h("div", { class: "actions" },
      h("button", {
        type: "button", class: "button primary", text: app.t("print"),
        on: {
          click: async () => {
            await makeSheet(app, paper, withMap || !table, table);
            close();
            window.print();
          },
        },
      }),
      h("button", { type: "button", class: "button", text: app.t("cancel"), on: { click: close } })));
  dialog.addEventListener("close", close);
  document.body.append(dialog);
  dialog.showModal();
}

/**
 * Build what is printed; it stands in the page, seen only by the printer, until the next print.
 * @param {Object} app
 * @param {string} paper
 * @param {boolean} withMap
 * @param {{title: string, head: any[], rows: any[][]}} [table]
 */
export async function makeSheet(app, paper, withMap, table) {
  for (const old of document.querySelectorAll(".print-sheet")) old.remove();
  const sheet = h("div", { class: `print-sheet ${paper}` });
  if (withMap) {
    const [width, height] = PAPERS[paper];
    const canvas = picture(app, { width: width - 210, height: height - 90, ratio: DOTS });
    const image = h("img", { alt: app.t("map_label"), src: URL.createObjectURL(await pngOf(canvas)) });
    await image.decode();
    sheet.append(h("div", { class: "print-map" }, image));
  }
  if (table) sheet.append(listOf(app, table));
  document.body.append(sheet);
  return sheet;
}

function listOf(app, table) {
  const text = (value) => (value === null || value === undefined ? "" : typeof value === "number" ? app.format.number(value) : typeof value === "boolean" ? app.t(value ? "yes" : "no") : String(value));
  const body = h("div", { class: "print-list" });
  fill(body,
    h("h1", { text: `${app.model.meta.title} · ${table.title}` }),
    h("p", { text: subtitle(app) }),
    h("table", {},
      h("thead", {}, h("tr", {}, table.head.map((name) => h("th", { scope: "col", text: name })))),
      h("tbody", {}, table.rows.map((row) => h("tr", {}, row.map((value) => h("td", { class: typeof value === "number" ? "num" : "", text: text(value) })))))),
    h("p", { text: notes(app) }));
  return body;
}
