"""A workspace: one folder with ``industrymap.toml``, ``layers/``, ``boundaries/`` and ``outputs/``.

:func:`load` reads the configuration into :class:`Workspace` and names every wrong key at once, each with the
nearest right one; :func:`create` makes an empty workspace for a city.
"""

from industrymap.workspace._create import Given, create
from industrymap.workspace._load import city_named, load, parse
from industrymap.workspace._model import (
    CONFIG,
    LayerSource,
    TableSource,
    Workspace,
)

__all__ = [
    "CONFIG",
    "Given",
    "LayerSource",
    "TableSource",
    "Workspace",
    "city_named",
    "create",
    "load",
    "parse",
]
