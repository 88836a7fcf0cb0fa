"""Figures over time on the command line: read, shown, revised, compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from industrymap import jobs
from industrymap.cli import cli
from industrymap.cli.series import _say_added
from industrymap.errors import SeriesError
from industrymap.series import Appended

if TYPE_CHECKING:
    from pathlib import Path

LAST = "2024年1—3月\n地区,工业总产值（亿元）\n天河区,1\n番禺区,2\n"
THIS = "2025年1—3月\n地区,工业总产值（亿元）\n天河区,1.1\n番禺区,20.5\n"


def run(folder: Path, *words: str) -> str:
    done = CliRunner().invoke(cli, ["--lang", "zh", "series", *words, "-w", str(folder)])
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture
def city(tmp_path: Path) -> Path:
    (tmp_path / "industrymap.toml").write_text(
        '[workspace]\ntitle = "样例"\ncity = "guangzhou"\n', encoding="utf-8"
    )
    (tmp_path / "a.csv").write_text(LAST, encoding="utf-8")
    (tmp_path / "b.csv").write_text(THIS, encoding="gb18030")
    return tmp_path


def test_tables_are_read_shown_and_doubted(city: Path) -> None:
    assert "2 个数" in run(city, "import", str(city / "a.csv"))
    said = run(city, "import", str(city / "b.csv"), "--who", "统计科")
    assert (
        "番禺区 的工业总产值（2025Q1）为 205,000" in said
    )  # ten times last year: a slip of the unit
    assert "天河区 的" not in said
    shown = run(city, "show", "output_10k_cny", "--entity", "天河区")
    assert "10%" in shown
    assert "番禺区" not in shown


def test_the_same_file_again_changes_nothing(city: Path) -> None:
    run(city, "import", str(city / "a.csv"))
    assert "没有变化" in run(city, "import", str(city / "a.csv"))


def test_a_dry_run_writes_nothing(city: Path) -> None:
    assert "2 个数" in run(city, "import", str(city / "a.csv"), "--dry-run")
    assert not (city / "series").exists()


def test_a_revision_is_compared_with_what_was_known(city: Path) -> None:
    run(city, "import", str(city / "a.csv"), str(city / "b.csv"))
    one = ("--entity", "番禺区", "--period", "2025年一季度")
    run(
        city,
        "revise",
        "output_10k_cny",
        *one,
        "--value",
        "20500",
        "--who",
        "张三",
        "--why",
        "单位更正",
    )
    difference = run(city, "diff", "--as-of", "2")
    assert "修订" in difference
    assert "205,000" in difference
    assert "20,500" in difference
    assert "205,000" in run(city, "show", "output_10k_cny", "--as-of", "2")
    run(city, "revise", "output_10k_cny", *one, "--who", "张三", "--why", "数据作废")
    assert "20,500" not in run(city, "show", "output_10k_cny")


def test_a_withdrawal_of_what_is_not_known_is_refused(city: Path) -> None:
    with pytest.raises(SeriesError, match="cannot be withdrawn"):
        jobs.revise_series(
            city, kind="district", entity="天河区", measure="staff", period="2024", value=None, who="甲", why="错",
        )  # fmt: skip


def test_a_measure_that_is_not_there_is_refused_with_the_nearest(city: Path) -> None:
    run(city, "import", str(city / "a.csv"))
    done = CliRunner().invoke(
        cli, ["--lang", "en", "series", "show", "output_10k_cn", "-w", str(city)]
    )
    assert isinstance(done.exception, Exception)
    assert "output_10k_cny" in str(done.exception)


def test_an_addition_of_nothing_is_not_called_known(capsys: pytest.CaptureFixture[str]) -> None:
    _say_added(Appended(vintage=None, added=0, revised=0, unchanged=0))
    _say_added(Appended(vintage=None, added=0, revised=0, unchanged=3))
    nothing, known = capsys.readouterr().out.splitlines()
    assert "no figure to add" in nothing
    assert "known already" in known


def test_states_and_rates_are_not_taken_apart_into_months(city: Path) -> None:
    table = "2025年1—3月\n地区,从业人员（人）,工业总产值同比增长（%）\n天河区,50,5\n"
    (city / "c.csv").write_text(table, encoding="utf-8")
    run(city, "import", str(city / "c.csv"))
    for measure in ("staff", "output_10k_cny:growth"):
        assert "同比" not in run(city, "show", measure).splitlines()[0] or measure == "staff"
        refused = CliRunner().invoke(
            cli, ["--lang", "zh", "series", "show", measure, "--single", "-w", str(city)]
        )
        assert "不能换算为当期数" in refused.exception.zh  # type: ignore[union-attr]
