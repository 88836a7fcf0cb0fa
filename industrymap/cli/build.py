"""``industrymap build [WORKSPACE]``: the whole pipeline."""

from __future__ import annotations

import gc
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from industrymap import aligned
from industrymap.cli._options import Command, option, output_option, workspace_argument
from industrymap.cli._talk import bar, current, say
from industrymap.cli._terminal import START_OF_LINE
from industrymap.cli._withheld import say_withheld

if TYPE_CHECKING:
    from industrymap.pipeline import Built


class _Stages:
    """One line on a terminal that says what is being done and how far the build is; silent in a pipe."""

    def __init__(self) -> None:
        self.shown = sys.stderr.isatty()
        self.began = time.perf_counter()

    def __call__(self, stage: str, done: int, total: int) -> None:
        if self.shown:
            # One place short of the width: a full line would wrap and could not be redrawn.
            line = _line(stage, done, total, time.perf_counter() - self.began)
            places = shutil.get_terminal_size().columns - 1
            click.echo(f"{START_OF_LINE}{aligned.cut(line, places)}", nl=False, err=True)

    def clear(self) -> None:
        if self.shown:
            click.echo(START_OF_LINE, nl=False, err=True)


def _line(stage: str, done: int, total: int, seconds: float) -> str:
    from industrymap.pipeline import STAGE_NAMES, share_done

    names = list(STAGE_NAMES)
    share = share_done(stage, done, total)
    count = f" {done:,}/{total:,}" if total > 1 else ""
    clock = f"{int(seconds) // 60:02d}:{int(seconds) % 60:02d}"
    name = STAGE_NAMES[stage][0 if current() == "zh" else 1]
    return f"{bar(share, 24)} {share:4.0%} {clock}  [{names.index(stage) + 1}/{len(names)}] {name}{count}"


@click.command(cls=Command, zh="全流程生成产业地图。")
@workspace_argument()
@output_option(
    "成果文件夹，默认为工作区的 outputs。",
    "Folder of the outputs; by default outputs of the workspace.",
    type=click.Path(path_type=Path, file_okay=False),
)
@option(
    "--strict", is_flag=True, zh="有行未读入时退出码为 1。", en="Exit with 1 if rows were left out."
)
@option(
    "--profile",
    type=click.Choice(["internal", "public"]),
    default="internal",
    show_default=True,
    zh="public 为公开版：只含可公开的内容，写入 outputs/public，须有审图号。",
    en="public: only what may be published, into outputs/public; needs review_number.",
)
@option(
    "--reimport",
    multiple=True,
    metavar="NAME",
    zh="先把该图层改动过的文件收入数据库；可多次使用。",
    en="First take the changed file of this layer into the database; may be given more than once.",
)
def command(
    *, folder: Path, out: Path | None, strict: bool, profile: str, reimport: tuple[str, ...]
) -> None:
    """Run the whole pipeline over a workspace."""
    from industrymap import pipeline

    # A build makes millions of small objects and drops few: looking through them less often saves a twentieth of its time.
    gc.set_threshold(200_000, 50, 100)
    stages = _Stages()
    try:
        built = pipeline.build(
            folder, profile=profile, outputs=out, reimport=reimport, progress=stages
        )
    # The bar would stay before a message of failure, too.
    finally:
        stages.clear()
    _summary(built, time.perf_counter() - stages.began, public=profile == "public")
    if strict and (built.issues["level"] == "error").any():
        sys.exit(1)


def _summary(built: Built, seconds: float, *, public: bool) -> None:
    from industrymap import pipeline

    space = built.workspace
    for line in pipeline.summary(built, public=public):
        click.echo(line.text(current()))
    # The public files have a folder of their own, so that handing it over hands over nothing else.
    page = (space.outputs / "public" if public else space.outputs) / "map.html"
    if built.release is not None:
        say_withheld(built.release, space)
    size = page.stat().st_size / 1e6
    say(
        f"已生成 {_short(page)}（{size:.1f} MB），用时 {seconds:.1f} 秒",
        f"wrote {_short(page)} ({size:.1f} MB) in {seconds:.1f} s",
    )


def _short(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
