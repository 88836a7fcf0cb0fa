"""A grading as workbooks: the list for publicity, and the sheets behind it for the office."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

    from industrymap.export import Meta
    from industrymap.grading import Item
    from industrymap.pipeline import Grades

__all__ = ["area_table", "book", "notice_book", "parts_of"]

_WORDS = {
    "figure": ("数据项", "Figure"), "claimed": ("企业主张值", "Claimed"), "accepted": ("核定值", "Accepted"),
    "outcome": ("处理结果", "Outcome"), "note": ("备注", "Note"),
    "no": ("序号", "No."), "name": ("企业名称", "Firm"), "uscc": ("统一社会信用代码", "Credit code"), "district": ("所属区", "District"),
    "scope": ("评价范围", "Scope"), "letter": ("类别", "Letter"), "managed_as": ("管理类别", "Managed as"), "score": ("得分", "Score"),
    "bonus": ("加分", "Bonus"), "malus": ("减分", "Malus"), "rank": ("名次", "Rank"), "ranked": ("参排家数", "Of firms"),
    "group": ("排名分组", "Ranked in"), "by_cuts": ("按得分类别", "Letter by score"), "to_next": ("升类差分", "Points to next"),
    "flips": ("类别变动概率（%）", "Letter flips (%)"), "reason": ("说明", "Why"), "graded_with": ("合并评价", "Graded with"),
    "item": ("指标", "Item"), "value": ("数值", "Value"), "unit": ("单位", "Unit"), "benchmark": ("基准", "Benchmark"), "ratio": ("计分倍数", "Times"),
    "weight": ("权重", "Weight"), "points": ("得分", "Points"), "lift": ("单项升类所需", "Lift alone"), "before": ("此前类别", "Letter before"),
    "after": ("现类别", "Letter now"), "score_before": ("此前得分", "Score before"), "score_after": ("现得分", "Score now"), "area": ("区域", "Area"),
    "firms": ("参评家数", "Firms"), "count": ("家数", "Firms"), "share": ("占比（%）", "Share (%)"), "stated": ("规则界线", "Stated"),
    "source": ("来源文件", "File"), "row": ("行", "Row"), "column": ("列", "Column"), "found": ("原值", "Found"), "problem": ("问题", "Problem"),
}  # fmt: skip


def _said(key: str, lang: str) -> str:
    return _WORDS[key][0 if lang == "zh" else 1]


def _headed(frame: pd.DataFrame, lang: str) -> pd.DataFrame:
    return frame.rename(columns={key: _said(key, lang) for key in frame if key in _WORDS})


def _scopes(done: Grades, lang: str) -> dict[str, str]:
    return {s.id: s.zh if lang == "zh" else s.en for s in done.rule.scopes}


def parts_of(done: Grades, at: int, *, lang: str) -> pd.DataFrame:
    """Return what the score of one firm is made of, so that it can be worked out again by hand; empty where it has none."""
    from industrymap import grading

    zh = lang == "zh"
    for part in done.graded.scopes:
        hit = np.flatnonzero(part.rows == at)
        if not len(hit):
            continue
        n, measured = int(hit[0]), part.measured
        change = grading.lifts(part)
        rows = []
        for k in range(len(measured.items)):
            item = measured.item_used(n, k)
            rows.append(
                {
                    "item": item.zh if zh else item.en, "value": measured.amounts[n, k], "unit": item.unit if zh else item.unit_en,
                    "benchmark": measured.benchmarks[n, k], "ratio": measured.ratios[n, k], "weight": measured.weights[n, k],
                    "points": measured.points[n, k], "lift": change[n, k],
                }
            )  # fmt: skip
        table = pd.DataFrame(rows)
        for key, sign in (("bonus", part.bonus[n]), ("malus", -part.malus[n])):
            if sign:
                table = pd.concat(
                    [table, pd.DataFrame([{"item": _said(key, lang), "points": sign}])]
                )
        total = {"item": "得分" if zh else "Score", "points": part.scores[n]}
        return _headed(pd.concat([table, pd.DataFrame([total])], ignore_index=True), lang)
    return pd.DataFrame()


def area_table(done: Grades, scope: str, by: str, *, lang: str) -> pd.DataFrame:
    """Return the areas of a scope with score, letters and the value of each item."""
    from industrymap import grading

    table = grading.areas(done.graded, scope, by)
    if table.empty:
        return table
    items = {i.id: i for s in done.rule.scopes if s.id == scope for i in s.items}
    names = {"rank": _said("rank", lang)}
    for column in map(str, table):
        kind, _, id_ = column.partition(".")
        if kind == "value":
            names[column] = _with_unit(items[id_], lang)
        elif kind == "letter":
            names[column] = id_
    shown = table.drop(columns=[c for c in table if str(c).startswith("known.")])
    return _headed(shown.rename(columns=names), lang)


def _with_unit(item: Item, lang: str) -> str:
    name, unit = (item.zh, item.unit) if lang == "zh" else (item.en, item.unit_en)
    return f"{name}（{unit}）" if unit and lang == "zh" else f"{name} ({unit})" if unit else name


def notice_book(done: Grades, *, lang: str, meta: Meta) -> bytes:
    """Return the list for publicity: letters and whose they are, no figure.

    Raises
    ------
    ConfigError
        The rule does not say that letters are published.
    """
    from industrymap import export

    notice = done.notice()
    notice = notice.assign(scope=notice["scope"].map(_scopes(done, lang)))
    notice.insert(0, "no", range(1, len(notice) + 1))
    zh, days = lang == "zh", done.rule.objection_days
    title = (
        f"{done.year} 年度{done.rule.title('zh')}结果公示"
        if zh
        else f"{done.rule.title('en')}, {done.year}: results"
    )
    period = (
        ("公示期：规则未载明" if days is None else f"公示期：{days} 天，期内可书面提出异议")
        if zh
        else (
            "Days for objections: not stated"
            if days is None
            else f"Objections in writing within {days} days"
        )
    )
    lines = [title, f"依据：{done.rule.source}" if zh else f"Source: {done.rule.source}", period]
    counts = notice["letter"].value_counts()
    each = "、".join(
        f"{letter.id} 类 {int(counts.get(letter.id, 0)):,} 家" for letter in done.rule.letters
    )
    each_en = ", ".join(
        f"{letter.id} {int(counts.get(letter.id, 0)):,}" for letter in done.rule.letters
    )
    lines.append(f"共 {len(notice):,} 家：{each}" if zh else f"{len(notice):,} firms: {each_en}")
    sheet = export.Sheet(
        name="公示名单" if zh else "Letters",
        frame=_headed(notice, lang),
        layer="grades",
        heading=lines,
        wrapped={_said("name", lang): 40},
    )
    return export.workbook([sheet], lang=lang, meta=meta)


def book(done: Grades, *, lang: str, meta: Meta, by: str) -> bytes:
    """Return the grading with everything behind it: counts, scores, items, areas, who moved, who is not graded, what was wrong."""
    from industrymap import export

    zh = lang == "zh"
    inside = (
        "内部使用：含企业数据，不得公布"
        if zh
        else "For use inside the office: figures of single firms may not be published"
    )
    proposed = ("、" if zh else ", ").join(done.rule.proposals(lang))
    note = (
        [("建议值，非官方：" if zh else "Proposed, not official: ") + proposed] if proposed else []
    )
    made = [
        export.Sheet(
            name=name,
            frame=frame,
            layer="grades",
            heading=[f"{done.rule.title(lang)} · {done.year} · {name}", inside, *note],
            wrapped={
                _said("name", lang): 30,
                _said("reason", lang): 50,
                _said("problem", lang): 60,
            },
            codes=_codes(frame, lang),
        )
        for name, frame in _tables(done, lang, by)
        if len(frame.columns)
    ]
    return export.workbook(made, lang=lang, meta=meta)


def _tables(done: Grades, lang: str, by: str) -> list[tuple[str, pd.DataFrame]]:
    """Return the tables of the workbook with their names, in reading order."""
    zh = lang == "zh"
    sheets = [
        ("汇总" if zh else "Counts", _counts(done, lang)),
        ("评分" if zh else "Scores", _scores(done, lang)),
    ]
    for scope in done.rule.scopes:
        name = f"指标 {scope.zh}" if zh else f"Items {scope.en}"
        sheets.append((name, _items(done, scope.id, lang)))
        sheets.append(
            (
                f"区域 {scope.zh}" if zh else f"Areas {scope.en}",
                area_table(done, scope.id, by, lang=lang),
            )
        )
    if done.moves is not None:
        sheets.append(("变动" if zh else "Moved", _moves(done.moves, lang)))
    if done.objections is not None and done.corrected is not None:
        sheets.append(("异议" if zh else "Objections", _objections(done, lang)))
        sheets.append(("异议后变动" if zh else "Changed", _moves(done.corrected, lang)))
    sheets += [
        ("未评价" if zh else "Not graded", _left(done, lang)),
        ("数据问题" if zh else "Findings", _findings(done, lang)),
    ]
    return sheets


def _codes(frame: pd.DataFrame, lang: str) -> dict[str, str]:
    """Return how numbers are written: scores with two decimals, values with up to four."""
    two = {
        _said(k, lang)
        for k in (
            "score",
            "score_before",
            "score_after",
            "to_next",
            "bonus",
            "malus",
            "share",
            "flips",
        )
    }
    return {
        str(c): "#,##0.00" if c in two else "#,##0.####"
        for c in frame
        if str(frame[c].dtype) in {"Float64", "float64"}
    }


def _counts(done: Grades, lang: str) -> pd.DataFrame:
    rows: list[dict[str, object]] = []
    zh = lang == "zh"
    for part in done.graded.scopes:
        size = len(part.rows)
        for n, letter in enumerate(done.rule.letters):
            count = int((part.letters == n).sum())
            cut = part.scope.cuts[n] if n < len(part.scope.cuts) else None
            stated = (
                [] if cut is None else [f"≤ {cut.to_share:.0%}"] if cut.to_share is not None else []
            )
            if cut is not None and cut.from_score is not None:
                stated.append(f"≥ {cut.from_score:g} 分" if zh else f"score ≥ {cut.from_score:g}")
            rows.append(
                {
                    "scope": _scopes(done, lang)[part.scope.id], "letter": letter.id, "count": count,
                    "share": 100 * count / size if size else np.nan, "stated": ("累计 " if zh and stated else "") + " ".join(stated),
                }
            )  # fmt: skip
    left = int(done.graded.table()["score"].isna().sum())
    rows.append(
        {
            "scope": "未评价" if zh else "Not graded",
            "letter": done.rule.ungraded.letter,
            "count": left,
        }
    )
    return _headed(pd.DataFrame(rows), lang)


def _scores(done: Grades, lang: str) -> pd.DataFrame:
    table = done.table[done.table["score"].notna()].copy()
    table["reason"] = table["reason" if lang == "zh" else "reason_en"]
    table["flips"] = 100 * table["flips"]
    table["scope"] = table["scope"].map(_scopes(done, lang))
    names = dict(zip(done.table["enterprise_id"], done.table["name"], strict=True))
    table["graded_with"] = table["graded_with"].map(names, na_action="ignore")
    columns = [
        "name", "uscc", "district", "scope", "group", "letter", "score", "rank", "ranked", "bonus", "malus", "by_cuts", "to_next", "flips",
        "graded_with", "reason",
    ]  # fmt: skip
    # A column that says nothing only takes paper.
    empty = {c for c in columns if table[c].isna().all()}
    empty |= {c for c in ("bonus", "malus") if (table[c] == 0).all()}
    if (table["by_cuts"] == table["letter"]).all():
        empty.add("by_cuts")
    # Of one scope, or ranked by district, these two would repeat the sheet's title or the column before.
    if len(done.rule.scopes) == 1:
        empty.add("scope")
    if table["group"].equals(table["district"]):
        empty.add("group")
    kept = [c for c in columns if c not in empty]
    order = table.sort_values(["scope", "group", "rank", "name"])
    return _headed(order[kept], lang)


def _items(done: Grades, scope: str, lang: str) -> pd.DataFrame:
    """Return value and points of every item of every firm of a scope, the benchmark beside them."""
    part = next(one for one in done.graded.scopes if one.scope.id == scope)
    firms = done.graded.firms.iloc[part.rows]
    columns: dict[str, object] = {_said("name", lang): firms["name"].to_numpy(dtype=object)}
    points = "得分" if lang == "zh" else "points"
    benchmark = "基准" if lang == "zh" else "benchmark"
    for k, item in enumerate(part.measured.items):
        name = item.zh if lang == "zh" else item.en
        amounts, given = part.measured.amounts[:, k], part.measured.benchmarks[:, k]
        heading = _with_unit(item, lang)
        known = np.unique(given[~np.isnan(given)])
        if len(known) == 1:
            # One benchmark for all is said once, in the heading: a column of it would only take paper.
            heading += f" {benchmark} {known[0]:,.10g}"
        columns[heading] = amounts
        if len(known) > 1:
            columns[f"{name} {benchmark}"] = given
        columns[f"{name} {points}"] = part.measured.points[:, k]
    columns[_said("score", lang)] = part.scores
    columns[_said("letter", lang)] = np.array([x.id for x in done.rule.letters], dtype=object)[
        part.letters
    ]
    return pd.DataFrame(columns).sort_values(_said("score", lang), ascending=False, kind="stable")


def _moves(moves: pd.DataFrame, lang: str) -> pd.DataFrame:
    shown = moves.assign(reason=moves["why" if lang == "zh" else "why_en"])
    columns = ["name", "before", "after", "score_before", "score_after", "reason"]
    return _headed(shown[columns], lang)


def _objections(done: Grades, lang: str) -> pd.DataFrame:
    told = done.objections if done.objections is not None else pd.DataFrame()
    words = {"accepted": "采纳", "rejected": "不采纳", "open": "未处理"}
    outcome = told["outcome"].map(words) if lang == "zh" else told["outcome"]
    shown = told.assign(outcome=outcome.astype("string"))
    columns = ["name", "uscc", "item", "claimed", "value", "outcome", "note"]
    headings = {"item": "figure", "value": "accepted"}
    return _headed(shown[columns].rename(columns=headings), lang)


def _left(done: Grades, lang: str) -> pd.DataFrame:
    left = done.table[done.table["score"].isna()]
    left = left.assign(reason=left["reason" if lang == "zh" else "reason_en"])
    columns: Sequence[str] = ["name", "uscc", "district", "managed_as", "reason"]
    return _headed(left[[c for c in columns if left[c].notna().any() or c == "name"]], lang)


def _findings(done: Grades, lang: str) -> pd.DataFrame:
    found = done.issues
    table = found.assign(found=found["value"], problem=found["zh" if lang == "zh" else "en"])
    return _headed(table[["source", "row", "column", "found", "problem"]], lang)
