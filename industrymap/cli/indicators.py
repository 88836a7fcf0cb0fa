"""``industrymap indicators list | check | show | values``: sets of indicators, what each is made of, and what is there of it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from industrymap import aligned
from industrymap.cli._indicator_values import values_command
from industrymap.cli._options import Group, option, workspace_folder
from industrymap.cli._talk import current, localized, say
from industrymap.wording import counted

if TYPE_CHECKING:
    from industrymap.indicators import Indicator, IndicatorSet, Need
    from industrymap.workspace import Workspace

__all__ = ["command"]

_FIRMS = "@firms"
_WORKSPACE = workspace_folder("工作区。", "The workspace.")


@click.group("indicators", cls=Group, zh="指标体系：列出、检查、查看定义。")
def command() -> None:
    """List sets of indicators, check a file of your own, show what a figure is made of."""


command.add_command(values_command)


@command.command("list", zh="列出可用的指标体系。")
@_WORKSPACE
def list_command(folder: Path) -> None:
    """List the sets of the city pack and of the workspace."""
    from industrymap import workspace

    sets = _sets(workspace.load(folder))
    if not sets:
        say(
            "没有指标体系：请把定义文件放入工作区的 indicators 文件夹。",
            "There is no set of indicators: put a file of definitions into the workspace's folder indicators.",
        )
        return
    rows = [(one.id, _title(one), str(len(one.indicators)), _standing(one)) for one in sets]
    headers = (
        localized("编号", "id"),
        localized("名称", "name"),
        localized("指标数", "indicators"),
        "",
    )
    for line in aligned.table(headers, rows, right=[2]):
        click.echo(line)


@command.command("check", zh="检查一个指标体系文件。")
@click.argument("file", type=click.Path(path_type=Path))
@_WORKSPACE
def check_command(file: Path, *, folder: Path) -> None:
    """Read a file of definitions and say what each needs that neither a known table nor the workspace's database states."""
    from industrymap import indicators, workspace

    one = indicators.load(file)
    # A file of definitions can be checked anywhere; only in a workspace can it be said what its
    # database lacks.
    here = (folder / "industrymap.toml").is_file()
    held = _held(workspace.load(folder)) if here else frozenset()
    say(
        f"{file.name}：{_title(one)}，{len(one.indicators)} 项指标，{_standing(one)}",
        f"{file.name}: {_title(one)}, {counted(len(one.indicators), 'indicator')}, {_standing(one)}",
    )
    for group, count in Counter(i.group for i in one.indicators).items():
        click.echo(f"  {_group(one, group)}  {count}")
    missing = [
        (i, need)
        for i in one.indicators
        for need in indicators.needs(i, one)
        if not need.listed and need.name not in held
    ]
    for indicator, need in missing:
        near = localized("；相近的有：", "; nearest: ") + ", ".join(need.near) if need.near else ""
        say(
            f"  ! {indicator.id}：“{need.name}”不是已知指标，须由本单位的数据表给出{near}",
            f"  ! {indicator.id}: {need.name!r} is no known measure; a table of your own must state it{near}",
        )
    if not missing:
        say("  所用的数都有名称可循。", "  Every figure that it uses is known by name.")


@command.command("show", zh="显示一个指标体系，或其中一项的定义。")
@click.argument("set_id")
@click.argument("indicator_id", required=False)
@_WORKSPACE
@option(
    "--missing",
    is_flag=True,
    zh="只列出运行数据库中还缺数据的指标。",
    en="Only the indicators for which the running database lacks a figure.",
)
def show_command(set_id: str, indicator_id: str | None, *, folder: Path, missing: bool) -> None:
    """Show a set by its groups, or the definition of one indicator with what is there of it."""
    from industrymap import indicators, workspace

    space = workspace.load(folder)
    one = indicators.choose(_sets(space), set_id)
    held = _held(space)
    if indicator_id is not None:
        _say_one(_indicator(one, indicator_id), one, held)
        return
    say(
        f"{_title(one)}（{_standing(one)}）",
        f"{_title(one)} ({_standing(one)})",
    )
    say(f"出处：{one.source}", f"Source: {one.source}")
    lacking = {i.id: _lacking(i, one, held) for i in one.indicators}
    for group in one.groups:
        rows = [
            _row(i, lacking[i.id])
            for i in one.indicators
            if i.group == group and (lacking[i.id] or not missing)
        ]
        if rows:
            click.echo(f"\n{_group(one, group)}")
            for line in aligned.table(("", "", "", ""), rows)[1:]:
                click.echo(f"  {line}")


def _say_one(indicator: Indicator, one: IndicatorSet, held: frozenset[str]) -> None:
    from industrymap import indicators

    better = (
        localized("越大越好", "more is better")
        if indicator.direction > 0
        else localized("越小越好", "less is better")
    )
    standing = (
        localized("有文件依据", "given by its source")
        if indicator.official
        else localized("建议，非官方", "proposed, not official")
    )
    say(
        f"{indicator.zh}（{indicator.id}，{indicator.unit}，{better}，{standing}）",
        f"{indicator.en} ({indicator.id}, {indicator.unit}, {better}, {standing})",
    )
    say(f"公式：{indicator.formula.text}", f"Formula: {indicator.formula.text}")
    say(f"出处：{indicator.source}", f"Source: {indicator.source}")
    if indicator.formula.counts_firms:
        there = _there(_FIRMS in held)
        say(f"  企业逐家数据，{there}", f"  figures of single firms, {there}")
    for need in indicators.needs(indicator, one):
        click.echo(f"  {need.name}  {_need(need, one, held)}")


def _need(need: Need, one: IndicatorSet, held: frozenset[str]) -> str:
    """Say what a part of a formula is, and whether it is there."""
    from industrymap import schemas

    if need.indicator:
        other = _indicator(one, need.name)
        return localized(f"本体系的指标：{other.zh}", f"indicator of this set: {other.en}")
    measure = schemas.measure(need.name)
    called = (
        localized(f"{measure.zh}（{measure.unit}），", f"{measure.en} ({measure.unit}), ")
        if need.listed
        else ""
    )
    return called + _there(need.name in held)


def _there(known: object) -> str:
    if known:
        return localized("数据库中已有", "in the database")
    return localized("数据库中没有", "not in the database")


def _row(indicator: Indicator, lacking: list[str]) -> tuple[str, str, str, str]:
    return (
        indicator.id,
        localized(indicator.zh, indicator.en),
        indicator.unit,
        localized("缺 ", "lacks ") + ", ".join(lacking) if lacking else "✓",
    )


def _lacking(indicator: Indicator, one: IndicatorSet, held: frozenset[str]) -> list[str]:
    """Return the figures that the database does not hold, those of the indicators it builds on included.

    A set whose definitions go in a circle is refused when it is read, so this ends.
    """
    from industrymap import indicators

    # A count or a filter looks at single firms, not at the figures of an area.
    names = (
        [localized("企业数据", "figures of firms")]
        if indicator.formula.counts_firms and _FIRMS not in held
        else []
    )
    for need in indicators.needs(indicator, one):
        if need.indicator:
            names += _lacking(_indicator(one, need.name), one, held)
        elif need.name not in held:
            names.append(need.name)
    return list(dict.fromkeys(names))


def _indicator(one: IndicatorSet, id_: str) -> Indicator:
    from industrymap.errors import IndicatorError, did_you_mean, nearest

    for indicator in one.indicators:
        if id_ in {indicator.id, indicator.zh, indicator.en}:
            return indicator
    en, zh = did_you_mean(nearest(id_, [i.id for i in one.indicators], n=1))
    raise IndicatorError(
        f"The set {one.id!r} has no indicator {id_!r}.{en}",
        f"指标体系“{one.id}”中没有指标“{id_}”。{zh}",
    )


def _sets(space: Workspace) -> list[IndicatorSet]:
    from industrymap import citypack, indicators

    return indicators.known([*citypack.load(space.city).folders, space.folder])


def _held(space: Workspace) -> frozenset[str]:
    """Return the measures that the running database holds, and ``_FIRMS`` where it holds figures of single firms."""
    from industrymap.series import ParquetSeries

    series = ParquetSeries(space.series)
    if not series.vintages():
        return frozenset()
    table = series.known()
    # No measure of a formula can be written with an at sign, so this mark is never taken for one.
    firms = {_FIRMS} if bool((table["kind"] == "firm").any()) else set()
    return frozenset({*table["measure"].astype(str), *firms})


def _title(one: IndicatorSet) -> str:
    return one.zh if current() == "zh" else one.en


def _group(one: IndicatorSet, group: str) -> str:
    return localized(*one.groups[group])


def _standing(one: IndicatorSet) -> str:
    proposed = sum(not i.official for i in one.indicators)
    if not proposed:
        return localized("有文件依据", "as its source gives it")
    if proposed == len(one.indicators):
        return localized("建议，非官方", "proposed, not official")
    return localized(f"其中 {proposed} 项为建议", f"{proposed} of them proposed")
