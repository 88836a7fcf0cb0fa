"""Issues that a person marked as settled, and what the last build from the desk mended.

An issue is known again by what it says of which value, not by its number or its row: rows move when a table is edited.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections import Counter
from contextlib import suppress
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from industrymap import files
from industrymap.errors import IndustryMapError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

__all__ = ["help_for", "keep", "keep_mended", "key", "marks", "mended", "settled"]

_SETTLED = "settled.json"
_MENDED = "mended.json"
_SAYS = ("rule", "source", "column", "value", "name", "uscc")
_MOST = 2000


def key(issue: Mapping[str, str]) -> str:
    """Return what an issue is known again by."""
    text = "\x1f".join(issue.get(name, "") for name in _SAYS)
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).hexdigest()


def marks(columns: Mapping[str, Iterable[str]]) -> list[str]:
    """Return the key of every issue of a list that is given by its columns."""
    rows = zip(*(columns[name] for name in _SAYS), strict=True)
    return [key(dict(zip(_SAYS, row, strict=True))) for row in rows]


def settled(state: Path) -> set[str]:
    """Return the keys of the issues that a person marked."""
    # A damaged list marks nothing: every issue is shown as open again.
    found = _read(state / _SETTLED)
    return {str(one) for one in found} if isinstance(found, list) else set()


def keep(state: Path, keys: Iterable[str], *, on: bool) -> int:
    """Mark issues as settled, or as open again; return how many are settled now."""
    known = settled(state)
    known = known | set(keys) if on else known - set(keys)
    files.write_text(state / _SETTLED, json.dumps(sorted(known)))
    return len(known)


def keep_mended(state: Path, before: list[dict[str, str]], after: list[dict[str, str]]) -> None:
    """Keep what a build mended: issues that were in the list before and are not any more."""
    left = Counter(map(key, after))
    gone = []
    for one in before:
        mark = key(one)
        if left[mark]:
            left[mark] -= 1
        else:
            gone.append(one)
    said = {"gone": gone[:_MOST], "n": len(gone), "new": sum(left.values())}
    files.write_text(state / _MENDED, json.dumps(said, ensure_ascii=False))


def mended(state: Path) -> dict[str, Any]:
    """Return what the last build from the desk mended, and how many issues are new."""
    found = _read(state / _MENDED)
    return found if isinstance(found, dict) else {"gone": [], "n": 0, "new": 0}


def help_for(rule: str) -> dict[str, str]:
    """Return what to do about issues of a rule, in one sentence.

    Examples
    --------
    >>> help_for("uscc.check_digit")["en"]
    'Put the credit code (18 characters) right by the business licence.'
    """
    table = _help()
    # A sentence of the rule itself goes before that of its family.
    return table.get(rule) or table.get(rule.partition(".")[0]) or {"zh": "", "en": ""}


@cache
def _help() -> dict[str, dict[str, str]]:
    text = resources.files("industrymap.desk").joinpath("help.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(io.StringIO(text))
    return {row["prefix"]: {"zh": row["zh"], "en": row["en"]} for row in rows}


def _read(path: Path) -> Any:
    with suppress(OSError, ValueError, IndustryMapError):
        return json.loads(files.read_text(files.check(path, allow=("json",))))
    return None
