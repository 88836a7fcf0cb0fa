"""The stock-take: figures with n and coverage, a page without scripts, a workbook with numbers."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING

import openpyxl
import pandas as pd
import pytest

from industrymap import citypack, pipeline, report, workspace

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

HOSTILE = "<script>alert(1)</script>{{7*7}}"


def taken(folder: Path, **columns: str) -> report.StockTake:
    space = workspace.load(folder)
    firms = pipeline.layer(space, "enterprises").copy()
    for name, value in columns.items():
        firms[name] = pd.array([value] * len(firms), dtype="string")
    issues = pd.read_csv(space.outputs / "issues.csv", dtype="string", encoding="utf-8-sig")
    return report.stocktake(
        firms, tags=pipeline.layer(space, "tags"), years=pipeline.layer(space, "years"), issues=issues,
        pack=citypack.load(space.city), year=2025, data_date=space.data_date, simulated=space.simulated, producer=HOSTILE,
    )  # fmt: skip


@pytest.mark.parametrize(("n", "share"), [(1, 0.5), (2, 0.8), (9, 1.0)])
def test_concentration_is_the_share_of_the_largest(n: int, share: float) -> None:
    values = pd.Series([10.0, 50.0, 30.0, 10.0, None], dtype="Float64")
    assert report.largest_share(values, n=n) == pytest.approx(share)


def test_revenue_hhi_is_1_for_one_firm_and_unknown_for_none() -> None:
    assert report.revenue_hhi(pd.Series([3.0])) == pytest.approx(1)
    assert report.revenue_hhi(pd.Series([None], dtype="Float64")) is None
    assert report.largest_share(pd.Series([0.0]), n=4) is None


def test_location_quotients_weigh_to_one() -> None:
    place, kind = pd.Series(list("AABBC")), pd.Series(list("xyxyx"))
    value = pd.Series([3.0, 1.0, 1.0, 3.0, 2.0])
    found = report.location_quotient(value, place=place, kind=kind)
    weight = value.groupby(place).sum() / value.sum()
    assert (found.mul(weight, axis=0)).sum().tolist() == pytest.approx([1, 1])
    assert found.loc["C", "y"] == 0


def test_every_figure_has_its_n_and_coverage(small_city: Path) -> None:
    made = taken(small_city)
    firms = pipeline.layer(workspace.load(small_city), "enterprises")
    by_name = {figure.en: figure for figure in made.figures}
    assert by_name["In the base"].value == int(firms["in_base"].sum())
    assert by_name["In the base"].n == int(firms["revenue_10k_cny"].notna().sum())
    assert all(figure.coverage is not None for figure in made.figures)
    assert all(grid.note_zh for section in made.sections for grid in section.grids)


def test_clusters_count_each_firm_once(small_city: Path) -> None:
    made = taken(small_city)
    grid = next(s for s in made.sections if s.id == "clusters").grids[0]
    tops = [row for row in grid.rows if not row[0][0].startswith("　")]
    firms = pipeline.layer(workspace.load(small_city), "enterprises")
    inside = firms[firms["in_base"].fillna(value=False)]
    assert sum(row[1] for row in tops) == int(inside["cluster"].notna().sum())
    assert next(row for row in tops if row[0][0] == "汽车")[6] == 6000


def test_every_chapter_is_there(small_city: Path) -> None:
    assert [section.id for section in taken(small_city).sections] == [
        "structure", "districts", "industries", "clusters", "concentration", "quotients", "movement", "completeness",
        "coverage", "identity", "places", "problems",
    ]  # fmt: skip


def test_long_tables_are_whole_on_the_page(small_city: Path) -> None:
    """A closed drawer prints as one line: long tables scroll in a box on screen and are whole on paper."""
    made = taken(small_city)
    page = report.html(made).decode()
    assert "<details" not in page
    assert 'class="grid long"' in page
    rows = sum(max(1, len(grid.rows)) for section in made.sections for grid in section.grids)
    assert page.count("<tr>") == rows + sum(len(section.grids) for section in made.sections)


def test_coverage_is_told_by_district_and_by_cluster(small_city: Path) -> None:
    made = taken(small_city)
    section = next(s for s in made.sections if s.id == "coverage")
    firms = pipeline.layer(workspace.load(small_city), "enterprises")
    assert [grid.columns[0].zh for grid in section.grids] == ["区", "集群"]
    for grid in section.grids:
        assert sum(row[1] for row in grid.rows) == len(firms)
        place = [c.zh for c in grid.columns].index("从业人员")
        known = sum(row[place] * row[1] for row in grid.rows)
        assert known == pytest.approx(int(firms["staff"].notna().sum()))


def test_the_report_says_which_firms_have_no_size_class_and_why(small_city: Path) -> None:
    made = taken(small_city)
    grid = next(s for s in made.sections if s.id == "structure").grids[1]
    firms = pipeline.layer(workspace.load(small_city), "enterprises")
    numbers = [int(n.replace(",", "")) for n in re.findall(r"([\d,]+) 家", grid.note_zh)]
    assert sum(numbers[-2:]) == int(firms["size_class"].isna().sum())
    assert "工业以外行业" in grid.note_zh
    issues = pd.read_csv(small_city / "outputs/issues.csv", dtype="string", encoding="utf-8-sig")
    assert {"size.other_industry", "size.incomplete"} <= set(issues["rule"])


def test_english_pages_name_divisions_in_english(small_city: Path) -> None:
    page = report.html(taken(small_city), lang="en").decode()
    assert "36 Manufacture of automobiles" in page
    assert "汽车制造业" not in page


def test_the_page_escapes_every_text_and_holds_no_script(small_city: Path) -> None:
    page = report.html(taken(small_city, name=HOSTILE, district=HOSTILE)).decode()
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}" in page
    assert not re.search(r"\son\w+=|\sstyle=|javascript:|https?://", page)
    assert "default-src 'none'" in page
    assert "模拟数据" in page


def test_the_same_build_gives_the_same_page_and_workbook(small_city: Path) -> None:
    made = taken(small_city)
    assert report.html(made) == report.html(made)
    assert report.workbook(made) == report.workbook(made)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_workbook_opens_with_numbers_as_numbers(small_city: Path, lang: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(report.workbook(taken(small_city), lang=lang)))
    assert len(book.sheetnames) >= 12
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert "2025" in rows[1][0]
    assert ("模拟数据" if lang == "zh" else "Simulated") in rows[2][0]
    assert len(rows) == 12
    assert all(isinstance(row[1], int | float) for row in rows[4:])
    assert all(0 <= row[4] <= 1 for row in rows[4:])
    book.close()


def test_the_workbook_draws_the_charts_of_the_page(small_city: Path) -> None:
    made = taken(small_city)
    with zipfile.ZipFile(io.BytesIO(report.workbook(made))) as book:
        charts = [name for name in book.namelist() if name.startswith("xl/charts/chart")]
    assert len(charts) == sum(bool(c.bars) for section in made.sections for c in section.charts)


def test_a_base_without_places_leaves_their_chapters_out(small_city: Path) -> None:
    space = workspace.load(small_city)
    firms = pd.DataFrame(
        pipeline.layer(space, "enterprises").drop(columns=["geometry", "geocode_level", "district"])
    )
    made = report.stocktake(
        firms, tags=pipeline.layer(space, "tags"), years=pipeline.layer(space, "years").head(0),
        issues=pd.DataFrame({"rule": [], "level": [], "zh": [], "en": []}, dtype="string"), pack=citypack.load("sample"),
    )  # fmt: skip
    assert not {"places", "districts", "quotients", "movement"} & {
        section.id for section in made.sections
    }


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_opens_quietly_and_fits_its_screen(
    small_city: Path, tmp_path: Path, browser: Browser, width: int
) -> None:
    path = tmp_path / "stocktake.html"
    path.write_bytes(report.html(taken(small_city, name=HOSTILE)))
    page = browser.new_page(viewport={"width": width, "height": 900})
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on(
        "request",
        lambda request: said.append(request.url) if not request.url.startswith("file:") else None,
    )
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.goto(path.as_uri())
    assert said == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("svg.chart > title").count() >= 7
    page.close()
