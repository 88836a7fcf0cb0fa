"""What is wrong with each block, as codes for a program and as sentences for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from industrymap.columns import append_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from industrymap.columns import Flags

__all__ = ["Findings"]


class Findings:
    """Codes and sentences per block while they are being found."""

    def __init__(self, blocks: pd.DataFrame) -> None:
        self.index = blocks.index
        self.codes, self.zh, self.en = (np.full(len(blocks), "", dtype=object) for _ in range(3))

    def add(
        self, code: str, rows: Flags, *, zh: str | Sequence[str], en: str | Sequence[str]
    ) -> None:
        """Note a finding where ``rows`` is true; a sentence is one for all, or one for every block of the layer."""
        append_text(self.codes, rows, code)
        append_text(self.zh, rows, zh, separator="；")
        append_text(self.en, rows, en, separator="; ")

    def columns(self) -> dict[str, pd.Series[str]]:
        """Return the columns ``block_issues``, ``block_reasons`` and ``block_reasons_en``."""
        named = {
            "block_issues": self.codes,
            "block_reasons": self.zh,
            "block_reasons_en": self.en,
        }
        return {
            name: pd.Series(notes, index=self.index, dtype="string")
            for name, notes in named.items()
        }
