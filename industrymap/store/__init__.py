"""The workspace's database: parks, blocks and zones as they are, as they were, and who changed them.

One GeoPackage (``base.gpkg``) that QGIS opens as it stands. :class:`Store` is the only place that writes it;
:class:`Base` is what another database (PostGIS) has to offer to stand in its stead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from industrymap.store._geopackage import NAME, Store
from industrymap.store._model import (
    KEEP,
    Conflict,
    Edit,
    Item,
    Plan,
    Version,
    cast,
    plan,
)
from industrymap.store._rows import fields_of
from industrymap.store._rules import (
    Touched,
    no_such_change,
    raise_conflicts,
    require,
    taken_back,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    import geopandas as gpd
    import pandas as pd

    from industrymap.files import Source

__all__ = [
    "KEEP",
    "NAME",
    "Base",
    "Conflict",
    "Edit",
    "Item",
    "Plan",
    "Store",
    "Touched",
    "Version",
    "cast",
    "fields_of",
    "no_such_change",
    "plan",
    "raise_conflicts",
    "require",
    "taken_back",
]


@runtime_checkable
class Base(Protocol):
    """What a database of the workspace does.

    The rules of change are the same for every one: :func:`plan` says what edits would do and what stands against them,
    :func:`taken_back` what undoes a change, :func:`require` and :func:`raise_conflicts` refuse. A database reads versions, writes
    versions, and keeps the log.
    """

    def exists(self) -> bool:
        """Tell whether there is a database yet."""
        ...

    def layers(self) -> dict[str, str]:
        """Return layer → schema."""
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

    def as_of(self, when: date | int | None, layer: str) -> gpd.GeoDataFrame:
        """Return a layer as it was."""
        ...

    def history(self, id_: str, layer: str = "village_parks") -> pd.DataFrame:
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
