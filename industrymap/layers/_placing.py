"""Where a layer lies on the globe: which coordinate system its numbers are in, and the way to WGS 84."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from industrymap import datum as datums
from industrymap.errors import DatumError
from industrymap.files import Decision
from industrymap.layers import _repair

if TYPE_CHECKING:
    import numpy.typing as npt

    from industrymap import issues
    from industrymap.datum import Datum
    from industrymap.layers._layer import Raw
    from industrymap.terms import Extent

__all__ = ["Placed", "to_wgs84"]

_LOCAL = ("LOCAL_CS", "ENGCRS", "ENGINEERINGCRS")
"""How programs write that they do not know the coordinate system."""

_CONTRADICTIONS = frozenset({"degrees", "metres", "zone", "mercator"})
"""What the numbers may say that no single wrong feature explains."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Geometries in WGS 84.

    Attributes
    ----------
    geometries : ndarray of geometry
    where : ndarray of int
        Position of each among the features of the file.
    datum : Datum
        What the numbers were read as.
    decisions : list of Decision
        How that was decided.
    """

    geometries: npt.NDArray[np.object_]
    where: npt.NDArray[np.int64]
    datum: Datum
    decisions: list[Decision]


def to_wgs84(
    raw: Raw,
    usable: npt.NDArray[np.bool_],
    *,
    datum: str | Datum | None,
    extent: Extent | None,
    report: issues.Collector,
) -> Placed:
    """Decide what the numbers are in and convert them.

    Parameters
    ----------
    raw : Raw
    usable : ndarray of bool
        Which features have a geometry.
    datum : str or Datum, optional
        What a person declared; goes before what the file says.
    extent : tuple of float, optional
        The city.
    report : Collector
        Takes features that cannot be converted.

    Raises
    ------
    DatumError
        Nothing is declared, what is declared is refused, or the numbers contradict it.
    """
    name = str(report.source)
    geometries, where = raw.geometries[usable], np.flatnonzero(usable)
    # By the middle of each feature: one point is enough to place it, and a million vertices cost
    # time.
    declared, decisions = _resolve(name, raw, datum, geometries)
    odd = datums.plausible(*_middles(geometries), declared, extent)
    # All of them swapped: single features are turned later, in `_repair.outside`.
    if any(m.code == "swapped" for m in odd) or _north_first(declared, *_middles(geometries)):
        geometries = shapely.transform(geometries, lambda points: points[:, ::-1])
        decisions.append(
            Decision(
                "X、Y 两列互换（X 为北、Y 为东），已换回。",
                "x and y were swapped throughout: put right.",
                "datum",
            )
        )
        # Asked again: only now do the numbers speak in the right order.
        odd = datums.plausible(*_middles(geometries), declared, extent)
    for message in odd:
        # One feature far away is that feature's issue; most of them far away is a wrong declaration.
        if message.code == "outside" and message.count * 2 > message.total:
            raise DatumError(
                f"{name}: {message.en} Check the datum, or whether the file is of this city (city in industrymap.toml).",
                f"{name}：{message.zh}请核对坐标系（datum），以及文件是否属于本市（industrymap.toml 中的 city）。",
            )
        if message.code in _CONTRADICTIONS or message.count * 2 > message.total > 0:
            raise DatumError(
                f"{name} cannot be in {declared.en}. {message.en}",
                f"{name} 不可能是{declared.zh}。{message.zh}",
            )
    moved = datums.convert_geometry(geometries, source=declared)
    # A projection can lead numbers far outside its zone to infinity.
    owner, bad = _repair.not_finite(moved)
    lost = np.unique(owner[bad])
    for position in lost:
        report.add(_repair.NOT_FINITE, int(where[position]))
    keep = np.ones(len(moved), dtype=bool)
    keep[lost] = False
    return Placed(geometries=moved[keep], where=where[keep], datum=declared, decisions=decisions)


_DEGREES = 360.0
"""A coordinate beyond it is a length."""


def _resolve(
    name: str, raw: Raw, datum: str | Datum | None, geometries: npt.NDArray[np.object_]
) -> tuple[Datum, list[Decision]]:
    """Decide what the coordinates are in: what the user says, then what the file says; never a guess."""
    if datum is not None:
        declared = datums.resolve(datum)
        return declared, [
            Decision(
                f"坐标系：{declared.zh}（由您指定）。",
                f"Coordinates: {declared.en} (as you declared).",
                "datum",
            )
        ]
    # A LOCAL_CS is a CAD program's way to say that it knows nothing.
    if raw.crs is None or raw.crs.lstrip().upper().startswith(_LOCAL):
        looks = datums.looks_like(*_middles(geometries))
        zh = "".join(message.zh for message in looks[:1])
        en = " ".join(message.en for message in looks[:1])
        # An online map's datum is in degrees: for metres the example is a grid of the trade.
        metres = bool(np.nanmax(np.abs(np.concatenate(_middles(geometries)))) > _DEGREES)
        example = "EPSG:4547" if metres else "gcj02"
        raise DatumError(
            f'{name} does not say which coordinate system it is in. {en} Declare it, for example datum = "{example}".',
            f'{name} 没有说明坐标系。{zh}请指定坐标系，如 datum = "{example}"。',
        )
    try:
        declared = datums.resolve(raw.crs)
    except DatumError as error:
        raise DatumError(f"{name}: {error.en}", f"{name}：{error.zh}") from error
    if raw.by_standard:
        return declared, [
            Decision(
                f"坐标系：文件未注明，按格式标准视为 {declared.zh}；若取自国内在线地图，多为 GCJ-02，请指定。",
                f"Coordinates: not stated, {declared.en} by the format's standard; if drawn on a Chinese online map they "
                "are GCJ-02: declare it.",
                "datum",
            )
        ]
    return declared, [
        Decision(
            f"坐标系：{declared.zh}（文件注明）。",
            f"Coordinates: {declared.en} (as the file says).",
            "datum",
        )
    ]


def _middles(
    geometries: npt.NDArray[np.object_],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    bounds = shapely.bounds(geometries).reshape(-1, 4)
    return (bounds[:, 0] + bounds[:, 2]) / 2, (bounds[:, 1] + bounds[:, 3]) / 2


def _north_first(declared: Datum, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> bool:
    """Say whether the numbers of a Gauss-Krüger zone come north before east, as surveyors write them."""
    code = declared.id.removeprefix("EPSG:")
    zone = datums.gauss_kruger(int(code)) if code.isdigit() else None
    if zone is None:
        return False
    reach = 60_000.0 * zone.width
    # Eastings lie within some 60 km per degree of zone width of the false easting; northings of
    # China are millions of metres away.
    off_x, off_y = (
        abs(np.median(x) - zone.false_easting_m),
        abs(np.median(y) - zone.false_easting_m),
    )
    return bool(off_x > reach >= off_y)
