"""Which figures of areas may be published: those that lead back to no firm, by themselves or beside the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from industrymap import publishing
from industrymap.errors import ConfigError
from industrymap.indicators import parts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from industrymap.figures._units import Firms, Units
    from industrymap.indicators import Entities, Indicator, Part, Values

__all__ = ["WHOLE_LEVELS", "reasons_of_firms", "reasons_reported", "require_public", "wider_units"]

WHOLE_LEVELS = ("city", "district")
"""Levels whose reported totals may be published: a town or a cluster can be one or two firms."""
_WIDER = {"town": ("district",), "park": ("district",), "block": ("district",)}
"""Level → the wider ones whose sums a reader is taken to have; the city's total always."""


def require_public(level: str) -> None:
    """Raise where a level is of single firms.

    Raises
    ------
    ConfigError
    """
    if level == "firm":
        raise ConfigError(
            "Figures of single firms are not published; choose another level.",
            "单个企业的数不得公开，请选其他层级。",
        )


def wider_units(firms: Firms, level: str) -> list[NDArray[np.int64]]:
    """Return the wider unit of each firm, for every level whose sums a reader may have besides; -1 where it is not known."""
    out = []
    for wider in _WIDER.get(level, ()):
        column = f"{wider}_code"
        if column in firms.frame:
            codes = firms.frame[column].astype("string").astype("category").cat.codes
            out.append(codes.to_numpy().astype(np.int64))
    return out


def reasons_reported(units: Units, values: Values) -> NDArray[np.object_]:
    """Return why a unit's own total is not published; empty where it may be."""
    out = np.full(values.amounts.shape, "", dtype=object)
    if units.level not in WHOLE_LEVELS:
        out[~np.isnan(values.amounts)] = publishing.REPORTED
    return out


def reasons_of_firms(
    chosen: Sequence[Indicator],
    entities: Mapping[str, Entities],
    values: Mapping[str, Values],
    wider: Sequence[NDArray[np.int64]],
) -> dict[str, NDArray[np.object_]]:
    """Return indicator → why its value of each unit and period is withheld; empty where it is not.

    Parameters
    ----------
    chosen : sequence of Indicator
        All that are shown and made of single firms.
    entities, values : mapping
        By indicator: what it was computed from, and its values.
    wider : sequence of ndarray
        As :func:`wider_units` returns it.

    Notes
    -----
    All sums of one measure in one period are looked at together, whatever indicator shows them: revenue of all firms less
    revenue of those with a label is the revenue of the others. A ratio gives away less than its two sums do; it is withheld all the
    same where one of them would be. Of a sum that is withheld, every indicator that uses it is.
    """
    out = {i.id: _few(values[i.id]) for i in chosen}
    uses: dict[tuple[str, int], list[tuple[str, int, Part]]] = {}
    for indicator in chosen:
        for part in parts(indicator.formula, entities[indicator.id]):
            for column, at in enumerate(part.at.tolist()):
                if at >= 0:
                    uses.setdefault((part.measure, at), []).append((indicator.id, column, part))
    for (measure, at), group in uses.items():
        sample = entities[group[0][0]]
        amounts = sample.measures[measure][:, at] if measure else None
        # The same firms added up for two indicators are one sum.
        masks: dict[bytes, NDArray[np.bool_]] = {}
        for _, column, part in group:
            mask = np.ascontiguousarray(part.entities[:, column])
            masks.setdefault(mask.tobytes(), mask)
        counted = [publishing.Counted(firms=mask, values=amounts) for mask in masks.values()]
        found = publishing.withheld_sums(counted, sample.unit, sample.units, wider=wider)
        of_mask = dict(zip(masks, found, strict=True))
        for id_, column, part in group:
            key = np.ascontiguousarray(part.entities[:, column]).tobytes()
            for unit, reason in of_mask[key].items():
                out[id_][unit, column] = out[id_][unit, column] or reason
    return out


def _few(values: Values) -> NDArray[np.object_]:
    """Return ``few`` where a value is made of one or two firms."""
    out = np.full(values.amounts.shape, "", dtype=object)
    out[(values.n > 0) & (values.n < publishing.RULES.fewest_firms)] = publishing.FEW
    return out
