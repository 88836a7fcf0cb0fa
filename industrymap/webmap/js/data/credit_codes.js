// Credit codes back from 8 bytes: prefix, body in base 36, and two check digits that follow from the rest; the mirror of `_credit_codes.py`.

const SYMBOLS = "0123456789ABCDEFGHJKLMNPQRTUWXY";
const BASE36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** The credit code of a row, its two check digits recomputed (GB 11714, GB 32100). @param {Object} column @param {number} row @returns {string|null} */
export function creditCode(column, row) {
  const head = column.heads[row];
  if (head === 0) return null;
  if (head === 1) return column.patch.get(row);
  let body = 0;
  for (let plane = 5; plane >= 0; plane--) body = body * 256 + column.bodies[plane * column.n + row];
  let letters = "";
  for (let i = 0; i < 8; i++) {
    letters = BASE36[body % 36] + letters;
    body = Math.floor(body / 36);
  }
  const weights = [3, 7, 9, 10, 5, 8, 4, 2];
  let sum = 0;
  for (let i = 0; i < 8; i++) sum += BASE36.indexOf(letters[i]) * weights[i];
  const rest = (11 - (sum % 11)) % 11;
  const code = column.words[head - 2] + letters + (rest === 10 ? "X" : String(rest));
  let total = 0;
  for (let i = 0, weight = 1; i < 17; i++, weight = (weight * 3) % 31) total += SYMBOLS.indexOf(code[i]) * weight;
  return code + SYMBOLS[(31 - (total % 31)) % 31];
}
