"""``industrymap series import | show | growth | seasons | revise | diff``: figures over time, with the history of their revisions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from industrymap.cli._areas import KINDS, as_of_option, measure_name
from industrymap.cli._change_lines import blank
from industrymap.cli._moments import moment_or_now
from industrymap.cli._options import Group, option, workspace_folder
from industrymap.cli._series_growth import growth_command, seasons_command
from industrymap.cli._tables import frame_lines
from industrymap.cli._talk import current, localized, say
from industrymap.errors import ConfigError
from industrymap.wording import counted

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

    from industrymap.observations import Words
    from industrymap.series import Appended, ParquetSeries

__all__ = ["command"]

_SHOWN = 20
_KIND = option("--kind", zh="对象类型，如 district、firm。", en="Kind of entity: district, firm, …")
_ENTITY = option("--entity", zh="对象的代码或名称。", en="Code or name of the entity.")


@click.group("series", cls=Group, zh="运行数据库：读入月度、季度表，查看、修订、比较。")
def command() -> None:
    """Figures over time: read monthly and quarterly tables, show, revise and compare them."""


command.add_command(growth_command)
command.add_command(seasons_command)


@command.command("import", zh="读入一个或多个月度、季度、年度数据表。")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@workspace_folder("工作区。", "The workspace.")
@option("--who", default="", zh="由谁入库。", en="Who adds them.")
@option(
    "--period",
    default="",
    zh="文件没有写明的时期，如 2024年1—3月。",
    en="Period, where the file names none.",
)
@option(
    "--measure", default="", zh="文件没有写明的指标。", en="Measure, where the file names none."
)
@option("--unit", default="", zh="文件没有写明的单位。", en="Unit, where the file states none.")
@_KIND
@_ENTITY
@option("--sheet", zh="只读这张工作表。", en="Only this sheet.")
@option(
    "--dry-run",
    is_flag=True,
    zh="只看会读到什么，不写入。",
    en="Show what would be read, write nothing.",
)
def import_command(
    files: tuple[Path, ...],
    *,
    folder: Path,
    who: str,
    period: str,
    measure: str,
    unit: str,
    kind: str | None,
    entity: str | None,
    sheet: str | None,
    dry_run: bool,
) -> None:
    """Read monthly, quarterly or yearly tables into the running database."""
    from industrymap import jobs
    from industrymap.observations import Given

    given = Given(
        kind=kind or "", entity=entity or "", measure=measure, period=period, unit=unit, sheet=sheet
    )
    for path in files:
        done = jobs.import_series(path, folder, who=who, given=given, dry_run=dry_run)
        _say_read(done.reading.observations, path)
        _say_issues(done.issues)
        if done.appended is None:
            say("  试运行，未写入任何内容。", "  Dry run: nothing was written.")
        elif done.reading.observations.empty:
            say("  没有读到任何数。", "  No figure was read.")
        else:
            _say_added(done.appended)


@command.command("base", zh="把最近一次生成的企业年度数据入库。")
@workspace_folder()
@option("--who", default="", zh="由谁入库。", en="Who adds them.")
def base_command(*, folder: Path, who: str) -> None:
    """Add the yearly figures of the firms of the last build to the running database."""
    from industrymap import pipeline

    _say_added(pipeline.series_from_base(folder, who=who))


def _say_added(done: Appended) -> None:
    if done.vintage is None and not done.unchanged:
        say("  没有可入库的数。", "  There was no figure to add.")
    elif done.vintage is None:
        say("  都已入库，没有变化。", "  All of it is known already: nothing changed.")
    else:
        say(
            f"  第 {done.vintage.number} 次入库：新增 {done.added:,}，修订 {done.revised:,}，未变 {done.unchanged:,}",
            f"  addition {done.vintage.number}: {done.added:,} new, {done.revised:,} revised, {done.unchanged:,} unchanged",
        )


def _unit_en(rows: pd.DataFrame) -> str:
    """Return the unit of a measure's figures in English."""
    from industrymap import schemas

    return schemas.unit_label(str(rows["unit"].iloc[0]), "en")


def _say_read(table: pd.DataFrame, path: Path) -> None:
    say(f"{path.name}：{len(table):,} 个数", f"{path.name}: {counted(len(table), 'figure')}")
    for measure, rows in table.groupby("measure", sort=False):
        when = sorted(set(rows["period"]))
        span = when[0] if len(when) == 1 else f"{when[0]} … {when[-1]}（{len(when)}）"
        say(
            f"  {measure_name(str(measure))}（{rows['unit'].iloc[0]}）：{rows['entity'].nunique():,} 个对象，{span}",
            f"  {measure_name(str(measure))} ({_unit_en(rows)}): {counted(rows['entity'].nunique(), 'entity', 'entities')}, {span}",
        )


def _say_issues(findings: pd.DataFrame) -> None:
    for row in findings.head(_SHOWN).to_dict("records"):
        at = "" if blank(row["row"]) else localized(f"第 {row['row']} 行：", f"row {row['row']}: ")
        click.echo(f"  ! {at}{row[current()]}")
    if len(findings) > _SHOWN:
        say(f"  ……共 {len(findings):,} 条", f"  … {len(findings):,} in all")


@command.command("show", zh="显示某个指标的数据；不写指标则列出已入库的内容。")
@click.argument("measure", required=False)
@workspace_folder("工作区。", "The workspace.")
@_KIND
@_ENTITY
@as_of_option
@option(
    "--single",
    is_flag=True,
    zh="把累计数换算为当期数。",
    en="Turn cumulative figures into single ones.",
)
@option("--history", is_flag=True, zh="列出每次修订。", en="List every revision.")
def show_command(
    measure: str | None,
    *,
    folder: Path,
    kind: str | None,
    entity: str | None,
    as_of: str | None,
    single: bool,
    history: bool,
) -> None:
    """Show the figures of a measure, or, without one, what the database holds."""
    from industrymap import schemas

    series = _opened(folder)
    words = _words(folder)
    if measure is None:
        _say_contents(series, moment_or_now(as_of))
        return
    table = series.known(as_of=moment_or_now(as_of), kind=kind, measures=[measure])
    if entity is not None:
        # Firms and parks have no names in the pack: what is no known name is taken for a code.
        known = words.entity(entity)
        table = table[table["entity"] == (known[1] if known else entity)]
    if table.empty:
        _refuse_unknown(series, measure)
    if history:
        table = _histories(series, table)
    elif single:
        _refuse_no_flow(measure)
        table = _singles(table)
    elif not _is_growth(measure):
        table = _with_growth(table)
    names = {
        "kind": ("类型", "kind"), "entity": ("对象", "entity"), "period": ("时期", "period"), "value": ("数值", "value"),
        "unit": ("单位", "unit"), "status": ("状态", "status"), "vintage": ("入库", "added in"), "growth": ("同比", "on last year"),
    }  # fmt: skip
    shown = _named(table, words)[[c for c in names if c in table]]
    # Units are kept in Chinese; the screen shows them in the reader's language.
    units = {u: schemas.unit_label(u, current()) for u in map(str, shown["unit"].unique())}
    headers = [localized(*names[str(c)]) for c in shown]
    for line in frame_lines(shown, headers, {"unit": units}, percents=("growth",)):
        click.echo(line)


@command.command("revise", zh="修订或撤回一个数；原值按当时仍可查。")
@click.argument("measure")
@workspace_folder("工作区。", "The workspace.")
@option("--kind", default="district", show_default=True, zh="对象类型。", en="Kind of entity.")
@option("--entity", required=True, zh="对象的代码或名称。", en="Code or name of the entity.")
@option(
    "--period", required=True, zh="时期，如 2024Q1、2024年1—3月。", en="Period, such as 2024Q1."
)
@option(
    "--value",
    type=float,
    zh="新值；不写则撤回该数。",
    en="The new value; without one the figure is withdrawn.",
)
@option("--unit", default="", zh="单位，默认不变。", en="Unit (default: as it was).")
@option("--who", required=True, zh="由谁修订。", en="Who revises it.")
@option("--why", required=True, zh="为何修订。", en="Why.")
def revise_command(
    measure: str,
    *,
    folder: Path,
    kind: str,
    entity: str,
    period: str,
    value: float | None,
    unit: str,
    who: str,
    why: str,
) -> None:
    """Put one figure right or withdraw it; what was known before stays known as of that day."""
    from industrymap import jobs

    done = jobs.revise_series(
        folder, kind=kind, entity=entity, measure=measure, period=period, value=value, unit=unit, who=who, why=why,
    )  # fmt: skip
    if done.vintage is None:
        say("与已知的相同，没有变化。", "That is what is known already: nothing changed.")
    else:
        say(
            f"已修订，第 {done.vintage.number} 次入库。",
            f"Revised, as addition {done.vintage.number}.",
        )


@command.command("diff", zh="显示两个时点之间新增、修订、撤回的数。")
@workspace_folder("工作区。", "The workspace.")
@option(
    "--as-of",
    "as_of",
    required=True,
    metavar="DAY|N",
    zh="较早的日期或入库序号。",
    en="The earlier day, or number of an addition.",
)
@option(
    "--until",
    metavar="DAY|N",
    zh="较晚的日期或入库序号，默认现在。",
    en="The later one (default: now).",
)
def diff_command(*, folder: Path, as_of: str, until: str | None) -> None:
    """Show what became known, was revised or withdrawn between two days."""
    before = moment_or_now(as_of)
    difference = _opened(folder).diff(0 if before is None else before, moment_or_now(until))
    if difference.empty:
        say("没有差异。", "Nothing differs.")
        return
    words = {
        "change": {
            "new": localized("新增", "new"),
            "revised": localized("修订", "revised"),
            "withdrawn": localized("撤回", "withdrawn"),
        }
    }
    shown = _named(difference, _words(folder))[
        ["change", "kind", "entity", "measure", "period", "before", "after"]
    ]
    headers = [localized("变化", "change"), localized("类型", "kind"), localized("对象", "entity"), localized("指标", "measure"),
               localized("时期", "period"), localized("原值", "before"), localized("现值", "after")]  # fmt: skip
    for line in frame_lines(shown, headers, words):
        click.echo(line)


def _say_contents(series: ParquetSeries, as_of: date | int | None) -> None:
    vintages = series.vintages()
    if not vintages:
        say(
            "运行数据库还是空的：用 industrymap series import 读入数据表。",
            "The running database is empty: read a table with industrymap series import.",
        )
        return
    for one in vintages:
        say(
            f"第 {one.number} 次  {one.when:%Y-%m-%d}  {one.who}  {one.source}  新增 {one.added:,}，修订 {one.revised:,}",
            f"addition {one.number}  {one.when:%Y-%m-%d}  {one.who}  {one.source}  {one.added:,} new, {one.revised:,} revised",
        )
    table = series.known(as_of=as_of).astype(
        {"measure": str, "kind": str, "period": str, "entity": str}
    )
    for (measure, kind), rows in table.groupby(["measure", "kind"]):
        when = sorted(set(rows["period"]))
        say(
            f"  {measure}（{measure_name(str(measure))}，{rows['unit'].iloc[0]}）  {kind}：{rows['entity'].nunique():,} 个对象，{len(when)} 个时期",
            f"  {measure} ({measure_name(str(measure))}, {_unit_en(rows)})  {kind}: {counted(rows['entity'].nunique(), 'entity', 'entities')}, {counted(len(when), 'period')}",
        )


def _with_growth(table: pd.DataFrame) -> pd.DataFrame:
    """Add growth on the same period of last year, from the two published figures of one thing."""
    import pandas as pd

    from industrymap.periods import parse

    key = ["kind", "entity"]
    # Last year's figures are moved one year on, so that the join is on equal periods: 1—3月 meets
    # 1—3月.
    before = table.assign(period=[str(parse(str(p)).shift(1)) for p in table["period"]])
    both = table.astype({"period": str, "entity": str, "kind": str}).merge(
        before.astype({"entity": str, "kind": str})[[*key, "period", "value"]],
        on=[*key, "period"], how="left", suffixes=("", "_before"),
    )  # fmt: skip
    # From a loss or from nothing no growth can be told.
    known = both["value_before"].where(both["value_before"] > 0)
    growth = pd.Series(both["value"] / known - 1, dtype="Float64")
    return both.assign(growth=growth)


def _singles(table: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    from industrymap.periods import parse
    from industrymap.series import single

    rows = []
    for (kind, entity), part in table.astype({"kind": str, "entity": str}).groupby(
        ["kind", "entity"]
    ):
        values = {
            parse(str(p)): float(v) for p, v in zip(part["period"], part["value"], strict=True)
        }
        rows += [(kind, entity, str(p), v, part["unit"].iloc[0]) for p, v in single(values).items()]
    return pd.DataFrame(rows, columns=["kind", "entity", "period", "value", "unit"])


def _is_growth(measure: str) -> bool:
    """Return whether a measure is itself a published growth rate: the growth of a rate tells nothing."""
    return measure.endswith(":growth")


def _refuse_no_flow(measure: str) -> None:
    from industrymap import schemas
    from industrymap.errors import ConfigError

    # The staff of March less the staff of February is no month's staff, nor is a rate less a rate a month's rate.
    if _is_growth(measure) or schemas.measure(measure).counts == "state":
        raise ConfigError(
            f"{measure_name(measure)} does not add up over a year, so no month can be taken out of it; leave out --single.",
            f"“{measure_name(measure)}”不是累计数，不能换算为当期数；请去掉 --single。",
        )


def _histories(series: ParquetSeries, table: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    keys = table[["kind", "entity", "measure"]].astype(str).drop_duplicates().to_numpy().tolist()
    return pd.concat([series.history(*key) for key in keys], ignore_index=True)


def _refuse_unknown(series: ParquetSeries, measure: str) -> None:
    from industrymap.errors import did_you_mean, nearest

    known = sorted(set(series.known()["measure"].astype(str)))
    en, zh = did_you_mean(nearest(measure, known, n=1))
    raise ConfigError(
        f"The database holds no such figures of {measure!r}.{en}",
        f"数据库中没有“{measure}”的这些数据。{zh}",
    )


def _words(folder: Path) -> Words:
    from industrymap import citypack, workspace
    from industrymap.observations import Words

    return Words(citypack.load(workspace.load(folder).city))


def _named(table: pd.DataFrame, words: Words) -> pd.DataFrame:
    """Show districts and towns by name, kinds in words."""
    names = words.names()
    kinds = {kind: localized(*names[:2]) for kind, names in KINDS.items()}
    return table.assign(
        entity=[names.get(str(e), str(e)) for e in table["entity"]],
        kind=[kinds.get(str(k), str(k)) for k in table["kind"]],
    )


def _opened(folder: Path) -> ParquetSeries:
    from industrymap import workspace
    from industrymap.series import ParquetSeries

    return ParquetSeries(workspace.load(folder).series)
