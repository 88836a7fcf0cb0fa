"""``industrymap convert FILE -o OUT --from gcj02 --to wgs84``: datum and CRS conversion of tables and layers."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from industrymap.cli._options import Command, option, output_option, workspace_folder
from industrymap.cli._talk import current, say
from industrymap.errors import ConfigError, DatumError, TableError

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from industrymap.datum import Datum, Fit
    from industrymap.tables import Table

__all__ = ["command"]

_TABLES = {".xlsx", ".xlsm", ".xls", ".csv", ".tsv", ".txt"}
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
_DATUM_NAMES = ("datum", "crs", "坐标系", "坐标系统", "坐标系类型", "坐标基准")
_LOCAL = "local"
_CONTRADICTIONS = {"degrees", "zone", "mercator", "swapped", "unknown"}


@click.command(
    cls=Command,
    zh="转换表格或图层的坐标。\n\n各行可在“坐标系”列注明自己的坐标系。表格保留原有各列，另加两列，列名注明坐标系。CGCS2000 与 WGS 84 等同处理；西安 80 和北京 54 须有参数或控制点；GCJ-02 和 BD-09 的精度约 1 米。",
)
@click.argument("file", type=click.Path(path_type=Path))
@output_option(
    required=True,
    type=click.Path(path_type=Path),
    zh="输出文件，格式由扩展名决定。",
    en="Output file; the format follows the extension.",
)
@workspace_folder(
    "按该工作区写明的坐标系和工作表读取文件。",
    "Workspace that declares the datum and sheet of FILE.",
    default=None,
)
@option(
    "--from",
    "source",
    zh="文件的坐标系：wgs84、gcj02、bd09、cgcs2000、EPSG:4547、PROJ 参数串，或配合 --control 的 `local`。",
    en="Datum or CRS of FILE: wgs84, gcj02, bd09, cgcs2000, EPSG:4547, a PROJ string, or `local` with --control.",
)
@option(
    "--to",
    "target",
    default="wgs84",
    show_default=True,
    zh="输出的坐标系。",
    en="Datum or CRS of the output.",
)
@option(
    "--x",
    "x_name",
    zh="表格：经度或东坐标的列名（常用列名自动识别）。",
    en="Tables: header of longitude or easting (usual headers are recognised).",
)
@option(
    "--y", "y_name", zh="表格：纬度或北坐标的列名。", en="Tables: header of latitude or northing."
)
@option(
    "--replace",
    is_flag=True,
    zh="表格：覆盖原来两列，而不另加两列。",
    en="Tables: overwrite the two columns instead of adding two.",
)
@option(
    "--sheet",
    zh="工作簿的工作表，或 GeoPackage、压缩包中的图层。",
    en="Sheet of a workbook, or layer of a GeoPackage or archive.",
)
@option(
    "--control",
    type=click.Path(path_type=Path),
    zh="控制点表（至少 3 点），含列 local_x、local_y、lon、lat，由此确定 `local` 坐标系。",
    en="Table of at least 3 control points with columns local_x, local_y, lon and lat; defines the datum `local`.",
)
@option(
    "--control-datum",
    default="wgs84",
    show_default=True,
    zh="控制点中 lon、lat 的坐标系。",
    en="Datum of lon, lat in the control points.",
)
@option(
    "--plane",
    zh="配合 --control：拟合所用的投影坐标系，如 EPSG:4547。",
    en="With --control: the projected CRS to fit in, such as EPSG:4547.",
)
@option(
    "--model",
    type=click.Choice(["similarity", "affine"]),
    default="similarity",
    show_default=True,
    zh="配合 --control：四参数或六参数。",
    en="With --control: four or six parameters.",
)
@option(
    "--unlabelled",
    is_flag=True,
    zh="允许写出 GCJ-02 或 BD-09 的 GeoJSON（其他软件会误作 WGS 84）。",
    en="Allow GeoJSON in GCJ-02 or BD-09, which other programs will take for WGS 84.",
)
@option(
    "--strict",
    is_flag=True,
    zh="有行或要素未能转换时以 1 退出。",
    en="Exit with 1 if a row or feature could not be converted.",
)
def command(**options: Any) -> None:
    """Convert the coordinates of a table or layer.

    A row may name its own datum in a column `datum` (坐标系). Tables keep their columns and get two more whose names state the datum.
    CGCS2000 is treated as equal to WGS 84; Xian 1980 and Beijing 1954 need parameters or control points. GCJ-02 and BD-09 are
    accurate to about 1 m.
    """
    if options["folder"]:
        options |= _declared(options)
    fitted = _fit(options) if options["control"] else None
    source = _system(options["source"], fitted) if options["source"] else None
    target = _system(options["target"], fitted)
    convert = _table if options["file"].suffix.lower() in _TABLES else _layer
    lost = convert(options, source, target)
    if lost and options["strict"]:
        sys.exit(1)


def _declared(options: dict[str, Any]) -> dict[str, Any]:
    """Return datum and sheet of the file as a workspace declares them; what the command line says comes first."""
    from industrymap import workspace

    said = workspace.load(options["folder"]).declared(options["file"])
    return {
        "source": options["source"] or (said.datum if said else None),
        "sheet": options["sheet"] or getattr(said, "sheet", None),
    }


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


def _fit(options: dict[str, Any]) -> Fit:
    """Tie the local grid to the control points, and say how well."""
    from industrymap import datum, tables

    if not options["plane"]:
        raise DatumError(
            "--control needs --plane: the projected CRS to fit in, such as EPSG:4547.",
            "使用 --control 时须用 --plane 指明拟合所用的投影坐标系，如 EPSG:4547。",
        )
    table = tables.read(options["control"], layer=None)
    names = ("local_x", "local_y", "lon", "lat")
    missing = [name for name in names if name not in table.frame]
    if missing:
        raise TableError(
            f"{table.name} has no column {', '.join(missing)}; control points need {', '.join(names)}.",
            f"{table.name} 缺少列 {'、'.join(missing)}；控制点表须有 {'、'.join(names)}。",
        )
    columns = [_numbers(table, name) for name in names]
    found = datum.fit(
        *columns, known=options["control_datum"], crs=options["plane"], model=options["model"]
    )
    say(found.describe("zh"), found.describe("en"))
    rounded = ", ".join(f"{residual:.3f}" for residual in found.residuals_m)
    say(f"各点残差（米）：{rounded}", f"Residuals in metres: {rounded}")
    say(f"可保存为坐标系：{found.datum.id}", f"To keep as a datum: {found.datum.id}")
    return found


def _table(options: dict[str, Any], source: Datum | None, target: Datum) -> int:
    from industrymap import datum, export, tables

    table = tables.read(options["file"], layer=None, sheet=options["sheet"])
    frame = table.frame.drop(columns=["source", "source_row"], errors="ignore")
    x_name = _column(table, options["x_name"], _X_NAMES, "--x")
    y_name = _column(table, options["y_name"], _Y_NAMES, "--y")
    per_row = _named(frame.columns, _DATUM_NAMES)
    if source is None and per_row is None:
        raise _undeclared(table, x_name, y_name)
    x, y = _numbers(table, x_name), _numbers(table, y_name)
    texts = [""] * len(frame) if per_row is None else frame[per_row].fillna("").str.strip().tolist()
    done_x, done_y, refused = datum.convert_rows(x, y, sources=texts, default=source, target=target)
    for text, error in refused.items():
        rows = texts.count(text)
        say(f"未转换 {rows} 行：{error.zh}", f"Rows not converted: {rows}. {error.en}")
    for text in sorted(set(texts) - set(refused)):
        mine = [one == text for one in texts]
        _refuse_contradiction(x[mine], y[mine], datum.resolve(text or source or ""))
    lost = int((~_finite(done_x, done_y)).sum())
    shown = _typed(frame)
    if export.format_of(options["out"]) in {"csv", "xlsx"}:
        names = (x_name, y_name) if options["replace"] else _new_names(target, shown.columns)
        decimals = 9 if target.in_degrees else 4
        for name, values in zip(names, (done_x, done_y), strict=True):
            shown[name] = values.round(decimals)
        written = export.write(shown, options["out"], layer="", labels=False, lang=current())
    else:
        written = _as_layer(shown, done_x, done_y, target, options)
    _told(written, len(frame) - lost, len(frame), source, target)
    return lost


def _as_layer(
    frame: pd.DataFrame, x: Any, y: Any, target: Datum, options: dict[str, Any]
) -> list[Path]:
    """Write a table's points as a layer."""
    import geopandas as gpd
    import numpy as np
    import shapely

    from industrymap import datum, export

    lon, lat = datum.convert(x, y, source=target)
    points = np.full(len(frame), None, dtype=object)
    placed = _finite(lon, lat)
    points[placed] = shapely.points(lon[placed], lat[placed])
    layer = gpd.GeoDataFrame(frame, geometry=points, crs="EPSG:4326")
    return export.write(
        layer,
        options["out"],
        layer=options["out"].stem,
        crs=target,
        unlabelled=options["unlabelled"],
    )


def _layer(options: dict[str, Any], source: Datum | None, target: Datum) -> int:
    from industrymap import export, layers

    read = layers.read(options["file"], layer="", datum=source, table=options["sheet"])
    for decision in read.decisions:
        if decision.kind == "datum":
            say(decision.zh, decision.en)
    for issue in read.issues.to_dict("records"):
        if issue["level"] != "info":
            say(f"要素 {issue['row']}：{issue['zh']}", f"feature {issue['row']}: {issue['en']}")
    written = export.write(
        read.frame,
        options["out"],
        layer=options["out"].stem,
        crs=target,
        unlabelled=options["unlabelled"],
    )
    lost = int((read.issues["level"] == "error").sum())
    _told(written, len(read.frame), len(read.frame) + lost, read.datum, target)
    return lost


def _column(table: Table, given: str | None, usual: Iterable[str], option: str) -> str:
    """Return the column named by the user, or the first with a usual name."""
    from industrymap.errors import meant, nearest

    columns = [str(name) for name in table.frame.columns]
    headings = {heading: column for column, heading in table.headings.items()}
    found = (
        _named(columns, usual)
        if given is None
        else headings.get(given, given if given in columns else None)
    )
    if found is None:
        hint_en, hint_zh = meant(nearest(given, columns, n=1) if given else [])
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
    return found


def _named(columns: Iterable[Any], usual: Iterable[str]) -> str | None:
    plain = {re.sub(r"[\s_]|[（(].*", "", str(name)).lower(): str(name) for name in columns}
    return next((plain[name] for name in usual if name in plain), None)


def _undeclared(table: Table, x_name: str, y_name: str) -> DatumError:
    from industrymap import datum

    looks = datum.looks_like(_numbers(table, x_name), _numbers(table, y_name))
    return DatumError(
        f"{table.name} does not say which datum its coordinates are in. {' '.join(m.en for m in looks)} Give --from.",
        f"{table.name} 没有说明坐标系。{''.join(m.zh for m in looks)}请用 --from 指明。",
    )


def _refuse_contradiction(x: Any, y: Any, source: Datum) -> None:
    """Stop where most numbers cannot be in the declared datum; tell smaller oddities."""
    from industrymap import datum

    for message in datum.plausible(x, y, source):
        if message.code in _CONTRADICTIONS:
            raise DatumError(
                f"The coordinates cannot be in {source.en}. {message.en}",
                f"坐标不可能是{source.zh}。{message.zh}",
            )
        say(message.zh, message.en)


def _numbers(table: Table, name: str) -> Any:
    return table.number(name).to_numpy(dtype=float, na_value=float("nan"))


def _finite(x: Any, y: Any) -> Any:
    import numpy as np

    return np.isfinite(x) & np.isfinite(y)


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    """Make columns of plain numbers numeric where one has a sign, so that nothing puts an apostrophe before it."""
    import pandas as pd

    out = frame.copy()
    for name in out.columns:
        texts = out[name].dropna()
        if (
            texts.str.match(r"[-+]").any()
            and texts.str.fullmatch(r"[-+]?\d{1,15}(\.\d{1,12})?").all()
        ):
            out[name] = pd.to_numeric(out[name]).astype("Float64")
    return out


def _new_names(target: Datum, taken: Iterable[str]) -> tuple[str, str]:
    plain = re.sub(r"\W", "", target.id.lower()) if len(target.id) < 20 else _LOCAL
    names = (f"lon_{plain}", f"lat_{plain}") if target.in_degrees else (f"x_{plain}", f"y_{plain}")
    if set(names) & set(taken):
        raise ConfigError(
            f"The table already has a column {names[0]} or {names[1]}; give --replace with --x and --y.",
            f"表中已有列 {names[0]} 或 {names[1]}，请用 --replace 并以 --x、--y 指明。",
        )
    return names


def _told(written: list[Path], done: int, total: int, source: Datum | None, target: Datum) -> None:
    start = (
        source.name(current())
        if source
        else ("各行所注坐标系" if current() == "zh" else "each row's datum")
    )
    say(
        f"已转换 {done:,}/{total:,}：{start} → {target.zh}",
        f"Converted {done:,} of {total:,}: {start} → {target.en}",
    )
    for path in written:
        click.echo(f"  {path}")
