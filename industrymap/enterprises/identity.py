"""Which records are the same firm, and on what evidence.

In this order, and never on less:

==================  ===================================================================================
evidence            rule
==================  ===================================================================================
``uscc``            the same valid credit code
``organisation``    an organisation code (or an old tax number) that is part of one valid credit code
``near_code``       the same name, and an unsound code that is the firm's sound one but for two characters or its end
``part_code``       ten characters or more of one firm's sound code, the same place, and a name that may be the same firm's
``same_code``       the same name, and the same unsound or old-style code
``address``         the same name and the same place (:mod:`industrymap.enterprises.places`)
``name``            only for lists and coordinates, which make no firm: the same full name, borne by one firm
==================  ===================================================================================

Names and addresses are compared by their letters and digits alone, folded to half-width simplified characters.
Records that bear the same name without evidence stay apart and are listed as possible duplicates.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from industrymap import issues, texts
from industrymap.enterprises import places
from industrymap.enterprises._row_issues import issues_per_row
from industrymap.enterprises.codes import organisation_code
from industrymap.enterprises.duplicates import describe

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["EVIDENCE", "MAKES_FIRMS", "Identity", "identify"]

MAKES_FIRMS = ("statistics", "tax", "registry")

SHARED = issues.rule(
    "identity.shared_code",
    "warning",
    "同一张表中名称不同的企业使用同一代码 {code}，未合并；请核对",
    "firms with different names share the code {code} in one table: kept apart, please check",
)
UNKNOWN_FIRM = issues.rule(
    "list.unknown_firm",
    "warning",
    "企业库中没有这家企业（按代码和名称均未找到），未使用",
    "no table holds this firm, neither by code nor by name: not used",
)
NAMELESS = issues.rule(
    "identity.nameless",
    "error",
    "既无企业名称又无有效代码，无法识别，未入库",
    "neither a name nor a valid code: the row cannot be distinguished from others and is left out",
)

EVIDENCE = ("own", "uscc", "organisation", "near_code", "part_code", "same_code", "address", "name")
"""What joins a record to a firm; from ``organisation`` on, less than a credit code."""

_CODE = {name: code for code, name in enumerate(EVIDENCE)}
_GENERIC = re.compile(r"股份|有限责任|有限|公司|集团|工厂|厂|中国|控股|总|分")
_ADDRESSES = ("operating_address", "registered_address")
_MAX_NAMESAKES = 20
_LEAST_OF_CODE = 10
"""Characters that must be left of a code that was cut short."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Which firm each record belongs to.

    Attributes
    ----------
    firm : ndarray of int
        Aligned with the records: number of the firm in order of first appearance, −1 where a record belongs
        to none.
    evidence : Categorical
        Why, by the module's table; ``own`` for a record that is a firm by itself.
    issues : DataFrame
    """

    firm: NDArray[np.int64]
    evidence: pd.Categorical[Any]
    issues: pd.DataFrame


def identify(records: pd.DataFrame) -> Identity:
    """Group records into firms.

    Parameters
    ----------
    records : DataFrame
        As :class:`industrymap.enterprises.intake.Stack` holds them.

    Returns
    -------
    identity : Identity
    """
    work = _keys(records)
    nameless = work["name"].isna() & work["code"].isna()
    found = [issues.from_mask(records, nameless, NAMELESS, column="name")]
    # First what looks joined and is not: a group that files under its parent's code.
    found.append(_split_shared_codes(records, work))
    # From the surest evidence to the weakest: a record that is joined is not looked at again.
    _join_by_organisation(work)
    _join_by_name(work)
    _join_by_part_of_code(records, work)
    _join_unsound(work)
    work.loc[nameless, "key"] = pd.NA
    firm = _number(work)
    found.append(_attach_extra_records(records, work, firm))
    found += describe(records, work, firm)
    return Identity(
        firm=firm,
        evidence=pd.Categorical.from_codes(work["evidence"].to_numpy(), pd.Index(EVIDENCE)),
        issues=issues.concat(found),
    )


def _keys(records: pd.DataFrame) -> pd.DataFrame:
    """Return one row per record: what it can be joined on, and its key so far."""
    # Only a code with a right check digit (GB 32100-2015) is an identity of its own.
    valid = (records["uscc_status"] == "valid").to_numpy(dtype=bool)
    work = pd.DataFrame(
        {
            "code": records["uscc"].where(valid),
            "written": records["uscc"].where(~valid),
            "name": texts.name_key(records["name"]),
            "makes": records["kind"].isin(MAKES_FIRMS).to_numpy(dtype=bool),
            "evidence": np.where(valid, _CODE["uscc"], _CODE["own"]).astype(np.int8),
        }
    )
    work["key"] = work["code"]
    again = work["name"].notna() & work["name"].duplicated(keep=False)
    # Address keys cost time: only names that occur again beside an unsound code need one.
    near = again & work["name"].isin(work["name"][~valid & again]).to_numpy(dtype=bool)
    for column in _ADDRESSES:
        short = pd.Series(pd.NA, index=work.index, dtype="string")
        short[near] = places.key(records[column][near])
        work[column] = short
    return work


def _split_shared_codes(records: pd.DataFrame, work: pd.DataFrame) -> pd.DataFrame:
    """Keep apart what one table calls by unlike names under one code; the first keeps the code."""
    repeated = work["code"].notna() & pd.DataFrame(
        {"table": records["table"], "code": work["code"]}
    ).duplicated(keep=False)
    part = work[repeated & work["name"].notna()]
    first = part.groupby([records["table"][part.index], "code"], sort=False)["name"].transform(
        "first"
    )
    # Compared with the first of the same table: a later table may hold a new name of the same firm.
    differs = part[part["name"] != first]
    apart = [
        place
        for place, name, other in zip(
            differs.index, differs["name"], first[differs.index], strict=True
        )
        # 广州甲有限公司 and 甲股份 share most of their own characters; a sister company does not.
        if not _alike(name, other)
    ]
    wrong = issues_per_row(
        records, np.array(apart, dtype=np.int64), SHARED, column="name",
        code=work["code"].loc[apart].tolist(),
    )  # fmt: skip
    work.loc[apart, ["key", "code"]] = pd.NA
    work.loc[apart, "evidence"] = _CODE["own"]
    return wrong


def _alike(one: str, other: str) -> bool:
    """Say whether two name keys may be one firm's: most of the shorter one's own characters in common."""
    a, b = (set(_GENERIC.sub("", text)) for text in (one, other))
    # Without 有限公司 and its like; a name made of nothing else says nothing against.
    return not a or not b or len(a & b) / min(len(a), len(b)) >= 0.6


def _join_by_organisation(work: pd.DataFrame) -> None:
    """Join an organisation code to the credit code it is part of; an old tax number needs the name too."""
    written = work["written"].dropna()
    # Characters 9 to 17 of a credit code are the former organisation code; a 15-digit tax number ends with it.
    loose = organisation_code(written[written.str.len().isin([9, 15])]).dropna()
    if loose.empty:
        return
    coded = work.loc[work["code"].notna(), ["code", "name"]].drop_duplicates("code")
    coded["organisation"] = organisation_code(coded["code"])
    # An organisation code that two firms share joins to neither.
    coded = coded[coded["organisation"].isin(loose)].drop_duplicates("organisation", keep=False)
    known = coded.set_index("organisation")
    target = loose.map(known["code"])
    same_name = work["name"].loc[loose.index] == loose.map(known["name"])
    sure = target.notna() & (
        (written.loc[loose.index].str.len() == 9) | same_name.fillna(value=False)
    )
    _join(work, target[sure].index, target[sure], "organisation")


def _join_by_name(work: pd.DataFrame) -> None:
    """Join a record to the one coded firm that bears its name, where a code or an address agrees."""
    loose = work[work["key"].isna() & work["name"].notna() & work["makes"]]
    coded = work[work["code"].notna() & work["name"].isin(loose["name"])]
    # A name alone never joins: 鸿发五金厂 exists in every town.
    pairs = _pairs(loose, coded)
    if pairs.empty:
        return
    near = [
        _nearly(one, other) for one, other in zip(pairs["written"], pairs["code_firm"], strict=True)
    ]
    pairs["reason"] = np.where(near, "near_code", np.where(_same_place(pairs), "address", ""))
    pairs = pairs[pairs["reason"] != ""]
    pairs = pairs.sort_values("reason", ascending=False, kind="stable")
    # Evidence for two firms is evidence for neither.
    firms = pairs.groupby("place")["code_firm"].nunique()
    sure = pairs[pairs["place"].map(firms) == 1].drop_duplicates("place")
    for reason, part in sure.groupby("reason"):
        _join(work, pd.Index(part["place"]), part["code_firm"], str(reason))


def _join_by_part_of_code(records: pd.DataFrame, work: pd.DataFrame) -> None:
    """Join a code that was cut short to the only one that begins so, where the place agrees and the names may be one firm's."""
    loose = work[work["key"].isna() & work["name"].notna() & work["makes"]]
    size = loose["written"].str.len()
    # Excel and narrow columns cut codes at any length; each length is compared with beginnings of the same length.
    for length in sorted(size[size.between(_LEAST_OF_CODE, 17)].unique()):
        part = loose.loc[size == length, ["written", "name"]]
        begin = work["code"].str.slice(0, int(length))
        coded = work.loc[begin.isin(part["written"]), ["code", "name"]]
        coded = coded.assign(written=begin[coded.index]).drop_duplicates()
        crowd = coded.groupby("written")["code"].transform("nunique")
        pairs = part.reset_index(names="place").merge(
            # Codes of one registry begin alike: a beginning that many share proves nothing.
            coded[crowd <= _MAX_NAMESAKES].reset_index(names="place_firm"),
            on="written", suffixes=("", "_firm"),
        )  # fmt: skip
        for column in _ADDRESSES:
            for end in ("", "_firm"):
                at = pairs[f"place{end}"].to_numpy()
                pairs[column + end] = places.key(records[column].iloc[at]).to_numpy()
        alike = [
            isinstance(b, str) and _alike(a, b)
            for a, b in zip(pairs["name"], pairs["name_firm"], strict=True)
        ]
        pairs = pairs[_same_place(pairs) & np.array(alike, dtype=bool)]
        one = pairs.groupby("place")["code"].transform("nunique") == 1
        sure = pairs[one].drop_duplicates("place")
        _join(work, pd.Index(sure["place"]), sure["code"], "part_code")


def _join_unsound(work: pd.DataFrame) -> None:
    """Join records without any sound code to one another: the same name, and the same code or place."""
    loose = work[work["key"].isna() & work["name"].notna() & work["makes"]]
    again = loose[loose["name"].duplicated(keep=False)]
    heads: dict[str, list[tuple[object, ...]]] = {}
    joined: dict[str, list[tuple[object, object]]] = {"same_code": [], "address": []}
    columns = [again[name].tolist() for name in ("name", "written", *_ADDRESSES)]
    for record in zip(again.index, *columns, strict=True):
        known = heads.setdefault(record[1], [])
        # Every record is compared with the first of each firm of its name, not with all of them: linear for common names.
        for head in known[:_MAX_NAMESAKES]:
            reason = _one_firm(record, head)
            if reason:
                joined[reason].append((record[0], head[0]))
                break
        else:
            known.append(record)
    for reason, pairs in joined.items():
        followers, first = [a for a, _ in pairs], [b for _, b in pairs]
        keys = pd.Series([f"#{place}" for place in first], dtype="string")
        work.loc[first, "key"] = keys.to_numpy()
        _join(work, pd.Index(followers), keys, reason)


def _one_firm(record: tuple[object, ...], head: tuple[object, ...]) -> str:
    """Say why two records of one name are one firm: by the code as written, or by a place of either kind."""
    if isinstance(record[2], str) and isinstance(head[2], str) and record[2] == head[2]:
        return "same_code"
    return "address" if any(places.same(a, b) for a in record[3:] for b in head[3:]) else ""


def _pairs(loose: pd.DataFrame, coded: pd.DataFrame) -> pd.DataFrame:
    """Return loose × coded records of the same name, without names that many firms bear."""
    crowd = coded.groupby("name")["code"].transform("nunique")
    columns = ["name", "code", *_ADDRESSES]
    left = loose[["name", "written", *_ADDRESSES]].copy()
    left.insert(0, "place", left.index)
    return left.merge(
        coded.loc[crowd <= _MAX_NAMESAKES, columns], on="name", suffixes=("", "_firm")
    ).rename(columns={"code": "code_firm"})


def _same_place(pairs: pd.DataFrame) -> NDArray[np.bool_]:
    same = np.zeros(len(pairs), dtype=bool)
    for one in _ADDRESSES:
        for other in _ADDRESSES:
            both = zip(pairs[one], pairs[f"{other}_firm"], strict=True)
            same |= np.array([places.same(a, b) for a, b in both], dtype=bool)
    return same


def _nearly(one: object, other: str) -> bool:
    """Say whether an unsound code is a sound one with up to two wrong characters, or its first ten or more."""
    if not isinstance(one, str):
        return False
    if len(one) == len(other):
        return sum(a != b for a, b in zip(one, other, strict=True)) <= 2
    return _LEAST_OF_CODE <= len(one) < len(other) and other.startswith(one)


def _join(work: pd.DataFrame, index: pd.Index[Any], keys: pd.Series[Any], evidence: str) -> None:
    work.loc[index, "key"] = keys.to_numpy()
    work.loc[index, "evidence"] = _CODE[evidence]


def _number(work: pd.DataFrame) -> NDArray[np.int64]:
    """Give firms their numbers in order of first appearance; what makes no firm is −1 for now."""
    keys = pd.factorize(work["key"])[0].astype(np.int64)
    makes = work["makes"].to_numpy(dtype=bool)
    alone = np.flatnonzero((keys < 0) & makes & work["name"].notna().to_numpy(dtype=bool))
    keys[alone] = len(keys) + alone
    # Which keys hold at least one record that makes a firm; the last place catches the key −1.
    made = np.zeros(2 * len(keys) + 1, dtype=bool)
    made[keys[makes]] = True
    made[-1] = False
    keys[~made[keys]] = -1
    numbers = np.full(len(keys), -1, dtype=np.int64)
    inside = keys >= 0
    numbers[inside] = pd.factorize(keys[inside])[0]
    return numbers


def _attach_extra_records(
    records: pd.DataFrame, work: pd.DataFrame, firm: NDArray[np.int64]
) -> pd.DataFrame:
    """Join lists and coordinates by name, where one firm bears it and no code or district objects."""
    makes = work["makes"].to_numpy(dtype=bool)
    open_ = np.flatnonzero(~makes & (firm < 0))
    if not len(open_):
        return issues.empty()
    inside = pd.DataFrame({"name": work["name"], "firm": firm})[makes & (firm >= 0)]
    # A name that two firms bear leads to neither.
    inside = inside.dropna().drop_duplicates().drop_duplicates("name", keep=False)
    by_name = inside.set_index("name")["firm"]
    target = work["name"].iloc[open_].map(by_name)
    coded = work["code"].iloc[open_].notna() & target.notna()
    coded_firms = pd.Series(firm)[makes & work["code"].notna().to_numpy(dtype=bool)].unique()
    # Both have a code and they were not joined by it, so they are two firms of one name.
    contradicted = coded & target.isin(coded_firms)
    sure = target.notna() & ~contradicted
    place = target[sure].index
    firm[place] = target[sure].to_numpy(dtype=np.int64)
    work.loc[place, "evidence"] = _CODE["name"]
    lost = target[~sure].index.to_numpy(dtype=np.int64)
    return issues_per_row(records, lost, UNKNOWN_FIRM, column="name")
