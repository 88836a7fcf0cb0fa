"""Points 1 and 4 of the security notes in one test each, and the page that tells of all eighteen."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
import security_points
import shapely
from hostile_texts import CORPUS, hostile
from webmap_browser import opened

from industrymap import export
from industrymap.webmap import IndustryMap, Label, MapModel, Meta, Taxonomy, build

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser

PAGE = Path(__file__).parents[2] / "docs" / "security.md"
COMMANDS = (
    "{{{{ cycler.__init__.__globals__.os.system('touch {mark}') }}}}",
    "{{% set x = cycler.__init__.__globals__.os.system('touch {mark}') %}}",
    "{{{{ self.__init__.__globals__.__builtins__.open('{mark}', 'w') }}}}",
    "{{%- for c in ().__class__.__base__.__subclasses__() -%}}{{{{ c }}}}{{%- endfor -%}}",
    "{{# {{{{ cycler.__init__.__globals__.os.system('touch {mark}') }}}} #}}",
)


def test_point_01_a_template_that_would_run_a_command_runs_none(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    mark = tmp_path / "ran"
    texts = [command.format(mark=mark) for command in COMMANDS]
    parks = gpd.GeoDataFrame(
        {"park_id": texts, "name": texts, **dict.fromkeys(texts, "甲")},
        geometry=[shapely.box(113, 23, 113.1, 23.1)] * len(texts),
        crs=4326,
    )
    together = " ".join(texts)
    model = MapModel.of(
        parks=parks,
        meta=Meta(title=together, producer=together, source=together),
        taxonomies=(
            Taxonomy(id=texts[0], zh=together, en=together, labels=tuple(Label(value=t, zh=t, en=t) for t in texts)),
        ),
    )  # fmt: skip
    places = 2 * len(texts) + len(texts) + 3 + 1 + 2 + 3 * len(texts)
    record_property("inputs", places)
    page = build(model)
    assert not mark.exists(), "code ran"
    assert page.count(b"cycler") > 10
    written = export.write(parks, tmp_path / "a.geojson", layer="village_parks")
    assert len(gpd.read_file(written[0], engine="pyogrio")) == len(texts)
    record_property("commands", int(mark.exists()))
    assert not mark.exists(), "code ran"


@pytest.mark.browser
def test_point_04_every_text_is_a_name_of_a_column_too(
    browser: Browser, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    base = hostile()
    firms = base.enterprises.assign(**{text: range(len(CORPUS)) for text in CORPUS})
    parks = base.parks.assign(**dict.fromkeys(CORPUS, "值"))
    path = IndustryMap(base.with_frames(enterprises=firms, parks=parks)).save(tmp_path / "a.html")
    record_property("inputs", 2 * len(CORPUS))
    with opened(browser, path) as page:
        for id_ in ("enterprises", "parks"):
            page.app("(app, id) => app.select(id, 0)", id_)
            page.app(
                "(app, id) => app.store.set({ tab: 'table', subject: id, picked: null, wide: true })",
                id_,
            )
            page.settle()
            fields = page.app("(app, id) => [...app.model.layer(id).columns.fields.keys()]", id_)
            assert set(CORPUS) <= set(fields)
        assert page.page.evaluate("window.fired") is None
        assert page.page.evaluate("document.querySelectorAll('img, iframe').length") == 0
    assert page.requests == []
    assert page.complaints == []


def test_the_page_tells_of_every_point_and_names_tests_that_exist() -> None:
    text = PAGE.read_text(encoding="utf-8")
    table = text.split("<!-- points -->")[1].split("<!-- /points -->")[0]
    rows = re.findall(r"^\| (\d+) \|", table, re.MULTILINE)
    assert [int(n) for n in rows] == list(range(1, 19))
    named = set(re.findall(r"`(test_\w+\.py::test_\w+)`", table))
    assert named == {
        name for point in security_points.POINTS for name in security_points.names(point)
    }
    assert "failed" not in table
    assert "skipped" not in table


PROMISES = ("SECURITY.md", "docs/security.md", "docs/en/privacy.md", "docs/zh/privacy.md")


@pytest.mark.parametrize("page", PROMISES)
def test_every_test_that_a_page_names_exists(page: str) -> None:
    text = (PAGE.parents[1] / page).read_text(encoding="utf-8")
    named = re.findall(r"`(test_\w+\.py)(?:::(test_\w+))?`", text)
    assert len(named) > 5
    for file, name in named:
        source = security_points.place(file).read_text(encoding="utf-8")
        assert not name or f"def {name}(" in source, f"{file}::{name}"


def test_every_promise_has_a_test_beside_it() -> None:
    security = (PAGE.parents[1] / "SECURITY.md").read_text(encoding="utf-8")
    promised = security.split("## What is promised")[1].split("## What is not")[0]
    bullets = re.split(r"^- ", promised, flags=re.MULTILINE)[1:]
    tables = [
        (PAGE.parents[1] / page).read_text(encoding="utf-8").split("| test |\n|---|---|\n" if "/en/" in page else "| 测试 |\n|---|---|\n")[1].strip().splitlines()
        for page in PROMISES[2:]
    ]  # fmt: skip
    assert len(bullets) > 5
    assert len(tables[0]) == len(tables[1]) > 10
    without = [text for text in (*bullets, *tables[0], *tables[1]) if "`test_" not in text]
    assert without == []
