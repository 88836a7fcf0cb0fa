"""The raw rows of the enterprise tables: who is in which, under which spelling, with which figures.

A :class:`Row` holds the cells as they will be written, and beside them what a careful reader should make of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from industrymap.sample._random import pick, stream
from industrymap.sample.address_dirt import KINDS, add_dirt, add_one_kind
from industrymap.sample.addresses import Names, write
from industrymap.sample.cell_dirt import dirty_code, dirty_industry, dirty_money, dirty_name
from industrymap.sample.firm_figures import LISTED, YEARS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from industrymap.sample.addresses import Address
    from industrymap.sample.firms import Firm
    from industrymap.sample.places import Map, Spot

__all__ = ["DIRTY_SHARE", "Row", "draw_rows"]

DIRTY_SHARE = 0.42
"""Share of addresses that carry dirt."""

_TIERS = ("srdi", "hightech", "little_giant", "champion")

_SCOPE_TAILS = (
    "货物进出口;技术进出口",
    "商品批发贸易（许可审批类商品除外）",
    "汽车销售;普通货物道路运输",
    "软件开发;信息技术咨询服务",
    "机械设备租赁;物业管理",
    "医疗器械销售;化妆品批发",
)


@dataclass(slots=True, kw_only=True)
class Row:
    """One raw row.

    Attributes
    ----------
    table : str
        ``statistics``, ``tax``, ``registry`` or ``coordinates``.
    firm : int
        Whose it is.
    cells : dict
        Column key → value as written (text or number).
    address : Address or None
        What is in its address cell, with the right level.
    revenue_yuan : float or None
        What a careful reader takes as the last year's revenue; ``None`` where the cell is of no use.
    code_status : str
        ``valid, invalid, legacy15, org9`` or ``missing``, as written.
    dirt : list of str
        Kinds of dirt in its cells other than the address.
    year : int
        Year of its figures, where it has a year of its own.
    row : int
        Row as a spreadsheet shows it, once written.
    """

    table: str
    firm: int
    cells: dict[str, Any]
    address: Address | None = None
    revenue_yuan: float | None = None
    code_status: str = "valid"
    dirt: list[str] = field(default_factory=list)
    year: int = YEARS[-1]
    row: int = 0


def draw_rows(city: Map, firms: Sequence[Firm], *, seed: int) -> dict[str, list[Row]]:
    """Draw every raw row.

    Parameters
    ----------
    city : Map
        For the names in addresses.
    firms : sequence of Firm
        The truth.
    seed : int
        Chance.

    Returns
    -------
    rows : dict
        Table → its rows in the order of the file; about 24,000 in all at scale 1.
    """
    rng = stream(seed, "rows")
    names = Names(city=city)
    tables: dict[str, list[Row]] = {"statistics": [], "tax": [], "registry": [], "coordinates": []}
    for firm in firms:
        for table in _tables_of(firm, rng):
            tables[table].append(_DRAW[table](firm, names, rng))
    _plant_addresses(tables["statistics"] + tables["tax"], names, rng)
    tables["tax"] += _year_before(tables["tax"], firms, rng)
    tables["statistics"] += _again(tables["statistics"], firms, names, rng)
    for row in tables["statistics"]:
        row.cells["_order"] = _order(row, firms, city)
    tables["statistics"].sort(key=lambda row: row.cells.pop("_order"))
    return tables


def _tables_of(firm: Firm, rng: np.random.Generator) -> list[str]:
    """Choose the tables a firm is in: large firms report to the statisticians, small ones pay tax."""
    revenue = firm.revenue_yuan[-1]
    if revenue is None:
        return ["registry"]
    reports = 0.95 if revenue >= 2e7 else 0.55 if revenue >= 1e7 else 0.40
    tables = ["statistics"] if rng.random() < reports else ["tax"]
    if tables == ["statistics"] and rng.random() < 0.085:
        tables.append("tax")
    if rng.random() < 0.125:
        tables.append("registry")
    if rng.random() < 0.052:
        tables.append("coordinates")
    return tables


def _order(row: Row, firms: Sequence[Firm], city: Map) -> tuple[Any, ...]:
    town = city.plan.towns[firms[row.firm].operating.town]
    return town.district_code, town.code, row.firm, len(row.dirt)


# --- one function per table ------------------------------------------------------------------------------


def _address(spot: Spot, names: Names, rng: np.random.Generator) -> Address:
    address = write(spot, names, rng)
    if rng.random() < DIRTY_SHARE:
        add_dirt(address, names, rng)
    else:
        address.text = address.render()
    return address


def _identity(row: Row, firm: Firm, rng: np.random.Generator) -> None:
    row.cells["uscc"], row.code_status = dirty_code(firm, row.dirt, rng)
    row.cells["name"] = dirty_name(firm.name, row.dirt, rng)
    if row.code_status in ("missing", "invalid") and "old_name" in row.dirt:
        # Nothing would be left to tell whose row it is.
        row.dirt.remove("old_name")
        row.cells["name"] = firm.name


def _statistics(firm: Firm, names: Names, rng: np.random.Generator) -> Row:
    row = Row(table="statistics", firm=firm.number, cells={})
    _identity(row, firm, rng)
    row.address = _address(firm.operating, names, rng)
    town = names.city.plan.towns[firm.operating.town]
    last = firm.revenue_yuan[-1] or 0.0
    written, row.revenue_yuan = dirty_money(last, 1e4, row.dirt, rng)
    row.cells |= {
        "district": _declared_district(row, town.district_code, names, rng),
        "town": town.name if rng.random() < 0.9 else "",
        "address": row.address.text,
        "industry": dirty_industry(firm.industry.code, row.dirt, rng),
        "product": firm.product if rng.random() < 0.96 else "",
        **{
            f"revenue_{year}": None if value is None else value / 1e4
            for year, value in zip(YEARS[:-1], firm.revenue_yuan[:-1], strict=True)
        },
        f"revenue_{YEARS[-1]}": written,
        "output": firm.output_yuan / 1e4,
        "tax": round(firm.tax_yuan / 1e4, 2),
        "rd": round(firm.rd_yuan / 1e4, 2) if firm.rd_yuan else None,
        "staff": firm.staff if rng.random() < 0.97 else None,
        "tier": _declared(firm, rng),
        "note": "",
    }
    return row


def _declared_district(row: Row, code: str, names: Names, rng: np.random.Generator) -> str:
    """Return the district a firm reports under: now and then that of its tax office."""
    if rng.random() < 0.985:
        return names.district_names[code]
    row.dirt.append("declared_district_wrong")
    return pick(rng, [d.name for d in names.city.plan.districts if d.code != code])


def _declared(firm: Firm, rng: np.random.Generator) -> str:
    """Return what a firm says of itself: some of what is true, now and then more, and tiers that have no list."""
    tiers = [LISTED[label] for label in firm.tiers if label in _TIERS and rng.random() < 0.35]
    if firm.industry.labels and rng.random() < 0.06:
        tiers.append(pick(rng, ("科技型中小企业", "创新型中小企业")))
    if not firm.tiers and rng.random() < 0.008:
        tiers.append("高新技术企业")
    return pick(rng, ("、", ";", "；")).join(tiers)


def _tax(firm: Firm, names: Names, rng: np.random.Generator) -> Row:
    row = Row(table="tax", firm=firm.number, cells={})
    _identity(row, firm, rng)
    row.address = _address(firm.operating, names, rng)
    last = firm.revenue_yuan[-1] or 0.0
    written, row.revenue_yuan = dirty_money(last, 1.0, row.dirt, rng)
    row.cells |= {
        "address": row.address.text,
        "industry": dirty_industry(firm.industry.code, row.dirt, rng),
        "revenue": written,
        "tax": f"{firm.tax_yuan:.2f}",
        "year": str(YEARS[-1]),
        "note": "",
    }
    return row


def _registry(firm: Firm, names: Names, rng: np.random.Generator) -> Row:
    row = Row(table="registry", firm=firm.number, cells={})
    _identity(row, firm, rng)
    row.address = _address(firm.registered, names, rng)
    scope = f"{firm.product}制造" if firm.industry.labels else f"{firm.product}生产"
    row.cells |= {
        "address": row.address.text,
        "scope": f"{scope};{pick(rng, _SCOPE_TAILS)}",
        "established": _date(firm.established, rng),
        "capital": str(int(rng.choice([50, 100, 300, 500, 1000, 2000, 5000]))),
    }
    return row


def _date(iso: str, rng: np.random.Generator) -> str:
    year, month, day = iso.split("-")
    # As registers write a date.
    forms = (
        iso,
        f"{year}/{int(month)}/{int(day)}",
        f"{year}年{int(month)}月{int(day)}日",
        f"{year}{month}{day}",
    )
    return pick(rng, forms)


def _coordinates(firm: Firm, names: Names, rng: np.random.Generator) -> Row:
    row = Row(table="coordinates", firm=firm.number, cells={})
    _identity(row, firm, rng)
    town = names.city.plan.towns[firm.operating.town]
    kinds = (
        "WGS84",
        "GCJ-02",
        "BD-09",
        "CGCS2000",
        "火星坐标",
        "百度坐标",
        "",
        "wrong",
        "swapped",
        "zero",
    )
    kind = str(rng.choice(kinds, p=[0.26, 0.26, 0.16, 0.10, 0.06, 0.06, 0.04, 0.02, 0.02, 0.02]))
    if kind in ("", "wrong", "swapped", "zero"):
        row.dirt.append(
            {
                "": "datum_blank",
                "wrong": "datum_wrong",
                "swapped": "axes_swapped",
                "zero": "zero_point",
            }[kind]
        )
    row.cells |= {"kind": kind, "district": names.district_names[town.district_code]}
    return row


_DRAW = {"statistics": _statistics, "tax": _tax, "registry": _registry, "coordinates": _coordinates}


# --- rows that occur twice, and text that wants to run ---------------------------------------------------


def _again(
    rows: list[Row], firms: Sequence[Firm], names: Names, rng: np.random.Generator
) -> list[Row]:
    """Repeat some rows: as they are, with another address, or with another revenue."""
    copies = []
    for row in rows:
        chance = rng.random()
        if chance > 0.017:
            continue
        firm = firms[row.firm]
        kind = (
            "duplicate_row"
            if chance < 0.008
            else "duplicate_firm"
            if chance < 0.012
            else "two_revenues"
        )
        copy = Row(
            table=row.table,
            firm=row.firm,
            cells=dict(row.cells),
            address=row.address,
            revenue_yuan=row.revenue_yuan,
            code_status=row.code_status,
            dirt=[*row.dirt, kind],
        )
        if kind == "duplicate_firm":
            copy.address = _address(firm.operating, names, rng)
            copy.cells["address"] = copy.address.text
        if kind == "two_revenues":
            # Without a sound figure and code there would be nothing for the second revenue to
            # contradict.
            if row.revenue_yuan is None or row.code_status != "valid":
                continue
            other = round(row.revenue_yuan * float(rng.uniform(0.6, 1.5)), -2)
            copy.revenue_yuan = other
            copy.cells[f"revenue_{YEARS[-1]}"] = other / 1e4
            row.dirt.append(kind)
        copies.append(copy)
    return copies


def _plant_addresses(rows: list[Row], names: Names, rng: np.random.Generator) -> None:
    """See to it that every kind of dirt on addresses occurs, whatever the scale."""
    there = {kind for row in rows if row.address for kind in row.address.dirt}
    # One iterator for all kinds, so that no row is taken twice.
    clean = iter([row for row in rows if row.address and not row.address.dirt])
    for kind in (kind for kind in KINDS if kind not in there):
        for row in clean:
            if row.address and add_one_kind(row.address, kind, names, rng):
                row.cells["address"] = row.address.text
                break


def _year_before(rows: list[Row], firms: Sequence[Firm], rng: np.random.Generator) -> list[Row]:
    """Put some firms into the tax table with the year before as well."""
    earlier = []
    for row in rows:
        before = firms[row.firm].revenue_yuan[-2]
        if before is None or rng.random() > 0.03:
            continue
        earlier.append(
            Row(
                table=row.table,
                firm=row.firm,
                cells=row.cells | {"revenue": f"{before:.2f}", "year": str(YEARS[-2]), "note": ""},
                address=row.address,
                code_status=row.code_status,
                # Its figure is written plainly, so what is wrong with this year's is not wrong with
                # it.
                dirt=[*(d for d in row.dirt if not d.startswith("money_")), "year_before"],
                year=YEARS[-2],
            )
        )
    return earlier
