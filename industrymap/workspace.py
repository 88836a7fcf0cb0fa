"""A workspace: one folder with ``industrymap.toml``, ``layers/``, ``boundaries/`` and ``outputs/``.

:func:`load` reads the configuration into :class:`Workspace` and names every wrong key at once, each with the
nearest right one; :func:`create` makes an empty workspace for a city.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from industrymap import files, schemas
from industrymap.errors import ConfigError, FileMissingError, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from industrymap.export import Meta

__all__ = [
    "ADDRESS_KINDS",
    "BASEMAPS",
    "CONFIG",
    "TABLE_KINDS",
    "LayerSource",
    "TableSource",
    "Workspace",
    "create",
    "load",
]

CONFIG = "industrymap.toml"
"""Name of the configuration file."""

TABLE_KINDS = ("statistics", "tax", "registry", "list", "coordinates")
"""What an enterprise table is; the default source order follows it."""

ADDRESS_KINDS = ("operating", "registered")
"""Which address is placed first."""

BASEMAPS = ("none", "tianditu", "amap", "tencent", "osm")
"""Optional basemaps of the page; ``none`` contacts nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSource:
    """One enterprise table.

    Attributes
    ----------
    file : Path
        Absolute path.
    kind : str
        One of :data:`TABLE_KINDS`.
    sheet : str, optional
        Sheet of a workbook; the first with a header by default.
    datum : str, optional
        Datum of its longitude and latitude columns.
    year : int, optional
        Year of its figures where its headers do not say.
    taxonomy, label : str, optional
        For a ``list``: what the firms on it are tagged with.
    """

    file: Path
    kind: str
    sheet: str | None = None
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
        Its name in the workspace: ``village_parks``, ``districts``, …
    file : Path
        Absolute path.
    schema : str
        The schema its columns follow (:data:`industrymap.schemas.LAYERS`).
    datum : str, optional
        Datum or CRS, where the file does not say.
    kind : str, optional
        For background layers: ``water``, ``road``, …
    """

    name: str
    file: Path
    schema: str
    datum: str | None = None
    kind: str | None = None


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
        Standards.
    basemap : str
        One of :data:`BASEMAPS`.
    outputs : Path
        Where a build writes.
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
    routes: str = "routes-proposal-2025"
    pilots: str = "pilots-2021"
    blocks: str = "blocks-2020"
    basemap: str = "none"
    outputs: Path = field(default_factory=lambda: Path("outputs"))

    @property
    def state(self) -> Path:
        """Folder of what the program keeps between runs: caches, built frames, imported gazetteers."""
        return self.folder / ".industrymap"

    @property
    def database(self) -> Path:
        """The GeoPackage of parks, blocks and zones with their history."""
        return self.folder / "base.gpkg"

    def layer(self, name: str) -> LayerSource | None:
        """Return the layer source called ``name``, or ``None``."""
        return next((source for source in self.layers if source.name == name), None)

    def schema_of(self, name: str) -> str:
        """Return the schema that names the columns of a built layer, or ``""`` where it has none."""
        if name in {"districts", "towns"}:
            return "divisions"
        source = self.layer(name)
        return source.schema if source else name if name in schemas.LAYERS else ""

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


_SCHEMA_OF = {
    "village_parks": "village_parks",
    "industrial_blocks": "industrial_blocks",
    "value_innovation_parks": "zones",
}


def load(folder: str | Path) -> Workspace:
    """Read a workspace's configuration.

    Parameters
    ----------
    folder : str or Path
        The workspace, or its ``industrymap.toml``.

    Returns
    -------
    workspace : Workspace

    Raises
    ------
    FileMissingError
        There is no such folder, or no ``industrymap.toml`` in it.
    ConfigError
        Keys or values are wrong: all of them in one message.
    """
    folder = Path(folder)
    path = folder if folder.name == CONFIG else folder / CONFIG
    if not path.is_file():
        msg = f"There is no {CONFIG} in {path.parent}: make a workspace with `industrymap init {path.parent} --city PACK`."
        zh = f"{path.parent} 中没有 {CONFIG}：请先用 `industrymap init {path.parent} --city 城市包` 建立工作区。"
        raise FileMissingError(msg, zh)
    source = files.check(path, allow=("toml",))
    return parse(files.read_text(source), folder=path.parent.resolve())


def parse(text: str, *, folder: Path) -> Workspace:
    """Parse the text of an ``industrymap.toml`` that stands in ``folder``.

    Raises
    ------
    ConfigError
        As :func:`load`.
    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(
            f"{CONFIG} is not valid TOML: {error}.", f"{CONFIG} 不是有效的 TOML：{error}。"
        ) from error
    root = _Keys(raw, "", [], folder)
    found = _read(root, folder)
    if root.wrong:
        lines_en = "; ".join(en for en, _ in root.wrong)
        lines_zh = "；".join(zh for _, zh in root.wrong)
        raise ConfigError(
            f"{CONFIG} has {len(root.wrong)} wrong entries: {lines_en}.",
            f"{CONFIG} 有 {len(root.wrong)} 处错误：{lines_zh}。",
        )
    return found


def _read(root: _Keys, folder: Path) -> Workspace:
    about = root.section("workspace")
    firms = root.section("enterprises")
    places = root.section("geocoding")
    rules = root.section("triage")
    page = root.section("map")
    edges = root.section("boundaries")
    out = root.section("outputs")
    layers = root.section("layers")
    found = Workspace(
        folder=folder,
        title=about.text("title", required=True),
        city=about.text("city", required=True),
        producer=about.text("producer"),
        source=about.text("source"),
        review_number=about.text("review_number"),
        data_date=about.day("data_date"),
        simulated=about.flag("simulated", default=False),
        year=firms.year("year"),
        threshold_10k_cny=firms.amount("threshold_10k_cny", default=1000.0),
        address=firms.choice("address", ADDRESS_KINDS, default="operating"),
        source_order=firms.choices("source_order", TABLE_KINDS) or TABLE_KINDS,
        tables=tuple(_table(entry) for entry in firms.entries("tables")),
        layers=tuple(_layer(name, layers.section(name)) for name in layers.names()),
        background=tuple(_background(entry) for entry in edges.entries("background")),
        districts=_edge("districts", edges),
        towns=_edge("towns", edges),
        gazetteer=tuple(places.paths("gazetteer")),
        strict=places.flag("strict", default=True),
        providers=tuple(places.texts("providers")),
        routes=rules.text("routes", default="routes-proposal-2025"),
        pilots=rules.text("pilots", default="pilots-2021"),
        blocks=rules.text("blocks", default="blocks-2020"),
        basemap=page.choice("basemap", BASEMAPS, default="none"),
        outputs=folder / out.text("folder", default="outputs"),
    )
    for section in (about, firms, places, rules, page, edges, out, layers, root):
        section.finish()
    return found


def _table(keys: _Keys) -> TableSource:
    found = TableSource(
        file=keys.path("file"),
        kind=keys.choice("kind", TABLE_KINDS, default="statistics"),
        sheet=keys.text("sheet") or None,
        datum=keys.text("datum") or None,
        year=keys.whole("year"),
        taxonomy=keys.text("taxonomy") or None,
        label=keys.text("label") or None,
    )
    if found.kind == "list" and not (found.taxonomy and found.label):
        keys.fault(
            f"{keys.name} is a list and needs taxonomy and label",
            f"{keys.name} 是名单，需要填写 taxonomy 和 label",
        )
    keys.finish()
    return found


def _layer(name: str, keys: _Keys) -> LayerSource:
    from industrymap.schemas import LAYERS

    found = LayerSource(
        name=name,
        file=keys.path("file"),
        schema=keys.choice("schema", LAYERS, default=_SCHEMA_OF.get(name, "zones")),
        datum=keys.text("datum") or None,
        kind=keys.text("kind") or None,
    )
    keys.finish()
    return found


def _background(keys: _Keys) -> LayerSource:
    kind = keys.choice("kind", ("water", "road", "green", "label"), default="water")
    found = LayerSource(
        name=f"background_{kind}",
        file=keys.path("file"),
        schema="zones",
        datum=keys.text("datum") or None,
        kind=kind,
    )
    keys.finish()
    return found


def _edge(name: str, edges: _Keys) -> LayerSource | None:
    if name not in edges.names():
        return None
    keys = edges.section(name)
    found = LayerSource(
        name=name, file=keys.path("file"), schema="divisions", datum=keys.text("datum") or None
    )
    keys.finish()
    return found


class _Keys:
    """One TOML table that remembers which keys were asked for and what was wrong with them."""

    def __init__(
        self, raw: Mapping[str, Any], name: str, wrong: list[tuple[str, str]], folder: Path
    ) -> None:
        self.raw = raw
        self.name = name
        self.wrong = wrong
        self.folder = folder
        self.asked: set[str] = set()

    def fault(self, en: str, zh: str) -> None:
        self.wrong.append((en, zh))

    def names(self) -> list[str]:
        return list(self.raw)

    def section(self, key: str) -> _Keys:
        value = self._take(key, dict, "a table", "表", {})
        return _Keys(value, self._path(key), self.wrong, self.folder)

    def entries(self, key: str) -> list[_Keys]:
        value = self._take(key, list, "a list of tables", "表的列表", [])
        return [
            _Keys(entry, f"{self._path(key)}[{number}]", self.wrong, self.folder)
            for number, entry in enumerate(value, start=1)
            if self._is(entry, dict, f"{key}[{number}]", "a table", "表")
        ]

    def text(self, key: str, *, default: str = "", required: bool = False) -> str:
        if required and key not in self.raw:
            self.asked.add(key)
            self.fault(f"{self._path(key)} is missing", f"缺少 {self._path(key)}")
            return default
        return str(self._take(key, str, "a text", "文本", default))

    def texts(self, key: str) -> list[str]:
        value = self._take(key, list, "a list of texts", "文本列表", [])
        return [entry for entry in value if self._is(entry, str, key, "a text", "文本")]

    def flag(self, key: str, *, default: bool) -> bool:
        return bool(self._take(key, bool, "true or false", "true 或 false", default))

    def whole(self, key: str) -> int | None:
        value: int | None = self._take(key, int, "a whole number", "整数", None)
        return value

    def year(self, key: str) -> int | Literal["latest"] | None:
        if self.raw.get(key) == "latest":
            self.asked.add(key)
            return "latest"
        return self.whole(key)

    def amount(self, key: str, *, default: float) -> float:
        value = self._take(key, (int, float), "a number", "数字", default)
        if value < 0:
            self.fault(
                f"{self._path(key)} = {value} is negative", f"{self._path(key)} = {value} 为负数"
            )
        return float(value)

    def day(self, key: str) -> date | None:
        value: date | None = self._take(
            key, date, "a date such as 2025-12-31", "日期，如 2025-12-31", None
        )
        return value

    def choice(self, key: str, known: Iterable[str], *, default: str) -> str:
        value = self.text(key, default=default)
        return self._known(key, value, tuple(known), default)

    def choices(self, key: str, known: Iterable[str]) -> tuple[str, ...]:
        known = tuple(known)
        return tuple(self._known(key, value, known, known[0]) for value in self.texts(key))

    def path(self, key: str) -> Path:
        return self.folder / self.text(key, required=True)

    def paths(self, key: str) -> list[Path]:
        return [self.folder / value for value in self.texts(key)]

    def finish(self) -> None:
        """Name every key nobody asked for, with the nearest that somebody did."""
        for key in self.raw:
            if key in self.asked:
                continue
            near = nearest(key, self.asked, n=1)
            known = ", ".join(sorted(self.asked))
            hint_en = f"did you mean {near[0]!r}" if near else f"known: {known}"
            hint_zh = f"是否应为 {near[0]!r}" if near else f"可用：{known}"
            self.fault(
                f"unknown key {self._path(key)!r} ({hint_en})",
                f"未知键 {self._path(key)!r}（{hint_zh}）",
            )

    def _take(self, key: str, kind: Any, en: str, zh: str, default: Any) -> Any:
        self.asked.add(key)
        if key not in self.raw:
            return default
        value = self.raw[key]
        return value if self._is(value, kind, key, en, zh) else default

    def _is(self, value: Any, kind: Any, key: str, en: str, zh: str) -> bool:
        right = isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
        if not right:
            self.fault(
                f"{self._path(key)} = {value!r} should be {en}",
                f"{self._path(key)} = {value!r} 应为{zh}",
            )
        return right

    def _known(self, key: str, value: str, known: tuple[str, ...], default: str) -> str:
        if value in known:
            return value
        near = nearest(value, known, n=1)
        hint = near[0] if near else ", ".join(known)
        self.fault(
            f"{self._path(key)} = {value!r} is none of {', '.join(known)} (nearest: {hint})",
            f"{self._path(key)} = {value!r} 不在可选值 {'、'.join(known)} 之内（最接近：{hint}）",
        )
        return default

    def _path(self, key: str) -> str:
        return f"{self.name}.{key}" if self.name else key


_TEMPLATE = """\
# industrymap workspace · 产业地图工作区
# Every key is optional except title and city. 除 title 与 city 外均可省略。

[workspace]
title = "{title}"
city = "{city}"
producer = ""            # 制图单位
source = ""              # 数据来源
# data_date = 2025-12-31 # 数据日期
simulated = false
review_number = ""       # 审图号 (needed by --profile public)

[enterprises]
# year = 2025            # reference year, or "latest" for each firm's own · 基准年；"latest" 为各企业最新一年
threshold_10k_cny = 1000 # 万元
address = "operating"    # or "registered" · 经营地址 / 注册地址
tables = [
  {{ file = "layers/enterprises.xlsx", kind = "statistics" }},
  # {{ file = "layers/tax.csv", kind = "tax" }},
  # {{ file = "layers/registry.csv", kind = "registry" }},
  # {{ file = "layers/list.xlsx", kind = "list", taxonomy = "tiers", label = "专精特新中小企业" }},
]

# [layers.village_parks]
# file = "layers/village_parks.gpkg"

# [layers.industrial_blocks]
# file = "layers/industrial_blocks.shp"
# datum = "EPSG:4547"

[boundaries]
# `industrymap boundaries fetch --city {city} -w .` writes the first; add datum = "gcj02" where a file says none.
districts = {{ file = "boundaries/districts.geojson" }}
# towns = {{ file = "boundaries/towns.geojson" }}

[geocoding]
gazetteer = []
strict = true
providers = []           # "amap", "tianditu", "baidu", "tencent"
"""


def create(folder: str | Path, *, city: str, title: str) -> list[Path]:
    """Make an empty workspace.

    Parameters
    ----------
    folder : str or Path
        Made when missing; refused when it already holds a workspace.
    city : str
        Name of the city pack.
    title : str
        Title of the map.

    Returns
    -------
    made : list of Path
        The configuration file and the folders.

    Raises
    ------
    ConfigError
        There is a workspace already.
    WriteFailedError
        The folder cannot be written.
    """
    folder = Path(folder)
    if (folder / CONFIG).exists():
        raise ConfigError(
            f"{folder} already holds a workspace: {CONFIG} stays as it is.",
            f"{folder} 已经是工作区：{CONFIG} 保持不变。",
        )
    made = [folder / name for name in ("layers", "boundaries", "outputs")]
    for path in made:
        files.make_folder(path)
    text = _TEMPLATE.format(title=_quoted(title), city=_quoted(city))
    files.write_text(folder / CONFIG, text)
    return [folder / CONFIG, *made]


def _quoted(text: str) -> str:
    """Escape ``text`` for a TOML basic string."""
    safe = text.replace("\\", "\\\\").replace('"', '\\"')
    return "".join(c if c.isprintable() else f"\\U{ord(c):08X}" for c in safe)
