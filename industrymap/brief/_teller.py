"""What all sections of a brief share, and the section of totals and the notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from industrymap import periods, schemas
from industrymap.brief._amounts import Amounts
from industrymap.brief._facts import Ledger, rounded
from industrymap.brief._patterns import say
from industrymap.brief._story import Chart, Point, Section, TableBlock, plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from industrymap.brief._amounts import Amount, Rate
    from industrymap.brief._material import Material
    from industrymap.periods import Period

__all__ = ["Teller", "day_text"]


def day_text(day: str, lang: str) -> str:
    """Return a day as a text of ``lang`` writes it, without leading zeros in Chinese.

    Examples
    --------
    >>> day_text("2025-03-05", "zh")
    '2025年3月5日'
    """
    if lang != "zh":
        return day
    year, month, date = (int(part) for part in day.split("-"))
    return f"{year}年{month}月{date}日"


class Teller:
    """What all sections share: the figures, the ledger, the words."""

    def __init__(self, material: Material, lang: str) -> None:
        self.m, self.lang = material, lang
        self.outline = material.outline
        self.ledger = Ledger(vintage=material.vintage, lang=lang)
        self.period = material.period
        self.total = material.period.cumulative
        self.quarters = _before(material.period, self.outline.quarters)
        self.leading = self.outline.amounts[0]
        self.firm_notes: list[str] = []
        area = material.area
        self.own = self.amounts(area.level, (area.code,))

    def amounts(self, kind: str, codes: Sequence[str]) -> Amounts:
        """Return the totals of areas for every period that a brief speaks of."""
        sums = dict.fromkeys(self.m.sums, tuple(self.m.districts)) if kind == "city" else {}
        when = (self.total, self.period, *self.quarters)
        return Amounts(self.m.known, kind, codes, when, sums=sums)

    # --- words ---

    def both(self, zh: str, en: str) -> str:
        """Return the text of the language in use."""
        return zh if self.lang == "zh" else en

    def filled(self, pair: tuple[str, str], words: Mapping[str, str]) -> str:
        """Return a text of the outline with its words put in."""
        text = self.both(*pair)
        for key, word in words.items():
            text = text.replace(f"{{{key}}}", plain(word))
        return text

    def name_of(self, measure: str) -> str:
        """Return the name of a measure as a sentence uses it."""
        record = schemas.measure(measure)
        return self.both(record.zh, record.en.lower() if record.en.isascii() else record.en)

    def unit(self, unit: str) -> str:
        """Return a unit in the language in use."""
        return schemas.unit_label(unit, self.lang)

    def say(self, use: str, holds: set[str], **fields: str) -> str:
        """Return the sentence for a figure."""
        shown = {key: plain(value) for key, value in fields.items()}
        return say(self.outline, use, holds, shown, lang=self.lang)

    # --- figures ---

    def value(self, amount: Amount, zh: str, en: str) -> str:
        """Note a total and return how it is written."""
        return self.ledger.note(
            amount.key, amount.value, zh=zh, en=en, unit=amount.unit, decimals=amount.decimals,
            formula=amount.formula, inputs=amount.inputs,
        )  # fmt: skip

    def rate(self, rate: Rate, zh: str, en: str, *, unsigned: bool = False) -> str:
        """Note a growth rate and return how it is written."""
        return self.ledger.note(
            rate.key, rate.value, zh=f"{zh}同比", en=f"{en}, on last year", unit="%", decimals=1,
            formula=rate.formula, inputs=rate.inputs, unsigned=unsigned,
        )  # fmt: skip

    def count(self, key: str, number: int, zh: str, en: str) -> str:
        """Note a count and return how it is written."""
        return self.ledger.note(
            f"count/{key}", number, zh=zh, en=en, unit="", decimals=0, formula="count"
        )

    def way(self, rate: Rate | None) -> set[str]:
        """Return the conditions that a growth rate fulfils."""
        if rate is None:
            return {"no_base"}
        kind = "published" if rate.published else "whole"
        # Flat as it would be written: a sentence that says "up 0.0%" says nothing.
        if abs(rate.value) < self.outline.flat or rounded(rate.value, 1) == 0:
            return {"flat", kind}
        return {"rose" if rate.value > 0 else "fell", kind}

    def fields(
        self, measure: str, period: Period, *, published: bool = True
    ) -> tuple[set[str], dict[str, str]] | None:
        """Return the conditions and fields of a sentence on a total of the area; ``None`` where it is not known."""
        amounts, code, name = self.own, self.m.area.code, self.m.area.name
        now = amounts.get(code, measure, period)
        if now is None:
            return None
        record = schemas.measure(measure)
        zh, en = f"{name}{record.zh}{period.text('zh')}", f"{record.en} of {name}, {period}"
        out = {
            "area": name,
            "name": self.name_of(measure),
            "period": period.text(self.lang),
            "value": self.value(now, zh, en),
            "unit": self.unit(now.unit),
        }
        rate = amounts.rate(code, measure, period, published=published)
        if rate is not None:
            out["rate"] = self.rate(rate, zh, en, unsigned=True)
        before = amounts.get(code, measure, period.last_year)
        if before is not None:
            out["before"] = self.value(before, f"{zh}上年同期", f"{en}, the year before")
        return self.way(rate), out

    def cells(self, amounts: Amounts, code: str, name: str, measure: str, period: Period) -> list[str]:  # fmt: skip
        """Return total, total of the year before and growth as cells of a table."""
        record = schemas.measure(measure)
        zh, en = f"{name}{record.zh}{period.text('zh')}", f"{record.en} of {name}, {period}"
        now, before = (amounts.get(code, measure, p) for p in (period, period.last_year))
        rate = amounts.rate(code, measure, period)
        return [
            self.value(now, zh, en) if now else "—",
            self.value(before, f"{zh}上年同期", f"{en}, the year before") if before else "—",
            self.rate(rate, zh, en) if rate else "—",
        ]

    # --- the first section and the last ---

    def overall(self) -> Section | None:
        """Tell the totals of the area, the leading one first."""
        m = self.m
        table = self._amount_table()
        if table is None:
            return None
        lead = self.fields(self.leading, self.total)
        if lead is None:
            words = {"period": self.total.text(self.lang), "area": m.area.name, "name": self.name_of(self.leading)}  # fmt: skip
            first = Point(conclusion=self.say("missing", set(), **words))
        else:
            course = self._course()
            first = Point(
                conclusion=self.say("amount", lead[0], **lead[1]),
                more=self._quarter(),
                exhibits=[course] if course else [],
            )
        listed = [self._listed(measure) for measure in self.outline.amounts[1:]]
        parts = [text for text in listed if text]
        points = [first]
        if parts:
            sentence = self.both(
                "同期，{}（均按合计数计算）。", "In the same months: {} (all of the totals)."
            )
            points.append(
                Point(
                    conclusion=self._risen(),
                    more=[sentence.format(self.both("；", "; ").join(parts))],
                    exhibits=[table],
                )
            )
        return Section(
            id="overall", heading=self.both(*self.outline.headings["overall"]), points=points
        )

    def _listed(self, measure: str) -> str:
        found = self.fields(measure, self.total, published=False)
        return "" if found is None else self.say("listed", found[0], **found[1])

    def _risen(self) -> str:
        """Say how many of the totals rose: the conclusion of the table."""
        code = self.m.area.code
        known = [m for m in self.outline.amounts if self.own.get(code, m, self.total) is not None]
        ways = [self.way(self.own.rate(code, m, self.total)) for m in known]
        holds, fields = self.tally("totals", ways, self.both("总量指标", "totals"))
        return self.say("totals", holds, **fields)

    def tally(
        self, key: str, ways: Sequence[set[str]], what: str
    ) -> tuple[set[str], dict[str, str]]:
        """Count how many rose, fell, did not move or cannot be compared; return conditions and fields."""
        slots = {"up": "rose", "down": "fell", "flat": "flat", "unknown": "no_base"}
        numbers = {slot: sum(way in one for one in ways) for slot, way in slots.items()}
        fields = {
            slot: self.count(f"{key}/{slot}", n, f"{what}：{slot}", f"{what}: {slot}")
            for slot, n in numbers.items()
        }
        fields["count"] = self.count(key, len(ways), f"{what}：个数", f"{what}: number")
        holds = {way for slot, way in slots.items() if ways and numbers[slot] == len(ways)}
        holds |= {"all"} if holds & {"rose", "fell"} else set()
        # A sentence that lists two empty groups is read twice before it is understood.
        holds |= {"two_ways"} if numbers["flat"] == numbers["unknown"] == 0 else set()
        return holds, fields

    def _quarter(self) -> list[str]:
        """Say the quarter itself, where the period is one and not the year's first."""
        if self.period == self.total:
            return []
        code = self.m.area.code
        found = self.fields(self.leading, self.period, published=False)
        if found is None:
            return []
        holds, words = found
        course = [self.own.get(code, self.leading, q) for q in self.quarters]
        known = [a.value for a in course if a is not None]
        # A record among few is none: every quarter of the span must be known.
        if len(known) == self.outline.quarters:
            record = {"record_high"} if known[-1] == max(known) else {"record_low"} if known[-1] == min(known) else set()  # fmt: skip
            holds |= record
            words["periods"] = self.count(
                "quarters", len(known), "可比的季度数", "quarters compared"
            )
        return [self.say("quarter", holds, **words)]

    def _course(self) -> Chart | None:
        """Return the leading total by quarter."""
        name, record = self.m.area.name, schemas.measure(self.leading)
        course = [self.own.get(self.m.area.code, self.leading, q) for q in self.quarters]
        if sum(a is not None for a in course) < 2:
            return None
        shown = [
            self.value(a, f"{name}{record.zh}{q.text('zh')}", f"{record.en} of {name}, {q}") if a else "—"
            for a, q in zip(course, self.quarters, strict=True)
        ]  # fmt: skip
        unit = next(a.unit for a in course if a)
        first, last = (q.text(self.lang) for q in (self.quarters[0], self.quarters[-1]))
        return Chart(
            title=self.both(
                f"{name}{record.zh}当季值（{first}至{last}）",
                f"{record.en} of {name} by quarter, {first} to {last}",
            ),
            kind="columns",
            labels=[str(q) for q in self.quarters],
            values=[a.value if a else None for a in course],
            shown=shown,
            unit=self.unit(unit),
            series=self.name_of(self.leading),
        )

    def _amount_table(self) -> TableBlock | None:
        rows = []
        for measure in self.outline.amounts:
            cells = self.cells(self.own, self.m.area.code, self.m.area.name, measure, self.total)
            if cells[0] == "—":
                continue
            now = self.own.get(self.m.area.code, measure, self.total)
            rate = self.own.rate(self.m.area.code, measure, self.total)
            unit = self.unit(now.unit) if now else ""
            rows.append((f"{self.both(schemas.measure(measure).zh, schemas.measure(measure).en)}", unit, *cells, self.basis(rate)))  # fmt: skip
        if not rows:
            return None
        return TableBlock(
            title=self.both(
                f"{self.m.area.name}主要总量指标（{self.total.text('zh')}）",
                f"Main totals of {self.m.area.name}, {self.total}",
            ),
            header=self.both("指标|单位|本期|上年同期|同比（%）|增速口径", "Total|Unit|Now|Year before|Growth (%)|Growth of").split("|"),
            rows=rows,
            note=self.both(
                "增速口径“可比”为公布的可比口径增速，“合计”为两期合计数之比。",
                "“same firms”: as published on the same firms; “totals”: of the two totals.",
            ),
        )  # fmt: skip

    def basis(self, rate: Rate | None) -> str:
        """Say what a growth rate is of, as a cell."""
        if rate is None:
            return "—"
        return self.both("可比", "same firms") if rate.published else self.both("合计", "totals")

    def notes(self) -> list[str]:
        """Say what a reader must know of the figures."""
        m = self.m
        vintage = self.count("vintage", m.vintage, "入库序号", "number of the addition")
        day = day_text(m.as_known, self.lang)
        out = [
            self.both(
                f"数据按第{vintage}次入库（{day}）时所知；其后的修订不在本简报内。",
                f"Figures as known after addition {vintage} ({day}); later revisions are not in this brief.",
            )
        ]
        if m.sums and m.area.level == "city":
            names = self.both("、", ", ").join(self.name_of(s) for s in sorted(m.sums) if s in self.outline.amounts)  # fmt: skip
            if names:
                out.append(
                    self.both(
                        f"全市未报送合计的指标按各区合计（各区均有数时）：{names}。",
                        f"Sums of the districts, where all have a figure, as the city reports none: {names}.",
                    )
                )
        differences = sorted({schemas.measure(f.key.split("/")[3]).zh if self.lang == "zh" else schemas.measure(f.key.split("/")[3]).en
                              for f in self.ledger if f.key.startswith("series/") and f.formula.startswith("difference")})  # fmt: skip
        if differences:
            names = self.both("、", ", ").join(differences)
            out.append(
                self.both(
                    f"当季值为两期累计数之差：{names}。",
                    f"Figures of the quarter alone are one cumulative figure less another: {names}.",
                )
            )
        out += self.firm_notes
        out += [self.both(zh, en) for zh, en in m.notes]
        standing = self.both("" if m.of.official else "（建议，非官方）", "" if m.of.official else " (proposed, not official)")  # fmt: skip
        out.append(self.both(f"比率指标的定义见《{m.of.zh}》{standing}；比率为合计之比。", f"Ratios are defined in “{m.of.en}”{standing}; they are ratios of sums."))  # fmt: skip
        if m.meta.source:
            out.append(self.both(f"来源：{m.meta.source}。", f"Source: {m.meta.source}."))
        return [plain(text) for text in out]


def _before(period: Period, count: int) -> list[Period]:
    """Return the quarters up to the one in which a period ends, oldest first; those before 1949 are none."""
    last = (period.last + 2) // 3
    # Of a period that ends inside a quarter, the last whole one counts.
    first = periods.Period(period.year, last * 3 - 2, last * 3) if period.last % 3 == 0 else None
    if first is None:
        whole = period.last // 3
        first = periods.Period(period.year, whole * 3 - 2, whole * 3) if whole else periods.Period(period.year - 1, 10, 12)  # fmt: skip
    out = [first]
    while len(out) < count:
        out.append(out[-1].previous)
    return out[::-1]
