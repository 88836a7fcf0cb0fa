"""From ``industrymap.toml`` to a workspace."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from industrymap import citypack, files, schemas, settings
from industrymap.basemaps import BASEMAPS
from industrymap.errors import ConfigError, FileMissingError, nearest
from industrymap.terms import ADDRESS_KINDS, TABLE_KINDS
from industrymap.workspace._layers import layer_record, own_schemas
from industrymap.workspace._model import (
    CONFIG,
    LayerSource,
    TableSource,
    Workspace,
)

__all__ = ["city_named", "load", "parse"]

_GROUND = {"water": "water", "road": "roads"}
"""Kind of a background layer → the layer that is drawn of it."""


def load(folder: str | Path) -> Workspace:
    r"""Read a workspace's configuration.

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

    Examples
    --------
    >>> from dataclasses import replace
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> import industrymap as im
    >>> with TemporaryDirectory() as folder:
    ...     text = '[workspace]\ntitle = "x"\ncity = "sample"\n'
    ...     _ = (Path(folder) / "industrymap.toml").write_text(text, encoding="utf-8")
    ...     space = im.load_workspace(folder)
    >>> space.city, space.threshold_10k_cny, space.strict
    ('sample', 1000.0, True)
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
    """Parse the text of an ``industrymap.toml`` that lies in ``folder``.

    Raises
    ------
    ConfigError
        As :func:`load`.
    """
    root = settings.parse(text, name=CONFIG, error=ConfigError, folder=folder)
    # Schemas of the workspace loaded before must not serve this one.
    schemas.begin()
    space = _read(root, folder)
    root.check()
    return replace(space, own=schemas.own())


def _read(root: settings.Keys, folder: Path) -> Workspace:
    about = root.section("workspace")
    firms = root.section("enterprises")
    places = root.section("geocoding")
    rules = root.section("triage")
    grades = root.section("grading")
    page = root.section("map")
    edges = root.section("boundaries")
    out = root.section("outputs")
    layers = root.section("layers")
    own_schemas(folder, root)  # before the layers, which name them
    space = Workspace(
        folder=folder,
        title=about.text("title", required=True),
        city=city_named(about.text("city", required=True), folder),
        producer=about.text("producer"),
        source=about.text("source"),
        review_number=about.text("review_number"),
        data_date=about.day("data_date"),
        simulated=about.flag("simulated", default=False),
        year=firms.year("year"),
        threshold_10k_cny=firms.amount("threshold_10k_cny", default=1000.0),
        address=firms.choice("address", ADDRESS_KINDS, default="operating"),
        source_order=firms.choices("source_order", TABLE_KINDS) or TABLE_KINDS,
        tables=_tables(firms),
        layers=tuple(_layer(name, layers.section(name)) for name in layers.names()),
        background=tuple(_background(entry) for entry in edges.entries("background")),
        districts=_boundary("districts", edges),
        towns=_boundary("towns", edges),
        gazetteer=tuple(places.paths("gazetteer")),
        strict=places.flag("strict", default=True),
        providers=tuple(places.texts("providers")),
        routes=rules.text("routes"),
        pilots=rules.text("pilots"),
        blocks=rules.text("blocks"),
        grading_inputs=tuple(grades.paths("inputs")),
        parcels=grades.path("parcels") if "parcels" in grades.names() else None,
        basemap=page.choice("basemap", ("none", *(b.id for b in BASEMAPS)), default="none"),
        outputs=folder / out.text("folder", default="outputs"),
        limits=_limits(root.section("limits")),
    )
    # Last: a key is only unknown once every reader has asked for its own.
    for section in (about, firms, places, rules, grades, page, edges, out, layers, root):
        section.finish()
    return space


def city_named(text: str, folder: Path) -> str:
    """Return the name of a shipped pack, or the folder of one that the workspace names from where it is itself."""
    # A shipped name wins over a folder of the same name beside the workspace.
    if text in citypack.known() or not (folder / text / "city.toml").is_file():
        return text  # a path that is not there is refused, with the nearest names, by who loads the pack
    return str((folder / text).resolve())


def _limits(keys: settings.Keys) -> files.Limits:
    try:
        return files.read_limits(keys.raw, base=files.limits_in_force())
    except ConfigError as error:
        # Reported with the other faults of the file, without the full stop that ends a sentence of its
        # own.
        keys.fault(error.en.rstrip("."), error.zh.rstrip("。"))
        return files.limits_in_force()


def _sheets(keys: settings.Keys) -> str | tuple[str, ...] | None:
    """Return one sheet's name, several, or ``"*"`` for all."""
    if isinstance(keys.raw.get("sheet"), list):
        return tuple(keys.texts("sheet")) or None
    return keys.text("sheet") or None


def _tables(firms: settings.Keys) -> tuple[TableSource, ...]:
    """Read every enterprise table; what ``[enterprises.columns]`` says holds for all of them."""
    columns, units = _columns(firms.section("columns"), "enterprises")
    return tuple(_table(entry, columns, units) for entry in firms.entries("tables"))


def _table(keys: settings.Keys, columns: dict[str, str], units: dict[str, str]) -> TableSource:
    own_columns, own_units = _columns(keys.section("columns"), "enterprises")
    table = TableSource(
        file=keys.path("file"),
        kind=keys.choice("kind", TABLE_KINDS, default="statistics"),
        sheet=_sheets(keys),
        table=keys.whole("table"),
        # What is said for one table wins over what is said for all of them.
        columns=columns | own_columns,
        units=units | own_units,
        datum=keys.text("datum") or None,
        year=keys.whole("year"),
        taxonomy=keys.text("taxonomy") or None,
        label=keys.text("label") or None,
    )
    # Without a label nobody could tell what being on the list means.
    if table.kind == "list" and not (table.taxonomy and table.label):
        keys.fault(
            f"{keys.name} is a list and needs taxonomy and label",
            f"{keys.name} 是名单，需要填写 taxonomy 和 label",
        )
    keys.finish()
    return table


def _layer(name: str, keys: settings.Keys) -> LayerSource:
    known = schemas.layer(name)
    # a layer is named after its schema, unless it is one more of a kind that is shipped
    default = known.schema if known else name if name in schemas.names() else "zones"
    schema = keys.choice("schema", schemas.names(), default=default)
    columns, units = _columns(keys.section("columns"), schema)
    layer = LayerSource(
        name=name,
        file=keys.path("file"),
        schema=schema,
        record=layer_record(name, schema, keys),
        datum=keys.text("datum") or None,
        kind=keys.text("kind") or None,
        table=keys.text("table") or None,
        columns=columns,
        units=units,
    )
    keys.finish()
    return layer


def _columns(keys: settings.Keys, schema: str) -> tuple[dict[str, str], dict[str, str]]:
    """Read ``"heading" = "field"`` or ``"heading" = { field = "…", unit = "…" }``; return fields and units, both by heading."""
    fields = [f for f in schemas.fields(schema) if f.stage == "read"]
    known = [f.name for f in fields]
    # People write the word they see in the table; both it and the field's name are taken.
    chinese = {f.zh: f.name for f in fields}
    columns: dict[str, str] = {}
    units: dict[str, str] = {}
    for heading in keys.names():
        section = keys.section(heading) if isinstance(keys.raw[heading], dict) else None
        field = section.text("field", required=True) if section else keys.text(heading)
        field = chinese.get(field, field)
        unit = section.text("unit") if section else ""
        if section:
            section.finish()
        if field not in known:
            near = (nearest(field, known, n=1) or known)[0]
            keys.fault(
                f"columns {heading!r} names no field {field!r} (nearest: {near})",
                f"columns 中“{heading}”对应的字段“{field}”不存在（最接近：{near}）",
            )
            continue
        columns[heading] = field
        if unit:
            units[heading] = unit
    return columns, units


def _background(keys: settings.Keys) -> LayerSource:
    kind = keys.choice("kind", ("water", "road", "green", "label"), default="water")
    background = LayerSource(
        name=f"background_{kind}",
        file=keys.path("file"),
        schema="zones",
        record=schemas.layer(_GROUND.get(kind, "water")),
        datum=keys.text("datum") or None,
        kind=kind,
        table=keys.text("table") or None,
    )
    keys.finish()
    return background


def _boundary(name: str, edges: settings.Keys) -> LayerSource | None:
    if name not in edges.names():
        return None
    keys = edges.section(name)
    columns, units = _columns(keys.section("columns"), "divisions")
    boundary = LayerSource(
        name=name,
        file=keys.path("file"),
        schema="divisions",
        record=schemas.layer(name),
        datum=keys.text("datum") or None,
        table=keys.text("table") or None,
        columns=columns,
        units=units,
    )
    keys.finish()
    return boundary
