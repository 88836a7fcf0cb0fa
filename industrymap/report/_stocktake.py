"""The stock-take, chapter by chapter."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import pandas as pd

from industrymap import enterprises as room
from industrymap import files, tagging
from industrymap.report import _clusters, _economy, _quality, _structure, _sums
from industrymap.report.model import Figure, StockTake
from industrymap.terms import FINE_LEVELS

if TYPE_CHECKING:
    from datetime import date

    from industrymap.citypack import CityPack
    from industrymap.report.model import Section
    from industrymap.tagging import Taxonomy

__all__ = ["stocktake"]


def stocktake(  # noqa: PLR0913 - the frames of a build, and what its title block says
    enterprises: pd.DataFrame,
    *,
    tags: pd.DataFrame,
    years: pd.DataFrame,
    issues: pd.DataFrame,
    pack: CityPack,
    year: int | None = None,
    data_date: date | None = None,
    simulated: bool = False,
    producer: str = "",
    source: str = "",
    threshold_10k_cny: float = 1000.0,
) -> StockTake:
    """Take stock of an enterprise base.

    Parameters
    ----------
    enterprises : DataFrame
        The base's frame after tagging; chapters on places and districts appear where it was placed and assigned.
    tags, years, issues : DataFrame
        As the base, the tagging and the pipeline return them.
    pack : CityPack
        Its main taxonomy and targets.
    year : int, optional
        Reference year; the most frequent ``year`` of the frame by default.
    data_date : date, optional
    simulated : bool
    producer, source : str
    threshold_10k_cny : float

    Returns
    -------
    report : StockTake
        Every figure with its n, coverage and date.
    """
    # Shapes are not needed here; without them it is a plain frame.
    frame = pd.DataFrame(enterprises.drop(columns="geometry", errors="ignore")).reset_index(
        drop=True
    )
    base = frame[frame["in_base"].fillna(value=False).to_numpy(dtype=bool)].reset_index(drop=True)
    # The year asked for, else the one most firms of the base state.
    reference = year if year is not None else _commonest(base["year"])
    dated = _dated(reference, data_date)
    taxonomy = _main(pack)
    tops = [(k.zh, k.en) for k in taxonomy.labels if not k.parent_id] if taxonomy else []
    # From the whole to its parts: size, place, trade, concentration, time; last, how well all of it
    # is known.
    sections = [
        _structure.structure(frame, dated),
        _economy.districts(base, dated),
        _economy.industries(base, dated),
        _clusters.clusters(base, tags, taxonomy, _targets(pack), dated) if taxonomy else None,
        _clusters.concentrations(base, tops, dated),
        _clusters.quotients(base, tops, dated) if taxonomy else None,
        _movement(years, reference, threshold_10k_cny),
        _quality.completeness(frame, base),
        _quality.coverage(frame, tops, dated),
        _quality.identity(frame, issues),
        _quality.places(frame, base),
        _quality.problems(issues),
    ]
    return StockTake(
        title_zh=f"{pack.name}制造业企业摸清家底报告",
        title_en=f"Stock-take of the enterprise base: {pack.name_en or pack.name}",
        city_zh=pack.name,
        city_en=pack.name_en or pack.name,
        producer=producer,
        source=source,
        data_date=data_date,
        year=reference,
        simulated=simulated,
        figures=_figures(frame, base),
        sections=tuple(section for section in sections if section is not None),
    )


def _figures(frame: pd.DataFrame, base: pd.DataFrame) -> tuple[Figure, ...]:
    size, inside = len(frame), len(base)
    # Whether a firm is in the base is known only of those with a revenue.
    known = int(frame["revenue_10k_cny"].notna().sum())
    sums = {name: base[name] for name in ("revenue_10k_cny", "tax_10k_cny", "staff")}
    # Nothing known is unknown, and not 0.
    totals = {
        k: (float(v.sum()) if v.notna().any() else None, int(v.notna().sum()))
        for k, v in sums.items()
    }
    above = int(base["above_scale"].fillna(value=False).sum())
    with_cluster = int(base["cluster"].notna().sum())
    levels = base.get("geocode_level", pd.Series(pd.NA, index=base.index, dtype="string"))
    fine, placed = int(levels.isin(FINE_LEVELS).sum()), int(levels.notna().sum())
    per_yi = _sums.YI

    def money(name: str) -> float | None:
        total = totals[name][0]
        return None if total is None else total / per_yi

    return (
        Figure(zh="企业总数", en="Firms", value=size, unit_zh="家", unit_en="", n=size, of=size),
        # n is the number of firms with a revenue, since only of those it is known.
        Figure(zh="入库企业", en="In the base", value=inside, unit_zh="家", unit_en="", n=known, of=size),
        Figure(zh="规模以上", en="Above scale", value=above, unit_zh="家", unit_en="", n=known, of=size),
        Figure(
            zh="入库企业营业收入", en="Revenue of the base", value=money("revenue_10k_cny"), unit_zh="亿元", unit_en="× 100 M yuan",
            n=totals["revenue_10k_cny"][1], of=inside, decimals=1,
        ),
        Figure(
            zh="入库企业税收", en="Tax of the base", value=money("tax_10k_cny"), unit_zh="亿元", unit_en="× 100 M yuan",
            n=totals["tax_10k_cny"][1], of=inside, decimals=1,
        ),
        Figure(
            zh="入库企业从业人员", en="Staff of the base", value=totals["staff"][0], unit_zh="人", unit_en="",
            n=totals["staff"][1], of=inside,
        ),
        Figure(zh="归入集群", en="With a cluster", value=with_cluster, unit_zh="家", unit_en="", n=inside, of=inside),
        Figure(
            zh="定位到门牌或楼宇", en="Placed at an address", value=fine, unit_zh="家", unit_en="", n=placed, of=inside,
        ),
    )  # fmt: skip


def _movement(years: pd.DataFrame, year: int | None, threshold_10k_cny: float) -> Section | None:
    known = years["year"].dropna()
    # Both years must be there, or every firm would seem to have entered or left.
    if year is None or not ((known == year).any() and (known == year - 1).any()):
        return None
    table = room.movement(years, year=year, threshold_10k_cny=threshold_10k_cny)
    return _structure.movement(years, table, year, threshold_10k_cny=threshold_10k_cny)


def _main(pack: CityPack) -> Taxonomy | None:
    """Return the city's main taxonomy, or the first that fills the cluster column."""
    known = [t for t in tagging.load_all(pack) if t.column == "cluster"]
    return next((t for t in known if t.main), known[0] if known else None)


def _targets(pack: CityPack) -> pd.DataFrame:
    """Return the scale targets of a pack in 亿元."""
    columns = ["taxonomy", "label_id", "year", "value", "source"]
    path = pack.targets
    if path is None:
        return pd.DataFrame(columns=columns)
    text = files.read_text(files.check(path, allow=("csv",)))
    rows = [row for row in csv.DictReader(io.StringIO(text)) if row["indicator"] == "scale"]
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(value=pd.to_numeric(table["value"]))


def _commonest(year: pd.Series[Any]) -> int | None:
    modes = year.dropna().mode()
    # Of several equally frequent years the latest.
    return int(modes.max()) if len(modes) else None


def _dated(year: int | None, data_date: date | None) -> tuple[str, str]:
    zh = "年份不详" if year is None else f"{year} 年数据"
    en = "year unknown" if year is None else f"figures of {year}"
    if data_date is not None:
        zh, en = f"{zh}，数据日期 {data_date.isoformat()}", f"{en}, data of {data_date.isoformat()}"
    return zh, en
