// The data block: base64 text in elements that are no scripts, inflated by the browser when first needed.

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** The error for data that does not add up; the page turns it into its one sentence. @param {string} what */
export function damaged(what) {
  return new RangeError(`damaged data: ${what}`);
}

/** Insist on a number of bytes. @param {Uint8Array} bytes @param {number} least @param {string} what */
export function insist(bytes, least, what) {
  // Written this way round so that a length that is no number is refused, too.
  if (!(bytes.length >= least)) throw damaged(what);
}

/** Insist on a count a block can hold. @param {any} value @param {number} most @param {string} what */
export function insistCount(value, most, what) {
  if (!Number.isInteger(value) || value < 0 || value > most) throw damaged(what);
}

/** Compressed blocks of the page, by name. */
export class Blocks {
  /**
   * @param {Object<string, {at: number, chunks: number[]}>} places where each block stands
   * @param {Document} page
   * @param {(name: string) => boolean} [keeps] which blocks' text is kept when they are decoded: what a light page is made of
   */
  constructor(places, page, keeps = () => false) {
    this.places = places;
    this.page = page;
    this.keeps = keeps;
    this.kept = new Map();
    this.starts = new Map();
    this.taken = new Set();
  }

  /** @param {string} name */
  has(name) {
    return name in this.places;
  }

  /**
   * One chunk of a block, inflated. What is decoded once and for all leaves the page; blocks of long text stay, to be decoded again.
   * @param {string} name
   * @param {number} [chunk]
   * @returns {Promise<Uint8Array>}
   */
  async bytes(name, chunk = 0) {
    const place = this.places[name];
    if (!place) throw new Error(`no block ${name}`);
    const element = await this.#element(`industrymap-${place.at}`);
    if (!name.endsWith("/rows")) {
      const text = element.textContent;
      // Decoded columns are kept as arrays: the text beside them would hold the memory twice.
      element.remove();
      this.taken.add(place.at);
      if (this.keeps(name)) this.kept.set(name, text);
      if (text.length !== place.chunks[0]) throw damaged(`${name} is cut off`);
      return inflate(fromBase64(text));
    }
    return inflate(fromBase64(this.#slice(element, this.#start(name, chunk), place.chunks[chunk])));
  }

  /** The names of blocks that begin alike. @param {string} start @returns {string[]} */
  names(start) {
    return Object.keys(this.places).filter((name) => name.startsWith(start));
  }

  /** A block as it stands in the page. @param {string} name @returns {Promise<{text: string, chunks: number[]}>} */
  async text(name) {
    const { at, chunks } = this.places[name];
    const text = this.kept.get(name) ?? (await this.#element(`industrymap-${at}`)).textContent;
    return { text, chunks };
  }

  /** An element of data; those behind the program are awaited until the browser has read them. */
  async #element(id) {
    const there = this.page.getElementById(id);
    // The last element may still be growing while the browser reads the file.
    if (there?.nextSibling) return there;
    await this.whole();
    const found = this.page.getElementById(id);
    if (!found) throw damaged(`${id} is gone`);
    return found;
  }

  /** When the browser has read the whole file. @returns {Promise<void>} */
  whole() {
    if (!this.reading) {
      this.reading = new Promise((resolve) => {
        if (this.page.readyState === "loading") this.page.addEventListener("DOMContentLoaded", () => resolve(), { once: true });
        else resolve();
      });
    }
    return this.reading;
  }

  /** Whether the file held everything its manifest promises; known once the browser has read it. */
  async complete() {
    await this.whole();
    const size = (element) => [...(element?.childNodes || [])].reduce((sum, node) => sum + node.length, 0);
    return Object.values(this.places).every(({ at, chunks }) => this.taken.has(at)
      || size(this.page.getElementById(`industrymap-${at}`)) === chunks.reduce((a, b) => a + b, 0));
  }

  /** A stretch of an element's text, which the browser keeps in pieces: joining megabytes for each stretch would be slow. */
  #slice(element, start, length) {
    let text = "";
    let at = 0;
    for (const node of element.childNodes) {
      const from = Math.max(0, start + text.length - at);
      if (from < node.length) text += node.substringData(from, length - text.length);
      at += node.length;
      if (text.length === length) return text;
    }
    throw damaged("a block is cut off");
  }

  /** JSON in a block of one chunk. @param {string} name */
  async json(name) {
    return JSON.parse(new TextDecoder().decode(await this.bytes(name)));
  }

  #start(name, chunk) {
    if (chunk === 0) return 0;
    if (!this.starts.has(name)) {
      const sums = [0];
      for (const length of this.places[name].chunks) sums.push(sums[sums.length - 1] + length);
      this.starts.set(name, sums);
    }
    return this.starts.get(name)[chunk];
  }
}

/** @param {string} text @returns {Uint8Array} */
export function fromBase64(text) {
  // Since 2025 in all browsers, and faster than the loop.
  if (typeof Uint8Array.fromBase64 === "function") return Uint8Array.fromBase64(text);
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/** @param {Uint8Array} bytes @returns {string} */
export function toBase64(bytes) {
  let text = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const group = (bytes[i] << 16) | ((bytes[i + 1] || 0) << 8) | (bytes[i + 2] || 0);
    // By hand, because btoa takes a string and would need one character a byte first.
    text += LETTERS[group >> 18] + LETTERS[(group >> 12) & 63];
    text += i + 1 < bytes.length ? LETTERS[(group >> 6) & 63] : "=";
    text += i + 2 < bytes.length ? LETTERS[group & 63] : "=";
  }
  return text;
}

/** @param {Uint8Array} bytes @returns {Promise<Uint8Array>} */
export async function inflate(bytes) {
  const stream = new DecompressionStream("deflate");
  const writer = stream.writable.getWriter();
  // What is wrong with the data shows on the reading side; here it would be an unhandled rejection.
  writer.write(bytes).catch(() => {});
  writer.close().catch(() => {});
  const parts = [];
  const reader = stream.readable.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
  }
  if (parts.length === 1) return parts[0];
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
