"""What the store must do, in the simplest form there is: lists in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from industrymap.store import KEEP, Base, Edit

if TYPE_CHECKING:
    import random

LAYERS = {"village_parks": "park_id", "industrial_blocks": "block_id"}
DAYS = [date(2025, m, d) for m in (1, 4, 7, 10) for d in (1, 15)]
FIELDS = {
    "village_parks": ("name", "far", "firms_reported", "tenure_clear"),
    "industrial_blocks": ("name", "area_reported_m2", "level"),
}
VALUES: dict[str, list[Any]] = {
    "name": ["甲园", "乙园", None],
    "far": [0.5, 1.25, None],
    "firms_reported": [0, 3, None],
    "tenure_clear": [True, False, None],
    "area_reported_m2": [1e5, 2.5e5, None],
    "level": [1, 2, None],
}
State = tuple[dict[str, Any], str | None]
"""Values and the WKT of the geometry."""


class Refused(Exception):  # noqa: N818 - the model's own word
    """The model would not do it."""


@dataclass
class Model:
    """Every feature's versions, each (change, valid from, state or None where it is gone)."""

    versions: dict[tuple[str, str], list[tuple[int, date, State | None]]] = field(
        default_factory=dict
    )
    touched: list[dict[tuple[str, str], State | None]] = field(default_factory=list)
    """Per change: feature → state before it."""
    undoes: dict[int, int] = field(default_factory=dict)
    """Undo → the change it takes back."""

    def latest(self, where: tuple[str, str]) -> State | None:
        known = self.versions.get(where)
        return known[-1][2] if known else None

    def at_change(self, where: tuple[str, str], change: int) -> tuple[int, State | None]:
        """The version that was latest just after a change: its own change number (0: none yet) and state."""
        known = [v for v in self.versions.get(where, []) if v[0] <= change]
        return (known[-1][0], known[-1][2]) if known else (0, None)

    def apply(self, edits: list[Edit], day: date) -> int | None:
        new: dict[tuple[str, str], State | None] = {}
        seen: set[tuple[str, str]] = set()
        for edit in edits:
            where = (edit.layer, edit.id)
            if where in seen:
                raise Refused("twice")
            seen.add(where)
            now = self.latest(where)
            if where in self.versions and day < self.versions[where][-1][1]:
                raise Refused("order")
            if (now is not None and edit.must == "add") or (
                now is None and (edit.must == "change" or edit.record is None)
            ):
                raise Refused("existence")
            wanted = self.wanted(edit, now)
            if edit.record is not None and now is not None and wanted == now:
                continue
            if edit.base is not None:
                self.look_back(where, edit.base, now, wanted)
            new[where] = wanted
        if not new:
            return None
        return self.write(new, dict.fromkeys(new, day))

    def wanted(self, edit: Edit, now: State | None) -> State | None:
        if edit.record is None:
            return None
        values, shape = now or (dict.fromkeys(FIELDS[edit.layer]), None)
        return values | dict(edit.record), shape if edit.geometry is KEEP else drawn(edit.geometry)

    def look_back(
        self, where: tuple[str, str], base: int, now: State | None, wanted: State | None
    ) -> None:
        theirs, then = self.at_change(where, base)
        if where not in self.versions or theirs == self.versions[where][-1][0]:
            return
        if theirs == 0 or (then is None) != (now is None) or wanted is None:
            raise Refused("changed since")
        if then is None or now is None:
            differing: set[str] = set()
        else:
            differing = {k for k in now[0] if now[0][k] != then[0][k]} | (
                {"g"} if now[1] != then[1] else set()
            )
        old = now or (dict.fromkeys(wanted[0]), None)
        mine = {k for k in old[0] if old[0][k] != wanted[0][k]} | (
            {"g"} if old[1] != wanted[1] else set()
        )
        if mine & differing:
            raise Refused("changed since")

    def write(
        self, new: dict[tuple[str, str], State | None], days: dict[tuple[str, str], date]
    ) -> int:
        self.touched.append({where: self.latest(where) for where in new})
        number = len(self.touched)
        for where, state in new.items():
            self.versions.setdefault(where, []).append((number, days[where], state))
        return number

    def undo(self, change: int) -> int:
        if not 1 <= change <= len(self.touched):
            raise Refused("no such change")
        before = self.touched[change - 1]
        if any(change not in self.in_force(where) for where in before):
            raise Refused("touched later")
        days = {
            where: day
            for where in before
            for number, day, _ in self.versions[where]
            if number == change
        }
        number = self.write(before, days)
        self.undoes[number] = change
        return number

    def in_force(self, where: tuple[str, str]) -> list[int]:
        """The changes whose outcome is what the feature is: the last, and through undos what those put back."""
        numbers = [number for number, _, _ in self.versions[where]]
        found = [numbers[-1]]
        while found[-1] in self.undoes:
            at = numbers.index(self.undoes[found[-1]])
            if at == 0:
                break  # it was not there before
            found.append(numbers[at - 1])
        return found

    def as_of(self, when: date | int | None, layer: str) -> dict[str, State]:
        found: dict[str, State] = {}
        for (name, id_), versions in self.versions.items():
            known = [v for v in versions if self.holds(v, when)]
            if name == layer and known and known[-1][2] is not None:
                found[id_] = known[-1][2]
        return found

    @staticmethod
    def holds(version: tuple[int, date, State | None], when: date | int | None) -> bool:
        if when is None:
            return True
        return version[0] <= when if isinstance(when, int) else version[1] <= when


def states(store: Base, when: date | int | None, layer: str) -> dict[str, State]:
    """The same of the store."""
    frame = store.as_of(when, layer)
    found: dict[str, State] = {}
    for row, shape in zip(frame.to_dict("records"), frame.geometry, strict=True):
        values = {name: _plain(row[name]) for name in FIELDS[layer]}
        found[str(row[LAYERS[layer]])] = (values, drawn(shape))
    return found


def drawn(shape: Any) -> str | None:
    """The text of a geometry, the same wherever its ring begins."""
    import shapely

    return None if shape is None else shapely.to_wkt(shapely.normalize(shape), rounding_precision=6)


def _plain(value: Any) -> Any:
    import pandas as pd

    return None if pd.isna(value) else value


def random_edits(random_: random.Random, last: int) -> list[Edit]:
    """A change as somebody might send it: mostly sensible, sometimes contradicting what is there."""
    import shapely

    edits = []
    for _ in range(random_.choice([1, 1, 2, 3, 6])):
        layer = random_.choice(list(LAYERS))
        fields = random_.sample(FIELDS[layer], random_.randint(0, 2))
        x, y = random_.randint(0, 3), random_.randint(0, 3)
        shape = shapely.box(113 + x / 10, 23 + y / 10, 113.05 + x / 10, 23.05 + y / 10)
        edits.append(
            Edit(
                layer=layer,
                id=f"{layer[0]}{random_.randint(1, 8)}",
                record=None
                if random_.random() < 0.15
                else {f: random_.choice(VALUES[f]) for f in fields},
                geometry=random_.choice([KEEP, shape]),
                base=random_.choice([None, None, last, max(0, last - random_.randint(0, 4))]),
                must=random_.choice([None] * 14 + ["add", "change"]),
            )
        )
    return edits
