// Build: one button, how far it is, and what it came to beside the build before.

import { fill, h } from "../basics/dom.js";
import { beside, button, link } from "../basics/forms.js";
import { get, post } from "../basics/net.js";

const CARDS = ["firms", "base", "placed", "refused", "look", "mended"];

/** The page of the build. */
export class BuildPage {
  /** @param {import("../shell.js").Shell} shell */
  constructor(shell) {
    this.shell = shell;
    this.head = h("div", { class: "panel build-head" });
    this.stages = h("ol", { class: "stages", hidden: true });
    this.result = h("div", { class: "build-result" });
    this.element = h("div", {}, h("h2", { text: shell.talk.t("build") }), this.head, this.stages, this.result);
    this.built = shell.overview.built;
    this.state = "";
  }

  ready() {
    this.told();
    this.showResult();
  }

  async start() {
    await this.shell.attempt(() => post(this.shell.api("build")));
  }

  async told() {
    const job = this.shell.jobOf("build");
    const state = job ? job.state : "none";
    const running = state === "running";
    // Buttons stay the same elements while only numbers change, so that a click is never lost.
    if (state !== this.state) {
      const ended = this.state === "running" && !running;
      this.state = state;
      this.showHead(job, running);
      if (ended) await this.refresh(job);
    }
    if (running) this.showProgress(job);
  }

  async refresh(job) {
    if (job.state === "done") this.built = job.result;
    this.shell.overview = await get(this.shell.api("overview"));
    this.showHead(job, false);
    this.showResult();
  }

  showHead(job, running) {
    const { t, of } = this.shell.talk;
    const { overview, id } = this.shell;
    this.stages.hidden = !running;
    this.meter = h("progress", { max: "1", value: "0", "aria-label": t("progress") });
    this.clock = h("span", { class: "quiet", role: "status" });
    if (running) {
      fill(this.head, this.meter, this.clock, button(t("cancel"), () => this.shell.attempt(() => post(this.shell.api("cancel"))), { name: "cancel" }));
      return;
    }
    const said = job && job.state === "failed" ? h("p", { class: "alert", role: "alert", text: this.shell.talk.of(job.error) }) : null;
    const stopped = job && job.state === "cancelled" ? h("p", { role: "status", text: t("cancelled") }) : null;
    fill(this.head,
      button(this.built ? t("build_again") : t("build_now"), () => this.start(), { main: true, name: "build" }),
      overview.map && beside(`/w/${id}/map`, t("open_map"), "act map"),
      overview.map && link(`#/w/${id}/issues`, t("see_issues")),
      overview.map && link(`#/w/${id}/places`, t("see_places")),
      !overview.tables && h("p", { class: "quiet", text: t("no_tables") }), said, stopped);
  }

  showProgress(job) {
    const { talk } = this.shell;
    const { said } = job;
    this.meter.value = said.share || 0;
    this.clock.textContent = talk.t("seconds", { seconds: Math.round(job.seconds) });
    fill(this.stages, (said.stages || []).map((stage, at) => h("li", { class: at < said.stage ? "done" : at === said.stage ? "now" : "", "aria-current": at === said.stage ? "step" : undefined },
      talk.of(stage), at === said.stage && said.total > 1 && h("span", { class: "number" }, ` ${talk.number(said.done)}/${talk.number(said.total)}`))));
  }

  showResult() {
    const { talk } = this.shell;
    const { t } = talk;
    if (!this.built) {
      fill(this.result);
      return;
    }
    const { counts, before, lines, seconds, when } = this.built;
    fill(this.result,
      h("p", { class: "quiet", text: t("built_when", { when: new Date(when).toLocaleString(talk.lang === "zh" ? "zh-CN" : "en-GB"), seconds }) }),
      h("div", { class: "counts" }, CARDS.map((name) => h("div", { class: "panel count" }, h("b", { text: talk.number(counts[name]) }), h("span", { text: t(`count_${name}`) }), change(talk, counts[name], before && before[name])))),
      h("h3", { text: t("in_detail") }),
      h("ul", { class: "panel lines" }, lines.map((one) => h("li", { text: talk.of(one) }))));
  }
}

function change(talk, now, then) {
  if (then === null || then === undefined) return h("i", { class: "quiet", text: talk.t("first_build") });
  if (now === then) return h("i", { class: "quiet", text: talk.t("unchanged") });
  return h("i", { text: talk.t("was", { then }) });
}
