"""A comparison of cities as a report: one chapter an indicator, with its ranks, its courses and what must not be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from industrymap import compare as cities
from industrymap import schemas
from industrymap.columns import floats, is_missing
from industrymap.report import Chart, Column, Grid, Section, StockTake
from industrymap.report.model import Bar
from industrymap.wording import counted

if TYPE_CHECKING:
    import pandas as pd

    from industrymap.compare import Comparison
    from industrymap.pipeline._cities import CityComparison
    from industrymap.workspace import Workspace

__all__ = ["MARKS", "city_report"]

MARKS = {
    "": ("", ""),
    cities.COMPUTED: ("本库计算，口径是否一致请核对", "computed here; whether the definition is the same is to be checked"),
    cities.OTHER_PERIOD: ("时期不同，未排名", "another period, not ranked"),
    cities.OTHER_DEFINITION: ("口径不同，未排名", "another definition, not ranked"),
    cities.OTHER_UNIT: ("单位无法换算，未排名", "a unit that cannot be converted, not ranked"),
}  # fmt: skip
"""What is said of a row that is shown with a reserve."""

_OWN = "#b3541e"
"""Of the bar of the city that looks."""
_DECIMALS = {"int": 0, "number": 1, "ratio": 2}


def city_report(done: CityComparison, space: Workspace) -> StockTake:
    """Return the comparison as a report for :func:`industrymap.report.html` and :func:`industrymap.report.workbook`.

    Parameters
    ----------
    done : CityComparison
    space : Workspace
        Whose title, producer, source and date it bears.

    Examples
    --------
    >>> from industrymap import pipeline, report, workspace
    >>> made = pipeline.city_report(pipeline.compare_cities("."), workspace.load("."))  # doctest: +SKIP
    >>> len(report.html(made)) > 1000  # doctest: +SKIP
    True
    """
    return StockTake(
        title_zh=f"{done.own}与有关城市对比",
        title_en=f"{done.own} beside other cities",
        city_zh=done.own,
        city_en=done.own,
        producer=space.producer,
        source=space.source,
        data_date=space.data_date,
        simulated=space.simulated,
        sections=tuple(
            _chapter(done, one, number) for number, one in enumerate(done.compared, start=1)
        ),
    )


def _chapter(done: CityComparison, one: Comparison, number: int) -> Section:
    courses, own, base = done.courses[one.indicator], done.own, done.base
    kind = _kind(one.table["value"])
    unit_en = schemas.unit_label(one.unit, "en")
    zh = f"{one.indicator}（{one.unit}，{one.period.text('zh')}）"
    en = f"{one.indicator} ({unit_en}, {one.period})"
    here = one.table[one.table["rank"].notna()]
    # A bar shows no negative amount; where one is, the table is all there is.
    drawable = bool(len(here)) and float(here["value"].min()) >= 0
    bars = [
        Bar(str(city), value, MARKS[str(mark)], _OWN if city == own else "")
        for city, value, mark in zip(here["city"], floats(here, "value"), here["mark"], strict=True)
    ]
    return Section(
        id=f"i{number}",
        zh=zh,
        en=en,
        lead_zh=_lead(one, own, "zh"),
        lead_en=_lead(one, own, "en"),
        charts=(Chart(zh=zh, en=en, bars=bars, decimals=_DECIMALS[kind]),) if drawable else (),
        grids=(
            _ranks(one),
            _courses(one, courses),
            *([_indices(courses, base)] if base else []),
        ),
    )


def _lead(one: Comparison, own: str, lang: str) -> str:
    """Say where the own city is, or why it has no rank."""
    row = one.table[one.table["city"] == own]
    zh = lang == "zh"
    if one.best and len(row) and bool(row["rank"].notna().iloc[0]):
        rank, gap = int(row["rank"].iloc[0]), float(row["to_best"].iloc[0])
        unit = one.unit if zh else schemas.unit_label(one.unit, "en")
        first = (
            f"{own}在 {one.ranked} 个可比城市中列第 {rank} 位"
            if zh
            else f"{own} is number {rank} of {counted(one.ranked, 'city', 'cities')} that can be compared"
        )
        rest = (f"，与第一位{one.best}相差 {abs(gap):,.4g} {unit}。" if zh else f"; {abs(gap):,.4g} {unit} from the first, {one.best}.")  # fmt: skip
        return first + (rest if rank > 1 else "。" if zh else ".")
    return (
        f"{own}没有可比的数；{one.ranked} 个城市可比。"
        if zh
        else f"{own} has no figure that can be compared; {counted(one.ranked, 'city', 'cities')} can."
    )


def _ranks(one: Comparison) -> Grid:
    kind = _kind(one.table["value"])
    columns = (
        Column(zh="位次", en="Rank", kind="int"),
        Column(zh="城市", en="City"),
        Column(zh=f"数值（{one.unit}）", en=f"Value ({schemas.unit_label(one.unit, 'en')})", kind=kind),
        Column(zh="与最优之差", en="From the best", kind=kind),
        Column(zh="与中位数之差", en="From the median", kind=kind),
        Column(zh="时期", en="Period"),
        Column(zh="口径", en="Definition"),
        Column(zh="来源", en="Source"),
        Column(zh="说明", en="Remark"),
    )  # fmt: skip
    rows = [
        (
            _known(row.rank), row.city, _known(row.value), _known(row.to_best), _known(row.to_median), row.period,
            str(row.definition) or ("未注明", "not stated"), row.source, MARKS[str(row.mark)],
        )
        for row in one.table.itertuples(index=False)
    ]  # fmt: skip
    return Grid(
        zh="位次与差距",
        en="Ranks and gaps",
        columns=columns,
        rows=rows,
        note_zh=f"口径以多数城市所用的为准：{one.definition or '未注明'}；时期、口径或单位不同的列出而不排名。",
        note_en=f"The definition is that of most cities: {one.definition or 'not stated'}; figures of another period, definition or unit are listed and not ranked.",
    )


def _courses(one: Comparison, courses: pd.DataFrame) -> Grid:
    left = int(courses.drop_duplicates("city")["left_out"].sum())
    return _wide(
        courses,
        "value",
        (f"各期数值（{one.unit}）", f"Values by period ({schemas.unit_label(one.unit, 'en')})"),
        kind=_kind(courses["value"]),
        note=(
            f"另有 {left} 个数因口径或单位与该城市多数时期不同，未列入。" if left else "",
            f"{counted(left, 'figure')} of another definition or unit than most of its city's periods left out." if left else "",
        ),
    )  # fmt: skip


def _indices(courses: pd.DataFrame, base: str) -> Grid:
    return _wide(
        courses,
        "index",
        (f"各期指数（{base} = 100）", f"Index ({base} = 100)"),
        kind="number",
        note=(
            "没有基期数的城市没有指数；与基期月份不同的时期没有指数。",
            "A city without a figure of the base period has no index, nor has a period of other months.",
        ),
    )  # fmt: skip


def _wide(
    courses: pd.DataFrame, column: str, title: tuple[str, str], *, kind: str, note: tuple[str, str]
) -> Grid:
    """Return one row a city, one column a period."""
    wide = courses.pivot_table(index="city", columns="period", values=column, aggfunc="first", sort=True, observed=True)  # fmt: skip
    periods = [str(p) for p in wide.columns]
    return Grid(
        zh=title[0],
        en=title[1],
        columns=(Column(zh="城市", en="City"), *(Column(zh=p, en=p, kind=kind) for p in periods)),
        rows=[(str(city), *(_known(v) for v in row)) for city, row in zip(wide.index, wide.to_numpy(), strict=True)],
        note_zh=note[0],
        note_en=note[1],
    )  # fmt: skip


def _kind(values: pd.Series[float]) -> str:
    """Return how many decimals figures of this size are shown with: the larger, the fewer."""
    size = float(values.abs().median()) if values.notna().any() else 0.0
    return "int" if size >= 1000 else "number" if size >= 100 else "ratio"


def _known(value: object) -> object:
    return None if is_missing(value) else value
