"""The record of one layer."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ROLES", "LayerRecord"]

ROLES = ("subject", "container", "context")
"""What a layer is to the map: its subject, the units that others are counted in, or the ground underneath."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerRecord:
    """What a layer is.

    Attributes
    ----------
    name : str
        Its name in the workspace and its outputs, e.g. ``industrial_blocks``.
    id : str
        Its short name in the filter language, in the page and its links, e.g. ``blocks``.
    schema : str
        The schema of its columns.
    geometry : str
        ``area``, ``line`` or ``point``.
    role : str
        One of :data:`ROLES`.
    style : str
        How the page draws it: ``fill``, ``outline``, ``dotted``, ``line`` or ``dots``.
    step : int
        Precision of its coordinates in the page, in 1e-7 degree.
    firm_column : str
        The column of enterprises that says in which of its features each firm is; empty where firms are not counted.
    area, area_reported : str
        The field that takes the area of the polygon, and the one that may bring another figure for it.
    against : str
        The layer whose polygons its overlap and distance are measured to; empty for none.
    color, charts : tuple of str
        Fields the page colours it by, the first to begin with, and the fields of its charts.
    amount : str
        The field its charts add up beside the count.
    words : tuple of str
        Further names for it in the filter language.
    zh, en : str
        Labels.
    """

    name: str
    id: str
    schema: str
    geometry: str = "area"
    role: str = "context"
    style: str = "dotted"
    step: int = 1
    firm_column: str = ""
    area: str = ""
    area_reported: str = ""
    against: str = ""
    color: tuple[str, ...] = ()
    charts: tuple[str, ...] = ()
    amount: str = ""
    words: tuple[str, ...] = ()
    zh: str = ""
    en: str = ""

    def label(self, lang: str = "zh") -> str:
        """Return the label in ``lang``."""
        return self.zh if lang == "zh" else self.en
