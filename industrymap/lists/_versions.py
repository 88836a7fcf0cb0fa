"""Versions of a list: dated files with a content hash in the workspace, and what changed between two."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from industrymap import files
from industrymap.errors import ConfigError, nearest

if TYPE_CHECKING:
    from pathlib import Path

    from industrymap.lists._make import Listing

__all__ = ["DIFF_COLUMNS", "Version", "diff", "find", "latest", "save", "versions"]

DIFF_COLUMNS = ["change", "enterprise_id", "name", "column", "before", "after"]
"""``change`` is ``entered``, ``left`` or ``changed``."""

_NAME = re.compile(r"(\d{4}-\d{2}-\d{2})\.(\d{2,})\.([0-9a-f]{12})\.csv")
_NUMBER = r"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?"
# A firm that moved a rank because another left has not changed; the English reason repeats the
# Chinese.
_QUIET = ("rank", "reason_en")


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One saved state of a list.

    Attributes
    ----------
    list_id : str
    on : date
        The day it was made.
    number : int
        Which of that day, from 1.
    sha256 : str
        First twelve characters of its content's hash.
    path : Path
    """

    list_id: str
    on: date
    number: int
    sha256: str
    path: Path

    def frame(self) -> pd.DataFrame:
        """Return its rows as text."""
        text = files.read_text(files.check(self.path, allow=("csv",)))
        return pd.read_csv(io.StringIO(text), dtype="string", keep_default_na=False)


def save(listing: Listing, folder: Path) -> tuple[Version, bool]:
    """Keep a list as a version, unless it is what the latest version holds.

    Parameters
    ----------
    listing : Listing
    folder : Path
        Where versions are kept; one folder per list.

    Returns
    -------
    version : Version
        The new one, or the latest where nothing changed.
    new : bool
    """
    last = latest(folder, listing.rule.id)
    # The same content again is no new version: a list that is made every day would fill the folder.
    if last is not None and last.sha256 == listing.sha256[:12]:
        return last, False
    # Two versions of one day keep their order by number; by the hash one of them can be named.
    number = 1 + sum(v.on == listing.on for v in versions(folder, listing.rule.id))
    short = listing.sha256[:12]
    path = folder / listing.rule.id / f"{listing.on.isoformat()}.{number:02d}.{short}.csv"
    # The list before what is said of it: a version is known by its .csv.
    files.write_bytes(path, _csv(listing.frame))
    about = {
        "list": listing.rule.id, "name": listing.rule.zh, "date": listing.on.isoformat(), "sha256": listing.sha256,
        "firms": len(listing.frame), "considered": listing.considered, "where": listing.rule.where,
        "source": listing.rule.source, "official": listing.rule.official,
    }  # fmt: skip
    files.write_text(
        path.with_suffix(".json"), json.dumps(about, ensure_ascii=False, indent=2) + "\n"
    )
    new = Version(list_id=listing.rule.id, on=listing.on, number=number, sha256=short, path=path)
    return new, True


def versions(folder: Path, list_id: str) -> list[Version]:
    """Return the versions of a list, oldest first."""
    place = folder / list_id
    if not place.is_dir():
        return []
    kept = []
    for path in files.folder(place, pattern="*.csv"):
        name = _NAME.fullmatch(path.name)
        # What people put beside the versions is none.
        if name:
            on, number = date.fromisoformat(name[1]), int(name[2])
            kept.append(Version(list_id=list_id, on=on, number=number, sha256=name[3], path=path))
    return sorted(kept, key=lambda v: (v.on, v.number))


def latest(folder: Path, list_id: str) -> Version | None:
    """Return the latest version of a list, or ``None``."""
    kept = versions(folder, list_id)
    return kept[-1] if kept else None


def find(folder: Path, list_id: str, which: str) -> Version:
    """Return the version of a day (the last of it) or with a hash.

    Raises
    ------
    ConfigError
        There is none; the known ones are named.
    """
    known = versions(folder, list_id)
    for version in reversed(known):
        # Reversed: of several on one day the last is meant.
        if which == version.on.isoformat() or version.sha256.startswith(which):
            return version
    names = [f"{version.on.isoformat()} ({version.sha256})" for version in known]
    near = nearest(which, names) or names or ["-"]
    raise ConfigError(
        f"List {list_id!r} has no version {which!r}; known: {', '.join(near)}.",
        f"名单 {list_id!r} 没有版本 {which!r}；可用：{'、'.join(near)}。",
    )


def diff(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Say who entered a list, who left it, and what changed for those who stayed.

    Parameters
    ----------
    before, after : DataFrame
        Rows of two versions, or of a :class:`~industrymap.lists.Listing`.

    Returns
    -------
    changes : DataFrame
        :data:`DIFF_COLUMNS`, sorted; ``column, before, after`` speak for those who stayed.
    """
    old, new = _keyed(before), _keyed(after)
    rows: list[dict[str, Any]] = []
    for change, ids, table in (
        ("entered", new.index.difference(old.index), new),
        ("left", old.index.difference(new.index), old),
    ):
        rows += [
            {"change": change, "enterprise_id": i, "name": table["name"].get(i, "")} for i in ids
        ]
    stayed = old.index.intersection(new.index)
    for column in [c for c in new.columns if c in old.columns and c not in _QUIET]:
        one, other = old.loc[stayed, column], new.loc[stayed, column]
        for i in stayed[(one != other).to_numpy(dtype=bool)]:
            rows.append(
                {"change": "changed", "enterprise_id": i, "name": new["name"].get(i, ""), "column": column,
                 "before": one[i], "after": other[i]}
            )  # fmt: skip
    table = pd.DataFrame(rows, columns=DIFF_COLUMNS).astype("string")
    order = table["change"].map({"entered": 0, "left": 1, "changed": 2})
    return (
        table.assign(_=order)
        .sort_values(["_", "enterprise_id", "column"], ignore_index=True)
        .drop(columns="_")
    )


def _keyed(frame: pd.DataFrame) -> pd.DataFrame:
    text = pd.DataFrame({c: _text(frame[c]) for c in frame.columns})
    if "name" not in text.columns:
        text["name"] = text["enterprise_id"]
    return text.set_index("enterprise_id", drop=True)


def _text(values: pd.Series[Any]) -> pd.Series[Any]:
    """Return values as the version file writes them."""
    plain = values.astype("string") if values.dtype == object else values
    if pd.api.types.is_float_dtype(plain):
        plain = plain.map(lambda v: f"{v:.15g}", na_action="ignore")
    text = plain.astype("string").fillna("")
    # A number is none the less one when it is read back from a version: -0.2 and "-0.2" are the same.
    return files.neutralise(text).mask(text.str.fullmatch(_NUMBER), text)


def _csv(frame: pd.DataFrame) -> bytes:
    """Return a version's file: UTF-8 with a mark, no cell that a spreadsheet would run."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(frame.columns)
    writer.writerows(zip(*(_text(frame[c]) for c in frame.columns), strict=True))
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8")
