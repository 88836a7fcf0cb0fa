"""Park sheets 一园一图: one A4 page for each park, as HTML and as PDF, alone or in batch.

A sheet is laid out once as marks in millimetres; both files are written from the same marks, without a browser and without a network.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from industrymap.errors import LayerError, did_you_mean, nearest
from industrymap.fonts import font_files
from industrymap.parks.score import Weights, parts
from industrymap.sheets._canvas import ACCENT, LEFT, Pen
from industrymap.sheets._card import CardWords, card
from industrymap.sheets._columns import COMPARED
from industrymap.sheets._context import Options, SheetContext
from industrymap.sheets._map import Surroundings, draw_map
from industrymap.sheets._map_decorations import Frame, legend
from industrymap.sheets._page import Around, body, footer, header, route_color
from industrymap.sheets._pdf import Typeface, narrowed, pdf_bytes, typeface
from industrymap.sheets._shapes import clean
from industrymap.sheets._svg import html_page

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import geopandas as gpd

    from industrymap.sheets._shapes import Mark

__all__ = [
    "CardWords",
    "Options",
    "Sheet",
    "SheetContext",
    "Typeface",
    "card",
    "draw",
    "each_pdf",
    "font_files",
    "to_html",
    "to_pdf",
    "typeface_of",
]

_FRAME = Frame(x=LEFT, y=35.0, width=118.0, height=100.0)
# At most so many; the footer lists as many of them as the page has room for.
_MOST_FIRMS = 12
# Routes whose colour is grey on the map page.
_QUIET = ("undetermined", "keep")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One page.

    Attributes
    ----------
    park_id, title : str
    marks : tuple of Mark
        What is drawn on it, mm from its top left corner.
    """

    park_id: str
    title: str
    marks: tuple[Mark, ...]


def draw(
    parks: gpd.GeoDataFrame, *, only: Sequence[str] | None = None, context: SheetContext
) -> list[Sheet]:
    """Lay out one sheet for each park.

    Parameters
    ----------
    parks : GeoDataFrame
        All village industrial parks, measured, routed and judged: neighbours and medians come from it too.
    only : sequence of str, optional
        Ids of the parks to draw, in this order; all by default.
    context : SheetContext
        The layers around them, and what every page says.

    Returns
    -------
    sheets : list of Sheet

    Raises
    ------
    LayerError
        An id that no park has.
    """
    around = Surroundings.of(parks, context)
    ids = parks["park_id"].astype("string").tolist()
    # The order of the ids given is the order of the pages: an office sorts them as it files them.
    wanted = ids if only is None else _known(only, ids)
    position = {name: i for i, name in enumerate(ids)}
    rows: Any = parks.drop(columns="geometry").to_dict("records")
    # Over all parks, also where a few are drawn: a median of three parks would compare nothing.
    medians = _Medians(parks)
    # Worked out once for the batch: asked park by park, 200 sheets would search the firms 200
    # times.
    firms = _firms_of(context.enterprises, set(wanted), context.clusters)
    points = _scores(parks, context)
    sheets = []
    for name in wanted:
        row = rows[position[name]]
        beside = Around(
            medians=medians.of(row),
            firms=firms.get(name, []),
            history=context.history.get(name, ()),
            scores=points.get(name, ()),
        )
        map_ = _MapOf(position=position[name], around=around)
        sheets.append(_sheet(row, map_, beside, context))
    return sheets


def to_html(sheets: Sequence[Sheet], *, title: str, lang: str = "zh") -> str:
    """Return one HTML page that holds all sheets; each prints on its own A4 page."""
    return html_page([(s.title, s.marks) for s in sheets], title=clean(title), lang=lang)


def typeface_of(sheets: Sequence[Sheet], *, font: Path | None = None) -> Typeface:
    """Cut a font of this machine (or the one given) down to the characters of a batch of sheets."""
    return typeface([(s.title, s.marks) for s in sheets], font=font)


def to_pdf(
    sheets: Sequence[Sheet], *, title: str, lang: str = "zh", faces: Typeface | None = None
) -> bytes:
    """Return one PDF with a page and a bookmark for each sheet.

    Parameters
    ----------
    sheets : sequence of Sheet
    title : str
        Of the document.
    lang : str
    faces : Typeface, optional
        From :func:`typeface_of` over the whole batch, where many files are written from it.
    """
    pages = [(s.title, s.marks) for s in sheets]
    return pdf_bytes(pages, faces or typeface(pages), title=clean(title), lang=lang)


def each_pdf(
    sheets: Sequence[Sheet], *, lang: str = "zh", font: Path | None = None
) -> Iterator[tuple[Sheet, bytes]]:
    """Yield every sheet with a PDF of its own; the machine's font is opened once for all of them."""
    faces = typeface_of(sheets, font=font)
    for sheet in sheets:
        page = [(sheet.title, sheet.marks)]
        yield sheet, pdf_bytes(page, narrowed(faces, page), title=sheet.title, lang=lang)


class _Medians:
    """Medians of the compared figures, of the city and of each district."""

    def __init__(self, parks: pd.DataFrame) -> None:
        self.names = [name for name in COMPARED if name in parks]
        numbers = parks[self.names].astype("Float64").astype(float)
        self.city: Any = numbers.median()
        # Codes before names: two spellings of a district would make two groups of it.
        self.key = "district_code" if "district_code" in parks else "district"
        groups = parks[self.key].astype("string") if self.key in parks else None
        self.district: Any = None if groups is None else numbers.groupby(groups).median()

    def of(self, row: Mapping[str, Any]) -> dict[str, dict[str, float]]:
        """Return figure → medians around one park."""
        medians = {name: {"city": float(self.city[name])} for name in self.names}
        own = row.get(self.key)
        if self.district is not None and isinstance(own, str) and own in self.district.index:
            for name in self.names:
                medians[name]["district"] = float(self.district.loc[own, name])
        # A median of nothing is no figure to compare with: the bar leaves its line out.
        known = {k: {at: m for at, m in v.items() if not np.isnan(m)} for k, v in medians.items()}
        return {k: v for k, v in known.items() if v}


@dataclass(frozen=True, slots=True, kw_only=True)
class _MapOf:
    """Which park a map is of, and what lies around it."""

    position: int
    around: Surroundings


def _sheet(row: Mapping[str, Any], map_: _MapOf, beside: Around, context: SheetContext) -> Sheet:
    options = context.options
    pen = Pen(options.lang)
    route = str(row.get("route"))
    # grey would not stand out among the neighbours
    color = ACCENT if route in _QUIET else route_color(route)
    header(pen, row, options)
    pen.marks += draw_map(map_.position, map_.around, _FRAME, color=color, lang=options.lang)
    # the legend explains only what the map can show
    pen.marks += legend(
        _FRAME,
        blocks=map_.around.blocks is not None,
        firms=len(map_.around.firm_x) > 0,
        color=color,
        lang=options.lang,
    )
    body(pen, row, _FRAME, beside)
    footer(pen, options, crs=context.crs)
    title = f"{row['park_id']} {clean(row.get('name') or '')}".strip()
    return Sheet(park_id=str(row["park_id"]), title=title, marks=tuple(pen.marks))


def _known(wanted: Sequence[str], ids: list[str]) -> list[str]:
    unknown = [name for name in wanted if name not in set(ids)]
    if unknown:
        hint_en, hint_zh = did_you_mean(nearest(unknown[0], ids), plain=True)
        raise LayerError(
            f"No park has the id {', '.join(unknown)}.{hint_en}",
            f"没有编号为 {'、'.join(unknown)} 的园区。{hint_zh}",
        )
    return list(wanted)


def _scores(
    parks: pd.DataFrame, context: SheetContext
) -> dict[str, list[tuple[str, float | None, float]]]:
    """Return park → what each indicator brings: its label, its points, its most."""
    if context.weights is None:
        return {}
    wanted = Weights.of(context.weights)
    # An indicator without a value weighs nothing: the points of the others are scaled up to 100, as
    # the score does it.
    table = parts(parks, wanted).to_numpy(dtype=float, na_value=np.nan)
    share = np.array([i.weight for i in wanted.indicators])
    whole = np.where(np.isnan(table), 0.0, share).sum(axis=1)
    labels = [i.zh if context.options.lang == "zh" else i.en for i in wanted.indicators]
    scores = {}
    for name, row, known in zip(parks["park_id"], table, whole, strict=True):
        scale = 100.0 / known if known > 0 else 0.0
        scores[str(name)] = [
            (
                label,
                None if np.isnan(value) else float(scale * weight * value),
                float(scale * weight),
            )
            for label, value, weight in zip(labels, row, share, strict=True)
        ]
    return scores


def _firms_of(
    enterprises: pd.DataFrame | None, wanted: set[str], clusters: Mapping[str, str]
) -> dict[str, list[dict[str, Any]]]:
    """Return park → its firms of the base, the largest first."""
    if enterprises is None or "park_id" not in enterprises or "in_base" not in enterprises:
        return {}
    rows = enterprises["park_id"].isin(wanted) & enterprises["in_base"].fillna(value=False)
    columns = [c for c in ("park_id", "name", "cluster", "revenue_10k_cny") if c in enterprises]
    records: Any = enterprises.loc[rows, columns].to_dict("records")
    firms: dict[str, list[dict[str, Any]]] = {}
    # Sorted before they are cut to the first few; firms without a revenue come last.
    for record in sorted(records, key=lambda firm: -_revenue(firm)):
        mine = firms.setdefault(record["park_id"], [])
        if len(mine) < _MOST_FIRMS:
            cluster = _text(record.get("cluster"))
            revenue = _revenue(record)
            mine.append(
                {
                    "name": _text(record.get("name")),
                    "cluster": clusters.get(cluster, cluster),
                    "revenue_10k_cny": None if revenue < 0 else revenue,
                }
            )
    return firms


def _revenue(firm: Mapping[str, Any]) -> float:
    value = firm.get("revenue_10k_cny")
    # Below every revenue, so that an unknown one sorts last.
    return -1.0 if value is None or pd.isna(value) else float(value)


def _text(value: Any) -> str:
    return "" if value is None or pd.isna(value) else str(value)
