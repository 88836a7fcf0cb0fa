// A workbook with a bold, frozen header, written without a library. Numbers stay numbers, text stays text: a cell whose
// type is text is never read as a formula, so nothing is changed in it.

import { zip } from "./zip.js";

const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE = "http://schemas.openxmlformats.org/package/2006";
const MOST_CHARACTERS = 32767;

/**
 * @param {{name: string, rows: any[][]}[]} sheets the first row of each is its header
 * @returns {Promise<Blob>}
 */
export async function workbook(sheets) {
  const text = new TextEncoder();
  const file = (name, xml) => ({ name, data: text.encode(HEAD + xml) });
  const type = (part, kind) => `<Override PartName="/${part}" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.${kind}+xml"/>`;
  const relation = (id, kind, target) => `<Relationship Id="rId${id}" Type="${REL}/${kind}" Target="${target}"/>`;
  const files = [
    file("[Content_Types].xml", `<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>${type("xl/workbook.xml", "sheet.main")}${type("xl/styles.xml", "styles")}${sheets.map((_, i) => type(`xl/worksheets/sheet${i + 1}.xml`, "worksheet")).join("")}</Types>`),
    file("_rels/.rels", `<Relationships xmlns="${PACKAGE}/relationships">${relation(1, "officeDocument", "xl/workbook.xml")}</Relationships>`),
    file("xl/workbook.xml", `<workbook xmlns="${MAIN}" xmlns:r="${REL}"><sheets>${sheets.map((s, i) => `<sheet name="${escaped(sheetName(s.name, i))}" sheetId="${i + 1}" r:id="rId${i + 1}"/>`).join("")}</sheets></workbook>`),
    file("xl/_rels/workbook.xml.rels", `<Relationships xmlns="${PACKAGE}/relationships">${sheets.map((_, i) => relation(i + 1, "worksheet", `worksheets/sheet${i + 1}.xml`)).join("")}${relation(sheets.length + 1, "styles", "styles.xml")}</Relationships>`),
    file("xl/styles.xml", `<styleSheet xmlns="${MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`),
    ...sheets.map((s, i) => file(`xl/worksheets/sheet${i + 1}.xml`, sheet(s.rows))),
  ];
  return zip(files);
}

function sheet(rows) {
  const widths = (rows[0] || []).map((_, c) => Math.min(48, Math.max(8, ...rows.slice(0, 60).map((r) => width(r[c])))));
  const cols = widths.length ? `<cols>${widths.map((w, i) => `<col min="${i + 1}" max="${i + 1}" width="${w}" customWidth="1"/>`).join("")}</cols>` : "";
  const body = rows.map((row, r) => `<row r="${r + 1}">${row.map((value, c) => cell(value, columnName(c) + (r + 1), r === 0)).join("")}</row>`);
  return `<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>${cols}<sheetData>${body.join("")}</sheetData></worksheet>`;
}

function cell(value, place, bold) {
  const style = bold ? ' s="1"' : "";
  if (value === null || value === undefined || value === "") return "";
  if (typeof value === "number") return Number.isFinite(value) ? `<c r="${place}"${style}><v>${value}</v></c>` : "";
  if (typeof value === "boolean") return `<c r="${place}" t="b"${style}><v>${value ? 1 : 0}</v></c>`;
  return `<c r="${place}" t="inlineStr"${style}><is><t xml:space="preserve">${escaped(String(value).slice(0, MOST_CHARACTERS))}</t></is></c>`;
}

/** Text for XML; what XML cannot hold is written _xHHHH_ as Excel does. */
function escaped(text) {
  return text
    .replace(/_x[0-9A-Fa-f]{4}_/g, (whole) => `_x005F${whole}`)
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, (c) => `_x${c.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}_`)
    .replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;").replace(/\r/g, "&#13;");
}

function columnName(index) {
  let name = "";
  for (let n = index + 1; n > 0; n = Math.floor((n - 1) / 26)) name = String.fromCharCode(65 + ((n - 1) % 26)) + name;
  return name;
}

function sheetName(name, i) {
  return name.replace(/[\\/?*[\]:']/g, " ").slice(0, 31).trim() || `Sheet${i + 1}`;
}

function width(value) {
  if (value === null || value === undefined) return 0;
  let n = 2;
  for (const c of String(value).slice(0, 60)) n += c > "\u2e7f" ? 2 : 1;
  return n;
}
