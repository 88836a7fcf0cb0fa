"""The filter language: one way to say "which ones", for every layer, for exports, standards and the page.

::

    改造提升 parks of one district under FAR 0.85 with three above-scale firms:

    district = 白云区 and route = 改造提升 and far < 0.85 and enterprises.above_scale >= 3

Comparisons, and/or/not (且 或 非), in, like, between, is null; Chinese or English field names and values;
units after numbers (``用地面积 > 30亩``); relations. A hand-written parser makes a tree of frozen parts;
nothing is ever handed to SQL or to Python. Grammar and examples: ``docs/filters.md``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from industrymap import schemas
from industrymap.filters import _explain, _text
from industrymap.filters._absent import Absent, absent
from industrymap.filters._bind import Names, ParamValue, bind
from industrymap.filters._evaluate import Evaluator, column, evaluate, operand_text
from industrymap.filters._explain import shown_number
from industrymap.filters._gap import gap
from industrymap.filters._nodes import And, Compare, FieldRef, Like, Number, Or, Text
from industrymap.filters._parse import MAX_DEPTH, read
from industrymap.filters._relations import FALLBACK, key_column, keys, relations, schema_of
from industrymap.filters._tokens import MAX_CHARS
from industrymap.filters._vocabulary import vocabulary
from industrymap.filters._walk import operands, params

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pandas._typing import DtypeObj

    from industrymap.columns import Floats
    from industrymap.filters._nodes import Node

__all__ = [
    "FALLBACK",
    "MAX_CHARS",
    "MAX_DEPTH",
    "Absent",
    "Filter",
    "Number",
    "ParamValue",
    "begins_with",
    "column",
    "equals",
    "field_named",
    "from_json",
    "key_column",
    "keys",
    "operand_text",
    "parse",
    "relations",
    "relative_gap",
    "schema_of",
    "shown_number",
    "vocabulary",
]


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter that has been read.

    Attributes
    ----------
    node : Node
        Its tree.
    layer : str
        The layer it is bound to, empty before :meth:`bind`.
    """

    node: Node
    layer: str = ""

    def __and__(self, other: Filter) -> Filter:
        return Filter(And((self.node, other.node)), self.layer)

    def __or__(self, other: Filter) -> Filter:
        return Filter(Or((self.node, other.node)), self.layer)

    def bind(
        self,
        layer: str,
        *,
        columns: Mapping[str, str] | None = None,
        params: Mapping[str, ParamValue] | None = None,
    ) -> Filter:
        """Put canonical names, stored values and schema units in place of what was written.

        Parameters
        ----------
        layer : str
            The layer whose fields the names mean.
        columns : mapping, optional
            Columns beyond the schema: name → ``str float int bool date``.
        params : mapping, optional
            Values of ``$name``; ``None`` makes every test against it unknown.

        Raises
        ------
        FilterError
            For an unknown field (with the nearest names), value, unit or comparison.
        """
        return Filter(bind(self.node, Names(layer, columns or {}), params or {}), layer)

    def mask(
        self,
        frame: pd.DataFrame,
        *,
        layer: str,
        relations: Mapping[str, Any] | None = None,
        params: Mapping[str, ParamValue] | None = None,
    ) -> pd.Series[bool]:
        """Say for each row whether the filter holds.

        Parameters
        ----------
        frame : DataFrame
            Typed by the layer's schema; a schema column it lacks is unknown everywhere.
        layer : str
            The layer the frame holds.
        relations : mapping, optional
            ``"enterprises"`` → their frame with the key of this layer (``park_id``, ``block_id``, ``district_code``);
            ``"overlap(blocks)"``, ``"distance(blocks)"`` → a Series aligned with ``frame``. Where one is not given,
            the measured column that says the same is used (:data:`FALLBACK`).
        params : mapping, optional
            Values of ``$name``.

        Returns
        -------
        mask : Series of boolean
            ``<NA>`` where the answer hangs on an unknown value; ``frame[mask]`` takes those as no.

        Examples
        --------
        >>> parks = pd.DataFrame({"park_id": ["a", "b"], "far": pd.array([0.6, None], dtype="Float64")})
        >>> parse("容积率 < 0.85").mask(parks, layer="village_parks").tolist()
        [True, <NA>]
        """
        # Binding costs more than evaluating: a filter that is bound already is used as it is.
        bound = (
            self
            if self.layer == layer
            else self.bind(layer, columns=_kinds(frame, layer), params=params)
        )
        return evaluate(bound.node, frame, layer=layer, relations=relations or {})

    def keep(
        self, frame: pd.DataFrame, *, layer: str, relations: Mapping[str, Any] | None = None
    ) -> pd.DataFrame:
        """Return the rows for which the filter surely holds."""
        # Unknown is not kept: a row that might match would look like one that does.
        return frame[
            self.mask(frame, layer=layer, relations=relations).fillna(value=False).astype(bool)
        ]

    def reasons(
        self,
        frame: pd.DataFrame,
        *,
        lang: str = "zh",
        holds: bool = True,
        relations: Mapping[str, Any] | None = None,
    ) -> pd.Series[str]:
        """Say for each row which tests made this bound filter hold (or fail), with the numbers used.

        Parameters
        ----------
        frame : DataFrame
            The layer this filter is bound to.
        lang : str
            ``"zh"`` or ``"en"``.
        holds : bool
            Why it holds, or why it does not. Rows where it is otherwise get an empty text.
        relations : mapping, optional
            As in :meth:`mask`.
        """
        over = Evaluator(frame, self.layer, relations or {})
        return _explain.sentences(self.node, over, lang=lang, holds=holds)

    def missing(
        self, frame: pd.DataFrame, *, relations: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return input → rows (boolean array) where its absence alone or with others keeps this bound filter open."""
        return _explain.missing(self.node, Evaluator(frame, self.layer, relations or {}))

    def absent(
        self, frame: pd.DataFrame, *, layer: str, relations: Mapping[str, Any] | None = None
    ) -> tuple[Absent, ...]:
        """Return the texts it asks for that no row has: misspelt, or of another city.

        Examples
        --------
        >>> parks = pd.DataFrame({"district": pd.array(["天河区", "海珠区"], dtype="string")})
        >>> [one.zh for one in parse("区 = 白云区").absent(parks, layer="village_parks")]
        ['区没有取值“白云区”。可用：天河区、海珠区']
        """
        bound = self if self.layer == layer else self.bind(layer, columns=_kinds(frame, layer))
        return tuple(absent(bound.node, frame, layer=layer, relations=relations or {}))

    def fields(self) -> tuple[str, ...]:
        """Return the names it asks for, in their order: columns, ``overlap(…)``, ``enterprises.…``."""
        return tuple(dict.fromkeys(operand_text(o) for o in operands(self.node)))

    def params(self) -> tuple[str, ...]:
        """Return the names of its ``$`` thresholds."""
        return tuple(dict.fromkeys(params(self.node)))

    def to_text(self) -> str:
        """Return text that reads as this filter again."""
        return _text.write(self.node)

    def to_json(self) -> dict[str, Any]:
        """Return the tree as plain data."""
        return _text.to_json(self.node)


def parse(text: str) -> Filter:
    """Read a filter.

    Parameters
    ----------
    text : str
        At most :data:`MAX_CHARS` characters.

    Raises
    ------
    FilterError
        With the character where reading stopped.

    Examples
    --------
    >>> parse("route = 改造提升 且 not (far >= 0.85)").to_text()
    'route = 改造提升 and not far >= 0.85'
    """
    return Filter(read(text))


def field_named(word: str, *, layer: str, columns: Iterable[str] = ()) -> str:
    """Return the column that a word names in either language: a name, a label or an alias, as in a filter.

    Raises
    ------
    FilterError
        Nothing is called so, or several things are.

    Examples
    --------
    >>> field_named("容积率", layer="village_parks"), field_named("far", layer="village_parks")
    ('far', 'far')
    """
    # Kinds do not matter for a name, so any will do.
    return Names(layer, dict.fromkeys(columns, "str")).resolve(word)


def equals(field: str, value: str) -> Filter:
    r"""Return the filter that a field has a value, whatever characters are in it.

    Examples
    --------
    >>> (equals("district", "白云区") & begins_with("name", "50%")).to_text()
    "district = '白云区' and name like '50\\%%'"
    """
    return Filter(Compare(FieldRef(field), "=", Text(value)))


def begins_with(field: str, text: str) -> Filter:
    r"""Return the filter that a text begins so; ``%``, ``_`` and ``\\`` are plain characters here."""
    # The backslash first, or it would be doubled again with the others.
    plain = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return Filter(Like(FieldRef(field), plain + "%"))


def relative_gap(
    bound: Filter, frame: pd.DataFrame, *, relations: Mapping[str, Any] | None = None
) -> Floats:
    """Return how far each row is from meeting a bound filter, relative to its limits.

    0 where it holds; 0.05 where a number is 5 % off its limit; of several tests that must all hold the worst counts, of alternatives the
    nearest; infinite where what fails is no number; ``NaN`` where a value is unknown.
    """
    return gap(bound.node, frame, layer=bound.layer, relations=relations or {})


def from_json(data: Mapping[str, Any], *, layer: str = "") -> Filter:
    """Read what :meth:`Filter.to_json` wrote."""
    return Filter(_text.from_json(data), layer)


def _kinds(frame: pd.DataFrame, layer: str) -> dict[str, str]:
    """Return the kind of every column the schema does not know."""
    known = {f.name for f in schemas.fields(layer)} if layer in schemas.names() else set()
    return {
        str(name): _kind(frame[name].dtype)
        for name in frame.columns
        if name not in known and name != "geometry"
    }


def _kind(dtype: DtypeObj) -> str:
    kinds = pd.api.types
    # Truths first: pandas counts them among the numbers.
    if kinds.is_bool_dtype(dtype):
        return "bool"
    if kinds.is_datetime64_any_dtype(dtype):
        return "date"
    return "float" if kinds.is_numeric_dtype(dtype) else "str"
