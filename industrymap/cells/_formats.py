"""What a number format makes of a number: ``0!.0,`` shows 32,000,000 as 3200.0, ``0.0%`` shows 0.35 as 35.0%.

People read what Excel shows, and a heading's unit speaks of that. Only what changes the figure is followed here: scaling,
percent, and a unit written into the format. (ECMA-376, part 1, 18.8.31; ``!`` is Excel's escape in Chinese formats.)
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from industrymap.cells._units import parse_unit

__all__ = ["shown_as"]

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|[\\!](?P<escaped>.)|[_*].|\[\$(?P<currency>[^\]-]*)[^\]]*\]|\[(?P<bracket>[^\]]*)\]'
    r"|(?P<digit>[0#?])|(?P<sign>[.,%])|(?P<other>.)",
    re.DOTALL,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)")
_CURRENCIES = {"$": "美元", "US$": "美元", "USD": "美元", "HK$": "港元", "€": "欧元", "£": "英镑"}


@dataclass(frozen=True, slots=True)
class _Section:
    """One of the parts of a format that a semicolon separates."""

    condition: tuple[str, float] | None
    divisor: float
    suffix: str
    changes: bool
    hides: bool = False


def shown_as(value: float, code: str) -> str | None:
    """Return what a number format makes of a number, unrounded; ``None`` where the figure stays what it is.

    Examples
    --------
    >>> shown_as(32_000_000.0, "0!.0,"), shown_as(0.35, "0.0%"), shown_as(3200.0, '0.00"万元"'), shown_as(3200.0, "#,##0.00")
    ('3200', '35%', '3200万元', None)
    """
    sections = _sections(code)
    if not any(section.changes or section.hides for section in sections):
        return None
    section = _chosen(value, sections)
    # ;;; shows nothing at all; a nought that is not shown is one all the same.
    if section.hides and value:
        return ""
    if not section.changes:
        return None
    return f"{value / section.divisor:.15g}{section.suffix}"


def _chosen(value: float, sections: tuple[_Section, ...]) -> _Section:
    """Return the section that shows a value: by its condition, else by its sign."""
    for section in sections:
        if section.condition and _holds(value, *section.condition):
            return section
    free = [section for section in sections if section.condition is None]
    if len(free) < len(sections):
        return free[0] if free else sections[-1]
    if value < 0 and len(sections) > 1:
        return sections[1]
    return sections[2] if value == 0 and len(sections) > 2 else sections[0]


def _holds(value: float, sign: str, limit: float) -> bool:
    return {
        "<": value < limit, "<=": value <= limit, ">": value > limit, ">=": value >= limit,
        "=": value == limit, "<>": value != limit,
    }[sign]  # fmt: skip


@cache
def _sections(code: str) -> tuple[_Section, ...]:
    parts = re.split(r';(?=(?:[^"]*"[^"]*")*[^"]*$)', code)
    return tuple(_section(part) for part in parts)


def _section(part: str) -> _Section:
    condition, places, after, thousands, percents = None, 0, 0, 0, 0
    dot = False  # a literal point among the digits moves the decimals without a decimal point
    suffix, currency = "", ""
    for token in _TOKEN.finditer(part):
        literal = token["quoted"] if token["quoted"] is not None else token["escaped"]
        if token["bracket"]:
            found = _CONDITION.fullmatch(token["bracket"].strip())
            condition = (found[1], float(found[2])) if found else condition
        elif token["digit"]:
            places, thousands, suffix = places + 1, 0, ""
            after += dot
        elif token["sign"] == ",":
            thousands += places > 0
        elif token["sign"] == "%":
            percents += 1
        elif literal == "." and places:
            dot = True
        elif literal is not None or token["currency"] or token["other"]:
            text = literal or token["currency"] or token["other"] or ""
            currency = currency or _CURRENCIES.get(text.strip().upper(), "")
            suffix += text
    after = after if dot else 0
    unit = "%" * percents or currency or _unit(suffix)
    divisor = 1000.0**thousands * 10.0**after / 100.0**percents
    if not part.strip():
        return _Section(condition, 1.0, "", changes=False, hides=True)
    if places == 0:  # a date, a text, or a literal that hides the number
        return _Section(condition, 1.0, "", changes=False)
    return _Section(condition, divisor, unit, changes=divisor != 1 or bool(unit))


def _unit(suffix: str) -> str:
    """Return the unit at the end of a format; other words (左右) say nothing about the figure."""
    text = suffix.strip()
    return text if text and (text in {"万", "亿"} or parse_unit(text) is not None) else ""
