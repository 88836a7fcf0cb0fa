"""What an area reports against what its firms add up to: once the firms are known, the two can be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from industrymap import issues, schemas
from industrymap.columns import floats

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FAR_APART", "reported_gaps"]

FAR_APART = issues.rule(
    "value.far_from_firms",
    "warning",
    "{id}：填报的{label_zh} {stated} {unit_zh}与 {n} 家入库企业汇总的 {summed} {unit_zh}相差 {factor} 倍，请核实",
    "{id}: {label_en} is reported as {stated} ({unit_en}), while {n} firms of the base add up to {summed}, {factor} times as much: please "
    "check",
)


def reported_gaps(measured: pd.DataFrame, *, layer: str, source: str) -> pd.DataFrame:
    """List the areas whose firms add up to far more than the area reports, by ``schemas/cross_checks.csv``.

    Parameters
    ----------
    measured : DataFrame
        What :func:`measure` returned.
    layer : str
        The schema.
    source : str
        The file's name, for the issues table.

    Returns
    -------
    issues : DataFrame
    """
    ids = measured[schemas.key(layer)].astype("string").fillna("?").tolist()
    log = issues.Collector(source, rows=None, ids=ids, column="")
    for check in schemas.cross_checks(layer):
        if not {check.reported, check.summed, check.known} <= set(measured.columns):
            continue
        field = schemas.field(layer, check.reported)
        stated, summed = floats(measured, check.reported), floats(measured, check.summed)
        # Of zero there is no multiple; what is unknown compares as no.
        for at in np.flatnonzero((stated > 0) & (summed > check.over * stated)).tolist():
            factor = summed[at] / stated[at]
            log.add(
                FAR_APART,
                at,
                column=check.reported,
                value=f"{stated[at]:g}",
                label_zh=field.zh,
                label_en=field.en,
                unit_zh=field.unit,
                unit_en=schemas.unit_label(field.unit, "en"),
                stated=f"{stated[at]:,.0f}",
                summed=f"{summed[at]:,.0f}",
                n=f"{floats(measured, check.known)[at]:g}",
                factor=f"{factor:.0f}" if factor >= 10 else f"{factor:.1f}",
            )
    return log.table()
