"""Labels found, as numbers: rows, labels and words as codes, until the tags table is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import ArrayLike, NDArray

__all__ = ["COLUMNS", "Origin", "Words", "label_rows", "ranked", "stacked"]

COLUMNS = [
    "row",
    "place",
    "rank",
    "weight",
    "rule",
    "matched",
    "confidence",
    "valid_from",
    "valid_to",
]
"""Position in the frame · label, by its place in the taxonomy · source, 0 best · how specific · rule id and evidence as
codes of :class:`Words` · confidence · validity."""


class Words:
    """Words and their codes."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = {}

    def code(self, word: str) -> int:
        """Return the code of a word, a new one where it is new."""
        return self._codes.setdefault(word, len(self._codes))

    def codes(self, words: Iterable[str]) -> NDArray[np.int64]:
        """Return the codes of many words."""
        return np.array([self.code(word) for word in words], dtype=np.int64)

    def categorical(self, codes: ArrayLike) -> pd.Categorical:
        """Return codes as a categorical of words."""
        given = np.asarray(codes)
        # Categories that no label uses would travel with every copy of the table.
        used = np.zeros(len(self._codes) + 1, dtype=bool)
        used[given] = True
        place = (np.cumsum(used) - 1).astype(np.int32)
        words = [word for word, code in self._codes.items() if used[code]]
        return pd.Categorical.from_codes(place[given], pd.Index(words, dtype="str"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What gave a batch of labels.

    Attributes
    ----------
    rank : int
        Place of the source among :data:`industrymap.tagging.tag.SOURCES`, 0 the most trusted.
    rule : int
        Code of the rule's id in :class:`Words`.
    valid_from, valid_to : Timestamp or None
        Validity of the rule or list.
    """

    rank: int
    rule: int
    valid_from: pd.Timestamp | None = None
    valid_to: pd.Timestamp | None = None


def label_rows(
    row: NDArray[np.int64],
    place: int | NDArray[np.int64],
    origin: Origin,
    *,
    matched: int | NDArray[np.int64],
    confidence: float | NDArray[np.float64],
) -> pd.DataFrame:
    """Return one part of :data:`COLUMNS`, weight 0; the types are narrow since a million firms have millions of labels."""
    size = len(row)
    columns = {
        "row": np.asarray(row, dtype=np.int32),
        "place": np.broadcast_to(np.asarray(place, dtype=np.int16), size),
        "rank": np.full(size, origin.rank, dtype=np.int8),
        "weight": np.zeros(size, dtype=np.int8),
        "rule": np.full(size, origin.rule, dtype=np.int32),
        "matched": np.broadcast_to(np.asarray(matched, dtype=np.int32), size),
        "confidence": np.broadcast_to(np.asarray(confidence, dtype=np.float32), size),
        "valid_from": np.full(size, _moment(origin.valid_from)),
        "valid_to": np.full(size, _moment(origin.valid_to)),
    }
    return pd.DataFrame(columns)


def stacked(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Put parts under one another."""
    none = np.zeros(0, dtype=np.int64)
    empty = label_rows(none, none, Origin(rank=0, rule=0), matched=none, confidence=0.0)
    filled = [part for part in parts if len(part)]
    return pd.concat(filled, ignore_index=True) if filled else empty


def ranked(rows: pd.DataFrame) -> pd.DataFrame:
    """Sort labels by firm, best first, keep the best evidence of each and mark the primary one."""
    # One number per row says firm, source, confidence, evidence and label; rows come in sorted runs, which a stable
    # sort of one key merges much faster than a sort of five.
    # Whole percents suffice to order labels, and fit into the key.
    percent = np.round(100 * rows["confidence"].to_numpy(dtype=np.float64)).astype(np.int64)
    key = rows["row"].to_numpy(dtype=np.int64)
    for part, room in (
        (rows["rank"].to_numpy(dtype=np.int64), 4),
        (100 - percent, 128),
        (63 - rows["weight"].to_numpy(dtype=np.int64), 64),
        (rows["place"].to_numpy(dtype=np.int64), 4096),
    ):
        key = key * room + part
    order = np.argsort(key, kind="stable")
    out = rows.take(order)
    # Sorted best first, so the first of equal labels carries the best evidence.
    out = out[~out.duplicated(["row", "place"]).to_numpy()].reset_index(drop=True)
    out["primary"] = ~out.duplicated("row").to_numpy()
    return out


def _moment(value: pd.Timestamp | None) -> np.datetime64:
    if value is None or pd.isna(value):
        return np.datetime64("NaT", "s")
    return np.datetime64(value.isoformat(), "s")
