"""What is fuzzed: each target takes bytes and must end in a result or in one of our own sentences.

A finding is any exception that is not an ``IndustryMapError`` with a sentence in both languages, a law that does not hold, a crash, a
hang or memory beyond the limit.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import tempfile
import warnings
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dirty_builds
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import seeds
import xls_writer

from industrymap import citypack, filters, geocoding, layers, pipeline, schemas, standards, tables
from industrymap.errors import IndustryMapError
from industrymap.geocoding.address._normalise import normalise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SEAM = seeds.SEAM


@contextlib.contextmanager
def our_own_errors() -> Iterator[None]:
    """Let our sentences pass; everything else is a finding."""
    try:
        yield
    except IndustryMapError as error:
        if not (error.zh and error.en):
            raise AssertionError("an error without a sentence") from error


@cache
def folder() -> Path:
    """One place for the files of this process, gone with it."""
    held = tempfile.TemporaryDirectory(prefix="fuzz-")
    _HELD.append(held)
    return Path(held.name)


_HELD: list[Any] = []


def put(kind: str, data: bytes) -> Path:
    path = folder() / f"a.{kind}"
    path.write_bytes(data)
    return path


def read_table(data: bytes) -> None:
    """One table: the grid, its header, its cells."""
    if not data:
        return
    kind = seeds.TABLE_KINDS[data[0] % len(seeds.TABLE_KINDS)]
    body = data[1:]
    if SEAM in body and kind in _TABLE_PARTS:
        body = _TABLE_PARTS[kind](body.split(SEAM))
    path = put(kind, body)
    with our_own_errors():
        found = tables.read(path, layer="enterprises")
        for name in ("revenue_10k_cny", "staff"):
            if name in found.mapped:
                found.number(name)
        for name in ("founded_on", "established_on"):
            if name in found.mapped:
                found.date(name)


def _workbook(parts: list[bytes]) -> bytes:
    return seeds.zipped(
        {**_BASE_WORKBOOK(), "xl/worksheets/sheet1.xml": parts[0], "xl/sharedStrings.xml": parts[1]}
    )


@cache
def _BASE_WORKBOOK() -> dict[str, bytes]:  # noqa: N802 - a constant, made late
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(seeds.workbook(pd.DataFrame(seeds.FIELDS)))) as file:
        return {name: file.read(name) for name in file.namelist()}


def _old_workbook(parts: list[bytes]) -> bytes:
    return xls_writer.ole(
        xls_writer.workbook_stream({"a": parts[1]}, ["企业名称", "营业收入(万元)", "甲"])
    )


_TABLE_PARTS: dict[str, Callable[[list[bytes]], bytes]] = {"xlsx": _workbook, "xls": _old_workbook}


def read_layer(data: bytes) -> None:
    """One layer: its geometry, its attributes, its coordinate system."""
    if not data:
        return
    kind = seeds.LAYER_KINDS[data[0] % len(seeds.LAYER_KINDS)]
    body = data[1:]
    parts = body.split(SEAM)
    if kind == "shp":
        for extension in seeds.SHAPE_PARTS:
            (folder() / f"a.{extension}").unlink(missing_ok=True)
        for extension, part in zip(seeds.SHAPE_PARTS, parts, strict=False):
            put(extension, part)
        path = folder() / "a.shp"
    elif kind == "gpkg" and len(parts) > 5:
        path = _geopackage(parts)
    elif kind in {"zip", "kmz"} and len(parts) > 1:
        names = [n.decode("utf-8", "surrogateescape") for n in parts[0].split(b"\n")]
        try:
            path = put(kind, _zipped(dict(zip(names, parts[1:], strict=False))))
        except (ValueError, OverflowError):  # names no archive can hold
            return
    elif kind == "parquet" and len(parts) > 1:
        path = put(kind, _geoparquet(parts))
    else:
        path = put(kind, body)
    with our_own_errors():
        layers.read(path, layer="village_parks", extent=(112.9, 22.5, 114.1, 24.0))


def _zipped(members: dict[str, bytes]) -> bytes:
    """Pack an archive as hostile as its parts: the packer's own warnings about them are not ours."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return seeds.zipped(members)


def _geopackage(parts: list[bytes]) -> Path:
    """A sound database with hostile values in the places a reader looks at."""
    blob, organisation, code, table, column, kind = parts[:6]
    name = table.decode("utf-8", "replace").replace("\0", "") or "t"
    field = column.decode("utf-8", "replace").replace("\0", "") or "c"
    path = folder() / "a.gpkg"
    path.unlink(missing_ok=True)
    with contextlib.closing(sqlite3.connect(path)) as db, contextlib.suppress(sqlite3.Error):
        quoted, labelled = (f'"{t.replace(chr(34), chr(34) * 2)}"' for t in (name, field))
        db.executescript(_GEOPACKAGE)
        db.execute(
            "INSERT INTO gpkg_spatial_ref_sys VALUES ('x', 4326, ?, ?, ?, NULL)",
            (organisation.decode("utf-8", "replace"), code, organisation),
        )
        db.execute(f"CREATE TABLE {quoted} (fid INTEGER PRIMARY KEY, geom BLOB, {labelled} TEXT)")
        db.execute("INSERT INTO gpkg_contents VALUES (?, 'features', ?, 4326)", (name, name))
        db.execute(
            "INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, 4326, 0, 0)",
            (name, kind.decode("utf-8", "replace")),
        )
        db.execute(f"INSERT INTO {quoted} VALUES (1, ?, ?)", (blob, column))
        db.commit()
    return path


_GEOPACKAGE = """
PRAGMA page_size = 512; PRAGMA application_id = 1196444487; PRAGMA user_version = 10300; PRAGMA synchronous = OFF;
CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT, srs_id INTEGER PRIMARY KEY, organization TEXT,
  organization_coordsys_id INTEGER, definition TEXT, description TEXT);
CREATE TABLE gpkg_contents (table_name TEXT PRIMARY KEY, data_type TEXT, identifier TEXT, srs_id INTEGER);
CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, geometry_type_name TEXT, srs_id INTEGER, z INT, m INT);
"""


def _geoparquet(parts: list[bytes]) -> bytes:
    table = pa.table({"名称": ["甲"], "geometry": pa.array([parts[0]], pa.binary())})
    out = pa.BufferOutputStream()
    pq.write_table(table.replace_schema_metadata({"geo": parts[1]}), out)
    return out.getvalue().to_pybytes()


@cache
def city() -> geocoding.Gazetteer:
    place = {"district_code": "440112", "lon": 113.45, "lat": 23.16}
    road = place | {"kind": "road", "name": "科学大道"}
    house = place | {"kind": "address", "name": "", "road": "科学大道", "number": "99号"}
    village = {"kind": "village", "name": "石井村", "town_code": "440111014"}
    extra = [pd.DataFrame([road, house, village])]
    return geocoding.Gazetteer.build(citypack.load("guangzhou"), extra=extra)


def read_address(data: bytes) -> None:
    """One address: reading never fails, says only what it knows, and matching keeps the row."""
    text = data.decode("utf-8", "surrogateescape" if data[:1] == b"\xff" else "replace")
    once = normalise(text)
    assert normalise(once) == once, "normalising twice differs"
    found = geocoding.parse(text, city())
    assert set(found.issues) <= set(geocoding.address.ISSUES), found.issues
    assert found.town_code is None or found.district_code is not None, "a town without a district"
    assert found.district_code is None or found.district_code in city().divisions.names, (
        found.district_code
    )
    if len(data) % 8 == 0:  # matching builds frames: slower, so not every time
        placed = geocoding.match(pd.Series([text], index=[7], dtype=object), city())
        assert placed.index.tolist() == [7]
        there = placed["lon"].notna()
        assert (there == placed["geocode_level"].notna()).all()


@cache
def frames() -> tuple[pd.DataFrame, pd.DataFrame]:
    vectors = json.loads(
        (seeds.ROOT / "tests" / "filters" / "filter_vectors.json").read_text(encoding="utf-8")
    )
    kinds = {"str": "string", "float": "Float64", "int": "Int64", "bool": "boolean", "date": "datetime64[s]"}  # fmt: skip
    out = []
    for layer in ("village_parks", "enterprises"):
        types = {f.name: kinds[f.dtype] for f in schemas.fields(layer)}
        columns = vectors["layers"][layer]
        out.append(
            pd.DataFrame(
                {n: pd.Series(v, dtype="object").astype(types[n]) for n, v in columns.items()}
            )
        )
    return out[0], out[1]


def read_filter(data: bytes) -> None:
    """One filter: what can be read can be written, read again, bound and asked, and means the same."""
    text = data.decode("utf-8", "replace")
    parks, firms = frames()
    with our_own_errors():
        found = filters.parse(text)
        assert filters.parse(found.to_text()) == found, "text does not come back"
        bound = found.bind("village_parks")
        again = filters.from_json(json.loads(json.dumps(bound.to_json())), layer="village_parks")
        mask = found.mask(parks, layer="village_parks", relations={"enterprises": firms})
        same = again.mask(parks, layer="village_parks", relations={"enterprises": firms})
        assert mask.index.equals(parks.index)
        assert mask.equals(same), "plain data means other rows"
        bound.reasons(parks, relations={"enterprises": firms})


# A build reads the shipped packs and standards each time: here they are the same for all, and cost half of it.
citypack.load = cache(citypack.load)
standards.load = cache(standards.load)


def build_workspace(data: bytes) -> None:
    """The whole build over a workspace as dirty as the bytes choose: every row is a firm, or said to be none."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as place, our_own_errors():
        built = pipeline.build(dirty_builds.make(Path(place), data))
        firms = built.enterprises
        assert firms["enterprise_id"].is_unique, "two firms of one name"
        assert firms["enterprise_id"].notna().all(), "a firm without a key"
        assert firms["in_base"].notna().all(), "neither in the base nor out of it"
        assert not built.issues[["zh", "en"]].isna().any(axis=None), "an issue without a sentence"
        read = {
            (s, r)
            for _, t in built.inputs.tables
            for s, r in zip(t.frame["source"], t.frame["source_row"], strict=True)
        }
        assert set(zip(firms["source"], firms["source_row"], strict=True)) <= read, (
            "a firm of no row"
        )


TARGETS: dict[str, Callable[[bytes], None]] = {
    "tables": read_table,
    "layers": read_layer,
    "address": read_address,
    "filters": read_filter,
    "build": build_workspace,
}
