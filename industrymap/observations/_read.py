"""A file of figures read into observations."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from industrymap import cells, files, issues, periods, schemas, tables
from industrymap.errors import SeriesError
from industrymap.observations._join import Known, joined
from industrymap.observations._sheet import DASHES, Sheet, cut, is_number, like_figure
from industrymap.observations._words import (
    GROWTH,
    LAST_YEAR,
    OTHER,
    PARTIAL,
    WHOLE,
    Told,
    Words,
)
from industrymap.series import COLUMNS, KINDS, STATUSES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from industrymap.citypack import CityPack

__all__ = ["Given", "Reading", "read"]

_NO_ENTITY = issues.rule(
    "observation.entity", "error",
    "看不出“{label}”是哪个对象（区、镇街、企业、全市……），该行未计入",
    "'{label}' names no district, town, firm or city that is known: the row is left out",
)  # fmt: skip
_NO_MEASURE = issues.rule(
    "observation.measure", "error",
    "看不出“{label}”是什么指标，{n} 个数未计入；可用 --measure 指明",
    "'{label}' names no measure that is known: {n} figures are left out; name it with --measure",
)  # fmt: skip
_NO_PERIOD = issues.rule(
    "observation.period", "error",
    "看不出“{label}”是哪一时期，{n} 个数未计入；可用 --period 指明",
    "nothing says which period '{label}' is of: {n} figures are left out; name it with --period",
)  # fmt: skip
_NO_UNIT = issues.rule(
    "observation.unit", "error",
    "“{label}”没有写明计量单位，{n} 个数未计入；可用 --unit 指明",
    "'{label}' states no unit: {n} figures are left out; name it with --unit",
)  # fmt: skip
_WRONG_UNIT = issues.rule(
    "observation.wrong_unit", "error",
    "“{label}”的单位“{unit}”不是{measure}的单位（{wanted}），{n} 个数未计入",
    "'{label}' is in '{unit}', which is no unit of {measure} ({wanted}): {n} figures are left out",
)  # fmt: skip
_UNKNOWN_COLUMN = issues.rule(
    "observation.column", "error",
    "看不出列“{label}”中的“{rest}”是什么，{n} 个数未计入",
    "nobody knows what '{rest}' of the column '{label}' is: {n} figures are left out",
)  # fmt: skip
_UNKNOWN_ROW = issues.rule(
    "observation.row", "error",
    "看不出“{label}”行中的“{rest}”是什么，{n} 个数未计入",
    "nobody knows what '{rest}' of the row '{label}' is: {n} figures are left out",
)  # fmt: skip
_WHOLE_ROW = issues.rule(
    "observation.whole", "info",
    "“{label}”行看不出是哪个范围的合计，{n} 个数未读入",
    "the row '{label}' does not say of what it is the total: {n} figures are not read",
)  # fmt: skip
_SHARED_NAME = issues.rule(
    "observation.shared_name", "error",
    "不止一个区、镇街叫“{label}”，看不出是哪一个，{n} 个数未计入；请改用区划代码",
    "several districts or towns are called '{label}': {n} figures are left out; write the code of the one that is meant",
)  # fmt: skip
_PARTIAL_ROW = issues.rule(
    "observation.partial", "error",
    "“{label}”是某一地区的某一行业，既不是全市该行业、也不是该地区的数，{n} 个数未计入",
    "'{label}' is an industry within one place, the total of neither: {n} figures are left out",
)  # fmt: skip
_OTHER_FIGURE = issues.rule(
    "observation.other", "info",
    "“{label}”不是本期数或同比，{n} 个数未读入",
    "'{label}' is neither the figure of the period nor its growth on the year before: {n} figures are not read",
)  # fmt: skip
_UNREADABLE = issues.rule(
    "observation.number", "warning", "“{cell}”不是数，未计入", "'{cell}' is no number and is left out"
)  # fmt: skip
_TWICE = issues.rule(
    "observation.twice", "error",
    "{entity} 的{measure}（{period}）在文件中有不同的值（{values}），都未计入",
    "{measure} of {entity} in {period} has different values in the file ({values}): none is taken",
)  # fmt: skip

_NO_CHOICE = ("count", "people", "items")
"""Dimensions whose tables often leave the unit out, since nobody counts firms in thousands."""
_ROLES = {
    "kind": ("kind", "对象类型"),
    "entity": ("entity", "对象"),
    "period": ("period", "时期", "报告期", "期别", "年份", "年度", "月份", "年月", "季度", "年", "月", "季", "日期", "统计时间", "时间", "year", "month", "quarter"),
    "unit": ("unit", "单位", "计量单位"),
    "status": ("status", "状态"),
    "uscc": ("uscc", "统一社会信用代码", "信用代码"),
    "firm": ("企业名称", "单位名称", "企业", "公司名称", "单位详细名称"),
    "division": ("district", "district code", "area code", "行政区划代码", "区划代码", "地区代码", "区代码", "镇街代码"),
    "code": ("代码", "编号", "序号", "备注", "说明", "责任部门", "责任单位", "牵头部门", "填报部门", "数据来源", "联系人"),
}  # fmt: skip
_KIND_OF = {
    "企业": "firm", "园区": "park", "区块": "block", "镇街": "town", "区": "district", "集群": "cluster", "行业": "industry", "全市": "city",
}  # fmt: skip
"""What a column 对象类型 may say in Chinese."""
_ROLE_OF = {name: role for role, names in _ROLES.items() for name in names}


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a person says of a file where it does not say it itself; the file comes first.

    Attributes
    ----------
    kind, entity, measure, period, unit : str
        As the database names them; ``period`` in any written form.
    sheet : str, int or sequence of str, optional
        Sheets to read; every visible one by default.
    names : mapping of str to str
        Further names of measures → id.
    """

    kind: str = ""
    entity: str = ""
    measure: str = ""
    period: str = ""
    unit: str = ""
    sheet: str | int | Sequence[str] | None = None
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a file says.

    Attributes
    ----------
    observations : DataFrame
        :data:`industrymap.series.COLUMNS` and ``source``, ``row``, ``column`` as a spreadsheet shows them. Published growth
        is an observation of its own: measure ``revenue_10k_cny:growth`` in ``%``; last year's figure as this table gives
        it, which may cover other firms, is ``revenue_10k_cny:last_year``.
    issues : DataFrame
        What was left out, and why.
    file, sha256 : str
        Its name and hash.
    """

    observations: pd.DataFrame
    issues: pd.DataFrame
    file: str
    sha256: str


def read(
    path: str | Path,
    *,
    pack: CityPack,
    given: Given | None = None,
    known: Known | None = None,
    limits: files.Limits | None = None,
) -> Reading:
    r"""Read a table of figures: long, wide by period or by measure, cumulative, a sheet a month, headings of several rows.

    Parameters
    ----------
    path : path
        Any table that firms can be read from.
    pack : CityPack
        Whose districts and towns are known.
    given : Given, optional
        What the file does not say.
    known : Known, optional
        Firms, parks and blocks by their names: figures come under their codes. A name of several decides nothing.
    limits : Limits, optional

    Raises
    ------
    FileMissingError, FileRefusedError, TableError
        As in :func:`industrymap.tables.read`.
    SeriesError
        Where no sheet holds figures, or ``given`` names what does not exist.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from industrymap import citypack
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "2024年1—3月.csv"
    ...     _ = path.write_text("地区,工业总产值（亿元）,同比增长（%）\n天河区,12.5,3.1\n", encoding="utf-8")
    ...     read(path, pack=citypack.load("guangzhou")).observations[["entity", "measure", "period", "value"]].values.tolist()
    [['440106', 'output_10k_cny', '2024Q1', 125000.0], ['440106', 'output_10k_cny:growth', '2024Q1', 3.1]]
    """
    given = given or Given()
    words = Words(pack, given.names)
    source = files.check(path, allow=files.TABLES, limits=limits)
    # A file's name often says the period (2024年3月…): it holds where nothing nearer says another.
    wider = _given(given).over(words.title(re.sub(r"[_\s]+", " ", Path(source.name).stem)))
    taken: list[pd.DataFrame] = []
    problems = []
    hidden: list[str] = []
    for grid in tables.sheets(source, sheet=given.sheet):
        found = cut(grid, heads=words.heads, names=words.is_place)
        # Hidden sheets are old versions or lookup lists, unless somebody names one.
        if grid.hidden and given.sheet is None:
            hidden += [grid.sheet] if found else []
            continue
        where = f"{source.name}#{grid.sheet}" if grid.sheet else source.name
        for sheet in found:
            work = _Work(words, sheet, issues.Collector(where), given)
            taken.append(work.observations(_context(words, sheet, wider)))
            problems.append(work.log.table())
        rows = [row for table in taken[len(taken) - len(found) :] for row in table["row"].tolist()]
        problems += _unseen(grid, found, sorted(set(rows)), where)
    if hidden:
        names = "、".join(f"“{name}”" for name in hidden)
        record = {"rule": tables.HIDDEN_SHEETS, "source": source.name, "sheets": names}
        problems.append(issues.from_records([record]))
    if not taken:
        raise SeriesError(f"{source.name} holds no table of figures", f"{source.name} 中没有数据表")
    table = pd.concat(taken, ignore_index=True)
    # Joined before doubles are looked for: a firm by its name and by its code is one firm.
    table, strangers = joined(table, known or Known(), source.name)
    table, twice = _once(table, words.names())
    return Reading(
        observations=table,
        issues=issues.concat([*problems, strangers, twice]),
        file=source.name,
        sha256=source.sha256,
    )


def _given(given: Given) -> Told:
    """Return what a person said, checked."""
    if given.kind and given.kind not in KINDS:
        raise SeriesError(
            f"{given.kind!r} is no kind: expected one of {', '.join(KINDS)}",
            f"没有对象类型“{given.kind}”，应为 {'、'.join(KINDS)} 之一",
        )
    unit = cells.parse_unit(given.unit) if given.unit else None
    if given.unit and unit is None:
        raise SeriesError(f"{given.unit!r} is no unit", f"“{given.unit}”不是计量单位")
    entity = (given.kind or "firm", given.entity) if given.entity else None
    period = periods.parse(given.period) if given.period else None
    return Told(measure=given.measure, period=period, unit=unit, entity=entity)


def _unseen(
    grid: tables.Grid, found: Sequence[Sheet], rows: Sequence[int], source: str
) -> list[pd.DataFrame]:
    """Report what was read otherwise than a person sees it: hidden, struck through, shown rescaled, never computed."""
    figures = {c: sheet for sheet in found for c in sheet.figures}
    columns = {c: sheet for sheet in found for c in sheet.labels} | figures
    shown = {
        c: " / ".join(columns[c].heads[c]) or tables.letter(grid.first_column + c)
        for c in sorted(columns)
    }
    return [
        tables.hidden_cells(grid, shown, rows, source=source),
        tables.struck_out(grid, shown, rows, source=source),
        tables.beside_values(grid, shown, figures, first=0, source=source),
    ]


def _context(words: Words, sheet: Sheet, wider: Told) -> Told:
    """Return what the sheet's name, its title and the notes below say, the name first: a sheet a month is named by its month."""
    told = Told()
    for text in (sheet.name, *sheet.title):
        here = words.title(text)
        told = told.over(replace(here, entity=here.entity or words.place(text)))
    # 2024年各区工业产值 in a file called 2024年一季度: its name says which months.
    file = wider.period
    if file is not None and file.level not in {"year", "month"} and told.bare_year == file.year:
        told = told.narrowed(file)
    units = [unit for note in sheet.notes if (unit := words.unit(note)) is not None]
    told = replace(told, unit=told.unit or (units[0] if units else None))
    # Of a place in a title nothing follows for a table of places: its rows say theirs, or the table is of that place.
    return replace(told.over(wider), rest="")


@dataclass
class _Work:
    words: Words
    sheet: Sheet
    log: issues.Collector
    given: Given

    def observations(self, context: Told) -> pd.DataFrame:
        """Return every figure that can be told, row by row."""
        self.heads = self._heads()
        roles = {c: self._role(c) for c in self.sheet.labels}
        self._left: dict[tuple[issues.Rule, str, tuple[tuple[str, str], ...]], list[int]] = {}
        self._months = self._months_of(context, roles)
        rows = []
        section = Told()
        for number, row in _dated_down(self.sheet.rows, roles):
            told, extra = self._row(row, roles)
            if not any(like_figure(row[c]) for c in self.sheet.figures):
                # a line without figures is a heading over the rows below it
                section = told if told.measure or told.entity or told.period else section
                self._unreadable(number, row)
                continue
            if told.measure and not told.entity:
                # 工业总产值 with its own figures, and under it districts that name no measure
                section = replace(section, measure=told.measure, unit=told.unit or section.unit)
            label = " ".join(row[c] for c in self.sheet.labels if row[c])
            for column in self.sheet.figures:
                cell = row[column]
                if cell in DASHES:
                    continue
                whole = self._whole(told, self.heads[column], section, context)
                made = self._observation(whole, cell, label, column, extra)
                if made is not None:
                    rows.append((*made, self.log.source, number, column + 1))
        self._say()
        columns = [*COLUMNS, "scale", "source", "row", "column"]
        return self._numbers(pd.DataFrame(rows, columns=columns))

    def _unreadable(self, number: int, row: list[str]) -> None:
        """Report words where figures are expected; a line whose words are the same throughout is merged over them."""
        words = {row[c] for c in self.sheet.figures} - DASHES
        labels = {row[c] for c in self.sheet.labels}
        for word in sorted(words - labels) if labels - {""} else ():
            said = self.words.told(word)
            # 不详 is understood as nothing.
            known = cells.number_cells(pd.Series([word], dtype="string")).unreadable.iloc[0]
            if known and not (said.heads or said.unit or said.entity):
                # Excel's number of the row is one more than its position.
                self.log.add(_UNREADABLE, number - 1, value=word, cell=word)

    def _numbers(self, table: pd.DataFrame) -> pd.DataFrame:
        """Turn cells into figures, all of one unit at once."""
        values = pd.Series(pd.NA, index=table.index, dtype="Float64")
        # Reading numbers is done by column: one call for each unit instead of one for each cell.
        for unit in table["unit"].unique():
            for scale in table.loc[table["unit"] == unit, "scale"].unique():
                rows = (table["unit"] == unit) & (table["scale"] == scale)
                cell = table.loc[rows, "value"].astype("string")
                rate = unit == "%"
                cell = cell.str.removesuffix("%") if rate else cell
                values[rows] = cells.number(cell, unit="" if rate else unit, factor=scale)
        unreadable = values.isna()
        self.log.extend(
            issues.from_records(
                {
                    "rule": _UNREADABLE,
                    "source": self.log.source,
                    "row": row,
                    "value": cell,
                    "cell": cell,
                }
                for row, cell in table.loc[unreadable, ["row", "value"]].to_numpy().tolist()
            )
        )
        return table.assign(value=values)[~unreadable].drop(columns="scale")

    def _whole(self, row: Told, head: Told, section: Told, context: Told) -> Told:
        """Return what everything around a figure says together."""
        told = row.over(head).over(section).narrowed(self._months)
        if _is_partial(row, head, section, context):
            return replace(told.over(context), entity=PARTIAL, rest="")
        if head.measure and section.measure not in {"", head.measure, row.measure}:
            # 利润总额 on a line of its own, 工业总产值 over the column: nothing says which of the two it is.
            told = replace(told, measure="", rest=schemas.measure(section.measure).zh)
        if told.entity == WHOLE:
            told = replace(told, entity=context.entity or self._everyone())
        return told.over(context)

    def _months_of(self, context: Told, roles: Mapping[int, str]) -> periods.Period | None:
        """Return the months that a bare year means: those of the title, where the title's own year is named alone below it."""
        if context.period is None or context.period.level == "year":
            return None
        labels = [
            self.words.told(_with_word(row[c], self.sheet.heads[c][-1]))
            for _, row in self.sheet.rows
            for c, role in roles.items()
            if role == "period" and row[c]
        ]
        years = {told.bare_year for told in (*self.heads.values(), *labels)}
        return context.period if context.period.year in years else None

    def _everyone(self) -> tuple[str, str]:
        """Return what 合计 means in a table whose title names no place: the city, where its rows are districts."""
        seen = {
            e[0]
            for _, row in self.sheet.rows
            for c in self.sheet.labels
            if (e := self.words.told(row[c]).entity)
        }
        known = seen - {WHOLE[0]}
        return self.words.city if known and known <= {"district", "city"} else WHOLE

    def _heads(self) -> dict[int, Told]:
        """Return what is written over each column of figures; a rate belongs to the figures on its left."""
        out: dict[int, Told] = {}
        group: list[Told] = []
        for column in self.sheet.figures:
            told = self.words.path(self.sheet.heads[column])
            if not told.figure:
                if (
                    not told.measure
                    and not told.rest
                    and group
                    and (told.period or told.within or told.relative)
                ):
                    # "2023年" beside "产值 2024年" is of the same measure
                    told = replace(
                        told, measure=group[-1].measure, unit=told.unit or group[-1].unit
                    )
                group = [*(g for g in group if g.measure == told.measure), told]
            elif group:
                told = _beside(told, group)
            out[column] = told
        nameless = [c for c, told in out.items() if told.rest and not told.measure]
        if self.given.measure and len(nameless) == 1:
            # the person said what the one column is that nothing else explains
            out[nameless[0]] = replace(out[nameless[0]], measure=self.given.measure, rest="")
        return out

    def _role(self, column: int) -> str:
        head = self.sheet.heads[column]
        return _ROLE_OF.get(re.sub(r"[\s（）()]+", "", head[-1]).lower(), "") if head else ""

    def _row(self, row: list[str], roles: Mapping[int, str]) -> tuple[Told, dict[str, str]]:
        """Return what the labels of a row say, and what columns of a role hold."""
        extra: dict[str, str] = {}
        parts = []
        for column, role in roles.items():
            cell = row[column]
            if not cell:
                continue
            if role in {"kind", "entity", "status", "uscc", "firm"}:
                extra[role] = cell
            elif role == "period":
                extra["period"] = (
                    f"{extra.get('period', '')}{_with_word(cell, self.sheet.heads[column][-1])}"
                )
            elif role == "unit":
                parts.append(Told(unit=cells.parse_unit(cell)))
            elif role == "division":
                extra["entity"] = re.sub(r"(?<=^\d{6})0{6}$", "", cell)
            elif role != "code":
                parts.append(self.words.told(cell))
        told = Told()
        for part in parts:
            told = told.over(part)
        if "period" in extra:
            told = told.timed(self.words.told(extra["period"]))
        return _of_entity(told, extra, self.words), extra

    def _observation(
        self, told: Told, cell: str, label: str, column: int, extra: Mapping[str, str]
    ) -> tuple[object, ...] | None:
        """Return one observation, or put down why the figure is none."""
        head = " / ".join(self.sheet.heads[column]) or label
        period = told.when()
        column_rest = self.heads[column].rest
        if told.figure == OTHER:
            self._leave(_OTHER_FIGURE, head)
        elif column_rest:
            self._leave(_UNKNOWN_COLUMN, head, (("rest", column_rest),))
        elif self._leave_unclear(told, label or head):
            return None
        elif told.entity is None:
            self._leave(_NO_ENTITY, label)
        elif not told.measure:
            self._leave(_NO_MEASURE, told.rest or head)
        elif period is None:
            self._leave(_NO_PERIOD, head)
        elif (valued := self._valued(told, cell, head)) is not None:
            status = extra.get("status", "")
            status = status if status in STATUSES else "reported"
            kind, entity = told.entity
            measure, unit, scale = valued
            return (kind, entity, measure, str(period), cell, unit, status, scale)
        return None

    def _leave_unclear(self, told: Told, label: str) -> bool:
        """Put down that a row means no one thing, where it does not."""
        if told.entity == WHOLE:
            self._leave(_WHOLE_ROW, label)
        elif told.entity == PARTIAL:
            self._leave(_PARTIAL_ROW, label)
        elif shared := self._shared(label):
            self._leave(_SHARED_NAME, shared)
        elif told.rest:
            # a row that also says something nobody knows (a part, a group of industries) is not the whole of its place
            self._leave(_UNKNOWN_ROW, label, (("rest", told.rest),))
        else:
            return False
        return True

    def _shared(self, label: str) -> str:
        """Return the part of a row's labels that is the name of several places; empty where none is."""
        parts = label.split(" ")
        return next((part for part in parts if self.words.is_shared(part)), "")

    def _valued(self, told: Told, cell: str, head: str) -> tuple[str, str, float] | None:
        """Return a figure's measure, the unit that measure is kept in, and what the cell is multiplied by to be in it."""
        if told.figure == GROWTH:
            return f"{told.measure}:{GROWTH}", "%", 1.0
        wanted = schemas.measure(told.measure).unit
        home = cells.parse_unit(wanted) if wanted else None
        # A unit in the cell itself (12.5亿元) goes before that of its column, and serves where there is none.
        unit = told.unit or (home if _has_unit(cell, wanted) else None)
        if unit is None and home is not None and home.dimension in _NO_CHOICE:
            unit = home
        if unit is None:
            self._leave(_NO_UNIT, head)
            return None
        scale = cells.factor(unit, wanted) if wanted else 1.0
        if scale is None:
            about = (
                ("unit", unit.text),
                ("measure", schemas.measure(told.measure).zh),
                ("wanted", wanted),
            )
            self._leave(_WRONG_UNIT, head, about)
            return None
        measure = told.measure + (f":{LAST_YEAR}" if told.figure == LAST_YEAR else "")
        return measure, wanted or unit.text, scale

    def _leave(
        self, rule: issues.Rule, label: str, about: tuple[tuple[str, str], ...] = ()
    ) -> None:
        self._left.setdefault((rule, label, about), []).append(1)

    def _say(self) -> None:
        for (rule, label, about), each in self._left.items():
            self.log.add(rule, None, value=label, label=label, n=len(each), **dict(about))


def _has_unit(cell: str, wanted: str) -> bool:
    """Tell whether a cell states a unit of its own that the measure can be in."""
    unit = cells.parse_unit(re.sub(r"^[^\u4e00-\u9fffA-Za-z㎡]*", "", cell))
    return unit is not None and cells.factor(unit, wanted) is not None


def _beside(told: Told, group: Sequence[Told]) -> Told:
    """Complete the heading of a rate from the figures before it: their measure, and the latest of their periods."""
    told = replace(told, measure=told.measure or group[-1].measure)
    if told.period is not None or told.within or told.relative:
        return told
    dated = [g for g in group if g.period is not None]
    latest = max(dated, key=lambda g: g.period or periods.Period(1949)) if dated else group[-1]
    return told.timed(latest)


def _is_partial(*said: Told) -> bool:
    """Return whether row, column and title name an industry and a place below the city, or two industries."""
    named = {told.entity for told in said if told.entity is not None and told.entity[0] != WHOLE[0]}
    industries = {entity for entity in named if entity[0] == "industry"}
    places = {entity for entity in named if entity[0] in {"district", "town"}}
    return PARTIAL in named or len(industries) > 1 or bool(industries and places)


def _dated_down(
    rows: Sequence[tuple[int, list[str]]], roles: Mapping[int, str]
) -> Iterator[tuple[int, list[str]]]:
    """Return the rows with the period of the row above where theirs is blank: a person writes it once."""
    above: dict[int, str] = {}
    for number, row in rows:
        dated = list(row)
        for column, role in roles.items():
            if role == "period":
                dated[column] = above[column] = row[column] or above.get(column, "")
        yield number, dated


def _with_word(cell: str, head: str) -> str:
    """Return a cell of a column of years, quarters or months with the word its heading gives it."""
    plain = head.strip().lower()
    if not is_number(cell):
        return cell
    if plain in {"年份", "年度", "年", "year"}:
        return f"{cell}年"
    if plain in {"月份", "月", "month"} and len(cell) <= 2:
        return f"{cell}月"
    if plain in {"季度", "季", "quarter"} and len(cell) == 1:
        return f"第{cell}季度"
    return cell


def _of_entity(told: Told, extra: Mapping[str, str], words: Words) -> Told:
    """Return a row's words with the entity that a column of a role names."""
    if firm := extra.get("uscc") or extra.get("firm"):
        # 合计 in a table of firms is the total of those listed, neither a firm nor the city
        return replace(
            told, entity=WHOLE if words.told(firm).entity == WHOLE else ("firm", firm), rest=""
        )
    # A code is asked only where no name says the place: both may be there.
    if "entity" not in extra or (told.entity and "kind" not in extra):
        return told
    entity, kind = extra["entity"], extra.get("kind", "")
    kind = _KIND_OF.get(kind, kind)
    known = words.entity(entity)
    if known and kind in {"", known[0]}:
        return replace(told, entity=known)
    return replace(told, entity=(kind, entity)) if kind in KINDS else told


def _once(table: pd.DataFrame, names: Mapping[str, str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return one row per thing observed; what a file gives two values of is left out, and said."""
    key = ["kind", "entity", "measure", "period"]
    # The same value twice is a repeated line, and no contradiction.
    table = table.drop_duplicates([*key, "value"])
    double = table.duplicated(key, keep=False)
    if not double.any():
        return table.reset_index(drop=True), issues.empty()
    records = [
        {
            "rule": _TWICE,
            "source": rows["source"].iloc[0],
            "row": rows["row"].iloc[0],
            "entity": names.get(str(entity), entity),
            "measure": schemas.measure(str(measure)).zh,
            "period": period,
            "values": ", ".join(f"{v:g}" for v in rows["value"]),
        }
        for (_, entity, measure, period), rows in table[double].groupby(key, sort=True)
    ]
    return table[~double].reset_index(drop=True), issues.from_records(records)
