"""The sheets as a PDF, written object by object: vector marks, embedded fonts, bookmarks; no browser, no clock.

PDF 1.7. Text is stored so that it can be searched and copied. The same sheets give the same bytes.
"""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from industrymap.sheets import _fonts
from industrymap.sheets._shapes import PAGE_HEIGHT, PAGE_WIDTH, Circle, Rect, Shape, Text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from industrymap.sheets._fonts import Font
    from industrymap.sheets._shapes import Mark

__all__ = ["Typeface", "narrowed", "pdf_bytes", "typeface"]

_PT = 72.0 / 25.4
# Distance of the control points of a quarter circle drawn as a Bézier curve, for a radius of 1.
_CIRCLE = 0.5523
_NAMED = "STSong-Light"
# Width of the outline that makes a regular font bold, as a share of its size.
_BOLD_STROKE = 0.022


@dataclass(frozen=True, slots=True, kw_only=True)
class Typeface:
    """The fonts of a batch: embedded ones, or ``None`` for the standard one that readers supply.

    Attributes
    ----------
    regular, bold : Font or None
    missing : str
        The characters of the batch that the fonts do not have, in their order; each is set as 〓 (:data:`MISSING`).
    """

    regular: Font | None
    bold: Font | None
    missing: str = ""


MISSING = "〓"
"""What Chinese typesetters put where a character is missing (U+3013)."""


def typeface(sheets: Sequence[tuple[str, Sequence[Mark]]], *, font: Path | None = None) -> Typeface:
    """Cut the fonts of this machine down to what the sheets use.

    Parameters
    ----------
    sheets : sequence of (title, marks)
        Every sheet of the batch: the fonts are cut once.
    font : Path, optional
        A font file in place of the machine's own.
    """
    plain, heavy = _characters(sheets)
    regular, bold = (font, None) if font else _fonts.font_files()
    if regular is None:
        return Typeface(regular=None, bold=None)
    # One font for both: what is bold is drawn with the regular outlines.
    if bold is None:
        plain |= heavy
    faces = [_fonts.subset(regular, plain), None if bold is None else _fonts.subset(bold, heavy)]
    sets = [(faces[0], plain), (faces[1], heavy if bold is not None else set())]
    # 〓 itself need not be there: the font's own sign for a missing character serves then
    lacking = {
        c for face, used in sets if face for c in used - {MISSING} if ord(c) not in face.codes
    }
    return Typeface(regular=faces[0], bold=faces[1], missing="".join(sorted(lacking)))


def narrowed(faces: Typeface, sheets: Sequence[tuple[str, Sequence[Mark]]]) -> Typeface:
    """Return the fonts of a batch cut down to what some of its sheets use: small files."""
    plain, heavy = _characters(sheets)
    if faces.regular is None:
        return faces
    if faces.bold is None:
        return Typeface(regular=_fonts.narrowed(faces.regular, plain | heavy), bold=None)
    return Typeface(
        regular=_fonts.narrowed(faces.regular, plain), bold=_fonts.narrowed(faces.bold, heavy)
    )


def pdf_bytes(
    sheets: Sequence[tuple[str, Sequence[Mark]]], faces: Typeface, *, title: str, lang: str = "zh"
) -> bytes:
    """Return the PDF: one page for each sheet, and a bookmark to it.

    Parameters
    ----------
    sheets : sequence of (title, marks)
    faces : Typeface
        As :func:`typeface` made them, from these sheets or from a batch that holds them.
    title : str
        Of the document.
    lang : str
        ``"zh"`` or ``"en"``.
    """
    book = _Book()
    fonts = _write_fonts(book, faces)
    # Reserved first: every page names the object that lists all pages.
    pages_id, pages = book.reserve(), []
    for _, marks in sheets:
        content = book.stream(_content(marks, faces))
        pages.append(
            book.add(
                f"<< /Type /Page /Parent {pages_id} 0 R /MediaBox [0 0 {_n(PAGE_WIDTH * _PT)} {_n(PAGE_HEIGHT * _PT)}] "
                f"/Resources << /Font << {fonts} >> >> /Contents {content} 0 R >>"
            )
        )
    kids = " ".join(f"{page} 0 R" for page in pages)
    book.put(pages_id, f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>")
    outline = _write_outline(book, [name for name, _ in sheets], pages)
    language = "zh-CN" if lang == "zh" else "en"
    root = book.add(
        f"<< /Type /Catalog /Pages {pages_id} 0 R /Outlines {outline} 0 R /Lang ({language}) "
        "/ViewerPreferences << /DisplayDocTitle true >> >>"
    )
    info = book.add(f"<< /Title {_string(title)} /Producer (industrymap) >>")
    return book.finished(root, info)


def _characters(sheets: Sequence[tuple[str, Sequence[Mark]]]) -> tuple[set[str], set[str]]:
    """Return the characters set in the regular and in the bold font; both hold the sign for a missing one."""
    texts = [mark for _, marks in sheets for mark in marks if isinstance(mark, Text)]
    plain = {c for mark in texts if not mark.bold for c in mark.text}
    heavy = {c for mark in texts if mark.bold for c in mark.text}
    return plain | {MISSING}, heavy | {MISSING}


class _Book:
    """Numbered objects, and the file they make."""

    def __init__(self) -> None:
        self.objects: list[bytes] = []

    def reserve(self) -> int:
        self.objects.append(b"")
        return len(self.objects)

    def put(self, number: int, body: str | bytes) -> None:
        self.objects[number - 1] = body.encode("latin-1") if isinstance(body, str) else body

    def add(self, body: str | bytes) -> int:
        number = self.reserve()
        self.put(number, body)
        return number

    def stream(self, data: bytes, extra: str = "") -> int:
        packed = zlib.compress(data, 9)
        head = f"<< /Length {len(packed)} /Filter /FlateDecode {extra}>>\nstream\n"
        return self.add(head.encode("latin-1") + packed + b"\nendstream")

    def finished(self, root: int, info: int) -> bytes:
        # The second line has bytes above 127, so that no program takes the file for text (ISO
        # 32000-1, 7.5.2).
        out = bytearray(b"%PDF-1.7\n%\xe5\xb7\xa5\xe4\xb8\x9a\n")
        places = []
        for number, body in enumerate(self.objects, 1):
            # The table at the end leads to each object by its offset in bytes.
            places.append(len(out))
            out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
        start = len(out)
        out += f"xref\n0 {len(places) + 1}\n0000000000 65535 f \n".encode()
        out += b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
        out += (
            f"trailer\n<< /Size {len(places) + 1} /Root {root} 0 R /Info {info} 0 R >>\n"
            f"startxref\n{start}\n%%EOF\n"
        ).encode()
        return bytes(out)


# --- fonts


def _write_fonts(book: _Book, faces: Typeface) -> str:
    """Write both fonts and return the resource entries ``/F1`` and ``/F2``."""
    regular = _write_named(book) if faces.regular is None else _write_font(book, faces.regular)
    bold = regular if faces.bold is None else _write_font(book, faces.bold)
    return f"/F1 {regular} 0 R /F2 {bold} 0 R"


def _write_font(book: _Book, font: Font) -> int:
    name = f"{_tag(font.data)}+{font.name}"
    if font.is_cff:
        file_key, file = "FontFile3", book.stream(font.data, "/Subtype /CIDFontType0C ")
    else:
        file_key, file = "FontFile2", book.stream(font.data, f"/Length1 {len(font.data)} ")
    box = " ".join(_n(v) for v in font.box)
    descriptor = book.add(
        f"<< /Type /FontDescriptor /FontName /{name} /Flags 4 /FontBBox [{box}] /ItalicAngle 0 "
        f"/Ascent {_n(font.ascent)} /Descent {_n(font.descent)} /CapHeight {_n(font.cap_height)} /StemV 80 "
        f"/{file_key} {file} 0 R >>"
    )
    kind = "CIDFontType0" if font.is_cff else "CIDFontType2"
    identity = "" if font.is_cff else "/CIDToGIDMap /Identity "
    widths = " ".join(f"{code} [{_n(width)}]" for code, width in sorted(font.widths.items()))
    descendant = book.add(
        f"<< /Type /Font /Subtype /{kind} /BaseFont /{name} {identity}"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> "
        f"/FontDescriptor {descriptor} 0 R /DW 1000 /W [{widths}] >>"
    )
    to_unicode = book.stream(_to_unicode(font))
    return book.add(
        f"<< /Type /Font /Subtype /Type0 /BaseFont /{name} /Encoding /Identity-H "
        f"/DescendantFonts [{descendant} 0 R] /ToUnicode {to_unicode} 0 R >>"
    )


# A subset font is named by six letters and a plus sign (ISO 32000-1, 9.6.4).
def _tag(data: bytes) -> str:
    """Return six letters that tell one cut of a font from another, so that files can be joined."""
    digest = hashlib.sha256(data).digest()
    return "".join(chr(ord("A") + byte % 26) for byte in digest[:6])


def _write_named(book: _Book) -> int:
    """Name the standard Chinese font; the reader's program brings it."""
    descriptor = book.add(
        f"<< /Type /FontDescriptor /FontName /{_NAMED} /Flags 6 /FontBBox [-25 -254 1000 880] "
        "/ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>"
    )
    descendant = book.add(
        f"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /{_NAMED} "
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> "
        f"/FontDescriptor {descriptor} 0 R /DW 1000 /W [1 95 500] >>"
    )
    return book.add(
        f"<< /Type /Font /Subtype /Type0 /BaseFont /{_NAMED}-UniGB-UTF16-H /Encoding /UniGB-UTF16-H "
        f"/DescendantFonts [{descendant} 0 R] >>"
    )


def _to_unicode(font: Font) -> bytes:
    """Return the table that leads from the PDF's numbers back to characters, for searching and copying."""
    # Of several characters with one glyph the first is written last and stays.
    back = {code: char for char, code in sorted(font.codes.items(), reverse=True)}
    lines = [f"<{code:04X}> <{_utf16(chr(char))}>" for code, char in sorted(back.items())]
    # At most 100 entries to a block, as the CMap format allows.
    chunks = [lines[i : i + 100] for i in range(0, len(lines), 100)]
    body = "\n".join(
        f"{len(chunk)} beginbfchar\n" + "\n".join(chunk) + "\nendbfchar" for chunk in chunks
    )
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n"
        f"{body}\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
    ).encode("ascii")


def _write_outline(book: _Book, names: Sequence[str], pages: Sequence[int]) -> int:
    top = book.reserve()
    numbers = [book.reserve() for _ in names]
    for i, (name, page) in enumerate(zip(names, pages, strict=True)):
        before = f"/Prev {numbers[i - 1]} 0 R " if i else ""
        after = f"/Next {numbers[i + 1]} 0 R " if i + 1 < len(numbers) else ""
        book.put(
            numbers[i],
            f"<< /Title {_string(name)} /Parent {top} 0 R {before}{after}/Dest [{page} 0 R /Fit] >>",
        )
    ends = f"/First {numbers[0]} 0 R /Last {numbers[-1]} 0 R " if numbers else ""
    book.put(top, f"<< /Type /Outlines {ends}/Count {len(numbers)} >>")
    return top


# --- marks


def _content(marks: Sequence[Mark], faces: Typeface) -> bytes:
    # millimetres from the top left corner from here on
    lines = [f"{_n(_PT)} 0 0 {_n(-_PT)} 0 {_n(PAGE_HEIGHT * _PT)} cm 1 j"]
    lines += [_operators(mark, faces) for mark in marks]
    return "\n".join(lines).encode("latin-1")


def _operators(mark: Mark, faces: Typeface) -> str:
    match mark:
        case Rect():
            return _painted(_rectangle(mark), mark.fill, mark.stroke, mark.weight)
        case Circle():
            return _painted(
                _ellipse(mark.x, mark.y, mark.radius), mark.fill, mark.stroke, mark.weight
            )
        case Shape():
            return _painted(_path(mark), mark.fill, mark.stroke, mark.weight, dash=mark.dash)
        case Text():
            return _written(mark, faces)


def _painted(
    path: str, fill: str, stroke: str, weight: float, *, dash: tuple[float, ...] = ()
) -> str:
    # Even-odd rules, so that a ring inside a ring is a hole.
    paint = {(True, True): "B*", (True, False): "f*", (False, True): "S", (False, False): "n"}[
        bool(fill), bool(stroke)
    ]
    look = f"{_rgb(fill)} rg " if fill else ""
    if stroke:
        look += f"{_rgb(stroke)} RG {_n(weight)} w [{' '.join(map(_n, dash))}] 0 d "
    return f"{look}{path} {paint}"


def _rectangle(mark: Rect) -> str:
    x, y, w, h = mark.x, mark.y, mark.width, mark.height
    if not mark.radius:
        return f"{_n(x)} {_n(y)} {_n(w)} {_n(h)} re"
    r = min(mark.radius, w / 2, h / 2)
    c = r * (1 - _CIRCLE)
    corners = (
        ((x + w - c, y), (x + w, y + c), (x + w, y + r), (x + w, y + h - r)),
        ((x + w, y + h - c), (x + w - c, y + h), (x + w - r, y + h), (x + r, y + h)),
        ((x + c, y + h), (x, y + h - c), (x, y + h - r), (x, y + r)),
        ((x, y + c), (x + c, y), (x + r, y), (x + r, y)),
    )
    parts = [f"{_n(x + r)} {_n(y)} m {_n(x + w - r)} {_n(y)} l"]
    for one, two, end, onward in corners:
        parts.append(f"{_xy(one)} {_xy(two)} {_xy(end)} c {_xy(onward)} l")
    return " ".join(parts) + " h"


def _ellipse(x: float, y: float, r: float) -> str:
    k = r * _CIRCLE
    return (
        f"{_xy((x + r, y))} m "
        f"{_xy((x + r, y + k))} {_xy((x + k, y + r))} {_xy((x, y + r))} c "
        f"{_xy((x - k, y + r))} {_xy((x - r, y + k))} {_xy((x - r, y))} c "
        f"{_xy((x - r, y - k))} {_xy((x - k, y - r))} {_xy((x, y - r))} c "
        f"{_xy((x + k, y - r))} {_xy((x + r, y - k))} {_xy((x + r, y))} c h"
    )


def _path(mark: Shape) -> str:
    parts = []
    for ring in mark.rings:
        first, *rest = ring
        steps = " ".join(f"{_xy(point)} l" for point in rest)
        parts.append(f"{_xy(first)} m {steps}{' h' if mark.closed else ''}")
    return " ".join(parts)


def _written(mark: Text, faces: Typeface) -> str:
    own_bold = mark.bold and faces.bold is not None
    font = faces.bold if own_bold else faces.regular
    width = _advance(mark.text, font) * mark.size
    x = mark.x - {"start": 0.0, "middle": width / 2, "end": width}[mark.anchor]
    # a regular font is made bold by drawing its outline as well
    thick = mark.bold and not own_bold
    look = (
        f"{_rgb(mark.color)} RG {_n(mark.size * _BOLD_STROKE)} w [] 0 d 2 Tr " if thick else "0 Tr "
    )
    # The page is turned upside down above: each text is turned back.
    set_ = f"/{'F2' if own_bold else 'F1'} {_n(mark.size)} Tf 1 0 0 -1 {_n(x)} {_n(mark.y)} Tm <{_encoded(mark.text, font)}> Tj"
    # A white outline under the letters, so that they read over the map.
    under = f"BT 1 J 1 1 1 RG {_n(mark.size * 0.3)} w [] 0 d 1 Tr {set_} ET " if mark.halo else ""
    return f"{under}BT {look}{_rgb(mark.color)} rg {set_} ET"


def _advance(text: str, font: Font | None) -> float:
    if font is None:
        # The standard font's widths: half a square for Latin characters, a square for Chinese ones.
        return sum(0.5 if ord(c) < 0x7F else 1.0 for c in text)
    return sum(font.widths.get(_code(c, font), 1000.0) for c in text) / 1000.0


def _encoded(text: str, font: Font | None) -> str:
    if font is None:
        return _utf16(text)
    return "".join(f"{_code(c, font):04X}" for c in text)


def _code(char: str, font: Font) -> int:
    """Return the number of a character; one the font does not have shows as 〓, or as the font's own sign for it."""
    return font.codes.get(ord(char), font.codes.get(ord(MISSING), 0))


def _utf16(text: str) -> str:
    return text.encode("utf-16-be", "replace").hex().upper()


# The mark FE FF says that the text is UTF-16 (ISO 32000-1, 7.9.2).
def _string(text: str) -> str:
    return f"<FEFF{_utf16(text)}>"


def _rgb(color: str) -> str:
    return " ".join(_n(int(color[i : i + 2], 16) / 255) for i in (1, 3, 5))


def _xy(point: tuple[float, float]) -> str:
    return f"{_n(point[0])} {_n(point[1])}"


def _n(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".") or "0"
