"""Coordinate systems: names and refusals, conversion, areas and lengths, plausibility, control points.

Everything inside the package is longitude, latitude in WGS 84; this room leads there and back.
"""

from industrymap.datum._convert import convert, convert_geometry, convert_rows
from industrymap.datum._districts import share_in_named_district, suspect_datum
from industrymap.datum._fit import Fit, fit
from industrymap.datum._measure import area_m2, length_m, metric
from industrymap.datum._numbers import Message, looks_like
from industrymap.datum._plausible import plausible
from industrymap.datum._regions import offset_applies
from industrymap.datum._systems import Datum, GaussKruger, gauss_kruger, resolve

__all__ = [
    "Datum",
    "Fit",
    "GaussKruger",
    "Message",
    "area_m2",
    "convert",
    "convert_geometry",
    "convert_rows",
    "fit",
    "gauss_kruger",
    "length_m",
    "looks_like",
    "metric",
    "offset_applies",
    "plausible",
    "resolve",
    "share_in_named_district",
    "suspect_datum",
]
