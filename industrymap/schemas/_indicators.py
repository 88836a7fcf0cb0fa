"""One record per figure: what it is made of, its unit, how it reads, and from how many firms it may be shown."""

from __future__ import annotations

from functools import cache
from typing import Any

from industrymap.schemas._indicator_record import Indicator
from industrymap.schemas._own import own
from industrymap.schemas._tables import read_table, split

__all__ = ["Indicator", "figures_of", "indicator", "indicators"]


@cache
def _shipped() -> dict[str, Indicator]:
    return {row["id"]: _indicator(row) for row in read_table("indicators.csv")}


def _indicator(row: dict[str, str]) -> Indicator:
    typed: dict[str, Any] = {
        **row,
        "layers": split(row["layers"]),
        "aliases": split(row["aliases"]),
        # An empty factor is 1: the figure is already in its unit.
        "factor": float(row["factor"] or 1),
    }
    return Indicator(**typed)


def indicators(layer: str = "") -> tuple[Indicator, ...]:
    """Return the figures of a layer in the order of their table, those of the workspace last; every one without a layer.

    Parameters
    ----------
    layer : str
        A schema, ``selection``, or ``*`` for what every layer of a workspace gets.

    Examples
    --------
    >>> [i.id for i in indicators("selection")]
    ['cr4', 'cr8', 'revenue_hhi', 'location_quotient']
    """
    known = (*_shipped().values(), *own().figures.values())
    return tuple(i for i in known if not layer or layer in i.layers)


def figures_of(schema: str) -> tuple[Indicator, ...]:
    """Return what is worked out for the layers of a schema: its own figures, and those of any polygon where the schema is not shipped.

    Examples
    --------
    >>> "far" in {i.id for i in figures_of("village_parks")}
    True
    """
    return (*(indicators("*") if schema in own().schemas else ()), *indicators(schema))


def indicator(id_: str) -> Indicator:
    """Return one figure's record, or raise ``KeyError``.

    Examples
    --------
    >>> found = indicator("jobs_per_mu")
    >>> found.of, found.per, found.per_unit, found.n
    ('base_staff', '@area', 'mu', 'n_base_staff')
    """
    return own().figures.get(id_) or _shipped()[id_]
