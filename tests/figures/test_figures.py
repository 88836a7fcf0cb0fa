"""Indicators of areas from the running database: on one basis, with what they lack, and nothing made up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from industrymap.errors import IndicatorError
from industrymap.figures import (
    OUTSIDE_LEVEL,
    OUTSIDE_YEAR,
    Asked,
    Figures,
    Units,
    compute,
    firms_of,
)
from industrymap.indicators import load
from industrymap.periods import parse

if TYPE_CHECKING:
    from pathlib import Path

HEAD = """set_id = "own"
source = "own"
[title]
zh = "自定"
en = "Own"
[[group]]
id = "core"
zh = "核心"
en = "Core"
"""
UNITS = Units(level="district", names={"01": "东区", "02": "西区"})
BASE = pd.DataFrame(
    {
        "enterprise_id": ["a", "b", "c", "d"],
        "name": ["甲厂", "乙厂", "丙厂", "丁厂"],
        "uscc": ["a", "b", "c", pd.NA],
        "district_code": ["01", "01", "02", pd.NA],
        "cluster": ["汽车", "食品", "汽车", "汽车"],
    }
).astype("string")


def known(*rows: tuple[str, str, str, str, float]) -> pd.DataFrame:
    """Return observations ``(kind, entity, measure, period, value)``, each of a later vintage than the one before."""
    table = pd.DataFrame(rows, columns=["kind", "entity", "measure", "period", "value"])
    return table.assign(
        period=[str(parse(p)) for p in table["period"]],
        value=table["value"].astype("Float64"),
        vintage=range(1, len(table) + 1),
    )


def figures(
    folder: Path,
    formulas: dict[str, str],
    table: pd.DataFrame,
    *,
    when: str = "2025",
    basis: str = "",
) -> Figures:
    entries = [
        f'[[indicator]]\nid = "{id_}"\nzh = "{id_}"\nen = "{id_}"\nunit = "1"\nformula = "{text}"\n'
        for id_, text in formulas.items()
    ]
    path = folder / "own.toml"
    path.write_text(HEAD + "".join(entries), encoding="utf-8")
    tags = pd.DataFrame({"enterprise_id": ["a", "c"], "label_id": ["hightech", "hightech"]})
    asked = Asked(units=UNITS, periods=[parse(p) for p in when.split()], basis=basis)
    return compute(load(path), table, asked=asked, firms=firms_of(BASE, tags))


def shown(found: Figures, indicator: str = "x") -> dict[tuple[str, str], float | None]:
    rows = found.table[found.table["indicator"] == indicator]
    return {
        (u, p): None if pd.isna(v) else round(float(v), 6)
        for u, p, v in zip(rows["unit"], rows["period"], rows["value"], strict=True)
    }


FIRMS = known(
    ("firm", "a", "tax_10k_cny", "2025", 30), ("firm", "乙厂", "tax_10k_cny", "2025", 10), ("firm", "c", "tax_10k_cny", "2025", 6),
    ("firm", "d", "tax_10k_cny", "2025", 99), ("firm", "a", "land_area_mu", "2025", 3), ("firm", "c", "land_area_mu", "2025", 2),
)  # fmt: skip


def test_a_ratio_of_firms_leaves_out_whoever_lacks_a_part_and_says_how_many_are_left(
    tmp_path: Path,
) -> None:
    found = figures(tmp_path, {"x": "sum(tax_10k_cny) / sum(land_area_mu)"}, FIRMS)
    assert shown(found) == {("01", "2025"): 10.0, ("02", "2025"): 3.0}
    assert found.table["n"].tolist() == [1, 1]
    assert found.table["coverage"].tolist() == [0.5, 1.0]
    assert set(found.table["basis"]) == {"firms"}


def test_a_firm_called_by_its_name_is_the_firm_of_the_base_and_a_stranger_is_named(
    tmp_path: Path,
) -> None:
    table = pd.concat([FIRMS, known(("firm", "戊厂", "tax_10k_cny", "2025", 1000))])
    found = figures(tmp_path, {"x": "sum(tax_10k_cny)"}, table)
    assert shown(found)["01", "2025"] == 40
    assert found.unknown_firms == ("戊厂",)


def test_an_area_s_own_total_is_taken_where_it_serves_as_many_and_never_mixed_with_firms(
    tmp_path: Path,
) -> None:
    both = known(
        ("district", "01", "tax_10k_cny", "2025", 44), ("district", "02", "tax_10k_cny", "2025", 7)
    )
    found = figures(tmp_path, {"x": "sum(tax_10k_cny)"}, pd.concat([FIRMS, both]))
    assert shown(found) == {("01", "2025"): 44.0, ("02", "2025"): 7.0}
    assert set(found.table["basis"]) == {"reported"}
    assert found.table["n"].isna().all()
    # one district reported, two have firms: the firms serve both
    found = figures(tmp_path, {"x": "sum(tax_10k_cny)"}, pd.concat([FIRMS, both.head(1)]))
    assert shown(found) == {("01", "2025"): 40.0, ("02", "2025"): 6.0}
    found = figures(
        tmp_path, {"x": "sum(tax_10k_cny)"}, pd.concat([FIRMS, both.head(1)]), basis="reported"
    )
    assert shown(found) == {("01", "2025"): 44.0, ("02", "2025"): None}


def test_growth_of_reported_totals_on_the_panel_is_the_published_rate_not_their_ratio(
    tmp_path: Path,
) -> None:
    table = known(
        ("district", "01", "output_10k_cny", "2024", 100), ("district", "01", "output_10k_cny", "2025", 150),
        ("district", "01", "output_10k_cny:growth", "2025", 4.5),
    )  # fmt: skip
    formulas = {
        "x": "growth_panel(sum(output_10k_cny)) * 100",
        "y": "growth(sum(output_10k_cny)) * 100",
    }
    found = figures(tmp_path, formulas, table)
    assert shown(found) == {("01", "2025"): 4.5, ("02", "2025"): None}
    assert shown(found, "y")["01", "2025"] == 50


def test_a_rate_that_was_not_published_for_the_period_is_what_is_missing(tmp_path: Path) -> None:
    table = known(
        ("district", "01", "output_10k_cny", "2024", 100), ("district", "01", "output_10k_cny", "2025", 150),
        ("district", "01", "output_10k_cny:growth", "2024", 4.5),
    )  # fmt: skip
    found = figures(tmp_path, {"x": "growth_panel(sum(output_10k_cny))"}, table)
    assert found.missing == {"x": ("output_10k_cny:growth",)}


def test_a_figure_in_a_filter_is_the_period_s_never_the_base_s(tmp_path: Path) -> None:
    base = BASE.assign(rd_10k_cny=pd.array([5.0, 0.0, 1.0, 1.0], dtype="Float64"), above_scale=True)
    assert not {"rd_10k_cny", "above_scale"} & set(firms_of(base).frame)


def test_growth_of_firms_on_the_panel_is_of_those_in_both_years(tmp_path: Path) -> None:
    table = pd.concat([FIRMS, known(("firm", "a", "tax_10k_cny", "2024", 20))])
    found = figures(tmp_path, {"x": "growth_panel(sum(tax_10k_cny))"}, table)
    assert shown(found)["01", "2025"] == 0.5


def test_a_quarter_is_the_difference_of_two_cumulative_figures_and_that_is_counted(
    tmp_path: Path,
) -> None:
    table = known(
        ("district", "01", "tax_10k_cny", "2025-01..06", 90), ("district", "01", "tax_10k_cny", "2025Q1", 40),
        ("district", "02", "tax_10k_cny", "2025-01..06", 70),
    )  # fmt: skip
    found = figures(tmp_path, {"x": "sum(tax_10k_cny)"}, table, when="2025Q1 2025Q2")
    assert shown(found)["01", "2025Q2"] == 50
    assert shown(found)["02", "2025Q2"] is None
    assert [(c.measure, c.differences) for c in found.carried] == [("tax_10k_cny", 1)]


def test_a_state_holds_for_a_year_and_a_flow_does_not(tmp_path: Path) -> None:
    table = known(
        ("district", "01", "land_area_mu", "2024", 10), ("district", "02", "land_area_mu", "2023", 10),
        ("district", "01", "tax_10k_cny", "2025Q1", 5), ("district", "02", "tax_10k_cny", "2025Q1", 5),
    )  # fmt: skip
    found = figures(tmp_path, {"x": "sum(tax_10k_cny) / sum(land_area_mu)"}, table, when="2025Q1")
    assert shown(found) == {("01", "2025Q1"): 0.5, ("02", "2025Q1"): None}
    assert figures(tmp_path, {"x": "sum(tax_10k_cny)"}, table, when="2025Q2").missing == {
        "x": ("tax_10k_cny",)
    }


def test_a_filter_chooses_firms_by_label_and_by_the_figure_of_the_period(tmp_path: Path) -> None:
    table = pd.concat([FIRMS, known(("firm", "a", "tax_10k_cny", "2024", 2))])
    formulas = {"x": "count(where tax_10k_cny >= 10)", "y": "sum(tax_10k_cny where hightech = yes)"}
    found = figures(tmp_path, formulas, table, when="2024 2025")
    assert shown(found)["01", "2024"] == 0
    assert shown(found)["01", "2025"] == 2
    assert shown(found, "y") == {
        ("01", "2024"): 2.0,
        ("01", "2025"): 30.0,
        ("02", "2024"): None,
        ("02", "2025"): 6.0,
    }


def test_what_nobody_states_is_named_and_what_builds_on_it_too(tmp_path: Path) -> None:
    formulas = {
        "x": "sum(energy_tce)",
        "y": "x * 2",
        "z": "count(where green_factory = yes)",
        "p": "residents",
    }
    found = figures(tmp_path, formulas, FIRMS)
    assert found.missing == {
        "x": ("energy_tce",), "y": ("energy_tce",), "z": ("green_factory = yes",), "p": ("residents",),
    }  # fmt: skip


def test_no_period_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(IndicatorError, match="no period"):
        figures(tmp_path, {"x": "sum(tax_10k_cny)"}, FIRMS, when="")


def test_a_count_over_an_annual_threshold_is_not_made_of_a_quarter(tmp_path: Path) -> None:
    table = known(
        ("firm", "a", "revenue_10k_cny", "2025", 1200), ("firm", "b", "revenue_10k_cny", "2025", 900),
        ("firm", "a", "revenue_10k_cny", "2026Q1", 300), ("firm", "b", "revenue_10k_cny", "2026Q1", 1100),
    )  # fmt: skip
    path = tmp_path / "own.toml"
    entry = '[[indicator]]\nid = "{}"\nzh = "x"\nen = "x"\nunit = "1"\nformula = "{}"\n{}\n'
    path.write_text(
        HEAD
        + entry.format("x", "count(where revenue_10k_cny >= 1000)", 'period = "year"')
        + entry.format("y", "x * 2", "")
        + entry.format("z", "sum(revenue_10k_cny)", 'levels = ["city"]'),
        encoding="utf-8",
    )
    firms = firms_of(BASE, pd.DataFrame({"enterprise_id": [], "label_id": []}))
    both = Asked(units=UNITS, periods=[parse("2025"), parse("2026Q1")], basis="firms")
    found = compute(load(path), table, asked=both, firms=firms)
    assert shown(found)["01", "2025"] == 1
    assert shown(found)["01", "2026Q1"] is None
    assert shown(found, "y")["01", "2026Q1"] is None  # nothing is built on it either
    quarter = Asked(units=UNITS, periods=[parse("2026Q1")], basis="firms")
    found = compute(load(path), table, asked=quarter, firms=firms)
    assert found.missing["x"] == (OUTSIDE_YEAR,)
    assert found.missing["z"] == (OUTSIDE_LEVEL,)


def test_firms_and_divisions_of_industry_are_levels_too(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    entry = (
        '[[indicator]]\nid = "x"\nzh = "x"\nen = "x"\nunit = "1"\nformula = "sum(tax_10k_cny)"\n'
    )
    path.write_text(HEAD + entry, encoding="utf-8")
    firms = firms_of(BASE.assign(industry_code=["3611", "1411", "36", pd.NA]))
    found = {}
    for level, codes in (("industry", ("14", "36")), ("firm", ("a", "b"))):
        units = Units(level=level, names=dict.fromkeys(codes, ""))
        asked = Asked(units=units, periods=[parse("2025")], basis="firms")
        found[level] = compute(load(path), FIRMS, asked=asked, firms=firms)
    # 乙厂 is firm b, of division 14; a and c are of 36; of d nothing is known.
    assert shown(found["industry"]) == {("14", "2025"): 10.0, ("36", "2025"): 36.0}
    assert shown(found["firm"]) == {("a", "2025"): 30.0, ("b", "2025"): 10.0}
    assert found["firm"].table["n"].tolist() == [1, 1]


def test_a_count_in_a_period_of_which_no_firm_said_anything_is_unknown_not_zero(
    tmp_path: Path,
) -> None:
    """Firms report by the year: in the fourth quarter there were as many champions as before, and none was counted."""
    table = known(("firm", "a", "revenue_10k_cny", "2025", 5.0), ("district", "01", "output_10k_cny", "2025Q4", 1.0))  # fmt: skip
    count = {"x": "count(where cluster = 汽车)"}
    assert set(shown(figures(tmp_path, count, table, when="2025Q4")).values()) <= {None}
    assert shown(figures(tmp_path, count, table, when="2025")) == {
        ("01", "2025"): 1.0,
        ("02", "2025"): 0.0,
    }
