"""GeoJSON after RFC 7946: WGS 84, seven decimals, right-hand rule, no crs member, one feature a line."""

from __future__ import annotations

import json
import re
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from industrymap.export._columns import plain

if TYPE_CHECKING:
    import numpy.typing as npt

    from industrymap.export._features import Features

__all__ = ["DECIMALS", "geojson", "rounded"]

DECIMALS = 7
"""Decimals of a degree: about 1 cm."""

# Eight decimals or more, with neither a digit nor an exponent behind them.
_LONG = re.compile(rf"-?\d+\.\d{{{DECIMALS + 1},}}(?![\de])")
_SURROGATE = re.compile("[\ud800-\udfff]")


def geojson(features: Features) -> bytes:
    """Return a FeatureCollection.

    Parameters
    ----------
    features : Features
        Shapes in WGS 84; missing, empty and not finite ones become ``null``. What the file says about itself is the foreign
        member ``metadata`` (RFC 7946, section 6.1).

    Returns
    -------
    data : bytes
        UTF-8; the same for the same input.
    """
    # One template for all rows; a % in a column's name is doubled.
    members = ",".join(f"{_quoted(c.name).replace('%', '%%')}:%s" for c in features.columns)
    template = f'{{"type":"Feature","properties":{{{members}}},"geometry":%s}}'
    shapes = _shapes(rounded(features.shapes))
    cells = [_cells(plain(features.frame[c.name], c.kind)) for c in features.columns]
    rows = [template % row for row in zip(*cells, shapes, strict=True)]
    head = f'{{"type":"FeatureCollection","name":{_quoted(features.name)}'
    if features.meta.items():
        head += f',"metadata":{json.dumps(features.meta.items(), ensure_ascii=False)}'
    text = f'{head},"features":[\n' + ",\n".join(rows) + "\n]}\n"
    return _encode(text)


def _shapes(geometries: npt.NDArray[np.object_]) -> list[str]:
    """Return each geometry as JSON. One number in a thousand comes from GEOS with noise behind the seventh decimal."""
    if not len(geometries):
        return []
    # As one text, so that the pattern runs once and not once a shape.
    text = "\n".join(shape or "null" for shape in shapely.to_geojson(geometries).tolist())
    return _LONG.sub(lambda hit: repr(round(float(hit[0]), DECIMALS)), text).split("\n")


def rounded(geometries: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Round to seven decimals, turn rings to the right-hand rule, and drop what has no finite place."""
    usable = ~(shapely.is_missing(geometries) | shapely.is_empty(geometries))
    usable &= np.isfinite(shapely.bounds(geometries)).all(axis=-1)
    out = np.full(len(geometries), None, dtype=object)
    if usable.any():
        oriented = shapely.orient_polygons(geometries[usable], exterior_cw=False)
        # Flat and tall shapes apart: transforming both at once would give the flat ones a height.
        tall = shapely.has_z(oriented)
        for z in (False, True):
            some = tall == z
            if some.any():
                oriented[some] = shapely.transform(oriented[some], _round, include_z=z)
        out[usable] = oriented
    return out


def _round(points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.asarray(np.round(points, DECIMALS) + 0.0)  # + 0.0 turns -0.0 into 0.0


def _cells(values: list[Any]) -> list[str]:
    """Return each value as JSON: encoded in one go, cut at line feeds, which JSON itself never leaves in a value."""
    if not values:
        return []
    return json.dumps(values, ensure_ascii=False, separators=("\n", ":"))[1:-1].split("\n")


def _quoted(text: str) -> str:
    return encode_basestring(text)


def _encode(text: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        # Lone surrogates have no UTF-8 form; inside a JSON string they can be escaped.
        return _SURROGATE.sub(lambda hit: f"\\u{ord(hit[0]):04x}", text).encode("utf-8")
