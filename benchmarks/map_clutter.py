"""Measure how crowded a map is: what its symbols cover, and whether they or their names lie on each other.

    python benchmarks/map_clutter.py outputs/map.html           each topic of a built page
    python benchmarks/map_clutter.py outputs/map.html --peers   the same firms, points only, in other libraries' pages

Cover is read off the screen, by the same rule for everybody: the share of the map's pixels that change when the symbols and their
names are drawn. A page of ours is photographed with its subjects and without, a peer's page is held against its empty background.
A choropleth has no symbols. Peers are made of the page's own firms, those that have a place.
"""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ZOOMS = (9.3, 11, 13, 15)
VIEW = {"width": 1366, "height": 768}
FLAGS = ["--no-sandbox", "--enable-unsafe-swiftshader", "--hide-scrollbars"]
STAND = """async ([topic, zoom]) => {
  const app = document.getElementById("app").industrymap;
  const button = topic && document.querySelector(`.topics [data-topic="${topic}"]`);
  if (button && button.getAttribute("aria-pressed") !== "true") button.click();
  const [west, south, east, north] = app.model.manifest.bounds;
  app.stage.map.setView([(south + north) / 2, (west + east) / 2], zoom, { animate: false });
  await new Promise((resolve) => setTimeout(resolve, 700));
}"""
SHOW = """async (on) => {
  const app = document.getElementById("app").industrymap;
  window.layersBefore = window.layersBefore || app.store.state.layers;
  const layers = { ...window.layersBefore, coarse: false };
  for (const layer of app.model.subjects || ["parks", "enterprises", "blocks"].map((id) => ({ id }))) layers[layer.id] = false;
  app.store.set({ layers: on ? window.layersBefore : layers });
  await new Promise((resolve) => setTimeout(resolve, 500));
}"""
COUNT = """() => {
  const app = document.getElementById("app").industrymap;
  const { stage } = app;
  const { width, height } = stage.firms._ctx.canvas;
  const drawn = stage.points ? [...stage.points.values()].flatMap((d) => d.circles) : [...stage.bubbles, ...stage.marks, ...stage.rings];
  const circles = drawn.filter((c) => c.r > 0);
  let touching = 0;
  for (let i = 0; i < circles.length; i++) for (let j = 0; j < i; j++) if (Math.hypot(circles[i].x - circles[j].x, circles[i].y - circles[j].y) < circles[i].r + circles[j].r) touching++;
  const labels = stage.labels ? stage.labels.drawn : [];
  let overlaps = 0;
  for (let i = 0; i < labels.length; i++) for (let j = 0; j < i; j++) {
    const [a, b] = [labels[i].box, labels[j].box];
    if (a[0] < b[2] && a[2] > b[0] && a[1] < b[3] && a[3] > b[1]) overlaps++;
  }
  // areas of the topic, each a polygon or a square
  const area = (app.model.subjects || []).find((layer) => layer.shapes && layer.id === app.store.state.topic);
  const { left, top, scale } = stage.firms._view(stage.firms._bounds.getSize());
  const centre = (f, k) => ((area.shapes.boxes[f * 4 + k] + area.shapes.boxes[f * 4 + k + 2]) / 2) * scale - (k ? top : left);
  const areas = area ? Array.from({ length: area.n }, (_, f) => [centre(f, 0), centre(f, 1)]).filter(([x, y]) => x > 0 && y > 0 && x < width && y < height).length : 0;
  return { symbols: ((drawn.length + areas) / (width * height)) * 1e4, touching, names: labels.length, overlaps };
}"""
PLACES = """async () => {
  const { points } = document.getElementById("app").industrymap.model.layer("enterprises");
  return Array.from({ length: points.placed }, (_, row) => points.lonLat(row));
}"""


def pictured(page: Page, clip: dict[str, float]) -> np.ndarray:
    """Return the map as the screen shows it."""
    picture = Image.open(io.BytesIO(page.screenshot(clip=clip, timeout=300_000)))  # type: ignore[arg-type]
    return np.asarray(picture.convert("RGB"), dtype=np.int16)


def share(with_symbols: np.ndarray, without: np.ndarray) -> float:
    """Return the share of pixels that differ so much that an eye sees it."""
    return float((np.abs(with_symbols - without).max(axis=2) > 12).mean())


def line(name: str, zoom: float, found: dict[str, Any]) -> str:
    """Return one line of the table."""
    said = [f"{name:22} {zoom:5}", f"cover {100 * found['cover']:5.1f} %"]
    said += [f"symbols/100 px² {found['symbols']:6.2f}", f"touching {found['touching']:5}"]
    if "overlaps" in found:
        said.append(f"names {found['names']:4}, overlapping {found['overlaps']}")
    return "  ".join(said)


def own(browser: Browser, path: Path) -> list[list[float]]:
    """Print a line for each topic and zoom of a page of ours; return where its firms lie."""
    page = browser.new_page(viewport=VIEW)  # type: ignore[arg-type]
    page.add_init_script("localStorage.setItem('industrymap:hint', '1')")
    page.goto(path.resolve().as_uri())
    page.wait_for_selector("#app[data-state=ready]", timeout=60_000)
    box: Any = page.locator(".folium-map").bounding_box()
    topics = page.evaluate(
        "[...document.querySelectorAll('.topics [data-topic]')].map((b) => b.dataset.topic)"
    )
    for topic in [t for t in topics if t != "areas"] or [""]:
        for zoom in ZOOMS:
            page.evaluate(STAND, [topic, zoom])
            found = page.evaluate(COUNT)
            shown = pictured(page, box)
            page.evaluate(SHOW, False)
            found["cover"] = share(shown, pictured(page, box))
            page.evaluate(SHOW, True)
            print(line(topic or "page", zoom, found), flush=True)
    places: list[list[float]] = page.evaluate(PLACES)
    page.close()
    return places


def folium_page(places: list[list[float]], zoom: float, path: Path) -> None:
    """Write the firms as Folium's FastMarkerCluster, as its documentation says."""
    import folium
    from folium.plugins import FastMarkerCluster

    lon, lat = middle(places)
    made = folium.Map(location=(lat, lon), zoom_start=zoom, tiles=None, zoom_control=False)
    made.options["maxZoom"] = 18
    FastMarkerCluster([[y, x] for x, y in places]).add_to(made)
    made.save(path)


def kepler_page(places: list[list[float]], zoom: float, path: Path) -> None:
    """Write the firms as kepler.gl's points, as its documentation says."""
    import pandas as pd
    from keplergl import KeplerGl

    lon, lat = middle(places)
    state = {"latitude": lat, "longitude": lon, "zoom": zoom - 1}  # its tiles are of 512 pixels
    config = {"version": "v1", "config": {"mapState": state}}
    table = pd.DataFrame(places, columns=["longitude", "latitude"])
    made = KeplerGl(data={"firms": table}, config=config)
    made.save_to_html(file_name=str(path), read_only=True, center_map=False)  # without its panel


def middle(places: list[list[float]]) -> tuple[float, float]:
    """Return the middle of the box around all places."""
    xy = np.array(places)
    lon, lat = (xy.min(axis=0) + xy.max(axis=0)) / 2
    return float(lon), float(lat)


PEERS = {"folium-fast": folium_page, "kepler": kepler_page}
ICONS = """() => [...document.querySelectorAll('.leaflet-marker-icon')].map((e) => e.getBoundingClientRect())
  .filter((b) => b.right > 0 && b.bottom > 0 && b.left < 696 && b.top < 680).map((b) => [b.left, b.top, b.right, b.bottom])"""
DOT = 2.5
"""Radius of kepler.gl's points in pixels, as it draws them by default."""
SEEN = {"width": 696, "height": 680}
"""The part of a peer's page on which no control of its lies."""


def peers(browser: Browser, places: list[list[float]]) -> None:
    """Print a line for each peer and zoom."""
    from benchmarks.map_peers import assets

    missing = assets.fetch(PEERS)
    for name, make in PEERS.items():
        if name in missing:
            print(f"{name}: {missing[name]}")
            continue
        for zoom in ZOOMS:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "page.html"
                make(places, zoom, path)
                found = watched(browser, path, name, places, zoom)
            print(line(name, zoom, found), flush=True)


def watched(
    browser: Browser, path: Path, name: str, places: list[list[float]], zoom: float
) -> dict[str, Any]:
    """Open a peer's page and measure it."""
    from benchmarks.map_peers.assets import Assets

    size = {"width": 746, "height": 716}  # as large as the map of our page
    page = browser.new_page(viewport=size)  # type: ignore[arg-type]
    page.route(lambda url: not url.startswith(("file:", "data:", "blob:")), Assets(name).answer)
    page.goto(path.as_uri())
    page.wait_for_timeout(25_000 if name == "kepler" else 4_000)
    shown = pictured(page, {"x": 0, "y": 0, **SEEN})
    # the ground is one colour: the most frequent of the picture's edge
    edge = np.concatenate([shown[0], shown[-1], shown[:, 0], shown[:, -1]])
    colors, counts = np.unique(edge, axis=0, return_counts=True)
    ground = np.broadcast_to(colors[counts.argmax()], shown.shape)
    boxes = page.evaluate(ICONS) if name == "folium-fast" else dots(places, zoom, size)
    page.close()
    a = np.array(boxes, dtype=float).reshape(-1, 4)
    return {
        "cover": share(shown, ground),
        "symbols": len(a) / (SEEN["width"] * SEEN["height"]) * 1e4,
        "touching": touching(a),
    }


def dots(places: list[list[float]], zoom: float, size: dict[str, int]) -> np.ndarray:
    """Return the squares around the points that kepler.gl draws in a view: one for each firm."""
    lon, lat = np.array(places).T
    x = lon / 360 * 256 * 2**zoom
    y = -np.log(np.tan(np.pi / 4 + np.radians(lat) / 2)) / (2 * np.pi) * 256 * 2**zoom
    middle_lon, middle_lat = middle(places)
    x -= middle_lon / 360 * 256 * 2**zoom - size["width"] / 2
    y -= (
        -np.log(np.tan(np.pi / 4 + np.radians(middle_lat) / 2)) / (2 * np.pi) * 256 * 2**zoom
        - size["height"] / 2
    )
    seen = (x > 0) & (y > 0) & (x < SEEN["width"]) & (y < SEEN["height"])
    x, y = x[seen], y[seen]
    return np.c_[x - DOT, y - DOT, x + DOT, y + DOT]


def touching(boxes: np.ndarray) -> int:
    """Return how many symbols meet another."""
    found = 0
    for i, (x0, y0, x1, y1) in enumerate(boxes):
        meets = (boxes[:, 0] < x1) & (boxes[:, 2] > x0) & (boxes[:, 1] < y1) & (boxes[:, 3] > y0)
        meets[i] = False
        found += bool(meets.any())
    return found


def main(path: Path, *, beside: bool) -> None:
    """Print the table."""
    from playwright.sync_api import sync_playwright

    program = next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        places = own(browser, path)
        if beside:
            peers(browser, places)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), beside="--peers" in sys.argv)
