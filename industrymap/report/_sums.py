"""Sums that several chapters report for a part of the base, and how they are written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from industrymap.report.model import Column

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SUMS", "YI", "cluster_share", "firms", "in_100m_yuan", "in_language", "percent", "sums"]

YI = 10_000.0
"""万元 in one 亿元 (100 million yuan)."""

SUMS = (
    Column(zh="入库企业", en="Firms", kind="int"),
    Column(zh="规上企业", en="Above scale", kind="int"),
    Column(zh="营业收入（亿元）", en="Revenue (100 M)", kind="number"),
    Column(zh="有收入 n", en="n with revenue", kind="int"),
    Column(zh="税收（亿元）", en="Tax (100 M)", kind="ratio"),
    Column(zh="税收覆盖率", en="Tax coverage", kind="percent"),
    Column(zh="从业人员", en="Staff", kind="int"),
    Column(zh="人员覆盖率", en="Staff coverage", kind="percent"),
)


def sums(part: pd.DataFrame) -> tuple[Any, ...]:
    size = len(part)
    tax, staff = part["tax_10k_cny"], part["staff"]
    return (
        size,
        int(part["above_scale"].fillna(value=False).sum()),
        in_100m_yuan(part),
        int(part["revenue_10k_cny"].notna().sum()),
        # Nothing known is unknown, and not 0.
        float(tax.sum()) / YI if tax.notna().any() else None,
        float(tax.notna().mean()) if size else None,
        int(staff.sum()) if staff.notna().any() else None,
        float(staff.notna().mean()) if size else None,
    )


def firms(part: pd.DataFrame) -> tuple[str, str]:
    return f"{len(part):,} 家", f"{len(part):,} firms"


def cluster_share(part: pd.DataFrame) -> float | None:
    return float(part["cluster"].notna().mean()) if len(part) else None


def in_100m_yuan(part: pd.DataFrame) -> float:
    return float(part["revenue_10k_cny"].sum()) / YI


def percent(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "—"


def in_language(label: object, place: int) -> str:
    return str(label[place]) if isinstance(label, tuple) else str(label)
