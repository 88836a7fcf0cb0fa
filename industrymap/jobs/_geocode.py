"""A table with its addresses geocoded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from industrymap.errors import ConfigError, TableError
from industrymap.jobs._reading import Asked, firms_of, own_headings, unique

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import geopandas as gpd
    import pandas as pd

    from industrymap.citypack import CityPack
    from industrymap.geocoding import Gazetteer
    from industrymap.geocoding.online.cache import Cache
    from industrymap.geocoding.review import Confirmed
    from industrymap.geocoding.review.evaluate import Evaluation
    from industrymap.jobs._reading import Declared
    from industrymap.tables import Table
    from industrymap.workspace import Workspace

__all__ = ["GeocodeOptions", "Geocoded", "evaluate_file", "geocode_file"]

# Where a firm works comes before where it is registered.
_ADDRESSES = ("operating_address", "registered_address")
_ADDED = (
    "lon",
    "lat",
    "geocode_level",
    "geocode_radius_m",
    "geocode_score",
    "geocode_source",
    "district",
    "town",
    "geocode_issues",
    "geocode_evidence",
    "geocode_candidates",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GeocodeOptions:
    """What may be asked of geocoding a file.

    Attributes
    ----------
    city : str or Path, optional
        City pack; by default that of the workspace.
    workspace : Path, optional
        Workspace to take layers, boundaries, imported places and confirmed places from.
    address : str, optional
        Heading of the address column.
    sheet : str or sequence of str, optional
        Sheets of a workbook, ``"*"`` for all.
    declared : TableSource or LayerSource, optional
        What a workspace says of the file; by default what ``workspace`` says.
    datum : str, optional
        Datum of coordinates that the table brings.
    gazetteers : tuple of Path
        Further files of places.
    providers : tuple of str
        Online geocoders for addresses that could not be placed precisely; addresses leave this machine.
    review : Path, optional
        Review file: confirmed places are read from it, doubtful ones written to it.
    strict : bool
        Place nothing rather than one of several equal candidates.
    lang : str
        Language of headings that are written.

    Examples
    --------
    >>> GeocodeOptions(city="guangzhou", address="经营地址").strict
    True
    """

    city: str | Path | None = None
    workspace: Path | None = None
    address: str | None = None
    sheet: str | Sequence[str] | None = None
    declared: Declared | None = None
    datum: str | None = None
    gazetteers: tuple[Path, ...] = ()
    providers: tuple[str, ...] = ()
    review: Path | None = None
    strict: bool = True
    lang: str = "zh"


@dataclass(frozen=True, slots=True, kw_only=True)
class Geocoded:
    """What came of geocoding a file.

    Attributes
    ----------
    frame : GeoDataFrame
        One row per row of the table, with the columns that :func:`industrymap.geocode` adds, ``district`` and ``town``.
    issues : DataFrame
        What is doubtful about the places.
    reading : DataFrame
        What reading the file found: the same that a check and a build say of it.
    review_issues : DataFrame
        Rows of the review file that could not be used.
    to_review : int
        Rows written to the review file.
    written : list of Path
    """

    frame: gpd.GeoDataFrame
    issues: pd.DataFrame
    reading: pd.DataFrame
    review_issues: pd.DataFrame
    to_review: int
    written: list[Path]


def geocode_file(
    file: str | Path,
    output: str | Path | None = None,
    *,
    options: GeocodeOptions,
    progress: Callable[[int, int], None] | None = None,
) -> Geocoded:
    r"""Geocode the addresses in a table and, with ``output``, write it with the places behind its own columns.

    Parameters
    ----------
    file : str or Path
    output : str or Path, optional
        The format follows the extension.
    options : GeocodeOptions
        At least the city or a workspace.
    progress : callable, optional
        Called as ``progress(done, total)``.

    Returns
    -------
    geocoded : Geocoded

    Raises
    ------
    ConfigError
        Neither a city nor a workspace is named.
    TableError
        There is no address column.
    IndustryMapError
        A file cannot be read or written.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> import industrymap as im
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "firms.csv"
    ...     _ = file.write_text("企业名称,经营地址\n甲公司,广州市白云区太和镇\n", encoding="utf-8")
    ...     placed = im.geocode_file(file, options=im.GeocodeOptions(city="guangzhou"))
    >>> placed.frame[["district", "town"]].iloc[0].tolist()
    ['白云区', '太和镇']
    """
    from industrymap import enterprises, geocoding
    from industrymap.geocoding import review
    from industrymap.geocoding.online import providers

    space, pack = _city(options)
    services = providers.load(options.providers)
    # A column named by the user is read as the operating address, whatever it is called.
    declared = options.declared or (space.declared(file) if space else None)
    asked = Asked(
        sheet=options.sheet,
        datum=options.datum,
        declared=declared,
        extent=pack.extent,
        columns={} if options.address is None else {options.address: "operating_address"},
    )
    table = enterprises.joined(firms_of(Path(file), asked))
    datum = options.datum or (declared.datum if declared else None)
    addresses = _addresses(table, options.address, datum=datum)
    # What a person confirmed goes before every gazetteer, here as in a build.
    confirmed, review_issues = _confirmed(options.review, space, pack)
    target = None if output is None else Path(output)
    # Answers of a provider cost allowance: those of a file are kept beside it, or in its workspace.
    with _cache(space, target or Path(file), wanted=bool(services)) as cache:
        placed, problems = geocoding.geocode(
            addresses,
            gazetteer=_gazetteer(space, pack, options.gazetteers),
            strict=options.strict,
            providers=services,
            cache=cache,
            review=confirmed,
            progress=progress,
        )
    placed = _named(placed, pack)
    doubtful = 0
    if options.review is not None:
        rows = review.make(placed, confirmed=confirmed, lang=options.lang)
        review.write(rows, options.review, lang=options.lang)
        doubtful = len(rows)
    return Geocoded(
        frame=placed,
        issues=problems,
        reading=table.issues,
        review_issues=review_issues,
        to_review=doubtful,
        written=[] if target is None else _write(placed, table, target, lang=options.lang),
    )


def evaluate_file(geocoded: Geocoded, truth: str | Path) -> Evaluation:
    """Compare geocoded addresses with a table of the true ``lon``, ``lat``, district and town."""
    from industrymap import tables
    from industrymap.geocoding.review.evaluate import evaluate

    table = tables.read(Path(truth), layer="enterprises")
    known = table.frame.rename(
        columns={
            "operating_address": "address",
            "district_declared": "district",
            "town_declared": "town",
        }
    )
    for name in ("lon", "lat"):
        if name in table.mapped:
            known[name] = table.number(name)
    return evaluate(geocoded.frame, known)


def _city(options: GeocodeOptions) -> tuple[Workspace | None, CityPack]:
    from industrymap import citypack, workspace

    if options.workspace is not None:
        space = workspace.load(options.workspace)
        # A pack in the workspace is named from where the workspace is.
        named = (
            workspace.city_named(str(options.city), space.folder) if options.city else space.city
        )
        return space, citypack.load(named)
    if options.city is None:
        raise ConfigError(
            "Name the city: a city pack (city), or a workspace (workspace).",
            "请指定城市：城市包（city）或工作区（workspace）。",
        )
    return None, citypack.load(options.city)


def _addresses(table: Table, wanted: str | None, *, datum: str | None) -> pd.DataFrame:
    """Return what geocoding needs of a table: its address, what it declares, and coordinates it may bring."""
    import pandas as pd

    column = next((c for c in _ADDRESSES if c in table.frame), None)
    # The column named is another than the one that was recognised: nothing must be geocoded in its
    # stead.
    if wanted is not None and table.headings.get("operating_address") != wanted:
        column = None
    placed = {"lon", "lat"} <= set(table.mapped)
    # Coordinates alone are a place, here as in a build.
    if column is None and (wanted is not None or not placed):
        headings = list(table.headings.values())
        raise TableError(
            f"{table.name} has no address column{f' {wanted!r}' if wanted else ''}; it has {', '.join(headings)}. Name it "
            "with --address.",
            f"{table.name} 没有地址列{f'“{wanted}”' if wanted else ''}；现有列：{'、'.join(headings)}。请用 --address 指定。",
        )
    source = table.frame
    nothing = pd.Series(pd.NA, index=source.index, dtype="string")
    frame = pd.DataFrame({"address": nothing if column is None else source[column]})
    for name in (
        "name",
        "enterprise_id",
        "district_declared",
        "town_declared",
        "source",
        "source_row",
    ):
        if name in source:
            frame[name] = source[name]
    if placed:
        frame["lon"], frame["lat"] = table.number("lon"), table.number("lat")
        frame["datum"] = source.get("datum", pd.NA)
        # A row's own datum wins over what is said of the whole file.
        frame["datum"] = frame["datum"].astype("string").fillna(datum or pd.NA)
    return frame


def _gazetteer(space: Workspace | None, pack: CityPack, files: tuple[Path, ...]) -> Gazetteer:
    """Gather what the gazetteer knows: the files named, and everything a build of the workspace would use."""
    from industrymap.geocoding import Gazetteer
    from industrymap.geocoding.gazetteer import imports

    sources = () if space is None else (*space.layers, space.districts, space.towns)
    named = {
        source.name: source.read(extent=pack.extent).frame
        for source in sources
        if source is not None
    }
    wanted = files if space is None else (*files, *space.gazetteer)
    extra = [imports.read(path, pack=pack)[0] for path in wanted]
    # The same sources as a build, or a firm would be placed in two ways.
    if space is not None:
        extra += imports.read_folder(space.state / "gazetteer")
    return Gazetteer.build(
        pack,
        districts=named.pop("districts", None),
        towns=named.pop("towns", None),
        layers=named,
        extra=extra,
    )


def _confirmed(
    path: Path | None, space: Workspace | None, pack: CityPack
) -> tuple[Confirmed, pd.DataFrame]:
    """Read confirmed places from the review file named, else from that of the workspace; and those that the workspace keeps."""
    from industrymap.geocoding import review

    # A name at which no file can be: without a workspace there is nothing confirmed yet.
    where = path or (space.outputs / review.NAME if space else Path(review.NAME + ".none"))
    kept = space.state / review.KEPT if space else None
    return review.read(where, kept=kept, extent=pack.extent)


def _cache(space: Workspace | None, beside: Path, *, wanted: bool) -> Cache:
    from industrymap.geocoding.online.cache import NAME, Cache

    if not wanted:
        return Cache(None)
    # Beside the result where there is no workspace: the next run on the same file pays nothing
    # twice.
    return Cache((space.state if space else beside.parent / ".industrymap") / NAME)


def _named(placed: gpd.GeoDataFrame, pack: CityPack) -> gpd.GeoDataFrame:
    # Former units have names as well, some of them the name of a current one.
    units = pack.divisions[pack.divisions["valid_to"].fillna("") == ""]
    names = dict(zip(units["code"], units["name"], strict=True))
    lon, lat = placed.geometry.x, placed.geometry.y
    return placed.assign(
        lon=lon.round(7).astype("Float64"),
        lat=lat.round(7).astype("Float64"),
        district=placed["district_code"].map(names).astype("string"),
        town=placed["town_code"].map(names).astype("string"),
    )


def _write(placed: gpd.GeoDataFrame, table: Table, out: Path, *, lang: str) -> list[Path]:
    """Write the table as it came, with the new columns behind its own."""
    import geopandas as gpd

    from industrymap import export

    kept = own_headings(table, table.frame.drop(columns=["source", "source_row"]))
    # A column of the file that has the name of an added one keeps its content under another.
    names = unique([f"{n}_given" if n in _ADDED else n for n in kept.values()])
    own = table.frame[list(kept)].set_axis(names, axis=1)
    for heading, column in zip(names, kept, strict=True):
        field = table.schema_field(column)
        if field is not None and field.dtype in {"float", "int"}:
            own[heading] = _numbers(own[heading])
    result = own.join(placed[list(_ADDED)])
    flat = out.suffix.lower() in {".csv", ".xlsx"}
    frame = result if flat else gpd.GeoDataFrame(result, geometry=placed.geometry)
    return export.write(
        frame, out, layer="enterprises", fields=list(result.columns), labels=False, lang=lang
    )


def _numbers(column: pd.Series[str]) -> pd.Series[str] | pd.Series[float]:
    """Return a text column as numbers where every cell is plainly one."""
    import pandas as pd

    # No leading zeros: 020 is an area code, not the number 20.
    plain = column.str.fullmatch(r"-?(0|[1-9]\d{0,14})(\.\d+)?")
    if not plain.fillna(value=True).all():
        return column
    return pd.to_numeric(column).astype("Float64")
