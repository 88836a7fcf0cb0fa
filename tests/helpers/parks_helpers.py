"""Frames of parks, blocks and firms made by hand, typed by the schema."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from industrymap import datum, schemas, standards

CRS = "EPSG:4547"
STANDARDS = Path(__file__).parents[2] / "industrymap/cities/guangzhou/standards"
EAST, NORTH = 440_000.0, 2_560_000.0
TYPES = {
    "str": "string",
    "float": "Float64",
    "int": "Int64",
    "bool": "boolean",
    "date": "datetime64[s]",
}


def standard(name: str) -> standards.Standard:
    return standards.load(STANDARDS / f"{name}.toml")


def typed(layer: str, rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Return rows as a frame whose schema columns have their types; missing keys are unknown."""
    kinds = {f.name: TYPES[f.dtype] for f in schemas.fields(layer)}
    names = list(dict.fromkeys(name for row in rows for name in row))
    return pd.DataFrame(
        {
            name: pd.Series([row.get(name) for row in rows], dtype="object").astype(
                kinds.get(name, "object")
            )
            for name in names
        }
    )


def box(x: float, y: float, width: float, height: float) -> Any:
    """Return a WGS 84 rectangle; x, y in metres from a corner inside the city."""
    metric = shapely.box(EAST + x, NORTH + y, EAST + x + width, NORTH + y + height)
    return datum.convert_geometry([metric], source=CRS, target="wgs84")[0]


def placed(layer: str, rows: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    """Return rows with their ``geometry`` as a WGS 84 frame."""
    shapes = [row["geometry"] for row in rows]
    plain = [{name: value for name, value in row.items() if name != "geometry"} for row in rows]
    return gpd.GeoDataFrame(typed(layer, plain), geometry=shapes, crs=4326)


def firm(x: float, y: float, **values: Any) -> dict[str, Any]:
    """Return a firm at x, y metres from the corner, placed finely."""
    lon, lat = datum.convert(EAST + x, NORTH + y, source=CRS, target="wgs84")
    return {"geocode_level": "address", "geometry": shapely.Point(lon, lat), **values}
