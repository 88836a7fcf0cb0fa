"""Do the radii hold? A gazetteer is split: what is held back is asked for by its address, and its place is the truth.

Run ``python benchmarks/geocoding_calibration.py [WORKSPACE] [--asked N]``. The workspace (the repository's own sample city where none is
named) gives districts, towns and gazetteer files. Its house numbers are split at random; those held back are asked for as
district, town, road and number, of gazetteers that know more or less of their roads. For every level: how many were placed
there, how far off the middle one is, and how many lie within the radius that was stated. A shipped radius holds nine of ten.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from pyproj import Geod

from industrymap import aligned, citypack, layers, workspace
from industrymap.geocoding import Gazetteer, match
from industrymap.geocoding.gazetteer import imports

if TYPE_CHECKING:
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

HEADS = ("gazetteer knows", "level", "n", "median error", "median radius", "within radius")


def main() -> None:
    """Print one table over all gazetteers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workspace", nargs="?", type=Path, default=ROOT)
    parser.add_argument("--asked", type=int, default=ASKED)
    asked = parser.parse_args()
    space = workspace.load(asked.workspace)
    pack = citypack.load(space.city)
    divisions = {
        name: layers.read(source.file, layer="divisions", datum=source.datum).frame
        for name, source in (("districts", space.districts), ("towns", space.towns))
        if source is not None
    }
    places = pd.concat([imports.read(path, pack=pack)[0] for path in space.gazetteer])
    rows = calibrate(places.reset_index(drop=True), pack, divisions, asked=asked.asked)
    print("\n".join(aligned.table(HEADS, rows, right=range(2, 6))))


def calibrate(
    places: pd.DataFrame, pack: CityPack, divisions: dict[str, gpd.GeoDataFrame], *, asked: int
) -> list[tuple[str, ...]]:
    """Ask every gazetteer for the numbers that it was not given; return the lines of the table."""
    numbered = places[(places["kind"] == "address") & places["lon"].notna()]
    order = numbered.index.tolist()
    random.Random(7).shuffle(order)
    others = places[~places["kind"].isin(["address"])]
    names = dict(zip(pack.divisions["code"], pack.divisions["name"], strict=True))
    lines = []
    for title, (with_roads, share) in KNOWN.items():
        kept = numbered.loc[order[: int(len(order) * share)]]
        held = numbered.loc[order[int(len(order) * share) :][:asked]]
        held = held[held["town_code"].ne("")]
        rest = others if with_roads else others[others["kind"] != "road"]
        city = Gazetteer.build(pack, **divisions, extra=[pd.concat([rest, kept])])
        texts = held["town_code"].str[:6].map(names) + held["town_code"].map(names)
        texts = texts + held["road"] + held["number"].str.rstrip("号") + "号"
        lines += _by_level(title, match(texts, city), held)
    return lines


def _by_level(title: str, placed: pd.DataFrame, held: pd.DataFrame) -> list[tuple[str, ...]]:
    """Return one line per level, and one of what lies in another district than it was placed in."""
    there = placed["lon"].notna().to_numpy(dtype=bool)
    placed, held = placed[there], held[there]
    columns = [f[c].to_numpy(dtype=float) for f in (placed, held) for c in ("lon", "lat")]
    error_m = np.abs(Geod(ellps="GRS80").inv(*columns)[2])
    radius_m = placed["geocode_radius_m"].to_numpy(dtype=float)
    lines = []
    for level in placed["geocode_level"].drop_duplicates().sort_values():
        at = (placed["geocode_level"] == level).to_numpy(dtype=bool)
        within = float((error_m[at] <= radius_m[at]).mean())
        short = "" if within >= NEED else "  < 90 %"
        lines.append(
            (
                title,
                str(level),
                f"{at.sum():,}",
                f"{np.median(error_m[at]):,.0f} m",
                f"{np.median(radius_m[at]):,.0f} m",
                f"{within:.1%}{short}",
            )
        )
    wrong = placed["district_code"].ne(held["town_code"].str[:6]) & placed["geocode_issues"].isna()
    return [*lines, (title, "wrong district, no issue", f"{wrong.sum():,}", "", "", "")]


if __name__ == "__main__":
    main()
