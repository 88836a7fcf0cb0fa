"""Industry codes of GB/T 4754-2017 in every form people write them.

The names of the 31 divisions of manufacturing ship with the package. Groups and classes are checked where a workspace
holds the full list (:mod:`industrymap.enterprises.classification`).
"""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from industrymap import issues, texts
from industrymap.enterprises._missing_values import missing_values_issues
from industrymap.enterprises._row_issues import issues_per_row

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "SECTIONS",
    "check",
    "divisions",
    "finest",
    "is_manufacturing",
    "name_of",
    "normalise",
    "section_of",
]

SECTIONS = {
    "A": (1, 5), "B": (6, 12), "C": (13, 43), "D": (44, 46), "E": (47, 50), "F": (51, 52), "G": (53, 60),
    "H": (61, 62), "I": (63, 65), "J": (66, 69), "K": (70, 70), "L": (71, 72), "M": (73, 75), "N": (76, 79),
    "O": (80, 82), "P": (83, 83), "Q": (84, 85), "R": (86, 90), "S": (91, 96), "T": (97, 97),
}  # fmt: skip
"""Section → first and last division (GB/T 4754-2017)."""

_LETTERS = {
    f"{division:02d}": letter
    for letter, (first, last) in SECTIONS.items()
    for division in range(first, last + 1)
}

UNREADABLE = issues.rule(
    "industry.unreadable",
    "warning",
    "不是国民经济行业代码或大类名称（GB/T 4754-2017），行业按缺失处理",
    "neither an industry code nor a division's name (GB/T 4754-2017): the industry is left out",
)
UNKNOWN_CODE = issues.rule(
    "industry.unknown_code",
    "warning",
    "GB/T 4754-2017 中没有这个代码，行业按缺失处理",
    "no such code in GB/T 4754-2017: the industry is left out",
)
REWRITTEN = issues.rule(
    "industry.rewritten",
    "info",
    "行业读作 {code}",
    "the industry is read as {code}",
)
COARSE = issues.rule(
    "industry.coarse",
    "info",
    "只填到大类，集群等细分判断的把握较低",
    "only the division is given: what needs the class is less certain",
)
MOST_COARSE = issues.rule(
    "industry.most_coarse",
    "info",
    "{of} 行中有 {n} 行的行业只填到大类",
    "{n} of {of} rows give only the division",
)
MISSING = issues.rule(
    "industry.missing",
    "info",
    "没有填写行业",
    "no industry is given",
)
MOST_MISSING = issues.rule(
    "industry.most_missing",
    "info",
    "{of} 行中有 {n} 行没有填写行业",
    "{n} of {of} rows give no industry",
)
LETTER = issues.rule(
    "industry.letter",
    "warning",
    "门类字母与代码不一致，按代码数字处理",
    "the section letter contradicts the digits, which were used",
)


@cache
def divisions() -> dict[str, str]:
    """Return the 31 divisions of manufacturing: code → Chinese name."""
    rows = resources.files(__package__).joinpath("industries.csv").read_text(encoding="utf-8")
    return {row["code"]: row["zh"] for row in csv.DictReader(rows.splitlines())}


def name_of(code: str, lang: str = "zh") -> str:
    """Return the name of the division a code lies in, or the code's first two digits."""
    return _names(lang).get(code[:2], code[:2])


def normalise(
    written: pd.Series[Any], *, known: frozenset[str] = frozenset()
) -> tuple[pd.Series[Any], pd.Series[Any]]:
    """Read industry codes of two to four digits from text.

    Parameters
    ----------
    written : Series of string
        ``C3612``, ``3612``, ``3612.0``, ``36``, ``C36汽车制造业``, ``制造业-汽车制造业``, ``汽车制造业``.
    known : frozenset of str
        Every code of the full list, where the user gave one; empty checks divisions only.

    Returns
    -------
    codes : Series of string
        Digits without the letter; missing where there is no readable code.
    problem : Series of string
        The id of the rule a text breaks, else missing.

    Examples
    --------
    >>> import pandas as pd
    >>> forms = pd.Series(["C3612", "36", "制造业-汽车制造业", "C36 汽车制造业", "9999"])
    >>> normalise(forms)[0].tolist()
    ['3612', '36', '36', '36', <NA>]
    """
    # A base of a hundred thousand firms has a few hundred different texts: each is read once.
    distinct = written.astype("string").astype("category")
    values = pd.Series(distinct.cat.categories, dtype="string")
    codes, problem = _read(values, known)
    place = distinct.cat.codes.to_numpy()
    return _spread(codes, place, written.index), _spread(problem, place, written.index)


def check(
    frame: pd.DataFrame, *, column: str = "industry_text", known: frozenset[str] = frozenset()
) -> tuple[pd.Series[Any], pd.DataFrame]:
    """Read a column of industries and list what could not be read.

    Returns
    -------
    codes : Series of string
    issues : DataFrame
    """
    codes, problem = normalise(frame[column], known=known)
    found = [
        issues.from_mask(frame, problem == rule.id, rule, column=column)
        for rule in (UNREADABLE, UNKNOWN_CODE, LETTER)
    ]
    written = frame[column].astype("string")
    has_column = written.notna().groupby(frame["source"]).transform("any")
    sound = codes.notna() & problem.isna()
    plain = written.str.fullmatch(r"[A-T]?\d{2,4}").fillna(value=False).astype(bool)
    at = np.flatnonzero((sound & ~plain).to_numpy(dtype=bool))
    found.append(issues_per_row(frame, at, REWRITTEN, column=column, code=codes.iloc[at].tolist()))
    # Reported because clusters need the class: by division alone many rules cannot decide.
    coarse = (sound & plain & (codes.str.len() == 2)).fillna(value=False).astype(bool)
    found.append(missing_values_issues(frame, coarse, COARSE, MOST_COARSE, column=column))
    missing = (written.isna() & has_column).fillna(value=False).astype(bool)
    found.append(missing_values_issues(frame, missing, MISSING, MOST_MISSING, column=column))
    return codes.rename("industry_code"), issues.concat(found)


def finest(
    codes: pd.Series[Any], firm: NDArray[np.int64], used: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Prefer, of one firm's codes, a longer one that begins with the one chosen first.

    Parameters
    ----------
    codes : Series of string
        One per record.
    firm : ndarray of int
        Firm number of each record, −1 for none.
    used : ndarray of int
        For each firm the record whose code was chosen, −1 for none.

    Returns
    -------
    used : ndarray of int
    """
    out = used.copy()
    size = codes.str.len().fillna(0).to_numpy(dtype=np.int64)
    place = np.where(firm >= 0, used[firm], -1)
    # Codes of one firm that contradict each other are left as they are; only a finer one of the
    # same branch is taken.
    longer = np.flatnonzero((place >= 0) & (size > size[place]))
    for record in longer:
        now = out[firm[record]]
        if size[record] > size[now] and str(codes.iloc[record]).startswith(str(codes.iloc[now])):
            out[firm[record]] = record
    return out


def section_of(codes: pd.Series[Any]) -> pd.Series[Any]:
    """Return the section letter of each code; missing where the code is."""
    place, distinct = pd.factorize(codes.str.slice(0, 2))
    letters = [_LETTERS.get(str(division)) for division in distinct]
    return _spread(pd.Series(letters, dtype="string"), place, codes.index)


def is_manufacturing(codes: pd.Series[Any]) -> pd.Series[Any]:
    """Say whether each code lies in section C; missing where the code is."""
    return (section_of(codes) == "C").astype("boolean").mask(codes.isna())


def _read(values: pd.Series[Any], known: frozenset[str]) -> tuple[pd.Series[Any], pd.Series[Any]]:
    # 3670.0 is how a spreadsheet writes the code 3670.
    folded = texts.fold(values).str.strip().str.replace(r"\.0$", "", regex=True)
    # Followed by a digit or a point it is another number: a five-digit code, or a share.
    part = folded.str.extract(r"^([A-T])?[\s\-.]*(\d{2,4})(?![\d.])")
    letter, code = part[0], part[1]
    by_name = folded.where(code.isna()).map(_division_named, na_action="ignore").astype("string")
    code = code.fillna(by_name)
    # Divisions run from 01 to 97 over all sections.
    division = pd.to_numeric(code.str.slice(0, 2), errors="coerce").fillna(0)
    unknown = code.notna() & ~((division >= 1) & (division <= 97))
    if known:
        manufacturing = code.str.slice(0, 2).isin(divisions())
        unknown |= manufacturing & ~code.isin(known)
    code = code.mask(unknown)
    # "Manufacturing" as a whole is a true statement without a code, and no mistake.
    bare = folded.isin(["C", "制造业", "C制造业", "工业"])
    contradicts = letter.notna() & code.notna() & (letter != section_of(code))
    problem = pd.Series(pd.NA, index=values.index, dtype="string")
    problem[contradicts] = LETTER.id
    problem[code.isna() & folded.notna() & (folded != "") & ~bare] = UNREADABLE.id
    problem[unknown] = UNKNOWN_CODE.id
    return code, problem


def _division_named(text: str) -> str | None:
    """Return the division whose name is in ``text``, the longest name first."""
    bare = texts.key(pd.Series([text], dtype="string")).iloc[0]
    if bare is pd.NA:
        return None
    for name, code in _by_name():
        if name in bare:
            return code
    return None


@cache
def _by_name() -> list[tuple[str, str]]:
    names = pd.Series(list(divisions().values()), dtype="string")
    pairs = zip(texts.key(names), divisions(), strict=True)
    return sorted(pairs, key=lambda pair: -len(pair[0]))


@cache
def _names(lang: str) -> dict[str, str]:
    rows = resources.files(__package__).joinpath("industries.csv").read_text(encoding="utf-8")
    return {row["code"]: row[lang] for row in csv.DictReader(rows.splitlines())}


def _spread(values: pd.Series[Any], place: NDArray[Any], index: pd.Index[Any]) -> pd.Series[Any]:
    """Give each row the value of its category; code −1 is missing."""
    padded = pd.array([*values.tolist(), pd.NA], dtype="string")
    return pd.Series(padded[place], index=index)
