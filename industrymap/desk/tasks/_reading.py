"""A checked file as the page shows it: the rows as they stand, the columns and what they were taken for, the doubts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from industrymap import cells
from industrymap.columns import is_missing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from industrymap.jobs import Checked
    from industrymap.layers import Layer
    from industrymap.tables import Table

__all__ = ["UNITS", "fields", "shown"]

UNITS = {
    "万元": ["元", "千元", "万元", "亿元"],
    "m²": ["平方米", "亩", "公顷", "平方公里"],
}
"""Unit of a field → units that a column of it may be in."""

_ROWS = 14
_COLUMNS = 60
_LONGEST = 80
_BUILT_IN = {"enterprise_id", "source", "source_row"}


def fields() -> dict[str, list[dict[str, str]]]:
    """Return the fields that a column can be taken for, by schema."""
    from industrymap import schemas

    return {
        name: [
            {"name": f.name, "zh": f.zh, "en": f.en, "unit": f.unit}
            for f in schemas.fields(name)
            if f.stage == "read" and f.name not in _BUILT_IN
        ]
        for name in (schemas.ENTERPRISES, schemas.PARKS, schemas.BLOCKS, "zones", "divisions")
    }


def shown(path: Path, checked: Checked, *, sheet: str | None) -> dict[str, Any]:
    """Return everything the page shows of a checked file."""
    from industrymap import jobs

    return {
        "file": path.name,
        "table": checked.is_table,
        "sheets": _sheets(path) if checked.is_table else [],
        "sheet": sheet or "",
        "reads": [_read(path, one, is_table=checked.is_table) for one in checked.reads],
        "firms": _firms(checked),
        "odd": [{"zh": d.zh, "en": d.en} for d in checked.odd_places],
        "problems": [
            {
                "level": problem.level,
                "zh": problem.text("zh"),
                "en": problem.text("en"),
                "where": {"zh": problem.where("zh"), "en": problem.where("en")},
            }
            for problem in jobs.problems_of(checked.issues)
        ],
    }


def _firms(checked: Checked) -> list[dict[str, str]]:
    """Return what the table gives as firms, in both languages."""
    if checked.firms is None:
        return []
    lines = zip(checked.firms.lines("zh"), checked.firms.lines("en"), strict=True)
    return [{"zh": zh, "en": en} for zh, en in lines]


def _read(path: Path, found: Table | Layer, *, is_table: bool) -> dict[str, Any]:
    from industrymap.schemas import KIND_NAMES

    layer = found.layer or "enterprises"
    zh, en = KIND_NAMES.get(layer, (layer, layer))
    said = [d for d in found.decisions if d.kind not in {"column", "unmatched"}]
    return {
        "name": found.name,
        "layer": layer,
        "kind": {"zh": zh, "en": en},
        "usable": len(found.frame),
        "understood": [{"zh": d.zh, "en": d.en} for d in said],
        "columns": [*_known(found, layer), *_unknown(found)],
        "preview": _preview(path, found) if is_table else None,
    }


def _known(found: Table | Layer, layer: str) -> Iterator[dict[str, Any]]:
    from industrymap import jobs, schemas

    units = {f.name: f.unit for f in schemas.fields(layer)}
    for column in jobs.columns_of(found):
        field = column.name.partition("@")[0]
        yield {
            "heading": column.heading,
            "field": field,
            "unit": units.get(field, ""),
            "zh": column.decision.zh,
            "en": column.decision.en,
            "share": column.share,
            "values": {
                lang: [jobs.worded(column.name, value, lang) for value in column.examples]
                for lang in ("zh", "en")
            },
        }


def _unknown(found: Table | Layer) -> Iterator[dict[str, Any]]:
    """Return the columns that nothing is known of: they are kept, and can be said what they are."""
    from industrymap import jobs

    known = {column.name for column in jobs.columns_of(found)}
    for name in map(str, found.frame.columns):
        if name in known or name in _BUILT_IN or name in {"geometry", "datum", "lon", "lat"}:
            continue
        values = found.frame[name].dropna()
        examples = [_cell(value) for value in values.head(3)]
        yield {
            "heading": str(found.headings.get(name, name)),
            "field": "",
            "unit": "",
            "zh": "",
            "en": "",
            "share": len(values) / max(len(found.frame), 1),
            "values": {"zh": examples, "en": examples},
        }


def _preview(path: Path, found: Table | Layer) -> dict[str, Any] | None:
    """Return the first rows as they stand in the file, and which of them are headings."""
    from industrymap import files, tables

    if "source_row" not in found.frame or not len(found.frame):
        return None
    sheet = found.name.partition("#")[2] or None
    grid = next(iter(tables.sheets(files.check(path, allow=files.TABLES), sheet=sheet)), None)
    if grid is None:
        return None
    first = int(found.frame["source_row"].min())
    headings = {str(text) for text in found.headings.values()}
    # Headings may be a few rows high and lie under a title: as many rows of data are shown below them.
    top = max(0, first - 1 - _ROWS // 2)
    rows = grid.rows[top : first - 1 + _ROWS // 2]
    return {
        "first": top + 1,
        "data": first,
        "heads": [
            top + 1 + at
            for at, row in enumerate(rows)
            if top + 1 + at < first and _is_heading(row, headings)
        ],
        "rows": [[_cell(value) for value in row[:_COLUMNS]] for row in rows],
    }


def _is_heading(row: list[Any], headings: set[str]) -> bool:
    """Return whether most cells of a row stand in a heading, alone or as a part of it."""
    texts = [str(value).strip() for value in row if not is_missing(value) and str(value).strip()]
    parts = [text for text in texts if any(text in heading for heading in headings)]
    return len(parts) * 2 > len(texts)


def _sheets(path: Path) -> list[str]:
    from industrymap import files, tables

    return [grid.sheet for grid in tables.sheets(files.check(path, allow=files.TABLES), sheet=None) if grid.sheet and not grid.hidden]  # fmt: skip


def _cell(value: Any) -> str:
    return "" if is_missing(value) else cells.shown(value)[:_LONGEST]
