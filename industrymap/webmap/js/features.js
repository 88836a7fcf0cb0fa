// Everything beyond the core, one record for each feature. The app is composed from them once and then frozen.

import { followBasemap } from "./map/basemap.js";
import { notice } from "./basics/menu.js";
import { compare, compareOverlay, followSelection, mountDivider } from "./map/compare.js";
import { heatOverlay, hexbinOverlay } from "./map/density.js";
import { drawButtons, drawOverlay } from "./map/draw.js";
import { rulerButton, rulerOverlay } from "./map/measure.js";
import { Pointer } from "./map/pointer.js";
import { Views } from "./map/views.js";
import { drawerButton } from "./panels/drawer.js";
import { pilotSection } from "./choose/candidates.js";
import { mountChoose } from "./choose/tab.js";
import { Scoring } from "./choose/ranking.js";
import { shortlistAction } from "./choose/shortlist.js";
import { cornersOverlay } from "./edit/corners.js";
import { editSection, mountEditBar, openChangesItems } from "./edit/form.js";
import { Edits } from "./edit/changes.js";
import { said } from "./filters/in_force.js";
import { derivable } from "./data/derived.js";
import { PLACE, describePlace } from "./filters/place.js";
import { Phrases } from "./filters/phrases.js";
import { FIRMS, INSIDE, describeFirms, describeInside } from "./filters/relations.js";
import { mountDistricts } from "./panels/districts.js";
import { mountHint } from "./panels/hint.js";
import { mountTimeline, showMoment } from "./panels/timeline.js";
import { mountTopicBar } from "./panels/topicbar.js";
import { LINK_READERS } from "./share/links.js";
import { Codes } from "./share/codes.js";
import { Kept, noteSection } from "./share/kept.js";
import { openPrint } from "./share/print.js";
import { followAddress } from "./share/permalink.js";
import { exportTool, printTool, shareTool } from "./share/tools.js";

/**
 * @typedef {Object} Feature
 * @property {Object<string, (app: Object) => any>} [parts] name on the app → makes what the other modules use under that name
 * @property {(app: Object) => Object<string, Object>} [conditions] op → how the engine loads and judges it
 * @property {Object<string, (item: Object, app: Object) => string>} [describe] op → a condition in words
 * @property {Object<string, (item: Object, home: string, not: Object, app: Object) => Object|null>} [readers] op → a condition from an address
 * @property {Object<string, (value: any, app: Object) => any>} [links] state key → its value from an address
 * @property {((app: Object) => Object)[]} [overlays] drawn on the map
 * @property {((app: Object) => HTMLElement)[]} [tools] buttons of the top bar
 * @property {((app: Object) => HTMLElement)[]} [mapTools] buttons on the map
 * @property {{id: string, icon: string, mount: Function, fits?: (model: Object) => boolean}[]} [tabs] of the right panel, where they fit what the page holds
 * @property {((app: Object, layer: Object, row: number, value: Function) => HTMLElement|null)[]} [sheetActions] buttons of a sheet
 * @property {((app: Object, layer: Object, row: number, value: Function) => HTMLElement|null)[]} [sheetSections] parts of a sheet
 * @property {((app: Object) => Object[])[]} [exports] further entries of the export menu
 * @property {((app: Object, id: string) => Object[])[]} [extra] conditions that something other than a filter adds
 * @property {[string, (root: HTMLElement, app: Object) => void][]} [onMap] class of a box on the map, and what fills it
 * @property {(app: Object) => void|Promise<void>} [begin] once the panels are there
 */

/** The features in the order in which they appear. @type {Feature[]} */
export const FEATURES = [
  { links: LINK_READERS },
  {
    // written filters need the page's vocabulary, which is read after the first picture
    parts: { phrases: (app) => new Phrases(app.model), said: (app) => (id) => said(app, id) },
    conditions: (app) => ({ phrase: app.phrases.condition }),
    describe: { phrase: (item) => item.text },
    readers: { phrase: (item, home, not, app) => app.phrases.fromLink(item, home, not) },
    begin: (app) => app.phrases.load(),
  },
  {
    parts: { pointer: (app) => new Pointer(app) },
    conditions: () => ({ place: PLACE }),
    describe: { place: describePlace },
    overlays: [drawOverlay],
    mapTools: [drawButtons],
    begin: followPlaces,
  },
  { parts: { views: (app) => new Views(app) } },
  { overlays: [rulerOverlay], mapTools: [rulerButton] },
  { conditions: () => ({ firms: FIRMS, inside: INSIDE }), describe: { firms: describeFirms, inside: describeInside } },
  { overlays: [heatOverlay, hexbinOverlay] },
  { parts: { printList: (app) => (table) => openPrint(app, table) }, tools: [shareTool, printTool, exportTool] },
  {
    parts: { scoring: (app) => new Scoring(app) },
    tabs: [{ id: "choose", icon: "scale", mount: mountChoose, fits: (model) => model.parks?.n > 0 }],
    sheetActions: [shortlistAction],
    sheetSections: [pilotSection],
  },
  {
    onMap: [["timeline", mountTimeline]],
    // a link, or going back, sets the year without the slider
    begin: (app) => void app.store.watch(["year", "version"], () => showMoment(app, app.store.state)),
  },
  {
    parts: { compare: (app) => (left, right) => compare(app, left, right) },
    overlays: [compareOverlay],
    onMap: [["compare", mountDivider]],
    begin: (app) => void app.store.watch(["filters"], () => followSelection(app)),
  },
  {
    parts: {
      edits: (app) => new Edits(() => {
        app.store.set({ edited: app.store.state.edited + 1 });
        app.stage.redrawTop();
      }),
    },
    overlays: [cornersOverlay],
    sheetSections: [editSection],
    exports: [openChangesItems],
    onMap: [["edit-bar", mountEditBar]],
  },
  { mapTools: [drawerButton] },
  { tabs: [{ id: "districts", icon: "scale", mount: mountDistricts, fits: (model) => model.containers.some((unit) => derivable({ model }, unit.id).length) }] },
  { onMap: [["topic-bar", mountTopicBar]] },
  { onMap: [["hint-card", mountHint]] },
  { begin: followBasemap },
  { begin: sayGuests },
  { parts: { codes: (app) => new Codes(app), kept: (app) => new Kept(app) }, sheetSections: [noteSection] },
  { begin: followAddress }, // last: an address sets the state of all the others
];

/** Places that were drawn lie on the top sheet: drawn again when one comes or goes. */
function followPlaces(app) {
  let drawn = "";
  app.store.watch(["filters"], () => {
    const places = Object.values(app.store.state.filters).flat().filter((item) => item.op === "place");
    const key = JSON.stringify(places);
    if (key !== drawn) app.stage.redrawTop();
    drawn = key;
  });
}

/** What of a user's own Folium layers cannot be had without a network is said once. */
function sayGuests(app) {
  const { failed = [] } = window.industrymapGuests || {};
  const names = app.model.manifest.left_out || [];
  if (names.length || failed.length) notice(app, app.t("guests_left_out", { names: names.join("、") || failed[0].slice(0, 80) }), { text: app.t("close"), act: () => {} });
}
