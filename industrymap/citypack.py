"""A city pack: what the program knows about one city, kept as files that a planner can read and correct.

``cities/<pack>/`` holds ``city.toml``, ``divisions.csv``, ``zones.csv``, ``villages.csv``, ``town_points.csv``, ``taxonomies/``, ``standards/`` and
``targets.csv``. Code knows no city's name. A pack may be in any folder: give its path in place of a name.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from industrymap import errors, files, settings
from industrymap.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = [
    "DIVISION_COLUMNS",
    "TOWN_POINT_COLUMNS",
    "VILLAGE_COLUMNS",
    "ZONE_COLUMNS",
    "CityPack",
    "bare_name",
    "division_problems",
    "known",
    "load",
    "provinces",
    "split",
]

DIVISION_COLUMNS = (
    "code",
    "name",
    "level",
    "parent_code",
    "aliases",
    "valid_from",
    "valid_to",
    "replaced_by",
    "source",
)
"""Columns of ``divisions.csv``. ``code`` may be empty for a former unit whose code is not known; ``aliases``
and ``replaced_by`` hold several values separated by ``|``; dates are ISO, a year alone will do. Where no source dates an
end, ``valid_to`` is when a source first shows that the unit is gone, and ``source`` says 至迟 or 其时已为."""

ZONE_COLUMNS = ("name", "aliases", "after_city", "district_codes", "town_codes", "source")
"""Columns of ``zones.csv``: development zones and well-known areas with the districts they lie in; several codes mean
that the name alone does not tell which. ``after_city`` are names that mean this zone right behind the city's own only."""

VILLAGE_COLUMNS = ("name", "town_code", "formerly_in", "source")
"""Columns of ``villages.csv``, which a pack may have: the town a village lies in, and the districts (``|``) that it was written
with before it moved."""

TOWN_POINT_COLUMNS = ("code", "lon", "lat", "radius_m", "source")
"""Columns of ``town_points.csv``, which a pack may have: a point of a town in WGS 84 and the radius that it needs, for a map
without town boundaries."""

# Only what a pack has units of; the province and the city itself are keys of city.toml.
LEVELS = ("district", "town")

_SUFFIXES = ("街道办事处", "街道", "街", "镇", "乡", "区", "县", "市")
"""What the names of districts and towns end in; a longer suffix comes before the shorter one it ends with."""

_FOLDER = Path(__file__).parent / "cities"


@dataclass(frozen=True, slots=True, kw_only=True)
class CityPack:
    """One city's knowledge.

    Attributes
    ----------
    pack_id : str
        Name of its folder.
    folder : Path
        Where its files are.
    name, name_en : str
        The city's name, Chinese with its suffix (市) and English.
    division_code : str
        Six digits of the city (GB/T 2260).
    crs : str
        Projected CRS in which areas and lengths are measured, e.g. ``"EPSG:4547"``.
    extent : tuple of float
        ``(lon_min, lat_min, lon_max, lat_max)`` in WGS 84 degrees: what a point of this city may be.
    city_aliases : tuple of str
        Other names of the city itself.
    province : str
        Name of its province, empty where it has none.
    province_aliases : tuple of str
        Other names of the province.
    divisions : DataFrame
        :data:`DIVISION_COLUMNS` as strings: districts and towns, current and former.
    zones : DataFrame
        :data:`ZONE_COLUMNS` as strings.
    villages, town_points : DataFrame
        :data:`VILLAGE_COLUMNS` and :data:`TOWN_POINT_COLUMNS` as strings; empty where the pack has none.
    defaults : mapping
        The free table ``[defaults]`` of ``city.toml``, e.g. the taxonomy shown first.
    parent : CityPack or None
        The pack named by ``inherits``: its taxonomies and its proposed standards serve where this one has none.
    adopts_official : bool
        Whether the official standards and targets of that pack hold here too. They are another city's documents, so they
        do not unless ``city.toml`` says ``adopts_official = true``, or a workspace names the standard.
    """

    pack_id: str
    folder: Path
    name: str
    name_en: str
    division_code: str
    crs: str
    extent: tuple[float, float, float, float]
    city_aliases: tuple[str, ...]
    province: str
    province_aliases: tuple[str, ...]
    divisions: pd.DataFrame = field(repr=False, compare=False)
    zones: pd.DataFrame = field(repr=False, compare=False)
    villages: pd.DataFrame = field(repr=False, compare=False)
    town_points: pd.DataFrame = field(repr=False, compare=False)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    parent: CityPack | None = None
    adopts_official: bool = False

    def __repr__(self) -> str:
        return f"<CityPack {self.pack_id!r} {self.name}: {counted(len(self.divisions), 'division')}, {self.crs}>"

    def owns(self, path: Path) -> bool:
        """Tell whether a file is this pack's own, and not inherited."""
        # An inherited standard of another city is official there, not here.
        return path.is_relative_to(self.folder)

    @property
    def folders(self) -> tuple[Path, ...]:
        """Folders that its data may lie in: those it inherits from first, its own last."""
        return (*(self.parent.folders if self.parent else ()), self.folder)

    @property
    def taxonomies(self) -> dict[str, Path]:
        """Taxonomy id → its CSV file, sorted; this pack's files win over inherited ones."""
        return _files(self, "taxonomies", ".csv", without=(".rules.csv", ".lists.csv"))

    @property
    def taxonomy_rules(self) -> dict[str, Path]:
        """Taxonomy id → its rule file ``<id>.rules.csv``, sorted."""
        return _files(self, "taxonomies", ".rules.csv")

    @property
    def standards(self) -> dict[str, Path]:
        """Standard id → its TOML file, sorted; this pack's files win over inherited ones."""
        return _files(self, "standards", ".toml")

    @property
    def targets(self) -> Path | None:
        """``targets.csv`` of this pack, or of the one whose official documents it adopts, or ``None``."""
        # Targets are another city's documents: inherited only where this city adopts them.
        own = self.folder / "targets.csv"
        if own.is_file():
            return own
        return self.parent.targets if self.parent and self.adopts_official else None

    def current(self, level: str) -> pd.DataFrame:
        """Return the divisions of ``level`` that are valid today, by code."""
        table = self.divisions
        # An end date of any kind ends it: former units stay in the table so that old addresses are
        # understood.
        keep = (table["level"] == level) & (table["valid_to"] == "")
        return table[keep].sort_values("code", ignore_index=True)


def known() -> list[str]:
    """Return the ids of the packs that come with the package."""
    return sorted(path.parent.name for path in _FOLDER.glob("*/city.toml"))


def load(name: str | Path) -> CityPack:
    """Load a city pack by the name of a shipped one, or from a folder of your own.

    Parameters
    ----------
    name : str or Path
        ``"guangzhou"``, or the path of a folder that holds ``city.toml`` and ``divisions.csv``.

    Returns
    -------
    pack : CityPack

    Raises
    ------
    CityPackError
        No such pack (the nearest names are listed), or files that contradict each other.

    Examples
    --------
    >>> load("guangzhou").crs
    'EPSG:4547'
    """
    return _load(_folder_of(name), seen=())


@cache
def provinces() -> tuple[tuple[str, str, str], ...]:
    """Return name, short name and ``|``-separated prefectures of every province of the country.

    What an address outside the city begins with; from ``cities/china.csv``.
    """
    table = _read_csv(_FOLDER / "china.csv", ("province", "short", "prefectures"))
    return tuple((str(a), str(b), str(c)) for a, b, c in table.itertuples(index=False))


def split(text: str) -> list[str]:
    """Split a ``|``-separated cell.

    Examples
    --------
    >>> split("440112| 440115 |")
    ['440112', '440115']
    """
    return [part.strip() for part in text.split("|") if part.strip()] if text else []


def bare_name(name: str) -> str:
    """Return a division's name without its suffix, which tables leave out as they like.

    Examples
    --------
    >>> bare_name("天河区"), bare_name("石牌街道办事处"), bare_name("沙面")
    ('天河', '石牌', '沙面')
    """
    for suffix in _SUFFIXES:
        # Two characters must be left: 沙区 or 东镇 without its suffix would fit half the addresses.
        if name.endswith(suffix) and len(name) > len(suffix) + 1:
            return name.removesuffix(suffix)
    return name


def division_problems(table: pd.DataFrame) -> list[tuple[int, str, str]]:
    """Find what a table of divisions contradicts itself in.

    Parameters
    ----------
    table : DataFrame
        :data:`DIVISION_COLUMNS` as strings.

    Returns
    -------
    problems : list of (int, str, str)
        Row as a spreadsheet shows it (header is row 1), one sentence in English, one in Chinese: duplicate
        codes, parents or successors that do not exist, a unit that is its own ancestor or successor, unknown levels.
    """
    rows: list[dict[str, Any]] = [
        {"row": number, **dict(zip(table.columns, cells, strict=True))}
        for number, cells in enumerate(table.itertuples(index=False), start=2)
    ]
    codes = {row["code"] for row in rows if row["code"]}
    problems = [*_duplicates(rows), *_bad_rows(rows, codes)]
    parents = {row["code"]: [row["parent_code"]] for row in rows if row["code"]}
    # Followed like parents: a chain of mergers must end in a unit that exists.
    successors = {row["code"]: split(row["replaced_by"]) for row in rows if row["code"]}
    # A circle would make the look-up of a parent or successor run for ever.
    for row in rows:
        if _reaches_itself(row["code"], parents):
            problems.append(_problem(row, "is its own ancestor", "的上级代码绕回了自己"))
        if _reaches_itself(row["code"], successors):
            problems.append(
                _problem(row, "is replaced by itself in the end", "的继任单位绕回了自己")
            )
    return sorted(problems)


def _files(
    pack: CityPack, folder: str, suffix: str, *, without: tuple[str, ...] = ()
) -> dict[str, Path]:
    """Return id → file of one folder of a pack, over what its parent has."""
    inherited = _files(pack.parent, folder, suffix, without=without) if pack.parent else {}
    own = {
        path.name.removesuffix(suffix): path
        for path in (pack.folder / folder).glob(f"*{suffix}")
        # 12218.rules.csv ends in .csv as well and is no taxonomy.
        if not path.name.endswith(without or "\0")
    }
    # Own files over inherited ones of the same name; sorted, whatever order the folder lists them
    # in.
    return dict(sorted((inherited | own).items()))


def _duplicates(rows: list[dict[str, Any]]) -> list[tuple[int, str, str]]:
    first: dict[str, int] = {}
    duplicates = []
    for row in rows:
        code = row["code"]
        if code and code in first:
            en = f"has the code {code} that row {first[code]} has already"
            duplicates.append(_problem(row, en, f"的代码 {code} 与第 {first[code]} 行重复"))
        first.setdefault(code, row["row"])
    return duplicates


def _bad_rows(rows: list[dict[str, Any]], codes: set[str]) -> list[tuple[int, str, str]]:
    bad_rows = []
    for row in rows:
        if not row["name"]:
            bad_rows.append(_problem(row, "has no name", "没有名称"))
        if row["level"] not in LEVELS:
            en = f"has the level {row['level']!r}, expected one of {', '.join(LEVELS)}"
            bad_rows.append(
                _problem(row, en, f"的层级为 {row['level']!r}，应为 {'、'.join(LEVELS)} 之一")
            )
        if row["level"] == "town" and row["parent_code"] not in codes:
            en = f"names the parent {row['parent_code']!r}, which no row has"
            bad_rows.append(_problem(row, en, f"的上级代码 {row['parent_code']!r} 不存在"))
        for code in split(row["replaced_by"]):
            if code not in codes:
                en = f"names the successor {code!r}, which no row has"
                bad_rows.append(_problem(row, en, f"的继任代码 {code!r} 不存在"))
        if not row["valid_to"] and not row["code"]:
            bad_rows.append(
                _problem(row, "is a current unit without a code", "是现行单位却没有代码")
            )
        if row["valid_to"] and not row["replaced_by"]:
            bad_rows.append(
                _problem(row, "has ended and names no successor", "已撤销但没有继任单位")
            )
    return bad_rows


def _problem(row: Mapping[str, Any], en: str, zh: str) -> tuple[int, str, str]:
    name = f"{row['name']!r}"
    return row["row"], f"row {row['row']} ({name}) {en}", f"第 {row['row']} 行（{row['name']}）{zh}"


def _reaches_itself(code: str, following: Mapping[str, Iterable[str]]) -> bool:
    seen: set[str] = set()
    ahead = list(following.get(code, ()))
    # A list instead of recursion, and what was seen is not walked again: several units may have one
    # successor.
    while ahead:
        step = ahead.pop()
        if step == code:
            return True
        if step not in seen:
            seen.add(step)
            ahead.extend(following.get(step, ()))
    return False


def _folder_of(name: str | Path) -> Path:
    text = str(name)
    if text in known():
        return _FOLDER / text
    folder = Path(text)
    if (folder / "city.toml").is_file():
        return folder
    hint_en, hint_zh = errors.did_you_mean(errors.nearest(text.lower(), known(), n=1))
    raise errors.CityPackError(
        f"There is no city pack {text!r}.{hint_en} Known: {', '.join(known())}. "
        "A folder of your own needs city.toml and divisions.csv.",
        f"没有名为 {text!r} 的城市包。{hint_zh}可用：{'、'.join(known())}。自备的文件夹须有 city.toml 和 divisions.csv。",
    )


def _load(folder: Path, seen: tuple[Path, ...]) -> CityPack:
    # By the real path: two packs may name each other through different spellings.
    if folder.resolve() in seen:
        raise errors.CityPackError(
            f"City pack {folder.name!r} inherits from itself.",
            f"城市包 {folder.name!r} 继承了自己。",
        )
    card = settings.parse(
        _text(folder / "city.toml"), name=_where(folder / "city.toml"), error=errors.CityPackError
    )
    inherits = card.text("inherits")
    about = {
        "name": card.text("name", required=True),
        "name_en": card.text("name_en"),
        "division_code": card.text("division_code", required=True),
        "crs": card.text("crs", required=True),
        "province": card.text("province"),
    }
    extent = _extent(card)
    aliases, province_aliases = card.texts("aliases"), card.texts("province_aliases")
    defaults = card.section("defaults").raw
    adopts = card.flag("adopts_official", default=False)
    # Read so that it counts as known; it is for the person who opens the file.
    card.text("source")
    card.finish()
    # All wrong keys at once, and before the parent: its mistakes belong to another file.
    card.check()
    parent = _load(_folder_of(inherits), (*seen, folder.resolve())) if inherits else None
    return CityPack(
        pack_id=folder.name,
        folder=folder,
        **about,
        extent=extent,
        city_aliases=tuple(aliases),
        province_aliases=tuple(province_aliases),
        divisions=_read_divisions(folder / "divisions.csv"),
        zones=_read_optional(folder / "zones.csv", ZONE_COLUMNS),
        villages=_read_optional(folder / "villages.csv", VILLAGE_COLUMNS),
        town_points=_read_optional(folder / "town_points.csv", TOWN_POINT_COLUMNS),
        defaults=defaults,
        parent=parent,
        adopts_official=adopts,
    )


def _extent(card: settings.Keys) -> tuple[float, float, float, float]:
    """Read the box a point of the city may lie in; a wrong one is remembered with the other wrong keys."""
    # A list with a text in it has been reported already and must not be reported as a wrong extent
    # too.
    wrong_before = len(card.wrong)
    values = card.numbers("extent", required=True)
    if len(values) == 4 and values[0] < values[2] and values[1] < values[3]:
        return values[0], values[1], values[2], values[3]
    if len(card.wrong) == wrong_before:
        card.fault(
            f"extent = {values!r}, expected [lon_min, lat_min, lon_max, lat_max]",
            f"extent = {values!r}，应为 [最小经度, 最小纬度, 最大经度, 最大纬度]",
        )
    return 0.0, 0.0, 0.0, 0.0


def _read_divisions(path: Path) -> pd.DataFrame:
    table = _read_csv(path, DIVISION_COLUMNS)
    problems = division_problems(table)
    if problems:
        # The first by row; the others may follow from it.
        _, en, zh = problems[0]
        raise errors.CityPackError(
            f"{_where(path)}: {en}; {len(problems)} problem(s) in all.",
            f"{_where(path)}：{zh}；共 {len(problems)} 处问题。",
        )
    return table


def _read_optional(path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    if not path.is_file():
        return pd.DataFrame({name: pd.Series(dtype="string") for name in columns})
    return _read_csv(path, columns)


def _read_csv(path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    """Read a table as text: codes keep their zeros, empty stays empty."""
    # As text: 440106 is a name here, and 010100 would lose its zero.
    table = pd.read_csv(
        io.StringIO(_text(path)), dtype="string", keep_default_na=False, comment="#"
    )
    missing = [name for name in columns if name not in table]
    # A misspelt heading is an unknown and a missing column: both are named.
    unknown = [name for name in table if name not in columns]
    if missing or unknown:
        raise errors.CityPackError(
            f"{_where(path)}: missing columns {missing}, unknown columns {unknown}.",
            f"{_where(path)}：缺少列 {missing}，多出列 {unknown}。",
        )
    return table.assign(**{name: table[name].str.strip() for name in columns})


def _text(path: Path) -> str:
    try:
        return files.read_text(files.check(path, allow=(path.suffix.removeprefix("."),)))
    except errors.FileMissingError as error:
        raise errors.CityPackError(
            f"The city pack lacks {_where(path)}.", f"城市包缺少 {_where(path)}。"
        ) from error


def _where(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"
