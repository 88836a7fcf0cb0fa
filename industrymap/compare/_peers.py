"""Published figures of cities, as a table: nothing without a source is taken, and nothing that contradicts itself."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from industrymap import files, issues, periods, tables
from industrymap.cells import normal, shown
from industrymap.errors import CompareError, PeriodError

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from industrymap.tables import Grid

__all__ = ["PEER_COLUMNS", "Peers", "city_name", "known", "read"]

PEER_COLUMNS = ("city", "indicator", "period", "value", "unit", "definition", "source", "note")
"""Columns of the frame of :class:`Peers`; ``period`` is a :class:`~industrymap.periods.Period` as text, ``value`` a Float64."""

_HEADINGS = {
    "city": ("城市", "市", "city"),
    "indicator": ("指标", "指标名称", "indicator"),
    "period": ("时期", "时间", "年份", "年度", "报告期", "period", "year"),
    "value": ("数值", "数", "值", "value"),
    "unit": ("单位", "计量单位", "unit"),
    "definition": ("口径", "统计口径", "定义", "definition"),
    "source": ("来源", "数据来源", "出处", "source"),
    "note": ("备注", "说明", "note"),
}
_NEEDED = ("city", "indicator", "period", "value", "unit", "source")
_NUMBER = re.compile(r"^[+-]?\d+(?:\.\d+)?$")
_LOOK_AT = 10
"""A title and a note may stand above the headings; further down there are none."""

NO_SOURCE = issues.rule(
    "peer.no_source",
    "error",
    "{city} {indicator} {period} 没有来源，未采用",
    "{city}, {indicator}, {period}: no source, left out",
)
NOT_COMPLETE = issues.rule(
    "peer.not_complete",
    "error",
    "缺{what_zh}，未采用",
    "no {what}, left out",
)
UNREADABLE = issues.rule(
    "peer.unreadable",
    "error",
    "“{given}”不是{what_zh}，未采用",
    "'{given}' is no {what}, left out",
)
CONTRADICTION = issues.rule(
    "peer.contradiction",
    "error",
    "{city} {indicator} {period} 在同一口径下有不同数值（{values}），均未采用",
    "{city}, {indicator}, {period}: different values of one definition ({values}), all left out",
)
REPEATED = issues.rule(
    "peer.repeated",
    "info",
    "{city} {indicator} {period} 重复填写，数值相同，取第一条",
    "{city}, {indicator}, {period} is given twice with one value: the first is taken",
)

_WORDS = {
    "city": ("城市", "city"), "indicator": ("指标", "indicator"), "period": ("时期", "period"), "value": ("数值", "value"),
    "unit": ("单位", "unit"), "source": ("来源", "source"),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Peers:
    """Published figures of cities.

    Attributes
    ----------
    frame : DataFrame
        :data:`PEER_COLUMNS`, one row a figure: of one city, indicator, period and definition there is at most one.
    issues : DataFrame
        What was left out, and why.
    """

    frame: pd.DataFrame
    issues: pd.DataFrame


def read(path: str | os.PathLike[str]) -> Peers:
    r"""Read a table of published figures (csv, xlsx and the other tables that are read anywhere).

    Its first row of headings names city, indicator, period, value, unit and source (城市, 指标, 时期, 数值, 单位, 来源); a
    definition (口径) and a note (备注) may follow.

    Raises
    ------
    CompareError
        The table lacks one of these columns.
    IndustryMapError
        The file is missing or refused.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> text = "城市,指标,时期,数值,单位,来源\n深圳,工业总产值,2019,3.68,万亿元,统计公报\n苏州,工业总产值,2019,3.36,万亿元,\n"
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "peers.csv")
    ...     _ = path.write_text(text, encoding="utf-8")
    ...     peers = read(path)
    >>> peers.frame["city"].tolist(), peers.issues["rule"].tolist()
    (['深圳'], ['peer.no_source'])
    """
    source = files.check(path, allow=files.TABLES)
    grids = tables.sheets(source, sheet=None)
    rows, said = [], []
    for grid in grids:
        taken, found = _rows(grid, source.name)
        rows += taken
        said += found
    frame = pd.DataFrame(rows, columns=[*PEER_COLUMNS, "row"])
    kept, more = _consistent(frame, source.name)
    return Peers(
        frame=kept.reset_index(drop=True), issues=issues.concat([issues.from_records(said), more])
    )


def city_name(text: str) -> str:
    """Return a city's name without 市, as tables write it both ways.

    Examples
    --------
    >>> city_name("深圳市"), city_name("深圳"), city_name(" 津市市 ")
    ('深圳', '深圳', '津市')
    """
    # 津市 is a city whose own name ends in 市.
    bare = text.strip()
    return bare.removesuffix("市") if len(bare) > len("津市") else bare


def known(folders: Iterable[Path]) -> Peers:
    """Return the figures of ``peers.csv`` or ``peers.xlsx`` in each of some folders; of the same figure, that of a later folder.

    Parameters
    ----------
    folders : iterable of Path
        The city pack's first, the workspace's last.
    """
    read_ones = [
        read(path)
        for folder in folders
        for path in (folder / "peers.csv", folder / "peers.xlsx")
        if path.is_file()
    ]
    if not read_ones:
        return Peers(frame=pd.DataFrame(columns=list(PEER_COLUMNS)), issues=issues.empty())
    frame = pd.concat([one.frame for one in read_ones], ignore_index=True)
    # What a workspace states goes before what its city pack ships.
    frame = frame.drop_duplicates(_KEY, keep="last", ignore_index=True)
    return Peers(frame=frame, issues=issues.concat([one.issues for one in read_ones]))


_KEY = ["city", "indicator", "period", "definition"]


def _rows(grid: Grid, name: str) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """Return the rows of a sheet that can be used, and what is wrong with the others."""
    texts = [[shown(cell).strip() for cell in row] for row in grid.rows]
    top, places = _headings(texts, name)
    rows: list[dict[str, object]] = []
    said: list[dict[str, object]] = []
    # Row numbers as the spreadsheet shows them, so that a finding can be looked up.
    for number, cells in enumerate(texts[top + 1 :], start=top + 2):
        row = {key: cells[at] if at < len(cells) else "" for key, at in places.items()}
        if not any(row.values()):
            continue
        faults = _faults(row)
        said += [{**f, "source": name, "row": number} for f in faults]
        if not faults:
            rows.append(
                {
                    **dict.fromkeys(PEER_COLUMNS, ""),
                    **row,
                    "city": city_name(row["city"]),
                    "period": str(_period(row["period"])),
                    "value": _number(row["value"]),
                    "row": number,
                }
            )
    return rows, said


def _headings(texts: Sequence[Sequence[str]], name: str) -> tuple[int, dict[str, int]]:
    """Return the row of headings and where each column is."""
    best: dict[str, int] = {}
    at = 0
    # The row with most of the headings is the one: a line above it may hold a word such as 备注, too.
    for number, row in enumerate(texts[:_LOOK_AT]):
        heads = [normal(cell) for cell in row]
        here = {
            key: next(heads.index(normal(word)) for word in words if normal(word) in heads)
            for key, words in _HEADINGS.items()
            if any(normal(word) in heads for word in words)
        }
        if len(here) > len(best):
            best, at = here, number
    missing = [key for key in _NEEDED if key not in best]
    if missing:
        raise CompareError(
            f"{name} lacks the columns {', '.join(missing)} of a table of peer cities.",
            f"{name} 缺少城市对比表的列：{'、'.join(_WORDS[key][0] for key in missing)}。",
        )
    return at, best


def _faults(row: dict[str, str]) -> list[dict[str, object]]:
    """Return why a row cannot be used: the first reason."""
    for key in ("city", "indicator", "period", "value", "unit"):
        if not row[key]:
            zh, en = _WORDS[key]
            return [{"rule": NOT_COMPLETE, "column": key, "what": en, "what_zh": zh}]
    # An empty cell is named before an unreadable one, and the source last: one reason a row, the
    # first that the office can mend.
    for key, read_it in (("period", _period), ("value", _number)):
        if read_it(row[key]) is None:
            return [_unreadable(row, key)]
    if not row["source"]:
        told = {key: row[key] for key in ("city", "indicator", "period")}
        return [{"rule": NO_SOURCE, "column": "source", **told}]
    return []


def _unreadable(row: dict[str, str], key: str) -> dict[str, object]:
    zh, en = _WORDS[key]
    return {
        "rule": UNREADABLE,
        "column": key,
        "value": row[key],
        "given": row[key],
        "what": en,
        "what_zh": zh,
    }


def _period(text: str) -> periods.Period | None:
    try:
        return periods.parse(text)
    except PeriodError:
        return None


def _number(text: str) -> float | None:
    """Return a figure as written, separators aside; a cell that has a unit or a percent sign of its own is none."""
    # Pasted text has full-width digits and the typographic minus.
    bare = unicodedata.normalize("NFKC", text).replace(",", "").replace(" ", "").replace("−", "-")
    return float(bare) if _NUMBER.match(bare) else None


def _consistent(frame: pd.DataFrame, name: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Leave out figures that contradict each other; of the same figure twice keep the first."""
    said: list[dict[str, object]] = []
    drop: list[int] = []
    for (city, indicator, period, _), rows in frame.groupby(_KEY, sort=False, dropna=False):
        if len(rows) == 1:
            continue
        about = {"city": city, "indicator": indicator, "period": period, "source": name}
        # All the digits: of two outputs in 万元 that differ in the seventh, neither is known to be the right one.
        values = list(dict.fromkeys(f"{v:.15g} {u}" for v, u in zip(rows["value"], rows["unit"], strict=True)))  # fmt: skip
        if len(values) == 1:
            drop += list(rows.index[1:])
            said.append({"rule": REPEATED, **about, "row": int(rows["row"].iloc[1])})
        else:
            drop += list(rows.index)
            said.append({"rule": CONTRADICTION, **about, "values": " / ".join(values), "row": int(rows["row"].iloc[0])})  # fmt: skip
    return frame.drop(index=drop)[list(PEER_COLUMNS)], issues.from_records(said)
