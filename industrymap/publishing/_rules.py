"""The rules that decide which numbers are withheld, and the words for why: both are data, in ``rules.csv`` and ``reasons.csv``."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

__all__ = ["DOMINANCE", "FEW", "RELEASES", "REPORTED", "RULES", "SUBTRACTION", "Rules", "reasons"]

FEW, SUBTRACTION, DOMINANCE, RELEASES = "few", "subtraction", "dominance", "releases"
REPORTED = "reported"
"""Why a number is withheld."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The values of ``rules.csv``, each with its source there.

    Attributes
    ----------
    fewest_firms : int
    dominance_share : float
        Of one firm in a sum that can be worked out, at most.
    p_percent : float
        As a share: nobody may bound a firm's figure more closely.
    """

    fewest_firms: int
    dominance_share: float
    p_percent: float


@cache
def _read(name: str) -> tuple[dict[str, str], ...]:
    text = resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def _rules() -> Rules:
    value = {row["rule"]: float(row["value"]) for row in _read("rules.csv")}
    return Rules(
        fewest_firms=int(value["fewest_firms"]),
        dominance_share=value["dominance_share"],
        p_percent=value["p_percent"],
    )


RULES = _rules()


def reasons(lang: str) -> dict[str, str]:
    """Return reason → what a report says of it.

    Examples
    --------
    >>> list(reasons("en"))
    ['few', 'subtraction', 'dominance', 'releases', 'reported']
    """
    return {row["reason"]: row[lang] for row in _read("reasons.csv")}
