"""The districts of a workspace assessed, with the firms that carry them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from industrymap import assessment, citypack, issues, workspace
from industrymap.pipeline._outputs import layer

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["AssessOptions", "Assessed", "assess", "assessments"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessOptions:
    """How districts are assessed.

    Attributes
    ----------
    assessment : str
        Its ``assessment_id``.
    year : int
        Of the figures, and of the firms' revenue.
    figures : Path, optional
        Table of the districts' figures; without it only cohorts and quality firms are counted.

    Examples
    --------
    >>> AssessOptions(assessment="jinan-proposal", year=2025).figures is None
    True
    """

    assessment: str
    year: int
    figures: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessed:
    """Districts assessed.

    Attributes
    ----------
    of : Assessment
    year : int
    scores : Scores, optional
        ``None`` without a table of figures.
    ladder, doubling, quality : DataFrame, optional
        As :func:`industrymap.assessment.ladder`, :func:`~industrymap.assessment.doubling` and :func:`~industrymap.assessment.quality`.
    issues : DataFrame
        What of the table could not be used.
    """

    of: assessment.Assessment
    year: int
    scores: assessment.Scores | None
    ladder: pd.DataFrame | None
    doubling: pd.DataFrame | None
    quality: pd.DataFrame | None
    issues: pd.DataFrame

    def by_district(self) -> pd.DataFrame:
        """Return the cohorts of each district.

        Returns
        -------
        table : DataFrame
            ``district`` (missing for firms of none), ``on_ladder`` (on the first stage or above), ``climbed``, ``watched``, ``cohort``, ``done``,
            ``on_track``, ``behind``, ``unknown``; columns of what the assessment does not have are left out.
        """
        parts: list[pd.DataFrame] = []
        if self.ladder is not None:
            firms = self.ladder
            climbed = (firms["stage"] > firms["stage_before"]).fillna(value=False)
            flags = firms.assign(on_ladder=firms["stage"] > 0, climbed=climbed)
            grouped = flags.groupby("district", dropna=False)
            parts.append(grouped[["on_ladder", "climbed", "watched"]].sum())
        if self.doubling is not None:
            firms = self.doubling
            states = ["done", "on_track", "behind", "unknown"]
            flags = firms.assign(**{state: firms["state"] == state for state in states})
            counts = flags.groupby("district", dropna=False)[states].sum()
            counts.insert(0, "cohort", counts.sum(axis=1))
            parts.append(counts)
        if not parts:
            return pd.DataFrame({"district": pd.array([], dtype="string")})
        table = pd.concat(parts, axis=1).fillna(0).astype("Int64")
        return table.reset_index(names="district").sort_values("district", ignore_index=True)


def assessments(folder: str | Path) -> dict[str, assessment.Assessment]:
    """Return the assessments of a workspace: those shipped, its city pack's, its own.

    Raises
    ------
    RuleError
        A file is wrong.
    """
    space = workspace.load(folder)
    return assessment.known([*citypack.load(space.city).folders, space.folder])


def assess(folder: str | Path, options: AssessOptions) -> Assessed:
    """Assess the districts of a workspace.

    Parameters
    ----------
    folder : path
        The workspace.
    options : AssessOptions

    Raises
    ------
    RuleError
        There is no such assessment.
    IndustryMapError
        Nothing was built yet, or the table of figures cannot be used.

    Examples
    --------
    >>> import industrymap as im
    >>> done = im.assess(".", im.AssessOptions(assessment="jinan-proposal", year=2025))  # doctest: +SKIP
    >>> done.by_district()  # doctest: +SKIP
    """
    of = assessment.choose(assessments(folder), options.assessment)
    space = workspace.load(folder)
    firms = pd.DataFrame(layer(space, "enterprises").drop(columns="geometry"))
    years = pd.DataFrame(layer(space, "years"))
    scores, found = None, issues.concat([])
    if options.figures is not None:
        figures, found = assessment.read_figures(options.figures, of)
        scores = assessment.score(of, figures)
    counted = None
    if of.quality is not None:
        tags = pd.DataFrame(layer(space, "tags"))
        counted = assessment.quality(of.quality, firms, tags, year=options.year)
    return Assessed(
        of=of,
        year=options.year,
        scores=scores,
        ladder=None
        if of.ladder is None
        else assessment.ladder(of.ladder, firms, years, year=options.year),
        doubling=None
        if of.doubling is None
        else assessment.doubling(of.doubling, firms, years, year=options.year),
        quality=counted,
        issues=found,
    )
