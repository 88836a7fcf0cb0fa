"""``industrymap indicators values`` on the screen and as a workbook, from a built workspace and its running database."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import openpyxl
import pandas as pd
import pytest

import industrymap as im
from industrymap.cli import main
from industrymap.errors import IndicatorError

if TYPE_CHECKING:
    from pathlib import Path

OWN = """set_id = "own"
source = "own"
[title]
zh = "自定"
en = "Our own"
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
[[indicator]]
id = "rich"
zh = "高新企业数"
en = "High-tech firms"
unit = "家"
formula = "count(where hightech = yes)"
[[indicator]]
id = "energy"
zh = "能耗"
en = "Energy"
unit = "吨标准煤"
formula = "sum(energy_tce)"
"""


@pytest.fixture(scope="module")
def space(small_city: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("values") / "city"
    shutil.copytree(small_city, folder)
    (folder / "indicators").mkdir()
    (folder / "indicators" / "own.toml").write_text(OWN, encoding="utf-8")
    assert im.series_from_base(folder, who="统计科").added > 0
    assert im.series_from_base(folder, who="统计科").vintage is None
    return folder


def said(capsys: pytest.CaptureFixture[str], *args: object) -> str:
    with pytest.raises(SystemExit) as stop:
        main([str(a) for a in args])
    assert stop.value.code in (None, 0)
    return capsys.readouterr().out


def test_the_districts_figures_are_the_sums_of_the_base_by_district(space: Path) -> None:
    firms = pd.DataFrame(im.layer(space, "enterprises"))
    year = int(firms["year"].max())
    firms = firms[firms["year"] == year]
    done = im.indicator_values(space, "own", im.IndicatorOptions(periods=[str(year)]))
    table = done.figures.table
    revenue = table[table["indicator"] == "revenue"].set_index("unit")["value"].astype(float)
    truth = firms.groupby("district_code")["revenue_10k_cny"].sum() / 10000
    assert revenue[truth.index].to_numpy() == pytest.approx(truth.astype(float).to_numpy())
    tags = im.layer(space, "tags")
    high = set(tags.loc[tags["label_id"].astype(str) == "hightech", "enterprise_id"])
    # a firm of which no figure is known is not counted
    figures = ["revenue_10k_cny", "output_10k_cny", "tax_10k_cny", "rd_10k_cny", "staff"]
    seen = firms[firms[figures].notna().any(axis=1)]
    counted = seen[seen["enterprise_id"].isin(high)].groupby("district_code").size()
    rich = table[table["indicator"] == "rich"].set_index("unit")["value"].astype(float)
    assert rich[counted.index].tolist() == counted.tolist()


def test_the_screen_says_the_basis_the_coverage_and_what_is_missing(
    space: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = said(capsys, "--lang", "zh", "indicators", "values", "own", "-w", space)
    assert "企业逐家汇总" in out
    assert "最低覆盖" in out
    assert "综合能源消费量（energy_tce）" in out


@pytest.mark.parametrize("level", ["city", "town", "park", "block", "cluster"])
def test_every_level_is_computed(level: str, space: Path) -> None:
    done = im.indicator_values(space, "own", im.IndicatorOptions(level=level))
    values = done.figures.table.query("indicator == 'revenue'")["value"]
    assert values.notna().any()
    assert len(values) == len(done.units.names)


def test_the_workbook_has_values_what_they_are_made_of_and_what_is_missing(
    space: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said(
        capsys,
        "--lang",
        "zh",
        "indicators",
        "values",
        "own",
        "-w",
        space,
        "-o",
        tmp_path / "v.xlsx",
    )
    book = openpyxl.load_workbook(tmp_path / "v.xlsx")
    text = {s.title: [c for row in s.iter_rows(values_only=True) for c in row if c] for s in book}
    names = "".join(text)
    assert all(word in names for word in ("指标值", "来历", "缺数据", "说明", "模拟"))
    assert "营业收入（亿元）" in next(v for k, v in text.items() if "指标值" in k)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (im.IndicatorOptions(level="distric"), "district"),
        (im.IndicatorOptions(basis="both"), "firms"),
        (im.IndicatorOptions(as_of=0), "holds no figure"),
    ],
)
def test_what_cannot_be_computed_is_one_sentence(
    options: im.IndicatorOptions, words: str, space: Path
) -> None:
    with pytest.raises(IndicatorError, match=words):
        im.indicator_values(space, "own", options)
