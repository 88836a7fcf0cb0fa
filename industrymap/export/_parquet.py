"""GeoParquet with the file's own metadata beside geopandas'."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from industrymap.export._arrow import arrow_table, free_name

if TYPE_CHECKING:
    from industrymap.export._features import Features

__all__ = ["parquet"]


def parquet(features: Features) -> bytes:
    """Return a GeoParquet 1.1 file, ZSTD-compressed, with ``industrymap.*`` keys in its metadata."""
    import geopandas as gpd
    from pyarrow import parquet as pq

    geometry = free_name("geometry", [column.name for column in features.columns])
    series = gpd.GeoSeries(list(features.shapes), crs=features.crs, name=geometry)
    # geopandas describes the geometry column, and its description is taken over; the columns
    # themselves get our own types.
    drawn = BytesIO()
    series.to_frame().to_parquet(drawn, index=False, schema_version="1.1.0")
    geo = pq.read_schema(BytesIO(drawn.getvalue())).metadata[b"geo"].decode()
    keys: dict[str, str] = {
        f"industrymap.{key}": value for key, value in features.meta.items().items()
    }
    table = arrow_table(features, geometry=geometry).replace_schema_metadata({"geo": geo, **keys})
    out = BytesIO()
    pq.write_table(table, out, compression="zstd")
    return out.getvalue()
