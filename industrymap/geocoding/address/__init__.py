"""Read an address: one spelling for one text, its parts, and the district and town that it names."""

from __future__ import annotations

from industrymap.geocoding.address._elements import NAMED_ROAD, ROADISH, house_number
from industrymap.geocoding.address._key import address_key, address_keys, row_id
from industrymap.geocoding.address._latin import PinyinNames, to_chinese
from industrymap.geocoding.address._normalise import normalise
from industrymap.geocoding.address._parse import ISSUES, Address, parse, parse_all

__all__ = [
    "ISSUES",
    "NAMED_ROAD",
    "ROADISH",
    "Address",
    "PinyinNames",
    "address_key",
    "address_keys",
    "house_number",
    "normalise",
    "parse",
    "parse_all",
    "row_id",
    "to_chinese",
]
