"""What the page is given: frames, labels, and what must be said about them."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

from industrymap import schemas
from industrymap.errors import unknown

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    import pandas as pd

    from industrymap.schemas import CrossCheck, LayerRecord

__all__ = [
    "Apart",
    "Checks",
    "Criterion",
    "Label",
    "MapLayer",
    "MapModel",
    "Meta",
    "PastYear",
    "Scoring",
    "Snapshot",
    "Standard",
    "Taxonomy",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One value of a taxonomy: what the column holds, what people read, and its colour.

    Attributes
    ----------
    value : str
        The value as the column holds it.
    zh, en : str
        Labels; ``en`` falls back to ``zh``.
    color : str
        ``#rrggbb``, or empty: the page then takes the next colour of its palette.
    """

    value: str
    zh: str
    en: str = ""
    color: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taxonomy:
    """The labels of one enterprise column, in the order of the legend.

    Attributes
    ----------
    id : str
        The taxonomy's id in its city pack.
    zh, en : str
        Its name.
    column : str
        The enterprise column that holds its primary label.
    labels : tuple of Label
    official : bool
        False for a proposal: the page says so.
    source : str
        The document it comes from.
    """

    id: str
    zh: str
    en: str
    column: str = "cluster"
    labels: tuple[Label, ...] = ()
    official: bool = True
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One criterion of the park score.

    ``s = (value − zero) ÷ (one − zero)``, cut to 0–1; the score is ``100 · Σ w·s ÷ Σ w`` over the criteria whose value is
    known.

    Attributes
    ----------
    column : str
        A numeric column of the parks.
    weight : float
        Where its slider starts, 0 to 100.
    zero, one : float, optional
        Values that give 0 and 1; ``zero > one`` where less is better. Where they are missing the page takes
        the 5th and 95th percentile of the parks.
    zh, en : str
        Labels; empty: the column's own.
    spread : float
        Relative uncertainty of the value, half width, for the stability of the ranking.
    """

    column: str
    weight: float = 10.0
    zero: float | None = None
    one: float | None = None
    zh: str = ""
    en: str = ""
    spread: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """Parks that take no part in the ranking unless asked.

    Attributes
    ----------
    standing : str
        Why, as a value of ``pilot_standing``.
    column, value : str
        The column of the parks, and what it holds for such a park.
    """

    standing: str
    column: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scoring:
    """How parks are ranked when the page opens.

    Attributes
    ----------
    criteria : tuple of Criterion
    weight_spread : float
        How far weights are varied, relatively, for the stability of the ranking.
    per_district, total : int
        At most so many parks of one district, and in all; 0 sets no limit.
    min_coverage : float
        Parks of which less than this share of the weight is known are listed apart, not ranked.
    apart : tuple of Apart
        Parks that are no candidates; where two fit a park, the later one names the reason.
    eligible_only : bool
        Only parks that the pilot rule surely admits are ranked when the page opens.
    zh, en, source, source_zh : str
        Name of the score and where it comes from.
    official : bool
        False for a proposal: the page says so.
    """

    criteria: tuple[Criterion, ...]
    weight_spread: float = 0.2
    per_district: int = 4
    total: int = 20
    min_coverage: float = 0.0
    apart: tuple[Apart, ...] = ()
    eligible_only: bool = False
    zh: str = ""
    en: str = ""
    source: str = ""
    source_zh: str = ""
    official: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Checks:
    """What the form of the page holds a value against: the rules and sentences of builds and change files.

    Attributes
    ----------
    far_tolerance, far_rounding : float
        A stated floor area ratio may differ from floor ÷ land by this share, or by this much.
    area_tolerance : float
        A reported area may differ from the polygon's by this share.
    area, area_reported : str
        The columns of the polygon's area and of the reported one.
    years : tuple of int
        What a year lies between.
    year_columns : tuple of str
        Columns that hold a year.
    parts : tuple of (str, str)
        Columns of which the first counts some of what the second counts.
    cross : tuple of CrossCheck
        Figures that a park reports and the sum of its firms says as well, and how far apart the two may be.
    sentences : mapping of str to tuple of str
        ``far``, ``area``, ``year``, ``part`` and ``value`` (cannot be read) → what is said, in Chinese and in English.
    """

    far_tolerance: float
    far_rounding: float
    area_tolerance: float
    area: str
    area_reported: str
    years: tuple[int, int]
    year_columns: tuple[str, ...]
    parts: tuple[tuple[str, str], ...]
    cross: tuple[CrossCheck, ...]
    sentences: Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """A dated standard and what it says of every park, so that standards can be compared in the page.

    Attributes
    ----------
    id : str
    zh, en : str
        Its name.
    routes : Series of str, optional
        Route by park_id (the index) under this standard.
    effective_from, effective_to, source, source_zh : str
    official : bool
        False for a proposal: the page says so.
    """

    id: str
    zh: str
    en: str = ""
    routes: pd.Series[str] | None = None
    effective_from: str = ""
    effective_to: str = ""
    source: str = ""
    source_zh: str = ""
    official: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Parks and blocks as they were from an earlier date on, for the time slider and the comparison.

    Attributes
    ----------
    date : str
        ``YYYY-MM-DD``.
    parks, blocks : GeoDataFrame, optional
        Columns as in the model; ``None`` where this layer did not change on that date.
    """

    date: str
    parks: gpd.GeoDataFrame | None = None
    blocks: gpd.GeoDataFrame | None = None

    def layers(self) -> dict[str, gpd.GeoDataFrame]:
        """Return the layers that changed, by their id in the page."""
        given = {"parks": self.parks, "blocks": self.blocks}
        return {name: frame for name, frame in given.items() if frame is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class PastYear:
    """One earlier year for the time slider: its own base, and what that adds up to.

    Attributes
    ----------
    year : int
    frames : mapping of str to DataFrame
        Layer id → the columns that this year has values of, aligned with the layer's frame and named as in it.
    dated : mapping of str to tuple of str
        Layer id → every column that belongs to a year: one that ``frames`` lacks is unknown in this year, never today's.
    """

    year: int
    frames: Mapping[str, pd.DataFrame]
    dated: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Meta:
    """What must be said about the data: the title block and every print show it.

    Attributes
    ----------
    title, producer, source : str
    data_date : str
        ``YYYY-MM-DD`` the figures describe.
    built_on : str
        Date of the build; empty leaves it out, so that the same input gives the same bytes.
    crs_note : str
        The coordinate system in words.
    review_number : str
        审图号; empty for internal use.
    simulated : bool
        True puts 模拟数据 on the page, every print and every export.
    profile : str
        ``internal`` or ``public``.
    stale_after_days : int
        The page warns when the data date is older than this on the day it is opened.
    versions : mapping of str to str
        Program and rule versions, shown under "about".
    totals : mapping of str to float
        Figures of all firms, for a page that has none of them: see :func:`industrymap.webmap._light.totals`.
    """

    title: str = "制造业产业地图"
    producer: str = ""
    source: str = ""
    data_date: str = ""
    built_on: str = ""
    crs_note: str = "WGS 84 (EPSG:4326)"
    review_number: str = ""
    simulated: bool = False
    profile: str = "internal"
    stale_after_days: int = 730
    versions: Mapping[str, str] = field(default_factory=dict)
    totals: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MapLayer:
    """One layer of the page.

    Attributes
    ----------
    record : LayerRecord
        What it is: :func:`industrymap.schemas.layer` for a shipped one, or a record of your own.
    frame : GeoDataFrame
        Its features in WGS 84, columns as in the record's schema; columns that the schema does not know are shown under
        their own name. Geometry may be missing.
    """

    record: LayerRecord
    frame: gpd.GeoDataFrame

    def _repr_html_(self) -> str:
        """Show the layer by itself in a notebook."""
        from industrymap.webmap import IndustryMap

        # The title of a page is its own text: a layer's record names it in both languages.
        return IndustryMap(MapModel(layers=(self,), meta=Meta(title=self.record.zh)))._repr_html_()


@dataclass(frozen=True, slots=True, kw_only=True)
class MapModel:
    """Everything the page shows.

    Attributes
    ----------
    layers : tuple of MapLayer
        In drawing order, the ground first.
    meta : Meta
    taxonomies : tuple of Taxonomy
        The first is the one the map is coloured by.
    standards : tuple of Standard
        The first is the one ``route`` follows.
    scoring : Scoring, optional
        Starting point of the score sliders; without it the page proposes criteria from the columns it finds.
    checks : Checks, optional
        What the form holds new values against; without it nothing is said of contradictions.
    snapshots : tuple of Snapshot
        Earlier versions of parks and blocks, oldest first.
    since : mapping of str to str
        Layer id → the date from which what the model shows of it holds; an earlier day shows the version of that day.
    years : tuple of PastYear
        Earlier years, oldest first.
    industries : mapping of str to str
        Industry code → its name, for the sheets of firms.

    Examples
    --------
    >>> import folium
    >>> import geopandas as gpd
    >>> import industrymap as im
    >>> firms = gpd.GeoDataFrame(
    ...     {"name": ["甲厂"], "geocode_level": ["address"]},
    ...     geometry=gpd.points_from_xy([113.3], [23.1]),
    ...     crs="EPSG:4326",
    ... )
    >>> page = im.IndustryMap(im.MapModel.of(enterprises=firms))
    >>> isinstance(page.map, folium.Map)
    True
    """

    layers: tuple[MapLayer, ...] = ()
    meta: Meta = field(default_factory=Meta)
    taxonomies: tuple[Taxonomy, ...] = ()
    standards: tuple[Standard, ...] = ()
    scoring: Scoring | None = None
    checks: Checks | None = None
    snapshots: tuple[Snapshot, ...] = ()
    since: Mapping[str, str] = field(default_factory=dict)
    years: tuple[PastYear, ...] = ()
    industries: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        layers = ", ".join(f"{layer.record.id} {len(layer.frame):,}" for layer in self.layers)
        return f"<MapModel {self.meta.title!r}: {layers or 'no layers'}>"

    @classmethod
    def of(cls, **parts: Any) -> MapModel:
        """Return a model of known layers.

        Parameters
        ----------
        **parts
            Features of a layer under its short name (``enterprises=``, ``parks=``, ``districts=``, …), and any other
            attribute of the model under its own.

        Raises
        ------
        ConfigError
            There is no layer of that name.
        """
        own = {f.name for f in fields(cls)}
        frames = {name: part for name, part in parts.items() if name not in own}
        return cls(**{n: part for n, part in parts.items() if n in own}).with_frames(**frames)

    def frame(self, layer_id: str) -> gpd.GeoDataFrame | None:
        """Return the features of one layer, ``None`` where the model has no such layer."""
        return next((m.frame for m in self.layers if m.record.id == layer_id), None)

    @property
    def enterprises(self) -> gpd.GeoDataFrame:
        """The enterprises; an empty frame where the model has none."""
        return self._named("enterprises")

    @property
    def parks(self) -> gpd.GeoDataFrame:
        """The village industrial parks; an empty frame where the model has none."""
        return self._named("parks")

    @property
    def blocks(self) -> gpd.GeoDataFrame:
        """The industrial blocks; an empty frame where the model has none."""
        return self._named("blocks")

    @property
    def districts(self) -> gpd.GeoDataFrame:
        """The districts; an empty frame where the model has none."""
        return self._named("districts")

    @property
    def towns(self) -> gpd.GeoDataFrame:
        """The towns; an empty frame where the model has none."""
        return self._named("towns")

    @property
    def zones(self) -> gpd.GeoDataFrame:
        """The zones; an empty frame where the model has none."""
        return self._named("zones")

    def _named(self, layer_id: str) -> gpd.GeoDataFrame:
        import geopandas as gpd

        frame = self.frame(layer_id)
        return gpd.GeoDataFrame(geometry=[], crs="EPSG:4326") if frame is None else frame

    def with_frames(self, **frames: gpd.GeoDataFrame | None) -> MapModel:
        """Return the model with other features in some of its layers, or with more layers; ``None`` takes a layer out."""
        records = {m.record.id: m.record for m in self.layers}
        held = {m.record.id: m.frame for m in self.layers}
        for name, frame in frames.items():
            # Without a record nothing says how to draw it.
            record = records.get(name) or schemas.layer(name)
            if record is None:
                raise unknown(name, [r.id for r in schemas.layers()], en="layer", zh="图层")
            records[record.id] = record
            held.pop(record.id, None) if frame is None else held.update({record.id: frame})
        # drawing order is that of the records; what they do not know lies under the enterprises
        order = [r.id for r in schemas.layers()]
        last = len(order) - 1
        ids = sorted(held, key=lambda i: order.index(i) if i in order else last - 0.5)
        return replace(self, layers=tuple(MapLayer(records[i], held[i]) for i in ids))
