"""Chapters on size and on time: bands and size classes, and how the base moves from year to year."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from industrymap import schemas
from industrymap.enterprises import bands
from industrymap.enterprises.industry import is_manufacturing
from industrymap.report._sums import YI, in_100m_yuan, percent
from industrymap.report.model import Bar, Chart, Column, Grid, Section

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["movement", "structure"]


def structure(frame: pd.DataFrame, dated: tuple[str, str]) -> Section:
    """Report revenue bands and size classes of all firms."""
    grids, charts = [], []
    for name, zh, en in (
        ("revenue_band", "收入档", "Revenue band"),
        ("size_class", "企业规模", "Size class"),
    ):
        # Firms without a revenue have no band: they count in the coverage, not as the smallest.
        known = frame[frame[name].notna()]
        rows: list[tuple[Any, ...]] = []
        bars = []
        for value in schemas.values(name):
            part = known[known[name] == value.value]
            rows.append(
                (
                    (value.zh, value.en),
                    len(part),
                    len(part) / len(known) if len(known) else None,
                    in_100m_yuan(part),
                )
            )
            share = percent(len(part), len(known))
            bars.append(Bar((value.zh, value.en), float(len(part)), (share, share), value.color))
        note = (
            f"n={len(known):,}，覆盖率 {percent(len(known), len(frame))}；{dated[0]}",
            f"n={len(known):,}, coverage {percent(len(known), len(frame))}; {dated[1]}",
        )
        if name == "size_class":
            why = _unclassed(frame)
            note = (note[0] + why[0], note[1] + why[1])
        grids.append(
            Grid(
                zh=zh, en=en,
                columns=(Column(zh=zh, en=en), Column(zh="企业数", en="Firms", kind="int"), Column(zh="占比", en="Share", kind="percent"),
                         Column(zh="营业收入（亿元）", en="Revenue (100 M)", kind="number")),
                rows=rows, note_zh=note[0], note_en=note[1],
            )
        )  # fmt: skip
        charts.append(Chart(zh=f"{zh}（家）", en=f"{en} (firms)", bars=bars))
    # From the line of the base to that of the statistics: firms that may soon be above scale.
    pool = frame["revenue_band"] == "10m_20m"
    makers = int((pool & is_manufacturing(frame["industry_code"]).fillna(value=False)).sum())
    return Section(
        id="structure",
        zh="规模结构",
        en="Size structure",
        lead_zh=f"收入1000万至2000万元的“小升规”培育池有 {int(pool.sum()):,} 家，其中制造业 {makers:,} 家。",
        lead_en=f"{int(pool.sum()):,} firms have a revenue between 10 and 20 million yuan, the pool to be raised above scale; "
        f"{makers:,} of them are manufacturers.",
        charts=tuple(charts),
        grids=tuple(grids),
    )


def _unclassed(frame: pd.DataFrame) -> tuple[str, str]:
    """Say by what rule firms are classed, and why some are not."""
    elsewhere = bands.other_industry(frame["industry_code"])
    blank = frame["size_class"].isna()
    # Two reasons to have no size class, and only one of them can be mended by asking the firm.
    other, short = int((blank & elsewhere).sum()), int((blank & ~elsewhere).sum())
    return (
        (
            f"；按统计上大中小微型企业划分办法（2017）工业一栏划分。未划分：{other:,} 家属工业以外行业（其划型标准未编入，留空），"
            f"{short:,} 家缺从业人员或营业收入"
        ),
        (
            "; by the 2017 rule for industry. Not classed: "
            f"{other:,} firms of other industries (whose limits are not encoded), {short:,} without staff or revenue"
        ),
    )


_CASES = {
    "stayed": ("两年均在库", "in the base in both years"), "entered": ("新进", "entered"), "left": ("退出（收入降至线下）", "left (fell below the line)"),
    "outside": ("两年均在线下", "below the line in both"), "in_before_unknown": ("在库，上年不详", "in the base, year before unknown"),
    "in_now_unknown": ("上年在库，本年不详", "was in the base, this year unknown"),
    "outside_before_unknown": ("在线下，上年不详", "below the line, year before unknown"),
    "outside_now_unknown": ("上年在线下，本年不详", "was below the line, this year unknown"),
}  # fmt: skip


def _cases(table: pd.DataFrame, counts: pd.Series[int]) -> list[tuple[Any, ...]]:
    """Return how many firms stayed, entered, left, or are near the line."""
    rows: list[tuple[Any, ...]] = [(_CASES[k], int(counts.get(k, 0))) for k in _CASES]
    near = ("临近入库线（800万至1000万元）", "near the line (8 to 10 M)")
    pool = ("小升规培育池（1000万至2000万元）", "pool (10 to 20 M)")
    return [
        *rows,
        (near, int(table["near_line"].sum())),
        (pool, int(table["upgrade_pool"].sum())),
    ]


def _by_year(years: pd.DataFrame, threshold_10k_cny: float) -> list[tuple[Any, ...]]:
    """Return for each year the firms of the base, those above scale, the base's revenue, and n."""
    # A firm without a revenue of that year counts in none of the figures; n says how many are left.
    by_year = years[years["year"].notna() & years["revenue_10k_cny"].notna()].groupby("year")[
        "revenue_10k_cny"
    ]
    return [
        (
            f"{y:.0f}",
            int((v >= threshold_10k_cny).sum()),
            int((v >= bands.ABOVE_SCALE_10K_CNY).sum()),
            float(v[v >= threshold_10k_cny].sum()) / YI,
            len(v),
        )
        for y, v in by_year
    ]


def movement(
    years: pd.DataFrame, table: pd.DataFrame, year: int, *, threshold_10k_cny: float
) -> Section:
    """Report who entered and left the base, and how it grew."""
    counts = table["movement"].value_counts()
    rows = _cases(table, counts)
    # Median, not mean: one firm that grew a hundredfold would be the city's growth.
    growth = table["growth"].dropna()
    middle = None if growth.empty else float(growth.median())
    history = _by_year(years, threshold_10k_cny)
    bars = [Bar(row[0], float(row[1]), (f"n={row[4]:,}", f"n={row[4]:,}")) for row in history]
    return Section(
        id="movement",
        zh="年度变化",
        en="From year to year",
        lead_zh=f"与上年相比新进 {int(counts.get('entered', 0)):,} 家、退出 {int(counts.get('left', 0)):,} 家；"
        + ("" if middle is None else f"两年均有收入的 {len(growth):,} 家企业收入增长中位数 {middle:.1%}。")
        + "缺失年份按缺失处理，不当作零。",
        lead_en=f"{int(counts.get('entered', 0)):,} entered and {int(counts.get('left', 0)):,} left since the year before"
        + (". " if middle is None else f"; the median growth of {len(growth):,} firms known in both years is {middle:.1%}. ")
        + "A missing year stays missing and is never taken for zero.",
        charts=(Chart(zh="各年入库企业数（家）", en="Firms in the base by year", bars=bars),),
        grids=(
            Grid(
                zh=f"{year}年与{year - 1}年比较", en=f"{year} compared with {year - 1}",
                columns=(Column(zh="情形", en="Case"), Column(zh="企业数", en="Firms", kind="int")), rows=rows,
                note_zh=f"n={len(table):,} 家（至少一年有收入）", note_en=f"n={len(table):,} firms with a revenue in either year",
            ),
            Grid(
                zh="各年入库情况", en="The base by year",
                columns=(
                    Column(zh="年份", en="Year"), Column(zh="入库企业", en="Firms", kind="int"), Column(zh="规上企业", en="Above scale", kind="int"),
                    Column(zh="入库企业收入（亿元）", en="Revenue (100 M)", kind="number"), Column(zh="有收入 n", en="n with revenue", kind="int"),
                ),
                rows=list(history), note_zh="n 为该年有收入数据的企业数", note_en="n: firms with a revenue of that year",
            ),
        ),
    )  # fmt: skip
