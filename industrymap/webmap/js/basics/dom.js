// Elements. Text only ever becomes a text node; nothing here, or anywhere in the page, parses HTML.

const SVG = "http://www.w3.org/2000/svg";
const KEPT = new WeakMap();

/**
 * Make an HTML element.
 * @param {string} tag
 * @param {Object<string, any>} [props] `class`, `text`, `style` (object), `on` (event → listener), `data` (object); anything else is an attribute, `true` and `false` switching it.
 * @param {...(Node|string|null|undefined|false|Array)} children
 * @returns {HTMLElement}
 */
export function h(tag, props, ...children) {
  return dress(document.createElement(tag), props, children);
}

/**
 * Make an SVG element.
 * @param {string} tag
 * @param {Object<string, any>} [props]
 * @param {...Node} children
 * @returns {SVGElement}
 */
export function svg(tag, props, ...children) {
  return dress(document.createElementNS(SVG, tag), props, children);
}

/**
 * Replace what stands in an element.
 * @param {Element} element
 * @param {...(Node|string|null|undefined|false|Array)} children
 */
export function fill(element, ...children) {
  element.textContent = "";
  append(element, children);
}

/**
 * Bring a list in line with its items, keeping the elements (and the focus) of those that stay.
 * @template T
 * @param {Element} list
 * @param {T[]} items
 * @param {(item: T) => any} key
 * @param {(item: T) => Element} make
 * @param {(element: Element, item: T) => void} update
 */
export function sync(list, items, key, make, update) {
  const known = KEPT.get(list) || new Map();
  const next = new Map();
  let at = list.firstChild;
  for (const item of items) {
    const name = key(item);
    const element = known.get(name) || make(item);
    update(element, item);
    next.set(name, element);
    if (element === at) at = at.nextSibling;
    else list.insertBefore(element, at);
  }
  for (const [name, element] of known) if (!next.has(name)) element.remove();
  KEPT.set(list, next);
}

/** Write text only where it changed, into the text node that is there. @param {Node} node an element with nothing but text @param {string} text */
export function write(node, text) {
  const { firstChild } = node;
  if (!firstChild) node.textContent = text;
  else if (firstChild.data !== text) firstChild.data = text;
}

/**
 * Draw an icon of a few lines in a 24-unit square.
 * @param {string} name
 * @returns {SVGElement}
 */
export function icon(name) {
  const drawing = svg("svg", {
    viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true", focusable: "false",
    fill: "none", stroke: "currentColor", "stroke-width": "1.7", "stroke-linecap": "round", "stroke-linejoin": "round",
  });
  for (const d of (ICONS[name] || "").split("|")) drawing.append(svg("path", { d }));
  return drawing;
}

function dress(element, props, children) {
  for (const [name, value] of Object.entries(props || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") element.setAttribute("class", value);
    else if (name === "text") element.textContent = String(value);
    else if (name === "style") for (const [k, v] of Object.entries(value)) element.style.setProperty(k, v);
    else if (name === "on") for (const [k, v] of Object.entries(value)) element.addEventListener(k, v);
    else if (name === "data") for (const [k, v] of Object.entries(value)) element.dataset[k] = v;
    else if (name === "value") element.value = value;
    else if (name === "checked") element.checked = true;
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  append(element, children);
  return element;
}

function append(element, children) {
  for (const child of children) {
    if (child === undefined || child === null || child === false) continue;
    if (Array.isArray(child)) append(element, child);
    else element.append(child);
  }
}

const ICONS = {
  search: "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13|M20 20l-4.7-4.7",
  layers: "M12 3.5 3.5 8 12 12.5 20.5 8 12 3.5|M3.5 12 12 16.5 20.5 12|M3.5 16 12 20.5 20.5 16",
  table: "M4 5h16v14H4z|M4 10h16|M4 14.5h16|M10 10v9",
  chart: "M5 20V11|M12 20V4|M19 20v-6|M3 20h18",
  list: "M9 6h11|M9 12h11|M9 18h11|M4.5 6h.01|M4.5 12h.01|M4.5 18h.01",
  close: "M6 6l12 12|M18 6 6 18",
  back: "M14.5 5.5 8 12l6.5 6.5",
  forward: "M9.5 5.5 16 12l-6.5 6.5",
  down: "M6 9.5l6 6 6-6",
  right: "M9.5 6l6 6-6 6",
  plus: "M12 5v14|M5 12h14",
  minus: "M5 12h14",
  home: "M4 11.5 12 4.5l8 7|M6.5 10v9h11v-9",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12|M12 14.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6",
  hidden: "M3 3l18 18|M9.9 5.7A9.7 9.7 0 0 1 12 5.5c6 0 9.5 6.5 9.5 6.5a17 17 0 0 1-3 3.6|M6.2 7.2A16 16 0 0 0 2.5 12S6 18.5 12 18.5a9.600 9.600 0 0 0 4.300-1",
  reset: "M4.500 9a8 8 0 1 1-.5 5|M4 4.500V9h4.500",
  share: "M10 13.500a4 4 0 0 0 5.700.4l3-3a4 4 0 0 0-5.700-5.700l-1.300 1.300|M14 10.500a4 4 0 0 0-5.700-.4l-3 3a4 4 0 0 0 5.700 5.700l1.300-1.300",
  print: "M7 9V4h10v5|M7 17H4.500v-6.500a1.500 1.500 0 0 1 1.500-1.500h12a1.500 1.500 0 0 1 1.500 1.500V17H17|M7 14h10v6H7z",
  export: "M12 4v11|M7.500 10.500 12 15l4.500-4.500|M4.500 19.500h15",
  info: "M12 20.500a8.500 8.500 0 1 0 0-17 8.500 8.500 0 0 0 0 17|M12 11v5|M12 8h.01",
  expand: "M14 4.500h5.500V10|M19.500 4.500 13 11|M10 19.500H4.500V14|M4.500 19.500 11 13",
  shrink: "M20 10h-6V4|M14 10l6.500-6.500|M4 14h6v6|M10 14l-6.500 6.500",
  filter: "M4 5h16l-6.200 7.500V19l-3.600-2v-4.500L4 5",
  factory: "M4 20V10l5.500 3.500V10l5.500 3.500V4.500h4.500V20H4|M8 17h1|M12 17h1|M16 17h1",
  pin: "M12 21s6.500-6 6.500-11.200a6.500 6.500 0 1 0-13 0C5.500 15 12 21 12 21|M12 12.300a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5",
  lasso: "M12 5c5 0 8.500 2.200 8.500 5s-3.500 5-8.500 5-8.500-2.200-8.500-5S7 5 12 5|M7 14.500c-1 1-1 2.500.5 3s2 2 .5 3",
  box: "M5 6h14v12H5z",
  area: "M5 8l6-3 8 3-1 9-7 2-6-4z",
  dots: "M7 9a2 2 0 1 0 0-4 2 2 0 0 0 0 4|M16 13a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7|M9 19a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5",
  fit: "M4 9V4h5|M20 9V4h-5|M4 15v5h5|M20 15v5h-5|M9 10h6v4H9z",
  circle: "M12 19.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15",
  ruler: "M3.500 15.500l12-12 5 5-12 12-5-5|M7 12l2 2|M10 9l2 2|M13 6l2 2",
  star: "M12 4l2.500 5.200 5.700.8-4.100 4 1 5.600-5.100-2.700-5.100 2.700 1-5.600-4.100-4 5.700-.8L12 4",
  scale: "M12 4v16|M7 20h10|M5 7h14|M5 7l-2.500 6h5L5 7|M19 7l-2.500 6h5L19 7",
  check: "M5 12.500l4.500 4.500L19 7.500",
  more: "M6 12h.01|M12 12h.01|M18 12h.01",
  edit: "M5 19l1-4L16.500 4.500l3 3L9 18l-4 1|M14 7l3 3",
  clock: "M12 20.500a8.500 8.500 0 1 0 0-17 8.500 8.500 0 0 0 0 17|M12 7.500V12l3 2",
  split: "M12 4v16|M8.500 8 5 12l3.500 4|M15.500 8 19 12l-3.500 4",
  phone: "M8 3.500h8a1 1 0 0 1 1 1v15a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1v-15a1 1 0 0 1 1-1",
};
