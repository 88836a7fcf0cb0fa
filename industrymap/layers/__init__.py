"""Layers as they come: GeoJSON, GeoPackage, Shapefile, KML and GeoParquet to one typed frame in WGS 84."""

from __future__ import annotations

from industrymap.layers._layer import Layer
from industrymap.layers._points import Points, names, points
from industrymap.layers._read import read
from industrymap.layers._repair import features_left_out

__all__ = ["Layer", "Points", "features_left_out", "names", "points", "read"]
