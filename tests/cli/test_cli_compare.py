"""``industrymap compare``: the city's own value where none is published, reports, and sentences for what cannot be compared."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner

import industrymap as im
from industrymap.cli import cli
from industrymap.errors import IndustryMapError

if TYPE_CHECKING:
    from pathlib import Path

SET = """set_id = "own"
source = "本局"
[title]
zh = "自定"
en = "Own"
[[group]]
id = "core"
zh = "核心"
en = "Core"
[[indicator]]
id = "revenue"
zh = "营业收入"
en = "Revenue"
unit = "亿元"
formula = "sum(revenue_10k_cny) / 10000"
"""
PEERS = "城市,指标,时期,数值,单位,口径,来源\n甲州市,营业收入,{year},9,亿元,,公报甲\n乙州市,营业收入,{year},0.0001,亿元,,公报乙\n丙州市,营业收入,{year},7,亿元,,\n"


@pytest.fixture(scope="module")
def space(small_city: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("compare") / "city"
    shutil.copytree(small_city, folder)
    (folder / "indicators").mkdir()
    (folder / "indicators" / "own.toml").write_text(SET, encoding="utf-8")
    im.series_from_base(folder, who="统计科")
    year = int(im.layer(folder, "enterprises")["year"].max())
    (folder / "peers.csv").write_text(PEERS.format(year=year), encoding="gb18030")
    return folder


def run(space: Path, *words: str, lang: str = "zh") -> str:
    done = CliRunner().invoke(cli, ["--lang", lang, "compare", *words, "-w", str(space)])
    assert done.exit_code == 0, done.output
    return done.output


def test_the_city_s_own_value_is_that_of_its_base_and_says_so(space: Path) -> None:
    firms = pd.DataFrame(im.layer(space, "enterprises"))
    latest = firms[firms["year"] == firms["year"].max()]
    done = im.compare_cities(space, im.CityOptions(indicator="revenue", set_id="own"))
    own = done.compared[0].table.set_index("city").loc[done.own]
    assert own["value"] == pytest.approx(latest["revenue_10k_cny"].sum() / 10000)
    assert own["mark"] == "computed"
    assert "本库计算" in run(space, "营业收入", "--set", "own")


def test_a_figure_without_a_source_is_left_out_and_named(space: Path) -> None:
    said = run(space, "营业收入")
    assert "丙州市 营业收入" in said.split("未采用的数 1 个")[1]
    assert "peers.csv 第 4 行" in said


def test_a_city_that_published_nothing_is_told_where_to_put_it(space: Path) -> None:
    assert "云麓没有公布的数" in run(space, "营业收入")


def test_reports_open_and_hold_the_ranks(space: Path, tmp_path: Path) -> None:
    run(space, "营业收入", "--set", "own", "-o", str(tmp_path / "c.xlsx"))
    run(space, "营业收入", "--set", "own", "-o", str(tmp_path / "c.html"), lang="en")
    cells = {str(c.value) for s in openpyxl.load_workbook(tmp_path / "c.xlsx") for r in s for c in r}  # fmt: skip
    assert {"甲州", "云麓", "公报甲"} <= cells
    assert "computed here" in (tmp_path / "c.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("营业收如",), "营业收入"),
        (("营业收入", "--with", "丁州"), "没有可比的数"),
        (("营业收入", "--base", "2001"), "基期 2001"),
        (("营业收入", "-o", "x.pdf"), ".html 或 .xlsx"),
        (("营业收入", "--set", "owm"), "own"),
    ],
)
def test_what_cannot_be_compared_is_one_sentence(
    space: Path, words: tuple[str, ...], said: str
) -> None:
    done = CliRunner().invoke(cli, ["compare", *words, "-w", str(space)])
    assert isinstance(done.exception, IndustryMapError)
    assert said in done.exception.zh
    assert done.output == ""
