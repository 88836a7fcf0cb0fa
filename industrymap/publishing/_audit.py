"""What can be worked out from published sums: numbers over one or two firms, or of one firm almost, by adding and subtracting.

Firms that every layer counts together form an atom; a cell is a sum over atoms. A reader can form every linear combination of the
shown cells, so a number over a few firms is given away exactly when its atoms' unit vector lies in the row space of the shown
cells. That is linear algebra, done for each group of cells that share firms. Of a figure, what can be worked out must not be one
firm's for the most part either, nor bound one closely (``_bounds``); and the sums of earlier releases count as shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from industrymap.publishing._bounds import capped, dominated, exposed, extremes
from industrymap.publishing._rules import DOMINANCE, FEW, RELEASES, SUBTRACTION
from industrymap.terms import FEWEST_FIRMS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from industrymap.publishing._bounds import Figures

    Mask = NDArray[np.bool_]
    Atoms = NDArray[np.intp]

__all__ = ["Cells", "protect"]

# Slack of a projection: a vector of the row space misses it by rounding only.
_SURE = 1e-7
_NOTHING, _SOMETHING = 1e-13, 1e-6
"""Eigenvalues, relative to the largest: below the first there is only rounding, from the second there is none."""

_DISTRICT, _TOWN = 2, 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """The polygons of all layers as sets of atoms.

    Attributes
    ----------
    atom : ndarray of int, one per firm
        Which atom the firm belongs to.
    n_atoms : int
    members : list of ndarray of int
        Atoms of each cell.
    order : ndarray of int
        2 for a district, 1 for a town, 0 for a park or block.
    release : ndarray of int
        0 for a cell that is to be published, else which earlier release showed it.
    slices : dict of str to slice
        Layer → its cells, in the order of its rows.
    """

    atom: Atoms
    n_atoms: int
    members: list[Atoms]
    order: Atoms
    release: Atoms
    slices: dict[str, slice]

    @classmethod
    def of(
        cls,
        layers: Mapping[str, tuple[pd.Series[Any], str, int]],
        firms: pd.DataFrame,
        *,
        releases: Mapping[str, int] | None = None,
    ) -> Cells:
        """Return the cells of layers given as (keys, the firms' column, order); ``releases`` says which are of earlier ones."""
        columns = {
            column: firms[column].astype("string").reset_index(drop=True)
            if column in firms
            else pd.Series(pd.NA, index=range(len(firms)), dtype="string")
            for _, column, _ in layers.values()
        }
        table = pd.DataFrame(columns)
        atom = (
            table.groupby(list(columns), dropna=False, sort=True).ngroup().to_numpy(dtype=np.intp)
        )
        # One firm of an atom is enough: the others are in the same areas.
        one = table.assign(atom=atom).drop_duplicates("atom")
        members: list[Atoms] = []
        order: list[int] = []
        release: list[int] = []
        slices: dict[str, slice] = {}
        for name, (keys, column, level) in layers.items():
            inside = {
                str(key): np.sort(rows.to_numpy(dtype=np.intp))
                for key, rows in one.dropna(subset=[column]).groupby(column)["atom"]
            }
            slices[name] = slice(len(members), len(members) + len(keys))
            none = np.zeros(0, dtype=np.intp)
            members += [none if pd.isna(key) else inside.get(str(key), none) for key in keys]
            order += [level] * len(keys)
            release += [(releases or {}).get(name, 0)] * len(keys)
        n_atoms = int(atom.max()) + 1 if len(atom) else 0
        return cls(
            atom=atom.astype(np.intp),
            n_atoms=n_atoms,
            members=members,
            order=np.array(order, dtype=np.intp),
            release=np.array(release, dtype=np.intp),
            slices=slices,
        )

    def weigh(self, counted: Mask) -> Atoms:
        """Return how many of the counted firms are in each atom."""
        return np.bincount(self.atom[counted], minlength=self.n_atoms).astype(np.intp)

    def known(self, layers: Mapping[str, pd.DataFrame], name: str) -> Mask:
        """Return the cells that show a number."""
        out = np.zeros(len(self.members), dtype=bool)
        for layer, part in self.slices.items():
            if name in layers[layer]:
                out[part] = layers[layer][name].notna().to_numpy()
        return out

    def split(self, mask: Mask) -> Iterator[tuple[str, Mask]]:
        """Yield a mask of cells layer by layer."""
        for layer, part in self.slices.items():
            yield layer, mask[part]


def protect(
    cells: Cells, weight: Atoms, shown: Mask, *, figures: Figures | None = None
) -> dict[int, str]:
    """Return the cells to leave out, each with the reason, so that nothing of one or two firms can be worked out.

    Parameters
    ----------
    cells : Cells
        Those of earlier releases stay; everybody has them.
    weight : ndarray of int
        How many firms of each atom the number counts.
    shown : ndarray of bool
        The cells that show it now.
    figures : Figures, optional
        Where the number is a sum of figures: it must not be one firm's for the most part either.

    Returns
    -------
    left_out : dict of int to str
        Cell → reason.
    """
    members = [atoms[weight[atoms] > 0] for atoms in cells.members]
    size = np.array([int(weight[atoms].sum()) for atoms in members], dtype=np.intp)
    # What an earlier release showed cannot be taken back.
    few = shown & (size > 0) & (size < FEWEST_FIRMS) & (cells.release == 0)
    left_out = dict.fromkeys(np.flatnonzero(few).tolist(), FEW)
    kept = shown & ~few
    sound: set[frozenset[frozenset[int]]] = set()
    # A cell left out can leave another one alone: repeated until nothing is given away.
    while True:
        rows = _rows(cells, members, kept & (size > 0), weight)
        groups = {frozenset(row.atoms for row in group): group for group in _groups(rows)}
        drop: dict[int, str] = {}
        for key in groups.keys() - sound:  # a group is looked at again only where a cell of it went
            breaches = _breaches(groups[key], weight, cells, size, figures)
            drop |= breaches
            sound |= set() if breaches else {key}
        if not drop:
            return left_out
        left_out |= drop
        kept[sorted(drop)] = False


@dataclass(frozen=True, slots=True)
class _Row:
    """A sum a reader can form, and the shown cells it is made of."""

    atoms: frozenset[int]
    made_of: tuple[int, ...]


def _rows(cells: Cells, members: Sequence[Atoms], kept: Mask, weight: Atoms) -> list[_Row]:
    """Return sums that span what the shown cells span.

    A district less its shown towns counts as the district, the city less its shown districts for the city: the same
    combinations, in far smaller groups. Of several releases each is taken by itself, and what did not change between them is one
    sum; the city's total counts as known where there is one release.
    """
    row_by_atoms: dict[frozenset[int], _Row] = {}
    releases = np.unique(cells.release).tolist()
    for release in releases:
        here = kept & (cells.release == release)
        sets = {c: frozenset(members[c].tolist()) for c in np.flatnonzero(here).tolist()}
        level = {c: int(cells.order[c]) for c in sets}
        rows = [_Row(atoms, (c,)) for c, atoms in sets.items() if level[c] < _DISTRICT]
        towns = {c: atoms for c, atoms in sets.items() if level[c] == _TOWN}
        districts = {c: atoms for c, atoms in sets.items() if level[c] == _DISTRICT}
        rows += [_remainder(atoms, towns, (c,)) for c, atoms in districts.items()]
        if len(releases) == 1:
            city = frozenset(np.flatnonzero(weight > 0).tolist())
            parts = districts if _DISTRICT in cells.order else towns
            rows.append(_remainder(city, parts, ()))
        for row in rows:
            row_by_atoms.setdefault(row.atoms, row)
    # A sum over no firm says nothing.
    return [row for row in row_by_atoms.values() if row.atoms]


def _remainder(
    whole: frozenset[int], parts: Mapping[int, frozenset[int]], made_of: tuple[int, ...]
) -> _Row:
    inside = [c for c, atoms in parts.items() if atoms <= whole]
    left = whole.difference(*(parts[c] for c in inside))
    return _Row(left, (*made_of, *inside))


def _groups(rows: Sequence[_Row]) -> list[list[_Row]]:
    """Return rows in groups that share no atom."""
    leader: dict[int, int] = {}

    def top(atom: int) -> int:
        while leader.setdefault(atom, atom) != atom:
            # Each step halves the way to the leader, so that long chains are walked once.
            leader[atom] = leader[leader[atom]]
            atom = leader[atom]
        return atom

    for row in rows:
        first, *others = sorted(row.atoms)
        for atom in others:
            leader[top(atom)] = top(first)
    groups: dict[int, list[_Row]] = {}
    for row in rows:
        groups.setdefault(top(min(row.atoms)), []).append(row)
    return list(groups.values())


def _breaches(
    rows: Sequence[_Row], weight: Atoms, cells: Cells, size: Atoms, figures: Figures | None
) -> dict[int, str]:
    """Return for each number given away within a group the cell to leave out, and why."""
    parts = _Parts.of(rows, weight)
    # Of a mere count, only parts of few firms can be given away.
    if figures is None and not (parts.weight < FEWEST_FIRMS).any():
        return {}
    basis = _basis(parts.matrix)
    onto = basis.T @ basis  # the projector: a vector it leaves as it is lies in the row space
    drop: dict[int, str] = {}

    def leave_out(needed: Sequence[int], reason: str, about: Atoms) -> None:
        made_of = {c for i in needed for c in rows[i].made_of}
        mine = {c for c in made_of if cells.release[c] == 0}
        # No cell of this release takes part, or one that does is left out already.
        if not mine or mine & drop.keys():
            return
        if made_of - mine:
            # beside an earlier release only the areas around the change differ: to hide others would not help
            reason = RELEASES
            mine = _around(cells, mine, made_of - mine, about) or mine
        elif len(made_of) > 1 and reason == FEW:
            reason = SUBTRACTION
        # The smallest kind of area, then the fewest firms; the number breaks ties, so that every
        # run hides the same cell.
        drop[min(mine, key=lambda c: (cells.order[c], size[c], c))] = reason

    for target in _given_away(onto, parts.weight):
        # How the number is formed from the shown sums: those with a share in it take part.
        needed, *_ = np.linalg.lstsq(parts.matrix.T, target, rcond=None)
        about = np.concatenate([parts.atoms[p] for p in np.flatnonzero(np.abs(target) > _SURE)])
        leave_out(np.flatnonzero(np.abs(needed) > _SURE).tolist(), FEW, about)
    # Only once nothing is given away outright: each bound costs a linear program.
    if figures is not None and not drop:
        for needed_rows, place in _bounded(parts, onto, figures):
            leave_out(needed_rows, DOMINANCE, parts.atoms[place])
    return drop


def _around(cells: Cells, mine: set[int], earlier: set[int], about: Atoms) -> set[int]:
    """Return those of this release's cells that hold the atoms in question, or held them when they were counted last."""
    inside = {c for c in mine if np.isin(about, cells.members[c]).any()}
    before = [c for c in earlier if np.isin(about, cells.members[c]).any()]
    if inside or not before:
        return inside
    # Who left is in no cell of today: the smallest area that counted them shares its other firms with today's.
    least = min(before, key=lambda c: (cells.order[c], len(cells.members[c]), c))
    return {c for c in mine if np.isin(cells.members[least], cells.members[c]).any()}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """The atoms of a group, those that no row tells apart taken together.

    Attributes
    ----------
    matrix : ndarray, one row per sum, one column per part
    weight : ndarray of int
        How many firms are in each part.
    atoms : list of ndarray of int
        The atoms of each part.
    """

    matrix: NDArray[np.float64]
    weight: Atoms
    atoms: list[Atoms]

    @classmethod
    def of(cls, rows: Sequence[_Row], weight: Atoms) -> _Parts:
        atoms = np.array(sorted(frozenset().union(*(row.atoms for row in rows))), dtype=np.intp)
        whole = np.zeros((len(rows), len(atoms)))
        for number, row in enumerate(rows):
            whole[number, np.searchsorted(atoms, sorted(row.atoms))] = 1.0
        # Atoms with equal columns occur in the same sums, so no sum can part them.
        columns, part = np.unique(whole, axis=1, return_inverse=True)
        part = part.reshape(-1)
        return cls(
            matrix=columns,
            weight=np.bincount(part, weights=weight[atoms]).astype(np.intp),
            atoms=[atoms[part == number] for number in range(columns.shape[1])],
        )


def _bounded(
    parts: _Parts, onto: NDArray[np.float64], figures: Figures
) -> Iterator[tuple[list[int], int]]:
    """Yield the rows that bound a firm's figure too closely, and the part in which they do."""
    firms = [figures.firms(atoms) for atoms in parts.atoms]
    actual = np.array([figures.value[f].sum() for f in firms])
    # A part that the projector leaves as it is can be worked out.
    alone = np.diag(onto) > 1 - _SURE
    for place in np.flatnonzero(alone):
        behind, total = firms[place], actual[place]
        if dominated(figures, behind) or exposed(figures, behind, total, total):
            needed, *_ = np.linalg.lstsq(parts.matrix.T, np.eye(len(actual))[place], rcond=None)
            yield np.flatnonzero(np.abs(needed) > _SURE).tolist(), int(place)
    if alone.all():
        return
    # of every other area somebody knows one firm: the one that narrows it most
    spare = [figures.value[f] - figures.lowest[f] for f in firms]
    low = np.array([figures.lowest[f].sum() for f in firms])
    high = np.array([figures.highest[f].sum() for f in firms])
    known = low + np.array([s.max() for s in spare])
    most_known = np.array([capped(figures.value[f], figures.highest[f]) for f in firms])
    for place in np.flatnonzero(~alone):
        # What is safe with its sum known is safe without it.
        if not exposed(figures, firms[place], actual[place], actual[place]):
            continue
        lowest, highest = known.copy(), most_known.copy()
        # In the area asked for, exposed counts itself what one of its firms knows.
        lowest[place], highest[place] = low[place], high[place]
        least, most, binding = extremes(parts.matrix, lowest, highest, actual, int(place))
        if exposed(figures, firms[place], least, most):
            yield binding or np.flatnonzero(parts.matrix[:, place]).tolist(), int(place)


def _given_away(onto: NDArray[np.float64], weight: Atoms) -> Iterator[NDArray[np.float64]]:
    """Yield vectors over one or two firms that lie in the row space; ``onto`` projects into it."""
    unit = np.eye(len(onto))
    alone = np.diag(onto) > 1 - _SURE
    for atom in np.flatnonzero(alone & (weight < FEWEST_FIRMS)):
        yield unit[atom]
    # Two parts of one firm each: a combination of both is a number over two firms.
    single = np.flatnonzero(~alone & (weight == 1))
    for a, b in _pairs(onto, single):
        _, vectors = np.linalg.eigh(onto[np.ix_([a, b], [a, b])])
        yield unit[a] * vectors[0, 1] + unit[b] * vectors[1, 1]


def _basis(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return orthonormal rows that span the row space.

    The products of rows with rows are whole numbers, so their eigenvalues are as good as exact unless one lies between nothing and
    something; only then is the slower decomposition asked, which can tell.
    """
    values, vectors = np.linalg.eigh(matrix @ matrix.T)
    largest = values[-1]
    if ((values > _NOTHING * largest) & (values < _SOMETHING * largest)).any():
        _, sizes, rows = np.linalg.svd(matrix, full_matrices=False)
        basis: NDArray[np.float64] = rows[sizes > _SURE * sizes[0]]
    else:
        kept = values >= _SOMETHING * largest
        basis = (vectors[:, kept].T @ matrix) / np.sqrt(values[kept])[:, None]
    return basis


def _pairs(onto: NDArray[np.float64], single: Atoms) -> Iterator[tuple[int, int]]:
    """Yield pairs of which some combination lies in the row space."""
    part = onto[np.ix_(single, single)]
    own = np.diag(part)
    # The larger eigenvalue of each pair's 2 × 2 block: 1 where a combination of both lies in the
    # row space.
    middle, apart = (own[:, None] + own) / 2, (own[:, None] - own) / 2
    largest = middle + np.hypot(apart, part)
    for a, b in np.argwhere(np.triu(largest > 1 - _SURE, k=1)):
        yield int(single[a]), int(single[b])
