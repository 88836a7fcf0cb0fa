"""``industrymap due``: which tables of the calendar have come, which have not, and from whom."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from industrymap.cli._moments import as_day
from industrymap.cli._options import Command, option, workspace_folder
from industrymap.cli._tables import frame_lines
from industrymap.cli._talk import current, localized, say
from industrymap.errors import ConfigError
from industrymap.wording import counted

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["command"]

_STATES = {"there": ("已到齐", "there"), "part": ("缺一部分", "part of it missing"), "missing": ("未到", "not there"), "ahead": ("未到期", "not due yet")}  # fmt: skip


@click.command(
    "due", cls=Command, zh="报送日历：哪些报表该到、哪些未到、缺哪些区；写出供填报的表。"
)
@workspace_folder("工作区。", "The workspace.")
@option("--on", "day", default="", zh="按这一天（当日终了所知），默认今天。", en="As of the end of this day (default: today).")  # fmt: skip
@option("--months", type=click.IntRange(1, 120), default=12, show_default=True, zh="往前看几个月。", en="How many months back.")  # fmt: skip
@option("--all", "every", is_flag=True, zh="也列出已到齐的。", en="Also list what is there.")
@option("--table", zh="写出这张报表的填报表。", en="Write the workbook to fill in for this table.")
@option("--period", default="", zh="填报表的时期。", en="Its period.")
@option(
    "--fill",
    type=click.Path(path_type=Path, dir_okay=False),
    zh="填报表写到哪个 .xlsx。",
    en="The .xlsx to fill in.",
)
def command(
    *, folder: Path, day: str, months: int, every: bool, table: str | None, period: str, fill: Path | None
) -> None:  # fmt: skip
    """Say which tables of the calendar are late and from whom, or write one to fill in (--table, --period, --fill)."""
    from industrymap import pipeline

    if table or period or fill:
        if not (table and period and fill):
            raise ConfigError(
                "A table to fill in needs --table, --period and --fill.",
                "写填报表须同时给出 --table、--period 和 --fill。",
            )
        path = pipeline.due_template(folder, table, period, fill, lang=current())
        say(f"已写出 {path}", f"Wrote {path}")
        return
    found = pipeline.due_tables(folder, on=as_day(day) if day else None, months=months)
    late = found["state"].isin(["part", "missing"])
    _say_rows(found if every else found[late | (found["state"] == "ahead")])
    say(
        f"逾期 {int(late.sum())} 张，到齐 {int((found['state'] == 'there').sum())} 张。",
        f"{counted(int(late.sum()), 'table')} late, {int((found['state'] == 'there').sum())} there.",
    )


def _say_rows(rows: pd.DataFrame) -> None:
    if rows.empty:
        return
    headers = [localized(*w) for w in (("报表", "table"), ("部门", "department"), ("时期", "period"), ("应到", "due"), ("状态", "state"), ("逾期天数", "days late"), ("缺", "lacking"))]  # fmt: skip
    # Eleven names say no more than that nobody sent it.
    rows = rows.assign(lacking=rows["lacking"].where(rows["state"] == "part", ""))
    states = {k: localized(*v) for k, v in _STATES.items()}
    for line in frame_lines(rows, headers, {"state": states}):
        click.echo(line)
