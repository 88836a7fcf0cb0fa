"""Names of firms as the register writes them: no spaces between characters, full-width brackets, no notes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np

from industrymap import issues, texts
from industrymap.enterprises._row_issues import issues_per_row

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["clean"]

_HAN = r"[\u3400-\u9fff]"
_INNER_SPACE = (
    rf"(?<={_HAN})\s+(?=\w|[（(]{_HAN})|(?<=\w)\s+(?={_HAN})|(?<={_HAN}[）)])\s+(?={_HAN})"
)
_MARKED = r"^[★☆※＊*●■▲△◆◎(（\d]|[★☆※＊*●■▲△◆◎①-⑳]$"
"""Where to look for them; Arrow looks through a large table and knows no look-ahead."""
_MARKS = re.compile(
    r"^(?:[★☆※＊*●■▲△◆◎]\s*|\d{1,3}(?:、|[.．](?=\s*[\u3400-\u9fff]))\s*|[（(]\d{1,3}[)）]\s*(?=[\u3400-\u9fff]))+"
    r"|[★☆※＊*●■▲△◆◎①-⑳]+$"
)
"""What a list puts before or behind a name: a mark that its note explains, a number of its own."""
_ODD = r"[<>{}\[\]|=＝+＋@*$#%^~`\\;:\"?!_\x{00}-\x{1f}\x{200b}-\x{200f}\x{2028}-\x{202e}\x{feff}]"
"""What no registered name holds."""

REPAIRED = issues.rule(
    "name.repaired",
    "info",
    "名称已写作“{name}”（去空格和标记，括号改为全角）",
    "the name is written {name} (spaces and marks taken out, brackets made full-width)",
)
NOTED = issues.rule(
    "name.note",
    "info",
    "名称后的附注已分开，名称写作“{name}”",
    "the note behind the name was set apart: the name is {name}",
)

ODD = issues.rule(
    "name.odd",
    "warning",
    "名称含有企业名称中不应有的字符，按原文保留；请核对",
    "the name holds characters that no firm's name has: kept as it is, please check",
)


def clean(records: pd.DataFrame) -> tuple[pd.Series[Any], pd.DataFrame]:
    """Write names the same way everywhere, and say where that changed one.

    Parameters
    ----------
    records : DataFrame
        ``name, source, source_row``.

    Returns
    -------
    names : Series of string
        Spaces beside Chinese characters are taken out, brackets around them are full-width, a note in brackets
        at the end (原…, 曾用名…, 已搬迁…) is left off. Names without Chinese characters stay as they are.
    issues : DataFrame
    """
    name = records["name"].astype("string")
    # Found by Arrow first: of a hundred thousand names a few hundred need the patterns below.
    odd = texts.found(name, r"[\s()\x{3000}]") & texts.found(name, r"[\x{3400}-\x{9fff}]")
    marked = texts.found(name, _MARKED)
    at = np.flatnonzero(odd | marked | texts.found(name, texts.NOTE))
    if not len(at):
        return name, _strange(records, name)
    before = name.iloc[at]
    # Marks before notes: a star behind a bracket would keep the note from being found.
    whole = before.str.strip().str.replace(_MARKS, "", regex=True)
    bare = whole.str.replace(texts.NOTE, "", regex=True).str.strip()
    after = bare.str.replace(_INNER_SPACE, "", regex=True)
    # Full-width brackets, as the register writes them, but only around Chinese: "(China)" stays.
    after = after.str.replace(r"\(([^()]*[\u3400-\u9fff][^()]*)\)", r"（\1）", regex=True)
    # Nothing but a note is no name to keep.
    after = after.where(after != "", before)
    out = name.copy()
    out[out.index[at]] = after
    changed = (after != before).to_numpy(dtype=bool)
    with_note = changed & (bare != whole.str.strip()).to_numpy(dtype=bool)
    plain = changed & ~with_note
    changes = [
        issues_per_row(records, at[mask], rule, column="name", name=after[mask].tolist())
        for mask, rule in ((plain, REPAIRED), (with_note, NOTED))
    ]
    return out, issues.concat([*changes, _strange(records, out)])


def _strange(records: pd.DataFrame, name: pd.Series[Any]) -> pd.DataFrame:
    """Report what is left in cleaned names that no registered name holds."""
    # A tab inside a name parts two cells that were pasted into one: taken out, what follows it looks like part of the name.
    odd = texts.found(name, _ODD) | texts.found(records["name"].astype("string"), r"\t")
    return issues_per_row(records, np.flatnonzero(odd), ODD, column="name")
