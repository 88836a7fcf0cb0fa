"""Do the radii hold? A gazetteer is split: what is held back is asked for by its address, and its place is the truth.

Run ``python benchmarks/geocoding_calibration.py [WORKSPACE] [--asked N]``. The workspace (the repository's own sample city where none is
named) gives districts, towns and gazetteer files. Its house numbers are split at random; those held back are asked for as
district, town, road and number, of gazetteers that know more or less of their roads. For every level: how many were placed
there, how far off the middle one is, and how many lie within the radius that was stated. A shipped radius holds nine of ten.

``--points FILE …`` takes real addresses with points instead: tables with an address, longitude and latitude, and a district and a datum
where they have them, under any of the headings that a gazetteer file may use, or named by ``--columns address=门店地址,lon=X``. One part of
them becomes a gazetteer file, the others are asked for as they are written, and once more with their district before them.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from pyproj import Geod

from industrymap import aligned, citypack, datum, layers, tables, workspace
from industrymap.geocoding import Gazetteer, match
from industrymap.geocoding.gazetteer import imports

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd

    from industrymap.citypack import CityPack

ROOT = Path(__file__).parents[1]
ASKED = 2_000
NEED = 0.9
"""Share of places that must lie within the radius stated for them."""

KNOWN = {
    "roads and half of the numbers": (True, 0.5),
    "half of the numbers, no road": (False, 0.5),
    "one number in twenty, no road": (False, 0.05),
    "one number in a hundred, no road": (False, 0.01),
}
"""What a gazetteer knows: whether the lines of roads, and which share of the house numbers."""

HEADS = ("gazetteer knows", "asked", "level", "n", "median error", "median radius", "within radius")

POINT_COLUMNS = ("address", "district", "town", "lon", "lat", "datum")


class Cases(NamedTuple):
    """What may be asked, and what a gazetteer may know of it.

    Attributes
    ----------
    truth : DataFrame
        ``lon, lat`` (WGS 84) and ``district_code``, empty where it is not known for certain.
    wordings : mapping of str to Series
        Name of a way to write an address → the addresses in it, by the index of ``truth``; empty where there is none.
    places : DataFrame
        Places for a gazetteer; the index is that of ``truth``.
    """

    truth: pd.DataFrame
    wordings: Mapping[str, pd.Series[str]]
    places: pd.DataFrame


def main() -> None:
    """Print one table over all gazetteers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workspace", nargs="?", type=Path, default=ROOT)
    parser.add_argument("--points", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--columns", default="", metavar="FIELD=HEADING,…")
    parser.add_argument("--datum", help="of the points, where no column says so")
    parser.add_argument("--asked", type=int, default=ASKED)
    asked = parser.parse_args()
    space = workspace.load(asked.workspace)
    pack = citypack.load(space.city)
    divisions = {
        name: layers.read(source.file, layer="divisions", datum=source.datum).frame
        for name, source in (("districts", space.districts), ("towns", space.towns))
        if source is not None
    }
    known = [imports.read(path, pack=pack)[0] for path in space.gazetteer]
    places = pd.concat(known, ignore_index=True) if known else None
    if asked.points:
        named = dict(part.split("=", 1) for part in asked.columns.split(",") if part)
        points = read_points(asked.points, named, asked.datum, pack)
        cases = cases_of_points(points, pack, divisions.get("districts"))
    elif places is not None:
        cases = cases_of_numbers(places, pack)
        places = places[places["kind"] != "address"]
    else:
        parser.error("the workspace names no gazetteer file: give --points")
    rows = calibrate(cases, places, pack, divisions, asked=asked.asked)
    print("\n".join(aligned.table(HEADS, rows, right=range(3, 7))))


def read_points(
    files: Sequence[Path], named: Mapping[str, str], declared: str | None, pack: CityPack
) -> pd.DataFrame:
    """Read tables of addresses with points; a point that is listed twice under one address counts once."""
    parts = []
    for file in files:
        columns = {heading: field for field, heading in named.items()}
        frame = tables.read(file, layer="places", columns=columns).frame
        texts = {
            field: frame[field].astype("string").fillna("").str.strip() if field in frame else ""
            for field in POINT_COLUMNS
        }
        parts.append(pd.DataFrame(texts, index=frame.index, dtype="string"))
    points = pd.concat(parts, ignore_index=True)
    points.loc[points["datum"] == "", "datum"] = declared or ""
    points = points[points["address"].ne("") & points["lon"].ne("") & points["lat"].ne("")]
    here = points["district"].isin(["", *pack.current("district")["name"]])
    if not here.all():
        print(
            f"{(~here).sum():,} of {len(here):,} points name a district of another city: left out"
        )
    points = points[here]
    # Half of a doubled row in the gazetteer would answer for the other half.
    return points.drop_duplicates(["address", "lon", "lat"]).reset_index(drop=True)


def cases_of_points(
    points: pd.DataFrame, pack: CityPack, districts: gpd.GeoDataFrame | None
) -> Cases:
    """Return the cases of real addresses; the gazetteer's part goes through the program's own reader."""
    code = pd.Series(points.index.astype("string"), index=points.index)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "points.csv"
        points.assign(code=code).to_csv(file, index=False)
        places = imports.read(file, pack=pack)[0]
    places.index = pd.Index(places["place_id"].astype("int64"))
    x, y = (points[c].astype("float64").to_numpy() for c in ("lon", "lat"))
    lon, lat = np.empty(len(points)), np.empty(len(points))
    for name in sorted(set(points["datum"])):
        at = (points["datum"] == name).to_numpy(dtype=bool)
        lon[at], lat[at] = datum.convert(x[at], y[at], source=name, target="wgs84")
    truth = pd.DataFrame({"lon": lon, "lat": lat}, index=points.index)
    truth["district_code"] = _certain_districts(truth, points["district"], pack, districts)
    stated = points["district"] + points["town"]
    # 西湖区西湖区文三路 is nobody's way to write.
    there = [s in a for s, a in zip(stated, points["address"], strict=True)]
    full = points["address"].where(pd.Series(there, index=points.index), stated + points["address"])
    wordings = {"as written": points["address"]}
    if stated.ne("").any():
        wordings["with its district"] = full
    return Cases(truth, wordings, places)


def _certain_districts(
    truth: pd.DataFrame,
    stated: pd.Series[str],
    pack: CityPack,
    districts: gpd.GeoDataFrame | None,
) -> pd.Series[str]:
    """Return the district where the boundary and the file say the same; either alone where the other is silent."""
    current = pack.current("district")
    codes = stated.map(dict(zip(current["name"], current["code"], strict=True))).fillna("")
    if districts is None:
        return codes
    import geopandas

    at = geopandas.GeoSeries(geopandas.points_from_xy(truth["lon"], truth["lat"], crs=4326))
    pairs = geopandas.GeoDataFrame(geometry=at).sjoin(districts[["code", "geometry"]])
    drawn = pairs["code"].astype("string").groupby(level=0).first().reindex(truth.index).fillna("")
    certain = codes.where(codes.eq(drawn) | drawn.eq(""), "")
    return certain.where(stated.ne(""), drawn)


def cases_of_numbers(places: pd.DataFrame, pack: CityPack) -> Cases:
    """Return the cases of a workspace's own house numbers, asked for as district, town, road and number."""
    numbered = places[(places["kind"] == "address") & places["lon"].notna()]
    names = dict(zip(pack.divisions["code"], pack.divisions["name"], strict=True))
    texts = numbered["town_code"].str[:6].map(names) + numbered["town_code"].map(names)
    texts = texts + numbered["road"] + numbered["number"].str.rstrip("号") + "号"
    truth = numbered[["lon", "lat"]].assign(district_code=numbered["town_code"].str[:6])
    texts = texts.where(numbered["town_code"].ne(""), "").fillna("")
    return Cases(truth, {"in full": texts}, numbered)


def calibrate(
    cases: Cases,
    others: pd.DataFrame | None,
    pack: CityPack,
    divisions: dict[str, gpd.GeoDataFrame],
    *,
    asked: int,
) -> list[tuple[str, ...]]:
    """Ask every gazetteer for what it was not given; return the lines of the table."""
    order = cases.truth.index.tolist()
    random.Random(7).shuffle(order)
    lines = []
    for title, (with_roads, share) in KNOWN.items():
        if with_roads and (others is None or not others["kind"].eq("road").any()):
            continue
        cut = int(len(order) * share)
        kept = cases.places[cases.places.index.isin(order[:cut])]
        rest = (
            [] if others is None else [others if with_roads else others[others["kind"] != "road"]]
        )
        city = Gazetteer.build(pack, **divisions, extra=[pd.concat([*rest, kept])])
        for wording, texts in cases.wordings.items():
            held = texts.loc[order[cut:][:asked]]
            # An address is asked for once: a campus with 300 entries under one number would outweigh a district.
            held = held[held.ne("") & ~held.duplicated()]
            placed = match(held, city)
            lines += _by_level((title, wording), placed, cases.truth.loc[held.index])
    return lines


def _by_level(
    title: tuple[str, str], placed: pd.DataFrame, truth: pd.DataFrame
) -> list[tuple[str, ...]]:
    """Return one line per level, and one of what lies in another district than it was placed in."""
    there = placed["lon"].notna().to_numpy(dtype=bool)
    unplaced = (~there).sum()
    placed, truth = placed[there], truth[there]
    columns = [f[c].to_numpy(dtype=float) for f in (placed, truth) for c in ("lon", "lat")]
    error_m = np.abs(Geod(ellps="GRS80").inv(*columns)[2])
    radius_m = placed["geocode_radius_m"].to_numpy(dtype=float)
    lines = []
    for level in placed["geocode_level"].drop_duplicates().sort_values():
        at = (placed["geocode_level"] == level).to_numpy(dtype=bool)
        within = float((error_m[at] <= radius_m[at]).mean())
        short = "" if within >= NEED else "  < 90 %"
        lines.append(
            (
                *title,
                str(level),
                f"{at.sum():,}",
                f"{np.median(error_m[at]):,.0f} m",
                f"{np.median(radius_m[at]):,.0f} m",
                f"{within:.1%}{short}",
            )
        )
    certain = truth["district_code"].ne("")
    wrong = certain & placed["district_code"].ne(truth["district_code"])
    wrong &= placed["geocode_issues"].isna()
    return [
        *lines,
        (*title, "not placed", f"{unplaced:,}", "", "", ""),
        (*title, f"wrong district, no issue, of {certain.sum():,}", f"{wrong.sum():,}", "", "", ""),
    ]


if __name__ == "__main__":
    main()
