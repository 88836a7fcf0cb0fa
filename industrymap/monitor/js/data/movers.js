// Choices among firms: which are of an area, moved most, crossed the line, or changed their letter. Differences of whole numbers only.

/** The last two years of which most firms' revenue is known, as places. @param {Object} firms @returns {[number, number]} */
export function lastYears(firms) {
  const counts = firms.years.map((_, y) => firms.money.revenue[y].reduce((n, v) => n + (Number.isFinite(v) ? 1 : 0), 0));
  let now = counts.length - 1;
  while (now > 0 && !counts[now]) now -= 1;
  return [Math.max(0, now - 1), now];
}

/** Rows of the firms of a district and a cluster; -1: of any. @param {Object} firms @param {number} district @param {number} cluster */
export function within(firms, district, cluster) {
  const out = [];
  for (let i = 0; i < firms.n; i++) if ((district < 0 || firms.district[i] === district) && (cluster < 0 || firms.cluster[i] === cluster)) out.push(i);
  return out;
}

/** Change of revenue of those known in both years, most risen first. @param {Object} firms @param {number[]} rows @param {number} before @param {number} now */
export function moved(firms, rows, before, now) {
  const [a, b] = [firms.money.revenue[before], firms.money.revenue[now]];
  return rows.filter((i) => Number.isFinite(a[i]) && Number.isFinite(b[i])).map((i) => ({ i, before: a[i], now: b[i], change: b[i] - a[i] })).sort((x, y) => y.change - x.change || x.i - y.i);
}

/** Who rose to the line or fell below it. @param {Object} firms @param {{i: number, before: number, now: number}[]} both */
export function crossed(firms, both) {
  return {
    rose: both.filter((row) => row.before < firms.line && row.now >= firms.line).sort((x, y) => y.now - x.now || x.i - y.i),
    fell: both.filter((row) => row.before >= firms.line && row.now < firms.line).sort((x, y) => y.before - x.before || x.i - y.i),
  };
}

/** How many firms were above the line and then have no revenue: where they are is not known. @param {Object} firms @param {number[]} rows @param {number} before @param {number} now */
export function silentSince(firms, rows, before, now) {
  const [a, b] = [firms.money.revenue[before], firms.money.revenue[now]];
  return rows.filter((i) => a[i] >= firms.line && !Number.isFinite(b[i])).length;
}

/** How many firms went from each letter to each. @param {Object} firms @param {number[]} rows @returns {number[][]} */
export function flows(firms, rows) {
  const table = firms.letters.map(() => firms.letters.map(() => 0));
  for (const i of rows) if (Number.isFinite(firms.letter[i]) && Number.isFinite(firms.letter_before[i])) table[firms.letter_before[i]][firms.letter[i]] += 1;
  return table;
}
