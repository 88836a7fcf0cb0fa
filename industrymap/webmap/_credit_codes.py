"""Unified social credit codes in 8 bytes instead of 18: prefix by dictionary, check digits recomputed.

GB 32100-2015: 18 characters, the last a check digit modulo 31 over the first 17 with weights 3^i mod 31.
GB 11714-1997: characters 9 to 17 are an organisation code, the last a check digit modulo 11.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from industrymap.webmap._bytes import planes, width

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["pack", "plausible"]

_LENGTH = 18
# Without I, O, Z, S and V, which are too easily misread (GB 32100-2015).
_SYMBOLS = b"0123456789ABCDEFGHJKLMNPQRTUWXY"
_BASE36 = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_WEIGHTS_31 = np.array([pow(3, i, 31) for i in range(17)])
_WEIGHTS_11 = np.array([3, 7, 9, 10, 5, 8, 4, 2])
_BODY_BYTES = 6


def _lookup(symbols: bytes) -> NDArray[np.int64]:
    table = np.full(256, -1, dtype=np.int64)
    table[np.frombuffer(symbols, dtype=np.uint8)] = np.arange(len(symbols))
    return table


_VALUE_31 = _lookup(_SYMBOLS)
_VALUE_36 = _lookup(_BASE36)


def plausible(strings: pa.LargeStringArray) -> bool:
    """Return whether at least nine in ten known values of a column are valid credit codes."""
    # For a few rows the tables would take more than they save.
    if len(strings) < 64:
        return False
    sample = strings[:512].drop_null()
    return len(sample) > 32 and _regular(sample).mean() >= 0.9


def pack(
    strings: pa.LargeStringArray, order: NDArray[np.intp] | None = None
) -> tuple[dict[str, Any], dict[str, list[bytes]]]:
    """Return spec and parts of a column of credit codes, its rows stored in ``order``.

    Prefix codes: 0 unknown, 1 kept as text because it breaks a rule, ``i + 2`` the i-th prefix.
    """
    # Both check digits follow from the rest, so a sound code needs 15 of its 18 characters.
    regular = np.zeros(len(strings), dtype=bool)
    known = strings.is_valid().to_numpy(zero_copy_only=False)
    regular[known] = _regular(strings.drop_null())
    text = _matrix(strings.filter(pa.array(regular)))
    prefixes, places = np.unique(
        # Authority, kind and place: a few hundred prefixes in a city.
        np.ascontiguousarray(text[:, :8]).view("S8").ravel(),
        return_inverse=True,
    )
    # What breaks a rule stays as it was written, so that the page shows what the file holds.
    heads = np.where(known, 1, 0).astype(np.uint32)
    heads[regular] = places + 2
    # Eight characters in base 36 fit into 42 bits: six bytes.
    powers = 36 ** np.arange(7, -1, -1, dtype=np.int64)
    bodies = np.zeros(len(strings), dtype=np.uint64)
    bodies[regular] = (_VALUE_36[text[:, 8:16]] @ powers).astype(np.uint64)
    place = np.arange(len(strings)) if order is None else order
    heads, bodies = heads[place], bodies[place]
    odd = np.flatnonzero(heads == 1)
    patch = {"rows": odd.tolist(), "words": strings.take(pa.array(place[odd])).to_pylist()}
    n_bytes = width(len(prefixes) + 1)
    spec = {"kind": "uscc", "bytes": n_bytes}
    parts = {
        "words": [json.dumps([p.decode("ascii") for p in prefixes.tolist()]).encode("ascii")],
        "heads": [planes(heads, n_bytes)],
        "bodies": [planes(bodies, _BODY_BYTES)],
        "patch": [json.dumps(patch).encode("ascii")],
    }
    return spec, parts


def _matrix(strings: pa.LargeStringArray) -> NDArray[np.uint8]:
    """Return strings of 18 bytes as a table of bytes."""
    if len(strings) == 0:
        return np.zeros((0, _LENGTH), dtype=np.uint8)
    offsets = np.frombuffer(strings.buffers()[1], dtype=np.int64)
    first, last = offsets[strings.offset], offsets[strings.offset + len(strings)]
    data = np.frombuffer(strings.buffers()[2], dtype=np.uint8)
    return data[first:last].reshape(-1, _LENGTH)


def _regular(strings: pa.LargeStringArray) -> NDArray[np.bool_]:
    """Return which values both check digits confirm."""
    equal = pc.fill_null(pc.equal(pc.binary_length(strings), _LENGTH), fill_value=False)
    right = equal.to_numpy(zero_copy_only=False)
    text = _matrix(strings.filter(pa.array(right)))
    values = _VALUE_31[text]
    # 31 − 0 is 31, which means 0, hence the second remainder.
    whole = (31 - values[:, :17] @ _WEIGHTS_31 % 31) % 31
    # Characters 9 to 17 carry a check digit of their own (GB 11714).
    letters = _VALUE_36[text[:, 8:17]]
    rest = (11 - letters[:, :8] @ _WEIGHTS_11 % 11) % 11
    # A check digit of ten is written X; that of eleven, 0.
    check = np.where(rest == 10, _BASE36.index(b"X"), rest)
    fine = (values >= 0).all(axis=1) & (letters >= 0).all(axis=1)
    fine &= (whole == values[:, 17]) & (check == letters[:, 8])
    out: NDArray[np.bool_] = right.copy()
    out[right] = fine
    return out
