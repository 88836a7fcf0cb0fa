"""``industrymap index SET METHOD``: an index over several periods, base period = 100."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from industrymap.cli._areas import as_of_option, level_option
from industrymap.cli._moments import moment_or_now
from industrymap.cli._options import Command, option, output_option, workspace_folder
from industrymap.cli._tables import frame_lines
from industrymap.cli._talk import current, localized, say

if TYPE_CHECKING:
    import pandas as pd

    from industrymap.pipeline import IndexSeries

__all__ = ["command"]


@click.command("index", cls=Command, zh="按指标体系和方法编制指数，基期为 100。")
@click.argument("set_id")
@click.argument("method_id")
@workspace_folder("工作区。", "The workspace.")
@level_option("city")
@option(
    "--period",
    "when",
    multiple=True,
    required=True,
    zh="时期，写两个或更多，如 --period 2023 --period 2024。",
    en="Period; two or more, such as --period 2023 --period 2024.",
)
@option(
    "--base",
    default="",
    zh="基期，默认最早一期。",
    en="The period that is 100 (default: the first).",
)
@option(
    "--formula",
    type=click.Choice(["fixed", "geometric", "chained", "symmetric"]),
    default="fixed",
    show_default=True,
    zh="与基期相比的算术平均（fixed）或几何平均（geometric），或环比连乘（chained）、对称增长连乘（symmetric）。",
    en="Against the base by arithmetic (fixed) or geometric mean, or chained by plain or symmetric growth.",
)
@as_of_option
@output_option(
    type=click.Path(path_type=Path, dir_okay=False),
    zh="另存为 xlsx 工作簿。",
    en="Also write an xlsx workbook.",
)
def command(
    set_id: str,
    method_id: str,
    *,
    folder: Path,
    level: str,
    when: tuple[str, ...],
    base: str,
    formula: str,
    as_of: str | None,
    out: Path | None,
) -> None:
    """Compute an index from a set of indicators over several periods, base period = 100."""
    from industrymap import pipeline

    options = pipeline.IndexOptions(
        indicators=pipeline.IndicatorOptions(level=level, periods=when, as_of=moment_or_now(as_of)),
        base=base,
        formula=formula,
    )
    done = pipeline.index_series(folder, set_id, method_id, options)
    title = _title(done)
    click.echo(title)
    # Proposed weights are never shown as if they were official.
    if not (done.of.official and done.method.official):
        say("  建议的指标或方法，非官方。", "  Proposed indicators or method, not official.")
    wide = _wide(done)
    for line in frame_lines(wide, [str(c) for c in wide], {}):
        click.echo(line)
    names = {i.id: localized(i.zh, i.en) for i in done.of.indicators}
    mark = localized("、", ", ")
    if done.left_out:
        each = mark.join(f"{names[i]} {n}" for i, n in done.left_out.items())
        say(
            f"  未参与的指标（对象数），并非各期都有正值，或报数企业不足 {done.method.least_firms:.0%}：{each}",
            f"  Took no part (number of areas), not known and positive in every period or known of under {done.method.least_firms:.0%} of "
            f"the firms: {each}",
        )
    if out is not None:
        _write(done, wide, folder, out)


def _title(done: IndexSeries) -> str:
    one, method = localized(done.of.zh, done.of.en), localized(done.method.zh, done.method.en)
    return localized(
        f"{one} · {method} · {done.base} = 100", f"{one} · {method} · {done.base} = 100"
    )


def _wide(done: IndexSeries) -> pd.DataFrame:
    """Return one row an area, one column a period."""
    import pandas as pd

    # One row an area, not a name: two parks may share one, and every name below would slip one row up from its figures.
    areas = done.table.drop_duplicates("unit").reset_index(drop=True)
    out = {localized("名称", "name"): areas["name"]}
    for period, rows in done.table.groupby("period", sort=False):
        out[str(period)] = rows["index"].round(1).reset_index(drop=True)
    out[localized("覆盖", "coverage")] = areas["coverage"].map("{:.0%}".format).astype("string")
    return pd.DataFrame(out)


def _write(done: IndexSeries, wide: pd.DataFrame, folder: Path, out: Path) -> None:
    from industrymap import export, files, workspace

    about = workspace.load(folder).about(title=_title(done))
    sheet = export.Sheet(name=localized("指数", "Index"), frame=wide, heading=(_title(done),))
    path = files.write_bytes(out, export.workbook([sheet], lang=current(), meta=about))
    say(f"已写入 {path}。", f"Written: {path}")
