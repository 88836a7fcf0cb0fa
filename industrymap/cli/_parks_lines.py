"""Differences as lines: what a change does or did to a feature, field by field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from industrymap.cli._talk import current, say, say_in

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MOST_LINES", "blank", "kin", "print_difference", "steps", "without_details_of_the_new"]

MOST_LINES = 40
_ACTIONS = {
    "add": ("新增", "add"),
    "change": ("修改", "change"),
    "remove": ("删除", "remove"),
    "added": ("新增", "added"),
    "changed": ("修改", "changed"),
    "removed": ("删除", "removed"),
}
_LOG = ("at", "who", "why", "source", "undoes")
_META = {"related", "geometry", "valid_from", "valid_to", "removed", "change_id", "ended_by"}


def without_details_of_the_new(table: pd.DataFrame) -> pd.DataFrame:
    """Leave one line for each feature that is added: its area where it has one."""
    new = table["action"] == "add"
    drawn = table[new & (table["field"] == "geometry")]
    others = table[new & ~table["id"].isin(drawn["id"])].drop_duplicates("id")
    kept = [*table.index[~new], *drawn.index, *others.index]
    return table.loc[sorted(kept)]


def print_difference(table: pd.DataFrame, schema: str) -> None:
    """Print a difference, one line per field: in Chinese under the field's label, in English under its name."""
    from industrymap import schemas

    for row in table.head(MOST_LINES).to_dict("records"):
        action, name = say_in(*_ACTIONS[row["action"]]), str(row["field"])
        field = ""
        if not blank(row["field"]):
            shown = "图形" if name == "geometry" else schemas.label(schema, name, "zh")
            before, after = (_worded(row[side], name, schema) for side in ("before", "after"))
            field = f" {say_in(shown, name)}: {before} → {after}"
        ids = kin(row.get("related"), gone=row["action"] == "remove")
        click.echo(f"  {row['id']} {action}{field}{ids}")
    if len(table) > MOST_LINES:
        rest = len(table) - MOST_LINES
        say(f"  … 另有 {rest} 行", f"  … and {rest} more lines")


def _worded(value: Any, name: str, schema: str) -> str:
    """Return a value as a person reads it: a code in words, a number without the digits nobody wrote."""
    from industrymap import schemas

    if blank(value):
        return "—"
    kind = "" if name == "geometry" else schemas.field(schema, name).dtype
    if kind == "float":
        return f"{float(value):.10g}"
    if current() == "en":
        return str(value)
    words = schemas.labels("bool" if kind == "bool" else name, "zh")
    return words.get(str(value).lower(), str(value))


def kin(related: Any, *, gone: bool) -> str:
    """Say what a feature came from, or what became of it."""
    if blank(related):
        return ""
    ids = str(related).replace(";", say_in("、", ", "))
    return say_in(f"（→ {ids}）", f" (→ {ids})") if gone else say_in(f"（← {ids}）", f" (← {ids})")


def steps(versions: pd.DataFrame) -> pd.DataFrame:
    """Return what each version of one feature changed in the one before it."""
    import pandas as pd

    log = {n for n in _LOG if f"change_{n}" not in versions.columns}
    own = [
        c
        for c in versions.columns
        if c not in _META | log and c not in {f"change_{n}" for n in _LOG}
    ]
    records = []
    for at in range(1, len(versions)):
        old, new = versions.iloc[at - 1], versions.iloc[at]
        for name in own:
            same = (
                old[name] == new[name]
                if not (blank(old[name]) or blank(new[name]))
                else blank(old[name]) == blank(new[name])
            )
            if not same and not new["removed"]:
                about = {"id": str(new["change_id"]), "action": "changed", "field": name}
                records.append({**about, "before": old[name], "after": new[name]})
    return pd.DataFrame(records, columns=["id", "action", "field", "before", "after"])


def blank(value: Any) -> bool:
    """Tell whether nothing is known."""
    import pandas as pd

    return bool(pd.isna(value)) or value == ""
