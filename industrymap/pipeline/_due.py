"""What is due in a workspace, and what of it has not come."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

from industrymap import citypack, due, files, periods, tagging, workspace
from industrymap.series import ParquetSeries

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from industrymap.due import Table

__all__ = ["due_tables", "due_template"]


def due_tables(folder: str | Path, *, on: dt.date | None = None, months: int = 12) -> pd.DataFrame:
    """Say which tables of the calendar have come by a day and which have not, and from whom.

    Parameters
    ----------
    folder : path
        The workspace.
    on : date, optional
        As known at the end of that day; today by default.
    months : int
        How far back.

    Returns
    -------
    DataFrame
        :data:`industrymap.due.COLUMNS`.

    Raises
    ------
    ConfigError
        There is no calendar, or it is wrong.

    Examples
    --------
    >>> import industrymap as im
    >>> im.due_tables(".").columns.tolist()  # doctest: +SKIP
    ['table', 'department', 'period', 'due', 'state', 'days_late', 'lacking']
    """
    day = on or dt.datetime.now(tz=dt.UTC).date()
    tables, names = _calendar(folder)
    series = ParquetSeries(workspace.load(folder).series)
    return due.check(tables, series.known(as_of=day), names, on=day, months=months)


def due_template(folder: str | Path, table: str, period: str, out: str | Path, *, lang: str = "zh") -> Path:  # fmt: skip
    """Write the workbook that a department fills in for a table of the calendar.

    Parameters
    ----------
    folder : path
        The workspace.
    table : str
        Id or name of the table.
    period : str
        In any written form.
    out : path
        The ``.xlsx``.
    lang : str

    Raises
    ------
    ConfigError
        There is no such table, or it is not sent for such a period.

    Examples
    --------
    >>> import industrymap as im
    >>> im.due_template(".", "monthly", "2025年1—3月", "月报.xlsx")  # doctest: +SKIP
    PosixPath('月报.xlsx')
    """
    tables, names = _calendar(folder)
    one = due.choose(tables, table)
    data = due.template(one, periods.parse(period), names.get(one.level, {}), lang=lang)
    return files.write_bytes(Path(out), data)


def _calendar(folder: str | Path) -> tuple[dict[str, Table], Mapping[str, Mapping[str, str]]]:
    """Return the tables, and who must report at each level."""
    space = workspace.load(folder)
    pack = citypack.load(space.city)
    tables = due.known([*pack.folders, space.folder])
    names: dict[str, dict[str, str]] = {"city": {pack.division_code: pack.name}}
    for level in ("district", "town"):
        current = pack.current(level)
        names[level] = dict(zip(current["code"].astype(str), current["name"].astype(str), strict=True))  # fmt: skip
    if any(t.level == "cluster" for t in tables.values()):
        # Which clusters must report is what they reported before: a taxonomy has branches that nobody counts.
        known = ParquetSeries(space.series).known(kind="cluster")
        labels = {x.label_id: x.zh for t in tagging.load_all(pack) for x in t.labels}
        names["cluster"] = {c: labels.get(c, c) for c in sorted(set(known["entity"].astype(str)))}
    return tables, names
