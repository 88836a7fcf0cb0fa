"""What a build came to, in lines: the command line prints them, the desk shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from industrymap.files import Decision
from industrymap.findings import features_not_read, of_the_whole, rows_not_read
from industrymap.schemas import BLOCKS, PARKS
from industrymap.wording import counted, yuan

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from industrymap.pipeline._run import Built

__all__ = ["STAGE_NAMES", "share_done", "summary"]

STAGE_NAMES = {
    "read": ("读取文件", "reading files", 32),
    "check": ("核对企业", "checking firms", 11),
    "geocode": ("定位地址", "geocoding", 22),
    "tag": ("打标签", "labelling", 4),
    "assign": ("归属地块", "assigning to areas", 4),
    "measure": ("测算指标", "measuring", 4),
    "triage": ("分类核规", "classifying", 3),
    "write": ("写出成果", "writing", 20),
}
"""Stage → its name in both languages, and its share of a build's time in percent as measured at scale 1."""

_TITLES = {
    PARKS: ("村级工业园", "village parks"),
    BLOCKS: ("工业产业区块", "industrial blocks"),
    "value_innovation_parks": ("价值创新园区", "value-innovation parks"),
    "renewal_units": ("城市更新单元", "renewal units"),
    "districts": ("区", "districts"),
    "towns": ("镇街", "towns"),
}
_OF_LAYERS = ("layer.", "geometry.", "unit.", "column.", "cell.")
"""How the rules of reading a layer begin."""


def share_done(stage: str, done: int, total: int) -> float:
    """Return how much of a build is done, from 0 to 1, by the usual shares of its stages.

    Examples
    --------
    >>> share_done("check", 1, 2)
    0.375
    """
    names = list(STAGE_NAMES)
    # A stage that finds more to do than it announced must not run past its share.
    part = min(done / total, 1.0) if total > 0 else 0.0
    before = sum(STAGE_NAMES[name][2] for name in names[: names.index(stage)])
    return (before + part * STAGE_NAMES[stage][2]) / 100


def summary(built: Built, *, public: bool = False) -> Iterator[Decision]:
    """Say how many firms, places, areas and issues a build has, and what it did not use, and why.

    Parameters
    ----------
    built : Built
    public : bool
        Of a public build, whose list of issues is not written.

    Yields
    ------
    line : Decision
        Its ``kind`` says what it is about: ``firms``, ``rows``, ``placed``, ``layer``, ``issues`` …
    """
    space = built.workspace
    firms = built.enterprises
    base = firms[firms["in_base"].fillna(value=False)]
    if space.simulated:
        yield Decision("※ 模拟数据", "※ simulated data", "simulated")
    yield Decision(
        f"企业 {len(firms):,} 家，其中入库（≥ {space.threshold_10k_cny:,.0f} 万元）{len(base):,} 家",
        f"enterprises {len(firms):,}, in the base (annual revenue of at least {yuan(space.threshold_10k_cny)}) {len(base):,}",
        "firms",
    )
    # Left out before counted in: who reads the figures must already know what is missing from them.
    yield from _not_used(built)
    yield _placed(base)
    yield from _confirmed(built)
    for name, frame in built.layers.items():
        yield _layer(name, frame)
    yield from _layers_not_read(built)
    yield from _changed_files(built)
    counts = built.issues["level"].value_counts()
    # Errors left rows out, warnings need a person, notes were put right.
    refused, look, mended = (int(counts.get(k, 0)) for k in ("error", "warning", "info"))
    where = ("问题", "issues") if public else ("问题清单 issues.csv", "issues.csv")
    yield Decision(
        f"{where[0]}：未采用 {refused:,}，待核对 {look:,}，已修正 {mended:,}",
        f"{where[1]}: {refused:,} refused, {look:,} to check, {mended:,} repaired",
        "issues",
    )


def _placed(base: pd.DataFrame) -> Decision:
    from industrymap import schemas

    levels = base["geocode_level"].value_counts()
    said = []
    for lang in ("zh", "en"):
        words = schemas.labels("geocode_level", lang)
        said.append(" · ".join(f"{words[k]} {levels[k]:,}" for k in words if levels.get(k)))
    how = (f"：{said[0]}", f": {said[1]}") if said[0] else ("", "")
    return Decision(
        f"入库企业定位 {levels.sum():,} 家{how[0]}", f"base located {levels.sum():,}{how[1]}", "placed"
    )  # fmt: skip


def _changed_files(built: Built) -> Iterator[Decision]:
    """Say of each layer file that changed since its import how it differs, and how to take it in."""
    rows = built.issues[built.issues["rule"] == "layers.file_changed"]
    for row in rows.to_dict("records"):
        yield Decision(f"! {row['source']}：{row['zh']}", f"! {row['source']}: {row['en']}", "changed")  # fmt: skip


def _confirmed(built: Built) -> Iterator[Decision]:
    """Say how many confirmed places were taken, and why the rest was not."""
    from industrymap.geocoding import review

    if built.confirmed.empty:
        return
    addresses, firms = review.taken(built.enterprises)
    # A swapped pair of coordinates was put right and the place taken: it is not among those left.
    left = built.issues[built.issues["rule"].str.startswith("review.") & (built.issues["rule"] != "review.swapped")]  # fmt: skip
    # One row may break two rules and is still one place.
    distinct = left.drop_duplicates(["source", "row"])
    zh, en = (_reasons(distinct, lang) for lang in ("zh", "en"))
    n = len(distinct)
    yield Decision(
        f"已确认的位置：采用 {addresses:,} 处（企业 {firms:,} 家）{f'，未采用 {n:,} 处：' if zh else ''}{zh}",
        f"confirmed places: {addresses:,} taken, for {counted(firms, 'firm')}{f'; not taken {n:,}:' if en else ''}{en}",
        "confirmed",
    )


def _reasons(left: pd.DataFrame, lang: str) -> str:
    counts = left.groupby(lang, sort=True).size()
    return "".join(f"\n  {n:,} × {text}" for text, n in counts.items())


def _not_used(built: Built) -> Iterator[Decision]:
    """Say which rows, years and sheets of the enterprise tables were not used, and why."""
    names = {table.name for _, table in built.inputs.tables}
    # A folder, or the base as a whole, is no single table; issues of them belong to the tables all the same.
    of_all = built.issues["rule"].str.startswith(("table.", "base."))
    of_tables = built.issues[built.issues["source"].isin(names) | of_all]
    yield from rows_not_read(of_tables)
    years = sorted({int(year) for year in built.years["year"].dropna()})
    used = {int(year) for year in built.enterprises["year"].dropna()}
    others = ", ".join(str(year) for year in years if year not in used)
    if others:
        yield Decision(
            f"其他年份的数据不参与入库判断，保留在历年数据中：{others}",
            f"figures of other years are kept and do not decide the base: {others}",
            "years",
        )
    yield from of_the_whole(of_tables)


def _layers_not_read(built: Built) -> Iterator[Decision]:
    """Say which features and layers of the layer files were not read, and what was assumed of a whole file."""
    tables = {table.name for _, table in built.inputs.tables}
    of_layers = built.issues[~built.issues["source"].isin(tables)]
    of_layers = of_layers[of_layers["rule"].str.startswith(_OF_LAYERS)]
    yield from features_not_read(of_layers)
    yield from of_the_whole(of_layers)


def _layer(name: str, table: pd.DataFrame) -> Decision:
    zh, en = (f"{title} {len(table):,}" for title in _TITLES.get(name, (name, name)))
    # Land area where the layer states one; else the area measured from the drawing.
    area = next((c for c in ("land_area_m2", "area_m2") if c in table), None)
    if area:
        size = f"{table[area].sum() / 1e6:,.2f} km²"
        zh, en = f"{zh}，{size}", f"{en}, {size}"
    if "route" in table:
        zh, en = f"{zh}：{_routes(table, 'zh')}", f"{en}: {_routes(table, 'en')}"
    return Decision(zh, en, "layer")


def _routes(table: pd.DataFrame, lang: str) -> str:
    from industrymap import schemas

    words = schemas.labels("route", lang)
    counts = table["route"].value_counts()
    return " · ".join(f"{words[k]} {counts[k]:,}" for k in words if counts.get(k))
