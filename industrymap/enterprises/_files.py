"""One way to read a file of firms, for every command: a table, several sheets, a folder of files, or a layer of points."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from industrymap import files, issues
from industrymap.enterprises import point_layer
from industrymap.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from industrymap.tables import Table
    from industrymap.terms import Extent

__all__ = ["findings", "joined", "of_the_whole", "read_firms"]

_SAYS_MORE = {
    "cell.number_repaired": "amount.repaired",
    "cell.not_number": "amount.unreadable",
    "cell.not_date": "date.unreadable",
    "amount.unreadable": "cell.excel_error",
}
"""Rule of a reader → the rule that says more of the same cell."""

FILES_LEFT = issues.rule(
    "table.files_left_out",
    "warning",
    "文件夹中另有 {n} 个文件不是表格，未读入：{names}",
    "{n} further files of the folder are no tables and were not read: {names}",
)

FOLDERS_LEFT = issues.rule(
    "table.folders_left_out",
    "warning",
    "子文件夹“{names}”中也有表格，未读入；请把表格移到上一层，或在 industrymap.toml 中另列",
    "the folders {names} hold tables too, which were not read: move them up, or name them in industrymap.toml",
)


def read_firms(  # noqa: PLR0913 - what a workspace says of one table
    path: Path,
    *,
    sheet: str | Sequence[str] | None = None,
    table: int | None = None,
    datum: str | None = None,
    columns: Mapping[str, str] | None = None,
    units: Mapping[str, str] | None = None,
    extent: Extent | None = None,
) -> list[Table]:
    """Read a file of firms.

    Parameters
    ----------
    path : Path
        A table, a layer of points, or a folder whose tables are all read.
    sheet : str or sequence of str, optional
        Sheets of a workbook or layers of a file of layers, ``"*"`` for all.
    table : int, optional
        Which table of a sheet.
    datum : str, optional
        Of a point layer whose file does not say.
    columns, units : mapping of str to str, optional
        As in :func:`industrymap.tables.read`.
    extent : tuple of float, optional
        ``west, south, east, north`` of the city, degrees: where points should lie.

    Returns
    -------
    tables : list of Table
        One for each sheet that was asked for, in the order of the file.

    Raises
    ------
    IndustryMapError
        The file cannot be read, or no firm could be identified in it.
    """
    from industrymap import tables

    # A File Geodatabase is a folder and one file.
    if path.is_dir() and path.suffix.lower() != ".gdb":
        return _of_folder(
            path, sheet=sheet, table=table, datum=datum, columns=columns, units=units, extent=extent
        )
    if point_layer.is_layer_file(path):
        # A point layer of firms is a table whose places are known.
        return [
            point_layer.read(path, datum=datum, table=name, extent=extent)
            for name in point_layer.asked(path, sheet)
        ]
    return tables.read_all(path, sheet=sheet, table=table, columns=columns, units=units)


def findings(parts: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Return the issues of reading files and of the firms in them as one table, in which no cell is reported twice.

    Parameters
    ----------
    parts : iterable of DataFrame
        Issues tables.
    """
    return issues.once(issues.concat(parts), _SAYS_MORE)


_OF_MANY_ROWS = ("table.second_left_out", "year.part_of_year")
"""Rules whose issue names the first of the rows it speaks of."""


def of_the_whole(found: pd.DataFrame) -> pd.DataFrame:
    """Return the issues that concern a file as a whole and call for a look: sheets and tables left out, units assumed.

    Parameters
    ----------
    found : DataFrame
        Issues table.
    """
    of_file = found["row"].isna() | found["rule"].isin(_OF_MANY_ROWS)
    return found[of_file & (found["level"] != "info")]


def _of_folder(folder: Path, **said: object) -> list[Table]:
    """Read every table of a folder; one that cannot be read refuses all: a district must not go missing without a word."""
    here = [p for p in sorted(folder.iterdir()) if not p.name.startswith((".", "~$"))]
    taken = [p for p in here if _is_table(p)]
    if not taken:
        raise TableError(
            f"{folder} holds no table; name a file or a folder of tables.",
            f"{folder} 中没有表格文件，请给出表格文件或存放表格的文件夹。",
        )
    found = [one for path in taken for one in read_firms(path, **said)]  # type: ignore[arg-type]
    folders = [p for p in here if p.is_dir() and any(map(_is_table, p.rglob("*")))]
    left = [p.name for p in here if p not in taken and p not in folders]
    told = [(FILES_LEFT, left), (FOLDERS_LEFT, [p.name for p in folders])]
    records = [
        {"rule": rule, "source": folder.name, "n": len(names), "names": "、".join(names)}
        for rule, names in told
        if names
    ]
    # With the first table, since a folder has no table of its own to report with.
    found[0] = replace(
        found[0], issues=issues.concat([issues.from_records(records), found[0].issues])
    )
    return found


def _is_table(path: Path) -> bool:
    return path.is_file() and path.suffix.lower().lstrip(".") in files.TABLES


def joined(tables: Sequence[Table]) -> Table:
    """Put the tables of one file under one another, for a command that writes one table.

    Parameters
    ----------
    tables : sequence of Table
        As :func:`read_firms` returns them.

    Returns
    -------
    table : Table
        With every row, decision and issue. Numbers keep the unit of their own sheet: they are copied, not added up.
    """
    first = tables[0]
    if len(tables) == 1:
        return first
    return replace(
        first,
        frame=pd.concat([one.frame for one in tables], ignore_index=True),
        headings={k: v for one in reversed(tables) for k, v in one.headings.items()},
        decisions=tuple(decision for one in tables for decision in one.decisions),
        issues=issues.concat([one.issues for one in tables]),
        mapped=tuple(dict.fromkeys(name for one in tables for name in one.mapped)),
        name=first.source.name,
    )
