// A chart as a picture or a workbook: what leaves the page is what stands on it, with its title and its source.

import { svg } from "../basics/dom.js";
import { workbook } from "../basics/xlsx.js";

const KEPT = ["fill", "stroke", "stroke-width", "stroke-dasharray", "opacity", "fill-opacity", "font-size", "font-weight", "text-anchor"];

/** Save a blob under a name. @param {Blob} blob @param {string} name */
export function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 4000);
}

/**
 * A drawing as a file of its own: every colour and letter that the page's style gives is written into it.
 * @param {SVGElement} drawing
 * @param {string[]} above lines over it
 * @param {string} below
 * @returns {string}
 */
export function standalone(drawing, above, below) {
  const [width, height] = ["width", "height"].map((side) => Number(drawing.getAttribute(side)));
  const copy = drawing.cloneNode(true);
  const from = drawing.querySelectorAll("*");
  copy.querySelectorAll("*").forEach((element, at) => {
    const style = getComputedStyle(from[at]);
    for (const name of KEPT) {
      const value = style.getPropertyValue(name);
      if (value && value !== "none" && value !== "normal") element.setAttribute(name, value);
      else if (name === "fill" && value === "none") element.setAttribute(name, "none");
    }
    for (const name of ["class", "tabindex", "style", "role"]) element.removeAttribute(name);
  });
  const ground = getComputedStyle(document.getElementById("app"));
  const paper = ground.getPropertyValue("--paper").trim();
  const ink = ground.getPropertyValue("--ink").trim();
  const top = 14 + above.length * 20;
  const font = "PingFang SC, Microsoft YaHei, Noto Sans CJK SC, sans-serif";
  const whole = svg("svg", { xmlns: "http://www.w3.org/2000/svg", width: width + 24, height: height + top + 34, viewBox: `0 0 ${width + 24} ${height + top + 34}`, "font-family": font });
  whole.append(svg("rect", { width: "100%", height: "100%", fill: paper }));
  above.forEach((line, at) => {
    const text = svg("text", { x: 12, y: 22 + at * 20, "font-size": at ? 12 : 15, "font-weight": at ? 400 : 600, fill: ink });
    text.textContent = line;
    whole.append(text);
  });
  const held = svg("g", { transform: `translate(12 ${top})` });
  while (copy.firstChild) held.append(copy.firstChild);
  const foot = svg("text", { x: 12, y: height + top + 22, "font-size": 11, fill: ink });
  foot.textContent = below;
  whole.append(held, foot);
  return new XMLSerializer().serializeToString(whole);
}

/** An SVG text as a PNG, twice as fine as on the screen. @param {string} text @returns {Promise<Blob>} */
export function png(text) {
  return new Promise((resolve, reject) => {
    const image = new Image();
    const address = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
    image.onload = () => {
      const canvas = document.createElement("canvas");
      canvas.width = image.width * 2;
      canvas.height = image.height * 2;
      const ctx = canvas.getContext("2d");
      ctx.scale(2, 2);
      ctx.drawImage(image, 0, 0);
      URL.revokeObjectURL(address);
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png");
    };
    image.onerror = () => reject(new Error("the drawing cannot be read"));
    image.src = address;
  });
}

/** A table as a workbook. @param {string} name @param {{head: string[], rows: any[][], codes?: string[]}} table @param {string[]} above @param {string} below */
export function sheet(name, table, above, below) {
  const rows = table.rows.map((row) => row.map((value) => (typeof value === "number" && !Number.isFinite(value) ? null : value)));
  return workbook([{ name, rows: [table.head, ...rows], codes: table.codes || [], above, below }]);
}
