"""Fit a local grid to control points, for city grids without public parameters (such as a "城市 2000" grid)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from industrymap.datum._convert import convert, pipeline_steps
from industrymap.datum._systems import Datum, resolve
from industrymap.errors import DatumError

if TYPE_CHECKING:
    import numpy.typing as npt

    Points = npt.NDArray[np.float64]

__all__ = ["Fit", "fit"]

# Two points fix a similarity and leave nothing to judge it by; an affine fit needs three.
_LEAST = 3
_FLAT = 1e-4  # smallest over largest spread of the points, below which they count as one line


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """How well a local grid could be tied to control points.

    Attributes
    ----------
    datum : Datum
        The local grid, usable wherever a datum is; its ``id`` can be kept in ``industrymap.toml``.
    model : str
        ``similarity`` (shift, turn, one scale) or ``affine`` (six parameters).
    residuals_m : tuple of float
        Distance between each control point and where the fit puts it, in metres, in the given order.
    rms_m : float
        Root mean square of the residuals per degree of freedom: ``sqrt(Σ r² / (2n − p))``; ``NaN`` where ``2n = p``
        leaves nothing to judge by.
    scale, turn_deg : float
        Mean scale and turn of the local axes against the projected CRS.
    mirrored : bool
        The axes are handed the other way, as when X and Y are swapped.
    """

    datum: Datum
    model: str
    residuals_m: tuple[float, ...]
    rms_m: float
    scale: float
    turn_deg: float
    mirrored: bool

    @property
    def max_residual_m(self) -> float:
        """Largest residual in metres."""
        return max(self.residuals_m)

    def describe(self, lang: str = "zh") -> str:
        """Return one sentence with points, model and residuals."""
        n, free = len(self.residuals_m), not np.isnan(self.rms_m)
        if lang == "zh":
            quality = (
                f"中误差 {self.rms_m:.3f} 米，最大残差 {self.max_residual_m:.3f} 米"
                if free
                else "没有多余观测，无法评定精度"
            )
            mirror = "；坐标轴方向相反（X、Y 可能互换）" if self.mirrored else ""
            return f"{n} 个控制点，{'相似变换' if self.model == 'similarity' else '仿射变换'}：{quality}，尺度 {self.scale:.8f}，旋转 {self.turn_deg:.6f}°{mirror}。"
        quality = (
            f"standard error {self.rms_m:.3f} m, largest residual {self.max_residual_m:.3f} m"
            if free
            else "no redundancy, so the accuracy cannot be judged"
        )
        mirror = "; the axes are mirrored (X and Y may be swapped)" if self.mirrored else ""
        return f"{n} control points, {self.model} transformation: {quality}, scale {self.scale:.8f}, turn {self.turn_deg:.6f}°{mirror}."  # fmt: skip


def fit(  # noqa: PLR0913 - two coordinate lists and three choices
    local_x: npt.ArrayLike,
    local_y: npt.ArrayLike,
    known_x: npt.ArrayLike,
    known_y: npt.ArrayLike,
    *,
    known: str | Datum = "wgs84",
    crs: str | Datum,
    model: str = "similarity",
) -> Fit:
    """Tie a local grid to control points by least squares.

    Both sides are compared in a projected CRS, where a local grid differs by little more than a shift, a turn and a
    scale: ``E = a + s·cosθ·x − s·sinθ·y``, ``N = b + s·sinθ·x + s·cosθ·y`` (similarity), or six free parameters (affine).

    Parameters
    ----------
    local_x, local_y : array-like of float
        Easting and northing of the control points in the local grid, metres.
    known_x, known_y : array-like of float
        The same points in ``known``.
    known : str or Datum
        Datum of the known side.
    crs : str or Datum
        The projected CRS to fit in, such as the city pack's.
    model : str
        ``similarity`` or ``affine``.

    Returns
    -------
    fit : Fit
        With its residuals; :attr:`Fit.datum` converts.

    Raises
    ------
    DatumError
        Fewer than 3 usable points, points on one line, a ``crs`` that is not projected, an unknown model.

    Examples
    --------
    >>> import numpy as np
    >>> from industrymap.datum import convert
    >>> x, y = np.array([0.0, 1000.0, 0.0, 1000.0]), np.array([0.0, 0.0, 1000.0, 1000.0])
    >>> lon, lat = convert(x + 430000, y + 2550000, source="EPSG:4547", target="wgs84")
    >>> grid = fit(x, y, lon, lat, crs="EPSG:4547")
    >>> float(np.abs(grid.residuals_m).max()) < 0.001
    True
    """
    # In degrees a metre north and a metre east are different numbers; a turn and a scale need a plane.
    plane = resolve(crs)
    if plane.kind != "projected":
        raise DatumError(
            f"Control points are fitted in a projected CRS, not in {plane.id}; give one such as EPSG:4547.",
            f"控制点须在投影坐标系中拟合，{plane.id} 不是；请给出如 EPSG:4547。",
        )
    if model not in {"similarity", "affine"}:
        raise DatumError(
            f"Unknown model {model!r}; expected similarity or affine.",
            f"无法识别的模型 {model!r}，应为 similarity（相似）或 affine（仿射）。",
        )
    east, north = convert(known_x, known_y, source=known, target=plane)
    local = np.column_stack([np.ravel(np.asarray(v, dtype=float)) for v in (local_x, local_y)])
    target = np.column_stack([east.ravel(), north.ravel()])
    # Before the fit: least squares answers on three points of one line too, with a meaningless turn.
    _check(local, target)
    # Chinese survey grids call north X: with the axes exchanged no turn fits, but a mirrored grid does.
    mirrored = _is_mirrored(local, target)
    if model == "affine":
        matrix, shift = _affine(local, target)
    else:
        matrix, shift = _similarity(local, target, mirrored=mirrored)
    # Metres on the ground at each control point, for a person to judge.
    residuals = np.linalg.norm(local @ matrix.T + shift - target, axis=1)
    # Two equations a point, minus the parameters; with none to spare the fit is exact and says nothing of its quality.
    freedom = 2 * len(local) - (6 if model == "affine" else 4)
    return Fit(
        datum=_datum(matrix, shift, plane),
        model=model,
        residuals_m=tuple(float(r) for r in residuals),
        rms_m=float(np.sqrt((residuals**2).sum() / freedom)) if freedom else float("nan"),
        scale=float(np.sqrt(abs(np.linalg.det(matrix)))),
        turn_deg=float(np.degrees(np.arctan2(matrix[1, 0], matrix[0, 0]))),
        mirrored=mirrored,
    )


def _check(local: Points, target: Points) -> None:
    usable = np.isfinite(local).all(axis=1) & np.isfinite(target).all(axis=1)
    if not usable.all() or len(local) < _LEAST:
        raise DatumError(
            f"{int(usable.sum())} usable control points of {len(local)}; at least {_LEAST} are needed, each with both "
            "coordinates.",
            f"{len(local)} 个控制点中有 {int(usable.sum())} 个可用；至少需要 {_LEAST} 个，且坐标须完整。",
        )
    for side in (local, target):
        # The smaller singular value is how far the points spread across their best line.
        spread = np.linalg.svd(side - side.mean(axis=0), compute_uv=False)
        if spread[1] <= _FLAT * spread[0]:
            raise DatumError(
                "The control points lie on one line (or on one spot); choose points spread over the area.",
                "控制点共线或重合，请选取在区域内分布开的点。",
            )


def _is_mirrored(local: Points, target: Points) -> bool:
    matrix, _ = _affine(local, target)
    return bool(np.linalg.det(matrix) < 0)


def _affine(local: Points, target: Points) -> tuple[Points, Points]:
    centre, aim = local.mean(axis=0), target.mean(axis=0)
    # About the mean: coordinates of millions of metres would cost the digits that matter.
    solution, *_ = np.linalg.lstsq(local - centre, target - aim, rcond=None)
    return solution.T, aim - solution.T @ centre


def _similarity(local: Points, target: Points, *, mirrored: bool) -> tuple[Points, Points]:
    """Solve in complex numbers: ``target = factor · local + shift``, after un-mirroring the local side."""
    # Any reflection would do, as the turn makes up for the rest; exchanging x and y is the likely
    # one.
    flip = np.array([[0.0, 1.0], [1.0, 0.0]]) if mirrored else np.eye(2)
    source = local @ flip.T
    centre, aim = source.mean(axis=0), target.mean(axis=0)
    # A turn and a scale are one complex factor, so least squares is one division.
    z = (source - centre) @ np.array([1, 1j])
    w = (target - aim) @ np.array([1, 1j])
    factor = complex(np.vdot(z, w) / np.vdot(z, z).real)
    matrix = np.array([[factor.real, -factor.imag], [factor.imag, factor.real]])
    return matrix @ flip, aim - matrix @ centre


def _datum(matrix: Points, shift: Points, plane: Datum) -> Datum:
    """Write the fit as a PROJ pipeline from local metres to WGS 84 degrees."""
    (s11, s12), (s21, s22) = matrix
    text = (
        "+proj=pipeline +step +proj=affine"
        f" +xoff={shift[0]:.6f} +yoff={shift[1]:.6f}"
        # The factors keep every digit: each is multiplied by up to millions of metres.
        f" +s11={s11:.15g} +s12={s12:.15g} +s21={s21:.15g} +s22={s22:.15g}"
        f" {pipeline_steps(plane)}"
    )
    return resolve(text)
