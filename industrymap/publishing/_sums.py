"""Sums over the firms of one level of units: which of them lead back to a firm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from industrymap.publishing._audit import Cells, protect
from industrymap.publishing._rules import DOMINANCE, FEW, RELEASES, RULES, SUBTRACTION
from industrymap.terms import FEWEST_FIRMS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["Counted", "withheld_sums"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """One sum, or one count, over the firms of every unit.

    Attributes
    ----------
    firms : ndarray of bool, shape (firms,)
        Which firms it is over.
    values : ndarray of float64, shape (firms,), or None
        What is added up; ``None`` where firms are counted.
    """

    firms: NDArray[np.bool_]
    values: NDArray[np.float64] | None = None


def withheld_sums(
    counted: Sequence[Counted],
    unit: NDArray[np.int64],
    units: int,
    *,
    wider: Sequence[NDArray[np.int64]] = (),
) -> list[dict[int, str]]:
    """Decide which of several sums of one figure may not be shown, so that no combination of them gives a firm away.

    Parameters
    ----------
    counted : sequence of Counted
        Sums of one and the same figure over different firms (all, those of a label, those with a further figure), or counts; all
        of them are shown for every unit.
    unit : ndarray of int64, shape (firms,)
        Unit of each firm; -1 where it is not known.
    units : int
    wider : sequence of ndarray of int64, shape (firms,)
        Units of wider levels (districts, where towns are shown) whose sums everybody may have; without any, the total of all firms.

    Returns
    -------
    list of dict of int to str
        For each sum: unit → reason, as in ``reasons.csv``.

    Notes
    -----
    The rules are those of layers (:func:`release`): fewer than three firms, one firm almost, a rival that can work out a figure
    within a few per cent, by themselves and by every sum and difference of what is shown.
    """
    masks = np.array([one.firms for one in counted])
    # Firms that are in the same unit and in the same sums are one atom.
    known = np.column_stack([unit, *wider, *masks]).astype(np.int64)
    _, atom = np.unique(known, axis=0, return_inverse=True)
    atom = atom.reshape(-1)
    n_atoms = int(atom.max(initial=-1)) + 1
    members: list[NDArray[np.intp]] = []
    background: list[int] = []
    # The city is the sum of its districts: beside them it says nothing more, and would make one knot of all towns.
    for mask in masks:
        for place, of in enumerate((unit, *(wider or (np.zeros_like(unit),)))):
            own = place == 0
            for code in range(units) if own else np.unique(of[of >= 0]).tolist():
                members.append(np.unique(atom[mask & (of == code)]).astype(np.intp))
                # What everybody may have counts like an earlier release: it cannot be taken back.
                background.append(0 if own else 1)
    release = np.array(background, dtype=np.intp)
    cells = Cells(
        atom=atom.astype(np.intp),
        n_atoms=n_atoms,
        members=members,
        order=np.zeros(len(members), dtype=np.intp),
        release=release,
        slices={},
    )
    everyone = np.logical_or.reduce(masks, axis=0)
    # Of each sum the first cells are those of its units.
    each = len(members) // max(len(masks), 1)
    amounts = next((np.abs(np.nan_to_num(one.values)) for one in counted if one.values is not None), None)  # fmt: skip
    out = _by_themselves(masks, amounts, unit, units)
    for which, mask in enumerate(masks):
        for group in wider or (np.zeros_like(unit),):
            _hide_another(out[which], _Sum(mask, amounts, unit, units), group)
    shown = np.ones(len(members), dtype=bool)
    shown[[which * each + place for which, found in enumerate(out) for place in found]] = False
    # What takes more than one subtraction is left to linear algebra.
    left_out = protect(cells, cells.weigh(everyone), shown)
    for cell, reason in left_out.items():
        which, place = divmod(cell, each)
        if place < units:
            out[which][place] = SUBTRACTION if reason == RELEASES else reason
    return out


@dataclass(frozen=True, slots=True)
class _Sum:
    """One sum of every unit."""

    mask: NDArray[np.bool_]
    amounts: NDArray[np.float64] | None
    unit: NDArray[np.int64]
    units: int


def _by_themselves(
    masks: NDArray[np.bool_],
    amounts: NDArray[np.float64] | None,
    unit: NDArray[np.int64],
    units: int,
) -> list[dict[int, str]]:
    """Return of each sum the units in which it gives a firm away, or does less another sum of the same unit."""
    inside = unit >= 0
    size = [np.bincount(unit[inside & mask], minlength=units) for mask in masks]
    out = []
    for i, one in enumerate(masks):
        found = _given_away(_Sum(one, amounts, unit, units))
        for j, other in enumerate(masks):
            both = np.bincount(unit[inside & one & other], minlength=units)
            # Where all firms of the one are in the other, the rest is a sum that anybody can form.
            nested = (both == size[i]) & (size[j] > size[i]) & (size[i] > 0)
            if nested.any():
                rest = _given_away(_Sum(other & ~one, amounts, unit, units))
                found = {**{u: SUBTRACTION for u in rest if nested[u]}, **found}
        out.append(found)
    return out


def _given_away(of: _Sum) -> dict[int, str]:
    """Return unit → why its sum gives a firm away: few firms, one firm almost (dominance), or a rival that can tell (p %)."""
    here = np.flatnonzero(of.mask & (of.unit >= 0))
    n = np.bincount(of.unit[here], minlength=of.units)
    out = dict.fromkeys(np.flatnonzero((n > 0) & (n < FEWEST_FIRMS)).tolist(), FEW)
    if of.amounts is None:
        return out
    # The two largest of each unit stand first.
    here = here[np.lexsort((-of.amounts[here], of.unit[here]))]
    starts = np.searchsorted(of.unit[here], np.arange(of.units))
    total = np.bincount(of.unit[here], weights=of.amounts[here], minlength=of.units)
    many = np.flatnonzero(n >= FEWEST_FIRMS)
    first, second = (of.amounts[here[starts[many] + step]] for step in (0, 1))
    dominant = first > RULES.dominance_share * total[many]
    # The second largest knows its own figure: what is left beside it bounds the largest.
    told = total[many] - first - second < RULES.p_percent * first
    return out | dict.fromkeys(many[(dominant | told) & (first > 0)].tolist(), DOMINANCE)


def _hide_another(found: dict[int, str], of: _Sum, group: NDArray[np.int64]) -> None:
    """Hide further units of a wider one until what its total less the shown units leaves gives nobody away."""
    size = np.bincount(of.unit[of.mask & (of.unit >= 0)], minlength=of.units)
    for code in np.unique(group[group >= 0]).tolist():
        inside = of.mask & (group == code)
        here = np.unique(of.unit[inside & (of.unit >= 0)])
        spare = sorted((u for u in here.tolist() if u not in found), key=lambda u: (size[u], u))
        hidden = np.isin(of.unit, [u for u in here.tolist() if u in found]) | (of.unit < 0)
        while (inside & hidden).any() and spare:
            one = np.where(inside & hidden, 0, -1)
            if not _given_away(_Sum(inside, of.amounts, one, 1)):
                break
            # The smallest goes: a reader loses least.
            found[spare[0]] = SUBTRACTION
            hidden |= of.unit == spare.pop(0)
