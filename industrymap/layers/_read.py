"""Read one layer: open, place on the globe, repair, type, report."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from industrymap import cells, files, issues, schemas
from industrymap.errors import LayerError
from industrymap.files import Decision
from industrymap.layers import _attributes, _repair, _together
from industrymap.layers._formats import open_layers
from industrymap.layers._layer import Layer, Raw
from industrymap.layers._placing import Placed, to_wgs84

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping, Sequence

    import numpy.typing as npt

    from industrymap.cells import Match
    from industrymap.datum import Datum
    from industrymap.terms import Extent

__all__ = ["choose", "of_file", "read"]

LAYERS_LEFT = issues.rule(
    "layer.others_left_out",
    "warning",
    '文件中另有 {n} 个图层未读入，共 {features} 个要素：{names}；本次读取“{taken}”。可用 table = "图层名" 指定',
    '{n} further layers of the file, {features} features, were not read: {names}; {taken!r} was. Name one with table = "…"',
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    """One layer of a file, before anything is typed or placed.

    Attributes
    ----------
    source : Source
    name : str
        As issues name it: the file, with ``#layer`` where the file holds several.
    raw : Raw
    matches : list of Match
        Which column is which field.
    layer : str
        The schema; ``""`` for none.
    """

    source: files.Source
    name: str
    raw: Raw
    matches: list[Match]
    layer: str


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
    """Read a layer of any kind into a typed frame in WGS 84 and report what was understood.

    Parameters
    ----------
    path : path
        A file of one of :data:`industrymap.files.LAYERS` (GeoPackage, Shapefile, GeoJSON, Esri JSON, KML, KMZ, GeoParquet,
        FlatGeobuf, GML, MapInfo, File Geodatabase, DXF, the national parcel text, or a zip of them), or a folder whose files
        are one layer together.
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
    where = Path(path)
    if _together.is_folder(where):
        one = partial(
            read, layer=_layer_of(where, layer), datum=datum, table=table, extent=extent,
            wanted=wanted, columns=columns, units=units, limits=limits,
        )  # fmt: skip
        return _together.joined(where, one)
    _refuse_table(where)
    source = files.check(path, allow=files.LAYERS, limits=limits)
    opened = choose(source, open_layers(source, table), layer=layer, columns=columns)
    opened = opened if opened.layer == "enterprises" else _of_one_year(opened)
    if not len(opened.raw.geometries):
        raise LayerError(f"{opened.name} holds no features.", f"{opened.name} 中没有要素。")
    _require(opened, wanted)
    _attributes.guard_lengths(opened.raw, opened.name, source.limits)
    return _build(opened, datum=datum, extent=extent, units=units)


def _of_one_year(opened: _Opened) -> _Opened:
    """Take the latest year of each figure: 2023年税收 and 2024年税收 are one field of a layer."""
    matches, earlier = cells.of_latest_year(opened.matches)
    if {match.name for match in opened.matches} - {match.field.name for match in matches}:
        names = list(opened.raw.columns)
        of = {match.field.name for match in opened.matches if match.heading.year is not None}
        taken = "、".join(names[match.column] for match in matches if match.field.name in of)
        left = "、".join(names[match.column] for match in earlier)
        opened.raw.problems.append((cells.ONE_YEAR, cells.one_year(taken, left)))
    return replace(opened, matches=matches)


def _refuse_table(where: Path) -> None:
    """Raise where a spreadsheet is given for a layer: it has no shapes."""
    if where.exists() and where.suffix.lower().lstrip(".") in set(files.TABLES) - set(files.LAYERS):
        raise LayerError(
            f"{where.name} is a table and has no shapes, so it cannot be a layer: give a layer of areas, and bring the table's attributes "
            "in with industrymap changes plan and apply.",
            f"{where.name} 是表格，没有图形，不能作图层：请提供面图层；表中的属性可用 industrymap changes plan 核对、apply 并入。",
        )


def _layer_of(folder: Path, layer: str) -> str:
    """Let the first file of a folder say which schema all of them are read with."""
    if layer != "auto":
        return layer
    paths, _ = _together.members(folder)
    source = files.check(paths[0], allow=files.LAYERS)
    return choose(source, open_layers(source, None), layer=layer, columns=None).layer


def choose(
    source: files.Source, raws: list[Raw], *, layer: str, columns: Mapping[str, str] | None
) -> _Opened:
    """Take the layer that names most fields of the schema; on a tie one of areas, then the one with most features."""
    candidates = [
        (raw, _attributes.match(raw, layer=one, columns=columns), one)
        for one in (_polygon_schemas() if layer == "auto" else (layer,))
        for raw in raws
    ]
    raw, matches, chosen = max(candidates, key=_goodness)
    raw.others = [
        f"{other.name}（{len(other.geometries):,}）" for other in raws if other is not raw
    ]
    if raw.others:
        left = sum(len(other.geometries) for other in raws if other is not raw)
        about = {
            "n": len(raw.others),
            "names": "、".join(raw.others),
            "features": left,
            "taken": raw.name,
        }
        raw.problems.append((LAYERS_LEFT, about))
    # A zip with one layer is that layer: its inner name would only lengthen every message.
    if not raw.others and source.extension in {"zip", "kmz"}:
        raw.name = ""
    name = f"{source.name}#{raw.name}" if raw.name else source.name
    return _Opened(source=source, name=name, raw=raw, matches=matches, layer=chosen)


def _goodness(candidate: tuple[Raw, list[Match], str]) -> tuple[int, bool, bool, int]:
    raw, matches, _ = candidate
    # Most fields first: a layer of boundaries beside one of parks has more features and says less.
    return len(matches), not raw.aside, _repair.has_areas(raw), len(raw.geometries)


def _polygon_schemas() -> tuple[str, ...]:
    """Return the schemas a layer may follow, enterprises last: a table of points is rarely one of polygons."""
    return (*(n for n in schemas.of_files() if n not in {"enterprises", "places"}), "enterprises")


def _require(opened: _Opened, wanted: Sequence[str]) -> None:
    have = {m.field.name for m in opened.matches}
    for options in (w.split("|") for w in wanted):
        if not have.intersection(options):
            fields = [schemas.field(opened.layer, option) for option in options]
            en = " or ".join(f"{f.zh} ({f.en})" for f in fields)
            zh = "或".join(f"“{f.zh}”" for f in fields)
            names = list(opened.raw.columns)
            raise LayerError(
                f"{opened.name} has no column {en}. Columns found: {', '.join(names) or 'none'}.",
                f"{opened.name} 缺少列{zh}。已有列：{'、'.join(names) or '无'}。",
            )


def _build(
    opened: _Opened,
    *,
    datum: str | Datum | None,
    extent: Extent | None,
    units: Mapping[str, str] | None,
) -> Layer:
    import geopandas as gpd

    raw, name, layer = opened.raw, opened.name, opened.layer
    count = len(raw.geometries)
    rows = pd.Series(np.arange(1, count + 1), dtype="Int64")
    report = issues.Collector(name, column="geometry")
    # Geometry comes first: a feature without one is reported once and not for its attributes too.
    usable = _repair.drop_unbuilt(raw.geometries, raw.notes, report)
    if not usable.any():
        raise LayerError(
            f"{name}: none of its {count:,} features has a geometry that can be used.",
            f"{name}：{count:,} 个要素都没有可用的图形。",
        )
    placed = to_wgs84(raw, usable, datum=datum, extent=extent, report=report)
    geometries, where = _repaired(placed, report, layer=layer, extent=extent)
    typed = _attributes.type_columns(raw, opened.matches, layer=layer, source=name, units=units)
    kept = typed.frame.iloc[where].reset_index(drop=True)
    rows = rows.iloc[where].reset_index(drop=True)
    kept, keys = _attributes.unique_keys(
        kept,
        layer=layer,
        stem=opened.source.path.stem,
        sources=[name] * len(kept),
        rows=rows,
        headings=typed.headings,
    )
    problems = typed.issues
    # Cells of features that were left out are no longer anybody's concern.
    problems = problems[problems["row"].isna() | problems["row"].isin(set(rows))]
    frame = gpd.GeoDataFrame(
        kept, geometry=gpd.GeoSeries(geometries, index=kept.index), crs="EPSG:4326"
    )
    return Layer(
        frame=frame,
        layer=layer,
        headings=typed.headings,
        rows=rows,
        datum=placed.datum,
        decisions=(
            *raw.decisions,
            *placed.decisions,
            *_decisions(raw, opened.matches, typed.factors, kept=len(frame)),
        ),
        issues=issues.concat([problems, keys, of_file(raw, name), report.table()]),
        source=opened.source,
        name=name,
    )


def of_file(raw: Raw, name: str) -> pd.DataFrame:
    """Return what a format's reader reported, about the file as a whole."""
    where: dict[str, object] = {"source": name, "row": None, "column": "", "value": ""}
    return issues.from_records({**where, "rule": rule, **about} for rule, about in raw.problems)


def _repaired(
    placed: Placed, report: issues.Collector, *, layer: str, extent: Extent | None
) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.int64]]:
    """Repair and sort out, step by step; positions follow the features."""
    where = placed.where
    local = report.of(where)
    # Validity before kind: a bow tie becomes two polygons, which a layer of areas can keep.
    geometries = _repair.make_valid(placed.geometries, local)
    geometries, keep = _repair.fit_to_layer(geometries, layer, local)
    # Positions shrink together with the shapes: an issue must keep pointing at its row in the file.
    geometries, where = geometries[keep], where[keep]
    local = report.of(where)
    geometries, keep = _repair.outside(geometries, local, extent=extent)
    return geometries[keep], where[keep]


def _decisions(
    raw: Raw, matches: Sequence[Match], factors: Mapping[str, float], *, kept: int
) -> Iterator[Decision]:
    names = list(raw.columns)
    for match in matches:
        unit = match.field.unit
        unit_zh = f"（{unit}）" if unit else ""
        unit_en = f" ({schemas.unit_label(unit, 'en')})" if unit else ""
        scale = factors.get(match.name, 1.0)
        times_zh, times_en = (
            (f"，数值 × {scale:,.10g}", f", values × {scale:,.10g}") if scale != 1 else ("", "")
        )
        yield Decision(
            f"“{names[match.column]}” → {match.field.zh}{unit_zh}{times_zh}",
            f"{names[match.column]!r} → {match.field.en}{unit_en}{times_en}",
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
