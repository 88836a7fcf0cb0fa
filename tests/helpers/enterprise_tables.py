"""Small tables for tests of the enterprise base."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from industrymap.enterprises.codes import check_character

GOOD = "91440101708231365X"


def coded(number: int) -> str:
    """Return the sound credit code of an invented firm."""
    return organised("91990112", number)


def organised(prefix: str, number: int) -> str:
    body = f"{number:08d}"
    total = sum(int(d) * w for d, w in zip(body, (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    last = {10: "X", 11: "0"}.get(11 - total % 11, str(11 - total % 11))
    code = f"{prefix}{body}{last}"
    return code + check_character(code)


OTHER = coded(1)


@dataclass
class SmallTable:
    """What a table offers to the base."""

    frame: pd.DataFrame
    units: dict[str, float]
    headings: dict[str, str] = field(default_factory=dict)
    kind: str = "statistics"


def table(
    rows: list[dict[str, Any]],
    *,
    units: dict[str, float] | None = None,
    kind: str = "statistics",
    name: str = "stat.csv",
) -> SmallTable:
    frame = pd.DataFrame(rows).astype("string")
    frame["source"] = pd.array([name] * len(frame), dtype="string")
    frame["source_row"] = pd.array(range(2, 2 + len(frame)), dtype="Int64")
    return SmallTable(frame, units or {}, {}, kind)
