"""From a model to the page's data block: one manifest and many compressed blocks.

Nothing here writes HTML. ``docs/page.md`` describes the format, ``js/data/block.js`` reads it.
"""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from itertools import repeat
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from industrymap import filters, schemas
from industrymap.terms import FEWEST_FIRMS
from industrymap.webmap import _columns, _shapes, _views
from industrymap.webmap._bytes import deflate, planes, width
from industrymap.webmap._pinyin import readings

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from industrymap.schemas import LayerRecord
    from industrymap.webmap.model import MapLayer, MapModel, Standard, Taxonomy

__all__ = ["FORMAT", "Payload", "encode"]

FORMAT = 1
"""Version of the data block's format."""

COARSE_LEVELS = ("village", "town", "district")
"""Geocode levels that are an area, never drawn as an exact point."""

_SMALL_BYTES, _SMALL_LEVEL, _LARGE_LEVEL = (
    40_000_000,
    6,
    4,
)  # beyond it, twice as fast for 5 % more bytes
_BACKGROUND = {"water", "roads"}
"""Layers of which only the name is shown."""
# Long texts, credit codes and earlier versions: needed when a row is opened, not for the first
# picture.
_LATE = re.compile(r"/(rows|bodies|heads|patch)$|^(parks|blocks)@")
# Columns whose texts differ from row to row: no dictionary is tried for them.
_LONG = {
    "name",
    "registered_address",
    "operating_address",
    "address",
    "business_scope",
    "main_product",
    "geocode_evidence",
    "route_reasons",
    "note",
}


@dataclass(frozen=True, slots=True)
class Payload:
    """What goes into the page.

    Attributes
    ----------
    manifest : dict
        JSON: meta, layers with their fields, taxonomies, standards, and where each block is.
    blocks : list of str
        Base64 text, one element of the page each.
    order : dict of str to ndarray
        Layer → row of its frame at each stored place.
    late : frozenset of int
        Blocks that no page needs before it is drawn: long text, credit codes, earlier versions.
    """

    manifest: dict[str, Any]
    blocks: list[str]
    order: dict[str, NDArray[np.intp]]
    late: frozenset[int]


def encode(model: MapModel) -> Payload:
    """Encode a model. The same model gives the same bytes."""
    parts: dict[str, list[bytes]] = {}
    order: dict[str, NDArray[np.intp]] = {}
    layers = []
    # What can be worked out from other columns is not sent twice.
    virtual = _virtual(model)
    for shown in model.layers:
        record = shown.record
        frame = _with_columns_of_time(shown, model)
        layer, columns, rows = _layer(frame, _head(record), record.schema, virtual)
        # Columns that have a value for past years, so that the slider knows what it may show.
        dated = {name for past in model.years for name in past.dated.get(record.id, ())}
        if dated:
            layer["dated"] = sorted(dated)
        if record.id in model.since:
            layer["since"] = model.since[record.id]
        layers.append(layer)
        order[record.id] = rows
        parts |= {f"{record.id}/{part}": chunks for part, chunks in columns.items()}
    for number, snapshot in enumerate(model.snapshots):
        for name, frame in snapshot.layers().items():
            layer, columns = _snapshot(snapshot.date, name, frame, number, model)
            layers.append(layer)
            parts |= {f"{layer['id']}/{part}": chunks for part, chunks in columns.items()}
    # The filter's words are a block of their own: the page reads them when somebody types.
    parts["vocabulary/json"] = [_vocabulary(model)]
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "meta": _meta(model),
        "bounds": _bounds(model),
        "layers": layers,
        "indicators": [_indicator(i) for i in schemas.indicators()],
        "taxonomies": [_taxonomy(t) for t in model.taxonomies],
        "standards": [_standard(s) for s in model.standards],
        "scoring": None if model.scoring is None else asdict(model.scoring),
        "checks": None if model.checks is None else asdict(model.checks),
        "years": [past.year for past in model.years],
        "industries": dict(model.industries),
        "pinyin": readings(_names(model)),
    }
    blocks, places = _compressed(parts)
    # Blocks that no first picture needs come last in the page, so that the browser draws before it has them; the names of districts
    # stand in the first picture.
    named = {layer["id"] for layer in layers if layer.get("role") == "container"}
    late = frozenset(
        place["at"]
        for name, place in places.items()
        if _LATE.search(name) and name.partition("/")[0] not in named
    )
    return Payload(manifest | {"blocks": places}, blocks, order, late)


def _vocabulary(model: MapModel) -> bytes:
    """Return the words of the filter language, and the names and values of the layers that can be filtered."""
    subjects = {r.schema for r in schemas.layers() if r.role == "subject"}
    # Words of a workspace's own layer are known only where the page has that layer.
    ours = {m.record.schema for m in model.layers if m.record.role == "subject"}
    words = filters.vocabulary(
        s for s in schemas.names() if s in subjects and (s in schemas.shipped() or s in ours)
    )
    return json.dumps(words, ensure_ascii=False, separators=(",", ":")).encode()


def _head(record: LayerRecord) -> dict[str, Any]:
    """Return what the manifest says of a layer besides its features."""
    head: dict[str, Any] = {
        "id": record.id,
        "name": record.name,
        "zh": record.zh,
        "en": record.en,
        "schema": record.schema,
        "role": record.role,
        "style": record.style,
        "geometry": record.geometry,
        "step": record.step,
        "key": schemas.key(record.schema),
    }
    # what a layer does not have is left out: the page asks with a default
    further = {
        "firm_column": record.firm_column,
        "area": record.area,
        "amount": record.amount,
        "color": list(record.color),
        "charts": list(record.charts),
        "view": _views.view_of(record.id),
        "shown": [_shown(one) for one in schemas.shown(record.schema)],
    }
    return head | {name: value for name, value in further.items() if value}


def _shown(record: schemas.Shown) -> dict[str, Any]:
    """Return how a column looks in tables for people."""
    said = {
        "field": record.field,
        "unit": record.unit,
        "unit_en": schemas.unit_label(record.unit, "en"),
        # 1 is left out like anything that is the default.
        "factor": record.factor if record.factor != 1 else 0,
        "listed": record.listed,
        "zh": record.zh,
        "en": record.en,
    }
    told = {name: value for name, value in said.items() if value}
    return told if record.decimals is None else told | {"decimals": record.decimals}


def _indicator(record: schemas.Indicator) -> dict[str, Any]:
    """Return how one figure is worked out, for the page's sheets, legends and charts."""
    said = {
        "id": record.id,
        "zh": record.zh,
        "en": record.en,
        "kind": record.kind,
        "n": record.n,
        # What a ratio divides by what, so that the page does not work it out a second time.
        "of": record.of if record.per else "",
        "per": record.per,
        "per_unit": record.per_unit,
        "direction": record.direction,
        # The page hides with the same limit as the report: both read this record.
        "fewest": FEWEST_FIRMS if record.rule == "few" else 0,
        "formula_zh": record.formula_zh,
        "formula_en": record.formula_en,
        "source": record.source,
    }
    return {name: value for name, value in said.items() if value}


def _layer(
    frame: gpd.GeoDataFrame, head: dict[str, Any], schema: str, virtual: dict[str, dict[str, Any]]
) -> tuple[dict[str, Any], dict[str, list[bytes]], NDArray[np.intp]]:
    geometries = np.asarray(frame.geometry.array, dtype=object)
    layer = head | {"n": len(frame)}
    if head["geometry"] == "point":
        points = _shapes.place(geometries, _coarse(frame))
        layer |= {"placed": points.n_placed, "exact": points.n_exact}
        layer["grid"] = {"x0": points.x0, "y0": points.y0, "shift": points.shift}
        parts = _point_parts(points)
        rows: NDArray[np.intp] | None = points.order
    else:
        parts = _shapes.shapes(geometries, step=head["step"])
        rows = None
    # Of water and roads nobody asks more than a name.
    keep = ["name"] if head["id"] in _BACKGROUND else list(frame.columns)
    table = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    table = table[[c for c in keep if c in table.columns]]
    layer["fields"], columns = _fields(table, rows, schema, virtual)
    return layer, parts | columns, np.arange(len(frame)) if rows is None else rows


def _coarse(frame: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    if "geocode_level" not in frame.columns:
        # Without a level every point counts as exact: so does a layer somebody drew.
        return np.zeros(len(frame), dtype=bool)
    return frame["geocode_level"].isin(COARSE_LEVELS).to_numpy(dtype=bool)


def _point_parts(points: _shapes.Points) -> dict[str, list[bytes]]:
    key = points.key
    # Keys are sorted, so that differences are small and positive.
    moves = key - np.concatenate([np.zeros(1, np.uint32), key])[: len(key)]  # wraps round
    n_bytes = width((1 << points.shift) - 1)
    return {
        "key": [planes(moves, 4)],
        "rest": [planes(points.rest_x, n_bytes) + planes(points.rest_y, n_bytes)],
    }


def _fields(
    table: pd.DataFrame,
    rows: NDArray[np.intp] | None,
    schema: str,
    virtual: dict[str, dict[str, Any]],
) -> tuple[list[dict[str, Any]], dict[str, list[bytes]]]:
    columns = {
        str(name): _columns.encode(_coded(table[name], str(name)), rows, long=name in _LONG)
        for name in table.columns
    }
    columns = _columns.share(columns, rows)
    parts: dict[str, list[bytes]] = {}
    fields: list[dict[str, Any]] = []
    for number, (name, column) in enumerate(columns.items()):
        fields.append(_field(name, schema, virtual) | {"column": column.spec, "at": number})
        parts |= {f"{number}/{part}": chunks for part, chunks in column.parts.items()}
    return fields, parts


def _coded(series: pd.Series[Any], name: str) -> pd.Series[Any]:
    """Return a coded number (level 1, level 2) as text, so that it becomes categories with labels."""
    whole = pd.api.types.is_integer_dtype(series.dtype)
    return series.astype("string") if whole and schemas.values(name) else series


def _field(name: str, schema: str, virtual: dict[str, dict[str, Any]]) -> dict[str, Any]:
    # A column of a year or a standard is labelled like the column it repeats.
    told = virtual.get(name, {})
    if "like" in told:
        base = _field(told["like"], schema, {})
        if "year" in told:
            year = told["year"]
            base |= {"zh": f"{base['zh']}（{year} 年）", "en": f"{base['en']} ({year})"}
        return base | told | {"name": name, "virtual": True}
    if told and schema == schemas.ENTERPRISES:
        return {"name": name} | told
    try:
        known = schemas.field(schema, name)
    except KeyError:
        return {"name": name, "zh": name, "en": name}
    out: dict[str, Any] = {"name": name, "zh": known.zh, "en": known.en, "stage": known.stage}
    if known.unit:
        out["unit"] = known.unit
        other = schemas.unit_label(known.unit, "en")
        out |= {"unit_en": other} if other != known.unit else {}
    values = schemas.values(name)
    if values:
        out["values"] = [
            {"value": v.value, "zh": v.zh, "en": v.en} | ({"color": v.color} if v.color else {})
            for v in values
        ]
    return out


def _meta(model: MapModel) -> dict[str, Any]:
    meta = asdict(model.meta)
    told = meta | {"versions": dict(sorted(model.meta.versions.items()))}
    return told if model.meta.totals else {k: v for k, v in told.items() if k != "totals"}


def _taxonomy(taxonomy: Taxonomy) -> dict[str, Any]:
    return asdict(taxonomy)


def _bounds(model: MapModel) -> list[float] | None:
    """Return west, south, east, north of what the page opens on: the districts, else everything."""
    subjects = tuple(m.record.id for m in model.layers if m.record.role == "subject")
    for names in (("districts",), ("towns",), subjects):
        boxes = [
            shapely.bounds(np.asarray(f.geometry.array, dtype=object))
            for f in (model.frame(name) for name in names)
            if f is not None and len(f)
        ]
        table = np.concatenate(boxes) if boxes else np.zeros((0, 4))
        # An empty geometry has bounds of NaN, and they would win every minimum.
        table = table[np.isfinite(table).all(axis=1)]
        if len(table):
            low, high = table[:, :2].min(axis=0), table[:, 2:].max(axis=0)
            return [round(float(v), 6) for v in (*low, *high)]
    return None


def _names(model: MapModel) -> list[pd.Series[Any]]:
    frames = (m.frame for m in model.layers if m.record.id not in _BACKGROUND)
    return [f["name"] for f in frames if "name" in f.columns]


def _with_columns_of_time(shown: MapLayer, model: MapModel) -> gpd.GeoDataFrame:
    """Give the parks a column for what each standard says of them, and every layer its figures of earlier years."""
    frame = shown.frame
    if shown.record.name == schemas.PARKS:
        frame = _with_standards(frame, model.standards)
    return _with_years(shown, frame, model)


def _with_standards(parks: gpd.GeoDataFrame, standards: tuple[Standard, ...]) -> gpd.GeoDataFrame:
    if "park_id" not in parks.columns:
        return parks
    extra = {
        # By the park's identifier: rows of the frame and of the standard may be in different
        # orders.
        f"route@{standard.id}": parks["park_id"].map(standard.routes.to_dict()).astype("string")
        for standard in standards
        if standard.routes is not None
    }
    return parks.assign(**extra)


def _standard(standard: Standard) -> dict[str, Any]:
    keys = ("id", "zh", "en", "effective_from", "effective_to", "source", "source_zh", "official")
    told: dict[str, Any] = {key: getattr(standard, key) for key in keys}
    return told | ({"column": f"route@{standard.id}"} if standard.routes is not None else {})


def _virtual(model: MapModel) -> dict[str, dict[str, Any]]:
    """Return labels of the columns of a standard or a year, and are not exported."""
    routes = [s for s in model.standards if s.routes is not None]
    told: dict[str, dict[str, Any]] = {
        # written for the sheet of a firm alone: no column of tables, filters or files
        "tag_reasons": {"zh": "标签依据", "en": "Reasons of the labels", "virtual": True}
    }
    told |= {
        f"route@{s.id}": {
            "zh": f"整治路径（{s.zh}）",
            "en": f"Route ({s.en or s.zh})",
            "like": "route",
        }
        for s in routes
    }
    for record in (m.record for m in model.layers):
        if record.firm_column and record.schema not in schemas.shipped():
            told[record.firm_column] = {"zh": f"所在{record.zh}", "en": f"In {record.en}"}
    for past in model.years:
        for name in {str(column) for frame in past.frames.values() for column in frame}:
            told[f"{name}@{past.year}"] = {"like": name, "year": past.year}
    return told


def _with_years(shown: MapLayer, frame: gpd.GeoDataFrame, model: MapModel) -> gpd.GeoDataFrame:
    """Give a layer one column for each figure of each earlier year, where anybody reported it."""
    return _of_years(shown.record.id, frame, model)


def _of_years(layer: str, frame: gpd.GeoDataFrame, model: MapModel) -> gpd.GeoDataFrame:
    extra: dict[str, Any] = {}
    for past in model.years:
        # A layer without figures of that year gets no columns, rather than columns of nothing.
        own = past.frames.get(layer, pd.DataFrame(index=frame.index))
        extra |= {
            f"{name}@{past.year}": own[name].array
            for name in own
            if own[name].notna().any() and not _nothing(own[name], str(name))
        }
    return frame.assign(**extra)


def _nothing(values: pd.Series, name: str) -> bool:
    """Tell whether a count of those who brought a figure is 0 everywhere: then nobody was asked for it."""
    return name.startswith(("n_", "coverage_")) and bool((values.fillna(0) == 0).all())


def _snapshot(
    date: str, name: str, frame: gpd.GeoDataFrame, number: int, model: MapModel
) -> tuple[dict[str, Any], dict[str, list[bytes]]]:
    schema = {"parks": schemas.PARKS, "blocks": schemas.BLOCKS}[name]
    version = f"{name}@{number}"
    head = {
        "id": version,
        "zh": date,
        "en": date,
        "geometry": "area",
        "step": 1,
        "snapshot_of": name,
        "date": date,
        "key": schemas.key(schema),
    }
    dated = _of_years(version, frame, model)
    layer, parts, _ = _layer(dated, head, schema, _virtual(model))
    return layer, parts


def _compressed(parts: dict[str, list[bytes]]) -> tuple[list[str], dict[str, Any]]:
    """Compress all chunks on two threads (zlib releases the lock), in a fixed order."""
    flat = [chunk for chunks in parts.values() for chunk in chunks]
    level = _SMALL_LEVEL if sum(map(len, flat)) < _SMALL_BYTES else _LARGE_LEVEL
    with ThreadPoolExecutor(2) as pool:
        texts = list(pool.map(deflate, flat, repeat(level)))
    blocks, places, start = [], {}, 0
    # In the order of the parts, whichever thread was done first: the same model, the same bytes.
    for number, (name, chunks) in enumerate(parts.items()):
        mine = texts[start : start + len(chunks)]
        start += len(chunks)
        blocks.append("".join(mine))
        places[name] = {"at": number, "chunks": [len(text) for text in mine]}
    return blocks, places
