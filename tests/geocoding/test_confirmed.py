"""What a person confirmed lives in the workspace: deleting the outputs loses nothing, and a build says what it took."""

from __future__ import annotations

import csv
import shutil
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from tiny_workspace import tiny_workspace
from webmap_browser import opened

from industrymap.cli import cli
from industrymap.geocoding import review
from industrymap.geocoding.address import address_key

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    from playwright.sync_api import Browser

HEADS = [zh for zh, _ in review.HEADERS.values()]


def sheet(path: Path, *rows: dict[str, str]) -> Path:
    """Write a review file with these cells filled."""
    path.parent.mkdir(exist_ok=True)
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.DictWriter(out, HEADS, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def at(address: str, lon: str = "114.011", lat: str = "26.002", **more: str) -> dict[str, str]:
    return {"地址": address, "确认经度": lon, "确认纬度": lat, "坐标系": "WGS84", **more}


def lons(confirmed: review.Confirmed) -> dict[str, float]:
    return confirmed.places["lon"].to_dict()


def test_the_review_file_goes_before_what_was_kept(tmp_path: Path) -> None:
    kept = sheet(tmp_path / review.KEPT, at("甲路1号"), at("乙路2号"), at("丙路3号"))
    file = sheet(tmp_path / review.NAME, at("甲路1号", lon="114.5"), {"地址": "乙路2号"})
    confirmed, wrong = review.read(file, kept=kept)
    # 甲 is as the file says, 乙 was cleared there, 丙 stands only in what was kept.
    assert lons(confirmed) == {address_key("甲路1号"): 114.5, address_key("丙路3号"): 114.011}
    assert wrong.empty
    alone, _ = review.read(tmp_path / "none.csv", kept=kept)
    assert len(alone.places) == 3


def test_what_is_kept_reads_back_as_it_was_written(tmp_path: Path) -> None:
    file = sheet(tmp_path / review.NAME, at("=1路", 备注="门卫处"), at("乙路2号", lat="北"))
    confirmed, _ = review.read(file)
    review.keep(confirmed.written, tmp_path / review.KEPT)
    again, wrong = review.read(tmp_path / "none.csv", kept=tmp_path / review.KEPT)
    assert again.places.drop(columns=["source", "source_row"]).equals(
        confirmed.places.drop(columns=["source", "source_row"])
    )
    assert wrong["rule"].tolist() == ["review.bad_number"]


def test_a_workbook_beside_the_review_file_is_told(tmp_path: Path) -> None:
    file = sheet(tmp_path / review.NAME)
    file.with_suffix(".xlsx").write_bytes(b"x")
    _, wrong = review.read(file)
    assert wrong["rule"].tolist() == ["review.workbook"]


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workspace built once with three confirmations: one that is used, one without a firm, one of no town."""
    folder = tmp_path_factory.mktemp("confirmed")
    firms = (
        "企业名称,地址,营业收入(万元)\n沙河铸造厂,不知何处1号,2000\n石桥机械厂,不知何处2号,2000\n"
    )
    tiny_workspace(folder, firms)
    sheet(
        folder / "outputs" / review.NAME,
        at("不知何处1号"),
        at("别处9号"),
        {"地址": "不知何处2号", "确认镇街/区": "天外镇"},
    )
    return folder


def build(space: Path) -> str:
    done = CliRunner().invoke(cli, ["--lang", "zh", "build", str(space)])
    assert done.exit_code == 0, done.output
    return done.output


def placed(space: Path) -> pd.Series[str]:
    import pandas as pd

    firms = pd.read_parquet(space / ".industrymap/built/enterprises.parquet")
    return firms.set_index("name")["geocode_source"]


@pytest.fixture(scope="module")
def said(space: Path) -> tuple[str, str]:
    """Build, delete the outputs, build again; return what the two builds said."""
    first = build(space)
    shutil.rmtree(space / "outputs")
    return first, build(space)


def test_deleting_the_outputs_loses_no_confirmation(space: Path, said: tuple[str, str]) -> None:
    first, second = said
    assert "已确认的位置：采用 1 处（企业 1 家），未采用 2 处：" in first
    assert "1 × 此次没有企业在该地址" in first
    assert "1 × 确认的镇街或区不在本市" in first
    assert "已确认的位置：采用 1 处（企业 1 家）" in second
    assert placed(space)["沙河铸造厂"] == "confirmed"
    # and the next review file carries them, to be looked at or cleared
    assert "不知何处1号" in (space / "outputs" / review.NAME).read_text(encoding="utf-8-sig")


@pytest.mark.browser
@pytest.mark.usefixtures("said")
def test_the_page_still_shows_the_firm_where_it_was_confirmed(
    browser: Browser, space: Path
) -> None:
    with opened(browser, space / "outputs/map.html") as page:
        found = page.app(
            """async (app) => { const { columns, points } = app.model.firms; await columns.load(['geocode_source']);
            const row = [0, 1].find((i) => columns.value('geocode_source', i) === 'confirmed');
            return [points.lonLat(row), row < points.exact, await columns.read('name', row)]; }"""
        )
        assert found == [
            [pytest.approx(114.011, abs=1e-5), pytest.approx(26.002, abs=1e-5)],
            True,
            "沙河铸造厂",
        ]
    assert page.complaints == []
