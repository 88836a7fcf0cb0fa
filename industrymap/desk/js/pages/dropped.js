// What was dropped: files and whole folders, and which of them belong together.

import { h } from "../basics/dom.js";
import { button } from "../basics/forms.js";

const PARTS = { shp: ["dbf", "shx", "prj", "cpg", "sbn", "sbx", "qix"], tab: ["dat", "map", "id", "ind"], mif: ["mid"] };
const HIDDEN = /^(\.|~\$|Thumbs\.db$|desktop\.ini$)/i;

/**
 * Return files in groups: one to be opened, then those that belong to it.
 * @param {File[]} files
 * @returns {File[][]}
 */
export function groups(files) {
  // What systems and office programs leave in folders is nobody's data.
  const wanted = files.filter((file) => !HIDDEN.test(file.name));
  const taken = new Set();
  const found = [];
  for (const file of wanted) {
    const parts = PARTS[ending(file)];
    if (!parts) continue;
    const beside = wanted.filter((other) => place(other) === place(file) && stem(other) === stem(file) && parts.includes(ending(other)));
    for (const one of [file, ...beside]) taken.add(one);
    found.push([file, ...beside]);
  }
  return [...wanted.filter((file) => !taken.has(file)).map((file) => [file]), ...found];
}

/**
 * Make a place where files are dropped or chosen.
 * @param {import("../shell.js").Shell} shell
 * @param {string} text what to drop here
 * @param {(files: File[]) => void} take
 * @returns {HTMLElement}
 */
export function dropPlace(shell, text, take) {
  const { t } = shell.talk;
  const input = h("input", { type: "file", multiple: true, hidden: true, data: { act: "files" }, on: { change: () => take([...input.files]) } });
  const folder = h("input", { type: "file", webkitdirectory: true, hidden: true, data: { act: "folder" }, on: { change: () => take([...folder.files]) } });
  const over = (on) => () => place.classList.toggle("over", on);
  const dropped = async (event) => {
    event.preventDefault();
    place.classList.remove("over");
    take(await inDrop(event.dataTransfer));
  };
  const place = h("div", { class: "drop", on: { dragenter: over(true), dragleave: over(false), drop: dropped } },
    h("p", { text }), h("p", { class: "row" }, button(t("choose_files"), () => input.click()), button(t("choose_folder"), () => folder.click())), input, folder);
  return place;
}

/**
 * Return every file of a drop, those in folders too.
 * @param {DataTransfer} transfer
 * @returns {Promise<File[]>}
 */
async function inDrop(transfer) {
  // The list is emptied as soon as one waits for anything: all entries are taken first.
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry && item.webkitGetAsEntry()).filter(Boolean);
  if (!entries.length) return [...transfer.files];
  const found = [];
  for (const entry of entries) found.push(...(await inEntry(entry)));
  return found;
}

async function inEntry(entry) {
  if (entry.isFile) return [await new Promise((done, failed) => entry.file(done, failed))];
  const reader = entry.createReader();
  const found = [];
  // A folder is handed out a hundred entries at a time, until there are none.
  for (;;) {
    const some = await new Promise((done, failed) => reader.readEntries(done, failed));
    if (!some.length) return found;
    for (const one of some) found.push(...(await inEntry(one)));
  }
}

function ending(file) {
  return file.name.split(".").pop().toLowerCase();
}

function stem(file) {
  return file.name.slice(0, file.name.lastIndexOf(".")).toLowerCase();
}

function place(file) {
  return (file.webkitRelativePath || "").split("/").slice(0, -1).join("/");
}
