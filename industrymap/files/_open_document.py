"""An OpenDocument spreadsheet (.ods) before a reader sees it.

It can say in a few bytes that a cell repeats a million times or lies in the far corner; a reader makes room for all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.parsers import expat

from industrymap.errors import FileRefusedError
from industrymap.files import _archive
from industrymap.files._sheet_extent import guard_spread, guard_texts
from industrymap.files._workbook import pieces_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from industrymap.files._limits import Limits

__all__ = ["damaged", "guard_open_document"]

# Keeps the products below finite; anything near it is far beyond every limit.
_MOST = 2**40


def guard_open_document(path: Path, *, limits: Limits) -> None:
    """Raise ``FileRefusedError`` for a spreadsheet that is damaged, locked, or unfolds beyond the limits."""
    members = _archive.members(path, limits=limits)
    if "content.xml" not in members:
        raise FileRefusedError(
            f"{path.name} is a zip archive without a spreadsheet inside.",
            f"{path.name} 是不含表格的 zip 压缩包。",
        )
    if any(
        b"encryption-data" in piece for piece in _pieces(path, members, "META-INF/manifest.xml")
    ):
        raise FileRefusedError(
            f"{path.name} is protected by a password; save it without one.",
            f"{path.name} 设有密码，请取消密码后另存。",
        )
    counter = _Counter(path.name, limits)
    parser = expat.ParserCreate()
    parser.StartElementHandler = counter.start
    parser.EndElementHandler = counter.end
    parser.CharacterDataHandler = counter.characters
    try:
        for piece in pieces_of(path, members["content.xml"]):
            parser.Parse(piece)
        parser.Parse(b"", True)
    except FileRefusedError:
        raise
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise damaged(path.name) from error


def _pieces(path: Path, members: dict[str, _archive.Member], name: str) -> Iterator[bytes]:
    return pieces_of(path, members[name]) if name in members else iter(())


def damaged(name: str) -> FileRefusedError:
    return FileRefusedError(
        f"{name} is damaged or cut short: it holds no readable workbook.",
        f"{name} 已损坏或不完整，读不出工作簿。",
    )


class _Counter:
    """Walks the tables of a spreadsheet and measures each as its repetitions unfold it."""

    def __init__(self, name: str, limits: Limits) -> None:
        self.name = name
        self.limits = limits
        self.sheet = ""
        self._reset()
        self.repeat = 1
        self.holds = False

    def _reset(self) -> None:
        self.row = self.column = self.width = self.filled = self.text = 0
        self.last = self.row_repeat = 0
        self.here = self.letters = 0
        self.pending: list[tuple[int, int]] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "table:table":
            self.sheet = attributes.get("table:name", "")
            self._reset()
        elif tag == "table:table-row":
            self.row_repeat = _number(attributes.get("table:number-rows-repeated"))
            self.column = self.here = self.letters = 0
        elif tag in {"table:table-cell", "table:covered-table-cell"}:
            # Trailing blanks of a row come as one cell repeated sixteen thousand times: only cells
            # that hold something widen the box.
            self.repeat = _number(attributes.get("table:number-columns-repeated"))
            self.holds = "office:value-type" in attributes or "calcext:value-type" in attributes

    def characters(self, data: str) -> None:
        if data.strip():
            self.holds = True
            self.letters += len(data) * self.repeat

    def end(self, tag: str) -> None:
        if tag in {"table:table-cell", "table:covered-table-cell"}:
            self.column += self.repeat
            if self.holds:
                self.here += self.repeat
                self.width = max(self.width, self.column)
            self.holds = False
        elif tag == "table:table-row":
            self.row += self.row_repeat
            if self.here:
                self.last = self.row
                self.filled += self.here * self.row_repeat
                # Three bytes a letter: Chinese in UTF-8.
                self.text += 3 * self.letters * self.row_repeat
                self._measure()

    def _measure(self) -> None:
        # Rows between two that hold something are made room for as well.
        guard_spread(self.name, self.sheet, (self.last, self.width), self.filled, self.limits)
        guard_texts(self.name, self.sheet, self.text, self.limits)


def _number(text: str | None) -> int:
    return min(int(text), _MOST) if text and text.isdecimal() and len(text) < 13 else 1
