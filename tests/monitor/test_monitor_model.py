"""What the monitoring pages show is computed once, in Python: by hand here, and unchanged by the way into the page."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from monitor_city import city, districts

import industrymap as im
from industrymap import figures, monitor
from industrymap.cli import cli
from industrymap.errors import ConfigError, SeriesError
from industrymap.monitor import alerts
from industrymap.monitor.pack import decoded, pack, planes_of
from industrymap.periods import parse
from industrymap.series import COLUMNS, ParquetSeries

if TYPE_CHECKING:
    from pathlib import Path

    from industrymap.monitor import MonitorModel


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return city(tmp_path_factory.mktemp("monitor") / "ws")


@pytest.fixture(scope="module")
def model(space: Path) -> MonitorModel:
    return im.monitor_model(space, im.MonitorOptions(draws=20))


def at(
    model: MonitorModel, level: str, indicator: str, unit: int, period: str
) -> tuple[float, float]:
    ids = [i.id for i in model.of.indicators]
    place = [str(p) for p in model.periods].index(period)
    cube = model.cubes[level]
    return (float(cube.amounts[ids.index(indicator), unit, place]), float(cube.change[ids.index(indicator), unit, place]))  # fmt: skip


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.lists(st.one_of(st.none(), st.integers(-(10**9), 10**9)), min_size=1, max_size=40),
    st.integers(0, 4),
)
def test_packed_figures_come_back_and_unknown_stays_unknown(
    whole: list[int | None], decimals: int
) -> None:
    values = np.array([np.nan if v is None else v / 10**decimals for v in whole])
    spec, data = planes_of(values, decimals)
    assert np.array_equal(decoded([spec], data, len(values))[0], values, equal_nan=True)


def test_a_figure_too_large_for_a_browser_is_said() -> None:
    with pytest.raises(ConfigError, match="too large"):
        planes_of(np.array([1e16]), 2)


def test_a_single_quarter_its_change_and_the_city_are_as_by_hand(model: MonitorModel) -> None:
    # The first district: 1 亿元 a quarter, 0.9 a year later; the city is the sum, which nobody reported.
    assert at(model, "district", "output", 0, "2025Q2") == pytest.approx((0.9, -10.0))
    n = len(model.levels[1].codes)
    whole = sum((k + 1) * (0.9 if k == 0 else 1.1) for k in range(n))
    assert at(model, "city", "output", 0, "2025Q2")[0] == pytest.approx(whole)
    assert model.cubes["city"].basis[0] == "parts"
    # Of a per cent the change is in points: a tenth in both years.
    assert at(model, "district", "profit", 0, "2025Q2") == pytest.approx((10.0, 0.0), abs=1e-9)


def test_every_value_of_a_basis_is_that_of_the_indicators_themselves(
    space: Path, model: MonitorModel
) -> None:
    periods = [str(p) for p in model.periods]
    done = im.indicator_values(
        space, "own", im.IndicatorOptions(level="district", periods=periods, basis="reported")
    )
    ids, codes = [i.id for i in model.of.indicators], list(model.level("district").codes)
    for row in done.figures.table.itertuples(index=False):
        shown = model.cubes["district"].amounts[ids.index(row.indicator), codes.index(row.unit), periods.index(row.period)]  # fmt: skip
        assert (np.isnan(shown) and pd.isna(row.value)) or shown == row.value


def test_a_city_without_one_of_its_districts_is_unknown(tmp_path: Path) -> None:
    space = city(tmp_path / "ws")
    gone = pd.DataFrame([("district", districts(space)[3], "output_10k_cny", "2025", None, "万元", "withdrawn")], columns=COLUMNS)  # fmt: skip
    ParquetSeries(space / "series").append(gone, who="统计科")
    model = im.monitor_model(space, im.MonitorOptions(draws=0))
    assert np.isnan(at(model, "city", "output", 0, "2025")[0])
    assert not np.isnan(at(model, "city", "output", 0, "2024")[0])


def test_parts_in_two_units_are_no_whole() -> None:
    rows = [("district", "a", "output_10k_cny", "2024", 1.0, "万元", "reported", 1), ("district", "b", "output_10k_cny", "2024", 1.0, "亿元", "reported", 1)]  # fmt: skip
    known = pd.DataFrame(rows, columns=[*COLUMNS, "vintage"]).astype({"value": "Float64"})
    assert figures.from_parts(known, kind="district", into={"a": "c", "b": "c"}, whole="city").empty


def test_contributions_add_up_to_the_growth(model: MonitorModel) -> None:
    points = [p.points for p in model.pushes if (p.indicator, p.period) == ("output", "2025")]
    now, before = (
        at(model, "city", "output", 0, "2025")[0],
        at(model, "city", "output", 0, "2024")[0],
    )
    assert len(points) == len(model.levels[1].codes)
    assert sum(points) == pytest.approx((now / before - 1) * 100)


def test_the_same_workspace_gives_the_same_bytes_in_either_language(
    space: Path, model: MonitorModel
) -> None:
    again = im.monitor_model(space, im.MonitorOptions(draws=20))
    assert monitor.build(model) == monitor.build(again)
    assert monitor.build(model, lang="en") != monitor.build(model)
    with pytest.raises(ConfigError, match="'zh' or 'en'"):
        monitor.build(model, lang="fr")


def test_a_page_names_no_host_and_no_text_of_a_user_is_markup(model: MonitorModel) -> None:
    attack = "</script><img src=x onerror=alert(1)>{{7*7}}"
    page = monitor.build(replace(model, meta=replace(model.meta, title=attack))).decode()
    assert attack not in page
    assert "<img" not in page
    assert re.findall(r"(?:src|href)=\"https?:", page) == []


# ---- alerts ----


def rule(kind: str, **changes: object) -> monitor.AlertRule:
    base = next(r for r in monitor.known_rules([]) if r.kind == kind)
    return replace(base, levels=("district",), groups=(), **changes)


def test_falls_and_jumps_are_found_where_they_are_and_nowhere_else(model: MonitorModel) -> None:
    found = alerts.find(model, [rule("falls", run=3), rule("jump", limit=9.5)], {})
    first = model.levels[1].codes[0]
    falls = [a for a in found if a.rule == "three_falls"]
    assert [(a.unit, a.indicator) for a in falls] == [(first, "output")]
    assert {a.unit for a in found if a.rule == "jump"} == set(model.levels[1].codes)
    assert falls[0].figure == pytest.approx(-10.0)


def test_a_closed_matter_stays_behind_with_its_owner(model: MonitorModel) -> None:
    rules = [rule("jump", limit=9.5)]
    key = alerts.find(model, rules, {})[0].key
    found = alerts.find(model, rules, {key: ("closed", "王某", "已核实")})
    assert (found[-1].key, found[-1].state, found[-1].owner, found[-1].note) == (
        key,
        "closed",
        "王某",
        "已核实",
    )


def test_below_a_target_is_found_and_the_unknown_is_not(tmp_path: Path) -> None:
    space = city(tmp_path / "ws")
    first = districts(space)[0]
    rows = [
        f"district,{first},output,2025,4.0,false,建议",
        f"district,{first},output,2030,9,false,建议",
        f"district,{first},energy,2025,1,true,规划",
    ]
    (space / "targets.csv").write_text(
        "level,unit,indicator,year,value,official,source\n" + "\n".join(rows) + "\n",
        encoding="utf-8",
    )
    model = im.monitor_model(space, im.MonitorOptions(draws=0))
    below = [a for a in model.alerts if a.rule == "below_target"]
    assert [(a.indicator, a.period, a.figure, a.limit) for a in below] == [
        ("output", "2025", pytest.approx(3.6), 4.0)
    ]


@pytest.mark.parametrize(
    ("row", "said"),
    [("district,440103,outputt,2025,4,false,x", "indicator 'outputt' is not known here"), ("district,x,output,2025,4,false,x", "unit 'x'"),
     ("district,440103,output,2025,many,false,x", "value 'many'"), ("village,1,output,2025,4,false,x", "level 'village'")],
)  # fmt: skip
def test_a_wrong_target_is_one_sentence(tmp_path: Path, row: str, said: str) -> None:
    space = city(tmp_path / "ws")
    (space / "targets.csv").write_text(
        f"level,unit,indicator,year,value,official,source\n{row}\n", encoding="utf-8"
    )
    with pytest.raises(ConfigError, match=said):
        im.monitor_model(space)


def test_a_skipped_quarter_is_a_gap_and_what_was_put_right_is_kept(tmp_path: Path) -> None:
    space = city(tmp_path / "ws")
    series = ParquetSeries(space / "series")
    code = districts(space)[0]
    series.append(pd.DataFrame([("town", f"{code}001", "tax_10k_cny", p, 1.0, "万元", "reported") for p in ("2024Q1", "2024-01..09", "2024")], columns=COLUMNS), who="统计科")  # fmt: skip
    series.append(pd.DataFrame([("district", code, "output_10k_cny", "2025", 40_000.0, "万元", "reported")], columns=COLUMNS), who="统计科", source="更正.xlsx")  # fmt: skip
    intake = im.monitor_model(space, im.MonitorOptions(draws=0)).intake
    assert intake.gaps.to_numpy().tolist() == [["town", "tax_10k_cny", "2024-01..06"]]
    row = intake.revisions.iloc[0]
    assert (row["unit"], row["before"], row["after"], row["source"]) == (
        code,
        36_000.0,
        40_000.0,
        "更正.xlsx",
    )


def test_a_wrong_rule_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(
        'source = "x"\n[[alert]]\nid = "a"\nkind = "fall"\nzh = "甲"\nen = "A"\n', encoding="utf-8"
    )
    with pytest.raises(ConfigError, match=r"kind 'fall' is none of.*falls"):
        alerts.load(path)


def test_states_that_are_none_are_said(tmp_path: Path) -> None:
    (tmp_path / "alerts").mkdir()
    (tmp_path / "alerts/states.csv").write_text(
        "key,state,owner,note\na:b,done,,\n", encoding="utf-8"
    )
    with pytest.raises(ConfigError, match=r"states.csv row 2"):
        monitor.alert_states(tmp_path)


def test_the_command_writes_the_file_whole_or_says_what_is_wrong(
    space: Path, tmp_path: Path
) -> None:
    out = tmp_path / "m.html"
    done = CliRunner().invoke(cli, ["monitor", "-w", str(space), "-o", str(out), "--draws", "0"])
    assert done.exit_code == 0, done.output
    assert "3 indicators" in done.output
    assert out.read_bytes().startswith(b"<!DOCTYPE html>")
    from industrymap import workspace

    empty = tmp_path / "empty"
    workspace.create(empty, city="guangzhou", title="乙")
    with pytest.raises(SeriesError, match="holds no figure"):
        im.monitor_model(empty)


def test_only_what_is_known_is_packed(model: MonitorModel) -> None:
    names = set(pack(model).places)
    assert {"model/json", "cube/city/planes", "cube/district/planes", "intake/json"} <= names
    assert not any(n.startswith("firms/") for n in names)


def test_a_change_between_years_of_which_other_firms_reported_is_none() -> None:
    years = [parse("2024"), parse("2025")]
    # known of all; of half the firms in one year; of too few in both; reported by the area itself
    n = np.array([[[900.0, 950.0]], [[480.0, 960.0]], [[900.0, 950.0]], [[np.nan, np.nan]]])
    coverage = np.array([[[1.0, 0.9]], [[1.0, 1.0]], [[0.5, 0.6]], [[np.nan, np.nan]]])
    summed = np.array([True, True, True, False])
    alike = monitor.same_firms(n, coverage, years, summed=summed)
    assert alike[:, 0, 1].tolist() == [True, False, False, True]


# ---- what is missing is said once, and since when ----


def intake(covered: list[tuple[str, str, str]], gaps: list[tuple[str, str, str]]) -> monitor.Intake:
    columns = ["level", "measure", "period"]
    return monitor.Intake(additions=[], covered=pd.DataFrame(covered, columns=columns), gaps=pd.DataFrame(gaps, columns=columns), revisions=pd.DataFrame())  # fmt: skip


def test_a_missing_table_is_one_alert_with_all_that_it_held(model: MonitorModel) -> None:
    gaps = [("city", "output_10k_cny", "2025-01..08"), ("city", "tax_10k_cny", "2025-01..08"), ("city", "tax_10k_cny", "2025Q1"), ("district", "tax_10k_cny", "2025-01..08")]  # fmt: skip
    found = alerts.find(replace(model, intake=intake([], gaps)), [rule("gap")], {})
    assert [(a.level, a.indicator, a.period) for a in found] == [
        ("city", "output_10k_cny+tax_10k_cny", "2025-01..08"),
        ("city", "tax_10k_cny", "2025Q1"),
        ("district", "tax_10k_cny", "2025-01..08"),
    ]


def test_a_series_that_ends_before_its_siblings_is_late_and_one_not_yet_due_is_not(
    model: MonitorModel,
) -> None:
    held = {
        "output_10k_cny": ["2025-01..10", "2025-01..11"],
        "output_10k_cny:growth": ["2025-01..03", "2025-01..04"],
        # Quarterly: the next one ends in December. Of whole years: so does that.
        "staff": ["2025Q1", "2025-01..06", "2025-01..09"],
        "energy_tce": ["2023", "2024"],
        "profit_10k_cny": ["2025Q1", "2025-01..06"],
        # What came once is no series.
        "tax_10k_cny": ["2025-01..02"],
    }
    rows = [("city", measure, period) for measure, periods in held.items() for period in periods]
    found = alerts.find(replace(model, intake=intake(rows, [])), [rule("late")], {})
    assert [(a.indicator, a.period) for a in found] == [
        ("output_10k_cny:growth", "2025-01..04"),
        ("profit_10k_cny", "2025-01..06"),
    ]


def test_what_an_indicator_lacks_is_in_words_of_either_language() -> None:
    from industrymap.pipeline import _monitor

    assert _monitor._words("advanced = yes") == ("企业的“先进制造业”（是）", "“Advanced manufacturing” of the firms (yes)")  # fmt: skip
    assert _monitor._words("output_10k_cny")[0] == "工业总产值"


def test_parks_count_all_that_is_planned_in_each_view_and_no_year_to_come_as_nought(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from types import SimpleNamespace

    from industrymap.pipeline import _monitor_more as more

    table = pd.DataFrame(
        {
            "land_area_m2": [1e6, 2e6, 4e6, 8e6],
            "route": ["upgrade", "upgrade", "close", None],
            "district": ["甲区", "乙区", "甲区", "甲区"],
            "project_status": ["done", "planned", "under_way", "none"],
            "year_done": pd.array([2024, None, None, None], dtype="Int64"),
            "year_planned": pd.array([2024, 2026, 2025, None], dtype="Int64"),
            "geometry": [None] * 4,
        }
    )
    monkeypatch.setattr(more, "layer_names", lambda _: ["village_parks"])
    monkeypatch.setattr(more, "layer", lambda *_: table)
    (tmp_path / "built").mkdir()
    made = more.parks_of(SimpleNamespace(state=tmp_path), 2025)
    assert made is not None
    sums = made.groupby("kind")["planned_km2"].sum()
    assert sums.to_dict() == {"district": 7.0, "route": 7.0, "year": 7.0}
    by = made.set_index("key")
    assert (by.loc["upgrade", "planned_km2"], by.loc["甲区", "planned_n"]) == (3.0, 2)
    # Nothing done in a year that passed is nought; of one to come it is not known.
    assert by.loc["2025", "done_km2"] == 0
    assert pd.isna(by.loc["2026", "done_km2"])


def test_firms_above_the_line_that_fall_silent_are_neither_in_nor_out() -> None:
    from industrymap.pipeline._monitor_more import structure_of

    revenue = np.array([[500.0, 1500.0], [1500.0, 500.0], [1500.0, np.nan], [500.0, np.nan], [np.nan, 1500.0]])  # fmt: skip
    blank = np.full(revenue.shape, np.nan)
    n = len(revenue)
    made = structure_of(
        monitor.Firms(names=["甲"] * n, codes=list("abcde"), district=["1"] * n, town=[""] * n, cluster=["k"] * n, years=(2024, 2025), revenue=revenue, output=blank, tax=blank, line=1000.0)
    )  # fmt: skip
    assert made is not None
    assert made.entries.to_dict("records") == [
        {"unit": "1", "year": 2025, "entered": 1, "left": 1, "unknown": 1}
    ]
