"""A definition holds where and when it says; the sets that ship have the shape they state and can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from industrymap import indicators
from industrymap.errors import IndicatorError

if TYPE_CHECKING:
    from pathlib import Path

HEAD = 'set_id = "s"\nsource = "本局"\n[title]\nzh = "甲"\nen = "A"\n[[group]]\nid = "g"\nzh = "组"\nen = "G"\n[[indicator]]\nid = "i"\ngroup = "g"\nzh = "乙"\nen = "B"\nunit = "家"\nformula = "count()"\n'


def test_levels_whole_years_and_validity_are_read(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text(HEAD + 'levels = ["city", "district"]\nperiod = "year"\nvalid_from = "2023"\nvalid_to = "2025年"\n', encoding="utf-8")  # fmt: skip
    scope = indicators.load(path).indicators[0].scope
    assert scope.levels == ("city", "district")
    assert (scope.whole_year, str(scope.first), str(scope.last)) == (True, "2023", "2025")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('levels = ["county"]', "county"),
        ('period = "month"', "month"),
        ('valid_from = "去年"', "去年"),
    ],
)
def test_a_scope_that_cannot_be_read_is_one_fault(tmp_path: Path, line: str, said: str) -> None:
    path = tmp_path / "s.toml"
    path.write_text(HEAD + line + "\n", encoding="utf-8")
    with pytest.raises(IndicatorError, match=said):
        indicators.load(path)


def test_the_sets_of_no_city_have_the_shape_they_state() -> None:
    sets = {one.id: one for one in indicators.known([])}
    assert (len(sets["jinan-10-35"].groups), len(sets["jinan-10-35"].indicators)) == (10, 35)
    assert len(sets["core"].indicators) == 10
    assert not any(one.official for one in sets.values())
    for one in sets.values():
        assert {i.group for i in one.indicators} == set(one.groups)
        assert not [n.name for i in one.indicators for n in indicators.needs(i, one) if not n.listed]  # fmt: skip
