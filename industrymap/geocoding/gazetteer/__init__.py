"""The gazetteer: what the city's places are called, where they lie, and the files they are read from."""

from __future__ import annotations

from industrymap.geocoding.gazetteer._divisions import DivisionIndex
from industrymap.geocoding.gazetteer._gazetteer import Gazetteer
from industrymap.geocoding.gazetteer._places import KINDS, PLACE_COLUMNS, PlaceTable
from industrymap.geocoding.gazetteer._roads import RoadNetwork
from industrymap.geocoding.gazetteer._spellings import SpellingIndex

__all__ = [
    "KINDS",
    "PLACE_COLUMNS",
    "DivisionIndex",
    "Gazetteer",
    "PlaceTable",
    "RoadNetwork",
    "SpellingIndex",
]
