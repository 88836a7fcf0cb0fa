"""What a fast reader of xlsx leaves out: number formats, formulas without a saved result, hidden rows, the first day of the calendar."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from industrymap.errors import FileRefusedError
from industrymap.files import _archive
from industrymap.files._workbook import column_number, pieces_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from industrymap.files._source import Source

__all__ = ["PERCENT", "SheetNotes", "cell_notes", "links_of", "telling"]

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
# Built-in formats have numbers and no code in the file (ECMA-376 18.8.30); these two change the
# figure shown.
PERCENT = {9: "0%", 10: "0.00%"}
# A comma behind the digits, a percent sign, a literal: what may change the figure. Dates are typed by the reader itself.
_TELLING = re.compile(r"""^\s*;|%|[0#?],+(?:[^0#?,]|$)|"|[\\!]|\$""")
_A_DATE = re.compile(r'(?:"[^"]*"|\[[^\]]*\]|[\\!].|[^ymdhs])*[ymdhs]', re.IGNORECASE)
# A formula whose value is missing or empty. Calculating programs write one; generators of files
# often do not.
_FORMULA = re.compile(
    rb'<c r="([A-Z]{1,3})(\d{1,7})"[^>]*>\s*<f(?:\s[^>]*)?(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>'
)


_ERROR = re.compile(
    rb'<c r="([A-Z]{1,3})(\d{1,7})"[^>]*?\st="e"[^>]*>(?:<f[^>]*/>|<f[^>]*>[^<]*</f>)?<v>(#[A-Z0-9/!?]{2,9})</v>'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetNotes:
    """What is written beside the values of one sheet; places are 0-based (row, column).

    Attributes
    ----------
    formats : dict of (row, column) to str
        Number formats that may change the figure.
    unsaved : list of (row, column)
        Formulas without a result: the program that wrote the file never computed them.
    errors : dict of (row, column) to str
        What a formula that went wrong shows: ``#REF!``.
    from_1904 : bool
        Days are counted from 1904-01-01.
    struck : list of (row, column)
        Cells in a font that is struck through.
    hidden_rows, hidden_columns : list of (first, last)
        What Excel does not show: filtered out, or hidden by hand.
    """

    formats: dict[tuple[int, int], str] = field(default_factory=dict)
    unsaved: list[tuple[int, int]] = field(default_factory=list)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    struck: list[tuple[int, int]] = field(default_factory=list)
    from_1904: bool = False
    hidden_rows: list[tuple[int, int]] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)


def cell_notes(source: Source) -> dict[str, SheetNotes]:
    """Return the notes of every sheet of a checked xlsx, by the sheet's name.

    Raises
    ------
    FileRefusedError
        A part of the workbook is not well-formed.
    """
    members = _archive.members(source.path, limits=source.limits)
    try:
        book = _tree(_part(source, members, "xl/workbook.xml"))
        targets = links_of(_part(source, members, "xl/_rels/workbook.xml.rels"))
        looks = _part(source, members, "xl/styles.xml")
        styles, crossed = _telling_styles(looks), _struck_styles(looks)
    except (ET.ParseError, ValueError) as error:
        raise FileRefusedError(
            f"{source.name} is damaged: a part of it is not well-formed.",
            f"{source.name} 已损坏：有内容不完整。",
        ) from error
    # Excel for Mac counted days from 1904 for years: the same number is a date four years later.
    about = book.find(f"{_MAIN}workbookPr")
    from_1904 = about is not None and about.get("date1904") in {"1", "true"}
    notes_of = {}
    for sheet in book.iter(f"{_MAIN}sheet"):
        target = targets.get(sheet.get(_LINK, ""), "")
        member = members.get(f"xl/{target}")
        if member is not None:
            notes = _scan(pieces_of(source.path, member, guarded=True), styles, crossed)
            notes_of[sheet.get("name", "")] = replace(notes, from_1904=from_1904)
    return notes_of


def _part(source: Source, members: dict[str, _archive.Member], name: str) -> bytes:
    if name not in members:
        # Optional parts (a workbook without styles) read as XML without anything in it.
        return b"<none/>"
    return b"".join(pieces_of(source.path, members[name]))


def _tree(xml: bytes) -> ET.Element:
    return ET.fromstring(xml)  # noqa: S314 - the guard refused every DOCTYPE, so no entity can grow


def links_of(xml: bytes) -> dict[str, str]:
    """Return the parts a workbook links to: name of the link → path below ``xl/``."""
    return {
        link.get("Id", ""): link.get("Target", "").removeprefix("/xl/").removeprefix("xl/")
        for link in _tree(xml)
    }


def telling(code: str) -> bool:
    """Tell whether a number format may show another figure than the one that is stored."""
    return bool(_TELLING.search(code)) and not _A_DATE.match(code)


def _telling_styles(xml: bytes) -> dict[bytes, str]:
    """Return style number → number format, for those that may change the figure."""
    root = _tree(xml)
    own = {
        int(one.get("numFmtId", "0")): one.get("formatCode", "")
        for one in root.iter(f"{_MAIN}numFmt")
    }
    codes = PERCENT | own
    styles = root.find(f"{_MAIN}cellXfs")
    codes_of = {}
    for number, style in enumerate(styles if styles is not None else ()):
        code = codes.get(int(style.get("numFmtId", "0")), "")
        if telling(code):
            codes_of[str(number).encode()] = code
    return codes_of


def _struck_styles(xml: bytes) -> set[bytes]:
    """Return the numbers of the styles whose font is struck through."""
    root = _tree(xml)
    fonts = root.find(f"{_MAIN}fonts")
    marks = [font.find(f"{_MAIN}strike") for font in (fonts if fonts is not None else ())]
    # <strike val="0"/> takes the line away that a style brought.
    fonts_struck = {n for n, mark in enumerate(marks) if mark is not None and mark.get("val", "1") not in {"0", "false"}}  # fmt: skip
    styles = root.find(f"{_MAIN}cellXfs")
    return {
        str(number).encode()
        for number, style in enumerate(styles if styles is not None else ())
        if int(style.get("fontId", "0")) in fonts_struck
    }


def _of_styles(styles: set[bytes] | dict[bytes, str]) -> re.Pattern[bytes]:
    # Only these styles are looked for: most sheets have none, and the pattern would match every
    # cell.
    wanted = b"|".join(sorted(styles)) or b"x"
    return re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"[^>]*?\ss="(' + wanted + rb')"')


def _scan(pieces: Iterator[bytes], styles: dict[bytes, str], crossed: set[bytes]) -> SheetNotes:
    styled, lined = _of_styles(styles), _of_styles(crossed)
    struck: list[tuple[int, int]] = []
    formats: dict[tuple[int, int], str] = {}
    unsaved: list[tuple[int, int]] = []
    errors: dict[tuple[int, int], str] = {}
    rows: list[tuple[int, int]] = []
    columns: list[tuple[int, int]] = []
    marks = (b"<f", b't="e"', b"hidden=", *(b's="%s"' % style for style in (*styles, *crossed)))
    for piece in _telling_pieces(pieces, marks):
        if styles:
            for letters, row, style in styled.findall(piece):
                formats[int(row) - 1, column_number(letters.decode()) - 1] = styles[style]
        if crossed:
            struck += [
                (int(row) - 1, column_number(letters.decode()) - 1)
                for letters, row, _ in lined.findall(piece)
            ]
        # The plain search is much cheaper than the pattern, and most pieces have no formula.
        if b"<f" in piece:
            unsaved += [
                (int(row) - 1, column_number(letters.decode()) - 1)
                for letters, row in _FORMULA.findall(piece)
            ]
        if b't="e"' in piece:
            for letters, row, text in _ERROR.findall(piece):
                errors[int(row) - 1, column_number(letters.decode()) - 1] = text.decode()
        # Few sheets hide anything: the word is looked for before the tags are.
        if b"hidden=" in piece:
            rows += [(int(row) - 1, int(row) - 1) for row in _numbers(piece, b"row", b"r")]
            first, last = (_numbers(piece, b"col", name) for name in (b"min", b"max"))
            columns += [(int(a) - 1, int(b) - 1) for a, b in zip(first, last, strict=True)]
    return SheetNotes(
        formats=formats, unsaved=unsaved, errors=errors, struck=struck, hidden_rows=rows, hidden_columns=columns
    )  # fmt: skip


def _numbers(piece: bytes, tag: bytes, name: bytes) -> list[bytes]:
    """Return one number of each tag that says it is hidden."""
    # Attributes come in any order: first the tag as a whole, then the number in it.
    hidden = re.findall(rb"<" + tag + rb'\s[^>]*?\bhidden="(?:1|true)"[^>]*>', piece)
    numbers = (re.search(rb"\s" + name + rb'="(\d{1,7})"', one) for one in hidden)
    return [one[1] for one in numbers if one]


def _telling_pieces(pieces: Iterator[bytes], marks: Sequence[bytes]) -> Iterator[bytes]:
    """Yield the pieces that hold one of the marks, each cut before a cell, so that none is cut in two."""
    carry = b""
    for piece in pieces:
        # pieces_of cuts at any tag; here it must be one that begins a cell, with its value behind it.
        cut = piece.rfind(b"<c ")
        if cut < 0:
            carry += piece
            continue
        # Few sheets hold a mark: the others are not copied.
        if any(mark in carry or mark in piece for mark in marks):
            yield carry + piece[:cut]
        carry = piece[cut:]
    yield carry
