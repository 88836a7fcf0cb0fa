"""Periods of Chinese statistics: a year, a quarter, a month, or months counted from January.

A period is a run of whole months inside one year, and nothing else: ``2024Q1`` and ``2024-01..03`` are the same three
months, so they are the same period. Monthly figures are published *cumulative from January* (1—n月累计), January and
February as one (1—2月); the single month is a difference of two cumulatives (:meth:`Period.minus`).

Whether a figure counts a flow over the period (revenue) or a state at its end (staff) is the measure's business.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from functools import total_ordering

from industrymap.errors import ConfigError, PeriodError

__all__ = ["Period", "as_day", "parse", "span"]

# Statistics of the People's Republic begin in 1949; a "year" beyond 2100 is some other number.
_FIRST_YEAR, _LAST_YEAR = 1949, 2100
_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")
# Longest first: as alternatives of a pattern, 十 would otherwise match the beginning of 十二.
_NUMERALS = {
    "十二": 12, "十一": 11, "十": 10, "九": 9, "八": 8, "七": 7,
    "六": 6, "五": 5, "四": 4, "三": 3, "二": 2, "一": 1,
}  # fmt: skip
_NUMERAL = "|".join(_NUMERALS)
_NUMBER = rf"\d{{1,2}}|{_NUMERAL}"
# After `_plain` has made every kind of dash a hyphen.
_DASH = r"(?:-{1,2}|\.\.|~|至|到)"

# A year in front, where there is one: 2024, 2024年, 2024年度, 二〇二四年; what follows is read by _WITHIN.
_YEAR = re.compile(r"^(?P<year>(?:19|20)\d{2})(?:年度?|财年)?(?:[-/]|(?=\D|$))?")
_YEAR_IN_WORDS = re.compile(r"^([〇零一二三四五六七八九]{4})年")
# "3月累计" and "3月止" are January to March: the words of a cumulative figure, behind the last month it covers.
_CUMULATIVE = re.compile(r"(?:止)?(?:累计|累積|止)(?:数|值|额)?$")
_YEAR_LAST = re.compile(r"^(?P<rest>q[1-4]|[1-4]q)(?P<year>(?:19|20)\d{2})$")
_MONTH_CODE = re.compile(r"^(?P<year>(?:19|20)\d{2})(?P<month>0[1-9]|1[0-2])(?:[0-2]\d|3[01])?$")
_ISO_DAY = re.compile(
    r"^(?P<year>(?:19|20)\d{2})[-/.年](?P<month>\d{1,2})[-/.月]\d{1,2}日?(?:[ T].*)?$"
)

# Tried in this order: ranges before single ones, quarters before the bare number that means a
# month.
_WITHIN = (
    (re.compile(rf"^第?(?P<first>{_NUMBER})(?:月份?)?{_DASH}(?P<last>{_NUMBER})月?$"), "months"),
    (re.compile(rf"^第?(?P<first>{_NUMBER})(?:季度?)?{_DASH}第?(?P<last>{_NUMBER})(?:季度?)$"), "quarters"),
    (re.compile(rf"^前(?P<last>{_NUMBER})个?季度?$"), "first_quarters"),
    (re.compile(rf"^前(?P<last>{_NUMBER})个?月$"), "first_months"),
    (re.compile(rf"^(?:第(?P<a>{_NUMBER})季度?|(?P<b>{_NUMBER})季度?|q(?P<c>[1-4])|(?P<d>[1-4])q)$"), "quarter"),
    (re.compile(rf"^(?P<first>{_NUMBER})(?:月份?)?$"), "month"),
)  # fmt: skip
_HALVES = {"上半年": (1, 6), "h1": (1, 6), "下半年": (7, 12), "h2": (7, 12), "全年": (1, 12)}


@total_ordering
@dataclass(frozen=True, slots=True)
class Period:
    """A run of whole months inside one year.

    Attributes
    ----------
    year : int
        Calendar year.
    first, last : int
        First and last month, 1 to 12, both included.

    Examples
    --------
    >>> parse("2024年1—3月"), parse("2024Q1") == parse("2024-01..03")
    (Period('2024Q1'), True)
    >>> sorted([parse("2024"), parse("2024-12"), parse("2024Q1")])
    [Period('2024Q1'), Period('2024-12'), Period('2024')]
    """

    year: int
    first: int = 1
    last: int = 12

    def __post_init__(self) -> None:
        if not (_FIRST_YEAR <= self.year <= _LAST_YEAR and 1 <= self.first <= self.last <= 12):
            raise PeriodError(
                f"there is no period of {self.year}, months {self.first} to {self.last}",
                f"没有这样的时期：{self.year} 年 {self.first} 至 {self.last} 月",
            )

    @property
    def months(self) -> int:
        """How many months it covers."""
        return self.last - self.first + 1

    @property
    def level(self) -> str:
        """``year``, ``quarter``, ``month``, or ``months`` for any other run (1—2月, 上半年, 1—11月)."""
        if self.months == 12:
            return "year"
        if self.months == 1:
            return "month"
        # Three months from February are no quarter.
        return "quarter" if self.months == 3 and self.first % 3 == 1 else "months"

    @property
    def is_cumulative(self) -> bool:
        """Whether it counts from January, as monthly figures are published; January itself does."""
        return self.first == 1

    @property
    def cumulative(self) -> Period:
        """The period from January to the same month."""
        return Period(self.year, 1, self.last)

    @property
    def last_year(self) -> Period:
        """The same months of the year before (上年同期): what 同比 compares with."""
        return Period(self.year - 1, self.first, self.last)

    @property
    def previous(self) -> Period:
        """The period of the same length just before (上期): what 环比 compares with.

        Raises
        ------
        PeriodError
            Where that run of months would cross the end of a year: 1—2月 has no period of its kind before it.
        """
        # Months counted from year 0, so that a step back crosses the new year by itself.
        start = self.year * 12 + self.first - 1 - self.months
        year, first = divmod(start, 12)
        return Period(year, first + 1, first + self.months)

    def shift(self, years: int) -> Period:
        """Return the same months ``years`` later."""
        return Period(self.year + years, self.first, self.last)

    def contains(self, other: Period) -> bool:
        """Return whether every month of ``other`` is one of its own."""
        return self.year == other.year and self.first <= other.first and other.last <= self.last

    def minus(self, other: Period) -> Period:
        """Return what is left when ``other`` is taken off its beginning: 1—3月 minus 1—2月 is March.

        Raises
        ------
        PeriodError
            Where ``other`` does not begin with it and end before it: no run of months is left.
        """
        if self.year != other.year or self.first != other.first or other.last >= self.last:
            raise PeriodError(
                f"{other} cannot be taken off {self}: both must begin in the same month",
                f"{self.text('zh')}不能减去{other.text('zh')}：两者须从同一个月开始",
            )
        return Period(self.year, other.last + 1, self.last)

    def text(self, lang: str = "zh") -> str:
        """Return how a table of ``lang`` writes it: ``2024年1—11月``, ``2024年一季度``; else :func:`str`."""
        if lang != "zh":
            return str(self)
        if self.level == "year":
            return f"{self.year}年"
        if self.level == "quarter":
            return f"{self.year}年{'一二三四'[self.last // 3 - 1]}季度"
        if self.level == "month":
            return f"{self.year}年{self.first}月"
        return f"{self.year}年{self.first}—{self.last}月"

    def __str__(self) -> str:
        if self.level == "year":
            return f"{self.year}"
        if self.level == "quarter":
            return f"{self.year}Q{self.last // 3}"
        if self.level == "month":
            return f"{self.year}-{self.first:02}"
        return f"{self.year}-{self.first:02}..{self.last:02}"

    def __repr__(self) -> str:
        return f"Period('{self}')"

    def __lt__(self, other: object) -> bool:
        # By when it ends, as figures arrive; of two that end together the shorter one comes first.
        if not isinstance(other, Period):
            return NotImplemented
        return (self.year, self.last, self.months) < (other.year, other.last, other.months)


def parse(text: object, *, year: int | None = None) -> Period:
    """Read a period as Chinese tables write it.

    Parameters
    ----------
    text : str, int, datetime.date or pandas.Timestamp
        ``2024``, ``2024年度``, ``2024Q1``, ``2024年一季度``, ``前三季度``, ``上半年``, ``2024-03``, ``202403``,
        ``2024年3月``, ``1—11月``, ``2024-01..03``, ``1至3月累计`` and their like. A date means its month.
    year : int, optional
        The year of a period that names none (``1—2月`` under a heading of 2024).

    Raises
    ------
    PeriodError
        Where nothing of the kind can be read, where no year is known, or where a number lost a digit:
        ``2024.1`` can be January, or October after a spreadsheet dropped its zero.

    Examples
    --------
    >>> [str(parse(t)) for t in ("2024年度", "2024年前三季度", "二〇二四年3月份", "202411", "2024年5月累计")]
    ['2024', '2024-01..09', '2024-03', '2024-11', '2024-01..05']
    >>> parse("1—2月", year=2025)
    Period('2025-01..02')
    """
    if isinstance(text, dt.date):
        return Period(text.year, text.month, text.month)
    plain = _plain(str(text))
    # 202403 and 2024-03-31: a table dates a figure by the last day of its month.
    if code := _MONTH_CODE.match(plain) or _ISO_DAY.match(plain):
        month = int(code["month"])
        return Period(int(code["year"]), month, month)
    # Refused, because either reading would put nine months between figure and truth.
    if re.fullmatch(r"(?:19|20)\d{2}\.\d", plain):
        raise PeriodError(
            f"{text!s} is January or October: a spreadsheet drops the zero of 2024.10; write 2024-01 or 2024-10",
            f"“{text!s}”可能是1月，也可能是丢了零的10月；请写成 2024-01 或 2024-10",
        )
    # With both digits there is no doubt: 2024.03 is March.
    plain = re.sub(r"^((?:19|20)\d{2})\.(\d\d)$", r"\1-\2", plain)
    plain = _YEAR_LAST.sub(r"\g<year>\g<rest>", plain)
    if named := _YEAR.match(plain):
        year, plain = int(named["year"]), plain[named.end() :]
    within = _CUMULATIVE.sub("", plain)
    # A year with nothing behind it is the whole year.
    months = (1, 12) if named and not within else _months(within)
    if months is not None and within != plain:
        months = (1, months[1])  # counted from January, whichever month the text begins with
    if months is None:
        raise PeriodError(
            f"{text!s} is not a period: expected one like 2024, 2024Q1, 2024-03 or 2024-01..11",
            f"“{text!s}”不是时期；应如 2024、2024Q1、2024-03、2024-01..11 或 2024年1—11月",
        )
    if year is None:
        raise PeriodError(f"{text!s} names no year", f"“{text!s}”没有写明年份")
    return Period(year, *months)


def span(first: Period, last: Period) -> list[Period]:
    """Return every period of the same kind from ``first`` to ``last``, both included.

    Examples
    --------
    >>> span(parse("2023Q3"), parse("2024Q1"))
    [Period('2023Q3'), Period('2023Q4'), Period('2024Q1')]
    """
    if first.level != last.level or first.level == "months":
        raise PeriodError(
            f"{first} to {last}: both ends must be years, quarters or months",
            f"{first} 至 {last}：两端须同为年、季度或月",
        )
    out = [last]
    while out[-1] > first:
        out.append(out[-1].previous)
    return out[::-1]


def _plain(text: str) -> str:
    """Return half-width, lower-case text without spaces; every dash one, the year's digits in figures."""
    squeezed = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).lower()
    squeezed = re.sub(r"[—–−―－‐‑~～]+", "-", squeezed)
    if words := _YEAR_IN_WORDS.match(squeezed):
        squeezed = words[1].translate(_DIGITS) + squeezed[words.end(1) :]
    return squeezed


def _months(text: str) -> tuple[int, int] | None:
    """Read what follows the year; ``None`` where it names no months."""
    if text in _HALVES:
        return _HALVES[text]
    for pattern, kind in _WITHIN:
        if match := pattern.match(text):
            numbers = {k: _number(v) for k, v in match.groupdict().items() if v}
            months = _bounds(kind, numbers)
            # A thirteenth month or a fifth quarter is a misreading, not a period.
            return months if 1 <= months[0] <= months[1] <= 12 else None
    return None


def as_day(text: str) -> dt.date:
    """Return a day.

    Raises
    ------
    ConfigError
        The text is none.

    Examples
    --------
    >>> as_day("2025-06-30")
    datetime.date(2025, 6, 30)
    """
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise ConfigError(
            f"{text!r} is no day; expected one such as 2025-06-30.",
            f"“{text}”不是日期，应如 2025-06-30。",
        ) from None


def _bounds(kind: str, numbers: dict[str, int]) -> tuple[int, int]:
    if kind == "months":
        return numbers["first"], numbers["last"]
    if kind == "quarters":
        return numbers["first"] * 3 - 2, numbers["last"] * 3
    if kind == "first_quarters":
        return 1, numbers["last"] * 3
    if kind == "first_months":
        return 1, numbers["last"]
    if kind == "quarter":
        quarter = next(iter(numbers.values()))
        return quarter * 3 - 2, quarter * 3
    return numbers["first"], numbers["first"]


def _number(text: str) -> int:
    return _NUMERALS.get(text) or int(text)
