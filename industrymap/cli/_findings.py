"""What reading a file found, in a few lines: the same words in every command that reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from industrymap.cli._talk import current, localized
from industrymap.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

__all__ = ["features_not_read", "found_in_file", "of_the_whole", "rows_not_read"]

_MOST_LINES = 6


def found_in_file(issues: pd.DataFrame) -> Iterator[str]:
    """Say what of a file was not read, and how many of its cells need a look (``check`` lists them)."""
    yield from rows_not_read(issues)
    yield from of_the_whole(issues)
    cells = issues["row"].notna() & (issues["level"] != "info") & ~_is_row(issues)
    if cells.any():
        n = int(cells.sum())
        yield localized(
            f"另有 {n:,} 处需核对，详见 industrymap check",
            f"{counted(n, 'more finding')} to look at: see industrymap check",
        )


def _is_row(issues: pd.DataFrame) -> pd.Series[bool]:
    """Return which issues are of a row that is no record."""
    of_rows = issues["rule"].str.startswith("table.") & issues["row"].notna()
    return of_rows & (issues["rule"] != "table.second_left_out")


def rows_not_read(issues: pd.DataFrame) -> Iterator[str]:
    """Say how many rows are no records, by reason."""
    rows = issues[_is_row(issues)]
    if not len(rows):
        return
    counts = rows.groupby("rule").agg(n=("zh", "size"), zh=("zh", "first"), en=("en", "first"))
    zh = "；".join(f"{n:,} 行{text.split('，')[0]}" for n, text in zip(counts["n"], counts["zh"], strict=True))  # fmt: skip
    en = "; ".join(f"{n:,} × {text.split(':')[0]}" for n, text in zip(counts["n"], counts["en"], strict=True))  # fmt: skip
    yield localized(f"企业表中未读入 {len(rows):,} 行：{zh}", f"rows of enterprise tables not read: {len(rows):,} ({en})")  # fmt: skip


def features_not_read(issues: pd.DataFrame) -> Iterator[str]:
    """Say for each file of a layer how many features were not read, by reason."""
    from industrymap import layers

    for source, of_source in issues.groupby("source", sort=True):
        left_out = layers.features_left_out(of_source)
        if left_out is not None:
            yield localized(f"! {source}：{left_out[0]}", f"! {source}: {left_out[1]}")


def of_the_whole(issues: pd.DataFrame) -> Iterator[str]:
    """Say what concerns a file as a whole: sheets and tables left out, no revenue."""
    from industrymap import enterprises, schemas

    # A column that is missing altogether has no heading in the file: it is called by its label.
    labels = {field.name: getattr(field, current()) for field in schemas.fields("enterprises")}
    whole = enterprises.of_the_whole(issues)
    shown = whole.assign(column=whole["column"].replace(labels))
    shown = shown[["source", "column", "zh", "en"]].drop_duplicates()
    for source, column, zh, en in shown.head(_MOST_LINES).itertuples(index=False):
        yield localized(
            f"! {source}：{f'“{column}”：' if column else ''}{zh}",
            f"! {source}: {f'{column!r}: ' if column else ''}{en}",
        )
    more = len(shown) - _MOST_LINES
    if more > 0:
        yield localized(f"! 另有 {more:,} 项，详见 industrymap check", f"! {counted(more, 'more finding')}: see industrymap check")  # fmt: skip
