"""``industrymap assess [ASSESSMENT]``: districts scored, awards, the ladder and doubling cohorts, quality firms."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from industrymap import aligned
from industrymap.cli._options import Command, option, output_option, workspace_option
from industrymap.cli._tables import frame_lines, percent
from industrymap.cli._talk import current, localized, say
from industrymap.wording import counted

if TYPE_CHECKING:
    import pandas as pd

    from industrymap.assessment import Assessment
    from industrymap.pipeline import Assessed

__all__ = ["command"]

_FILE = click.Path(path_type=Path, dir_okay=False)
_MOST_WATCHED = 10
"""Firms of the watch list named on the screen; the workbook lists all."""
_WORDS = {
    "rank": ("名次", "rank"), "district": ("区", "district"), "score": ("得分", "score"), "known": ("可评分值", "of points"),
    "on_ladder": ("台阶以上", "on the ladder"), "climbed": ("本年升阶", "climbed"), "watched": ("临近下一台阶", "near the next"),
    "cohort": ("倍增企业", "cohort"), "done": ("已倍增", "doubled"), "on_track": ("达进度", "on track"), "behind": ("落后", "behind"),
    "unknown": ("数据不全", "not known"), "name": ("企业名称", "firm"), "revenue_10k_cny": ("营业收入（万元）", "revenue (10k yuan)"),
    "to_next_10k_cny": ("距下一台阶（万元）", "to the next (10k yuan)"), "next_10k_cny": ("下一台阶（万元）", "next stage (10k yuan)"),
    "stage": ("台阶", "stage"), "stage_before": ("上年台阶", "stage before"), "revenue_from": ("基期营收（万元）", "revenue at the start"),
    "revenue_now": ("现营收（万元）", "revenue now"), "times": ("倍数", "times"), "asked": ("应达倍数", "asked"), "state": ("状态", "state"),
    "year": ("年份", "year"), "label": ("称号", "label"), "firms": ("家数", "firms"), "undated": ("其中认定日期未知", "of which undated"),
    "target": ("目标", "target"), "award": ("奖项", "award"), "place": ("位次", "place"), "figure": ("得分", "points"),
}  # fmt: skip


@click.command(
    "assess",
    cls=Command,
    zh="区县考核：加权得分、单项奖、攀登与倍增企业、优质企业数；不写考核办法时列出可用的。",
)
@click.argument("assessment_id", metavar="[ASSESSMENT]", default="")
@option("--year", type=int, zh="考核年份。", en="Year that is assessed.")
@option(
    "--figures",
    type=_FILE,
    zh="各区指标表：一行一区，一列一项指标。",
    en="Table of the districts' figures: one row a district, one column an item.",
)
@workspace_option
@output_option(
    type=_FILE,
    zh="写出 xlsx 工作簿（含企业名单，内部使用）。",
    en="Write an xlsx workbook with the firms, for use inside the office.",
)
def command(
    assessment_id: str,
    *,
    folder: Path,
    year: int | None,
    figures: Path | None,
    out: Path | None,
) -> None:
    """Assess districts: weighted scores, awards, firms on the ladder and doubling, quality firms; without one, list them."""
    from industrymap import export, files, pipeline, workspace

    if not assessment_id:
        _list(pipeline.assessments(folder))
        return
    if year is None:
        raise click.UsageError(localized("请用 --year 写明年份。", "Name the year with --year."))
    done = pipeline.assess(
        folder, pipeline.AssessOptions(assessment=assessment_id, year=year, figures=figures)
    )
    _head(done)
    _scores(done)
    _cohorts(done)
    _quality(done)
    if out is not None:
        about = workspace.load(folder).about(title=done.of.title(current()))
        sheets = [
            export.Sheet(
                name=name,
                frame=_worded(frame),
                layer="assessment",
                heading=[f"{done.of.title(current())} · {done.year} · {name}"],
            )
            for name, frame in _tables(done)
        ]
        path = files.write_bytes(out, export.workbook(sheets, lang=current(), meta=about))
        say(f"已写入 {path}。", f"Written: {path}")


def _list(known: dict[str, Assessment]) -> None:
    rows = [(one.id, one.title(current())) for one in known.values()]
    for line in aligned.table((localized("考核办法", "assessment"), localized("名称", "title")), rows):  # fmt: skip
        click.echo(line)


def _head(done: Assessed) -> None:
    click.echo(f"{done.of.title(current())} · {done.year}")
    say(f"  依据：{done.of.source}", f"  Source: {done.of.source}")
    say(
        f"  工业部分占 {percent(done.of.industrial_share)}，要求不低于 {percent(done.of.least_industrial_share)}。",
        f"  The industrial part has {percent(done.of.industrial_share)} of the score, at least {percent(done.of.least_industrial_share)} is asked.",
    )
    errors = int((done.issues["level"] != "info").sum()) if len(done.issues) else 0
    if errors:
        say(f"  指标表中有 {errors:,} 处需核对。", f"  {counted(errors, 'finding')} in the table of figures.")  # fmt: skip


def _scores(done: Assessed) -> None:
    if done.scores is None:
        say("没有各区指标表（--figures），未评分。", "No table of figures (--figures): nobody is scored.")  # fmt: skip
        return
    table = done.scores.districts
    parts = {f"part.{p.id}": localized(p.zh, p.en) for p in done.of.parts}
    columns = ["rank", "district", "score", "known", *parts]
    _print(table[columns], parts)
    for row in done.scores.awards.to_dict("records"):
        award = row["award" if current() == "zh" else "award_en"]
        say(
            f"  {award} 第 {row['place']} 名：{row['district']}（{row['figure']:.2f} 分）",
            f"  {award}, place {row['place']}: {row['district']} ({row['figure']:.2f} points)",
        )


def _cohorts(done: Assessed) -> None:
    table = done.by_district()
    if table.empty:
        return
    _print(table)
    if done.ladder is None or done.of.ladder is None:
        return
    watched = done.ladder[done.ladder["watched"]].sort_values("to_next_10k_cny")
    say(
        f"临近下一台阶（差 {percent(done.of.ladder.near)} 以内）{len(watched):,} 家，最近的：",
        f"{counted(len(watched), 'firm')} within {percent(done.of.ladder.near)} of the next stage, the nearest:",
    )
    columns = ["name", "district", "revenue_10k_cny", "next_10k_cny", "to_next_10k_cny"]
    _print(watched[columns].head(_MOST_WATCHED))


def _quality(done: Assessed) -> None:
    if done.quality is None:
        return
    latest = done.quality[done.quality["year"] == done.year]
    for row in latest.to_dict("records"):
        every = isinstance(row["target"], int)
        label = (
            localized("合计（去重）", "together, each firm once") if every else str(row["label"])
        )
        of = f" / {row['target']:,}" if every else ""
        undated = localized(f"（认定日期未知 {row['undated']:,}）", f" ({row['undated']:,} undated)")  # fmt: skip
        click.echo(f"  {label}  {row['firms']:,}{of}{undated if int(row['undated']) > 0 else ''}")


def _print(table: pd.DataFrame, more: dict[str, str] | None = None) -> None:
    names = {**{k: localized(*v) for k, v in _WORDS.items()}, **(more or {})}
    for line in frame_lines(table, [names.get(str(c), str(c)) for c in table], {}):
        click.echo(line)


def _worded(table: pd.DataFrame) -> pd.DataFrame:
    return table.rename(columns={c: localized(*_WORDS[str(c)]) for c in table if str(c) in _WORDS})


def _tables(done: Assessed) -> list[tuple[str, pd.DataFrame]]:
    """Return the sheets of the workbook."""
    made: list[tuple[str, pd.DataFrame]] = []
    if done.scores is not None:
        items = {i.id: localized(i.zh, i.en) for p in done.of.parts for i in p.items}
        names = {f"part.{p.id}": localized(p.zh, p.en) for p in done.of.parts}
        names |= {f"value.{k}": v for k, v in items.items()}
        names |= {f"points.{k}": localized(f"{v}得分", f"{v}, points") for k, v in items.items()}
        made.append((localized("得分", "Scores"), done.scores.districts.rename(columns=names)))
        kept = "award" if current() == "zh" else "award_en"
        shown = done.scores.awards[[kept, "district", "place", "figure"]]
        made.append((localized("单项奖", "Awards"), shown.rename(columns={kept: "award"})))
    made.append((localized("各区企业", "By district"), done.by_district()))
    for name, frame in (
        (localized("攀登", "Ladder"), done.ladder),
        (localized("倍增", "Doubling"), done.doubling),
        (localized("优质企业", "Quality firms"), done.quality),
    ):
        if frame is not None:
            made.append((name, frame.drop(columns="enterprise_id", errors="ignore")))
    return made
