r"""Bytes to text: the encoding is detected, reported, and never papers over what it cannot read.

The rule, in this order: a byte-order mark; UTF-16 without one (its NUL bytes are on one side); strict
UTF-8; strict GB18030 (which holds GBK and GB2312). When none fits, the encoding with fewest broken bytes is used
and every broken byte stays visible as ``\xNN``; more than one broken byte in a hundred is not text.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from typing import TYPE_CHECKING

from industrymap.errors import FileRefusedError
from industrymap.files._source import Decision, read_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from industrymap.files._source import Source

__all__ = ["Text", "decode", "decode_many", "read_decoded", "read_text"]

_MARKS = (
    (codecs.BOM_UTF8, "utf-8", "UTF-8 with BOM", "UTF-8（带 BOM）"),
    (codecs.BOM_UTF32_LE, "utf-32-le", "UTF-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "UTF-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16 little-endian", "UTF-16（小端）"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16 big-endian", "UTF-16（大端）"),
)
# A table with a few broken names is worth reading; a picture called .csv is not.
_MAX_BROKEN_SHARE = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    r"""What a file says, and how we know.

    Attributes
    ----------
    text : str
        The content; a byte that could not be read is written as ``\xNN``, a NUL as ``␀`` (U+2400).
    encoding : str
        Python's name of the encoding.
    decision : Decision
        The same for a person.
    broken_lines : tuple of int
        1-based numbers of the lines that hold a byte that could not be read or a NUL.
    """

    text: str
    encoding: str
    decision: Decision
    broken_lines: tuple[int, ...] = ()


def read_text(source: Source) -> str:
    """Return the text of a checked file, its encoding detected (see :func:`decode`)."""
    return read_decoded(source).text


def read_decoded(source: Source) -> Text:
    """Return the text of a checked file with its encoding and what could not be read."""
    return decode(read_bytes(source), name=source.name)


def decode(data: bytes, *, name: str = "the file") -> Text:
    """Turn bytes into text and say how.

    Parameters
    ----------
    data : bytes
        The whole content.
    name : str
        Shown in messages.

    Returns
    -------
    text : Text
        Content, encoding, decision, and the lines that hold broken bytes.

    Raises
    ------
    FileRefusedError
        More than one byte in a hundred fits no encoding: this is not text.

    Examples
    --------
    >>> decode("企业名称,营业收入".encode("gb18030")).encoding
    'gb18030'
    """
    # A mark that a program put before bytes of another encoding says nothing.
    if data.startswith(codecs.BOM_UTF8) and not _fits(data, "utf-8"):
        data = data[len(codecs.BOM_UTF8) :]
    for mark, encoding, en, zh in _MARKS:
        if data.startswith(mark):
            return _finish(data[len(mark) :], encoding, en, zh, name)
    wide = _utf16_without_mark(data)
    if wide:
        return _finish(data, wide, "UTF-16 without BOM", "UTF-16（无 BOM）", name)
    if _fits(data, "utf-8") or _is_utf8_with_foreign_lines(data, name):
        return _finish(data, "utf-8", "UTF-8", "UTF-8", name)
    # Before GB18030, into which almost any Big5 text also decodes, as characters nobody would
    # write.
    if _is_big5(data):
        return _finish(data, "big5hkscs", "Big5", "Big5", name)
    if _fits(data, "gb18030"):
        return _finish(data, "gb18030", "GB18030", "GB18030", name)
    # Nothing fits as a whole: the file was probably put together from several sources.
    encoding = min(("utf-8", "gb18030"), key=lambda e: _broken_bytes(data, e))
    return _finish(data, encoding, encoding.upper(), encoding.upper(), name)


def _is_utf8_with_foreign_lines(data: bytes, name: str) -> bool:
    """Tell UTF-8 with a few lines of GB18030, which are shown as broken where they stand; refuse one with more of them."""
    foreign = _lines_of_gb18030(data)
    if foreign and _broken_bytes(data, "utf-8") > _MAX_BROKEN_SHARE * len(data):
        raise _mixed(name, foreign)
    return bool(foreign)


def _lines_of_gb18030(data: bytes) -> list[int]:
    """Return the lines that are GB18030 in a file whose other lines are Chinese in UTF-8: rows pasted in by another program."""
    other: list[int] = []
    utf8: list[bytes] = []
    for number, line in enumerate(data.split(b"\n"), start=1):
        if line.isascii():
            continue
        if _fits(line, "utf-8"):
            utf8.append(line)
        else:
            other.append(number)
    head = b"\n".join(utf8)[:65536]
    # By chance a short line of GB18030 is UTF-8 as well, and then means nothing.
    real = sum(letter in _OFTEN_GB for letter in head.decode("utf-8", errors="ignore"))
    chance = sum(letter in _OFTEN_GB for letter in head.decode("gb18030", errors="ignore"))
    return other if real > 3 and real > 3 * chance else []


def _mixed(name: str, lines: Sequence[int]) -> FileRefusedError:
    some = "、".join(map(str, lines[:5])) + (" …" if len(lines) > 5 else "")
    return FileRefusedError(
        f"{name} mixes two encodings: line {some.replace('、', ', ')} is not UTF-8 as the others are; open it in a spreadsheet, correct these "
        'lines and save it as "CSV UTF-8" or .xlsx.',
        f"{name} 混用了两种文字编码：第 {some} 行不是 UTF-8，其余各行是；请用表格软件打开、改正这些行后另存为“CSV UTF-8”或 .xlsx。",
    )


# Characters that headings and addresses of any firm table are made of, in either script.
_OFTEN_BIG5 = frozenset("的有公司企業名稱地址區市路號廠營收年月日統編園樓電話備註類別萬元")
_OFTEN_GB = frozenset("的有公司企业名称地址区市路号厂营收年月日统编园楼电话备注类别万元")


def _is_big5(data: bytes) -> bool:
    """Tell Big5 from GB18030, which both fit: by the commonest characters of a table, read either way."""
    head = data[:65536]
    big5 = head.decode("big5hkscs", errors="ignore")
    gb = head.decode("gb18030", errors="ignore")
    common = sum(letter in _OFTEN_BIG5 for letter in big5)
    other = sum(letter in _OFTEN_GB for letter in gb)
    # Five times as common as the other reading: a short text gives no verdict and stays GB18030.
    return common > 5 and common > 5 * other and _fits(data, "big5hkscs")


def decode_many(values: Sequence[bytes], *, encoding: str | None = None) -> tuple[list[str], Text]:
    r"""Decode many short texts of one file with one encoding, detected over all of them.

    Parameters
    ----------
    values : sequence of bytes
        Fields of a database.
    encoding : str, optional
        What the file says; used only where every text really fits it.

    Returns
    -------
    texts : list of str
        Broken bytes are shown as ``\xNN``, a NUL as ``␀``.
    whole : Text
        The encoding and how it was found; its ``text`` is empty.
    """
    # All names together: one short name fits several encodings, a thousand fit one.
    joined = b"\n".join(values)
    # A .cpg file is copied from elsewhere often enough that its word is only taken if the text
    # bears it out.
    told = encoding is not None and _known(encoding) and _fits(joined, encoding)
    if told and encoding is not None:
        name = encoding.upper()
        whole = Text(
            text="",
            encoding=encoding,
            decision=Decision(
                f"文字编码：{name}（文件自述）。",
                f"Text encoding: {name} (as the file says).",
                "encoding",
            ),
        )
    else:
        detected = decode(joined)
        whole = Text(
            text="",
            encoding=detected.encoding,
            decision=detected.decision,
            broken_lines=detected.broken_lines,
        )
    texts = [value.decode(whole.encoding, errors=_VISIBLE).translate(_SHOWN) for value in values]
    return texts, whole


def _known(encoding: str) -> bool:
    try:
        codecs.lookup(encoding)
    except LookupError:
        return False
    return True


def _fits(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _utf16_without_mark(data: bytes) -> str | None:
    head = data[:65536]
    if len(head) < 4 or b"\0" not in head:
        return None
    even, odd = head[0::2].count(0), head[1::2].count(0)
    # Commas, digits and line ends have a NUL half; Chinese characters hardly ever do.
    few = max(1, len(head) // 64)
    # Little-endian puts the empty half of an ASCII character second, at odd places.
    encoding = "utf-16-le" if odd > few and odd > 8 * even else None
    if even > few and even > 8 * odd:
        encoding = "utf-16-be"
    if encoding and len(data) % 2 == 0 and _fits(data, encoding):
        return encoding
    return None


def _broken_bytes(data: bytes, encoding: str) -> int:
    spans: list[int] = []

    def count(error: UnicodeError) -> tuple[str, int]:
        if not isinstance(error, UnicodeDecodeError):
            raise error
        spans.append(error.end - error.start)
        return "", error.end

    codecs.register_error("industrymap.count", count)
    data.decode(encoding, errors="industrymap.count")
    return sum(spans)


def _finish(data: bytes, encoding: str, en: str, zh: str, name: str) -> Text:
    broken = 0 if _fits(data, encoding) else _broken_bytes(data, encoding)
    # A handful of bad bytes is forgiven even in a very short file.
    if broken > max(_MAX_BROKEN_SHARE * len(data), 1) and broken > 8:
        raise FileRefusedError(
            f"{name} is not text: {broken:,} of its {len(data):,} bytes fit neither UTF-8 nor GB18030 nor UTF-16.",
            f"{name} 不是文本：{len(data):,} 字节中有 {broken:,} 字节不符合 UTF-8、GB18030 或 UTF-16。",
        )
    text = data.decode(encoding, errors=_VISIBLE)
    lines = _lines_with_trouble(text)
    if lines:  # a translation that changes nothing takes longer than reading the file
        text = text.translate(_SHOWN)
    tail_en = (
        f"; {len(lines)} lines hold bytes that could not be read, shown as \\xNN or ␀"
        if lines
        else ""
    )
    tail_zh = f"；{len(lines)} 行含无法识别的字节，以 \\xNN 或 ␀ 显示" if lines else ""
    decision = Decision(f"文字编码：{zh}{tail_zh}。", f"Text encoding: {en}{tail_en}.", "encoding")
    return Text(text=text, encoding=encoding, decision=decision, broken_lines=lines)


_VISIBLE = "industrymap.visible"
# A real `\x9f` in the text must stay as written, so that broken bytes travel under characters of
# their own.
_FIRST_MARKER = 0xF0000  # supplementary private use: one marker for each of the 256 byte values
_SHOWN = {0: "␀"} | {_FIRST_MARKER + byte: f"\\x{byte:02x}" for byte in range(256)}


def _visible(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    bad = error.object[error.start : error.end]
    return "".join(chr(_FIRST_MARKER + byte) for byte in bad), error.end


codecs.register_error(_VISIBLE, _visible)


def _lines_with_trouble(text: str) -> tuple[int, ...]:
    if "\0" not in text and not any(chr(_FIRST_MARKER + b) in text for b in range(256)):
        return ()
    return tuple(
        number
        for number, line in enumerate(text.split("\n"), start=1)
        if any(ord(c) in _SHOWN for c in line)
    )
