"""The evaluation counts what it says it counts."""

from __future__ import annotations

import pandas as pd
import pytest

from industrymap.errors import TableError
from industrymap.geocoding.review.evaluate import evaluate

DEGREE_M = 111_195.08


def places() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "address": ["甲路1号", "乙路2号", "丙镇", "丁"],
            "lon": pd.array([113.0, 113.001, 113.0, None], dtype="Float64"),
            "lat": pd.array([0.0, 0.0, 0.0, None], dtype="Float64"),
            "geocode_level": pd.array(["address", "address", "town", None], dtype="string"),
            "geocode_radius_m": pd.array([50, 50, 5000, None], dtype="Float64"),
            "district": pd.array(["西区", "东区", "西区", None], dtype="string"),
            "town": pd.array(["甲街道", "乙镇", None, None], dtype="string"),
        }
    )


def truth() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "address": ["甲路 1号", "乙路2号", "丙镇", "丁", "没有的"],
            "lon": [113.0, 113.0, 113.02, 113.0, 113.0],
            "lat": [0.0] * 5,
            "district": ["西区", "西", "西区", "东区", "东区"],
            "town": ["甲街道", "乙镇", "丙镇", None, None],
        }
    )


def test_match_rate_and_accuracies_count_the_unplaced_as_wrong() -> None:
    found = evaluate(places(), truth())
    assert (found.n, found.matched) == (4, 3)
    assert found.accuracy["district"] == (2, 4)
    assert found.accuracy["town"] == (2, 3)


def test_errors_and_calibration_stand_by_level() -> None:
    table = evaluate(places(), truth()).by_level
    assert table.index.tolist() == ["address", "town", "all"]
    assert table["n"].tolist() == [2, 1, 3]
    assert table.loc["address", "max_m"] == pytest.approx(0.001 * DEGREE_M, rel=1e-6)
    assert table.loc["town", "p50_m"] == pytest.approx(0.02 * DEGREE_M, rel=1e-6)
    assert table["within"].tolist() == pytest.approx([0.5, 1.0, 2 / 3])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_table_is_readable_and_aligned(lang: str) -> None:
    text = evaluate(places(), truth()).text(lang)
    assert "3/4 (75.0%)" in text
    table = text.split("\n\n")[1].split("\n")
    widths = {sum(2 if ord(c) > 0x2E7F else 1 for c in line) for line in table}
    assert len(widths) == 1
    assert len(table) == 4


def test_without_coordinates_only_names_are_judged() -> None:
    found = evaluate(places(), truth().drop(columns=["lon", "lat"]))
    assert len(found.by_level) == 0
    assert "50.0%" in found.text()


def test_a_truth_without_a_key_names_what_is_expected() -> None:
    with pytest.raises(TableError, match="Did you mean address"):
        evaluate(places(), truth().rename(columns={"address": "adress"}))
