"""What would be read from a file, how, and every problem found."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from industrymap import files, issues
from industrymap.jobs._firms import far_places, look, odd_places
from industrymap.jobs._reading import Asked, read_as_declared
from industrymap.wording import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from industrymap.files import Decision
    from industrymap.jobs._firms import Firms
    from industrymap.jobs._reading import Declared
    from industrymap.layers import Layer
    from industrymap.tables import Table
    from industrymap.terms import Extent

__all__ = ["CheckOptions", "Checked", "check_file"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A file as it would be read.

    Attributes
    ----------
    reads : tuple of Table or Layer
        Rows or features that can be used, with every decision about the file: one for each sheet or file that was read.
    is_table : bool
        Whether it is a table.
    firms : Firms or None
        For a table of enterprises: the firms in it.
    issues : DataFrame
        Every problem a build would raise of this file by itself.
    odd_places : tuple of Decision
        What is odd about the coordinates of a table.
    """

    reads: tuple[Table | Layer, ...]
    is_table: bool
    firms: Firms | None
    issues: pd.DataFrame
    odd_places: tuple[Decision, ...]

    def __repr__(self) -> str:
        reads = ", ".join(map(repr, self.reads))
        return f"<Checked {reads}; {counted(len(self.issues), 'issue')}>"

    @property
    def read(self) -> Table | Layer:
        """The first of what was read: the only one, where the file holds one table or layer."""
        return self.reads[0]

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
    sheet : str or sequence of str, optional
        Sheets of a workbook, ``"*"`` for all; or layer of a GeoPackage or archive.
    datum : str, optional
        Datum of its coordinates, where the file does not say.
    declared : TableSource or LayerSource, optional
        What a workspace says of the file (:meth:`industrymap.workspace.Workspace.declared`): it is then read as that
        workspace's build reads it.
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
    sheet: str | Sequence[str] | None = None
    datum: str | None = None
    declared: Declared | None = None
    extent: Extent | None = None
    lang: str = "zh"


NO_SHAPES = issues.rule(
    "table.no_shapes",
    "warning",
    "表格没有图形，不能作“{layer}”图层：须另有面图层；表中的属性可用 industrymap changes plan 核对、apply 并入",
    "a table has no shapes and cannot be the layer {layer_en}: a layer of areas is needed; the table's attributes are brought in with "
    "industrymap changes plan and apply",
)


def _without_shapes(reads: Sequence[Table | Layer]) -> list[pd.DataFrame]:
    """Say of tables that would be layers of areas what a build says: they have no shapes."""
    from industrymap import schemas
    from industrymap.tables import Table

    tables_alone = []
    for one in reads:
        layer = schemas.layer(one.layer) if isinstance(one, Table) and one.layer else None
        if layer is not None and layer.geometry == "area":
            record = {"rule": NO_SHAPES, "source": one.name, "layer": layer.zh, "layer_en": layer.en}  # fmt: skip
            tables_alone.append(issues.from_records([record]))
    return tables_alone


def _with_place(read: Table | Layer, extent: Extent | None) -> Table | Layer:
    """Say where a layer in plain metres lies: without a city, a wrong central meridian looks like a right one."""
    from industrymap.datum import gauss_kruger
    from industrymap.layers import Layer

    if not isinstance(read, Layer) or extent is not None or read.frame.empty:
        return read
    code = read.datum.id.removeprefix("EPSG:")
    zone = gauss_kruger(int(code)) if code.isdigit() else None
    # Eastings that begin with the number of their zone tell it themselves.
    if zone is None or zone.zone is not None:
        return read
    west, south, east, north = read.frame.total_bounds
    place = files.Decision(
        f"没有指定城市（--city 或 -w），位置未核对：按 {zone.meridian}°E 读取，图形位于东经 {west:.2f}–{east:.2f}、北纬 {south:.2f}–{north:.2f}。",
        f"No city was named (--city or -w), so the place was not checked: with {zone.meridian}°E the shapes lie at {west:.2f}–{east:.2f}°E, "
        f"{south:.2f}–{north:.2f}°N.",
        "crs",
    )
    return replace(read, decisions=(*read.decisions, place))


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
    from industrymap.tables import Table

    chosen = options or CheckOptions()
    asked = Asked(
        layer=chosen.layer,
        sheet=chosen.sheet,
        datum=chosen.datum,
        declared=chosen.declared,
        extent=chosen.extent,
    )
    found = read_as_declared(Path(path), asked)
    reads = [_with_place(one, chosen.extent) for one in found]
    firms = [one for one in reads if isinstance(one, Table) and one.layer == "enterprises"]
    # A list of cities or a layer of parks has nothing that the base could say of it.
    if not firms:
        return Checked(
            reads=tuple(reads),
            is_table=isinstance(reads[0], Table),
            firms=None,
            issues=issues.concat([*_without_shapes(reads), *(one.issues for one in reads)]),
            odd_places=(),
        )
    looked = look(firms, chosen.lang, declared=chosen.declared)
    # What is asked for goes before what the workspace declares, as in reading.
    given = chosen.datum or (chosen.declared.datum if chosen.declared else None)
    odd = [said for one in firms for said in odd_places(one, extent=chosen.extent, given=given)]
    problems = [looked.issues]
    # Without a city nobody knows what is far.
    if chosen.extent is not None:
        problems += [far_places(one, extent=chosen.extent, given=given) for one in firms]
    return Checked(
        reads=tuple(reads),
        is_table=True,
        firms=looked,
        issues=issues.concat(problems),
        # Sheets of one workbook repeat the same oddity.
        odd_places=tuple(dict.fromkeys(odd)),
    )
