"""The documentation builds without a warning, asks nobody for anything, and says what the code says."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
FETCHED = re.compile(
    r"<(?:script|img|iframe|source|video|audio|embed)\b[^>]*\bsrc=[\"']([^\"']+)|<link\b[^>]*\bhref=[\"']([^\"']+)"
)


@pytest.fixture(scope="session")
def html(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the documentation as ``make docs`` does, warnings being failures."""
    out = tmp_path_factory.mktemp("docs") / "html"
    done = subprocess.run(
        [sys.executable, DOCS / "build.py", out], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return out


@pytest.mark.slow
def test_every_page_is_there_in_both_languages(html: Path) -> None:
    names = [{p.stem for p in (DOCS / lang).glob("*.md")} for lang in ("zh", "en")]
    assert names[0] == names[1] >= {"index", "tutorial", "changes", "coordinates", "privacy"}
    for lang, stems in zip(("zh", "en"), names, strict=True):
        assert all((html / lang / f"{stem}.html").exists() for stem in stems)
    assert (html / "index.html").exists()


@pytest.mark.slow
def test_no_page_names_a_script_style_font_or_picture_elsewhere(html: Path) -> None:
    pages = list(html.rglob("*.html"))
    assert len(pages) > 50
    asked = [
        (page.name, address)
        for page in pages
        for pair in FETCHED.findall(page.read_text(encoding="utf-8"))
        for address in pair
        if re.match(r"(https?:)?//", address)
    ]
    asked += [
        (sheet.name, address)
        for sheet in html.rglob("*.css")
        for address in re.findall(
            r"(?:@import\s+[\"']?|url\([\"']?)((?:https?:)?//[^\"')]+)",
            sheet.read_text(encoding="utf-8"),
        )
    ]
    assert asked == []


@pytest.mark.slow
def test_every_page_leads_to_its_twin(html: Path) -> None:
    for lang in ("zh", "en"):
        for page in (html / lang).rglob("*.html"):
            link = re.search(
                r"class=\"other-language\" href=\"([^\"]+)\"", page.read_text(encoding="utf-8")
            )
            assert link, page
            assert (page.parent / link[1]).resolve().exists(), (page, link[1])


@pytest.mark.slow
@pytest.mark.browser
def test_search_finds_chinese_and_english_offline(html: Path, browser: Browser) -> None:
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda r: asked.append(r.url) if not r.url.startswith("file:") else None)
    for query, wanted in (
        ("zh/search.html?q=容积率", "筛选语言"),
        ("en/search.html?q=datum", "Coordinate"),
    ):
        page.goto((html / query.split("?")[0]).as_uri() + "?" + query.split("?")[1])
        page.wait_for_selector("ul.search li")
        page.wait_for_function(
            "word => document.querySelector('ul.search').textContent.includes(word)", arg=wanted
        )
    page.close()
    assert asked == []


def made() -> Any:
    spec = importlib.util.spec_from_file_location("made_pages", DOCS / "_ext" / "made_pages.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_shipped_standard_is_listed_with_its_status(lang: str) -> None:
    page = made().standards(lang)
    files = sorted((ROOT / "industrymap" / "cities").glob("*/standards/*.toml"))
    assert len(files) >= 7
    for path in files:
        held = tomllib.loads(path.read_text(encoding="utf-8"))
        row = next(line for line in page.splitlines() if f"`{held['standard_id']}`" in line)
        assert held["source"].replace("<", "&lt;").replace("|", "\\|") in row
        assert ("**" in row) == (not held["official"])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_column_and_command_is_listed(lang: str) -> None:
    from industrymap import schemas
    from industrymap.cli import COMMANDS

    columns, commands = made().columns(lang), made().commands(lang)
    assert all(
        f"| `{f.name}` |" in columns for layer in schemas.names() for f in schemas.fields(layer)
    )
    assert all(f"`industrymap {name}`" in commands for name in COMMANDS)


def test_pages_that_people_link_to_name_no_machine() -> None:
    texts = {
        p: p.read_text(encoding="utf-8") for p in DOCS.rglob("*.md") if "_" not in p.parts[-2][:1]
    }
    here = {Path(tempfile.gettempdir()), Path.home(), DOCS.parent.parent}
    places = [f"{place}/" for place in here if len(place.parts) > 1]
    wrong = [str(p) for p, text in texts.items() if any(place in text for place in places)]
    assert json.dumps(wrong) == "[]"


def test_every_public_name_has_an_example() -> None:
    import inspect

    import industrymap as im

    named = {n: getattr(im, n) for n in im.__all__ if not n.startswith("_")}
    room = named.pop("datum")
    named |= {f"datum.{n}": f for n in room.__all__ if inspect.isroutine(f := getattr(room, n))}
    assert len(named) > 25
    assert [n for n, found in named.items() if ">>>" not in (inspect.getdoc(found) or "")] == []


def test_the_traps_on_the_coordinates_page_are_as_large_as_it_says() -> None:
    """Squares of 0.01° over the extent of Guangzhou, against the area on the ellipsoid."""
    import numpy as np
    import pyproj
    import shapely

    from industrymap import datum

    x, y = (
        a.ravel()
        for a in np.meshgrid(np.linspace(112.95, 114.05, 12), np.linspace(22.56, 23.93, 12))
    )
    squares = shapely.box(x, y, x + 0.01, y + 0.01)
    true = datum.area_m2(squares)

    def error(crs: str) -> Any:
        to = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)
        moved = shapely.transform(
            squares, lambda c: np.column_stack(to.transform(c[:, 0], c[:, 1]))
        )
        return shapely.area(moved) / true - 1

    mercator, zone = error("EPSG:3857"), error("EPSG:4547")
    assert (round(mercator.min(), 3), round(mercator.max(), 3)) == (0.178, 0.202)
    assert np.abs(zone).max() <= 0.0003
    shifted = datum.area_m2(datum.convert_geometry(squares, source="wgs84", target="gcj02"))
    assert 0.002 < np.abs(shifted / true - 1).max() < 0.005

    def shift_m(code: str, lat: float) -> float:
        """Return how far the library moves a point of an old datum without parameters."""
        to = pyproj.Transformer.from_crs(code, "EPSG:4326", always_xy=True)
        lon2, lat2 = to.transform(113.3, lat)
        return float(pyproj.Geod(ellps="WGS84").inv(113.3, lat, lon2, lat2)[2])

    assert shift_m("EPSG:4214", 22.8) == pytest.approx(53, abs=0.5)
    assert shift_m("EPSG:4214", 23.1) == pytest.approx(0, abs=0.01)
    assert shift_m("EPSG:4610", 23.1) == pytest.approx(0, abs=0.01)


@pytest.mark.parametrize("page", ["README.md", "README.zh.md"])
def test_the_readme_names_every_top_level_folder(page: str) -> None:
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("needs the repository")
    # With -z names stand as they are; git else puts those with Chinese characters into quotation marks.
    listed = subprocess.run([git, "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    tracked = listed.stdout.decode("utf-8").split("\0")
    folders = {path.split("/")[0] for path in tracked if "/" in path}
    text = (ROOT / page).read_text(encoding="utf-8")
    assert sorted(f for f in folders if not f.startswith(".") and f"{f}/" not in text) == []
