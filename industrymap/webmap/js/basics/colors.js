// Colours that people with any kind of colour vision can tell apart; the same thing has the same colour everywhere.

/** Ten hues told apart by people with any kind of colour vision, then the colour of everything else. */
export const PALETTE = ["#374da5", "#a6750d", "#1b8971", "#964087", "#8b9fd4", "#617936", "#0da4fa", "#633420", "#ada250", "#5b4454"];

/** Colour of what is not among the ten. */
export const OTHER = "#a4adb8";

/** Colour of what is unknown. */
export const UNKNOWN = "#c9ced6";

/** Ramp for amounts, light to dark. */
export const RAMP = ["#e3edf4", "#b9d4e6", "#86b6d5", "#4f92bd", "#27709f", "#114c75"];

/** Luminance from which a line has 3.5 : 1 to the dark ground. */
const LEAST_LIGHT = 0.19;

const HEX = /^#[0-9a-f]{6}$/i;

/** A colour that came with the data, if it is one. @param {any} text */
export function safeColor(text) {
  return typeof text === "string" && HEX.test(text) ? text.toLowerCase() : null;
}

/** The same colour with an opacity. @param {string} hex @param {number} alpha */
export function withAlpha(hex, alpha) {
  const n = Number.parseInt(hex.slice(1), 16);
  return `rgba(${n >> 16},${(n >> 8) & 255},${n & 255},${alpha})`;
}

/** A darker (below 1) or lighter (above 1) colour. @param {string} hex @param {number} factor */
export function shade(hex, factor) {
  const n = Number.parseInt(hex.slice(1), 16);
  const part = (v) => Math.max(0, Math.min(255, Math.round(factor <= 1 ? v * factor : v + (255 - v) * (factor - 1))));
  return `#${[n >> 16, (n >> 8) & 255, n & 255].map((v) => part(v).toString(16).padStart(2, "0")).join("")}`;
}

/** A colour for lines on a dark ground: one that is too dark to be followed there is made lighter. @param {string} hex */
export function onDark(hex) {
  let factor = 1;
  while (factor < 2 && lightness(shade(hex, factor)) < LEAST_LIGHT) factor += 0.05;
  return factor === 1 ? hex : shade(hex, factor);
}

/** Relative luminance as WCAG defines it. @param {string} hex */
function lightness(hex) {
  const n = Number.parseInt(hex.slice(1), 16);
  const linear = (v) => ((v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
  return 0.2126 * linear(n >> 16) + 0.7152 * linear((n >> 8) & 255) + 0.0722 * linear(n & 255);
}

/** Black or white, whichever reads better on a colour. @param {string} hex */
export function inkOn(hex) {
  return lightness(hex) > 0.4 ? "#1d2733" : "#ffffff";
}
