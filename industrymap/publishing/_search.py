"""The last look before anything is put in place: no public file may hold a value that belongs to one firm.

What :func:`~industrymap.publishing.release` withholds are numbers. A text can come in by another way, for instance in the name that
somebody gave to a park. So the finished files are searched, packed parts unpacked, for what the firms' records say of them, and the
names of features for figures of firms too.
"""

from __future__ import annotations

import math
import re
import unicodedata
from typing import TYPE_CHECKING

import pandas as pd

from industrymap.columns import floats, texts
from industrymap.errors import ConfigError
from industrymap.texts import fold_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence


__all__ = ["bare_forms", "search"]

_OWN = ("name", "uscc", "operator")
"""What names a firm: not to be found anywhere, in a feature's name neither."""
_PLACES = ("address", "operating_address", "registered_address")
"""Where a firm is: private with a house number; a street or a district alone is anybody's."""
_LONG = ("note", "business_scope", "main_product")
"""What is said of a firm or a park: private where it is long enough to be nobody else's."""
_FIGURES = ("revenue_10k_cny", "output_10k_cny", "tax_10k_cny", "rd_10k_cny")
_NUMBERED = re.compile(r"[0-9０-９号號]")
_NUMBER = re.compile(r"[0-9][0-9,]*(?:\.[0-9]+)?")
_SHORTEST, _SHORTEST_LONG, _SHORTEST_CODE = 4, 12, 15
"""A shorter text says nothing about one firm and is found everywhere; digits alone are a code or nothing."""
_SHORTEST_BARE = 8
"""Without its city a shorter name is a trade (机械有限公司), and a shorter address a road and a number anywhere."""
_REMARK = re.compile(r"\([^()]*\)")
_DIGITS = 5
"""A number of fewer digits is found everywhere."""
_AT_ONCE = 200_000
"""Texts looked for in one pass: more would need too much memory."""
_NAMED = 5
"""Findings quoted in the message."""


def search(
    outputs: Mapping[str, str],
    *,
    firms: pd.DataFrame,
    code: str,
    layers: Iterable[pd.DataFrame] = (),
    shown: Mapping[str, pd.DataFrame] | None = None,
) -> None:
    """Refuse files in which a private value is found.

    Texts are compared without regard to width, case, spaces and traditional characters. What :func:`bare_forms` makes of the
    firms belongs among ``layers``.

    Parameters
    ----------
    outputs : mapping of str to str
        File name → everything it holds as text, packed parts unpacked.
    firms : DataFrame
        Every firm, with ``name``, ``uscc``, its addresses and figures where known.
    code : str
        The page without any data: a word of it gives nothing away.
    layers : iterable of DataFrame
        What is not public of the layers: who operates a park, what is noted about it.
    shown : mapping of str to DataFrame, optional
        The layers as published: their names are searched for short names of firms and for figures too.

    Raises
    ------
    ConfigError
        A private value was found; the message quotes it and says in which file.
    """
    folded = {name: _folded(text) for name, text in outputs.items()}
    # A firm may be called by a common word that the page itself uses.
    harmless = _folded(code)
    leaks = [
        (word, name)
        for words in _private((firms, *layers))
        for name, text in folded.items()
        for word in sorted(_inside(text, words) - _inside(harmless, words))
    ]
    for layer, frame in (shown or {}).items():
        leaks += [(word, layer) for word in _given_as_names(frame, firms)]
    if not leaks:
        return
    quoted = [f"{word!r} ({name})" for word, name in leaks[:_NAMED]]
    quoted_zh = [f"“{word}”（{name}）" for word, name in leaks[:_NAMED]]
    raise ConfigError(
        f"Nothing was published: the files would hold {len(leaks):,} texts that belong to single firms, such as "
        f"{', '.join(quoted)}. If a feature is named after a firm, give it another name in the layer; a layer that is in the database takes a changed file in with `build --reimport NAME`.",
        f"未公开发布任何文件：成果中会出现 {len(leaks):,} 处单个企业的信息，如{'、'.join(quoted_zh)}。"
        "若要素以企业名称命名，请在图层中改名；已收入数据库的图层，改动的文件用 build --reimport 图层 收入。",
    )


def _folded(text: str) -> str:
    # Simplified first: 雲麓市 names the same firm as 云麓市.
    return "".join(unicodedata.normalize("NFKC", fold_text(text)).casefold().split())


def bare_forms(firms: pd.DataFrame, places: Sequence[str]) -> pd.DataFrame:
    """Return names without the city before them, and numbered addresses without city, province and remarks in brackets.

    Parameters
    ----------
    firms : DataFrame
        With ``name`` and addresses.
    places : sequence of str
        Names of the city and its province.

    Returns
    -------
    DataFrame
        ``name``, ``address``: for :func:`search`, to which they are as private as the whole texts.

    Examples
    --------
    >>> import pandas as pd
    >>> firms = pd.DataFrame({"name": ["远山市某某机械有限公司"], "address": ["远山市河西区长堤路88号（临时）"]}, dtype="string")
    >>> bare_forms(firms, ["远山市"]).to_numpy().tolist()
    [['某某机械有限公司', '河西区长堤路88号']]
    """
    # Longest first: 云麓市 before 云麓, which would leave 市 behind.
    heads = sorted((_folded(p) for p in places if p), key=len, reverse=True)
    names = [_bare(w, heads) for w in texts(firms, "name")]
    addresses = [
        b for c in _PLACES for w in texts(firms, c) if _NUMBERED.search(b := _bare(w, heads))
    ]
    frame = {"name": names, "address": addresses}
    return pd.DataFrame(
        {
            k: pd.Series([w for w in v if len(w) >= _SHORTEST_BARE], dtype="string")
            for k, v in frame.items()
        }
    )


def _bare(text: str, heads: Sequence[str]) -> str:
    bare = _REMARK.sub("", _folded(text))
    while head := next((h for h in heads if bare.startswith(h)), ""):
        bare = bare.removeprefix(head)
    return bare


def _private(frames: Iterable[pd.DataFrame]) -> Iterator[list[str]]:
    """Yield what is private, some at a time."""
    words: set[str] = set()
    for frame in frames:
        own = {_folded(w) for name in _OWN for w in texts(frame, name)}
        own |= {_folded(w) for name in _PLACES for w in texts(frame, name) if _NUMBERED.search(w)}
        long = {_folded(w) for name in _LONG for w in texts(frame, name)}
        words |= {w for w in own if len(w) >= (_SHORTEST_CODE if w.isdecimal() else _SHORTEST)}
        words |= {w for w in long if len(w) >= _SHORTEST_LONG}
    # Sorted, so that the message quotes the same words in every run.
    listed = sorted(words)
    for at in range(0, len(listed), _AT_ONCE):
        yield listed[at : at + _AT_ONCE]


def _given_as_names(frame: pd.DataFrame, firms: pd.DataFrame) -> list[str]:
    """Return names of features that are a firm's whole name, however short, or hold a firm's figure."""
    names = [_folded(text) for text in texts(frame, "name")]
    whole = {_folded(word) for word in texts(firms, "name")} - {""}
    leaks = [name for name in names if name in whole and len(name) < _SHORTEST]
    name_of_number = {text: name for name in names for text in _NUMBER.findall(name)}
    name_of_number = {
        text: name
        for text, name in name_of_number.items()
        if sum(map(str.isdigit, text)) >= _DIGITS
    }
    if name_of_number:
        # as the table has it, in 万元, or in yuan
        values = {
            round(v, 6) for c in _FIGURES for v in floats(firms, c).tolist() if not math.isnan(v)
        }
        values |= {round(v * 1e4, 2) for v in values}
        leaks += [
            name for text, name in name_of_number.items() if float(text.replace(",", "")) in values
        ]
    return leaks


def _inside(text: str, words: list[str]) -> set[str]:
    """Return the words that a text holds."""
    import ahocorasick_rs

    automaton = ahocorasick_rs.AhoCorasick(words)
    # Overlapping: a private word inside a longer one counts as well.
    return set(automaton.find_matches_as_strings(text, overlapping=True))
