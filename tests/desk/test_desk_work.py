"""From an empty folder to a map by clicks alone, with the bytes that the commands write."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from desk_server import running

from industrymap import pipeline, sample
from industrymap.files import digest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from desk_server import Running
    from playwright.sync_api import Browser, Page

_FILES = (
    "layers/enterprises_statistics_2025.xlsx",
    "layers/village_parks.gpkg",
    "boundaries/districts.geojson",
    "boundaries/towns.gpkg",
)


@pytest.fixture(scope="module")
def messy(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Return four files of a small city as they are: a workbook with title rows, parks, and boundaries whose datum is not stated."""
    folder = tmp_path_factory.mktemp("messy")
    sample.generate(folder / "city", scale=0.02)
    return [folder / "city" / name for name in _FILES]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("home")) as found:
        yield found


@pytest.fixture(scope="module")
def page(browser: Browser, desk: Running) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="en-GB")
    asked: list[str] = []
    found = context.new_page()
    found.on("request", lambda request: asked.append(request.url))
    wrong: list[str] = []
    found.on("pageerror", lambda error: wrong.append(str(error)))
    found.set_default_timeout(240_000)
    found.goto(desk.keys.address)
    yield found
    assert wrong == []
    assert [url for url in asked if not url.startswith((desk.base, "data:", "blob:"))] == []
    context.close()


class Clicks:
    """Clicks, and counts them."""

    def __init__(self, page: Page) -> None:
        self.page, self.n = page, 0

    def __call__(self, selector: str) -> None:
        self.page.click(selector)
        self.n += 1

    def choose(self, selector: str, value: str) -> None:
        self.page.locator(selector).first.select_option(value)
        self.n += 1


@pytest.mark.slow
@pytest.mark.browser
def test_from_an_empty_folder_to_the_map_in_twelve_clicks(
    page: Page, desk: Running, messy: list[Path], tmp_path: Path
) -> None:
    click = Clicks(page)
    page.wait_for_selector("[data-act=create]")
    page.fill("input[name=title]", "试验城市产业地图")
    click.choose("[data-act=city]", "sample")
    click("[data-act=create]")
    with page.expect_file_chooser() as chooser:
        click("text=Choose files")
    chooser.value.set_files(messy)
    page.wait_for_selector("[data-act=take-all]:has-text('4')")
    for name in ("districts.geojson", "towns.gpkg"):
        assert page.locator(f"[data-draft='{name}']").inner_text()
    click("[data-draft='districts.geojson']")
    page.get_by_label("Datum").fill("gcj02")
    with page.expect_response("**/files/check"):
        page.get_by_label("Datum").press("Tab")
    click("[data-act=take-all]")
    page.wait_for_selector("[data-act=build]")
    click("[data-act=build]")
    page.wait_for_selector(".counts")
    with page.context.expect_page() as opened:
        click(".act.map")
    shown = opened.value
    shown.wait_for_selector(".leaflet-container")
    shown.close()
    assert click.n <= 12
    number = re.findall(r"#/w/(\w+)/", page.url)[0]
    folder = desk.desk.opened[number].folder
    again = tmp_path / "by_command"
    pipeline.build(folder, outputs=again)
    names = sorted(p.name for p in again.iterdir())
    assert "map.html" in names
    assert [n for n in names if digest(folder / "outputs" / n) != digest(again / n)] == []
