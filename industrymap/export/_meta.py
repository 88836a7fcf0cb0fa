"""What a file says about itself: title, whose figures, of which date, and whether they are simulated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

__all__ = ["SIMULATED_EN", "SIMULATED_ZH", "Meta"]

SIMULATED_ZH = "模拟数据，仅供演示"
SIMULATED_EN = "Simulated data, for demonstration only"


@dataclass(frozen=True, slots=True, kw_only=True)
class Meta:
    """What goes with the data, wherever a format has a place for it.

    Attributes
    ----------
    title : str
        What it is about.
    simulated : bool
        Whether everything made from it says 模拟数据.
    data_date : date, optional
        The date the figures belong to.
    source, producer : str
        Where the figures come from, and who made the file.
    note : str
        Anything else a reader must know, such as the filter that was applied.
    """

    title: str = ""
    simulated: bool = False
    data_date: date | None = None
    source: str = ""
    producer: str = ""
    note: str = ""

    def items(self) -> dict[str, str]:
        """Return what is known, by machine-readable key."""
        known = {
            "title": self.title,
            "simulated": "true" if self.simulated else "",
            "simulated_note": f"{SIMULATED_ZH} · {SIMULATED_EN}" if self.simulated else "",
            "data_date": self.data_date.isoformat() if self.data_date else "",
            "source": self.source,
            "producer": self.producer,
            "note": self.note,
        }
        return {key: value for key, value in known.items() if value}

    def lines(self, lang: str = "zh") -> list[tuple[str, str]]:
        """Return what is known as pairs of label and value for a person."""
        zh = lang == "zh"
        known = [
            ("标题" if zh else "Title", self.title),
            ("数据性质" if zh else "Kind of data", self.simulated_text(lang)),
            ("数据日期" if zh else "Data date", self.data_date.isoformat() if self.data_date else ""),
            ("数据来源" if zh else "Source", self.source),
            ("制作单位" if zh else "Producer", self.producer),
            ("说明" if zh else "Note", self.note),
        ]  # fmt: skip
        return [(label, value) for label, value in known if value]

    def simulated_text(self, lang: str = "zh") -> str:
        """Return the note for simulated data, or nothing."""
        if not self.simulated:
            return ""
        return SIMULATED_ZH if lang == "zh" else SIMULATED_EN
