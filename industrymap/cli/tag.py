"""``industrymap tag``: label the firms of a table, or say why a firm bears its labels."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from industrymap.cli._options import Command, option, output_option
from industrymap.cli._talk import current, say
from industrymap.columns import is_missing
from industrymap.errors import ConfigError

if TYPE_CHECKING:
    import pandas as pd

    from industrymap.citypack import CityPack
    from industrymap.tagging import OfficialList

__all__ = ["command"]


@click.command(
    "tag",
    cls=Command,
    zh="按规则和官方名单为企业打标签；--explain 说明理由。\n\n多个文件先按信用代码合并，再打标签。",
)
@click.argument("files", metavar="[FILE]…", nargs=-1, type=click.Path(path_type=Path))
@output_option(
    type=click.Path(path_type=Path),
    zh="xlsx 或 csv：带标签的企业表。",
    en="xlsx or csv: firms with their labels.",
)
@option(
    "-w",
    "--workspace",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    zh="以已生成的工作区代替文件。",
    en="A built workspace, instead of files.",
)
@option(
    "--city",
    zh="城市包，其分类体系用于打标签（没有工作区时）。",
    en="City pack whose taxonomies are used, if there is no workspace.",
)
@option(
    "--rules",
    type=click.Path(path_type=Path),
    zh="自定义规则：分类体系的文件夹，或一个 <id>.rules.csv。",
    en="Your own rules: a folder of taxonomies, or one <id>.rules.csv.",
)
@option(
    "--list",
    "lists",
    metavar="TAXONOMY:LABEL=FILE",
    multiple=True,
    zh="官方名单，如 tiers:高新技术企业=名单.xlsx。",
    en="An official list, e.g. tiers:hitech=list.xlsx.",
)
@option(
    "--year", type=int, zh="参考年份，默认最近一年。", en="Reference year; by default the latest."
)
@option(
    "--explain",
    metavar="NAME",
    zh="说明该企业为何有这些标签，为何没有其他标签。",
    en="Say why this firm has its labels, and why not others.",
)
@option(
    "--strict",
    is_flag=True,
    zh="有行、名单或规则未能使用时退出码为 1。",
    en="Exit with 1 if a row, list or rule could not be used.",
)
def command(
    files: tuple[Path, ...],
    *,
    out: Path | None,
    folder: Path | None,
    city: str | None,
    rules: Path | None,
    lists: tuple[str, ...],
    year: int | None,
    explain: str | None,
    strict: bool,
) -> None:
    """Label firms by rules and official lists; --explain NAME gives the reasons.

    Several FILEs are joined by credit code into one base before they are labelled.
    """
    from industrymap import tagging

    if out is None and explain is None:
        raise ConfigError(
            "Say where the result goes (-o OUT) or which firm to explain (--explain NAME).",
            "请用 -o 指定输出文件，或用 --explain 指定要说明的企业。",
        )
    frame, pack, base_issues, year = _base(files, folder=folder, city=city, year=year)
    named = [*_workspace_lists(folder), *(_list(text) for text in lists)]
    if explain is not None:
        for line in tagging.explain(frame, explain, pack=pack, lists=named, rules=rules, year=year):
            indent = {"firm": "", "label": "  ✓ ", "not": "  ✗ "}[line.kind]
            say(indent + line.zh, indent + line.en)
        return
    tagged, tags, wrong = tagging.tag(frame, pack=pack, lists=named, rules=rules, year=year)
    _write(tagged, tags, out)
    _report(tagged, [*base_issues, wrong])
    if strict and any(
        (part["level"] == "error").any() for part in [*base_issues, wrong] if len(part)
    ):
        raise SystemExit(1)


def _base(
    files: tuple[Path, ...], *, folder: Path | None, city: str | None, year: int | None
) -> tuple[pd.DataFrame, CityPack, list[pd.DataFrame], int | None]:
    """Return firms, city pack, issues and year: of a built workspace, or from tables."""
    from industrymap import citypack, enterprises, pipeline, tables, workspace

    if folder is not None:
        space = workspace.load(folder)
        frame = pipeline.layer(space, "enterprises")
        # A workspace may say "latest" instead of a year; labelling then chooses the year itself.
        wanted = year or (space.year if isinstance(space.year, int) else None)
        return frame, citypack.load(space.city), [], wanted
    if not files:
        raise ConfigError(
            "Name a table, or a workspace with -w.", "请给出表格文件，或用 -w 指定工作区。"
        )
    if city is None:
        raise ConfigError(
            f"Name the city pack with --city; known: {', '.join(citypack.known())}.",
            f"请用 --city 指定城市包；可用：{'、'.join(citypack.known())}。",
        )
    pack = citypack.load(city)
    read = [tables.read(path) for path in files]
    base = enterprises.build(read, pack=pack, year=year)
    return base.frame, pack, [table.issues for table in read] + [base.issues], base.year


def _workspace_lists(folder: Path | None) -> list[OfficialList]:
    if folder is None:
        return []
    from industrymap import tables, tagging, workspace

    return [
        tagging.OfficialList(
            frame=table.frame, taxonomy=source.taxonomy or "", label=source.label or ""
        )
        for source in workspace.load(folder).tables
        if source.kind == "list"
        for table in tables.read_all(
            source.file, sheet=source.sheet, table=source.table, columns=source.columns
        )
    ]


def _list(text: str) -> OfficialList:
    from industrymap import tables, tagging

    head, _, path = text.partition("=")
    taxonomy, _, label = head.partition(":")
    if not (taxonomy and label and path):
        raise ConfigError(
            f"{text!r} is no list; write TAXONOMY:LABEL=FILE, e.g. tiers:高新技术企业=list.xlsx.",
            f"{text!r} 不是名单；请写作 分类:标签=文件，例如 tiers:高新技术企业=名单.xlsx。",
        )
    return tagging.OfficialList(frame=tables.read(Path(path)).frame, taxonomy=taxonomy, label=label)


def _write(frame: pd.DataFrame, tags: pd.DataFrame, out: Path | None) -> None:
    from industrymap import export, files

    if out is None:
        return
    if out.suffix.lower() == ".xlsx":
        zh = current() == "zh"
        sheets = [
            export.Sheet(name="企业" if zh else "Firms", frame=frame, layer="enterprises"),
            export.Sheet(name="标签" if zh else "Labels", frame=_plain(tags), layer="tags"),
        ]
        files.write_bytes(out, export.workbook(sheets, lang=current()))
    else:
        export.write(frame, out, layer="enterprises", lang=current())
    say(f"已写入 {out}。", f"Written: {out}.")


def _plain(tags: pd.DataFrame) -> pd.DataFrame:
    kinds: Any = {name: "string" for name in tags.columns if str(tags[name].dtype) == "category"}
    return tags.astype(kinds)


def _report(frame: pd.DataFrame, issues: list[pd.DataFrame]) -> None:
    with_cluster = int(frame["cluster"].notna().sum())
    with_tier = int(frame["tiers"].notna().sum())
    say(
        f"{len(frame):,} 家企业：有集群标签 {with_cluster:,} 家，有资质标签 {with_tier:,} 家。",
        f"{len(frame):,} firms: {with_cluster:,} with a cluster, {with_tier:,} with a tier.",
    )
    for part in issues:
        wrong = part[part["level"] != "info"] if len(part) else part
        for row in wrong.head(20).to_dict("records"):
            where = (
                str(row["source"]) if is_missing(row["row"]) else f"{row['source']}:{row['row']}"
            )
            say(
                f"  {where} {row['value']} — {row['zh']}",
                f"  {where} {row['value']} — {row['en']}",
                err=True,
            )
        if len(wrong) > 20:
            say(f"  ……共 {len(wrong):,} 条", f"  … {len(wrong):,} in all", err=True)
