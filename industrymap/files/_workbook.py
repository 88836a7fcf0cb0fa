"""An Excel workbook before a reader sees it: how large its sheets would unfold.

A workbook of five kilobytes with one cell in each far corner, or one long text that a million cells refer to, makes a
reader ask for more memory than the machine has, and the process dies without a word. The first look is a fast upper
bound over well-formed, ordinary spelling; what is unusual or large is counted exactly.
"""

from __future__ import annotations

import re
import zipfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

import numpy as np

from industrymap.errors import FileRefusedError
from industrymap.files import _archive
from industrymap.files._sheet_extent import guard_spread, guard_texts, is_sparse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import numpy.typing as npt

    from industrymap.files._limits import Limits

__all__ = ["column_number", "guard_workbook", "pieces_of"]

_CHUNK = 1024 * 1024
_DOCTYPE = (b"<!DOCTYPE", b"<!ENTITY")
_ODD_CELL = re.compile(rb"""<c[/>\s](?<!<c )|<c (?!r=")|<[\w.-]+:c[/>\s]""")
_STRING_END = re.compile(rb"</(?:\w+:)?si\s*>")
_REFERENCE = re.compile(rb't="s"[^>]*><v>(\d{1,9})</v>')
_CELL = re.compile(r"^([A-Z]{1,3})(\d{1,7})$")


def guard_workbook(path: Path, *, limits: Limits) -> None:
    """Raise ``FileRefusedError`` for a workbook with a DOCTYPE, or one that unfolds beyond the limits."""
    parts = _archive.members(path, limits=limits)
    if not any(name.lower().startswith("xl/") for name in parts):
        raise FileRefusedError(
            f"{path.name} is a zip archive without a workbook inside.",
            f"{path.name} 是不含工作簿的 zip 压缩包。",
        )
    lengths = np.zeros(1, dtype=np.int64)
    sheets = []
    for name, member in parts.items():
        plain = name.lower()
        # Pictures and fonts are not read by anybody here.
        if not plain.endswith((".xml", ".rels", ".vml")):
            continue
        if plain.startswith("xl/worksheets/") and plain.endswith(".xml"):
            # Sheets last: their texts can only be measured once the shared ones are known.
            sheets.append((name, member))
        elif plain.endswith("sharedstrings.xml"):
            # A cell may refer to a shared text of megabytes; a million such cells would unfold to terabytes.
            lengths = _string_lengths(path, member)
        else:
            # Read for the DOCTYPE alone.
            for _ in pieces_of(path, member):
                pass
    for name, member in sheets:
        _guard_sheet(path, name, member, lengths, limits)


@contextmanager
def _opened(path: Path, member: _archive.Member) -> Iterator[Any]:
    try:
        with zipfile.ZipFile(path) as archive, archive.open(member) as stream:
            yield stream
    except FileRefusedError:
        raise
    except Exception as error:  # zlib.error and zipfile's own have no common base
        raise FileRefusedError(
            f"{path.name} is damaged or cut short: it cannot be unpacked.",
            f"{path.name} 已损坏或不完整，无法解压。",
        ) from error


def pieces_of(path: Path, member: _archive.Member, *, guarded: bool = False) -> Iterator[bytes]:
    """Yield a member in pieces that end before a tag, each looked at for a DOCTYPE unless that was done before."""
    with _opened(path, member) as stream:
        carry, left = b"", member.file_size
        while left > 0 and (piece := stream.read(min(_CHUNK, left))):
            left -= len(piece)
            data = carry + piece
            # Cut before a tag, so that no tag is split between two pieces.
            cut = data.rfind(b"<")
            # A tag longer than a piece is no spreadsheet's; it is passed on as it is.
            cut = len(data) if cut <= 0 or len(data) - cut > _CHUNK else cut
            yield data[:cut] if guarded else _without_doctype(path, data[:cut])
            carry = data[cut:]
        yield carry if guarded else _without_doctype(path, carry)


def _without_doctype(path: Path, data: bytes) -> bytes:
    looked = data.replace(b"\0", b"") if b"\0" in data else data
    if any(mark in looked for mark in _DOCTYPE):
        raise FileRefusedError(
            f"{path.name} holds a DOCTYPE or ENTITY declaration, which can pull in other files; it is refused.",
            f"{path.name} 含 DOCTYPE 或 ENTITY 声明，可能引入其他文件，不予读取。",
        )
    return data


def _string_lengths(path: Path, member: _archive.Member) -> npt.NDArray[np.int64]:
    """Return the length of every shared text, bytes."""
    lengths: list[int] = []
    open_length = 0
    for chunk in pieces_of(path, member):
        parts = (
            _STRING_END.split(chunk)
            if b":si" in chunk or b"</si " in chunk
            else chunk.split(b"</si>")
        )
        # The last part has no end tag yet: it goes on in the next piece.
        sizes = list(map(len, parts))
        sizes[0] += open_length
        open_length = sizes.pop()
        lengths += sizes
    return np.array([*lengths, open_length], dtype=np.int64)


def _guard_sheet(
    path: Path, name: str, member: _archive.Member, lengths: npt.NDArray[np.int64], limits: Limits
) -> None:
    # A bound from patterns first, far faster than a parser; the parser only where the bound says too much or the spelling is odd.
    rows, columns, references, filled, ordinary = _bound(path, member)
    box = (rows, columns)
    cells = rows * columns
    text: int | None = None
    if ordinary and cells <= limits.max_cells and not is_sparse(cells, filled, limits):
        # Even if every reference led to the longest text it would be within the limit.
        if references * int(lengths.max()) <= limits.max_text_bytes:
            return
        text = _referred(path, member, lengths)
    if text is None:
        box, filled, text = _exact(path, member, lengths, limits)
    guard_spread(path.name, name, box, filled, limits)
    guard_texts(path.name, name, text, limits)


_WIDE = re.compile(rb'<c r="([A-Z]{2,3})\d')
_TALL = {d: re.compile(rb'<c r="[A-Z]{1,3}(\d{%d,})' % (d + 1)) for d in range(4, 8)}


def _bound(path: Path, member: _archive.Member) -> tuple[int, int, int, int, bool]:
    """Return an upper bound of rows and columns, numbers of references to shared texts and of values, and whether to trust it."""
    # A sheet of up to 9,999 rows and 26 columns is assumed without looking: anything smaller passes
    # anyway.
    digits, columns, references, filled = 4, 26, 0, 0
    for chunk in pieces_of(path, member):
        if not _ordinary(chunk):
            return 0, 0, 0, 0, False
        references += chunk.count(b't="s"')
        filled += chunk.count(b"<v>") + chunk.count(b"<is>")
        while digits < 7 and (tall := _TALL[digits].search(chunk)):
            digits = min(7, max(digits + 1, len(tall[1])))
        columns = max(columns, _widest(chunk))
    return 10**digits - 1, columns, references, filled, True


def _ordinary(chunk: bytes) -> bool:
    """Tell whether every cell is spelled ``<c r="…"``, as every known program does."""
    # <cols> and <col> begin so too: only then is the slower pattern asked.
    suspicious = chunk.count(b"<c") != chunk.count(b'<c r="') or b":c" in chunk
    odd = (suspicious and _ODD_CELL.search(chunk)) or b"t='s'" in chunk or b"<!" in chunk
    return not odd


def _widest(chunk: bytes) -> int:
    letters = set(_WIDE.findall(chunk))
    return max((column_number(text.decode()) for text in letters), default=26)


def column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _referred(path: Path, member: _archive.Member, lengths: npt.NDArray[np.int64]) -> int | None:
    """Return how many bytes the references to shared texts unfold to; ``None`` where the spelling is unusual."""
    total = 0
    for chunk in pieces_of(path, member):
        references = _REFERENCE.findall(chunk)
        if len(references) != chunk.count(b't="s"'):
            return None
        if references:
            indices = np.array(references).astype(np.int64)
            # A number beyond the table leads nowhere in a reader; the last text is taken, an upper
            # bound all the same.
            total += int(lengths[np.minimum(indices, len(lengths) - 1)].sum())
    return total


class _Counter:
    """Walks a sheet's XML and counts the box around cells that hold something, and what texts they refer to."""

    def __init__(self, lengths: npt.NDArray[np.int64], limits: Limits) -> None:
        self.lengths = lengths
        self.limits = limits
        self.row = self.column = 0
        self.low = [2**31, 2**31]
        self.high = [0, 0]
        self.text = self.cells = self.filled = 0
        self.shared = self.inside = False
        self.index = ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        kind = tag.rsplit(":", 1)[-1]
        if kind == "row":
            said = attributes.get("r", "")
            self.row = int(said) if said.isdigit() and len(said) < 9 else self.row + 1
            self.column = 0
        elif kind == "c":
            self._cell(attributes)
        elif kind in {"v", "is", "f"}:
            self._holds()
            self.inside = kind == "v" and self.shared
            self.index = ""

    def _cell(self, attributes: dict[str, str]) -> None:
        place = _CELL.match(attributes.get("r", ""))
        # Without a place of its own a cell follows the one before (ECMA-376 18.3.1.4).
        self.column = column_number(place[1]) if place else self.column + 1
        self.row = int(place[2]) if place else self.row
        self.shared = attributes.get("t") == "s"
        self.cells += 1
        # Counting stops where the answer is known.
        if self.cells > self.limits.max_cells:
            raise _TooManyError

    def _holds(self) -> None:
        self.filled += 1
        self.low = [min(self.low[0], self.row), min(self.low[1], self.column)]
        self.high = [max(self.high[0], self.row), max(self.high[1], self.column)]

    def characters(self, data: str) -> None:
        if self.inside and len(self.index) < 12:
            self.index += data

    def end(self, tag: str) -> None:
        if self.inside and tag.rsplit(":", 1)[-1] == "v":
            number = int(self.index) if self.index.strip().isdigit() else 0
            self.text += int(self.lengths[min(number, len(self.lengths) - 1)])
            self.inside = False


class _TooManyError(Exception):
    pass


def _exact(
    path: Path, member: _archive.Member, lengths: npt.NDArray[np.int64], limits: Limits
) -> tuple[tuple[int, int], int, int]:
    """Return the box around what a sheet holds, how many of them hold something, and what their texts unfold to."""
    counter = _Counter(lengths, limits)
    parser = expat.ParserCreate()
    parser.StartElementHandler = counter.start
    parser.EndElementHandler = counter.end
    parser.CharacterDataHandler = counter.characters
    try:
        for chunk in pieces_of(path, member):
            parser.Parse(chunk)
        parser.Parse(b"", True)
    except _TooManyError:
        # As many rows as cells: the guard refuses that, whatever the true box is.
        return (counter.cells, 1), counter.filled, 0
    except (expat.ExpatError, ValueError, LookupError) as error:  # or an encoding nobody knows
        raise FileRefusedError(
            f"{path.name} is damaged: one of its sheets is not well-formed.",
            f"{path.name} 已损坏：有工作表内容不完整。",
        ) from error
    if not counter.high[0]:
        return (0, 0), 0, 0
    rows, columns = (high - low + 1 for high, low in zip(counter.high, counter.low, strict=True))
    return (rows, columns), counter.filled, counter.text
