"""Rows of a built layer that a filter chooses, and tables of what was built as a workbook."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from industrymap import citypack, export, filters, schemas, standards
from industrymap.errors import RuleError
from industrymap.pipeline._related import related

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from industrymap.filters import Absent, Filter
    from industrymap.standards import Standard
    from industrymap.workspace import Workspace

__all__ = ["listed_fields", "rows_kept", "standard_in_force", "titled", "workbook_of"]


def rows_kept(
    space: Workspace, frame: pd.DataFrame, wanted: str | Filter | None, *, layer_name: str
) -> tuple[pd.DataFrame, tuple[Absent, ...]]:
    """Return the rows for which a filter is surely true, and the names it asks for that no row has.

    Related layers are read where the filter asks for them. Without a filter every row is kept.
    """
    if not wanted:
        return frame, ()
    parsed = filters.parse(wanted) if isinstance(wanted, str) else wanted
    relations = related(space, frame, parsed, schema=layer_name)
    absent = parsed.absent(frame, layer=layer_name, relations=relations)
    return parsed.keep(frame, layer=layer_name, relations=relations), absent


def listed_fields(text: str | None, frame: pd.DataFrame, *, layer_name: str) -> list[str] | None:
    """Return the columns that a list names in either language, separated by commas of either width; ``None`` without one."""
    if not text:
        return None
    words = [word.strip() for word in re.split(r"[,，、;；]", text) if word.strip()]
    present = [str(name) for name in frame.columns]
    return [
        word if word in present else filters.field_named(word, layer=layer_name, columns=present)
        for word in words
    ]


def standard_in_force(space: Workspace, kind: str, id_: str | None) -> Standard:
    """Return the standard named, or the one in force on the workspace's date.

    Raises
    ------
    RuleError
        The city pack has none of this kind.
    """
    pack = citypack.load(space.city)
    # On the date of the data, not today: an older workspace keeps the rules of its time.
    standard = standards.choose(pack, kind, id_=id_, on=space.data_date)
    if standard is None:
        raise RuleError(
            f"City pack {pack.pack_id!r} has no standard of kind {kind}.",
            f"城市包 {pack.pack_id!r} 没有 {kind} 类标准。",
        )
    return standard


def titled(
    frame: pd.DataFrame, titles: Mapping[str, tuple[str, str]], *, lang: str
) -> pd.DataFrame:
    """Return the columns named in ``titles`` under their titles, in that order; coded values in words."""
    shown: dict[str, Any] = {}
    for name, words in titles.items():
        # A table of an older build may lack a column; the others are still worth writing.
        if name in frame:
            coded = schemas.labels(name, lang)
            values = frame[name]
            shown[words[0 if lang == "zh" else 1]] = values.map(coded) if coded else values
    return type(frame)(shown, index=frame.index)


def workbook_of(
    space: Workspace, parts: Sequence[tuple[str, pd.DataFrame, str]], *, lang: str
) -> bytes:
    """Return frames as the sheets of a workbook: name, frame, and the layer whose schema names its columns."""
    sheets = [export.Sheet(name=name, frame=frame, layer=about) for name, frame, about in parts]
    return export.workbook(sheets, lang=lang, meta=space.about())
