// Opens the page: reads the manifest, decodes what the first picture needs, then hangs the panels up.

import { App, loadFirst } from "./app.js";
import { Blocks } from "./data/block.js";
import { fill, h } from "./basics/dom.js";
import { Model } from "./data/model.js";
import { say } from "./words/strings.js";
import { FEATURES } from "./features.js";
import { mountDetails } from "./panels/details.js";
import { mountFooter, mountMapButtons } from "./panels/footer.js";
import { mountLegend } from "./panels/legend.js";
import { mountPhone } from "./panels/phone.js";
import { mountSelection } from "./panels/selection.js";
import { mountTooltip } from "./panels/tooltip.js";
import { warmUp } from "./warmup.js";
import { mountTopbar } from "./panels/topbar.js";

const root = document.getElementById("app");
const part = (id) => document.getElementById(id);

function mountAll(app) {
  app.unmount();
  const stage = part("stage");
  for (const old of stage.querySelectorAll(".own")) old.remove();
  const buttons = h("div", { class: "map-buttons own" });
  const tip = h("div", { class: "tooltip own", role: "status" });
  stage.append(buttons, tip);
  const details = h("div", { class: "details" });
  const selection = h("div", { class: "selection" });
  const phone = h("div", { class: "phone-head" });
  fill(part("right"), selection, details);
  fill(part("left"));
  for (const old of root.querySelectorAll(".phone-head")) old.remove();
  root.append(phone);
  part("left").setAttribute("aria-label", app.t("layers"));
  part("right").setAttribute("aria-label", app.t("selection"));
  app.stage.element.setAttribute("aria-label", app.t("map_label"));
  app.stage.element.setAttribute("role", "application");
  mountTopbar(part("top"), app);
  mountLegend(part("left"), app);
  mountSelection(selection, app);
  mountDetails(details, app);
  mountFooter(part("foot"), app);
  mountMapButtons(buttons, app);
  mountTooltip(tip, app);
  for (const [name, mount] of app.onMap) {
    const box = h("div", { class: `${name} own` });
    stage.append(box);
    mount(box, app);
  }
  mountPhone(phone, app);
  app.live(app.store.watch(["wide"], () => {
    root.classList.toggle("wide", app.store.state.wide);
    app.stage.map.invalidateSize({ animate: false });
  }));
}

async function open() {
  const manifest = JSON.parse(document.getElementById("industrymap").textContent);
  const lang = manifest.lang;
  const shell = emptied(root.cloneNode(true));
  root.querySelector(".too-old")?.remove();
  root.append(h("p", { class: "opening", text: say(lang, "loading") }));
  // the text of areas stays: a light page is made of it. That of the firms, which is nearly all, would hold the memory twice
  const light = new Set(manifest.layers.filter((head) => head.geometry === "area" && head.role !== "context" && !head.snapshot_of).map((head) => head.id));
  const model = new Model(manifest, new Blocks(manifest.blocks, document, (name) => light.has(name.split("/")[0]) || name === "vocabulary/json"));
  model.shell = shell;
  const color = await loadFirst(model);
  root.querySelector(".opening").remove();
  const app = new App({ model, root, color, features: FEATURES });
  mountAll(app);
  app.store.watch(["lang"], () => {
    mountAll(app);
    app.stage.redraw();
  });
  await app.begin();
  root.industrymap = app; // the one handle for scripts a user adds, and for tests
  root.dataset.state = "ready";
  performance.mark("industrymap:ready");
  if (!(await app.model.blocks.complete())) return refuse(app.t("broken")); // the file was cut off behind what was drawn
  warmUp(app);
  return app;
}

/** The shell of the page as it stood in the file: Leaflet has begun to fill it. */
function emptied(shell) {
  const map = shell.querySelector(".folium-map");
  while (map.firstChild) map.firstChild.remove();
  for (const { name } of [...map.attributes]) if (name !== "id") map.removeAttribute(name);
  map.className = "folium-map";
  return shell;
}

function refuse(text) {
  root.dataset.state = "refused";
  fill(root, h("p", { class: "blocked", role: "alert", text }));
  return null;
}

open().catch((error) => {
  refuse(say(document.documentElement.lang === "en" ? "en" : "zh", "broken"));
  throw error;
});
