"""One call for every format."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from industrymap import datum, files, schemas
from industrymap.errors import ConfigError, LayerError, did_you_mean, nearest, pick
from industrymap.export._columns import columns
from industrymap.export._features import Features
from industrymap.export._meta import Meta
from industrymap.export._sheets import Look, Sheet, csv_bytes, workbook

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

__all__ = ["FORMATS", "format_of", "write"]

FORMATS = {
    "geojson": (".geojson", ".json"),
    "gpkg": (".gpkg",),
    "shp": (".shp", ".zip"),
    "kml": (".kml",),
    "parquet": (".parquet", ".geoparquet"),
    "xlsx": (".xlsx",),
    "csv": (".csv",),
}
"""Format → the extensions it is known by."""

_TITLES = {
    "zones": ("园区", "Zones"),
    "divisions": ("行政区划", "Divisions"),
}
_TABLES = {"xlsx", "csv"}
_WGS84_ONLY = {"geojson": "GeoJSON (RFC 7946)", "kml": "KML"}


def write(  # noqa: PLR0913 - one frame, one file, and how
    frame: pd.DataFrame,
    path: str | Path,
    *,
    layer: str,
    name: str | None = None,
    format: str | None = None,  # noqa: A002 - the word people use
    crs: str | datum.Datum | None = None,
    lang: str = "zh",
    fields: Sequence[str] | None = None,
    labels: bool = True,
    everyday: bool = False,
    unlabelled: bool = False,
    meta: Meta | None = None,
) -> list[Path]:
    """Write a layer to a file of any format.

    Parameters
    ----------
    frame : DataFrame or GeoDataFrame
        Geometry in WGS 84 longitude, latitude. Any format but xlsx and csv needs geometry.
    path : path
        Where to; its extension gives the format unless ``format`` does. ``.shp`` writes its companions beside it,
        ``.zip`` packs them.
    layer : str
        Schema of the layer: orders and names the columns.
    name : str, optional
        What the layer is called in the file; as its schema by default.
    format : str, optional
        One of :data:`FORMATS`.
    crs : str or Datum, optional
        CRS of GeoPackage, Shapefile and GeoParquet, such as ``EPSG:4547``; for xlsx and csv the datum of the two coordinate
        columns, which may be ``gcj02`` or ``bd09``. WGS 84 by default, and always in GeoJSON and KML.
    lang : str
        Language of labels.
    fields : sequence of str, optional
        Columns to write, in this order, by name or by label in either language; all by default.
    labels : bool
        In xlsx and csv: labels with units and coded values in words, otherwise field names and codes. The other formats always
        carry field names and codes.
    everyday : bool
        In xlsx and csv, where labels are written: the columns that ``shown.csv`` lists (unless ``fields`` names some), in
        the units of everyday use and rounded (亩, 万元), as the page writes them; other layers keep all their columns.
    unlabelled : bool
        Write GeoJSON in a datum that GeoJSON cannot state, such as GCJ-02 for a web map that expects it. Its metadata names
        the datum; every other program will take it for WGS 84.
    meta : Meta, optional
        Embedded where the format has a place for it.

    Returns
    -------
    paths : list of Path
        Every file written, the main one first.

    Raises
    ------
    ConfigError
        Unknown format, column or language; a CRS that the format cannot state.
    LayerError
        The frame has no geometry.
    DatumError
        See :func:`industrymap.datum.resolve`.
    WriteFailedError
        The file could not be put in place.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> import pandas as pd
    >>> import industrymap as im
    >>> firms = pd.DataFrame({"name": ["=甲厂"], "revenue_10k_cny": [1200.0]})
    >>> with TemporaryDirectory() as folder:
    ...     path = im.export_layer(firms, Path(folder) / "firms.csv", layer="enterprises")[0]
    ...     text = path.read_text(encoding="utf-8-sig")
    >>> print(text.strip())  # a cell that a spreadsheet would run is made text
    企业名称,营业收入（万元）
    '=甲厂,1200
    """
    target = Path(path)
    kind = format_of(target, format)
    about = meta or Meta()
    pick(lang, ("zh", "en"), en="language", zh="语言")
    if kind in _TABLES:
        sheet = Sheet(
            name=_sheet_title(name or layer, lang),
            frame=frame,
            layer=layer,
            fields=fields,
            # Only with headers that name the unit: under a bare field name 亩 would be taken for m².
            everyday=everyday and labels,
        )
        data = _table(sheet, kind, crs=crs, look=Look(lang=lang, labels=labels, meta=about))
        return [files.write_bytes(target, data)]
    # Degrees only: a web map would read metres as degrees.
    # On purpose only: GeoJSON has no place to say that its coordinates are GCJ-02.
    if unlabelled and kind == "geojson" and datum.resolve(crs or "wgs84").in_degrees:
        system = datum.resolve(crs if crs is not None else "wgs84")
        about = replace(
            about, note="; ".join(filter(None, [about.note, f"{system.zh} · {system.en}"]))
        )
    else:
        system = _system(kind, crs)
    features = Features(
        frame=frame,
        shapes=datum.convert_geometry(_wgs84(frame), source="wgs84", target=system),
        name=name or layer,
        columns=columns(frame, layer=layer, fields=fields),
        crs=system.definition,
        lang=lang,
        meta=about,
    )
    return _layer(features, target, kind)


def format_of(path: Path, format: str | None = None) -> str:  # noqa: A002 - the word people use
    """Return the format by its name or by the extension of ``path``.

    Raises
    ------
    ConfigError
        Neither is known.
    """
    if format is not None:
        wanted = format.lower().lstrip(".")
        aliases = {ext.lstrip("."): kind for kind, exts in FORMATS.items() for ext in exts}
        kind = wanted if wanted in FORMATS else aliases.get(wanted)
    else:
        wanted = path.suffix.lower()
        kind = next((kind for kind, exts in FORMATS.items() if wanted in exts), None)
    if kind is None:
        hint_en, hint_zh = did_you_mean(nearest(wanted.lstrip("."), FORMATS, n=1))
        raise ConfigError(
            f"Unknown export format {wanted!r}; expected one of {', '.join(FORMATS)}.{hint_en}",
            f"未知的导出格式 {wanted!r}，应为 {'、'.join(FORMATS)} 之一。{hint_zh}",
        )
    return kind


_ELSEWHERE = {
    True: ("use gpkg, shp or parquet for another CRS", "其他坐标系请用 gpkg、shp 或 parquet"),
    False: (
        "use csv or xlsx, whose headers name the datum, or, for a web map that expects it, write GeoJSON unlabelled on purpose",
        "请用 csv 或 xlsx（表头会注明坐标系）；在线地图需要该坐标系时，可有意导出不带标注的 GeoJSON（unlabelled）",
    ),
}


def _system(kind: str, crs: str | datum.Datum | None) -> datum.Datum:
    system = datum.resolve(crs if crs is not None else "wgs84")
    if kind in _WGS84_ONLY and not system.as_wgs84:
        # What no map file can state is written as a table, or on purpose without a label; everything else has a format.
        way = _ELSEWHERE[bool(system.definition)]
        raise ConfigError(
            f"{_WGS84_ONLY[kind]} is always WGS 84, not {system.id}; {way[0]}.",
            f"{_WGS84_ONLY[kind]} 只能用 WGS 84，不能用 {system.id}；{way[1]}。",
        )
    if not system.definition or system.kind == "pipeline":
        raise ConfigError(
            f"{system.en} has no CRS code, so a GIS would draw the file in the wrong place; export csv or xlsx, whose headers name "
            "the datum.",
            f"{system.zh}没有坐标系代码，GIS 会画错位置；请导出 csv 或 xlsx，表头会注明坐标系。",
        )
    return system


def _layer(features: Features, target: Path, kind: str) -> list[Path]:
    if kind == "geojson":
        from industrymap.export._geojson import geojson

        return [files.write_bytes(target, geojson(features))]
    if kind == "kml":
        from industrymap.export._kml import kml

        return [files.write_bytes(target, kml(features))]
    if kind == "parquet":
        from industrymap.export._parquet import parquet

        return [files.write_bytes(target, parquet(features))]
    if kind == "gpkg":
        from industrymap.export._gpkg import write_gpkg

        # SQLite writes into a file of its own; it takes its place when it is whole.
        with files.atomic(target) as temporary:
            write_gpkg(features, temporary)
        return [target]
    from industrymap.export._shapefile import shapefile

    parts = shapefile(features, name=target.stem)
    if target.suffix.lower() == ".zip":
        return [files.write_bytes(target, files.zipped(parts))]
    # The .shp comes last: a reader never finds it without its companions.
    order = sorted(parts, key=lambda name: (name.endswith(".shp"), name))
    written = [files.write_bytes(target.with_name(name), parts[name]) for name in order]
    return written[::-1]


def _wgs84(frame: pd.DataFrame) -> npt.NDArray[np.object_]:
    """Return the frame's geometries in WGS 84."""
    shapes = _geometries(frame)
    if shapes is None:
        raise LayerError(
            "The table has no geometry; export xlsx or csv, or geocode it first.",
            "该表没有几何数据；请导出 xlsx 或 csv，或先进行地理编码。",
        )
    crs = getattr(frame, "crs", None)
    # A frame without a CRS is one of ours, and those are WGS 84.
    return datum.convert_geometry(shapes, source=crs.to_wkt() if crs is not None else "wgs84")


def _geometries(frame: pd.DataFrame) -> npt.NDArray[np.object_] | None:
    name = getattr(frame, "_geometry_column_name", None)
    if name is None or name not in frame.columns:
        return None
    return np.asarray(frame[name].array, dtype=object)


def _table(sheet: Sheet, kind: str, *, crs: str | datum.Datum | None, look: Look) -> bytes:
    frame, everyday = sheet.frame, sheet.everyday
    wanted = columns(frame, layer=sheet.layer, fields=sheet.fields, everyday=everyday)
    chosen = [column.name for column in wanted]
    if look.labels and sheet.fields is None:
        chosen = _in_one_language(chosen, look.lang)
    shown = pd.DataFrame({column: frame[column] for column in chosen}, index=frame.index)
    # of a polygon people read where it lies by its name; only a point is its coordinates
    if not everyday or _are_points(frame):
        for column, values in _coordinates(frame, crs, look).items():
            shown[column] = values
    sheet = replace(sheet, frame=shown, fields=list(shown.columns))
    if kind == "csv":
        return csv_bytes(sheet, look)
    return workbook([sheet], lang=look.lang, labels=look.labels, meta=look.meta)


def _in_one_language(names: list[str], lang: str) -> list[str]:
    """Leave out the column that says in the other language what the one beside it says (route_reasons, route_reasons_en)."""
    twins = {name for name in names if f"{name}_en" in names}
    other = twins if lang == "en" else {f"{name}_en" for name in twins}
    return [name for name in names if name not in other]


def _are_points(frame: pd.DataFrame) -> bool:
    import shapely

    shapes = _geometries(frame)
    if shapes is None:
        return False
    # -1 is a missing shape, 0 a point.
    kinds = set(shapely.get_type_id(shapes).tolist()) - {-1}
    return kinds <= {0}


def _coordinates(
    frame: pd.DataFrame, crs: str | datum.Datum | None, look: Look
) -> dict[str, npt.NDArray[np.float64]]:
    """Return two columns with the place of each point, or of a point inside each line or polygon."""
    if _geometries(frame) is None:
        return {}
    import shapely

    system = datum.resolve(crs if crs is not None else "wgs84")
    shapes = _wgs84(frame)
    # Inside the area: a centroid may lie outside a bent one.
    spots = shapely.point_on_surface(shapes)
    x, y = datum.convert(shapely.get_x(spots), shapely.get_y(spots), source="wgs84", target=system)
    # A centimetre in degrees, a millimetre in metres.
    decimals = 7 if system.in_degrees else 3
    names = _coordinate_names(system, lang=look.lang, labels=look.labels)
    return dict(zip(names, (np.round(x, decimals), np.round(y, decimals)), strict=True))


def _coordinate_names(system: datum.Datum, *, lang: str, labels: bool) -> tuple[str, str]:
    """Return names that say which system the numbers are in."""
    plain = {"wgs84": "WGS 84", "cgcs2000": "CGCS2000", "gcj02": "GCJ-02", "bd09": "BD-09"}
    title = plain.get(system.id, system.id if len(system.id) < 20 else system.name(lang))
    if not labels:
        tail = "".join(c for c in title.lower() if c.isascii() and c.isalnum()) or "local"
        return (f"lon_{tail}", f"lat_{tail}") if system.in_degrees else (f"x_{tail}", f"y_{tail}")
    if lang == "zh":
        first, second = (
            ("定位经度", "定位纬度") if system.in_degrees else ("东坐标（米）", "北坐标（米）")
        )
        return f"{first}（{title}）", f"{second}（{title}）"
    first, second = (
        ("Longitude", "Latitude") if system.in_degrees else ("Easting, m", "Northing, m")
    )
    return f"{first} ({title})", f"{second} ({title})"


def _sheet_title(layer: str, lang: str) -> str:
    record = schemas.layer(layer)
    own = (record.zh, record.en) if record else (layer, layer)
    zh, en = _TITLES.get(layer, own)
    return zh if lang == "zh" else en
