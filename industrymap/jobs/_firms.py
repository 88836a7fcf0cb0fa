"""What a check finds in a table of firms beyond single cells: codes, names, amounts, places, and who reaches the base."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from industrymap.terms import FIRM_KINDS
from industrymap.wording import counted, yuan

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from industrymap.enterprises import Base
    from industrymap.files import Decision
    from industrymap.jobs._reading import Declared
    from industrymap.tables import Table
    from industrymap.terms import Extent

__all__ = ["Firms", "far_places", "look", "odd_places"]

_NEEDS = {
    "revenue.missing": ("revenue_10k_cny",),
    "address.missing": ("address", "registered_address"),
    "uscc.missing": ("uscc",),
    "industry.missing": ("industry_text",),
    "size.incomplete": ("staff",),
}
"""Rule → the columns of which a table must have one before a blank is worth a word."""


class Firms(NamedTuple):
    """A table of firms, looked at as the first table of a base."""

    base: Base
    issues: pd.DataFrame
    has_revenue: bool

    def lines(self, lang: str) -> Iterator[str]:
        """Say how many firms there are and how many of them reach the base."""
        base, zh = self.base, lang == "zh"
        # What is neither left out nor a firm of its own was merged into one.
        merged = base.counts["rows"] - base.counts["rows_left_out"] - base.counts["firms"]
        text = f"{base.counts['firms']:,} 家企业" if zh else counted(base.counts["firms"], "firm")
        if merged:
            text += (
                f"（合并重复 {merged:,} 行）"
                if zh
                else f" ({counted(merged, 'repeated row')} merged)"
            )
        yield text + ("。" if zh else ".")
        if self.has_revenue:
            unknown = int(base.frame["revenue_10k_cny"].isna().sum())
            year = base.year or ("年份未注明" if zh else "no year given")
            limit = f"{base.threshold_10k_cny:,.0f}"
            yield (
                f"年营业收入 {limit} 万元以上（{year}）：{base.counts['in_base']:,} 家；营业收入缺失、不能判断：{unknown:,} 家。"
                if zh
                else f"Annual revenue of at least {yuan(base.threshold_10k_cny)} ({year}): {counted(base.counts['in_base'], 'firm')}; revenue unknown: {unknown:,}."
            )


def look(tables: Sequence[Table], lang: str, *, declared: Declared | None = None) -> Firms:
    """Look at the tables of a file of firms as a build would, by themselves.

    Parameters
    ----------
    tables : sequence of Table
        Read with the schema ``enterprises``.
    lang : str
        ``zh`` or ``en``: how columns without a heading of their own are called.
    declared : TableSource or LayerSource, optional
        What a workspace says of the file: its kind, the year and datum of its rows.

    Returns
    -------
    firms : Firms
        Its issues are those of reading and of the base, each cell reported once.
    """
    from industrymap import enterprises, schemas
    from industrymap.workspace import TableSource

    said = declared if isinstance(declared, TableSource) else None
    # A list adds to firms of other tables: by itself it is looked at as if it made them.
    kind = said.kind if said and said.kind in FIRM_KINDS else FIRM_KINDS[0]
    year, datum = (said.year, said.datum) if said else (None, None)
    base = enterprises.build(
        [enterprises.Intake(table=one, kind=kind, year=year, datum=datum) for one in tables]
    )
    known = {column.partition("@")[0] for one in tables for column in one.frame.columns}
    # A file without a revenue column would repeat "no revenue" in every row.
    absent = [rule for rule, columns in _NEEDS.items() if not known & set(columns)]
    present = base.issues[~base.issues["rule"].isin(absent)]
    labels = {field.name: getattr(field, lang) for field in schemas.fields("enterprises")}
    headings: dict[str, str] = dict(labels)
    # Reversed, so that headings of the first table win.
    for one in reversed(tables):
        headings |= {str(column): one.headings.get(column, labels.get(column, column)) for column in one.frame.columns}  # fmt: skip
        # A figure with a year in its heading is called as the column of the year that decides.
        dated = {c: text for c, text in one.headings.items() if "@" in c}
        decides = {c.partition("@")[0]: text for c, text in dated.items() if c.endswith(f"@{base.year}")}  # fmt: skip
        headings |= {c.partition("@")[0]: text for c, text in dated.items()} | decides
    named = present.assign(column=present["column"].replace(headings))
    findings = enterprises.findings([*(one.issues for one in tables), named])
    return Firms(base, findings, "revenue_10k_cny" in known)


def odd_places(table: Table, *, extent: Extent | None = None) -> list[Decision]:
    """Say what is odd about the coordinates of a table, for each datum its rows declare."""
    import numpy as np

    from industrymap import datum
    from industrymap.errors import IndustryMapError
    from industrymap.files import Decision

    frame = table.frame
    if not {"lon", "lat"} <= set(frame.columns):
        return []
    lon, lat = (
        table.number(name).to_numpy(dtype=float, na_value=float("nan")) for name in ("lon", "lat")
    )
    # Without a column, an empty text for rows that have coordinates: their datum is missing.
    declared = frame["datum"] if "datum" in frame else frame["lon"].where(frame["lon"].isna(), "")
    names = declared.fillna("").astype(str).to_numpy(dtype=object)
    # A row without coordinates has no point that a datum could be missing for.
    there = np.isfinite(lon) & np.isfinite(lat)
    oddities: list[Decision] = []
    for text in sorted(set(names[there])):
        rows = there & (names == text)
        zh, en = text or "未注明坐标系", text or "no datum given"
        try:
            said = [(m.zh, m.en) for m in datum.plausible(lon[rows], lat[rows], text, extent)]
        except IndustryMapError as error:
            said = [(error.zh, error.en) if text else _undeclared(int(rows.sum()))]
        oddities += [Decision(f"{zh}：{one}", f"{en}: {two}", "datum") for one, two in said]
    return oddities


def far_places(table: Table, *, extent: Extent) -> pd.DataFrame:
    """Return an issue for each row whose point lies outside an extent in WGS 84: a build places it by its address."""
    import numpy as np
    import pandas as pd

    from industrymap import datum, issues
    from industrymap.geocoding.geocode import OUTSIDE

    frame = table.frame
    if not {"lon", "lat", "datum"} <= set(frame.columns):
        return issues.empty()
    x, y = (table.number(c).to_numpy(dtype=float, na_value=np.nan) for c in ("lon", "lat"))
    datums = frame["datum"].fillna("").astype(str)
    lon, lat, refused = datum.convert_rows(x, y, sources=datums)
    west, south, east, north = extent
    inside = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    # Rows with an unknown or refused datum are reported elsewhere, and are not far from anything.
    read = np.isfinite(x) & np.isfinite(y) & ~datums.isin(list(refused)).to_numpy(dtype=bool)
    far = pd.Series(read & ~inside, index=frame.index)
    return issues.from_mask(
        frame, far, OUTSIDE, column="lon", header=table.headings.get("lon"), zh="", en=""
    )


def _undeclared(count: int) -> tuple[str, str]:
    return (
        f"{count:,} 个点须声明坐标系后才能使用。",
        f"{counted(count, 'point')} cannot be used until the datum is declared.",
    )
