"""The sample graded: equal to truth, every ungraded firm with its reason, one firm recomputed by hand, the workbooks."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import openpyxl
import pandas as pd
import pytest
from grading_inputs import truth, write

from industrymap import citypack, grading, pipeline, publishing
from industrymap.cli import main
from industrymap.cli._grade_sheets import book, notice_book, parts_of
from industrymap.errors import ConfigError, RuleError
from industrymap.export import Meta

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def known(small_city: Path) -> pd.DataFrame:
    return truth(small_city)


@pytest.fixture(scope="module")
def inputs(known: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(known, tmp_path_factory.mktemp("inputs") / "要素.csv")


@pytest.fixture(scope="module")
def huangyan(small_city: Path, inputs: Path) -> pipeline.Grades:
    return pipeline.grade_firms(
        small_city, pipeline.GradeOptions(rule="huangyan-2022", year=2025, inputs=(inputs,))
    )


RULES = ["huangyan-2022", "huaian-2024", "anhui", "shandong-2019", "guangzhou-proposal"]

Years = tuple[pd.DataFrame, pd.DataFrame]


@pytest.fixture(scope="module")
def from_table(small_city: Path, inputs: Path) -> Years:
    """Return the firms of 2024 and 2025 as the dirty table gives them."""
    read = grading.read([inputs], year=2025)
    firms, years = (pd.DataFrame(pipeline.layer(small_city, n)) for n in ("enterprises", "years"))
    old, new = (
        grading.used_land(grading.of_year(read, firms, years, y)).frame for y in (2024, 2025)
    )
    return old, new


@pytest.fixture(scope="module")
def from_truth(small_city: Path, known: pd.DataFrame) -> Years:
    return by_hand(small_city, known, 2024), by_hand(small_city, known, 2025)


@pytest.fixture(scope="module")
def rules() -> dict[str, grading.Rule]:
    return grading.known(citypack.load("guangzhou").folders)


def by_hand(folder: Path, known: pd.DataFrame, year: int) -> pd.DataFrame:
    """Return the firms with the truth of a year, put together without any reader."""
    firms = pd.DataFrame(pipeline.layer(folder, "enterprises").drop(columns="geometry"))
    figures = pd.DataFrame(pipeline.layer(folder, "years"))
    figures = figures[figures["year"] == year].set_index("enterprise_id")
    for name in ("revenue_10k_cny", "tax_10k_cny", "staff"):
        firms[name] = firms["enterprise_id"].map(figures[name]).astype("Float64")
    own = known[known["year"] == year].set_index("uscc").drop(columns="year")
    rd = firms["enterprise_id"].map(figures["rd_10k_cny"]).astype("Float64")
    for name in own:
        firms[name] = firms["uscc"].map(own[name]).astype("Float64")
    firms["rd_10k_cny"] = firms["rd_10k_cny"].fillna(rd)
    end = pd.Timestamp(year, 12, 31)
    division = firms["industry_code"].str.slice(0, 2)
    return firms.assign(
        used_land_mu=firms["land_mu"],
        age_years=((end - firms["established_on"]).dt.days / 365.25).astype("Float64"),
        industry_division=division,
        industrial=division.between("06", "46").astype("boolean"),
    )


@pytest.mark.parametrize("id_", RULES)
def test_the_sample_read_from_a_dirty_table_is_graded_as_the_truth_is(
    id_: str, rules: dict[str, grading.Rule], from_table: Years, from_truth: Years
) -> None:
    done, expected = (
        grading.grade(rules[id_], now, previous=past).table()
        for past, now in (from_table, from_truth)
    )
    assert done["letter"].fillna("-").tolist() == expected["letter"].fillna("-").tolist()
    assert np.allclose(done["score"].astype(float), expected["score"].astype(float), equal_nan=True, atol=2e-4)  # fmt: skip
    assert done["score"].notna().sum() > 200


def test_every_ungraded_firm_has_its_reason(huangyan: pipeline.Grades) -> None:
    left = huangyan.table[huangyan.table["score"].isna()]
    assert len(left) > 0
    assert left["reason"].str.len().min() > 0


def test_letters_add_up_to_the_shares_of_the_rule(huangyan: pipeline.Grades) -> None:
    for part in huangyan.graded.scopes:
        size = len(part.rows)
        counts = [int((part.letters <= n).sum()) for n in range(3)]
        # ties may leave places free, never take more
        assert counts[0] <= 0.2 * size
        assert counts[2] <= 0.95 * size
        assert counts[0] >= 0.2 * size - 3


def test_a_firms_explanation_recomputes_its_score_by_hand(huangyan: pipeline.Grades) -> None:
    part = huangyan.graded.scopes[0]
    for n in (0, len(part.rows) // 2):
        lines = parts_of(huangyan, int(part.rows[n]), lang="en")
        items = lines[lines["Weight"].notna()]
        ratio = (items["Value"] / items["Benchmark"]).fillna(0).clip(lower=0)
        total = lines["Points"].iloc[-1]
        assert (ratio * items["Weight"]).sum() == pytest.approx(total, abs=1e-3)


def test_areas_are_ratios_of_sums_of_their_firms(huangyan: pipeline.Grades) -> None:
    part = huangyan.graded.scopes[0]
    table = grading.areas(huangyan.graded, "above", "district").set_index("area")
    firms = huangyan.graded.firms.iloc[part.rows]
    area = table["known.tax_per_mu"].idxmax()
    one = firms[(firms["district"] == area) & firms["tax_10k_cny"].notna() & (firms["used_land_mu"] > 0)]  # fmt: skip
    value = one["tax_10k_cny"].sum() / one["used_land_mu"].sum()
    assert table.loc[area, "value.tax_per_mu"] == pytest.approx(value)
    assert table["firms"].sum() == firms["district"].notna().sum()
    letters = table[["letter.A", "letter.B", "letter.C", "letter.D"]].sum(axis=1)
    assert (letters == table["firms"]).all()


def test_who_moved_is_named_with_a_reason(
    rules: dict[str, grading.Rule], from_table: Years
) -> None:
    before, after = (grading.grade(rules["anhui"], frame) for frame in from_table)
    moved = grading.moves(before, after)
    letters = after.table().set_index("enterprise_id")["letter"]
    both = moved[moved["score_before"].notna() & moved["score_after"].notna()]
    assert len(both) > 0
    assert (both["before"] != both["after"]).all()
    assert (letters[both["enterprise_id"]].to_numpy() == both["after"].to_numpy()).all()
    assert moved["why"].str.len().min() > 0


def test_nobody_moved_between_a_grading_and_itself(huangyan: pipeline.Grades) -> None:
    assert grading.moves(huangyan.graded, huangyan.graded).empty


def test_the_list_for_publicity_holds_letters_and_no_figure(huangyan: pipeline.Grades) -> None:
    rule = replace(huangyan.rule, publishes_letters=True, objection_days=7, official=False)
    done = replace(huangyan, rule=rule)
    sheet = openpyxl.load_workbook(
        io.BytesIO(notice_book(done, lang="zh", meta=Meta(title="x")))
    ).worksheets[0]
    rows = [[c.value for c in row] for row in sheet.iter_rows()]
    assert rows[4] == ["序号", "企业名称", "统一社会信用代码", "所属区", "评价范围", "类别"]
    assert {row[5] for row in rows[5:]} <= {"A", "B", "C", "D"}
    assert "建议稿，非官方" in rows[0][0]
    assert rows[2][0] == "公示期：7 天，期内可书面提出异议"


def test_letters_are_not_published_where_the_rule_does_not_say_so(
    huangyan: pipeline.Grades,
) -> None:
    with pytest.raises(ConfigError, match="does not say that letters are made public"):
        huangyan.notice()


def test_what_may_be_published_of_a_grade_is_the_letter() -> None:
    assert list(publishing.fields("grades")) == ["name", "uscc", "district", "scope", "letter"]


def test_the_workbook_has_every_sheet_and_says_what_is_proposed(huangyan: pipeline.Grades) -> None:
    made = book(huangyan, lang="zh", meta=Meta(title="x"), by="district")
    opened = openpyxl.load_workbook(io.BytesIO(made), read_only=True)
    assert opened.sheetnames[:-1] == [
        "汇总", "评分", "指标 规上企业", "区域 规上企业", "指标 规下企业", "区域 规下企业", "未评价", "数据问题",
    ]  # fmt: skip
    head = [row[0] for row in opened["评分"].iter_rows(max_row=3, max_col=1, values_only=True)]
    assert head[1] == "内部使用：含企业数据，不得公布"
    assert "规上企业：A 类界线" in head[2]


def test_a_firm_that_is_not_there_is_refused(huangyan: pipeline.Grades) -> None:
    with pytest.raises(RuleError, match="0 firms are called '没有的厂'"):
        huangyan.firm("没有的厂")


def test_the_command_lists_rules_and_asks_for_a_year(
    small_city: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["--lang", "zh", "grade", "-w", str(small_city)])
    assert "淮安 2024" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(["--lang", "zh", "grade", "anhui", "-w", str(small_city)])
    assert "请用 --year 写明年份" in capsys.readouterr().err


def test_the_command_grades_and_writes(
    small_city: Path, inputs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "g.xlsx"
    words = [
        "grade",
        "anhui",
        "--year",
        "2025",
        "--inputs",
        str(inputs),
        "--draws",
        "0",
        "--by",
        "district",
        "-o",
        str(out),
    ]
    with pytest.raises(SystemExit) as ended:
        main(["--lang", "en", *words, "-w", str(small_city)])
    printed = capsys.readouterr().out
    assert ended.value.code == 0
    assert "Proposed, not official: above scale: benchmark of tax per mu" in printed
    assert "not graded" in printed
    assert out.exists()
