// What every tab of the results says alike: files that were made, filters in vain, work that is going on.

import { fill, h } from "../basics/dom.js";
import { beside, button } from "../basics/forms.js";
import { post } from "../basics/net.js";

/**
 * Return links to files that were made.
 * @param {import("../shell.js").Shell} shell
 * @param {{file: string, id: string}[]} files
 * @returns {HTMLElement}
 */
export function madeFiles(shell, files) {
  const { t } = shell.talk;
  return h("p", { class: "row made" }, files.map((one) => h("span", { class: "row" },
    one.file.endsWith(".html") && beside(`/w/${shell.id}/see/${one.id}`, t("look_at", { file: one.file })),
    h("a", { class: "act", href: `/w/${shell.id}/out/${one.id}`, download: true, data: { made: one.file } }, t("save_named", { file: one.file })))));
}

/**
 * Return what a filter asked for in vain: 0 rows of a misspelt name would look like a finding.
 * @param {import("../shell.js").Shell} shell
 * @param {{zh: string, en: string}[]} absent
 * @returns {HTMLElement|null}
 */
export function inVain(shell, absent) {
  return absent.length ? h("ul", { class: "lines" }, absent.map((one) => h("li", { class: "warning", text: shell.talk.of(one) }))) : null;
}

/** A long piece of work with its meter, which goes on when the page is closed. */
export class Going {
  /**
   * @param {import("../shell.js").Shell} shell
   * @param {string} kind
   * @param {(job: object) => Node} done shows what came of it
   */
  constructor(shell, kind, done) {
    this.shell = shell;
    this.kind = kind;
    this.done = done;
    this.state = "";
    this.element = h("div", { class: "going" });
  }

  /** Begin. @param {object} [said] */
  begin(said) {
    return this.shell.attempt(() => post(this.shell.api(this.kind), said));
  }

  /** Show how far it is. */
  told() {
    const { talk } = this.shell;
    const job = this.shell.jobOf(this.kind);
    const state = job ? job.state : "none";
    if (state !== this.state) {
      this.state = state;
      this.meter = h("progress", { max: "1", "aria-label": talk.t("progress") });
      this.clock = h("span", { class: "quiet", role: "status" });
      if (state === "running") fill(this.element, h("div", { class: "build-head" }, this.meter, this.clock, button(talk.t("cancel"), () => this.shell.attempt(() => post(this.shell.api("cancel"))), { name: "cancel" })));
      else if (state === "done") fill(this.element, this.done(job.result));
      else if (state === "failed") fill(this.element, h("p", { class: "alert", role: "alert", text: talk.of(job.error) }));
      else fill(this.element, state === "cancelled" && h("p", { role: "status", text: talk.t("cancelled") }));
    }
    if (state !== "running") return;
    // Without a share it is not known how far it is: the meter then only moves.
    if (job.said.share === undefined) this.meter.removeAttribute("value");
    else this.meter.value = job.said.share;
    this.clock.textContent = `${job.said.zh ? talk.of(job.said) : ""} ${talk.t("seconds", { seconds: Math.round(job.seconds) })}`;
  }
}
