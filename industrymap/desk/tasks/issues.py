"""The list of issues: all of it in columns, a row as it stands in its file, and the list to hand over."""

from __future__ import annotations

import csv
import io
import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from industrymap import files
from industrymap.cells import shown
from industrymap.columns import is_missing
from industrymap.desk.tasks import _settled
from industrymap.errors import FileMissingError, IndustryMapError

if TYPE_CHECKING:
    from collections.abc import Callable

    from industrymap.workspace import Workspace

__all__ = ["every", "listed", "row", "settle", "workbook"]

_SHOWN = ("source", "row", "column", "rule", "level", "value", "zh", "en", "name", "uscc")
_DISTRICT = "district"
_NO_SHEET_NAME = re.compile(r"[\[\]:*?/\\']")
_LONGEST_SHEET_NAME = 31
_ROWS_HELD = 4
"""Tables whose rows are kept at hand: a person looks at one row after another of the same file."""


def every(_progress: Callable[..., None], *, folder: str) -> dict[str, Any]:
    """Return every issue of the last build: for each column its distinct texts, and which of them each row has."""
    from industrymap import workspace

    space = workspace.load(folder)
    given = _columns(space)
    # What was left out stands above what needs a look, and that above what was put right.
    order = sorted(range(len(given["level"])), key=[_RANK.get(x, 9) for x in given["level"]].__getitem__)  # fmt: skip
    coded = {name: _coded([texts[at] for at in order]) for name, texts in given.items()}
    closed = _settled.settled(space.state)
    marks = _settled.marks(given)
    state = _coded(["settled" if marks[at] in closed else "open" for at in order])
    rules = coded["rule"]["words"]
    return {
        "n": len(order),
        "columns": coded | {_DISTRICT: _district_of(space, coded), "state": state},
        "help": {rule: _settled.help_for(rule) for rule in rules},
        "mended": _settled.mended(space.state),
    }


def settle(_progress: Callable[..., None], *, folder: str, said: dict[str, Any]) -> dict[str, Any]:
    """Mark issues as settled, or as open again: those that say the same of the same value, whatever row it stands in."""
    from industrymap import workspace

    space = workspace.load(folder)
    asked = said.get("issues")
    chosen = [one for one in asked if isinstance(one, dict)] if isinstance(asked, list) else []
    keys = [_settled.key({k: str(v) for k, v in one.items()}) for one in chosen]
    return {"settled": _settled.keep(space.state, keys, on=said.get("settled") is not False)}


def listed(space: Workspace) -> list[dict[str, str]]:
    """Return the issues of the last build one by one; none where nothing was built."""
    try:
        return _rows(space)
    except (OSError, IndustryMapError):
        return []


def row(_progress: Callable[..., None], *, folder: str, said: dict[str, Any]) -> dict[str, Any]:
    """Return a row as it stands in its file, with the heading of each cell."""
    from industrymap import tables, workspace

    space = workspace.load(folder)
    source, number = str(said.get("source", "")), said.get("row")
    name, _, sheet = source.partition("#")
    declared = {t.file for t in space.tables if t.file.name == name and t.file.is_file()}
    # Only tables that the workspace names: what the browser says is compared with their names, never opened. Of two files
    # of one name (2023/企业.xlsx, 2024/企业.xlsx) an issue does not say which, and no row is better than another's.
    if len(declared) != 1 or not isinstance(number, int):
        return {"cells": []}
    (file,) = declared
    grid, headings = _grid(str(file), sheet, file.stat().st_mtime_ns)
    if not 0 < number <= len(grid):
        return {"cells": []}
    cells = [{"heading": headings.get(i, ""), "letter": tables.letter(i), "value": text} for i, text in enumerate(grid[number - 1])]  # fmt: skip
    return {"cells": [cell for cell in cells if cell["heading"] or cell["value"]]}


def workbook(_progress: Callable[..., None], *, folder: str, said: dict[str, Any]) -> bytes:
    """Return the open issues as a workbook with one sheet for each file or each district, worst first, to hand over."""
    import xlsxwriter

    from industrymap import schemas, workspace

    zh = said.get("lang") == "zh"
    heads = ("行", "列", "级别", "原值", "问题", "企业", "信用代码") if zh else ("Row", "Column", "Level", "Value", "Issue", "Enterprise", "Credit code")  # fmt: skip
    words = _LEVELS["zh" if zh else "en"]
    by_source = _to_hand_over(workspace.load(folder), by=str(said.get("kind", "")), zh=zh)
    data = io.BytesIO()
    # Text is written as text: no cell of a file from outside becomes a formula.
    with xlsxwriter.Workbook(data, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:  # fmt: skip
        bold = book.add_format({"bold": True, "bg_color": "#e8eef3"})
        taken: set[str] = set()
        for source, found in sorted(by_source.items()):
            sheet = book.add_worksheet(_sheet_name(source, taken))
            sheet.write_row(0, 0, heads, bold)
            sheet.freeze_panes(1, 0)
            sheet.set_column(3, 4, 40)
            for at, one in enumerate(found, start=1):
                cells = (one["column"], words.get(one["level"], one["level"]), one["value"], one["zh" if zh else "en"], one["name"], one["uscc"])  # fmt: skip
                if one["row"]:
                    sheet.write_number(at, 0, int(one["row"]))
                for column, text in enumerate(cells, start=1):
                    sheet.write_string(at, column, text)
        if not by_source:
            book.add_worksheet(schemas.KIND_NAMES["enterprises"][0 if zh else 1])
    return data.getvalue()


def _to_hand_over(space: Workspace, *, by: str, zh: bool) -> dict[str, list[dict[str, str]]]:
    """Return the issues that nobody marked as settled, by file or by district, worst first."""
    closed = _settled.settled(space.state)
    rows = [one for one in _rows(space) if _settled.key(one) not in closed]
    names = [one["source"] for one in rows]
    if by == _DISTRICT:
        coded = {key: _coded([one[key] for one in rows]) for key in ("uscc", "name")}
        district = _district_of(space, coded)
        none = "区不明" if zh else "no district"
        names = [district["words"][code] or none for code in district["codes"]]
        # Within a district the file is a column of its own: a row alone would not be found.
        rows = [one | {"column": f"{one['source']} · {one['column']}"} for one in rows]
    found: dict[str, list[dict[str, str]]] = {}
    for name, one in sorted(zip(names, rows, strict=True), key=lambda pair: _RANK.get(pair[1]["level"], 9)):  # fmt: skip
        found.setdefault(name, []).append(one)
    return found


_LEVELS = {
    "zh": {"error": "未采用", "warning": "待核对", "info": "已修正"},
    "en": {"error": "refused", "warning": "to check", "info": "repaired"},
}
"""Level → what a build's summary calls it."""


_RANK = {level: rank for rank, level in enumerate(_LEVELS["zh"])}


def _rows(space: Workspace) -> list[dict[str, str]]:
    """Return the issues one by one."""
    given = _columns(space)
    return [
        dict(zip(given, map(_plain, one), strict=True)) for one in zip(*given.values(), strict=True)
    ]


def _columns(space: Workspace) -> dict[str, tuple[str, ...]]:
    """Return the columns of the list as they are in the file: taken apart at once, since it has tens of thousands of rows."""
    path = space.outputs / "issues.csv"
    if not path.is_file():
        raise FileMissingError("There is no list of issues yet: build first.", "还没有问题清单，请先生成。")  # fmt: skip
    text = files.read_text(files.check(path, allow=("csv",))).lstrip("\ufeff")
    head, *lines = csv.reader(io.StringIO(text, newline="")) if text else [[]]
    width = len(head)
    # A line that a person cut short in the file is no issue any more.
    columns = dict(
        zip(head, zip(*(x for x in lines if len(x) == width), strict=True), strict=False)
    )
    n = len(next(iter(columns.values()), ()))
    return {name: columns.get(name, ("",) * n) for name in _SHOWN}


def _plain(text: str) -> str:
    return text[1:] if text.startswith("'") and files.is_formula(text[1:]) else text


def _district_of(space: Workspace, coded: dict[str, dict[str, list[Any]]]) -> dict[str, list[Any]]:
    """Return the district of the firm of each issue, found by its credit code, else by its name."""
    from industrymap.desk.tasks._built import columns

    firms = columns(space, "enterprises", ["uscc", "name", "district"])
    known: dict[str, str] = {}
    for key in ("uscc", "name"):
        known |= {k: d for k, d in zip(firms[key], firms["district"], strict=True) if k and d}
    by = [[known.get(word, "") for word in coded[key]["words"]] for key in ("uscc", "name")]
    codes = zip(coded["uscc"]["codes"], coded["name"]["codes"], strict=True)
    return _coded([by[0][code] or by[1][name] for code, name in codes])


def _coded(texts: list[str]) -> dict[str, list[Any]]:
    """Return the distinct texts, and which of them each row has."""
    words: dict[str, int] = {}
    codes = [words.setdefault(text, len(words)) for text in texts]
    # The apostrophe that keeps Excel from running a cell is no part of the value.
    return {"words": [_plain(word) for word in words], "codes": codes}


@lru_cache(maxsize=_ROWS_HELD)
def _grid(path: str, sheet: str, _changed: int) -> tuple[list[list[str]], dict[int, str]]:
    """Return the cells of a table, and the heading over each column; anew where the file was changed."""
    from industrymap import tables

    source = files.check(Path(path), allow=files.TABLES)
    grid = next(iter(tables.sheets(source, sheet=sheet or None)))
    read = tables.read(path, sheet=sheet or None, layer="enterprises")
    first = int(read.frame["source_row"].min()) if len(read.frame) else 1
    rows = [["" if is_missing(cell) else shown(cell) for cell in line] for line in grid.rows]
    headings: dict[int, str] = {}
    for line in rows[max(0, first - 4) : first - 1]:
        for at, text in enumerate(line):
            part = text.strip()
            if part and any(part in str(heading) for heading in read.headings.values()):
                headings[at] = f"{headings[at]} / {part}" if at in headings else part
    return rows, headings


def _sheet_name(source: str, taken: set[str]) -> str:
    """Return a name that Excel takes for a sheet, and that no other sheet has."""
    plain = _NO_SHEET_NAME.sub("_", source) or "-"
    for n in range(1, 10_000):
        tail = "" if n == 1 else f" {n}"
        name = plain[: _LONGEST_SHEET_NAME - len(tail)] + tail
        if name.lower() not in taken:
            break
    taken.add(name.lower())
    return name
