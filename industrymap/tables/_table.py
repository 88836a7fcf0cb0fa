"""What a reader hands on: strings, units, decisions and issues."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from industrymap import schemas
from industrymap.cells import boolean, date, number
from industrymap.errors import TableError, nearest
from industrymap.wording import counted

if TYPE_CHECKING:
    import pandas as pd

    from industrymap.files import Decision, Source

__all__ = ["Table"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table as it was understood.

    Attributes
    ----------
    frame : DataFrame
        One ``string`` column for each schema field found, ``field@year`` where the heading carries a year
        (``revenue_10k_cny@2023``); further columns under their own heading; ``source`` (file, with ``#sheet``) and
        ``source_row`` (``Int64``, as Excel shows it).
    layer : str or None
        The schema it was read with.
    headings : dict of str to str
        Column of the frame → heading as the file has it.
    units : dict of str to float
        Numeric column → factor to the schema's unit; ``nan`` where money is not yuan.
    year : int or None
        The year the title above the table names.
    decisions : tuple of Decision
        What was understood, for the person who sent the file.
    issues : DataFrame
        What could not be used (see :mod:`industrymap.issues`).
    source : Source
        The file, with its SHA-256.
    name : str
        File name, with ``#sheet`` where there are sheets; as in ``frame["source"]``.
    """

    frame: pd.DataFrame
    layer: str | None
    headings: dict[str, str]
    units: dict[str, float]
    year: int | None
    decisions: tuple[Decision, ...]
    issues: pd.DataFrame
    source: Source
    name: str
    mapped: tuple[str, ...] = field(default=())

    def __repr__(self) -> str:
        return (
            f"<Table {self.name!r}: {counted(len(self.frame), 'row')}, {len(self.mapped)} of "
            f"{counted(len(self.headings), 'column')} recognised; {counted(len(self.issues), 'issue')}>"
        )

    def number(self, column: str) -> pd.Series[Any]:
        """Return a numeric column as ``Float64`` in the schema's unit; unreadable cells are ``<NA>``."""
        known = self.schema_field(column)
        unit = known.unit if known else ""
        return number(self.frame[column], unit=unit, factor=self.units.get(column, 1.0))

    def boolean(self, column: str) -> pd.Series[Any]:
        """Return a column of yes and no as ``boolean``."""
        return boolean(self.frame[column])

    def date(self, column: str) -> pd.Series[Any]:
        """Return a column of dates as ``datetime64[s]``."""
        return date(self.frame[column])

    def schema_field(self, column: str) -> schemas.Field | None:
        """Return the schema's field behind a column, or ``None`` for a further column."""
        if self.layer is None or column not in self.mapped:
            return None
        return schemas.field(self.layer, column.split("@", maxsplit=1)[0])

    def years(self, name: str) -> dict[int, str]:
        """Return year → column for the columns of field ``name`` that carry a year.

        ``{2022: "revenue_10k_cny@2022", 2023: "revenue_10k_cny@2023"}``
        """
        found = (c for c in self.mapped if c.startswith(f"{name}@"))
        return dict(sorted((int(c.rsplit("@", 1)[1]), c) for c in found))

    def require(self, *names: str) -> None:
        """Raise ``TableError`` unless each field was found; ``"a|b"`` means either.

        Examples
        --------
        ``table.require("name", "operating_address|registered_address")``
        """
        have = {column.split("@")[0] for column in self.mapped}
        for wanted in names:
            options = wanted.split("|")
            if not have.intersection(options):
                raise self._without(options)

    def _without(self, options: list[str]) -> TableError:
        layer = self.layer or "enterprises"
        labels = [schemas.field(layer, name) for name in options]
        headings = list(self.headings.values())
        near = [h for label in labels for h in nearest(label.zh, headings)]
        hint_en = f" Nearest: {', '.join(near)}." if near else ""
        hint_zh = f"最接近的是：{'、'.join(near)}。" if near else ""
        en = " or ".join(f"{f.zh} ({f.en})" for f in labels)
        zh = "或".join(f"“{f.zh}”" for f in labels)
        return TableError(
            f"{self.name} has no column {en}. Columns found: {', '.join(headings)}.{hint_en}",
            f"{self.name} 缺少列{zh}。已有列：{'、'.join(headings)}。{hint_zh}",
        )
