"""What offices send for a grading: parcels, floor let, energy, emissions, accounts of two years, dirty as they come, and their truth.

Written only where it is asked for: the sample in the repository would grow by a quarter for the sake of one command.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from industrymap import files
from industrymap.sample import _write
from industrymap.sample._random import happens, pick, stream
from industrymap.sample.firm_figures import YEARS
from industrymap.sample.truth_files import firm_id

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np

    from industrymap.sample.firms import Firm

__all__ = ["FOLDER", "INPUTS", "PARCELS", "write_grading"]

FOLDER = "grading_inputs"
"""Folder of the workspace that holds what the offices sent."""
PARCELS = "宗地权属.csv"
INPUTS = ("用能数据.csv", "财务与人员_2024.csv", "财务与人员_2025.csv", "厂房租赁_2024.csv", "厂房租赁_2025.csv", "排污.csv")  # fmt: skip
_GRADED = (2024, 2025)
_MARK = "（模拟数据）"
_TENANTS = 0.12
_SHARED = 0.05
_GROUPED = 0.02


@dataclass(slots=True)
class _Land:
    """Parcels and floor of a firm: area in hundredths of a mu, floor in m²."""

    floor: int
    rents: int = 0
    landlord: int = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawn:
    """True figures of a firm and year, in steps that its cell can write."""

    firm: int
    year: int
    revenue_yuan: int
    tax_yuan: int
    rd_yuan: int
    depreciation_yuan: int
    wages_yuan: int
    production_tax_yuan: int
    surplus_yuan: int
    staff: int
    energy_tenths: int
    power_100kwh: int
    emissions_kg: int


def write_grading(folder: Path, truth: Path, firms: Sequence[Firm], *, seed: int) -> int:
    """Write the offices' files, in a folder, and their truth, in another one.

    Parameters
    ----------
    folder, truth : path
        ``truth`` gets ``firm_inputs.parquet`` (a row a firm and year), ``firm_land.parquet`` (floor, floor rented, landlord, group) and
        ``parcels.parquet`` (a row a holder).
    firms : sequence of Firm
    seed : int

    Returns
    -------
    int
        How many files were written into ``folder``.
    """
    rng = stream(seed, "grading")
    known = [f for f in firms if f.revenue_yuan[-1] is not None]
    drawn = [_draw(f, year, rng) for f in known for year in _GRADED if f.revenue_yuan[YEARS.index(year)] is not None]  # fmt: skip
    land, parcels = _draw_land(known, rng)
    groups = _draw_groups(known, rng)
    by_number = {f.number: f for f in firms}
    _energy(folder / INPUTS[0], drawn, by_number, rng)
    for year, name in zip(_GRADED, INPUTS[1:3], strict=True):
        mine = [d for d in drawn if d.year == year]
        _accounts(folder / name, mine, by_number, groups, rng)
    for year, name in zip(_GRADED, INPUTS[3:5], strict=True):
        _rents(folder / name, land, by_number, year)
    _emissions(folder / INPUTS[5], drawn, by_number)
    _parcels(folder / PARCELS, parcels, by_number, rng)
    _truth(truth, drawn, land, parcels, groups)
    return len(INPUTS) + 1


def _draw(firm: Firm, year: int, rng: np.random.Generator) -> _Drawn:
    revenue = int(firm.revenue_yuan[YEARS.index(year)] or 0)
    last = int(firm.revenue_yuan[-1] or 1)
    # Of the last year what the base has; before it in proportion, with some chance.
    by = revenue / last * (1.0 if year == YEARS[-1] else float(rng.uniform(0.85, 1.1)))
    made = revenue * float(rng.uniform(0.12, 0.32))
    wages, depreciation, tax = made * 0.5, made * 0.15, made * 0.1
    return _Drawn(
        firm=firm.number,
        year=year,
        revenue_yuan=revenue // 100 * 100,
        tax_yuan=round(firm.tax_yuan * by) // 100 * 100,
        rd_yuan=round(firm.rd_yuan * by) // 100 * 100,
        depreciation_yuan=round(depreciation) // 100 * 100,
        wages_yuan=round(wages) // 100 * 100,
        production_tax_yuan=round(tax) // 100 * 100,
        # A few firms lose money.
        surplus_yuan=round((made - wages - depreciation - tax) * (-0.3 if happens(rng, 0.06) else 1)) // 100 * 100,
        staff=max(1, round(firm.staff * by)),
        energy_tenths=max(1, round(revenue / 1e4 * float(rng.lognormal(-2.5, 0.8)) * 10)),
        power_100kwh=max(1, round(revenue / 1e6 * float(rng.lognormal(5, 0.8)))),
        emissions_kg=max(1, round(revenue / 1e4 * float(rng.lognormal(-8, 1)) * 1000)),
    )  # fmt: skip


def _draw_land(
    firms: Sequence[Firm], rng: np.random.Generator
) -> tuple[dict[int, _Land], list[tuple[str, int, int, int]]]:
    """Return the floor of each firm, and parcels: number, holder, hundredths of a mu, share in per cent."""
    land: dict[int, _Land] = {}
    parcels: list[tuple[str, int, int, int]] = []
    owners: list[int] = []
    for f in firms:
        if owners and happens(rng, _TENANTS):
            landlord = land[pick(rng, owners)]
            number = next(n for n, one in land.items() if one is landlord)
            # Less than a tenth of the floor a tenant: a landlord may have several.
            land[f.number] = _Land(floor=0, rents=max(50, landlord.floor // int(rng.integers(11, 40))), landlord=number)  # fmt: skip
            continue
        mu100 = max(30, round(float(f.revenue_yuan[-1] or 1) ** 0.6 / 250 / float(rng.lognormal(2.2, 0.6)) * 100))  # fmt: skip
        land[f.number] = _Land(floor=round(mu100 * 6.67 * float(rng.uniform(0.5, 2.5))))
        owners = [*owners[-40:], f.number]
        id_ = f"YL{len(parcels):06d}"
        if len(owners) > 1 and happens(rng, _SHARED):
            parcels += [(id_, f.number, mu100, 60), (id_, owners[-2], mu100, 40)]
        elif happens(rng, 0.1):
            # Two parcels of one holder.
            parcels += [(id_, f.number, mu100 // 2, 100), (f"{id_}B", f.number, mu100 - mu100 // 2, 100)]  # fmt: skip
        else:
            parcels.append((id_, f.number, mu100, 100))
    return land, parcels


def _draw_groups(firms: Sequence[Firm], rng: np.random.Generator) -> dict[int, str]:
    groups: dict[int, str] = {}
    for n, f in enumerate(firms):
        if n and happens(rng, _GROUPED):
            before = firms[n - 1].number
            groups[f.number] = groups.setdefault(before, f"JT{before:05d}")
    return groups


Lines = list[list[Any]]


def _energy(path: Path, drawn: Sequence[_Drawn], firms: dict[int, Firm], rng: np.random.Generator) -> None:  # fmt: skip
    """Write both years below each other with a column of years, figures of one firm in eleven not sent, a total at the end."""
    rows: Lines = []
    for d in drawn:
        code = firms[d.firm].uscc
        # Typed by hand: lower case, or with a blank at the end.
        code = code.lower() if happens(rng, 0.05) else f"{code} " if happens(rng, 0.05) else code
        tce = "" if d.firm % 11 == 0 else _thousands(d.energy_tenths / 10)
        rows.append([code, firms[d.firm].name, d.year, tce, _thousands(d.power_100kwh / 100)])
        # A row that was copied twice says the same.
        if happens(rng, 0.01):
            rows.append(rows[-1])
    rows.append(["", "合计", "", "", ""])
    head = ["统一社会信用代码", "企业名称", "年份", "综合能源消费量（吨标准煤）", "用电量（万千瓦时）"]  # fmt: skip
    _put(path, f"规模以上及重点用能企业用能数据{_MARK}", head, rows, encoding="gb18030")


def _accounts(
    path: Path,
    drawn: Sequence[_Drawn],
    firms: dict[int, Firm],
    groups: dict[int, str],
    rng: np.random.Generator,
) -> None:
    """Write accounts of one year, named in the title: value added by its four parts, in yuan or in 万元, some given as a whole."""
    year = drawn[0].year if drawn else _GRADED[-1]
    rows: Lines = []
    for d in drawn:
        f = firms[d.firm]
        parts = [d.depreciation_yuan, d.wages_yuan, d.production_tax_yuan, d.surplus_yuan]
        whole = ""
        # A third sends value added itself and leaves the parts empty.
        if d.firm % 3 == 0:
            whole, shown = _thousands(sum(parts) / 1e4), [""] * 4
        else:
            shown = [_thousands(part / 1e4) for part in parts]
        name = f"{f.name} " if happens(rng, 0.1) else f.name
        rows.append([f.uscc, name, _thousands(d.revenue_yuan), _thousands(d.tax_yuan / 1e4), _thousands(d.rd_yuan / 1e4), d.staff, whole, *shown, groups.get(d.firm, "")])  # fmt: skip
    # The firm of another city: nobody in the base.
    rows.append(["91990101MA00000000", "外市某某有限公司", "1", "1", "1", 1, "1", "", "", "", "", ""])  # fmt: skip
    rows.append(["", "总计", *[""] * 10])
    head = ["信用代码", "单位名称", "营业收入（元）", "实缴税金（万元）", "研发费用（万元）", "平均用工人数", "工业增加值（万元）", "固定资产折旧（万元）", "劳动者报酬（万元）", "生产税净额（万元）", "营业盈余（万元）", "所属集团"]  # fmt: skip
    _put(path, f"{year}年工业企业财务与人员{_MARK}", head, rows, encoding="utf-8-sig")


def _rents(path: Path, land: dict[int, _Land], firms: dict[int, Firm], year: int) -> None:
    """Write who has which floor and who rents from whom; in 2024 the landlord is given by its name."""
    rows: Lines = []
    for number, one in sorted(land.items()):
        lord = firms.get(one.landlord)
        whose = ("", "")
        if lord is not None:
            whose = (lord.uscc, "") if year == _GRADED[-1] else ("", lord.name)
        rows.append([firms[number].uscc, one.floor or "", one.rents or "", *whose])
    head = ["企业代码", "自有建筑面积（平方米）", "租用建筑面积（平方米）", "出租方信用代码", "出租方名称"]  # fmt: skip
    _put(path, f"{year}年厂房自有与租赁情况{_MARK}", head, rows, encoding="gb18030")


def _emissions(path: Path, drawn: Sequence[_Drawn], firms: dict[int, Firm]) -> None:
    """Write both years side by side, the year in the heading."""
    found: dict[int, dict[int, int]] = {}
    for d in drawn:
        found.setdefault(d.firm, {})[d.year] = d.emissions_kg
    rows: Lines = [
        [firms[n].uscc, *(f"{years[y] / 1000:.3f}" if y in years else "—" for y in _GRADED)]
        for n, years in sorted(found.items())
    ]
    head = ["信用代码", *(f"{year}年污染物排放量（吨）" for year in _GRADED)]
    _put(path, f"排污情况{_MARK}", head, rows, encoding="gb18030")


def _parcels(path: Path, parcels: Lines | list[tuple[str, int, int, int]], firms: dict[int, Firm], rng: np.random.Generator) -> None:  # fmt: skip
    rows: Lines = []
    for id_, number, mu100, share in parcels:
        percent = f"{share}%" if share < 100 else pick(rng, ("100%", "", "1"))
        rows.append([id_, firms[number].name, firms[number].uscc, f"{mu100 / 100:.2f}", percent])
    head = ["宗地编号", "权利人", "权利人信用代码", "宗地面积（亩）", "用地份额"]
    _put(path, f"工业用地宗地权属{_MARK}", head, rows, encoding="gb18030")


def _thousands(value: float) -> str:
    """Return a number as people type it: thousands marked, no more decimals than there are."""
    return f"{value:,.4f}".rstrip("0").rstrip(".")


def _put(path: Path, title: str, head: Sequence[str], rows: Lines, *, encoding: str) -> None:
    text = f"{title}\r\n" + _write.csv_text(head, rows)
    files.write_bytes(path, text.encode(encoding))


def _truth(
    folder: Path,
    drawn: Sequence[_Drawn],
    land: dict[int, _Land],
    parcels: Sequence[tuple[str, int, int, int]],
    groups: dict[int, str],
) -> None:
    """Write the truth in whole steps, so that nobody's arithmetic is in it; what was never sent is missing."""
    names = [n for n in _Drawn.__slots__ if n not in {"firm", "energy_tenths"}]
    columns: dict[str, Any] = {"firm_id": [firm_id(d.firm) for d in drawn]}
    columns |= {n: [getattr(d, n) for d in drawn] for n in names}
    columns["energy_tenths"] = [None if d.firm % 11 == 0 else d.energy_tenths for d in drawn]
    _write.parquet(folder / "firm_inputs.parquet", columns)
    numbers = sorted(land)
    _write.parquet(
        folder / "firm_land.parquet",
        {
            "firm_id": [firm_id(n) for n in numbers],
            "floor_m2": [land[n].floor or None for n in numbers],
            "rents_m2": [land[n].rents or None for n in numbers],
            "landlord": [firm_id(land[n].landlord) if land[n].landlord >= 0 else None for n in numbers],
            "group": [groups.get(n) for n in numbers],
        },
    )  # fmt: skip
    _write.parquet(
        folder / "parcels.parquet",
        {
            "parcel_id": [p[0] for p in parcels],
            "firm_id": [firm_id(p[1]) for p in parcels],
            "mu_hundredths": [p[2] for p in parcels],
            "share_percent": [p[3] for p in parcels],
        },
    )
