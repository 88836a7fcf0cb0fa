"""Opens one page in Chromium and measures it from outside, by the same rule for everyone.

Seconds to interactive
    From the start of the navigation to the later of two moments: the picture stands as it stays (the first frame the
    browser showed that equals the settled picture, which holds the data's colours), and the main thread is free (the end of the
    last task over 100 ms before that picture settled). Settled means: no frame changed for 3 seconds or a third of the time since
    the navigation (at most 20), whichever is more. Then a wheel step is sent, and only a page whose picture answers within 10 seconds
    counts as interactive. Frames are what the browser's compositor shows, small, with its own time.
Filter ms
    From changing a condition until every row is counted, the map drawn and the panels laid out (style and layout forced): the
    median of several conditions. Names, and the pale ground of points too small for circles, follow in the next frame: they are in the next figure.
On screen ms
    The same until the browser has finished the frame that shows it, the wait for the screen's next refresh (16.7 ms) included.
Pan fps
    Calls of requestAnimationFrame per second while the map is dragged for 3 seconds with real mouse events.
Heap MB
    JavaScript heap and the buffers it holds after a garbage collection, as the browser's own protocol tells.

Run in a process of its own, which prints a JSON line after each stage, so that whoever waits knows how far it came.
"""

from __future__ import annotations

import base64
import io
import json
import math
import re
import shutil
import statistics
import time
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image
from playwright.sync_api import Error, sync_playwright

from benchmarks.map_peers.assets import Assets

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, CDPSession, Page, Playwright

LIMIT_S = 180.0
SETTLE_S = 25.0
VIEW = {"width": 1366, "height": 768}
MIDDLE = (700, 420)
FLAGS = [
    "--no-sandbox",
    "--enable-unsafe-swiftshader",  # WebGL in software, for those who need it
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PROBE = """
window.benchTasks = [];
new PerformanceObserver((list) => {
  for (const e of list.getEntries()) if (e.duration > 100) window.benchTasks.push(e.startTime + e.duration);
}).observe({type: "longtask", buffered: true});
"""
COUNT = """() => { window.benchFrames = 0; const step = () => { window.benchFrames++; requestAnimationFrame(step); };
requestAnimationFrame(step); }"""
FILTERS = """async () => {
  const app = document.getElementById("app").industrymap;
  await app.model.layer("enterprises").columns.load(["district", "revenue_10k_cny"]);
  const {words} = app.model.layer("enterprises").columns.column("district");
  const tries = words.slice(0, 4).map((w) => ({shared: [{op: "in", field: "district", words: [w]}]}));
  for (const min of [2000, 5000, 20000]) tries.push({enterprises: [{op: "range", field: "revenue_10k_cny", min, max: null}]});
  const times = [];
  for (const filters of tries) {
    await new Promise((next) => setTimeout(next, 400));
    const start = performance.now();
    const done = new Promise((next) => { const stop = app.engine.watch(() => { stop(); next(); }); });
    app.store.set({filters});
    await done;
    document.body.getBoundingClientRect();
    const counted = performance.now() - start;
    await new Promise(requestAnimationFrame);
    await new Promise((next) => { const {port1, port2} = new MessageChannel(); port1.onmessage = next; port2.postMessage(0); });
    times.push([counted, performance.now() - start]);
  }
  return times;
}"""


class Screen:
    """What the browser shows, frame by frame, as small pictures with the time each was shown."""

    def __init__(self, page: Page, cdp: CDPSession) -> None:
        self.page, self.cdp = page, cdp
        self.frames: list[tuple[float, np.ndarray]] = []
        cdp.on("Page.screencastFrame", self._keep)
        cdp.send("Page.startScreencast", {"format": "png", "maxWidth": 342, "maxHeight": 192, "everyNthFrame": 1})  # fmt: skip

    def _keep(self, event: dict[str, Any]) -> None:
        self.cdp.send("Page.screencastFrameAck", {"sessionId": event["sessionId"]})
        picture = Image.open(io.BytesIO(base64.b64decode(event["data"]))).convert("RGB")
        self.frames.append((event["metadata"]["timestamp"], np.asarray(picture, dtype=np.int16)))

    def stop(self) -> None:
        self.cdp.send("Page.stopScreencast")

    def first_like_last(self) -> float:
        """Return when the first frame was shown after which all look like the last one."""
        last = self.frames[-1][1]
        when = self.frames[-1][0]
        for shown, picture in reversed(self.frames):
            if different(picture, last):
                break
            when = shown
        return when

    def last_change(self) -> float:
        return self.first_like_last() if self.frames else time.time()

    def has_data(self) -> bool:
        """Whether colour stands in the middle of the picture: peers draw data in colours on grey or white."""
        if not self.frames:
            return False
        picture = self.frames[-1][1]
        high, wide, _ = picture.shape
        middle = picture[high // 5 : -high // 5, wide // 4 : -wide // 4]
        return bool(((middle.max(axis=2) - middle.min(axis=2)) > 40).mean() > 0.01)


def different(a: np.ndarray, b: np.ndarray) -> bool:
    return a.shape != b.shape or bool(((np.abs(a - b) > 24).any(axis=2)).mean() > 0.004)


def measure(path: Path, peer: str, *, filters: bool, picture: Path | None = None) -> None:
    """Open a page and print what is measured, one JSON line a stage."""
    with sync_playwright() as playwright:
        browser = _start(playwright)
        try:
            _stages(browser, path, peer, filters=filters, picture=picture)
        except Error as error:
            words = str(error).splitlines()[0]
            say(failed="the browser's page crashed" if "crash" in words.lower() else words[:120])
        finally:
            browser.close()


def say(**figures: Any) -> None:
    print(json.dumps(figures), flush=True)


def _start(playwright: Playwright) -> Browser:
    names = ("chromium", "chromium-browser", "google-chrome")
    tool = next(filter(None, map(shutil.which, names)), None)
    if tool is None:
        raise SystemExit("no Chromium found: install the package chromium")
    return playwright.chromium.launch(executable_path=tool, args=FLAGS)


def _stages(
    browser: Browser, path: Path, peer: str, *, filters: bool, picture: Path | None
) -> None:
    context = browser.new_context(viewport=VIEW)
    assets = Assets(peer)
    context.route(re.compile("^https?://"), assets.answer)
    page = context.new_page()
    page.set_default_timeout(LIMIT_S * 1000)
    page.add_init_script(PROBE)
    complaints: list[str] = []
    page.on("pageerror", lambda e: complaints.append(str(e)[:200]))
    cdp = context.new_cdp_session(page)
    screen = Screen(page, cdp)
    _without_digests(path)
    say(chromium=browser.version)
    page.goto(path.as_uri(), wait_until="commit")
    seconds = _interactive(page, screen)
    say(drawn_s=seconds, unanswered=sorted(set(assets.unanswered)), complaints=complaints[:3])
    if picture:
        page.screenshot(path=picture)
    zoom = _zoom(page, screen)
    say(zoom_s=zoom, interactive_s=seconds if zoom is not None else None)
    screen.stop()
    say(heap_mb=_heap(cdp))
    say(pan_fps=_pan(page))
    if filters:
        filter_ms, shown_ms = _filter(page)
        say(filter_ms=filter_ms, shown_ms=shown_ms)


def _without_digests(path: Path) -> None:
    """Drop digests of scripts from the head of a page: the same library from its package differs in its last bytes."""
    with path.open("r+b") as page:
        head = page.read(20_000)
        page.seek(0)
        page.write(re.sub(rb'integrity="[^"]*"', lambda m: b" " * len(m[0]), head))


def _interactive(page: Page, screen: Screen) -> float | None:
    began = page.evaluate("performance.timeOrigin") / 1000
    while True:
        page.wait_for_timeout(100)
        page.evaluate("0")  # answers when the main thread does
        now = time.time()
        if now - began > LIMIT_S + SETTLE_S:
            return None
        quiet = now - screen.last_change()
        if screen.has_data() and quiet > max(3.0, min(20.0, (now - quiet - began) / 3)):
            break
    shown = screen.first_like_last()
    ends = [began + e / 1000 for e in page.evaluate("window.benchTasks")]
    free = max((e for e in ends if e <= shown + 3.0), default=0.0)
    return max(shown, free) - began


def _zoom(page: Page, screen: Screen) -> float | None:
    """Return after how many seconds a wheel step changes the picture."""
    page.mouse.move(*MIDDLE)
    page.wait_for_timeout(1000)  # what lies under the mouse may light up first
    before = screen.frames[-1][1]
    sent = time.time()
    page.mouse.wheel(0, -240)
    while time.time() - sent < 10:
        page.wait_for_timeout(50)
        for shown, picture in reversed(screen.frames):
            if shown < sent:
                break
            if different(picture, before):
                return shown - sent
    return None


def _heap(cdp: CDPSession) -> float:
    cdp.send("HeapProfiler.enable")
    cdp.send("HeapProfiler.collectGarbage")
    usage = cdp.send("Runtime.getHeapUsage")
    return (usage["usedSize"] + usage.get("backingStorageSize", 0)) / 1e6


def _pan(page: Page, seconds: float = 3.0) -> float:
    x, y = MIDDLE
    page.wait_for_timeout(1000)
    page.evaluate(COUNT)
    page.mouse.move(x, y)
    page.mouse.down()
    look = "() => [window.benchFrames, performance.now()]"
    first, start = page.evaluate(look)
    began, step = time.time(), 0
    while time.time() - began < seconds:
        step += 1
        page.mouse.move(x + 150 * math.sin(step / 20), y + 90 * math.sin(step / 13))
        time.sleep(0.008)
    last, end = page.evaluate(look)
    page.mouse.up()
    return (last - first) / (end - start) * 1000


def _filter(page: Page) -> tuple[float, float]:
    page.wait_for_timeout(500)
    counted, shown = zip(*page.evaluate(FILTERS), strict=True)
    return statistics.median(counted), statistics.median(shown)
