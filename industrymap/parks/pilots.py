"""Pilot parks 提质增效试点: who is eligible by the dated rule, how they score, and who is chosen.

Eligibility is three-valued: a criterion whose input is unknown, or whose limit no source states, neither passes nor fails.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from industrymap.errors import RuleError
from industrymap.parks._inputs import lacking, source_fields, with_unknown_as_missing
from industrymap.parks.candidates import standing
from industrymap.parks.score import Weights, score
from industrymap.schemas import PARKS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from industrymap import filters
    from industrymap.columns import Flags, Floats, Texts
    from industrymap.standards import Standard

__all__ = [
    "Criterion",
    "choose",
    "criteria",
    "criterion_table",
    "districts_of",
    "eligibility",
    "limits_of",
    "missing_inputs",
    "rank",
    "select",
    "verdicts",
    "why_failed",
]

_LAYER = PARKS


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One condition of a pilot rule.

    Attributes
    ----------
    id : str
        Its short name.
    passes : Filter
        Where it surely passes.
    fails : Filter or None
        Where it surely fails; ``None`` where that is simply the opposite.
    zh, en : str
        What it asks.
    """

    id: str
    passes: filters.Filter
    fails: filters.Filter | None
    zh: str
    en: str


def criteria(standard: Standard) -> tuple[Criterion, ...]:
    """Read the criteria of a standard of kind ``pilots``.

    Raises
    ------
    RuleError
        A criterion without an id or a readable condition.
    """
    if standard.kind != "pilots":
        raise RuleError(
            f"Standard {standard.id} is of kind {standard.kind}, expected pilots.",
            f"标准 {standard.id} 的类型是 {standard.kind}，应为 pilots。",
        )
    return tuple(
        _criterion(standard, i, row) for i, row in enumerate(standard.body["criterion"], 1)
    )


def criterion_table(parks: pd.DataFrame, standard: Standard) -> pd.DataFrame:
    """Return one nullable boolean column per criterion: passes, fails, or open.

    Parameters
    ----------
    parks : DataFrame
        Village industrial parks, measured.
    standard : Standard
        Of kind ``pilots``.
    """
    inputs = with_unknown_as_missing(parks)
    return pd.DataFrame({c.id: _verdict(c, inputs) for c in criteria(standard)}, index=parks.index)


def eligibility(parks: pd.DataFrame, standard: Standard) -> pd.DataFrame:
    """Say which parks may be pilots, which may not and why, and which cannot be judged for want of what.

    Returns
    -------
    eligibility : DataFrame
        ``pilot_eligible`` (``<NA>`` where open), ``pilot_standard``, ``pilot_failing`` (criteria separated by ``;``),
        ``pilot_missing`` (inputs separated by ``;``), ``pilot_reasons`` and ``pilot_reasons_en``.
    """
    tested = criteria(standard)
    inputs = with_unknown_as_missing(parks)
    verdicts = {c.id: _verdict(c, inputs) for c in tested}
    # Unknown counts as passing here, so that only what surely fails says no.
    failed = np.column_stack(
        [(~v.fillna(value=True)).to_numpy(dtype=bool) for v in verdicts.values()]
    )
    opened = np.column_stack([v.isna().to_numpy() for v in verdicts.values()])
    ids = np.array(list(verdicts), dtype=object)
    fails: Any = failed.any(axis=1)
    # One criterion that fails decides: what is unknown beside it no longer matters.
    unsure: Any = opened.any(axis=1) & ~fails
    eligible = pd.arrays.BooleanArray(~fails & ~unsure, unsure)
    return pd.DataFrame(
        {
            "pilot_eligible": pd.Series(eligible, index=parks.index),
            "pilot_standard": _texts(parks, [standard.id] * len(parks)),
            "pilot_failing": _texts(parks, [";".join(ids[row]) for row in failed]),
            "pilot_missing": _texts(parks, _missing(inputs, tested, verdicts)),
            "pilot_reasons": _texts(parks, _sentences(inputs, tested, verdicts, "zh")),
            "pilot_reasons_en": _texts(parks, _sentences(inputs, tested, verdicts, "en")),
        },
        index=parks.index,
    )


def choose(  # noqa: PLR0913 - by what, how many, among whom
    parks: pd.DataFrame,
    *,
    standard: Standard,
    weights: Standard,
    per_district: int | None = None,
    total: int | None = None,
    among: pd.Series[bool] | None = None,
    everyone: bool = False,
) -> pd.DataFrame:
    """Choose the pilots of a year: eligible by the rule, best by the score, so many per district and in all.

    Parameters
    ----------
    parks : DataFrame
        Village industrial parks, measured.
    standard : Standard
        Of kind ``pilots``: who is eligible.
    weights : Standard
        Of kind ``pilot_score``: how they are scored.
    per_district, total : int, optional
        Limits; by default those of ``standard``, and where it states none, those of ``weights``.
    among : Series of bool, optional
        Only these are ranked, for instance those on the upgrade route; the rule itself names no route.
    everyone : bool
        Parks to be closed and finished ones are ranked too; by default they are no candidates.

    Returns
    -------
    parks : DataFrame
        With the columns of :func:`eligibility`, ``pilot_score`` (0 to 100, every park), ``pilot_score_coverage`` (share of
        the weight whose inputs are known), ``pilot_standing`` (a candidate, or why not; see
        :mod:`industrymap.parks.candidates`), ``pilot_rank`` (among the eligible candidates, 1 is best) and
        ``pilot_selected``.

    Examples
    --------
    >>> import pandas as pd
    >>> import industrymap as im
    >>> from industrymap import standards
    >>> pack = im.load_city("guangzhou")
    >>> parks = pd.DataFrame({"park_id": ["a"], "tenure_clear": pd.array([False], dtype="boolean")})
    >>> chosen = im.choose_pilots(
    ...     parks,
    ...     standard=standards.choose(pack, "pilots", id_="pilots-2021"),
    ...     weights=standards.choose(pack, "pilot_score", id_="pilot-score-proposal"),
    ... )
    >>> chosen["pilot_eligible"].tolist()  # one criterion that fails decides, whatever else is unknown
    [False]
    """
    wanted = Weights.of(weights)
    limits = limits_of(standard, weights, per_district=per_district, total=total)
    scored = score(parks, wanted)
    judged = eligibility(parks, standard)
    stand = standing(parks, scored["pilot_score_coverage"], weights=weights, everyone=everyone)
    eligible = judged["pilot_eligible"].fillna(value=False).to_numpy(dtype=bool)
    # A park that is finished, closing or too little known may be eligible and still not be ranked.
    eligible = eligible & (stand == "candidate").to_numpy(dtype=bool)
    if among is not None:
        # Ranks are counted among those looked at, so the restriction goes before the ranking.
        eligible = eligible & among.fillna(value=False).to_numpy(dtype=bool)
    points = scored["pilot_score"].to_numpy(dtype=float, na_value=np.nan)
    ranked = rank(points, eligible, ids=_ids(parks))
    districts = districts_of(parks)
    chosen = select(ranked, districts, per_district=limits[0], total=limits[1])
    return parks.assign(
        **{str(name): judged[name] for name in judged},
        **{str(name): scored[name] for name in scored},
        pilot_standing=stand,
        pilot_rank=pd.Series(ranked, index=parks.index, dtype="Float64").astype("Int64"),
        pilot_selected=pd.Series(chosen, index=parks.index, dtype="boolean"),
    )


def limits_of(
    standard: Standard,
    weights: Standard,
    *,
    per_district: int | None = None,
    total: int | None = None,
) -> tuple[int, int]:
    """Return how many per district and in all: as asked, else by the rule, else by the weights file."""
    # The rule of the city goes before the proposal of the weights file.
    stated = {**weights.body.get("selection", {}), **standard.body.get("selection", {})}
    return (
        int(stated["per_district"] if per_district is None else per_district),
        int(stated["total"] if total is None else total),
    )


def rank(points: Floats, eligible: Flags, *, ids: Texts) -> Floats:
    """Return the rank of each eligible row by points, ``NaN`` for the rest; equal points go by id."""
    ranks = np.full(len(points), np.nan)
    # A park without a single input of the score has no place in an order by score.
    able = eligible & ~np.isnan(points)
    # Equal points go by id, so that the same data give the same list on every machine.
    order = np.lexsort((ids[able], -points[able]))
    ranks[np.flatnonzero(able)[order]] = np.arange(1, able.sum() + 1)
    return ranks


def select(ranks: Floats, districts: Texts, *, per_district: int, total: int) -> Flags:
    """Return who is chosen: down the ranking, passing over districts that are full, until there are enough."""
    chosen = np.zeros(len(ranks), dtype=bool)
    taken: dict[str, int] = {}
    # Only those with a rank: the others are sorted last.
    for i in np.argsort(ranks, kind="stable")[: int((~np.isnan(ranks)).sum())]:
        if chosen.sum() >= total:
            break
        # A full district is passed over and the next park of another moves up: the limit is on districts, not on places.
        if taken.get(districts[i], 0) < per_district:
            taken[districts[i]] = taken.get(districts[i], 0) + 1
            chosen[i] = True
    return chosen


def missing_inputs(criterion: Criterion, row: pd.DataFrame) -> list[str]:
    """Return the inputs whose absence keeps a criterion open for one park."""
    return list(_open_inputs(criterion, row, np.ones(len(row), dtype=bool)))


def verdicts(parks: pd.DataFrame, standard: Standard) -> Flags:
    """Return which parks surely pass every criterion, as a plain boolean array (no sentences: for many draws)."""
    able = np.ones(len(parks), dtype=bool)
    inputs = with_unknown_as_missing(parks)
    for criterion in criteria(standard):
        # In a draw, what is unknown does not pass: a ranking may not rest on it.
        able &= _verdict(criterion, inputs).to_numpy(dtype=bool, na_value=False)
    return able


def _verdict(criterion: Criterion, parks: pd.DataFrame) -> pd.Series[bool]:
    # Two conditions make three verdicts: what neither passes nor fails is open.
    passes = criterion.passes.mask(parks, layer=_LAYER)
    if criterion.fails is None:
        return passes
    fails = criterion.fails.mask(parks, layer=_LAYER).fillna(value=False)
    verdict = pd.Series(pd.NA, index=parks.index, dtype="boolean")
    verdict[fails.to_numpy(dtype=bool)] = False
    # Where a rule file lets both hold, passing goes first, as the criterion is written as a condition to pass.
    verdict[passes.fillna(value=False).to_numpy(dtype=bool)] = True
    return verdict


def _missing(
    parks: pd.DataFrame, tested: tuple[Criterion, ...], verdicts: Mapping[str, pd.Series[bool]]
) -> Texts:
    text = np.full(len(parks), "", dtype=object)
    for criterion in tested:
        opened = verdicts[criterion.id].isna().to_numpy()
        if not opened.any():
            continue
        text = _listed(_open_inputs(criterion, parks, opened), len(parks), text)
    return text


def _listed(inputs: Mapping[str, Flags], n: int, text: Texts | None = None) -> Texts:
    """Add input names to the lists of the rows that miss them, each once, separated by ``;``."""
    text = np.full(n, "", dtype=object) if text is None else text
    for name, rows in inputs.items():
        listed = np.array([name in t.split(";") for t in text], dtype=bool)
        # The same input may keep two criteria open and is named once.
        new = rows & ~listed
        text[new] = np.where(text[new] == "", name, text[new] + ";" + name)
    return text


def _open_inputs(criterion: Criterion, parks: pd.DataFrame, opened: Flags) -> dict[str, Flags]:
    """Return input → rows where its absence keeps the criterion open."""
    rows_of_input: dict[str, Flags] = {}
    for condition in (criterion.passes, criterion.fails):
        if condition is None:
            continue
        for name, rows in condition.missing(parks).items():
            for root, hit in source_fields(name, parks, rows & opened):
                rows_of_input[root] = (
                    rows_of_input.get(root, np.zeros(len(parks), dtype=bool)) | hit
                )
    # a figure over all firms that is above the limit: it is the basis that is missing
    explained = np.zeros(len(parks), dtype=bool)
    for rows in rows_of_input.values():
        explained |= rows
    left = opened & ~explained
    if left.any() and criterion.fails is not None:
        rows_of_input["output_firms_basis"] = (
            rows_of_input.get("output_firms_basis", np.zeros_like(left)) | left
        )
    return rows_of_input


def _sentences(
    parks: pd.DataFrame,
    tested: tuple[Criterion, ...],
    verdicts: Mapping[str, pd.Series[bool]],
    lang: str,
) -> Texts:
    words = {
        "zh": ("✓ {}", "✗ {}（{}）", "？ {}（{}）"),
        "en": ("✓ {}", "✗ {} ({})", "? {} ({})"),
    }[lang]
    text = np.full(len(parks), "", dtype=object)
    for criterion in tested:
        condition = criterion.zh if lang == "zh" else criterion.en
        verdict = verdicts[criterion.id]
        failed = (~verdict.fillna(value=True)).to_numpy(dtype=bool)
        opened = verdict.isna().to_numpy()
        parts = np.full(len(parks), words[0].format(condition), dtype=object)
        if opened.any():
            absent = _listed(_open_inputs(criterion, parks, opened), len(parks))[opened]
            named = {names: lacking(names, _LAYER, lang) for names in set(absent)}
            parts[opened] = [words[2].format(condition, named[names]) for names in absent]
        if failed.any():
            rows = parks[failed]
            why = why_failed(criterion, rows, lang)
            parts[failed] = [words[1].format(condition, reason) for reason in why]
        text = np.where(text == "", parts, text + "\n" + parts)
    return text


def why_failed(criterion: Criterion, rows: pd.DataFrame, lang: str) -> pd.Series[str]:
    """Return the tests that failed, with their numbers; ``rows`` are those the criterion fails for."""
    return criterion.passes.reasons(rows, lang=lang, holds=False)


def _criterion(standard: Standard, number: int, row: Mapping[str, Any]) -> Criterion:
    where = f"criterion {number}"
    for key in ("id", "pass", "zh", "en"):
        if not isinstance(row.get(key), str):
            raise RuleError(
                f"Standard {standard.id}, {where}: {key} is missing.",
                f"标准 {standard.id} 的 {where}：缺少 {key}。",
            )
    fails = row.get("fail")
    return Criterion(
        id=row["id"],
        passes=standard.condition(row["pass"], layer=_LAYER, where=where),
        fails=None if fails is None else standard.condition(fails, layer=_LAYER, where=where),
        zh=row["zh"],
        en=row["en"],
    )


def _ids(parks: pd.DataFrame) -> Texts:
    return parks["park_id"].astype("string").fillna("").to_numpy(dtype=object)


def districts_of(parks: pd.DataFrame) -> Texts:
    """Return the district each park counts for: by code, else by name; a park without either counts alone."""
    codes = parks.get("district_code", pd.Series(pd.NA, index=parks.index, dtype="string"))
    names = parks.get("district", pd.Series(pd.NA, index=parks.index, dtype="string"))
    own = pd.Series(_ids(parks), index=parks.index, dtype="string")
    # The question mark keeps a park's id from being taken for a district.
    return (
        codes.astype("string")
        .fillna(names.astype("string"))
        .fillna("?" + own)
        .to_numpy(dtype=object)
    )


def _texts(parks: pd.DataFrame, values: Texts | list[str]) -> pd.Series[str]:
    return pd.Series(values, index=parks.index, dtype="string")
