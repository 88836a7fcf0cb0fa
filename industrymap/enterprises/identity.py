"""Which records are the same firm, and on what evidence.

In this order, and never on less:

==================  ===================================================================================
evidence            rule
==================  ===================================================================================
``uscc``            the same valid credit code
``organisation``    an organisation code (or an old tax number) that is part of one valid credit code
``near_code``       the same name, and an unsound code that is the firm's sound one but for two characters or its end
``same_code``       the same name, and the same unsound or old-style code
``address``         the same name and the same address, or one address within the other
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
from industrymap.enterprises._notes import listed
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
    "neither a name nor a valid code: the row cannot be told from others and is left out",
)

EVIDENCE = ("own", "uscc", "organisation", "near_code", "same_code", "address", "name")
"""What joins a record to a firm; from ``organisation`` on, less than a credit code."""

_CODE = {name: code for code, name in enumerate(EVIDENCE)}
_GENERIC = re.compile(r"股份|有限责任|有限|公司|集团|工厂|厂|中国|控股|总|分")
_REGION = r"^(?:中国)?(?:[^省市区县]{2,3}省)?(?:[^省市区县]{2,4}市)?(?:[^省市区县]{1,4}[区县])?"
_MAX_NAMESAKES = 20
_ENOUGH = 4
"""Characters an address must have, beyond its district, to be found within a longer one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Which firm each record belongs to.

    Attributes
    ----------
    firm : ndarray of int
        Aligned with the records: number of the firm in order of first appearance, −1 where a record belongs
        to none.
    evidence : Categorical
        Why, by the module's table; ``own`` for a record that stands for itself.
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
    found.append(_split_shared_codes(records, work))
    _join_by_organisation(work)
    _join_by_name(work)
    _join_unsound(work)
    work.loc[nameless, "key"] = pd.NA
    firm = _number(work)
    found.append(_join_additions(records, work, firm))
    found += describe(records, work, firm)
    return Identity(
        firm=firm,
        evidence=pd.Categorical.from_codes(work["evidence"].to_numpy(), pd.Index(EVIDENCE)),
        issues=issues.concat(found),
    )


def _keys(records: pd.DataFrame) -> pd.DataFrame:
    """Return one row per record: what it can be joined on, and its key so far."""
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
    loose = ~valid
    for column in ("operating_address", "registered_address"):
        short = pd.Series(pd.NA, index=work.index, dtype="string")
        names = work["name"][loose]
        near = loose | work["name"].isin(names.dropna()).to_numpy(dtype=bool)
        short[near] = _address_key(records[column][near])
        work[column] = short
    return work


def _address_key(addresses: pd.Series[Any]) -> pd.Series[Any]:
    """Return addresses without brackets, province, city and district, as letters and digits."""
    plain = texts.fold(addresses).str.replace(r"[(\[【][^)\]】]*[)\]】]", "", regex=True)
    bare = texts.key(plain)
    short = bare.str.replace(_REGION, "", regex=True)
    return short.where(short.str.len() >= 4, bare)


def _split_shared_codes(records: pd.DataFrame, work: pd.DataFrame) -> pd.DataFrame:
    """Keep apart what one table calls by unlike names under one code; the first keeps the code."""
    repeated = work["code"].notna() & pd.DataFrame(
        {"table": records["table"], "code": work["code"]}
    ).duplicated(keep=False)
    part = work[repeated & work["name"].notna()]
    first = part.groupby([records["table"][part.index], "code"], sort=False)["name"].transform(
        "first"
    )
    differs = part[part["name"] != first]
    apart = [
        place
        for place, name, other in zip(
            differs.index, differs["name"], first[differs.index], strict=True
        )
        if not _alike(name, other)
    ]
    wrong = listed(
        records, np.array(apart, dtype=np.int64), SHARED, column="name",
        code=work["code"].loc[apart].tolist(),
    )  # fmt: skip
    work.loc[apart, ["key", "code"]] = pd.NA
    work.loc[apart, "evidence"] = _CODE["own"]
    return wrong


def _alike(one: str, other: str) -> bool:
    """Say whether two name keys may be one firm's: most of the shorter one's own characters in common."""
    a, b = (set(_GENERIC.sub("", text)) for text in (one, other))
    return not a or not b or len(a & b) / min(len(a), len(b)) >= 0.6


def _join_by_organisation(work: pd.DataFrame) -> None:
    """Join an organisation code to the credit code it is part of; an old tax number needs the name too."""
    written = work["written"].dropna()
    loose = organisation_code(written[written.str.len().isin([9, 15])]).dropna()
    if loose.empty:
        return
    coded = work.loc[work["code"].notna(), ["code", "name"]].drop_duplicates("code")
    coded["organisation"] = organisation_code(coded["code"])
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
    pairs = _pairs(loose, coded)
    if pairs.empty:
        return
    near = [
        _nearly(one, other) for one, other in zip(pairs["written"], pairs["code_firm"], strict=True)
    ]
    pairs["reason"] = np.where(near, "near_code", np.where(_same_place(pairs), "address", ""))
    pairs = pairs[pairs["reason"] != ""]
    pairs = pairs.sort_values("reason", ascending=False, kind="stable")
    firms = pairs.groupby("place")["code_firm"].nunique()
    sure = pairs[pairs["place"].map(firms) == 1].drop_duplicates("place")
    for reason, part in sure.groupby("reason"):
        _join(work, pd.Index(part["place"]), part["code_firm"], str(reason))


def _join_unsound(work: pd.DataFrame) -> None:
    """Join records without any sound code to one another: the same name, and the same code or address."""
    loose = work[work["key"].isna() & work["name"].notna() & work["makes"]]
    for column, reason in (
        ("written", "same_code"), ("operating_address", "address"), ("registered_address", "address"),
    ):  # fmt: skip
        part = loose[loose[column].notna()]
        again = part[part.duplicated(["name", column], keep=False)]
        first = again.groupby(["name", column], sort=False)["key"].transform(
            lambda group: str(group.index[0])
        )
        new = work["key"].loc[again.index].isna()
        keys = "#" + first[new].astype("string")
        follower = keys.index.astype("string") != first[new].to_numpy()
        work.loc[keys.index, "key"] = keys
        work.loc[keys.index[follower], "evidence"] = _CODE[reason]


def _pairs(loose: pd.DataFrame, coded: pd.DataFrame) -> pd.DataFrame:
    """Return loose × coded records of the same name, without names that many firms bear."""
    crowd = coded.groupby("name")["code"].transform("nunique")
    columns = ["name", "code", "operating_address", "registered_address"]
    left = loose[["name", "written", "operating_address", "registered_address"]].copy()
    left.insert(0, "place", left.index)
    return left.merge(
        coded.loc[crowd <= _MAX_NAMESAKES, columns], on="name", suffixes=("", "_firm")
    ).rename(columns={"code": "code_firm"})


def _same_place(pairs: pd.DataFrame) -> NDArray[np.bool_]:
    same = np.zeros(len(pairs), dtype=bool)
    for one in ("operating_address", "registered_address"):
        for other in ("operating_address_firm", "registered_address_firm"):
            same |= [_within(a, b) for a, b in zip(pairs[one], pairs[other], strict=True)]
    return same


def _within(one: Any, other: Any) -> bool:
    """Say whether two addresses are one place: one in the other, whole or around a gap, or another unit there."""
    if not isinstance(one, str) or not isinstance(other, str):
        return False
    short, long = sorted((one, other), key=len)
    if short == long or (len(short) >= _ENOUGH and short in long):
        return True
    head = _shared(short, long)
    tail = _shared(short[head:][::-1], long[head:][::-1])
    gap = len(short) >= 8 and min(head, tail) >= 3 and head + tail == len(short)
    return gap or (head >= 8 and head >= 0.8 * len(short))


def _shared(one: str, other: str) -> int:
    """Return how many characters two texts begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((i for i, (a, b) in pairs if a != b), min(len(one), len(other)))


def _nearly(one: Any, other: str) -> bool:
    """Say whether an unsound code is a sound one with up to two wrong characters, or its first ten or more."""
    if not isinstance(one, str):
        return False
    if len(one) == len(other):
        return sum(a != b for a, b in zip(one, other, strict=True)) <= 2
    return 10 <= len(one) < len(other) and other.startswith(one)


def _join(work: pd.DataFrame, index: pd.Index[Any], keys: pd.Series[Any], evidence: str) -> None:
    work.loc[index, "key"] = keys.to_numpy()
    work.loc[index, "evidence"] = _CODE[evidence]


def _number(work: pd.DataFrame) -> NDArray[np.int64]:
    """Give firms their numbers in order of first appearance; what makes no firm is −1 for now."""
    keys = pd.factorize(work["key"])[0].astype(np.int64)
    makes = work["makes"].to_numpy(dtype=bool)
    alone = np.flatnonzero((keys < 0) & makes & work["name"].notna().to_numpy(dtype=bool))
    keys[alone] = len(keys) + alone
    made = np.zeros(2 * len(keys) + 1, dtype=bool)
    made[keys[makes]] = True
    made[-1] = False
    keys[~made[keys]] = -1
    numbers = np.full(len(keys), -1, dtype=np.int64)
    inside = keys >= 0
    numbers[inside] = pd.factorize(keys[inside])[0]
    return numbers


def _join_additions(
    records: pd.DataFrame, work: pd.DataFrame, firm: NDArray[np.int64]
) -> pd.DataFrame:
    """Join lists and coordinates by name, where one firm bears it and no code or district objects."""
    makes = work["makes"].to_numpy(dtype=bool)
    open_ = np.flatnonzero(~makes & (firm < 0))
    if not len(open_):
        return issues.empty()
    inside = pd.DataFrame({"name": work["name"], "firm": firm})[makes & (firm >= 0)]
    inside = inside.dropna().drop_duplicates().drop_duplicates("name", keep=False)
    by_name = inside.set_index("name")["firm"]
    target = work["name"].iloc[open_].map(by_name)
    coded = work["code"].iloc[open_].notna() & target.notna()
    coded_firms = pd.Series(firm)[makes & work["code"].notna().to_numpy(dtype=bool)].unique()
    contradicted = coded & target.isin(coded_firms)
    sure = target.notna() & ~contradicted
    place = target[sure].index
    firm[place] = target[sure].to_numpy(dtype=np.int64)
    work.loc[place, "evidence"] = _CODE["name"]
    lost = target[~sure].index.to_numpy(dtype=np.int64)
    return listed(records, lost, UNKNOWN_FIRM, column="name")
