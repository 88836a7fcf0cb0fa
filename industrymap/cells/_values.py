"""Numbers, yes and no, and dates as people type them into spreadsheets; vectorised, never guessing.

A cell is *missing* (empty, ``-``, 无, 暂无, N/A), *read*, or *unreadable*; an unreadable cell becomes ``<NA>``
and its mask says so.
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from industrymap.cells._units import factor as factor_between
from industrymap.cells._units import parse_unit
from industrymap.columns import true_where

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "Parsed",
    "boolean",
    "boolean_cells",
    "date",
    "date_cells",
    "number",
    "number_cells",
    "shown",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """A parsed column, aligned with the text it came from.

    Attributes
    ----------
    result : Series
        ``Float64``, ``boolean`` or ``datetime64[s]``; missing and unreadable cells are missing.
    unreadable : Series of bool
        Cells that hold something that could not be read.
    repaired : Series of bool
        Cells read in spite of full-width digits, separators, a unit of their own, brackets or 约.
    """

    result: pd.Series[Any]
    unreadable: pd.Series[bool]
    repaired: pd.Series[bool]


def shown(value: Any) -> str:
    """Return a cell as Excel shows it: no ``.0`` after a whole number, 15 digits, ISO dates.

    Examples
    --------
    >>> shown(123.0), shown(0.1 + 0.2), shown(True)
    ('123', '0.3', '是')
    """
    kind = type(value)
    if kind is str:
        text: str = value
        return text
    if kind is float:
        return _float_text(value)
    if value is None:
        return ""
    if kind is bool:
        return "是" if value else "否"
    if hasattr(value, "isoformat"):
        stamp: str = value.isoformat()
        return stamp.removesuffix("T00:00:00")
    return str(value)


def _float_text(value: float) -> str:
    if value.is_integer():
        return str(int(value))
    return format(value, ".15g")


_MISSING = frozenset(
    {
        "", "-", "--", "---", "—", "——", "/", "//", "\\", "*", "**", "***", "x", "无", "暂无", "没有", "不详", "未知",
        "不明", "空", "未填", "未填报", "未提供", "无数据", "暂缺", "缺", "保密", "n/a", "na", "#n/a", "nan", "null", "none", "nil",
        "tbd", ".", "…", "...", "?", "??", "未统计",
    }
)  # fmt: skip
# Plain groups: pandas hands a pattern with "(?:" to Python, row by row.
_PLAIN = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?"
_GROUPED = re.compile(r"^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$")
# 约 and 左右 round a figure; 以上, 超 and 余 name a limit or a class, which is no figure.
_NUMBER_UNIT = re.compile(
    r"^(?P<about>约|大约|近|合计)?(?P<sign>[+-]?)(?:¥|￥|rmb|cny|人民币)?(?P<digits>[+-]?[\d,]*\.?\d+(?:e[+-]?\d{1,3})?|\d+\.)"
    r"\(?(?P<unit>[^\d]*?(?:m\^?2|m3)?)\)?(?:左右|上下)?$"
)
_MAX_DIGITS = 40


def number(series: pd.Series[Any], *, unit: str = "", factor: float = 1.0) -> pd.Series[Any]:
    """Return a text column as ``Float64``; unreadable cells are ``<NA>`` (see :func:`number_cells`).

    Examples
    --------
    >>> number(pd.Series(["１，２３４.5", "１２３", "3亿元", "-", "abc"], dtype="string"), unit="万元").tolist()
    [1234.5, 123.0, 30000.0, <NA>, <NA>]
    """
    return number_cells(series, unit=unit, factor=factor).result


def number_cells(series: pd.Series[Any], *, unit: str = "", factor: float = 1.0) -> Parsed:
    """Read a text column as numbers.

    Parameters
    ----------
    series : Series of string
        Cells as found.
    unit : str
        The schema's unit: a cell that carries its own unit (``3.2亿元``, ``35%``) is converted to it.
    factor : float
        From the column's unit to the schema's; not applied to a cell that carries its own unit.

    Returns
    -------
    parsed : Parsed
        ``result`` is ``Float64``.
    """
    text = series.astype("string")
    # A cell of a thousand digits is damage, and slow to read.
    easy = true_where(text.str.fullmatch(_PLAIN)) & true_where(text.str.len() <= _MAX_DIGITS)
    plain = text if easy.all() else text.where(easy)
    values = scaled(pd.to_numeric(plain, errors="coerce").astype("Float64"), factor)
    # 1e999 reads as infinity.
    endless = true_where(values.abs() == math.inf)
    if endless.any():
        values = values.mask(endless)
    overflow = pd.Series(easy & values.isna().to_numpy(), index=text.index)
    # Only what is left is looked at cell by cell, and each distinct text once.
    rest = text[~easy & text.notna().to_numpy()]
    if rest.empty:
        nothing = pd.Series(data=False, index=text.index)
        return Parsed(result=values, unreadable=overflow, repaired=nothing)
    looked = {cell: _number(cell, unit, factor) for cell in rest.unique()}
    return _assemble(text, rest, looked, values, overflow)


def scaled(value: Any, factor: float) -> Any:
    """Multiply, or divide where that rounds better: 35 % is 0.35, not 0.35000000000000003."""
    inverse = round(1 / factor) if 0 < abs(factor) < 1 else 0
    return (
        value / inverse
        if inverse and math.isclose(1 / inverse, factor, rel_tol=1e-15)
        else value * factor
    )


def _assemble(
    text: pd.Series[Any],
    rest: pd.Series[Any],
    looked: dict[str, tuple[Any, bool]],
    values: pd.Series[Any],
    unreadable: pd.Series[Any],
) -> Parsed:
    read = rest.map({cell: value for cell, (value, _) in looked.items()})
    bad = rest.isin([cell for cell, (_, ok) in looked.items() if not ok])
    values = values.copy()
    values.loc[rest.index] = read.to_numpy()
    wrong = unreadable.copy()
    wrong.loc[rest.index] = bad.to_numpy()
    repaired = pd.Series(data=False, index=text.index)
    repaired.loc[rest.index] = (read.notna() & ~bad).to_numpy()
    return Parsed(result=values, unreadable=wrong, repaired=repaired)


def _tidy(cell: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", cell)).lower().replace("−", "-")


# Thousands parted by a space are one number where a group follows another, a decimal point follows, or the space is
# one that does not break a line; a single "1 200" may as well be two numbers that somebody typed into one cell.
_SPACED = re.compile(
    r"(?<![\d.])\d{1,3}(?:(?: \d{3}){2,}(?:\.\d+)?| \d{3}\.\d+|(?:[\u00a0\u2009\u202f'’]\d{3})+(?:\.\d+)?)(?![\d.])"
)


def _one_number(cell: str) -> str | None:
    """Return a cell with its thousands put together; ``None`` where a gap parts two numbers."""
    joined = _SPACED.sub(lambda found: re.sub(r"[^\d.]", "", found.group()), cell.strip())
    return None if re.search(r"[\d.]\s+\d", joined) else joined


# A number in a ring or raised leads to a footnote: 1200① is 1200. The two of m² is none.
_FOOTNOTE = re.compile(r"(?<=[\d０-９元亿万%）)*])[①-⒇❶-❿¹²³⁴-⁹]+$|(?<=\d)\s*[*＊※★☆]+$")
_APOSTROPHE = re.compile(r"^\s*['’‘＇`](?=[\d０-９.+-])")


def _number(cell: str, unit: str, column_factor: float) -> tuple[Any, bool]:
    """Return a cell's value in the schema's unit, and whether it is understood."""
    # 113 24 43.2 is an angle in a column of degrees and several numbers anywhere else.
    degrees = _degrees(cell) if unit == "度" else None
    if degrees is not None:
        return degrees, True
    # The apostrophe that kept a spreadsheet from reading a number is not part of it.
    cell = _FOOTNOTE.sub("", cell)
    one = _one_number(_APOSTROPHE.sub("", cell))
    tidy = _tidy(cell if one is None else one)
    # What people write for nothing is understood as nothing, and is no fault.
    if tidy in _MISSING:
        return pd.NA, True
    value = None if one is None else _scaled_number(tidy, unit, column_factor)
    return (pd.NA, False) if value is None else (value, True)


def _scaled_number(tidy: str, unit: str, column_factor: float) -> float | None:
    if re.fullmatch(r"\([\d,]+\.?\d*\)", tidy):  # accountants write a loss in brackets
        tidy = f"-{tidy[1:-1]}"
    found = _NUMBER_UNIT.match(tidy)
    if found is None or len(found["digits"]) > _MAX_DIGITS:
        return None
    digits = found["digits"]
    if "," in digits:
        # 1,23 may be a decimal comma or two numbers: not guessed.
        if not _GROUPED.match(digits):
            return None
        digits = digits.replace(",", "")
    # A unit in the cell itself goes before that of the column.
    scale = _own_factor(found["unit"], unit, column_factor)
    value = float(f"{found['sign']}{digits}")
    if scale is None or not math.isfinite(value * scale):
        return None
    return float(scaled(value, scale))


_DEGREES = re.compile(
    r"^(?P<head>[nsew]|东经|西经|北纬|南纬|[经纬]度)?[:：]?(?P<sign>[+-]?)(?P<d>\d{1,3}(?:\.\d+)?)"
    r"(?:[°º度dh:\- ]+(?P<m>\d{1,2}(?:\.\d+)?)(?:['′分m:\- ]+(?P<s>\d{1,2}(?:\.\d+)?)[\"″秒s]*)?['′分m]*)?"
    r"[°º度d]?(?P<tail>[nsew])?$"
)
_QUOTES = str.maketrans({"’": "'", "‘": "'", "´": "'", "`": "'", "”": '"', "“": '"', "〃": '"', "＇": "'", "＂": '"'})  # fmt: skip


def _degrees(cell: str) -> float | None:
    """Read degrees, minutes and seconds, or degrees with a letter: 113°24′43.2″, E113.243, 113 24 43.2.

    ``None`` where the cell is none of them; what is out of range (minutes of 60 or more) is none either.
    """
    text = cell.replace("˚", "°").translate(_QUOTES)
    text = unicodedata.normalize("NFKC", text).strip().lower().replace("′′", '"').replace("''", '"')
    text = re.sub(r"\s*([°º度'′\"″分秒:])\s*", r"\1", re.sub(r"\s+", " ", text))
    found = _DEGREES.match(text.replace("( ", "").rstrip("."))
    if found is None:
        return None
    degrees, minutes, seconds = (float(found[part] or 0) for part in ("d", "m", "s"))
    if minutes >= 60 or seconds >= 60 or (found["m"] and "." in found["d"]) or (found["s"] and "." in found["m"]):  # fmt: skip
        return None
    south = (found["head"] or found["tail"]) in {"s", "w", "西经", "南纬"}
    value = round(degrees + minutes / 60 + seconds / 3600, 10)
    return -value if south or found["sign"] == "-" else value


def _own_factor(own: str, unit: str, column_factor: float) -> float | None:
    # 1200 RMB is in the unit of its column: the letters only name the currency.
    if not own or own in {"rmb", "cny", "人民币"}:
        return column_factor
    parsed = parse_unit(own)
    if parsed is None:
        return None
    if parsed.dimension == "money" and own in {"万", "亿"}:
        # 12万 in a column of money is 12万元; in a column of people it is 120,000.
        between = factor_between(parsed, unit)
        return between if between is not None else parsed.factor * 1e4 * column_factor
    return factor_between(parsed, unit)


_YES = frozenset(
    {
        "是",
        "有",
        "对",
        "真",
        "已",
        "符合",
        "清晰",
        "√",
        "✓",
        "☑",
        "y",
        "yes",
        "true",
        "t",
        "1",
        "1.0",
    }
)
_NO = frozenset(
    {
        "否",
        "无",
        "没有",
        "不",
        "未",
        "假",
        "不符合",
        "不清晰",
        "×",
        "✗",
        "☐",
        "n",
        "no",
        "false",
        "f",
        "0",
        "0.0",
    }
)


def boolean(series: pd.Series[Any]) -> pd.Series[Any]:
    """Return a text column as ``boolean``; unreadable cells are ``<NA>``.

    Examples
    --------
    >>> boolean(pd.Series(["是", "否", "√", "也许"], dtype="string")).tolist()
    [True, False, True, <NA>]
    """
    return boolean_cells(series).result


def boolean_cells(series: pd.Series[Any]) -> Parsed:
    """Read a text column as yes and no."""
    return _by_distinct(series, _boolean, "boolean")


def _boolean(cell: str) -> tuple[Any, bool]:
    tidy = _tidy(cell)
    if tidy in _YES:
        return True, True
    if tidy in _NO:
        return False, True
    return pd.NA, tidy in _MISSING


_DATES = (
    re.compile(r"^(?P<y>\d{4})[-/.年](?P<m>\d{1,2})[-/.月](?P<d>\d{1,2})日?(?:[t ]?\d{1,2}:.*)?$"),
    re.compile(r"^(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})$"),
    re.compile(r"^(?P<y>\d{4})[-/.年](?P<m>\d{1,2})月?$"),
    re.compile(r"^(?P<y>\d{4})(?P<m>\d{2})$"),
    re.compile(r"^(?P<y>\d{4})年?$"),
    # A day above 12 or a month's name tells which is which; 5/6/2023 does not, and stays unread.
    re.compile(r"^(?P<d>1[3-9]|2\d|3[01])[-/.](?P<m>\d{1,2})[-/.](?P<y>\d{4})$"),
    re.compile(r"^(?P<m>\d{1,2})[-/.](?P<d>1[3-9]|2\d|3[01])[-/.](?P<y>\d{4})$"),
    re.compile(
        r"^(?P<y>\d{4})[-/.年](?P<m>\d{1,2})[-/.月](?P<d>\d{1,2})日?(?:[(（]?(?:星期|周).[)）]?|[上下]午.*)$"
    ),
)
_HAN_DATE = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_SERIAL = re.compile(r"^[2-7]\d{4}(?:\.\d+)?$")
_EXCEL_EPOCH = pd.Timestamp("1899-12-30")


def date(series: pd.Series[Any]) -> pd.Series[Any]:
    """Return a text column as ``datetime64[s]``; unreadable cells are missing.

    A month without a day is its first day; a number from 20000 to 79999 is Excel's count of days.

    Examples
    --------
    >>> date(pd.Series(["2023年5月1日", "20230501", "2023-02-30"], dtype="string")).dt.year.tolist()
    [2023.0, 2023.0, nan]
    """
    return date_cells(series).result


def date_cells(series: pd.Series[Any]) -> Parsed:
    """Read a text column as dates."""
    return _by_distinct(series, _date, "datetime64[s]")


def _han_date(tidy: str) -> str:
    """Write 二〇二三年十一月二十日 in digits."""
    if not re.match(r"^[一二][〇○零九]", tidy):
        return tidy

    def small(found: re.Match[str]) -> str:
        tens, _, ones = found[1].rpartition("十")
        number = (int((tens or "一").translate(_HAN_DATE)) * 10 if "十" in found[1] else 0) + int((ones or "〇").translate(_HAN_DATE))  # fmt: skip
        return f"{number}{found[2]}"

    return re.sub(
        r"([一二三四五六七八九十]{1,3})([月日])", small, tidy[:4].translate(_HAN_DATE) + tidy[4:]
    )


def _date(cell: str) -> tuple[Any, bool]:
    tidy = _han_date(_tidy(cell))
    if tidy in _MISSING:
        return pd.NaT, True
    if _SERIAL.match(tidy):
        return (_EXCEL_EPOCH + pd.Timedelta(days=int(float(tidy)))).as_unit("s"), True
    for form in _DATES:
        found = form.match(tidy)
        if found:
            parts = found.groupdict()
            try:
                return pd.Timestamp(
                    int(parts["y"]), int(parts.get("m") or 1), int(parts.get("d") or 1)
                ).as_unit("s"), True
            except ValueError:
                return pd.NaT, False
    return pd.NaT, False


def _by_distinct(
    series: pd.Series[Any], read: Callable[[str], tuple[Any, bool]], dtype: str
) -> Parsed:
    text = series.astype("string")
    known = text.dropna()
    looked = {cell: read(cell) for cell in known.unique()}
    values = pd.Series(
        text.map({cell: value for cell, (value, _) in looked.items()}).to_numpy(dtype=object),
        index=text.index,
    ).astype(dtype)  # type: ignore[call-overload]
    bad = (
        text.map({cell: not ok for cell, (_, ok) in looked.items()})
        .fillna(value=False)
        .astype(bool)
    )
    return Parsed(result=values, unreadable=bad, repaired=pd.Series(data=False, index=text.index))
