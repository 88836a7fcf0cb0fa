"""``industrymap changes plan | apply | history | diff | as-of | undo``: change files, and the history of any layer."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from industrymap.cli._change_lines import (
    MOST_LINES,
    blank,
    print_difference,
    related_ids,
)
from industrymap.cli._moments import as_day, moment
from industrymap.cli._options import Command, Group, option, output_option, workspace_folder
from industrymap.cli._parks_show import print_simulated_notice, show
from industrymap.cli._talk import current, localized, say
from industrymap.schemas import PARKS

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from industrymap.changes import ChangePlan
    from industrymap.citypack import CityPack
    from industrymap.store import Base

__all__ = ["COMMANDS", "command"]

_LEVELS = {"error": ("错误", "error"), "warning": ("警告", "warning"), "info": ("提示", "note")}


def _common(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that every command about the database has."""
    place = workspace_folder("工作区的文件夹。", "Folder of the workspace.", name="workspace")
    layer = option(
        "--layer",
        default=PARKS,
        show_default=True,
        zh="数据库中的图层。",
        en="Layer of the database.",
    )
    return place(layer(function))


def _of_file(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say how a change file is to be read and taken."""
    options = (
        option(
            "--on",
            "day",
            default=None,
            zh="生效日期（默认今天）。",
            en="Day from which it holds (default: today).",
        ),
        option(
            "--base",
            zh="文件所依据的版本（变更编号或日期）。",
            en="Change or day that the file was made from.",
        ),
        option("--datum", zh="文件坐标的坐标系。", en="Datum of the file's coordinates."),
        option(
            "--sheet",
            zh="工作簿的工作表，或 GeoPackage 的图层。",
            en="Sheet of a workbook, or layer of a GeoPackage.",
        ),
        option(
            "--clear-blanks",
            is_flag=True,
            zh="空白单元格清空该字段。",
            en="Blank cells clear their field.",
        ),
        option(
            "--complete",
            is_flag=True,
            zh="文件为全量：其中没有的要素予以删除。",
            en="Features that are not in the file are removed.",
        ),
        option(
            "--accept",
            multiple=True,
            type=click.Choice(["area", "overlap", "outside"]),
            zh="放行某类问题。",
            en="Accept a kind of finding.",
        ),
    )
    # Decorators apply from the bottom: reversed, help lists the options in the order above.
    for add in reversed(options):
        function = add(function)
    return function


@click.command("plan", cls=Command, zh="显示变更文件会带来什么、为何不能写入；不写入任何内容。")
@click.argument("changes", type=click.Path(path_type=Path))
@_of_file
@_common
def plan_command(*, changes: Path, workspace: Path, layer: str, **taken: Any) -> None:
    """Show what a change file would do, and what forbids it; nothing is written."""
    store, pack = _opened(workspace)
    planned = _planned(changes, store, pack, layer, **taken)
    # The difference is shown first: an error alone does not say which row of it is wrong.
    _show(planned, pack, store.layers()[layer])
    if planned.refused:
        _refuse(planned)
    say("试运行，未写入任何内容。", "Dry run: nothing was written.")


@click.command("apply", cls=Command, zh="把变更文件应用到数据库：属性、图形、拆分、合并。")
@click.argument("changes", type=click.Path(path_type=Path))
@option("--who", default="", zh="操作人。", en="Who makes the change.")
@option("--why", default="", zh="原因。", en="Why.")
@option(
    "--dry-run", is_flag=True, zh="只看差异，不写入。", en="Show the difference, write nothing."
)
@_of_file
@_common
def apply_command(
    *, changes: Path, who: str, why: str, dry_run: bool, workspace: Path, layer: str, **taken: Any
) -> None:
    """Apply a change file to the database: attributes, geometry, splits, merges."""
    from industrymap import changes as changing

    store, pack = _opened(workspace)
    planned = _planned(changes, store, pack, layer, **taken)
    _show(planned, pack, store.layers()[layer])
    if planned.refused:
        _refuse(planned)
    if dry_run:
        say("试运行，未写入任何内容。", "Dry run: nothing was written.")
        return
    number = changing.apply(planned, who=who, why=why)
    # An empty change in the log would look like a decision.
    if number is None:
        say("没有差异，未写入任何内容。", "Nothing differs: nothing was written.")
        return
    say(f"已写入 {store.name}，变更编号 {number}。", f"Written to {store.name} as change {number}.")


def _planned(
    path: Path,
    store: Base,
    pack: CityPack,
    layer: str,
    *,
    day: str | None,
    base: str | None,
    datum: str | None,
    sheet: str | None,
    clear_blanks: bool,
    complete: bool,
    accept: tuple[str, ...],
) -> ChangePlan:
    """Read a change file and compare it with the database, as the options say."""
    from industrymap import changes

    file = changes.read(
        path,
        schema=changes.schema_of(store, layer),
        options=changes.ReadOptions(
            datum=datum, extent=pack.extent, sheet=sheet, clear_blanks=clear_blanks
        ),
    )
    options = changes.PlanOptions(
        valid_from=None if day is None else as_day(day),
        # A day is turned into the last change up to it: conflicts are judged by numbers.
        base=None if base is None else _version(store, base),
        complete=complete,
        accept=accept,
    )
    return changes.plan(file, store=store, pack=pack, layer=layer, options=options)


def _refuse(planned: ChangePlan) -> NoReturn:
    say("有错误，未写入任何内容。", "There are errors: nothing was written.", err=True)
    _hint(planned)
    sys.exit(2)


@click.command("history", cls=Command, zh="显示某要素的各个版本；不写编号则显示变更记录。")
@click.argument("id_", metavar="[ID]", default="")
@_common
def history_command(*, id_: str, workspace: Path, layer: str) -> None:
    """Show every version of a feature or, without an ID, the change log."""
    from industrymap import changes

    store, pack = _opened(workspace)
    if not id_:
        _log(store.changes())
        return
    versions = store.history(id_, layer)
    for row in versions.to_dict("records"):
        until = "" if blank(row["valid_to"]) else f"{row['valid_to']:%Y-%m-%d}"
        # Only a removal is marked: `<NA>` and false both mean that the feature is there.
        gone = {True: localized("（已删除）", " (removed)")}.get(row["removed"], "")
        click.echo(
            f"{row['valid_from']:%Y-%m-%d} → {until or '…':<10} "
            + localized(f"变更 {row['change_id']}", f"change {row['change_id']}")
            + f" · {row['who']} · {row['why']}{gone}{related_ids(row['related'], gone=row['removed'])}"
        )
    print_difference(changes.version_changes(versions, crs=pack.crs), store.layers()[layer])


@click.command("diff", cls=Command, zh="显示两个日期或两次变更之间（或某时与现在）的差异。")
@click.argument("a")
@click.argument("b", required=False)
@_common
def diff_command(*, a: str, b: str | None, workspace: Path, layer: str) -> None:
    """Show what differs between two days or two changes (or one and now)."""
    from industrymap import datum

    store, pack = _opened(workspace)
    difference = store.diff(moment(a), None if b is None else moment(b), layer)
    if difference.empty:
        say("没有差异。", "Nothing differs.")
        return
    geometry = difference["field"] == "geometry"
    # Two outlines cannot be compared by eye in a line; their areas can.
    for side in ("before", "after"):
        areas = datum.area_m2(difference.loc[geometry, f"geometry_{side}"].to_numpy(), pack.crs)
        difference.loc[geometry, side] = [f"{area:,.0f} m²" for area in areas]
    print_difference(difference.rename(columns={"kind": "action"}), store.layers()[layer])


@click.command("as-of", cls=Command, zh="显示或写出图层在某日或某次变更之后的状态。")
@click.argument("when")
@output_option(
    type=click.Path(path_type=Path), zh="把图层写入文件。", en="Write the layer to a file."
)
@_common
def as_of_command(*, when: str, out: Path | None, workspace: Path, layer: str) -> None:
    """Show or write a layer as it was on a day or just after a change."""
    store, _ = _opened(workspace)
    frame = store.as_of(moment(when), layer)
    if out is None:
        say(
            f"{when} 时 {layer} 共 {len(frame):,} 个要素",
            f"{len(frame):,} features in {layer} as of {when}",
        )
        shown = frame[[frame.columns[0], "name", "stage", "valid_from", "change_id"]]
        show(
            shown.head(MOST_LINES),
            shown.columns.tolist(),
            _VERSION_TITLES,
            layer=store.layers()[layer],
        )
        if len(frame) > MOST_LINES:
            rest = len(frame) - MOST_LINES
            say(
                f"其余 {rest:,} 个未显示；写出全部：-o 文件.gpkg（geojson、xlsx、csv 亦可）",
                f"{rest:,} more; write them all with -o FILE.gpkg (or geojson, xlsx, csv)",
            )
        return
    from industrymap import export

    schema = store.layers()[layer]
    written = export.write(frame, out, layer=schema)
    say(
        f"已写出 {len(frame):,} 个要素：{written[0]}",
        f"Wrote {len(frame):,} features: {written[0]}",
    )


@click.command("undo", cls=Command, zh="撤销一次变更；其要素后来又有变更的不能撤销。")
@click.argument("change", type=int)
@option("--who", default="", zh="操作人。", en="Who undoes the change.")
@option("--why", default="", zh="原因。", en="Why.")
@option(
    "--empty",
    is_flag=True,
    zh="即使图层会因此清空也撤销。",
    en="Undo it even if that empties the layer.",
)
@_common
def undo_command(
    *, change: int, who: str, why: str, empty: bool, workspace: Path, layer: str
) -> None:
    """Undo a change; refused if its features were changed again later."""
    from industrymap import changes

    store, _ = _opened(workspace)
    changes.require_undoable(store, change, layer, empty=empty)
    number = store.undo(change, who, why)
    say(
        f"变更 {change} 已撤销，变更编号 {number}。",
        f"Change {change} was undone by change {number}.",
    )


@click.group(cls=Group, zh="变更文件与历史：查看结果、写入、历史、撤销，适用于数据库的任一图层。")
def command() -> None:
    """Change files for any layer of the database: what they would do, writing them, history, undo."""


COMMANDS = (apply_command, history_command, diff_command, as_of_command, undo_command)
"""Commands that ``industrymap parks`` takes in as well."""

for _part in (plan_command, *COMMANDS):
    command.add_command(_part)


def _opened(folder: Path) -> tuple[Base, CityPack]:
    from industrymap import citypack, store, workspace

    space = workspace.load(folder)
    print_simulated_notice(space)
    return store.open(space), citypack.load(space.city)


def _version(store: Base, text: str) -> int:
    """Return the number of a change: as given, or the last one made up to a day."""
    when = moment(text)
    return when if isinstance(when, int) else store.change_before(when)


def _show(planned: ChangePlan, pack: CityPack, schema: str) -> None:
    """Print the difference, then every finding, worst first."""
    from industrymap.changes import difference, without_details_of_the_new

    counts = {
        a: sum(i.action == a for i in planned.outcome.items) for a in ("add", "change", "remove")
    }
    say(
        f"{planned.file.source.name} → {planned.layer}：新增 {counts['add']}，修改 {counts['change']}，删除 {counts['remove']}",
        f"{planned.file.source.name} → {planned.layer}: {counts['add']} added, {counts['change']} changed, {counts['remove']} removed",
    )
    table = without_details_of_the_new(difference(planned.outcome, crs=pack.crs))
    print_difference(table, schema)
    for level, words in _LEVELS.items():
        of_level = planned.findings[planned.findings["level"] == level]
        # A wrong column makes the same finding in every row: the first few say enough.
        for row in of_level.head(MOST_LINES).to_dict("records"):
            place = (
                "" if blank(row["row"]) else localized(f"第 {row['row']} 行 ", f"row {row['row']} ")
            )
            value = "" if blank(row["value"]) else f"{row['value']} "
            sentence = row["zh"] if current() == "zh" else row["en"]
            click.echo(f"[{localized(*words)}] {place}{value}{sentence}", err=level == "error")
        if len(of_level) > MOST_LINES:
            rest = len(of_level) - MOST_LINES
            say(f"… 另有 {rest} 条", f"… and {rest} more", err=level == "error")


def _hint(planned: ChangePlan) -> None:
    """Tell which findings a person may let pass."""
    from industrymap.changes import ACCEPTABLE

    # Warnings pass anyway: only what refuses the file can be accepted.
    errors = set(planned.findings.loc[planned.findings["level"] == "error", "rule"])
    # Only what would let something pass is offered: an option that changes nothing would be tried in vain.
    passing = sorted(name for name, rules in ACCEPTABLE.items() if errors & set(rules))
    if passing:
        options = " ".join(f"--accept {name}" for name in passing)
        say(
            f"确认无误后可加 {options} 放行。",
            f"Once checked, let them pass with {options}.",
            err=True,
        )


_VERSION_TITLES = {
    "stage": ("审批阶段", "Stage"),
    "valid_from": ("生效日期", "Valid from"),
    "change_id": ("变更编号", "Change"),
    "at": ("记录时间（UTC）", "Recorded (UTC)"),
    "id": ("变更编号", "Change"),
    "added": ("新增", "Added"),
    "changed": ("修改", "Changed"),
    "removed": ("删除", "Removed"),
    "who": ("操作人", "Who"),
    "why": ("原因", "Why"),
    "source": ("来源文件", "Source file"),
    "sha256": ("SHA-256", "SHA-256"),
    "undone_by": ("被撤销于", "Undone by"),
}


def _log(changes: pd.DataFrame) -> None:
    """Print the change log as a table, with the begin of every source file's SHA-256."""
    table = changes.assign(
        at=changes["at"].dt.strftime("%Y-%m-%d %H:%M"),
        valid_from=changes["valid_from"].dt.strftime("%Y-%m-%d"),
        # Twelve of 64 characters tell files apart and leave the line readable.
        sha256=changes["source_sha256"].str[:12],
        undone_by=[
            "" if blank(n) else localized(f"变更 {n}", f"undone by {n}")
            for n in changes["undone_by"]
        ],
    )
    show(table, _LOG_COLUMNS, _VERSION_TITLES)
    say(
        "单个要素的历史：industrymap changes history 编号；两次变更的差异：industrymap changes diff 1 2",
        "One feature: industrymap changes history ID; between two changes: industrymap changes diff 1 2",
    )


_LOG_COLUMNS = [
    "id", "at", "valid_from", "added", "changed", "removed", "who", "why", "source", "sha256", "undone_by",
]  # fmt: skip
