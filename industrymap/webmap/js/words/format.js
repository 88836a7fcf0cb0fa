// Numbers, dates and units as a planner writes them.

const MU = 2000 / 3;
/** How much of what is given (万元, m²) one of a unit is, and the digits in which it is written. */
const PER_UNIT = { 亿元: 1e4, 万元: 1, "bn yuan": 1e5, "M yuan": 100, "亩": MU, "km²": 1e6, ha: 1e4, "万 m²": 1e4, "m²": 1 };
const DIGITS = { 亿元: 1, "bn yuan": 1, "M yuan": 1, "亩": 1, "km²": 2, ha: 2, "万 m²": 2 };

/**
 * A number with thousands parted and so many decimals, rounded half away from zero: letter by letter what `Intl.NumberFormat` writes in
 * both languages of the page. The first of those costs a browser 40 ms and more, a tenth of the time until the map can be used.
 * @param {number} value @param {number} most decimals @param {number} [least] of them written even where they are zero
 * @returns {string}
 */
export function decimal(value, most, least = 0) {
  const text = String(Math.abs(value));
  // beyond what is written without an exponent (and infinity), which no figure of a city reaches
  if (!/^[\d.]+$/.test(text)) return value.toLocaleString("en-GB", { minimumFractionDigits: least, maximumFractionDigits: most });
  let [whole, part = ""] = text.split(".");
  if (part.length > most) {
    const up = part[most] >= "5";
    const digits = String(BigInt(whole + part.slice(0, most)) + BigInt(up)).padStart(most + 1, "0");
    [whole, part] = [digits.slice(0, digits.length - most), digits.slice(digits.length - most)];
  }
  part = part.replace(/0+$/, "").padEnd(least, "0");
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  return `${sign}${whole.replace(/\B(?=(\d{3})+$)/g, ",")}${part ? `.${part}` : ""}`;
}

/** Units that name what is counted: in English, one of them has no s. */
const ONE = { firms: "firm", people: "person" };

/** The unit behind a number that is written already. @param {string} text the number @param {string} unit @returns {string} */
export function unitAfter(text, unit) {
  return (text === "1" && ONE[unit]) || unit;
}

/** How values are written in one language. */
export class Format {
  /** @param {string} lang `zh` or `en` */
  constructor(lang) {
    this.lang = lang;
    this.none = "—";
  }

  /**
   * A number with thousands separators and as many decimals as its size deserves.
   * @param {number} value
   * @param {number} [decimals]
   */
  number(value, decimals) {
    if (!Number.isFinite(value)) return this.none;
    const size = Math.abs(value);
    const digits = decimals ?? (Number.isInteger(value) ? 0 : size >= 1000 ? 0 : size >= 100 ? 1 : size >= 1 ? 2 : 3);
    return decimal(value, digits);
  }

  /** A number with so many decimals in every case: 9.0 under 11.9. @param {number} value @param {number} decimals */
  fixed(value, decimals) {
    if (!Number.isFinite(value)) return this.none;
    const places = 10 ** decimals;
    // what rounds to nothing has no sign
    const shown = Math.abs(value) * places < 0.5 ? 0 : value;
    return decimal(shown, decimals, decimals);
  }

  /** A count. @param {number} value */
  count(value) {
    return decimal(value, 0);
  }

  /** A short count for a bubble on the map. @param {number} value */
  brief(value) {
    if (value < 1000) return String(value);
    if (this.lang === "zh" && value >= 10000) return `${trim(value / 10000)}万`;
    if (value >= 1e6) return `${trim(value / 1e6)}M`;
    return value >= 10000 && this.lang === "en" ? `${trim(value / 1000)}k` : this.count(value);
  }

  /** Money given in 万元: 万元 up to a hundred million yuan, 亿元 beyond. @param {number} wan */
  money(wan) {
    if (!Number.isFinite(wan)) return { value: this.none, unit: "" };
    if (this.lang === "en") {
      const m = wan / 100;
      return Math.abs(m) >= 1000
        ? { value: this.fixed(m / 1000, 1), unit: "bn yuan" }
        : { value: this.number(m, m < 10 ? 2 : 0), unit: "M yuan" };
    }
    return Math.abs(wan) >= 10000
      ? { value: this.fixed(wan / 10000, Math.abs(wan) >= 1e7 ? 0 : 1), unit: "亿元" }
      : { value: this.number(wan, 0), unit: "万元" };
  }

  /**
   * How several amounts are written in one unit, that of the largest: one column, one chart, one unit.
   * @param {"money"|"land"|"floor"} kind as the method of that name takes it @param {number} most the largest
   * @returns {{unit: string, text: (value: number) => string}}
   */
  alike(kind, most) {
    const { unit } = this[kind](most);
    const per = PER_UNIT[unit] ?? 1;
    const digits = most / per >= 1000 ? 0 : DIGITS[unit] ?? 0;
    const text = (value) => {
      const size = Math.abs(value / per);
      // what is small beside the largest is still not nothing
      return size > 0 && size * 10 ** digits < 0.5 ? this.number(value / per) : this.fixed(value / per, digits);
    };
    return { unit, text };
  }

  /** An area given in m². @param {number} m2 */
  area(m2) {
    if (!Number.isFinite(m2)) return { value: this.none, unit: "" };
    return m2 >= 1e6 ? { value: this.number(m2 / 1e6, 2), unit: "km²" } : { value: this.number(m2 / 1e4, 2), unit: "ha" };
  }

  /** Land as offices write it: in 亩, in English in hectares. @param {number} m2 */
  land(m2) {
    if (this.lang !== "zh" || !Number.isFinite(m2)) return this.area(m2);
    const mu = m2 / MU;
    return { value: this.number(mu, mu < 100 ? 1 : 0), unit: "亩" };
  }

  /** Floor area: in m², in Chinese from 万 m² on in these. @param {number} m2 */
  floor(m2) {
    if (!Number.isFinite(m2)) return { value: this.none, unit: "" };
    return this.lang === "zh" && m2 >= 1e4 ? { value: this.number(m2 / 1e4, 2), unit: "万 m²" } : { value: this.number(m2, 0), unit: "m²" };
  }

  /** A share as per cent; what is not the whole never reads 100 %. @param {number} part @param {number} whole */
  percent(part, whole = 1) {
    if (!whole) return this.none;
    const share = (100 * part) / whole;
    if (share < 100 && share >= 99.5) return share < 99.95 ? `${this.fixed(share, 1)}%` : ">99.9%";
    return `${this.number(share, share < 10 ? 1 : 0)}%`;
  }

  /** Days since 1970 as a date. @param {number} days */
  date(days) {
    return Number.isFinite(days) ? new Date(days * 864e5).toISOString().slice(0, 10) : this.none;
  }

  /** Metres along the ground. @param {number} m */
  distance(m) {
    return m >= 1000 ? `${this.number(m / 1000, m >= 1e4 ? 0 : 1)} km` : `${this.number(m, 0)} m`;
  }
}

function trim(value) {
  return String(Number(value.toPrecision(value >= 100 ? 3 : 2)));
}
