"""``industrymap grade [RULE]``: firms graded by a rule, one firm explained, areas, who moved, lists for publicity."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from industrymap import aligned
from industrymap.cli._grade_sheets import area_table, book, notice_book, parts_of
from industrymap.cli._options import Command, option, output_option, workspace_option
from industrymap.cli._tables import frame_lines, percent
from industrymap.cli._talk import current, localized, say
from industrymap.wording import counted

if TYPE_CHECKING:
    from industrymap.grading import Rule
    from industrymap.pipeline import Grades

__all__ = ["command"]

_AREAS = ("district", "town", "park_id", "block_id", "industry_division")
_FILE = click.Path(path_type=Path, dir_okay=False)
_MOST_MOVED = 20
"""Firms that moved named on the screen; the workbook lists all."""


@click.command(
    "grade",
    cls=Command,
    zh="按规则对企业分类评价（A、B、C、D）；不写规则时列出可用的规则。",
)
@click.argument("rule_id", metavar="[RULE]", default="")
@option("--year", type=int, zh="评价哪一年的数据。", en="Year of the figures.")
@option(
    "--inputs",
    multiple=True,
    type=_FILE,
    zh="要素数据表（用地、能耗、研发等），可写多个；默认为设置中 [grading] 的 inputs。",
    en="Table of inputs (land, energy, R&D …), may be given several times; by default [grading] inputs of the settings.",
)
@option(
    "--parcels",
    type=_FILE,
    zh="宗地表或图层（权利人、份额）。",
    en="Table or layer of parcels with holders and shares.",
)
@option("--firm", default="", zh="说明一家企业的得分。", en="Take the score of one firm apart.")
@option(
    "--by",
    type=click.Choice(_AREAS),
    zh="按区、镇街、园区、区块或行业大类汇总评分。",
    en="Grade areas by the same items: districts, towns, parks, blocks, industries.",
)
@option(
    "--moved",
    is_flag=True,
    zh="与上年相比谁变了类别、为什么。",
    en="Who moved since the year before, and why.",
)
@option(
    "--objections",
    type=_FILE,
    zh="异议表（数据项、核定值、处理结果）：按采纳的核定值重算，并说明变化。",
    en="Table of objections (figure, accepted value, outcome): grade again by what was accepted, and tell the difference.",
)
@option(
    "--draws",
    type=click.IntRange(0, 10_000),
    default=1000,
    show_default=True,
    zh="数据在误差内随机变动的次数，看类别是否会变。",
    en="Draws of figures within their uncertainty, to see whose letter would flip.",
)
@option(
    "--notice",
    type=_FILE,
    zh="写出公示名单 xlsx（只有类别，没有数据）。",
    en="Write the list for publicity as xlsx: letters, no figures.",
)
@workspace_option
@output_option(
    type=_FILE,
    zh="写出评分工作簿 xlsx（内部使用）。",
    en="Write the grading as an xlsx workbook, for use inside the office.",
)
def command(
    rule_id: str,
    *,
    folder: Path,
    year: int | None,
    inputs: tuple[Path, ...],
    parcels: Path | None,
    firm: str,
    by: str | None,
    moved: bool,
    objections: Path | None,
    draws: int,
    notice: Path | None,
    out: Path | None,
) -> None:
    """Grade firms by a rule; without one, list the rules."""
    from industrymap import files, pipeline, workspace

    if not rule_id:
        _list(pipeline.grading_rules(folder))
        return
    if year is None:
        raise click.UsageError(localized("请用 --year 写明年份。", "Name the year with --year."))
    options = pipeline.GradeOptions(
        rule=rule_id,
        year=year,
        inputs=inputs,
        parcels=parcels,
        draws=draws,
        moved=moved,
        objections=objections,
    )
    done = pipeline.grade_firms(folder, options)
    _head(done)
    if firm:
        _explain(done, firm)
    else:
        _summary(done)
    if by:
        _areas(done, by)
    if moved:
        _moved(done)
    if objections is not None:
        _objections(done)
    about = workspace.load(folder).about
    if notice is not None:
        path = files.write_bytes(
            notice, notice_book(done, lang=current(), meta=about(title=done.rule.title(current())))
        )
        say(f"公示名单：{path}", f"List for publicity: {path}")
    if out is not None:
        made = book(
            done, lang=current(), meta=about(title=done.rule.title(current())), by=by or "district"
        )
        path = files.write_bytes(out, made)
        say(f"已写入 {path}。", f"Written: {path}")


def _list(rules: dict[str, Rule]) -> None:
    lang = current()
    rows = [(rule.id, rule.title(lang)) for rule in rules.values()]
    for line in aligned.table((localized("规则", "rule"), localized("名称", "title")), rows):
        click.echo(line)


def _head(done: Grades) -> None:
    lang = current()
    click.echo(f"{done.rule.title(lang)} · {done.year}")
    say(f"  依据：{done.rule.source}", f"  Source: {done.rule.source}")
    proposed = done.rule.proposals(lang)
    if proposed:
        most = 6
        rest = (
            ""
            if len(proposed) <= most
            else localized(f" 等 {len(proposed)} 项", f" and {len(proposed) - most} more")
        )
        words = localized("、", ", ").join(proposed[:most])
        say(f"  建议值，非官方：{words}{rest}", f"  Proposed, not official: {words}{rest}")
    errors = int((done.issues["level"] != "info").sum())
    if errors:
        say(
            f"  要素数据中有 {errors:,} 处未能采用或需核对（见工作簿）。",
            f"  {counted(errors, 'finding')} in the inputs (see the workbook).",
        )


def _summary(done: Grades) -> None:
    """Print the letters of each scope beside the shares that the rule states, and the reasons of those without one."""
    rule = done.rule
    for part in done.graded.scopes:
        size = len(part.rows)
        name = localized(part.scope.zh, part.scope.en)
        say(f"{name}：{size:,} 家", f"{name}: {counted(size, 'firm')}")
        for n, letter in enumerate(rule.letters if size else ()):
            count = int((part.letters == n).sum())
            click.echo(f"  {letter.id}  {count:>6,}  {percent(count / size):>6}")
        tied = int((part.places.best != part.places.last).sum())
        if tied:
            say(
                f"  同分 {tied:,} 家，同分同类。",
                f"  {counted(tied, 'firm')} with equal scores, which share a letter.",
            )
        gaps = int((~part.measured.known).any(axis=1).sum())
        if gaps:
            say(
                f"  {gaps:,} 家至少缺一项指标，缺项按规则计分。",
                f"  {counted(gaps, 'firm')} without a figure of some item, which counts as the rule says.",
            )
    left = done.table[done.table["score"].isna()]
    if len(left):
        sign = rule.ungraded.letter or localized("未评价", "ungraded")
        say(f"{sign}：{len(left):,} 家未评价", f"{sign}: {counted(len(left), 'firm')} not graded")
        reason = "reason" if current() == "zh" else "reason_en"
        for why, count in (
            left[reason]
            .value_counts()
            .sort_index()
            .sort_values(ascending=False, kind="stable")
            .items()
        ):
            click.echo(f"  {count:>6,}  {why}")


def _explain(done: Grades, firm: str) -> None:
    at = done.firm(firm)
    column = "reason" if current() == "zh" else "reason_en"
    row = done.table[
        done.table["enterprise_id"] == done.graded.firms["enterprise_id"].iloc[at]
    ].iloc[0]
    click.echo(f"{row['name']}  {row[column]}")
    parts = parts_of(done, at, lang=current())
    if parts.empty:
        return
    # Six digits: enough to work the score out again by hand.
    cells = [[_digits(v) for v in parts[c]] for c in parts]
    numbers = [n for n, c in enumerate(parts) if str(parts[c].dtype) == "float64"]
    for line in aligned.table([str(c) for c in parts], zip(*cells, strict=True), right=numbers):
        click.echo(f"  {line}")
    say(
        "  各项得分＝数值÷基准×权重（限上下限）；总分＝各项之和＋加分－减分。",
        "  Points = value ÷ benchmark × weight, within cap and floor; score = their sum + bonus − malus.",
    )


def _areas(done: Grades, by: str) -> None:
    for part in done.graded.scopes:
        table = area_table(done, part.scope.id, by, lang=current())
        if len(table):
            say(f"{part.scope.zh}：", f"{part.scope.en}:")
            for line in frame_lines(table, [str(c) for c in table], {}):
                click.echo(f"  {line}")


def _moved(done: Grades) -> None:
    moves = done.moves
    if moves is None or moves.empty:
        say("与上年相比没有企业变动类别。", "No firm moved since the year before.")
        return
    say(
        f"与上年相比变动 {len(moves):,} 家：",
        f"{counted(len(moves), 'firm')} moved since the year before:",
    )
    why = "why" if current() == "zh" else "why_en"
    for row in moves.head(_MOST_MOVED).to_dict("records"):
        click.echo(
            f"  {row['name']}  {_letter(row['before'])} → {_letter(row['after'])}  {row[why]}"
        )


def _objections(done: Grades) -> None:
    """Print what became of the objections, and whose letter the accepted ones changed."""
    told, moves = done.objections, done.corrected
    if told is None or moves is None:
        return
    counts = told["outcome"].value_counts().to_dict()
    accepted, rejected, left = (int(counts.get(k, 0)) for k in ("accepted", "rejected", "open"))
    say(
        f"异议 {len(told):,} 件：采纳 {accepted:,}，不采纳 {rejected:,}，未处理 {left:,}。",
        f"{counted(len(told), 'objection')}: {accepted:,} accepted, {rejected:,} rejected, {left:,} open.",
    )
    if moves.empty:
        say("重算后没有企业变动类别。", "Graded again, no letter changed.")
        return
    say(f"重算后变动 {len(moves):,} 家：", f"Graded again, {counted(len(moves), 'firm')} changed:")
    why = "why" if current() == "zh" else "why_en"
    for row in moves.head(_MOST_MOVED).to_dict("records"):
        line = f"  {row['name']}  {_letter(row['before'])} → {_letter(row['after'])}  {row[why]}"
        click.echo(line)


def _digits(value: object) -> str:
    from industrymap.columns import is_missing

    if is_missing(value):
        return "—"
    return f"{value:,.6g}" if isinstance(value, float) else str(value)


def _letter(value: object) -> str:
    from industrymap.columns import is_missing

    return "—" if is_missing(value) else str(value)
