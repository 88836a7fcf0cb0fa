"""One way to read a file of firms, for a build, a check and the doctor: a table, several sheets, or a layer of points."""

from __future__ import annotations

from typing import TYPE_CHECKING

from industrymap.enterprises import point_layer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from industrymap.tables import Table

__all__ = ["read_firms"]


def read_firms(  # noqa: PLR0913 - what a workspace says of one table
    path: Path,
    *,
    sheet: str | Sequence[str] | None = None,
    table: int | None = None,
    datum: str | None = None,
    columns: Mapping[str, str] | None = None,
    units: Mapping[str, str] | None = None,
) -> list[Table]:
    """Read a file of firms.

    Parameters
    ----------
    path : Path
    sheet : str or sequence of str, optional
        Sheets of a workbook, ``"*"`` for all; or the layer of a file of layers.
    table : int, optional
        Which table of a sheet.
    datum : str, optional
        Of a point layer whose file does not say.
    columns, units : mapping of str to str, optional
        As in :func:`industrymap.tables.read`.

    Returns
    -------
    tables : list of Table
        One for each sheet that was asked for.
    """
    from industrymap import tables

    if point_layer.is_layer_file(path):
        # A point layer of firms is a table whose places are known.
        name = sheet if sheet is None or isinstance(sheet, str) else next(iter(sheet))
        return [point_layer.read(path, datum=datum, table=name)]
    return tables.read_all(path, sheet=sheet, table=table, columns=columns, units=units)
