"""``industrymap convert FILE -o OUT --from gcj02 --to wgs84``: datum and CRS conversion of tables and layers."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

import click

from industrymap.cli._options import Command, option, output_option, workspace_folder
from industrymap.cli._talk import current, localized, say
from industrymap.errors import ConfigError

if TYPE_CHECKING:
    from typing import Unpack

    from industrymap.jobs import Control, Converted

__all__ = ["command"]


class _Options(TypedDict):
    """What the command line gives, as the options below declare it."""

    file: Path
    out: Path
    folder: Path | None
    source: str | None
    target: str
    x_name: str | None
    y_name: str | None
    replace: bool
    sheet: str | None
    control: Path | None
    control_datum: str
    plane: str | None
    model: str
    unlabelled: bool
    strict: bool


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
    zh="有行或要素未能转换时退出码为 1。",
    en="Exit with 1 if a row or feature could not be converted.",
)
def command(**options: Unpack[_Options]) -> None:
    """Convert the coordinates of a table or layer.

    A row may name its own datum in a column `datum` (坐标系). Tables keep their columns and get two more whose names state the datum.
    CGCS2000 is treated as equal to WGS 84; Xian 1980 and Beijing 1954 need parameters or control points. GCJ-02 and BD-09 are
    accurate to about 1 m.
    """
    from industrymap import jobs, workspace

    folder = options["folder"]
    # What the workspace declares of a file fills the gaps; an option typed here wins.
    said = workspace.load(folder).declared(options["file"]) if folder else None
    converted = jobs.convert_file(
        options["file"],
        options["out"],
        source=options["source"] or (said.datum if said else None),
        target=options["target"],
        options=jobs.ConvertOptions(
            sheet=options["sheet"],
            declared=said,
            x=options["x_name"],
            y=options["y_name"],
            replace=options["replace"],
            control=_control(options),
            unlabelled=options["unlabelled"],
            lang=current(),
        ),
    )
    _report(converted)
    if converted.done < converted.total and options["strict"]:
        sys.exit(1)


def _control(options: _Options) -> Control | None:
    from industrymap.jobs import Control

    if options["control"] is None:
        return None
    # Parameters are fitted in metres: degrees of the control points need a plane first.
    if not options["plane"]:
        raise ConfigError(
            "--control needs --plane: the projected CRS to fit in, such as EPSG:4547.",
            "使用 --control 时须用 --plane 指明拟合所用的投影坐标系，如 EPSG:4547。",
        )
    return Control(
        file=options["control"],
        plane=options["plane"],
        datum=options["control_datum"],
        model=options["model"],
    )


def _report(converted: Converted) -> None:
    """Say what a person must know, how much was converted, and where it is."""
    from industrymap import findings

    for line in findings.found_in_file(converted.issues):
        click.echo(line.text(current()))
    for note in converted.notes:
        say(note.zh, note.en)
    source = converted.source
    start = source.name(current()) if source else localized("各行所注坐标系", "each row's datum")
    say(
        f"已转换 {converted.done:,}/{converted.total:,}：{start} → {converted.target.zh}",
        f"Converted {converted.done:,} of {converted.total:,}: {start} → {converted.target.en}",
    )
    for path in converted.written:
        click.echo(f"  {path}")
