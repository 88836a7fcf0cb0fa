"""Land actually used: own land less what is let, and of rented floor the landlord's land by its share of the floor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from industrymap import datum, files, issues, layers, tables
from industrymap.columns import Floats, floats, texts
from industrymap.enterprises import codes
from industrymap.grading._inputs import NO_FIRM, Firms
from industrymap.terms import MU_M2

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["read_parcels", "used_land", "with_parcels"]

OVER = issues.rule(
    "parcels.over",
    "error",
    "宗地“{id}”各方份额合计 {total}，超过 100%，该宗地未计入",
    "the shares of parcel {id} add up to {total}, more than 100 %: it is left out",
)
NO_AREA = issues.rule(
    "parcels.no_area",
    "error",
    "宗地“{id}”没有面积，权利人的用地按未知处理",
    "parcel {id} has no area: the land of its holders is not known",
)
LET_TOO_MUCH = issues.rule(
    "land.let_over",
    "error",
    "“{name}”出租面积合计 {let}，超过自有建筑面积 {floor}（超过 100%），承租各家和出租方的用地按未知处理",
    "{name} lets {let} of {floor} floor, more than 100 %: the land of its tenants and its own are not known",
)
NO_LANDLORD = issues.rule(
    "land.no_landlord",
    "warning",
    "“{name}”租用建筑面积，但不知出租方的用地或建筑面积，用地按未知处理",
    "{name} rents floor, and the land or floor of its landlord is not known: neither is its land",
)
_WHOLE = 1 + 1e-6
"""Shares written with a few decimals may add up to a hair more than one."""


def read_parcels(path: Path, *, crs: str) -> pd.DataFrame:
    """Read parcels with their holders, from a table or a layer of polygons.

    Parameters
    ----------
    path : Path
    crs : str
        Projected CRS in which a polygon is measured where its area is not given.

    Returns
    -------
    parcels : DataFrame
        ``parcel_id, uscc, name, area_mu, share, source, source_row``, one row a holder.

    Raises
    ------
    IndustryMapError
        As the readers of tables and layers.
    """
    if path.suffix.lower().lstrip(".") in files.TABLES:
        table = tables.read(path, layer="parcels", wanted=("parcel_id", "uscc|name", "area_mu"))
        frame = table.frame.copy()
        for name in ("area_mu", "share"):
            if name in table.mapped:
                frame[name] = table.number(name)
    else:
        layer = layers.read(path, layer="parcels", wanted=("parcel_id", "uscc|name"))
        area = datum.area_m2(layer.frame.geometry.to_numpy(), crs) / MU_M2
        given = floats(layer.frame, "area_mu")
        frame = pd.DataFrame(layer.frame.drop(columns="geometry")).assign(
            area_mu=np.where(np.isnan(given), area, given), source=layer.name, source_row=layer.rows
        )
    out = frame.reindex(
        columns=["parcel_id", "uscc", "name", "area_mu", "share", "source", "source_row"]
    )
    kinds = {
        "parcel_id": "string",
        "uscc": "string",
        "name": "string",
        "area_mu": "Float64",
        "share": "Float64",
    }
    out = out.astype(kinds).reset_index(drop=True)
    return out.assign(uscc=codes.clean(out["uscc"]), share=out["share"].fillna(1.0))


def with_parcels(firms: Firms, parcels: pd.DataFrame) -> Firms:
    """Put the land of parcels in place of what the tables say of the holders' own land.

    Parameters
    ----------
    firms : Firms
    parcels : DataFrame
        As :func:`read_parcels` returns it.
    """
    by_code = {code: n for n, code in enumerate(texts(firms.frame, "uscc")) if code}
    by_name = {name: n for n, name in enumerate(texts(firms.frame, "name")) if name}
    land = floats(firms.frame, "land_mu").copy()
    own: dict[int, float] = {}
    said: list[dict[str, object]] = []
    for parcel, rows in parcels.groupby("parcel_id", sort=True):
        first = rows.iloc[0]
        about = {"source": first["source"], "row": first["source_row"], "id": parcel}
        total, area = float(rows["share"].sum()), float(floats(rows, "area_mu")[0])
        holders = list(zip(texts(rows, "uscc"), texts(rows, "name"), floats(rows, "share"), strict=True))  # fmt: skip
        if total > _WHOLE:
            said.append({**about, "rule": OVER, "total": f"{total:.0%}"})
            area = np.nan
        elif np.isnan(area):
            said.append({**about, "rule": NO_AREA})
        for code, name, share in holders:
            at = by_code.get(code, -1) if code else by_name.get(name, -1)
            if at < 0:
                said.append({**about, "rule": NO_FIRM, "value": code or name, "name": name or code})
            else:
                own[at] = own.get(at, 0.0) + area * share
    for at, mu in own.items():
        land[at] = mu
    frame = firms.frame.assign(land_mu=pd.array(land, dtype="Float64"))
    return Firms(frame=frame, issues=issues.concat([firms.issues, issues.from_records(said)]))


def used_land(firms: Firms) -> Firms:
    """Work out the land that each firm actually uses.

    Returns
    -------
    firms : Firms
        With ``rented_land_mu`` and ``used_land_mu``.

    Notes
    -----
    A tenant's land is its landlord's land × its floor ÷ the landlord's floor; the landlord uses the rest. A tenant without land of its own uses
    what it rents. What is not known of either side leaves both open: land is never guessed.
    """
    frame = firms.frame
    own, floor, rents = (floats(frame, n) for n in ("land_mu", "floor_area_m2", "rented_floor_m2"))
    by_code = {code: n for n, code in enumerate(texts(frame, "uscc")) if code}
    landlord = np.array(
        [by_code.get(c, -1) if c else -1 for c in texts(frame, "landlord_uscc")], dtype=np.int64
    )
    tenants = np.flatnonzero(rents > 0)
    let = np.zeros(len(frame))
    for n in tenants:
        if landlord[n] >= 0:
            let[landlord[n]] += rents[n]
    said, over = _over(frame, let, floor)
    share = np.full(len(frame), np.nan)
    np.divide(own, floor, out=share, where=floor > 0)
    # More let than there is: nobody can say whose floor is wrong.
    share[over] = np.nan
    rented = np.zeros(len(frame))
    names = texts(frame, "name")
    for n in tenants:
        rented[n] = rents[n] * share[landlord[n]] if landlord[n] >= 0 else np.nan
        if np.isnan(rented[n]) and not (landlord[n] >= 0 and over[landlord[n]]):
            said.append({"rule": NO_LANDLORD, "source": "", "name": names[n]})
    alone = (rents > 0) & np.isnan(own)
    kept: Floats = np.where(let > 0, own - let * share, np.where(alone, 0.0, own))
    used = kept + rented
    out = frame.assign(
        rented_land_mu=pd.array(rented, dtype="Float64"),
        used_land_mu=pd.array(np.where(used > 0, used, np.nan), dtype="Float64"),
    )
    return Firms(frame=out, issues=issues.concat([firms.issues, issues.from_records(said)]))


def _over(
    frame: pd.DataFrame, let: Floats, floor: Floats
) -> tuple[list[dict[str, object]], np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    over = let > floor * _WHOLE
    names = texts(frame, "name")
    said: list[dict[str, object]] = [
        {"rule": LET_TOO_MUCH, "source": "", "name": names[n], "let": f"{let[n]:g} m²", "floor": f"{floor[n]:g} m²"}
        for n in np.flatnonzero(over)
    ]  # fmt: skip
    return said, over
