"""``industrymap export``: any layer of a workspace, filtered, in any format."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from industrymap.cli._chosen import listed_fields, rows_kept
from industrymap.cli._options import Command, option, output_option, workspace_option
from industrymap.cli._talk import current, localized, say
from industrymap.cli._withheld import say_withheld
from industrymap.errors import ConfigError
from industrymap.wording import counted

if TYPE_CHECKING:
    import pandas as pd

    from industrymap.export import Meta
    from industrymap.publishing import Release
    from industrymap.workspace import Workspace

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
    from industrymap import export, pipeline, workspace

    space = workspace.load(options["folder"])
    name = _layer_name(options["layer"])
    schema = space.schema_of(name)
    # An unknown ending is refused before the layer is read.
    export.format_of(options["out"], options["format_"])
    # Only what was decided for publication: a public export is cut from the release and never from
    # the base.
    release = pipeline.public_release(space, name) if options["profile"] == "public" else None
    frame = _frame(space, name, schema, options, release)
    write = partial(
        export.write,
        frame,
        layer=schema or name,
        name=name,
        format=options["format_"],
        crs=options["crs"],
        lang=current(),
        fields=listed_fields(options["fields"], frame, layer=schema),
        labels=not options["names"],
        everyday=options["columns"] == "usual" and not options["names"],
        meta=_meta(space, name, options),
    )
    if release is None:
        # A public file is searched for the values of single firms before it is put in place, and
        # remembered for the next one.
        written = write(options["out"])
    else:
        written = pipeline.write_public_layer(space, options["out"], write, release)
    say(f"已导出 {len(frame):,} 条", f"{counted(len(frame), 'row')} exported")
    for path in written:
        click.echo(f"  {path}")
    if release is not None:
        say_withheld(release, space)


def _layer_name(text: str) -> str:
    """Return the layer that a short or Chinese name means; any other name as it is."""
    from industrymap import schemas

    words = {word: r.name for r in schemas.layers() for word in (r.id, r.zh, *r.words)}
    return words.get(text, text)


def _frame(
    space: Workspace, name: str, schema: str, options: dict[str, Any], release: Release | None
) -> pd.DataFrame:
    """Return the rows to write: of the base, fit to be published, and as the filter wants them."""
    from industrymap import filters, pipeline

    chosen = filters.parse(options["where"]) if options["where"] else None
    frame: pd.DataFrame = pipeline.layer(space, name) if release is None else release.layers[name]
    if name == "enterprises" and not options["everything"]:
        frame = frame[frame["in_base"].fillna(value=False).astype(bool)]
    # Checked once the filter is bound to the layer's fields: it may name a column in Chinese.
    if release is not None and chosen is not None:
        _only_public(chosen.bind(schema).fields(), schema)
    if chosen is None:
        return frame
    return rows_kept(space, frame, chosen, layer=schema or name)


def _only_public(asked: tuple[str, ...], schema: str) -> None:
    """Refuse a filter over unpublished columns: which rows it keeps would tell their values."""
    from industrymap import publishing

    private = [name for name in asked if name not in publishing.fields(schema)]
    if private:
        raise ConfigError(
            f"A public export cannot be filtered by {', '.join(private)}: the rows it keeps would tell their values.",
            f"公开导出不能按 {'、'.join(private)} 筛选：保留的行会泄露其数值。",
        )


def _label(space: Workspace, name: str) -> str:
    """Return what people call a layer, in the language of messages."""
    from industrymap import schemas

    known = {record.name: record for record in schemas.layers()}
    record = known.get(name) or space.record(name)
    return record.label(current()) or name


def _meta(space: Workspace, name: str, options: dict[str, Any]) -> Meta:
    from industrymap import publishing

    where = options["where"]
    notes = [localized(f"筛选条件：{where}", f"filter: {where}")] if where else []
    if options["profile"] == "public":
        notes.append(publishing.note(space.review_number))
    return space.about(title=f"{space.title} · {_label(space, name)}", note="；".join(notes))
