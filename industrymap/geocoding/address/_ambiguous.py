"""Divisions weighed against their neighbours: for addresses in which anything needs weighing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from industrymap.geocoding.address._elements import ROADISH
from industrymap.geocoding.address._neighbours import BREAKS, LANES, Reading, place_fits, town_fits
from industrymap.geocoding.address._second import SITE_BEFORE, is_address
from industrymap.geocoding.address.vocabulary import EXACT, WEAK

if TYPE_CHECKING:
    from collections.abc import Iterable

    from industrymap.geocoding.address.vocabulary import (
        Division,
        SpellingEntry,
        Token,
        Vocabulary,
    )

__all__ = ["resolve_ambiguous"]

# Beyond any position in a text: where there is no 号, every division comes before the house number.
_FAR = 10_000

_OFFICE = re.compile(
    r"(?:人民)?政府|区委|分局|管理局|办事处|供销|邮政|税务|公安|教育|中学|小学|第[一二三四五六七八九十]|商会|医院|人民"
)
"""What makes a unit's name the name of an institution."""

_TAIL = re.compile(
    r"[一-鿿]{1,12}?(?:大道|[路街道巷村镇]|社区|工业|园区?)|[一-鿿]{0,4}\d|[一-鿿]{0,8}$"
)
"""What follows a unit that begins another address, and not one that names an institution; a short rest is a place there."""

_DISTRICT_FOLLOWS = re.compile(r"[一-鿿]{2,4}?[区县市镇]|$")
"""What follows another city's name where an address there begins, or nothing."""

_SUFFIXED = re.compile(r"[一-鿿]{2,3}?[区市县]")
"""A name that says that it is a district: what a misspelt one must still do."""

_MISSPELT_BEFORE = re.compile(r"(?:^|[市省])([一-鿿]{2,3}?[区市县])$")
"""A district at the head of an address or behind the city, where a town follows."""

# What follows the name of another city where a road, house or firm has only borrowed it.
_ROAD_FOLLOWS = re.compile(
    r"[一-鿿]{0,2}?(?:路|街(?!道)|大道|巷|大厦|酒店|商会|馆|城|会|药|银行|饭店|大酒店|堂)"
)

_SCHOOL_FOLLOWS = re.compile(r"[一-鿿]{0,8}?(?:大学|学院)(?:[一-鿿]{0,3}(?:校区|校园))?")
"""What follows another city's name where a school is called after it: 中山大学, 香港科技大学, 中山大学南校区."""

# The characters excluded behind the suffix make another word of it: 市场, 县道, 区政府, 区域.
_STRANGE_UNIT = re.compile(
    r"(?:中国)?([一-鿿]{2,6}?)(?:自治区|自治州|特别行政区|省|市|县|区|盟|旗)(?![场道政内民域级间委])"
)
_NO_UNIT = (
    "工业", "开发", "管理", "社", "小", "园", "新", "校", "片", "山", "住宅", "生活",
    "工", "作", "保税", "加工", "厂", "库", "林", "景", "城", "港", "街", "市",
    "郊", "矿", "牧", "营", "军", "示范", "试验", "合作", "功能", "经济", "产业", "商业",
    "商务", "科技", "技术", "度假", "风景", "东", "西", "南", "北", "中", "院", "一",
    "二", "三", "四", "五", "六", "部", "发展", "货", "仓", "储", "超", "菜",
    "花卉", "门", "夜", "楼", "宿舍", "教学", "办公", "体育",
)  # fmt: skip
"""Words before 区 or 市 that make no unit of government: 工业区, 小区, 超市."""


def resolve_ambiguous(text: str, tokens: list[Token], vocabulary: Vocabulary) -> Reading:
    """Weigh every spelling against its neighbours."""
    reading = _Weighing(text, vocabulary)
    reading.read(tokens)
    return Reading(
        reading.end,
        reading.components,
        reading.district_code,
        reading.town_code,
        frozenset(reading.issues),
        tuple(reading.candidates),
        tuple(reading.places),
        tuple(dict.fromkeys(reading.readings)),
    )


class _Weighing:
    """One address being read carefully."""

    __slots__ = (
        "_anchor",
        "_district",
        "_edge",
        "_house",
        "_is_double",
        "_leaves_city",
        "_own",
        "_text",
        "_tokens",
        "_towns",
        "_vocabulary",
        "_zones",
        "candidates",
        "components",
        "district_code",
        "end",
        "issues",
        "places",
        "readings",
        "town_code",
    )

    def __init__(self, text: str, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._text = text
        house = text.find("号")
        # Behind the first house number, divisions are details.
        self._house = house if house >= 0 else _FAR
        self._edge = 0  # where the last accepted spelling ends
        self._anchor = 0  # where the last accepted division ends
        self._own = False
        self._is_double = False  # two addresses in one cell
        self._leaves_city = False  # the second of them in another city
        self._tokens: list[Token] = []
        self._district: Division | None = None
        self._towns: list[tuple[int, Division]] = []
        self._zones: list[Division] = []
        self.candidates: list[str] = []
        self.components: dict[str, str] = {}
        self.district_code: str | None = None
        self.town_code: str | None = None
        self.issues: set[str] = set()
        self.places: list[Token] = []
        self.readings: list[tuple[str, str | None]] = []
        self.end = 0

    def read(self, tokens: list[Token]) -> None:
        """Read every spelling from left to right and settle on one district and town."""
        self._tokens = tokens
        if not self._read_tokens(tokens):
            return
        # 广州市番愚区: the city is certain, so one wrong character in the district can be seen through.
        if self._own and not (self._district or self._towns or self._zones or self.places):
            self._take_misspelt_district()
        elif self._district is None and (self._towns or self._zones):
            self._flag_misspelt_district()
        named = self._own or self._district or self._towns or self._zones
        # A division that this city does not have, and none that it has: the address lies elsewhere.
        if not named and _begins_with_other_city(self._text) and not self._read_misspelt_head():
            self._leave()
        else:
            self._settle()

    def _read_tokens(self, tokens: list[Token]) -> bool:
        """Take every spelling that fits; return whether something is left to settle."""
        entries = self._vocabulary.entries
        # From left to right, as an address narrows down: what was accepted limits what may follow.
        for pattern, start, stop in tokens:
            entry = entries[pattern]
            if (entry.places or entry.villages) and place_fits(self._text, start, stop, self._edge):
                self.places.append((pattern, start, stop))
                # A name may be a village and a town at once; then the town is read below as well.
                if not entry.towns:
                    self._edge = stop
                    continue
            # 佛山市… at the head puts everything that follows into another city.
            if entry.foreign and self._is_other_city(entry, start, stop):
                self._leave()
                return False
            if entry.foreign == EXACT and self._begins_other_address(start, stop):
                # 注册地 in this city, 经营地 in another: neither is known to be meant.
                self._leaves_city = True
                self._contradict([])
                self._settle()
                return False
            if not self._is_second_site(entry, start, stop) and self._take(entry, start, stop):
                self._accept(start, stop)
        return True

    def _is_second_site(self, entry: SpellingEntry, start: int, stop: int) -> bool:
        """Notice a district or town of another place that the text announces as a second site, and contradict what was read."""
        first = {
            c for u in (self._district, *(u for _, u in self._towns)) if u for c in u.districts
        }
        if not first or not (entry.district or entry.towns) or ROADISH.match(self._text, stop):
            return False
        units = [unit for _, unit in entry.towns if not unit.former]
        units = units if entry.district is None else [entry.district]
        if not units or (
            any(first & {*u.districts, *u.within} for u in units) and not self._other_town(units)
        ):
            return False
        if not self._announced(entry, start, stop):
            return False
        self._contradict(units)
        return True

    def _other_town(self, units: list[Division]) -> bool:
        """Return whether towns of one district are others than the town that was read."""
        read = {code for _, unit in self._towns for code in unit.towns}
        named = {code for unit in units for code in unit.towns}
        return bool(read and named) and not read & named

    def _announced(self, entry: SpellingEntry, start: int, stop: int) -> bool:
        """Return whether a bare name begins a second address: behind a word for a site, the city again, a separator or the number."""
        before = self._text[:start]
        if SITE_BEFORE.search(before):
            return True
        if entry.district is None or not before:
            return False
        # 天河北路 广州市增城, 五山/白云太和: what follows the city's name or a stroke is an address of its own.
        if before.endswith(self._vocabulary.own_names) and start > self._anchor:
            return True
        ends = stop == len(self._text) or self._a_town_of(entry.district, stop)
        return ends and (before[-1] in "/;" or (start > self._house and before[-1] in "号;、,/"))

    def _a_town_of(self, district: Division, start: int) -> bool:
        """Return whether the text ends with a town of a district that begins here."""
        entries = self._vocabulary.entries
        within = {*district.districts, *district.within}
        return any(
            begin == start
            and end == len(self._text)
            and any(within & {*u.districts, *u.within} for _, u in entries[pattern].towns)
            for pattern, begin, end in self._tokens
        )

    def _take_misspelt_district(self) -> None:
        """Where nothing else fits, take a district's name right behind the city with one wrong character, and say so."""
        head = _SUFFIXED.match(self._text, self._anchor)
        near = [] if head is None else self._vocabulary.districts_like(head.group())
        # Where several districts are one character away, nobody knows which was meant.
        if head is not None and len(near) == 1:
            self.issues.add("misspelt")
            self._district = near[0]
            self.components["district"] = head.group()
            self._accept(head.start(), head.end())

    def _read_misspelt_head(self) -> bool:
        """Take a misspelt district at the head where a town of that very district follows: 番愚区大石; only then nothing else fits."""
        head = _SUFFIXED.match(self._text)
        near = [] if head is None else self._vocabulary.districts_like(head.group())
        if head is None or len(near) != 1:
            return False
        within = {*near[0].districts, *near[0].within}
        towns = [
            (strength, unit)
            for pattern, start, _ in self._tokens
            if start == head.end()
            for strength, unit in self._vocabulary.entries[pattern].towns
            if within & {*unit.districts, *unit.within}
        ]
        if not towns:
            return False
        self.issues.add("misspelt")
        self._district, self._towns = near[0], towns
        self.components["district"] = head.group()
        self._accept(head.start(), head.end())
        return True

    def _flag_misspelt_district(self) -> None:
        """Say that a town or zone was read behind a district whose name has one wrong character: 广州市番愚区大石街道."""
        named = self.components.get("town") or self.components.get("devzone") or "\0"
        head = _MISSPELT_BEFORE.search(self._text[: max(self._text.find(named), 0)])
        if head is not None and self._vocabulary.districts_like(head.group(1)):
            self.issues.add("misspelt")

    def _leave(self) -> None:
        self.issues.add("out_of_city")
        # A road found in one half must not decide for the other.
        self.places.clear()

    def _accept(self, start: int, stop: int) -> None:
        """Move behind an accepted division and the punctuation that follows it."""
        while stop < len(self._text) and self._text[stop] in BREAKS:
            stop += 1
        # The divisions end where the first gap begins; names further behind belong to the details.
        if start - self.end <= 1:
            self.end = stop
        self._edge = self._anchor = stop

    def _is_other_city(self, entry: SpellingEntry, start: int, stop: int) -> bool:
        """Return whether the name of another city or province puts the whole address there."""
        if self._district or self._towns or self._zones:
            return False
        # 北京路, 上海大厦: cities lend their names to roads and houses everywhere.
        if entry.foreign == WEAK and _ROAD_FOLLOWS.match(self._text, stop):
            return False
        # 中山大学东校园, 香港科技大学,广州市…: a school's name alone, or before this city's, says nothing of where it is.
        if entry.foreign == WEAK and (school := _SCHOOL_FOLLOWS.match(self._text, stop)):
            behind = self._text[school.end() :]
            if not is_address(behind) or any(n in behind for n in self._vocabulary.own_names):
                return False
        head = start <= self._anchor or self._text[:start] == "中国"
        # Behind the own city's name only a full name at that very spot, 广州市佛山市…, is another city.
        if self._own:
            return head and entry.foreign == EXACT
        return head or entry.foreign == EXACT

    def _take(self, entry: SpellingEntry, start: int, stop: int) -> bool:
        if entry.own_city:
            return self._take_city(start, stop)
        if entry.own_province:
            return self._take_province(start, stop)
        # A name may be a district, a zone and a town at once: the larger unit is tried first, the
        # next where it does not fit here.
        return (
            (entry.district is not None and self._take_district(entry, start, stop))
            or self._take_zone(entry, start, stop)
            or (bool(entry.towns) and self._take_town(entry, start, stop))
        )

    def _take_city(self, start: int, stop: int) -> bool:
        # 广州 may begin 广州大道; 广州市 names the city.
        strong = self._text[stop - 1] == "市"
        if not strong and (start != self._anchor or self._begins_other(stop)):
            return False
        # 广州市广州市番禺区, from forms that print the city before the field.
        if self._own and start == self._anchor:
            self.issues.add("redundant")
        self._own = True
        self.components.setdefault("city", self._text[start:stop])
        # Far behind a district the city's name belongs to the details and must not move the end of
        # the divisions.
        return start <= self._anchor or self._district is None

    def _take_province(self, start: int, stop: int) -> bool:
        # 广东路 is a road, wherever it lies.
        if start != self._anchor or ROADISH.match(self._text, stop):
            return False
        self.components.setdefault("prov", self._text[start:stop])
        return True

    def _take_district(self, entry: SpellingEntry, start: int, stop: int) -> bool:
        unit = entry.district
        if unit is None:
            return False
        if entry.district_strong:
            # A district's name that goes on as 巷 or 里 is the name of a lane.
            if self._text[stop : stop + 1] in LANES:
                return False
        # A bare 天河 counts right behind the city only, where nothing longer begins with it.
        elif start != self._anchor or self._district or self._begins_other(stop, unit):
            return False
        if self._district is None:
            self._district = unit
            self.components["district"] = self._text[start:stop]
        else:
            self._take_second_district(self._district, unit, start, stop)
        return True

    def _begins_other(self, stop: int, unit: Division | None = None) -> bool:
        """Return whether a bare name is only the beginning of another name: 天河 + 路, but not 从化 + 街口镇 or 南沙 + 东涌."""
        if ROADISH.match(self._text, stop) is None:
            return False
        following = [(pattern, end) for pattern, start, end in self._tokens if start == stop]
        # No known name begins there, so 路 or 街 can only belong to the bare name.
        if not following:
            return True
        entry = self._vocabulary.entries[following[0][0]]
        codes = {*unit.districts, *unit.within} if unit else set()
        if any(codes & town.within for _, town in entry.towns):
            # A bare town of that very district, unless it begins another name in its turn.
            return not town_fits(self._text, stop, following[0][1], stop, weak=True)
        strong = any(strength != WEAK for strength, _ in entry.towns)
        return not (entry.district or entry.zones or entry.places or strong)

    def _take_second_district(self, first: Division, unit: Division, start: int, stop: int) -> None:
        # 黄埔区萝岗区: both are today's 黄埔区, and the newer name is the one in force.
        if set(unit.districts) & set(first.districts):
            self.issues.add("redundant")
            if first.former and not unit.former:
                self.issues.add("superseded")
                self._district = unit
        # Two districts before the house number cannot both be right; 番禺区税务局 behind one names an office.
        elif start < self._house and not _OFFICE.match(self._text, stop):
            self.issues.add("conflict")
            self._note(first, unit)
        # Behind the number, another address may begin: 1号黄埔区开泰大道.
        elif self._is_second_address(stop):
            self._contradict([first, unit])
        else:
            self.issues.add("redundant")

    def _is_second_address(self, stop: int) -> bool:
        """Return whether another address, and not the name of an institution, begins with the unit that ends here."""
        if _OFFICE.match(self._text, stop):
            return False
        return _TAIL.match(self._text, stop) is not None

    def _begins_other_address(self, start: int, stop: int) -> bool:
        """Return whether an address in another city follows one in this city."""
        there = self._district or self._towns
        # 东莞市交界 and 东莞市场 name no place there.
        return (
            bool(there)
            and start >= self._anchor
            and _DISTRICT_FOLLOWS.match(self._text, stop) is not None
        )

    def _contradict(self, units: list[Division]) -> None:
        """Note that the cell holds two addresses in different places; what lies in them is not looked for."""
        self.issues.add("conflict")
        known = [unit for unit in (*units, self._district, *(u for _, u in self._towns)) if unit]
        self._note(*known)
        self.readings.clear()
        self.places.clear()
        self._is_double = True

    def _take_zone(self, entry: SpellingEntry, start: int, stop: int) -> bool:
        zones = entry.zones
        # 开发区 alone is a zone only where a district would be.
        if not zones and self._own and start == self._anchor and self._district is None:
            zones = entry.zones_after_city
        if not zones:
            return False
        # Behind the number a zone names a building or an estate.
        if start > self._house and self._district is not None:
            return False
        # A zone's name that goes on as 路, 街 or 巷 is the name of a road.
        if ROADISH.match(self._text, stop) and self._text[stop] in LANES:
            return False
        self._zones.extend(zones)
        self.components.setdefault("devzone", self._text[start:stop])
        return True

    def _take_town(self, entry: SpellingEntry, start: int, stop: int) -> bool:
        strength = max(s for s, _ in entry.towns)
        # A full town name behind the number that contradicts the first is a second address, not a detail.
        if strength == EXACT and start > self._house and self._is_far_town(entry, stop):
            self._contradict([unit for s, unit in entry.towns if s == EXACT and not unit.former])
            return False
        if not self._town_stands_here(start, stop, strength):
            return False
        # A bare town name behind the city may be a village or a road: remembered as a possibility for a finer place to decide.
        if strength == WEAK and self._district is None:
            if self._own and not (self._towns or self._zones):
                self._suppose(unit for _, unit in entry.towns)
            return False
        if self._towns:
            # A second town among the divisions agrees with the first or contradicts it.
            if strength != WEAK and start < self._house:
                self._take_second_town(entry, start, stop)
            return False
        fitting = self._fitting(entry)
        if fitting:
            self._towns = fitting
            self.components["town"] = self._text[start:stop]
        return bool(fitting) or self._contradicts_district(entry, start, stop, strength)

    def _town_stands_here(self, start: int, stop: int, strength: int) -> bool:
        """Return whether a town may be named at this spot of the text."""
        if strength == WEAK:
            # A bare stem counts only right behind its district; behind the city it needs a finer place beside it.
            near = start == self._anchor
        else:
            near = start <= self._house or self._district is None or start == self._anchor
        if not near:
            return False
        fits = town_fits(self._text, start, stop, self._edge, weak=strength == WEAK)
        return fits or (strength == WEAK and not self._begins_other(stop))

    def _contradicts_district(
        self, entry: SpellingEntry, start: int, stop: int, strength: int
    ) -> bool:
        """Note a town that is plainly named right behind a district it never belonged to."""
        # 街 ends roads as well as streets of government; a contradiction must be plain.
        if strength != EXACT or self._text[stop - 1] == "街" or start != self._anchor:
            return False
        self.issues.add("conflict")
        if self._district is not None:
            self._note(self._district)
        exact = [unit for strength, unit in entry.towns if strength == EXACT]
        self._note(*([unit for unit in exact if not unit.former] or exact))
        return True

    def _is_far_town(self, entry: SpellingEntry, stop: int) -> bool:
        """Return whether a town behind the house number is another than the one the address lies in."""
        # 村 and 街 occur in details; 镇 and 街道 do not.
        if self._text[stop - 1] not in "镇道" or not self._is_second_address(stop):
            return False
        named = {code for _, unit in self._towns for code in unit.towns}
        # Where no town was named before the number, the district is what a far town can contradict.
        if not named and self._district is not None:
            named = {*self._district.districts, *self._district.within}
            return bool(named) and not any(
                named & {*unit.districts, *unit.within} for _, unit in entry.towns
            )
        return bool(named) and not any(named & set(unit.towns) for _, unit in entry.towns)

    def _take_second_town(self, entry: SpellingEntry, start: int, stop: int) -> None:
        first = {code for _, unit in self._towns for code in unit.towns}
        fitting = self._fitting(entry)
        second = {code for _, unit in fitting for code in unit.towns}
        if first & second:
            self.issues.add("redundant")
            self._towns = [(s, u) for s, u in fitting if set(u.towns) & first]
        elif first and self._text[stop - 1] in "镇道" and not _OFFICE.match(self._text, stop):
            exact = [u for s, u in entry.towns if s == EXACT and not u.former and u.towns]
            if exact and start >= self._anchor:
                self._contradict(exact)

    def _fitting(self, entry: SpellingEntry) -> list[tuple[int, Division]]:
        """Return the towns a spelling may mean within the district that was named."""
        towns = entry.towns
        if self._district is not None:
            named = {*self._district.districts, *self._district.within}
            # 番禺区东涌镇 was transferred: the membership the address names wins over today's.
            # Former membership counts: old papers name the district of their day.
            own = [(s, u) for s, u in towns if u.within & named]
            towns = own or [(s, u) for s, u in towns if set(u.districts) & named]
        if not towns:
            return []
        best = max(s for s, _ in towns)
        fitting = [(s, u) for s, u in towns if s == best]
        if best == WEAK:
            # A bare 石井 may mean the former town, which was larger than the street of that name.
            return fitting
        # A town of today goes before a former one with the same full name.
        return [(s, u) for s, u in fitting if not u.former] or fitting

    def _settle(self) -> None:
        """Agree on one district and one town, or list the candidates."""
        # Two addresses: only what both share may be said.
        if self._is_double:
            self.places.clear()
            self._settle_shared()
            return
        # Nothing is settled against what the text itself says; the candidates are listed.
        if "conflict" in self.issues:
            return
        units = [unit for _, unit in self._towns]
        districts = set(self._district.districts) if self._district else set()
        if self._district is not None and self._district.former:
            self.issues.add("superseded")
        if units:
            of_towns = {code for unit in units for code in unit.districts}
            # A town that moved takes the address with it.
            districts = districts & of_towns or of_towns
            if all(unit.former for unit in units):
                self.issues.add("superseded")
        # A zone may reach over district boundaries: it narrows the choice, or gives it where no district is named.
        districts = self._agree_with_zones(districts)
        if len(districts) == 1:
            (self.district_code,) = districts
            self._settle_town(units)
            return
        # Several remain: every one is a candidate, and a finer place may decide between them.
        towns = {code for unit in units for code in unit.towns}
        self.candidates += [self._vocabulary.label(code) for code in sorted(towns or districts)]
        if districts:
            self.readings = [(c[:6], c if c in towns else None) for c in sorted(towns or districts)]

    def _settle_shared(self) -> None:
        """Of two addresses in one cell, keep the district that both lie in."""
        # Candidates are written name｜code, and the first six digits of a code are its district.
        districts = {code[:6] for code in (c.rsplit("｜", 1)[-1] for c in self.candidates)}
        if len(districts) == 1 and not self._leaves_city:
            (self.district_code,) = districts

    def _agree_with_zones(self, districts: set[str]) -> set[str]:
        for zone in self._zones:
            within = set(zone.districts)
            if not districts:
                districts = within
            elif within & districts:
                districts = within & districts
            # A zone in none of the districts contradicts them; one whose districts nobody states
            # says nothing.
            elif within:
                self.issues.add("conflict")
                self._note(zone)
        return districts

    def _settle_town(self, units: list[Division]) -> None:
        towns = {code for unit in units for code in unit.towns}
        if not units:
            towns = {code for zone in self._zones for code in zone.towns}
        # A former town may have been split between districts: only the part in the district that was found.
        towns = {code for code in towns if code.startswith(self.district_code or "")}
        if len(towns) == 1 and all(unit.towns for unit in units):
            (self.town_code,) = towns
        elif towns:
            self.candidates += [self._vocabulary.label(code) for code in sorted(towns)]

    def _note(self, *units: Division) -> None:
        """List units between which the text contradicts itself."""
        self._suppose(units)
        self.candidates += [
            self._vocabulary.label(town or district) for district, town in self.readings
        ]
        self.candidates = list(dict.fromkeys(self.candidates))

    def _suppose(self, units: Iterable[Division]) -> None:
        for unit in units:
            if unit.towns:
                self.readings += [(code[:6], code) for code in unit.towns]
            else:
                self.readings += [(code, None) for code in unit.districts]


def _begins_with_other_city(text: str) -> bool:
    """Notice a unit at the head that this city does not have: 鼓楼区广州路."""
    unit = _STRANGE_UNIT.match(text)
    return unit is not None and not unit.group(1).endswith(_NO_UNIT)
