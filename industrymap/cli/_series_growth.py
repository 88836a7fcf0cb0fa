"""``industrymap series growth | seasons``: who made a measure grow, and the same months of past years."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from industrymap.cli._areas import AREAS, KINDS, as_of_option, measure_name
from industrymap.cli._moments import moment_or_now
from industrymap.cli._options import Command, option, workspace_folder
from industrymap.cli._tables import cell, frame_lines, percent
from industrymap.cli._talk import current, localized, say

if TYPE_CHECKING:
    from pathlib import Path

    from industrymap.pipeline import GrowthParts, Seasons

__all__ = ["growth_command", "seasons_command"]

_BASES = {"firms": ("由企业逐家汇总", "added up from single firms"), "reported": ("由各对象上报合计", "totals that the units reported")}  # fmt: skip


@click.command("growth", cls=Command, zh="增速由谁拉动：企业、行业、各区的贡献，新增与退出。")
@click.argument("measure")
@workspace_folder("工作区。", "The workspace.")
@option(
    "--by",
    type=click.Choice(list(AREAS)),
    default="district",
    show_default=True,
    zh="按什么拆分：district 区、town 镇街、industry 行业大类、firm 企业等。",
    en="What the growth is taken apart by.",
)
@option("--period", "when", default="", zh="时期，默认两年都有数的最近一期。", en="Period (default: the latest that is known of two years).")  # fmt: skip
@option(
    "--basis",
    type=click.Choice(list(_BASES)),
    zh="只用企业逐家数据（firms）或上报合计（reported）。",
    en="Only figures of single firms, or only reported totals.",
)
@option("--top", type=click.IntRange(1), default=20, show_default=True, zh="列出贡献最大的几个。", en="How many to list, largest contribution first.")  # fmt: skip
@as_of_option
def growth_command(
    measure: str,
    *,
    folder: Path,
    by: str,
    when: str,
    basis: str | None,
    top: int,
    as_of: str | None,
) -> None:
    """Take growth on the year before apart: contributions, entries and exits, and the constant panel."""
    from industrymap import pipeline

    options = pipeline.GrowthOptions(
        by=by, period=when, basis=basis or "", as_of=moment_or_now(as_of)
    )
    done = pipeline.growth_parts(folder, measure, options)
    _say_whole(done)
    table = done.table.head(top)
    names = {"name": ("名称", "name"), "before": ("上年同期", "a year before"), "now": ("本期", "now"), "points": ("贡献（百分点）", "contribution (points)")}  # fmt: skip
    if done.basis == "firms":
        names |= {
            "entered": ("其中新增", "by entries"), "left": ("其中退出", "by exits"), "panel": ("可比口径增速", "constant panel"),
            "n_panel": ("两期都有", "firms in both"), "n_entered": ("新增", "entered"), "n_left": ("退出", "left"),
        }  # fmt: skip
    # In percentage points, the unit in which a contribution is spoken of.
    shown = table[list(names)].assign(
        name=[str(n) or localized("未知归属", "unknown") for n in table["name"]],
        **{c: (table[c] * 100).round(2) + 0.0 for c in ("points", "entered", "left") if c in names},
    )
    for line in frame_lines(
        shown, [localized(*names[str(c)]) for c in shown], {}, percents=("panel",)
    ):
        click.echo(line)
    if len(done.table) > top:
        rest = done.table["points"].iloc[top:].sum() * 100
        say(
            f"……其余 {len(done.table) - top:,} 个合计 {rest:.2f} 个百分点",
            f"… the other {len(done.table) - top:,} together {rest:.2f} points",
        )


def _say_whole(done: GrowthParts) -> None:
    from industrymap import schemas

    unit, whole = schemas.unit_label(done.unit, current()), done.whole
    say(
        f"{measure_name(done.measure)}（{unit}），{done.period.text('zh')}，按{AREAS[done.by][0]}，{_BASES[done.basis][0]}",
        f"{measure_name(done.measure)} ({unit}), {done.period}, by {AREAS[done.by][1]}, {_BASES[done.basis][1]}",
    )
    say(
        f"  {cell(whole.before)} → {cell(whole.now)}，增长 {percent(whole.whole)}",
        f"  {cell(whole.before)} → {cell(whole.now)}, growth {percent(whole.whole)}",
    )
    if done.basis == "firms":
        say(
            f"  可比口径（两期都有的 {whole.n_panel:,} 家）{percent(whole.panel)}；仅本期有数 {whole.n_entered:,} 家，仅上年同期有数 {whole.n_left:,} 家",
            f"  constant panel ({whole.n_panel:,} firms in both) {percent(whole.panel)}; {whole.n_entered:,} firms known only now, {whole.n_left:,} only a year before",
        )
    if done.published is not None:
        say(
            f"  公布的全市增速 {percent(done.published)}（口径不同，可与上不等）",
            f"  published rate of the city {percent(done.published)} (another definition, it may differ)",
        )
    if done.lacking:
        names = localized("、", ", ").join(done.lacking)
        say(f"  只有一期数、未参与：{names}", f"  Known of one period only, took no part: {names}")


@click.command("seasons", cls=Command, zh="同月对比：本年各月与以往各年同月。")
@click.argument("measure")
@workspace_folder("工作区。", "The workspace.")
@option("--kind", type=click.Choice(list(KINDS)), default=None, zh="对象类型，如 firm、cluster。", en="Kind of entity, such as firm or cluster.")  # fmt: skip
@option("--entity", default="", zh="对象的代码或名称，默认全市。", en="Code or name of the entity (default: the city).")  # fmt: skip
@option("--years", type=click.IntRange(1, 20), default=3, show_default=True, zh="比较以往几年。", en="How many past years.")  # fmt: skip
@as_of_option
def seasons_command(
    measure: str, *, folder: Path, kind: str | None, entity: str, years: int, as_of: str | None
) -> None:
    """Put each month of the latest year beside the same months of past years and their mean."""
    from industrymap import pipeline

    options = pipeline.SeasonOptions(
        entity=entity, kind=kind or "", years=years, as_of=moment_or_now(as_of)
    )
    done = pipeline.seasons(folder, measure, options)
    _say_seasons(done, entity)


def _say_seasons(done: Seasons, entity: str) -> None:
    from industrymap import schemas

    unit = schemas.unit_label(done.unit, current())
    whom = entity or localized("全市", "city")
    how = localized("累计数已换算为当期数", "cumulative figures turned into single ones")
    say(
        f"{measure_name(done.measure)}（{unit}），{whom}" + (f"，{how}" if done.single else ""),
        f"{measure_name(done.measure)} ({unit}), {whom}" + (f", {how}" if done.single else ""),
    )
    names = {
        "period": ("时期", "period"), "value": ("本期", "now"), "mean": ("往年同月均值", "mean of past years"), "n": ("年数", "years"),
        "to_mean": ("与均值相比", "against the mean"), "growth": ("同比", "on last year"),
    }  # fmt: skip
    headers = [localized(*names[c]) if c in names else c for c in map(str, done.table)]
    for line in frame_lines(done.table, headers, {}, percents=("to_mean", "growth")):
        click.echo(line)
