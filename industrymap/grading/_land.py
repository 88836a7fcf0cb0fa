"""Land actually used: own land less what is let, and of rented floor the landlord's land by its share of the floor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from industrymap import datum, files, issues, layers, tables
from industrymap.columns import Floats, Positions, floats, texts
from industrymap.enterprises import codes
from industrymap.grading._inputs import Firms, Register
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
SEVERAL_LANDLORDS = issues.rule(
    "land.several_landlords",
    "error",
    "“{name}”的出租方“{landlord}”可能是 {count} 家企业（{firms}），用地按未知处理；请填写出租方信用代码",
    "the landlord {landlord!r} of {name} may be {count} firms ({firms}): its land is not known; give the landlord's credit code",
)
NO_LANDLORD = issues.rule(
    "land.no_landlord",
    "warning",
    "“{name}”租用建筑面积，但不知出租方的用地或建筑面积，用地按未知处理",
    "{name} rents floor, and the land or floor of its landlord is not known: neither is its land",
)
_NOBODY, _EITHER = -1, -2
"""In place of a landlord's position: there is none, and it cannot be told which of several."""
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
        ``parcel_id, uscc, enterprise_id, name, area_mu, share, source, source_row``, one row a holder.

    Raises
    ------
    IndustryMapError
        As the readers of tables and layers.
    """
    if path.suffix.lower().lstrip(".") in files.TABLES:
        table = tables.read(
            path, layer="parcels", wanted=("parcel_id", "uscc|enterprise_id|name", "area_mu")
        )
        frame = table.frame.copy()
        for name in ("area_mu", "share"):
            if name in table.mapped:
                frame[name] = table.number(name)
    else:
        layer = layers.read(path, layer="parcels", wanted=("parcel_id", "uscc|enterprise_id|name"))
        area = datum.area_m2(layer.frame.geometry.to_numpy(), crs) / MU_M2
        given = floats(layer.frame, "area_mu")
        frame = pd.DataFrame(layer.frame.drop(columns="geometry")).assign(
            area_mu=np.where(np.isnan(given), area, given), source=layer.name, source_row=layer.rows
        )
    words, numbers = ("parcel_id", "uscc", "enterprise_id", "name"), ("area_mu", "share")
    out = frame.reindex(columns=[*words, *numbers, "source", "source_row"])
    kinds = dict.fromkeys(words, "string") | dict.fromkeys(numbers, "Float64")
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
    register = Register(firms.frame)
    land = floats(firms.frame, "land_mu").copy()
    own: dict[int, float] = {}
    said: list[dict[str, object]] = []
    for parcel, rows in parcels.groupby("parcel_id", sort=True):
        first = rows.iloc[0]
        about = {"source": first["source"], "row": first["source_row"], "id": parcel}
        total, area = float(rows["share"].sum()), float(floats(rows, "area_mu")[0])
        keys = (texts(rows, key) for key in ("uscc", "enterprise_id", "name"))
        holders = list(zip(*keys, floats(rows, "share"), strict=True))
        if total > _WHOLE:
            said.append({**about, "rule": OVER, "total": f"{total:.0%}"})
            area = np.nan
        elif np.isnan(area):
            said.append({**about, "rule": NO_AREA})
        for code, id_, name, share in holders:
            at, why = register.one(uscc=code, enterprise_id=id_, name=name)
            if why:
                said.append({**about, **why})
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
    tenants = np.flatnonzero(rents > 0)
    landlord, open_ = _landlords(frame, tenants)
    let = np.zeros(len(frame))
    for n in tenants:
        if landlord[n] >= 0:
            let[landlord[n]] += rents[n]
    said, over = _over(frame, let, floor)
    said = open_ + said
    share = np.full(len(frame), np.nan)
    np.divide(own, floor, out=share, where=floor > 0)
    # More let than there is: nobody can say whose floor is wrong.
    share[over] = np.nan
    rented = np.zeros(len(frame))
    names = texts(frame, "name")
    for n in tenants:
        rented[n] = rents[n] * share[landlord[n]] if landlord[n] >= 0 else np.nan
        # Said once: who of two landlords is meant, and floor let twice, have their own sentence.
        told = landlord[n] == _EITHER or (landlord[n] >= 0 and over[landlord[n]])
        if np.isnan(rented[n]) and not told:
            said.append({"rule": NO_LANDLORD, "source": "", "name": names[n]})
    alone = (rents > 0) & np.isnan(own)
    kept: Floats = np.where(let > 0, own - let * share, np.where(alone, 0.0, own))
    used = kept + rented
    out = frame.assign(
        rented_land_mu=pd.array(rented, dtype="Float64"),
        used_land_mu=pd.array(np.where(used > 0, used, np.nan), dtype="Float64"),
    )
    return Firms(frame=out, issues=issues.concat([firms.issues, issues.from_records(said)]))


def _landlords(
    frame: pd.DataFrame, tenants: Positions
) -> tuple[Positions, list[dict[str, object]]]:
    """Return the landlord of each firm that rents floor."""
    register, names = Register(frame), texts(frame, "name")
    keys = [texts(frame, key) for key in ("landlord_uscc", "landlord_name")]
    found = np.full(len(frame), _NOBODY, dtype=np.int64)
    said: list[dict[str, object]] = []
    for n in tenants.tolist():
        code, name = (key[n] for key in keys)
        at, why = register.one(uscc=code, name=name)
        found[n] = at
        if "count" in why:
            found[n] = _EITHER
            about = {"rule": SEVERAL_LANDLORDS, "landlord": why["name"], "name": names[n]}
            said.append({**why, **about, "source": ""})
    return found, said


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
