"""Near misses and single parks: what a park lacks to be a pilot, and how its score is made up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from industrymap.errors import LayerError, did_you_mean, nearest
from industrymap.filters import relative_gap
from industrymap.parks import pilots
from industrymap.parks._inputs import lacking, with_unknown_as_missing
from industrymap.parks.candidates import standing
from industrymap.parks.score import Weights, parts, score
from industrymap.schemas import PARKS

if TYPE_CHECKING:
    from pandas._libs.missing import NAType

    from industrymap.columns import Floats
    from industrymap.standards import Standard

__all__ = ["Explanation", "explain", "near_misses", "park_row"]

_LAYER = PARKS


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """How one park fares.

    Attributes
    ----------
    criteria : DataFrame
        One row per criterion: ``criterion``, ``holds`` (nullable), ``zh``, ``en``, ``evidence_zh``, ``evidence_en`` (numbers used or
        inputs missing).
    score : DataFrame
        One row per indicator: ``indicator``, ``zh``, ``en``, ``field``, ``value``, ``zero``, ``one``, ``scaled``, ``weight``, ``points``.
    """

    criteria: pd.DataFrame
    score: pd.DataFrame


def park_row(parks: pd.DataFrame, park_id: str) -> pd.DataFrame:
    """Return the row of one park.

    Raises
    ------
    LayerError
        No park, or more than one, has that id.
    """
    ids = parks["park_id"].astype("string")
    rows = parks[(ids == park_id).fillna(value=False)]
    # Two parks of one id would be mixed up silently.
    if len(rows) == 1:
        return rows
    en, zh = did_you_mean(nearest(park_id, ids.dropna().tolist()), plain=True)
    raise LayerError(
        f"{len(rows)} parks have the id {park_id!r}.{en}",
        f"编号为“{park_id}”的园区有 {len(rows)} 个。{zh}",
    )


def explain(
    parks: pd.DataFrame, park_id: str, *, standard: Standard, weights: Standard
) -> Explanation:
    """Show how a park fares on every criterion and what each indicator brings to its score.

    Raises
    ------
    LayerError
        No park, or more than one, has that id.
    """
    # The same reading of unknown as in the choice itself, or the explanation would contradict it.
    row = with_unknown_as_missing(park_row(parks, park_id))
    table = pilots.criterion_table(row, standard)
    lines = []
    for criterion in pilots.criteria(standard):
        verdict = table[criterion.id].iloc[0]
        lines.append(
            {
                "criterion": criterion.id,
                "holds": verdict,
                "zh": criterion.zh,
                "en": criterion.en,
                "evidence_zh": _evidence(criterion, row, verdict=verdict, lang="zh"),
                "evidence_en": _evidence(criterion, row, verdict=verdict, lang="en"),
            }
        )
    return Explanation(
        criteria=pd.DataFrame(lines).astype({"holds": "boolean"}), score=_score_table(row, weights)
    )


def near_misses(
    parks: pd.DataFrame,
    *,
    standard: Standard,
    weights: Standard,
    most: int = 1,
    everyone: bool = False,
) -> pd.DataFrame:
    """List the parks that miss the rule by little, or cannot be judged for want of little.

    Parameters
    ----------
    parks : DataFrame
        Village industrial parks, measured.
    standard, weights : Standard
        As for :func:`industrymap.parks.pilots.choose`.
    most : int
        Most criteria failed and inputs missing together.
    everyone : bool
        Parks to be closed and finished ones are listed too.

    Returns
    -------
    misses : DataFrame
        ``park_id``, ``name``, ``district``, ``failing``, ``missing``, ``lacks_zh``, ``lacks_en`` (sentences with the numbers),
        ``gap`` (the largest relative shortfall among failed numbers: 0.05 is 5 % short; ``<NA>`` where what fails is no number or
        nothing fails), ``score``; the smallest gap first, then what only lacks data, then what no number can mend.
    """
    judged = pilots.eligibility(parks, standard)
    failing = _listed(judged["pilot_failing"])
    lacking = _listed(judged["pilot_missing"])
    # What fails and what is missing weigh alike here: either is one thing to mend.
    count = failing.map(len) + lacking.map(len)
    rows = ((count > 0) & (count <= most)).to_numpy(dtype=bool)
    # more data would not make a candidate of a park that is to be closed or done; coverage is what data can mend
    full = pd.Series(1.0, index=parks.index)
    rows &= (standing(parks, full, weights=weights, everyone=everyone) == "candidate").to_numpy()
    near = with_unknown_as_missing(parks[rows])
    gap = _gaps(near, standard)
    out = pd.DataFrame({n: near[n] for n in ("park_id", "name", "district") if n in near})
    out = out.assign(
        failing=judged.loc[rows, "pilot_failing"],
        missing=judged.loc[rows, "pilot_missing"],
        lacks_zh=_lacks(near, standard, judged[rows], "zh"),
        lacks_en=_lacks(near, standard, judged[rows], "en"),
        gap=pd.Series(np.where(np.isfinite(gap) & (gap > 0), gap, np.nan), index=near.index).astype(
            "Float64"
        ),
        score=score(near, Weights.of(weights))["pilot_score"],
        # Infinite: what fails is no number, and no amount of it would mend that.
        _last=~np.isfinite(gap),
        _data=np.isfinite(gap) & (gap == 0),
    )
    order = ["_last", "_data", "gap", "score", "park_id"]
    out = out.sort_values(order, ascending=[True, True, True, False, True], kind="stable")
    return out.drop(columns=["_last", "_data"]).reset_index(drop=True)


def _evidence(
    criterion: pilots.Criterion, row: pd.DataFrame, *, verdict: bool | NAType, lang: str
) -> str:
    """Return the numbers that decided, or the inputs missing."""
    if pd.isna(verdict):
        missing = pilots.missing_inputs(criterion, row)
        return lacking(";".join(missing), _LAYER, lang)
    if verdict:
        return str(criterion.passes.reasons(row, lang=lang).iloc[0])
    return str(pilots.why_failed(criterion, row, lang).iloc[0])


def _score_table(row: pd.DataFrame, weights: Standard) -> pd.DataFrame:
    wanted = Weights.of(weights)
    table = parts(row, wanted).iloc[0]
    # Out of the weight of what is known, as the score itself is.
    whole = sum(i.weight for i in wanted.indicators if not pd.isna(table[i.id]))
    lines = [
        {
            "indicator": i.id,
            "zh": i.zh,
            "en": i.en,
            "field": i.field,
            "value": row[i.field].iloc[0] if i.field in row else pd.NA,
            "zero": i.zero,
            "one": i.one,
            "scaled": table[i.id],
            "weight": i.weight,
            "points": pd.NA if pd.isna(table[i.id]) else 100 * i.weight * table[i.id] / whole,
        }
        for i in wanted.indicators
    ]
    return pd.DataFrame(lines).astype(dict.fromkeys(("value", "scaled", "points"), "Float64"))


def _gaps(parks: pd.DataFrame, standard: Standard) -> Floats:
    """Return the largest relative shortfall over the criteria that fail: 0 where none does."""
    worst = np.zeros(len(parks))
    table = pilots.criterion_table(parks, standard)
    for criterion in pilots.criteria(standard):
        failed = (~table[criterion.id].fillna(value=True)).to_numpy(dtype=bool)
        # A gap that is unknown leaves the other criteria to decide.
        worst[failed] = np.fmax(worst[failed], relative_gap(criterion.passes, parks[failed]))
    return worst


def _lacks(
    parks: pd.DataFrame, standard: Standard, judged: pd.DataFrame, lang: str
) -> pd.Series[str]:
    text = np.full(len(parks), "", dtype=object)
    joint = "；" if lang == "zh" else "; "
    table = pilots.criterion_table(parks, standard)
    for criterion in pilots.criteria(standard):
        failed = (~table[criterion.id].fillna(value=True)).to_numpy(dtype=bool)
        if failed.any():
            why = pilots.why_failed(criterion, parks[failed], lang).to_numpy(dtype=object)
            text[failed] = np.where(text[failed] == "", why, text[failed] + joint + why)
    for i, missing in enumerate(judged["pilot_missing"]):
        if missing:
            lack = lacking(missing, _LAYER, lang)
            text[i] = f"{text[i]}{joint}{lack}" if text[i] else lack
    return pd.Series(text, index=parks.index, dtype="string")


def _listed(texts: pd.Series[Any]) -> pd.Series[Any]:
    return texts.map(lambda text: [part for part in text.split(";") if part])
