"""Online basemaps, served from this machine: datum, hosts, policy, failure."""

from __future__ import annotations

import html
import math
import re
import struct
import threading
import zlib
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from webmap_browser import Opened, opened

from industrymap import datum
from industrymap.basemaps import Basemap
from industrymap.webmap import IndustryMap, MapModel, Meta

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

LON, LAT = 113.2644, 23.1291
HALF = 0.0006
MAGENTA = (255, 0, 255)
pytestmark = pytest.mark.browser


def _png(rows: np.ndarray) -> bytes:
    """Return an RGBA picture as PNG."""
    raw = b"".join(b"\x00" + row.tobytes() for row in rows)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    height, width = rows.shape[:2]
    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(raw))
        + chunk(b"IEND", b"")
    )


@dataclass
class Tiles:
    """A tile server that draws one square where a place lies in the basemap's own datum."""

    lon: float
    lat: float
    works: bool = True
    asked: list[str] = field(default_factory=list)

    def tile(self, z: int, x: int, y: int) -> bytes:
        size = 256 * 2**z
        px = (self.lon / 360 + 0.5) * size - 256 * x
        sine = math.sin(math.radians(self.lat))
        py = (0.5 - math.log((1 + sine) / (1 - sine)) / (4 * math.pi)) * size - 256 * y
        rows = np.zeros((256, 256, 4), dtype=np.uint8)
        across, down = np.meshgrid(np.arange(256) + 0.5, np.arange(256) + 0.5)
        rows[(abs(across - px) < 5) & (abs(down - py) < 5)] = (*MAGENTA, 255)
        return _png(rows)


@pytest.fixture(scope="module")
def tiles() -> Iterator[tuple[Tiles, str]]:
    x, y = datum.convert(np.array([LON]), np.array([LAT]), source="wgs84", target="gcj02")
    known = Tiles(float(x[0]), float(y[0]))

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            known.asked.append(self.path)
            found = re.fullmatch(r"/(\d+)/(\d+)/(\d+)\.png", self.path)
            if not found or not known.works:
                self.send_error(404)
                return
            body = known.tile(*map(int, found.groups()))
            self.send_response(200)
            self.send_header("Content-Type", "image/png")
            self.send_header("Access-Control-Allow-Origin", "*")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield known, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def model() -> MapModel:
    square = shapely.box(LON - HALF, LAT - HALF, LON + HALF, LAT + HALF)
    parks = gpd.GeoDataFrame(
        {"park_id": ["P1"], "name": ["测区"], "route": ["close"], "land_area_m2": [100.0]},
        geometry=[square],
        crs=4326,
    )
    return MapModel.of(parks=parks, meta=Meta(title="底图", data_date="2026-06-30"))


def ours(host: str, crs: str) -> Basemap:
    return Basemap(
        id="own",
        zh="内网底图",
        en="House basemap",
        urls=(f"{host}/{{z}}/{{x}}/{{y}}.png",),
        hosts=(host,),
        datum=crs,
        attribution="测绘中心",
        terms="",
    )


@pytest.fixture(scope="module")
def page(
    browser: Browser, tiles: tuple[Tiles, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Opened]:
    path = IndustryMap(model(), basemaps=[ours(tiles[1], "gcj02"), "osm"]).save(
        tmp_path_factory.mktemp("base") / "map.html"
    )
    with opened(browser, path) as page:
        page.page.click(".hint-card .button")
        yield page


PIXELS = """async (_, [data, [r, g, b], reach]) => {
    const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const canvas = new OffscreenCanvas(image.width, image.height);
    const ctx = canvas.getContext('2d', { willReadFrequently: true });
    ctx.drawImage(image, 0, 0);
    const d = ctx.getImageData(0, 0, image.width, image.height).data;
    let [n, x, y] = [0, 0, 0];
    for (let i = 0; i < d.length; i += 4) {
        if (Math.abs(d[i] - r) + Math.abs(d[i + 1] - g) + Math.abs(d[i + 2] - b) > reach) continue;
        n++;
        x += (i / 4) % image.width;
        y += Math.floor(i / 4 / image.width);
    }
    return n ? [n, x / n, y / n] : null;
}"""


def middle(page: Opened, colour: tuple[int, int, int], reach: int) -> list[float]:
    import base64

    box = page.page.locator(".folium-map").bounding_box()
    assert box is not None
    clip: Any = {"x": box["x"] + 60, "y": 120, "width": box["width"] - 160, "height": 480}
    shot = page.page.screenshot(clip=clip)
    found = page.app(PIXELS, [base64.b64encode(shot).decode(), list(colour), reach])
    assert found is not None
    return [float(v) for v in found]


def switch(page: Opened, name: str) -> None:
    page.page.select_option("select[aria-label='在线底图']", name)


def test_overlays_lie_where_the_basemap_has_them(page: Opened, tiles: tuple[Tiles, str]) -> None:
    known, _ = tiles
    known.works = True
    page.app(
        "(app) => { app.stage.show('parks', 0); app.stage.map.setZoom(16, { animate: false }); }"
    )
    switch(page, "own")
    page.page.wait_for_selector(".leaflet-tile-loaded")
    page.page.wait_for_selector(".leaflet-tile:not(.leaflet-tile-loaded)", state="detached")
    page.app("(app) => app.store.set({ layers: { ...app.store.state.layers, parks: false } })")
    page.settle()
    _, mark_x, mark_y = middle(page, MAGENTA, 40)
    page.app("(app) => app.store.set({ layers: { ...app.store.state.layers, parks: true } })")
    page.settle()
    color = page.app(
        "(app) => app.model.layer('parks').categories('route').find((c) => c.word === 'close').color"
    )
    rgb = [int(color[i : i + 2], 16) for i in (1, 3, 5)]
    ground = [0xE9, 0xEE, 0xF2]
    mixed = tuple(round(a * 0.62 + b * 0.38) for a, b in zip(rgb, ground, strict=True))
    n, x, y = middle(page, (mixed[0], mixed[1], mixed[2]), 24)
    assert n > 2000
    assert (x, y) == pytest.approx((mark_x, mark_y), abs=1.5)
    assert page.count("parks") == 1


def test_only_that_host_is_asked(page: Opened, tiles: tuple[Tiles, str]) -> None:
    _, host = tiles
    switch(page, "own")
    page.page.wait_for_timeout(100)
    assert page.requests
    assert {u.rsplit("/", 3)[0] for u in page.requests} == {host}
    assert "测绘中心" in page.page.inner_text("#left")


def test_a_basemap_that_fails_leaves_the_map(page: Opened, tiles: tuple[Tiles, str]) -> None:
    known, _ = tiles
    switch(page, "")
    known.works = False
    page.app("(app) => app.stage.map.setView([23.9, 113.9], 13, { animate: false })")
    switch(page, "own")
    page.page.wait_for_selector(".notice:has-text('内网底图')")
    page.page.click(".category:has-text('淘汰关停')")
    page.settle()
    assert page.count("parks") == 1
    page.page.click("[role=tab]:has-text('列表')")
    page.page.wait_for_selector(".filler .tr")
    switch(page, "")
    assert page.page.locator(".leaflet-tile").count() == 0
    known.works = True


def rules(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    found = re.search(r'Content-Security-Policy" content="([^"]+)"', text)
    assert found
    return html.unescape(found[1])


def test_the_policy_names_the_basemap_s_hosts_for_images_alone(
    tiles: tuple[Tiles, str], tmp_path: Path
) -> None:
    _, host = tiles
    with_base = IndustryMap(model(), basemaps=[ours(host, "wgs84")]).save(tmp_path / "a.html")
    parts = dict(p.split(" ", 1) for p in rules(with_base).split("; "))
    assert parts["img-src"] == f"data: blob: {host}"
    assert not any("http" in v for k, v in parts.items() if k != "img-src")
    without = IndustryMap(model()).save(tmp_path / "b.html")
    assert "http" not in rules(without)


def test_no_basemap_is_offered_by_default(browser: Browser, tmp_path: Path) -> None:
    with opened(browser, IndustryMap(model()).save(tmp_path / "map.html")) as page:
        assert page.page.locator("select[aria-label='在线底图']").count() == 0
        assert page.requests == []
