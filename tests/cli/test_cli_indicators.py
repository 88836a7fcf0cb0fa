"""``industrymap indicators``: what sets there are, what a figure is made of, and what the running database lacks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from industrymap import indicators, workspace
from industrymap.cli import main
from industrymap.errors import IndicatorError

if TYPE_CHECKING:
    from pathlib import Path

OWN = """set_id = "own"
official = false
source = "own"
[title]
zh = "自定"
en = "Our own"
[[group]]
id = "core"
zh = "核心"
en = "Core"
[[indicator]]
id = "output"
zh = "产值"
en = "Output"
unit = "亿元"
formula = "sum(output_10k_cny) / 10000"
[[indicator]]
id = "per_head"
zh = "人均"
en = "Per head"
unit = "元"
formula = "output / resident"
[[indicator]]
id = "small"
zh = "小企业"
en = "Small firms"
unit = "家"
formula = "count(where revenue_10k_cny < 2000)"
"""


@pytest.fixture
def space(tmp_path: Path) -> Path:
    workspace.create(tmp_path / "ws", city="guangzhou", title="甲")
    (tmp_path / "ws" / "indicators").mkdir()
    (tmp_path / "ws" / "indicators" / "own.toml").write_text(OWN, encoding="utf-8")
    return tmp_path / "ws"


def run(capsys: pytest.CaptureFixture[str], *args: object) -> str:
    with pytest.raises(SystemExit) as stop:
        main([str(a) for a in args])
    assert stop.value.code in (None, 0)
    return capsys.readouterr().out


def test_sets_of_the_pack_and_of_the_workspace_are_listed_as_proposals(
    space: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = run(capsys, "--lang", "zh", "indicators", "list", "-w", space)
    assert "gz-1-5-n" in said
    assert "自定" in said
    assert said.count("建议，非官方") == 4


def test_a_figure_nobody_states_by_name_is_named_by_check(
    space: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = run(capsys, "--lang", "en", "indicators", "check", space / "indicators" / "own.toml")
    assert "3 indicators" in said
    assert "per_head: 'resident' is no known measure" in said
    assert "output:" not in said


def test_show_says_what_the_database_lacks_until_a_table_brings_it(
    space: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = run(capsys, "--lang", "zh", "indicators", "show", "own", "-w", space)
    assert "缺 output_10k_cny, resident" in said  # also what another indicator it builds on needs
    assert "缺 企业数据" in said
    table = tmp_path / "2025q1.csv"
    table.write_text("2025年1—3月各区工业指标\n地区,工业总产值（亿元）\n天河区,10.2\n番禺区,8.1\n", encoding="utf-8")  # fmt: skip
    run(capsys, "series", "import", table, "-w", space)
    said = run(capsys, "--lang", "zh", "indicators", "show", "own", "output", "-w", space)
    assert "数据库中已有" in said
    assert "建议，非官方" in said


def test_a_set_that_is_not_there_names_the_nearest(space: Path) -> None:
    with pytest.raises(IndicatorError, match="Did you mean 'own'"):
        indicators.choose(indicators.known([space]), "owm")
