"""Texts that must arrive as they are and run nowhere, planted into tables whatever the scale."""

from __future__ import annotations

from typing import TYPE_CHECKING

from industrymap.sample._random import stream
from industrymap.sample.address_dirt import HOSTILE

if TYPE_CHECKING:
    from industrymap.sample.rows import Row

__all__ = ["plant"]

_FORMULAS = (
    "=cmd|' /C calc'!A0",
    "+86-000-0000",
    "-2+3",
    "@SUM(1+1)",
    "＝HYPERLINK(1)",
    "\t前有制表符",
    "=1+1",
)
_STARTS = ("\r前有回车", "＋86-000", "－2+3", "＠SUM(1+1)")
"""The other beginnings that a spreadsheet may take for a formula."""


def plant(tables: dict[str, list[Row]], seed: int) -> None:
    """Put every hostile text into a note or a name."""
    rng = stream(seed, "hostile")
    texts = [*HOSTILE, *_FORMULAS]
    for name in ("statistics", "tax"):
        rows = tables[name]
        count = min(len(rows), max(len(texts), round(len(rows) * 0.002)))
        for number, place in enumerate(rng.choice(len(rows), count, replace=False).tolist()):
            _note(rows[place], texts[number % len(texts)])
    sound = [r for r in tables["statistics"] if r.code_status == "valid" and not r.dirt]
    for number, place in enumerate(
        rng.choice(len(sound), min(len(texts), len(sound)), replace=False).tolist()
    ):
        sound[place].cells["name"] = f"{sound[place].cells['name']}{texts[number]}"
        sound[place].dirt.append("hostile_name")
    quiet = [row for row in tables["tax"] if not row.cells["note"]]
    for text, row in zip(_STARTS, quiet, strict=False):
        _note(row, text)


def _note(row: Row, text: str) -> None:
    row.cells["note"] = text
    row.dirt.append("hostile_note")
