"""Small grading rules and firms whose letters can be worked out by hand."""

from __future__ import annotations

import pandas as pd

from industrymap import grading

HEAD = """
rule_id = "t"
source = "test"
official = false
effective_from = "unknown"
{top}
[title]
zh = "试"
en = "trial"
{letters}
{parts}
"""
LETTERS = "".join(f'[[letter]]\nid = "{letter}"\n' for letter in "ABCD")
CUTS = "".join(
    f'[[scope.cut]]\nletter = "{letter}"\nto_share = {share}\n'
    for letter, share in (("A", 0.2), ("B", 0.6), ("C", 0.95))
)


def item(
    id_: str = "tax",
    *,
    of: str = "tax_10k_cny",
    per: str = "used_land_mu",
    weight: float | None = 100,
    benchmark: str = '{ kind = "fixed", value = 10.0 }',
    extra: str = "",
) -> str:
    worth = "" if weight is None else f"weight = {weight}\n"
    return (
        f'[[scope.item]]\nid = "{id_}"\nzh = "{id_}"\nof = "{of}"\nper = "{per}"\n{worth}'
        f"benchmark = {benchmark}\n{extra}\n"
    )


def scope(items: str = "", *, cuts: str = CUTS, extra: str = "", id_: str = "s") -> str:
    return f'[[scope]]\nid = "{id_}"\nzh = "{id_}"\n{extra}\n{items or item()}{cuts}'


def rule_text(scopes: str = "", *, top: str = "", parts: str = "", letters: str = LETTERS) -> str:
    return HEAD.format(top=top, letters=letters, parts=f"{parts}\n{scopes or scope()}")


def rule(scopes: str = "", *, top: str = "", parts: str = "") -> grading.Rule:
    return grading.parse(rule_text(scopes, top=top, parts=parts))


def firms(**columns: list[object]) -> pd.DataFrame:
    """Return firms 1, 2, …; land is 1 mu where nothing else is said."""
    n = len(next(iter(columns.values())))
    frame = pd.DataFrame({"enterprise_id": [f"E{i:03d}" for i in range(1, n + 1)]})
    frame["name"] = pd.array([f"厂{i}" for i in range(1, n + 1)], dtype="string")
    for name, values in ({"used_land_mu": [1.0] * n} | columns).items():
        kind = "string" if any(isinstance(v, str) for v in values) else "Float64"
        kind = "boolean" if any(isinstance(v, bool) for v in values) else kind
        frame[name] = pd.array(values, dtype=kind)
    return frame


def letters(graded: grading.Graded) -> str:
    """Return the letters in the order of the firms, ``-`` for none."""
    return "".join(graded.table()["letter"].fillna("-"))
