"""A second database behind the same interface: everything in memory, the rules of change those of the package."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from industrymap.errors import StoreError, did_you_mean, nearest
from industrymap.store import (
    Item,
    Plan,
    Touched,
    Version,
    _frames,
    fields_of,
    inverse_of,
    no_such_change,
    plan,
    raise_conflicts,
    require,
)
from industrymap.store._blob import encode, normalised
from industrymap.store._rows import schema_of
from industrymap.store._rules import require_in_force, restored
from industrymap.store._tables import LAYERS, require_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import geopandas as gpd
    import pandas as pd

    from industrymap.files import Source
    from industrymap.store import Edit

When = date | int | None


@dataclass(frozen=True)
class Kept:
    """A version with when and by which change it ended."""

    version: Version
    valid_to: date | None = None
    ended_by: int | None = None

    def holds(self, when: When) -> bool:
        made, ended = self.version, self.ended_by
        if when is None:
            return ended is None
        if isinstance(when, int):
            return made.change <= when and (ended is None or ended > when)
        return made.valid_from <= when and (self.valid_to is None or self.valid_to > when)


class Memory:
    """Parks and blocks for as long as the program runs."""

    name = "memory"

    def __init__(
        self,
        layers: dict[str, str] | None = None,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(tz=UTC),
    ) -> None:
        self.schemas = {**LAYERS, **(layers or {})}
        self.now = now
        self.kept: dict[tuple[str, str], list[Kept]] = {}
        self.items: list[tuple[Item, ...]] = []
        self.log: list[list[Any]] = []

    def exists(self) -> bool:
        return bool(self.log)

    def layers(self) -> dict[str, str]:
        return dict(self.schemas)

    def add_layer(self, layer: str, *, schema: str) -> None:
        require_name(layer)
        self.schemas.setdefault(layer, schema)

    def require_sound(self) -> None:
        """Memory does not rot."""

    def check(self) -> list[tuple[str, str]]:
        return []

    def preview(self, edits: Iterable[Edit], *, valid_from: date | None = None) -> Plan:
        edits = list(edits)
        for edit in edits:
            schema_of(self.schemas, edit.layer)
        return plan(
            edits,
            latest={where: kept[-1].version for where, kept in self.kept.items()},
            seen={
                (e.layer, e.id, e.base): self.at(e.layer, e.id, e.base)
                for e in edits
                if e.base is not None
            },
            fields={layer: fields_of(schema) for layer, schema in self.schemas.items()},
            on=valid_from or date.today(),  # noqa: DTZ011 - the day where the user is
        )

    def apply(
        self,
        changes: Iterable[Edit],
        who: str,
        why: str,
        source: Source | None = None,
        *,
        valid_from: date | None = None,
    ) -> int | None:
        require(who, why)
        found = self.preview(changes, valid_from=valid_from)
        raise_conflicts(found)
        if not found.items:
            return None
        file = (source.name, source.sha256) if source else (None, None)
        return self.write(found.items, who, why, file, None)

    def undo(self, change: int, who: str, why: str) -> int:
        require(who, why)
        if not 1 <= change <= len(self.items):
            raise no_such_change(change, len(self.items))
        require_in_force(change, {line[0]: line[-1] for line in self.log if line[-1]})
        touched = [
            Touched(
                layer=item.layer,
                id=item.id,
                before=item.before,
                made=next(
                    k.version for k in self.kept[item.layer, item.id] if k.version.change == change
                ),
                now=self.kept[item.layer, item.id][-1].version,
                restores=self.restores(item.layer, item.id),
                fields=item.fields,
                related=item.related,
            )
            for item in self.items[change - 1]
        ]
        number = self.write(inverse_of(change, touched), who, why, (None, None), change)
        self.log[change - 1][-1] = number
        return number

    def restores(self, layer: str, id_: str) -> tuple[int, ...]:
        """The versions that the latest one stands for, through undos of undos."""
        changes = {k.version.number: k.version.change for k in self.kept[layer, id_]}

        def step(number: int) -> int | None:
            undone = self.log[changes[number] - 1][-2]
            if undone is None:
                return None
            before = next(
                i.before for i in self.items[undone - 1] if (i.layer, i.id) == (layer, id_)
            )
            return before.number if before else None

        return restored(self.kept[layer, id_][-1].version.number, step)

    def write(
        self,
        items: Iterable[Item],
        who: str,
        why: str,
        file: tuple[str | None, str | None],
        undoes: int | None,
    ) -> int:
        number, items = len(self.log) + 1, tuple(items)
        for item in items:
            mine = self.kept.setdefault((item.layer, item.id), [])
            mine[:] = [cut(kept, item.valid_from) for kept in mine]
            if mine:
                mine[-1] = replace(mine[-1], ended_by=number)
            removed = item.action == "remove"
            version = Version(
                number=sum(map(len, self.kept.values())) + 1,
                record=item.record,
                geometry=None if removed else item.geometry,
                removed=removed,
                valid_from=item.valid_from,
                change=number,
            )
            mine.append(Kept(version))
        counts = [sum(i.action == action for i in items) for action in ("add", "change", "remove")]
        day = min(item.valid_from for item in items).isoformat()
        at = self.now().isoformat()
        self.items.append(items)
        self.log.append([number, at, who, why, *file, day, *counts, undoes, None])
        return number

    def at(self, layer: str, id_: str, when: When) -> Version | None:
        held = [k.version for k in self.kept.get((layer, id_), []) if k.holds(when)]
        return held[-1] if held else None

    def current(self, layer: str) -> gpd.GeoDataFrame:
        return self.as_of(None, layer)

    def as_of(self, when: When, layer: str) -> gpd.GeoDataFrame:
        self.require_made(when)
        schema = schema_of(self.schemas, layer)
        held = [
            k
            for (name, _), kept in sorted(self.kept.items())
            if name == layer
            for k in kept
            if k.holds(when) and not k.version.removed
        ]
        return _frames.layer_frame([row(k) for k in held], schema)

    def history(self, id_: str, layer: str = "village_parks") -> gpd.GeoDataFrame:
        if (layer, id_) not in self.kept:
            near, _ = did_you_mean(
                nearest(id_, [own for name, own in self.kept if name == layer], n=1)
            )
            raise StoreError(f"No feature {id_!r}.{near}", f"没有“{id_}”。")
        rows = [row(k) for k in self.kept[layer, id_]]
        related = {
            number: item.related
            for number, items in enumerate(self.items, 1)
            for item in items
            if (item.layer, item.id) == (layer, id_) and item.related
        }
        return _frames.history_frame(rows, self.schemas[layer], self.log_rows(), related)

    def changes(self) -> pd.DataFrame:
        return _frames.log_frame(self.log_rows())

    def log_rows(self) -> list[tuple[Any, ...]]:
        return [tuple(line) for line in self.log]

    def change_before(self, day: date) -> int:
        return max((line[0] for line in self.log if line[1][:10] <= day.isoformat()), default=0)

    def require_made(self, when: When) -> None:
        if isinstance(when, int) and not 0 <= when <= len(self.items):
            raise no_such_change(when, len(self.items))

    def diff(self, a: When, b: When, layer: str | None = None) -> pd.DataFrame:
        self.require_made(a)
        self.require_made(b)
        records = []
        for name in [layer] if layer else list(self.schemas):
            sides = [
                {
                    id_: version
                    for (own, id_) in self.kept
                    if own == name and (version := self.at(own, id_, when)) and not version.removed
                }
                for when in (a, b)
            ]
            records += _frames.difference(name, *sides, fields_of(self.schemas[name]))
        return _frames.difference_frame(records)


def cut(kept: Kept, day: date) -> Kept:
    """Let a version hold no longer than until a day."""
    ends = kept.valid_to is None or kept.valid_to > day
    return replace(kept, valid_to=day) if ends else kept


def row(kept: Kept) -> tuple[Any, ...]:
    """Return a version as a row of a history table."""
    version = kept.version
    day = None if kept.valid_to is None else kept.valid_to.isoformat()
    return (
        version.number,
        encode(normalised(version.geometry)),
        *version.record.values(),
        version.valid_from.isoformat(),
        day,
        version.removed,
        version.change,
        kept.ended_by,
    )
