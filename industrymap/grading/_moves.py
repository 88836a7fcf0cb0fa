"""Who moved between two gradings, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from industrymap.columns import is_missing

if TYPE_CHECKING:
    from industrymap.grading._graded import Graded

__all__ = ["moves"]


def moves(before: Graded, after: Graded) -> pd.DataFrame:
    """Return the firms whose letter is another one, or that gained or lost one.

    Returns
    -------
    moves : DataFrame
        ``enterprise_id, name, before, after, score_before, score_after, why, why_en``: the item whose points changed most in the direction of
        the score, else that the cuts moved, or why a firm has no letter now or had none before.

    Notes
    -----
    Both gradings are by rules with the same letters; a firm of another scope than before is said to be in it.
    """
    old, new = _letters(before), _letters(after)
    points = (_points(before), _points(after))
    rows: list[dict[str, object]] = []
    for id_, now in new.items():
        then = old.get(id_)
        if then is None or _same(then["letter"], now["letter"], then["graded"], now["graded"]):
            continue
        why, why_en = _why(id_, then, now, points)
        rows.append(
            {
                "enterprise_id": id_, "name": now["name"], "before": then["letter"], "after": now["letter"],
                "score_before": then["score"], "score_after": now["score"], "why": why, "why_en": why_en,
            }
        )  # fmt: skip
    columns = ["enterprise_id", "name", "before", "after", "score_before", "score_after", "why", "why_en"]  # fmt: skip
    table = pd.DataFrame(rows, columns=columns)
    return table.sort_values("enterprise_id", ignore_index=True)


def _letters(graded: Graded) -> dict[str, dict[str, object]]:
    table = graded.table()
    places = {letter.id: n for n, letter in enumerate(graded.rule.letters)}
    table = table.assign(
        graded=table["score"].notna(),
        why_not_en=graded.why_not_en,
        place=[places.get(str(letter), len(places)) for letter in table["letter"]],
    )
    return {
        str(row["enterprise_id"]): {str(k): v for k, v in row.items()}
        for row in table.to_dict("records")
    }


def _same(then: object, now: object, was: object, is_: object) -> bool:
    # Ungraded both times is no move, whatever sign such firms get.
    if not was and not is_:
        return True
    return bool(was) == bool(is_) and then == now


Points = dict[str, dict[str, tuple[str, str, float]]]


def _points(graded: Graded) -> Points:
    """Return firm → item → its names and points."""
    found: Points = {}
    ids = graded.firms["enterprise_id"].astype(str).to_numpy()
    for part in graded.scopes:
        for n, row in enumerate(part.rows.tolist()):
            found[ids[row]] = {
                item.id: (item.zh, item.en, float(part.measured.points[n, at]))
                for at, item in enumerate(part.measured.items)
            }
    return found


def _why(
    id_: str, then: dict[str, object], now: dict[str, object], points: tuple[Points, Points]
) -> tuple[str, str]:
    if not now["graded"]:
        return f"现不评价：{now['why_not']}", f"not graded now: {now['why_not_en']}"
    if not then["graded"]:
        return f"上次未评价：{then['why_not']}", f"was not graded: {then['why_not_en']}"
    if then["scope"] != now["scope"]:
        return (
            f"评价范围由 {then['scope']} 变为 {now['scope']}",
            f"in the scope {now['scope']}, before in {then['scope']}",
        )
    change = _number(now["score"]) - _number(then["score"])
    up = bool(then["place"] > now["place"])  # type: ignore[operator]
    old, new = points[0][id_], points[1][id_]
    deltas = {key: new[key][2] - old[key][2] for key in new if key in old}
    key = max(deltas, key=lambda k: deltas[k] if change > 0 else -deltas[k], default="")
    # A score that rose while the letter fell, or the other way round: others moved, not this firm.
    if not key or change == 0 or (change > 0) != up:
        return f"得分 {change:+.2f}，界线变动", f"score {change:+.2f}, the cuts moved"
    zh, en, _ = new[key]
    return (
        f"得分 {change:+.2f}，主要因{zh}（{deltas[key]:+.2f} 分）",
        f"score {change:+.2f}, mostly by {en} ({deltas[key]:+.2f} points)",
    )


def _number(value: object) -> float:
    return 0.0 if is_missing(value) else float(str(value))
