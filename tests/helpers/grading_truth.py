"""The sample's firms with what is true of them, put together from ``truth/`` by plain loops: no reader, no join of the package."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from pathlib import Path

_YEARS = (2024, 2025)


def known(value: Any) -> Any:
    """Return a value, or ``None`` where it is missing."""
    return None if value is None or pd.isna(value) else value


def rows(path: Path) -> list[dict[str, Any]]:
    frame = pd.read_parquet(path)
    return [{str(k): known(v) for k, v in row.items()} for row in frame.to_dict("records")]


def firms(folder: Path, built: pd.DataFrame, years: pd.DataFrame, year: int) -> list[dict[str, Any]]:  # fmt: skip
    """Return the firms of the built base with their true figures of a year.

    Who is in the base, its district, industry, age and tags are the base's own, which other tests hold to the truth; so are the figures of firms
    that the offices' files cannot be joined to (no sound credit code in the base).
    """
    truth = folder / "truth"
    code_of = {row["firm_id"]: row["uscc"] for row in rows(truth / "enterprises.parquet")}
    name_of = {row["firm_id"]: row["name"] for row in rows(truth / "enterprises.parquet")}
    base = [{str(k): known(v) for k, v in row.items()} for row in built.to_dict("records")]
    in_base = {row["uscc"] for row in base if row["uscc"]}
    names = [row["name"] for row in base]
    figures = {code_of[r["firm_id"]]: r for r in rows(truth / "firm_inputs.parquet") if r["year"] == year}  # fmt: skip
    land = {code_of[r["firm_id"]]: r for r in rows(truth / "firm_land.parquet")}
    own: dict[str, float] = {}
    for row in rows(truth / "parcels.parquet"):
        code = code_of[row["firm_id"]]
        own[code] = own.get(code, 0.0) + row["mu_hundredths"] / 100 * (row["share_percent"] / 100)
    let: dict[str, int] = {}
    landlords: dict[str, str | None] = {}
    for code, row in land.items():
        if row["rents_m2"] and code in in_base:
            lord = code_of[row["landlord"]]
            # In 2024 landlords are given by name, and the base has to have the name once.
            if year == _YEARS[0]:
                named = [b["uscc"] for b in base if b["name"] == name_of[row["landlord"]]]
                lord = named[0] if len(named) == 1 else None
            landlords[code] = lord if lord in in_base else None
            if landlords[code]:
                let[lord] = let.get(lord, 0) + row["rents_m2"]
    assert len(names) == len(base)
    fallback = {
        r["enterprise_id"]: {str(k): known(v) for k, v in r.items()}
        for r in years.to_dict("records")
        if known(r["year"]) == year
    }
    return [
        _firm(row, figures=figures, land=land, own=own, let=let, landlords=landlords, fallback=fallback.get(row["enterprise_id"]) or {}, year=year)
        for row in base
    ]  # fmt: skip


def _firm(row: dict[str, Any], *, figures: dict[str, Any], land: dict[str, Any], own: dict[str, float], let: dict[str, int], landlords: dict[str, str | None], fallback: dict[str, Any], year: int) -> dict[str, Any]:  # fmt: skip
    code = row["uscc"]
    f, floor = figures.get(code), land.get(code)
    division = row["industry_code"][:2] if row["industry_code"] else None
    age = None
    if row["established_on"] is not None:
        age = (date(year, 12, 31) - row["established_on"].date()).days / 365.25
    made = {
        "id": row["enterprise_id"], "above_scale": row["above_scale"], "district": row["district"], "division": division, "age": age,
        "tiers": row["tiers"], "group": floor["group"] if floor and f else None, "land": _used(code, land, own, let, landlords),
    }  # fmt: skip
    if f is None:
        empty = dict.fromkeys(("va", "tce", "kwh", "emission"))
        at = {"revenue": "revenue_10k_cny", "tax": "tax_10k_cny", "rd": "rd_10k_cny", "staff": "staff"}  # fmt: skip
        return {**made, **empty, **{k: fallback.get(v) for k, v in at.items()}}
    parts = ("depreciation_yuan", "wages_yuan", "production_tax_yuan", "surplus_yuan")
    return {
        **made,
        "revenue": f["revenue_yuan"] / 1e4, "tax": f["tax_yuan"] / 1e4, "rd": f["rd_yuan"] / 1e4, "va": sum(f[p] for p in parts) / 1e4,
        "staff": f["staff"], "tce": None if f["energy_tenths"] is None else f["energy_tenths"] / 10, "kwh": f["power_100kwh"] * 100,
        "emission": f["emissions_kg"] / 1000,
    }  # fmt: skip


def _used(code: str | None, land: dict[str, Any], own: dict[str, float], let: dict[str, int], landlords: dict[str, str | None]) -> float | None:  # fmt: skip
    if code is None or code not in land:
        return None
    mine, floor = own.get(code), land[code]["floor_m2"]
    if let.get(code):
        # More let than there is would leave all of it open; the sample never lets so much.
        if let[code] > floor:
            return None
        mine = mine - mine * let[code] / floor
    if land[code]["rents_m2"]:
        lord = landlords.get(code)
        if lord is None or lord not in land or let[lord] > land[lord]["floor_m2"]:
            return None
        rented = own[lord] * land[code]["rents_m2"] / land[lord]["floor_m2"]
        return (mine or 0.0) + rented
    return mine if mine and mine > 0 else None
