"""From a revenue spreadsheet and a few polygon layers to a manufacturing industry map.

The names below load their room on first use, so that ``import industrymap`` costs next to nothing.

>>> import industrymap as im
>>> built = im.build(".")                                       # doctest: +SKIP
>>> built.layers["village_parks"].groupby("route").size()       # doctest: +SKIP
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_ROOMS: dict[str, str] = {
    "Gazetteer": "industrymap.geocoding:Gazetteer",
    "IndustryMap": "industrymap.webmap:IndustryMap",
    "IndustryMapError": "industrymap.errors:IndustryMapError",
    "MapModel": "industrymap.webmap:MapModel",
    "assign_polygons": "industrymap.assign:assign",
    "build": "industrymap.pipeline:build",
    "choose_pilots": "industrymap.parks.pilots:choose",
    "classify": "industrymap.parks.routes:classify",
    "datum": "industrymap.datum:",
    "export_layer": "industrymap.export:write",
    "geocode": "industrymap.geocoding:geocode",
    "layer": "industrymap.pipeline:layer",
    "load_city": "industrymap.citypack:load",
    "load_workspace": "industrymap.workspace:load",
    "measure_layer": "industrymap.measure:measure",
    "open_store": "industrymap.store:open",
    "page_model": "industrymap.pipeline:page_model",
    "parse_filter": "industrymap.filters:parse",
    "read_enterprises": "industrymap.tables:read",
    "read_layer": "industrymap.layers:read",
    "tag": "industrymap.tagging:tag",
}
"""Public name → ``module:attribute`` (``module:`` for the module itself)."""

__all__ = ["__version__", *sorted(_ROOMS)]  # noqa: PLE0604 - names of _ROOMS are loaded by __getattr__


def __getattr__(name: str) -> Any:
    if name not in _ROOMS:
        msg = f"module 'industrymap' has no attribute {name!r}"
        raise AttributeError(msg)
    module, _, attribute = _ROOMS[name].partition(":")
    found = import_module(module)
    return getattr(found, attribute) if attribute else found


def __dir__() -> list[str]:
    return sorted(__all__)
