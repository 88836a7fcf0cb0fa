"""What is due from which department by which day, and what of it has not come: a calendar that is data.

A calendar is ``due.toml`` in the city pack or the workspace. No document gives one for any city, so none ships but that of the invented one.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from industrymap import export, files, schemas, settings
from industrymap.errors import ConfigError, did_you_mean, nearest
from industrymap.periods import Period

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

__all__ = ["COLUMNS", "FILE", "Table", "check", "choose", "known", "period_of", "template"]

FILE = "due.toml"
"""Name of the calendar in a city pack or a workspace."""
COLUMNS = ("table", "department", "period", "due", "state", "days_late", "lacking")
"""``state`` is ``there``, ``part``, ``missing`` or ``ahead`` (not due yet); ``lacking`` names what has not come."""

_EVERY = ("month", "quarter", "year")
_LEVELS = ("city", "district", "town", "cluster")
_HEADS = {"city": ("市", "City"), "district": ("区", "District"), "town": ("镇街", "Town"), "cluster": ("集群", "Cluster")}  # fmt: skip
_LAST_DAY = 28
"""A day that every month has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table that a department sends.

    Attributes
    ----------
    id, zh, en : str
    department : str
    level : str
        Whose figures: ``city``, ``district``, ``town`` or ``cluster``.
    measures : tuple of str
    every : str
        ``month`` (January and February as one), ``quarter`` or ``year``.
    day : int
        Of the month after the period's end, 1 to 28; ``months_after`` later.
    months_after : int
        1 for the month after.
    """

    id: str
    zh: str
    en: str
    department: str
    level: str
    measures: tuple[str, ...]
    every: str
    day: int
    months_after: int

    def due(self, period: Period) -> dt.date:
        """Return the day by which the table of a period is due.

        Examples
        --------
        >>> table = Table(id="m", zh="月报", en="Monthly", department="统计局", level="district", measures=(), every="month", day=20, months_after=1)
        >>> table.due(Period(2024, 1, 12))
        datetime.date(2025, 1, 20)
        """
        year, month = divmod(period.year * 12 + period.last - 1 + self.months_after, 12)
        return dt.date(year, month + 1, self.day)


def known(folders: Sequence[Path]) -> dict[str, Table]:
    """Read the calendars of a city pack and a workspace; a later folder's table goes before an earlier one's of the same id.

    Raises
    ------
    ConfigError
        No folder has a calendar, or one is wrong: every mistake at once.
    """
    out: dict[str, Table] = {}
    for folder in folders:
        path = folder / FILE
        if path.is_file():
            text = files.read_text(files.check(path, allow=("toml",)))
            keys = settings.parse(text, name=path.name, error=ConfigError)
            for entry in keys.entries("table"):
                table = _read(entry)
                out[table.id] = table
            keys.finish()
            keys.check()
    if not out:
        raise ConfigError(
            f"There is no calendar: put a {FILE} into the workspace (docs/en/brief.md shows one).",
            f"没有报送日历：请在工作区放一个 {FILE}（写法见 docs/zh/brief.md）。",
        )
    return out


def _read(keys: settings.Keys) -> Table:
    texts = {k: keys.text(k, required=True) for k in ("id", "zh", "department")}
    level = keys.choice("level", _LEVELS, default="district")
    every = keys.choice("every", _EVERY, default="month")
    en, measures = keys.text("en", default=texts["zh"]), tuple(keys.texts("measures"))
    day, after = keys.whole("day", required=True) or 0, keys.whole("months_after")
    keys.finish()
    if not 1 <= day <= _LAST_DAY:
        keys.fault(f"{keys.name}.day = {day} should be 1 to {_LAST_DAY}", f"{keys.name}.day = {day} 应为 1 至 {_LAST_DAY}")  # fmt: skip
    if not measures:
        keys.fault(f"{keys.name}.measures is missing", f"缺少 {keys.name}.measures")
    listed = {m.id for m in schemas.measures()}
    for name in measures:
        if name not in listed:
            hint_en, hint_zh = did_you_mean(nearest(name, sorted(listed), n=1), plain=True)
            keys.fault(f"{keys.name}: there is no measure {name!r}{hint_en}", f"{keys.name}：没有指标“{name}”{hint_zh}")  # fmt: skip
    return Table(**texts, en=en, level=level, measures=measures, every=every, day=day, months_after=1 if after is None else after)  # fmt: skip


def choose(tables: Mapping[str, Table], id_: str) -> Table:
    """Return the table of an id, or of a name.

    Raises
    ------
    ConfigError
        There is none.
    """
    for table in tables.values():
        if id_ in {table.id, table.zh, table.en}:
            return table
    en, zh = did_you_mean(nearest(id_, list(tables), n=1))
    raise ConfigError(
        f"The calendar has no table {id_!r}; it has: {', '.join(tables)}.{en}",
        f"报送日历中没有“{id_}”；有：{'、'.join(tables)}。{zh}",
    )


def check(
    tables: Mapping[str, Table],
    observed: pd.DataFrame,
    names: Mapping[str, Mapping[str, str]],
    *,
    on: dt.date,
    months: int = 12,
) -> pd.DataFrame:
    """Say what has come and what has not.

    Parameters
    ----------
    tables : mapping of str to Table
    observed : DataFrame
        What was known at the end of the day: :meth:`industrymap.series.ParquetSeries.known` with ``as_of=on``.
    names : mapping
        Level → code → name of every area that must report.
    on : date
    months : int
        How far back periods are looked at, by the day they were due; those due within the next month are listed as ahead.

    Returns
    -------
    DataFrame
        :data:`COLUMNS`, the latest due first.
    """
    held = set(zip(*(observed[c].astype(str) for c in ("kind", "entity", "measure", "period")), strict=True))  # fmt: skip
    rows = []
    for table in tables.values():
        for period in _periods(table, on, months):
            due = table.due(period)
            lacking = _lacking(table, period, held, names.get(table.level, {}))
            whole = len(lacking) == len(names.get(table.level, {})) and bool(lacking)
            state = "ahead" if lacking and due >= on else "there" if not lacking else "missing" if whole else "part"  # fmt: skip
            late = (on - due).days if state in {"missing", "part"} else 0
            rows.append((table.id, table.department, period.text("zh"), due.isoformat(), state, late, "、".join(lacking)))  # fmt: skip
    out = pd.DataFrame(rows, columns=list(COLUMNS))
    return out.sort_values(["due", "table"], ascending=[False, True], kind="stable").reset_index(drop=True)  # fmt: skip


def _periods(table: Table, on: dt.date, months: int) -> Iterator[Period]:
    """Yield the periods whose day lies in the months before ``on`` or in the one after, oldest first."""
    step = {"month": 1, "quarter": 3, "year": 12}[table.every]
    here = on.year * 12 + on.month - 1
    for number in range(here - months - table.months_after - 12, here + 1):
        year, month = divmod(number, 12)
        last = month + 1
        # January is sent with February.
        if last % step or (table.every == "month" and last == 1):
            continue
        period = Period(year, 1, last)
        due = table.due(period)
        if here - months <= due.year * 12 + due.month - 1 <= here + 1:
            yield period


def _lacking(
    table: Table,
    period: Period,
    held: set[tuple[str, ...]],
    names: Mapping[str, str],
) -> list[str]:
    """Return the areas that have not sent every measure, as counted from January or for the last month or quarter alone."""
    step = {"month": 1, "quarter": 3, "year": 12}[table.every]
    ways = {str(period), str(Period(period.year, period.last - step + 1, period.last))}
    return [
        name
        for code, name in names.items()
        if not all(any((table.level, code, m, w) in held for w in ways) for m in table.measures)
    ]


def period_of(table: Table, period: Period) -> Period:
    """Return the months from January that a table of a period states.

    Raises
    ------
    ConfigError
        The table is not sent for such a period.
    """
    step = {"month": 1, "quarter": 3, "year": 12}[table.every]
    if period.last % step or (table.every == "month" and period.last == 1):
        raise ConfigError(
            f"{table.id} is sent every {table.every} and not for {period}.",
            f"{table.zh}不按{period.text('zh')}报送。",
        )
    return period.cumulative


def template(table: Table, period: Period, names: Mapping[str, str], *, lang: str = "zh") -> bytes:
    """Return the workbook that a department fills in for a period: a row an area, a column a measure, as ``series import`` reads it.

    Parameters
    ----------
    table : Table
    period : Period
    names : mapping of str to str
        Code → name of the areas.
    lang : str
    """
    period = period_of(table, period)
    head = _HEADS[table.level][0 if lang == "zh" else 1]
    listed = [schemas.measure(m) for m in table.measures]
    # The Chinese name and unit in either language: the reader of tables knows them.
    frame = pd.DataFrame({head: list(names.values())} | {f"{m.zh}（{m.unit}）": pd.array([pd.NA] * len(names), dtype="Float64") for m in listed})  # fmt: skip
    title = f"{period.text('zh')}{table.zh}"
    note = f"由{table.department}填报，{table.due(period).isoformat()} 前；累计数；不知道的留空（空白不等于 0）。"
    sheet = export.Sheet(name=table.zh[:31], frame=frame, heading=(title,), notes=(note,))
    return export.workbook([sheet], lang=lang)
