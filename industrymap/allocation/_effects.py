"""What a policy costs or frees: firm by firm, then summed by district and class."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from industrymap.columns import floats, texts
from industrymap.errors import RuleError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from industrymap.allocation._records import Measure, Policy
    from industrymap.columns import Floats, Texts

__all__ = ["Effects", "effects"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """A policy over the letters of a grading.

    Attributes
    ----------
    policy : Policy
    firms : DataFrame
        One row a firm and measure that touches it: ``enterprise_id, name, district, class`` (its letter, or how it is managed), ``measure``,
        ``amount`` (of the policy), ``column`` (what it is multiplied by), ``effect``: above 0 what the firm pays or gives up, below 0 what it
        gets; missing where the amount or the firm's figure is not known.
    """

    policy: Policy
    firms: pd.DataFrame

    def summed(self, by: Sequence[str] = ("district", "class")) -> pd.DataFrame:
        """Return what the policy costs and frees.

        Parameters
        ----------
        by : sequence of str
            ``district``, ``class``, both, or nothing for the whole city.

        Returns
        -------
        table : DataFrame
            The columns of ``by``, ``measure, unit, firms`` (touched), ``known`` (whose effect is known), ``costs`` (what firms get), ``frees``
            (what they pay or give up), ``net`` (frees less costs); sums over the known, missing where none is.
        """
        keys = ["measure", *by]
        units = {m.id: (m.effect_unit, m.effect_unit_en) for m in self.policy.measures}
        order = {m.id: n for n, m in enumerate(self.policy.measures)}
        rows: list[dict[str, object]] = []
        for at, part in self.firms.groupby(keys, sort=True, dropna=False):
            found = dict(zip(keys, at if isinstance(at, tuple) else (at,), strict=True))
            values = floats(part, "effect")
            known = values[~np.isnan(values)].tolist()
            costs = math.fsum(-v for v in known if v < 0) if known else None
            frees = math.fsum(v for v in known if v > 0) if known else None
            net = None if costs is None or frees is None else frees - costs
            unit, unit_en = units[str(found["measure"])]
            rows.append(
                {
                    **found, "unit": unit, "unit_en": unit_en, "firms": len(part), "known": len(known), "costs": costs, "frees": frees, "net": net,
                }
            )  # fmt: skip
        columns = [*keys, "unit", "unit_en", "firms", "known", "costs", "frees", "net"]
        table = pd.DataFrame(rows, columns=columns)
        table = table.astype({"costs": "Float64", "frees": "Float64", "net": "Float64"})
        # In the order of the policy, as a person has written it.
        table = table.assign(order=table["measure"].map(order))
        sorted_ = table.sort_values(["order", *by], ignore_index=True, na_position="last")
        return sorted_.drop(columns="order")


def effects(policy: Policy, firms: pd.DataFrame, *, letters: Sequence[str]) -> Effects:
    """Apply a policy to firms by their letters.

    Parameters
    ----------
    policy : Policy
    firms : DataFrame
        One row a firm: ``enterprise_id, name, district, letter, managed_as`` and the columns that the policy multiplies by. A firm
        without a letter of its own is treated as ``managed_as`` says, and not at all where that says nothing.
    letters : sequence of str
        Those of the grading rule.

    Raises
    ------
    RuleError
        The policy names a letter that the rule does not give.
    """
    strange = [letter for letter in policy.letters() if letter not in letters]
    if strange:
        raise RuleError(
            f"The policy {policy.id} names the letter {strange[0]!r}, which the grading does not give: {', '.join(letters)}.",
            f"政策 {policy.id} 写有类别“{strange[0]}”，而评价规则的类别为：{'、'.join(letters)}。",
        )
    managed = texts(firms, "managed_as")
    parts = [_of_measure(measure, firms, managed) for measure in policy.measures]
    kept = [part for part in parts if len(part)]
    made = pd.concat(kept, ignore_index=True) if kept else parts[0]
    return Effects(policy=policy, firms=made)


def _of_measure(measure: Measure, firms: pd.DataFrame, managed: Texts) -> pd.DataFrame:
    """Return the firms that a measure touches."""
    touched = np.isin(managed, [value.letter for value in measure.by_letter])
    frame = firms[touched]
    amounts = {value.letter: value.amount for value in measure.by_letter}
    amount = np.array(
        [np.nan if amounts[letter] is None else amounts[letter] for letter in managed[touched]],
        dtype=np.float64,
    )
    column = floats(frame, measure.of) if measure.of else np.ones(len(frame))
    made = pd.DataFrame(
        {
            "enterprise_id": texts(frame, "enterprise_id"),
            "name": texts(frame, "name"),
            "district": pd.array([t or None for t in texts(frame, "district")], dtype="string"),
            "class": _classes(frame, managed[touched]),
            "measure": measure.id,
        }
    )
    # A measure in words costs what nobody has written down: it is counted in firms only.
    known = measure.kind != "words"
    effect = _effect(measure, amount, column) if known else np.full(len(frame), np.nan)
    return made.assign(amount=amount, column=column if known else np.nan, effect=effect)


def _classes(frame: pd.DataFrame, managed: Texts) -> list[str]:
    """Return the class of each firm; of one without a letter, its sign and the letter it is managed as."""
    own = texts(frame, "letter")
    return [m if o == m else f"{o}→{m}" for o, m in zip(own, managed, strict=True)]


def _effect(measure: Measure, amount: Floats, column: Floats) -> Floats:
    size: Floats = amount * column * measure.scale
    if measure.most_each is not None:
        size = np.clip(size, -measure.most_each, measure.most_each)
    # An amount of nothing is nothing, whether or not the figure is known.
    size = np.where(amount == 0, 0.0, size)
    return size if measure.flow == "pays" else -size
