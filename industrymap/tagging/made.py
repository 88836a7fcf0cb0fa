"""What a firm makes, read from its registered business scope: for firms without an industry code.

A scope (经营范围) is a list of clauses, mostly in the register's own phrases (服饰制造;服装批发;货物进出口). The first clause is what the
firm registered as its trade; those after it are often taken in stock. So:

* clauses that say nothing (own products sold, import and export, 依法须经批准 …) are left out;
* each other clause is making (制造, 加工, 生产), trade (批发, 零售, 销售) or service;
* a firm makes things where its first clause does, or where its name says so (厂, 制造, 制品 …) and a later clause does;
* a firm whose scope has no making clause is none, whatever its name says: it sells or serves.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from industrymap import texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

__all__ = ["FIRST", "LATE", "LATER", "Scopes", "read_scopes"]

FIRST, LATER = "made_first", "made_later"
"""Columns: the first making clause, and the other ones, items separated by ``;``."""

# How sure a firm makes what its scope says: the first clause says it, its name says it, or only a
# later clause does.
_STRONG, _NAMED, LATE = 0.75, 0.65, 0.5
_LEAST_SHARE = 0.25
"""Share of making among the clauses of making and trade, from which a firm that lists trade first may still be a maker."""
_LIST_HEAD = 2
"""Items of a list (生产:箱包、皮具、文具 …) that count as what the firm makes in the first place."""

_BRACKETS = re.compile(r"[(\[【][^()\[\]【】]*[)\]】]")
_EMPTY = re.compile(
    r"本公司|本企业|本厂产品|依法须经批准|自营和代理|进出口|商品批发贸易|商品零售贸易|批发和零售贸易|许可经营|许可证|"
    r"法律|行政法规|国家专营|\*|^销售产品$"
)
_MAKING_END = re.compile(
    r"(?:制造|生产|加工|精加工|制作|磨制|屠宰|制糖|制茶|建造和修理|建造|制伞|制衣|织造|印花|印染|漂染|洗水|砂洗服装|制造与修理)$"
)
_MAKING_START = re.compile(
    r"^(?:(?:研发|研制|开发|设计|生产|制造|加工|制作)[、,和及]*)*(?:生产|制造|加工|制作|洗水)"
)
_TRADE = re.compile(r"(?:批发|零售|销售|经销|购销|贸易|专卖|代销|批发兼零售)")
_SERVICE = re.compile(
    r"(?:服务|咨询|维修|修理|安装|施工|设计|研究|研发|开发|推广|租赁|出租|运输|仓储|管理|代理|检测|培训|种植|饲养|养殖|修补业|广告业|印刷)$"
)
_MAKER_NAME = re.compile(r"[^商]厂(?:有限公司)?$|造船|制造|制品|实业|工业|加工|织造|制衣|染整|印染")
_SELLER_NAME = re.compile(
    r"贸易|商贸|经贸|商行|商店|经营部|门市|批发部|销售|商城|进出口|连锁|超市|百货|物流|服务部|维修|租赁|工程有限公司|"
    r"[^酒饭]店$|供应|物资|电子商务|投资|物业|大药房"
)


_OFFICE_NAME = re.compile(
    r"(?:办事处|代表处|联络处|分店|营业部|营销部|销售部|门市部|服务部|专柜|支行|分理处)$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scopes:
    """What the scopes of a frame say, aligned with it.

    Attributes
    ----------
    first, later : Series of string
        The first making clause; the other ones, ``;`` between them. Missing where the firm makes nothing.
    confidence : ndarray of float
        How sure it is that the firm makes what ``first`` says; 0 where that is not clear from the scope.
    open : ndarray of bool
        Not clear from the scope, but the firm's name may settle it: making is a fair part of what it registered.
    known : ndarray of bool
        The scope has a clause that says something.
    """

    first: pd.Series[Any]
    later: pd.Series[Any]
    confidence: NDArray[np.float64]
    open: NDArray[np.bool_]
    known: NDArray[np.bool_]


def read_scopes(frame: pd.DataFrame) -> Scopes:
    """Read the scopes of firms that have no industry code.

    Parameters
    ----------
    frame : DataFrame
        ``name``, ``business_scope`` and ``industry_code``; a firm with a code is left aside, its code says more.

    Examples
    --------
    >>> import pandas as pd
    >>> firms = pd.DataFrame(
    ...     {"name": ["甲时装公司", "乙时装公司"], "business_scope": ["机织服装制造;服装批发", "服装批发;服装零售"]},
    ...     dtype="string",
    ... )
    >>> read_scopes(firms).first.fillna("-").tolist()
    ['机织服装制造', '-']
    """
    size = len(frame)
    first = np.full(size, None, dtype=object)
    later = np.full(size, None, dtype=object)
    confidence = np.zeros(size)
    open_, known = np.zeros(size, dtype=bool), np.zeros(size, dtype=bool)
    scope = _column(frame, "business_scope")
    coded = _column(frame, "industry_code").notna().to_numpy(dtype=bool)
    rows = np.flatnonzero(scope.notna().to_numpy(dtype=bool) & ~coded)
    names = _column(frame, "name").iloc[rows].fillna("").tolist()
    plain = texts.fold(scope.iloc[rows]).tolist()
    for row, name, text in zip(rows, names, plain, strict=True):
        clauses = list(_clauses(text))
        # An office has said enough by its name: it makes nothing.
        known[row] = bool(clauses) or _office(name)
        made = [words for kind, words in clauses if kind == "make"]
        if not made or _office(name):
            continue
        kinds = [kind for kind, _ in clauses]
        confidence[row] = _confidence(name, kinds)
        open_[row] = _is_open(name, kinds)
        first[row] = ";".join(made[0][:_LIST_HEAD])
        later[row] = ";".join(
            [*made[0][_LIST_HEAD:], *(item for some in made[1:] for item in some)]
        )
    return Scopes(
        first=pd.Series(first, dtype="string"),
        later=pd.Series(later, dtype="string"),
        confidence=confidence,
        open=open_,
        known=known,
    )


def _office(name: str) -> bool:
    """Say whether a name is that of an office, a branch shop or a counter: it sells what others make."""
    return _OFFICE_NAME.search(name) is not None


def _confidence(name: str, kinds: list[str]) -> float:
    """Say how sure it is that a firm with a making clause makes things."""
    seller = _SELLER_NAME.search(name) is not None
    if kinds[0] == "make":
        return LATE if seller else _STRONG
    if seller:
        return 0.0
    if _MAKER_NAME.search(name):
        return _NAMED
    # One trade clause before the making: the register lists trade first where a firm does both.
    return LATE if kinds[:2] == ["trade", "make"] else 0.0


def _is_open(name: str, kinds: list[str]) -> bool:
    goods = [kind for kind in kinds if kind in {"make", "trade"}]
    enough = goods.count("make") >= _LEAST_SHARE * len(goods)
    return enough and _SELLER_NAME.search(name) is None


def _clauses(text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield kind and items of each clause that says something."""
    # What is in brackets explains or excludes, and is no trade of its own.
    for clause in re.split(r"[;。\n]", _BRACKETS.sub("", text)):
        bare = clause.strip(" 、,.:")
        if not bare or _EMPTY.search(bare):
            continue
        verb, colon, items = bare.partition(":")
        # A longer head is a sentence, not a list of verbs.
        if colon and len(verb) <= 12:
            # 生产、加工:箱包、皮具 — the verb holds for every item behind the colon.
            yield _kind(verb, verb), [item for item in re.split(r"[、,]", items) if item.strip()]
        else:
            yield _kind(bare, bare), [bare]


def _kind(start: str, end: str) -> str:
    # Making before trade: who makes and sells (生产、销售) sells what it makes.
    if _MAKING_END.search(end) or _MAKING_START.search(start):
        return "make"
    if _TRADE.search(end):
        return "trade"
    return "service" if _SERVICE.search(end) else "other"


def _column(frame: pd.DataFrame, name: str) -> pd.Series[Any]:
    if name in frame.columns:
        return frame[name].astype("string").reset_index(drop=True)
    return pd.Series(pd.NA, index=range(len(frame)), dtype="string")
