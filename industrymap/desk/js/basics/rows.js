// A long list of which only the rows in sight are drawn.

import { fill, h } from "./dom.js";

const HEIGHT = 30;
const SPARE = 8;

/** A list that scrolls through any number of rows of one height. */
export class Rows {
  /**
   * @param {string} label what the list is, for those who do not see it
   * @param {(at: number) => Node} draw makes the row at a place
   */
  constructor(label, draw) {
    this.draw = draw;
    this.n = 0;
    this.space = h("div", { class: "rows-space" });
    this.element = h("div", { class: "rows", role: "region", "aria-label": label, tabindex: "0", on: { scroll: () => this.paint() } }, this.space);
    new ResizeObserver(() => this.paint()).observe(this.element);
  }

  /** Show another list from its beginning. @param {number} n how many rows it has */
  show(n) {
    this.n = n;
    this.space.style.setProperty("height", `${n * HEIGHT}px`);
    this.element.scrollTop = 0;
    this.paint();
  }

  /** Draw the rows in sight. */
  paint() {
    const { scrollTop, clientHeight } = this.element;
    const from = Math.max(0, Math.floor(scrollTop / HEIGHT) - SPARE);
    const to = Math.min(this.n, Math.ceil((scrollTop + clientHeight) / HEIGHT) + SPARE);
    const drawn = [];
    for (let at = from; at < to; at++) drawn.push(h("div", { class: "rows-row", style: { top: `${at * HEIGHT}px` } }, this.draw(at)));
    fill(this.space, drawn);
  }
}
