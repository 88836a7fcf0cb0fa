"""``industrymap lists``: named enterprise lists with a reason per firm, versions, and what changed."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from industrymap.cli._options import Group, option, output_option, workspace_option
from industrymap.cli._talk import current, say
from industrymap.errors import ConfigError
from industrymap.wording import counted

if TYPE_CHECKING:
    import pandas as pd

    from industrymap.pipeline import MadeList

__all__ = ["command"]


@click.group(
    "lists",
    cls=Group,
    zh="按规则生成企业名单，保存版本，并说明变化。\n\n规则写在城市包的 lists.toml 中；工作区自己的 lists.toml 优先。",
)
def command() -> None:
    """Make enterprise lists by rule, keep their versions and report what changed.

    The rules are in lists.toml of the city pack; a lists.toml in the workspace takes precedence.
    """


@command.command("show", zh="显示各名单及其规则和最新版本。")
@workspace_option
def show(folder: Path) -> None:
    """Show every list, its rule and its latest version."""
    from industrymap import lists, pipeline, workspace

    space = workspace.load(folder)
    for rule in pipeline.list_rules(space):
        last = lists.latest(space.folder / "lists", rule.id)
        since_zh = (
            "尚无版本" if last is None else f"最新版本 {last.on.isoformat()}（{last.sha256}）"
        )
        since_en = (
            "no version yet" if last is None else f"latest {last.on.isoformat()} ({last.sha256})"
        )
        proposal = (
            "" if rule.official else ("，本项目建议" if current() == "zh" else ", a proposal")
        )
        say(
            f"{rule.id}  {rule.zh}（{since_zh}{proposal}）",
            f"{rule.id}  {rule.en} ({since_en}{proposal})",
        )
        say(f"    {rule.where}", f"    {rule.where}")


@command.command("make", zh="生成名单（默认全部）：每份一个工作簿，有变化时另存版本。")
@click.argument("ids", metavar="[LIST]…", nargs=-1)
@workspace_option
@output_option(
    type=click.Path(path_type=Path, file_okay=False),
    zh="工作簿的文件夹，默认为 outputs/lists。",
    en="Folder for the workbooks; by default outputs/lists.",
)
@option(
    "--date",
    "day",
    zh="名单日期，如 2025-12-31，默认取数据日期。",
    en="Date of the list, such as 2025-12-31; by default the data date.",
)
def make(ids: tuple[str, ...], *, folder: Path, out: Path | None, day: str | None) -> None:
    """Make lists (all by default): one workbook each, and a new version if something changed."""
    from industrymap import pipeline, workspace

    space = workspace.load(folder)
    on = _day(day) if day else None
    for made in pipeline.make_lists(space, ids, on=on, folder=out, lang=current()):
        _tell(made)


@command.command("diff", zh="比较名单版本：新进、退出和变化的企业。")
@click.argument("list_id", metavar="LIST")
@workspace_option
@option(
    "--from",
    "before",
    zh="起始版本的日期或校验值，默认为上上个版本。",
    en="A version's date or hash; by default the last but one.",
)
@option(
    "--to",
    "after",
    zh="截止版本的日期或校验值，默认为最新版本。",
    en="A version's date or hash; by default the latest.",
)
def diff(list_id: str, *, folder: Path, before: str | None, after: str | None) -> None:
    """Show which firms entered a list, left it or changed."""
    from industrymap import lists, pipeline, workspace

    space = workspace.load(folder)
    rule = pipeline.list_rules(space, (list_id,))[0]
    place = space.folder / "lists"
    known = lists.versions(place, rule.id)
    # Where both are named it is their own lookup that says which is missing.
    if len(known) < 2 and not (before and after):
        raise ConfigError(
            f"List {rule.id!r} has {counted(len(known), 'version')}: two are needed to compare.",
            f"名单 {rule.id!r} 只有 {len(known)} 个版本，至少需要两个才能比较。",
        )
    old = lists.find(place, rule.id, before) if before else known[-2]
    new = lists.find(place, rule.id, after) if after else known[-1]
    changes = lists.diff(old.frame(), new.frame())
    say(
        f"{rule.zh}：{old.on.isoformat()}（{old.sha256}）→ {new.on.isoformat()}（{new.sha256}）",
        f"{rule.en}: {old.on.isoformat()} ({old.sha256}) → {new.on.isoformat()} ({new.sha256})",
    )
    _print_changes(changes)


@command.command("versions", zh="显示名单的各个版本。")
@click.argument("list_id", metavar="LIST")
@workspace_option
def versions(list_id: str, *, folder: Path) -> None:
    """Show the versions of a list."""
    from industrymap import lists, pipeline, workspace

    space = workspace.load(folder)
    rule = pipeline.list_rules(space, (list_id,))[0]
    for version in lists.versions(space.folder / "lists", rule.id):
        count = len(version.frame())
        text = f"{version.on.isoformat()}  {version.sha256}"
        say(f"{text}  {count} 家", f"{text}  {counted(count, 'firm')}")


def _day(day: str) -> date:
    try:
        return date.fromisoformat(day)
    except ValueError as error:
        raise ConfigError(
            f"{day!r} is no date such as 2025-12-31.", f"{day!r} 应为 2025-12-31 这样的日期。"
        ) from error


def _tell(made: MadeList) -> None:
    rule, firms, path = made.rule, made.firms, made.path
    version = f"{made.version.on.isoformat()} {made.version.sha256}"
    entered, left, changed = made.counts
    first = made.changes is None
    zh = "首个版本" if first else f"新进 {entered}、退出 {left}、变化 {changed}"
    en = "first version" if first else f"{entered} entered, {left} left, {changed} changed"
    state_zh, state_en = (
        ("已存为", "kept as") if made.new else ("与最新版本相同，未另存：", "unchanged from")
    )
    say(
        f"{rule.zh}：{firms} 家（{zh}）→ {path}；{state_zh}版本 {version}",
        f"{rule.en}: {counted(firms, 'firm')} ({en}) → {path}; {state_en} version {version}",
    )


def _print_changes(changes: pd.DataFrame) -> None:
    words = {
        "entered": ("新进", "entered"),
        "left": ("退出", "left"),
        "changed": ("变化", "changed"),
    }
    if changes.empty:
        say("没有变化。", "Nothing changed.")
    for row in changes.fillna("").to_dict("records"):
        zh, en = words[row["change"]]
        what = f"  {row['column']}: {row['before']} → {row['after']}" if row["column"] else ""
        say(f"{zh}  {row['name']}{what}", f"{en}  {row['name']}{what}")
