"""What another offline page takes from the map's: the encoders of its blocks, its policy, its style without spaces.

The names stand here so that a page of another room depends on these few and not on how the map's own modules are cut.
"""

from __future__ import annotations

from industrymap.webmap._bytes import deflate, planes, width
from industrymap.webmap.page import _tight as tight
from industrymap.webmap.page import escaped_json, policy

__all__ = ["deflate", "escaped_json", "planes", "policy", "tight", "width"]
