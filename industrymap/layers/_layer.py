"""What a reader hands on: raw features first, a typed layer last."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from industrymap.errors import LayerError, did_you_mean, nearest
from industrymap.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import geopandas as gpd
    import numpy.typing as npt
    import pandas as pd

    from industrymap import issues as issues_
    from industrymap.datum import Datum
    from industrymap.files import Decision, Source

__all__ = ["Layer", "Raw", "by_name", "object_array"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """A layer as it was understood.

    Attributes
    ----------
    frame : GeoDataFrame
        WGS 84 (EPSG:4326); the schema's fields with their types, then every other column, then geometry.
    layer : str
        Whose schema.
    headings : dict of str to str
        Column → name as the file has it.
    rows : Series of int
        Ordinal of each feature in the file, 1-based, aligned with ``frame``; issues carry it.
    datum : Datum
        What the coordinates were read as.
    decisions : tuple of Decision
        What was understood, for the person who sent the file.
    issues : DataFrame
        What could not be used or was repaired (see :mod:`industrymap.issues`).
    source : Source
        The file, with its SHA-256.
    name : str
        File name, with ``#layer`` where the file holds several.
    """

    frame: gpd.GeoDataFrame
    layer: str
    headings: dict[str, str]
    rows: pd.Series[int]
    datum: Datum
    decisions: tuple[Decision, ...]
    issues: pd.DataFrame
    source: Source
    name: str

    def __repr__(self) -> str:
        return (
            f"<Layer {self.name!r}: {counted(len(self.frame), 'feature')}, {self.datum.id}; "
            f"{counted(len(self.issues), 'issue')}>"
        )

    def _repr_html_(self) -> str:
        """Draw the outlines in a notebook."""
        from industrymap.layers._picture import picture

        about = f"{self.layer} · {self.datum.id}" if self.layer else self.datum.id
        return picture(self.frame, name=self.name, about=about)


@dataclass(slots=True, kw_only=True)
class Raw:
    """Features as a format gave them.

    Attributes
    ----------
    name : str
        Of the layer inside the file; empty where it has none.
    columns : dict of str to list
        Attributes, one value for each feature.
    geometries : ndarray of shapely geometries or None
        As the file has them.
    notes : dict of int to list of str
        Position of a feature → codes of what was wrong with its geometry before it was built.
    crs : str or None
        What the file says about its coordinate system.
    by_standard : bool
        ``crs`` is not said by the file but by its format's standard.
    decisions : list of Decision
    others : list of str
        Further layers in the same file, with how many features each has.
    problems : list of (Rule, dict)
        What a format's reader has to report: a rule, and what its sentences name.
    cut : frozenset of str
        Names so long that the format may have cut their end off.
    aside : bool
        Not what a person means who names no layer: the frame around a drawing.
    """

    name: str = ""
    columns: dict[str, list[object]] = field(default_factory=dict)
    geometries: npt.NDArray[np.object_]
    notes: dict[int, list[str]] = field(default_factory=dict)
    crs: str | None = None
    by_standard: bool = False
    decisions: list[Decision] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    problems: list[tuple[issues_.Rule, Mapping[str, object]]] = field(default_factory=list)
    cut: frozenset[str] = frozenset()
    aside: bool = False


def object_array(items: Iterable[object]) -> npt.NDArray[np.object_]:
    """Return items as an array of objects; NumPy would take a list of geometries apart."""
    listed = list(items)
    out = np.empty(len(listed), dtype=object)
    out[:] = listed
    return out


def by_name(raws: Sequence[Raw], table: str, file: str) -> Raw:
    """Return the layer called ``table``.

    Raises
    ------
    LayerError
        The file has no such layer; the names it has are given.
    """
    for raw in raws:
        if raw.name in {
            table,
            table.rsplit(".", 1)[0],
        }:  # an archive member may be asked for as a file
            return raw
    names = [raw.name or file.rsplit(".", 1)[0] for raw in raws]
    # A file with one layer without a name of its own is asked for by the file's name.
    if len(raws) == 1 and table == names[0]:
        return raws[0]
    en, zh = did_you_mean(nearest(table, names, n=1))
    raise LayerError(
        f"{file} has no layer {table!r}; it has {', '.join(names)}.{en}",
        f"{file} 中没有图层“{table}”，现有：{'、'.join(names)}。{zh}",
    )
