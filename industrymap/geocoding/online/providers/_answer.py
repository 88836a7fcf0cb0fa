"""What a provider is, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Answer", "Provider"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One place a provider found for one address.

    Attributes
    ----------
    lon, lat : float
        Degrees, WGS 84; the adapter has converted them from the provider's datum.
    level : str or None
        One of the values of ``geocode_level``; ``None`` where the provider's own level says nothing finer
        than a city or is unknown to us: such an answer is shown in the review and never placed.
    radius_m : float
        How far the truth may lie, in metres.
    score : float
        0 to 1.
    provider : str
        The provider's name.
    said : str
        The provider's own words: level, confidence and the address it understood.
    district : str
        The district as the provider names it, empty where it does not.
    """

    lon: float
    lat: float
    level: str | None
    radius_m: float
    score: float
    provider: str
    said: str
    district: str = ""


@runtime_checkable
class Provider(Protocol):
    """An online geocoder.

    Attributes
    ----------
    name : str
        Lower-case word; written to ``geocode_source`` and in the cache.
    batch_size : int
        How many addresses one call may carry.
    daily_quota : int
        How many addresses a day may be asked; the day ends at midnight in China.
    """

    name: str
    batch_size: int
    daily_quota: int

    def locate(self, addresses: Sequence[str], *, city: str) -> list[Answer | None]:
        """Place at most ``batch_size`` addresses of ``city``.

        Returns
        -------
        answers : list
            One per address, in order; ``None`` where the provider knows no such place.

        Raises
        ------
        QuotaError
            The day's allowance is used up.
        ProviderError
            The provider did not serve us, after every retry.
        """
        ...
