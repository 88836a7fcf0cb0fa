"""District and town boundaries of a city: from OpenStreetMap, or from a file the user has."""

from industrymap.boundaries._boundaries import LEVELS, Boundaries, convert, fetch, write
from industrymap.boundaries._overpass import ATTRIBUTION, ENDPOINT, ENDPOINT_VARIABLE, query

__all__ = [
    "ATTRIBUTION",
    "ENDPOINT",
    "ENDPOINT_VARIABLE",
    "LEVELS",
    "Boundaries",
    "convert",
    "fetch",
    "query",
    "write",
]
