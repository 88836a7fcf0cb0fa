// Search by name, code, address and pinyin, several words at a time, in all layers; long text is decoded as it goes.

import { fill, h, icon } from "../basics/dom.js";
import { notice } from "../basics/menu.js";
import { found as placesOf } from "./matching.js";

const MOST = 30;
/** @param {HTMLElement} root @param {Object} app */
export function mountSearch(root, app) {
  const list = h("ul", { class: "results", role: "listbox", id: "search-results", "aria-label": app.t("search") });
  list.hidden = true;
  const input = h("input", {
    type: "search", class: "search-input", placeholder: app.t("search"), "aria-label": app.t("search"), autocomplete: "off", spellcheck: "false",
    role: "combobox", "aria-expanded": "false", "aria-controls": "search-results", "aria-autocomplete": "list",
  });
  fill(root, icon("search"), input, list);
  let turn = 0;
  let at = -1;
  let timer = 0;
  const close = () => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
    at = -1;
  };
  const mark = (next) => {
    const options = [...list.querySelectorAll("[role=option]")];
    if (!options.length) return;
    at = (next + options.length) % options.length;
    options.forEach((o, i) => o.setAttribute("aria-selected", String(i === at)));
    input.setAttribute("aria-activedescendant", options[at].id);
    options[at].scrollIntoView({ block: "nearest" });
  };
  const run = async () => {
    const text = input.value.trim();
    const mine = ++turn;
    if (!text) {
      close();
      return;
    }
    if (app.codes.is(text)) {
      // a view that a colleague sent
      fill(list, h("li", { role: "option", id: "result-0", "aria-selected": "true", on: { click: () => openCode(text), mousedown: (e) => e.preventDefault() } }, h("span", { class: "result-name", text: app.t("code_open") })));
      list.hidden = false;
      return;
    }
    const found = [];
    for await (const hits of searchAll(app, text)) {
      if (mine !== turn) return;
      found.push(...hits);
      draw(found.slice(0, MOST));
      if (found.length >= MOST) break;
    }
    if (mine === turn && !found.length) {
      fill(list, h("li", { class: "hint", text: app.t("nothing_found", { text }) }));
      list.hidden = false;
    }
  };
  const openCode = async (text) => {
    close();
    input.value = "";
    if (!(await app.codes.open(text))) notice(app, app.t("code_bad"));
  };
  const draw = (hits) => {
    fill(list, hits.map((hit, i) => h("li", {
      role: "option", id: `result-${i}`, "aria-selected": "false", on: { click: () => choose(hit), mousedown: (e) => e.preventDefault() },
    }, h("span", { class: "result-kind", text: hit.kind }), h("span", { class: "result-name" }, marked(hit.name, hit.at)), h("span", { class: "result-where", text: hit.where }))));
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
  };
  const choose = (hit) => {
    close();
    input.value = hit.name;
    app.select(hit.layer, hit.row, true);
  };
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(run, 120);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") mark(at + 1);
    else if (event.key === "ArrowUp") mark(at - 1);
    else if (event.key === "Enter") list.querySelectorAll("[role=option]")[Math.max(0, at)]?.click();
    else if (event.key === "Escape") close();
    else return;
    if (event.key !== "Escape") event.preventDefault();
  });
  input.addEventListener("blur", () => setTimeout(close, 150));
  input.addEventListener("focus", () => input.value.trim() && list.children.length && (list.hidden = false));
}

/** A name with the places that were asked for marked. @param {string} name @param {[number, number][]} at */
function marked(name, at) {
  const out = [];
  let from = 0;
  for (const [start, stop] of [...at].sort((a, b) => a[0] - b[0])) {
    if (start < from) continue;
    out.push(name.slice(from, start), h("mark", { text: name.slice(start, stop) }));
    from = stop;
  }
  return [...out, name.slice(from)];
}

/**
 * Search every layer for rows that have all the words; yields hits as they are found.
 * @param {Object} app
 * @param {string} text
 */
export async function* searchAll(app, text) {
  const words = text.toLowerCase().split(/[\s,，]+/).filter(Boolean);
  for (const layer of [...app.model.containers, ...app.model.subjects]) {
    const fields = layer.listed("search");
    const where = ["district", "town"].filter((name) => layer.columns.has(name));
    await layer.columns.load([...fields, ...where]);
    const { rowsPerBlock, blockCount } = layer.columns;
    const base = app.engine.base(layer.id);
    for (let b = 0; b < blockCount; b++) {
      await layer.columns.ready(fields, [b * rowsPerBlock]);
      const hits = [];
      const stop = Math.min(layer.n, (b + 1) * rowsPerBlock);
      for (let row = b * rowsPerBlock; row < stop && hits.length < MOST; row++) {
        if (base && !base[row]) continue;
        const at = meets(app, layer, row, fields, where, words);
        if (at) hits.push(describeHit(app, layer, row, at));
      }
      if (hits.length) {
        await layer.columns.ready(["name"], hits.map((hit) => hit.row));
        yield hits;
      }
      if (b % 8 === 7) await new Promise((resolve) => setTimeout(resolve));
    }
  }
}

/** Where the words stand in a row's name, if each stands somewhere in the row and one of them in what names it; else null. */
function meets(app, layer, row, fields, where, words) {
  const at = [];
  let named = false;
  for (const word of words) {
    const inFields = fields.some((field) => {
      const place = placesOf(app.model.pinyin, layer.columns.value(field, row), word, field === "name");
      if (place && field === "name") at.push(place);
      return place;
    });
    // a district narrows what is looked for, and is not itself what is found
    if (!inFields && !where.some((field) => placesOf(app.model.pinyin, layer.columns.value(field, row), word, true))) return null;
    named = named || inFields;
  }
  return named ? at : null;
}

function describeHit(app, layer, row, at) {
  const value = (n) => layer.columns.value(n, row);
  return {
    layer: layer.id, row, kind: layer.label(app.lang), at,
    name: value("name") ?? value("park_id") ?? value("block_id") ?? "—",
    where: [value("district"), value("town")].filter(Boolean).join(" "),
  };
}
