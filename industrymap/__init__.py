"""From a revenue spreadsheet and a few polygon layers to a manufacturing industry map.

The names below load their room on first use, so that ``import industrymap`` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_ROOMS: dict[str, str] = {}
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
