"""Values as a sheet shows them: with unit and label, a dash where nothing is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from industrymap import schemas
from industrymap.sheets._shapes import clean
from industrymap.terms import MU_M2

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["DASH", "area", "known", "label", "money", "number", "percent", "share_known", "value"]

DASH = "—"
LAYER = schemas.PARKS
_SHARES = ("legal_paper_share", "sublet_share", "block_overlap", "quality_share")


def known(row: Mapping[str, Any], name: str) -> bool:
    """Return whether there is a value."""
    cell = row.get(name)
    return cell is not None and not pd.isna(cell) and str(cell) != ""


def label(name: str, lang: str) -> str:
    """Return a field's label without the bracket at its end."""
    # The bracket holds the unit, which follows the value on a sheet.
    return schemas.label(LAYER, name, lang).split("（")[0]


def value(row: Mapping[str, Any], name: str, lang: str) -> str:
    """Return a field's value in words, :data:`DASH` where it is unknown."""
    if not known(row, name):
        return DASH
    cell = row[name]
    if name in _SHARES:
        return percent(float(cell))
    coded = schemas.labels(name, lang)
    # By the value, as codes that are numbers come as 1 or 1.0 from different files.
    if str(cell) in coded:
        return coded[str(cell)]
    spec = next((f for f in schemas.fields(LAYER) if f.name == name), None)
    if spec is None or spec.dtype in ("str", "date"):
        return clean(str(cell)[:10] if spec is not None and spec.dtype == "date" else cell)
    if spec.dtype == "bool":
        return schemas.labels("bool", lang)["true" if cell else "false"]
    unit = schemas.unit_label(spec.unit, lang)
    # A count of storeys or years reads better without thousands marks.
    plain = unit in ("", "年", "years") and spec.dtype == "int"
    shown = f"{int(cell)}" if plain else number(float(cell))
    return f"{shown} {unit}".strip()


def number(amount: float) -> str:
    """Write a number with as many digits as a reader needs.

    Examples
    --------
    >>> number(12345.6), number(85.26), number(0.6149)
    ('12,346', '85.3', '0.61')
    """
    # Three significant digits are what a planner compares; more would pretend an exactness nobody
    # has.
    digits = 0 if abs(amount) >= 1000 else 1 if abs(amount) >= 10 else 2
    text = f"{amount:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(share: float) -> str:
    """Write a share as a percentage."""
    return f"{number(100 * share)} %"


def money(amount_10k: float, lang: str) -> str:
    """Write an amount given in 万元, large ones in 亿元 (English: in million yuan).

    Examples
    --------
    >>> money(12000, "zh"), money(900, "zh"), money(12000, "en")
    ('1.2 亿元', '900 万元', '120 M yuan')
    """
    if lang == "en":
        return f"{number(amount_10k / 100)} M yuan"
    return (
        f"{number(amount_10k / 1e4)} 亿元"
        if abs(amount_10k) >= 1e4
        else f"{number(amount_10k)} 万元"
    )


def area(m2: float, lang: str) -> tuple[str, str]:
    """Write an area in mu, and in hectares beside it."""
    unit = "亩" if lang == "zh" else "mu"
    hectares = "公顷" if lang == "zh" else "ha"
    return f"{number(m2 / MU_M2)} {unit}", f"{number(m2 / 1e4)} {hectares}"


def share_known(row: Mapping[str, Any], figure: str, lang: str) -> str:
    """Say on how many firms of the base a sum rests."""
    # A sum over no firm has no share; the card shows a dash already.
    if not known(row, f"n_{figure}") or not known(row, "base_firms") or int(row["base_firms"]) == 0:
        return ""
    n, whole = int(row[f"n_{figure}"]), int(row["base_firms"])
    return f"{whole} 家中 {n} 家有数" if lang == "zh" else f"known for {n} of {whole} firms"
