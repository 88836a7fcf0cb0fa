"""Sections on the parts of an area: districts or towns, clusters, and what needs attention in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from industrymap import schemas
from industrymap.brief._facts import rounded
from industrymap.brief._story import Chart, Point, Section, TableBlock, plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

    from industrymap.brief._amounts import Amounts
    from industrymap.brief._teller import Teller

__all__ = ["attention_section", "clusters_section", "parts_section"]

_MOST_ROWS = 20
_MOST_BARS = 15
_MOST_FALLS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """The leading total of some areas, those with a figure first by size."""

    amounts: Amounts
    kind: str
    names: Mapping[str, str]
    codes: tuple[str, ...]
    total: float


def _of(teller: Teller, kind: str, names: Mapping[str, str]) -> _Parts | None:
    amounts = teller.amounts(kind, tuple(names))
    found = {c: amounts.get(c, teller.leading, teller.total) for c in names}
    sizes = {c: a.value for c, a in found.items() if a is not None}
    if not sizes:
        return None
    # The largest first, and by code where two are equal: the same order on every machine.
    codes = tuple(sorted(sizes, key=lambda c: (-sizes[c], c)))
    return _Parts(amounts=amounts, kind=kind, names=names, codes=codes, total=sum(sizes.values()))


def parts_section(teller: Teller) -> Section | None:
    """Tell how the districts of the city, or the towns of a district, did."""
    is_city = teller.m.area.level == "city"
    kind, id_ = ("district", "areas") if is_city else ("town", "towns")
    parts = _of(teller, kind, teller.m.parts)
    if parts is None:
        return None
    words = teller.both(*(("区", "districts") if is_city else ("镇街", "towns")))
    more = [text for text in (_drivers(teller, parts, words), *_rank(teller)) if text]
    exhibits = [_growth_chart(teller, parts), _table(teller, parts, words)]
    point = Point(
        conclusion=_spread(teller, parts, words), more=more, exhibits=[e for e in exhibits if e]
    )
    return Section(id=id_, heading=teller.both(*teller.outline.headings[id_]), points=[point])


def _spread(teller: Teller, parts: _Parts, words: str) -> str:
    rates = [parts.amounts.rate(c, teller.leading, teller.total) for c in parts.names]
    holds, fields = teller.tally(parts.kind, [teller.way(r) for r in rates], words)
    kinds = {r.published for r in rates if r is not None}
    basis = ("可比口径", "on the same firms") if kinds == {True} else ("按合计数计算", "of the totals")  # fmt: skip
    if len(kinds) == 2:
        basis = ("口径不一，见表", "not all of one kind, see the table")
    return teller.say("spread", holds, kind=words, name=teller.name_of(teller.leading), basis=teller.both(*basis), **fields)  # fmt: skip


def _points(teller: Teller, parts: _Parts) -> dict[str, tuple[float, tuple[str, ...]]]:
    """Return what each part adds to the growth of the sum of those known in both years, and of which rows."""
    pairs = {}
    for code in parts.codes:
        now, before = (parts.amounts.get(code, teller.leading, p) for p in (teller.total, teller.total.last_year))  # fmt: skip
        if now is not None and before is not None:
            pairs[code] = (now, before)
    base = sum(before.value for _, before in pairs.values())
    every = tuple(k for _, before in pairs.values() for k in before.inputs)
    if base <= 0:
        return {}
    return {
        c: ((now.value - before.value) / base * 100, (*now.inputs, *before.inputs, *every))
        for c, (now, before) in pairs.items()
    }


def _point(teller: Teller, parts: _Parts, code: str, found: tuple[float, tuple[str, ...]], *, unsigned: bool = False) -> str:  # fmt: skip
    name = parts.names[code]
    return teller.ledger.note(
        f"points/{parts.kind}/{code}/{teller.leading}/{teller.total}", found[0],
        zh=f"{name}拉动", en=f"{name}: points", unit=teller.both("百分点", "points"), decimals=2,
        formula="(now - before) / sum of before", inputs=found[1], unsigned=unsigned,
    )  # fmt: skip


def _drivers(teller: Teller, parts: _Parts, words: str) -> str:
    found = _points(teller, parts)
    if len(found) < 2:
        return ""
    order = sorted(found, key=lambda c: (-found[c][0], c))
    first, last = order[0], order[-1]
    holds = {"all", "rose"} if found[last][0] >= 0 else {"all", "fell"} if found[first][0] <= 0 else set()  # fmt: skip
    return teller.say(
        "drivers",
        holds,
        kind=words,
        name=teller.name_of(teller.leading),
        first=parts.names[first],
        first_points=_point(teller, parts, first, found[first], unsigned=True),
        last=parts.names[last],
        last_points=_point(teller, parts, last, found[last], unsigned=True),
    )


def _rank(teller: Teller) -> list[str]:
    """Say where a district stands among all districts by growth."""
    m = teller.m
    if m.area.level == "city":
        return []
    amounts = teller.amounts("district", tuple(m.districts))
    rates = {c: amounts.rate(c, teller.leading, teller.total) for c in m.districts}
    # Published growth is on the same firms, that of totals is not: they share no ranking.
    published = {c: rounded(r.value, 1) for c, r in rates.items() if r and r.published}
    own = published.get(m.area.code)
    if own is None or len(published) < 2:
        return []
    rank = 1 + sum(other > own for other in published.values())
    return [
        teller.say(
            "rank",
            set(),
            area=m.area.name,
            name=teller.name_of(teller.leading),
            rank=teller.count("rank", rank, "增速位次", "rank by growth"),
            count=teller.count("ranked", len(published), "参与排位的区数", "districts ranked"),
        )
    ]


def _growth_chart(teller: Teller, parts: _Parts) -> Chart | None:
    record = schemas.measure(teller.leading)
    rates = {c: parts.amounts.rate(c, teller.leading, teller.total) for c in parts.codes}
    known = [c for c in parts.codes if rates[c] is not None][:_MOST_BARS]
    if len(known) < 2:
        return None
    shapes = teller.m.shapes
    drawn = shapes is not None and set(parts.codes) <= set(shapes["code"].astype(str))
    if not drawn:
        known.sort(key=lambda c: (-(rates[c].value if rates[c] else 0.0), c))  # type: ignore[union-attr]
    shown, values = [], []
    for code in known:
        rate = rates[code]
        if rate is None:
            continue
        name = parts.names[code]
        shown.append(teller.rate(rate, f"{name}{record.zh}{teller.total.text('zh')}", f"{record.en} of {name}, {teller.total}"))  # fmt: skip
        values.append(float(rounded(rate.value, 1)))
    return Chart(
        title=teller.both(f"{record.zh}同比增速（{teller.total.text('zh')}）", f"Growth of {record.en.lower()} on the year before, {teller.total}"),
        kind="map" if drawn else "bars",
        labels=[plain(parts.names[c]) for c in known],
        values=values,
        shown=shown,
        unit="%",
        series=teller.both("同比", "growth"),
        shapes=_ordered(shapes, known) if drawn and shapes is not None else None,
    )  # fmt: skip


def _ordered(shapes: gpd.GeoDataFrame, codes: list[str]) -> gpd.GeoDataFrame:
    by_code = shapes.assign(code=shapes["code"].astype(str)).set_index("code")
    return by_code.loc[codes].reset_index()


def _table(teller: Teller, parts: _Parts, words: str) -> TableBlock:
    record = schemas.measure(teller.leading)
    points = _points(teller, parts)
    rows, alone = [], teller.period != teller.total
    for code in parts.codes[:_MOST_ROWS]:
        name = parts.names[code]
        now = parts.amounts.get(code, teller.leading, teller.total)
        rate = parts.amounts.rate(code, teller.leading, teller.total)
        cells = teller.cells(parts.amounts, code, name, teller.leading, teller.total)
        share = teller.ledger.note(
            f"share/{parts.kind}/{code}/{teller.leading}/{teller.total}", now.value / parts.total * 100 if now else 0.0,
            zh=f"{name}占比", en=f"share of {name}", unit="%", decimals=1, formula="now / sum of now", inputs=now.inputs if now else (),
        )  # fmt: skip
        quarter = teller.cells(parts.amounts, code, name, teller.leading, teller.period)[:1] if alone else []  # fmt: skip
        point = _point(teller, parts, code, points[code]) if code in points else "—"
        rows.append((plain(name), cells[0], cells[2], teller.basis(rate), *quarter, point, share))
    unit = _unit(teller, parts)
    quarter_zh, quarter_en = (f"|当季（{unit}）", f"|Quarter ({unit})") if alone else ("", "")
    zh = f"{words}|累计（{unit}）|同比（%）|增速口径{quarter_zh}|拉动（百分点）|占比（%）"
    en = f"{words.capitalize()}|Total ({unit})|Growth (%)|Growth of{quarter_en}|Points|Share (%)"
    return TableBlock(
        title=teller.both(f"各{words}{record.zh}（{teller.total.text('zh')}）", f"{record.en} by {words}, {teller.total}"),
        header=teller.both(zh, en).split("|"),
        rows=rows,
        note=_left_out(teller, parts, words),
    )  # fmt: skip


def _unit(teller: Teller, parts: _Parts) -> str:
    found = parts.amounts.get(parts.codes[0], teller.leading, teller.total)
    return teller.unit(found.unit) if found else ""


def _left_out(teller: Teller, parts: _Parts, words: str) -> str:
    """Say what the points and shares are of, and which areas the table leaves out."""
    text = teller.both(
        f"拉动为各{words}增减额除以上年同期合计，占比为占有数{words}合计的比重，均按合计数计算。",
        f"Points: change over the sum of the year before; share: of the sum of all {words} with a figure.",
    )
    hidden = len(parts.codes) - _MOST_ROWS
    if hidden > 0:
        number = teller.count(
            f"{parts.kind}/hidden", hidden, f"未列出的{words}个数", f"{words} not listed"
        )
        text += teller.both(f"按规模列前若干位，另有{number}个{words}未列出。", f" The largest are listed, {number} more are not.")  # fmt: skip
    none = [parts.names[c] for c in parts.names if c not in parts.codes]
    if none:
        names = teller.both("、", ", ").join(plain(n) for n in none[:_MOST_ROWS])
        text += teller.both(f"没有数据的{words}：{names}。", f" Without a figure: {names}.")
    return text


def clusters_section(teller: Teller) -> Section | None:
    """Tell how the clusters did, and how they stand against their targets."""
    m = teller.m
    parts = _of(teller, "cluster", m.clusters) if m.clusters else None
    if parts is None:
        return None
    words, record = teller.both("集群", "clusters"), schemas.measure(teller.leading)
    first = parts.codes[0]
    now = parts.amounts.get(first, teller.leading, teller.total)
    if now is None:
        return None
    name = parts.names[first]
    share = teller.ledger.note(
        f"share/cluster/{first}/{teller.leading}/{teller.total}", now.value / parts.total * 100,
        zh=f"{name}占比", en=f"share of {name}", unit="%", decimals=1, formula="now / sum of now", inputs=now.inputs,
    )  # fmt: skip
    lead = teller.say(
        "cluster",
        set(),
        period=teller.total.text(teller.lang),
        count=teller.count("cluster", len(parts.codes), "集群个数", "clusters"),
        name=teller.name_of(teller.leading),
        first=name,
        first_value=teller.value(now, f"{name}{record.zh}", f"{record.en} of {name}"),
        first_share=share,
        unit=teller.unit(now.unit),
    )
    more = [_spread(teller, parts, teller.both("产业集群", "clusters")), *_targets(teller, parts)]
    chart = _size_chart(teller, parts)
    point = Point(
        conclusion=lead, more=more, exhibits=[e for e in (chart, _table(teller, parts, words)) if e]
    )
    return Section(
        id="clusters", heading=teller.both(*teller.outline.headings["clusters"]), points=[point]
    )


def _targets(teller: Teller, parts: _Parts) -> list[str]:
    """Say how far the clusters are from their targets."""
    out = []
    for target in teller.m.targets:
        if target.level != parts.kind or target.entity not in parts.names:
            continue
        now = parts.amounts.get(target.entity, target.measure, teller.total)
        if now is None:
            continue
        name, record = parts.names[target.entity], schemas.measure(target.measure)
        _, divisor, decimals = (now.unit, *_scale(record.unit))
        goal = target.value / divisor
        key = f"target/{target.level}/{target.entity}/{target.measure}/{target.year}"
        made = (*now.inputs, key)
        note = teller.ledger.note
        out.append(
            teller.say(
                "target",
                {"reached" if now.value >= goal else "short"},
                period=teller.total.text(teller.lang), area=name, name=teller.name_of(target.measure),
                value=teller.value(now, f"{name}{record.zh}", f"{record.en} of {name}"), unit=teller.unit(now.unit),
                target=note(key, goal, zh=f"{name}目标", en=f"target of {name}", unit=now.unit, decimals=decimals),
                share=note(f"share/{key}", now.value / goal * 100, zh="完成率", en="share of the target", unit="%", decimals=1, formula="now / target", inputs=made),
                gap=note(f"gap/{key}", now.value - goal, zh="与目标之差", en="distance to the target", unit=now.unit, decimals=decimals, formula="now - target", inputs=made, unsigned=True),
                year=teller.both(f"{target.year}年", str(target.year)), source=target.source,
            )
        )  # fmt: skip
    return out


def _scale(unit: str) -> tuple[float, int]:
    from industrymap.brief._amounts import everyday

    return everyday(unit)[1:]


def _size_chart(teller: Teller, parts: _Parts) -> Chart | None:
    record = schemas.measure(teller.leading)
    codes = parts.codes[:_MOST_BARS]
    found = {c: parts.amounts.get(c, teller.leading, teller.total) for c in codes}
    if len(codes) < 2:
        return None
    shown, values = [], []
    for code, amount in found.items():
        if amount is None:
            continue
        name = parts.names[code]
        shown.append(teller.value(amount, f"{name}{record.zh}", f"{record.en} of {name}"))
        values.append(float(rounded(amount.value, amount.decimals)))
    return Chart(
        title=teller.both(f"各产业集群{record.zh}（{teller.total.text('zh')}）", f"{record.en} by cluster, {teller.total}"),
        kind="bars",
        labels=[plain(parts.names[c]) for c in codes],
        values=values,
        shown=shown,
        unit=_unit(teller, parts),
        series=teller.name_of(teller.leading),
    )  # fmt: skip


def attention_section(teller: Teller) -> Section:
    """List what the rules of the outline point out, and say so where they point out nothing."""
    m, limit = teller.m, teller.outline.falls
    kinds = [(m.area.level, {m.area.code: m.area.name}), ("district" if m.area.level == "city" else "town", m.parts)]  # fmt: skip
    kinds += [("cluster", m.clusters)] if m.clusters else []
    found = [row for kind, names in kinds for row in _falls(teller, kind, names)]
    found.sort(key=lambda row: (-row[0], row[1]))
    sentences = [row[2] for row in found[:_MOST_FALLS]]
    rule = teller.count("falls/limit", limit, "规则：连续下降的季度数", "rule: falls in a row")
    number = teller.count("falls", len(found), "触发规则的对象数", "areas that the rule points out")
    name = teller.name_of(teller.leading)
    shown = teller.count("falls/shown", len(sentences), "列出的个数", "listed")
    holds = {"none"} if not found else {"all"} if len(found) == len(sentences) else set()
    lead = teller.say("rule", holds, name=name, limit=rule, count=number, shown=shown)
    return Section(
        id="attention",
        heading=teller.both(*teller.outline.headings["attention"]),
        points=[Point(conclusion=lead, more=sentences)],
    )


def _falls(teller: Teller, kind: str, names: Mapping[str, str]) -> list[tuple[int, str, str]]:
    amounts = teller.amounts(kind, tuple(names))
    out = []
    for code, name in names.items():
        rates = [amounts.rate(code, teller.leading, q, published=False) for q in teller.quarters]
        run = 0
        # From the last quarter backwards; an unknown one ends the run, because it may have risen.
        for rate in reversed(rates):
            if rate is None or "fell" not in teller.way(rate):
                break
            run += 1
        last = rates[-1]
        if run < teller.outline.falls or last is None:
            continue
        record = schemas.measure(teller.leading)
        text = teller.say(
            "falls",
            set(),
            area=name,
            name=teller.name_of(teller.leading),
            periods=teller.count(f"falls/{kind}/{code}", run, f"{name}连续下降季度数", f"falls in a row of {name}"),
            rate=teller.rate(last, f"{name}{record.zh}当季", f"{record.en} of {name}, quarter", unsigned=True),
        )  # fmt: skip
        out.append((run, code, text))
    return out
