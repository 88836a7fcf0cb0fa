// Places: the addresses that need a person, one by one, with keys, on a small map that is drawn from the workspace alone.

import { fill, h } from "../basics/dom.js";
import { button } from "../basics/forms.js";
import { get, post, send } from "../basics/net.js";
import { dropPlace } from "./dropped.js";
import { SmallMap } from "./small_map.js";

/** The page of the places. */
export class PlacesPage {
  /** @param {import("../shell.js").Shell} shell */
  constructor(shell) {
    this.shell = shell;
    const { t } = shell.talk;
    this.queue = [];
    this.at = 0;
    this.answered = [];
    this.card = h("div", { class: "panel place", "aria-live": "polite" });
    this.tally = h("p", { class: "quiet", role: "status" });
    this.ground = h("div", { class: "ground", "aria-label": t("map_of_place"), role: "application", tabindex: "-1" });
    this.element = h("div", { class: "places" }, h("div", { class: "side wide" }, h("h2", { text: t("places") }), this.tally, this.card, this.help(), this.merging()), this.ground);
  }

  async ready() {
    const data = await get(this.shell.api("places"));
    this.queue = data.places;
    this.map = new SmallMap(this.ground, data, (lat, lon) => this.move(lat, lon));
    this.towns = new Map([...data.outlines.districts, ...data.outlines.towns].map((one) => [one.code, one]));
    this.go(0);
  }

  leave() {
    if (this.map) this.map.remove();
  }

  get place() {
    return this.queue[this.at];
  }

  help() {
    const { t } = this.shell.talk;
    const keys = [["Enter", "key_confirm"], ["1–9", "key_candidate"], ["X", "key_elsewhere"], ["N", "key_next"], ["P", "key_back"], ["U", "key_undo"]];
    return h("dl", { class: "keys" }, keys.map(([key, text]) => h("div", {}, h("dt", {}, h("kbd", { text: key })), h("dd", { text: t(text) }))));
  }

  /** The place for another person's review file. @returns {HTMLElement} */
  merging() {
    const { t } = this.shell.talk;
    this.merged = h("div", { "aria-live": "polite" });
    return h("details", { class: "merge" }, h("summary", { text: t("merge_reviews") }), dropPlace(this.shell, t("drop_review"), (files) => this.mergeFiles(files)), this.merged);
  }

  async mergeFiles(files) {
    for (const file of files) {
      const draft = await this.shell.attempt(async () => {
        const { draft: number } = await post(this.shell.api("arrive"), { names: [file.name] });
        await send(this.shell.api(`arrive/${number}/0`), file);
        return number;
      });
      if (draft) await this.merge(draft, []);
    }
  }

  /** Take answers of another file; `theirs` are addresses of which the other answer goes first. @param {string} draft @param {string[]} theirs */
  async merge(draft, theirs) {
    const { t } = this.shell.talk;
    const done = await this.shell.attempt(() => post(this.shell.api("places/merge"), { draft, theirs }));
    if (!done) return;
    this.queue = (await get(this.shell.api("places"))).places;
    this.go(0);
    fill(this.merged, h("p", { role: "status", text: t("merged", { taken: done.taken, same: done.same, unknown: done.unknown }) }),
      done.conflicts.length > 0 && h("p", { text: t("merge_conflicts", { n: done.conflicts.length }) }),
      h("ul", { class: "lines" }, done.conflicts.map((one) => h("li", {}, h("p", { text: one.address }), h("p", { class: "quiet", text: `${t("here")} ${one.here} · ${t("theirs")} ${one.theirs}` }), button(t("take_theirs"), () => this.merge(draft, [one.id]), { name: "theirs" })))));
  }

  go(at) {
    this.at = Math.max(0, Math.min(at, this.queue.length - 1));
    const { place } = this;
    this.pin = place && place.confirmed.lon !== null ? [place.confirmed.lat, place.confirmed.lon] : place && place.lon !== null ? [place.lat, place.lon] : null;
    this.draw();
  }

  draw() {
    const { t, number } = this.shell.talk;
    const { place } = this;
    this.tally.textContent = this.queue.length ? t("tally", { at: this.at + 1, n: this.queue.length, done: this.queue.filter((one) => one.done).length, speed: this.speed() }) : "";
    if (!place) {
      fill(this.card, h("p", { text: t("no_places") }));
      return;
    }
    const candidates = place.candidates.map((one) => ({ ...one, area: this.towns.get(one.code) }));
    fill(this.card,
      h("p", { class: "place-address", text: place.address }),
      h("p", { text: place.name }),
      h("p", { class: "quiet", text: t("worth", { firms: place.firms, revenue: number(place.revenue) }) }),
      h("p", { class: "place-reason", text: place.reason }),
      place.level && h("p", { class: "quiet", text: t("placed_now", { level: place.level, radius: place.radius === null ? "—" : number(place.radius) }) }),
      candidates.length > 0 && h("div", {}, h("h3", { text: t("candidates") }), h("ol", { class: "candidates" }, candidates.map((one, i) => h("li", {}, button(one.area && one.area.name !== one.name ? `${one.name}（${one.area.name}）` : one.name, () => this.candidate(i), { disabled: !one.area, title: one.area ? "" : t("no_area") }))))),
      place.done && h("p", { class: "settled", text: this.settled(place) }),
      h("div", { class: "row" },
        button(t("confirm"), () => this.confirm(), { main: true, disabled: !this.pin, name: "confirm" }),
        button(t("elsewhere"), () => this.answer({ answer: "elsewhere" }), { name: "elsewhere" }),
        button(t("next"), () => this.go(this.at + 1), { name: "next" }),
        place.done && button(t("undo"), () => this.answer({ answer: "undo" }, true), { name: "undo" })));
    this.map.show(place, this.pin, candidates);
  }

  settled(place) {
    const { t } = this.shell.talk;
    const { confirmed } = place;
    if (confirmed.lon !== null) return t("settled_point", { lon: confirmed.lon.toFixed(5), lat: confirmed.lat.toFixed(5) });
    return confirmed.division ? t("settled_division", { division: confirmed.division }) : t("settled_note", { note: confirmed.note });
  }

  move(lat, lon) {
    this.pin = [lat, lon];
    this.draw();
  }

  confirm() {
    if (this.pin) this.answer({ answer: "point", lat: this.pin[0], lon: this.pin[1] });
  }

  candidate(i) {
    const one = this.place.candidates[i];
    const area = one && this.towns.get(one.code);
    if (area) this.answer({ answer: "division", division: area.name });
  }

  async answer(said, stay = false) {
    const { place } = this;
    // A key that is pressed twice must not answer the next address, too.
    if (this.saving || !place) return;
    this.saving = true;
    const done = await this.shell.attempt(() => post(this.shell.api("places/save"), { id: place.id, ...said }));
    this.saving = false;
    if (!done) return;
    place.confirmed = { lon: done.confirmed_lon === "" ? null : Number(done.confirmed_lon), lat: done.confirmed_lat === "" ? null : Number(done.confirmed_lat), division: done.confirmed_division, note: done.note };
    place.done = said.answer !== "undo";
    if (place.done) this.answered.push(performance.now());
    this.go(stay ? this.at : this.at + 1);
  }

  /** @returns {number} answers in the last minute */
  speed() {
    const since = performance.now() - 60_000;
    return this.answered.filter((when) => when >= since).length;
  }

  key(event) {
    const { key } = event;
    // A button that has the focus is pressed by Enter itself.
    if (key === "Enter" && event.target.tagName !== "BUTTON") this.confirm();
    else if (/^[1-9]$/.test(key)) this.candidate(Number(key) - 1);
    else if (key === "x" || key === "X") this.answer({ answer: "elsewhere" });
    else if (key === "n" || key === "N") this.go(this.at + 1);
    else if (key === "p" || key === "P") this.go(this.at - 1);
    else if (key === "u" || key === "U") this.answer({ answer: "undo" }, true);
  }
}
