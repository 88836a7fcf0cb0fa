"""What merging did: records joined, repeated, renamed, and those that may still be the same firm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from industrymap import issues
from industrymap.enterprises._row_issues import issues_per_row
from industrymap.terms import FIRM_KINDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["DUPLICATE_COLUMNS", "describe", "duplicates"]

DUPLICATE_COLUMNS = [
    "enterprise_id", "name", "uscc", "source", "source_row", "kind", "evidence", "kept",
]  # fmt: skip

JOINED = issues.rule(
    "identity.joined",
    "info",
    "没有有效代码，按“{evidence_zh}”并入 {firm}",
    "no valid code of its own: joined to {firm} on {evidence}",
)
POSSIBLE = issues.rule(
    "identity.possible_duplicate",
    "warning",
    "与 {firm} 同名，但没有代码或地址佐证，未合并；请核对",
    "has the same name as {firm}, without a code or address to prove it: kept apart, please check",
)
RENAMED = issues.rule(
    "identity.name_differs",
    "info",
    "代码相同而名称不同（采用：{other}），按代码合并",
    "the same code under another name (used: {other}): joined by the code",
)
REPEATED = issues.rule(
    "identity.repeated_row",
    "info",
    "与第 {first} 行是同一企业，已合并",
    "the firm of row {first} again: merged",
)

_EVIDENCE = (
    ("itself", "自身"), ("credit code", "统一社会信用代码"), ("organisation code", "组织机构代码"),
    ("name and nearly the same code", "同名且代码仅差一两个字符或被截断"),
    ("same place and part of the code", "同址且代码为其一部分"), ("name and code as written", "同名且所填代码相同"),
    ("name and address", "同名同址"), ("a name only one firm bears", "名称唯一"),
)  # fmt: skip
"""English and Chinese of :data:`industrymap.enterprises.identity.EVIDENCE`, in its order."""

_BY_CODE, _LESS_THAN_CODE = 1, 2


def describe(
    records: pd.DataFrame, work: pd.DataFrame, firm: NDArray[np.int64]
) -> list[pd.DataFrame]:
    """List what was joined, what repeats, what was renamed and what may be the same.

    Parameters
    ----------
    records, work : DataFrame
        The records, and what they were joined on.
    firm : ndarray of int
        Firm number of each record.

    Returns
    -------
    issues : list of DataFrame
    """
    numbered = pd.Series(firm, index=work.index)
    first = np.full(len(firm), -1, dtype=np.int64)
    head = np.flatnonzero(~numbered.duplicated().to_numpy())
    first_of = np.full(int(firm.max(initial=-1)) + 2, -1, dtype=np.int64)
    first_of[firm[head]] = head
    first = np.where(firm >= 0, first_of[firm], np.arange(len(firm)))
    evidence = work["evidence"].to_numpy()
    # The first record of a firm was merged into nothing; all others were merged into it.
    later = np.flatnonzero((firm >= 0) & (first != np.arange(len(firm))))
    joined = np.flatnonzero((firm >= 0) & (evidence >= _LESS_THAN_CODE))
    # The same code in one table is a repeated row, in another table the firm's record there.
    by_code = later[evidence[later] == _BY_CODE]
    table = records["table"].to_numpy()
    repeated = by_code[table[by_code] == table[first[by_code]]]
    name = work["name"]
    # A missing name differs from none; compared as it is, NA would be neither true nor false.
    here, there = (name.iloc[at].astype("string").fillna("") for at in (by_code, first[by_code]))
    differs = (here != "").to_numpy(dtype=bool) & (there != "").to_numpy(dtype=bool)
    differs &= here.to_numpy(dtype=object) != there.to_numpy(dtype=object)
    renamed = by_code[differs]
    words = [_EVIDENCE[code] for code in evidence[joined]]
    return [
        issues_per_row(
            records, joined, JOINED, column="name", firm=_labels(records, first[joined]),
            evidence=[en for en, _ in words], evidence_zh=[zh for _, zh in words],
        ),
        issues_per_row(
            records, repeated, REPEATED, column="name",
            first=records["source_row"].iloc[first[repeated]].tolist(),
        ),
        issues_per_row(
            records, renamed, RENAMED, column="name",
            other=records["name"].iloc[first[renamed]].tolist(),
        ),
        _possible(records, work, firm),
    ]  # fmt: skip


def _labels(records: pd.DataFrame, at: NDArray[np.int64]) -> list[str]:
    """Return name and code of records."""
    rows = records[["name", "uscc"]].iloc[at].fillna("")
    return (rows["name"] + " " + rows["uscc"]).str.strip().tolist()


def _possible(records: pd.DataFrame, work: pd.DataFrame, firm: NDArray[np.int64]) -> pd.DataFrame:
    """List records without a sound code that are firms of their own while another firm bears their name."""
    # One record a firm: the others of its group prove nothing new about the name.
    heads = pd.DataFrame({"name": work["name"], "firm": firm})
    heads = heads[(firm >= 0) & heads["name"].notna().to_numpy()].drop_duplicates("firm")
    twins = heads[heads.duplicated("name", keep=False)]
    ends = twins.reset_index().groupby("name")["index"].agg(["first", "last"])
    partner = twins["name"].map(ends["first"])
    # The first of a group is shown the last one, so that each sees another than itself.
    partner = partner.where(partner != twins.index, twins["name"].map(ends["last"]))
    loose = work["code"].loc[twins.index].isna()
    at = twins.index[loose].to_numpy(dtype=np.int64)
    other = partner[loose].to_numpy(dtype=np.int64)
    return issues_per_row(records, at, POSSIBLE, column="name", firm=_labels(records, other))


def duplicates(
    records: pd.DataFrame,
    firm: NDArray[np.int64],
    evidence: pd.Categorical[Any],
    ids: pd.Series[Any],
) -> pd.DataFrame:
    """Return every record that was merged into another one, beside the one it was merged into.

    Parameters
    ----------
    records : DataFrame
    firm : ndarray of int
        Firm number of each record, −1 for none.
    evidence : Categorical
        As :class:`industrymap.enterprises.identity.Identity` holds it.
    ids : Series of string
        ``enterprise_id`` of each firm number.

    Returns
    -------
    duplicates : DataFrame
        :data:`DUPLICATE_COLUMNS`; ``kept`` marks the record the firm is named after. Only records of one
        table, or joined on less than a credit code: the same firm in two sources is no duplicate.
    """
    table = pd.DataFrame({"firm": firm, "table": records["table"].to_numpy()})
    inside = table["firm"] >= 0
    again = table.duplicated(["firm", "table"]) & inside
    joined = evidence.codes >= _LESS_THAN_CODE
    # Lists and tables of coordinates only add to a firm: their rows are no duplicates.
    joined &= records["kind"].isin(FIRM_KINDS).to_numpy(dtype=bool)
    merged = again.to_numpy() | (joined & (firm >= 0))
    firms = np.unique(firm[merged])
    firsts = ~table.duplicated("firm").to_numpy() & np.isin(firm, firms)
    at = np.flatnonzero(merged | firsts)
    out = records[["name", "uscc", "source", "source_row", "kind"]].iloc[at].copy()
    out.insert(0, "enterprise_id", ids.iloc[firm[at]].to_numpy())
    out["evidence"] = evidence[at].astype("string")
    out["kept"] = firsts[at]
    return out.sort_values(
        ["enterprise_id", "kept", "source", "source_row"],
        ascending=[True, False, True, True],
        ignore_index=True,
    )
