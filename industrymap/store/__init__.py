"""The workspace's database: parks, blocks and further layers as they are, as they were, and who changed them.

:func:`open` returns it; every other room knows only :class:`Base`, what any database (PostGIS, say) has to offer. Today it is one
GeoPackage (``base.gpkg``) that QGIS opens as it is, and :class:`Store` is the only place that writes it.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from industrymap.store._base import Base, Place
from industrymap.store._blob import same_shape
from industrymap.store._copies import Copy, Restored, copies, copy_before_change, restore
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
    inverse_of,
    no_such_change,
    raise_conflicts,
    require,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

__all__ = [
    "KEEP",
    "NAME",
    "Base",
    "Conflict",
    "Copy",
    "Edit",
    "Item",
    "Place",
    "Plan",
    "Restored",
    "Store",
    "Touched",
    "Version",
    "cast",
    "copies",
    "copy_before_change",
    "fields_of",
    "inverse_of",
    "no_such_change",
    "open",
    "plan",
    "raise_conflicts",
    "require",
    "restore",
    "same_shape",
]


def open(  # noqa: A001 - `store.open` reads as what it does
    place: Place | str | os.PathLike[str],
    *,
    layers: Mapping[str, str] | None = None,
    timeout_s: float = 30.0,
    now: Callable[[], datetime] | None = None,
) -> Base:
    """Return the database of a workspace; nothing is read or written yet.

    Parameters
    ----------
    place : workspace or path
        A workspace, or the path of a database outside one.
    layers : mapping of str to str, optional
        Further layers → their schema, beside those that the workspace names.
    timeout_s : float
        How long to wait for another writer, in seconds.
    now : callable, optional
        Returns the present moment.

    Returns
    -------
    base : Base

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> import shapely
    >>> from industrymap import store
    >>> from industrymap.store import Edit
    >>> with TemporaryDirectory() as folder:
    ...     base = store.open(Path(folder) / "base.gpkg")
    ...     park = shapely.box(113.30, 23.10, 113.31, 23.11)
    ...     edit = Edit(layer="village_parks", id="A1", record={"name": "甲园", "far": 0.8}, geometry=park)
    ...     first = base.apply([edit], "Zhang", "first register")
    ...     _ = base.apply([Edit(layer="village_parks", id="A1", record={"far": 1.2})], "Li", "works done")
    ...     now, then = base.current("village_parks"), base.as_of(first, "village_parks")
    >>> float(now["far"].iloc[0]), float(then["far"].iloc[0])
    (1.2, 0.8)
    """
    if isinstance(place, (str, os.PathLike)):
        return Store(place, layers=layers, timeout_s=timeout_s, now=now)
    # What the caller names goes before what the workspace names.
    named = {layer.name: layer.schema for layer in place.layers} | dict(layers or {})
    return Store(place.database, layers=named, timeout_s=timeout_s, now=now)
