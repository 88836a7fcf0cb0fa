"""``industrymap export``: any layer of a workspace, filtered, in any format."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from industrymap.cli._chosen import say_absent
from industrymap.cli._options import Command, option, output_option, workspace_option
from industrymap.cli._talk import current, say
from industrymap.cli._withheld import say_withheld
from industrymap.wording import counted

__all__ = ["command"]

_FORMATS = ("geojson", "gpkg", "shp", "kml", "parquet", "xlsx", "csv")


@click.command(
    cls=Command,
    zh="把上次生成的图层写入文件。\n\nGeoJSON 和 KML 一律为 WGS 84；xlsx 和 csv 的列名随提示语言（--lang）。",
)
@option(
    "--layer",
    required=True,
    zh="企业、园区、区块、区、镇街，或自定义的图层名。",
    en="enterprises, parks, blocks, districts, towns, or one of your own.",
)
@option(
    "--format",
    "format_",
    type=click.Choice(_FORMATS),
    zh="格式，默认由输出文件的扩展名决定。",
    en="Format; by default from the extension of the output.",
)
@output_option(
    required=True,
    type=click.Path(path_type=Path),
    zh="输出文件；.zip 为打包的 Shapefile。",
    en="Output file; .zip packs a Shapefile.",
)
@option(
    "--where",
    zh="筛选条件，如“区 = 白云区 且 容积率 < 0.85”。",
    en='A filter, such as "route = upgrade and far < 0.85".',
)
@option(
    "--crs",
    zh="gpkg、shp、parquet 的坐标系（如 EPSG:4547）；xlsx、csv 为坐标列的坐标系。",
    en="CRS of gpkg, shp and parquet (EPSG:4547); for xlsx and csv the datum of the coordinate columns.",
)
@option(
    "--fields",
    zh="要写出的列，用逗号隔开；默认 xlsx、csv 写常用列，其他格式写全部列。",
    en="Columns to write, separated by commas; by default the usual ones in xlsx and csv, all in the other formats.",
)
@option(
    "--columns",
    type=click.Choice(["usual", "all"]),
    default="usual",
    show_default=True,
    zh="xlsx、csv 的列：usual 为常用列（亩、万元，已取整），all 为全部列和原始单位。",
    en="xlsx and csv: usual for those people read (mu, 10k yuan, rounded), all for every column in the unit it is stored in.",
)
@option(
    "--names",
    is_flag=True,
    zh="xlsx、csv：写字段名和代码，不写中文名称。",
    en="xlsx and csv: field names and codes instead of labels and words.",
)
@option(
    "--all",
    "everything",
    is_flag=True,
    zh="企业：也包括未达门槛或没有营业收入的。",
    en="Enterprises: also those below the threshold or without revenue.",
)
@option(
    "--profile",
    type=click.Choice(["internal", "public"]),
    default="internal",
    show_default=True,
    zh="public 为公开版：只含列明的字段，汇总数至少 3 家企业，坐标取整。",
    en="public: listed columns only, aggregates of at least 3 firms, rounded coordinates.",
)
@workspace_option
def command(**options: Any) -> None:
    """Write a layer of the last build to a file.

    GeoJSON and KML are always WGS 84. xlsx and csv carry labels in the language of messages (--lang).
    """
    from industrymap import pipeline, workspace

    space = workspace.load(options["folder"])
    wanted = pipeline.ExportOptions(
        layer=options["layer"],
        format=options["format_"],
        where=options["where"],
        crs=options["crs"],
        fields=options["fields"],
        usual=options["columns"] == "usual",
        names=options["names"],
        everything=options["everything"],
        public=options["profile"] == "public",
        lang=current(),
    )
    done = pipeline.export_built(space, options["out"], wanted)
    say_absent(done.absent)
    say(f"已导出 {done.rows:,} 条", f"{counted(done.rows, 'row')} exported")
    for path in done.files:
        click.echo(f"  {path}")
    if done.release is not None:
        say_withheld(done.release, space)
