"""The tables beside these modules, as rows of texts."""

from __future__ import annotations

import csv
from importlib import resources

__all__ = ["read_table", "split", "table_names"]


def read_table(name: str) -> list[dict[str, str]]:
    """Return the rows of a shipped table."""
    text = resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def table_names() -> set[str]:
    """Return the names of the shipped tables without their extension."""
    files = (entry.name for entry in resources.files(__package__).iterdir())
    return {name.removesuffix(".csv") for name in files if name.endswith(".csv")}


def split(text: str) -> tuple[str, ...]:
    """Return the entries of a cell that holds several, separated by ``|``."""
    return tuple(entry for entry in text.split("|") if entry)
