"""From rule to list: who is on it, in which order, and the reason for each."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from industrymap import filters
from industrymap.errors import RuleError, nearest

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from industrymap.lists._rules import Criterion, ListRule, Top

__all__ = ["CHECKS", "Listing", "make", "prepare"]

# Levels at which a firm may be kilometres away: worth a visit or a call.
_COARSE = ("road", "village", "town", "district")
CHECKS = (
    ("uscc", "统一社会信用代码", "credit code"),
    ("industry_code", "行业代码", "industry code"),
    ("address", "地址", "address"),
    ("place", "精确位置", "exact place"),
    ("revenue_10k_cny", "营业收入", "revenue"),
    ("staff", "从业人员", "staff"),
    ("conflict", "地址与所在区不一致", "address contradicts place"),
)
"""What a work pack asks to verify, with its Chinese and English words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A list as made on one day.

    Attributes
    ----------
    rule : ListRule
    frame : DataFrame
        ``rank, enterprise_id``, the rule's fields, ``reason`` (Chinese) and ``reason_en``.
    on : date
        The day it was made.
    considered : int
        Firms the rule was asked about.
    sha256 : str
        Of the rule and the rows: the same for the same list.
    """

    rule: ListRule
    frame: pd.DataFrame
    on: date
    considered: int
    sha256: str


def prepare(
    enterprises: pd.DataFrame,
    *,
    years: pd.DataFrame | None = None,
    tags: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Add the columns that list rules may use beyond the schema.

    Parameters
    ----------
    enterprises : DataFrame
        The base's frame after tagging, placed and assigned where it was.
    years : DataFrame, optional
        Figures per firm and year.
    tags : DataFrame, optional
        Labels; the activity is taken from them.

    Returns
    -------
    frame : DataFrame
        With ``revenue_before_10k_cny`` (the year before), ``growth`` (share; missing where either year is),
        ``rd_share`` (R&D ÷ revenue), ``activity`` and ``to_check`` (what to verify, separated by ``、``).
    """
    # Lists are tables; rows are addressed by position below.
    out = pd.DataFrame(enterprises.drop(columns="geometry", errors="ignore")).reset_index(drop=True)
    revenue = out["revenue_10k_cny"]
    before = _year_before(out, years)
    out["revenue_before_10k_cny"] = before
    # From 0 or from nothing there is no rate of growth.
    out["growth"] = (revenue / before.where(before > 0) - 1).round(6)
    out["rd_share"] = (out["rd_10k_cny"] / revenue.where(revenue > 0)).round(6)
    out["activity"] = _activity(out, tags)
    out["to_check"] = _to_check(out)
    return out


def make(rule: ListRule, frame: pd.DataFrame, *, on: date) -> Listing:
    """Make one list.

    Parameters
    ----------
    rule : ListRule
    frame : DataFrame
        As :func:`prepare` returns it.
    on : date
        The day the list is of.

    Returns
    -------
    listing : Listing

    Raises
    ------
    RuleError
        The rule names a column the frame does not have.
    FilterError
        A filter cannot be read or bound.
    """
    _known_columns(rule, frame)
    inside = _mask(rule.where, frame)
    if rule.activity:
        inside &= (
            # A firm whose activity nobody knows is not struck off a list by it; to_check says so.
            frame["activity"].fillna(rule.activity[0]).isin(rule.activity).to_numpy(dtype=bool)
        )
    reasons = _reasons(rule, frame, inside)
    # Criteria of which one suffices: a firm without any reason is not on the list.
    if rule.any or rule.top:
        inside &= reasons["zh"] != ""
    chosen = frame[inside].assign(
        reason=pd.array(reasons["zh"][inside], dtype="string"),
        reason_en=pd.array(reasons["en"][inside], dtype="string"),
    )
    # Sorted before the limit cuts, ranked after: the first n by the rule's own order.
    chosen = _sorted(chosen, rule)
    if rule.limit:
        chosen = chosen.head(rule.limit)
    chosen.insert(0, "rank", range(1, len(chosen) + 1))
    columns = list(
        dict.fromkeys(["rank", "enterprise_id", *_with_split(rule), "reason", "reason_en"])
    )
    table = chosen[columns].reset_index(drop=True)
    return Listing(
        rule=rule, frame=table, on=on, considered=len(frame), sha256=_sha256(rule, table)
    )


def _with_split(rule: ListRule) -> list[str]:
    return [*([rule.split] if rule.split else []), *rule.fields]


def _known_columns(rule: ListRule, frame: pd.DataFrame) -> None:
    asked = [
        *_with_split(rule),
        *(s.lstrip("-") for s in rule.sort),
        *(c for t in rule.top for c in (t.by, t.per)),
    ]
    for name in asked:
        if name not in frame.columns:
            near = nearest(name, [str(column) for column in frame.columns])
            hint = near[0] if near else "-"
            raise RuleError(
                f"List {rule.id!r} names the column {name!r}, which the base does not have; nearest: {hint}.",
                f"名单 {rule.id!r} 用到的列 {name!r} 不存在；最接近：{hint}。",
            )


def _mask(text: str, frame: pd.DataFrame) -> NDArray[np.bool_]:
    mask = filters.parse(text).mask(frame, layer="enterprises")
    return mask.fillna(value=False).to_numpy(dtype=bool)


def _reasons(
    rule: ListRule, frame: pd.DataFrame, inside: NDArray[np.bool_]
) -> dict[str, NDArray[Any]]:
    """Return each firm's reasons in both languages, joined; empty where there is none."""
    size = len(frame)
    if not rule.any and not rule.top:
        return {
            "zh": np.full(size, rule.where, dtype=object),
            "en": np.full(size, rule.where, dtype=object),
        }
    out = {lang: np.full(size, "", dtype=object) for lang in ("zh", "en")}
    holds: list[tuple[Criterion | Top, NDArray[np.bool_]]] = []
    # Every reason that holds is named, not the first one.
    holds += [(part, _mask(part.where, frame)) for part in rule.any]
    holds += [(part, _first(part, frame, inside)) for part in rule.top]
    for part, mask in holds:
        for lang, mark in (("zh", "；"), ("en", "; ")):
            text = out[lang]
            fresh = mask & (text == "")
            more = mask & (text != "")
            text[more] = text[more] + (mark + getattr(part, lang))
            text[fresh] = getattr(part, lang)
    return out


def _first(top: Top, frame: pd.DataFrame, inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Mark the first n of each group among the firms inside; ties all count."""
    values = frame[top.by].where(inside & frame[top.per].notna().to_numpy())
    # Ties share a rank: two equal firms are both on the list or neither.
    rank = values.groupby(frame[top.per]).rank(method="min", ascending=False)
    return (rank <= top.n).fillna(value=False).to_numpy(dtype=bool)


def _sorted(frame: pd.DataFrame, rule: ListRule) -> pd.DataFrame:
    # The identifier last: firms that tie keep one order, and the same list has the same hash.
    names = [name.lstrip("-") for name in rule.sort] + ["enterprise_id"]
    ascending = [not name.startswith("-") for name in rule.sort] + [True]
    return frame.sort_values(names, ascending=ascending, na_position="last", kind="stable")


def _sha256(rule: ListRule, table: pd.DataFrame) -> str:
    # Without ranks: they follow from the order, and the file that people compare has none of its
    # own.
    rows = table.drop(columns="rank").to_csv(index=False, lineterminator="\n")
    return hashlib.sha256(f"{rule}\n{rows}".encode()).hexdigest()


def _year_before(frame: pd.DataFrame, years: pd.DataFrame | None) -> pd.Series[Any]:
    if years is None:
        return pd.Series(pd.NA, index=frame.index, dtype="Float64")
    dated = years[years["year"].notna() & years["revenue_10k_cny"].notna()]
    before = dated[["enterprise_id", "revenue_10k_cny"]].assign(year=dated["year"] + 1)
    # The base has one row a firm and year; a frame from elsewhere may have more, which would double firms.
    before = before.drop_duplicates(["enterprise_id", "year"])
    joined = frame[["enterprise_id", "year"]].merge(
        before, on=["enterprise_id", "year"], how="left"
    )
    return pd.Series(joined["revenue_10k_cny"].array, index=frame.index).astype("Float64")


def _activity(frame: pd.DataFrame, tags: pd.DataFrame | None) -> pd.Series[Any]:
    if tags is None:
        return pd.Series(pd.NA, index=frame.index, dtype="string")
    rows = tags[(tags["taxonomy"] == "activity") & tags["primary"]]
    label = pd.Series(rows["label_id"].astype("string").array, index=rows["enterprise_id"])
    return frame["enterprise_id"].map(label).astype("string")


def _to_check(frame: pd.DataFrame) -> pd.Series[Any]:
    """Return what is to be verified of each firm, in Chinese; missing where nothing is."""
    none = pd.Series(data=False, index=frame.index)
    open_ = {
        "uscc": frame["uscc_status"] != "valid",
        "industry_code": frame["industry_code"].isna(),
        "address": frame["address"].isna(),
        "place": frame["geocode_level"].isin(_COARSE) if "geocode_level" in frame.columns else none,
        "revenue_10k_cny": frame["revenue_10k_cny"].isna(),
        "staff": frame["staff"].isna(),
        "conflict": frame["assign_issues"].notna() & (frame["assign_issues"] != "")
        if "assign_issues" in frame.columns
        else none,
    }
    text = np.full(len(frame), "", dtype=object)
    for name, zh, _ in CHECKS:
        mask = open_[name].fillna(value=False).to_numpy(dtype=bool)
        text[mask] = text[mask] + np.where(text[mask] == "", zh, "、" + zh)
    notes = pd.Series(pd.array(text, dtype="string"), index=frame.index)
    return notes.mask(notes == "")
