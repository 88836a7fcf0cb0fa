"""Amounts and head counts: from text to numbers in the schema's unit, and what cannot be."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from industrymap import cells, issues

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["ABSURD_10K_CNY", "ABSURD_STAFF", "FIGURES", "MONEY", "parse"]

MONEY = ("revenue_10k_cny", "output_10k_cny", "tax_10k_cny", "rd_10k_cny")
"""Columns in 万元."""

FIGURES = (*MONEY, "staff")
"""Columns that belong to a year."""

ABSURD_10K_CNY = 1e8
"""An amount above this (one trillion yuan) is a unit error: no firm reports as much from one city."""

_PLAIN = r"-?[0-9]{1,15}(?:\.[0-9]{1,12})?"

ABSURD_STAFF = 1e6
"""A head count above this is an error."""

UNREADABLE = issues.rule(
    "amount.unreadable",
    "warning",
    "不是数字，或单位与该列不符；该值按缺失处理",
    "not a number, or in a unit this column cannot have: the value is left out",
)
REPAIRED = issues.rule(
    "amount.repaired",
    "info",
    "已读作 {value_10k}（全角、千分位、括号或单元格自带单位）",
    "read as {value_10k} (full-width digits, separators, brackets or a unit of its own)",
)
NO_UNIT = issues.rule(
    "amount.unknown_unit",
    "error",
    "列“{header}”的单位不明或不是人民币，{n} 个值未使用；请在表头注明元、万元或亿元",
    "the unit of column {header!r} is unknown or not yuan: {n} values were not used; write 元, 万元 or 亿元 in its heading",
)
ROUNDED = issues.rule(
    "amount.rounded",
    "info",
    "人数带小数，已四舍五入为整数",
    "a head count with decimals: rounded to a whole number",
)
NEGATIVE = issues.rule(
    "amount.negative",
    "warning",
    "不应为负数，该值按缺失处理",
    "cannot be negative: the value is left out",
)
ABSURD = issues.rule(
    "amount.absurd",
    "warning",
    "超过可能的上限（{limit}），多为单位错误，该值按缺失处理",
    "above anything possible ({limit_en}), most likely a unit error: the value is left out",
)


def parse(
    frame: pd.DataFrame, column: str, *, factor: float, header: str
) -> tuple[NDArray[np.float64], pd.DataFrame]:
    """Read one column of figures and list what could not be used.

    Parameters
    ----------
    frame : DataFrame of string
        Has ``column``, ``source`` and ``source_row``.
    column : str
        ``revenue_10k_cny``, ``revenue_10k_cny@2023``, ``staff``, …
    factor : float
        Multiplies a plain number into 万元 (or persons); NaN where the unit is not known.
    header : str
        The column's heading as the file has it.

    Returns
    -------
    values : ndarray of float
        NaN where missing or unusable; rounded to a hundredth of a yuan, so that 10,000,000 yuan is exactly
        1000 万元 and 9,999,999.99 yuan is less.
    issues : DataFrame

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"tax": ["9,999,999.99", "1000万元", "—"], "source": "a", "source_row": [2, 3, 4]})
    >>> parse(table, "tax", factor=1e-4, header="税收（元）")[0].tolist()
    [999.999999, 1000.0, nan]
    """
    unit = "人" if column.startswith("staff") else "万元"
    text = frame[column].astype("string")
    # Most cells are plain numbers: those go through Arrow at once, the rest one by one.
    plain = text.str.fullmatch(_PLAIN).fillna(value=False).astype(bool)
    values = _plain_numbers(text.where(plain)) * factor
    wrong, mended = np.zeros(len(frame), dtype=bool), np.zeros(len(frame), dtype=bool)
    odd = np.flatnonzero(text.notna().to_numpy() & ~plain.to_numpy())
    if len(odd):
        read = cells.number_cells(text.iloc[odd], unit=unit, factor=factor)
        values[odd] = read.result.to_numpy(dtype=np.float64, na_value=math.nan)
        wrong[odd] = read.unreadable.to_numpy(dtype=bool)
        mended[odd] = read.repaired.to_numpy(dtype=bool)
    unreadable = pd.Series(wrong, index=frame.index, dtype="bool")
    repaired = pd.Series(mended, index=frame.index, dtype="bool")
    # A hundredth of a yuan: products with 1e-4 would put 10,000,000 yuan a hair below the threshold of 1000.
    values = values.round(6)
    # Without a unit no figure can be used, which is said once for the column.
    if math.isnan(factor):
        lost = (unreadable | plain) & np.isnan(values)
        found = [_no_unit(frame, lost, header)]
    else:
        found = [issues.from_mask(frame, unreadable, UNREADABLE, column=column, header=header)]
    found.append(_repairs(frame, column, repaired, values, header))
    if unit == "人":
        whole = np.floor(values + 0.5)  # 12.5 is 13, not the even number beside it
        broken = pd.Series(~np.isnan(values) & (whole != values), index=frame.index)
        found.append(issues.from_mask(frame, broken, ROUNDED, column=column, header=header))
        values = whole
    kept, impossible = _judge(frame, values, column=column, header=header)
    return kept, issues.concat([*found, impossible])


def _plain_numbers(text: pd.Series[Any]) -> NDArray[np.float64]:
    """Return numbers that are written plainly; NaN where missing."""
    import pyarrow as pa
    import pyarrow.compute as pc

    numbers = pc.cast(pa.array(text, type=pa.large_string()), pa.float64())
    flat = numbers.combine_chunks() if isinstance(numbers, pa.ChunkedArray) else numbers
    return np.array(pc.fill_null(flat, math.nan).to_numpy(zero_copy_only=False))


def _judge(
    frame: pd.DataFrame, values: NDArray[np.float64], *, column: str, header: str
) -> tuple[NDArray[np.float64], pd.DataFrame]:
    """Leave out amounts that cannot be, and list them."""
    people = column.startswith("staff")
    limit = ABSURD_STAFF if people else ABSURD_10K_CNY
    shown = ("100 万人", "1 million people") if people else ("1 万亿元", "1 trillion yuan")
    # A tax refund is a sound negative; nothing else is.
    negative = (values < 0) & (not column.startswith("tax_"))
    absurd = np.abs(values) > limit
    found = [
        issues.from_mask(
            frame,
            pd.Series(mask, index=frame.index),
            rule,
            column=column,
            header=header,
            limit=shown[0],
            limit_en=shown[1],
        )
        for mask, rule in ((negative, NEGATIVE), (absurd, ABSURD))
    ]
    return np.where(negative | absurd, np.nan, values), issues.concat(found)


def _no_unit(frame: pd.DataFrame, lost: pd.Series[bool], header: str) -> pd.DataFrame:
    """One line for the whole column: every value is lost for the same reason."""
    if not lost.any():
        return issues.empty()
    first = frame[lost].iloc[0]
    record = {"source": first["source"], "row": None, "column": header, "value": None}
    return issues.from_records(
        [{**record, "rule": NO_UNIT, "header": header, "n": int(lost.sum())}]
    )


def _repairs(
    frame: pd.DataFrame,
    column: str,
    repaired: pd.Series[bool],
    values: NDArray[np.float64],
    header: str,
) -> pd.DataFrame:
    # What could not be read is listed as unreadable, not as repaired.
    at = repaired.to_numpy(dtype=bool) & ~np.isnan(values)
    if not at.any():
        return issues.empty()
    table = issues.from_mask(
        frame,
        pd.Series(at, index=frame.index),
        REPAIRED,
        column=column,
        header=header,
        value_10k="{}",
    )
    shown = pd.Series([f"{value:.15g}" for value in values[at]], dtype="string")
    for lang in ("zh", "en"):
        head, tail = getattr(REPAIRED, lang).split("{value_10k}")
        table[lang] = head + shown + tail
    return table
