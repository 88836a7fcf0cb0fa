"""Objections: what was accepted is graded again, what was rejected or is open changes nothing, and the difference is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest
from grading_rules import firms, letters, rule

from industrymap import grading
from industrymap.errors import TableError

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "企业名称,数据项,企业主张值,核定值,处理结果,说明\n"


def read(folder: Path, rows: str) -> grading.Objections:
    path = folder / "objections.csv"
    path.write_text(HEAD + rows, encoding="utf-8")
    return grading.read_objections(path)


def start() -> grading.Firms:
    frame = firms(tax_10k_cny=[5.0, 4.0, 3.0, 2.0, 1.0], land_mu=[1.0] * 5)
    return grading.Firms(frame=frame, issues=pd.DataFrame())


def regraded(folder: Path, rows: str) -> tuple[grading.Graded, grading.Graded]:
    after, _ = grading.corrected(start(), read(folder, rows))
    return grading.grade(rule(), start().frame), grading.grade(rule(), after.frame)


def test_an_accepted_value_is_graded_again_and_the_difference_told(tmp_path: Path) -> None:
    before, after = regraded(tmp_path, "厂3,税收,6,6,采纳,完税证明\n")
    assert (letters(before), letters(after)) == ("ABBCD", "BBACD")
    moved = grading.moves(before, after)
    assert moved[["name", "before", "after"]].to_numpy().tolist() == [["厂1", "A", "B"], ["厂3", "B", "A"]]  # fmt: skip
    assert moved["why"].tolist() == ["得分 +0.00，界线变动", "得分 +30.00，主要因tax（+30.00 分）"]


@pytest.mark.parametrize("outcome", ["不采纳", "", "待核"])
def test_what_is_rejected_or_open_changes_nothing(tmp_path: Path, outcome: str) -> None:
    before, after = regraded(tmp_path, f"厂3,税收,6,6,{outcome},\n厂2,用地面积,1,1,采纳,\n")
    assert letters(before) == letters(after)


def test_an_accepted_value_may_have_a_unit_of_its_own(tmp_path: Path) -> None:
    told = read(tmp_path, "厂3,税收,6,60000元,采纳,\n厂2,用地面积,,1公顷,采纳,\n").frame
    assert told["value"].tolist() == pytest.approx([6, 15])


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("厂3,税收,6,见附件,采纳,\n", "the objection of 厂3 is accepted, but '见附件' is no number: nothing is changed"),
        ("厂3,厂房颜色,6,6,采纳,\n", "'厂房颜色' is no figure of the table of inputs: the objection stays open"),
        ("厂3,固定资产折旧,6,6,采纳,\n", "'固定资产折旧' is no figure of the table of inputs: the objection stays open"),
        ("厂3,税收,6,6,再议,\n", "the outcome '再议' should be 采纳 or 不采纳: the objection stays open"),
    ],
)  # fmt: skip
def test_what_cannot_be_carried_out_stays_open_and_is_said(
    tmp_path: Path, row: str, said: str
) -> None:
    told = read(tmp_path, row + "厂2,用地面积,1,1,采纳,\n")
    assert told.frame["outcome"].tolist() == ["open", "accepted"]
    assert said in told.issues["en"].tolist()


def test_two_accepted_values_of_one_figure_are_both_left(tmp_path: Path) -> None:
    after, told = grading.corrected(
        start(), read(tmp_path, "厂3,税收,6,6,采纳,\n厂3,税收,7,7,采纳,\n")
    )
    assert after.frame["tax_10k_cny"].tolist() == start().frame["tax_10k_cny"].tolist()
    assert "objection.twice" in after.issues["rule"].tolist()
    # what was not carried out is not counted as done
    assert told.frame["outcome"].tolist() == ["open", "open"]


def test_an_objection_of_nobody_in_the_base_is_said(tmp_path: Path) -> None:
    after, told = grading.corrected(
        start(), read(tmp_path, "没有的厂,税收,6,6,采纳,\n厂2,税收,4,4,采纳,\n")
    )
    assert told.frame["outcome"].tolist() == ["open", "accepted"]
    assert "inputs.no_firm" in after.issues["rule"].tolist()


def test_a_table_without_outcomes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "objections.csv"
    path.write_text("企业名称,数据项,核定值\n厂3,税收,6\n", encoding="utf-8")
    with pytest.raises(TableError, match="处理结果"):
        grading.read_objections(path)


def test_an_objection_by_a_name_that_two_firms_have_decides_nothing_and_names_both(
    tmp_path: Path,
) -> None:
    twins = start().frame.assign(name=["厂1", "厂2", "厂3", "厂3", "厂5"])
    firms_ = grading.Firms(frame=twins, issues=pd.DataFrame())
    after, told = grading.corrected(firms_, read(tmp_path, "厂3,税收,6,60,采纳,\n"))
    assert after.frame["tax_10k_cny"].tolist() == twins["tax_10k_cny"].tolist()
    assert told.frame["outcome"].tolist() == ["open"]
    assert after.issues["en"].tolist() == [
        "'厂3' may be 2 firms (厂3 E003、厂3 E004): the row is left out; give the credit code or the identifier of the one that is meant"
    ]
