"""How English counts: plurals and amounts of money, for sentences that are shown beside Chinese ones."""

from __future__ import annotations

__all__ = ["counted", "yuan"]


def counted(count: int, noun: str, plural: str = "") -> str:
    """Return a count with its noun.

    Examples
    --------
    >>> counted(1, "park"), counted(2705, "park"), counted(0, "class", "classes")
    ('1 park', '2,705 parks', '0 classes')
    """
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def yuan(amount_10k_cny: float) -> str:
    """Return an amount of 万元 as English says it.

    Examples
    --------
    >>> yuan(1000), yuan(50), yuan(250000)
    ('10 million yuan', '500,000 yuan', '2.5 billion yuan')
    """
    # 万元 to English steps: 100,000 万元 are a billion, 100 万元 a million.
    if abs(amount_10k_cny) >= 100_000:
        return f"{amount_10k_cny / 100_000:,.10g} billion yuan"
    if abs(amount_10k_cny) >= 100:
        return f"{amount_10k_cny / 100:,.10g} million yuan"
    return f"{amount_10k_cny * 10_000:,.10g} yuan"
