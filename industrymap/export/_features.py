"""A layer as the writers of geographic formats take it: attributes, shapes, and what the file says about itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from industrymap.columns import Geometries
    from industrymap.export._columns import Column
    from industrymap.export._meta import Meta

__all__ = ["Features"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """What is written.

    Attributes
    ----------
    frame : DataFrame
        Attributes.
    shapes : ndarray of geometries
        One for each row, in ``crs``.
    name : str
        What the layer is called in the file.
    columns : sequence of Column
        Attributes to write, in this order.
    crs : str
        What the coordinates are in, as a code, WKT or PROJ text; formats that are always WGS 84 do not ask.
    lang : str
        Language of the labels.
    meta : Meta
        Embedded where the format has a place for it.
    """

    frame: pd.DataFrame
    shapes: Geometries
    name: str
    columns: Sequence[Column]
    crs: str
    lang: str
    meta: Meta
