"""Enterprise lists: who, why, which version, what changed."""

from __future__ import annotations

import io
from datetime import date
from typing import TYPE_CHECKING, Any

import openpyxl
import pandas as pd
import pytest

from industrymap import citypack, export, lists
from industrymap.errors import ConfigError, RuleError

if TYPE_CHECKING:
    from pathlib import Path

DAY = date(2025, 12, 31)


def frame(**changed: list[Any]) -> pd.DataFrame:
    columns: dict[str, list[Any]] = {
        "enterprise_id": ["a", "b", "c", "d"],
        "name": ["甲", "乙", "丙", "丁"],
        "revenue_10k_cny": [60000.0, 1700.0, 900.0, None],
        "rd_10k_cny": [3000.0, 10.0, None, None],
        "tiers": ["高新技术企业", None, None, None],
        "cluster": ["汽车", "汽车", "新材料", None],
        "district": ["东区", "东区", "西区", None],
        "in_base": [True, True, False, False],
    } | changed
    out = pd.DataFrame(columns)
    for name in ("tax_10k_cny", "staff"):
        out[name] = pd.array([1.0] * 4, dtype="Float64")
    for name in (
        "uscc",
        "town",
        "industry_code",
        "size_class",
        "operating_address",
        "registered_address",
        "address",
        "geocode_level",
    ):
        out[name] = pd.array(["x"] * 4, dtype="string")
    out["uscc_status"] = pd.array(["valid", "valid", "valid", "missing"], dtype="string")
    out["above_scale"] = (
        (out["revenue_10k_cny"] >= 2000).astype("boolean").mask(out["revenue_10k_cny"].isna())
    )
    out["in_base"] = out["in_base"].astype("boolean")
    out["year"] = pd.array([2025] * 4, dtype="Int64")
    for name in ("revenue_10k_cny", "rd_10k_cny"):
        out[name] = out[name].astype("Float64")
    return out.astype(
        dict.fromkeys(("enterprise_id", "name", "tiers", "cluster", "district"), "string")
    )


def years() -> pd.DataFrame:
    table = pd.DataFrame(
        {"enterprise_id": ["a", "b"], "year": [2024, 2024], "revenue_10k_cny": [50000.0, 0.0]}
    )
    return table.astype({"enterprise_id": "string", "year": "Int64", "revenue_10k_cny": "Float64"})


def made(list_id: str, **changed: list[Any]) -> lists.Listing:
    rules = lists.load(citypack.load("guangzhou"))
    return lists.make(rules[list_id], lists.prepare(frame(**changed), years=years()), on=DAY)


def rule(text: str) -> lists.ListRule:
    from industrymap.lists._rules import parse

    return next(iter(parse(text).values()))


def test_growth_and_rd_share_are_known_only_where_their_parts_are() -> None:
    found = lists.prepare(frame(), years=years())
    assert found["growth"].tolist()[0] == pytest.approx(0.2)
    assert found["growth"].isna().tolist() == [False, True, True, True]
    assert found["rd_share"].tolist()[0] == pytest.approx(0.05)


def test_every_firm_has_its_reasons() -> None:
    key = made("key").frame
    assert key["enterprise_id"].tolist() == ["a", "b"]
    assert key["reason"].tolist()[0] == "年营业收入5亿元以上（制造业骨干）；所在集群营业收入前10名"
    assert key["reason_en"].tolist()[1] == "among the ten largest of its cluster"


def test_the_pool_near_the_line_and_the_overlap() -> None:
    assert made("raise_to_scale").frame["enterprise_id"].tolist() == ["b"]
    assert made("near_line").frame["enterprise_id"].tolist() == ["c"]
    assert made("double_upgrade").frame["enterprise_id"].tolist() == ["a"]


def test_work_packs_say_what_to_verify() -> None:
    packs = made("work_packs").frame.set_index("enterprise_id")
    assert packs.loc["d", "to_check"] == "统一社会信用代码、营业收入"
    assert "a" not in packs.index


def test_the_same_list_has_the_same_hash_and_rows_in_any_order() -> None:
    one = made("key")
    rules = lists.load(citypack.load("guangzhou"))
    other = lists.make(
        rules["key"], lists.prepare(frame().iloc[::-1], years=years()), on=date(2026, 1, 1)
    )
    assert one.sha256 == other.sha256


def test_a_version_is_kept_only_when_something_changed(tmp_path: Path) -> None:
    first, new = lists.save(made("key"), tmp_path)
    assert new
    assert lists.save(made("key"), tmp_path) == (first, False)
    second, new = lists.save(made("key", revenue_10k_cny=[70000.0, 1700.0, 900.0, None]), tmp_path)
    assert new
    assert [v.path.name for v in lists.versions(tmp_path, "key")] == [
        f"2025-12-31.01.{first.sha256}.csv", f"2025-12-31.02.{second.sha256}.csv",
    ]  # fmt: skip
    assert lists.latest(tmp_path, "key") == second


def test_what_changed_since_the_last_version(tmp_path: Path) -> None:
    lists.save(made("key"), tmp_path)
    now = made(
        "key", revenue_10k_cny=[70000.0, None, 55000.0, None], in_base=[True, False, True, False]
    )
    last = lists.latest(tmp_path, "key")
    assert last is not None
    changes = lists.diff(last.frame(), now.frame)
    told = {(c, i) for c, i in zip(changes["change"], changes["enterprise_id"], strict=True)}
    assert told == {("entered", "c"), ("left", "b"), ("changed", "a")}
    row = changes[changes["column"] == "revenue_10k_cny"].iloc[0]
    assert (row["before"], row["after"]) == ("60000", "70000")


def test_a_firm_that_shrank_has_not_changed_when_its_version_is_read_back(tmp_path: Path) -> None:
    shrank = {"revenue_10k_cny": [40000.0, 1700.0, 900.0, None]}
    version, _ = lists.save(made("key", **shrank), tmp_path)
    assert "-0.2" in version.path.read_text(encoding="utf-8-sig")
    assert lists.diff(version.frame(), made("key", **shrank).frame).empty


def test_nothing_changed_is_an_empty_table(tmp_path: Path) -> None:
    version, _ = lists.save(made("key"), tmp_path)
    assert lists.diff(version.frame(), made("key").frame).empty


def test_an_unknown_version_names_the_known_ones(tmp_path: Path) -> None:
    lists.save(made("key"), tmp_path)
    assert lists.find(tmp_path, "key", "2025-12-31").on == DAY
    with pytest.raises(ConfigError, match="2025-12-31"):
        lists.find(tmp_path, "key", "2024-01-01")


def test_cells_that_a_spreadsheet_would_run_are_neutralised(tmp_path: Path) -> None:
    version, _ = lists.save(made("key", name=["=cmd()", "乙", "丙", "丁"]), tmp_path)
    assert "'=cmd()" in version.path.read_text(encoding="utf-8-sig")


def test_the_workbook_has_reasons_numbers_and_the_mark_of_simulated_data() -> None:
    data = lists.workbook(made("key"), meta=export.Meta(simulated=True))
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book.worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][0] == "重点企业清单"
    assert "in_base" in rows[1][0]
    assert "2 家（对 4 家企业逐一判断）" in rows[1][0]
    assert "名单日期：2025-12-31" in rows[2][0]
    assert "本项目建议，非官方标准" in rows[2][0]
    assert "模拟数据" in rows[3][0]
    head = rows[4]
    assert (head[0], head[-1]) == ("序号", "入列理由")
    assert rows[5][head.index("营业收入（万元）")] == 60000
    assert rows[5][head.index("增长率（%）")] == 20
    assert sheet.freeze_panes == "B6"
    assert sheet.auto_filter.ref.startswith("A5:")
    assert sheet.print_title_rows == "$5:$5"
    assert "模拟数据" in sheet.title
    assert data == lists.workbook(made("key"), meta=export.Meta(simulated=True))
    book.close()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_overlap_of_the_two_programmes_says_everywhere_that_it_is_no_official_standard(
    lang: str,
) -> None:
    listing = made("double_upgrade")
    assert not listing.rule.official
    assert "系本项目的理解" in listing.rule.source
    book = openpyxl.load_workbook(io.BytesIO(lists.workbook(listing, lang=lang)))
    words = "非官方标准" if lang == "zh" else "a proposal, not official"
    for sheet in book.worksheets:
        text = "".join(str(v) for row in sheet.iter_rows(values_only=True) for v in row if v)
        assert words in text
    book.close()


def test_work_packs_have_a_sheet_per_district() -> None:
    data = lists.workbook(made("work_packs", uscc_status=["missing"] * 4))
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book.sheetnames[:1] == ["未知"]
    book.close()


def test_a_workspaces_list_wins_over_the_packs(tmp_path: Path) -> None:
    (tmp_path / "lists.toml").write_text(
        '[[list]]\nid = "key"\nzh = "我的清单"\nwhere = "in_base"\n', encoding="utf-8"
    )
    rules = lists.load(citypack.load("sample"), folder=tmp_path)
    assert rules["key"].zh == "我的清单"
    assert "near_line" in rules


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[list]]\nid = "a"\nzh = "甲"\nwhere = "in_base"\nsorted = ["x"]\n', "sorted"),
        ('[[list]]\nid = "a"\nzh = "甲"\n', "where is missing"),
        ('[[list]]\nid = "a"\nzh = "甲"\nwhere = "nonsense > 1"\n', "nonsense"),
        (
            '[[list]]\nid = "a"\nzh = "甲"\nwhere = "in_base"\nany = [{ zh = "x" }]\n',
            "any.1..where is missing",
        ),
        (
            '[[list]]\nid = "a"\nzh = "甲"\nwhere = "in_base"\ntop = [{ n = 1 }]\n',
            "top.1..per is missing",
        ),
        ('[[list]]\nid = "a"\nzh = "甲"\nwhere = "in_base"\n' * 2, "twice"),
        ("[[list]\n", "not valid TOML"),
    ],
)
def test_wrong_list_files_are_named(text: str, said: str) -> None:
    with pytest.raises(RuleError, match=said):
        rule(text)


def test_a_column_the_base_lacks_is_named() -> None:
    wrong = rule('[[list]]\nid = "a"\nzh = "甲"\nwhere = "in_base"\nfields = ["nmae"]\n')
    with pytest.raises(RuleError, match="nearest: name"):
        lists.make(wrong, lists.prepare(frame()), on=DAY)
