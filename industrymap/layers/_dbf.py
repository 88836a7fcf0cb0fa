"""The attribute table of a Shapefile (dBASE III), read byte by byte so that no text is lost.

GDAL ends a text at its first NUL and replaces what does not fit the declared encoding; here both show.
"""

from __future__ import annotations

import codecs
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from industrymap.errors import LayerError
from industrymap.files import decode_many, more_en, more_zh

if TYPE_CHECKING:
    import numpy.typing as npt

    from industrymap.files import Decision, Limits, Text

__all__ = ["Attributes", "read_dbf"]

_FIELD = 32
_NAME_BYTES = 11
# Four characters of several bytes, all valid UTF-8, are no accident of another encoding.
_ENOUGH = 4
_PAGES = {
    **dict.fromkeys((0x4D, 0x7A), "gb18030"),
    **dict.fromkeys((0x4F, 0x78), "big5hkscs"),
    **dict.fromkeys((0x13, 0x7B), "cp932"),
    **dict.fromkeys((0x4E, 0x79), "cp949"),
}
"""Language byte of the header → Python's name. The bytes of Western pages are no use: programs write them for anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attributes:
    """The attributes of a Shapefile.

    Attributes
    ----------
    columns : dict of str to list
        Texts, stripped, and numbers; missing ones are ``None``.
    cut : frozenset of str
        Names that fill all ten bytes, so that their end may be missing.
    deleted : ndarray of bool
        Records marked as deleted.
    decision : Decision
        The encoding.
    """

    columns: dict[str, list[object]]
    cut: frozenset[str]
    deleted: npt.NDArray[np.bool_]
    decision: Decision


def read_dbf(data: bytes, *, name: str, encoding: str | None, limits: Limits) -> Attributes:
    """Read a dBASE table.

    Parameters
    ----------
    data : bytes
        Content of the ``.dbf``.
    name : str
        For messages.
    encoding : str, optional
        What the ``.cpg`` says; used only where every text fits it, otherwise detected.
    limits : Limits
        Features and columns allowed.

    Raises
    ------
    LayerError
        Damaged, cut short, or larger than the limits allow.
    """
    # The header's numbers are checked before room is made for what they promise.
    count, start, width, fields = _header(data, name)
    if count > limits.max_features or len(fields) > limits.max_columns:
        raise LayerError(
            f"{name} has {count:,} records and {len(fields):,} columns: more than the limits allow {more_en('max_features')}.",
            f"{name} 有 {count:,} 条记录、{len(fields):,} 列，超过限制{more_zh('max_features')}。",
        )
    if start + count * width > len(data):
        raise _damaged(name)
    # Every record has the same width, so the table is cut by columns without a loop over rows.
    records = np.frombuffer(data, dtype=np.uint8, count=count * width, offset=start).reshape(
        count, width
    )
    raw: list[list[bytes]] = []
    # The first byte of a record says whether it is deleted.
    at = 1
    for _, _, length in fields:
        block = np.ascontiguousarray(records[:, at : at + length])
        raw.append([piece.strip(b" \0") for piece in _pieces(block, length)])
        at += length
    keys = [key for key, _, _ in fields]
    # All texts of the file give one verdict on the encoding: a single short column would be a
    # guess.
    names, texts, whole = _decode(
        keys, [piece for column in raw for piece in column], encoding or _PAGES.get(data[29])
    )
    values = iter(texts)
    columns = {
        name: _typed([next(values) or None for _ in range(count)], kind)
        for name, (_, kind, _) in zip(names, fields, strict=True)
    }
    # Nine bytes or more: a Chinese character of two or three bytes may not have fitted into the
    # tenth.
    cut = frozenset(n for n, k in zip(names, keys, strict=True) if len(k) >= _NAME_BYTES - 2)
    return Attributes(
        columns=columns, cut=cut, deleted=records[:, 0] == 0x2A, decision=whole.decision
    )


def _pieces(block: npt.NDArray[np.uint8], length: int) -> list[bytes]:
    data = block.tobytes()
    return [data[i : i + length] for i in range(0, len(data), length)]


def _header(data: bytes, name: str) -> tuple[int, int, int, list[tuple[bytes, str, int]]]:
    if len(data) < _FIELD + 1:
        raise _damaged(name)
    count, start, width = struct.unpack_from("<IHH", data, 4)
    fields: list[tuple[bytes, str, int]] = []
    at = _FIELD
    # 0x0D ends the list of fields.
    while at + _FIELD <= min(start, len(data)) and data[at] != 0x0D:
        key = data[at : at + _NAME_BYTES].split(b"\0")[0].strip()
        fields.append((key, chr(data[at + 11]), data[at + 16]))
        at += _FIELD
    lengths = [length for _, _, length in fields]
    # Fields wider than the record would read into the next one.
    if not fields or not all(lengths) or sum(lengths) + 1 > width:
        raise _damaged(name)
    return count, start, width, fields


def _decode(
    keys: list[bytes], texts: list[bytes], encoding: str | None
) -> tuple[list[str], list[str], Text]:
    """Decode texts, and names with the same encoding; a name may end inside a character."""
    # A column of a hundred thousand rows has few different texts; each is decoded once.
    distinct = list(dict.fromkeys(texts))
    # Names that may end inside a character would look like another encoding.
    sample = [*distinct, *(key for key in keys if len(key) < _NAME_BYTES - 2)]
    decoded, whole = decode_many(sample, encoding=_believed(encoding, sample))
    lookup = dict(zip(distinct, decoded, strict=False))
    # Values of ASCII alone say nothing of the encoding; then the names must.
    plain = all(text.isascii() for text in sample)
    chosen = (_of_names(keys, encoding) if plain else None) or whole.encoding
    names: list[str] = []
    for key in keys:
        # Half a character at the end is dropped: it belongs to the cut, not to the name.
        name = key.decode(chosen, errors="ignore")
        # Two names that were alike in their first ten bytes are alike now.
        number = 2
        unique = name
        while unique in names:
            unique, number = f"{name}_{number}", number + 1
        names.append(unique)
    return names, [lookup[text] for text in texts], whole


def _of_names(keys: list[bytes], encoding: str | None) -> str | None:
    """Return the encoding that every name fits, but for a character cut at its end: the declared one first."""
    for option in filter(None, (encoding, "utf-8", "gb18030")):
        try:
            # Incremental, because an unfinished character at the end is no error then.
            for key in keys:
                codecs.getincrementaldecoder(option)().decode(key, final=False)
        except UnicodeDecodeError:
            continue
        return option
    return None


def _believed(encoding: str | None, texts: list[bytes]) -> str | None:
    """Return the declared encoding, unless what is written is plainly UTF-8: GBK and Big5 all but never happen to be."""
    if encoding in {None, "utf-8"}:
        return encoding
    joined = b"\n".join(texts)
    try:
        characters = joined.decode("utf-8")
    except UnicodeDecodeError:
        return encoding
    return "utf-8" if sum(ord(c) > 0x7F for c in characters) >= _ENOUGH else encoding


def _typed(column: list[str | None], kind: str) -> list[object]:
    if kind == "L":
        # As Chinese words, so that one reader of yes and no serves every format.
        return [
            {"T": "是", "Y": "是", "F": "否", "N": "否"}.get(str(v).upper()) if v else None
            for v in column
        ]
    if kind in "NF":
        return [_numeric(v) for v in column]
    if kind == "D":
        # Zeros are how some programs write that there is no date.
        return [None if v and set(v) <= {"0"} else v for v in column]
    return list(column)


def _numeric(text: str | None) -> object:
    """Read a number; asterisks mean overflow, anything else stays as it is for the checks to name."""
    if text is None or set(text) <= {"*"}:
        return None
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return text


def _damaged(name: str) -> LayerError:
    return LayerError(
        f"{name}: its attribute table (.dbf) is damaged or cut short.",
        f"{name}：属性表（.dbf）已损坏或不完整。",
    )
