"""What would be read from a file, how, and every problem found."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from industrymap.errors import LayerError
from industrymap.jobs._firms import far_places, look, odd_places

if TYPE_CHECKING:
    import pandas as pd

    from industrymap.files import Decision
    from industrymap.jobs._firms import Extent, Firms
    from industrymap.layers import Layer
    from industrymap.tables import Table

__all__ = ["TABLES", "CheckOptions", "Checked", "check_file"]

TABLES = frozenset({".xlsx", ".xlsm", ".xls", ".csv", ".tsv", ".txt"})
"""Extensions of files that are tables whatever they hold; Parquet may be either."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A file as it would be read.

    Attributes
    ----------
    read : Table or Layer
        Rows or features that can be used, with every decision about the file.
    is_table : bool
        Whether it is a table.
    firms : Firms or None
        For a table of enterprises: the firms in it.
    issues : DataFrame
        Every problem a build would raise of this file by itself.
    odd_places : tuple of Decision
        What is odd about the coordinates of a table.
    """

    read: Table | Layer
    is_table: bool
    firms: Firms | None
    issues: pd.DataFrame
    odd_places: tuple[Decision, ...]

    @property
    def rows_refused(self) -> bool:
        """Whether something was left out."""
        return bool((self.issues["level"] == "error").any())


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckOptions:
    """How a file is to be read.

    Attributes
    ----------
    layer : str
        Schema it is read with; by default the one that knows most columns.
    sheet : str, optional
        Sheet of a workbook, or layer of a GeoPackage or archive.
    datum : str, optional
        Datum of its coordinates, where the file does not say.
    extent : tuple of float, optional
        Where coordinates are expected: west, south, east, north in degrees; by default in China.
    lang : str
        ``zh`` or ``en``: how issues call columns that have no heading of their own.

    Examples
    --------
    >>> CheckOptions(layer="industrial_blocks", datum="gcj02").sheet is None
    True
    """

    layer: str = "auto"
    sheet: str | None = None
    datum: str | None = None
    extent: Extent | None = None
    lang: str = "zh"


def check_file(path: str | Path, *, options: CheckOptions | None = None) -> Checked:
    r"""Say what would be read from a file, how, and every problem found; nothing is written.

    Parameters
    ----------
    path : str or Path
    options : CheckOptions, optional

    Returns
    -------
    checked : Checked

    Raises
    ------
    IndustryMapError
        The file is missing, refused, or holds nothing that can be used.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> import industrymap as im
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "firms.csv"
    ...     _ = file.write_text("企业名称,营业收入(万元)\n甲公司,1200\n乙公司,不详\n", encoding="utf-8")
    ...     checked = im.check_file(file)
    >>> checked.firms.base.counts["firms"], checked.issues["rule"].tolist()[:1]
    (2, ['revenue.missing'])
    """
    from industrymap import issues
    from industrymap.tables import Table

    chosen = options or CheckOptions()
    read = _read(Path(path), chosen)
    if not isinstance(read, Table) or read.layer != "enterprises":
        return Checked(
            read=read,
            is_table=isinstance(read, Table),
            firms=None,
            issues=read.issues,
            odd_places=(),
        )
    firms = look(read, chosen.lang)
    odd = odd_places(read, extent=chosen.extent)
    found = [firms.issues]
    if chosen.extent is not None:
        found.append(far_places(read, extent=chosen.extent))
    return Checked(
        read=read,
        is_table=True,
        firms=firms,
        issues=issues.concat(found),
        odd_places=tuple(odd),
    )


def _read(path: Path, options: CheckOptions) -> Table | Layer:
    from industrymap import layers, tables
    from industrymap.enterprises import point_layer

    if path.suffix.lower() in TABLES:
        return tables.read(path, sheet=options.sheet, layer=options.layer)
    try:
        found = layers.read(
            path,
            layer=options.layer,
            table=options.sheet,
            datum=options.datum,
            extent=options.extent,
        )
    except LayerError:
        if path.suffix.lower() != ".parquet":
            raise
    else:
        if found.layer != "enterprises":
            return found
        # A build takes a layer of firms as a table; so must its check.
        return point_layer.read(
            path, datum=options.datum, table=options.sheet, extent=options.extent
        )
    # Parquet without a geometry is a table.
    return tables.read(path, layer=options.layer)
