// What Folium's own layers need beside Leaflet: marker pictures, pins of AwesomeMarkers drawn as SVG, and a note of what failed.
(() => {
  const NAMES = { red: "#d63e2a", orange: "#f0932f", green: "#71ae26", blue: "#38a9dd", purple: "#d051b8", darkred: "#a13235", darkblue: "#0065a2", darkgreen: "#718124", darkpurple: "#5a386a", cadetblue: "#426876", lightred: "#ff8e7f", beige: "#ffca91", lightgreen: "#bbf770", lightblue: "#8adaff", pink: "#ff90e9", white: "#fbfbfb", lightgray: "#a3a3a3", gray: "#575757", black: "#303030" };
  const draw = (tag, props, ...children) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(props)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  };
  L.Icon.Default.imagePath = "";
  L.Icon.Default.mergeOptions(GIVEN.markers);
  const Pin = L.Icon.extend({
    options: { iconSize: [35, 45], iconAnchor: [17, 42], popupAnchor: [1, -32], className: "folium-pin", markerColor: "blue", iconColor: "white", icon: "" },
    createIcon() {
      const { markerColor, iconColor, icon } = this.options;
      const pin = draw("svg", { viewBox: "0 0 35 45", width: 35, height: 45 }, draw("path", { d: "M17.500 43C14 35 3.500 28 3.500 16.500a14 14 0 0 1 28 0C31.500 28 21 35 17.500 43", fill: NAMES[markerColor] || markerColor, stroke: "rgba(0,0,0,.35)" }));
      const glyph = GIVEN.glyphs[icon];
      if (glyph) pin.append(draw("svg", { x: 10, y: 9, width: 15, height: 15, viewBox: glyph[0] }, draw("path", { d: glyph[1], fill: iconColor || "white" })));
      const box = document.createElement("div");
      box.append(pin);
      this._setIconStyles(box, "icon");
      return box;
    },
    createShadow: () => null,
  });
  L.AwesomeMarkers = { Icon: Pin, icon: (options) => new Pin(options) };
  // what the policy would refuse is not asked for: tiles and pictures of other hosts stay empty, and the page says so
  const allowed = (url) => /^(data|blob):/.test(url) || GIVEN.hosts.some((host) => {
    const { origin } = new URL(url, location.href);
    return origin === host || (host.includes("*.") && origin.endsWith(host.split("*")[1]));
  });
  for (const kind of [L.TileLayer, L.TileLayer.WMS]) {
    const ask = kind.prototype.getTileUrl;
    kind.include({ getTileUrl(at) { const url = ask.call(this, at); return allowed(url) ? url : L.Util.emptyImageUrl; } });
  }
  const overlay = L.ImageOverlay.prototype.initialize;
  L.ImageOverlay.include({ initialize(url, bounds, options) { overlay.call(this, typeof url !== "string" || allowed(url) ? url : L.Util.emptyImageUrl, bounds, options); } });
  window.industrymapGuests = { failed: [], fail(error) { this.failed.push(String(error && error.message || error)); } };
})();
