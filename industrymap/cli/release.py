"""``industrymap release PERIOD | verify | diff``: the quarterly release as one file, checked and compared."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from industrymap.cli._areas import as_of_option
from industrymap.cli._moments import moment_or_now
from industrymap.cli._options import Group, option, output_option, workspace_folder
from industrymap.cli._tables import frame_lines
from industrymap.cli._talk import localized, say
from industrymap.wording import counted

if TYPE_CHECKING:
    import pandas as pd

    from industrymap.packages import Opened

__all__ = ["command"]

_SHOWN = 20


class _ByPeriod(Group):
    """Takes ``release 2024Q4`` for ``release make 2024Q4``: the period is what people type."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and not args[0].startswith("-") and args[0] not in self.commands:
            args = ["make", *args]
        return super().parse_args(ctx, args)


@click.group(
    "release", cls=_ByPeriod, zh="季度发布包：打包（release 2024Q4 -o 文件.zip）、核验、比较。"
)
def command() -> None:
    """Pack the quarterly release (release 2024Q4 -o FILE.zip), verify and compare packages."""


@command.command("make", zh="把一个时期的指标、指数、得分、时间序列和图层打成一个文件。")
@click.argument("period")
@workspace_folder("工作区。", "The workspace.")
@output_option(
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    zh="要写的 .zip 文件。",
    en="The .zip to write.",
)
@option("--set", "set_id", default="", zh="指标体系，默认本工作区或本市的。", en="Set of indicators (default: the workspace's own or the city's).")  # fmt: skip
@option("--method", "method_id", default="", zh="评价方法，默认本工作区或本市的。", en="Method of the scores (default: the workspace's own or the city's).")  # fmt: skip
@option(
    "--profile",
    type=click.Choice(["internal", "public"]),
    default="internal",
    show_default=True,
    zh="internal 内部共享；public 公开发布：只含市、区上报合计和可公开的图层。",
    en="internal, or public: only reported totals of city and districts, and layers that may be published.",
)
@option(
    "--since",
    type=click.Path(path_type=Path, dir_okay=False),
    zh="上次发布的包，据此列出修订。",
    en="The release before: what was revised since is listed.",
)
@as_of_option
def make_command(
    period: str,
    *,
    folder: Path,
    out: Path,
    set_id: str,
    method_id: str,
    profile: str,
    since: Path | None,
    as_of: str | None,
) -> None:
    """Pack indicators, index, scores, series and layers of a period into one file."""
    from industrymap import pipeline, workspace
    from industrymap.cli._withheld import say_withheld

    options = pipeline.ReleaseOptions(
        set_id=set_id,
        method_id=method_id,
        profile=profile,
        since=since,
        as_of=moment_or_now(as_of),
    )
    done = pipeline.release_package(folder, period, out, options)
    rows = "、".join(f"{name} {n:,}" for name, n in done.tables.items())
    say(
        f"已写入 {done.path}（行数：{rows}；图层 {len(done.layers)} 个；评价 {done.run.id}）",
        f"Written: {done.path} (rows: {rows.replace('、', ', ')}; {counted(len(done.layers), 'layer')}; evaluation {done.run.id})",
    )
    for zh, en in done.notes:
        say(f"  {zh}", f"  {en}")
    if done.withheld is not None:
        say_withheld(done.withheld, workspace.load(folder))
    say(f"封印（清单的 SHA-256）：{done.seal}", f"Seal (SHA-256 of the manifest): {done.seal}")


@command.command("verify", zh="核验发布包：每个文件是否与清单一致。")
@click.argument("file", type=click.Path(path_type=Path))
@workspace_folder(
    "同时核对得分是否就是该工作区所存评价的得分。",
    "Also compare its scores with those of the evaluation that this workspace keeps.",
    default=None,
)
def verify_command(file: Path, *, folder: Path | None) -> None:
    """Check that every file of a package is what its manifest says."""
    from industrymap import packages

    found = packages.verify(file)
    words = {"changed": ("已改动", "changed"), "missing": ("缺失", "missing"), "added": ("多出", "not in the manifest")}  # fmt: skip
    for name, wrong in found:
        say(f"  ! {name}：{words[wrong][0]}", f"  ! {name}: {words[wrong][1]}")
    opened = packages.open_package(file)
    if found:
        say(f"{file.name} 与清单不符。", f"{file.name} is not what its manifest says.")
        click.get_current_context().exit(1)
    if folder is not None:
        _compare_run(opened, folder)
    n = len(opened.contents)
    say(
        f"{file.name} 完整：{n} 个文件均与清单一致。封印：{opened.seal}",
        f"{file.name} is whole: {counted(n, 'file')} as the manifest says. Seal: {opened.seal}",
    )


def _compare_run(opened: Opened, folder: Path) -> None:
    """Say whether the workspace keeps the evaluation that the package was made of; exit where it says something else."""
    import json

    from industrymap import pipeline

    run = pipeline.open_run(folder, str(opened.about["run"]))
    if json.loads(opened.contents["methods/run.json"]) == run.about:
        say(
            f"得分即本工作区的评价 {run.id}。",
            f"Its scores are those of this workspace's evaluation {run.id}.",
        )
        return
    say(
        f"得分不是本工作区评价 {run.id} 的得分。",
        f"Its scores are not those of this workspace's evaluation {run.id}.",
    )
    click.get_current_context().exit(1)


@command.command("diff", zh="比较两个发布包中的数。")
@click.argument("before", type=click.Path(path_type=Path))
@click.argument("after", type=click.Path(path_type=Path))
@workspace_folder(
    "工作区：用其区划名称代替编码。",
    "A workspace, whose names of areas stand for their codes.",
    default=None,
)
def diff_command(before: Path, after: Path, *, folder: Path | None) -> None:
    """Show which figures two packages state differently."""
    from industrymap import packages

    found = packages.difference(before, after)
    if folder is not None:
        names = _names(folder)
        found["of"] = [" ".join(names.get(w, w) for w in str(of).split(" ")) for of in found["of"]]
    if found.empty:
        say("两个包的数相同。", "Both state the same figures.")
        return
    _say_changes(found)


def _names(folder: Path) -> dict[str, str]:
    from industrymap import citypack, workspace
    from industrymap.observations import Words

    return Words(citypack.load(workspace.load(folder).city)).names()


def _say_changes(found: pd.DataFrame) -> None:
    words = {"new": localized("新增", "new"), "gone": localized("不再有", "gone"), "changed": localized("变化", "changed")}  # fmt: skip
    counts = found.groupby(["table", "change"], sort=False).size().reset_index(name="n")
    for table, change, n in counts.itertuples(index=False):
        say(f"{table}：{words[change]} {n:,} 个", f"{table}: {n:,} {words[change]}")
    headers = [localized("表", "table"), localized("对象", "of"), localized("原值", "before"), localized("现值", "after"), localized("变化", "change")]  # fmt: skip
    # What changed is news; what is new or gone is counted above.
    shown = found.sort_values("change", key=lambda c: c != "changed", kind="stable").head(_SHOWN)
    for line in frame_lines(shown, headers, {"change": words}):
        click.echo(line)
    if len(found) > _SHOWN:
        say(f"……共 {len(found):,} 个", f"… {len(found):,} in all")
