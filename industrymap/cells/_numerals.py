"""Chinese numerals as people write them in cells: by units, digit by digit, or in the short forms of tens."""

from __future__ import annotations

__all__ = ["HAN", "numeral"]

HAN = "〇零一二三四五六七八九十百千两廿卅"
"""Every character a Chinese numeral is written with."""

_DIGITS = dict(zip("〇零一二三四五六七八九", (0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_DIGITS |= {"两": 2, "廿": 20, "卅": 30}
_UNITS = {"十": 10, "百": 100, "千": 1000}


def numeral(run: str) -> str:
    """Read a Chinese numeral: by units where it has them, digit by digit where it has none.

    Parameters
    ----------
    run : str
        Characters of :data:`HAN` alone.

    Returns
    -------
    digits : str

    Examples
    --------
    >>> numeral("一百零五"), numeral("五五〇"), numeral("廿三")
    ('105', '550', '23')
    """
    if not any(char in _UNITS for char in run):
        if run[0] in "廿卅":
            return str(_DIGITS[run[0]] + (_DIGITS[run[1]] if len(run) > 1 else 0))
        return "".join(str(_DIGITS[char]) for char in run)
    total = pending = 0
    for char in run:
        if char in _UNITS:
            total += (pending or 1) * _UNITS[char]
            pending = 0
        else:
            pending = _DIGITS[char]
    return str(total + pending)
