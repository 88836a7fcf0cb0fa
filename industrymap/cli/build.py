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
from industrymap.cli._findings import features_not_read, of_the_whole, rows_not_read
from industrymap.cli._options import Command, option, output_option, workspace_argument
from industrymap.cli._talk import bar, current, say
from industrymap.cli._terminal import START_OF_LINE
from industrymap.cli._withheld import say_withheld
from industrymap.schemas import PARKS
from industrymap.wording import counted, yuan

if TYPE_CHECKING:
    import pandas as pd

    from industrymap.pipeline import Built

_STAGES = {
    "read": ("读取文件", "reading files", 32),
    "check": ("核对企业", "checking firms", 11),
    "geocode": ("定位地址", "geocoding", 22),
    "tag": ("打标签", "labelling", 4),
    "assign": ("归属地块", "assigning to areas", 4),
    "measure": ("测算指标", "measuring", 4),
    "triage": ("分类核规", "classifying", 3),
    "write": ("写出成果", "writing", 20),
}
"""Stage → its name, and its share of a build's time in percent as measured at scale 1."""


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
    names = list(_STAGES)
    number = names.index(stage)
    # A stage that finds more to do than it announced must not run past its share.
    part = min(done / total, 1.0) if total > 0 else 0.0
    share = (sum(_STAGES[n][2] for n in names[:number]) + part * _STAGES[stage][2]) / 100
    count = f" {done:,}/{total:,}" if total > 1 else ""
    clock = f"{int(seconds) // 60:02d}:{int(seconds) % 60:02d}"
    name = _STAGES[stage][0 if current() == "zh" else 1]
    return f"{bar(share, 24)} {share:4.0%} {clock}  [{number + 1}/{len(names)}] {name}{count}"


@click.command(cls=Command, zh="全流程生成产业地图。")
@workspace_argument()
@output_option(
    "成果文件夹，默认为工作区的 outputs。",
    "Folder of the outputs; by default outputs of the workspace.",
    type=click.Path(path_type=Path, file_okay=False),
)
@option(
    "--strict", is_flag=True, zh="有行未读入时以 1 退出。", en="Exit with 1 if rows were left out."
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
    from industrymap import schemas

    lang = current()
    firms = built.enterprises
    base = firms[firms["in_base"].fillna(value=False)]
    space = built.workspace
    if space.simulated:
        say("※ 模拟数据", "※ simulated data")
    say(
        f"企业 {len(firms):,} 家，其中入库（≥ {space.threshold_10k_cny:,.0f} 万元）{len(base):,} 家",
        f"enterprises {len(firms):,}, in the base (annual revenue of at least {yuan(space.threshold_10k_cny)}) {len(base):,}",
    )
    # Left out before counted in: who reads the figures must already know what is missing from them.
    _not_used(built)
    levels = base["geocode_level"].value_counts()
    words = schemas.labels("geocode_level", lang)
    placed = " · ".join(f"{words[k]} {levels[k]:,}" for k in words if levels.get(k))
    how = (f"：{placed}", f": {placed}") if placed else ("", "")
    say(f"入库企业定位 {levels.sum():,} 家{how[0]}", f"base located {levels.sum():,}{how[1]}")
    _confirmed(built)
    for name, frame in built.layers.items():
        _layer_line(name, frame, lang)
    _layers_not_read(built)
    _changed_files(built)
    counts = built.issues["level"].value_counts()
    # Errors left rows out, warnings need a person, notes were put right.
    refused, look, mended = (int(counts.get(k, 0)) for k in ("error", "warning", "info"))
    where = ("问题", "issues") if public else ("问题清单 issues.csv", "issues.csv")
    say(
        f"{where[0]}：未采用 {refused:,}，待核对 {look:,}，已修正 {mended:,}",
        f"{where[1]}: {refused:,} refused, {look:,} to check, {mended:,} repaired",
    )
    # The public files have a folder of their own, so that handing it over hands over nothing else.
    page = (space.outputs / "public" if public else space.outputs) / "map.html"
    if built.release is not None:
        say_withheld(built.release, space)
    size = page.stat().st_size / 1e6
    say(
        f"已生成 {_short(page)}（{size:.1f} MB），用时 {seconds:.1f} 秒",
        f"wrote {_short(page)} ({size:.1f} MB) in {seconds:.1f} s",
    )


def _changed_files(built: Built) -> None:
    """Say of each layer file that changed since its import how it differs, and how to take it in."""
    rows = built.issues[built.issues["rule"] == "layers.file_changed"]
    for row in rows.to_dict("records"):
        say(f"! {row['source']}：{row['zh']}", f"! {row['source']}: {row['en']}")


def _confirmed(built: Built) -> None:
    """Say how many confirmed places were taken, and why the rest was not."""
    from industrymap.geocoding import review

    if built.confirmed.empty:
        return
    addresses, firms = review.taken(built.enterprises)
    # A swapped pair of coordinates was put right and the place taken: it is not among those left.
    left = built.issues[built.issues["rule"].str.startswith("review.") & (built.issues["rule"] != "review.swapped")]  # fmt: skip
    # One row may break two rules and is still one place.
    counts = left.drop_duplicates(["source", "row"]).groupby(current(), sort=True).size()
    why = "".join(f"\n  {n:,} × {text}" for text, n in counts.items())
    say(
        f"已确认的位置：采用 {addresses:,} 处（企业 {firms:,} 家）{f'，未采用 {counts.sum():,} 处：' if why else ''}{why}",
        f"confirmed places: {addresses:,} taken, for {counted(firms, 'firm')}{f'; not taken {counts.sum():,}:' if why else ''}{why}",
    )


def _not_used(built: Built) -> None:
    """Say which rows, years and sheets of the enterprise tables were not used, and why."""
    names = {table.name for _, table in built.inputs.tables}
    # A folder, or the base as a whole, is no single table.
    # Such issues name no file, or a folder, and belong to the tables all the same.
    of_all = built.issues["rule"].str.startswith(("table.", "base."))
    of_tables = built.issues[built.issues["source"].isin(names) | of_all]
    for line in rows_not_read(of_tables):
        click.echo(line)
    years = sorted({int(year) for year in built.years["year"].dropna()})
    used = {int(year) for year in built.enterprises["year"].dropna()}
    others = ", ".join(str(year) for year in years if year not in used)
    if others:
        say(f"其他年份的数据不参与入库判断，保留在历年数据中：{others}", f"figures of other years are kept and do not decide the base: {others}")  # fmt: skip
    for line in of_the_whole(of_tables):
        click.echo(line)


_OF_LAYERS = ("layer.", "geometry.", "unit.", "column.", "cell.")
"""How the rules of reading a layer begin."""


def _layers_not_read(built: Built) -> None:
    """Say which features and layers of the layer files were not read, and what was assumed of a whole file."""
    tables = {table.name for _, table in built.inputs.tables}
    of_layers = built.issues[~built.issues["source"].isin(tables)]
    of_layers = of_layers[of_layers["rule"].str.startswith(_OF_LAYERS)]
    for line in (*features_not_read(of_layers), *of_the_whole(of_layers)):
        click.echo(line)


def _layer_line(name: str, table: pd.DataFrame, lang: str) -> None:
    from industrymap import schemas

    titles = {
        PARKS: ("村级工业园", "village parks"),
        "industrial_blocks": ("工业产业区块", "industrial blocks"),
        "value_innovation_parks": ("价值创新园区", "value-innovation parks"),
        "renewal_units": ("城市更新单元", "renewal units"),
        "districts": ("区", "districts"),
        "towns": ("镇街", "towns"),
    }
    title = titles.get(name, (name, name))[0 if lang == "zh" else 1]
    # Land area where the layer states one; else the area measured from the drawing.
    area = next((c for c in ("land_area_m2", "area_m2") if c in table), None)
    text = f"{title} {len(table):,}"
    if area:
        text += (
            f"，{table[area].sum() / 1e6:,.2f} km²"
            if lang == "zh"
            else f", {table[area].sum() / 1e6:,.2f} km²"
        )
    if "route" in table:
        words = schemas.labels("route", lang)
        counts = table["route"].value_counts()
        text += ("：" if lang == "zh" else ": ") + " · ".join(
            f"{words[k]} {counts[k]:,}" for k in words if counts.get(k)
        )
    click.echo(text)


def _short(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
