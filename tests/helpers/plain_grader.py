"""Grading once more, by plain loops over dicts, typed from the documents and not from the package: what a careful clerk would do.

Nothing here is shared with ``industrymap.grading``: neither the rule files nor a line of arithmetic.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from typing import Any

Firm = dict[str, Any]
Maybe = bool | None

MEAN, MEAN_OF_LAST_YEAR = "mean", "twice the mean of last year"
# Each item as numerator, denominator, weight, benchmark and cap.
_HUANGYAN_ABOVE = [
    ("tax", "land", 30, 24.097, None), ("va", "land", 20, 136.16, None), ("va", "tce", 20, 2.694, None), ("va", "emission", 10, 4929.81, None),
    ("va", "staff", 10, 18.14, None), ("rd", "revenue", 10, 0.0302, None),
]  # fmt: skip
_HUANGYAN_BELOW = [("tax", "land", 50, 11.5932, None), ("tax_yuan", "kwh", 50, 0.2352, None)]
_ANHUI_ABOVE = [
    ("tax", "land", 45, MEAN, None), ("revenue", "land", 20, MEAN, None), ("va", "tce", 15, MEAN, None), ("rd", "revenue", 15, MEAN, None),
    ("va", "staff", 5, MEAN, None),
]  # fmt: skip
_SHANDONG_ABOVE = [
    ("tax", "land", 20, MEAN, None), ("revenue", "tce", 20, MEAN, None), ("revenue", "emission", 20, MEAN, None), ("rd", "revenue", 20, MEAN, None),
    ("va", "staff", 20, MEAN, None),
]  # fmt: skip
_GUANGZHOU_ABOVE = [
    ("tax", "land", 30, MEAN, 2.0), ("va", "land", 20, MEAN, 2.0), ("va", "tce", 20, MEAN, 2.0), ("rd", "revenue", 15, MEAN, 2.0),
    ("va", "staff", 15, MEAN, 2.0),
]  # fmt: skip
_HUAIAN = [
    ("tax", "land", 45, MEAN_OF_LAST_YEAR, None), ("revenue", "land", 35, MEAN_OF_LAST_YEAR, None), ("tax", "tce", 20, MEAN_OF_LAST_YEAR, None),
]  # fmt: skip
_TAX_ALONE = [("tax", "land", 100, MEAN, None)]
# In per cent, so that places are whole numbers: 20 % of 19 firms are 3.8, and 3 have a place.
_CUTS = (20, 60, 95)


def above(firm: Firm) -> bool | None:
    return firm["above_scale"]


def below(firm: Firm) -> bool | None:
    return None if firm["above_scale"] is None else not firm["above_scale"]


def from_3_mu(firm: Firm) -> bool | None:
    return None if firm["land"] is None else firm["land"] >= 3


def both(one: Maybe, other: Maybe) -> Maybe:
    if one is False or other is False:
        return False
    return None if one is None or other is None else True


def either(one: Maybe, other: Maybe) -> Maybe:
    if one or other:
        return True
    return None if one is None or other is None else False


def below_from_3_mu(firm: Firm) -> bool | None:
    return both(below(firm), from_3_mu(firm))


def above_or_from_3_mu(firm: Firm) -> bool | None:
    return either(above(firm), from_3_mu(firm))


# rule: scopes (whom, items, ranked within, cuts), the sign of the ungraded, whether utilities and firms under two years are left out
RULES: dict[str, dict[str, Any]] = {
    "huangyan-2022": {"scopes": [(above, _HUANGYAN_ABOVE, None, _CUTS), (below, _HUANGYAN_BELOW, None, _CUTS)], "sign": None, "strict": False},
    "huaian-2024": {"scopes": [(above_or_from_3_mu, _HUAIAN, "district", _CUTS)], "sign": "T", "strict": True, "or_power": True},
    "anhui": {"scopes": [(above, _ANHUI_ABOVE, None, (25, 70, 95)), (below, _TAX_ALONE, None, (25, 70, 95))], "sign": "未评价", "strict": False},
    "shandong-2019": {"scopes": [(above, _SHANDONG_ABOVE, None, _CUTS), (below_from_3_mu, _TAX_ALONE, None, _CUTS)], "sign": None, "strict": False},
    "guangzhou-proposal": {
        "scopes": [(above, _GUANGZHOU_ABOVE, "division", _CUTS), (below_from_3_mu, [("tax", "land", 100, MEAN, 2.0)], None, _CUTS)],
        "sign": "暂不评价", "strict": True, "groups": True, "bonus": True,
    },
}  # fmt: skip


def grade(rule: str, firms: list[Firm], past: list[Firm]) -> dict[str, tuple[str | None, float | None]]:  # fmt: skip
    """Return firm → letter and score."""
    about = RULES[rule]
    lead: dict[str, str] = {}
    if about.get("groups"):
        firms, lead = _together(firms)
        past, _ = _together(past)
    out: dict[str, tuple[str | None, float | None]] = {f["id"]: (about["sign"], None) for f in firms}  # fmt: skip
    for whom, items, within, cuts in about["scopes"]:
        mine = [f for f in firms if not _left_out(f, about) and whom(f)]
        before = [f for f in past if not _left_out(f, about) and whom(f)]
        peers: dict[Any, list[Firm]] = {}
        for f in before:
            peers.setdefault(_group(f, within), []).append(f)
        kept: dict[Any, dict[Any, Any]] = {}
        mine = [
            f
            for f in mine
            if _has_any(
                f,
                items,
                peers.get(_group(f, within), []),
                about,
                kept.setdefault(_group(f, within), {}),
            )
        ]
        for f, letter, score in _scope(mine, before, items, within=within, cuts=cuts, about=about):
            out[f["id"]] = (letter, score)
    for member, of in lead.items():
        out[member] = out[of]
    return out


def _left_out(firm: Firm, about: dict[str, Any]) -> bool:
    if firm["division"] is not None and not "06" <= firm["division"] <= "46":
        return True
    if not about["strict"]:
        return False
    if firm["division"] in {"44", "45", "46"}:
        return True
    return firm["age"] is not None and firm["age"] < 2


def value(firm: Firm, over: str, under: str) -> float | None:
    if over == "tax_yuan":
        tax = firm["tax"]
        top = None if tax is None else tax * 10000
    else:
        top = firm[over]
    bottom = firm[under]
    if top is None or bottom is None or bottom <= 0:
        return None
    return top / bottom


def _mean(firms: list[Firm], over: str, under: str) -> float | None:
    known = [f for f in firms if value(f, over, under) is not None]
    if not known:
        return None
    return math.fsum(f[over] for f in known) / math.fsum(f[under] for f in known)


def _benchmark(
    kind: Any, over: str, under: str, mine: list[Firm], before: list[Firm]
) -> float | None:
    if kind == MEAN:
        return _mean(mine, over, under)
    if kind == MEAN_OF_LAST_YEAR:
        mean = _mean(before, over, under)
        return None if mean is None else 2 * mean
    return kind


def _group(firm: Firm, within: str | None) -> Any:
    return None if within is None else firm[within]


def _points(firm: Firm, item: Any, *, mine: list[Firm], before: list[Firm], about: dict[str, Any], kept: dict[Any, Any]) -> float | None:  # fmt: skip
    over, under, weight, kind, cap = item
    for bottom in (under, "kwh") if under == "tce" and about.get("or_power") else (under,):
        key = (over, bottom)
        if key not in kept:
            kept[key] = _benchmark(kind, over, bottom, mine, before)
        mark, has = kept[key], value(firm, over, bottom)
        if has is None or mark is None or mark <= 0:
            continue
        ratio = max(0.0, has / mark)
        if cap is not None:
            ratio = min(ratio, cap)
        return ratio * weight
    return None


def _has_any(
    firm: Firm, items: Any, peers: list[Firm], about: dict[str, Any], kept: dict[Any, Any]
) -> bool:
    """Return whether the firm can be judged by anything: with a mean of its own year it can wherever its figure is known."""
    if any(kind == MEAN_OF_LAST_YEAR for _, _, _, kind, _ in items):
        return any(
            _points(firm, item, mine=[], before=peers, about=about, kept=kept) is not None
            for item in items
        )
    # A benchmark that is not above 0 judges nobody, but no mean here is.
    return any(value(firm, over, under) is not None for over, under, _, _, _ in items)


def _scope(mine: list[Firm], before: list[Firm], items: Any, *, within: str | None, cuts: tuple[int, ...], about: dict[str, Any]) -> list[tuple[Firm, str, float]]:  # fmt: skip
    found = []
    for group in {_group(f, within) for f in mine}:
        peers = [f for f in mine if _group(f, within) == group]
        last = [f for f in before if _group(f, within) == group]
        kept: dict[Any, Any] = {}
        scored = []
        for f in peers:
            points = [
                _points(f, item, mine=peers, before=last, about=about, kept=kept) or 0.0
                for item in items
            ]
            total = math.fsum(points) + (_bonus(f) if about.get("bonus") else 0)
            scored.append((round(total, 4), f))
        n = len(scored)
        rising = sorted(score for score, _ in scored)
        for score, f in scored:
            # Equal scores go down together: the place is the last one of the equals.
            last_place = n - bisect_left(rising, score)
            letter = next(
                (name for name, cut in zip("ABC", cuts, strict=True) if last_place * 100 <= cut * n),
                "D",
            )  # fmt: skip
            found.append((f, letter, score))
    return found


def _bonus(firm: Firm) -> float:
    tiers = firm["tiers"] or ""
    return min(10, 5 * ("小巨人" in tiers) + 5 * ("单项冠军" in tiers))


def _together(firms: list[Firm]) -> tuple[list[Firm], dict[str, str]]:
    by_group: dict[str, list[Firm]] = {}
    for f in firms:
        if f["group"]:
            by_group.setdefault(f["group"], []).append(f)
    out, lead = [], {}
    several = {g: fs for g, fs in by_group.items() if len(fs) > 1}
    for f in firms:
        mates = several.get(f["group"] or "")
        if mates is None:
            out.append(f)
            continue
        first = min(mates, key=lambda m: (-(m["revenue"] if m["revenue"] is not None else -1), m["id"]))  # fmt: skip
        lead[f["id"]] = first["id"]
        if f is first:
            summed = {
                k: None if any(m[k] is None for m in mates) else math.fsum(m[k] for m in mates)
                for k in ("revenue", "tax", "rd", "va", "staff", "tce", "kwh", "emission", "land")
            }
            out.append({**f, **summed})
    return out, lead
