// A drawing context that writes SVG: what is painted through it stays text and lines in a PDF, at any scale. It knows the part of
// the canvas interface that sheets and map names use.

import { svg } from "./dom.js";

const KEPT = ["fillStyle", "strokeStyle", "lineWidth", "font", "textAlign", "letterSpacing", "globalAlpha", "transform", "dash"];
const ANCHOR = { left: "start", center: "middle", right: "end" };
const round = (value) => Math.round(value * 100) / 100;

/** Writes what is painted into an SVG element. */
export class VectorContext {
  #path = "";
  #stack = [];
  #halo = null;

  /** @param {SVGElement} root */
  constructor(root) {
    this.root = root;
    this.measuring = document.createElement("canvas").getContext("2d");
    Object.assign(this, { fillStyle: "#000", strokeStyle: "#000", lineWidth: 1, font: "10px sans-serif", textAlign: "left", letterSpacing: "0px", globalAlpha: 1, transform: "", dash: "" });
  }

  /** A context whose marks are cut off at a box, and whose origin is the box's corner. @returns {VectorContext} */
  framed(x, y, width, height) {
    const inner = svg("svg", { x, y, width, height, overflow: "hidden" });
    this.root.append(svg("g", { transform: this.transform || null }, inner));
    return new VectorContext(inner);
  }

  save() {
    this.#stack.push(KEPT.map((key) => this[key]));
  }

  restore() {
    (this.#stack.pop() || []).forEach((value, i) => (this[KEPT[i]] = value));
  }

  translate(x, y) {
    this.transform += ` translate(${round(x)} ${round(y)})`;
  }

  rotate(angle) {
    this.transform += ` rotate(${round((angle * 180) / Math.PI)})`;
  }

  scale(x) {
    this.transform += ` scale(${x})`;
  }

  setLineDash(dash) {
    this.dash = dash.join(" ");
  }

  beginPath() {
    this.#path = "";
  }

  moveTo(x, y) {
    this.#path += `M${round(x)} ${round(y)}`;
  }

  lineTo(x, y) {
    this.#path += `L${round(x)} ${round(y)}`;
  }

  closePath() {
    this.#path += "Z";
  }

  /** A whole circle; sheets paint no part of one. */
  arc(x, y, r) {
    this.#path += `M${round(x - r)} ${round(y)}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`;
  }

  fill() {
    this.#add("path", { d: this.#path, fill: this.fillStyle });
  }

  stroke() {
    this.#add("path", { d: this.#path, fill: "none", stroke: this.strokeStyle, "stroke-width": this.lineWidth, "stroke-dasharray": this.dash || null });
  }

  fillRect(x, y, width, height) {
    this.#add("rect", { x: round(x), y: round(y), width: round(width), height: round(height), fill: this.fillStyle });
  }

  strokeRect(x, y, width, height) {
    this.#add("rect", { x: round(x), y: round(y), width: round(width), height: round(height), fill: "none", stroke: this.strokeStyle, "stroke-width": this.lineWidth });
  }

  measureText(text) {
    this.measuring.font = this.font;
    if ("letterSpacing" in this.measuring) this.measuring.letterSpacing = this.letterSpacing;
    return this.measuring.measureText(text);
  }

  /** The halo of the text that follows. */
  strokeText() {
    this.#halo = { stroke: this.strokeStyle, "stroke-width": this.lineWidth, "stroke-linejoin": "round", "paint-order": "stroke" };
  }

  fillText(text, x, y, room) {
    const [, weight, size, family] = /^(?:(\d+) )?([\d.]+)px (.+)$/.exec(this.font) || [0, 400, 10, "sans-serif"];
    const tight = room !== undefined && this.measureText(text).width > room ? { textLength: round(room), lengthAdjust: "spacingAndGlyphs" } : {};
    this.#add("text", {
      x: round(x), y: round(y), dy: ".35em", fill: this.fillStyle, "text-anchor": ANCHOR[this.textAlign], "font-weight": weight, "font-size": size, "font-family": family,
      "letter-spacing": this.letterSpacing === "0px" ? null : this.letterSpacing, ...this.#halo, ...tight,
    }).textContent = text;
    this.#halo = null;
  }

  #add(tag, props) {
    const element = svg(tag, { ...props, transform: this.transform.trim() || null, opacity: this.globalAlpha === 1 ? null : this.globalAlpha });
    this.root.append(element);
    return element;
  }
}
