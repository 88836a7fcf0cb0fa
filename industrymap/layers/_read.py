"""Read one layer: open, place on the globe, repair, type, tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from industrymap import datum as datums
from industrymap import files, issues, schemas
from industrymap.errors import DatumError, LayerError
from industrymap.files import Decision
from industrymap.layers import _attributes, _repair
from industrymap.layers._geojson import read_geojson, read_geojson_text
from industrymap.layers._geopackage import read_geopackage
from industrymap.layers._kml import read_kml, read_kml_text
from industrymap.layers._layer import Layer, Raw
from industrymap.layers._parquet import read_geoparquet
from industrymap.layers._shapefile import PARTS, read_shapefile, shapefiles_in

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping, Sequence

    import numpy.typing as npt

    from industrymap.cells import Match
    from industrymap.datum import Datum

__all__ = ["read"]

Extent = tuple[float, float, float, float]


def read(  # noqa: PLR0913 - each is a decision a person may take out of our hands
    path: str | os.PathLike[str],
    *,
    layer: str,
    datum: str | Datum | None = None,
    table: str | None = None,
    extent: Extent | None = None,
    wanted: Sequence[str] = (),
    columns: Mapping[str, str] | None = None,
    units: Mapping[str, str] | None = None,
    limits: files.Limits | None = None,
) -> Layer:
    """Read a layer of any kind into a typed frame in WGS 84 and tell what was understood.

    Parameters
    ----------
    path : path
        geojson, json, gpkg, shp, zip (of a Shapefile, KML or GeoJSON), kml, kmz or parquet.
    layer : str
        Schema to match names with: one of :func:`industrymap.schemas.names`, ``"auto"`` for the one that knows
        most of them, or ``""`` to keep all names and values as they are.
    datum : str or Datum, optional
        What the coordinates are in (``gcj02``, ``EPSG:4547`` …); goes before what the file says.
    table : str, optional
        Layer inside a GeoPackage or archive; by default the one that names most fields.
    extent : tuple of float, optional
        ``west, south, east, north`` of the city in WGS 84 degrees; features off it are reported.
    wanted : sequence of str
        Fields that must be there; ``"a|b"`` means either.
    columns : mapping of str to str, optional
        Name in the file → field, where a person decided.
    units : mapping of str to str, optional
        Field → unit (``{"land_area_reported_m2": "亩"}``).
    limits : Limits, optional
        Sizes allowed.

    Returns
    -------
    layer : Layer
        Typed frame, decisions, issues.

    Raises
    ------
    FileMissingError, FileRefusedError
        See :func:`industrymap.files.check`.
    LayerError
        Damaged, too large, without features or without a wanted field.
    DatumError
        No coordinate system, one that is refused, or one that the numbers contradict.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> import industrymap as im
    >>> ring = "[[[113.3,23.1],[113.31,23.1],[113.31,23.11],[113.3,23.1]]]"
    >>> text = (
    ...     '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"园区名称":"甲园","容积率":"0.8"},'
    ...     '"geometry":{"type":"Polygon","coordinates":' + ring + "}}]}"
    ... )
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "parks.geojson"
    ...     _ = path.write_text(text, encoding="utf-8")
    ...     read = im.read_layer(path, layer="village_parks", datum="gcj02")
    >>> read.frame[["name", "far"]].to_dict("records"), read.datum.id
    ([{'name': '甲园', 'far': 0.8}], 'gcj02')
    >>> read.frame.geometry.iloc[0].bounds[0] < 113.3  # led from GCJ-02 to WGS 84
    True
    """
    if layer not in {*schemas.names(), "auto", ""}:
        known = ", ".join(schemas.names())
        raise LayerError(
            f"There is no layer {layer!r}; known: {known}.", f"没有图层“{layer}”，可选：{known}。"
        )
    source = files.check(path, allow=files.LAYERS, limits=limits)
    raw, matches, layer = _best(source, table=table, layer=layer, columns=columns)
    name = f"{source.name}#{raw.name}" if raw.name else source.name
    if not len(raw.geometries):
        raise LayerError(f"{name} holds no features.", f"{name} 中没有要素。")
    _require(name, raw, matches, layer, wanted)
    return _layer(source, name, raw, matches, layer=layer, datum=datum, extent=extent, units=units)


def _raws(source: files.Source, table: str | None) -> list[Raw]:
    kind = source.extension
    if kind in {"geojson", "json"}:
        return [read_geojson(source)]
    if kind == "gpkg":
        return read_geopackage(source, table=table)
    if kind == "shp":
        return [read_shapefile(source)]
    if kind == "kml":
        return [read_kml(source)]
    if kind in {"zip", "kmz"}:
        return _archived(source, table)
    return [read_geoparquet(source)]


def _archived(source: files.Source, table: str | None) -> list[Raw]:
    members = files.unpack(source, [*PARTS, "kml", "geojson", "json"])
    if any(name.lower().endswith(".shp") for name in members):
        parts = {n: data for n, data in members.items() if n.lower().endswith(tuple(PARTS))}
        return shapefiles_in(parts, name=source.name, limits=source.limits, table=table)
    found = []
    for member, data in sorted(members.items()):
        name = f"{source.name}/{member}"
        text = files.decode(data, name=name)
        reader = read_kml_text if member.lower().endswith(".kml") else read_geojson_text
        raw = reader(text.text, name=name, limits=source.limits)
        raw.decisions.insert(0, text.decision)
        raw.name = member
        if table is None or table in {member, member.rsplit(".", 1)[0]}:
            found.append(raw)
    if not found:
        raise LayerError(
            f"{source.name} holds no layer that can be read (a Shapefile, KML or GeoJSON).",
            f"{source.name} 中没有可读取的图层（Shapefile、KML 或 GeoJSON）。",
        )
    return found


def _best(
    source: files.Source, *, table: str | None, layer: str, columns: Mapping[str, str] | None
) -> tuple[Raw, list[Match], str]:
    raws = _raws(source, table)
    found = [
        (raw, _attributes.match(raw, layer=one, columns=columns), one)
        for one in (_polygon_schemas() if layer == "auto" else (layer,))
        for raw in raws
    ]
    raw, matches, chosen = max(found, key=lambda one: (len(one[1]), len(one[0].geometries)))
    raw.others = [other.name for other in raws if other is not raw]
    if not raw.others and source.extension in {"zip", "kmz"}:
        raw.name = ""
    return raw, matches, chosen


def _polygon_schemas() -> tuple[str, ...]:
    """Return the schemas a layer may follow, enterprises last: a table of points is rarely one of polygons."""
    return (*(n for n in schemas.names() if n not in {"enterprises", "places"}), "enterprises")


def _require(
    name: str, raw: Raw, matches: Sequence[Match], layer: str, wanted: Sequence[str]
) -> None:
    have = {m.field.name for m in matches}
    for options in (w.split("|") for w in wanted):
        if not have.intersection(options):
            fields = [schemas.field(layer, option) for option in options]
            en = " or ".join(f"{f.zh} ({f.en})" for f in fields)
            zh = "或".join(f"“{f.zh}”" for f in fields)
            columns = list(raw.columns)
            raise LayerError(
                f"{name} has no column {en}. Columns found: {', '.join(columns) or 'none'}.",
                f"{name} 缺少列{zh}。已有列：{'、'.join(columns) or '无'}。",
            )


def _layer(  # noqa: PLR0913 - what was found so far
    source: files.Source,
    name: str,
    raw: Raw,
    matches: list[Match],
    *,
    layer: str,
    datum: str | Datum | None,
    extent: Extent | None,
    units: Mapping[str, str] | None,
) -> Layer:
    import geopandas as gpd

    count = len(raw.geometries)
    rows = pd.Series(np.arange(1, count + 1), dtype="Int64")
    report = _repair.Report(source=name, rows=np.arange(1, count + 1), records=[])
    usable = _repair.drop_unbuilt(raw.geometries, raw.notes, report)
    if not usable.any():
        raise LayerError(
            f"{name}: none of its {count:,} features has a geometry that can be used.",
            f"{name}：{count:,} 个要素都没有可用的图形。",
        )
    declared, told = _declared(name, raw, datum, raw.geometries[usable])
    geometries, where = _placed(name, raw, usable, declared, report, told, extent=extent)
    geometries, where = _sound(geometries, where, report, layer=layer, extent=extent)
    typed, headings, factors, problems = _attributes.type_columns(
        raw, matches, layer=layer, source=name, rows=rows, units=units, limits=source.limits
    )
    kept = typed.iloc[where].reset_index(drop=True)
    rows = rows.iloc[where].reset_index(drop=True)
    kept, keys = _attributes.unique_keys(
        kept, layer=layer, stem=source.path.stem, source=name, rows=rows
    )
    problems = problems[problems["row"].isna() | problems["row"].isin(set(rows))]
    frame = gpd.GeoDataFrame(
        kept, geometry=gpd.GeoSeries(geometries, index=kept.index), crs="EPSG:4326"
    )
    return Layer(
        frame=frame,
        layer=layer,
        headings=headings,
        rows=rows,
        datum=declared,
        decisions=(*raw.decisions, *told, *_tell(raw, matches, factors, kept=len(frame))),
        issues=issues.concat([problems, keys, issues.from_records(report.records)]),
        source=source,
        name=name,
    )


def _declared(
    name: str, raw: Raw, datum: str | Datum | None, geometries: npt.NDArray[np.object_]
) -> tuple[Datum, list[Decision]]:
    """Decide what the coordinates are in: what the user says, then what the file says; never a guess."""
    if datum is not None:
        declared = datums.resolve(datum)
        return declared, [
            Decision(
                f"坐标系：{declared.zh}（由您指定）。",
                f"Coordinates: {declared.en} (as you declared).",
                "datum",
            )
        ]
    if raw.crs is None or raw.crs.lstrip().upper().startswith(_LOCAL):
        looks = datums.looks_like(*_middles(geometries))
        zh = "".join(message.zh for message in looks[:1])
        en = " ".join(message.en for message in looks[:1])
        raise DatumError(
            f"{name} does not say which coordinate system it is in. {en} Declare it, for example datum=gcj02.",
            f"{name} 没有说明坐标系。{zh}请指定坐标系，如 datum=gcj02。",
        )
    try:
        declared = datums.resolve(raw.crs)
    except DatumError as error:
        raise DatumError(f"{name}: {error.en}", f"{name}：{error.zh}") from error
    if raw.by_standard:
        return declared, [
            Decision(
                f"坐标系：文件未注明，按格式标准视为 {declared.zh}；若取自国内在线地图，多为 GCJ-02，请指定。",
                f"Coordinates: not stated, {declared.en} by the format's standard; if drawn on a Chinese online map they "
                "are GCJ-02: declare it.",
                "datum",
            )
        ]
    return declared, [
        Decision(
            f"坐标系：{declared.zh}（文件注明）。",
            f"Coordinates: {declared.en} (as the file says).",
            "datum",
        )
    ]


_LOCAL = ("LOCAL_CS", "ENGCRS", "ENGINEERINGCRS")  # how programs write that they do not know


def _middles(
    geometries: npt.NDArray[np.object_],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    bounds = shapely.bounds(geometries).reshape(-1, 4)
    return (bounds[:, 0] + bounds[:, 2]) / 2, (bounds[:, 1] + bounds[:, 3]) / 2


def _placed(  # noqa: PLR0913, PLR0917 - what was found so far
    name: str,
    raw: Raw,
    usable: npt.NDArray[np.bool_],
    declared: Datum,
    report: _repair.Report,
    told: list[Decision],
    *,
    extent: Extent | None,
) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.int64]]:
    """Move usable geometries to WGS 84; return them and their positions."""
    geometries, where = raw.geometries[usable], np.flatnonzero(usable)
    odd = datums.plausible(*_middles(geometries), declared, extent)
    if any(m.code == "swapped" for m in odd) or _north_first(declared, *_middles(geometries)):
        geometries = shapely.transform(geometries, lambda points: points[:, ::-1])
        told.append(
            Decision(
                "X、Y 两列互换（X 为北、Y 为东），已换回。",
                "x and y were swapped throughout: put right.",
                "datum",
            )
        )
        odd = datums.plausible(*_middles(geometries), declared, extent)
    for message in odd:
        if message.code in _CONTRADICTIONS or message.count * 2 > message.total > 0:
            raise DatumError(
                f"{name} cannot be in {declared.en}. {message.en}",
                f"{name} 不可能是{declared.zh}。{message.zh}",
            )
    moved = datums.convert_geometry(geometries, source=declared)
    owner, bad = _repair.not_finite(moved)
    lost = np.unique(owner[bad])
    for position in lost:
        report.add(_repair.NOT_FINITE, int(where[position]))
    keep = np.ones(len(moved), dtype=bool)
    keep[lost] = False
    return moved[keep], where[keep]


def _north_first(declared: Datum, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> bool:
    """Tell whether the numbers of a Gauss-Krüger zone stand north before east, as surveyors write them."""
    code = declared.id.removeprefix("EPSG:")
    zone = datums.gauss_kruger(int(code)) if code.isdigit() else None
    if zone is None:
        return False
    reach = 60_000.0 * zone.width
    off_x, off_y = (
        abs(np.median(x) - zone.false_easting_m),
        abs(np.median(y) - zone.false_easting_m),
    )
    return bool(off_x > reach >= off_y)


_CONTRADICTIONS = frozenset({"degrees", "metres", "zone", "mercator"})


def _sound(
    geometries: npt.NDArray[np.object_],
    where: npt.NDArray[np.int64],
    report: _repair.Report,
    *,
    layer: str,
    extent: Extent | None,
) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.int64]]:
    """Repair and sort out, step by step; positions follow the features."""
    local = _repair.Report(source=report.source, rows=report.rows[where], records=report.records)
    geometries = _repair.make_valid(geometries, local)
    geometries, keep = _repair.fit_to_layer(geometries, layer, local)
    geometries, where = geometries[keep], where[keep]
    local = _repair.Report(source=report.source, rows=report.rows[where], records=report.records)
    geometries, keep = _repair.outside(geometries, local, extent=extent)
    return geometries[keep], where[keep]


def _tell(
    raw: Raw, matches: Sequence[Match], factors: Mapping[str, float], *, kept: int
) -> Iterator[Decision]:
    names = list(raw.columns)
    for match in matches:
        unit = f"（{match.field.unit}）" if match.field.unit else ""
        scale = factors.get(match.name, 1.0)
        times_zh, times_en = (
            (f"，数值 × {scale:,.10g}", f", values × {scale:,.10g}") if scale != 1 else ("", "")
        )
        yield Decision(
            f"“{names[match.column]}” → {match.field.zh}{unit}{times_zh}",
            f"{names[match.column]!r} → {match.field.en}{unit}{times_en}",
            "column",
        )
    known = {match.column for match in matches}
    rest = [name for i, name in enumerate(names) if i not in known]
    if rest:
        yield Decision(
            f"未对应到字段、原样保留的列：{'、'.join(rest)}。",
            f"Columns kept under their own name: {', '.join(rest)}.",
            "unmatched",
        )
    if raw.others:
        yield Decision(
            f"文件中另有图层未读：{'、'.join(raw.others)}（用 table 指定）。",
            f"Further layers not read: {', '.join(raw.others)} (name one with table).",
            "sheet",
        )
    total = len(raw.geometries)
    yield Decision(
        f"可用要素 {kept:,}/{total:,} 个。", f"{kept:,} of {total:,} features can be used.", "rows"
    )
