// A workbook with a bold, frozen header, written without a library. Numbers stay numbers, text stays text: a cell whose
// type is text is never read as a formula, so nothing is changed in it.

import { zip } from "./zip.js";

const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE = "http://schemas.openxmlformats.org/package/2006";
const MOST_CHARACTERS = 32767;

/**
 * One sheet. Its first row is the header, frozen, filterable and repeated on every printed page.
 * @typedef {Object} Sheet
 * @property {string} name
 * @property {any[][]} rows
 * @property {string[]} [codes] number format of each column; empty for text
 * @property {string[]} [above] lines at the head of every printed page: title, then the filter in words
 * @property {string} [below] the foot of every printed page, before its number
 */

/**
 * @param {Sheet[]} sheets
 * @returns {Promise<Blob>}
 */
export async function workbook(sheets) {
  const text = new TextEncoder();
  const file = (name, xml) => ({ name, data: text.encode(HEAD + xml) });
  const type = (part, kind) => `<Override PartName="/${part}" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.${kind}+xml"/>`;
  const relation = (id, kind, target) => `<Relationship Id="rId${id}" Type="${REL}/${kind}" Target="${target}"/>`;
  const named = sheets.map((s, i) => ({ ...s, name: sheetName(s.name, i) }));
  const codes = [...new Set(named.flatMap((s) => s.codes || []).filter(Boolean))];
  const files = [
    file("[Content_Types].xml", `<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>${type("xl/workbook.xml", "sheet.main")}${type("xl/styles.xml", "styles")}${named.map((_, i) => type(`xl/worksheets/sheet${i + 1}.xml`, "worksheet")).join("")}</Types>`),
    file("_rels/.rels", `<Relationships xmlns="${PACKAGE}/relationships">${relation(1, "officeDocument", "xl/workbook.xml")}</Relationships>`),
    file("xl/workbook.xml", `<workbook xmlns="${MAIN}" xmlns:r="${REL}"><sheets>${named.map((s, i) => `<sheet name="${escaped(s.name)}" sheetId="${i + 1}" r:id="rId${i + 1}"/>`).join("")}</sheets><definedNames>${named.map(titles).join("")}</definedNames></workbook>`),
    file("xl/_rels/workbook.xml.rels", `<Relationships xmlns="${PACKAGE}/relationships">${named.map((_, i) => relation(i + 1, "worksheet", `worksheets/sheet${i + 1}.xml`)).join("")}${relation(named.length + 1, "styles", "styles.xml")}</Relationships>`),
    file("xl/styles.xml", styles(codes)),
    ...named.map((s, i) => file(`xl/worksheets/sheet${i + 1}.xml`, sheet(s, codes))),
  ];
  return zip(files);
}

/** The header row comes again on every printed page. */
function titles({ name }, i) {
  return `<definedName name="_xlnm.Print_Titles" localSheetId="${i}">'${escaped(name)}'!$1:$1</definedName>`;
}

/** Styles: 0 plain, 1 header, then one for each number format. */
function styles(codes) {
  const formats = codes.map((code, i) => `<numFmt numFmtId="${164 + i}" formatCode="${escaped(code)}"/>`).join("");
  const cells = codes.map((_, i) => `<xf numFmtId="${164 + i}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>`).join("");
  const font = (bold, color) => `<font>${bold}<sz val="10"/>${color}<name val="Microsoft YaHei"/></font>`;
  return `<styleSheet xmlns="${MAIN}"><numFmts count="${codes.length}">${formats}</numFmts><fonts count="2">${font("", "")}${font("<b/>", '<color rgb="FFFFFFFF"/>')}</fonts><fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill><fill><patternFill patternType="solid"><fgColor rgb="FF12507B"/></patternFill></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="${2 + codes.length}"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="0" fontId="1" fillId="2" borderId="0" xfId="0" applyFont="1" applyFill="1" applyAlignment="1"><alignment vertical="center" wrapText="1"/></xf>${cells}</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`.replace('<numFmts count="0"></numFmts>', "");
}

function sheet({ rows, codes = [], above = [], below = "" }, known) {
  const head = rows[0] || [];
  const widths = head.map((name, c) => Math.min(48, Math.max(8, width(name) / 1.6, ...rows.slice(1, 200).map((r) => width(r[c])))));
  const cols = widths.length ? `<cols>${widths.map((w, i) => `<col min="${i + 1}" max="${i + 1}" width="${w.toFixed(1)}" customWidth="1"/>`).join("")}</cols>` : "";
  const style = head.map((_, c) => (codes[c] ? 2 + known.indexOf(codes[c]) : 0));
  const body = rows.map((row, r) => `<row r="${r + 1}"${r ? "" : ' ht="30" customHeight="1"'}>${row.map((value, c) => cell(value, columnName(c) + (r + 1), r ? style[c] || 0 : 1)).join("")}</row>`);
  const filter = head.length ? `<autoFilter ref="A1:${columnName(head.length - 1)}${rows.length}"/>` : "";
  const said = (lines) => escaped(lines.filter(Boolean).map((line) => line.replace(/&/g, "&&").slice(0, 110)).join("\n"));
  const page = `<pageMargins left="0.4" right="0.4" top="0.8" bottom="0.6" header="0.3" footer="0.3"/><pageSetup paperSize="9" orientation="landscape" fitToWidth="1" fitToHeight="0"/><headerFooter><oddHeader>&amp;L${said(above)}</oddHeader><oddFooter>&amp;L${said([below])}&amp;R&amp;P / &amp;N</oddFooter></headerFooter>`;
  return `<worksheet xmlns="${MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><sheetViews><sheetView workbookViewId="0"><pane xSplit="1" ySplit="1" topLeftCell="B2" activePane="bottomRight" state="frozen"/></sheetView></sheetViews>${cols}<sheetData>${body.join("")}</sheetData>${filter}${page}</worksheet>`;
}

function cell(value, place, s) {
  const style = s ? ` s="${s}"` : "";
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
