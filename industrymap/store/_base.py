"""What a database of the workspace offers, whatever keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from industrymap.schemas import PARKS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd

    from industrymap.files import Source
    from industrymap.store._model import Edit, Plan

__all__ = ["Base", "Place"]


class _Layer(Protocol):
    """A layer that a workspace names."""

    @property
    def name(self) -> str: ...

    @property
    def schema(self) -> str: ...


class Place(Protocol):
    """What :func:`industrymap.store.open` asks of a workspace."""

    @property
    def database(self) -> Path:
        """Where the database lies."""
        ...

    @property
    def layers(self) -> Sequence[_Layer]:
        """The layers that the workspace names, with their schemas."""
        ...


@runtime_checkable
class Base(Protocol):
    """What a database of the workspace does.

    The rules of change are the same for every one: :func:`plan` says what edits would do and what conflicts with them,
    :func:`inverse_of` what undoes a change, :func:`require` and :func:`raise_conflicts` refuse. A database reads versions, writes
    versions, and keeps the log.
    """

    @property
    def name(self) -> str:
        """The database's name, for messages."""
        ...

    def exists(self) -> bool:
        """Return whether there is a database yet."""
        ...

    def layers(self) -> dict[str, str]:
        """Return layer → schema."""
        ...

    def add_layer(self, layer: str, *, schema: str) -> None:
        """Make a further layer of a known schema, where it is not there yet."""
        ...

    def preview(self, edits: Iterable[Edit], *, valid_from: date | None = None) -> Plan:
        """Return what a set of edits would do."""
        ...

    def apply(
        self,
        changes: Iterable[Edit],
        who: str,
        why: str,
        source: Source | None = None,
        *,
        valid_from: date | None = None,
    ) -> int | None:
        """Make a set of edits, all or none, and return the number of the change."""
        ...

    def undo(self, change: int, who: str, why: str) -> int:
        """Take a change back and return the number of the new one."""
        ...

    def current(self, layer: str) -> gpd.GeoDataFrame:
        """Return a layer as it is."""
        ...

    def as_of(self, when: date | int | None, layer: str) -> gpd.GeoDataFrame:
        """Return a layer as it was."""
        ...

    def history(self, id_: str, layer: str = PARKS) -> gpd.GeoDataFrame:
        """Return every version of a feature."""
        ...

    def changes(self) -> pd.DataFrame:
        """Return the change log."""
        ...

    def change_before(self, day: date) -> int:
        """Return the number of the last change made on or before a day."""
        ...

    def diff(
        self, a: date | int | None, b: date | int | None, layer: str | None = None
    ) -> pd.DataFrame:
        """Return what differs between two moments."""
        ...

    def require_sound(self) -> None:
        """Refuse a damaged database before anything is read from it."""
        ...

    def check(self) -> list[tuple[str, str]]:
        """Return what is wrong with the database, in Chinese and English; empty where it is sound."""
        ...
