"""The land gate for big projects: what a project must bring to be given land of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from industrymap.blocks._rules import Rules
from industrymap.blocks._table import as_table, line
from industrymap.filters import shown_number

if TYPE_CHECKING:
    import pandas as pd

    from industrymap.standards import Standard

__all__ = ["gate"]


def gate(
    *, investment_10k_cny: float | None, land_area_mu: float | None, standard: Standard
) -> pd.DataFrame:
    """Check a project's investment and intensity; both must be exceeded.

    ``intensity = investment ÷ land`` in 万元 per mu.

    Parameters
    ----------
    investment_10k_cny : float or None
        Total investment in 万元.
    land_area_mu : float or None
        Land asked for, in mu.
    standard : Standard
        Of kind ``blocks``.

    Returns
    -------
    checks : DataFrame
        Rows ``gate_investment``, ``gate_intensity`` and ``gate``; a missing figure leaves what hangs on it undetermined.
    """
    rules = Rules.of(standard)
    # Land of 0 mu has no intensity to judge.
    intensity = None
    if investment_10k_cny is not None and land_area_mu is not None and land_area_mu > 0:
        intensity = investment_10k_cny / land_area_mu
    parts = [
        _part("investment", investment_10k_cny, rules.gate_investment_10k_cny, "万元"),
        _part("intensity", intensity, rules.gate_intensity_10k_cny_per_mu, "万元/亩"),
    ]
    states = [part["status"] for part in parts]
    # One failure decides: what is unknown beside it no longer matters.
    whole = "fail" if "fail" in states else "undetermined" if "undetermined" in states else "pass"
    words = {
        "pass": ("符合大项目用地门槛", "the project passes the land gate for big projects"),
        "fail": (
            "不符合大项目用地门槛",
            "the project does not pass the land gate for big projects",
        ),
        "undetermined": ("数据不全，无法判断", "cannot be judged: a figure is missing"),
    }[whole]
    return as_table([*parts, line("gate", "project", zh=words[0], en=words[1], status=whole, n=1)])


_WORDS = {"investment": ("投资额", "investment"), "intensity": ("投资强度", "investment per mu")}


def _part(name: str, value: float | None, limit: float | None, unit: str) -> dict[str, object]:
    zh, en = _WORDS[name]
    if value is None or limit is None:
        return line(
            f"gate_{name}", "project", limit=limit, unit=unit, status="undetermined",
            zh=f"{zh}未知", en=f"{en} is unknown",
        )  # fmt: skip
    # The gate must be exceeded: an equal figure does not pass.
    above = value > limit
    sign = ">" if above else "≤"
    shown = f"{shown_number(value, limit)} {sign} {shown_number(limit)} {unit}"
    return line(
        f"gate_{name}", "project", value=value, limit=limit, unit=unit, n=1,
        status="pass" if above else "fail", zh=f"{zh} {shown}", en=f"{en} {shown}",
    )  # fmt: skip
