"""Every place an address can be matched with: divisions, zones, and whatever files and layers brought."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from industrymap.citypack import split
from industrymap.geocoding.address import pinyin_names, to_chinese
from industrymap.geocoding.address.vocabulary import DISTRICT, WEAK, SpellingEntry
from industrymap.geocoding.gazetteer import _divisions, _places, _roads
from industrymap.geocoding.gazetteer._spellings import surfaces
from industrymap.geocoding.gazetteer.houses import Houses, Spot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import geopandas as gpd
    import numpy.typing as npt

    from industrymap.citypack import CityPack

__all__ = ["Gazetteer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gazetteer:
    """What the city's places are called and where they are; made by :meth:`build`.

    Attributes
    ----------
    pack : CityPack
        Divisions, zones and the city's own names.
    entries : list of SpellingEntry
        What each spelling means, by pattern.
    names : mapping of str to str
        Code → name of today's divisions.
    areas : mapping of str to Spot
        Code → point and radius of every division that has a polygon.
    kind_of, name_of, district_of, town_of : list of str
        Of every place, by its row.
    spots : list of Spot or None
        Point and radius of every place, ``None`` where no file gave one.
    houses : mapping of int to Houses
        Row of a road → its house numbers.
    transferred : mapping of str to frozenset of str
        District → today's towns that once belonged to it and lie in another now.
    streets : list of int
        Of every road: equal for the pieces of one road, in whatever town or district.
    near : frozenset of int
        Rows of roads that only come near their town: they count where no road of the name lies in it.
    districts : GeoDataFrame or None
        District polygons, where there are any.
    find : callable
        (pattern, start, end) of every spelling in a normalised text, left to right, longest first.
    code_of_district : mapping of int to str
        Pattern → code of today's district that it names in full.

    Examples
    --------
    >>> import industrymap as im
    >>> from industrymap.geocoding import parse
    >>> gazetteer = im.Gazetteer.build(im.load_city("guangzhou"))
    >>> parse("广州市东山区农林街道", gazetteer).district_code  # 东山区 became part of 越秀区
    '440104'
    """

    pack: CityPack
    entries: list[SpellingEntry] = field(repr=False)
    names: Mapping[str, str] = field(repr=False)
    areas: Mapping[str, Spot] = field(repr=False)
    kind_of: list[str] = field(repr=False)
    name_of: list[str] = field(repr=False)
    district_of: list[str] = field(repr=False)
    town_of: list[str] = field(repr=False)
    houses: Mapping[int, Houses] = field(repr=False)
    near: frozenset[int] = field(repr=False)
    districts: gpd.GeoDataFrame | None = field(repr=False)
    spots: list[Spot | None] = field(repr=False)
    transferred: Mapping[str, frozenset[str]] = field(repr=False)
    streets: list[int] = field(repr=False)
    _whole: list[int] = field(repr=False)
    find: Callable[[str], list[tuple[int, int, int]]] = field(repr=False)
    code_of_district: Mapping[int, str] = field(repr=False)
    _latin: list[tuple[dict[str, str], dict[str, int]]] = field(default_factory=list, repr=False)
    _labels: dict[int, str] = field(default_factory=dict, repr=False)
    _described: dict[tuple[str | None, str | None], str] = field(default_factory=dict, repr=False)
    _towns_within: dict[tuple[str, int], str | None] = field(default_factory=dict, repr=False)

    @classmethod
    def build(
        cls,
        pack: CityPack,
        *,
        districts: gpd.GeoDataFrame | None = None,
        towns: gpd.GeoDataFrame | None = None,
        layers: Mapping[str, gpd.GeoDataFrame] | None = None,
        extra: Iterable[pd.DataFrame] = (),
    ) -> Gazetteer:
        """Build a gazetteer from a city pack and whatever else is known.

        Parameters
        ----------
        pack : CityPack
            Divisions with their former names, zones.
        districts, towns : GeoDataFrame, optional
            Polygons with ``code`` and ``name`` (WGS 84): they give divisions a point and a radius, and other places their
            codes.
        layers : mapping of str to GeoDataFrame, optional
            Layers of the workspace whose named polygons are places too, by layer name.
        extra : iterable of DataFrame, optional
            Imported places (:data:`PLACE_COLUMNS`, with or without geometry).

        Returns
        -------
        gazetteer : Gazetteer
        """
        from ahocorasick_rs import AhoCorasick, MatchKind

        places = _places.gather(layers or {}, extra, pack)
        places = _places.complete(places, pack, districts, towns)
        kind = places["kind"]
        net = _roads.network(
            places[kind == "road"],
            places[kind == "address"],
            pack,
            districts=districts,
            towns=towns,
        )
        others = places[~kind.isin(["road", "address"])]
        table = pd.concat([net.pieces, others], ignore_index=True)
        named = table[~_flag(table, "joined")]
        units = [*_divisions.divisions(pack), *_divisions.zones(pack.zones)]
        found = surfaces(
            pack,
            units,
            zip(named.index, named["kind"], named["name"], named["aliases"], strict=True),
        )
        spellings = sorted(found)
        entries = [found[s] for s in spellings]
        current = pack.divisions[pack.divisions["valid_to"] == ""]
        areas = _places.areas(districts, towns, pack)
        return cls(
            pack=pack,
            entries=entries,
            names=dict(zip(current["code"], current["name"], strict=True)),
            areas={
                str(code): spot
                for code, spot in zip(areas.index, _spots(areas), strict=True)
                if spot
            },
            kind_of=table["kind"].tolist(),
            name_of=table["name"].tolist(),
            district_of=table["district_code"].tolist(),
            town_of=table["town_code"].tolist(),
            houses=net.houses,
            near=frozenset(table.index[_flag(table, "near")].tolist()),
            districts=districts,
            spots=_spots(table),
            transferred=_divisions.transferred(units),
            streets=net.pieces["street"].tolist() if "street" in net.pieces else [],
            _whole=net.pieces["whole"].tolist(),
            code_of_district={
                pattern: entry.district.districts[0]
                for pattern, entry in enumerate(entries)
                if entry.role == DISTRICT and entry.district
            },
            find=AhoCorasick(
                spellings, matchkind=MatchKind.LeftmostLongest
            ).find_matches_as_indexes,
        )

    def town_within(self, district: str, pattern: int) -> str | None:
        """Return what a spelling right behind a district means there.

        The code of the one current town it can be, empty where a bare name is no town of that district, or ``None`` where it
        must be weighed.
        """
        key = district, pattern
        if key not in self._towns_within:
            self._towns_within[key] = _only_town(self.entries[pattern], district)
        return self._towns_within[key]

    @property
    def own_names(self) -> tuple[str, ...]:
        """Names with which an address of this city begins."""
        return tuple(filter(None, (self.pack.province, self.pack.name)))

    def in_chinese(self, text: str) -> str | None:
        """Write an address in English or pinyin with the Chinese names of this city, or ``None`` where none fits."""
        if not self._latin:
            ranks, names = _latin_names(self)
            self._latin.append((pinyin_names(names), ranks))
        names_by_pinyin, ranks_by_name = self._latin[0]
        return to_chinese(text, names_by_pinyin, ranks_by_name)

    def label(self, code: str) -> str:
        """Return ``name｜code`` of a division."""
        return f"{self.names.get(code, '')}｜{code}"

    def label_place(self, ordinal: int) -> str:
        """Return where a place lies and what it is called: ``黄埔区联和街道科学大道``."""
        label = self._labels.get(ordinal)
        if label is None:
            where = self.describe(self.district_of[ordinal], self.town_of[ordinal])
            label = self._labels[ordinal] = where + self.name_of[ordinal]
        return label

    def describe(self, district: str | None, town: str | None) -> str:
        """Return the names of a district and a town, as far as they are known."""
        key = district, town
        if key not in self._described:
            names = self.names
            self._described[key] = names.get(district or "", "") + names.get(town or "", "")
        return self._described[key]

    def area(self, district: str, town: str | None) -> tuple[str | None, Spot | None]:
        """Return level, point and radius of a town, or else of its district, as far as they have polygons."""
        if town is not None and town in self.areas:
            return "town", self.areas[town]
        if district in self.areas:
            return "district", self.areas[district]
        return None, None

    def wholes(self, pieces: list[int]) -> list[int]:
        """Return the roads that pieces of one name belong to, joined across the towns of their district."""
        if len(pieces) == 1:
            return [self._whole[pieces[0]]]
        return list(dict.fromkeys(self._whole[piece] for piece in pieces))

    def with_wholes(self, pieces: list[int]) -> list[int]:
        """Return pieces and then the roads they belong to."""
        if len(pieces) == 1:
            piece, whole = pieces[0], self._whole[pieces[0]]
            return pieces if piece == whole else [piece, whole]
        return list(dict.fromkeys((*pieces, *self.wholes(pieces))))


def _latin_names(gazetteer: Gazetteer) -> tuple[dict[str, int], list[str]]:
    """Return the rank of every division's name, and all names that an English address may hold."""
    pack = gazetteer.pack
    ranks = dict.fromkeys(filter(None, (pack.province, *pack.province_aliases)), 0)
    ranks |= dict.fromkeys((pack.name, *pack.city_aliases), 1)
    for name, level in zip(pack.divisions["name"], pack.divisions["level"], strict=True):
        ranks.setdefault(str(name), 2 if level == "district" else 4)
    for name, aliases in zip(pack.zones["name"], pack.zones["aliases"], strict=True):
        ranks |= dict.fromkeys((str(name), *split(str(aliases))), 3)
    for name in list(ranks):
        if name.endswith("街道"):
            ranks.setdefault(name.removesuffix("道"), 4)
    return ranks, [*ranks, *gazetteer.name_of]


def _flag(table: pd.DataFrame, column: str) -> npt.NDArray[np.bool_]:
    """Return a yes-or-no column, no where the table does not say."""
    if column not in table:
        return np.zeros(len(table), dtype=bool)
    return table[column].eq(other=True).fillna(value=False).to_numpy(dtype=bool)


def _only_town(entry: SpellingEntry, district: str) -> str | None:
    if entry.own_city or entry.own_province or entry.zones or entry.places:
        return None
    within = [(s, u) for s, u in entry.towns if district in u.within or district in u.districts]
    if not within:
        return "" if entry.is_weak else None
    best = max(s for s, _ in within)
    if best == WEAK and any(u.former for _, u in within):
        return None
    units = [u for s, u in within if s == best and not u.former and district in u.within]
    return units[0].towns[0] if len(units) == 1 else None


def _spots(table: pd.DataFrame) -> list[Spot | None]:
    return [
        Spot(lon, lat, radius) if lon == lon else None  # noqa: PLR0124 - NaN is not itself
        for lon, lat, radius in zip(table["lon"], table["lat"], table["radius_m"], strict=True)
    ]
