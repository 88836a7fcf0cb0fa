"""Where the points of a file would lie in each datum, beside the districts that the workspace knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from industrymap.errors import IndustryMapError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from industrymap.jobs import Checked
    from industrymap.layers import Layer
    from industrymap.tables import Table
    from industrymap.workspace import Workspace

    Numbers = npt.NDArray[np.float64]

__all__ = ["in_each_datum"]

_AMONG = ("wgs84", "gcj02", "bd09")
_MOST = 400
_SIMPLER = 0.0004


def in_each_datum(space: Workspace, checked: Checked) -> dict[str, Any]:
    """Return up to a few hundred points of a file as they would lie in each datum, and the share in the district each names.

    Of a layer the points are inside its features. A file in projected coordinates says where it lies by itself: it has no points here.
    """
    import numpy as np
    import shapely

    from industrymap import datum

    districts = _districts(space)
    x, y, named = _numbers(checked.read, list(districts))
    # Numbers beyond degrees are metres of a projection: the datums that differ by an offset do not come into question.
    fit = np.isfinite(x) & np.isfinite(y) & (np.abs(x) <= 180) & (np.abs(y) <= 90)
    x, y, named = x[fit], y[fit], [name for name, ok in zip(named, fit, strict=True) if ok]
    if not len(x):
        return {"points": {}, "shares": {}, "n": 0, "outlines": []}
    step = max(1, len(x) // _MOST)
    areas = shapely.union_all(list(districts.values())) if districts else None
    points, shares = {}, {}
    for one in _AMONG:
        lon, lat = datum.convert(x, y, source=one, target="wgs84")
        points[one] = [[round(b, 6), round(a, 6)] for a, b in zip(lon[::step].tolist(), lat[::step].tolist(), strict=True)]  # fmt: skip
        if areas is not None:
            share, n = datum.share_in_named_district(lon, lat, named=named, districts=districts)
            within = float(shapely.contains_xy(areas, lon, lat).mean())
            shares[one] = {"named": None if n == 0 else round(share, 4), "within": round(within, 4), "n": n}  # fmt: skip
    return {
        "points": points,
        "shares": shares,
        "n": len(x),
        "outlines": [_rings(shape) for shape in districts.values()],
    }


def _numbers(read: Table | Layer, districts: list[str]) -> tuple[Numbers, Numbers, list[str]]:
    """Return the numbers as they are in the file, and the district that each row names."""
    import numpy as np

    from industrymap import datum
    from industrymap.tables import Table

    frame: Any = read.frame
    n = len(frame)
    given = [""] * n
    # The district that the row states, else the one that its address names.
    for column in ("district", "operating_address", "address", "registered_address"):
        if column in frame:
            texts = frame[column].astype("string").fillna("").tolist()
            given = [one or next((d for d in districts if d in text), "") for one, text in zip(given, texts, strict=True)]  # fmt: skip
    if isinstance(read, Table):
        if not {"lon", "lat"} <= set(frame.columns):
            return np.empty(0), np.empty(0), []
        pair = (read.number(c).to_numpy(float, na_value=np.nan) for c in ("lon", "lat"))
        x, y = pair
        return x, y, given
    inside = frame.geometry[frame.geometry.notna()].representative_point()
    names = [name for name, ok in zip(given, frame.geometry.notna(), strict=True) if ok]
    # Read as one datum says; the numbers of the file are had by the way back.
    x, y = datum.convert(inside.x.to_numpy(), inside.y.to_numpy(), source="wgs84", target=read.datum)  # fmt: skip
    return x, y, names


def _districts(space: Workspace) -> dict[str, Any]:
    """Return the districts that the workspace names; none where it has none or they cannot be read."""
    from industrymap import citypack

    if space.districts is None:
        return {}
    try:
        frame = space.districts.read(extent=citypack.load(space.city).extent).frame
    except IndustryMapError:
        return {}
    named = zip(frame["name"].fillna(""), frame.geometry, strict=True)
    return {str(name): shape for name, shape in named if shape is not None and name}


def _rings(shape: Any) -> list[list[list[float]]]:
    import shapely

    simple = shape.simplify(_SIMPLER)
    return [[[round(y, 5), round(x, 5)] for x, y in part.exterior.coords] for part in shapely.get_parts(simple) if part.geom_type == "Polygon"]  # fmt: skip
