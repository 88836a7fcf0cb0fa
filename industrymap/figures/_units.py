"""The areas that indicators are of, and the firms in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from industrymap import schemas

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

__all__ = ["DIVISION", "Firms", "Units", "firms_of"]

DIVISION = "industry_division"
"""Column that :func:`firms_of` adds: the division (大类) of GB/T 4754-2017, the first two digits of a firm's code."""

_COLUMN_OF = {
    "city": "",
    "district": "district_code",
    "town": "town_code",
    "park": "park_id",
    "block": "block_id",
    "cluster": "cluster",
    "industry": DIVISION,
    "firm": "enterprise_id",
}
"""Level → the column of the firms that says to which unit of it a firm belongs; the city has all of them, a firm itself."""

_OF_ITS_YEAR = ("in_base", "above_scale", "revenue_band", "size_class", "year")


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """Areas of one level.

    Attributes
    ----------
    level : str
        One of :data:`industrymap.indicators.LEVELS`.
    names : mapping of str to str
        Code → name, in the order in which they are shown.
    """

    level: str
    names: Mapping[str, str]

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes, in order."""
        return tuple(self.names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Firms:
    """Firms as the last build left them, for formulas that count or choose firms.

    Attributes
    ----------
    frame : DataFrame
        One row a firm: the columns of the base but its figures, which belong to a period, and for every label a boolean column of its id (``hightech``).
    alias : mapping of str to str
        Names under which tables of figures call a firm → its ``enterprise_id``; a name of two firms is none.
    """

    frame: pd.DataFrame
    alias: Mapping[str, str]

    def joined(self, known: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
        """Return observations of firms under their ``enterprise_id``, and the names that are of no firm of the build.

        Parameters
        ----------
        known : DataFrame
            ``entity, measure, period, vintage`` and more, of the kind *firm*.

        Returns
        -------
        joined : DataFrame
            Of a firm that one table calls by its name and another by its code, the later figure holds. Who is unknown stays
            under the name it came with.
        unknown : tuple of str
            Sorted.
        """
        entity = known["entity"].astype("category")
        names = entity.cat.categories.astype(str)
        unknown = tuple(sorted(n for n in names if n not in self.alias))
        # Each name is looked up once, not once a row; several names may mean one firm.
        places, found = pd.factorize(pd.Index([self.alias.get(n, n) for n in names]))
        codes = places[entity.cat.codes.to_numpy()]
        table = known.assign(entity=pd.Categorical.from_codes(codes, found))
        # Without a second name for anybody the figures are one a firm already.
        if len(found) < len(names):
            table = table.sort_values("vintage", kind="stable").drop_duplicates(
                ["entity", "measure", "period"], keep="last"
            )
        return table, unknown

    def unit_of(self, units: Units) -> NDArray[np.int64]:
        """Return the position of each firm's area; -1 where it is not known."""
        column = _COLUMN_OF[units.level]
        if not column:
            # The city has every firm, also one without a district.
            return np.zeros(len(self.frame), dtype=np.int64)
        place = {code: i for i, code in enumerate(units.codes)}
        # A base built without that layer: its firms are in no area of this level.
        if column not in self.frame:
            return np.full(len(self.frame), -1, dtype=np.int64)
        at = self.frame[column].astype("string").map(place)
        return np.asarray(at.fillna(-1), dtype=np.int64)


def firms_of(base: pd.DataFrame, tags: pd.DataFrame | None = None) -> Firms:
    """Return the firms of a build.

    Parameters
    ----------
    base : DataFrame
        The built layer ``enterprises``.
    tags : DataFrame, optional
        The built table ``tags``: a label that any firm has becomes a column, true for the firms that have it. A label that no
        list and no rule gave to anybody has no column: that nobody has it is not known.


    Examples
    --------
    >>> base = pd.DataFrame({"enterprise_id": ["a", "b"], "name": ["甲厂", "乙厂"], "uscc": ["a", pd.NA]})
    >>> tags = pd.DataFrame({"enterprise_id": ["b"], "label_id": ["hightech"]})
    >>> firms = firms_of(base, tags)
    >>> firms.frame["hightech"].tolist(), firms.alias["乙厂"]
    ([False, True], 'b')
    """
    # Figures, and bands made of them, are those of the base's own year: a formula takes the period's from the database.
    moving = [
        c for c in base.columns if c in _OF_ITS_YEAR or c in {m.id for m in schemas.measures()}
    ]
    frame = pd.DataFrame(base.drop(columns=[*moving, "geometry"], errors="ignore"))
    frame = frame.reset_index(drop=True)
    ids = frame["enterprise_id"].astype(str)
    if "industry_code" in frame:
        frame[DIVISION] = frame["industry_code"].astype("string").str[:2]
    if tags is not None:
        added = {
            label: has
            for label, has in _labelled(tags, ids).items()
            # `consumer.fashion` is no name of a field; such labels are asked for by their column (cluster).
            if label.isidentifier() and label not in frame
        }
        frame = pd.concat([frame, pd.DataFrame(added, index=frame.index)], axis=1)
    alias: dict[str, str] = {}
    for column in ("name", "uscc"):
        if column in frame:
            # A name that two firms share would give the figures of one to the other.
            named = frame.loc[~frame[column].duplicated(keep=False) & frame[column].notna(), column]
            alias |= dict(zip(named.astype(str), ids[named.index], strict=True))
    alias |= dict(zip(ids, ids, strict=True))
    return Firms(frame=frame, alias=alias)


def _labelled(tags: pd.DataFrame, ids: pd.Series) -> dict[str, NDArray[np.bool_]]:
    """Return label → which firms have it; the thousands of labels that say where a firm lies are columns of the base already."""
    placed = tags["rule_id"].astype(str) == "assign" if "rule_id" in tags else False
    kept = tags.loc[~pd.Series(placed, index=tags.index)]
    # Each firm is looked up once, not once for every label.
    place = pd.Index(ids).get_indexer(pd.Index(kept["enterprise_id"].astype(str)))
    codes, labels = pd.factorize(kept["label_id"].astype(str))
    out = {}
    for number, label in enumerate(labels.tolist()):
        has = np.zeros(len(ids), dtype=bool)
        rows = place[codes == number]
        has[rows[rows >= 0]] = True
        out[str(label)] = has
    return dict(sorted(out.items()))
