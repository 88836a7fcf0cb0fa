"""A list as a workbook: the firms with their reasons, one sheet per district where the rule says so, and what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from industrymap import export

if TYPE_CHECKING:
    import pandas as pd

    from industrymap.lists._make import Listing

__all__ = ["workbook"]

_WORDS = {
    "rank": ("序号", "Rank"),
    "reason": ("入列理由", "Reason"),
    "growth": ("增长率（%）", "Growth (%)"),
    "rd_share": ("研发强度（%）", "R&D share (%)"),
    "revenue_before_10k_cny": ("上年营业收入（万元）", "Revenue of the year before (万元)"),
    "to_check": ("待核实", "To verify"),
    "activity": ("经济活动", "Activity"),
    "change": ("变化", "Change"),
    "column": ("字段", "Column"),
    "before": ("原值", "Before"),
    "after": ("现值", "After"),
}
_CHANGES = {
    "entered": ("新进", "entered"),
    "left": ("退出", "left"),
    "changed": ("变化", "changed"),
}
_PER_CENT = ("growth", "rd_share")
_WRAPPED = {
    "name": 30, "reason": 34, "to_check": 24, "tiers": 22, "operating_address": 32, "registered_address": 32, "cluster": 12,
    "town": 10,
}  # fmt: skip
"""Columns whose long texts go on in the next line → their width, so that a list fits a sheet of paper."""


def workbook(
    listing: Listing,
    *,
    changes: pd.DataFrame | None = None,
    since: str = "",
    lang: str = "zh",
    meta: export.Meta | None = None,
) -> bytes:
    """Return a list as xlsx.

    Parameters
    ----------
    listing : Listing
    changes : DataFrame, optional
        As :func:`industrymap.lists.diff` returns it.
    since : str
        The version compared with.
    lang : str
        ``"zh"`` or ``"en"``.
    meta : Meta, optional
        Title, date, source and whether the data are simulated; the rule is added to its note.

    Returns
    -------
    data : bytes
    """
    rule, zh = listing.rule, lang == "zh"
    about = meta or export.Meta()
    name = rule.zh if zh else rule.en
    lines = _cover(listing, about, lang)
    parts = _parts(listing, lang)
    sheets = [
        _sheet(
            part_name,
            _shown(part, lang),
            heading=[name if len(parts) == 1 else f"{name}：{part_name}（{len(part):,}）", *lines],
        )
        for part_name, part in parts
    ]
    if changes is not None and len(changes):
        title = f"较{since}的变化" if zh else f"Changes since {since}"
        sheets.append(
            _sheet(title, _shown_changes(changes, lang), heading=[f"{name}：{title}", *lines])
        )
    return export.workbook(
        sheets,
        lang=lang,
        meta=export.Meta(
            title=name,
            simulated=about.simulated,
            data_date=about.data_date or listing.on,
            source=about.source,
            producer=about.producer,
            note="\n".join(lines),
        ),
    )


def _cover(listing: Listing, about: export.Meta, lang: str) -> list[str]:
    """Return the lines below a list's title: its rule, what it is of, and whose it is."""
    rule = listing.rule
    day = (about.data_date or listing.on).isoformat()
    if lang == "zh":
        official = "以官方名单为准" if rule.official else "本项目建议，非官方标准"
        return [
            f"入围条件：{rule.where}　入列 {len(listing.frame):,} 家（对 {listing.considered:,} 家企业逐一判断）",
            f"名单日期：{listing.on.isoformat()}　数据日期：{day}　性质：{official}　依据：{rule.source}",
        ]
    official = "as officially listed" if rule.official else "a proposal, not official"
    return [
        f"Rule: {rule.where}　{len(listing.frame):,} of {listing.considered:,} firms",
        f"List of {listing.on.isoformat()}　data of {day}　{official}　source: {rule.source}",
    ]


def _sheet(name: str, frame: pd.DataFrame, *, heading: list[str]) -> export.Sheet:
    fields = [str(c) for c in frame.columns]
    # Under the field's name and both its titles: columns are renamed before they get here.
    known = {word: most for key, most in _WRAPPED.items() for word in (key, *_WORDS.get(key, ()))}
    return export.Sheet(
        name=name,
        frame=frame,
        layer="enterprises",
        fields=fields,
        heading=heading,
        wrapped={field: known[field] for field in fields if field in known},
    )


def _parts(listing: Listing, lang: str) -> list[tuple[str, pd.DataFrame]]:
    """Return one part per value of the rule's ``split``, or the whole."""
    rule, frame = listing.rule, listing.frame
    whole = rule.zh if lang == "zh" else rule.en
    if not rule.split or frame.empty:
        return [(whole, frame)]
    unknown = "未知" if lang == "zh" else "unknown"
    # Firms without a district are a sheet of their own, or they would be missing from the workbook.
    key = frame[rule.split].astype("string").fillna(unknown)
    parts = [
        (str(name), part.drop(columns=rule.split)) for name, part in frame.groupby(key, sort=True)
    ]
    # Ranks start again on each sheet: it goes to its district by itself.
    return [(name, part.assign(rank=range(1, len(part) + 1))) for name, part in parts]


def _shown(frame: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return the columns a person reads, under their words."""
    zh = lang == "zh"
    out = frame.drop(columns=["enterprise_id", "reason" if not zh else "reason_en"])
    out = out.rename(columns={} if zh else {"reason_en": "reason"})
    for name in _PER_CENT:
        if name in out.columns:
            out[name] = (100 * out[name].astype("Float64")).round(1)
    return out.rename(columns={k: v[0 if zh else 1] for k, v in _WORDS.items()})


def _shown_changes(changes: pd.DataFrame, lang: str) -> pd.DataFrame:
    from industrymap import schemas

    place = 0 if lang == "zh" else 1
    words = {name: pair[place] for name, pair in _WORDS.items()}
    out = changes.drop(columns="enterprise_id")
    out["change"] = out["change"].map({k: v[place] for k, v in _CHANGES.items()}).astype("string")
    out["column"] = (
        out["column"]
        .map(lambda n: words.get(n) or schemas.label("enterprises", n, lang), na_action="ignore")
        .astype("string")
    )
    return out.rename(columns=words)
