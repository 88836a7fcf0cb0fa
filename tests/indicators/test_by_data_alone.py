"""A new indicator, a new set and a second city are files; and what is wrong with such files is one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from small_evaluation import METHOD, OWN

from industrymap import compare, jobs, pipeline
from industrymap.errors import CompareError, EvaluationError, IndicatorError, IndustryMapError
from industrymap.indicators import load, parse

if TYPE_CHECKING:
    from pathlib import Path

_CITY = """name = "临湖市"
name_en = "Linhu"
division_code = "980100"
province = "湖东省"
crs = "EPSG:4547"
extent = [113.0, 25.0, 115.0, 27.0]
source = "own"
"""
_DIVISIONS = (
    "code,name,level,parent_code,aliases,valid_from,valid_to,replaced_by,source\n"
    + "".join(
        f"9801{n:02},{name},district,980100,,,,,own\n"
        for n, name in enumerate(("东湖区", "西湖区", "南湖区"), start=1)
    )
)


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """Return a workspace of a city that no pack knows: pack, set, method and figures are files of its own."""
    pack = tmp_path / "linhu"
    pack.mkdir()
    (pack / "city.toml").write_text(_CITY, encoding="utf-8")
    (pack / "divisions.csv").write_text(_DIVISIONS, encoding="utf-8")
    folder = tmp_path / "ws"
    for name, text in (("indicators/own.toml", OWN), ("methods/m.toml", METHOD)):
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "industrymap.toml").write_text(
        '[workspace]\ntitle = "临湖"\ncity = "../linhu"\n', encoding="utf-8"
    )
    table = "地区,工业总产值（亿元）,利润总额（亿元）,综合能源消费量（吨标准煤）\n东湖区,10,1,100\n西湖区,20,1,400\n南湖区,40,6,1200\n"
    (folder / "2025年.csv").write_text(table, encoding="utf-8")
    jobs.import_series(folder / "2025年.csv", folder, who="统计")
    return folder


def test_a_second_city_its_set_and_its_method_are_files(city: Path) -> None:
    run = pipeline.evaluate(city, "own", "m")
    # By hand: size 25, 100 and 16.7; green 100, 0 and 50.
    assert run.scores["name"].tolist() == ["东湖区", "南湖区", "西湖区"]
    assert run.scores["score"].tolist() == pytest.approx([62.5, 50.0, 33.33333333])


def test_a_new_indicator_is_a_few_lines(city: Path) -> None:
    path = city / "indicators/own.toml"
    more = '[[indicator]]\nid = "twice"\ngroup = "size"\nzh = "两倍"\nen = "Twice"\nunit = "亿元"\nformula = "output * 2"\n'
    path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")
    table = pipeline.indicator_values(city, "own").figures.table
    assert table.loc[table["indicator"] == "twice", "value"].tolist() == [20.0, 40.0, 80.0]


def test_a_new_set_beside_the_first_is_a_file(city: Path) -> None:
    text = (city / "indicators/own.toml").read_text(encoding="utf-8")
    (city / "indicators/more.toml").write_text(
        text.replace('set_id = "own"', 'set_id = "more"'), encoding="utf-8"
    )
    assert pipeline.evaluate(city, "more", "m").about["set"] == "more"


def refused(made: object, error: type[IndustryMapError], *words: str) -> None:
    """Call what must be refused; it says all the words, in one sentence in each language."""
    assert callable(made)
    with pytest.raises(error) as caught:
        made()
    assert all(word in str(caught.value) for word in words)
    assert "\n" not in str(caught.value)
    assert "\n" not in caught.value.zh


def with_formula(folder: Path, formula: str, other: str = "1") -> Path:
    path = folder / "bad.toml"
    head = OWN.partition("[[indicator]]")[0]
    entries = [
        f'[[indicator]]\nid = "{id_}"\ngroup = "size"\nzh = "{id_}"\nen = "{id_}"\nunit = "1"\nformula = "{text}"\n'
        for id_, text in (("x", formula), ("y", other))
    ]
    path.write_text(head + "".join(entries), encoding="utf-8")
    return path


def test_an_unknown_measure_names_the_nearest() -> None:
    formula = parse("sum(outptu_10k_cny)")
    refused(lambda: formula.check(measures=("output_10k_cny", "staff"), names=()), IndicatorError, "outptu_10k_cny", "nearest: output_10k_cny")  # fmt: skip


def test_a_division_by_zero_is_unknown_and_said_to_lack_nothing_but_a_value(city: Path) -> None:
    path = city / "indicators/own.toml"
    text = path.read_text(encoding="utf-8").replace("sum(profit_10k_cny) / sum(output_10k_cny) * 100", "sum(profit_10k_cny) / (sum(output_10k_cny) - sum(output_10k_cny))")  # fmt: skip
    path.write_text(text, encoding="utf-8")
    found = pipeline.indicator_values(city, "own").figures
    assert found.table.loc[found.table["indicator"] == "profit", "value"].isna().all()
    assert "profit" in found.missing


def test_circular_definitions_are_named(tmp_path: Path) -> None:
    refused(lambda: load(with_formula(tmp_path, "y + 1", "x + 1")), IndicatorError, "circle", "→")


def test_weights_that_do_not_add_up_are_refused(city: Path) -> None:
    path = city / "methods/m.toml"
    path.write_text(
        METHOD + "[weight]\noutput = 0.5\nprofit = 0.2\nenergy = 0.2\n", encoding="utf-8"
    )
    text = path.read_text(encoding="utf-8").replace(
        "least_known = 0.2", 'least_known = 0.2\nweights = "given"'
    )
    path.write_text(text, encoding="utf-8")
    refused(lambda: pipeline.evaluate(city, "own", "m"), EvaluationError, "add up to 0.9")


def test_inconsistent_judgements_are_refused(city: Path) -> None:
    path = city / "methods/m.toml"
    text = METHOD.replace("least_known = 0.2", 'least_known = 0.2\nweights = "ahp"')
    path.write_text(
        text + '[ahp]\n"output : profit" = 9\n"profit : energy" = 9\n"energy : output" = 9\n',
        encoding="utf-8",
    )
    refused(
        lambda: pipeline.evaluate(city, "own", "m"), EvaluationError, "consistency ratio", "0.1"
    )


def test_a_base_period_without_data_is_refused(city: Path) -> None:
    asked = pipeline.IndicatorOptions(periods=["2024", "2025"], level="district")
    options = pipeline.IndexOptions(indicators=asked, base="2023")
    refused(
        lambda: pipeline.index_series(city, "own", "m", options),
        EvaluationError,
        "2023",
        "none of the periods",
    )


def test_a_peer_value_without_a_source_is_left_out_and_said(tmp_path: Path) -> None:
    path = tmp_path / "peers.csv"
    path.write_text("城市,指标,时期,数值,单位,来源\n甲市,产值,2024,1,亿元,\n", encoding="utf-8")
    found = compare.read(path)
    assert found.frame.empty
    assert found.issues["en"].tolist() == ["甲市, 产值, 2024: no source, left out"]
    path.write_text("城市,指标,时期,数值,单位\n甲市,产值,2024,1,亿元\n", encoding="utf-8")
    refused(lambda: compare.read(path), CompareError, "source")
