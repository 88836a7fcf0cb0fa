"""A Chinese font of this machine, cut down to the characters that are used, for embedding in a PDF.

Only fonts whose licence bits allow embedding are taken. Where there is none, the PDF names a standard font instead, which
the reader's program supplies.
"""

from __future__ import annotations

import io
import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from industrymap import files
from industrymap.errors import FileRefusedError
from industrymap.fonts import face_of, font_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

__all__ = ["Font", "font_files", "load", "narrowed", "subset"]

# Bit of fsType in the OS/2 table: the licence forbids embedding.
_RESTRICTED = 0x0002
_NO_STROKES = b"\x0e"
"""``endchar``: an outline that begins with it is empty, whatever follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Font:
    """A font cut down to some characters.

    Attributes
    ----------
    name : str
        PostScript name without blanks.
    data : bytes
        What is embedded: the bare outlines of a PostScript font, or the file of a TrueType font.
    is_cff : bool
        PostScript outlines; else TrueType.
    codes : mapping of int to int
        Character → its number in the PDF.
    widths : mapping of int to float
        That number → advance width in thousandths of the size.
    ascent, descent, cap_height : float
        In thousandths of the size.
    box : tuple of float
        Of all glyphs, in thousandths.
    outlines : mapping of int to (int, int)
        That number → where its outline begins and ends in ``data``.
    parts : mapping of int to frozenset of int
        Number of a composed glyph → the numbers it is composed of.
    """

    name: str
    data: bytes
    is_cff: bool
    codes: Mapping[int, int]
    widths: Mapping[int, float]
    ascent: float
    descent: float
    cap_height: float
    box: tuple[float, float, float, float]
    outlines: Mapping[int, tuple[int, int]]
    parts: Mapping[int, frozenset[int]]


def load(path: Path) -> Any:
    """Open a font; of a collection, its face for simplified Chinese.

    Raises
    ------
    FileRefusedError
        No font, or one whose licence does not allow embedding.
    """
    from fontTools.ttLib import TTFont, TTLibError

    data = files.read_bytes(files.check(path, allow=("ttc", "ttf", "otf")))
    try:
        # Lazily: of tens of thousands of glyphs a sheet needs a few hundred.
        font = TTFont(io.BytesIO(data), fontNumber=face_of(data), lazy=True, recalcBBoxes=False)
        allowed = not font["OS/2"].fsType & _RESTRICTED
    except (TTLibError, KeyError, AssertionError) as error:
        raise FileRefusedError(
            f"{path.name} is no font that can be read: {error}.",
            f"{path.name} 不是可读取的字体：{error}。",
        ) from error
    if not allowed:
        raise FileRefusedError(
            f"The licence of {path.name} does not allow embedding it.",
            f"字体 {path.name} 不允许嵌入。",
        )
    return font


def subset(path: Path, text: Iterable[str]) -> Font:
    """Cut a font down to the characters of ``text``."""
    from fontTools.subset import Options, Subsetter

    options = Options()
    # Neither ligatures nor vertical forms are used.
    options.layout_features = []
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "BASE", "VORG", "vhea", "vmtx", "DSIG", "kern"]
    options.name_IDs = []
    options.hinting = False
    # no outline may lean on strokes shared with others
    options.desubroutinize = True
    options.notdef_outline = True
    # The time of writing would make other bytes in every run.
    options.recalc_timestamp = False
    cutter = Subsetter(options)
    cutter.populate(text="".join(sorted(set(text))))
    font = load(path)
    cutter.subset(font)
    data = io.BytesIO()
    font.recalcTimestamp = False
    font.save(data)
    name = "".join(c for c in path.stem if c.isalnum() or c == "-")
    return _described(name, data.getvalue())


def narrowed(font: Font, text: Iterable[str]) -> Font:
    """Return a font of a batch with the outlines that one file does not use blanked.

    Every outline keeps its place, so that nothing is laid out anew: a font is cut in a millisecond, and blanks compress to nothing.
    """
    # Glyph 0 shows where a character is missing; every font must keep it.
    used = {font.codes[ord(char)] for char in text if ord(char) in font.codes} | {0}
    # A composed glyph needs the glyphs it is composed of.
    used = used.union(*(font.parts.get(number, ()) for number in used))
    # A TrueType outline of zero contours is empty as well.
    blank = _NO_STROKES if font.is_cff else b"\0"
    data = bytearray(font.data)
    for number, (start, stop) in font.outlines.items():
        if number not in used:
            data[start:stop] = blank * (stop - start)
    return replace(
        font,
        data=bytes(data),
        codes={char: number for char, number in font.codes.items() if number in used},
        widths={number: width for number, width in font.widths.items() if number in used},
    )


def _described(name: str, file: bytes) -> Font:
    from fontTools.ttLib import TTFont

    font = TTFont(io.BytesIO(file), lazy=True)
    is_cff = "CFF " in font
    scale = 1000.0 / font["head"].unitsPerEm
    # The numbers that the PDF uses, which differ from the order of glyphs in a CID-keyed font.
    numbers = _numbers(font, is_cff=is_cff)
    advance = font["hmtx"].metrics
    head, hhea = font["head"], font["hhea"]
    return Font(
        name=name,
        # every reader takes bare PostScript outlines; TrueType stays as it is
        data=bytes(font.reader["CFF "]) if is_cff else file,
        is_cff=is_cff,
        codes={char: numbers[glyph] for char, glyph in sorted(font.getBestCmap().items())},
        widths={
            numbers[glyph]: round(advance[glyph][0] * scale, 1) for glyph in font.getGlyphOrder()
        },
        ascent=round(hhea.ascent * scale),
        descent=round(hhea.descent * scale),
        # Old fonts state no height of capitals; 700 is usual.
        cap_height=round(getattr(font["OS/2"], "sCapHeight", 0) * scale) or 700,
        box=(head.xMin * scale, head.yMin * scale, head.xMax * scale, head.yMax * scale),
        outlines=_outlines(font, numbers, is_cff=is_cff),
        parts={} if is_cff else _parts(font, numbers),
    )


def _outlines(font: Any, numbers: Mapping[str, int], *, is_cff: bool) -> dict[int, tuple[int, int]]:
    """Return number → where its outline begins and ends in what is embedded."""
    if is_cff:
        top = font["CFF "].cff.topDictIndex[0]
        if not hasattr(top, "ROS"):
            return {}  # an outline of such a font may be composed of two others
        strokes = top.CharStrings.charStringsIndex
        places, begin = strokes.offsets, strokes.offsetBase
    else:
        places, begin = list(font["loca"]), font.reader.tables["glyf"].offset
    pairs = zip(font.getGlyphOrder(), itertools.pairwise(places), strict=True)
    return {numbers[glyph]: (begin + start, begin + stop) for glyph, (start, stop) in pairs}


def _parts(font: Any, numbers: Mapping[str, int]) -> dict[int, frozenset[int]]:
    """Return number of a composed TrueType glyph → numbers of all it is composed of, pieces of pieces included."""
    glyf = font["glyf"]
    pieces = {glyph: set(glyf[glyph].getComponentNames(glyf)) for glyph in font.getGlyphOrder()}

    def all_of(glyph: str) -> set[str]:
        return pieces[glyph].union(*(all_of(piece) for piece in pieces[glyph]))

    return {
        numbers[glyph]: frozenset(numbers[piece] for piece in all_of(glyph))
        for glyph, own in pieces.items()
        if own
    }


def _numbers(font: Any, *, is_cff: bool) -> dict[str, int]:
    """Return glyph → number in the PDF: the CID of a CID-keyed font, else the glyph's position."""
    order = font.getGlyphOrder()
    if is_cff and hasattr(font["CFF "].cff.topDictIndex[0], "ROS"):
        return {
            glyph: int(glyph.removeprefix("cid")) if glyph != ".notdef" else 0 for glyph in order
        }
    return {glyph: i for i, glyph in enumerate(order)}
