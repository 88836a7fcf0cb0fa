"""The public profile of a build: aggregates for people outside, and nothing about one firm."""

from __future__ import annotations

import base64
import json
import re
import tempfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import industrymap
from industrymap import files, publishing
from industrymap.pipeline._outputs import layer, layer_names
from industrymap.pipeline._own import in_its_workspace
from industrymap.terms import FEWEST_FIRMS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import geopandas as gpd

    from industrymap.pipeline._run import Built
    from industrymap.workspace import Workspace

__all__ = ["FOLDER", "public_layer", "write_public"]

FOLDER = "public"
"""Where in the outputs the public files stand."""

_PLAIN = {"tags", "years", "checks", "enterprises"}


@in_its_workspace
def write_public(built: Built) -> list[Path]:
    """Write the page, the layers and a manifest that may be published, into ``outputs/public/``.

    Parameters
    ----------
    built : Built

    Returns
    -------
    written : list of Path
        In the order of writing.

    Raises
    ------
    ConfigError
        The workspace has no approval number (审图号), or a file would hold a text that belongs to one firm.
    WriteFailedError
        An output cannot be written.
    """
    space = built.workspace
    publishing.approve(space.review_number)
    folder = files.make_folder(space.outputs / FOLDER)
    shown = publishing.publish(
        built.layers,
        schemas=_schemas(space, built.layers),
        firms=built.enterprises,
        review_number=space.review_number,
    )
    # everything is made beside its place first: what fails the search is never put where people fetch it
    with tempfile.TemporaryDirectory(prefix=".public-", dir=space.outputs) as beside:
        made = _make(built, shown, Path(beside))
        _search(made, built)
        return [files.copy(path, folder / path.name) for path in made]


def _make(built: Built, shown: dict[str, gpd.GeoDataFrame], folder: Path) -> list[Path]:
    """Write every public file into a folder and return them, the manifest last."""
    from industrymap import export

    space = built.workspace
    about = space.about(note=publishing.note(space.review_number))
    written = [_map(built, shown, folder)]
    for name, frame in shown.items():
        path = folder / f"{name}.geojson"
        written += export.write(frame, path, layer=space.schema_of(name), name=name, meta=about)
    return [*written, _manifest(built, shown, folder, written)]


def _search(made: list[Path], built: Built) -> None:
    """Search the finished files for texts of single firms."""
    from industrymap import webmap

    outputs = {}
    for path in made:
        text = path.read_text(encoding="utf-8", errors="replace")
        outputs[path.name] = _unpacked(text) if path.suffix == ".html" else text
    if built.enterprises is not None and len(built.enterprises):
        code = webmap.build(webmap.MapModel()).decode("utf-8")
        publishing.search(outputs, firms=built.enterprises, code=code)


_MANIFEST = re.compile(
    r'<script type="application/json" id="industrymap">(.*?)</script>', re.DOTALL
)
_BODY = re.compile(r'<script type="text/plain" id="industrymap-(\d+)">(.*?)</script>', re.DOTALL)


def _unpacked(page: str) -> str:
    """Return a page with every block of its data unpacked, as docs/page.md describes it."""
    found = _MANIFEST.search(page)
    if found is None:
        return page
    blocks = json.loads(found[1])["blocks"]
    bodies = dict(_BODY.findall(page))
    texts = [page]
    for block in blocks.values():
        body, at = bodies[str(block["at"])].strip(), 0
        for length in block["chunks"]:
            raw = zlib.decompress(base64.b64decode(body[at : at + length]))
            texts.append(raw.decode("utf-8", errors="replace"))
            at += length
    return "\n".join(texts)


@in_its_workspace
def public_layer(space: Workspace, name: str) -> gpd.GeoDataFrame:
    """Return what of a layer of the last build may be published, beside all the others that may.

    Raises
    ------
    FileMissingError, ConfigError
        As :func:`industrymap.pipeline.layer`; no approval number; a layer that is not published.
    """
    publishing.approve(space.review_number)
    asked = layer(space, name)
    schema = space.schema_of(name)
    if not publishing.fields(schema):
        return publishing.one_layer(asked, layer=schema or name)
    known = layer_names(space)
    layers = {other: layer(space, other) for other in known if other not in _PLAIN}
    shown = publishing.publish(
        layers,
        schemas=_schemas(space, layers),
        firms=layer(space, "enterprises") if "enterprises" in known else None,
        review_number=space.review_number,
    )
    return shown[name]


def _map(built: Built, shown: Mapping[str, gpd.GeoDataFrame], folder: Path) -> Path:
    from industrymap import webmap
    from industrymap.pipeline._page import page_model

    space = built.workspace
    basemaps = [] if space.basemap == "none" else [space.basemap]
    page = webmap.build(page_model(built, profile="public", published=shown), basemaps=basemaps)
    return files.write_bytes(folder / "map.html", page)


def _schemas(space: Workspace, names: Iterable[str]) -> dict[str, str]:
    return {name: space.schema_of(name) for name in names}


def _manifest(
    built: Built, shown: dict[str, gpd.GeoDataFrame], folder: Path, written: list[Path]
) -> Path:
    """Write what was published; inputs, parameters of geocoding and issues stay in the office."""
    space = built.workspace
    content = {
        "profile": "public",
        "review_number": space.review_number,
        "program": {"industrymap": industrymap.__version__},
        "city": built.pack.pack_id,
        "title": space.title,
        "simulated": space.simulated,
        "data_date": None if space.data_date is None else space.data_date.isoformat(),
        "fewest_firms": FEWEST_FIRMS,
        "layers": {name: len(frame) for name, frame in shown.items()},
        "outputs": [{"file": path.name, "sha256": files.digest(path)} for path in written],
    }
    text = json.dumps(content, ensure_ascii=False, indent=2) + "\n"
    return files.write_text(folder / "manifest.json", text)
