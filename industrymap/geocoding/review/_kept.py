"""Confirmed places kept in the workspace, so that nothing a person decided is lost with the outputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from industrymap import issues
from industrymap.geocoding.address import address_keys
from industrymap.geocoding.review._file import HEADERS
from industrymap.geocoding.review._table import write

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from industrymap.geocoding.review._file import Confirmed

__all__ = ["KEPT", "keep", "not_taken", "taken"]

KEPT = "confirmed.csv"
"""The file's name among what a workspace keeps for itself."""

NO_FIRM = issues.rule(
    "review.no_firm",
    "info",
    "此次没有企业在该地址，确认的位置留待以后使用",
    "no firm has this address now: the confirmed place is kept for later",
)
NO_PLACE = issues.rule(
    "review.no_place",
    "warning",
    "确认的镇街或区不在本市，或没有边界和点，未能采用；请填确认经度和纬度",
    "the confirmed town or district is none of this city or has neither boundary nor point: give longitude and latitude",
)


def keep(written: pd.DataFrame, path: Path) -> list[Path]:
    """Write what people confirmed into the workspace, in the form of a review file; nothing where nothing ever was.

    Parameters
    ----------
    written : DataFrame
        :attr:`Confirmed.written`.
    path : Path
        :data:`KEPT` in the workspace's own folder.
    """
    if written.empty and not path.exists():
        return []
    return [write(written.reindex(columns=list(HEADERS)).reset_index(drop=True), path)]


def taken(placed: pd.DataFrame) -> tuple[int, int]:
    """Return how many confirmed addresses gave firms their place, and how many firms.

    Parameters
    ----------
    placed : DataFrame
        Geocoded firms: ``address``, ``geocode_source``.
    """
    firms = placed[placed["geocode_source"].eq("confirmed").fillna(value=False)]
    return int(address_keys(firms["address"]).nunique()), len(firms)


def not_taken(confirmed: Confirmed, placed: pd.DataFrame) -> pd.DataFrame:
    """Report the confirmed places that gave no firm its place, and why.

    Parameters
    ----------
    confirmed : Confirmed
    placed : DataFrame
        Geocoded firms: ``address``, ``geocode_source``.
    """
    keys = address_keys(placed["address"])
    used = set(keys[placed["geocode_source"].eq("confirmed").fillna(value=False)].dropna())
    there = set(keys.dropna())
    left = confirmed.places[~confirmed.places.index.isin(used)]
    addresses = confirmed.written["address"].to_dict()
    return issues.from_records(
        {
            "rule": NO_PLACE if key in there else NO_FIRM,
            "source": place["source"],
            "row": place["source_row"],
            "column": HEADERS["address"][0],
            "value": addresses[key],
        }
        for key, place in left.iterrows()
    )
