"""The map page: one HTML file, without server or network, in which a planner can work.

``build(model)`` returns the page's bytes; :class:`IndustryMap` is the same page around a ``folium.Map`` that
can be reached and added to. How the page is made, and the format of its data block: ``docs/page.md``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from industrymap.webmap._light import light
    from industrymap.webmap.model import (
        Apart,
        Checks,
        Criterion,
        Label,
        MapLayer,
        MapModel,
        Meta,
        PastYear,
        Scoring,
        Snapshot,
        Standard,
        Taxonomy,
    )
    from industrymap.webmap.page import IndustryMap, build

__all__ = [
    "Apart",
    "Checks",
    "Criterion",
    "IndustryMap",
    "Label",
    "MapLayer",
    "MapModel",
    "Meta",
    "PastYear",
    "Scoring",
    "Snapshot",
    "Standard",
    "Taxonomy",
    "build",
    "light",
]

# Loaded when first asked for: importing folium takes time that reading a table must not cost.
_MODULES = dict.fromkeys(__all__, "model") | {
    "IndustryMap": "page",
    "build": "page",
    "light": "_light",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
