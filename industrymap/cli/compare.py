"""``industrymap compare [INDICATOR]``: the city beside others, by published figures with their source."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from industrymap.cli._areas import as_of_option
from industrymap.cli._moments import moment_or_now
from industrymap.cli._options import Command, option, output_option, workspace_folder
from industrymap.cli._tables import frame_lines
from industrymap.cli._talk import current, localized, say
from industrymap.wording import counted

if TYPE_CHECKING:
    from industrymap.compare import Comparison
    from industrymap.pipeline import CityComparison

__all__ = ["command"]


@click.command(
    "compare",
    cls=Command,
    zh="与其他城市对比：排名、差距与历年走势，数据来自 peers.csv，逐项注明来源。",
)
@click.argument("indicator", default="")
@workspace_folder("工作区。", "The workspace.")
@option(
    "--set",
    "set_id",
    default="",
    zh="指标体系：没有公布数的，本市按其公式由运行数据库计算。",
    en="Set of indicators: where the city has published nothing, its formula gives the value from the running database.",
)
@option(
    "--period",
    "when",
    default="",
    zh="时期，默认两个以上城市有数的最近一期。",
    en="Period (default: the latest that two cities have).",
)
@option("--with", "chosen", default="", zh="对标城市。", en="City to measure against.")
@option("--base", default="", zh="指数的基期（=100）。", en="Base period (= 100) of the index.")
@option("--less", is_flag=True, zh="数值越小越好。", en="Less is better.")
@as_of_option
@output_option(
    type=click.Path(path_type=Path, dir_okay=False),
    zh="另存为对比报告：xlsx 或 html，由扩展名决定。",
    en="Also write the comparison as a report: xlsx or html, by its extension.",
)
def command(
    indicator: str,
    *,
    folder: Path,
    set_id: str,
    when: str,
    chosen: str,
    base: str,
    less: bool,
    as_of: str | None,
    out: Path | None,
) -> None:
    """Compare the city with others: rank, gaps and trends, from peers.csv, each figure with its source."""
    from industrymap import pipeline

    if out is not None:
        _form(out)
    options = pipeline.CityOptions(
        indicator=indicator, set_id=set_id, period=when, chosen=chosen, base=base, less=less, as_of=moment_or_now(as_of)
    )  # fmt: skip
    done = pipeline.compare_cities(folder, options)
    for one in done.compared:
        _say_one(one, done.own, chosen)
    _say_left_out(done)
    if out is not None:
        _write(done, folder, out)


def _say_one(one: Comparison, own: str, chosen: str) -> None:
    from industrymap import pipeline, schemas

    unit = schemas.unit_label(one.unit, current())
    say(
        f"{one.indicator}（{unit}），{one.period.text('zh')}：{one.ranked} 个城市可比，口径：{one.definition or '未注明'}",
        f"{one.indicator} ({unit}), {one.period}: {counted(one.ranked, 'city', 'cities')} can be compared, definition: {one.definition or 'not stated'}",
    )
    place = 0 if current() == "zh" else 1
    shown = one.table.assign(said=[pipeline.MARKS[str(m)][place] for m in one.table["mark"]])
    headings = {
        "rank": localized("位次", "rank"), "city": localized("城市", "city"), "value": localized("数值", "value"),
        "to_best": localized("与最优之差", "from the best"), "to_median": localized("与中位数之差", "from the median"),
        **({"to_chosen": localized(f"与{chosen}之差", f"from {chosen}")} if chosen else {}),
        "period": localized("时期", "period"), "source": localized("来源", "source"), "said": localized("说明", "remark"),
    }  # fmt: skip
    for line in frame_lines(shown[list(headings)], list(headings.values()), {}):
        click.echo(f"  {line}")
    if own not in set(shown["city"]):
        say(
            f"  {own}没有公布的数：写进工作区的 peers.csv，或用 --set 由运行数据库计算。",
            f"  {own} has published none: put it into the workspace's peers.csv, or compute it with --set.",
        )


def _say_left_out(done: CityComparison) -> None:
    bad = done.issues[done.issues["level"] == "error"]
    if bad.empty:
        return
    say(f"未采用的数 {len(bad):,} 个：", f"{counted(len(bad), 'figure')} left out:")
    for row in bad.itertuples(index=False):
        where = localized(f"第 {row.row} 行", f"row {row.row}")
        click.echo(f"  {row.source} {where}: {localized(str(row.zh), str(row.en))}")


def _form(out: Path) -> str:
    """Return the form of the report that the name asks for, before anything is computed."""
    from industrymap.errors import CompareError

    form = out.suffix.lower().removeprefix(".")
    if form not in {"html", "xlsx"}:
        raise CompareError(
            f"The report is written as .html or .xlsx, not {out.name!r}.",
            f"对比报告写成 .html 或 .xlsx，不是“{out.name}”。",
        )
    return form


def _write(done: CityComparison, folder: Path, out: Path) -> None:
    from industrymap import files, pipeline, report, workspace

    made = pipeline.city_report(done, workspace.load(folder))
    writer = report.html if _form(out) == "html" else report.workbook
    path = files.write_bytes(out, writer(made, lang=current()))
    say(f"已写入 {path}。", f"Written: {path}")
