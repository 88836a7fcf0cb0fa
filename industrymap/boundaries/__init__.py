"""District and town boundaries of a city: from OpenStreetMap, or from a file the user has."""

from industrymap.boundaries._boundaries import LEVELS, Boundaries, as_of, convert, fetch, write
from industrymap.boundaries._overpass import (
    ATTRIBUTION,
    ENDPOINT,
    ENDPOINT_VARIABLE,
    ask,
    city_query,
    endpoint,
    query,
)
from industrymap.boundaries._rings import assemble

__all__ = [
    "ATTRIBUTION",
    "ENDPOINT",
    "ENDPOINT_VARIABLE",
    "LEVELS",
    "Boundaries",
    "as_of",
    "ask",
    "assemble",
    "city_query",
    "convert",
    "endpoint",
    "fetch",
    "query",
    "write",
]
