"""How a checked file is shown to a person: its columns, and its problems put together; in a terminal and at the desk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from industrymap.columns import is_missing

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from industrymap.files import Decision
    from industrymap.layers import Layer
    from industrymap.tables import Table

__all__ = [
    "LEVEL_NAMES",
    "ShownColumn",
    "ShownProblem",
    "columns_of",
    "problems_of",
    "worded",
]

LEVEL_NAMES = {
    "error": ("✗ 未读入", "✗ left out"),
    "warning": ("! 需核对", "! to be reviewed"),
    "info": ("· 已处理", "· repaired or noted"),
}
"""Level of an issue → what it means for the file."""

_EXAMPLES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownColumn:
    """A known column of a file.

    Attributes
    ----------
    name : str
        In the frame: a field, with ``@year`` where the heading carries a year.
    heading : str
        As it stands in the file.
    decision : Decision
        What it was taken for.
    share : float
        How much of it is filled, from 0 to 1.
    examples : tuple of object
        The first few distinct values.
    """

    name: str
    heading: str
    decision: Decision
    share: float
    examples: tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownProblem:
    """Issues of one rule in one column.

    Attributes
    ----------
    level, column : str
    zh, en : str
        The sentence of the first.
    alike : bool
        The others say the same.
    times : int
    examples : tuple of (row, value)
        The first few: row as Excel shows it, or ``None``; the value, or an empty text.
    files : tuple of str
        The file of each example, where there are several; else empty.
    """

    level: str
    column: str
    zh: str
    en: str
    alike: bool
    times: int
    examples: tuple[tuple[int | None, str], ...]
    files: tuple[str, ...] = ()

    def text(self, lang: str) -> str:
        """Say what is wrong, and how often."""
        zh = lang == "zh"
        head = f"“{self.column}” " if self.column and zh else (f"{self.column!r}: " if self.column else "")  # fmt: skip
        first = ("，此为首例" if zh else ", the first is shown") if not self.alike else ""
        times = f"（{self.times:,} 处{first}）" if zh else f" ({self.times:,}×{first})"
        return f"{head}{self.zh if zh else self.en}{times if self.times > 1 else ''}"

    def where(self, lang: str) -> str:
        """Show the first few places."""
        zh = lang == "zh"
        shown = [_place(row, value, zh=zh) for row, value in self.examples]
        # A row alone says nothing where eleven files are one layer.
        names = self.files or ("",) * len(shown)
        kept = [f"{name} {text}".strip() for name, text in zip(names, shown, strict=True) if text]
        more = ("……" if zh else " …") if self.times > _EXAMPLES else ""
        return f"{('；' if zh else '; ').join(kept)}{more}" if kept else ""


def _place(row: int | None, value: str, *, zh: bool) -> str:
    where = "" if row is None else (f"第 {row} 行" if zh else f"row {row}")
    short = value[:40].replace("\n", " ")
    quoted = (f"“{short}”" if zh else repr(short)) if short else ""
    return " ".join(part for part in (where, quoted) if part)


def columns_of(found: Table | Layer) -> Iterator[ShownColumn]:
    """Return every known column: what it was taken for, how full it is, and a few of its values."""
    decisions = [d for d in found.decisions if d.kind == "column"]
    # A table says which columns it mapped; a layer's headings are all its own.
    names = [*getattr(found, "mapped", found.headings)][: len(decisions)]
    for name, decision in zip(names, decisions, strict=False):
        values = found.frame[name].dropna()
        yield ShownColumn(
            name=name,
            heading=str(found.headings.get(name, name)),
            decision=decision,
            share=len(values) / max(len(found.frame), 1),
            examples=tuple(values.drop_duplicates().head(_EXAMPLES)),
        )


def worded(name: str, value: Any, lang: str) -> str:
    """Return a value as a person reads it: codes in words, yes and no, long texts cut."""
    from industrymap import schemas

    if str(value) in {"True", "False"}:
        yes = str(value) == "True"
        return ("是" if yes else "否") if lang == "zh" else ("yes" if yes else "no")
    text = schemas.labels(name, lang).get(str(value), str(value))
    return text[:24].replace("\n", " ")


def problems_of(issues: pd.DataFrame) -> list[ShownProblem]:
    """Return the issues put together by level, column and rule: the worst level first, then the most frequent."""
    found = []
    several = bool((issues["source"] != issues["source"].iloc[0]).any()) if len(issues) else False
    for level in LEVEL_NAMES:
        here = issues[issues["level"] == level]
        grouped = here.groupby(["column", "rule"], sort=False, dropna=False)
        # The most frequent first: one wrong column usually explains most of a list.
        found += [
            _problem(level, group, several=several)
            for _, group in sorted(grouped, key=lambda pair: -len(pair[1]))
        ]
    return found


def _problem(level: str, group: pd.DataFrame, *, several: bool) -> ShownProblem:
    first = group.iloc[0]
    column = "" if not first["column"] or first["column"] == "geometry" else str(first["column"])
    return ShownProblem(
        level=level,
        column=column,
        zh=str(first["zh"]),
        en=str(first["en"]),
        # Sentences that quote a value differ from row to row; then only the first can be shown, and that is said.
        alike=bool((group["zh"] == first["zh"]).all()),
        times=len(group),
        examples=tuple(
            (None if is_missing(row) else int(row), "" if is_missing(value) else str(value))
            for row, value in zip(group["row"].head(_EXAMPLES), group["value"].head(_EXAMPLES), strict=True)
        ),
        files=tuple(group["source"].head(_EXAMPLES).astype(str)) if several else (),
    )  # fmt: skip
