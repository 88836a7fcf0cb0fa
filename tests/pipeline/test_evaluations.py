"""Evaluations: one folder each, the same bytes for the same figures, taken apart and compared, never changed."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from small_evaluation import METHOD, OWN, A, B, C, evaluated, figures

import industrymap as im
from industrymap import evaluation, pipeline
from industrymap.cli import main
from industrymap.errors import EvaluationError
from industrymap.series import ParquetSeries


@pytest.fixture
def space(tmp_path: Path) -> Path:
    return evaluated(tmp_path / "ws")


def test_scores_are_those_of_a_hand_calculation(space: Path) -> None:
    run = im.evaluate(space, "own", "m")
    scores = run.scores.set_index("unit")
    # output 0, 33.3, 100; profit 10 %, 5 %, 15 % → 50, 0, 100; energy 10, 20, 30 t → 100, 50, 0; groups alike
    assert scores.loc[A, "score"] == pytest.approx((25 + 100) / 2)
    assert scores.loc[B, "score"] == pytest.approx((100 / 6 + 50) / 2)
    assert scores.loc[C, "score"] == pytest.approx((100 + 0) / 2)
    assert scores["rank"][[A, C, B]].tolist() == [1, 2, 3]


def test_the_parts_of_a_score_add_up_to_it(space: Path) -> None:
    run = im.evaluate(space, "own", "m")
    points = run.parts.groupby("unit")["points"].sum()
    scores = run.scores.dropna(subset=["score"]).set_index("unit")["score"]
    assert points[scores.index].to_numpy() == pytest.approx(scores.to_numpy())


def test_the_same_figures_give_the_same_bytes_and_a_revision_a_run_of_its_own(space: Path) -> None:
    first = im.evaluate(space, "own", "m")
    before = {p.name: p.read_bytes() for p in first.folder.iterdir()}
    again = im.evaluate(space, "own", "m")
    assert (first.is_new, again.is_new, again.id) == (True, False, first.id)
    shutil.rmtree(first.folder)
    im.evaluate(space, "own", "m")
    assert {p.name: p.read_bytes() for p in first.folder.iterdir()} == before
    ParquetSeries(space / "series").append(
        figures(profit_10k_cny={A: 15_000, B: 10_000, C: 60_000}), who="统计科"
    )
    revised = im.evaluate(space, "own", "m")
    assert revised.id != first.id
    as_then = im.evaluate(space, "own", "m", im.IndicatorOptions(as_of=1))
    assert as_then.id == first.id


def test_a_change_is_split_into_figures_and_method(space: Path) -> None:
    first = im.evaluate(space, "own", "m")
    ParquetSeries(space / "series").append(
        figures(profit_10k_cny={A: 15_000, B: 10_000, C: 60_000}), who="统计科"
    )
    second = im.evaluate(space, "own", "m")
    table = pipeline.changed(first, second).set_index("unit")
    assert table["by_method"].dropna().tolist() == pytest.approx([0] * 3)
    assert table.loc[A, "by_values"] == pytest.approx(12.5)
    weighed = METHOD.replace("[title]", "[group_weight]\nsize = 0.2\ngreen = 0.8\n[title]")
    (space / "methods" / "m.toml").write_text(weighed, encoding="utf-8")
    third = im.evaluate(space, "own", "m")
    table = pipeline.changed(second, third).set_index("unit")
    assert table["by_values"].dropna().tolist() == pytest.approx([0] * 3)
    assert table.loc[C, "by_method"] == pytest.approx(20 - 50)


def test_an_area_that_is_gone_is_no_change_of_method(space: Path) -> None:
    first = im.evaluate(space, "own", "m")
    # C has the most output and energy: without it the scale of A and B would be another one.
    fewer = replace(first, scores=first.scores[first.scores["unit"] != C])
    table = pipeline.changed(first, fewer).set_index("unit")
    assert table.loc[[A, B], "by_method"].tolist() == [0, 0]


def test_a_changed_run_is_refused(space: Path) -> None:
    run = im.evaluate(space, "own", "m")
    (run.folder / "scores.csv").write_text("unit,score\n", encoding="utf-8")
    with pytest.raises(EvaluationError, match="never changed"):
        pipeline.open_run(space, run.id[:6])


def test_a_run_that_was_cut_off_is_written_again(space: Path) -> None:
    run = im.evaluate(space, "own", "m")
    (run.folder / "manifest.json").unlink()
    assert pipeline.runs(space) == []
    assert im.evaluate(space, "own", "m").is_new


def test_what_is_known_of_too_few_areas_takes_no_part_and_is_named(space: Path) -> None:
    strict = METHOD.replace("0.2", "0.5")
    (space / "methods" / "m.toml").write_text(strict, encoding="utf-8")
    with pytest.raises(EvaluationError, match="no indicator is known"):
        im.evaluate(space, "own", "m")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("least_known = 0.2", 'weights = "given"\nleast_known = 0.2'), "add up"),
        (("least_known = 0.2", 'normalise = "efficacy"\nleast_known = 0.2'), "needs \\[ends\\]"),
        (("least_known = 0.2", 'normalise = "minmax"\nleast_known = 0.2'), "normalise"),
        (("[title]", "[group_weight]\nsize = 1\n[title]"), "no weight to the group"),
    ],
)
def test_a_wrong_method_is_one_sentence(change: tuple[str, str], words: str, space: Path) -> None:
    (space / "methods" / "m.toml").write_text(METHOD.replace(*change), encoding="utf-8")
    with pytest.raises(EvaluationError, match=words):
        im.evaluate(space, "own", "m")


def test_an_unknown_method_names_the_nearest(space: Path) -> None:
    with pytest.raises(EvaluationError, match="equal-proposal"):
        im.evaluate(space, "own", "equal-propsal")


def test_shipped_methods_are_sound_and_say_that_they_are_proposals() -> None:
    shipped = sorted(Path(im.__file__).parent.glob("cities/*/methods/*.toml"))
    assert shipped
    assert not any(evaluation.load_method(path).official for path in shipped)


def test_the_commands_score_list_show_explain_and_compare(
    space: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def said(*args: object) -> str:
        with pytest.raises(SystemExit) as stop:
            main(["--lang", "zh", *map(str, args)])
        assert stop.value.code in (None, 0)
        return capsys.readouterr().out

    out = said("evaluate", "own", "m", "-w", space, "-o", tmp_path / "e.xlsx")
    assert "建议的指标或方法，非官方" in out
    assert "荔湾区" in out
    assert "参评指标 3 项，体系共 3 项" in out
    assert (tmp_path / "e.xlsx").stat().st_size > 0
    (run,) = pipeline.runs(space)
    assert run.id in said("runs", "list", "-w", space)
    assert "62.5" in said("runs", "show", run.id[:5], "-w", space)
    assert "利润率" in said("runs", "explain", run.id, "--entity", "荔湾区", "-w", space)
    assert "方法变化" in said("runs", "diff", run.id, run.id, "-w", space)


def test_an_index_is_that_of_a_hand_calculation_and_less_energy_raises_it(space: Path) -> None:
    earlier = figures().assign(period="2024")
    earlier["value"] *= [1, 1, 1, 0.8, 0.8, 0.8, 1.25, 1.25, 1.25]
    ParquetSeries(space / "series").append(earlier, who="统计科")
    options = im.IndexOptions(indicators=im.IndicatorOptions(periods=["2024", "2025"]))
    done = im.index_series(space, "own", "m", options)
    row = done.table[(done.table["unit"] == A) & (done.table["period"] == "2025")].iloc[0]
    # output 1, profit rate 1.25, energy 1.25 better; groups alike: (1 + 1.25) / 4 + 1.25 / 2
    assert row["index"] == pytest.approx(118.75)
    assert done.table["index"].isna().sum() == 2 * 8  # the districts of which nothing is known
    assert done.left_out == {"output": 8, "profit": 8, "energy": 8}


@pytest.mark.parametrize(
    ("periods", "base", "change", "words"),
    [
        (["2025"], "", "", "at least two"),
        (["2024", "2025"], "2020", "", "base period"),
        (["2024", "2025"], "", 'weights = "entropy"', "weights that stay"),
    ],
)
def test_an_index_that_cannot_be_is_one_sentence(
    periods: list[str], base: str, change: str, words: str, space: Path
) -> None:
    text = METHOD.replace("least_known", f"{change}\nleast_known")
    (space / "methods" / "m.toml").write_text(text, encoding="utf-8")
    options = im.IndexOptions(indicators=im.IndicatorOptions(periods=periods), base=base)
    with pytest.raises(EvaluationError, match=words):
        im.index_series(space, "own", "m", options)


def test_a_group_called_like_a_column_keeps_its_own_name(
    space: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = OWN.replace('id = "size"', 'id = "n"').replace('group = "size"', 'group = "n"')
    (space / "indicators" / "own.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SystemExit):
        main(["--lang", "zh", "evaluate", "own", "m", "-w", str(space)])
    heading = next(line for line in capsys.readouterr().out.splitlines() if "得分" in line)
    assert "规模" in heading
    assert "企业数" not in heading
