"""Geocoding: offline first, honest about level and radius, providers where a key exists, nothing guessed."""

from __future__ import annotations

from industrymap.geocoding.address import Address, parse, parse_all
from industrymap.geocoding.gazetteer import Gazetteer
from industrymap.geocoding.geocode import geocode
from industrymap.geocoding.match import match

__all__ = ["Address", "Gazetteer", "geocode", "match", "parse", "parse_all"]
