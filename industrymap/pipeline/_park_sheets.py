"""Park sheets of a built workspace: one A4 page for each park, as HTML and as PDF. 一园一图。"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import industrymap
from industrymap import citypack, files, layers, sheets, store, tagging
from industrymap.errors import ConfigError, StoreError
from industrymap.pipeline._chosen import rows_kept, standard_in_force
from industrymap.pipeline._outputs import layer, layer_names
from industrymap.schemas import PARKS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import geopandas as gpd

    from industrymap.citypack import CityPack
    from industrymap.filters import Absent
    from industrymap.sheets import Sheet, Typeface
    from industrymap.workspace import Workspace

__all__ = ["DrawnSheets", "SheetChoice", "draw_sheets", "write_each_sheet", "write_sheets"]

_NAME = "park_sheets"
# Ids come from files: a slash or `..` in one must not choose the folder it is written to.
_UNSAFE = re.compile(r"[^\w\-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetChoice:
    """Which parks get a sheet; every park by default.

    Attributes
    ----------
    park_ids : tuple of str
        These, in this order.
    where : str, optional
        Those that match a filter.
    pilots : bool
        Those chosen as pilots, in the order of their rank.
    """

    park_ids: tuple[str, ...] = ()
    where: str | None = None
    pilots: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnSheets:
    """Sheets that were drawn.

    Attributes
    ----------
    sheets : list of Sheet
    title : str
        Of the document.
    lang : str
    absent : tuple of Absent
        Names that the filter asks for and no park has.
    """

    sheets: list[Sheet]
    title: str
    lang: str
    absent: tuple[Absent, ...] = ()


def draw_sheets(space: Workspace, choice: SheetChoice, *, lang: str = "zh") -> DrawnSheets:
    """Draw the sheets of some parks of the last build: map, figures, route and reasons, conditions, firms, history.

    Raises
    ------
    ConfigError, FilterError, FileMissingError
        No park is chosen, or one that is none; a filter that cannot be read; nothing was built yet.
    """
    wanted, absent = _wanted(space, choice)
    pack = citypack.load(space.city)
    # Only parks are required: a sheet leaves out what the workspace does not have.
    known = set(layer_names(space))

    def built(name: str) -> Any:
        return layer(space, name) if name in known else None

    water, roads = (_background(space, pack, kind) for kind in ("water", "road"))
    context = sheets.SheetContext(
        crs=pack.crs,
        options=_options(space, lang),
        blocks=built("industrial_blocks"),
        enterprises=built("enterprises"),
        districts=built("districts"),
        water=water,
        roads=roads,
        weights=standard_in_force(space, "pilot_score", None),
        clusters=_clusters(pack, lang),
        history=_history(space, wanted),
    )
    title = f"{space.title} · " + ("村级工业园一园一图" if lang == "zh" else "park sheets")
    drawn = sheets.draw(built(PARKS), only=wanted, context=context)
    return DrawnSheets(sheets=drawn, title=title, lang=lang, absent=absent)


def write_sheets(
    drawn: DrawnSheets,
    folder: Path,
    *,
    formats: Sequence[str] = ("html", "pdf"),
    font: Path | None = None,
) -> tuple[list[Path], Typeface | None]:
    """Write sheets as one page and one PDF; the typeface says which font and which characters the PDF lacks."""
    written, faces = [], None
    files.make_folder(folder)
    if "html" in formats:
        page = sheets.to_html(drawn.sheets, title=drawn.title, lang=drawn.lang)
        written.append(files.write_bytes(folder / f"{_NAME}.html", page.encode()))
    # One search for a font serves the page and the report on what it lacks.
    if "pdf" in formats:
        faces = sheets.typeface_of(drawn.sheets, font=font)
        data = sheets.to_pdf(drawn.sheets, title=drawn.title, lang=drawn.lang, faces=faces)
        written.append(files.write_bytes(folder / f"{_NAME}.pdf", data))
    return written, faces


def write_each_sheet(
    drawn: DrawnSheets,
    folder: Path,
    *,
    font: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[Path]:
    """Write a PDF for each park, named after its identifier."""
    files.make_folder(folder)
    written = []
    # A font subset is made for each file: hundreds of parks take a while.
    pages = sheets.each_pdf(drawn.sheets, lang=drawn.lang, font=font)
    for done, (sheet, data) in enumerate(pages, 1):
        written.append(files.write_bytes(folder / f"{_file_name(sheet.park_id)}.pdf", data))
        if progress:
            progress(done, len(drawn.sheets))
    return written


def _wanted(space: Workspace, choice: SheetChoice) -> tuple[list[str], tuple[Absent, ...]]:
    """Return the ids asked for, in the order of the layer unless they were named one by one."""
    if choice.park_ids:
        # Named one by one, they are drawn in that order; a repeated id gets one sheet.
        return list(dict.fromkeys(choice.park_ids)), ()
    parks, absent = rows_kept(space, layer(space, PARKS), choice.where, layer_name=PARKS)
    # In the order of the ranking, so that the printed pile begins with the first pilot.
    if choice.pilots:
        taken = parks[parks["pilot_selected"].fillna(value=False)]
        parks = taken.sort_values("pilot_rank", kind="stable")
    if len(parks) == 0:
        raise ConfigError("No park is chosen: nothing to draw.", "没有选中任何园区，无可绘制。")
    return [str(name) for name in parks["park_id"]], absent


def _options(space: Workspace, lang: str) -> sheets.Options:
    rules = [
        standard_in_force(space, kind, id_)
        for kind, id_ in (("routes", space.routes), ("pilots", space.pilots), ("pilot_score", None))
    ]
    return sheets.Options(
        **space.imprint(),
        lang=lang,
        standards=tuple(rule.title(lang) for rule in rules),
        version=industrymap.__version__,
    )


def _background(space: Workspace, pack: CityPack, kind: str) -> gpd.GeoDataFrame | None:
    # The first source of a kind, as on the page.
    for source in space.background:
        if source.kind == kind:
            return layers.read(
                source.file, layer=source.schema, datum=source.datum, extent=pack.extent
            ).frame
    return None


def _clusters(pack: CityPack, lang: str) -> dict[str, str]:
    """Return the labels of every taxonomy, by id."""
    return {
        label.label_id: label.zh if lang == "zh" else label.en
        for taxonomy in tagging.load_all(pack)
        for label in taxonomy.labels
    }


def _history(space: Workspace, wanted: Sequence[str]) -> dict[str, list[tuple[str, str]]]:
    """Return what the database remembers of each park, the latest first; nothing without a database."""
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


def _file_name(park_id: str) -> str:
    """Return an id as a file name: what is no letter, digit, dash or underscore becomes one."""
    # An id of nothing but marks would leave no name at all.
    return _UNSAFE.sub("_", park_id).strip("_") or "park"
