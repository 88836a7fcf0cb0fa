"""``industrymap geocode FILE -o OUT``: a table with its addresses placed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from industrymap.cli._options import Command, option, output_option
from industrymap.cli._talk import current, progress, say
from industrymap.errors import ConfigError, TableError

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from industrymap.citypack import CityPack
    from industrymap.geocoding import Gazetteer
    from industrymap.geocoding.review import Confirmed
    from industrymap.tables import Table
    from industrymap.workspace import Workspace

__all__ = ["command"]

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
_MOST_CHARS = 120


@click.command(
    "geocode",
    cls=Command,
    zh="地址定位：离线优先，给出经纬度（WGS 84）、级别、半径与依据；拿不准的不猜。",
)
@click.argument("file", type=click.Path(path_type=Path))
@output_option(
    type=click.Path(path_type=Path),
    zh="输出文件，格式由扩展名决定。",
    en="Output file; the format follows the extension.",
)
@option("--city", zh="城市包（没有工作区时）。", en="City pack, if there is no workspace.")
@option(
    "-w",
    "--workspace",
    "folder",
    type=click.Path(path_type=Path),
    zh="从该工作区取图层、边界和已确认的位置。",
    en="Workspace to take layers, boundaries and confirmed places from.",
)
@option("--address", zh="地址列的列名。", en="Heading of the address column.")
@option("--sheet", zh="工作簿的工作表。", en="Sheet of a workbook.")
@option(
    "--datum",
    zh="表中坐标的坐标系：wgs84、gcj02、bd09 等。",
    en="Datum of the coordinates in the table: wgs84, gcj02, bd09 …",
)
@option(
    "--gazetteer",
    "gazetteers",
    multiple=True,
    type=click.Path(path_type=Path),
    zh="另加的地名库文件。",
    en="Another file of places.",
)
@option(
    "--provider",
    "names",
    multiple=True,
    zh="对不够精细的地址询问在线服务：amap、tianditu、baidu、tencent；密钥置于 INDUSTRYMAP_<NAME>_KEY。地址会离开本机。",
    en="Online geocoder for addresses that could not be placed precisely: amap, tianditu, baidu, tencent; its key in INDUSTRYMAP_<NAME>_KEY. Addresses leave this machine.",
)
@option(
    "--review",
    type=click.Path(path_type=Path),
    zh="复核表：从中读取已确认的位置，并写入存疑的地址。",
    en="Review file: confirmed places are read from it, doubtful ones written to it.",
)
@option(
    "--any-candidate",
    is_flag=True,
    zh="有多个同等候选时取第一个；默认都不取。",
    en="Take the first of several equally good places; by default none.",
)
@option(
    "--evaluate",
    "truth",
    type=click.Path(path_type=Path),
    zh="真值表（lon、lat、区、镇街）：报告定位的准确程度。",
    en="Table with the true lon, lat, district and town: report how good the result is.",
)
def command(
    file: Path,
    *,
    out: Path | None,
    city: str | None,
    folder: Path | None,
    address: str | None,
    sheet: str | None,
    datum: str | None,
    gazetteers: tuple[Path, ...],
    names: tuple[str, ...],
    review: Path | None,
    any_candidate: bool,
    truth: Path | None,
) -> None:
    """Geocode the addresses in a table: add lon, lat (WGS 84), level, radius, score, district, town and issues."""
    from industrymap import geocoding
    from industrymap.geocoding.online import providers

    if out is None and truth is None:
        raise ConfigError(
            "Say where the result goes: -o OUT (or --evaluate TRUTH).",
            "请用 -o 指定输出文件（或用 --evaluate 给出真值表）。",
        )
    space, pack = _city(city, folder)
    services = providers.load(names)
    table = _read(file, address=address, sheet=sheet)
    frame = _addresses(table, address, datum=datum)
    places = _gazetteer(space, pack, gazetteers)
    confirmed = _confirmed(review, space, pack)
    with _cache(space, out or file, wanted=bool(services)) as cache:
        found, problems = geocoding.geocode(
            frame,
            gazetteer=places,
            strict=not any_candidate,
            providers=services,
            cache=cache,
            review=confirmed,
            progress=progress("定位", "placing"),
        )
    found = _named(found, pack)
    _tell(found, problems)
    if truth is not None:
        _evaluate(found, truth)
    if review is not None:
        _write_review(found, confirmed, review)
    if out is not None:
        _write(found, table, out)


def _city(city: str | None, folder: Path | None) -> tuple[Workspace | None, CityPack]:
    from industrymap import citypack, workspace

    if folder is not None:
        space = workspace.load(folder)
        return space, citypack.load(city or space.city)
    if city is None:
        raise ConfigError(
            "Say which city: --city PACK or --workspace DIR.",
            "请指定城市：--city 城市包，或 --workspace 工作区。",
        )
    return None, citypack.load(city)


def _read(file: Path, *, address: str | None, sheet: str | None) -> Table:
    from industrymap import tables

    columns = None if address is None else {address: "operating_address"}
    return tables.read(file, sheet=sheet, layer="enterprises", columns=columns)


def _addresses(table: Table, wanted: str | None, *, datum: str | None) -> pd.DataFrame:
    """Return what geocoding needs of a table: its address, what it declares, and coordinates it may bring."""
    import pandas as pd

    column = next((c for c in _ADDRESSES if c in table.frame), None)
    if wanted is not None and table.headings.get("operating_address") != wanted:
        column = None
    if column is None:
        headings = list(table.headings.values())
        raise TableError(
            f"{table.name} has no address column{f' {wanted!r}' if wanted else ''}; it has {', '.join(headings)}. Name it "
            "with --address.",
            f"{table.name} 没有地址列{f'“{wanted}”' if wanted else ''}；现有列：{'、'.join(headings)}。请用 --address 指定。",
        )
    source = table.frame
    frame = pd.DataFrame({"address": source[column]}, index=source.index)
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
    if {"lon", "lat"} <= set(table.mapped):
        frame["lon"], frame["lat"] = table.number("lon"), table.number("lat")
        frame["datum"] = source.get("datum", pd.NA)
        frame["datum"] = frame["datum"].astype("string").fillna(datum or pd.NA)
    return frame


def _gazetteer(space: Workspace | None, pack: CityPack, files: tuple[Path, ...]) -> Gazetteer:
    from industrymap import layers
    from industrymap.geocoding import Gazetteer
    from industrymap.geocoding.gazetteer import imports

    named: dict[str, gpd.GeoDataFrame] = {}
    extra = [imports.read(path, pack=pack)[0] for path in files]
    if space is not None:
        for source in (*space.layers, space.districts, space.towns):
            if source is not None:
                read = layers.read(
                    source.file, layer=source.schema, datum=source.datum, extent=pack.extent
                )
                named[source.name] = read.frame
        extra += [imports.read(path, pack=pack)[0] for path in space.gazetteer]
        extra += imports.read_folder(space.state / "gazetteer")
    return Gazetteer.build(
        pack,
        districts=named.pop("districts", None),
        towns=named.pop("towns", None),
        layers=named,
        extra=extra,
    )


def _confirmed(path: Path | None, space: Workspace | None, pack: CityPack) -> Confirmed:
    from industrymap.geocoding import review

    where = path or (space.outputs / review.NAME if space else Path(review.NAME + ".none"))
    confirmed, problems = review.read(where, extent=pack.extent)
    for row in problems.to_dict("records"):
        say(
            f"{row['source']} 第 {row['row']} 行：{row['zh']}",
            f"{row['source']} row {row['row']}: {row['en']}",
            err=True,
        )
    return confirmed


def _cache(space: Workspace | None, beside: Path, *, wanted: bool) -> Any:
    from industrymap.geocoding.online.cache import NAME, Cache

    if not wanted:
        return Cache(None)
    return Cache((space.state if space else beside.parent / ".industrymap") / NAME)


def _named(found: gpd.GeoDataFrame, pack: CityPack) -> gpd.GeoDataFrame:
    units = pack.divisions[pack.divisions["valid_to"].fillna("") == ""]
    names = dict(zip(units["code"], units["name"], strict=True))
    lon, lat = found.geometry.x, found.geometry.y
    return found.assign(
        lon=lon.round(7).astype("Float64"),
        lat=lat.round(7).astype("Float64"),
        district=found["district_code"].map(names).astype("string"),
        town=found["town_code"].map(names).astype("string"),
    )


def _tell(found: gpd.GeoDataFrame, problems: pd.DataFrame) -> None:
    from industrymap import schemas

    placed = int(found["geocode_level"].notna().sum())
    share = placed / len(found) if len(found) else 0.0
    say(
        f"定位 {placed:,} / {len(found):,}（{share:.1%}）",
        f"Placed {placed:,} of {len(found):,} ({share:.1%})",
    )
    known = int(found["district_code"].notna().sum())
    say(
        f"  所在区已知 {known:,}（{known / max(1, len(found)):.1%}）",
        f"  district known {known:,} ({known / max(1, len(found)):.1%})",
    )
    words = schemas.labels("geocode_level", current())
    counts = found["geocode_level"].value_counts()
    for level, word in words.items():
        if counts.get(level):
            click.echo(f"  {word}  {counts[level]:,}")
    for rule, count in problems["rule"].value_counts().items():
        sentence = problems.loc[problems["rule"] == rule, current()].iloc[0]
        click.echo(f"  [{rule}] {count:,} × {_shortened(sentence)}")


def _shortened(sentence: str) -> str:
    return sentence if len(sentence) <= _MOST_CHARS else sentence[: _MOST_CHARS - 1] + "…"


def _evaluate(found: gpd.GeoDataFrame, path: Path) -> None:
    from industrymap import tables
    from industrymap.geocoding.review.evaluate import evaluate

    table = tables.read(path, layer="enterprises")
    truth = table.frame.rename(
        columns={
            "operating_address": "address",
            "district_declared": "district",
            "town_declared": "town",
        }
    )
    for name in ("lon", "lat"):
        if name in table.mapped:
            truth[name] = table.number(name)
    click.echo(evaluate(found, truth).text(current()))


def _write_review(found: gpd.GeoDataFrame, confirmed: Confirmed, path: Path) -> None:
    from industrymap.geocoding import review

    rows = review.make(found, confirmed=confirmed, lang=current())
    review.write(rows, path, lang=current())
    say(f"复核表 {path}：{len(rows):,} 条", f"Review file {path}: {len(rows):,} rows")


def _write(found: gpd.GeoDataFrame, table: Table, out: Path) -> None:
    """Write the table as it came, with the new columns behind its own."""
    import geopandas as gpd

    from industrymap import export

    own = table.frame.drop(columns=["source", "source_row"])
    names = [table.headings.get(str(c), str(c)) for c in own.columns]
    own = own.set_axis(_unique([f"{n}_given" if n in _ADDED else n for n in names]), axis=1)
    for heading, column in zip(list(own.columns), table.frame.columns, strict=False):
        field = table.schema_field(str(column))
        if field is not None and field.dtype in {"float", "int"}:
            own[heading] = _numbers(own[heading])
    result = own.join(found[list(_ADDED)])
    flat = out.suffix.lower() in {".csv", ".xlsx"}
    frame = result if flat else gpd.GeoDataFrame(result, geometry=found.geometry)
    written = export.write(
        frame, out, layer="enterprises", fields=list(result.columns), labels=False, lang=current()
    )
    say(f"已写出 {written[0]}", f"Wrote {written[0]}")


def _numbers(column: pd.Series[Any]) -> pd.Series[Any]:
    """Return a text column as numbers where every cell is plainly one."""
    import pandas as pd

    plain = column.str.fullmatch(r"-?(0|[1-9]\d{0,14})(\.\d+)?")
    if not plain.fillna(value=True).all():
        return column
    return pd.to_numeric(column).astype("Float64")


def _unique(names: list[str]) -> list[str]:
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return found
