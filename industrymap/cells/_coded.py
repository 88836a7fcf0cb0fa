"""Labels to codes: 工业 or 二类工业用地 is ``industry``, 一级控制线 is ``1``."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from industrymap import schemas
from industrymap.cells._headers import normal
from industrymap.cells._values import Parsed

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["choices", "coded_cells"]


def _codes(field_name: str) -> Mapping[str, str]:
    # by the values, not by the field's name: two workspaces may code one name differently
    return _spellings(schemas.values(field_name))


@cache
def _spellings(values: tuple[schemas.Value, ...]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for known in values:
        for spelling in (known.value, known.zh, known.en, *known.aliases):
            found.setdefault(normal(spelling), known.value)
    return found


def choices(field_name: str) -> str:
    """Return the labels a coded field may take, for a message."""
    return "、".join(schemas.labels(field_name).values())


def coded_cells(series: pd.Series[Any], field_name: str) -> Parsed:
    """Map a text column's labels to the codes of ``schemas/values.csv``.

    Examples
    --------
    >>> coded_cells(pd.Series(["集体土地", "国有"], dtype="string"), "ownership").result.tolist()
    ['collective', 'state']
    """
    text = series.astype("string")
    codes = _codes(field_name)
    empty = {"", "无数据", "不详", "/"} - set(codes)
    looked = {cell: codes.get(normal(cell)) for cell in text.dropna().unique()}
    result = text.map({cell: code for cell, code in looked.items() if code}).astype("string")
    nothing = text.map(lambda cell: normal(cell) in empty, na_action="ignore").astype("boolean")
    blank = text.isna() | nothing.fillna(value=True).astype(bool)
    return Parsed(
        result=result,
        unreadable=result.isna() & ~blank,
        repaired=pd.Series(data=False, index=text.index),
    )
