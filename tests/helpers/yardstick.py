"""A fixed piece of work of a build's kind, to measure a build against: ``python yardstick.py``.

Machines differ by a factor of three, and one machine from hour to hour; seconds alone say little of the program. What a build
does most is loading packages, many steps over short columns, some over long ones, patterns, and JSON.
"""

from __future__ import annotations

import json
import re
import sys

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely


def work() -> int:
    """Return a number that rests on all of it, so that nothing can be left out."""
    words = [f"{n * 7919 % 100_003}号路{n % 97}" for n in range(60_000)]
    found = [re.search(r"(\d+)号(\D+)(\d+)", word) for word in words]
    counts: dict[str, int] = {}
    for one in found:
        key = one[3] if one else ""
        counts[key] = counts.get(key, 0) + 1
    long = pd.DataFrame({"word": pd.array(words, dtype="string"), "n": range(len(words))})
    long.sort_values("word").groupby(long["word"].str.slice(0, 2))["n"].sum()
    short = long.head(300)
    for step in range(250):
        part = short.assign(n=(short["n"] + step).astype("Float64"))
        part["word"] = part["word"].str.replace("号", f"{step}", regex=False).fillna("")
        counts["all"] = len(pd.concat([part[part["n"] > step], part.reset_index(drop=True)]))
    points = gpd.GeoSeries(shapely.points(np.linspace(113, 114, 40_000), np.full(40_000, 23.0)))
    shapes = points.set_crs(4326).to_crs(4547).buffer(30, quad_segs=2)
    return len(json.loads(json.dumps(json.loads(shapes.head(8000).to_json())))) + sum(
        counts.values()
    )


if __name__ == "__main__":
    sys.stdout.write(f"{work()}\n")
