// Tools that take the pointer over from the map: lasso, box, circle, ruler, vertices. One at a time; Escape ends it.

/** Holds the tool in use. */
export class Pointer {
  /** @param {Object} app */
  constructor(app) {
    this.app = app;
    this.tool = null;
    const { element, map } = app.stage;
    const at = (event) => {
      const box = element.getBoundingClientRect();
      const latlng = map.containerPointToLatLng([event.clientX - box.left, event.clientY - box.top]);
      return [latlng.lng, latlng.lat];
    };
    for (const [name, verb] of [["pointerdown", "down"], ["pointermove", "move"], ["pointerup", "up"]]) {
      element.addEventListener(name, (event) => {
        if (verb === "down") [this.swallow, this.pressed] = [false, Boolean(this.tool?.drags)];
        if (!this.tool?.[verb] || (event.target.closest && event.target.closest(".own"))) return;
        if (verb === "down" && this.tool.drags) element.setPointerCapture(event.pointerId);
        this.tool[verb](at(event), event);
        if (this.tool?.drags) event.preventDefault();
      }, true);
    }
    element.addEventListener("dblclick", (event) => {
      if (this.tool?.end) {
        event.stopPropagation();
        this.tool.end(at(event), event);
      }
    }, true);
    // the release that ends a tool is also a click on the map, which would open a sheet
    element.addEventListener("click", (event) => {
      if (this.swallow && !event.target.closest?.(".own")) event.stopImmediatePropagation();
      this.swallow = false;
    }, true);
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.tool) this.stop();
    });
  }

  /**
   * Take the pointer.
   * @param {string} name also the value of the state's `tool`
   * @param {{drags?: boolean, down?: Function, move?: Function, up?: Function, end?: Function, stop?: () => void}} tool
   */
  use(name, tool) {
    this.stop();
    this.tool = tool;
    const { map, element } = this.app.stage;
    if (tool.drags) map.dragging.disable();
    map.doubleClickZoom.disable();
    element.classList.add("drawing");
    this.app.store.set({ tool: name });
  }

  /** Give the pointer back to the map. */
  stop() {
    if (!this.tool) return;
    const { map, element } = this.app.stage;
    const { tool } = this;
    this.tool = null;
    this.swallow = this.pressed;
    map.dragging.enable();
    map.doubleClickZoom.enable();
    element.classList.remove("drawing");
    tool.stop?.();
    this.app.store.set({ tool: "" });
  }
}
