"""KML 2.2 for Google Earth and phones: WGS 84, attributes under a typed schema with their labels.

The column ``name`` is the placemark's own name and is written nowhere else: readers would meet two columns of one name.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

import shapely

from industrymap.export._columns import Column, header, plain
from industrymap.export._geojson import rounded

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from shapely.geometry.base import BaseGeometry

    from industrymap.export._features import Features

__all__ = ["kml"]

# What XML 1.0 does not allow.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def kml(features: Features) -> bytes:
    """Return a KML document.

    Parameters
    ----------
    features : Features
        Shapes in WGS 84. The column ``name`` becomes the placemark's name; labels are those that Google Earth shows.

    Returns
    -------
    data : bytes
        UTF-8. Characters that XML cannot hold (such as NUL) become U+FFFD.
    """
    frame, lang = features.frame, features.lang
    attributes = [column for column in features.columns if column.name != "name"]
    keys = [_attribute(column.name) for column in attributes]
    # Without any attribute, zip would yield no rows at all.
    rows = zip(*(plain(frame[c.name], c.kind) for c in attributes), strict=True) if attributes else [()] * len(frame)  # fmt: skip
    titled = any(column.name == "name" for column in features.columns)
    titles = plain(frame["name"], "str") if titled else [None] * len(frame)
    out = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<kml xmlns="http://www.opengis.net/kml/2.2">',
        f"<Document><name>{_text(features.meta.title or features.name)}</name>",
    ]
    note = "\n".join(f"{label}：{value}" for label, value in features.meta.lines(lang))
    if note:
        out.append(f"<description>{_text(note)}</description>")
    out.append(_schema(frame, attributes, lang))
    out.append(f"<Folder><name>{_text(features.name)}</name>")
    for title, row, shape in zip(titles, rows, rounded(features.shapes), strict=True):
        name = f"<name>{_text(title)}</name>" if title is not None else ""
        data = "".join(
            f"<SimpleData name={key}>{_text(value)}</SimpleData>"
            for key, value in zip(keys, row, strict=True)
            if value is not None
        )
        if data:
            data = (
                f'<ExtendedData><SchemaData schemaUrl="#fields">{data}</SchemaData></ExtendedData>'
            )
        out.append(f"<Placemark>{name}{data}{_shape(shape)}</Placemark>")
    out.append("</Folder></Document></kml>\n")
    return "\n".join(out).encode("utf-8")


def _schema(frame: pd.DataFrame, columns: Sequence[Column], lang: str) -> str:
    fields = "".join(
        f'<SimpleField name={_attribute(c.name)} type="{_type(frame[c.name], c.kind)}">'
        f"<displayName>{_text(header(c, lang))}</displayName></SimpleField>"
        for c in columns
    )
    return f'<Schema name="fields" id="fields">{fields}</Schema>'


def _type(column: pd.Series[Any], kind: str) -> str:
    if kind == "int":  # KML's int has 32 bits
        return "int" if column.dropna().abs().lt(2**31).all() else "double"
    return {"float": "double", "bool": "bool"}.get(kind, "string")


def _attribute(text: str) -> str:
    # A reader of XML would turn a bare carriage return into a line feed.
    return quoteattr(_ILLEGAL.sub("\ufffd", text), {"\r": "&#13;", '"': "&quot;"})


def _text(value: object) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return escape(_ILLEGAL.sub("\ufffd", text), {"\r": "&#13;"})


def _shape(shape: BaseGeometry | None) -> str:
    if shape is None:
        return ""
    if hasattr(shape, "geoms"):
        return f"<MultiGeometry>{''.join(_shape(part) for part in shape.geoms)}</MultiGeometry>"
    if isinstance(shape, shapely.Polygon):
        inner = "".join(
            f"<innerBoundaryIs>{_ring(ring)}</innerBoundaryIs>" for ring in shape.interiors
        )
        return (
            f"<Polygon><outerBoundaryIs>{_ring(shape.exterior)}</outerBoundaryIs>{inner}</Polygon>"
        )
    tag = "Point" if shape.geom_type == "Point" else "LineString"
    return f"<{tag}>{_coordinates(shape)}</{tag}>"


def _ring(ring: BaseGeometry) -> str:
    return f"<LinearRing>{_coordinates(ring)}</LinearRing>"


def _coordinates(shape: BaseGeometry) -> str:
    # repr writes as many digits as it takes to read the same number again.
    points = shapely.get_coordinates(shape, include_z=shape.has_z).tolist()
    return f"<coordinates>{' '.join(','.join(map(repr, point)) for point in points)}</coordinates>"
