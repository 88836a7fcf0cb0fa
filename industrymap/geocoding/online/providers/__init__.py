"""Online geocoders: one small class each, behind one protocol, announced by entry points.

A provider is asked only when the user names it (``--provider amap`` or ``[geocoding] providers`` in
``industrymap.toml``), because asking sends addresses to a third party. Its key comes from the environment:

=========  ==========================  ================================================
provider   key                         another address of the service (a proxy, a test)
=========  ==========================  ================================================
amap       ``INDUSTRYMAP_AMAP_KEY``      ``INDUSTRYMAP_AMAP_URL``
tianditu   ``INDUSTRYMAP_TIANDITU_KEY``  ``INDUSTRYMAP_TIANDITU_URL``
baidu      ``INDUSTRYMAP_BAIDU_KEY``     ``INDUSTRYMAP_BAIDU_URL``
tencent    ``INDUSTRYMAP_TENCENT_KEY``   ``INDUSTRYMAP_TENCENT_URL``
=========  ==========================  ================================================

``INDUSTRYMAP_<NAME>_QUOTA`` sets how many addresses a day your key allows, where it is not the free allowance.

A further provider is a class with the three attributes and the one method of :class:`Provider`, announced by
its package under the entry point ``industrymap.providers``.
"""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from industrymap.errors import ConfigError, did_you_mean, nearest
from industrymap.geocoding.online.providers._answer import Answer, Provider

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["GROUP", "Answer", "Provider", "available", "load"]

GROUP = "industrymap.providers"
"""The entry point under which a provider class is announced."""


def available() -> list[str]:
    """Return the names of the announced providers, sorted."""
    return sorted({entry.name for entry in entry_points(group=GROUP)})


def load(names: Iterable[str]) -> list[Provider]:
    """Make the named providers, in the order given.

    Parameters
    ----------
    names : iterable of str
        Entry-point names: ``amap``, ``tianditu``, ``baidu``, ``tencent`` or one of another package.

    Returns
    -------
    providers : list of Provider

    Raises
    ------
    ConfigError
        No installed package announces that name.
    MissingKeyError
        The provider's environment variable is empty.
    """
    announced = {entry.name: entry for entry in entry_points(group=GROUP)}
    made: list[Provider] = []
    for name in dict.fromkeys(names):
        if name not in announced:
            raise _unknown(name, announced)
        made.append(announced[name].load()())
    return made


def _unknown(name: str, announced: Iterable[str]) -> ConfigError:
    known = sorted(announced)
    en, zh = did_you_mean(nearest(name, known, n=1))
    return ConfigError(
        f"There is no geocoding provider {name!r}; known: {', '.join(known)}.{en}",
        f"没有名为“{name}”的地理编码服务；可用：{'、'.join(known)}。{zh}",
    )
