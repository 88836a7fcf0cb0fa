"""What the register says of a firm: whether it still exists.

The base is of firms at work (年营业收入 1000 万元以上企业库). A firm whose registration was cancelled or revoked (注销, 吊销, 撤销,
责令关闭, 除名) is kept in the frame, is not in the base, and is listed. One that moved away, stopped work or is being wound up
stays in the base and is listed for a look: only the register's final word takes a firm out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from industrymap import issues, texts

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["from_notes", "gone", "report"]

_NOT_YET = r"(?:[未拟]|尚未|申请|简易)(?:注销|吊销)|注销(?:备案|公告|登记中|中)"
"""Words that hold 注销 and say that it has not happened."""
_GONE = r"注销|吊销|撤销|责令关闭|除名"
_WATCH = r"迁出|停业|歇业|清算|停产|破产|异常|(?:拟|申请|简易)注销|注销(?:备案|公告|登记中|中)"

STRUCK_OFF = issues.rule(
    "status.struck_off",
    "warning",
    "登记状态为“{status}”：企业已注销或被吊销，不计入企业库（规则：注销、吊销、撤销、责令关闭、除名的企业不入库）",
    "registration status {status!r}: the firm was cancelled or its licence revoked, so it is not in the base "
    "(rule: 注销, 吊销, 撤销, 责令关闭 and 除名 are out)",
)
WATCHED = issues.rule(
    "status.inactive",
    "info",
    "登记状态为“{status}”，仍计入企业库，请核对企业是否在营",
    "registration status {status!r}: still in the base, please check whether the firm is at work",
)


def from_notes(records: pd.DataFrame) -> pd.Series[Any]:
    """Return each record's status; where it has none, what a note behind its name says (``某厂（已注销）``)."""
    state, name = records["registration_status"].astype("string"), records["name"].astype("string")
    # Few names hold such a word; only those pay for the slow patterns.
    name = name[texts.found(name, f"{_GONE}|{_WATCH}")]
    if name.empty:
        return state
    note = name.str.extract(f"({texts.NOTE[:-1]})", expand=True)[0]
    note = note.fillna(name.str.extract(rf"^[（(【\[](现?已?{texts.LEFT})[）)】\]]", expand=False))
    said = note.str.strip("（）()【】[] \t_—–-").where(
        note.str.contains(f"{_GONE}|{_WATCH}", na=False)
    )
    return state.fillna(said)


def gone(status: pd.Series[Any]) -> NDArray[np.bool_]:
    """Say which firms no longer exist; an unknown status says nothing.

    Examples
    --------
    >>> import pandas as pd
    >>> gone(pd.Series(["存续", "注销", "吊销，未注销", "正常（未注销）", None], dtype="string")).tolist()
    [False, True, True, False, False]
    """
    said = status.astype("string")
    out = texts.found(said, _GONE)
    # Taken out first: 未注销 and 申请注销 hold the word and mean the opposite. Few firms bear it at all.
    final = said[out].str.replace(_NOT_YET, "", regex=True)
    out[out] = final.str.contains(_GONE, na=False).to_numpy(dtype=bool)
    return out


def report(frame: pd.DataFrame) -> pd.DataFrame:
    """List the firms that are out of the base for their status, and those whose status wants a look."""
    status = frame["registration_status"].astype("string")
    out = gone(status)
    watched = status.str.contains(_WATCH, na=False).to_numpy(dtype=bool) & ~out
    found = []
    for mask, rule in ((out, STRUCK_OFF), (watched, WATCHED)):
        for words, part in frame[mask].groupby("registration_status", sort=True):
            everyone = pd.Series(data=True, index=part.index)
            found.append(
                issues.from_mask(
                    part, everyone, rule, column="registration_status", values=part["name"], status=str(words)
                )
            )  # fmt: skip
    return issues.concat(found)
