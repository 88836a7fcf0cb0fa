"""What reading a file found, in a few lines: the same words in every command, and at the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from industrymap.files import Decision
from industrymap.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

__all__ = ["features_not_read", "found_in_file", "of_the_whole", "rows_not_read"]

_MOST_LINES = 6


def found_in_file(issues: pd.DataFrame) -> Iterator[Decision]:
    """Say what of a file was not read, and how many of its cells need a look (``check`` lists them)."""
    yield from rows_not_read(issues)
    yield from of_the_whole(issues)
    cells = issues["row"].notna() & (issues["level"] != "info") & ~_is_row(issues)
    if cells.any():
        n = int(cells.sum())
        yield Decision(
            f"另有 {n:,} 处需核对，详见 industrymap check",
            f"{counted(n, 'more finding')} to look at: see industrymap check",
            "more",
        )


def _is_row(issues: pd.DataFrame) -> pd.Series[bool]:
    """Return which issues are of a row that is no record."""
    of_rows = issues["rule"].str.startswith("table.") & issues["row"].notna()
    return of_rows & (issues["rule"] != "table.second_left_out")


def rows_not_read(issues: pd.DataFrame) -> Iterator[Decision]:
    """Say how many rows are no records, by reason."""
    rows = issues[_is_row(issues)]
    if not len(rows):
        return
    counts = rows.groupby("rule").agg(n=("zh", "size"), zh=("zh", "first"), en=("en", "first"))
    zh = "；".join(f"{n:,} 行{text.split('，')[0]}" for n, text in zip(counts["n"], counts["zh"], strict=True))  # fmt: skip
    en = "; ".join(f"{n:,} × {text.split(':')[0]}" for n, text in zip(counts["n"], counts["en"], strict=True))  # fmt: skip
    yield Decision(f"企业表中未读入 {len(rows):,} 行：{zh}", f"rows of enterprise tables not read: {len(rows):,} ({en})", "rows")  # fmt: skip


def features_not_read(issues: pd.DataFrame) -> Iterator[Decision]:
    """Say for each file of a layer how many features were not read, by reason."""
    from industrymap import layers

    for source, of_source in issues.groupby("source", sort=True):
        left_out = layers.features_left_out(of_source)
        if left_out is not None:
            yield Decision(f"! {source}：{left_out[0]}", f"! {source}: {left_out[1]}", "features")


def of_the_whole(issues: pd.DataFrame) -> Iterator[Decision]:
    """Say what concerns a file as a whole: sheets and tables left out, no revenue."""
    from industrymap import enterprises, schemas

    # A column that is missing altogether has no heading in the file: it is called by its label.
    zh_labels = {field.name: field.zh for field in schemas.fields("enterprises")}
    en_labels = {field.name: field.en for field in schemas.fields("enterprises")}
    whole = enterprises.of_the_whole(issues)
    shown = whole[["source", "column", "zh", "en"]].drop_duplicates()
    for source, column, zh, en in shown.head(_MOST_LINES).itertuples(index=False):
        name_zh, name_en = zh_labels.get(column, column), en_labels.get(column, column)
        yield Decision(
            f"! {source}：{f'“{name_zh}”：' if column else ''}{zh}",
            f"! {source}: {f'{name_en!r}: ' if column else ''}{en}",
            "file",
        )
    more = len(shown) - _MOST_LINES
    if more > 0:
        yield Decision(f"! 另有 {more:,} 项，详见 industrymap check", f"! {counted(more, 'more finding')}: see industrymap check", "more")  # fmt: skip
