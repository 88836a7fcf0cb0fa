"""The key of an address: what two writings of the same text share, and nothing a better parser would change."""

from __future__ import annotations

import hashlib
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable

    import pandas as pd

__all__ = ["address_key", "address_keys", "row_id"]

# Controls, invisible characters and spaces: texts copied from pages and PDF files differ by them
# alone.
_DROPPED = {"Cc", "Cf", "Zs", "Zl", "Zp"}


def address_key(text: str) -> str:
    """Return ``text`` in half width and capitals, without spaces and invisible characters.

    Examples
    --------
    >>> address_key(" 广州市 天河区ａ路１２号\u200b")
    '广州市天河区A路12号'
    """
    plain = unicodedata.normalize("NFKC", text)
    return "".join(c for c in plain if unicodedata.category(c) not in _DROPPED).upper()


def address_keys(addresses: pd.Series[str]) -> pd.Series[str]:
    """Return the key of every address, ``<NA>`` where there is none."""
    texts = addresses.astype("string")
    # Registers repeat addresses: each distinct text is keyed once.
    known: dict[Hashable, str] = {text: address_key(text) for text in texts.dropna().unique()}
    keys = texts.map(known).astype("string")
    # A cell of nothing but spaces is no address.
    return keys.mask(keys == "")


def row_id(key: str) -> str:
    """Return a short name for an address key that Excel cannot take for a number.

    Examples
    --------
    >>> row_id("广州市天河区A路12号")
    'a-697f40a4426c'
    """
    # 12 hexadecimal digits are 48 bits: among a million addresses, two share a name with a chance
    # of 0.2 %.
    return f"a-{hashlib.sha256(key.encode()).hexdigest()[:12]}"
