"""The last look before anything is put in place: no public file may hold a text that belongs to one firm.

What :func:`~industrymap.publishing.publish` withholds are numbers. A text can come in by another way, for instance in the name that
somebody gave to a park. So the finished files are searched, bytes as they are, for what the firms' records say of them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from industrymap.columns import texts
from industrymap.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

__all__ = ["search"]

_OWN = ("name", "uscc")
"""What names a firm: not to be found anywhere, in a feature's name neither."""
_PLACES = ("address", "operating_address", "registered_address")
"""Where a firm is: private with a house number; a street or a district alone is anybody's."""
_NUMBERED = re.compile(r"[0-9０-９号號]")
_SHORTEST = 4
"""A shorter text says nothing about one firm and is found everywhere."""
_AT_ONCE = 200_000
"""Texts looked for in one pass: more would need too much memory."""
_NAMED = 5
"""Findings quoted in the message."""


def search(outputs: Mapping[str, str], *, firms: pd.DataFrame, code: str) -> None:
    """Refuse files in which a private text is found.

    Parameters
    ----------
    outputs : mapping of str to str
        File name → everything it holds as text, packed parts unpacked.
    firms : DataFrame
        Every firm, with ``name``, ``uscc`` and its addresses where known.
    code : str
        The page without any data: a word of it gives nothing away.

    Raises
    ------
    ConfigError
        A private text was found; the message quotes it and says in which file.
    """
    found = [
        (word, name)
        for words in _private(firms)
        for name, text in outputs.items()
        for word in sorted(_inside(text, words) - _inside(code, words))
    ]
    if not found:
        return
    quoted = [f"{word!r} ({name})" for word, name in found[:_NAMED]]
    quoted_zh = [f"“{word}”（{name}）" for word, name in found[:_NAMED]]
    raise ConfigError(
        f"Nothing was published: the files would hold {len(found):,} texts that belong to single firms, such as "
        f"{', '.join(quoted)}. If a feature is named after a firm, give it another name in the layer.",
        f"未公开发布任何文件：成果中会出现 {len(found):,} 处单个企业的信息，如{'、'.join(quoted_zh)}。"
        "若要素以企业名称命名，请在图层中改名。",
    )


def _private(firms: pd.DataFrame) -> Iterator[list[str]]:
    """Yield what is private, some at a time."""
    words = {w for name in _OWN for w in texts(firms, name)}
    words |= {w for name in _PLACES for w in texts(firms, name) if _NUMBERED.search(w)}
    listed = sorted(w for w in (word.strip() for word in words) if len(w) >= _SHORTEST)
    for at in range(0, len(listed), _AT_ONCE):
        yield listed[at : at + _AT_ONCE]


def _inside(text: str, words: list[str]) -> set[str]:
    """Return the words that a text holds."""
    import ahocorasick_rs

    automaton = ahocorasick_rs.AhoCorasick(words)
    return set(automaton.find_matches_as_strings(text, overlapping=True))
