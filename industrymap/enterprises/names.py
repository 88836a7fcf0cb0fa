"""Names of firms as the register writes them: no spaces between characters, full-width brackets, no notes."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd

from industrymap import issues, texts
from industrymap.enterprises._row_issues import issues_per_row

__all__ = ["clean"]

_HAN = r"[\u3400-\u9fff]"
_INNER_SPACE = (
    rf"(?<={_HAN})\s+(?=\w|[（(]{_HAN})|(?<=\w)\s+(?={_HAN})|(?<={_HAN}[）)])\s+(?={_HAN})"
)
_MARKED = r"^[★☆※＊*●■▲△◆◎(（【\[\d]|[★☆※＊*●■▲△◆◎①-⑳]$"
"""Where to look for them; Arrow looks through a large table and knows no look-ahead."""
_MARKS = re.compile(
    rf"^(?:[（(【\[]现?已?{texts.LEFT}[）)】\]]|"
    r"[★☆※＊*●■▲△◆◎]\s*|\d{1,3}(?:、|[.．](?=\s*[\u3400-\u9fff]))\s*|[（(]\d{1,3}[)）]\s*(?=[\u3400-\u9fff]))+"
    r"|[★☆※＊*●■▲△◆◎①-⑳]+$"
)
_LEFT = f"(现?已?{texts.LEFT})"
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

LEFT = issues.rule(
    "name.left",
    "warning",
    "名称注有“{note}”，名称写作“{name}”，仍按企业读入；请核对是否还应计入",
    "the name bears the note {note!r}; it is written {name} and still counts as a firm: please check whether it should",
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
    # What was taken off may be all that says a firm should not be there any more.
    taken = [b[: b.find(a)] + b[b.find(a) + len(a) :] if a in b else b for a, b in zip(after, before, strict=True)]  # fmt: skip
    left = pd.Series(taken, index=before.index, dtype="string").str.extract(_LEFT, expand=False)
    gone = changed & left.notna().to_numpy(dtype=bool)
    changes = [
        issues_per_row(records, at[mask], rule, column="name", name=after[mask].tolist())
        for mask, rule in ((changed & ~with_note & ~gone, REPAIRED), (with_note & ~gone, NOTED))
    ]
    names, notes = after[gone].tolist(), left[gone].tolist()
    changes.append(issues_per_row(records, at[gone], LEFT, column="name", name=names, note=notes))
    return out, issues.concat([*changes, _strange(records, out)])


def _strange(records: pd.DataFrame, name: pd.Series[Any]) -> pd.DataFrame:
    """Report what is left in cleaned names that no registered name holds."""
    # A tab inside a name parts two cells that were pasted into one: taken out, what follows it looks like part of the name.
    odd = texts.found(name, _ODD) | texts.found(records["name"].astype("string"), r"\t")
    return issues_per_row(records, np.flatnonzero(odd), ODD, column="name")
