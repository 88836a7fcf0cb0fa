// Firms and their yearly course, decoded when their page is opened.

import { numbers } from "./cube.js";

const utf8 = (bytes) => new TextDecoder("utf-8").decode(bytes).split("\n");

/**
 * @param {import("./block.js").Blocks} blocks
 * @returns {Promise<Object|null>} names, codes, areas as places, `money[name][year place]`; null where there are none
 */
export async function loadFirms(blocks) {
  if (!blocks.has("firms/specs")) return null;
  const [specs, bytes, names, codes, reasons] = await Promise.all([
    blocks.json("firms/specs"), blocks.bytes("firms/planes"), blocks.bytes("firms/names"), blocks.bytes("firms/codes"),
    blocks.has("firms/reasons") ? blocks.bytes("firms/reasons") : null,
  ]);
  let at = 0;
  const next = (spec) => {
    const table = numbers(spec, bytes.subarray(at), specs.n);
    at += spec.bytes * specs.n;
    return table;
  };
  const firms = { n: specs.n, years: specs.years, line: specs.line, rule: specs.rule, official: specs.official, letters: specs.letters };
  for (const name of ["district", "town", "cluster", "letter", "letter_before"]) firms[name] = next(specs[name]);
  firms.money = {};
  for (const name of ["revenue", "output", "tax"]) firms.money[name] = specs[name].map(next);
  firms.names = utf8(names);
  firms.codes = utf8(codes);
  firms.reasons = reasons ? utf8(reasons).map((line) => line.split("\t")) : null;
  return firms;
}
