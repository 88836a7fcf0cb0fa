"""Differences as lines: what a change does or did to a feature, field by field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from industrymap.cli._talk import current, localized, say

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MOST_LINES", "blank", "print_difference", "related_ids"]

MOST_LINES = 40
_ACTIONS = {
    "add": ("新增", "add"),
    "change": ("修改", "change"),
    "remove": ("删除", "remove"),
    "added": ("新增", "added"),
    "changed": ("修改", "changed"),
    "removed": ("删除", "removed"),
}


def print_difference(table: pd.DataFrame, schema: str) -> None:
    """Print a difference, one line per field: in Chinese under the field's label, in English under its name."""
    from industrymap import changes, schemas

    for row in table.head(MOST_LINES).to_dict("records"):
        action, name = localized(*_ACTIONS[row["action"]]), str(row["field"])
        field = ""
        if not blank(row["field"]):
            shown = "图形" if name == "geometry" else schemas.label(schema, name, "zh")
            before, after = (
                changes.in_words(row[side], name, schema, current()) for side in ("before", "after")
            )
            field = f" {localized(shown, name)}: {before} → {after}"
        ids = related_ids(row.get("related"), gone=row["action"] == "remove")
        click.echo(f"  {row['id']} {action}{field}{ids}")
    if len(table) > MOST_LINES:
        rest = len(table) - MOST_LINES
        say(f"  … 另有 {rest} 行", f"  … and {rest} more lines")


def related_ids(related: Any, *, gone: bool) -> str:
    """Say what a feature came from, or what became of it."""
    if blank(related):
        return ""
    ids = str(related).replace(";", localized("、", ", "))
    return (
        localized(f"（→ {ids}）", f" (→ {ids})")
        if gone
        else localized(f"（← {ids}）", f" (← {ids})")
    )


def blank(value: Any) -> bool:
    """Tell whether nothing is known."""
    import pandas as pd

    return bool(pd.isna(value)) or value == ""
