"""industrymap tag, lists and report, as a person calls them."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from industrymap import cli

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result


def call(*args: str) -> Result:
    return CliRunner().invoke(cli.cli, ["--lang", "zh", *args])


def said(*args: str) -> str:
    found = call(*args)
    assert found.exit_code == 0, found.output or found.exception
    return found.output


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "firms.csv"
    path.write_text(
        "企业名称,行业代码,主要产品,营业收入（万元）\n甲汽配有限公司,C3670,汽车线束,1500\n乙贸易有限公司,F51,化妆品,3000\n",
        encoding="gb18030",
    )
    return path


def test_tag_labels_a_table(table: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    assert "有集群标签 1 家" in said("tag", str(table), "--city", "guangzhou", "-o", str(out))
    assert "汽车" in out.read_text(encoding="utf-8-sig")
    said("tag", str(table), "--city", "guangzhou", "-o", str(tmp_path / "out.xlsx"))


def test_tag_explains_a_firm(table: Path) -> None:
    assert "行业代码“3670”" in said("tag", str(table), "--city", "guangzhou", "--explain", "甲汽配")


def test_tag_takes_official_lists_and_strict_fails_on_a_wrong_one(
    table: Path, tmp_path: Path
) -> None:
    names = tmp_path / "list.csv"
    names.write_text("企业名称\n甲汽配有限公司\n没有这家公司\n", encoding="utf-8")
    out = str(tmp_path / "out.csv")
    base = ("tag", str(table), "--city", "guangzhou", "-o", out, "--list")
    assert "没有这家公司" in said(*base, f"tiers:小巨人={names}")
    assert call(*base, f"tiers:超级巨人={names}", "--strict").exit_code == 1


@pytest.mark.parametrize(
    "args",
    [
        ("tag",),
        ("tag", "-o", "x.csv"),
        ("tag", "x.csv", "-o", "y.csv"),
        ("tag", "x.csv", "--city", "guangzhou", "-o", "y.csv", "--list", "高企"),
    ],
)
def test_tag_says_what_is_missing(args: tuple[str, ...]) -> None:
    assert call(*args).exit_code != 0


def test_lists_are_made_kept_and_compared(small_city: Path, tmp_path: Path) -> None:
    place = ("-w", str(shutil.copytree(small_city, tmp_path / "city")))
    first = said("lists", "make", "key", *place, "-o", str(tmp_path), "--date", "2025-12-30")
    assert "首个版本" in first or "新进 0" in first
    assert (tmp_path / "key.xlsx").is_file()
    again = said(
        "lists", "make", "重点企业清单", *place, "-o", str(tmp_path), "--date", "2025-12-31"
    )
    assert "与最新版本相同" in again
    assert "重点企业清单" in said("lists", "show", *place)
    assert "2025-12-30" in said("lists", "versions", "key", *place)
    day = "2025-12-30"
    assert "没有变化" in said("lists", "diff", "key", *place, "--from", day, "--to", day)
    assert call("lists", "make", "kye", *place).exit_code != 0
    assert call("lists", "make", "key", *place, "--date", "yesterday").exit_code != 0


def test_report_writes_page_and_workbook(small_city: Path, tmp_path: Path) -> None:
    said("report", "-w", str(small_city), "-o", str(tmp_path))
    assert {path.name for path in tmp_path.iterdir()} == {"stocktake.html", "stocktake.xlsx"}
