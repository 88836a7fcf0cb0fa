"""Codes of invented firms: 统一社会信用代码 (GB 32100-2015) with right check digits, and the older numbers.

Written from the standards, apart from the room that checks codes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

__all__ = ["credit_code", "draw_serial", "organisation_code", "registration_number"]

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
# Weights and alphabet of GB 32100-2015: powers of 3 modulo 31.
_CREDIT_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def credit_code(division_code: str, serial: str) -> str:
    """Return the 18 characters of an enterprise's code.

    Parameters
    ----------
    division_code : str
        Six digits of the registering authority.
    serial : str
        The first eight characters of the organisation code.

    Examples
    --------
    >>> credit_code("990103", "MA5A0001")
    '91990103MA5A00013U'
    """
    body = f"91{division_code}{serial}{_organisation_check(serial)}"
    total = sum(_ALPHABET.index(c) * w for c, w in zip(body, _CREDIT_WEIGHTS, strict=True))
    return body + _ALPHABET[(31 - total % 31) % 31]


def organisation_code(credit: str) -> str:
    """Return the nine-character organisation code inside a credit code."""
    return credit[8:17]


def registration_number(division_code: str, serial: int) -> str:
    """Return a 15-digit registration number with its check digit (modulo 11, 10).

    Examples
    --------
    >>> registration_number("990103", 12345678)
    '990103123456787'
    """
    body = f"{division_code}{serial:08d}"
    # Modulo 11, 10 (GB/T 17710), digit by digit.
    rest = 10
    for digit in body:
        rest = (rest + int(digit)) % 10 or 10
        rest = rest * 2 % 11
    return body + str((11 - rest) % 10)


def draw_serial(rng: np.random.Generator) -> str:
    """Return eight characters as they are given out: digits before 2015, MA… since."""
    if rng.random() < 0.4:
        return f"{int(rng.random() * 1e8):08d}"
    number, tail = int(rng.random() * 6 * 31**5), ""
    for _ in range(5):
        number, place = divmod(number, 31)
        tail += _ALPHABET[place]
    return f"MA{number + 4}{tail}"


def _organisation_check(serial: str) -> str:
    values = [int(c) if c.isdigit() else ord(c) - ord("A") + 10 for c in serial]
    rest = 11 - sum(v * w for v, w in zip(values, _ORGANISATION_WEIGHTS, strict=True)) % 11
    return "X" if rest == 10 else "0" if rest == 11 else str(rest)
