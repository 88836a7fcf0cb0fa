"""Take the pictures of the documentation from a page that a build really wrote: ``python docs/make_pictures.py``.

They show the sample city at a quarter of its size, in both languages; Chromium must be installed.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from industrymap import pipeline, sample

IMG = Path(__file__).parent / "img"
SCALE = 0.25
APP = "document.getElementById('app').industrymap"
DESK = {"width": 1280, "height": 760}
PHONE = {"width": 390, "height": 780}
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--hide-scrollbars"]

SCENES: dict[str, str] = {
    "overview": "() => {}",
    "upgrade": """(app) => app.store.set({subject: 'parks', tab: 'table', filters: {parks: [
        {field: 'route', op: 'in', words: ['upgrade']}, {field: 'far', op: 'range', min: null, max: 0.85},
        {field: 'above_scale', op: 'range', min: 2, max: null}]}})""",
    "pilots": "(app) => app.store.set({subject: 'parks', tab: 'choose', wide: true})",
    "cluster": """(app, word) => app.store.set({topic: 'enterprises', subject: 'enterprises', tab: 'overview', filters: {enterprises: [
        {field: 'cluster', op: 'in', words: [word]}]}})""",
}


def take(page: Any, lang: str, name: str, scene: str) -> None:
    """Open the page anew, set the scene and write its picture."""
    opened(page)
    page.evaluate(
        f"""async ([lang, word]) => {{ const app = {APP}; app.store.set({{lang}});
        ({scene})(app, word); await app.engine.run(); await new Promise(r => setTimeout(r, 900)); }}""",
        [lang, "超高清视频及新型显示"],
    )
    page.mouse.move(0, 0)
    page.screenshot(path=IMG / f"{name}-{lang}.jpg", type="jpeg", quality=82)


def opened(page: Any) -> None:
    """Open the page anew, past its first-visit hint; without its address, which keeps the scene before."""
    url = page.url.partition("#")[0]
    page.goto("about:blank")
    page.goto(url)
    page.wait_for_selector("#app[data-state=ready]", timeout=60_000)


def sheet(page: Any, lang: str) -> None:
    """Show the sheet of the largest upgrade park."""
    opened(page)
    page.evaluate(
        f"""async (lang) => {{ const app = {APP}; app.store.set({{lang}});
        const layer = app.model.layer('parks'); await layer.columns.load(['route', 'land_area_m2', 'name']);
        let best = 0; for (let i = 0; i < layer.n; i++) if (layer.columns.value('route', i) === 'upgrade'
            && layer.columns.value('land_area_m2', i) > layer.columns.value('land_area_m2', best)) best = i;
        app.select('parks', best, true); await app.engine.run(); await new Promise(r => setTimeout(r, 1200)); }}""",
        lang,
    )
    page.screenshot(path=IMG / f"sheet-{lang}.jpg", type="jpeg", quality=82)


def front(page: Any) -> None:
    """Show firms and clusters as the READMEs do."""
    opened(page)
    page.click("[data-topic=enterprises]")
    page.mouse.move(0, 0)
    page.wait_for_timeout(1200)
    page.screenshot(path=IMG / "map.png")


def prints(page: Any) -> None:
    """Save a sheet of each paper: the upgrade parks of low FAR in the first district, with their list."""
    opened(page)
    page.evaluate(
        f"""async () => {{ const app = {APP}; const district = app.model.parks.columns.column('district').words[0];
        app.store.set({{ filters: {{ shared: [{{ field: 'district', op: 'in', words: [district] }}], parks: [
            {{ field: 'route', op: 'in', words: ['upgrade'] }}, {{ field: 'far', op: 'range', min: null, max: 0.8 }}] }} }});
        await app.engine.run(); }}"""
    )
    for paper in ("a4l", "a4p", "a3l", "a3p"):
        page.click("button[aria-label='打印']")
        page.check(f".dialog input[value={paper}]")
        page.check(".dialog input[name=list]")
        page.select_option(".dialog select", "720")
        with page.expect_download() as saved:
            page.click(".dialog .button:text-is('存为图片')")
        saved.value.save_as(IMG / f"print-{paper}.png")


def pictures(html: Path) -> None:
    """Take every picture in both languages."""
    chromium = next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome")))
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for lang in ("zh", "en"):
            desk = browser.new_page(viewport=DESK)
            phone = browser.new_page(
                viewport=PHONE, device_scale_factor=1.5, has_touch=True, is_mobile=True
            )
            for page in (desk, phone):
                page.add_init_script("localStorage.setItem('industrymap:hint', '1')")
                page.goto(html.as_uri())
            for name, scene in SCENES.items():
                take(desk, lang, name, scene)
            sheet(desk, lang)
            if lang == "zh":
                front(desk)
                prints(desk)
            take(phone, lang, "phone", "() => {}")
            desk.close()
            phone.close()
        browser.close()


def main(html: str | None) -> None:
    """Use the page given, or build one."""
    if html:
        pictures(Path(html).resolve())
        return
    with tempfile.TemporaryDirectory() as folder:
        sample.generate(Path(folder), scale=SCALE)
        pipeline.build(folder)
        pictures(Path(folder) / "outputs" / "map.html")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
