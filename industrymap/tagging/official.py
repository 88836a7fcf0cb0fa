"""Official lists: who was named, by whom, from when to when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from industrymap import issues, texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from industrymap.tagging.taxonomy import Taxonomy

__all__ = ["OfficialList", "match"]

UNKNOWN_FIRM = issues.rule(
    "list.unknown_firm",
    "warning",
    "企业库中没有这家企业（按代码和名称均未找到），未使用",
    "no table holds this firm, neither by code nor by name: not used",
)
AMBIGUOUS = issues.rule(
    "list.ambiguous_name",
    "warning",
    "企业库中有多家同名企业，名单没有代码，未使用",
    "several firms bear this name and the list gives no code: not used",
)
BY_NAME = issues.rule(
    "list.by_name",
    "info",
    "名单代码缺失或无效，按企业名称对应到 {firm}",
    "the list gives no sound code: matched by name to {firm}",
)
UNKNOWN_LABEL = issues.rule(
    "list.unknown_label",
    "error",
    "名单的标签“{label}”不在分类“{taxonomy}”中，名单未使用",
    "the list's label {label!r} is not in taxonomy {taxonomy!r}: the list was not used",
)
EXPIRED = issues.rule(
    "list.expired",
    "info",
    "该名单在 {year} 年不在有效期内，未使用",
    "the list is not valid in {year}: not used",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficialList:
    """Firms that an authority named.

    Attributes
    ----------
    frame : DataFrame
        Strings: ``name`` or ``uscc`` or both, ``source``, ``source_row``; as
        :func:`industrymap.tables.read` returns it.
    taxonomy, label : str
        What the firms are: the taxonomy's id, and a label's id, name or alias.
    valid_from, valid_to : str, optional
        ISO dates; open where missing.
    """

    frame: pd.DataFrame
    taxonomy: str
    label: str
    valid_from: str | None = None
    valid_to: str | None = None

    def valid_in(self, year: int | None) -> bool:
        """Say whether the list holds on some day of ``year``."""
        if year is None:
            return True
        begins = self.valid_from is None or pd.Timestamp(self.valid_from).year <= year
        return begins and (self.valid_to is None or pd.Timestamp(self.valid_to).year >= year)


def match(
    lists: Sequence[OfficialList],
    firms: pd.DataFrame,
    taxonomies: Sequence[Taxonomy],
    *,
    year: int | None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Find the firms of official lists.

    Parameters
    ----------
    lists : sequence of OfficialList
    firms : DataFrame
        ``enterprise_id, uscc, uscc_status, name``.
    taxonomies : sequence of Taxonomy
    year : int, optional
        Lists that are not valid in it are left aside.

    Returns
    -------
    matched : DataFrame
        ``row`` (position in ``firms``), ``taxonomy, label_id, rule_id, matched, valid_from, valid_to``.
    issues : DataFrame
        Lists with unknown labels, firms no table holds.
    """
    columns = ["row", "taxonomy", "label_id", "rule_id", "matched", "valid_from", "valid_to"]
    if not lists:
        return pd.DataFrame(columns=columns), issues.empty()
    by_id = {taxonomy.taxonomy_id: taxonomy for taxonomy in taxonomies}
    # Once for all lists.
    index = _Index(firms)
    parts: list[pd.DataFrame] = []
    wrong: list[pd.DataFrame] = []
    for listed in lists:
        source = str(listed.frame["source"].iloc[0]) if len(listed.frame) else ""
        record = {"source": source, "row": None, "column": "", "value": listed.label}
        taxonomy = by_id.get(listed.taxonomy)
        label = taxonomy.find(listed.label) if taxonomy else None
        if label is None:
            details = {"label": listed.label, "taxonomy": listed.taxonomy}
            wrong.append(issues.from_records([{**record, **details, "rule": UNKNOWN_LABEL}]))
            continue
        if not listed.valid_in(year):
            wrong.append(issues.from_records([{**record, "rule": EXPIRED, "year": year}]))
            continue
        rows, missed = index.look_up(listed.frame)
        wrong.append(missed)
        rows["taxonomy"], rows["label_id"] = listed.taxonomy, label.label_id
        rows["rule_id"] = f"list:{source}"
        rows["valid_from"] = pd.Timestamp(listed.valid_from) if listed.valid_from else pd.NaT
        rows["valid_to"] = pd.Timestamp(listed.valid_to) if listed.valid_to else pd.NaT
        parts.append(rows)
    stacked = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
    return stacked[columns], issues.concat(wrong)


class _Index:
    """Firms by code and by name."""

    def __init__(self, firms: pd.DataFrame) -> None:
        names = texts.name_key(firms["name"]).reset_index(drop=True)
        place = pd.Series(range(len(firms)))
        # Sound codes only: a mistyped one may be another firm's.
        code = firms["uscc"].where(firms["uscc_status"] == "valid").reset_index(drop=True)
        self.ids = firms["enterprise_id"].reset_index(drop=True)
        self.code_known = code.notna()
        self.by_code = pd.Series(place.to_numpy(), index=code)[lambda s: s.index.notna()]
        self.by_code = self.by_code[~self.by_code.index.duplicated()]
        named = pd.Series(place.to_numpy(), index=names)[lambda s: s.index.notna()]
        # A name that several firms bear decides nothing.
        self.crowded = set(named.index[named.index.duplicated()])
        self.by_name = named[~named.index.duplicated(keep=False)]

    def look_up(self, listed: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return the firms of a list, by code first, then by a name that one firm bears."""
        blank = pd.Series(pd.NA, index=listed.index, dtype="string")
        raw = listed["uscc"].astype("string") if "uscc" in listed.columns else blank
        name = listed["name"].astype("string") if "name" in listed.columns else blank
        # Lists print codes with spaces and hyphens in them.
        code = texts.fold(raw).str.replace(r"[^0-9A-Z]", "", regex=True)
        by_code = code.map(self.by_code)
        keys = texts.name_key(name)
        by_name = keys.map(self.by_name)
        # A sound code of another firm contradicts the name.
        contradicted = by_name.notna() & by_code.isna() & self._other_code(code, by_name)
        named = by_code.isna() & by_name.notna() & ~contradicted
        row = by_code.where(by_code.notna(), by_name.mask(contradicted))
        # Empty rows of a list name nobody and are no fault.
        lost = row.isna() & (name.notna() | raw.notna())
        crowded = lost & keys.isin(self.crowded)
        shown = listed.assign(name=name.fillna(raw))
        reports = [
            issues.from_mask(shown, crowded, AMBIGUOUS, column="name"),
            issues.from_mask(shown, lost & ~crowded, UNKNOWN_FIRM, column="name"),
            self._named(shown, named, row),
        ]
        kept = row.notna()
        out = pd.DataFrame({"row": row[kept].astype("int64").to_numpy()})
        how = pd.Series("name=", index=listed.index).where(by_code.isna(), "uscc=")
        out["matched"] = (how + name.where(by_code.isna(), code).fillna(""))[kept].to_numpy()
        # A firm that a list names twice bears the label once.
        return out.drop_duplicates("row", ignore_index=True), issues.concat(reports)

    def _other_code(self, code: pd.Series[Any], by_name: pd.Series[Any]) -> pd.Series[bool]:
        """Say where the list's code is as long as a credit code and differs from the named firm's in 3 places or more."""
        own = by_name.map(pd.Series(self.by_code.index, index=self.by_code.to_numpy()))
        # One or two wrong characters are slips of the pen; three are another code.
        unlike = [
            isinstance(a, str)
            and isinstance(b, str)
            and len(a) == 18
            and sum(x != y for x, y in zip(a, b, strict=True)) > 2
            for a, b in zip(code, own, strict=True)
        ]
        return pd.Series(unlike, index=code.index)

    def _named(
        self, listed: pd.DataFrame, named: pd.Series[Any], row: pd.Series[Any]
    ) -> pd.DataFrame:
        ids = row[named].map(self.ids)
        return issues.from_records(
            {"rule": BY_NAME, "source": s, "row": r, "column": "name", "value": v, "firm": f}
            for s, r, v, f in zip(
                listed["source"][named],
                listed["source_row"][named],
                listed["name"][named],
                ids,
                strict=True,
            )
        )
