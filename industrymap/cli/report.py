"""``industrymap report``: the stock-take of a built workspace as one HTML page and a workbook."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import click

from industrymap.cli._options import Command, output_option, workspace_option
from industrymap.cli._talk import current, say

if TYPE_CHECKING:
    import pandas as pd

    from industrymap.workspace import Workspace

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
    from industrymap import citypack, files, pipeline, report, workspace

    space = workspace.load(folder)
    frames = {name: pipeline.layer(space, name) for name in ("enterprises", "tags", "years")}
    taken = report.stocktake(
        frames["enterprises"],
        tags=frames["tags"],
        years=frames["years"],
        issues=_issues(space),
        pack=citypack.load(space.city),
        year=space.year if isinstance(space.year, int) else None,
        data_date=space.data_date,
        simulated=space.simulated,
        producer=space.producer,
        source=space.source,
        threshold_10k_cny=space.threshold_10k_cny,
    )
    target = out or space.outputs
    page = files.write_bytes(target / "stocktake.html", report.html(taken, lang=current()))
    book = files.write_bytes(target / "stocktake.xlsx", report.workbook(taken, lang=current()))
    say(f"已写入 {page} 和 {book}。", f"Written: {page} and {book}.")


def _issues(space: Workspace) -> pd.DataFrame:
    """Return the issues of the last build."""
    import pandas as pd

    from industrymap import files, issues

    path = space.outputs / "issues.csv"
    if not path.is_file():
        return issues.empty()
    text = files.read_text(files.check(path, allow=("csv",)))
    table = pd.read_csv(io.StringIO(text), dtype="string", keep_default_na=False, na_values=[""])
    return table.assign(row=pd.to_numeric(table["row"], errors="coerce").astype("Int64"))
