"""``industrymap check``: what would be read, how, and every problem found."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from industrymap import aligned
from industrymap.cli._options import Command, option, workspace_folder
from industrymap.cli._talk import current, localized, say
from industrymap.cli._terminal import styled
from industrymap.errors import IndustryMapError
from industrymap.schemas import PARKS
from industrymap.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pandas as pd

    from industrymap.files import Decision
    from industrymap.jobs import Checked
    from industrymap.layers import Layer
    from industrymap.tables import Table
    from industrymap.terms import Extent

__all__ = ["command"]

_LEVELS = {
    "error": ("✗ 未读入", "✗ left out", "red"),
    "warning": ("! 需核对", "! to be reviewed", "yellow"),
    "info": ("· 已处理", "· repaired or noted", "cyan"),
}
_LAYERS = {
    "enterprises": ("企业表", "enterprises"),
    PARKS: ("村级工业园", "village industrial parks"),
    "industrial_blocks": ("工业产业区块", "industrial blocks"),
    "divisions": ("行政区划", "divisions"),
    "zones": ("功能区", "zones"),
    "places": ("地名", "places"),
}
_EXAMPLES = 3


@click.command(
    "check", cls=Command, zh="检查文件：读到了什么、怎样理解、有哪些问题；不写任何文件。"
)
@click.argument("paths", metavar="FILE...", nargs=-1, required=True)
@option(
    "--layer",
    type=click.Choice([*_LAYERS]),
    zh="按哪种图层读取（默认取能识别列最多的一种）。",
    en="Schema to read it with (default: the one that knows most columns).",
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
    "--strict", is_flag=True, zh="有行未读入时以 1 退出。", en="Exit with 1 if rows were left out."
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
    extent = _extent(city or (space.city if space else None))
    refused = unusable = False
    # One unreadable file must not hide what is wrong with the others.
    for path in paths:
        try:
            found = jobs.check_file(
                path,
                options=jobs.CheckOptions(
                    layer=layer or "auto",
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


def _understood(found: Table | Layer, *, is_table: bool) -> Iterator[str]:
    name = found.layer or "enterprises"
    kind = localized(*_LAYERS.get(name, (name, name)))
    count = len(found.frame)
    units = ("行", "usable row") if is_table else ("个要素", "usable feature")
    title = localized(
        f"{found.name}：{kind}，可用 {count:,} {units[0]}",
        f"{found.name}: {kind}, {counted(count, units[1])}",
    )
    yield styled(title, bold=True)
    # Decisions on columns get lines of their own below, with how full each is.
    columns = [d for d in found.decisions if d.kind == "column"]
    yield f"  {localized('理解', 'Understood')}"
    for decision in found.decisions:
        if decision.kind not in {"column", "unmatched"}:
            yield f"    {decision.text(current())}"
    # Few columns of a layer fit several schemas: say which was taken.
    hint = localized(
        f"（按{kind}对应，不对时用 --layer 指定）", f" (read as {kind}; --layer overrides)"
    )
    yield f"  {localized('列', 'Columns')}{'' if is_table else hint}"
    yield from _columns(found, columns)
    # Last, because columns the schema does not know are kept but not checked.
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


def _columns(found: Table | Layer, columns: list[Decision]) -> Iterator[str]:
    """One line for each known column: heading → field, how full it is, and the first value."""
    zh = current() == "zh"
    # A table says which columns it mapped; a layer's headings are all its own.
    names = [*getattr(found, "mapped", found.headings)][: len(columns)]
    # As wide as the widest, up to 64: one very long heading must not push all examples off the
    # screen.
    width = min(max((aligned.width(d.text(current())) for d in columns), default=0), 64)
    for name, decision in zip(names, columns, strict=False):
        values = found.frame[name].dropna()
        share = len(values) / max(len(found.frame), 1)
        example = _worded(name, values.iloc[0]) if len(values) else "—"
        # Rounded, a few cells in a thousand would read 0 %, which means an empty column.
        part = f"{share:4.0%}" if share == 0 or share >= 0.005 else " <1%"
        filled = f"有值 {part}，如 {example}" if zh else f"{part} filled, e.g. {example}"
        yield f"    {aligned.pad(decision.text(current()), width)}  {filled}"


def _worded(name: str, value: Any) -> str:
    """Return a value as a person reads it: codes in words, yes and no, long texts cut."""
    from industrymap import schemas

    zh = current() == "zh"
    if str(value) in {"True", "False"}:
        yes = str(value) == "True"
        return ("是" if yes else "否") if zh else ("yes" if yes else "no")
    text = schemas.labels(name, current()).get(str(value), str(value))
    return text[:24].replace("\n", " ")


def _problems(issues: pd.DataFrame) -> Iterator[str]:
    zh = current() == "zh"
    if issues.empty:
        yield f"  {'没有发现问题。' if zh else 'No problems found.'}"
        return
    yield f"  {localized(f'问题 {len(issues):,} 处', counted(len(issues), 'problem'))}"
    for level, (level_zh, level_en, color) in _LEVELS.items():
        here = issues[issues["level"] == level]
        if here.empty:
            continue
        yield styled(f"    {level_zh if zh else level_en} {len(here):,}", fg=color)
        grouped = here.groupby(["column", "rule"], sort=False, dropna=False)
        # The most frequent first: one wrong column usually explains most of a list.
        for _, group in sorted(grouped, key=lambda pair: -len(pair[1])):
            yield from _group(group)


def _group(group: pd.DataFrame) -> Iterator[str]:
    zh = current() == "zh"
    first = group.iloc[0]
    column = "" if not first["column"] or first["column"] == "geometry" else str(first["column"])
    head = f"“{column}” " if column and zh else (f"{column!r}: " if column else "")
    # Sentences that quote a value differ from row to row; then only the first can be shown, and
    # that is said.
    alike = bool((group["zh"] == first["zh"]).all())
    times = (
        f"（{len(group):,} 处{'' if alike else '，此为首例'}）"
        if zh
        else f" ({len(group):,}×{'' if alike else ', the first is shown'})"
    )
    yield f"      {head}{first['zh' if zh else 'en']}{times if len(group) > 1 else ''}"
    examples = [_example(row) for _, row in group.head(_EXAMPLES).iterrows()]
    shown = [text for text in examples if text]
    if shown:
        more = localized("……", " …") if len(group) > _EXAMPLES else ""
        yield f"        {('；' if zh else '; ').join(shown)}{more}"


def _example(row: pd.Series[Any]) -> str:
    zh = current() == "zh"
    where = "" if _missing(row["row"]) else (f"第 {row['row']} 行" if zh else f"row {row['row']}")
    value = "" if _missing(row["value"]) or row["value"] == "" else str(row["value"])[:40]
    value = value.replace("\n", " ")
    quoted = (f"“{value}”" if zh else repr(value)) if value else ""
    return " ".join(part for part in (where, quoted) if part)


def _missing(value: Any) -> bool:
    import pandas as pd

    return bool(pd.isna(value))
