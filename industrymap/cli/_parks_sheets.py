"""``industrymap parks sheets``: one A4 page for each park, as HTML and as PDF. 一园一图。"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from industrymap.cli._chosen import say_absent
from industrymap.cli._options import Command, option, output_option
from industrymap.cli._parks_show import print_simulated_notice, workspace_option
from industrymap.cli._talk import current, progress, say

if TYPE_CHECKING:
    from industrymap.sheets import Typeface

_MOST_MISSING = 20


@click.command(
    "sheets",
    cls=Command,
    zh="一园一图：地图、指标、路径及理由、试点条件、企业和历史。\n\n不写编号、--where 或 --pilots 时，为全部园区制图。",
)
@click.argument("park_ids", nargs=-1)
@option("--where", zh="符合筛选条件的园区。", en="The parks that match a filter.")
@option(
    "--pilots", "only_pilots", is_flag=True, zh="入选试点的园区。", en="The parks chosen as pilots."
)
@option(
    "--format",
    "format_",
    type=click.Choice(["html", "pdf", "both"]),
    default="both",
    show_default=True,
    zh="写出的格式。",
    en="What to write.",
)
@option(
    "--each", is_flag=True, zh="另为每个园区单独写一个 PDF。", en="Also write one PDF per park."
)
@output_option(
    type=click.Path(path_type=Path, file_okay=False),
    zh="输出文件夹，默认为工作区的 outputs/sheets。",
    en="Output folder; by default outputs/sheets of the workspace.",
)
@option(
    "--font",
    type=click.Path(path_type=Path, dir_okay=False),
    zh="嵌入的中文字体，默认取本机字体。",
    en="Chinese font to embed; by default one found on this machine.",
)
@workspace_option
def sheets_command(
    *,
    park_ids: tuple[str, ...],
    where: str | None,
    only_pilots: bool,
    format_: str,
    each: bool,
    out: Path | None,
    font: Path | None,
    folder: Path,
) -> None:
    """Write park sheets: map, figures, route and reasons, pilot conditions, firms, history.

    Without ids, --where or --pilots every park gets its sheet.
    """
    from industrymap import pipeline, workspace

    space = workspace.load(folder)
    choice = pipeline.SheetChoice(park_ids=park_ids, where=where, pilots=only_pilots)
    drawn = pipeline.draw_sheets(space, choice, lang=current())
    say_absent(drawn.absent)
    target = out or space.outputs / "sheets"
    print_simulated_notice(space)
    formats = ("html", "pdf") if format_ == "both" else (format_,)
    _, faces = pipeline.write_sheets(drawn, target, formats=formats, font=font)
    if faces is not None:
        _about_fonts(faces)
    if each:
        tell = progress("写出 PDF", "writing PDFs")
        pipeline.write_each_sheet(drawn, target, font=font, progress=tell)
    n = len(drawn.sheets)
    say(
        f"{n:,} 个园区，已写入 {target}",
        f"{n:,} park{'' if n == 1 else 's'}, written to {target}",
    )


def _about_fonts(faces: Typeface) -> None:
    """Say which font could not be had, and which characters it lacks."""
    if faces.regular is None:
        say(
            "本机没有可嵌入的中文字体，PDF 使用阅读器自带的宋体；可用 --font 指定字体。",
            "No Chinese font was found to embed: the PDF relies on the reader's own. --font names one.",
            err=True,
        )
    if faces.missing:
        shown, n = faces.missing[:_MOST_MISSING], len(faces.missing)
        more = "…" if n > _MOST_MISSING else ""
        say(
            f"字体缺少 {n} 个字，PDF 中以〓代替：{shown}{more}；可用 --font 指定含有这些字的字体。",
            f"The font lacks {n} character{'' if n == 1 else 's'}, shown as 〓 in the PDF: {shown}{more} --font names another one.",
            err=True,
        )


COMMANDS = (sheets_command,)
"""Commands that ``industrymap parks`` takes in."""
