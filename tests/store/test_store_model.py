"""The store against the simplest model of it: random changes, undone and queried in any order."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from store_memory import Memory
from store_model import DAYS, LAYERS, Model, Refused, random_edits, states

from industrymap.errors import StoreError
from industrymap.store import Base, Store

if TYPE_CHECKING:
    from datetime import date


class StoreMachine(RuleBasedStateMachine):
    """Every step is done to the store and to the model; they must agree."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.store = self.made()
        self.model = Model()

    def made(self) -> Base:
        return Store(Path(self.folder.name) / "base.gpkg")

    def teardown(self) -> None:
        self.folder.cleanup()

    @rule(seed=st.integers(0, 2**32), day=st.sampled_from(DAYS))
    def apply(self, seed: int, day: date) -> None:
        edits = random_edits(random.Random(seed), len(self.model.touched))
        try:
            expected = self.model.apply(edits, day)
        except Refused:
            with pytest.raises(StoreError):
                self.store.apply(edits, "甲", "试", valid_from=day)
            return
        assert self.store.apply(edits, "甲", "试", valid_from=day) == expected

    @rule(back=st.integers(-1, 6))
    def undo(self, back: int) -> None:
        if not self.store.exists():
            return
        change = len(self.model.touched) - back
        try:
            expected = self.model.undo(change)
        except Refused:
            with pytest.raises(StoreError):
                self.store.undo(change, "乙", "撤销")
            return
        assert self.store.undo(change, "乙", "撤销") == expected

    @rule()
    def everything_is_taken_back_last_first(self) -> None:
        """No chain of changes, undos and undos of undos leaves a change that can never be taken back."""
        for change in range(len(self.model.touched), 0, -1):
            assert self.store.undo(change, "乙", "全部撤销") == self.model.undo(change)
        assert all(not self.model.as_of(None, layer) for layer in LAYERS)

    @rule(
        when=st.one_of(st.none(), st.sampled_from(DAYS), st.integers(0, 12)),
        layer=st.sampled_from(sorted(LAYERS)),
    )
    def query(self, when: date | int | None, layer: str) -> None:
        if not self.store.exists():
            return
        if self.never_was(when):
            with pytest.raises(StoreError, match="There is no change"):
                self.store.as_of(when, layer)
        else:
            assert states(self.store, when, layer) == self.model.as_of(when, layer)

    def never_was(self, when: date | int | None) -> bool:
        return isinstance(when, int) and when > len(self.model.touched)

    @rule(a=st.sampled_from([*DAYS, 0, 2, 5, None]), b=st.sampled_from([*DAYS, 1, 3, 8, None]))
    def diff(self, a: date | int | None, b: date | int | None) -> None:
        if not self.store.exists():
            return
        if self.never_was(a) or self.never_was(b):
            with pytest.raises(StoreError, match="There is no change"):
                self.store.diff(a, b)
            return
        found = self.store.diff(a, b)
        for layer in LAYERS:
            before, after = self.model.as_of(a, layer), self.model.as_of(b, layer)
            expected = {("added", i) for i in after.keys() - before.keys()}
            expected |= {("removed", i) for i in before.keys() - after.keys()}
            expected |= {
                ("changed", i) for i in after.keys() & before.keys() if after[i] != before[i]
            }
            rows = found[found["layer"] == layer]
            assert set(zip(rows["kind"], rows["id"], strict=True)) == expected

    @invariant()
    def the_file_agrees_with_its_own_history(self) -> None:
        if isinstance(self.store, Store) and self.store.exists():
            assert self.store.check() == []

    @invariant()
    def now_is_what_the_model_says(self) -> None:
        if self.store.exists():
            for layer in LAYERS:
                assert states(self.store, None, layer) == self.model.as_of(None, layer)


class MemoryMachine(StoreMachine):
    """The same behind the interface by another database: nothing in the rules of change knows the file."""

    def made(self) -> Base:
        return Memory({"village_parks": "village_parks", "industrial_blocks": "industrial_blocks"})


SETTINGS = settings(
    max_examples=12,
    stateful_step_count=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
StoreMachine.TestCase.settings = SETTINGS
MemoryMachine.TestCase.settings = settings(SETTINGS, max_examples=6)
TestStoreAgainstItsModel = StoreMachine.TestCase
TestAnotherDatabaseAgainstTheModel = MemoryMachine.TestCase
