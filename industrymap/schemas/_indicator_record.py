"""What a figure's record holds."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Indicator"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """One figure.

    Attributes
    ----------
    id : str
        The column that holds it.
    layers : tuple of str
        Schemas of the layers it is worked out for; ``*`` means every layer of a workspace, ``selection`` for any
        selection of firms, in the report and in the page.
    kind : str
        How it is worked out: ``area``, ``change``, ``overlap``, ``distance``, ``count``, ``sum``, ``share``, ``hhi``, ``mix``,
        ``ratio``, ``largest``, ``quotient``; ``n`` and ``coverage`` are beside the figure in ``of``. Empty where a room of
        its own works it out.
    over : str
        What it is worked out over: ``self`` (the polygon), ``firms``, ``base`` (firms of the base), ``parks``, or a layer.
    of, per : str
        Its inputs: a sum, share or ratio ``of`` one column, ``per`` another; ``@area`` is the layer's area.
    factor : float
        What ``of`` is multiplied by to reach the unit; for ``largest``: how many firms count as the largest.
    per_unit : str
        ``mu`` where ``per`` is taken in mu.
    n : str
        The column that says how many firms or parks it rests on.
    rule : str
        ``few``: hidden where fewer firms than ``terms.FEWEST_FIRMS`` are behind it.
    direction : str
        ``+`` where more is better, ``-`` where less is, empty where neither is said.
    dtype, unit, zh, en, short, aliases
        As of a field.
    formula_zh, formula_en : str
        How it is worked out, in words.
    source : str
        The document that defines it.
    """

    id: str
    layers: tuple[str, ...]
    kind: str
    over: str
    of: str
    per: str
    factor: float
    per_unit: str
    n: str
    rule: str
    direction: str
    dtype: str
    unit: str
    zh: str
    en: str
    short: str
    aliases: tuple[str, ...]
    formula_zh: str
    formula_en: str
    source: str

    def label(self, lang: str = "zh") -> str:
        """Return the label in ``lang``."""
        return self.zh if lang == "zh" else self.en

    def formula(self, lang: str = "zh") -> str:
        """Return how it is worked out, in words."""
        return self.formula_zh if lang == "zh" else self.formula_en
