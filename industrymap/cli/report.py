"""``industrymap report``: the stock-take of a built workspace as one HTML page and a workbook."""

from __future__ import annotations

from pathlib import Path

import click

from industrymap.cli._options import Command, output_option, workspace_option
from industrymap.cli._talk import current, say

__all__ = ["command"]


@click.command(
    "report",
    cls=Command,
    zh="摸清家底报告：完整度、重复、定位、行业、集群。\n\n一个独立的 HTML 网页和一个工作簿，语言随提示语言（--lang）。",
)
@workspace_option
@output_option(
    type=click.Path(path_type=Path, file_okay=False),
    zh="stocktake.html 和 stocktake.xlsx 的文件夹，默认为 outputs。",
    en="Folder for stocktake.html and stocktake.xlsx; by default outputs.",
)
def command(folder: Path, *, out: Path | None) -> None:
    """Write the stock-take of the enterprise base: completeness, duplicates, places, industries, clusters.

    One self-contained HTML page and one workbook, in the language of messages (--lang).
    """
    from industrymap import pipeline, workspace

    space = workspace.load(folder)
    page, book = pipeline.write_stock_take(space, folder=out, lang=current())
    say(f"已写入 {page} 和 {book}。", f"Written: {page} and {book}.")
