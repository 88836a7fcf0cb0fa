"""Areas graded from the same items: districts, towns, parks, blocks, industries."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from industrymap.columns import texts
from industrymap.grading._items import points_at, ratio_of_sums

if TYPE_CHECKING:
    from industrymap.grading._graded import Graded
    from industrymap.grading._records import Item

__all__ = ["areas"]


def areas(graded: Graded, scope: str, by: str) -> pd.DataFrame:
    """Return a row for each area of a scope, the best score first.

    Parameters
    ----------
    graded : Graded
    scope : str
        Items, weights and benchmarks are those of a scope.
    by : str
        Column of the firms: ``district``, ``town``, ``park_id``, ``industry_division`` …

    Returns
    -------
    areas : DataFrame
        ``area, firms, score, rank``, the number of firms of each letter (``letter.A``), of each item its value and the share of the firms that it
        rests on (``value.tax_per_mu``, ``known.tax_per_mu``). Firms of no area are left out.

    Notes
    -----
    The value of an area is a ratio of sums over the firms that have both; its benchmark the fixed one of the rule, or else the scope's
    own ratio times the rule's factor, so that areas are measured alike; cap and floor hold. An item that no firm of an area has gives no points.
    """
    part = next(one for one in graded.scopes if one.scope.id == scope)
    frame = graded.firms.iloc[part.rows]
    names = texts(frame, by)
    letters = [letter.id for letter in graded.rule.letters]
    items = [item for item in part.scope.items if not item.instead_of]
    whole = {item.id: _benchmark(item, frame) for item in items}
    rows = []
    for area in sorted(set(names) - {""}):
        at = names == area
        given = part.letters[at]
        row: dict[str, object] = {"area": area, "firms": int(at.sum())}
        row |= {f"letter.{one}": int((given == n).sum()) for n, one in enumerate(letters)}
        score = 0.0
        for item in items:
            value, known = ratio_of_sums(frame[at], item)
            row |= {f"value.{item.id}": value, f"known.{item.id}": known / at.sum()}
            points = points_at(item, value, whole[item.id])
            score += 0.0 if math.isnan(points) else points
        rows.append(row | {"score": round(score, graded.rule.decimals)})
    table = pd.DataFrame(rows)
    if table.empty:
        return table
    table = table.sort_values(["score", "area"], ascending=[False, True], ignore_index=True)
    table.insert(1, "rank", table["score"].rank(method="min", ascending=False).astype("Int64"))
    table.insert(2, "score", table.pop("score"))
    return table


def _benchmark(item: Item, frame: pd.DataFrame) -> float:
    if item.benchmark.kind == "fixed":
        return item.benchmark.value
    return ratio_of_sums(frame, item)[0] * item.benchmark.times
