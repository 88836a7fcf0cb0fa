"""Workbooks in Excel's old format (.xls; WPS writes it as .et), read by xlrd within the limits of :mod:`industrymap.files`.

xlrd raises ordinary exceptions and believes no stated size, with three exceptions that are guarded here: its reader of the
container (see :mod:`industrymap.files._ole`), its table of shared texts, and sheets that share one place in the file.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from industrymap.errors import FileRefusedError, IndustryMapError
from industrymap.files import _ole
from industrymap.files._sheet_extent import guard_spread, guard_texts
from industrymap.files._source import read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

    import xlrd.book
    import xlrd.sheet

    from industrymap.files._limits import Limits
    from industrymap.files._source import Source

__all__ = ["OldSheet", "guard_old_workbook", "read_old_workbook"]

_STREAMS = ("Workbook", "Book")
_UTF8_PER_LETTER = 3
_GLOBALS = 5  # xlrd's number for what begins a workbook

# The records that a table needs (MS-XLS 2.3.1). Names, drawings, links and the terms of formulas never reach a parser.
_RECORDS = frozenset(
    {
        0x0809, 0x000A, 0x002F, 0x0042, 0x0022,  # begin, end, password, code page, epoch
        0x0085, 0x00FC, 0x003C, 0x041E, 0x00E0,  # sheets, shared texts, continued, number formats, styles
        0x0031,  # fonts, for those that are struck through
        0x0203, 0x0204, 0x00D6, 0x0205, 0x027E, 0x00FD, 0x00BD,  # cells
        0x0208, 0x007D,  # rows and columns, for those that are hidden
        0x0006, 0x0206, 0x0406, 0x0207, 0x00E5,  # formulas with their results, merged areas
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class OldSheet:
    """One sheet as it lies in the file.

    Attributes
    ----------
    name : str
    visible : bool
    rows : list of list
        Text, float, bool, datetime or time; rows may be shorter than the widest.
    merges : list of (first_row, first_column, last_row, last_column)
        0-based, inclusive.
    formats : dict of (row, column) to str
        Number format of each cell that holds a number.
    from_1904 : bool
        Days are counted from 1904-01-01.
    struck : list of (row, column)
        Cells that are struck through.
    hidden_rows, hidden_columns : list of (first, last)
        What Excel does not show; 0-based, inclusive.
    """

    name: str
    visible: bool
    rows: list[list[Any]]
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    formats: dict[tuple[int, int], str] = field(default_factory=dict)
    from_1904: bool = False
    struck: list[tuple[int, int]] = field(default_factory=list)
    hidden_rows: list[tuple[int, int]] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)


def read_old_workbook(source: Source) -> list[OldSheet]:
    """Return every sheet of a checked workbook.

    Raises
    ------
    FileRefusedError
        Damaged, locked, beyond the limits, or not what was checked.
    """
    book = _opened(source.name, read_bytes(source))
    return [_sheet(book, sheet) for sheet in _loaded(source.name, book, source.limits)]


def guard_old_workbook(name: str, data: bytes, *, limits: Limits) -> None:
    """Raise ``FileRefusedError`` for a workbook that is damaged, locked or unfolds beyond the limits."""
    for _ in _loaded(name, _opened(name, data), limits):
        pass


def _opened(name: str, data: bytes) -> xlrd.book.Book:
    """Return the book with its globals read and no sheet yet."""
    try:
        stream = _ole.stream_of(data, _STREAMS)
        book = _book_class()()
        # A stream without its container is what xlrd reads too.
        book.biff2_8_load(
            file_contents=stream, logfile=_Nowhere(), formatting_info=True, ragged_rows=True
        )
        book.biff_version = book.getbof(_GLOBALS)
        book.parse_globals()
    except Exception as error:
        raise _refused(name, error) from error
    book._sheet_list = [None] * len(book._sheet_names)  # noqa: SLF001 - as xlrd's own opener does
    return book


def _loaded(name: str, book: xlrd.book.Book, limits: Limits) -> Iterator[xlrd.sheet.Sheet]:
    """Yield one sheet after the other, each measured, and let go of the one before."""
    begins = book._sh_abs_posn  # noqa: SLF001 - the only place where xlrd keeps it
    for number, begin in enumerate(begins):
        try:
            sheet = book.get_sheet(number)
        except Exception as error:
            raise _refused(name, error) from error
        # Sheets that share a place would be read again and again: time that grows with the square of the file's size.
        if any(begin < other < book._position for other in begins) or begins.count(begin) > 1:  # noqa: SLF001
            raise _refused(name, None)
        _measure(name, sheet, limits)
        yield sheet
        book._sheet_list[number] = None  # noqa: SLF001


def _measure(name: str, sheet: xlrd.sheet.Sheet, limits: Limits) -> None:
    """Refuse a sheet whose cells spread too far, or whose texts unfold to too much."""
    rows, columns, filled, letters = [], [], 0, 0
    for row in range(sheet.nrows):
        here = [column for column, kind in enumerate(sheet.row_types(row)) if kind]
        if here:
            rows.append(row)
            columns += [here[0], here[-1]]
            filled += len(here)
            letters += sum(len(value) for value in sheet.row_values(row) if type(value) is str)
    box = (rows[-1] - rows[0] + 1, max(columns) - min(columns) + 1) if rows else (0, 0)
    guard_spread(name, sheet.name, box, filled, limits)
    guard_texts(name, sheet.name, _UTF8_PER_LETTER * letters, limits)


def _sheet(book: xlrd.book.Book, sheet: xlrd.sheet.Sheet) -> OldSheet:
    shapes = _formats(book)
    crossed = {n for n, about in enumerate(book.xf_list) if _is_struck(book, about.font_index)}
    rows, formats, struck = [], {}, []
    for row in range(sheet.nrows):
        values, kinds = sheet.row_values(row), sheet.row_types(row)
        if crossed:
            struck += [(row, c) for c, kind in enumerate(kinds) if kind and sheet.cell_xf_index(row, c) in crossed]  # fmt: skip
        for column, kind in enumerate(kinds):
            if kind == _NUMBER:
                style = sheet.cell_xf_index(row, column) if shapes else None
                if style in shapes:
                    formats[row, column] = shapes[style]
            elif kind > _NUMBER:
                values[column] = _value(kind, values[column], book.datemode)
        rows.append(values)
    # Merged areas end behind their last row and column (xlrd), and may lie beyond the cells.
    merges = [
        (top, left, bottom - 1, right - 1)
        for top, bottom, left, right in sheet.merged_cells
        if top < len(rows)
    ]
    return OldSheet(
        name=sheet.name,
        visible=sheet.visibility == 0,
        rows=rows,
        merges=merges,
        formats=formats,
        from_1904=book.datemode == 1,
        struck=struck,
        hidden_rows=[(row, row) for row, how in sorted(sheet.rowinfo_map.items()) if how.hidden],
        hidden_columns=[(at, at) for at, how in sorted(sheet.colinfo_map.items()) if how.hidden],
    )


_NUMBER, _DATE, _BOOLEAN, _ERROR = 2, 3, 4, 5  # xlrd.XL_CELL_…


def _value(kind: int, value: Any, epoch: int) -> Any:
    """Return a date, a truth or an error as it is shown."""
    import xlrd

    if kind == _DATE:
        try:
            stamp = xlrd.xldate.xldate_as_datetime(value, epoch)
        except (ValueError, OverflowError):  # a number no calendar holds
            return value
        return stamp.time() if 0 <= value < 1 else stamp
    if kind == _BOOLEAN:
        return bool(value)
    if kind == _ERROR:
        return xlrd.error_text_from_code.get(value, "#N/A")
    return ""


def _is_struck(book: xlrd.book.Book, font: int) -> bool:
    return font < len(book.font_list) and bool(book.font_list[font].struck_out)


def _formats(book: xlrd.book.Book) -> dict[int, str]:
    """Return the number format of every style that has another than the general one."""
    formats = {}
    for style, about in enumerate(book.xf_list):
        known = book.format_map.get(about.format_key)
        if known and known.format_str not in {"General", "@"}:
            formats[style] = known.format_str
    return formats


class _Nowhere:
    """Where xlrd's remarks about odd records go."""

    def write(self, text: str) -> None:
        pass


def _refused(name: str, error: Exception | None) -> FileRefusedError:
    if isinstance(error, FileRefusedError):
        return error
    if isinstance(error, IndustryMapError):
        return FileRefusedError(error.en, error.zh)
    if "encrypted" in str(error):
        return FileRefusedError(
            f"{name} is protected by a password; save it without one.",
            f"{name} 设有密码，请取消密码后另存。",
        )
    return FileRefusedError(
        f"{name} is damaged or cut short: it holds no readable workbook.",
        f"{name} 已损坏或不完整，读不出工作簿。",
    )


def _book_class() -> type[xlrd.book.Book]:
    """Return xlrd's book, restricted to the records of :data:`_RECORDS`; made late, as xlrd is imported late."""
    import xlrd.book

    class Book(xlrd.book.Book):  # type: ignore[misc]
        def get_record_parts(self) -> tuple[int, int, bytes]:
            while True:
                kind, length, data = super().get_record_parts()
                if kind in _RECORDS:
                    return kind, length, data

        def handle_sst(self, data: bytes) -> None:
            # xlrd lets a text point backwards, so that one text is read four billion times.
            blocks = [data]
            while True:
                kind, _, more = self.get_record_parts_conditional(0x003C)
                if kind is None:
                    break
                blocks.append(more)
            self._sharedstrings = _shared_texts(blocks)

    return Book


def _shared_texts(blocks: list[bytes]) -> list[str]:
    """Read the table of shared texts (MS-XLS 2.4.265); the place only ever moves forward."""
    (count,) = struct.unpack_from("<I", blocks[0], 4)
    if count > sum(map(len, blocks)) // 3:  # each takes a length and a flag at least
        raise _ole.BrokenError
    reader = _Blocks(blocks, at=8)
    texts = []
    for _ in range(count):
        letters, flags = struct.unpack("<HB", reader.take(3))
        runs = struct.unpack("<H", reader.take(2))[0] if flags & 8 else 0
        extra = struct.unpack("<I", reader.take(4))[0] if flags & 4 else 0
        texts.append(reader.letters(letters, wide=bool(flags & 1)))
        reader.take(4 * runs + extra)  # fonts of parts of it, and how it is pronounced
    return texts


class _Blocks:
    """Reads across the records of the table of shared texts."""

    def __init__(self, blocks: list[bytes], *, at: int) -> None:
        self.blocks = blocks
        self.number = 0
        self.at = at

    def _rest(self) -> int:
        """Return how many bytes are left in this record, moving to the next one where none are."""
        while self.at >= len(self.blocks[self.number]):
            self.number += 1
            self.at = 0
        return len(self.blocks[self.number]) - self.at

    def take(self, count: int) -> bytes:
        pieces = []
        while count > 0:
            here = min(count, self._rest())
            pieces.append(self.blocks[self.number][self.at : self.at + here])
            self.at += here
            count -= here
        return b"".join(pieces)

    def letters(self, count: int, *, wide: bool) -> str:
        """Read a text; where it runs on into the next record, a flag says again how wide its letters are."""
        text = ""
        while count > 0:
            size = 2 if wide else 1
            here = min(count, (len(self.blocks[self.number]) - self.at) // size)
            piece = self.take(here * size)
            text += piece.decode("utf-16-le" if wide else "latin-1", errors="replace")
            count -= here
            if count > 0:
                self.number, self.at = self.number + 1, 0
                wide = bool(self.take(1)[0] & 1)
        return text
