"""Take the pictures of the desk from a desk that runs: ``python docs/make_desk_pictures.py``.

They show the sample city at a twentieth of its size, in both languages; Chromium must be installed.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import threading
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from industrymap import sample
from industrymap.desk.rooms import Desk
from industrymap.desk.server import Options, Server
from industrymap.desk.shelf import Shelf

IMG = Path(__file__).parent / "img"
SCALE = 0.05
OFFICE = {"width": 1366, "height": 768}
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--hide-scrollbars"]
READY = {
    "build": ".counts",
    "issues": ".issue",
    "places": ".place-address",
}


def started(folder: Path) -> Server:
    """Run a desk on the workspace in a thread, and return it once it listens."""
    desk = Desk(Shelf(folder / "home"))
    desk.first = desk.enter(folder / "city")
    listens = threading.Event()
    server = Server(desk, Options(browser=False), lambda _: listens.set())
    threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True).start()
    listens.wait(60)
    return server


def shown(page: Any, number: str, name: str) -> None:
    """Go to a page of the workspace."""
    page.evaluate(f"location.hash = '#/w/{number}/{name}'")
    page.wait_for_selector(f"[data-page={name}][aria-current]")


def saved(page: Any, name: str, lang: str) -> None:
    """Write a picture once nothing moves any more."""
    page.mouse.move(0, 0)
    page.wait_for_timeout(600)
    page.screenshot(path=IMG / f"desk-{name}-{lang}.jpg", type="jpeg", quality=82)


def take(page: Any, number: str, lang: str) -> None:
    """Take the pictures of one language."""
    for name, selector in READY.items():
        shown(page, number, name)
        page.wait_for_selector(selector)
        if name == "issues":
            page.click(".facet input[data-facet=level][data-value=warning]")
            page.click(".issue >> nth=2")
            page.wait_for_selector(".cells")
        saved(page, name, lang)
    shown(page, number, "files")
    page.wait_for_selector(".columns tbody tr")
    saved(page, "files", lang)


def main() -> None:
    """Build the sample from the desk, and take every picture in both languages."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))  # fmt: skip
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        folder = Path(place)
        sample.generate(folder / "city", scale=SCALE)
        server = started(folder)
        number = server.desk.first
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for lang, locale in (("zh", "zh-CN"), ("en", "en-GB")):
            page = browser.new_context(viewport=OFFICE, locale=locale).new_page()
            page.set_default_timeout(300_000)
            page.goto(server.keys.address)
            page.wait_for_selector(".menu")
            if lang == "zh":
                shown(page, number, "build")
                page.click("[data-act=build]")
                page.wait_for_selector(".counts")
                shown(page, number, "files")
                page.set_input_files("[data-act=files]", folder / "city" / "layers" / "enterprises_statistics_2025.xlsx")  # fmt: skip
                page.wait_for_selector(".columns tbody tr")
            take(page, number, lang)
        browser.close()
        server.should_exit = True


if __name__ == "__main__":
    main()
