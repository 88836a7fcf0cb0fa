"""The full list of GB/T 4754-2017, as its owner brings it: read, held against the standard's counts, kept in a workspace.

No licensed machine-readable list is known, so none ships. Section C, manufacturing, has 31 divisions, 179 groups and
609 classes; a table that does not come to these counts, or has a row that cannot be, is refused with every wrong row named.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from industrymap import files, issues, texts
from industrymap.enterprises.industry import divisions
from industrymap.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

__all__ = ["COUNTS", "FILE", "Classification", "known", "names", "read", "usable", "write"]

COUNTS = {2: 31, 3: 179, 4: 609}
"""Divisions, groups and classes of section C in GB/T 4754-2017."""

FILE = "industries.csv"
"""Name under which a workspace or a city pack keeps the list."""

_CODE = re.compile(r"([A-T]?)(\d{2,4})")
_SECTION = re.compile(r"[A-T]")
_LEAST = 0.6
"""Share of a column's cells that must be codes for it to be a column of codes."""

NOT_A_CODE = issues.rule(
    "classification.not_a_code",
    "error",
    "不是行业代码（两至四位数字，可带门类字母）",
    "not an industry code (two to four digits, a section letter may stand before them)",
)
TWICE = issues.rule(
    "classification.twice",
    "error",
    "代码重复，第 {first} 行已有",
    "the code is already in row {first}",
)
NO_PARENT = issues.rule(
    "classification.no_parent",
    "error",
    "缺少上级代码 {parent}",
    "its parent {parent} is not in the list",
)
LETTER = issues.rule(
    "classification.letter",
    "error",
    "门类字母与代码不一致：制造业为 C13 至 C43",
    "the section letter contradicts the digits: manufacturing is C13 to C43",
)
NO_NAME = issues.rule("classification.no_name", "warning", "代码没有名称", "the code has no name")
OTHER_NAME = issues.rule(
    "classification.other_name",
    "warning",
    "GB/T 4754-2017 中该大类名为“{name}”",
    "GB/T 4754-2017 calls this division {name}",
)
COUNT = issues.rule(
    "classification.count",
    "error",
    "制造业{what}应为 {want} 个，表中有 {have} 个",
    "manufacturing has {want} {what_en}, the list has {have}",
)
_LEVELS = {2: ("大类", "divisions"), 3: ("中类", "groups"), 4: ("小类", "classes")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Classification:
    """Codes of section C and their names.

    Attributes
    ----------
    names : mapping of str to str
        Code of two to four digits → name; empty where the list gives none.
    elsewhere : int
        Rows of other sections, which are not kept.
    issues : DataFrame
        What is wrong, row by row; where any of it is an error, the list cannot be used.
    """

    names: Mapping[str, str]
    elsewhere: int
    issues: pd.DataFrame

    @property
    def codes(self) -> frozenset[str]:
        """Every code."""
        return frozenset(self.names)

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong that forbids its use."""
        return not (self.issues["level"] == "error").any()

    def counts(self) -> dict[int, int]:
        """Return how many codes have two, three and four digits."""
        return {size: sum(len(code) == size for code in self.names) for size in COUNTS}


def read(path: str | Path) -> Classification:
    """Read a full list from a CSV and check it.

    Parameters
    ----------
    path : path
        One column of codes (``C13``, ``13``, ``131``, ``1311``) or one each for division, group and class, as the standard is
        printed; the finest code of a row is the row's. A column 名称 or 类别名称 (``name``) gives the names. Encoding and
        heading row are found.

    Returns
    -------
    classification : Classification

    Raises
    ------
    TableError
        No column holds industry codes.
    """
    source = files.check(path, allow=("csv",))
    rows = list(csv.reader(io.StringIO(files.read_text(source))))
    columns, first = _columns(rows)
    label = _name_column(rows[:first], rows[first:], columns)
    names: dict[str, str] = {}
    seen: dict[str, int] = {}
    problems: list[dict[str, Any]] = []
    elsewhere = 0
    for number, row in enumerate(rows[first:], start=first + 1):
        written = next((row[c] for c in reversed(columns) if c < len(row) and row[c].strip()), "")
        text = _folded(written)
        where = {"source": source.name, "row": number, "column": _heading(rows[:first], columns)}
        if not text or _SECTION.fullmatch(text):
            continue
        match = _CODE.fullmatch(text)
        if match is None:
            problems.append({**where, "value": written, "rule": NOT_A_CODE})
            continue
        letter, code = match.groups()
        inside = "13" <= code[:2] <= "43"
        # C belongs to divisions 13 to 43 and to no others; a letter elsewhere is another section's.
        if (letter not in ("", "C")) if inside else letter == "C":
            problems.append({**where, "value": written, "rule": LETTER})
        # Other sections are counted and not kept: the counts to be met are those of manufacturing.
        elif not inside:
            elsewhere += 1
        elif code in seen:
            problems.append({**where, "value": written, "rule": TWICE, "first": seen[code]})
        else:
            seen[code] = number
            names[code] = row[label].strip() if label is not None and label < len(row) else ""
    problems += _structure(names, seen, source.name)
    return Classification(names=names, elsewhere=elsewhere, issues=issues.from_records(problems))


def known(*folders: Path) -> frozenset[str]:
    """Return the codes of the list the first of some folders holds; none where none does.

    Raises
    ------
    TableError
        A list that is there does not hold to the standard.
    """
    return frozenset(names(*folders))


def names(*folders: Path) -> dict[str, str]:
    """Return code → name of the list the first of some folders holds; none where none does.

    Raises
    ------
    TableError
        A list that is there does not hold to the standard.
    """
    # The workspace's own list before the city pack's.
    for folder in folders:
        path = folder / FILE
        if path.is_file():
            return dict(usable(read(path), path.name).names)
    return {}


def usable(classification: Classification, name: str) -> Classification:
    """Return a list that may be used.

    Raises
    ------
    TableError
        It has wrong rows or other counts than the standard.
    """
    if not classification.sound:
        wrong = classification.issues[classification.issues["level"] == "error"]
        have = " / ".join(str(n) for n in classification.counts().values())
        want = " / ".join(str(n) for n in COUNTS.values())
        raise TableError(
            f"{name}: {len(wrong)} errors; manufacturing has {have} divisions, groups and classes there, {want} in "
            "GB/T 4754-2017. The list was not used.",
            f"{name}：有 {len(wrong)} 处错误；表中制造业大类、中类、小类为 {have}，GB/T 4754-2017 为 {want}。未使用该表。",
        )
    return classification


def write(classification: Classification, folder: Path) -> Path:
    """Keep a list in a folder as ``code, name`` and return its path."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("code", "name"))
    # Sorted by code: the file is hashed as an input of a build.
    writer.writerows(sorted(classification.names.items()))
    return files.write_text(folder / FILE, text.getvalue())


def _structure(
    names: Mapping[str, str], seen: Mapping[str, int], source: str
) -> list[dict[str, object]]:
    """Return what is wrong with codes as a whole: parents, names, counts."""
    problems: list[dict[str, object]] = []
    official = divisions()
    for code, name in names.items():
        where = {"source": source, "row": seen[code], "column": "code", "value": code}
        # Each level is the code of the one above with one digit more.
        if len(code) > 2 and code[:-1] not in names:
            problems.append({**where, "rule": NO_PARENT, "parent": code[:-1]})
        if not name:
            problems.append({**where, "rule": NO_NAME})
        # Only divisions have names in the package, so only theirs can be compared.
        elif len(code) == 2 and _bare(name) != _bare(official[code]):
            problems.append({**where, "value": name, "rule": OTHER_NAME, "name": official[code]})
    for size, want in COUNTS.items():
        have = sum(len(code) == size for code in names)
        if have != want:
            zh, en = _LEVELS[size]
            problems.append(
                {"source": source, "row": None, "column": "code", "rule": COUNT, "want": want, "have": have, "what": zh, "what_en": en}
            )  # fmt: skip
    return problems


def _columns(rows: list[list[str]]) -> tuple[list[int], int]:
    """Return the columns that hold codes, and the first row below the headings."""
    coded = [[bool(_CODE.fullmatch(_folded(cell))) for cell in row] for row in rows]
    first = next((n for n, row in enumerate(coded) if any(row)), len(rows))
    width = max((len(row) for row in rows), default=0)
    columns = []
    for place in range(width):
        filled = [
            n
            for n, row in enumerate(rows)
            # Titles above the first code would make any column look half empty.
            if n >= first and place < len(row) and row[place].strip()
        ]
        codes = sum(coded[n][place] for n in filled)
        if filled and codes >= _LEAST * len(filled):
            columns.append(place)
    if not columns:
        raise TableError("No column of the list holds industry codes.", "该表没有一列是行业代码。")
    return columns, first


def _name_column(heads: list[list[str]], rows: list[list[str]], columns: list[int]) -> int | None:
    """Return the column of names: the one that is called so, else the first of texts."""
    # A heading 名称 decides; without one the first column of words does.
    for row in heads:
        for place, cell in enumerate(row):
            if place not in columns and re.search(r"名\s*称|^name$", cell.strip().lower()):
                return place
    width = max((len(row) for row in rows), default=0)
    for place in range(width):
        words = [row[place] for row in rows if place < len(row) and row[place].strip()]
        if place not in columns and len(words) >= _LEAST * len(rows):
            return place
    return None


def _heading(heads: list[list[str]], columns: list[int]) -> str:
    row = heads[-1] if heads else []
    return row[columns[0]].strip() if columns[0] < len(row) else "code"


def _folded(cell: str) -> str:
    """Return a cell in half-width capitals without spaces, dots and hyphens."""
    return re.sub(r"[\s\-.]", "", texts.fold_text(cell))


def _bare(name: str) -> str:
    return re.sub(r"[^\w]", "", texts.fold_text(name))
