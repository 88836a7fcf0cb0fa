"""Sets of indicators: shipped ones whole, wrong ones refused at once, and what builds on what."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import industrymap
from industrymap.errors import IndicatorError
from industrymap.indicators import Entities, compute, load
from industrymap.periods import parse as period

SHIPPED = sorted(Path(industrymap.__file__).parent.glob("cities/*/indicators/*.toml"))

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


def written(folder: Path, *formulas: tuple[str, str], extra: str = "") -> Path:
    """Write a set of ``(id, formula)``."""
    entries = [
        f'[[indicator]]\nid = "{id_}"\nzh = "{id_}"\nen = "{id_}"\nunit = "%"\n{extra}formula = "{formula}"\n'
        for id_, formula in formulas
    ]
    path = folder / "own.toml"
    path.write_text(HEAD + "".join(entries), encoding="utf-8")
    return path


@pytest.mark.parametrize("path", SHIPPED, ids=lambda p: p.stem)
def test_every_shipped_set_is_sound_and_says_that_its_names_are_proposals(path: Path) -> None:
    found = load(path)
    assert found.indicators
    assert all(i.official is found.official is False for i in found.indicators)


def test_the_guangzhou_set_has_the_shape_of_its_source() -> None:
    found = load(next(p for p in SHIPPED if p.stem == "gz-1-5-n"))
    groups = [i.group for i in found.indicators]
    assert len(groups) == 45
    assert groups.count("core") == 10
    assert groups.count("n") == 11
    assert len(found.groups) == 1 + 5 + 1


def test_a_new_set_is_a_file_and_an_indicator_may_build_on_another(tmp_path: Path) -> None:
    found = load(written(tmp_path, ("double", "2 * rate"), ("rate", "sum(tax) / sum(land)")))
    entities = Entities(
        periods=[period("2024")],
        unit=np.array([0, 0]),
        units=1,
        measures={"tax": np.array([[3.0], [5.0]]), "land": np.array([[1.0], [3.0]])},
        exists=np.ones((2, 1), dtype=bool),
        kept={},
        figures={},
    )
    values = compute(found, entities)
    assert list(values) == ["double", "rate"]
    assert values["double"].amounts.tolist() == [[4.0]]


def test_definitions_in_a_circle_are_refused(tmp_path: Path) -> None:
    with pytest.raises(IndicatorError, match="go in a circle: "):
        load(written(tmp_path, ("a", "b + 1"), ("b", "a - 1")))


def test_everything_wrong_with_a_file_is_said_at_once(tmp_path: Path) -> None:
    path = written(tmp_path, ("a", "mean(x)"), ("a", "1"), extra='directon = "more"\n')
    with pytest.raises(IndicatorError) as refused:
        load(path)
    for part in ("no function 'mean'", "did you mean 'direction'"):
        assert part in refused.value.en
