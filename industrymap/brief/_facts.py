"""Every figure of a brief as a record: what it is, how it was made, where in the release it is found."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, NotRequired, TypedDict, Unpack

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Fact", "Ledger", "number", "rounded"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One figure that is written in a brief.

    Attributes
    ----------
    key : str
        Its own name: ``series/city/990100/output_10k_cny/2024``, or for a derived one what was done with which.
    zh, en : str
        What it is.
    value : float
        Unrounded, in ``unit``.
    unit : str
    shown : str
        As it is written: rounded half up, without a sign where the words say which way.
    formula : str
        How it was made: ``reported`` for a figure as it was reported, else the operation.
    inputs : tuple of str
        Keys of the figures of the release that it was made from; its own key where it was reported.
    n : int, optional
        Firms or areas it is made of.
    coverage : float, optional
        Their share of those it should be made of.
    vintage : int
        The last addition to the running database that was known.
    """

    key: str
    zh: str
    en: str
    value: float
    unit: str
    shown: str
    formula: str = "reported"
    inputs: tuple[str, ...] = ()
    n: int | None = None
    coverage: float | None = None
    vintage: int = 0


class About(TypedDict):
    """What a figure is: as in :class:`Fact`; a formula that is not named is that of a reported figure."""

    zh: str
    en: str
    unit: str
    formula: NotRequired[str]
    inputs: NotRequired[tuple[str, ...]]
    n: NotRequired[int | None]
    coverage: NotRequired[float | None]


@dataclass(slots=True)
class Ledger:
    """All figures of a brief; what is written without being in it is a fault that a test finds.

    Examples
    --------
    >>> ledger = Ledger(vintage=3)
    >>> ledger.note("count/districts", 11, zh="区数", en="districts", unit="个", decimals=0)
    '11'
    >>> len(ledger.frame())
    1
    """

    vintage: int
    lang: str = "zh"
    facts: dict[tuple[str, str], Fact] = field(default_factory=dict)

    def note(
        self,
        key: str,
        value: float,
        *,
        decimals: int,
        unsigned: bool = False,
        **about: Unpack[About],
    ) -> str:
        """Keep a figure and return how it is written.

        Parameters
        ----------
        key, zh, en, unit, formula, inputs, n, coverage
            As in :class:`Fact`.
        value : float
        decimals : int
        unsigned : bool
            The words around it say which way it went.
        """
        size = abs(value) if unsigned else value
        shown = number(size, decimals, lang=self.lang)
        formula = about.get("formula", "reported")
        fact = Fact(
            key=key, zh=about["zh"], en=about["en"], value=value, unit=about["unit"], shown=shown, formula=formula,
            inputs=about.get("inputs", ()) or ((key,) if formula == "reported" else ()),
            n=about.get("n"), coverage=about.get("coverage"), vintage=self.vintage,
        )  # fmt: skip
        # One figure may be written in two ways (signed in a table, unsigned in a sentence): both are kept.
        self.facts[key, shown] = fact
        return shown

    def __iter__(self) -> Iterator[Fact]:
        return iter(self.facts.values())

    def frame(self) -> pd.DataFrame:
        """Return all figures as a table, in the order in which they were first written."""
        rows = [
            (f.shown, f.unit, f.zh, f.en, f.value, f.formula, "; ".join(f.inputs), f.n, f.coverage, f.vintage, f.key)
            for f in self
        ]  # fmt: skip
        names = ["shown", "unit", "zh", "en", "value", "formula", "inputs", "n", "coverage", "vintage", "key"]  # fmt: skip
        table = pd.DataFrame(rows, columns=names)
        return table.astype({"n": "Int64", "coverage": "Float64", "value": "Float64"})


def rounded(value: float, decimals: int) -> Decimal:
    """Return a number rounded half up (四舍五入), as statistics are; never minus nothing.

    Examples
    --------
    >>> rounded(0.25, 1), rounded(-0.04, 1), rounded(1628.205, 2)
    (Decimal('0.3'), Decimal('0.0'), Decimal('1628.21'))
    """
    # Twelve digits first: 1628.205 is 1628.2049999… as a binary number.
    out = Decimal(f"{value:.12g}").quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return abs(out) if out == 0 else out


def number(value: float, decimals: int, *, lang: str = "zh") -> str:
    """Return a number as a brief writes it: official Chinese texts part no thousands, English ones do.

    Examples
    --------
    >>> number(1628.205, 2), number(1628.205, 2, lang="en"), number(-0.04, 1)
    ('1628.21', '1,628.21', '0.0')
    """
    exact = rounded(value, decimals)
    return f"{exact:,}" if lang == "en" else f"{exact}"
