"""The bureaus' tables as they are sent, in the order in which they arrive, and the truth of what each of them says.

Dirty as offices send them: cumulative from January, January and February as one, headings of two rows, a sheet a month, one
measure by periods, measures by rows with 本月 and 累计, a month that was never sent, a slip of the decimal point and its correction,
a whole year revised, texts in GB18030.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from industrymap import files
from industrymap.sample import _write
from industrymap.sample.bureau_figures import (
    ENDS,
    FIRM,
    MONTHLY,
    QUARTERLY,
    STATES,
    TOWN,
    YEARS,
    panel,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from industrymap.sample.bureau_figures import Course, Heading

__all__ = ["FOLDER", "write_bureaus"]

FOLDER = "statistics"
"""Folder of the workspace that holds what the bureaus sent."""

_MARK = "（模拟数据）"
_REVISED = (0, 3, 7)
"""Districts whose output of 2024 is revised as a whole, and by how many thousandths."""
_REVISED_BY = (12, -9, 17)
_SLIP = (5, 2)
"""Month of 2025 and district whose output is sent with the decimal point one place off."""
_NEVER_SENT = 8
"""Month of 2025 whose table never arrived."""
_IN_GB18030 = 4
"""Month of 2025 that is sent as a text."""

Cell = str | float


@dataclass(slots=True, kw_only=True)
class _Sheet:
    name: str
    title: str
    heads: list[list[str]]
    rows: list[list[Cell]] = field(default_factory=list)
    unit: str = ""


@dataclass(slots=True)
class _Sent:
    """One file, and what it says: kind, entity, measure, period, value in the measure's own unit."""

    name: str
    sheets: list[_Sheet]
    said: list[tuple[str, str, str, str, float]] = field(default_factory=list)

    def say(self, kind: str, entity: str, heading: Heading, period: str, steps: int) -> float:
        """Put down what a cell says, and return the cell."""
        cell = int(steps) / heading.steps
        # In whole steps times the factor, then divided once: no rounding but the last.
        value = int(steps) * heading.factor / heading.steps
        self.said.append((kind, entity, heading.measure, period, value))
        return cell

    def rate(self, kind: str, entity: str, period: str, per_cent: float) -> float:
        """Put down a published growth of output, and return the cell."""
        self.said.append((kind, entity, "output_10k_cny:growth", period, float(per_cent)))
        return float(per_cent)


def write_bureaus(folder: Path, truth: Path, course: Course) -> int:
    """Write the tables, in a folder, and their truth, in another one.

    Parameters
    ----------
    folder : path
        The tables; their names sort in the order in which they arrive.
    truth : path
        ``figures.parquet`` (what each file says, and in which addition), ``singles.parquet`` (single periods of what is known in
        the end) and ``growth.csv`` (published, of the whole, and on the constant panel).
    course : Course
        As :func:`industrymap.sample.bureau_figures.draw` draws it.

    Returns
    -------
    int
        How many files.
    """
    final = _revised(course)
    count = 0
    said: dict[str, list[object]] = {name: [] for name in _COLUMNS}
    for number, sent in enumerate(_in_order(course, final), start=1):
        name = f"{number:02}_{sent.name}"
        _put(folder / name, sent.sheets)
        for row in sent.said:
            for column, value in zip(_COLUMNS, (number, name, *row), strict=True):
                said[column].append(value)
        count = number
    _write.parquet(truth / "figures.parquet", said)
    _write.parquet(truth / "singles.parquet", _singles(course, final))
    files.write_text(truth / "growth.csv", _growth(course, final))
    return count


_COLUMNS = ("addition", "file", "kind", "entity", "measure", "period", "value")


def _in_order(course: Course, final: NDArray[np.int64]) -> Iterator[_Sent]:
    """Yield the files in the order in which they arrive."""
    for place, year in enumerate(YEARS):
        if year == 2022:
            yield _sheet_a_month(course, place)
        elif year == 2023:
            yield _by_periods(course, course.monthly, place, "各区工业指标", range(len(MONTHLY)))
        else:
            for end in ENDS:
                if year == 2025 and end == _NEVER_SENT:
                    continue
                yield _month(course, place, end)
                if year == 2025 and end == ENDS[0]:
                    # Last year's figures are settled once the new year has begun.
                    yield _by_periods(course, final, 2, "各区工业总产值（年度核定数）", [0])
                if year == 2025 and end == _SLIP[0]:
                    yield _correction(course, place)
        yield _quarters(course, place)
        yield _of_firms(course, place)
    yield _of_clusters(course)


# --- monthly tables ----------------------------------------------------------------------------------------


def _sheet_a_month(course: Course, year: int) -> _Sent:
    sent = _Sent(f"{YEARS[year]}年各月工业经济指标.xlsx", [])
    for at, end in enumerate(ENDS):
        heads = ["地区", *(f"{h.text}（{h.unit}）" for h in MONTHLY)]
        heads.insert(2, "同比增长（%）")
        sheet = _Sheet(
            name=_months(end),
            title=f"{YEARS[year]}年{_months(end)}各区工业经济指标{_MARK}",
            heads=[heads],
        )
        for place in range(-1, len(course.districts)):
            sheet.rows.append(_of_place(sent, course, (place, year, at), course.monthly))
        sent.sheets.append(sheet)
    return sent


def _month(course: Course, year: int, end: int) -> _Sent:
    """Return one month's table: areas with headings of two rows; from 2025 on a sheet of the city beside it, and one month as a text."""
    at = ENDS.index(end)
    as_text = YEARS[year] == 2025 and end == _IN_GB18030
    suffix = "csv" if as_text else "xlsx"
    sent = _Sent(f"{YEARS[year]}年{_months(end)}工业月报.{suffix}", [])
    upper, lower = ["地区"], [""]
    for heading in MONTHLY:
        upper += [f"{heading.text}（{heading.unit}）"]
        lower += ["本月止累计"]
        if heading is MONTHLY[0]:
            upper, lower = [*upper, ""], [*lower, "同比±%"]
    single = ["地区", *(f"{h.text}（{h.unit}）" for h in MONTHLY)]
    single.insert(2, "同比增长（%）")
    areas = _Sheet(
        name="分区",
        title=f"{YEARS[year]}年{_months(end)}各区工业月报{_MARK}",
        heads=[single] if as_text else [upper, lower],
    )
    first = 0 if YEARS[year] == 2025 and not as_text else -1
    for place in range(first, len(course.districts)):
        areas.rows.append(_of_place(sent, course, (place, year, at), course.monthly))
    sent.sheets.append(areas)
    if first == 0:
        sent.sheets.insert(0, _of_city(sent, course, year, at))
    return sent


def _of_city(sent: _Sent, course: Course, year: int, at: int) -> _Sheet:
    """Return the sheet of the whole city: measures by rows, the month and the cumulative figure side by side."""
    end = ENDS[at]
    sheet = _Sheet(
        name="全市",
        title=f"{YEARS[year]}年{_months(end)}全市工业主要指标{_MARK}",
        heads=[["指标", "计量单位", "本月", "本月止累计"]],
    )
    if at == 0:
        # January and February are published as one: there is no month.
        sheet.heads = [["指标", "计量单位", "本月止累计"]]
    for place, heading in enumerate(MONTHLY):
        total = course.monthly[:, year, :, place].sum(axis=0)
        row: list[Cell] = [heading.text, heading.unit]
        if at:
            month = f"{YEARS[year]}-{end:02}"
            # Each table takes last month's figure from the bureau's own books, also where that table was never sent.
            row.append(sent.say("city", _city(course), heading, month, total[at] - total[at - 1]))
        row.append(sent.say("city", _city(course), heading, _period(YEARS[year], end), total[at]))
        sheet.rows.append(row)
    return sheet


def _by_periods(
    course: Course, steps: NDArray[np.int64], year: int, title: str, which: Sequence[int]
) -> _Sent:
    """Return a workbook with a sheet a measure and a column a period."""
    sent = _Sent(f"{YEARS[year]}年{title}.xlsx", [])
    for number in which:
        heading = MONTHLY[number]
        sheet = _Sheet(
            name=heading.text,
            title=f"{YEARS[year]}年各区{heading.text}{_MARK}",
            heads=[["地区", *(_months(end) for end in ENDS)]],
            unit=f"单位：{heading.unit}",
        )
        for place in range(-1, len(course.districts)):
            row: list[Cell] = [_name(course, place)]
            for at, end in enumerate(ENDS):
                amount = _amount(steps, (place, year, at), number)
                row.append(
                    sent.say(*_who(course, place), heading, _period(YEARS[year], end), amount)
                )
            sheet.rows.append(row)
        sent.sheets.append(sheet)
    if len(which) > 1:
        sent.sheets.append(_rates(sent, course, year))
    return sent


def _rates(sent: _Sent, course: Course, year: int) -> _Sheet:
    sheet = _Sheet(
        name="工业总产值同比增长",
        title=f"{YEARS[year]}年各区工业总产值同比增长{_MARK}",
        heads=[["地区", *(_months(end) for end in ENDS)]],
        unit="单位：%",
    )
    for place in range(-1, len(course.districts)):
        row: list[Cell] = [_name(course, place)]
        for at, end in enumerate(ENDS):
            rate = course.published[place + 1, year, at]
            row.append(sent.rate(*_who(course, place), _period(YEARS[year], end), rate))
        sheet.rows.append(row)
    return sheet


def _correction(course: Course, year: int) -> _Sent:
    """Return the notice that puts the slip right."""
    end, place = _SLIP
    sent = _Sent(f"{YEARS[year]}年{_months(end)}更正.xlsx", [])
    steps = course.monthly[place, year, ENDS.index(end), 0]
    cell = sent.say(*_who(course, place), MONTHLY[0], _period(YEARS[year], end), steps)
    heads = [["地区", f"{MONTHLY[0].text}（{MONTHLY[0].unit}）"]]
    title = f"{YEARS[year]}年{_months(end)}数据更正{_MARK}"
    sent.sheets.append(
        _Sheet(name="更正", title=title, heads=heads, rows=[[_name(course, place), cell]])
    )
    return sent


def _of_place(
    sent: _Sent, course: Course, where: tuple[int, int, int], steps: NDArray[np.int64]
) -> list[Cell]:
    """Return a row of all monthly measures of a place, growth of output behind output."""
    place, year, at = where
    period = _period(YEARS[year], ENDS[at])
    row: list[Cell] = [_name(course, place)]
    for number, heading in enumerate(MONTHLY):
        amount = _amount(steps, where, number)
        if number == 0 and (YEARS[year], ENDS[at], place) == (2025, *_SLIP):
            amount *= 10
        row.append(sent.say(*_who(course, place), heading, period, amount))
        if number == 0:
            rate = course.published[place + 1, year, at]
            row.append(sent.rate(*_who(course, place), period, rate))
    return row


# --- quarterly and yearly tables ---------------------------------------------------------------------------


def _quarters(course: Course, year: int) -> _Sent:
    """Return a year's quarterly workbook: for each quarter a sheet of districts and one of towns."""
    sent = _Sent(f"{YEARS[year]}年工业季报.xlsx", [])
    for quarter in range(4):
        end = quarter * 3 + 3
        period = _period(YEARS[year], end)
        for label, headings in (("各区", (*QUARTERLY, *STATES)), ("各镇街", TOWN)):
            sheet = _Sheet(
                name=f"{_months(end)}{label}",
                title=f"{YEARS[year]}年{_months(end)}{label}工业季报{_MARK}",
                heads=[[label[1:], *(f"{h.text}（{h.unit}）" for h in headings)]],
            )
            sheet.heads[0][0] = "地区" if label == "各区" else "镇街"
            kind = "district" if label == "各区" else "town"
            places = course.districts if label == "各区" else course.towns
            figures = course.town[:, year, quarter]
            if label == "各区":
                figures = np.hstack(
                    [course.quarterly[:, year, quarter], course.states[:, year, quarter]]
                )
            for place, amounts in zip(places, figures, strict=True):
                row: list[Cell] = [place.name]
                for heading, amount in zip(headings, amounts, strict=True):
                    row.append(sent.say(kind, place.code, heading, period, amount))
                sheet.rows.append(row)
            sent.sheets.append(sheet)
    return sent


def _of_firms(course: Course, year: int) -> _Sent:
    """Return the yearly figures of firms, one row each, as a text."""
    sent = _Sent(f"{YEARS[year]}年重点监测企业.csv", [])
    heads = ["统一社会信用代码", "企业名称", *(f"{h.text}（{h.unit}）" for h in FIRM)]
    title = f"{YEARS[year]}年重点监测企业主要指标{_MARK}"
    sheet = _Sheet(name="", title=title, heads=[heads])
    for firm, amounts in zip(course.firms, course.firm[:, year].tolist(), strict=True):
        if amounts[0] >= 0:
            row: list[Cell] = [firm.uscc, firm.name]
            for heading, amount in zip(FIRM, amounts, strict=True):
                row.append(sent.say("firm", firm.uscc, heading, str(YEARS[year]), amount))
            sheet.rows.append(row)
    sent.sheets.append(sheet)
    return sent


def _of_clusters(course: Course) -> _Sent:
    """Return the clusters' quarters as a long list."""
    sent = _Sent("产业集群各季度指标.csv", [])
    heads = [["对象类型", "对象", "指标", "时期", "数值", "单位"]]
    sheet = _Sheet(name="", title="", heads=heads)
    for label, years in zip(course.clusters, course.cluster, strict=True):
        for year, quarters in zip(YEARS, years, strict=True):
            for quarter, amounts in enumerate(quarters):
                end = quarter * 3 + 3
                for heading, amount in zip(TOWN, amounts, strict=True):
                    cell = sent.say("cluster", label, heading, _period(year, end), amount)
                    when = f"{year}年{_months(end)}"
                    sheet.rows.append(["cluster", label, heading.text, when, cell, heading.unit])
    sent.sheets.append(sheet)
    return sent


# --- truth -------------------------------------------------------------------------------------------------


def _revised(course: Course) -> NDArray[np.int64]:
    """Return the monthly figures as they are known in the end."""
    final = course.monthly.copy()
    for place, by in zip(_REVISED, _REVISED_BY, strict=True):
        output = final[place, YEARS.index(2024), :, 0]
        final[place, YEARS.index(2024), :, 0] = output + output * by // 1000
    return final


def _singles(course: Course, final: NDArray[np.int64]) -> dict[str, list[object]]:
    """Return the single periods of what is known in the end: each month is a difference, that after the missing one of two months."""
    columns: dict[str, list[object]] = {
        n: [] for n in ("kind", "entity", "measure", "period", "value")
    }
    for place in range(-1, len(course.districts)):
        for year, text in enumerate(YEARS):
            sent = [end for end in ENDS if (text, end) != (2025, _NEVER_SENT)]
            for number, heading in enumerate(MONTHLY):
                before, last = 0, 0
                for end in sent:
                    amount = _amount(final, (place, year, ENDS.index(end)), number)
                    period = _between(text, last + 1, end)
                    value = (amount - before) * heading.factor / heading.steps
                    row = (*_who(course, place), heading.measure, period, value)
                    for column, cell in zip(columns.values(), row, strict=True):
                        column.append(cell)
                    before, last = amount, end
    return columns


def _growth(course: Course, final: NDArray[np.int64]) -> str:
    """Return growth: of output by district, published and of the two totals; of firms' revenue, of all and on the constant panel."""
    rows: list[list[object]] = []
    for place in range(-1, len(course.districts)):
        for year in range(1, len(YEARS)):
            for at, end in enumerate(ENDS):
                if (YEARS[year], end) == (2025, _NEVER_SENT):
                    continue
                now, before = (_amount(final, (place, y, at), 0) for y in (year, year - 1))
                # In 2025 the city's own sheet states no growth.
                as_text = (YEARS[year], end) == (2025, _IN_GB18030)
                known = place >= 0 or YEARS[year] < 2025 or as_text
                published = course.published[place + 1, year, at] if known else ""
                row = [*_who(course, place), "output_10k_cny", _period(YEARS[year], end)]
                rows.append([*row, published, repr(now / before - 1), "", "", "", ""])
    for place in range(-1, len(course.districts)):
        code = _who(course, place)[1]
        inside = np.array(
            [place < 0 or _district(course, f.operating.town) == code for f in course.firms]
        )
        for year in range(1, len(YEARS)):
            one = panel(course.firm[inside, year - 1, 0], course.firm[inside, year, 0])
            row = [*_who(course, place), "revenue_10k_cny", str(YEARS[year])]
            rows.append([*row, "", repr(one.whole), repr(one.panel), one.n, one.entered, one.left])
    heads = (
        "kind",
        "entity",
        "measure",
        "period",
        "published",
        "whole",
        "panel",
        "n",
        "entered",
        "left",
    )
    return _write.csv_text(heads, rows)


# --- words and files ---------------------------------------------------------------------------------------


def _months(end: int) -> str:
    return f"1—{end}月"


def _period(year: int, end: int) -> str:
    """Return the period from January as the database writes it."""
    return _between(year, 1, end)


def _between(year: int, first: int, last: int) -> str:
    if (first, last) == (1, 12):
        return str(year)
    if first == last:
        return f"{year}-{first:02}"
    if last - first == 2 and last % 3 == 0:
        return f"{year}Q{last // 3}"
    return f"{year}-{first:02}..{last:02}"


def _city(course: Course) -> str:
    # GB/T 2260: the code of a city is that of its districts with two zeros at the end.
    return f"{course.districts[0].code[:4]}00"


def _who(course: Course, place: int) -> tuple[str, str]:
    return ("city", _city(course)) if place < 0 else ("district", course.districts[place].code)


def _name(course: Course, place: int) -> str:
    return "全市" if place < 0 else course.districts[place].name


def _district(course: Course, town: int) -> str:
    return course.towns[town].code[:6]


def _amount(steps: NDArray[np.int64], where: tuple[int, int, int], number: int) -> int:
    place, year, at = where
    return int(steps[:, year, at, number].sum() if place < 0 else steps[place, year, at, number])


def _put(path: Path, sheets: list[_Sheet]) -> None:
    if path.suffix == ".csv":
        (sheet,) = sheets
        text = f"{sheet.title}\r\n" if sheet.title else ""
        text += _write.csv_text(sheet.heads[0], [[_shown(c) for c in row] for row in sheet.rows])
        files.write_bytes(path, text.encode("gb18030"))
        return
    import xlsxwriter

    with files.atomic(path) as temporary:
        # In memory: no folder of temporary files for workbooks this small.
        book = xlsxwriter.Workbook(
            str(temporary),
            {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False},
        )
        # The date inside a workbook would differ from run to run.
        created = datetime(2026, 1, 15, tzinfo=UTC).replace(tzinfo=None)
        book.set_properties({"created": created, "comments": "模拟数据"})
        for sheet in sheets:
            page = book.add_worksheet(sheet.name)
            above: list[Sequence[Cell]] = [[sheet.title]]
            above += [[sheet.unit]] if sheet.unit else []
            for at, line in enumerate([*above, *sheet.heads, *sheet.rows]):
                page.write_row(at, 0, [None if cell == "" else cell for cell in line])
        book.close()


def _shown(cell: Cell) -> str:
    return cell if isinstance(cell, str) else f"{cell:.10g}"
