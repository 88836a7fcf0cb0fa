"""Workspaces: make an empty one, make the sample, and say what one is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from industrymap.desk.tasks import _config
from industrymap.desk.tasks.build import last_build

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["cities", "new", "overview", "sample"]

_SAMPLE_SCALE = 0.2
"""A fifth of Guangzhou's size: enough to see everything, and quick to build."""


def cities(_progress: Callable[..., None]) -> list[dict[str, str]]:
    """Return the city packs that come with the program."""
    from industrymap import citypack

    packs = [citypack.load(name) for name in citypack.known()]
    return [{"id": str(pack.pack_id), "zh": pack.name, "en": pack.name_en} for pack in packs]


def new(_progress: Callable[..., None], *, folder: str, title: str, city: str, producer: str) -> dict[str, Any]:  # fmt: skip
    """Make an empty workspace that names no file yet."""
    from industrymap import citypack, workspace
    from industrymap.errors import ConfigError

    # A pack can also be a folder, and the browser names no folder.
    if city not in citypack.known():
        raise ConfigError("Choose a city.", "请选择城市。")
    made = workspace.create(folder, city=city, title=title)
    _config.without_examples(made[0].parent, producer=producer)
    return {"made": [path.name for path in made]}


def sample(progress: Callable[..., None], *, folder: str) -> dict[str, int]:
    """Make the invented sample city."""
    from industrymap import sample as sample_city

    return sample_city.generate(
        folder,
        scale=_SAMPLE_SCALE,
        progress=lambda done, total: progress(stage="sample", done=done, total=total),
    )


def overview(_progress: Callable[..., None], *, folder: str) -> dict[str, Any]:
    """Say what a workspace is, what it holds and what its last build came to."""
    from industrymap import citypack, workspace

    space = workspace.load(folder)
    pack = citypack.load(space.city)
    return {
        "title": space.title,
        "producer": space.producer,
        "folder": Path(folder).name,
        "city": {"zh": pack.name, "en": pack.name_en},
        "simulated": space.simulated,
        "firms": sum(table.kind != "list" for table in space.tables),
        "tables": len(space.tables),
        "layers": len(space.layers),
        "boundaries": sum(edge is not None for edge in (space.districts, space.towns)),
        "map": (space.outputs / "map.html").is_file(),
        "built": last_build(space.state),
    }
