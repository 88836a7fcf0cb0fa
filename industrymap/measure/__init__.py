"""Measures per park, block, district, town and cluster, each with its n, its coverage and its date."""

from industrymap.measure._contradictions import (
    FAR,
    FAR_ROUNDING,
    FAR_TOLERANCE,
    NO_YEAR,
    PART,
    PARTS,
    YEARS,
    Contradiction,
    contradictions,
    year_fields,
)
from industrymap.measure._firms import by_cluster
from industrymap.measure._intake import changed, check_polygons, outside_districts
from industrymap.measure._layer import measure, recount
from industrymap.measure._overlaps import (
    distance_m,
    distance_to_larger_m,
    overlap_matrix,
    projected,
    share_inside,
)
from industrymap.measure._parks_inside import inner_points_in
from industrymap.measure._reported import FAR_APART, reported_gaps
from industrymap.measure._suppress import suppress

__all__ = [
    "FAR",
    "FAR_APART",
    "FAR_ROUNDING",
    "FAR_TOLERANCE",
    "NO_YEAR",
    "PART",
    "PARTS",
    "YEARS",
    "Contradiction",
    "by_cluster",
    "changed",
    "check_polygons",
    "contradictions",
    "distance_m",
    "distance_to_larger_m",
    "inner_points_in",
    "measure",
    "outside_districts",
    "overlap_matrix",
    "projected",
    "recount",
    "reported_gaps",
    "share_inside",
    "suppress",
    "year_fields",
]
