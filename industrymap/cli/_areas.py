"""What commands about areas share: the levels by name, the options for the level and for the day, an area by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from industrymap.cli._options import option

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["AREAS", "as_of_option", "code_of", "level_option"]

AREAS = {
    "city": ("全市", "city", "cities"), "district": ("区", "district", "districts"), "town": ("镇街", "town", "towns"),
    "park": ("园区", "park", "parks"), "block": ("区块", "block", "blocks"), "cluster": ("集群", "cluster", "clusters"),
}  # fmt: skip
"""Level → its Chinese name, and the English one of one and of many."""

as_of_option = option(
    "--as-of",
    "as_of",
    metavar="DAY|N",
    zh="按某日（YYYY-MM-DD）或某次入库（序号）当时所知。",
    en="As it was known on a day (YYYY-MM-DD) or after an addition (its number).",
)


def code_of(asked: str, names: Mapping[str, str]) -> str | None:
    """Return the code of the area that a code or a name means; ``None`` where it means none.

    Parameters
    ----------
    asked : str
    names : dict
        Code → name.

    Raises
    ------
    ConfigError
        Several areas have the name.
    """
    from industrymap.errors import ConfigError

    if asked in names:
        return asked
    codes = [code for code, name in names.items() if name == asked]
    # Parks of two districts may share a name: the figures of either would be shown as those of the one that was meant.
    if len(codes) > 1:
        raise ConfigError(
            f"{len(codes)} areas are called {asked!r}: give the code of one, {', '.join(codes)}.",
            f"有 {len(codes)} 个对象名为“{asked}”，请改用其中一个的代码：{'、'.join(codes)}。",
        )
    return codes[0] if codes else None


def level_option(default: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return the option ``--level``."""
    return option(
        "--level",
        default=default,
        show_default=True,
        metavar="|".join(AREAS),
        zh="层级：全市、区、镇街、园区、区块、集群。",
        en="Level of the areas.",
    )
