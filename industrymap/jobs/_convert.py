"""Datum and CRS conversion of the coordinates of a table or layer."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from industrymap.errors import ConfigError, DatumError, TableError
from industrymap.files import Decision
from industrymap.jobs._reading import Asked, is_table, own_headings, read_as_declared
from industrymap.workspace import LayerSource

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from industrymap.datum import Datum, Fit
    from industrymap.jobs._reading import Declared
    from industrymap.tables import Table

    Numbers = NDArray[np.float64]

__all__ = ["Control", "ConvertOptions", "Converted", "convert_file"]

_X_NAMES = (
    "lon",
    "lng",
    "long",
    "longitude",
    "经度",
    "东经",
    "x",
    "x坐标",
    "东坐标",
    "横坐标",
    "easting",
    "east",
)
_Y_NAMES = (
    "lat",
    "latitude",
    "纬度",
    "北纬",
    "y",
    "y坐标",
    "北坐标",
    "纵坐标",
    "northing",
    "north",
)
_DATUM_NAMES = (
    "datum",
    "crs",
    "坐标系",
    "坐标系统",
    "坐标系类型",
    "坐标类型",
    "坐标种类",
    "坐标基准",
)
_LOCAL = "local"
# What the numbers may say that a wrong datum explains and a few slips do not.
_CONTRADICTIONS = {"degrees", "zone", "mercator", "swapped", "unknown"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """Control points that tie a local grid to the Earth: they define the datum ``local``.

    Attributes
    ----------
    file : Path
        Table of at least 3 points with the columns ``local_x``, ``local_y``, ``lon`` and ``lat``.
    plane : str
        The projected CRS to fit in, such as ``EPSG:4547``.
    datum : str
        Datum of ``lon`` and ``lat``.
    model : str
        ``similarity`` (four parameters) or ``affine`` (six).

    Examples
    --------
    >>> Control(file=Path("control.csv"), plane="EPSG:4547").model
    'similarity'
    """

    file: Path
    plane: str
    datum: str = "wgs84"
    model: str = "similarity"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvertOptions:
    """What may be asked of a conversion besides where from and where to.

    Attributes
    ----------
    sheet : str or sequence of str, optional
        Sheets of a workbook, ``"*"`` for all; or layer of a GeoPackage or archive.
    declared : TableSource or LayerSource, optional
        What a workspace says of the file; it is then read as that workspace's build reads it.
    x, y : str, optional
        Tables: headers of longitude or easting, and of latitude or northing; usual ones are recognised.
    replace : bool
        Tables: overwrite the two columns instead of adding two.
    control : Control, optional
        Control points, where one of the two systems is ``local``.
    unlabelled : bool
        Allow GeoJSON in GCJ-02 or BD-09, which other programs take for WGS 84.
    lang : str
        Language of the headers that are written.

    Examples
    --------
    >>> ConvertOptions(x="东坐标", y="北坐标").replace
    False
    """

    sheet: str | Sequence[str] | None = None
    declared: Declared | None = None
    x: str | None = None
    y: str | None = None
    replace: bool = False
    control: Control | None = None
    unlabelled: bool = False
    lang: str = "zh"


@dataclass(frozen=True, slots=True, kw_only=True)
class Converted:
    """What came of a conversion.

    Attributes
    ----------
    written : list of Path
    done, total : int
        Rows or features with converted coordinates, and all of them.
    source, target : Datum
        ``source`` is ``None`` where each row names its own.
    notes : list of Decision
        What a person must know, in the order it was found.
    issues : DataFrame
        What reading the file found: the same that a check and a build say of it.
    """

    written: list[Path]
    done: int
    total: int
    source: Datum | None
    target: Datum
    issues: pd.DataFrame
    notes: list[Decision] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """One conversion: both systems resolved, and the notes it leaves."""

    file: Path
    output: Path
    source: Datum | None
    target: Datum
    options: ConvertOptions
    notes: list[Decision]

    def note(self, zh: str, en: str) -> None:
        self.notes.append(Decision(zh, en))


def convert_file(
    file: str | Path,
    output: str | Path,
    *,
    source: str | None = None,
    target: str = "wgs84",
    options: ConvertOptions | None = None,
) -> Converted:
    r"""Convert the coordinates of a table or layer and write it.

    Tables keep their columns and get two more whose names state the datum. A row may name its own datum in a column
    坐标系 (``datum``).

    Parameters
    ----------
    file, output : str or Path
        The format of the output follows its extension.
    source : str, optional
        Datum or CRS of ``file``: ``wgs84``, ``gcj02``, ``bd09``, ``cgcs2000``, ``EPSG:4547``, a PROJ string, or ``local``;
        needed where neither the file nor its rows say.
    target : str
        Datum or CRS of the output.
    options : ConvertOptions, optional

    Returns
    -------
    converted : Converted

    Raises
    ------
    DatumError
        A system is unknown, or the coordinates cannot be in it.
    IndustryMapError
        The file cannot be read or the output not be written.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> import industrymap as im
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "points.csv"
    ...     _ = file.write_text("名称,经度,纬度\n甲,113.2644,23.1291\n", encoding="utf-8")
    ...     done = im.convert_file(file, Path(folder) / "out.csv", source="gcj02")
    >>> done.done, done.total, done.target.id
    (1, 1, 'wgs84')
    """
    chosen = options or ConvertOptions()
    notes: list[Decision] = []
    fitted = _fit(chosen.control, notes) if chosen.control else None
    job = _Job(
        file=Path(file),
        output=Path(output),
        source=_system(source, fitted) if source else None,
        target=_system(target, fitted),
        options=chosen,
        notes=notes,
    )
    return _table(job) if is_table(job.file) else _layer(job)


def _read(job: _Job) -> Table:
    """Read a table as a check does; one of points that are no firms keeps every row under its own headings."""
    from industrymap import enterprises, tables
    from industrymap.tables import Table

    options = job.options
    # A file of firms first: its headings, units and total rows are understood. Points of any other
    # kind have no such columns.
    try:
        reads = read_as_declared(job.file, Asked(sheet=options.sheet, declared=options.declared))
    except TableError:
        # Where the workspace says what it is, the failure is the answer.
        if options.declared is not None:
            raise
        reads = tables.read_all(job.file, layer=None, sheet=options.sheet)
    return enterprises.joined([one for one in reads if isinstance(one, Table)])


def _system(text: str, fitted: Fit | None) -> Datum:
    from industrymap import datum

    if text != _LOCAL:
        return datum.resolve(text)
    if fitted is None:
        raise DatumError(
            "`local` is the grid of your control points: give them with --control.",
            "local 指由控制点确定的地方坐标系，请用 --control 给出控制点。",
        )
    return replace(
        fitted.datum, zh="地方坐标系（由控制点确定）", en="local grid (from control points)"
    )


def _fit(control: Control, notes: list[Decision]) -> Fit:
    """Tie the local grid to the control points, and say how well."""
    from industrymap import datum, tables

    table = tables.read(control.file, layer=None)
    names = ("local_x", "local_y", "lon", "lat")
    missing = [name for name in names if name not in table.frame]
    if missing:
        raise TableError(
            f"{table.name} has no column {', '.join(missing)}; control points need {', '.join(names)}.",
            f"{table.name} 缺少列 {'、'.join(missing)}；控制点表须有 {'、'.join(names)}。",
        )
    columns = [_numbers(table, name) for name in names]
    fitted = datum.fit(*columns, known=control.datum, crs=control.plane, model=control.model)
    rounded = ", ".join(f"{residual:.3f}" for residual in fitted.residuals_m)
    notes += [
        Decision(fitted.describe("zh"), fitted.describe("en")),
        Decision(f"各点残差（米）：{rounded}", f"Residuals in metres: {rounded}"),
        Decision(f"可保存为坐标系：{fitted.datum.id}", f"To keep as a datum: {fitted.datum.id}"),
    ]
    return fitted


_HALF_TURN, _QUARTER_TURN = 180, 90


def _table(job: _Job) -> Converted:
    import numpy as np

    from industrymap import datum, export

    options = job.options
    table = _read(job)
    frame = table.frame.drop(columns=["source", "source_row"], errors="ignore")
    x_name = _column(table, options.x, _X_NAMES, "--x")
    y_name = _column(table, options.y, _Y_NAMES, "--y")
    # A column 坐标系 decides row by row; --from then only serves rows that leave it empty.
    per_row = _named(frame.columns, _DATUM_NAMES)
    if job.source is None and per_row is None:
        raise _undeclared(table, x_name, y_name)
    x, y = _numbers(table, x_name), _numbers(table, y_name)
    texts = [""] * len(frame) if per_row is None else frame[per_row].fillna("").str.strip().tolist()
    x_out, y_out, refused = datum.convert_rows(
        x, y, sources=texts, default=job.source, target=job.target
    )
    for text, error in refused.items():
        rows = texts.count(text)
        job.note(f"未转换 {rows} 行：{error.zh}", f"Rows not converted: {rows}. {error.en}")
    impossible = _contradicted(job, texts, set(refused), x, y)
    if impossible.any():
        _name_rows(job, table.frame.get("source_row"), np.flatnonzero(impossible))
    # 0, 0 is how a missing place is written; the notes say so.
    nowhere = impossible | ((x == 0) & (y == 0))
    x_out[nowhere] = y_out[nowhere] = np.nan
    lost = int((~_finite(x_out, y_out)).sum())
    kept = own_headings(table, frame)
    shown = _typed(frame[list(kept)].set_axis(list(kept.values()), axis=1))
    if export.format_of(job.output) in {"csv", "xlsx"}:
        own = [kept[name] for name in (x_name, y_name) if name in kept]
        # Both coordinates of one column have no two columns that could be replaced.
        replaced = options.replace and len(own) == 2
        names = (own[0], own[1]) if replaced else _new_names(job.target, shown.columns)
        decimals = 9 if job.target.in_degrees else 4  # about 0.1 mm either way
        for name, values in zip(names, (x_out, y_out), strict=True):
            shown[name] = values.round(decimals)
        written = export.write(shown, job.output, layer="", labels=False, lang=options.lang)
    else:
        written = _as_layer(shown, x_out, y_out, job)
    return Converted(
        written=written,
        done=len(frame) - lost,
        total=len(frame),
        source=job.source,
        target=job.target,
        issues=table.issues,
        notes=job.notes,
    )


def _contradicted(
    job: _Job, texts: list[str], refused: set[str], x: Numbers, y: Numbers
) -> NDArray[np.bool_]:
    """Refuse numbers that cannot be in the datum stated for them, datum by datum; return rows that are no place at all."""
    import numpy as np

    from industrymap import datum

    impossible = np.zeros(len(x), dtype=bool)
    for text in sorted(set(texts) - refused):
        rows_of = np.array([one == text for one in texts], dtype=bool)
        stated = datum.resolve(text or job.source or "")
        try:
            _refuse_contradiction(x[rows_of], y[rows_of], stated, job.notes)
        except DatumError:
            if rows_of.all():
                raise
            # A few rows that name a system they cannot be in do not keep the others from being converted.
            impossible |= rows_of
        if stated.in_degrees:
            # 113412000 is no longitude, whatever arithmetic makes of it.
            impossible |= rows_of & ((np.abs(x) > _HALF_TURN) | (np.abs(y) > _QUARTER_TURN))
    return impossible


def _name_rows(job: _Job, rows: pd.Series[Any] | None, places: NDArray[np.intp]) -> None:
    """Say which rows of the file stay without coordinates, and how each can get its own datum."""
    numbers = [str(place + 1 if rows is None else rows.iloc[place]) for place in places]
    few = numbers[:_ROWS_NAMED]
    more = len(numbers) - len(few)
    job.note(
        f"第 {'、'.join(few)} 行{f'等 {len(numbers)} 行' if more else ''}的数不可能在所写的坐标系中，未转换；如为米制坐标，请在“坐标系”列写明，例如 EPSG:4547",
        f"Numbers of {'rows' if len(few) > 1 else 'row'} {', '.join(few)}{f' and {more} more' if more else ''} cannot be in the system stated for them: not converted; "
        "if they are metres, name their system in a column 坐标系, for example EPSG:4547",
    )


_ROWS_NAMED = 5


def _as_layer(frame: pd.DataFrame, x: Numbers, y: Numbers, job: _Job) -> list[Path]:
    """Write a table's points as a layer."""
    import geopandas as gpd
    import numpy as np
    import shapely

    from industrymap import datum, export

    # Layers are held in WGS 84 and converted by the writer, which also states the CRS in the file.
    lon, lat = datum.convert(x, y, source=job.target)
    points = np.full(len(frame), None, dtype=object)
    placed = _finite(lon, lat)
    points[placed] = shapely.points(lon[placed], lat[placed])
    layer = gpd.GeoDataFrame(frame, geometry=points, crs="EPSG:4326")
    return export.write(
        layer,
        job.output,
        layer=job.output.stem,
        crs=job.target,
        unlabelled=job.options.unlabelled,
    )


def _layer(job: _Job) -> Converted:
    from industrymap import export, layers

    said = job.options.declared
    table = job.options.sheet or (said.table if isinstance(said, LayerSource) else None)
    datum = job.source or (said.datum if said else None)
    # Every kind of shape and every column is kept: no schema is asked for.
    # A layer has one table; of several names the first is taken.
    name = table if table is None or isinstance(table, str) else next(iter(table))
    read = layers.read(job.file, layer="", datum=datum, table=name)
    job.notes.extend(decision for decision in read.decisions if decision.kind == "datum")
    written = export.write(
        read.frame,
        job.output,
        layer=job.output.stem,
        crs=job.target,
        unlabelled=job.options.unlabelled,
    )
    # Errors leave a feature out; warnings do not.
    lost = int((read.issues["level"] == "error").sum())
    return Converted(
        written=written,
        done=len(read.frame),
        total=len(read.frame) + lost,
        source=read.datum,
        target=job.target,
        issues=read.issues,
        notes=job.notes,
    )


def _column(table: Table, given: str | None, usual: Iterable[str], option: str) -> str:
    """Return the column named by the user, or the first with a usual name."""
    from industrymap.errors import did_you_mean, nearest

    columns = [str(name) for name in table.frame.columns]
    headings = {heading: column for column, heading in table.headings.items()}
    match = (
        _named(columns, usual)
        if given is None
        else headings.get(given, given if given in columns else None)
    )
    if match is None:
        hint_en, hint_zh = did_you_mean(nearest(given, columns, n=1) if given else [])
        wanted = (
            repr(given)
            if given
            else "of longitude and latitude"
            if option == "--x"
            else "of latitude"
        )
        raise TableError(
            f"{table.name} has no column {wanted}; name it with {option}. Columns: {', '.join(table.headings.values())}.{hint_en}",
            f"{table.name} 中没有{'列 ' + repr(given) if given else '坐标列'}，请用 {option} 指明。已有列：{'、'.join(table.headings.values())}。{hint_zh}",
        )
    return match


def _named(columns: Iterable[object], usual: Iterable[str]) -> str | None:
    # Without blanks and brackets: "经度(WGS84)" and "经 度" are the usual heading.
    plain = {re.sub(r"[\s_]|[（(].*", "", str(name)).lower(): str(name) for name in columns}
    return next((plain[name] for name in usual if name in plain), None)


def _undeclared(table: Table, x_name: str, y_name: str) -> DatumError:
    from industrymap import datum

    looks = datum.looks_like(_numbers(table, x_name), _numbers(table, y_name))
    return DatumError(
        f"{table.name} does not say which datum its coordinates are in. {' '.join(m.en for m in looks)} Give --from.",
        f"{table.name} 没有说明坐标系。{''.join(m.zh for m in looks)}请用 --from 指明。",
    )


def _refuse_contradiction(x: Numbers, y: Numbers, source: Datum, notes: list[Decision]) -> None:
    """Stop where most numbers cannot be in the declared datum; report smaller oddities."""
    from industrymap import datum

    for message in datum.plausible(x, y, source):
        if message.code in _CONTRADICTIONS and message.count * 2 > message.total:
            raise DatumError(
                f"The coordinates cannot be in {source.en}. {message.en}",
                f"坐标不可能是{source.zh}。{message.zh}",
            )
        notes.append(Decision(message.zh, message.en))


def _numbers(table: Table, name: str) -> Numbers:
    from industrymap import cells

    # Degrees come with minutes and seconds, too; metres are read all the same.
    numbers = cells.number(table.frame[name], unit="度")
    return numbers.to_numpy(dtype=float, na_value=float("nan"))


def _finite(x: Numbers, y: Numbers) -> NDArray[np.bool_]:
    import numpy as np

    return np.isfinite(x) & np.isfinite(y)


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    """Make columns of plain numbers numeric where one has a sign, so that nothing puts an apostrophe before it."""
    import pandas as pd

    out = frame.copy()
    for name in out.columns:
        texts = out[name].dropna()
        # Fifteen digits are what a float holds exactly: longer numbers are codes.
        if (
            texts.str.match(r"[-+]").any()
            and texts.str.fullmatch(r"[-+]?\d{1,15}(\.\d{1,12})?").all()
        ):
            out[name] = pd.to_numeric(out[name]).astype("Float64")
    return out


def _new_names(target: Datum, taken: Iterable[str]) -> tuple[str, str]:
    # A PROJ string would make an unreadable heading.
    plain = re.sub(r"\W", "", target.id.lower()) if len(target.id) < 20 else _LOCAL
    names = (f"lon_{plain}", f"lat_{plain}") if target.in_degrees else (f"x_{plain}", f"y_{plain}")
    if set(names) & set(taken):
        raise ConfigError(
            f"The table already has a column {names[0]} or {names[1]}; give --replace with --x and --y.",
            f"表中已有列 {names[0]} 或 {names[1]}，请用 --replace 并以 --x、--y 指明。",
        )
    return names
