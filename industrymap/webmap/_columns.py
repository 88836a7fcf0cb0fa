"""Columns of a frame as the page reads them: dictionaries, scaled integers, bits, blocks of long text.

Every encoder is lossless. A column becomes a *spec* (what the manifest says) and *parts* (name → chunks
of bytes, compressed later). ``docs/page.md`` describes the format; ``js/data/columns.js`` is its mirror.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from industrymap.columns import is_missing
from industrymap.webmap._bytes import bits, planes, varint, width
from industrymap.webmap._credit_codes import pack, plausible

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["ROWS_PER_BLOCK", "Column", "encode", "share"]

ROWS_PER_BLOCK = 2048
"""Rows of long text that are compressed, and decoded, together."""

# Beyond six decimals a column is one of measured floats, stored as they are.
_MOST_DECIMALS = 6
_EXACT = 2**53
# Two bytes for a code; more words than that are long text.
_MOST_CATEGORIES = 65_000
_ROWS_PER_CATEGORY = 4
_FEW = 24


@dataclass(frozen=True, slots=True)
class Column:
    """One encoded column.

    Attributes
    ----------
    spec : dict
        ``kind`` and what its decoder needs; goes into the manifest as JSON.
    parts : dict of str to list of bytes
        Part name → chunks.
    codes, categories : ndarray and list of str, optional
        Of a dictionary column: 0 is unknown, ``i + 1`` is ``categories[i]``.
    strings : LargeStringArray, optional
        Of a text column, in the order of the frame.
    """

    spec: dict[str, Any]
    parts: dict[str, list[bytes]] = field(default_factory=dict)
    codes: NDArray[Any] | None = None
    categories: list[str] | None = None
    strings: pa.LargeStringArray | None = None


def encode(series: pd.Series[Any], order: NDArray[np.intp] | None, *, long: bool = False) -> Column:
    """Encode one column.

    Parameters
    ----------
    series : Series
        Any dtype; what is neither number, flag nor date is written as text.
    order : ndarray of int, optional
        Positions in the order in which the rows are stored; ``None`` leaves them as they are.
    long : bool
        True for names, addresses and sentences, which are never worth a dictionary.
    """
    dtype: Any = series.dtype
    # A category of numbers is a column of numbers.
    if isinstance(dtype, pd.CategoricalDtype):
        series = series.astype(dtype.categories.dtype)
        dtype = series.dtype
    if pd.api.types.is_bool_dtype(dtype):
        return _flags(series, order)
    if pd.api.types.is_numeric_dtype(dtype) and not pd.api.types.is_complex_dtype(dtype):
        # Integers beyond 2^53 would lose digits in the page, whose numbers are doubles: they go as text.
        encoded = _numbers(_arranged(series.to_numpy(dtype=float, na_value=np.nan), order), dtype)
        if encoded is not None:
            return encoded
    if pd.api.types.is_datetime64_any_dtype(dtype):
        return _dates(series, order)
    return _strings(series, order, long=long)


def share(columns: dict[str, Column], order: NDArray[np.intp] | None = None) -> dict[str, Column]:
    """Replace dictionary columns that another one determines by a table, and equal text by a reference.

    A district's name follows from its code, so only the pairs are stored.
    """
    out = dict(columns)
    keys = [
        name
        for name, c in sorted(columns.items(), key=lambda item: -len(item[1].categories or ()))
        # A table of pairs pays only where each value comes often.
        if c.codes is not None and len(c.codes) > _ROWS_PER_CATEGORY * len(c.categories or ())
    ]
    kept: list[str] = []
    for name in keys:
        # The code determines the name: stored once for each code instead of once for each row.
        parent = next((k for k in kept if _determines(columns[k], columns[name])), None)
        if parent is None:
            kept.append(name)
        else:
            out[name] = _table(columns[parent], columns[name], parent)
    for name, column in columns.items():
        twin = next((n for n in columns if n != name and _alike(columns[n], column)), None)
        if twin and out[twin].spec["kind"] != "same":
            out[name] = _same(columns[twin], column, twin, order) or out[name]
    return out


def _arranged(values: NDArray[Any], order: NDArray[np.intp] | None) -> NDArray[Any]:
    return values if order is None else values[order]


def _flags(series: pd.Series[Any], order: NDArray[np.intp] | None) -> Column:
    known = _arranged(series.notna().to_numpy(dtype=bool), order)
    # Two bit sets: unknown is neither true nor false.
    true = _arranged(series.eq(True).fillna(False).to_numpy(dtype=bool), order)
    return Column({"kind": "bool"}, {"bits": [bits(known) + bits(true)]})


def _numbers(values: NDArray[np.float64], dtype: Any) -> Column | None:
    known = np.isfinite(values)
    known_values = values[known]
    kind: dict[str, Any] = {"kind": "num"}
    if pd.api.types.is_integer_dtype(dtype):
        kind["whole"] = True
        if len(known_values) and np.abs(known_values).max() >= _EXACT:
            return None
    # Whole multiples cannot hold infinity.
    if np.isinf(values).any():
        return _floats(values, kind)
    # The fewest decimals that lose nothing make the smallest integers, and those compress best.
    for decimals in range(_MOST_DECIMALS + 1):
        scaled = _scaled(known_values, decimals)
        if scaled is not None:
            return _integers(scaled, known, {**kind, "decimals": decimals})
    return _floats(values, kind)


def _scaled(values: NDArray[np.float64], decimals: int) -> NDArray[np.int64] | None:
    """Return ``values`` as whole multiples of ``10 ** -decimals`` where that loses nothing."""
    factor = 10.0**decimals
    # A sample first: most wrong guesses fail on it, without a pass over all rows.
    for part in (values[:512], values):
        scaled = np.rint(part * factor)
        # Half of it, as the lowest value is taken off and the sum must stay exact, too.
        if len(part) and np.abs(scaled).max() >= _EXACT / 2:
            return None
        # Compared after the way back: what the page computes must be the very number of the frame.
        if not np.array_equal(scaled / factor, part):
            return None
    return scaled.astype(np.int64)


def _integers(scaled: NDArray[np.int64], known: NDArray[np.bool_], spec: dict[str, Any]) -> Column:
    low = int(scaled.min()) if len(scaled) else 0
    codes = np.zeros(len(known), dtype=np.uint64)
    # From 1 upwards: 0 says that the value is unknown.
    codes[known] = (scaled - low + 1).astype(np.uint64)
    n_bytes = width(int(codes.max()) if len(codes) else 0)
    spec |= {"low": low, "bytes": n_bytes}
    return Column(spec, {"planes": [planes(codes, n_bytes)]})


def _floats(values: NDArray[np.float64], spec: dict[str, Any]) -> Column:
    raw = np.ascontiguousarray(values, dtype="<f8").view("<u8")
    return Column(spec | {"float": True}, {"planes": [planes(raw, 8)]})


def _dates(series: pd.Series[Any], order: NDArray[np.intp] | None) -> Column:
    # A day needs no zone; time of day is not shown anywhere.
    plain = series.dt.tz_localize(None) if getattr(series.dt, "tz", None) is not None else series
    days = _arranged(plain.to_numpy(dtype="datetime64[D]"), order)
    known = ~np.isnat(days)
    return _integers(days[known].astype(np.int64), known, {"kind": "date"})


def _strings(series: pd.Series[Any], order: NDArray[np.intp] | None, *, long: bool) -> Column:
    try:
        strings = _arrow(series)
    # Lone surrogates, which UTF-8 and so Arrow cannot hold.
    except (UnicodeEncodeError, pa.ArrowInvalid):
        return _loose(series, order)
    if len(strings) == 0:
        return _dictionary([], np.zeros(0, dtype=np.uint32))
    if plausible(strings):
        return Column(*pack(strings, order), strings=strings)
    if not long or len(strings) <= _FEW:
        coded = strings.dictionary_encode()
        n = len(coded.dictionary)
        # A dictionary pays where each word comes four times on average; few words always pay.
        if n <= _FEW or (n <= _MOST_CATEGORIES and n * _ROWS_PER_CATEGORY <= len(strings)):
            codes = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64) + 1
            return _dictionary(coded.dictionary.to_pylist(), _arranged(codes, order))
    return _text(strings if order is None else strings.take(pa.array(order)), strings)


def _arrow(series: pd.Series[Any]) -> pa.LargeStringArray:
    if not isinstance(series.dtype, pd.StringDtype):
        series = series.map(lambda v: None if is_missing(v) else str(v)).astype(object)
    array = pa.array(series, from_pandas=True)
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    return pc.cast(array, pa.large_string())


def _loose(series: pd.Series[Any], order: NDArray[np.intp] | None) -> Column:
    """Encode text that is not valid Unicode (lone surrogates) as JSON, which can hold it."""
    values = _arranged(series.to_numpy(dtype=object), order)
    rows = [None if is_missing(v) else str(v) for v in values]
    chunks = [
        json.dumps(rows[i : i + ROWS_PER_BLOCK]).encode("ascii")
        for i in range(0, len(rows), ROWS_PER_BLOCK)
    ]
    return Column({"kind": "text", "json": True}, {"rows": chunks})


def _dictionary(words: list[str], codes: NDArray[Any]) -> Column:
    # Sorted words: the same values give the same bytes, in whatever order the rows come.
    rank = sorted(range(len(words)), key=words.__getitem__)
    place = np.zeros(len(words) + 1, dtype=np.uint32)
    place[[i + 1 for i in rank]] = np.arange(1, len(words) + 1)
    return _coded([words[i] for i in rank], place[codes])


def _coded(categories: list[str], codes: NDArray[np.uint32]) -> Column:
    n_bytes = width(len(categories))
    return Column(
        {"kind": "dict", "bytes": n_bytes, "n": len(categories)},
        {"words": [json.dumps(categories).encode("ascii")], "codes": [planes(codes, n_bytes)]},
        codes=codes,
        categories=categories,
    )


def _text(strings: pa.LargeStringArray, as_given: pa.LargeStringArray) -> Column:
    """Encode long text in blocks: the lengths in bytes plus one (0 is unknown), then the UTF-8."""
    # Read straight from Arrow's buffers: a Python string for each of a million names would be slow.
    offsets = np.frombuffer(strings.buffers()[1], dtype=np.int64)
    offsets = offsets[strings.offset : strings.offset + len(strings) + 1]
    data = memoryview(strings.buffers()[2] or b"")
    known = strings.is_valid().to_numpy(zero_copy_only=False)
    lengths = np.where(known, np.diff(offsets) + 1, 0).astype(np.uint64)
    chunks = []
    for start in range(0, len(strings), ROWS_PER_BLOCK):
        stop = min(start + ROWS_PER_BLOCK, len(strings))
        body = bytes(data[offsets[start] : offsets[stop]])
        chunks.append(varint(lengths[start:stop]) + body)
    return Column({"kind": "text"}, {"rows": chunks}, strings=as_given)


def _determines(parent: Column, child: Column) -> bool:
    if parent.codes is None or child.codes is None or parent.categories is None:
        return False
    # The first rows first: most pairs of columns fail there, without a pass over all.
    for rows in (slice(0, 4096), slice(None)):
        table = np.zeros(len(parent.categories) + 1, dtype=child.codes.dtype)
        table[parent.codes[rows]] = child.codes[rows]
        # Looked up again: where one code had two values, the later one overwrote the first.
        if not np.array_equal(table[parent.codes[rows]], child.codes[rows]):
            return False
    return True


def _table(parent: Column, child: Column, name: str) -> Column:
    if parent.codes is None or child.codes is None or child.categories is None:
        return child
    table = np.zeros(len(parent.categories or ()) + 1, dtype=np.uint32)
    table[parent.codes] = child.codes
    spec = {**child.spec, "of": name, "table": len(table)}
    parts = {"words": child.parts["words"], "table": [planes(table, child.spec["bytes"])]}
    return Column(spec, parts, codes=child.codes, categories=child.categories)


def _alike(one: Column, other: Column) -> bool:
    if one.strings is None or other.strings is None or one is other:
        return False
    n = min(256, len(one.strings))
    equal = pc.equal(one.strings[:n], other.strings[:n]).fill_null(False)
    # Eight in ten of a sample: registered and operating address are equal for most firms.
    return n > 0 and (pc.sum(equal).as_py() or 0) >= 0.8 * n


def _same(twin: Column, column: Column, name: str, order: NDArray[np.intp] | None) -> Column | None:
    """Return ``column`` as a reference to ``name`` with the rows where they differ, where that is shorter."""
    if twin.strings is None or column.strings is None:
        return None
    equal = pc.equal(twin.strings, column.strings).fill_null(False)
    both_null = pc.and_(twin.strings.is_null(), column.strings.is_null())
    differ = ~pc.or_(equal, both_null).to_numpy(zero_copy_only=False)
    rows = np.flatnonzero(_arranged(differ, order))
    # With a fifth of the rows different the patch is longer than the column.
    if len(rows) * 5 > len(differ):
        return None
    given = rows if order is None else order[rows]
    words = column.strings.take(pa.array(given)).to_pylist()
    patch = {"rows": rows.tolist(), "words": words}
    return Column(
        {"kind": "same", "of": name},
        {"patch": [json.dumps(patch).encode("ascii")]},
        strings=column.strings,
    )
