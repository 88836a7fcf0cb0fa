"""``industrymap monitor``: the monitoring pages of a workspace as one offline file."""

from __future__ import annotations

from pathlib import Path

import click

from industrymap.cli._areas import as_of_option
from industrymap.cli._moments import moment_or_now
from industrymap.cli._options import Command, option, output_option, workspace_folder
from industrymap.cli._talk import current, say

__all__ = ["command"]


@click.command(
    "monitor",
    cls=Command,
    zh="生成监测页面 monitor.html：一个离线文件，含总览、指标、区与集群、企业、预警、数据、城市对比。",
)
@workspace_folder("工作区。", "The workspace.")
@option(
    "--set",
    "set_id",
    default="",
    zh="指标体系，默认本工作区或本市的。",
    en="Set of indicators (default: the workspace's or the city's).",
)
@option(
    "--method",
    "method_id",
    default="",
    zh="评价方法，用于指数与排名。",
    en="Method, for index and ranking.",
)
@option(
    "--rule",
    default="",
    zh="分级规则：给出后页面含企业等级及其变化。",
    en="Grading rule: with it the pages have the firms' letters and who moved.",
)
@option(
    "--draws",
    type=click.IntRange(0, 100_000),
    default=300,
    show_default=True,
    zh="名次区间的抽样次数，0 为不做。",
    en="Draws for the intervals of ranks; 0 for none.",
)
@as_of_option
@output_option(
    type=click.Path(path_type=Path, dir_okay=False),
    zh="写到哪里，默认 outputs/monitor.html。",
    en="Where to write (default: outputs/monitor.html).",
)
def command(
    *,
    folder: Path,
    set_id: str,
    method_id: str,
    rule: str,
    draws: int,
    as_of: str | None,
    out: Path | None,
) -> None:
    """Make the monitoring pages: one offline file with overview, indicators, districts and clusters, firms, alerts, data and cities."""
    from industrymap import files, monitor, pipeline, workspace

    options = pipeline.MonitorOptions(set_id=set_id, method_id=method_id, as_of=moment_or_now(as_of), rule=rule, draws=draws)  # fmt: skip
    model = pipeline.monitor_model(folder, options)
    page = monitor.build(model, lang=current())
    path = files.write_bytes(out or workspace.load(folder).outputs / "monitor.html", page)
    say(
        f"已写入 {path}（{len(page) / 1e6:.1f} MB）：{len(model.of.indicators)} 项指标，{len(model.periods)} 个时期，{sum(len(x.codes) for x in model.levels)} 个对象，预警 {len(model.alerts)} 条",
        f"Written: {path} ({len(page) / 1e6:.1f} MB): {len(model.of.indicators)} indicators, {len(model.periods)} periods, {sum(len(x.codes) for x in model.levels)} areas, {len(model.alerts)} alerts",
    )
    for zh, en in model.notes:
        say(f"  {zh}", f"  {en}")
