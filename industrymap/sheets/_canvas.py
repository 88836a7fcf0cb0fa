"""The pen: sets down marks in one language, with the sheet's colours and columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from industrymap.sheets._shapes import PAGE_WIDTH, Mark, Rect, Text, clean, line, wrap

__all__ = ["ACCENT", "FAINT", "INK", "LEFT", "MIDDLE", "RIGHT", "RULE", "SOFT", "Pen"]

INK, SOFT, FAINT, RULE, ACCENT = "#1f2937", "#6b7280", "#9ca3af", "#d8dde3", "#0f4c6b"
LEFT, RIGHT = 12.0, PAGE_WIDTH - 12.0
MIDDLE = 107.0


@dataclass(slots=True)
class Pen:
    """Marks as they are set down, in one language."""

    lang: str
    marks: list[Mark] = field(default_factory=list)

    def say(self, zh: str, en: str) -> str:
        """Return the words of the page's language."""
        return zh if self.lang == "zh" else en

    def text(self, x: float, y: float, text: Any, size: float = 2.9, **look: Any) -> None:
        """Set one line of text; nothing where it is empty."""
        plain = clean(text)
        if plain:
            self.marks.append(Text(x=x, y=y, text=plain, size=size, **{"color": INK, **look}))

    def heading(self, x: float, y: float, zh: str, en: str, *, to: float) -> float:
        """Set a heading with a rule under it and return where the next line goes."""
        self.marks.append(Rect(x=x, y=y - 2.9, width=1.0, height=3.5, fill=ACCENT))
        self.text(x + 2.2, y, self.say(zh, en), 3.3, bold=True, color=ACCENT)
        self.marks.append(line((x, y + 1.7), (to, y + 1.7), stroke=RULE))
        return y + 6.3

    def paragraph(self, x: float, y: float, text: str, width: float, **look: Any) -> float:
        """Set a text in lines and return where the next line goes."""
        most = look.pop("most", 0)
        size = look.get("size", 2.75)
        for part in wrap(clean(text), size, width, most=most):
            self.text(x, y, part, **{"size": size, **look})
            y += size * 1.5
        return y
