"""Firms, parks and blocks that a table calls by name, found in the base: figures come under their codes."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from industrymap import issues

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

__all__ = ["Known", "joined", "known_by_name"]

_SHARED = issues.rule(
    "observation.shared_entity", "warning",
    "库中有 {times} 个对象名为“{name}”（{codes}），看不出是哪一个；{n} 个数按表中名称保存，不归入其中任何一个，请改用代码",
    "{times} entities of the base are called '{name}' ({codes}): {n} figures are kept under the name and belong to none of them; "
    "write the code of the one that is meant",
)  # fmt: skip
_STRANGERS = issues.rule(
    "observation.unknown_entity", "info",
    "{many} 个{called}不在最近一次生成的库中（如“{name}”），{n} 个数按表中名称保存",
    "{many} of kind {kind} are not in the last build ('{name}' for instance): {n} figures are kept under the names of the table",
)  # fmt: skip
_KINDS_ZH = {"firm": "企业", "park": "园区", "block": "区块"}
_NAMED = 4
"""Most codes named in a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the last build knows by name.

    Attributes
    ----------
    codes : mapping of str to mapping of str to tuple of str
        Kind → name as :func:`known_by_name` folds it → the codes that bear it; a kind that was not built has no entry.
    """

    codes: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)


def known_by_name(tables: Mapping[str, Iterable[tuple[str, str]]]) -> Known:
    """Return names and codes by which entities may be called.

    Parameters
    ----------
    tables : mapping of str to iterable of (str, str)
        Kind → pairs of a name, credit code or code, and the code that it means.

    Examples
    --------
    >>> known = known_by_name({"firm": [("甲厂", "f1"), ("乙 厂", "f2"), ("甲厂", "f3")]})
    >>> known.codes["firm"]["乙厂"], known.codes["firm"]["甲厂"]
    (('f2',), ('f1', 'f3'))
    """
    out: dict[str, dict[str, tuple[str, ...]]] = {}
    for kind, pairs in tables.items():
        of_kind = out.setdefault(kind, {})
        for name, code in pairs:
            key = _folded(name)
            if key and code not in of_kind.get(key, ()):
                of_kind[key] = (*of_kind.get(key, ()), code)
    return Known(codes=out)


def joined(table: pd.DataFrame, known: Known, source: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Put codes in the place of names that one entity bears.

    Parameters
    ----------
    table : DataFrame
        With ``kind`` and ``entity``.
    known : Known
    source : str
        Name of the file, for the issues.

    Returns
    -------
    table : DataFrame
        What no entity or several bear stays as it is written: nothing is lost, and nothing is guessed.
    issues : DataFrame
        Names that several bear, each by itself; how many are of no entity.
    """
    entity = table["entity"].astype(object).copy()
    records: list[dict[str, object]] = []
    for kind, of_kind in known.codes.items():
        rows = table["kind"] == kind
        written = entity[rows].astype(str)
        found = {text: of_kind.get(_folded(text), ()) for text in written.unique()}
        entity[rows] = [found[t][0] if len(found[t]) == 1 else t for t in written]
        times = written.value_counts()
        records += [
            {
                "rule": _SHARED, "source": source, "value": text, "name": text, "times": len(codes), "n": int(times[text]),
                "codes": ", ".join(codes[:_NAMED]) + (" …" if len(codes) > _NAMED else ""),
            }
            for text, codes in found.items()
            if len(codes) > 1
        ]  # fmt: skip
        strangers = [text for text, codes in found.items() if not codes]
        if strangers:
            # In one line: a table of a whole city may hold thousands of firms below the base's threshold.
            records.append(
                {
                    "rule": _STRANGERS, "source": source, "value": strangers[0], "name": strangers[0], "many": len(strangers),
                    "kind": kind, "called": _KINDS_ZH.get(kind, kind), "n": int(times[strangers].sum()),
                }
            )  # fmt: skip
    return table.assign(entity=entity), issues.from_records(records)


def _folded(text: str) -> str:
    """Return a name without spaces, full-width letters as plain ones: 甲 厂（东区） and 甲厂(东区) are one name."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()
