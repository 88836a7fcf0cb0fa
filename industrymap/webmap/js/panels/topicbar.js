// The topics over the map, and how the one in force is drawn: one switch for everything that is shown.

import { fill, h, icon, write } from "../basics/dom.js";
import { MOST } from "../map/largest.js";
import { placePicker } from "./districts.js";
import { AREAS, LARGEST, showTopic, topicName, topicOf, topicsOf } from "../map/topics.js";
import { coloringOf } from "../map/coloring.js";
import { colorSelect, groupsOf, shade, shadedLayer, shadings } from "../map/themes.js";

/** @param {HTMLElement} root @param {Object} app */
export function mountTopicBar(root, app) {
  const topics = topicsOf(app.model);
  root.hidden = !topics.length;
  const list = h("div", { class: "segments topics", role: "group", "aria-label": app.t("topic") }, topics.map((topic) => h("button", {
    type: "button", data: { topic: topic.id }, on: { click: () => chooseTopic(app, topic.id) },
  }, icon(topic.icon), h("span", { text: topicName(app, topic) }))));
  const how = h("div", { class: "topic-how" });
  fill(root, list, how, h("div", { class: "topic-how" }, placePicker(app)));
  let drawn = "";
  const draw = () => {
    const now = topicOf(app);
    for (const button of list.children) {
      const on = button.dataset.topic === now.id;
      button.setAttribute("aria-pressed", String(on));
      // on a narrow screen the row is scrolled: the topic in force is never the one out of sight. In the next frame, which lays the page out in any case
      if (on) requestAnimationFrame(() => (list.scrollLeft = button.offsetLeft - (list.clientWidth - button.offsetWidth) / 2));
    }
    if (drawn === now.id) return;
    drawn = now.id;
    fill(how, controls(app, now));
  };
  app.live(app.store.watch(["topic"], draw));
  draw();
  for (const row of [list, root]) announceMore(app, row);
}

/** Let a row that is scrolled sideways fade out where more of it follows: one that ends at an edge looks whole. */
function announceMore(app, row) {
  const look = () => row.classList.toggle("more-right", row.scrollWidth - row.clientWidth - row.scrollLeft > 4);
  row.addEventListener("scroll", look, { passive: true });
  const sizes = new ResizeObserver(look);
  sizes.observe(row);
  app.live(() => sizes.disconnect());
}

/** Go over to a topic; the comparison of areas opens on the first comparable figure of the smallest units. @param {Object} app @param {string} id */
export async function chooseTopic(app, id) {
  showTopic(app, id);
  const shaded = shadedLayer(app);
  if (id === AREAS && !shaded) {
    // the smallest units first; where the firms name none of them, the next larger ones
    for (const layer of [...app.model.containers].reverse().filter((one) => shadings(app, one).length)) {
      await shade(app, layer.id, shadings(app, layer)[0].value);
      if (coloringOf(app, layer.id).limits.length) break;
    }
  } else if (id !== AREAS && shaded) {
    await shade(app, "", "");
  }
}

function controls(app, topic) {
  if (topic.id === LARGEST) return largestNote(app, topic.layer);
  if (topic.id === AREAS) return shadeSelect(app);
  if (topic.layer?.counted) return modeSelect(app);
  return topic.layer ? colorSelect(app, topic.layer) : null;
}

/** What the topic draws, beside list and totals, which are of everything selected. */
function largestNote(app, layer) {
  const note = h("p", { class: "topic-note" });
  const draw = () => write(note, app.t("largest_said", { n: app.format.count(Math.min(MOST, app.engine.result(layer.id).count)), of: app.format.count(app.engine.result(layer.id).count) }));
  app.live(app.engine.watch(draw));
  draw();
  return note;
}

function modeSelect(app) {
  const select = h("select", { class: "select", "aria-label": app.t("mode"), title: app.t("mode"), on: { change: () => app.store.set({ mode: select.value }) } },
    app.modes.map((mode) => h("option", { value: mode, text: app.t(`mode_${mode}`) })));
  const draw = () => (select.value = app.store.state.mode);
  app.live(app.store.watch(["mode"], draw));
  draw();
  return select;
}

/** Which unit is shaded, and by what. */
function shadeSelect(app) {
  const layers = app.model.containers.filter((layer) => shadings(app, layer).length);
  const box = h("div", { class: "topic-how" });
  const draw = () => {
    const layer = shadedLayer(app) || layers[layers.length - 1];
    if (!layer) return;
    const unit = h("select", { class: "select", "aria-label": app.t("theme"), on: { change: () => shade(app, unit.value, shadings(app, app.model.layer(unit.value))[0].value) } },
      layers.map((one) => h("option", { value: one.id, text: one.label(app.lang), selected: one === layer })));
    const measure = h("select", { class: "select", "aria-label": app.t("theme_measure"), on: { change: () => shade(app, layer.id, measure.value) } },
      groupsOf(shadings(app, layer)).map(([label, own]) => h("optgroup", { label }, own.map((s) => h("option", { value: s.value, text: s.text, selected: s.value === app.store.state.color[layer.id] })))));
    fill(box, layers.length > 1 ? unit : null, measure);
  };
  app.live(app.store.watch(["color"], draw));
  draw();
  return box;
}
