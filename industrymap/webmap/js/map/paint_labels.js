// Names on the map: drawn where they fit, the important first.

const FONT = '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", system-ui, sans-serif';

/** Width of what was drawn before, by font and text: measuring costs as much as drawing. */
const WIDTHS = new Map();
const MOST_WIDTHS = 4000;

/** Keeps labels of one view from covering each other. */
export class Labels {
  /** @param {import("./canvas.js").View} view */
  constructor(view) {
    this.view = view;
    this.taken = [];
  }

  /** Leave a round place free. @param {number} x world units @param {number} y @param {number} r pixels */
  keepClear(x, y, r) {
    const px = x * this.view.scale - this.view.left;
    const py = y * this.view.scale - this.view.top;
    this.taken.push([px - r, py - r, px + r, py + r]);
  }

  /**
   * Draw a label in the middle of a place, if there is room.
   * @param {string} text
   * @param {number} x world units
   * @param {number} y
   * @param {{size: number, color: string, weight?: number, spacing?: number, room?: number}} style room: widest it may be, in pixels
   */
  put(text, x, y, style) {
    const { ctx, scale, left, top, width, height } = this.view;
    const px = x * scale - left;
    let py = y * scale - top;
    if (px < -60 || py < -20 || px > width + 60 || py > height + 20) return;
    const font = `${style.weight || 500} ${style.size}px ${FONT}`;
    const wide = widthOf(ctx, font, style.spacing || 0, text);
    if (style.room !== undefined && wide > style.room) return;
    const boxAt = (middle) => [px - wide / 2 - 3, middle - style.size / 2 - 2, px + wide / 2 + 3, middle + style.size / 2 + 2];
    const free = (box) => !this.taken.some((t) => t[0] < box[2] && t[2] > box[0] && t[1] < box[3] && t[3] > box[1]);
    const moves = style.moves || [0];
    const move = moves.find((m) => free(boxAt(py + m)));
    if (move === undefined) return;
    py += move;
    this.taken.push(boxAt(py));
    ctx.font = font;
    if ("letterSpacing" in ctx) ctx.letterSpacing = `${style.spacing || 0}px`;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.lineJoin = "round";
    ctx.lineWidth = 3;
    ctx.strokeStyle = "rgba(255,255,255,0.88)";
    ctx.strokeText(text, px, py);
    ctx.fillStyle = style.color;
    ctx.fillText(text, px, py);
    if ("letterSpacing" in ctx) ctx.letterSpacing = "0px";
  }
}

function widthOf(ctx, font, spacing, text) {
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
