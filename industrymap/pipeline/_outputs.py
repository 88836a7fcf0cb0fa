"""The last verb: write the map, the layers, what could not be used, and a manifest of it all."""

from __future__ import annotations

import io
import json
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import industrymap
from industrymap import files, schemas
from industrymap.errors import ConfigError, FileMissingError, did_you_mean, nearest
from industrymap.pipeline._own import in_its_workspace

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd

    from industrymap.pipeline._run import Built
    from industrymap.workspace import Workspace

__all__ = ["layer", "layer_names", "write"]

_VERSIONS = ("geopandas", "shapely", "pyproj", "folium", "fiona", "pyogrio", "pandas", "numpy")


@in_its_workspace
def write(built: Built, *, progress: Callable[[int, int], None] | None = None) -> list[Path]:
    """Write the outputs of a run; each file is replaced whole, the manifest last.

    Parameters
    ----------
    built : Built
    progress : callable, optional
        Called as ``progress(done, total)``.

    Returns
    -------
    written : list of Path
        In the order of writing.

    Raises
    ------
    WriteFailedError
        An output cannot be written; those before it are in place, the others as they were.
    """
    space = built.workspace
    files.make_folder(space.outputs)
    files.make_folder(space.state)
    steps = (_map, _layers, _issues, _review, _keep)
    written: list[Path] = []
    for done, step in enumerate(steps):
        if progress:
            progress(done, len(steps))
        written += step(built)
    return [*written, _manifest(built, written)]


def _map(built: Built) -> list[Path]:
    from industrymap import webmap
    from industrymap.pipeline._page import page_model

    space = built.workspace
    basemaps = [] if space.basemap == "none" else [space.basemap]
    page = webmap.build(page_model(built), basemaps=basemaps)
    return [files.write_bytes(space.outputs / "map.html", page)]


def _layers(built: Built) -> list[Path]:
    from industrymap import export

    # Without firms below the threshold: they are no part of the base, and the file is handed on.
    base = built.enterprises[built.enterprises["in_base"].fillna(value=False)]
    space = built.workspace
    layers = {"enterprises": base} | {
        name: frame
        for name, frame in built.layers.items()
        # Districts and towns are other people's boundaries, with their own licence.
        if built.workspace.record(name).role != "container"
    }
    written: list[Path] = []
    for name, frame in layers.items():
        path = space.outputs / f"{name}.geojson"
        written += export.write(
            frame, path, layer=space.schema_of(name), name=name, meta=space.about()
        )
    return written


def _issues(built: Built) -> list[Path]:
    """Write the issues for Excel: UTF-8 with a mark, no cell that Excel would run as a formula."""
    safe = _as_in_the_files(built)
    # Values are quoted from files: a cell that begins with = would run in Excel.
    for column in safe.select_dtypes(include=["string", "object"]).columns:
        safe[column] = files.neutralise(safe[column].astype("string"))
    text = safe.to_csv(index=False, lineterminator="\r\n")
    path = built.workspace.outputs / "issues.csv"
    return [files.write_bytes(path, b"\xef\xbb\xbf" + text.encode("utf-8"))]


def _as_in_the_files(built: Built) -> pd.DataFrame:
    """Return the issues with columns called as the file calls them, and with each firm's name and credit code."""
    import pandas as pd

    listed = built.issues.copy()
    labels = {field.name: field.zh for field in schemas.fields("enterprises")}
    sources = listed["source"].astype("string")
    firms = []
    for _, table in built.inputs.tables:
        here = (sources == table.name).fillna(value=False).to_numpy(dtype=bool)
        # Years of a field share its label: the issue's value tells which one it was.
        own = labels | {name.split("@")[0]: text for name, text in table.headings.items()}
        listed.loc[here, "column"] = listed.loc[here, "column"].replace(own | table.headings)
        firms.append(table.frame.reindex(columns=["source", "source_row", "name", "uscc"]))
    known = pd.concat(firms, ignore_index=True).drop_duplicates(["source", "source_row"])
    keys = known.set_index(["source", "source_row"])
    places = pd.MultiIndex.from_arrays([sources, listed["row"]])
    for column in ("name", "uscc"):
        listed[column] = keys[column].reindex(places).to_numpy()
    return listed


def _review(built: Built) -> list[Path]:
    from industrymap.geocoding import review

    # Kept first: what was taken in must not be lost if the next file cannot be written.
    review.keep(built.confirmed, built.workspace.state / review.KEPT)
    return [review.write(built.review, built.workspace.outputs / review.NAME)]


def _keep(built: Built) -> list[Path]:
    """Keep the built frames, for the commands that filter, rank and export them."""
    folder = built.workspace.state / "built"
    frames: dict[str, Any] = {"enterprises": built.enterprises, **built.layers}
    for name, frame in frames.items():
        # Each file whole or not at all: commands may read while a build writes.
        with files.atomic(folder / f"{name}.parquet") as temporary:
            frame.to_parquet(temporary, index=False)
    for name, plain in {"tags": built.tags, "years": built.years, "checks": built.checks}.items():
        with files.atomic(folder / f"{name}.parquet") as temporary:
            plain.to_parquet(temporary, index=False)
    return []


def _manifest(built: Built, written: list[Path]) -> Path:
    space = built.workspace
    firms = built.enterprises
    content = {
        "program": {"industrymap": industrymap.__version__} | {n: version(n) for n in _VERSIONS},
        "city": built.pack.pack_id,
        "simulated": space.simulated,
        "data_date": None if space.data_date is None else space.data_date.isoformat(),
        "parameters": {
            "year": space.year,
            "threshold_10k_cny": space.threshold_10k_cny,
            "address": space.address,
            "source_order": list(space.source_order),
            "strict": space.strict,
            "providers": list(space.providers),
            **_standard_ids(built),
        },
        "inputs": built.inputs.sources,
        "counts": {
            "firms": len(firms),
            "base": int(firms["in_base"].fillna(value=False).sum()),
            "placed": int(firms.geometry.notna().sum()),
            "issues": {
                str(k): int(v) for k, v in built.issues["level"].value_counts().sort_index().items()
            },
            "layers": {name: len(frame) for name, frame in built.layers.items()},
        },
        # Of everything written before it: a manifest cannot name its own hash.
        "outputs": [{"file": path.name, "sha256": files.digest(path)} for path in written],
    }
    text = json.dumps(content, ensure_ascii=False, indent=2, sort_keys=False) + "\n"
    return files.write_text(space.outputs / "manifest.json", text)


def _standard_ids(built: Built) -> dict[str, str]:
    """Return the standards in use: those the workspace names, else those of its city."""
    from industrymap import standards

    space = built.workspace
    named = {"routes": space.routes, "pilots": space.pilots, "blocks": space.blocks}
    chosen = {
        kind: standards.choose(built.pack, kind, id_=id_, on=space.data_date)
        for kind, id_ in named.items()
    }
    return {kind: standard.id if standard else "" for kind, standard in chosen.items()}


def layer_names(workspace: Workspace) -> list[str]:
    """Return the layers that the last build left, sorted."""
    return sorted(
        path.stem for path in files.folder(workspace.state / "built", pattern="*.parquet")
    )


def layer(workspace: Workspace | str | Path, name: str) -> gpd.GeoDataFrame:
    """Return a layer as the last build left it.

    Parameters
    ----------
    workspace : Workspace, str or Path
    name : str
        ``enterprises``, parks, blocks, a further layer, ``districts`` or ``towns``; ``tags``,
        ``years`` and ``checks`` come as plain frames.

    Raises
    ------
    FileMissingError
        Nothing was built yet.
    ConfigError
        There is no such layer; the nearest is named.

    Examples
    --------
    >>> import industrymap as im
    >>> parks = im.layer(".", "village_parks")  # doctest: +SKIP
    >>> parks.groupby("route").size()  # doctest: +SKIP
    """
    import geopandas as gpd
    import pandas as pd

    from industrymap import workspace as room

    space = workspace if isinstance(workspace, room.Workspace) else room.load(workspace)
    known = layer_names(space) if (space.state / "built").is_dir() else []
    if not known:
        raise FileMissingError(
            f"{space.folder} has not been built yet: run `industrymap build {space.folder}`.",
            f"{space.folder} 尚未生成：请先运行 `industrymap build {space.folder}`。",
        )
    if name not in known:
        en, zh = did_you_mean(nearest(name, known, n=1))
        raise ConfigError(
            f"There is no layer {name!r}; known: {', '.join(known)}.{en}",
            f"没有名为“{name}”的图层；可用：{'、'.join(known)}。{zh}",
        )
    path = space.state / "built" / f"{name}.parquet"
    kept = io.BytesIO(files.read_bytes(files.check(path, allow=("parquet",))))
    # These three are tables without geometry, which GeoParquet's reader refuses.
    if name in {"tags", "years", "checks"}:
        return pd.read_parquet(kept)  # type: ignore[return-value]
    return gpd.read_parquet(kept)  # type: ignore[arg-type]
