"""One file from tables, layers and methods, and the check that nothing in it was changed since."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from industrymap import export, files
from industrymap.errors import PackageError
from industrymap.packages import _sdmx

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from industrymap.export import Meta
    from industrymap.packages._sdmx import Observations

__all__ = ["Column", "Opened", "Package", "Table", "open_package", "pack", "verify"]

MANIFEST = "manifest.json"
_EXTENSIONS = ("csv", "json", "geojson", "xml", "xlsx", "toml", "md")
"""The date inside the archive: that of writing would make each package another one."""
_TYPES = {"text": "string", "number": "number", "count": "integer", "flag": "boolean"}


@dataclass(frozen=True, slots=True)
class Column:
    """What a column means: Chinese and English words, one of ``text``, ``number``, ``count`` and ``flag``, and its unit."""

    zh: str
    en: str
    kind: str = "text"
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table of a package.

    Attributes
    ----------
    name : str
        Name of its file, without ``.csv``.
    zh, en : str
        What it holds.
    frame : DataFrame
    columns : mapping of str to Column
        Of every column of the frame.
    key : sequence of str
        Columns that tell rows apart.
    """

    name: str
    zh: str
    en: str
    frame: pd.DataFrame
    columns: Mapping[str, Column]
    key: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """What is packed.

    Attributes
    ----------
    about : mapping
        ``period``, ``profile``, ``set``, ``method``, ``run``, ``vintage`` and the like: goes into the manifest as it is.
    meta : Meta
        Title, source, date, whether simulated.
    tables : sequence of Table
    layers : mapping of str to bytes
        Name → GeoJSON.
    texts : mapping of str to bytes
        Path inside the package → content: definitions, methods.
    observations : Observations
        What is written as SDMX.
    """

    about: Mapping[str, object]
    meta: Meta
    tables: Sequence[Table]
    layers: Mapping[str, bytes]
    texts: Mapping[str, bytes]
    observations: Observations


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A package that was read back.

    Attributes
    ----------
    about : mapping
        Its manifest.
    contents : mapping of str to bytes
        Path → content of every file but the manifest.
    seal : str
        SHA-256 of the manifest: names the whole content by one number.
    """

    about: Mapping[str, object]
    contents: Mapping[str, bytes] = field(repr=False)
    seal: str

    def table(self, name: str) -> pd.DataFrame:
        """Return one of its tables, every column as text."""
        data = self.contents.get(f"{name}.csv", b"")
        return pd.read_csv(io.BytesIO(data), dtype="string") if data else pd.DataFrame()


def pack(package: Package) -> bytes:
    """Return the package as the bytes of a zip archive; the same content gives the same bytes."""
    contents: dict[str, bytes] = {}
    for table in package.tables:
        contents[f"{table.name}.csv"] = _csv(table.frame)
    contents["dictionary.csv"] = _csv(_dictionary(package.tables))
    sheets = [
        export.Sheet(
            name=t.zh, frame=t.frame.rename(columns={name: c.zh for name, c in t.columns.items()})
        )
        for t in package.tables
        if len(t.frame)
    ]
    contents["tables.xlsx"] = export.workbook(sheets, meta=package.meta)
    for name, data in package.layers.items():
        contents[f"layers/{name}.geojson"] = data
    contents["sdmx/indicators.csv"] = _sdmx.csv_text(package.observations).encode()
    contents["sdmx/indicators.xml"] = _sdmx.data_xml(package.observations)
    contents["sdmx/structure.xml"] = _sdmx.structure_xml(package.observations)
    contents |= dict(package.texts)
    contents["datapackage.json"] = _json(_datapackage(package, contents))
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in sorted(contents.items())}
    contents[MANIFEST] = _json({**package.about, **package.meta.items(), "files": hashes})
    return files.zipped(contents)


def open_package(path: str | Path) -> Opened:
    """Read a package.

    Raises
    ------
    PackageError
        The file is an archive, but no package of ours.
    FileMissingError, FileRefusedError
        As in :func:`industrymap.files.check`.
    """
    source = files.check(path, allow=("zip",))
    contents = files.unpack(source, _EXTENSIONS)
    manifest = contents.pop(MANIFEST, b"")
    try:
        about = json.loads(manifest)
    except ValueError:
        about = None
    if not isinstance(about, dict) or not isinstance(about.get("files"), dict):
        raise PackageError(
            f"{source.name} is no release package: it has no readable {MANIFEST}.",
            f"{source.name} 不是发布包：其中没有可读的 {MANIFEST}。",
        )
    return Opened(about=about, contents=contents, seal=hashlib.sha256(manifest).hexdigest())


def verify(path: str | Path) -> list[tuple[str, str]]:
    """Compare every file of a package with its manifest.

    Returns
    -------
    list of (str, str)
        Name of a file and what is wrong with it: ``changed``, ``missing`` or ``added``; empty where the package is whole.

    Raises
    ------
    PackageError, FileMissingError, FileRefusedError
        As in :func:`open_package`.
    """
    opened = open_package(path)
    stated = opened.about["files"]
    hashes = stated if isinstance(stated, dict) else {}
    found = []
    for name in sorted({*hashes, *opened.contents}):
        if name not in opened.contents:
            found.append((name, "missing"))
        elif name not in hashes:
            found.append((name, "added"))
        elif hashlib.sha256(opened.contents[name]).hexdigest() != hashes[name]:
            found.append((name, "changed"))
    return found


def _csv(frame: pd.DataFrame) -> bytes:
    """Return a table that every program reads and none runs."""
    out = frame.copy()
    for name in out.columns:
        if not (
            pd.api.types.is_numeric_dtype(out[name].dtype)
            or pd.api.types.is_bool_dtype(out[name].dtype)
        ):
            out[name] = files.neutralise(out[name].astype("string"))
    return out.to_csv(index=False, lineterminator="\r\n").encode()


def _dictionary(tables: Sequence[Table]) -> pd.DataFrame:
    rows = [
        (table.name, name, column.zh, column.en, column.kind, column.unit)
        for table in tables
        for name, column in table.columns.items()
    ]
    return pd.DataFrame(rows, columns=["table", "column", "zh", "en", "type", "unit"])


def _datapackage(package: Package, contents: Mapping[str, bytes]) -> dict[str, object]:
    """Return the description that Frictionless reads: every file with its hash, every table with its columns."""
    by_file = {f"{table.name}.csv": table for table in package.tables}
    resources: list[dict[str, object]] = []
    for path, data in sorted(contents.items()):
        # A name of letters, digits and dashes, one for each path.
        name = path.lower().replace("/", "-").replace(".", "-").replace("_", "-")
        resource: dict[str, object] = {
            "name": name,
            "path": path,
            "bytes": len(data),
            "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
            "encoding": "utf-8",
        }
        if table := by_file.get(path):
            resource |= {"title": f"{table.zh} · {table.en}", "profile": "tabular-data-resource"}
            resource["schema"] = {
                "fields": [_field(str(c), table.columns[str(c)]) for c in table.frame],
                "primaryKey": list(table.key),
            }
        resources.append(resource)
    about = package.meta.items()
    return {
        "profile": "data-package",
        "name": f"industrymap-{package.about['period']}-{package.about['profile']}".lower().replace(
            "..", "-"
        ),
        "title": about.get("title", ""),
        "description": about.get("simulated_note", ""),
        "sources": [{"title": about.get("source", "") or "industrymap"}],
        "resources": resources,
    }


def _field(name: str, column: Column) -> dict[str, object]:
    kind: dict[str, object] = {
        "name": name,
        "type": _TYPES[column.kind],
        "title": column.zh,
        "description": column.en,
    }
    # As pandas writes truth values.
    return kind | (
        {"trueValues": ["True"], "falseValues": ["False"]} if column.kind == "flag" else {}
    )


def _json(content: Mapping[str, object]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()
