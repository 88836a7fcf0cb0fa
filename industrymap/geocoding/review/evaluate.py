"""How good are the places? Match rate, accuracy by district and town, errors by level, and calibration.

Calibration is the honest part: the share of places whose truth lies within the radius they state.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from industrymap import aligned, schemas
from industrymap.errors import TableError, did_you_mean, nearest
from industrymap.geocoding.address import address_keys
from industrymap.geocoding.review.sanity import core, floats, lonlat

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

__all__ = ["Evaluation", "evaluate"]

QUANTILES = (0.5, 0.9, 0.95, 1.0)
"""Quantiles of the error that are shown."""

_KEYS = ("enterprise_id", "address")
_NAMES = {
    "district": ("区", "District"),
    "district_code": ("区代码", "District code"),
    "town": ("镇街", "Town"),
    "town_code": ("镇街代码", "Town code"),
    "level": ("级别", "Finest level"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What a comparison with the truth showed.

    Attributes
    ----------
    n : int
        Rows that have a truth.
    matched : int
        Of these, rows that were placed.
    accuracy : dict
        ``district``, ``town``, ``level`` → (right, known): rows whose value equals the truth, of those whose truth is known.
        An unplaced row counts as not right.
    by_level : DataFrame
        Index: level. ``n``, ``p50_m, p90_m, p95_m, max_m`` (error in metres), ``within`` (share of truths within the stated
        radius). The last row, ``all``, is over every level.
    """

    n: int
    matched: int
    accuracy: Mapping[str, tuple[int, int]]
    by_level: pd.DataFrame

    def text(self, lang: str = "zh") -> str:
        """Return the evaluation as a table for a person."""
        at = 0 if lang == "zh" else 1
        lines = [
            ("定位率", "Placed")[at] + "  " + _share(self.matched, self.n),
            *(
                f"{_NAMES[name][at]}{('正确率', ' right')[at]}  {_share(right, known)}"
                for name, (right, known) in self.accuracy.items()
                if known
            ),
        ]
        if len(self.by_level):
            lines += ["", *_table(self.by_level, lang)]
        return "\n".join(lines)


def evaluate(frame: pd.DataFrame, truth: pd.DataFrame) -> Evaluation:
    """Compare places with the truth.

    Parameters
    ----------
    frame : DataFrame
        Geocoded: ``address`` or ``enterprise_id``, ``lon, lat`` or ``geometry`` (WGS 84), ``geocode_level``,
        ``geocode_radius_m``, and ``district``, ``town`` where they are to be judged.
    truth : DataFrame
        ``enterprise_id`` or ``address`` as the key, and any of ``lon, lat`` (WGS 84), ``district``, ``town``
        (names), ``district_code``, ``town_code``, ``level``.

    Returns
    -------
    evaluation : Evaluation

    Raises
    ------
    TableError
        The truth has no key in common with the table, or nothing to compare.

    Notes
    -----
    Errors are great-circle distances on a sphere of 6,371,008.8 m (the mean radius of GRS 80), right to 0.5 %.
    """
    joined = _joined(frame, truth)
    placed = joined["geocode_level"].notna()
    accuracy = {
        name: _right(joined, name, placed) for name in _NAMES if f"true_{name}" in joined.columns
    }
    return Evaluation(
        n=len(joined), matched=int(placed.sum()), accuracy=accuracy, by_level=_by_level(joined)
    )


def _joined(frame: pd.DataFrame, truth: pd.DataFrame) -> pd.DataFrame:
    facts = [c for c in ("lon", "lat", *_NAMES) if c in truth.columns]
    # The firm's number before the address, which several firms share.
    key = next((k for k in _KEYS if k in truth.columns and k in frame.columns), None)
    if key is None or not facts:
        known = ", ".join([*_KEYS, "lon", "lat", *_NAMES])
        odd = sorted(str(c) for c in truth.columns)
        near = (n for c in odd for n in nearest(c, [*_KEYS, *_NAMES], n=1))
        en, zh = did_you_mean(near, plain=True)
        raise TableError(
            f"The truth has the columns {', '.join(odd)}; expected a key and facts among {known}.{en}",
            f"真值表的列为 {'、'.join(odd)}；应含一个键和若干事实列：{known}。{zh}",
        )
    lon, lat = lonlat(frame)
    mine = pd.DataFrame(
        {
            "key": _key(frame, key),
            "lon": lon,
            "lat": lat,
            **{c: frame[c] for c in ("geocode_level", "geocode_radius_m")},
            **{c: frame[c] for c in _NAMES if c != "level" and c in frame.columns},
        }
    )
    mine["level"] = mine["geocode_level"]
    right = truth[facts].rename(columns={c: f"true_{c}" for c in facts})
    right["key"] = _key(truth, key)
    # One truth for each key, or a firm would be judged twice.
    right = right.dropna(subset="key").drop_duplicates("key")
    return mine.merge(right, on="key", how="inner", validate="many_to_one")


def _key(frame: pd.DataFrame, column: str) -> pd.Series[str]:
    return address_keys(frame[column]) if column == "address" else frame[column].astype("string")


def _right(joined: pd.DataFrame, name: str, placed: pd.Series[bool]) -> tuple[int, int]:
    # 白云 and 白云区 are the same answer.
    true = joined[f"true_{name}"].astype("string").map(core, na_action="ignore")
    known = true.notna() & (true != "")
    if name not in joined.columns:
        return 0, 0
    mine = joined[name].astype("string").map(core, na_action="ignore")
    same = (mine == true).fillna(value=False)
    # Of all whose truth is known: an unplaced address counts as not right.
    return int((same & known & placed).sum()), int(known.sum())


def _by_level(joined: pd.DataFrame) -> pd.DataFrame:
    columns = ["n", *(_quantile_name(q) for q in QUANTILES), "within"]
    if "true_lon" not in joined.columns or "true_lat" not in joined.columns:
        return pd.DataFrame(columns=columns)
    error = distance_m(*(floats(joined[c]) for c in ("lon", "lat", "true_lon", "true_lat")))
    known = np.isfinite(error)
    table = pd.DataFrame(
        {
            "level": joined["geocode_level"].astype("string"),
            "error": error,
            "within": error <= floats(joined["geocode_radius_m"]),
        }
    )[known]
    # From the finest level to the coarsest, as people read it.
    order = [v.value for v in schemas.values("geocode_level") if (table["level"] == v.value).any()]
    rows = {level: _figures(table[table["level"] == level]) for level in order}
    if rows:
        rows["all"] = _figures(table)
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def _figures(part: pd.DataFrame) -> list[float]:
    error = part["error"].to_numpy()
    return [
        len(part),
        *(float(np.quantile(error, q)) for q in QUANTILES),
        float(part["within"].mean()),
    ]


def distance_m(
    lon1: npt.NDArray[np.float64],
    lat1: npt.NDArray[np.float64],
    lon2: npt.NDArray[np.float64],
    lat2: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    """Return great-circle distances in metres between points in degrees (haversine formula).

    Examples
    --------
    >>> one = np.array([113.0]); round(float(distance_m(one, one * 0, one + 1, one * 0)[0]))
    111195
    """
    x1, y1, x2, y2 = (np.radians(v) for v in (lon1, lat1, lon2, lat2))
    half = np.sin((y2 - y1) / 2) ** 2 + np.cos(y1) * np.cos(y2) * np.sin((x2 - x1) / 2) ** 2
    # Rounding can carry the half chord of opposite points past 1.
    metres: npt.NDArray[np.float64] = 2 * 6_371_008.8 * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0)))
    return metres


def _quantile_name(q: float) -> str:
    return "max_m" if q == 1.0 else f"p{round(q * 100)}_m"


def _share(part: int, whole: int) -> str:
    return f"{part:,}/{whole:,} ({part / whole:.1%})" if whole else "0/0"


def _table(by_level: pd.DataFrame, lang: str) -> list[str]:
    labels = schemas.labels("geocode_level", lang) | {"all": "全部" if lang == "zh" else "All"}
    heads = (
        ("级别", "数量", "中位误差", "90%", "95%", "最大", "在半径内")
        if lang == "zh"
        else ("Level", "n", "median", "90 %", "95 %", "max", "within radius")
    )
    rows = []
    for level, row in by_level.iterrows():
        metres = [f"{row[_quantile_name(q)]:,.0f} m" for q in QUANTILES]
        rows.append(
            (
                labels.get(str(level), str(level)),
                f"{row['n']:,.0f}",
                *metres,
                f"{row['within']:.1%}",
            )
        )
    return aligned.table(heads, rows, right=range(1, len(heads)))
