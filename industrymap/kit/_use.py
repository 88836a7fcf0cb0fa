"""Using a kit: a new workspace that has its boundaries, roads, places and industrial land."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from industrymap import citypack, files, workspace
from industrymap.errors import ConfigError, FileRefusedError
from industrymap.kit._make import ABOUT

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["unpack"]

_FOLDERS = {
    "districts": "boundaries",
    "towns": "boundaries",
    "roads": "boundaries",
    "villages": "boundaries",
    "estates": "boundaries",
    "industrial_land": "layers",
}
"""Part → folder of the workspace."""

_PLACES = ("villages", "roads", "estates")


def unpack(
    path: Path, folder: Path, *, city: str | None = None, title: str | None = None
) -> tuple[list[Path], dict[str, Any]]:
    """Create a workspace with the parts of a kit.

    Parameters
    ----------
    path : Path
        What :func:`industrymap.kit.make` wrote; it passes the guards of every archive.
    folder : Path
        The workspace; refused where it holds one.
    city : str, optional
        City pack, by default the kit's own; another than the kit's is refused.
    title : str, optional
        Title of the map.

    Returns
    -------
    made : list of Path
        The configuration first.
    about : dict
        What the kit says of itself: ``city, name, source, data_date, counts``.

    Raises
    ------
    FileRefusedError
        No kit, or an archive that is refused.
    ConfigError
        A kit of another city, or a workspace is there already.
    """
    members = files.unpack(files.check(path, allow=("zip",)), ("json", "geojson"))
    about = _about(members, path.name)
    pack = citypack.load(city or about["city"])
    # Districts of another city would leave every firm without one.
    if pack.pack_id != about["city"]:
        raise ConfigError(
            f"{path.name} is a kit of {about['city']}, not of {pack.pack_id}.",
            f"{path.name} 是{about['name']}的资料包，不是{pack.name}的。",
        )
    # Only parts known here: a name in the archive never decides where a file is written.
    parts = {name: members[f"{name}.geojson"] for name in _FOLDERS if f"{name}.geojson" in members}
    made = workspace.create(
        folder,
        city=city or about["city"],
        title=title or f"{pack.name}制造业产业地图",
        source="，".join(text for text in (about["source"], about["data_date"]) if text),
        given=_given(parts),
    )
    written = [
        files.write_bytes(folder / _FOLDERS[name] / f"{name}.geojson", data)
        for name, data in parts.items()
    ]
    return [*made, *written], about


def _about(members: dict[str, bytes], name: str) -> dict[str, Any]:
    try:
        about = json.loads(members[ABOUT])
        known = {key: str(about[key]) for key in ("city", "name", "source", "data_date")}
        counts = {str(part): int(n) for part, n in about["counts"].items()}
    except (KeyError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise FileRefusedError(
            f"{name} is no kit: make one with `industrymap kit make --city PACK -o kit.zip`.",
            f"{name} 不是资料包：请用 `industrymap kit make --city 城市包 -o kit.zip` 制作。",
        ) from error
    return {**known, "counts": counts}


def _given(parts: dict[str, bytes]) -> workspace.Given:
    """Return what the configuration of the new workspace names."""
    places = [f"{_FOLDERS[name]}/{name}.geojson" for name in _PLACES if name in parts]
    return workspace.Given(
        districts="districts" in parts,
        towns="towns" in parts,
        roads="roads" in parts,
        industrial_land="industrial_land" in parts,
        gazetteer=tuple(places),
    )
