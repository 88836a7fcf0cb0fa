// Whether a name has what was typed: as it stands, in full pinyin, by initials, or in a mixture of them.

/**
 * Where a word stands in a text.
 * @param {Map<string, string[]>} pinyin character → readings
 * @param {any} text
 * @param {string} word in small letters
 * @param {boolean} read whether it may be pinyin
 * @returns {[number, number]|null} first and last+1 character
 */
export function found(pinyin, text, word, read) {
  if (typeof text !== "string") return null;
  const at = text.toLowerCase().indexOf(word);
  if (at >= 0) return [at, at + word.length];
  if (!read || !/^[a-z]{2,}$/.test(word)) return null;
  for (let start = 0; start < text.length; start++) {
    const stop = spelled(pinyin, text, start, word);
    if (stop > start) return [start, stop];
  }
  return null;
}

/** Where the characters from a place on that spell some letters end, or -1: each by a reading, its first letter, or (the last) the beginning of a reading. */
function spelled(pinyin, text, at, letters) {
  if (!letters) return at;
  if (at >= text.length) return -1;
  for (const reading of pinyin.get(text[at]) || [text[at].toLowerCase()]) {
    if (reading.startsWith(letters)) return at + 1;
    if (letters.startsWith(reading)) {
      const stop = spelled(pinyin, text, at + 1, letters.slice(reading.length));
      if (stop > 0) return stop;
    }
    if (reading[0] === letters[0] && reading.length > 1) {
      const stop = spelled(pinyin, text, at + 1, letters.slice(1));
      if (stop > 0) return stop;
    }
  }
  return -1;
}
