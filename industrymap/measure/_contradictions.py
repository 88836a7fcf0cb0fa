"""Values of one polygon that cannot all be true: a FAR against floor ÷ land, more of a part than of the whole, a year that is no year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from industrymap import issues, schemas
from industrymap.columns import floats

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from industrymap.columns import Floats

__all__ = [
    "FAR",
    "FAR_ROUNDING",
    "FAR_TOLERANCE",
    "NO_YEAR",
    "PART",
    "PARTS",
    "YEARS",
    "Contradiction",
    "contradictions",
    "year_fields",
]

FAR_TOLERANCE, FAR_ROUNDING = 0.05, 0.02
"""A stated FAR may differ from floor ÷ land by this share; two decimals in a file make up to half of 0.02."""

YEARS = (1900, 2100)
"""What a year of works, plans or approvals lies between."""

FAR = issues.rule(
    "value.far_contradicts",
    "warning",
    "填报容积率 {stated} 与建筑面积÷用地面积 {computed} 不符（建筑 {floor} m²，用地 {land} m²），请核对",
    "the stated FAR of {stated} contradicts floor ÷ land, {computed} ({floor} m² on {land} m²): please check",
)
PARTS = {schemas.PARKS: (("above_scale_reported", "firms_reported"),)}
"""Schema → numbers of which the first counts some of what the second counts: above-scale firms are firms."""

PART = issues.rule(
    "value.part_exceeds_whole",
    "warning",
    "{part_zh} {stated} 多于{whole_zh} {whole}，请核对",
    "{part_en}: {stated}, more than {whole_en}: {whole}; please check",
)
NO_YEAR = issues.rule(
    "value.no_year",
    "warning",
    "{label_zh} {stated} 不是年份",
    "{label_en} {stated} is no year",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """One value that contradicts others.

    Attributes
    ----------
    at : int
        Position of the row.
    rule : Rule
    column : str
        Field that holds the value.
    value : str
    inputs : frozenset of str
        The fields, and "geometry", any of which can be the wrong one.
    details : dict of str to str
        For the rule's sentences.
    """

    at: int
    rule: issues.Rule
    column: str
    value: str
    inputs: frozenset[str]
    details: dict[str, str]


def contradictions(
    polygons: pd.DataFrame, computed_m2: Floats, *, layer: str
) -> Iterator[Contradiction]:
    """Yield the values that contradict others of the same polygon.

    Parameters
    ----------
    polygons : DataFrame
        Typed by the layer's schema.
    computed_m2 : ndarray of float
        Area of each polygon; ``NaN`` where there is none.
    layer : str
        The schema.
    """
    yield from _ratios(polygons, computed_m2, layer)
    yield from _parts(polygons, layer)
    for field in year_fields(layer):
        if field.name not in polygons:
            continue
        values = floats(polygons, field.name)
        wrong = (values < YEARS[0]) | (values > YEARS[1])
        for at in np.flatnonzero(wrong).tolist():
            stated = f"{values[at]:g}"
            details = {"stated": stated, "label_zh": field.zh, "label_en": field.en}
            yield Contradiction(
                at=at,
                rule=NO_YEAR,
                column=field.name,
                value=stated,
                inputs=frozenset({field.name}),
                details=details,
            )


def year_fields(layer: str) -> list[schemas.Field]:
    """Return the fields of a schema that hold a year; a number of years (剩余年限) is no year."""
    return [f for f in schemas.fields(layer) if f.dtype == "int" and f.unit == "年"]


def _parts(polygons: pd.DataFrame, layer: str) -> Iterator[Contradiction]:
    for part, whole in PARTS.get(layer, ()):
        if not {part, whole} <= set(polygons.columns):
            continue
        some, all_of = floats(polygons, part), floats(polygons, whole)
        for at in np.flatnonzero(some > all_of).tolist():
            one, other = schemas.field(layer, part), schemas.field(layer, whole)
            details = {"stated": f"{some[at]:g}", "whole": f"{all_of[at]:g}", "part_zh": one.zh}
            details |= {"whole_zh": other.zh, "part_en": one.en, "whole_en": other.en}
            yield Contradiction(
                at=at,
                rule=PART,
                column=part,
                value=details["stated"],
                inputs=frozenset({part, whole}),
                details=details,
            )


def _ratios(polygons: pd.DataFrame, computed_m2: Floats, layer: str) -> Iterator[Contradiction]:
    if not {"far", "floor_area_m2"} <= set(polygons.columns):
        return
    record = schemas.measured().get(layer)
    far, floor = floats(polygons, "far"), floats(polygons, "floor_area_m2")
    lands = [computed_m2]
    inputs = frozenset({"far", "floor_area_m2", "geometry", record.area_reported if record else ""})
    if record is not None and record.area_reported in polygons:
        lands.append(floats(polygons, record.area_reported))
    # offices divide by the land they report, which may itself contradict the polygon (reported on its own):
    # only a ratio that fits neither is a contradiction
    fits, known = np.zeros(len(polygons), dtype=bool), np.zeros(len(polygons), dtype=bool)
    with np.errstate(divide="ignore", invalid="ignore"):
        for land in lands:
            ratio = floor / land
            usable = np.isfinite(ratio) & np.isfinite(far)
            known |= usable
            fits |= usable & (
                np.abs(far - ratio) <= np.maximum(FAR_TOLERANCE * ratio, FAR_ROUNDING)
            )
    shown = np.where(np.isfinite(computed_m2) & (computed_m2 > 0), computed_m2, lands[-1])
    for at in np.flatnonzero(known & ~fits).tolist():
        details = {
            "stated": f"{far[at]:g}",
            "computed": f"{floor[at] / shown[at]:.2f}",
            "floor": f"{floor[at]:,.0f}",
            "land": f"{shown[at]:,.0f}",
        }
        yield Contradiction(
            at=at,
            rule=FAR,
            column="far",
            value=details["stated"],
            inputs=inputs,
            details=details,
        )
