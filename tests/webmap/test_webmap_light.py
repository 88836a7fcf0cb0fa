"""A light page from the page itself: what the command writes, without a firm, and sums over few firms left out."""

from __future__ import annotations

import base64
import json
import re
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
import webmap_city
from webmap_browser import opened

from industrymap.webmap import IndustryMap, MapModel, light

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser
    from webmap_browser import Opened

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def city() -> MapModel:
    model = webmap_city.model(3000)
    rng = np.random.default_rng(8)
    frames: dict[str, Any] = {}
    for name in ("parks", "blocks"):
        frame = getattr(model, name).copy()
        firms = rng.integers(0, 6, len(frame))
        frame["base_firms"] = pd.array(firms, dtype="Int64")
        frame["base_revenue_10k_cny"] = np.where(
            firms, np.round(rng.lognormal(8, 1, len(frame)), 2), 0
        )
        frame["revenue_per_mu_10k_cny"] = rng.random(len(frame)) * 7  # doubles
        frames[name] = frame
    frames["parks"].loc[0, "name"] = "</script>{{7*7}}<b>甲&乙'\"$"
    changed: MapModel = model.with_frames(**frames)
    return changed


@pytest.fixture(scope="module")
def taken(
    browser: Browser, city: MapModel, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Opened, Path]]:
    folder = tmp_path_factory.mktemp("light")
    with opened(
        browser, IndustryMap(city).save(folder / "map.html"), accept_downloads=True
    ) as page:
        # what was filtered and looked at before makes no difference
        page.app(
            "(app) => app.store.set({ filters: { enterprises: [{ field: 'cluster', op: 'in', words: ['auto'] }] } })"
        )
        page.settle()
        page.page.click("button[aria-label='导出所选数据']")
        with page.page.expect_download() as saving:
            page.page.get_by_text("轻量网页（不含企业）").click()
        path = folder / "light.html"
        saving.value.save_as(path)
        assert saving.value.suggested_filename.endswith(".html")
        assert "MB" in page.page.locator(".notice").inner_text()
        assert page.complaints == []
        yield page, path


def everything(path: Path) -> str:
    """The page's text with its blocks inflated."""
    text = path.read_text("utf-8")
    out = [text]
    for block in re.findall(r'id="industrymap-\d+">([^<]*)</script>', text):
        at = 0
        while at < len(block):
            # chunks of a block are base64 texts one behind the other, each padded to its end
            raw = base64.b64decode(block[at:] + "==", validate=False)
            unpacked = zlib.decompressobj()
            out.append(unpacked.decompress(raw).decode("utf-8", "replace"))
            used = len(raw) - len(unpacked.unused_data)
            at += 4 * -(-used // 3)
    return "\n".join(out)


def test_it_is_small_and_holds_no_firm(taken: tuple[Opened, Path], city: MapModel) -> None:
    _, path = taken
    assert path.stat().st_size < 1_000_000
    text = path.read_text("utf-8")
    found = re.search(r'id="industrymap">(.*?)</script>', text, re.DOTALL)
    assert found is not None
    manifest = json.loads(found[1])
    assert {one["id"] for one in manifest["layers"]} == {"districts", "blocks", "parks"}
    whole = everything(path)
    assert city.parks["name"].iloc[5] in whole  # blocks were read
    firms = city.enterprises
    assert not any(name in whole for name in firms["name"].iloc[::50])
    assert not any(code[8:17] in whole for code in firms["uscc"].iloc[::50])
    totals = manifest["meta"]["totals"]
    assert totals["firms"] == len(firms)
    for name in ("revenue_10k_cny", "tax_10k_cny", "staff"):
        assert totals[name] == pytest.approx(float(firms[name].sum()), rel=1e-9)
        assert totals[f"n_{name}"] == int(firms[name].notna().sum())


def test_it_opens_and_says_what_the_command_s_page_says(
    browser: Browser, taken: tuple[Opened, Path], city: MapModel
) -> None:
    wanted = light(city)
    with opened(browser, taken[1]) as page:
        assert page.requests == []
        assert page.complaints == []
        assert page.page.evaluate("document.compatMode") == "CSS1Compat"
        for id_ in ("parks", "blocks", "districts"):
            frame = wanted.frame(id_)
            assert frame is not None
            for name in frame.columns.drop("geometry"):
                found = page.app(
                    """async (app, [id, name]) => { const { columns, n } = app.model.layer(id); const rows = [...Array(n).keys()];
                    await columns.ready([name], rows); return rows.map((row) => columns.value(name, row)); }""",
                    [id_, name],
                )
                column = frame[name]
                if pd.api.types.is_numeric_dtype(column.dtype):
                    # the command rounds to two digits more than a table shows
                    pd.testing.assert_series_equal(
                        pd.Series(found, dtype="float64"),
                        pd.Series(column.astype("float64").to_numpy()),
                        check_names=False, rtol=2e-3, atol=0.02,
                    )  # fmt: skip
                else:
                    assert found == [None if pd.isna(v) else str(v) for v in column]
        few = city.parks["base_firms"].between(1, 2).to_numpy()
        masked = page.app(
            "async (app) => { const c = app.model.layer('parks').columns; await c.load(['above_scale']); return [...c.column('above_scale').values].map(Number.isNaN); }"
        )
        assert np.asarray(masked)[few].all()
        # it is a page like any other: it filters, draws, and is in no way lighter a second time
        page.page.locator(".category").first.click()
        page.settle()
        assert 0 < page.count("parks") < len(city.parks)
        page.page.click("button[aria-label='导出所选数据']")
        assert page.page.get_by_text("轻量网页").count() == 0
        assert page.complaints == []


def test_a_past_year_is_not_passed_on_as_today(taken: tuple[Opened, Path]) -> None:
    page, _ = taken
    page.app(
        "async (app) => { const { moment } = app.model; app.model.moment = { year: 2021, day: null }; try { await app.t; document.querySelector(\"button[aria-label='导出所选数据']\").click(); [...document.querySelectorAll('.menu button, [role=menuitem]')].find((b) => b.textContent.includes('轻量网页')).click(); } finally { await new Promise((r) => setTimeout(r, 50)); app.model.moment = moment; } }"
    )
    assert "现状" in " ".join(page.page.locator("[role=status], .notice").all_inner_texts())
