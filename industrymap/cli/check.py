"""``industrymap check``: what would be read, how, and every problem found."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from industrymap import aligned, schemas
from industrymap.cli._options import Command, option, workspace_folder
from industrymap.cli._talk import current, localized, say
from industrymap.cli._terminal import styled
from industrymap.errors import ConfigError, IndustryMapError, did_you_mean, nearest
from industrymap.schemas import KIND_NAMES
from industrymap.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pandas as pd

    from industrymap.jobs import Checked
    from industrymap.layers import Layer
    from industrymap.tables import Table
    from industrymap.terms import Extent

__all__ = ["command"]

_COLORS = {"error": "red", "warning": "yellow", "info": "cyan"}


@click.command(
    "check", cls=Command, zh="检查文件：读到了什么、怎样理解、有哪些问题；不写任何文件。"
)
@click.argument("paths", metavar="FILE...", nargs=-1, required=True)
@option(
    "--layer",
    metavar="LAYER",
    zh=f"按哪种图层读取（默认取能识别列最多的一种）：{'、'.join(KIND_NAMES)}，或工作区自有的图层。",
    en=f"Schema to read it with (default: the one that knows most columns): {', '.join(KIND_NAMES)}, or a layer of the workspace's own.",
)
@option(
    "--sheet",
    zh="工作簿的工作表，或 GeoPackage、压缩包中的图层。",
    en="Sheet of a workbook, or layer of a GeoPackage or archive.",
)
@option(
    "--datum",
    zh="坐标系：wgs84、gcj02、bd09、cgcs2000、EPSG:4547 等。",
    en="Datum of the coordinates: wgs84, gcj02, bd09, cgcs2000, EPSG:4547 …",
)
@workspace_folder(
    "按该工作区的设置读取：城市，及其中写明的文件的坐标系和工作表。",
    "Read as this workspace would: its city, and the datum and sheet it declares for FILE.",
    default=None,
)
@option(
    "--city",
    metavar="PACK",
    zh="坐标应在哪个城市的范围内（默认全国）。",
    en="City whose extent the coordinates should be in (default: China).",
)
@option(
    "--strict", is_flag=True, zh="有行未读入时退出码为 1。", en="Exit with 1 if rows were left out."
)
def command(
    paths: tuple[str, ...],
    *,
    layer: str | None,
    sheet: str | None,
    datum: str | None,
    folder: Path | None,
    city: str | None,
    strict: bool,
) -> None:
    """Report what would be read from FILE, how, and every problem found; write nothing."""
    from industrymap import jobs, workspace

    # Without a workspace nothing is declared: the file must speak for itself.
    space = workspace.load(folder) if folder else None
    if city and space:
        city = workspace.city_named(city, space.folder)
    extent = _extent(city or (space.city if space else None))
    schema = _schema(layer) if layer else "auto"
    refused = unusable = False
    # One unreadable file must not hide what is wrong with the others.
    for path in paths:
        try:
            found = jobs.check_file(
                path,
                options=jobs.CheckOptions(
                    layer=schema,
                    sheet=sheet,
                    datum=datum,
                    declared=space.declared(path) if space else None,
                    extent=extent,
                    lang=current(),
                ),
            )
        except IndustryMapError as error:
            say(f"✗ {error.zh}", f"✗ {error.en}", err=True)
            unusable = True
            continue
        refused = refused or found.rows_refused
        for line in _report(found):
            click.echo(line)
    # Worse than refused rows, so it decides the number even where both are true.
    if unusable:
        sys.exit(2)
    if strict and refused:
        sys.exit(1)


def _extent(city: str | None) -> Extent | None:
    from industrymap import citypack

    return citypack.load(city).extent if city else None


def _report(checked: Checked) -> Iterator[str]:
    """Say what the file is, how it was understood, its columns, its firms and its problems."""
    for found in checked.reads:
        yield from _understood(found, is_table=checked.is_table)
    yield from _firms(checked)
    # "No problems found" beside a line on odd coordinates would contradict it.
    if len(checked.issues) or not checked.odd_places:
        yield from _problems(checked.issues)
    yield ""


def _schema(layer: str) -> str:
    """Return the schema of a layer, as it is called or as its schema is called."""
    own = {record.name: record.schema for record in schemas.own().layers.values()}
    known = [*dict.fromkeys([*KIND_NAMES, *own, *schemas.names()])]
    if layer not in known:
        en, zh = did_you_mean(nearest(layer, known, n=1))
        raise ConfigError(
            f"There is no layer {layer!r}; there are {', '.join([*KIND_NAMES, *own])}.{en}",
            f"没有图层“{layer}”；可用：{'、'.join([*KIND_NAMES, *own])}。{zh}",
        )
    return own.get(layer, layer)


def _kind(name: str) -> str:
    """Return what a schema's tables are called: of a workspace's own layer, as its settings call it."""
    own = next((r for r in schemas.own().layers.values() if r.schema == name), None)
    return localized(*KIND_NAMES.get(name, (own.zh, own.en) if own else (name, name)))


def _understood(found: Table | Layer, *, is_table: bool) -> Iterator[str]:
    name = found.layer or "enterprises"
    kind = _kind(name)
    count = len(found.frame)
    units = ("行", "usable row") if is_table else ("个要素", "usable feature")
    title = localized(
        f"{found.name}：{kind}，可用 {count:,} {units[0]}",
        f"{found.name}: {kind}, {counted(count, units[1])}",
    )
    yield styled(title, bold=True)
    yield f"  {localized('理解', 'Understood')}"
    for decision in found.decisions:
        if decision.kind not in {"column", "unmatched"}:
            yield f"    {decision.text(current())}"
    # Few columns of a layer fit several schemas: say which was taken.
    hint = localized(
        f"（按{kind}对应，不对时用 --layer 指定）", f" (read as {kind}; --layer overrides)"
    )
    yield f"  {localized('列', 'Columns')}{'' if is_table else hint}"
    yield from _columns(found)
    for decision in found.decisions:
        if decision.kind == "unmatched":
            yield f"    {decision.text(current())}"


def _firms(checked: Checked) -> Iterator[str]:
    """Say what the table gives as firms, and what is odd about their coordinates."""
    if checked.firms is None:
        return
    yield f"  {localized('企业', 'Firms')}"
    for line in checked.firms.lines(current()):
        yield f"    {line}"
    if checked.odd_places:
        yield f"  {localized('坐标', 'Coordinates')}"
        for message in checked.odd_places:
            yield styled(f"    {message.text(current())}", fg="yellow")


def _columns(found: Table | Layer) -> Iterator[str]:
    """One line for each known column: heading → field, how full it is, and the first value."""
    from industrymap import jobs

    zh = current() == "zh"
    columns = list(jobs.columns_of(found))
    said = [column.decision.text(current()) for column in columns]
    # As wide as the widest, up to 64: one very long heading must not push all examples off the screen.
    width = min(max(map(aligned.width, said), default=0), 64)
    for text, column in zip(said, columns, strict=True):
        example = (
            jobs.worded(column.name, column.examples[0], current()) if column.examples else "—"
        )
        # Rounded, a few cells in a thousand would read 0 %, which means an empty column.
        part = f"{column.share:4.0%}" if column.share == 0 or column.share >= 0.005 else " <1%"
        filled = f"有值 {part}，如 {example}" if zh else f"{part} filled, e.g. {example}"
        yield f"    {aligned.pad(text, width)}  {filled}"


def _problems(issues: pd.DataFrame) -> Iterator[str]:
    from industrymap import jobs

    zh = current() == "zh"
    if issues.empty:
        yield f"  {'没有发现问题。' if zh else 'No problems found.'}"
        return
    yield f"  {localized(f'问题 {len(issues):,} 处', counted(len(issues), 'problem'))}"
    problems = jobs.problems_of(issues)
    for level, words in jobs.LEVEL_NAMES.items():
        here = [problem for problem in problems if problem.level == level]
        if not here:
            continue
        times = sum(problem.times for problem in here)
        yield styled(f"    {localized(*words)} {times:,}", fg=_COLORS[level])
        for problem in here:
            yield f"      {problem.text(current())}"
            where = problem.where(current())
            if where:
                yield f"        {where}"
