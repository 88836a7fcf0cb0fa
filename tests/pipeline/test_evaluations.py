"""Evaluations: one folder each, the same bytes for the same figures, taken apart and compared, never changed."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
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


def test_a_revision_and_a_method_are_told_apart(space: Path) -> None:
    first = im.evaluate(space, "own", "m")
    ParquetSeries(space / "series").append(
        figures(profit_10k_cny={A: 15_000, B: 10_000, C: 60_000}), who="统计科"
    )
    second = im.evaluate(space, "own", "m")
    table = pipeline.changed(first, second).set_index("unit")
    assert table["by_method"].dropna().tolist() == pytest.approx([0] * 3)
    assert table.loc[A, "by_revision"] == pytest.approx(12.5)
    # Other districts have no figures, and no score that could change.
    table = table.loc[[A, B, C]]
    assert table[["by_value", "by_benchmark"]].to_numpy().tolist() == [[0, 0]] * 3
    weighed = METHOD.replace("[title]", "[group_weight]\nsize = 0.2\ngreen = 0.8\n[title]")
    (space / "methods" / "m.toml").write_text(weighed, encoding="utf-8")
    third = im.evaluate(space, "own", "m")
    table = pipeline.changed(second, third).set_index("unit")
    unmoved = table.loc[[A, B, C], ["by_value", "by_benchmark", "by_revision"]]
    assert unmoved.to_numpy().tolist() == [[0] * 3] * 3
    assert table.loc[C, "by_method"] == pytest.approx(20 - 50)


ONE = """set_id = "one"
source = "own"
[title]
zh = "一项"
en = "One"
[[group]]
id = "size"
zh = "规模"
en = "Size"
[[indicator]]
id = "output"
zh = "产值"
en = "Output"
unit = "亿元"
formula = "sum(output_10k_cny) / 10000"
"""


def output(year: str, a: float, b: float, c: float) -> pd.DataFrame:
    """Return the output of three districts in 万元."""
    table = pd.DataFrame({"entity": [A, B, C], "value": [a, b, c]})
    return table.assign(kind="district", measure="output_10k_cny", period=year, unit="万元", status="reported")  # fmt: skip


def reasons(before: pipeline.Run, after: pipeline.Run, unit: str) -> dict[str, float]:
    """Return the four parts of a change, which must add up to it."""
    row = pipeline.changed(before, after).set_index("unit").loc[unit]
    parts = {
        name: float(row[f"by_{name}"]) for name in ("value", "benchmark", "method", "revision")
    }
    assert sum(parts.values()) == pytest.approx(row["score_after"] - row["score_before"], abs=1e-7)
    return parts


def test_a_change_is_taken_apart_as_by_hand(tmp_path: Path) -> None:
    space = evaluated(tmp_path / "ws")
    (space / "indicators/one.toml").write_text(ONE, encoding="utf-8")
    series = ParquetSeries(space / "series")
    series.append(output("2023", 100_000, 200_000, 400_000), who="甲")
    series.append(output("2024", 100_000, 300_000, 500_000), who="甲")
    year = {y: im.IndicatorOptions(periods=[y]) for y in ("2023", "2024")}
    first = im.evaluate(space, "one", "m", year["2023"])
    second = im.evaluate(space, "one", "m", year["2024"])
    # B: (200 - 100) / (400 - 100) → 50. Alone it would have come to (300 - 100) / (400 - 100); C's rise took 16.7 of it.
    expected = {"value": 100 / 3, "benchmark": 50 - 200 / 3, "method": 0, "revision": 0}
    assert reasons(first, second, B) == pytest.approx(expected, abs=1e-7)
    # C is the best both times: its own rise and the end that it sets are one.
    assert reasons(first, second, C) == pytest.approx(dict.fromkeys(expected, 0), abs=1e-7)


def test_a_revision_of_the_earlier_period_is_told_from_what_happened_since(tmp_path: Path) -> None:
    space = evaluated(tmp_path / "ws")
    (space / "indicators/one.toml").write_text(ONE, encoding="utf-8")
    series = ParquetSeries(space / "series")
    series.append(output("2023", 100_000, 200_000, 400_000), who="甲")
    first = im.evaluate(space, "one", "m", im.IndicatorOptions(periods=["2023"]))
    # The figure of C for 2023 is revised before 2024 comes: B had (200 - 100) / (300 - 100) in truth.
    series.append(output("2023", 100_000, 200_000, 300_000), who="甲")
    series.append(output("2024", 100_000, 300_000, 500_000), who="甲")
    second = im.evaluate(space, "one", "m", im.IndicatorOptions(periods=["2024"]))
    # Alone B would have been the best; C's rise from 300 to 500 took half of it.
    expected = {"value": 50, "benchmark": -50, "method": 0, "revision": 50 - 100 / 3}
    assert reasons(first, second, B) == pytest.approx(expected, abs=1e-7)


def test_a_stated_benchmark_that_was_raised_is_told_from_the_method(tmp_path: Path) -> None:
    space = evaluated(tmp_path / "ws")
    (space / "indicators/one.toml").write_text(ONE, encoding="utf-8")
    series = ParquetSeries(space / "series")
    series.append(output("2023", 100_000, 200_000, 400_000), who="甲")
    series.append(output("2024", 100_000, 300_000, 500_000), who="甲")
    text = (
        METHOD.replace("source", 'normalise = "benchmark"\nsource', 1) + "[ends]\noutput = [20]\n"
    )
    (space / "methods/m.toml").write_text(text, encoding="utf-8")
    first = im.evaluate(space, "one", "m", im.IndicatorOptions(periods=["2023"]))
    (space / "methods/m.toml").write_text(text.replace("[20]", "[25]"), encoding="utf-8")
    second = im.evaluate(space, "one", "m", im.IndicatorOptions(periods=["2024"]))
    # B: 20 亿 of 20 is 100; of 25 it is 80; 30 of 25 is 120.
    assert reasons(first, second, B) == pytest.approx({"value": 40, "benchmark": -20, "method": 0, "revision": 0})  # fmt: skip
    parts = pipeline.changed_parts(first, second, B)
    assert parts[["value_before", "value_after", "change"]].to_numpy().tolist() == [[20, 30, 20]]


def test_a_definition_that_changed_is_method_and_not_figures(tmp_path: Path) -> None:
    space = evaluated(tmp_path / "ws")
    (space / "indicators/one.toml").write_text(ONE, encoding="utf-8")
    ParquetSeries(space / "series").append(output("2023", 1, 2, 5), who="甲")
    ParquetSeries(space / "series").append(output("2024", 1, 2, 5), who="甲")
    first = im.evaluate(space, "one", "m", im.IndicatorOptions(periods=["2023"]))
    # The inverse of the output: B falls from 25 to (1/2 - 1/5) / (1 - 1/5).
    text = ONE.replace("sum(output_10k_cny) / 10000", "1 / sum(output_10k_cny)")
    (space / "indicators/one.toml").write_text(text, encoding="utf-8")
    second = im.evaluate(space, "one", "m", im.IndicatorOptions(periods=["2024"]))
    assert reasons(first, second, B) == pytest.approx({"value": 0, "benchmark": 0, "method": 37.5 - 25, "revision": 0})  # fmt: skip


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
    one = said("runs", "diff", run.id, run.id, "--entity", "荔湾区", "-w", space)
    assert "数据修订" in one
    assert "利润率" in one


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
