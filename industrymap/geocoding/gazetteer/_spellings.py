"""Every spelling a place may have in an address, and what each spelling means.

A *strong* spelling says what it is (天河区, 石井街, 新塘镇). A *weak* one (天河, 石井) counts only where its
neighbours leave no doubt: 天河路 is no district.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from industrymap import citypack
from industrymap.citypack import split
from industrymap.geocoding.address import PinyinNames, normalise, to_chinese
from industrymap.geocoding.address.vocabulary import (
    CITY,
    DISTRICT,
    EXACT,
    FOLDED,
    PROVINCE,
    WEAK,
    SpellingEntry,
    Village,
)
from industrymap.geocoding.gazetteer._places import flagged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Self

    import pandas as pd

    from industrymap.citypack import CityPack
    from industrymap.geocoding.address.vocabulary import Division, Token
    from industrymap.geocoding.gazetteer._divisions import DivisionIndex

__all__ = ["BUILDING", "PARK", "ROAD", "VILLAGE", "SpellingIndex", "surfaces"]

ROAD, PARK, BUILDING, VILLAGE = "road", "park", "building", "village"

_TOWN_SUFFIXES = ("街道", "镇", "乡", "街")
_TOWN_SPELLINGS = {
    "街道": ("街道", "街", "街道办事处", "街道办", "街办事处", "街办"),
    "街": ("街道", "街", "街道办事处", "街道办", "街办事处", "街办"),
    "镇": ("镇", "镇人民政府", "镇政府"),
    "乡": ("乡", "乡政府"),
}
_DISTRICT_SUFFIXES = ("区", "市", "县")
_FOREIGN_SUFFIXES = (
    "维吾尔自治区",
    "壮族自治区",
    "回族自治区",
    "自治区",
    "特别行政区",
    "地区",
    "林区",
    "省",
    "市",
    "盟",
    "县",
)
_VILLAGE_SPELLINGS = (
    "村",
    "村委会",
    "村民委员会",
    "村委",
    "社区",
    "社区居委会",
    "居委会",
    "经济联社",
    "联社",
)
_VILLAGE_SUFFIXES = (
    "社区居民委员会",
    "村民委员会",
    "居民委员会",
    "社区居委会",
    "村委会",
    "居委会",
    "经济联合社",
    "经济联社",
    "联社",
    "社区",
    "村",
)
_DIGITS = "0123456789"
_GENERAL = re.compile(
    r"(?:工业[园区城]|产业园|科技园|园区|校区|院区|厂区|小区|社区|开发区|花园|家园|佳苑|新村|公寓|别墅|宿舍|学[校院]|大学|[中小]学|医院|车站|码头|厂房|公司|商铺|店面"
    r"|综合|办公|教学|实验|理工|职业|技术|省级|市级|机关|延伸|交口|[区园苑期幢栋座楼角侧面边段门口校店厂]"
    r"|[东南西北中上下前后内外新老旧大小正横直支主副以与和及第一二三四五六七八九十甲乙丙丁A-Z0-9])+"
    r"|大厦|广场|中心|市场|商[场城]|酒店|宾馆"
)
"""A name of nothing but general words: 学院, 科技园, 二区, 西北角. Half of a city's addresses hold one of them inside another name."""
_GENERAL_ROADS = frozenset(
    {"大街", "大道", "支路", "公路", "马路", "东路", "南路", "西路", "北路", "中路"}
)
"""What is left of a road's name whose first half was lost, and the end of many other roads."""
_MIN_STEM = 2
_MIN_SHORT_NAME = 4


class SpellingIndex:
    """Finds every spelling in a text and says what each may mean; the :class:`~.address.vocabulary.Vocabulary` of a city.

    Parameters
    ----------
    pack : CityPack
        The city's own names, for addresses in English.
    spellings : mapping of str to SpellingEntry
        From :func:`surfaces`.
    divisions : DivisionIndex
        Labels of candidates.
    places : sequence of str
        Names of all places, for addresses in English.

    Attributes
    ----------
    entries : list of SpellingEntry
        What each spelling means, by pattern.
    code_of_district : dict of int to str
        Pattern → code of today's district that it names in full.
    own_names : tuple of str
        Names with which an address of this city begins.
    find : callable
        (pattern, start, end) of every spelling in a normalised text, left to right, longest first.
    label : callable
        ``name｜code`` of a division.
    """

    def __init__(
        self,
        pack: CityPack,
        spellings: dict[str, SpellingEntry],
        divisions: DivisionIndex,
        places: Sequence[str],
    ) -> None:
        from ahocorasick_rs import AhoCorasick, MatchKind

        written = sorted(spellings)
        self._pack = pack
        self._places = places
        self._towns_within: dict[tuple[str, int], str | None] = {}
        self.entries = [spellings[text] for text in written]
        self.code_of_district = {
            pattern: entry.district.districts[0]
            for pattern, entry in enumerate(self.entries)
            if entry.role == DISTRICT and entry.district
        }
        self.own_names = (*province_names(pack)[:1], pack.name)
        self.label = divisions.label
        # Bound methods of the automaton: one call a text is all that a fast reader can afford.
        matcher = AhoCorasick(written, matchkind=MatchKind.LeftmostLongest)
        self.find: Callable[[str], list[Token]] = matcher.find_matches_as_indexes

    @classmethod
    def of(
        cls, pack: CityPack, units: list[Division], table: pd.DataFrame, divisions: DivisionIndex
    ) -> Self:
        """Index the names of divisions, zones and the places of a table."""
        # A road joined across towns answers to the names of its pieces, not once more to its own.
        named = table[~flagged(table, "joined")]
        # What somebody drew is a place, whatever it is called: 上村第二工业区 of a layer of parks.
        vague = flagged(named, "bare") | flagged(named, "unproven")
        kinds = zip(named["kind"].tolist(), named["name"].tolist(), strict=True)
        general = [v and _is_general(*of) for v, of in zip(vague, kinds, strict=True)]
        named = named[~np.array(general, dtype=bool)]
        columns = (named[c].tolist() for c in ("kind", "name", "aliases"))
        entries = surfaces(pack, units, zip(named.index, *columns, strict=True))
        _add_villages(entries, pack)
        return cls(pack, entries, divisions, table["name"].tolist())

    def town_within(self, district: str, pattern: int) -> str | None:
        """Return what a spelling right behind a district means there.

        The code of the one current town it can be, empty where a bare name is no town of that district, or ``None`` where it
        must be weighed.
        """
        # A few hundred pairs come again in every table.
        key = district, pattern
        if key not in self._towns_within:
            self._towns_within[key] = _only_town(self.entries[pattern], district)
        return self._towns_within[key]

    def districts_like(self, name: str) -> list[Division]:
        """Return the districts, current or former, whose full name differs from a text by one character before its suffix."""
        # 南海区 is no misspelt 南沙区: it lies next door.
        if name in self._pack.defaults.get("neighbours", ()):
            return []
        return [
            unit
            for full, unit in self._full_districts.items()
            if len(full) == len(name)
            and full[-1] == name[-1]
            and sum(a != b for a, b in zip(full, name, strict=True)) == 1
        ]

    @cached_property
    def _full_districts(self) -> dict[str, Division]:
        strong = (e.district for e in self.entries if e.district and e.district_strong)
        return {unit.name: unit for unit in strong}

    def in_chinese(self, text: str) -> str | None:
        """Write an address in English or pinyin with the Chinese names of this city, or ``None`` where none fits."""
        return to_chinese(text, self._by_pinyin, self._ranks)

    @cached_property
    def _ranks(self) -> dict[str, int]:
        """Name of a division → where it comes in a Chinese address."""
        pack = self._pack
        ranks = dict.fromkeys(province_names(pack), 0)
        ranks |= dict.fromkeys(city_names(pack), 1)
        for name, level in zip(pack.divisions["name"], pack.divisions["level"], strict=True):
            # The first rank stays: a name that a city and a town share is read as the larger unit.
            ranks.setdefault(str(name), 2 if level == "district" else 4)
        for name, aliases in zip(pack.zones["name"], pack.zones["aliases"], strict=True):
            ranks |= dict.fromkeys((str(name), *split(str(aliases))), 3)
        # 石井街道 is also written 石井街.
        for name in list(ranks):
            if name.endswith("街道"):
                ranks.setdefault(name.removesuffix("道"), 4)
        return ranks

    @cached_property
    def _by_pinyin(self) -> PinyinNames:
        return PinyinNames([*self._ranks, *self._places])


def _add_villages(entries: dict[str, SpellingEntry], pack: CityPack) -> None:
    """Add the villages a pack states, where no place of that name was imported: a file knows more than a name."""
    columns = (pack.villages[c] for c in ("name", "town_code", "formerly_in"))
    for name, town, former in zip(*columns, strict=True):
        village = Village(town, frozenset(split(former)))
        for spelling in _place_spellings(VILLAGE, name, "", pack):
            entry = entries.setdefault(spelling, SpellingEntry())
            if not entry.places:
                entry.villages.append(village)
                judge(spelling, entry)


def _only_town(entry: SpellingEntry, district: str) -> str | None:
    # It may mean something else as well, which only its neighbours in the text decide.
    if entry.own_city or entry.own_province or entry.zones or entry.places:
        return None
    within = [(s, u) for s, u in entry.towns if district in u.within or district in u.districts]
    if not within:
        # A bare name that is no town here belongs to what follows it; a full one contradicts the
        # district.
        return "" if entry.is_weak else None
    # A full name counts more than a folded one, and that more than a bare stem.
    best = max(s for s, _ in within)
    # A bare name of a former town may mean more land than today's town of that name.
    if best == WEAK and any(u.former for _, u in within):
        return None
    units = [u for s, u in within if s == best and not u.former and district in u.within]
    return units[0].towns[0] if len(units) == 1 else None


def surfaces(
    pack: CityPack, units: Iterable[Division], places: Iterable[tuple[int, str, str, str]]
) -> dict[str, SpellingEntry]:
    """Return spelling → entry.

    Parameters
    ----------
    pack : CityPack
        Its own names and its province's.
    units : iterable of Division
        Divisions and zones.
    places : iterable of (int, str, str, str)
        Ordinal, kind, name and ``|``-separated aliases of every finer place.

    Returns
    -------
    vocabulary : dict of str to SpellingEntry
        Keys are normalised and not empty.
    """
    entries: dict[str, SpellingEntry] = {}
    # Other cities first: what is also a name here is weighed when it is read.
    for name, strength in _foreign(pack):
        entry = entries.setdefault(name, SpellingEntry())
        entry.foreign = max(entry.foreign, strength)
    for name in city_names(pack):
        entries.setdefault(normalise(name), SpellingEntry()).own_city = True
    for name in province_names(pack):
        entries.setdefault(normalise(name), SpellingEntry()).own_province = True
    units = list(units)
    for unit in units:
        _add_unit(entries, unit)
    _add_collisions(entries, units)
    for ordinal, kind, name, aliases in places:
        for spelling in _place_spellings(kind, name, aliases, pack):
            entries.setdefault(spelling, SpellingEntry()).places.append(ordinal)
    # A name of nothing but marks normalises to nothing and would match everywhere.
    entries.pop("", None)
    # 广州路2 would swallow the first digit of every house number of 广州路: both answer to 广州路.
    for name in [n for n in entries if n[-1] in _DIGITS and n.rstrip(_DIGITS) in entries]:
        entries[name.rstrip(_DIGITS)].places += entries.pop(name).places
    # Judged last, when every meaning of a spelling is known.
    for name, entry in entries.items():
        judge(name, entry)
    return entries


def judge(name: str, entry: SpellingEntry) -> None:
    """Note what reading an ordinary address needs to know about a spelling."""
    strong_town = any(strength != WEAK for strength, _ in entry.towns)
    strong_city = entry.own_city and name.endswith("市")
    entry.is_weak = not (entry.district_strong or entry.zones or strong_town or strong_city)
    other = entry.towns or entry.zones or entry.zones_after_city or entry.foreign
    named = entry.own_city or entry.own_province or entry.district
    finer = bool(entry.places or entry.villages)
    entry.only_names_place = finer and not (other or named)
    if other or finer:
        # Without a role a spelling is weighed; with one, plain addresses are read without weighing anything.
        entry.role = 0
        return
    if entry.own_province:
        entry.role = PROVINCE
    elif strong_city:
        entry.role = CITY
    elif entry.district_strong and entry.district and not entry.district.former:
        entry.role = DISTRICT


def stem(name: str, suffixes: tuple[str, ...]) -> str:
    """Return a name without its suffix, or the name itself where too little would remain.

    Examples
    --------
    >>> stem("石井街道", ("街道", "镇")), stem("林区", ("区",))
    ('石井', '林区')
    """
    for suffix in suffixes:
        # 林区 without 区 would be one character, which occurs in every second address.
        if name.endswith(suffix) and len(name) - len(suffix) >= _MIN_STEM:
            return name.removesuffix(suffix)
    return name


def _add_unit(entries: dict[str, SpellingEntry], unit: Division) -> None:
    names = [normalise(name) for name in (unit.name, *unit.aliases)]
    if unit.level == "zone":
        for name in names:
            entries.setdefault(name, SpellingEntry()).zones.append(unit)
        for name in unit.after_city:
            entries.setdefault(normalise(name), SpellingEntry()).zones_after_city.append(unit)
    elif unit.level == "district":
        for name in names:
            _add_district(entries, name, unit, strong=name.endswith(_DISTRICT_SUFFIXES))
            # 番禺 for 番禺区, which counts only in the right place.
            _add_district(entries, stem(name, _DISTRICT_SUFFIXES), unit, strong=False)
    else:
        for spelling, strength in _town_spellings(names):
            entries.setdefault(spelling, SpellingEntry()).towns.append((strength, unit))


def _add_district(
    entries: dict[str, SpellingEntry], name: str, unit: Division, *, strong: bool
) -> None:
    entry = entries.setdefault(name, SpellingEntry())
    if entry.district is not None and not entry.district.former:
        return  # 番禺 is today's 番禺区, not the former 番禺市
    # A spelling that names a district in full keeps it.
    if entry.district_strong and not strong:
        return
    entry.district, entry.district_strong = unit, strong or entry.district_strong


def _town_spellings(names: list[str]) -> Iterator[tuple[str, int]]:
    strongest: dict[str, int] = {}
    for name in names:
        # 石井街道 is written 石井街, 石井镇 and 石井; the further from its name, the weaker.
        root = stem(name, _TOWN_SUFFIXES)
        own = name.removeprefix(root)
        exact = {root + end for end in _TOWN_SPELLINGS.get(own, (own,))}
        folded = {root + end for ends in _TOWN_SPELLINGS.values() for end in ends} if own else set()
        for spelling in folded:
            strongest[spelling] = max(strongest.get(spelling, 0), FOLDED)
        strongest[root] = max(strongest.get(root, 0), WEAK if own in _TOWN_SPELLINGS else EXACT)
        for spelling in exact - {root}:
            strongest[spelling] = EXACT
    yield from strongest.items()


def _add_collisions(entries: dict[str, SpellingEntry], units: list[Division]) -> None:
    """Give names that run into each other their own spelling: 番禺 + 市桥 is not 番禺市 + 桥."""
    weak = [name for name, m in entries.items() if m.district and not m.district_strong]
    for name in weak:
        for suffix in _DISTRICT_SUFFIXES:
            if name + suffix not in entries:
                continue
            for unit in units:
                if unit.level != "town" or not unit.name.startswith(suffix):
                    continue
                for spelling, strength in _town_spellings([normalise(unit.name)]):
                    entry = entries.setdefault(name + spelling, SpellingEntry())
                    entry.towns.append((max(strength, FOLDED), unit))


def city_names(pack: CityPack) -> tuple[str, ...]:
    """Return the names of the city itself; where the pack states none but the full one, the name without 市 too."""
    short = (stem(pack.name, ("市",)),) if not pack.city_aliases else ()
    return tuple(dict.fromkeys((pack.name, *pack.city_aliases, *short)))


def province_names(pack: CityPack) -> tuple[str, ...]:
    """Return the names of the city's province; where the pack states none, the one that the city lies in.

    Examples
    --------
    >>> from dataclasses import replace
    >>> province_names(replace(citypack.load("guangzhou"), province="", province_aliases=()))
    ('广东省', '广东')
    """
    if pack.province:
        return (pack.province, *pack.province_aliases)
    for name, short, prefectures in citypack.provinces():
        if pack.name in split(prefectures):
            return (name, short)
    return ()


def _foreign(pack: CityPack) -> Iterator[tuple[str, int]]:
    own = {*city_names(pack), *province_names(pack)}
    for name, short, prefectures in citypack.provinces():
        if name not in own:
            yield name, EXACT
            yield short, WEAK
        for prefecture in split(prefectures):
            root = stem(prefecture, _FOREIGN_SUFFIXES)
            # A prefecture with this city's own bare name would put half of its addresses elsewhere.
            if prefecture not in own and root not in own:
                yield prefecture, EXACT
                if root != prefecture:
                    yield root, WEAK


def _place_spellings(kind: str, name: str, aliases: str, pack: CityPack) -> Iterator[str]:
    seen = set()
    for written in (name, *split(aliases)):
        full = normalise(written)
        spellings = [full]
        if kind == VILLAGE:
            root = stem(full, _VILLAGE_SUFFIXES)
            if full.endswith(_VILLAGE_SUFFIXES):
                spellings += [root + end for end in _VILLAGE_SPELLINGS if root != full]
            else:
                # The file only says that it is a village: an address may add any of the endings.
                spellings = [root + end for end in _VILLAGE_SPELLINGS]
        elif kind != ROAD:
            # 广州白云机场 is written 白云机场 too.
            short = full.removeprefix(pack.name).removeprefix(next(iter(pack.city_aliases), ""))
            # What remains must be a name of its own: 广州塔 without 广州 is any tower.
            spellings += [short] if len(short) >= _MIN_SHORT_NAME else []
        for spelling in spellings:
            if spelling not in seen and len(spelling) >= _MIN_STEM:
                seen.add(spelling)
                yield spelling


def _is_general(kind: str, name: str) -> bool:
    """Return whether a name is none of its own; a village called 新村 is known by its town, so villages keep theirs."""
    if kind == ROAD:
        return name in _GENERAL_ROADS
    return kind != VILLAGE and _GENERAL.fullmatch(normalise(name)) is not None
