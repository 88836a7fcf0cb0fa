// Names on the map: drawn where they fit, the important first.

const FONT = '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", system-ui, sans-serif';

/** Width of what was drawn before, by font and text: measuring costs as much as drawing. */
const WIDTHS = new Map();
const MOST_WIDTHS = 4000;

/** Places that a name has been found room for, by feature, zoom and size: looking for room costs more than drawing. */
const ROOMS = new WeakMap();
const MOST_ROOMS = 3000;
/** Places that are tried for a name; more on paper, where nobody can zoom in. */
const [ROOMS_TRIED, MANY_ROOMS] = [8, 60];

/** Parts of a view's width and height at which the name of an area that goes beyond it is tried, the middle first. */
const VIEW_PLACES = [[0.5, 0.4], [0.5, 0.6], [0.35, 0.5], [0.65, 0.5], [0.3, 0.3], [0.7, 0.3], [0.3, 0.7], [0.7, 0.7], [0.5, 0.25], [0.5, 0.75], [0.2, 0.5], [0.8, 0.5]];

/**
 * @typedef {Object} LabelStyle
 * @property {number} size pixels
 * @property {string} color
 * @property {string} [halo]
 * @property {number} [weight]
 * @property {number} [spacing]
 * @property {string} [over] colour of a name that has to stand on circles
 * @property {boolean} [close] up to the edge of its area
 * @property {number} [room] widest it may be, in pixels
 * @property {{shapes: import("../data/shapes.js").Shapes, row: number}|null} [within] the area that it may not leave
 */

/** @typedef {{text: string, color: string, size: number, weight: number}} Under a second line, quieter than the name */

/** Keeps labels of one view from covering each other. */
export class Labels {
  /** @param {import("./canvas.js").View} view @param {(layer: Object, rows: number[]) => void} [need] decodes names that are not there yet */
  constructor(view, need = () => {}) {
    this.view = view;
    this.need = need;
    // a sheet keeps its scale bar and its edges free, and cuts no name off
    this.taken = [...(view.clear || [])];
    // the canvas goes beyond the screen
    this.seen = view.seen || [0, 0, view.width, view.height];
    /** Places that a name of an area leaves free where it finds other room in its area. @type {number[][]} */
    this.avoided = [];
    /** What was drawn, for tests and for those who ask what the map says. @type {{text: string, box: number[], layer?: string, row?: number}[]} */
    this.drawn = [];
  }

  /** Leave a place free. @param {number} x pixels @param {number} y @param {number} r */
  keepClear(x, y, r) {
    this.taken.push([x - r, y - r, x + r, y + r]);
  }

  /** Leave a place free where there is a choice. @param {number} x pixels @param {number} y @param {number} r */
  avoid(x, y, r) {
    this.avoided.push([x - r, y - r, x + r, y + r]);
  }

  /**
   * Draw a label in the middle of a place, if there is room.
   * @param {string} text @param {number} x pixels @param {number} y @param {LabelStyle} style @param {Object} [about] layer and row
   * @returns {boolean} whether it was drawn
   */
  put(text, x, y, style, about = {}) {
    const { ctx, width, height } = this.view;
    if (x < -60 || y < -20 || x > width + 60 || y > height + 20) return false;
    const font = fontOf(style);
    const wide = widthOf(ctx, style.size, font, style.spacing || 0, text);
    if (style.room !== undefined && wide > style.room) return false;
    const box = boxAt(x, y, wide, style.size);
    if (style.within && !this.#lies(style.within, box)) return false;
    if (!this.#free(box) || (this.view.whole && (box[0] < 0 || box[1] < 0 || box[2] > width || box[3] > height))) return false;
    this.#draw(text, x, y, font, style, box, about);
    return true;
  }

  /**
   * Draw a name inside an area and nowhere else: in the first place with room, smaller where it must be, or not at all. A name that
   * leaves its area names its neighbour.
   * @param {string} text @param {import("../data/shapes.js").Shapes} shapes @param {number} feature @param {LabelStyle} style @param {number[]} sizes pixels, the best first @param {Object} about @param {Under} [under]
   */
  putInside(text, shapes, feature, style, sizes, about, under) {
    const { scale, left, top } = this.view;
    const [x0, y0, x1, y1] = shapes.boxes.subarray(feature * 4, feature * 4 + 4);
    const own = [x0 * scale - left, y0 * scale - top, x1 * scale - left, y1 * scale - top];
    const near = this.avoided.filter((one) => one[0] < own[2] && one[2] > own[0] && one[1] < own[3] && one[3] > own[1]);
    // beside what is drawn in full size, or else over it: an area without its name is worse than a circle behind letters
    return (near.length > 0 && this.#inside(text, shapes, feature, style, this.view.whole ? sizes : sizes.slice(0, 1), about, near, under)) || this.#inside(text, shapes, feature, near.length && style.over ? { ...style, color: style.over } : style, sizes, about, [], under);
  }

  #inside(text, shapes, feature, style, sizes, about, avoided, under) {
    const { ctx, scale, left, top, width, height } = this.view;
    for (const size of sizes) {
      const own = { ...style, size };
      const font = fontOf(own);
      const below = under ? under.size + 2 : 0;
      const wide = Math.max(widthOf(ctx, size, font, own.spacing || 0, text), under ? widthOf(ctx, under.size, fontOf(under), 0, under.text) : 0);
      const edge = style.close ? 1 : 6;
      const [roomWide, roomTall] = [Math.ceil(wide + edge), size + below + Math.min(edge, 4)];
      // by its size, not by its words: a number that changes with every filter asks for the same room
      const most = this.view.whole ? MANY_ROOMS : ROOMS_TRIED;
      const places = () => kept(shapes, `${feature} ${roomWide} ${roomTall} ${scale} ${most}`, () => shapes.roomFor(feature, roomWide / scale, roomTall / scale, most));
      for (const [wx, wy] of this.#sees(shapes, feature) ? places() : this.#roomsInView(shapes, feature, wide + edge, size + below + 4)) {
        const [x, y] = [wx * scale - left, wy * scale - top];
        const box = boxAt(x, y, wide, size + below);
        if (x < 0 || y < 0 || x > width || y > height || meets(avoided, box) || !this.#free(box) || (this.view.whole && (box[0] < 0 || box[1] < 0 || box[2] > width || box[3] > height))) continue;
        this.#draw(text, x, y - below / 2, font, own, boxAt(x, y - below / 2, wide, size), about);
        if (under) this.#under(under, x, y + size / 2 + 1, style.halo, { ...about, count: true });
        return true;
      }
    }
    return false;
  }

  /**
   * Draw a name along a line, turned with it, where a stretch is straight and long enough.
   * @param {string} text @param {[number, number][]} line pixels @param {LabelStyle} style @param {Object} about
   */
  putAlong(text, line, style, about) {
    const { ctx, width, height } = this.view;
    const font = fontOf(style);
    const wide = widthOf(ctx, style.size, font, style.spacing || 0, text);
    for (let i = 0; i + 1 < line.length; i++) {
      const [ax, ay] = line[i];
      let j = i + 1;
      // a stretch ends where it has turned away from its first direction
      while (j + 1 < line.length && turned(line[i], line[i + 1], line[j], line[j + 1]) < 0.3 && Math.hypot(line[j][0] - ax, line[j][1] - ay) < wide + 12) j++;
      const [bx, by] = line[j];
      const long = Math.hypot(bx - ax, by - ay);
      if (long < wide + 12) continue;
      const [x, y] = [(ax + bx) / 2, (ay + by) / 2];
      let angle = Math.atan2(by - ay, bx - ax);
      if (Math.abs(angle) > Math.PI / 2) angle -= Math.sign(angle) * Math.PI; // never upside down
      const [w, h] = [Math.abs(Math.cos(angle)) * wide + Math.abs(Math.sin(angle)) * style.size, Math.abs(Math.sin(angle)) * wide + Math.abs(Math.cos(angle)) * style.size];
      const box = [x - w / 2 - 3, y - h / 2 - 2, x + w / 2 + 3, y + h / 2 + 2];
      if (box[0] < 0 || box[1] < 0 || box[2] > width || box[3] > height || !this.#free(box)) continue;
      ctx.save();
      ctx.translate(x, y);
      ctx.rotate(angle);
      this.#draw(text, 0, 0, font, style, box, about);
      ctx.restore();
      return true;
    }
    return false;
  }

  /** Whether the middle of an area is in the view. */
  #sees(shapes, feature) {
    const { scale, left, top } = this.view;
    const [x, y] = shapes.anchor(feature);
    const [px, py] = [x * scale - left, y * scale - top];
    return px > this.seen[0] && px < this.seen[2] && py > this.seen[1] && py < this.seen[3];
  }

  /** Places for the name of an area of which only a part is in the view, so that a reader from near knows where the map is. */
  * #roomsInView(shapes, feature, wide, tall) {
    const { scale, left, top } = this.view;
    const [x0, y0, x1, y1] = this.seen;
    const places = kept(shapes, `${feature} ${scale} ${left} ${top} ${this.seen}`, () => VIEW_PLACES
      .map(([fx, fy]) => [(x0 + fx * (x1 - x0) + left) / scale, (y0 + fy * (y1 - y0) + top) / scale])
      .filter(([x, y]) => shapes.covers(feature, x, y)));
    const [w, h] = [wide / scale / 2, tall / scale / 2];
    for (const [x, y] of places) if (shapes.holds(feature, x - w, y - h, x + w, y + h)) yield [x, y];
  }

  /** The second line of a label, close under the first. */
  #under(under, x, y, halo, about) {
    const font = fontOf(under);
    const [x0, , x1, y1] = boxAt(x, y, widthOf(this.view.ctx, under.size, font, 0, under.text), under.size);
    this.#draw(under.text, x, y, font, { ...under, halo }, [x0, y - under.size / 2, x1, y1], about);
  }

  /** Whether a box in pixels lies in an area. */
  #lies({ shapes, row }, [x0, y0, x1, y1]) {
    const { scale, left, top } = this.view;
    return shapes.holds(row, (x0 + left) / scale, (y0 + top) / scale, (x1 + left) / scale, (y1 + top) / scale);
  }

  #free(box) {
    return !meets(this.taken, box);
  }

  #draw(text, x, y, font, style, box, about) {
    const { ctx } = this.view;
    this.taken.push(box);
    this.drawn.push({ text, box, ...about });
    ctx.font = font;
    if ("letterSpacing" in ctx) ctx.letterSpacing = `${style.spacing || 0}px`;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.lineJoin = "round";
    ctx.lineWidth = 3;
    ctx.strokeStyle = style.halo || "rgba(255,255,255,0.88)";
    ctx.strokeText(text, x, y);
    ctx.fillStyle = style.color;
    ctx.fillText(text, x, y);
    if ("letterSpacing" in ctx) ctx.letterSpacing = "0px";
  }
}

function meets(boxes, box) {
  return boxes.some((t) => t[0] < box[2] && t[2] > box[0] && t[1] < box[3] && t[3] > box[1]);
}

function fontOf(style) {
  return `${style.weight || 500} ${style.size}px ${FONT}`;
}

function boxAt(x, y, wide, size) {
  return [x - wide / 2 - 3, y - size / 2 - 2, x + wide / 2 + 3, y + size / 2 + 2];
}

/** By how much a stretch of a line has turned, in radians. */
function turned(a, b, c, d) {
  const turn = Math.abs(Math.atan2(d[1] - c[1], d[0] - c[0]) - Math.atan2(b[1] - a[1], b[0] - a[0]));
  return Math.min(turn, 2 * Math.PI - turn);
}

/** What was found out of a feature before. @param {() => number[][]} find */
function kept(shapes, key, find) {
  if (!ROOMS.has(shapes.boxes)) ROOMS.set(shapes.boxes, new Map()); // the boxes are new when the shapes are moved to another datum
  const known = ROOMS.get(shapes.boxes);
  if (!known.has(key)) {
    if (known.size >= MOST_ROOMS) known.clear();
    known.set(key, find());
  }
  return known.get(key);
}

/** Chinese characters, each as wide as its letters are tall in every font. */
const SQUARE = /^[\u4e00-\u9fff]+$/;

function widthOf(ctx, size, font, spacing, text) {
  if (SQUARE.test(text)) return text.length * (size + spacing); // asking the browser costs as much as drawing
  const key = `${spacing} ${font} ${text}`;
  let wide = WIDTHS.get(key);
  if (wide === undefined) {
    if (WIDTHS.size >= MOST_WIDTHS) WIDTHS.clear();
    ctx.font = font;
    if ("letterSpacing" in ctx) ctx.letterSpacing = `${spacing}px`;
    wide = ctx.measureText(text).width;
    if ("letterSpacing" in ctx) ctx.letterSpacing = "0px";
    WIDTHS.set(key, wide);
  }
  return wide;
}

/** The page's font, for canvases. */
export const CANVAS_FONT = FONT;
