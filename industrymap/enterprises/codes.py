"""Codes that identify a firm: 统一社会信用代码, and what was used before it.

==============  ==========================================  =============================================
status          form                                        check digit
==============  ==========================================  =============================================
``valid``       18 characters, GB 32100-2015                modulo 31, weights 3^i
``legacy15``    15 digits, the registration number before   ISO 7064 MOD 11,10 (工商行政管理注册号编制规则);
                2015, or 6 digits and an organisation code  or the organisation code's own
``org9``        9 characters, GB 11714                      modulo 11
``invalid``     anything else
``missing``     nothing
==============  ==========================================  =============================================

What the check digit cannot see: a change of one character is always caught, because 31 is prime and no weight
is 0; a swap of two different characters is caught wherever their weights differ. The weights 3^0 … 3^16 differ
from one another, but the check character itself counts once, as the first character does (3^0 = 1): a swap of
characters 1 and 18 goes unseen by the arithmetic, and is caught only where it puts a letter or digit in front
that no registration authority uses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from industrymap import issues
from industrymap.enterprises._missing_values import missing_values_issues

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "ALPHABET",
    "AUTHORITIES",
    "check",
    "check_character",
    "check_digit_holds",
    "clean",
    "organisation_code",
    "status",
]

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The 31 characters of GB 32100-2015: no I, O, S, V, Z."""

AUTHORITIES = "123456789ANY"
"""First characters in use: the authority that registered the body (GB 32100-2015 and its amendment)."""

_WEIGHTS = np.array([pow(3, i, 31) for i in range(17)] + [1], dtype=np.int32)
_ORG_WEIGHTS = np.array([3, 7, 9, 10, 5, 8, 4, 2], dtype=np.int32)
_ID_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2, 1], dtype=np.int32)
_LOOKALIKES = str.maketrans("IOSVZ", "10502")

REPAIRED = issues.rule(
    "uscc.repaired",
    "info",
    "代码按规范改写为 {code} 后校验通过（大小写、空格、全角或形近字符）",
    "the code passes its check digit once written as {code} (case, spaces, full-width or look-alike letters)",
)
CHECK_DIGIT = issues.rule(
    "uscc.check_digit",
    "warning",
    "统一社会信用代码校验位不通过（GB 32100-2015），该代码不用于合并",
    "the credit code fails its check digit (GB 32100-2015) and is not used to join sources",
)
FORM = issues.rule(
    "uscc.form",
    "warning",
    "不是18位统一社会信用代码、15位旧注册号或9位组织机构代码，不用于合并",
    "neither an 18-character credit code, a 15-digit registration number nor a 9-character organisation code",
)
SCIENTIFIC = issues.rule(
    "uscc.scientific",
    "warning",
    "表格软件把代码改成了科学计数法，末尾数字已丢失，请从原表按文本重新导出",
    "a spreadsheet turned the code into a number and lost its last digits: export it again as text",
)
PERSONAL = issues.rule(
    "uscc.personal_id",
    "warning",
    "疑似居民身份证号，已隐去，不作为企业代码",
    "looks like a citizen's identity number: hidden here and not used as a firm's code",
)
MISSING = issues.rule(
    "uscc.missing",
    "info",
    "没有代码，只能凭名称和地址核对",
    "no code: the firm can only be identified by name and address",
)
MOST_MISSING = issues.rule(
    "uscc.most_missing",
    "info",
    "{of} 行中有 {n} 行没有代码",
    "{n} of {of} rows have no code",
)
LEGACY = issues.rule(
    "uscc.legacy",
    "info",
    "旧式代码（15位注册号或9位组织机构代码），可用于核对，建议补充统一社会信用代码",
    "a code of the old kind (15-digit registration number or 9-character organisation code)",
)
ORGANISATION = issues.rule(
    "uscc.organisation_part",
    "info",
    "代码整体校验通过，但其中的组织机构代码段（第9–17位）自身校验不通过，请核对",
    "the code passes as a whole, but its organisation part (characters 9 to 17) fails its own check digit",
)


def clean(codes: pd.Series[Any]) -> pd.Series[Any]:
    """Write codes as the standard does: capitals, half-width, no spaces, hyphens or quotes.

    Letters the standard does not use are read as the digits they look like (``O`` → ``0``, ``I`` → ``1``)
    where, and only where, an 18-character code passes its check digit that way.

    Returns
    -------
    cleaned : Series of string
        Missing where nothing is left.

    Examples
    --------
    >>> import pandas as pd
    >>> clean(pd.Series([" 91440101708231365x", "９１４４０１０１７０８２３１３６５Ｘ", "-"])).tolist()
    ['91440101708231365X', '91440101708231365X', <NA>]
    """
    out = codes.astype("string")
    odd = out.notna() & ~out.str.fullmatch(r"[0-9A-Z]+")
    if odd.any():
        tidy = out[odd].str.normalize("NFKC").str.upper()
        # Excel writes a code of digits as 1234.0 when the column was numeric.
        tidy = tidy.str.replace(r"\.0$", "", regex=True)
        # 9.14401E+17 has lost digits: taking its marks out would make another code of it.
        keep = tidy.str.fullmatch(r"\s*\d[\d.]*E\+?\d+\s*").fillna(value=False)
        bare = tidy.str.replace(r"[^0-9A-Z]", "", regex=True)
        out[odd] = bare.where(~keep, tidy.str.strip())
    # What people write for nothing.
    out = out.mask(out.isin(["", "0", "NA", "NULL", "NONE", "NAN"]))
    # The standard leaves out I, O, S, V and Z because they are misread.
    doubtful = out.notna() & (out.str.len() == 18) & out.str.contains("[IOSVZ]", regex=True)
    if doubtful.any():
        guess = out[doubtful].map(lambda code: code.translate(_LOOKALIKES)).astype("string")
        better = pd.Series(check_digit_holds(guess), index=guess.index)
        out[better.index[better]] = guess[better]
    return out


def check_digit_holds(codes: pd.Series[Any]) -> NDArray[np.bool_]:
    """Say for each code whether Σ value·3^i + value of character 18 is 0 modulo 31 (GB 32100-2015).

    The form is checked too: 18 characters of the standard's alphabet, an authority in use in front,
    digits for the administrative division in places 3 to 8.

    Parameters
    ----------
    codes : Series of string
        As :func:`clean` writes them.

    Returns
    -------
    holds : ndarray of bool
        False where missing.
    """
    rows, letters = _matrix(codes, 18)
    values = _VALUES[letters]
    good = (values >= 0).all(axis=1)
    # Sums stay below 2^24: single precision is exact, and as fast as the machine goes.
    total = (values.astype(np.float32) @ _WEIGHTS.astype(np.float32)).astype(np.int32)
    # One code in 31 would pass by chance, so the form is checked too.
    good &= total % 31 == 0
    good &= (values[:, 2:8] < 10).all(axis=1) & _AUTHORITY[letters[:, 0]]
    return _scatter(good, rows, len(codes))


def check_character(body: str) -> str:
    """Return the 18th character that makes 17 characters a sound code.

    Examples
    --------
    >>> check_character("91440101708231365")
    'X'
    """
    total = sum(ALPHABET.index(char) * pow(3, i, 31) for i, char in enumerate(body))
    return ALPHABET[-total % 31]


def organisation_code(codes: pd.Series[Any]) -> pd.Series[Any]:
    """Return the organisation code a code carries: characters 9–17 of 18, the last 9 of 15, or all 9.

    Missing where there is none, or where its own check digit fails.
    """
    length = codes.str.len()
    part = codes.str.slice(8, 17).where(length == 18)
    # Old tax numbers: six digits of the place, then the organisation code.
    part = part.where(length != 15, codes.str.slice(6, 15)).where(length != 9, codes)
    return part.where(pd.Series(_organisation_holds(part), index=codes.index))


def status(codes: pd.Series[Any]) -> pd.Series[Any]:
    """Say what each cleaned code is: ``valid``, ``invalid``, ``legacy15``, ``org9`` or ``missing``.

    Examples
    --------
    >>> import pandas as pd
    >>> status(pd.Series(["91440101708231365X", "91440101708231366X", "708231365", None])).tolist()
    ['valid', 'invalid', 'org9', 'missing']
    """
    valid = check_digit_holds(codes)
    # The old forms are tried only where the new one fails.
    rest = _old_status(codes[~valid])
    place = np.zeros(len(codes), dtype=np.int8)
    place[~valid] = rest
    names = pd.array(["valid", "invalid", "missing", "org9", "legacy15"], dtype="string")
    return pd.Series(names.take(place), index=codes.index, name="uscc_status")


def _old_status(codes: pd.Series[Any]) -> NDArray[np.int8]:
    """Return 1 for an invalid code, 2 for a missing one, 3 for an organisation code, 4 for 15 digits."""
    kind = np.ones(len(codes), dtype=np.int8)
    kind[codes.isna().to_numpy()] = 2
    kind[_organisation_holds(codes)] = 3
    # 15 characters are a registration number (ISO 7064) or an old tax number.
    tail = codes.str.slice(6).where(codes.str.fullmatch(r"\d{6}[0-9A-Z]{9}").fillna(value=False))
    kind[_registration_holds(codes) | _organisation_holds(tail)] = 4
    return kind


def check(
    frame: pd.DataFrame, *, column: str = "uscc"
) -> tuple[pd.Series[Any], pd.Series[Any], pd.DataFrame]:
    """Clean and judge a column of codes and list every one that is not sound as written.

    Parameters
    ----------
    frame : DataFrame
        Has ``column``, ``source`` and ``source_row``.
    column : str
        The column of codes.

    Returns
    -------
    codes, status : Series of string
        Cleaned codes, and what they are.
    issues : DataFrame
        One row per repaired, unsound or old-style code.
    """
    raw = frame[column].astype("string")
    codes = clean(raw)
    kind = status(codes)
    person = (kind == "invalid") & pd.Series(_is_personal(codes), index=codes.index)
    scientific = (kind == "invalid") & codes.str.fullmatch(r"\d[\d.]*E\+?\d+").fillna(value=False)
    sized = codes.str.len() == 18
    plain = (kind == "invalid") & ~person & ~scientific
    # A citizen's number must not travel on in a table of issues: the first six digits tell its place.
    hidden = raw.where(~person, raw.str.slice(0, 6) + "************")
    valid = kind == "valid"
    # The whole passes and its part does not: two wrong characters can cancel out.
    odd_part = valid & organisation_code(codes).isna()
    found = [
        issues.from_mask(frame, scientific, SCIENTIFIC, column=column),
        issues.from_mask(frame, person, PERSONAL, column=column, values=hidden),
        issues.from_mask(frame, plain & sized, CHECK_DIGIT, column=column),
        issues.from_mask(frame, plain & ~sized, FORM, column=column),
        issues.from_mask(frame, kind.isin(["legacy15", "org9"]), LEGACY, column=column),
        issues.from_mask(frame, odd_part, ORGANISATION, column=column),
        _repairs(frame, raw, codes, valid & (raw != codes)),
        missing_values_issues(
            frame,
            (kind == "missing").fillna(value=False).astype(bool),
            MISSING,
            MOST_MISSING,
            column=column,
        ),
    ]
    return codes.mask(person), kind, issues.concat(found)


def _repairs(
    frame: pd.DataFrame, raw: pd.Series[Any], codes: pd.Series[Any], changed: pd.Series[Any]
) -> pd.DataFrame:
    at = changed.fillna(value=False).to_numpy(dtype=bool)
    return issues.from_records(
        {"rule": REPAIRED, "source": s, "row": r, "column": "uscc", "value": v, "code": c}
        for s, r, v, c in zip(
            frame["source"][at], frame["source_row"][at], raw[at], codes[at], strict=True
        )
    )


def _matrix(codes: pd.Series[Any], length: int) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Return the rows whose code is ``length`` ASCII characters, and those characters as bytes."""
    text = codes.astype("string")
    fits = (text.str.len() == length) & text.str.fullmatch(r"[0-9A-Z]+")
    rows = np.flatnonzero(fits.fillna(value=False).to_numpy(dtype=bool))
    joined = "".join(text.iloc[rows].tolist()).encode("ascii")
    return rows, np.frombuffer(joined, dtype=np.uint8).reshape(-1, length)


def _scatter(good: NDArray[np.bool_], rows: NDArray[np.int64], size: int) -> NDArray[np.bool_]:
    out = np.zeros(size, dtype=bool)
    out[rows] = good
    return out


def _organisation_holds(codes: pd.Series[Any]) -> NDArray[np.bool_]:
    """GB 11714: C9 = 11 − Σ Ci·Wi mod 11; 10 is written X, 11 is written 0."""
    rows, letters = _matrix(codes, 9)
    values = _PLAIN[letters]
    wanted = (11 - (values[:, :8] @ _ORG_WEIGHTS) % 11) % 11
    last = np.where(letters[:, 8] == ord("X"), 10, values[:, 8])
    return _scatter(wanted == last, rows, len(codes))


def _registration_holds(codes: pd.Series[Any]) -> NDArray[np.bool_]:
    """ISO 7064 MOD 11,10 over 15 digits."""
    rows, letters = _matrix(codes, 15)
    digits = letters.astype(np.int32) - ord("0")
    numeric = ((digits >= 0) & (digits <= 9)).all(axis=1)
    carry = np.full(len(rows), 10, dtype=np.int32)
    for place in range(14):
        total = (carry + digits[:, place]) % 10
        carry = (np.where(total == 0, 10, total) * 2) % 11
    return _scatter(numeric & ((carry + digits[:, 14]) % 10 == 1), rows, len(codes))


def _is_personal(codes: pd.Series[Any]) -> NDArray[np.bool_]:
    """GB 11643: a birth date in places 7–14 and Σ ai·Wi ≡ 1 modulo 11."""
    rows, letters = _matrix(codes, 18)
    digits = letters.astype(np.int32) - ord("0")
    digits[:, 17] = np.where(letters[:, 17] == ord("X"), 10, digits[:, 17])
    numeric = ((digits[:, :17] >= 0) & (digits[:, :17] <= 9)).all(axis=1)
    century = digits[:, 6] * 10 + digits[:, 7]
    month = digits[:, 10] * 10 + digits[:, 11]
    dated = np.isin(century, [19, 20]) & (month >= 1) & (month <= 12)
    return _scatter(numeric & dated & ((digits @ _ID_WEIGHTS) % 11 == 1), rows, len(codes))


def _lookup(alphabet: str) -> NDArray[np.int32]:
    table = np.full(256, -1, dtype=np.int32)
    for value, char in enumerate(alphabet):
        table[ord(char)] = value
    return table


_VALUES = _lookup(ALPHABET)
_PLAIN = _lookup("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_AUTHORITY = np.isin(np.arange(256), [ord(char) for char in AUTHORITIES])
