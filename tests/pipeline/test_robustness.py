"""How firmly an evaluation ranks: by hand where one indicator decides, the same for the same seed, and one sentence for nonsense."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import openpyxl
import pytest
from click.testing import CliRunner
from small_evaluation import A, B, C, evaluated, figures

import industrymap as im
from industrymap import evaluation, workspace
from industrymap.cli import cli
from industrymap.errors import EvaluationError
from industrymap.evaluation import robustness as ranks_of
from industrymap.pipeline._robustness import _Trial
from industrymap.series import ParquetSeries

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def space(tmp_path: Path) -> Path:
    return evaluated(tmp_path / "ws")


FEW = im.RobustnessOptions(draws=60)


def test_without_the_only_green_indicator_the_ranks_turn_as_by_hand(space: Path) -> None:
    run = im.evaluate(space, "own", "m")
    done = im.robustness(space, run.id, FEW)
    # Size alone: A (0 + 50) / 2, B (33.3 + 0) / 2, C 100: C before A before B; with it A, C, B.
    row = done.without.set_index("indicator").loc["energy"]
    assert (row["moved"], row["largest"]) == (2, 1.0)


def test_the_interval_holds_the_rank_where_all_choices_agree(space: Path) -> None:
    """C leads in everything when less energy is not asked for."""
    table = figures(energy_tce={A: 1000, B: 900, C: 100})
    ParquetSeries(space / "series").append(table, who="统计科")
    ranks = im.robustness(space, im.evaluate(space, "own", "m").id, FEW).ranks.set_index("unit")
    assert ranks.loc[C, ["rank", "low", "median", "high"]].tolist() == [1, 1, 1, 1]


def test_the_same_seed_gives_the_same_figures_and_shares_are_of_one(space: Path) -> None:
    run = im.evaluate(space, "own", "m")
    one, two = (im.robustness(space, run.id, FEW) for _ in range(2))
    assert one.ranks.equals(two.ranks)
    assert one.factors.equals(two.factors)
    assert (one.factors["total"].fillna(0) > -0.2).all()


def test_without_noise_and_with_one_choice_left_weights_explain_nothing(space: Path) -> None:
    run = im.evaluate(space, "own", "m")
    done = im.robustness(space, run.id, im.RobustnessOptions(draws=60, noise=0.0))
    share = done.factors.set_index("factor").loc["weights", "total"]
    assert np.isnan(share) or share == pytest.approx(0.0)


def test_an_evaluation_of_one_area_has_no_ranks_to_shift(tmp_path: Path, space: Path) -> None:
    shutil.rmtree(space / "series")
    table = figures()
    ParquetSeries(space / "series").append(table[table["entity"] == A], who="统计科")
    (space / "methods" / "m.toml").write_text(
        'method_id = "m"\nsource = "own"\nleast_known = 0.05\n[title]\nzh = "甲"\nen = "A"\n', encoding="utf-8"
    )  # fmt: skip
    run = im.evaluate(space, "own", "m")
    with pytest.raises(EvaluationError, match="fewer than two"):
        im.robustness(space, run.id, FEW)


def test_too_few_draws_are_refused(space: Path) -> None:
    with pytest.raises(EvaluationError, match="ten draws"):
        im.robustness(space, "x", im.RobustnessOptions(draws=3))


def test_a_set_of_no_city_can_be_evaluated_and_its_definitions_are_kept(space: Path) -> None:
    run = im.evaluate(space, "jinan-10-35", "m")
    assert 'set_id = "jinan-10-35"' in (run.folder / "definitions.toml").read_text(encoding="utf-8")


def test_the_command_shows_three_tables_and_writes_them(space: Path, tmp_path: Path) -> None:
    run = im.evaluate(space, "own", "m")
    out = tmp_path / "r.xlsx"
    done = CliRunner().invoke(
        cli, ["--lang", "zh", "robustness", run.id, "-w", str(space), "--draws", "60", "-o", str(out)],
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    for words in ("最好", "去掉的指标", "哪项选择影响名次"):
        assert words in done.output
    assert openpyxl.load_workbook(out).sheetnames[:3] == ["名次区间", "去掉一项", "敏感性"]
    assert workspace.load(space).title


def test_many_weights_at_once_score_as_one_after_the_other() -> None:
    random = np.random.default_rng(5)
    amounts = random.uniform(1, 9, size=(12, 7))
    amounts[random.uniform(size=amounts.shape) < 0.15] = np.nan
    inputs = evaluation.Inputs(
        amounts=amounts, ids=list("abcdefg"), groups=list("xxxyyzz"), direction=np.array([1.0, -1, 1, 1, 1, -1, 1])
    )  # fmt: skip
    method = evaluation.Method(
        id="m", zh="", en="", source="", official=False, least_known=0.1, treatment="none", normaliser="min_max", weighing="equal",
        mean="arithmetic", least_coverage=0.6, weights={}, group_weights={}, ends={}, cap=1.5, text="",
    )  # fmt: skip
    stated = ranks_of.ranks(evaluation.score(inputs, method).scores)
    trial = _Trial(inputs, method, stated, im.RobustnessOptions(draws=40))
    points = random.uniform(size=(40, 4))
    together = trial.ranks(points)
    for point, ranks in zip(points, together, strict=True):
        weights = trial.drawn[int(point[3] * 40)]
        one = replace(
            method, normaliser=trial.scales[int(point[0] * 3)], mean=trial.means[int(point[1] * 2)],
            treatment=("none", "winsorise")[int(point[2] * 2)], weighing="given", weights=dict(zip("abcdefg", weights.tolist(), strict=True)),
        )  # fmt: skip
        assert ranks.tolist() == pytest.approx(ranks_of.ranks(evaluation.score(inputs, one).scores).tolist(), nan_ok=True)  # fmt: skip
