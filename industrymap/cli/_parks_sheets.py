"""``industrymap parks sheets``: one A4 page for each park, as HTML and as PDF. 一园一图。"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from industrymap.cli._chosen import rows_where
from industrymap.cli._options import Command, option, output_option
from industrymap.cli._parks_show import print_simulated_notice, standard_of, workspace_option
from industrymap.cli._talk import current, progress, say
from industrymap.errors import ConfigError
from industrymap.schemas import PARKS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

    from industrymap.citypack import CityPack
    from industrymap.sheets import Options, Sheet, Typeface
    from industrymap.workspace import Workspace

_NAME = "park_sheets"
_MOST_MISSING = 20
# Ids come from files: a slash or `..` in one must not choose the folder it is written to.
_UNSAFE = re.compile(r"[^\w\-]+")


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
    from industrymap import sheets, workspace

    space = workspace.load(folder)
    wanted = _wanted(space, park_ids, where, only_pilots=only_pilots)
    drawn = _draw(space, wanted)
    target = out or space.outputs / "sheets"
    title = f"{space.title} · " + ("村级工业园一园一图" if current() == "zh" else "park sheets")
    print_simulated_notice(space)
    if format_ in ("html", "both"):
        _write(
            target / f"{_NAME}.html", sheets.to_html(drawn, title=title, lang=current()).encode()
        )
    # One search for a font serves the page and the report on what it lacks.
    if format_ in ("pdf", "both"):
        faces = sheets.typeface_of(drawn, font=font)
        data = sheets.to_pdf(drawn, title=title, lang=current(), faces=faces)
        _write(target / f"{_NAME}.pdf", data)
        _about_fonts(faces)
    if each:
        _each(drawn, target, font)
    say(
        f"{len(drawn):,} 个园区，已写入 {target}",
        f"{len(drawn):,} park{'' if len(drawn) == 1 else 's'}, written to {target}",
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


def _wanted(
    space: Workspace, park_ids: tuple[str, ...], where: str | None, *, only_pilots: bool
) -> list[str]:
    """Return the ids asked for, in the order of the layer unless they were named one by one."""
    if park_ids:
        # Named one by one, they are drawn in that order; a repeated id gets one sheet.
        return list(dict.fromkeys(park_ids))
    parks = rows_where(space, PARKS, where)
    # In the order of the ranking, so that the printed pile begins with the first pilot.
    if only_pilots:
        taken = parks[parks["pilot_selected"].fillna(value=False)]
        parks = taken.sort_values("pilot_rank", kind="stable")
    if len(parks) == 0:
        raise ConfigError("No park is chosen: nothing to draw.", "没有选中任何园区，无可绘制。")
    return [str(name) for name in parks["park_id"]]


def _draw(space: Workspace, wanted: Sequence[str]) -> list[Sheet]:
    from industrymap import citypack, pipeline, sheets

    pack = citypack.load(space.city)
    # Only parks are required: a sheet leaves out what the workspace does not have.
    known = set(pipeline.layer_names(space))

    def layer(name: str) -> Any:
        return pipeline.layer(space, name) if name in known else None

    water, roads = (_background(space, pack, kind) for kind in ("water", "road"))
    context = sheets.SheetContext(
        crs=pack.crs,
        options=_options(space),
        blocks=layer("industrial_blocks"),
        enterprises=layer("enterprises"),
        districts=layer("districts"),
        water=water,
        roads=roads,
        weights=standard_of(space, "pilot_score", None),
        clusters=_clusters(pack),
        history=_history(space, wanted),
    )
    return sheets.draw(layer(PARKS), only=wanted, context=context)


def _options(space: Workspace) -> Options:
    import industrymap
    from industrymap.sheets import Options

    lang = current()
    rules = [
        standard_of(space, kind, id_)
        for kind, id_ in (("routes", space.routes), ("pilots", space.pilots), ("pilot_score", None))
    ]
    return Options(
        **space.imprint(),
        lang=lang,
        standards=tuple(rule.title(lang) for rule in rules),
        version=industrymap.__version__,
    )


def _background(space: Workspace, pack: CityPack, kind: str) -> gpd.GeoDataFrame | None:
    from industrymap import layers

    # The first source of a kind, as on the page.
    for source in space.background:
        if source.kind == kind:
            return layers.read(
                source.file, layer=source.schema, datum=source.datum, extent=pack.extent
            ).frame
    return None


def _clusters(pack: CityPack) -> dict[str, str]:
    """Return the labels of every taxonomy, by id."""
    from industrymap import tagging

    lang = current()
    return {
        label.label_id: label.zh if lang == "zh" else label.en
        for taxonomy in tagging.load_all(pack)
        for label in taxonomy.labels
    }


def _history(space: Workspace, wanted: Sequence[str]) -> dict[str, list[tuple[str, str]]]:
    """Return what the database remembers of each park, the latest first; nothing without a database."""
    from industrymap import store
    from industrymap.errors import StoreError

    base = store.open(space)
    # A workspace that was never built has no database, and asking for history must not make one.
    if not base.exists():
        return {}
    history = {}
    for name in wanted:
        try:
            versions = base.history(name)
        except StoreError:
            # A park drawn only yesterday, or of a file beside the database, has no history and still its sheet.
            continue
        lines = [
            # The day alone: what holds from when is agreed by day.
            (str(row["valid_from"])[:10], str(row["why"]))
            for row in versions.iloc[::-1].to_dict("records")
        ]
        history[name] = lines
    return history


def _each(drawn: Sequence[Sheet], target: Path, font: Path | None) -> None:
    from industrymap import sheets

    # A font subset is made for each file: hundreds of parks take a while.
    tell = progress("写出 PDF", "writing PDFs")
    for done, (sheet, data) in enumerate(sheets.each_pdf(drawn, lang=current(), font=font), 1):
        _write(target / f"{_file_name(sheet.park_id)}.pdf", data)
        if tell:
            tell(done, len(drawn))


def _file_name(park_id: str) -> str:
    """Return an id as a file name: what is no letter, digit, dash or underscore becomes one."""
    # An id of nothing but marks would leave no name at all.
    return _UNSAFE.sub("_", park_id).strip("_") or "park"


def _write(path: Path, data: bytes) -> None:
    from industrymap import files

    files.make_folder(path.parent)
    files.write_bytes(path, data)
