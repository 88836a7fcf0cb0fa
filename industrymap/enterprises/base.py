"""The enterprise base: tables in, one row per firm out, with its years, its issues and its duplicates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from industrymap import cells, issues, schemas
from industrymap.enterprises import (
    amounts,
    bands,
    classification,
    duplicates,
    identity,
    industry,
    merge,
    names,
    status,
)
from industrymap.enterprises.intake import Intake, stack
from industrymap.errors import ConfigError, TableError
from industrymap.terms import ADDRESS_KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from industrymap.citypack import CityPack
    from industrymap.enterprises.intake import TableLike

__all__ = ["Base", "build"]

YEAR_COLUMNS = ["enterprise_id", "year", *amounts.FIGURES, "source"]

NO_ADDRESS = issues.rule(
    "address.missing",
    "warning",
    "没有任何地址，无法定位",
    "has no address at all and cannot be placed",
)
NO_REVENUE = issues.rule(
    "revenue.missing",
    "info",
    "{year_zh}营业收入缺失，不能判断是否入库",
    "has no revenue{year_en}: whether it belongs to the base is not known",
)
NO_REVENUE_AT_ALL = issues.rule(
    "revenue.no_column",
    "warning",
    "没有识别到营业收入列，{n} 家企业均不能判断是否入库；如另有叫法，请在 industrymap.toml 的 [enterprises.columns] 中对应",
    "no revenue column was recognised: of none of the {n} firms is known whether it belongs to the base; "
    "where it has another name, map it in [enterprises.columns] of industrymap.toml",
)
UNDATED = issues.rule(
    "figure.undated_unused",
    "warning",
    "本列未注明年份，{n} 家的数与另表 {year} 年的数不同（如“{name}”：{other} 与 {used}）：采用注明年份的数",
    "names no year, and {n} of its figures differ from those of {year} in another table (e.g. {name}: {other} and {used}): those with a year are used",
)
UNDATED_USED = issues.rule(
    "figure.undated_used",
    "warning",
    "本表没有注明年份，{n} 家的数按 {year} 年使用（{year} 年取自其他表）；请在标题或表头写明年份",
    "the table names no year: its figures of {n} firms are used as those of {year}, which is the year of other tables; write the year into "
    "its title or headings",
)
EARLIER_YEAR = issues.rule(
    "base.earlier_year",
    "warning",
    "{later} 年只有 {n} 家有营业收入（{year} 年 {m} 家），按 {year} 年判断入库；如要按 {later} 年，请在 industrymap.toml 的 [enterprises] 中写 year = {later}",
    "only {n} firms have a revenue for {later} ({m} for {year}): the base is judged by {year}; for {later}, write year = {later} under "
    "[enterprises] in industrymap.toml",
)
OTHER_INDUSTRY = issues.rule(
    "size.other_industry",
    "info",
    "{n} 家企业属工业以外行业：2017年划型办法中这些行业的标准未编入，企业规模留空",
    "{n} firms are of other industries, whose limits in the 2017 rule are not encoded: they get no size class",
)
UNCLASSED = issues.rule(
    "size.incomplete",
    "info",
    "{n} 家工业企业缺从业人员或营业收入，企业规模留空",
    "{n} industrial firms lack staff or revenue and get no size class",
)
DATE = issues.rule(
    "date.unreadable",
    "warning",
    "不是日期，按缺失处理",
    "not a date: the value is left out",
)
COORDINATE = issues.rule(
    "coordinate.unreadable",
    "warning",
    "坐标不是数字，按缺失处理",
    "the coordinate is not a number: the value is left out",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """The base and everything that is known about how it came to be.

    Attributes
    ----------
    frame : DataFrame
        One row per firm, typed by the schema's ``read`` and ``check`` fields, sorted by ``enterprise_id``; further columns of
        the tables follow. ``year`` is the year of the figures of that row.
    years : DataFrame
        ``enterprise_id, year, revenue_10k_cny, output_10k_cny, tax_10k_cny, rd_10k_cny, staff, source``: one row
        per firm and year that has a figure.
    issues : DataFrame
        Everything that could not be used as it stood.
    duplicates : DataFrame
        Records that were merged, beside the one kept (:data:`industrymap.enterprises.duplicates.DUPLICATE_COLUMNS`).
    year : int or None
        The reference year; ``None`` where no figure has a year, or where each firm has its own.
    threshold_10k_cny : float
        Revenue from which a firm is in the base.
    counts : dict of str to int
        Rows read, firms, rows left out, firms in the base.
    """

    frame: pd.DataFrame
    years: pd.DataFrame
    issues: pd.DataFrame
    duplicates: pd.DataFrame
    year: int | None
    threshold_10k_cny: float
    counts: dict[str, int]

    def movement(self, *, year: int | None = None, previous: int | None = None) -> pd.DataFrame:
        """Compare the base of a year with an earlier one (:func:`industrymap.enterprises.bands.movement`).

        Raises
        ------
        ConfigError
            There is no year to look at.
        """
        chosen = self.year if year is None else year
        if chosen is None:
            raise ConfigError(
                "Name a year to compare: the base has none.", "请指定年份：企业库没有参考年份。"
            )
        return bands.movement(
            self.years, year=chosen, previous=previous, threshold_10k_cny=self.threshold_10k_cny
        )


def build(  # noqa: PLR0913 - each is a choice a person makes
    tables: Sequence[Intake | TableLike],
    *,
    pack: CityPack | None = None,
    year: int | Literal["latest"] | None = None,
    address: str = "operating",
    threshold_10k_cny: float = 1000.0,
    source_order: Sequence[str] = merge.SOURCE_ORDER,
    known_codes: frozenset[str] = frozenset(),
) -> Base:
    """Build the enterprise base.

    Parameters
    ----------
    tables : sequence of Intake or Table
        Tables with their kinds; a bare table counts as statistics unless it has a ``kind``.
    pack : CityPack, optional
        The city the base is of; where its folder holds ``industries.csv``, the full list of GB/T 4754-2017 put there
        by its owner, industry codes are checked against it.
    year : int or "latest", optional
        Reference year. By default the latest year that at least half as many firms have a revenue for as in the fullest
        year. ``"latest"`` takes each firm's own latest known year; its ``year`` says which.
    address : str
        ``"operating"`` or ``"registered"``: the address to place; the other serves where it is missing.
    threshold_10k_cny : float
        Annual revenue, in 万元, from which a firm is in the base: 1000, i.e. 10 million yuan. 9,999,999.99 yuan
        is out.
    source_order : sequence of str
        Table kinds, most trusted first (:data:`industrymap.enterprises.merge.SOURCE_ORDER`).
    known_codes : frozenset of str
        Every code of GB/T 4754-2017 (:func:`industrymap.enterprises.classification.known`); without it only
        divisions are checked.

    Returns
    -------
    base : Base

    Raises
    ------
    ConfigError
        No table, an unknown kind, address or order.
    TableError
        No row makes a firm.
    """
    if address not in ADDRESS_KINDS:
        raise ConfigError(
            f"address = {address!r} is none of {', '.join(ADDRESS_KINDS)}.",
            f"address = {address!r} 应为 {'、'.join(ADDRESS_KINDS)} 之一。",
        )
    order = merge.check_order(source_order)
    # All tables under one another first: the same firm may be in three of them.
    read = stack(tables)
    records, odd_texts = _sound_texts(read.records, known_codes or _of_pack(pack))
    same = identity.identify(records)
    frames = [one.table.frame if isinstance(one, Intake) else one.frame for one in tables]
    columns = {str(name) for part in frames for name in part.columns}
    # An empty base would look like a city without firms.
    _refuse_without_firms(records, same, columns)
    firm, ids = merge.by_id(records, same.firm, order=order)
    chosen, conflicts = merge.attributes(records, firm, order=order)
    # Figures are merged by year, so that sources of different years complete one another.
    years, contradictions = merge.years(records, read.figures, firm, order=order)
    frame, bad_cells = _typed(chosen.assign(enterprise_id=ids))
    reference, figures = _reference(years, year=year, firms=len(frame))
    frame = _with_figures(frame, figures)
    frame = _with_address(frame, prefer=address)
    # Bands last: they read revenue, staff, industry and registration together.
    frame = _with_bands(frame, threshold_10k_cny=threshold_10k_cny)
    found = [read.issues, odd_texts, same.issues, conflicts, contradictions, bad_cells]
    found += [*_missing(frame, reference, columns), status.report(frame)]
    found += [
        _undated(years, reference, frame["name"]),
        _undated_used(years, reference, asked=year is not None),
        _later_years(years, reference, asked=year is not None),
    ]
    return Base(
        frame=_arranged(frame),
        years=_year_table(years, ids),
        issues=issues.concat(found),
        duplicates=duplicates.duplicates(records, firm, same.evidence, ids),
        year=reference,
        threshold_10k_cny=float(threshold_10k_cny),
        counts={
            "rows": len(records),
            "rows_left_out": int((firm < 0).sum()),
            "firms": len(frame),
            "in_base": int(frame["in_base"].sum()),
        },
    )


def _refuse_without_firms(
    records: pd.DataFrame, same: identity.Identity, columns: set[str]
) -> None:
    """Raise where no row of any table makes a firm."""
    if bool((same.firm >= 0).any()):
        return
    absent = [
        known
        for known in (schemas.field("enterprises", name) for name in ("name", "uscc"))
        if known.name not in columns
    ]
    names = ", ".join(dict.fromkeys(records["source"].dropna()))
    zh = "、".join(f"“{known.zh}”" for known in absent)
    en = " or ".join(f"{known.zh} ({known.en})" for known in absent)
    raise TableError(
        f"{names}: no row makes a firm, since none has a name or a valid credit code"
        + (f"; there is no column {en}." if absent else "."),
        f"{names}：没有一行能认出企业（名称和有效代码均为空）"
        + (f"，且缺少列{zh}。" if absent else "。"),
    )


def _sound_texts(
    records: pd.DataFrame, known_codes: frozenset[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Write names one way and read industry codes, record by record."""
    # A note behind the name may be all that says a firm was struck off; cleaning takes it away.
    states = status.from_notes(records)
    # Names are written one way before firms are joined by them.
    written, odd_names = names.clean(records)
    codes, odd_codes = industry.check(records, known=known_codes)
    return records.assign(
        name=written, industry_code=codes, registration_status=states
    ), issues.concat([odd_names, odd_codes])


def _of_pack(pack: CityPack | None) -> frozenset[str]:
    return frozenset() if pack is None else classification.known(pack.folder)


def _typed(frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give dates and coordinates their types, and list what could not be read."""
    out = frame.copy(deep=False)
    # Only cells that hold something: most tables leave the column empty.
    known = frame["established_on"].dropna()
    dates = cells.date_cells(known)
    out["established_on"] = dates.result.reindex(frame.index)
    found = [
        issues.from_mask(frame.loc[known.index], dates.unreadable, DATE, column="established_on")
    ]
    for name in ("lon", "lat"):
        known = frame[name].dropna()
        # Degrees, so that 113°25′12″ is read as well.
        read = cells.number_cells(known, unit="度")
        out[name] = read.result.reindex(frame.index)
        found.append(
            issues.from_mask(frame.loc[known.index], read.unreadable, COORDINATE, column=name)
        )
    return out, issues.concat(found)


def _reference(
    years: pd.DataFrame, *, year: int | Literal["latest"] | None, firms: int
) -> tuple[int | None, pd.DataFrame]:
    """Choose the reference year and return each firm's figures of it, indexed by firm number.

    Figures without any year count for the reference year where a firm has none of its own.
    """
    with_revenue = years[years["revenue_10k_cny"].notna()]
    everyone = range(firms)
    # A column headed 营业收入 without a year is of the year the table is about.
    undated = years[years["year"].isna()].set_index("firm").reindex(everyone)
    if year == "latest":
        # Each firm's own latest year: the base then mixes years, and each row says which.
        dated = with_revenue.sort_values(["firm", "year"], na_position="first", kind="stable")
        own = dated.drop_duplicates("firm", keep="last").set_index("firm").reindex(everyone)
        return None, _filled(own, undated)
    reference = year if year is not None else _fullest_recent(with_revenue["year"])
    if reference is None:
        return None, undated
    own = years[(years["year"] == reference).fillna(value=False)].set_index("firm")
    figures = _filled(own.reindex(everyone), undated)
    return reference, figures.assign(year=pd.array([reference] * firms, dtype="Int64"))


def _filled(figures: pd.DataFrame, undated: pd.DataFrame) -> pd.DataFrame:
    """Put figures without a year where the reference year has none."""
    out = figures.copy()
    for name in amounts.FIGURES:
        out[name] = figures[name].fillna(undated[name])
    return out


def _undated_used(years: pd.DataFrame, reference: int | None, *, asked: bool) -> pd.DataFrame:
    """Report tables whose figures name no year and are used for a year that other tables state."""
    if reference is None or asked:
        return issues.empty()
    money = years[list(amounts.MONEY)].notna().any(axis=1)
    dated = years["year"].notna()
    own = set(years.loc[money & dated & (years["year"] == reference).fillna(value=False), "firm"])
    used = years[money & ~dated & ~years["firm"].isin(own)]
    # A column without a year beside columns of a year is of that table's own year.
    used = used[~used["source"].isin(years.loc[money & dated, "source"])]
    return issues.from_records(
        {"rule": UNDATED_USED, "source": str(source), "n": len(rows), "year": reference}
        for source, rows in used.groupby("source", sort=True)
    )


def _undated(years: pd.DataFrame, reference: int | None, names_of: pd.Series[Any]) -> pd.DataFrame:
    """Report figures without a year that differ from the firm's own of the reference year, which is used."""
    if reference is None:
        return issues.empty()
    year, firm = _float(years["year"]), years["firm"].to_numpy()
    of_year, bare = np.flatnonzero(year == reference), np.flatnonzero(np.isnan(year))
    own = np.full(len(names_of), -1)
    own[firm[of_year]] = of_year
    # Where a firm has no figures of the year itself, those without a year are not in question.
    bare = bare[own[firm[bare]] >= 0]
    own, sources = own[firm[bare]], years["source"].take(bare).to_numpy()
    records = []
    for figure in amounts.FIGURES:
        values = _float(years[figure])
        mine, other = values[own], values[bare]
        # As two figures of one year are compared: by more than rounding.
        differs = np.abs(mine - other) > np.maximum(1.0, 1e-3 * np.abs(mine))
        # Once for a table, with one firm to look at.
        for source, at in pd.Series(np.flatnonzero(differs)).groupby(sources[differs]):
            first = int(at.iloc[0])
            records.append(
                {"rule": UNDATED, "source": source, "column": figure, "n": len(at), "year": reference,
                 "name": names_of.iloc[int(firm[bare[first]])], "other": f"{other[first]:.15g}", "used": f"{mine[first]:.15g}"}
            )  # fmt: skip
    return issues.from_records(records)


def _later_years(years: pd.DataFrame, reference: int | None, *, asked: bool) -> pd.DataFrame:
    """Say that a later year, of which few firms have reported, is not the year of the base."""
    if reference is None or asked:
        return issues.empty()
    counts = years.loc[years["revenue_10k_cny"].notna(), "year"].value_counts()
    later = int(counts.index.max())
    if later <= reference:
        return issues.empty()
    record = {"rule": EARLIER_YEAR, "column": "revenue_10k_cny", "later": later, "n": int(counts[later]),
              "year": reference, "m": int(counts[reference])}  # fmt: skip
    return issues.from_records([record])


def _fullest_recent(year: pd.Series[Any]) -> int | None:
    """Return the latest year with at least half as many revenues as the fullest year has."""
    counts = year.dropna().value_counts()
    if counts.empty:
        return None
    # A new year of which a few firms have reported is not the year of the base yet.
    return int(counts.index[counts >= 0.5 * counts.max()].max())


def _with_figures(frame: pd.DataFrame, figures: pd.DataFrame) -> pd.DataFrame:
    out = frame.copy(deep=False)
    for name in amounts.MONEY:
        out[name] = pd.array(_float(figures[name]), dtype="Float64")
    # People are whole: 118.5 is an average of months.
    staff = pd.Series(_float(figures["staff"])).round()
    out["staff"] = staff.astype("Int64").to_numpy()
    out["staff"] = out["staff"].astype("Int64")
    out["year"] = figures["year"].astype("Int64").to_numpy()
    out["year"] = out["year"].astype("Int64")
    return out


def _float(values: pd.Series[Any]) -> NDArray[np.float64]:
    return values.to_numpy(dtype=np.float64, na_value=np.nan)


def _with_address(frame: pd.DataFrame, *, prefer: str) -> pd.DataFrame:
    other = next(kind for kind in ADDRESS_KINDS if kind != prefer)
    first, second = frame[f"{prefer}_address"], frame[f"{other}_address"]
    kind = pd.Series(prefer, index=frame.index, dtype="string")
    # Which of the two addresses was used travels with it: they may lie in different towns.
    kind = kind.mask(first.isna(), other).mask(first.isna() & second.isna())
    return frame.assign(address=first.fillna(second), address_kind=kind)


def _with_bands(frame: pd.DataFrame, *, threshold_10k_cny: float) -> pd.DataFrame:
    revenue = frame["revenue_10k_cny"]
    return frame.assign(
        in_base=bands.in_base(revenue, threshold_10k_cny=threshold_10k_cny)
        # A firm that was struck off earns nothing any more, whatever last year's table says.
        & ~status.gone(frame["registration_status"]),
        above_scale=bands.above_scale(revenue),
        revenue_band=bands.revenue_band(revenue),
        size_class=bands.size_class(frame["staff"], revenue, frame["industry_code"]),
    )


def _missing(frame: pd.DataFrame, reference: int | None, columns: set[str]) -> list[pd.DataFrame]:
    recognised = any(name.split("@")[0] == "revenue_10k_cny" for name in columns)
    blank = frame["size_class"].isna()
    elsewhere = bands.other_industry(frame["industry_code"])
    sizes = [(OTHER_INDUSTRY, blank & elsewhere), (UNCLASSED, blank & ~elsewhere)]
    return [
        issues.from_records(
            {"rule": rule, "column": "size_class", "n": int(firms.sum()), **_first(frame, firms)}
            for rule, firms in sizes
            if firms.any()
        ),
        # A firm that states its coordinates is placed by them.
        issues.from_mask(
            frame,
            frame["address"].isna() & (frame["lon"].isna() | frame["lat"].isna()),
            NO_ADDRESS,
            column="address",
        ),
        _without_revenue(frame, reference, recognised=recognised),
    ]


def _without_revenue(
    frame: pd.DataFrame, reference: int | None, *, recognised: bool
) -> pd.DataFrame:
    """List the firms without revenue, or say once that no table has a column of it."""
    # One sentence for a missing column, not one a firm.
    if not recognised:
        record = {"rule": NO_REVENUE_AT_ALL, "column": "revenue_10k_cny", "n": len(frame)}
        return issues.from_records([{**record, "source": frame["source"].iloc[0]}])
    return issues.from_mask(
        frame, frame["revenue_10k_cny"].isna(), NO_REVENUE, column="revenue_10k_cny", values=frame["name"],
        year_zh="" if reference is None else f"{reference} 年",
        year_en="" if reference is None else f" for {reference}",
    )  # fmt: skip


def _first(frame: pd.DataFrame, firms: pd.Series[Any]) -> dict[str, Any]:
    """Return the place of the first of many firms."""
    row = frame[firms].iloc[0]
    return {"source": row["source"], "row": row["source_row"]}


def _arranged(frame: pd.DataFrame) -> pd.DataFrame:
    """Put schema columns first, in their order."""
    known = [f.name for f in schemas.fields("enterprises") if f.stage in ("read", "check")]
    further = [name for name in frame.columns if name not in known]
    return frame[[*known, *further]]


def _year_table(years: pd.DataFrame, ids: pd.Series[Any]) -> pd.DataFrame:
    out = years.assign(enterprise_id=ids.take(years["firm"].to_numpy()).to_numpy())
    out["enterprise_id"] = out["enterprise_id"].astype("string")
    for name in amounts.MONEY:
        out[name] = out[name].astype("Float64")
    out["staff"] = out["staff"].round().astype("Int64")
    return out[YEAR_COLUMNS]
