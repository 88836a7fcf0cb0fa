"""``industrymap indicators values``: a set computed from the running database, on the screen and as a workbook."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np

from industrymap import aligned
from industrymap.cli._areas import AREAS, as_of_option, level_option, measure_name
from industrymap.cli._moments import moment_or_now
from industrymap.cli._options import Command, option, output_option, workspace_folder
from industrymap.cli._tables import cell, frame_lines, percent
from industrymap.cli._talk import current, localized, say
from industrymap.wording import counted

if TYPE_CHECKING:
    from collections.abc import Collection

    import pandas as pd

    from industrymap.indicators import Indicator
    from industrymap.pipeline import IndicatorValues

__all__ = ["values_command"]

_REASONS = {
    "firms": ("企业逐家数据", "figures of firms"),
    "@level": ("不适用于这一层级", "not defined for this level"),
    "@year": ("只按全年数计算", "defined of whole years only"),
    "@time": ("定义不适用于所选时期", "not defined for these periods"),
}
"""What an indicator may lack beside measures, in words."""
_BASES = {"firms": ("企业逐家汇总", "single firms"), "reported": ("本级填报", "reported totals")}


@click.command("values", cls=Command, zh="由运行数据库计算一个指标体系的数值。")
@click.argument("set_id")
@click.argument("indicator_id", required=False)
@workspace_folder("工作区。", "The workspace.")
@level_option("district")
@option(
    "--period",
    "when",
    multiple=True,
    zh="时期，如 2024Q1、2024年1—3月；可写多个，默认最近一期。",
    en="Period, such as 2024Q1; several are possible (default: the latest).",
)
@option(
    "--entity",
    zh="只看一个对象：代码或名称。",
    en="Only one area, by its code or name.",
)
@as_of_option
@option(
    "--basis",
    type=click.Choice(list(_BASES)),
    zh="只用企业逐家汇总（firms）或本级填报（reported）；默认每项取数据更全的一种。",
    en="Only sums of single firms, or only totals that the areas reported (default: for each indicator what serves more areas).",
)
@option(
    "--profile",
    type=click.Choice(["internal", "public"]),
    default="internal",
    show_default=True,
    zh="public：隐去能推算出单个企业的数。",
    en="public: values that lead back to single firms are withheld.",
)
@output_option(
    type=click.Path(path_type=Path, dir_okay=False),
    zh="写成 xlsx 工作簿：各对象数值、逐项来历、缺数据的指标。",
    en="Write an xlsx workbook: values by area, what each is made of, indicators without data.",
)
def values_command(
    set_id: str,
    indicator_id: str | None,
    *,
    folder: Path,
    level: str,
    when: tuple[str, ...],
    entity: str | None,
    as_of: str | None,
    basis: str | None,
    profile: str,
    out: Path | None,
) -> None:
    """Compute a set of indicators for every area, with what each value is made of and what is missing."""
    from industrymap import pipeline

    options = pipeline.IndicatorOptions(
        level=level,
        periods=when,
        as_of=moment_or_now(as_of),
        basis=basis or "",
        public=profile == "public",
    )
    done = pipeline.indicator_values(folder, set_id, options)
    _say_head(done)
    shown = {i.id for i in done.of.indicators}
    # What is shown narrows from the whole set; the workbook of `-o` always holds all of it.
    rows = done.figures.table
    if indicator_id is not None:
        shown = {indicator_id}
        rows = _of_indicator(done, rows, indicator_id)
    if entity is not None:
        rows = _of_entity(done, rows, entity)
    if indicator_id is not None:
        _say_lines(done, rows, "unit")
    elif entity is not None:
        _say_lines(done, rows, "indicator")
    else:
        _say_overview(done)
    _say_reserves(done, shown)
    if out is not None:
        _write(done, folder, out)


def _say_head(done: IndicatorValues) -> None:
    when = "、".join(p.text("zh") for p in done.periods)
    zh, one, many = AREAS[done.units.level]
    count = len(done.units.names)
    # The city is one by nature: "1 个全市" is no Chinese.
    areas = zh if done.units.level == "city" else f"{count} 个{zh}"
    say(
        f"{done.of.zh}：{when}，{areas}，截至第 {done.vintage} 次入库",
        f"{done.of.en}: {', '.join(map(str, done.periods))}, {counted(count, one, many)}, known as of addition {done.vintage}",
    )
    if not done.of.official:
        say("  建议的指标体系，非官方。", "  A proposed set, not official.")


def _indicators(done: IndicatorValues) -> dict[str, Indicator]:
    return {i.id: i for i in done.of.indicators}


def _unit(indicator: Indicator) -> str:
    from industrymap import schemas

    return schemas.unit_label(indicator.unit, current())


def _of_indicator(done: IndicatorValues, rows: pd.DataFrame, id_: str) -> pd.DataFrame:
    from industrymap.errors import IndicatorError, did_you_mean, nearest

    known = _indicators(done)
    if id_ not in known:
        en, zh = did_you_mean(nearest(id_, known, n=1))
        raise IndicatorError(
            f"The set has no indicator {id_!r}.{en}", f"体系中没有指标“{id_}”。{zh}"
        )
    return rows[rows["indicator"] == id_]


def _of_entity(done: IndicatorValues, rows: pd.DataFrame, name: str) -> pd.DataFrame:
    from industrymap.errors import IndicatorError, did_you_mean, nearest
    from industrymap.pipeline import code_of

    code = code_of(done.units.names, name)
    if code is None:
        en, zh = did_you_mean(nearest(name, done.units.names.values(), n=1))
        raise IndicatorError(
            f"The level {done.units.level} has no {name!r}.{en}", f"该层级中没有“{name}”。{zh}"
        )
    return rows[rows["unit"] == code]


def _say_lines(done: IndicatorValues, rows: pd.DataFrame, first: str) -> None:
    """Print one line a value: what it is of, the value, its basis, the firms it is made of and their share."""
    known = _indicators(done)
    names = (
        [done.units.names[u] for u in rows["unit"]]
        if first == "unit"
        else [localized(known[i].zh, known[i].en) for i in rows["indicator"]]
    )
    units = [_unit(known[i]) for i in rows["indicator"]]
    shown = rows.assign(
        # The column that tells rows apart changes with the question: areas of one indicator, or
        # indicators of one area.
        **{first: names},
        measured_in=units,
        basis=[
            # Without a value there is no basis either: naming one would suggest that something was
            # summed.
            localized(*_BASES[b]) if v else "—"
            for b, v in zip(rows["basis"], rows["value"].notna(), strict=True)
        ],
    )
    headings = {
        first: localized("对象", "area") if first == "unit" else localized("指标", "indicator"),
        "period": localized("时期", "period"),
        "value": localized("数值", "value"),
        "measured_in": localized("单位", "unit"),
        "basis": localized("口径", "from"),
        "n": localized("企业数", "firms"),
        "coverage": localized("覆盖", "coverage"),
    }
    for line in frame_lines(
        shown[list(headings)], list(headings.values()), {}, percents=("coverage",)
    ):
        click.echo(line)


def _say_overview(done: IndicatorValues) -> None:
    """Print one line an indicator: lowest, median and highest area of the last period."""
    # Lowest and highest of several periods mixed would compare different months.
    last = str(max(done.periods))
    table = done.figures.table
    for group in done.of.groups:
        rows = []
        for indicator in done.of.indicators:
            # Areas without a value take no part in lowest, highest or median; "known" says how many
            # are left.
            here = table[(table["indicator"] == indicator.id) & (table["period"] == last)]
            here = here.dropna(subset=["value"])
            if indicator.group != group or here.empty:
                continue
            values = here["value"].to_numpy(dtype=float)
            names = [done.units.names[u] for u in here["unit"]]
            ends = (int(values.argmin()), int(values.argmax()))
            rows.append(
                (
                    indicator.id,
                    localized(indicator.zh, indicator.en),
                    _unit(indicator),
                    *(f"{cell(float(values[i]))} {names[i]}" for i in ends),
                    cell(float(np.median(values))),
                    f"{len(here)}/{len(done.units.names)}",
                    # One basis serves all areas of an indicator, so any row names it.
                    localized(*_BASES[here["basis"].iloc[0]]),
                    # The least, not the mean: one area at 10 % is what a reader must know about.
                    percent(here["coverage"].min()),
                )
            )
        if rows:
            zh, en = done.of.groups[group]
            click.echo(f"\n{localized(zh, en)}")
            headers = (
                "",
                localized("指标", "indicator"),
                localized("单位", "unit"),
                localized("最低", "lowest"),
                localized("最高", "highest"),
                localized("中位数", "median"),
                localized("有数", "known"),
                localized("口径", "from"),
                localized("最低覆盖", "least coverage"),
            )
            # Right-aligned: median, number known and coverage; lowest and highest carry a name and
            # stay left.
            for line in aligned.table(headers, rows, right=[5, 6, 8]):
                click.echo(f"  {line}")


def _say_withheld(done: IndicatorValues, shown: Collection[str]) -> None:
    """Say how many values are known and not shown, by reason."""
    from industrymap import publishing

    withheld = done.figures.withheld
    withheld = withheld[withheld["indicator"].isin(shown)]
    words = publishing.reasons(current())
    for reason, n in withheld["reason"].value_counts(sort=False).items():
        say(
            f"  隐去 {n:,} 个数：{words[str(reason)]}",
            f"  {counted(n, 'value')} withheld: {words[str(reason)]}",
        )


def _say_reserves(done: IndicatorValues, shown: Collection[str]) -> None:
    """Say what is missing of the indicators shown, what was carried over and which firms belong to no area."""
    # With one indicator asked for, gaps of the other forty-four are noise.
    missing = {i: lacks for i, lacks in done.figures.missing.items() if i in shown}
    if missing:
        known = _indicators(done)
        say(
            f"\n缺数据、未计算的指标 {len(missing)} 项：",
            f"\n{counted(len(missing), 'indicator')} without data:",
        )
        mark = localized("、", ", ")
        rows = [
            (
                i,
                localized(known[i].zh, known[i].en),
                localized("缺 ", "lacks ") + mark.join(map(_lack, lacks)),
            )
            for i, lacks in missing.items()
        ]
        # The table is used for its columns alone: its first line, empty headings, is dropped.
        for line in aligned.table(("", "", ""), rows)[1:]:
            click.echo(f"  {line}")
    _say_withheld(done, shown)
    # Both are figures nobody reported in this form, so they are said beside the answer.
    for one in done.figures.carried:
        name = measure_name(one.measure)
        if one.differences:
            say(
                f"  {name}：{one.differences:,} 个数为累计数相减所得",
                f"  {name}: {counted(one.differences, 'figure')} from the difference of cumulative figures",
            )
        if one.states:
            say(
                f"  {name}：{one.states:,} 个数沿用一年以内较早一期的数",
                f"  {name}: {counted(one.states, 'figure')} as stated up to a year earlier",
            )
    # Firms without an area count nowhere; without this line a total would look complete.
    strangers = done.figures.unknown_firms
    if strangers and done.public:
        # Who they are is nobody's business outside.
        say(
            f"  运行数据库中 {len(strangers):,} 家企业不在最近一次生成的企业库中，未计入",
            f"  {counted(len(strangers), 'firm')} of the running database unknown to the last build, counted nowhere",
        )
    elif strangers:
        say(
            f"  运行数据库中 {len(strangers):,} 家企业不在最近一次生成的企业库中，未计入：{'、'.join(strangers[:3])}……",
            f"  {counted(len(strangers), 'firm')} of the running database unknown to the last build, counted nowhere: {', '.join(strangers[:3])} …",
        )


def _lack(name: str) -> str:
    if name in _REASONS:
        return localized(*_REASONS[name])
    called = measure_name(name)
    return name if called == name else localized(f"{called}（{name}）", f"{called} ({name})")


def _write(done: IndicatorValues, folder: Path, out: Path) -> None:
    from industrymap import export, files, workspace

    space = workspace.load(folder)
    title = localized(done.of.zh, done.of.en)
    note = localized(
        f"时期：{'、'.join(p.text('zh') for p in done.periods)}；截至第 {done.vintage} 次入库"
        + ("" if done.of.official else "；建议的指标体系，非官方"),
        f"Periods: {', '.join(map(str, done.periods))}; known as of addition {done.vintage}"
        + ("" if done.of.official else "; a proposed set, not official"),
    )
    book = export.workbook(
        [
            export.Sheet(
                name=localized("指标值", "Values"), frame=_wide(done), heading=(title, note)
            ),
            export.Sheet(name=localized("来历", "Made of"), frame=_long(done)),
            export.Sheet(name=localized("缺数据", "Missing"), frame=_lacking(done)),
        ],
        lang=current(),
        meta=space.about(title=title, note=note),
    )
    path = files.write_bytes(out, book)
    say(f"已写入 {path}。", f"Written: {path}")


def _wide(done: IndicatorValues) -> pd.DataFrame:
    """Return one row an area and period, one column an indicator that has a value."""
    import pandas as pd

    known = _indicators(done)
    table = done.figures.table
    # Every area in every period, also where nothing is known: a missing row would read as a missing
    # area.
    periods = [str(p) for p in sorted(set(done.periods))]
    index = pd.MultiIndex.from_product([done.units.codes, periods], names=["unit", "period"])
    out = pd.DataFrame(
        {
            localized("编号", "code"): [code for code, _ in index],
            localized("名称", "name"): [done.units.names[code] for code, _ in index],
            localized("时期", "period"): [period for _, period in index],
        },
        dtype="string",
    )
    for id_, rows in table.groupby("indicator", sort=False):
        one = known[str(id_)]
        # An indicator without any value has its own sheet, with what it lacks.
        if rows["value"].notna().any():
            heading = localized(f"{one.zh}（{one.unit}）", f"{one.en} ({_unit(one)})")
            out[heading] = rows.set_index(["unit", "period"])["value"].reindex(index).array
    return out


def _long(done: IndicatorValues) -> pd.DataFrame:
    """Return one row a value, with what it is made of."""
    known = _indicators(done)
    # One row a value: cells without one are on the sheet of what is missing.
    table = done.figures.table.dropna(subset=["value"])
    shown = table.assign(
        name=[done.units.names[u] for u in table["unit"]],
        title=[localized(known[i].zh, known[i].en) for i in table["indicator"]],
        measured_in=[_unit(known[i]) for i in table["indicator"]],
        formula=[known[i].formula.text for i in table["indicator"]],
        basis=[localized(*_BASES[b]) for b in table["basis"]],
        coverage=[percent(c) for c in table["coverage"]],
    )
    headings = {
        "title": localized("指标", "indicator"), "unit": localized("编号", "code"), "name": localized("名称", "name"),
        "period": localized("时期", "period"), "value": localized("数值", "value"), "measured_in": localized("单位", "unit"),
        "basis": localized("口径", "from"), "n": localized("企业数", "firms"), "coverage": localized("覆盖", "coverage"),
        "formula": localized("公式", "formula"),
    }  # fmt: skip
    return shown[list(headings)].rename(columns=headings).reset_index(drop=True)


def _lacking(done: IndicatorValues) -> pd.DataFrame:
    """Return one row an indicator without data, with what it lacks."""
    import pandas as pd

    known = _indicators(done)
    mark = localized("、", ", ")
    rows = [
        (localized(known[i].zh, known[i].en), known[i].formula.text, mark.join(map(_lack, lacks)))
        for i, lacks in done.figures.missing.items()
    ]
    names = [localized("指标", "indicator"), localized("公式", "formula"), localized("缺", "lacks")]
    return pd.DataFrame(rows, columns=names, dtype="string")
