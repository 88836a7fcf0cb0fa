"""The section on monitored firms: their total, and whose change moved it most. Their figures are yearly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from industrymap import schemas, series
from industrymap.brief._amounts import everyday
from industrymap.brief._facts import rounded
from industrymap.brief._story import Point, Section, TableBlock, plain

if TYPE_CHECKING:
    import pandas as pd

    from industrymap.brief._teller import Teller

__all__ = ["firms_section"]

MEASURE = "revenue_10k_cny"


def firms_section(teller: Teller) -> Section | None:
    """Tell what the monitored firms of the area reported for the year of the period, or for the last year before."""
    m = teller.m
    figures = m.firm_figures[m.firm_figures["measure"] == MEASURE]
    mine = figures[figures["enterprise_id"].isin(m.firms["enterprise_id"])]
    # A year that is not over has no yearly figure: the last one that is counts.
    last = teller.period.year if teller.period.last == 12 else teller.period.year - 1
    years = sorted({int(y) for y in mine["year"] if int(y) <= last})
    if not years:
        teller.firm_notes.append(
            teller.both(
                f"{m.area.name}没有重点监测企业的数据，未写企业情况。",
                f"There is no figure of a monitored firm in {m.area.name}, so nothing is said of firms.",
            )
        )
        return None
    year = years[-1]
    by_year = {
        y: mine[mine["year"] == y].set_index("enterprise_id")["value"] for y in (year, year - 1)
    }
    if year < teller.period.year:
        number = teller.both(f"{year}年", str(year))
        teller.firm_notes.append(
            teller.both(
                f"企业数据按年报送，最近的是{number}。", f"Firms report by year, last for {number}."
            )
        )
    lead = _lead(teller, year, by_year[year], by_year[year - 1])
    changes = (by_year[year] - by_year[year - 1]).dropna()
    exhibits = [_table(teller, year, changes, by_year)] if len(changes) else []
    more = [_movers(teller, year, changes)] if len(changes) else []
    point = Point(conclusion=lead, more=[t for t in more if t], exhibits=exhibits)
    return Section(
        id="firms", heading=teller.both(*teller.outline.headings["firms"]), points=[point]
    )


def _lead(teller: Teller, year: int, now: pd.Series, before: pd.Series) -> str:
    record, found = schemas.measure(MEASURE), series.growth(now, before)
    unit, divisor, decimals = everyday(record.unit)
    keys = f"firms/{teller.m.area.code}/{MEASURE}/{year}"
    holds: set[str] = set()
    fields: dict[str, str] = {}
    if not np.isnan(found.panel):
        rate = found.panel * 100
        flat = abs(rate) < teller.outline.flat or rounded(rate, 1) == 0
        holds = {"flat" if flat else "rose" if rate > 0 else "fell"}
        fields["rate"] = teller.ledger.note(
            f"rate/{keys}", rate, zh="重点监测企业同比（两年均有数）", en="growth of monitored firms known in both years", unit="%", decimals=1,
            formula="sum now / sum before - 1 over firms known in both", inputs=(keys,), n=found.n_panel, unsigned=True,
        )  # fmt: skip
        fields["panel"] = teller.count(f"{keys}/panel", found.n_panel, "两年均有数的企业数", "firms known in both years")  # fmt: skip
    return teller.say(
        "firms",
        holds,
        year=teller.both(f"{year}年", str(year)),
        count=teller.count(keys, int(now.notna().sum()), "有数的重点监测企业数", "monitored firms with a figure"),
        name=teller.name_of(MEASURE),
        value=teller.ledger.note(keys, found.now / divisor, zh=f"重点监测企业{record.zh}合计", en=f"{record.en} of monitored firms", unit=unit, decimals=decimals,
                                 formula="sum of firms", inputs=(keys,), n=int(now.notna().sum())),
        unit=teller.unit(unit),
        **fields,
    )  # fmt: skip


def _key(id_: str, year: int) -> str:
    return f"series/firm/{id_}/{MEASURE}/{year}"


def _level(teller: Teller, id_: str, year: int, value: float) -> str:
    """Note what a firm reported and return how it is written."""
    unit, divisor, decimals = everyday(schemas.measure(MEASURE).unit)
    name = _names(teller)[id_]
    return teller.ledger.note(_key(id_, year), value / divisor, zh=name, en=name, unit=unit, decimals=decimals)  # fmt: skip


def _change(teller: Teller, id_: str, year: int, change: float, *, unsigned: bool = False) -> str:
    """Note by how much a firm's figure changed and return how it is written."""
    unit, divisor, decimals = everyday(schemas.measure(MEASURE).unit)
    name = _names(teller)[id_]
    return teller.ledger.note(
        f"change/{_key(id_, year)}", change / divisor, zh=f"{name}变动", en=f"change of {name}", unit=unit, decimals=decimals,
        formula="now - before", inputs=(_key(id_, year), _key(id_, year - 1)), unsigned=unsigned,
    )  # fmt: skip


def _names(teller: Teller) -> dict[str, str]:
    firms = teller.m.firms
    names = firms["name"].astype("string").fillna(firms["enterprise_id"].astype("string"))
    return dict(zip(firms["enterprise_id"].astype(str), names.astype(str), strict=True))


def _movers(teller: Teller, year: int, changes: pd.Series) -> str:
    # Equal changes are ordered by code, so that two machines name the same firm.
    order = sorted(changes.index, key=lambda i: (-float(changes[i]), str(i)))
    first, last = order[0], order[-1]
    holds = {"one_way", "rose"} if changes[last] >= 0 else {"one_way", "fell"} if changes[first] <= 0 else set()  # fmt: skip
    names = _names(teller)
    return teller.say(
        "movers",
        holds,
        year=str(year),
        name=teller.name_of(MEASURE),
        unit=teller.unit(everyday(schemas.measure(MEASURE).unit)[0]),
        first=names[first],
        first_change=_change(teller, first, year, float(changes[first]), unsigned=True),
        last=names[last],
        last_change=_change(teller, last, year, float(changes[last]), unsigned=True),
    )  # fmt: skip


def _table(teller: Teller, year: int, changes: pd.Series, by_year: dict[int, pd.Series]) -> TableBlock:  # fmt: skip
    order = sorted(changes.index, key=lambda i: (-float(changes[i]), str(i)))
    most = teller.outline.firms
    chosen = order if len(order) <= 2 * most else [*order[:most], *order[-most:]]
    names = _names(teller)
    district = dict(zip(teller.m.firms["enterprise_id"], teller.m.firms["district_code"], strict=True))  # fmt: skip
    rows = []
    for id_ in chosen:
        where = teller.m.districts.get(str(district.get(id_)), "—")
        rows.append(
            (
                plain(names[id_]),
                plain(where),
                _level(teller, id_, year, float(by_year[year][id_])),
                _level(teller, id_, year - 1, float(by_year[year - 1][id_])),
                _change(teller, id_, year, float(changes[id_])),
            )
        )
    record = schemas.measure(MEASURE)
    unit = teller.unit(everyday(record.unit)[0])
    note = ""
    if len(chosen) < len(order):
        shown = teller.count("firms/shown", most, "各列出的企业数", "firms listed each way")
        note = teller.both(
            f"增加最多和减少最多（或增加最少）的各{shown}家。",
            f"The {shown} that added most and the {shown} that lost most or added least.",
        )
    return TableBlock(
        title=teller.both(f"{record.zh}变动最大的重点监测企业（{year}年）", f"Monitored firms whose {record.en.lower()} moved most, {year}"),
        header=teller.both(f"企业|区|{year}年（{unit}）|{year - 1}年（{unit}）|变动（{unit}）", f"Firm|District|{year} ({unit})|{year - 1} ({unit})|Change ({unit})").split("|"),
        rows=rows,
        note=note,
        two_ends=True,
    )  # fmt: skip
