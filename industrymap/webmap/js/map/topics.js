// What the map is about: one subject at a time, drawn in full; what surrounds it is quiet, the rest faint or off.

/**
 * @typedef {"full"|"quiet"|"faint"|"off"} Emphasis
 *
 * @typedef {Object} Topic
 * @property {string} id
 * @property {import("../data/model.js").Layer|null} layer the layer listed beside the map
 * @property {string} icon
 */

/** The id of the topic that compares areas. */
export const AREAS = "areas";

/** The id of the topic that shows the largest firms. */
export const LARGEST = "largest";

/** From here on the points of a layer that is not the subject are drawn as small grey dots. */
export const FAINT_POINTS_ZOOM = 13;

/** The topics of each model: they are asked for at every stroke of the map. @type {WeakMap<Object, Topic[]>} */
const TOPICS = new WeakMap();

/** The topics a page offers, in their order. @param {import("../data/model.js").Model} model @returns {Topic[]} */
export function topicsOf(model) {
  if (!TOPICS.has(model)) TOPICS.set(model, offered(model));
  return TOPICS.get(model);
}

function offered(model) {
  const { firms } = model;
  const subjects = model.subjects.map((layer) => ({ id: layer.id, layer, icon: layer.isPoints ? "dots" : "area" }));
  // districts and towns can be compared where firms name them
  const areas = firms?.n && model.containers.length ? [{ id: AREAS, layer: firms, icon: "chart" }] : [];
  const largest = firms?.n && firms.columns.has("revenue_10k_cny") ? [{ id: LARGEST, layer: firms, icon: "star" }] : [];
  return [...subjects, ...areas, ...largest];
}

/** The topic in force. @param {Object} app @returns {Topic} */
export function topicOf(app) {
  const topics = topicsOf(app.model);
  return topics.find((topic) => topic.id === app.store.state.topic) || topics[0] || { id: "", layer: null, icon: "area" };
}

/** What a topic is called. @param {Object} app @param {Topic} topic */
export function topicName(app, topic) {
  if (topic.id === AREAS || topic.id === LARGEST) return app.t(`topic_${topic.id}`);
  return topic.layer.view[`topic_${app.lang}`] || topic.layer.label(app.lang);
}

/** Go over to a topic: its layer is listed beside the map, and every layer is drawn as the topic wants it. @param {Object} app @param {string} id */
export function showTopic(app, id) {
  const topic = topicsOf(app.model).find((one) => one.id === id);
  if (!topic) return;
  const layers = { ...app.store.state.layers };
  for (const layer of app.model.inRole("subject")) layers[layer.id] = null;
  app.store.set({ topic: id, subject: topic.layer.id, layers });
}

/**
 * How strongly a subject is drawn. A person's own choice (`layers`) goes first: `false` hides it, `true` shows what the topic would leave out.
 * @param {Object} app
 * @param {import("../data/model.js").Layer} layer
 * @returns {Emphasis}
 */
export function emphasisOf(app, layer) {
  const own = app.store.state.layers[layer.id];
  if (own === false) return "off";
  const given = byTopic(app, layer);
  return own === true && given !== "full" ? "quiet" : given;
}

function byTopic(app, layer) {
  const topic = topicOf(app);
  if (topic.id === AREAS) return "off";
  if (layer === topic.layer) return "full";
  if (layer.isPoints) return "faint";
  return topic.layer?.isPoints ? "faint" : "quiet";
}
