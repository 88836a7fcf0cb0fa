"""An allocation as a workbook: the policy with its sources, sums, districts and classes, scenarios, firm by firm."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from industrymap.export import Meta
    from industrymap.pipeline import Allocated

__all__ = ["book", "sized"]

_WORDS = {
    "measure": ("措施", "Measure"), "letter": ("类别", "Letter"), "amount": ("数额", "Amount"), "unit": ("单位", "Unit"),
    "text": ("内容", "Content"), "source": ("出处", "Source"), "official": ("官方", "Official"), "district": ("所属区", "District"),
    "class": ("类别", "Class"), "firms": ("涉及家数", "Firms"), "known": ("已知家数", "Known"), "costs": ("政策支出", "Costs"),
    "frees": ("企业支付或腾出", "Paid or given up"), "net": ("净额", "Net"), "case": ("情景", "Scenario"), "name": ("企业名称", "Firm"),
    "column": ("计算基数", "Of"), "effect": ("效果", "Effect"), "before": ("现行类别", "Letter as it is"), "after": ("情景类别", "Letter in it"),
    "reason": ("说明", "Why"),
}  # fmt: skip


def sized(value: object) -> str:
    """Return an amount with the digits that count; a dash where it is not known."""
    from industrymap.columns import is_missing

    if is_missing(value):
        return "—"
    number = float(str(value))
    # 0 that came out of a sum of nothing has no sign.
    return f"{number + 0.0:,.0f}" if abs(number) >= 1000 or number == 0 else f"{number:,.4g}"


def book(done: Allocated, *, lang: str, meta: Meta) -> bytes:
    """Return an allocation with everything behind it."""
    from industrymap import export

    zh = lang == "zh"
    rule = done.cases[0].grades.rule
    lines = [
        f"{done.policy.title(lang)} · {rule.title(lang)} · {done.cases[0].grades.year}",
        "内部使用：含企业数据，不得公布"
        if zh
        else "For use inside the office: figures of single firms may not be published",
    ]
    tables = _tables(done, lang)
    sheets = [
        export.Sheet(
            name=name,
            frame=_headed(frame, lang),
            layer="allocation",
            heading=lines,
            wrapped={_said(key, lang): 40 for key in ("name", "text", "source", "reason")},
            codes={
                _said(str(c), lang): "#,##0.00##" if c == "amount" else "#,##0.00"
                for c in frame
                if str(frame[c].dtype) in {"Float64", "float64"}
            },
        )
        for name, frame in tables
    ]
    return export.workbook(sheets, lang=lang, meta=meta)


def _said(key: str, lang: str) -> str:
    return _WORDS[key][0 if lang == "zh" else 1] if key in _WORDS else key


def _headed(frame: pd.DataFrame, lang: str) -> pd.DataFrame:
    return frame.rename(columns={c: _said(str(c), lang) for c in frame})


def _tables(done: Allocated, lang: str) -> list[tuple[str, pd.DataFrame]]:
    zh = lang == "zh"
    first = done.cases[0]
    tables = [
        ("政策" if zh else "Policy", _policy(done, lang)),
        ("分类" if zh else "By class", _measures(first.effects.summed(("class",)), done, lang)),
        ("分区分类" if zh else "District and class", _measures(first.effects.summed(), done, lang)),
    ]  # fmt: skip
    if len(done.cases) > 1:
        beside = done.beside()
        base = "现行" if zh else "As it is"
        beside["case"] = beside["case"].where(beside["case"] != "", base)
        tables.append(("情景" if zh else "Scenarios", _measures(beside, done, lang)))
        tables.append(("情景变动" if zh else "Moved", _moved(done, lang)))
    firms = first.effects.firms.drop(columns="enterprise_id")
    tables.append(("逐户" if zh else "Firm by firm", _measures(firms, done, lang)))
    return tables


def _measures(table: pd.DataFrame, done: Allocated, lang: str) -> pd.DataFrame:
    """Return a table with measures and units in words."""
    names = {m.id: m.zh if lang == "zh" else m.en for m in done.policy.measures}
    shown = table.assign(measure=table["measure"].map(names))
    if lang != "zh" and "unit_en" in shown:
        shown["unit"] = shown["unit_en"]
    return shown.drop(columns=["unit_en"], errors="ignore")


def _policy(done: Allocated, lang: str) -> pd.DataFrame:
    zh = lang == "zh"
    unknown = "未见公开数字" if zh else "not known"
    rows = [
        {
            "measure": m.zh if zh else m.en,
            "letter": v.letter,
            "amount": v.amount,
            "unit": m.unit if zh else m.unit_en,
            "text": (v.text if zh else v.text_en)
            or (unknown if v.amount is None and m.kind != "words" else ""),
            "source": v.source or ("建议值，非官方" if zh else "proposed, not official"),
        }
        for m in done.policy.measures
        for v in m.by_letter
    ]
    return pd.DataFrame(rows).astype({"amount": "Float64"})


def _moved(done: Allocated, lang: str) -> pd.DataFrame:
    parts = []
    for case in done.cases[1:]:
        moved = done.moved(case)
        shown = moved.assign(case=case.name, reason=moved["why" if lang == "zh" else "why_en"])
        parts.append(shown[["case", "name", "before", "after", "reason"]])
    return pd.concat(parts, ignore_index=True)
