"""What commands about areas share: the levels by name, and the options for the level and for the day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from industrymap.cli._options import option
from industrymap.cli._talk import localized

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["AREAS", "KINDS", "as_of_option", "level_option", "measure_name"]

AREAS = {
    "city": ("全市", "city", "cities"), "district": ("区", "district", "districts"), "town": ("镇街", "town", "towns"),
    "park": ("园区", "park", "parks"), "block": ("区块", "block", "blocks"), "cluster": ("集群", "cluster", "clusters"),
    "industry": ("行业", "industry", "industries"), "firm": ("企业", "firm", "firms"),
}  # fmt: skip
"""Level → its Chinese name, and the English one of one and of many."""

KINDS = AREAS | {"peer_city": ("对标城市", "peer city", "peer cities")}
"""The same of everything that the running database holds figures of."""

_FIGURES = {"growth": ("同比增速", "growth"), "last_year": ("上年同期", "a year before")}


def measure_name(id_: str) -> str:
    """Return what a measure is called: ``output_10k_cny:growth`` is its growth as published, no measure of its own."""
    from industrymap import schemas

    stem, _, figure = id_.partition(":")
    record = schemas.measure(stem)
    # What no schema knows goes by its id, as its file writes it.
    if not record.unit:
        return id_
    name = localized(record.zh, record.en)
    if figure not in _FIGURES:
        return name
    zh, en = _FIGURES[figure]
    # Chinese joins the two without a space.
    return localized(f"{name}{zh}", f"{name} {en}")


as_of_option = option(
    "--as-of",
    "as_of",
    metavar="DAY|N",
    zh="按某日（YYYY-MM-DD）或某次入库（序号）当时所知。",
    en="As it was known on a day (YYYY-MM-DD) or after an import (its number).",
)


def level_option(default: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return the option ``--level``."""
    return option(
        "--level",
        default=default,
        show_default=True,
        metavar="|".join(AREAS),
        zh="层级：全市、区、镇街、园区、区块、集群、行业（大类）、企业。",
        en="Level of the areas, or industry (divisions of GB/T 4754) or firm.",
    )
