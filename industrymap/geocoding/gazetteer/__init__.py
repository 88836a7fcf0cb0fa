"""The gazetteer: what the city's places are called, where they lie, and the files they are read from."""

from __future__ import annotations

from industrymap.geocoding.gazetteer._gazetteer import Gazetteer
from industrymap.geocoding.gazetteer._places import KINDS, PLACE_COLUMNS

__all__ = ["KINDS", "PLACE_COLUMNS", "Gazetteer"]
