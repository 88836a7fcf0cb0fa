"""What a workspace is: its inputs, its choices, and where it keeps things."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypedDict

from industrymap import files, schemas
from industrymap.errors import FileMissingError, LayerError
from industrymap.terms import TABLE_KINDS
from industrymap.wording import counted

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from industrymap.export import Meta
    from industrymap.layers import Layer

__all__ = [
    "CONFIG",
    "LayerSource",
    "TableSource",
    "Workspace",
]

CONFIG = "industrymap.toml"
"""Name of the configuration file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSource:
    """One enterprise table.

    Attributes
    ----------
    file : Path
        Absolute path.
    kind : str
        One of :data:`industrymap.terms.TABLE_KINDS`.
    sheet : str or tuple of str, optional
        Sheets of a workbook, ``"*"`` for all; by default the one whose headings are known best.
    table : int, optional
        Which table of a sheet that holds several.
    columns, units : dict of str to str
        Heading → field, and heading → unit, for headings that the schema does not know.
    datum : str, optional
        Datum of its longitude and latitude columns.
    year : int, optional
        Year of its figures where its headers do not say.
    taxonomy, label : str, optional
        For a ``list``: what the firms on it are tagged with.
    """

    file: Path
    kind: str
    sheet: str | tuple[str, ...] | None = None
    table: int | None = None
    columns: dict[str, str] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    datum: str | None = None
    year: int | None = None
    taxonomy: str | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerSource:
    """One polygon or line layer.

    Attributes
    ----------
    name : str
        Its name in the workspace: ``industrial_blocks``, ``districts``, …
    file : Path
        Absolute path of a file, or of a folder whose files are one layer.
    schema : str
        The schema its columns follow (:func:`industrymap.schemas.names`).
    datum : str, optional
        Datum or CRS, where the file does not say.
    kind : str, optional
        For background layers: ``water``, ``road``, …
    table : str, optional
        Layer inside a file of several; by default the one that names most fields.
    columns : mapping of str to str
        Name in the file → field, where a person decided.
    units : mapping of str to str
        Name in the file → unit of its numbers.
    record : LayerRecord, optional
        What the layer is to the map.
    """

    name: str
    file: Path
    schema: str
    datum: str | None = None
    kind: str | None = None
    table: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    record: schemas.LayerRecord | None = None

    def require(self) -> None:
        """Raise ``FileMissingError``, with how to get them, for boundaries that are not there."""
        if self.schema == "divisions" and not self.file.exists():
            raise _no_boundaries(self.file)

    def read(self, *, extent: tuple[float, float, float, float] | None = None) -> Layer:
        """Read the layer as the configuration says; build and doctor read it in no other way.

        Raises
        ------
        IndustryMapError
            As :func:`industrymap.layers.read`; boundaries without a name or a code.
        """
        from industrymap import layers

        self.require()
        content = layers.read(
            self.file,
            layer=self.schema,
            datum=self.datum,
            extent=extent,
            table=self.table,
            columns=self.columns,
            units=self.units,
        )
        # Areas without name or code would assign no firm, and every figure by district would be
        # empty.
        if self.schema == "divisions" and not {"name", "code"} & set(content.headings):
            raise _nameless(content)
        return content


def _no_boundaries(file: Path) -> FileMissingError:
    """Say how boundaries that are not there are had: a workspace is made before they are."""
    return FileMissingError(
        f"{file} does not exist: run industrymap boundaries fetch, or name a file of your own under [boundaries] in "
        "industrymap.toml.",
        f"找不到边界文件 {file}：请运行 industrymap boundaries fetch 获取，或在 industrymap.toml 的 [boundaries] 中写明已有的文件。",
    )


def _nameless(layer: Layer) -> LayerError:
    """Say that nobody could tell which district or town a firm is in."""
    given = [str(heading) for heading in layer.headings.values()]
    return LayerError(
        f"{layer.name} holds boundaries, but none of its columns is a name or a code (found: {', '.join(given) or 'none'}). "
        "Say which one is: columns = { 'COLUMN' = 'name' } beside its file in industrymap.toml.",
        f"{layer.name} 是行政区边界，但没有名称或代码列（现有：{'、'.join(given) or '无'}）。"
        "请在 industrymap.toml 中该文件旁注明，如 columns = { '列名' = 'name' }。",
    )


class Imprint(TypedDict):
    """What every page, card and park sheet of a workspace states; the day as text, empty where it is unknown."""

    title: str
    producer: str
    source: str
    data_date: str
    review_number: str
    simulated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """Everything ``industrymap.toml`` says, typed and checked.

    Attributes
    ----------
    folder : Path
        The workspace.
    title, producer, source, review_number : str
        Texts of the map's title block; ``review_number`` is the 审图号.
    city : str
        City pack: a name, or a folder.
    data_date : date, optional
        The date the figures belong to.
    simulated : bool
        Whether everything made from this workspace says 模拟数据.
    year : int or "latest", optional
        Reference year; by default the latest that most firms have figures for. ``"latest"`` takes each firm's own latest.
    threshold_10k_cny : float
        Annual revenue from which a firm is in the base, in 万元.
    address : str
        Which address is placed first.
    source_order : tuple of str
        Table kinds, most trusted first.
    tables, layers, background : tuple
        Inputs.
    districts, towns : LayerSource, optional
        Boundaries.
    gazetteer : tuple of Path
        Gazetteer files.
    strict : bool
        Place nothing rather than one of several equal candidates.
    providers : tuple of str
        Online geocoders, in order; none by default.
    routes, pilots, blocks : str
        Standards; empty for those of the city pack.
    grading_inputs : tuple of Path
        Tables that grading takes land, energy and the like from.
    parcels : Path, optional
        Parcels with their holders.
    basemap : str
        A basemap of the page (:data:`industrymap.basemaps.BASEMAPS`); ``none`` contacts nobody.
    outputs : Path
        Where a build writes.
    limits : Limits
        How much an input file may hold: the defaults, or what ``[limits]`` raises knowingly.
    own : Own
        Schemas and layers that the workspace brings.
    """

    folder: Path
    title: str
    city: str
    producer: str = ""
    source: str = ""
    review_number: str = ""
    data_date: date | None = None
    simulated: bool = False
    year: int | Literal["latest"] | None = None
    threshold_10k_cny: float = 1000.0
    address: str = "operating"
    source_order: tuple[str, ...] = TABLE_KINDS
    tables: tuple[TableSource, ...] = ()
    layers: tuple[LayerSource, ...] = ()
    background: tuple[LayerSource, ...] = ()
    districts: LayerSource | None = None
    towns: LayerSource | None = None
    gazetteer: tuple[Path, ...] = ()
    strict: bool = True
    providers: tuple[str, ...] = ()
    routes: str = ""
    pilots: str = ""
    blocks: str = ""
    grading_inputs: tuple[Path, ...] = ()
    parcels: Path | None = None
    basemap: str = "none"
    outputs: Path = field(default_factory=lambda: Path("outputs"))
    limits: files.Limits = field(default_factory=files.limits_in_force)
    own: schemas.Own = field(default_factory=schemas.own, repr=False, compare=False)

    def __repr__(self) -> str:
        layers = ", ".join(source.name for source in self.layers)
        return f"<Workspace {self.title!r} in {self.folder}: {counted(len(self.tables), 'table')}; {layers or 'no layers'}>"

    @property
    def state(self) -> Path:
        """Folder of what the program keeps between runs: caches, built frames, imported gazetteers."""
        return self.folder / ".industrymap"

    @property
    def database(self) -> Path:
        """The GeoPackage of parks, blocks and zones with their history."""
        return self.folder / "base.gpkg"

    @property
    def series(self) -> Path:
        """Folder of the running database: figures over time, one file for each addition."""
        return self.folder / "series"

    def layer(self, name: str) -> LayerSource | None:
        """Return the layer source called ``name``, or ``None``."""
        return next((source for source in self.layers if source.name == name), None)

    def declared(self, file: str | Path) -> TableSource | LayerSource | None:
        """Return what the workspace says about a file it names: its datum, its sheet; ``None`` where it does not name it."""
        # By the real path: the same file may be named from another folder or through a link.
        place = Path(file).resolve()
        named = (*self.tables, *self.layers, *self.background, self.districts, self.towns)
        return next((s for s in named if s is not None and s.file.resolve() == place), None)

    def schema_of(self, name: str) -> str:
        """Return the schema that names the columns of a built layer, or ``""`` where it has none."""
        source = self.layer(name)
        if source:
            return source.schema
        known = schemas.layer(name)
        # A layer that was built but is no longer in the settings still has its shipped schema.
        return known.schema if known else name if name in schemas.names() else ""

    def record(self, name: str) -> schemas.LayerRecord:
        """Return what a layer of this workspace is; one that nothing is known of is context."""
        source = self.layer(name)
        if source and source.record:
            return source.record
        return schemas.layer(name) or schemas.LayerRecord(
            name=name, id=name, schema=self.schema_of(name) or "zones", zh=name, en=name
        )

    def imprint(self) -> Imprint:
        """Return what pages, cards and park sheets state of the workspace, as their options take it."""
        return {
            "title": self.title,
            "producer": self.producer,
            "source": self.source,
            "data_date": "" if self.data_date is None else self.data_date.isoformat(),
            "review_number": self.review_number,
            "simulated": self.simulated,
        }

    def about(self, *, title: str = "", note: str = "") -> Meta:
        """Return what every file made from this workspace says about itself."""
        from industrymap.export import Meta

        return Meta(
            title=title or self.title,
            simulated=self.simulated,
            data_date=self.data_date,
            source=self.source,
            producer=self.producer,
            note=note,
        )
