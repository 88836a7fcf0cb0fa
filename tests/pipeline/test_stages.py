"""Every stage takes what was known and returns what is known after it, so that a scheduler can run it."""

from __future__ import annotations

import dataclasses
import inspect

import pytest

from industrymap.pipeline._run import STAGES
from industrymap.pipeline._state import State


@pytest.mark.parametrize("name", STAGES)
def test_a_stage_takes_a_state_and_returns_one(name: str) -> None:
    signature = inspect.signature(inspect.unwrap(STAGES[name]))
    first, *further = signature.parameters.values()
    assert first.annotation == signature.return_annotation == "State"
    assert [p.annotation for p in further] == ["Report"]


def test_every_field_of_the_state_is_documented_and_none_is_set_in_place() -> None:
    assert State.__dataclass_params__.frozen  # type: ignore[attr-defined]
    undocumented = [f.name for f in dataclasses.fields(State) if f.name not in (State.__doc__ or "")]  # fmt: skip
    assert undocumented == []
