"""The public profile of a build: aggregates for people outside, and nothing about one firm."""

from __future__ import annotations

import base64
import html
import io
import json
import re
import tempfile
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import industrymap
from industrymap import files, publishing, releases
from industrymap.pipeline._outputs import layer, layer_names
from industrymap.pipeline._own import in_its_workspace
from industrymap.terms import FEWEST_FIRMS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import geopandas as gpd
    import pandas as pd

    from industrymap.pipeline._run import Built
    from industrymap.publishing import Release
    from industrymap.workspace import Workspace

__all__ = [
    "FOLDER",
    "PRIVATE",
    "WITHHELD",
    "Published",
    "public_layer",
    "public_release",
    "search_public",
    "whole_release",
    "write_public",
    "write_public_layer",
    "write_withheld",
]

FOLDER = "public"
"""Where in the outputs the public files are."""

WITHHELD = "withheld.csv"
"""What a release does not show, and why; beside the public folder, not in it."""

PRIVATE = {"tags", "years", "checks", "enterprises"}
"""Tables about single firms: never a layer to publish."""


@in_its_workspace
def write_public(built: Built) -> Published:
    """Write the page, the layers and a manifest that may be published, into ``outputs/public/``.

    What is withheld, and why, is listed in ``outputs/withheld.csv``, which stays in the office.

    Parameters
    ----------
    built : Built

    Returns
    -------
    published : Published

    Raises
    ------
    ConfigError
        The workspace has no approval number (审图号), or a file would hold a value that belongs to one firm.
    StoreError
        The record of earlier releases cannot be read.
    WriteFailedError
        An output cannot be written.
    """
    space = built.workspace
    publishing.approve(space.review_number)
    files.make_folder(space.outputs)
    # What may be shown is decided once; page, layers and search all work from it.
    release = whole_release(space, built.layers, built.enterprises)
    shown = dict(release.layers)
    # everything is made beside its place first: what fails the search is never put where people fetch it
    with tempfile.TemporaryDirectory(prefix=".public-", dir=space.outputs) as beside:
        made = _make(built, shown, Path(beside))
        search_public(made, space, release, built.layers, built.enterprises)
        # remembered before it is out: a release that nobody remembers could be undone by the next
        releases.add(space, release)
        write_withheld(space, release)
        folder = files.make_folder(space.outputs / FOLDER)
        return Published([files.copy(path, folder / path.name) for path in made], release)


@dataclass(frozen=True, slots=True)
class Published:
    """The files of a public release, in the order of writing, and what was decided about it."""

    files: list[Path]
    release: Release


def write_public_layer(
    space: Workspace, target: Path, write: Callable[[Path], list[Path]], release: Release
) -> list[Path]:
    """Put one public file in place, with its companions: made beside, searched, remembered as :func:`write_public` does.

    Parameters
    ----------
    space : Workspace
    target : Path
        Where the file is to be.
    write : callable
        Writes it to the path it is given and returns what it wrote.
    release : Release
        What it is a part of, as :func:`public_release` decided it.

    Raises
    ------
    ConfigError
        The file would hold a value that belongs to one firm: nothing was written.
    """
    known = layer_names(space)
    layers = {name: layer(space, name) for name in known if name not in PRIVATE}
    firms = layer(space, "enterprises") if "enterprises" in known else None
    files.make_folder(target.parent)
    with tempfile.TemporaryDirectory(prefix=".public-", dir=target.parent) as beside:
        made = write(Path(beside) / target.name)
        search_public(made, space, release, layers, firms)
        # The same order as for a whole release: searched, remembered, then put in place.
        releases.add(space, release)
        write_withheld(space, release)
        return [files.copy(path, target.parent / path.name) for path in made]


def whole_release(
    space: Workspace, layers: Mapping[str, gpd.GeoDataFrame], firms: gpd.GeoDataFrame | None
) -> Release:
    return publishing.release(
        layers,
        schemas=_schemas(space, layers),
        firms=firms,
        review_number=space.review_number,
        known=publishing.Known(
            earlier=releases.earlier(space), threshold_10k_cny=space.threshold_10k_cny
        ),
    )


def write_withheld(space: Workspace, release: Release) -> Path:
    """List what is not shown and why, for whoever is asked about it."""
    words = {lang: publishing.reasons(lang) for lang in ("zh", "en")}
    table = release.withheld.assign(
        **{lang: release.withheld["reason"].map(label_of) for lang, label_of in words.items()}
    )
    for column in table.columns:
        table[column] = files.neutralise(table[column].astype("string"))
    text = table.to_csv(index=False, lineterminator="\r\n")
    return files.write_bytes(space.outputs / WITHHELD, b"\xef\xbb\xbf" + text.encode("utf-8"))


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


def search_public(
    made: list[Path],
    space: Workspace,
    release: Release,
    layers: Mapping[str, gpd.GeoDataFrame],
    firms: gpd.GeoDataFrame | None,
) -> None:
    """Search the finished files for values of single firms."""
    from industrymap import citypack, webmap

    # Without firms there is nothing that could be given away.
    if firms is None or not len(firms):
        return
    pack = citypack.load(space.city)
    publishing.search(
        {path.name: _everything_in(path) for path in made},
        firms=firms,
        # An empty page: words of the program itself (a label, an industry) are no firm's data.
        code=webmap.build(webmap.MapModel()).decode("utf-8"),
        layers=[
            publishing.bare_forms(
                firms, (pack.name, pack.province, *pack.city_aliases, *pack.province_aliases)
            ),
            *(_not_public(frame, space.schema_of(name)) for name, frame in layers.items()),
        ],
        shown=release.layers,
    )


def _not_public(frame: gpd.GeoDataFrame, schema: str) -> pd.DataFrame:
    listed = publishing.fields(schema)
    # Every column that is not listed as public: its values must not appear in any file.
    return frame[[c for c in frame.columns if c not in listed and c != frame.geometry.name]]


def _everything_in(path: Path) -> str:
    """Return what a file holds as text: packed blocks, members of an archive and Parquet's columns unpacked."""
    import pandas as pd

    data = path.read_bytes()
    text = data.decode("utf-8", errors="replace")
    if path.suffix == ".html":
        return _unpacked(text)
    if path.suffix in {".parquet", ".geoparquet"}:
        # Columns are compressed: a search through the bytes would see nothing.
        frame = pd.read_parquet(io.BytesIO(data))
        return text + frame.select_dtypes(["string", "object"]).drop(columns="geometry", errors="ignore").to_csv()  # fmt: skip
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [archive.read(name).decode("utf-8", errors="replace") for name in archive.namelist()]  # fmt: skip
        return html.unescape("\n".join(members))
    # `&amp;` in a name would hide it from the search.
    return html.unescape(text) if path.suffix == ".kml" else text


_MANIFEST = re.compile(
    r'<script type="application/json" id="industrymap">(.*?)</script>', re.DOTALL
)
_BODY = re.compile(r'<script type="text/plain" id="industrymap-(\d+)">(.*?)</script>', re.DOTALL)


def _unpacked(page: str) -> str:
    """Return a page with every block of its data unpacked, as docs/page.md describes it."""
    manifest = _MANIFEST.search(page)
    if manifest is None:
        return page
    blocks = json.loads(manifest[1])["blocks"]
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
    """Return what of a layer of the last build may be published, beside all the others that may and what was published before.

    Raises
    ------
    FileMissingError, ConfigError
        As :func:`industrymap.pipeline.layer`; no approval number; a layer that is not published.
    """
    return public_release(space, name).layers[name]


def public_release(space: Workspace, name: str) -> Release:
    """Return the release of all layers that a layer of the last build would be a part of.

    Raises
    ------
    FileMissingError, ConfigError
        As :func:`public_layer`.
    """
    publishing.approve(space.review_number)
    asked = layer(space, name)
    schema = space.schema_of(name)
    if not publishing.fields(schema):
        publishing.one_layer(asked, layer=schema or name)  # says why it is not published
    known = layer_names(space)
    layers = {other: layer(space, other) for other in known if other not in PRIVATE}
    return whole_release(
        space, layers, layer(space, "enterprises") if "enterprises" in known else None
    )


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
