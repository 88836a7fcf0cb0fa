"""The attribute table of a Shapefile (dBASE III), read byte by byte so that no text is lost.

GDAL ends a text at its first NUL and replaces what does not fit the declared encoding; here both show.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from industrymap.errors import LayerError
from industrymap.files import decode_many, more_en, more_zh

if TYPE_CHECKING:
    import numpy.typing as npt

    from industrymap.files import Decision, Limits

__all__ = ["Attributes", "read_dbf"]

_FIELD = 32
_NAME_BYTES = 11


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

    columns: dict[str, list[Any]]
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
    count, start, width, fields = _header(data, name)
    if count > limits.max_features or len(fields) > limits.max_columns:
        raise LayerError(
            f"{name} has {count:,} records and {len(fields):,} columns: more than the limits allow {more_en('max_features')}.",
            f"{name} 有 {count:,} 条记录、{len(fields):,} 列，超过限制{more_zh('max_features')}。",
        )
    if start + count * width > len(data):
        raise _damaged(name)
    records = np.frombuffer(data, dtype=np.uint8, count=count * width, offset=start).reshape(
        count, width
    )
    raw: dict[bytes, list[bytes]] = {}
    at = 1
    for key, _, length in fields:
        block = np.ascontiguousarray(records[:, at : at + length])
        raw[key] = [piece.strip(b" \0") for piece in _pieces(block, length)]
        at += length
    names, whole = _decode(
        list(raw), [piece for column in raw.values() for piece in column], encoding
    )
    values = iter(whole[0])
    columns = {key: [next(values) or None for _ in range(count)] for key in names}
    kinds = {key: kind for key, (_, kind, _) in zip(names, fields, strict=True)}
    columns = {key: _typed(column, kinds[key]) for key, column in columns.items()}
    cut = frozenset(n for n, k in zip(names, raw, strict=True) if len(k) >= _NAME_BYTES - 2)
    return Attributes(
        columns=columns, cut=cut, deleted=records[:, 0] == 0x2A, decision=whole[1].decision
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
    while at + _FIELD <= min(start, len(data)) and data[at] != 0x0D:
        key = data[at : at + _NAME_BYTES].split(b"\0")[0].strip()
        fields.append((key, chr(data[at + 11]), data[at + 16]))
        at += _FIELD
    keys = [key for key, _, _ in fields]
    lengths = [length for _, _, length in fields]
    if not fields or not all(lengths) or sum(lengths) + 1 > width or len(set(keys)) < len(keys):
        raise _damaged(name)
    return count, start, width, fields


def _decode(keys: list[bytes], texts: list[bytes], encoding: str | None) -> tuple[list[str], Any]:
    """Decode texts, and names with the same encoding; a name may end inside a character."""
    distinct = list(dict.fromkeys(texts))
    decoded, whole = decode_many(
        [*distinct, *(key for key in keys if len(key) < _NAME_BYTES - 2)], encoding=encoding
    )
    lookup = dict(zip(distinct, decoded, strict=False))
    names = [key.decode(whole.encoding, errors="ignore") for key in keys]
    return names, ([lookup[text] for text in texts], whole)


def _typed(column: list[Any], kind: str) -> list[Any]:
    if kind == "L":
        return [
            {"T": "是", "Y": "是", "F": "否", "N": "否"}.get(str(v).upper()) if v else None
            for v in column
        ]
    if kind in "NF":
        return [_numeric(v) for v in column]
    if kind == "D":
        return [None if v and set(v) <= {"0"} else v for v in column]
    return column


def _numeric(text: str | None) -> Any:
    """Read a number; asterisks mean overflow, anything else stays as it stands for the checks to name."""
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
