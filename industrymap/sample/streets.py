"""Villages, named roads and house numbers.

A road is numbered from its start: odd numbers on the left, even ones on the right, one of each every 12 metres.
What the gazetteer knows of a road's numbers is chosen here, per road: all that are used, a few, or none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.geometry import LineString, MultiPoint

from industrymap.sample import _words
from industrymap.sample._random import pick, stream

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry import Polygon
    from shapely.geometry.base import BaseGeometry

    from industrymap.sample.estates import Estates
    from industrymap.sample.plan import Plan, Town

__all__ = ["NUMBER_STEP_M", "Road", "Village", "roads", "villages"]

NUMBER_STEP_M = 12.0
"""Metres along the road from one number to the next on the same side."""

_SEED = 990100


@dataclass(frozen=True, slots=True, kw_only=True)
class Village:
    """One village or community, inside one town."""

    name: str
    word: str
    town: int
    shape: Polygon
    seat: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Road:
    """One named road.

    Attributes
    ----------
    name : str
        May be in several districts.
    kind : str
        ``arterial``, ``local``, ``village`` or ``estate``.
    line : LineString
        From its number 1 on.
    towns : tuple of int
        Towns it passes, most of it first.
    knowledge : str
        What the gazetteer knows of its numbers: ``full``, ``sparse`` or ``none``.
    """

    name: str
    kind: str
    line: LineString
    towns: tuple[int, ...]
    knowledge: str

    @property
    def last_number(self) -> int:
        """Return the highest number the road has room for."""
        return 2 * max(1, int((self.line.length - 10) / NUMBER_STEP_M))


@cache
def villages(plan: Plan) -> tuple[Village, ...]:
    """Divide every town into villages (or communities), named once and for all."""
    rng = stream(_SEED, "villages")
    taken: set[str] = set()
    town_words = {town.name[:-1].removesuffix("街") for town in plan.towns}
    taken |= town_words
    drawn: list[Village] = []
    for number, town in enumerate(plan.towns):
        street = town.name.endswith("街道")
        count = int(np.clip(round(town.shape.area / 2.6e6), 5, 8 if street else 17))
        for shape, seat in _divide(town, count, rng):
            # A few names occur in several towns, as they do everywhere.
            repeat = rng.random() < 0.06
            word = (
                pick(rng, "新旧上下东西") + pick(rng, "围村塘")
                if repeat
                else _words.unique(partial(_words.village_words, rng), taken)
            )
            suffix = "社区" if street and rng.random() < 0.7 else "村"
            name = word + suffix if not word.endswith("村") else word
            # Not twice in one town, where nothing could tell them apart.
            if any(v.town == number and v.name == name for v in drawn[-20:]):
                word = _words.unique(partial(_words.village_words, rng), taken)
                name = word + suffix
            drawn.append(Village(name=name, word=word, town=number, shape=shape, seat=seat))
    return tuple(drawn)


def _divide(
    town: Town, count: int, rng: np.random.Generator
) -> list[tuple[Polygon, tuple[float, float]]]:
    west, south, east, north = town.shape.bounds
    cloud = rng.uniform((west, south), (east, north), (90 * count, 2))
    shape = town.shape.simplify(120)
    shapely.prepare(shape)
    cloud = cloud[shapely.contains_xy(shape, *cloud.T)]
    seats = cloud[rng.choice(len(cloud), count, replace=False)]
    for _ in range(5):
        mine = np.argmin(((cloud[:, None] - seats[None]) ** 2).sum(-1), axis=1)
        total = np.maximum(np.bincount(mine, minlength=count), 1)
        seats = np.column_stack([np.bincount(mine, cloud[:, k], count) / total for k in (0, 1)])
    cells = shapely.get_parts(
        shapely.voronoi_polygons(
            MultiPoint(seats), ordered=True, extend_to=town.shape.envelope.buffer(2000)
        )
    )
    land = shapely.intersection(cells, town.shape)
    return [
        (_main_part(piece), (float(seat[0]), float(seat[1])))
        for piece, seat in zip(land, seats, strict=True)
    ]


def _main_part(shape: BaseGeometry) -> Polygon:
    parts = [p for p in shapely.get_parts(shape) if p.geom_type == "Polygon"]
    biggest: Polygon = max(parts, key=lambda part: part.area)
    return biggest


def roads(plan: Plan, estates: Estates) -> tuple[Road, ...]:
    """Return every named road: arterials, local streets, village roads, estate streets."""
    return _distinct([*_standing_roads(plan), *_estate_roads(estates, plan)], plan)


def _distinct(drawn: list[Road], plan: Plan) -> tuple[Road, ...]:
    """Give a road its town's word where the town has another of its name already."""
    taken: set[tuple[int, str]] = set()
    named = []
    for road in drawn:
        name = road.name
        if any((town, name) in taken for town in road.towns):
            town = plan.towns[road.towns[0]].name.removesuffix("街道").removesuffix("镇")
            options = (
                f"{town}{way}{name}"
                for way in ("", "东", "西", "南", "北", "新", "老", "中", "上", "下")
            )
            name = next(n for n in options if all((t, n) not in taken for t in road.towns))
        taken |= {(town, name) for town in road.towns}
        named.append(replace(road, name=name))
    return tuple(named)


@cache
def _standing_roads(plan: Plan) -> tuple[Road, ...]:
    """Return the roads that belong to the city whatever the seed."""
    rng = stream(_SEED, "roads")
    taken: set[str] = set()
    drawn = [
        *_arterials(plan, rng, taken),
        *_local(plan, rng, taken),
        *_village_roads(plan, rng, taken),
    ]
    return tuple(_with_towns(drawn, plan, rng))


_Draft = tuple[str, str, LineString]


def _arterials(plan: Plan, rng: np.random.Generator, taken: set[str]) -> list[_Draft]:
    """Draw long roads from town to town across their common borders."""
    border = {(a, b): line.interpolate(0.5, normalized=True) for a, b, line in plan.neighbours}
    around: dict[int, list[int]] = {}
    for a, b in border:
        around.setdefault(a, []).append(b)
        around.setdefault(b, []).append(a)
    unused = set(border)
    drafts: list[_Draft] = []
    while len(unused) > 0.22 * len(border) and len(drafts) < 260:
        start = sorted(unused)[int(rng.integers(len(unused)))]
        chain = list(start)
        unused.discard(start)
        while len(chain) < 7:
            options = [n for n in around[chain[-1]] if tuple(sorted((chain[-1], n))) in unused]
            options = [n for n in options if n not in chain]
            if not options:
                break
            # Straight on is what a road does.
            here, before = (
                np.array(plan.towns[chain[-1]].seat),
                np.array(plan.towns[chain[-2]].seat),
            )
            turn = [_turn(before, here, np.array(plan.towns[n].seat)) for n in options]
            best = int(np.argmin(turn))
            # A sharper turn is the end of a road, and the beginning of another.
            if turn[best] > 0.9:
                break
            unused.discard(tuple(sorted((chain[-1], options[best]))))
            chain.append(options[best])
        points = [plan.towns[chain[0]].seat]
        for a, b in pairwise(chain):
            cross = border[(min(a, b), max(a, b))]
            points += [(cross.x, cross.y), plan.towns[b].seat]
        line = _curve(np.array(points), rng)
        word = _words.unique(partial(_words.road_words, rng), taken)
        drafts.append((word + pick(rng, ("大道", "大道", "路", "公路")), "arterial", line))
    return drafts


def _turn(
    before: NDArray[np.float64], here: NDArray[np.float64], after: NDArray[np.float64]
) -> float:
    one, two = here - before, after - here
    return float(abs(np.arctan2(one[0] * two[1] - one[1] * two[0], one @ two)))


def _curve(points: NDArray[np.float64], rng: np.random.Generator) -> LineString:
    """Draw a smooth line near the points (Catmull-Rom), the way a road is surveyed."""
    points = points + rng.normal(0, 60, points.shape)
    padded = np.vstack([2 * points[0] - points[1], points, 2 * points[-1] - points[-2]])
    t = np.linspace(0, 1, 5)[:-1, None]
    pieces = []
    for p0, p1, p2, p3 in zip(padded[:-3], padded[1:-2], padded[2:-1], padded[3:], strict=True):
        pieces.append(
            0.5
            * (
                2 * p1
                + (p2 - p0) * t
                + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2
                + (3 * p1 - p0 - 3 * p2 + p3) * t**3
            )
        )
    return LineString(np.round(np.vstack([*pieces, points[-1:]]), 1))


def _local(plan: Plan, rng: np.random.Generator, taken: set[str]) -> list[_Draft]:
    """Draw a grid of streets around every town's seat."""
    drafts: list[_Draft] = []
    for town in plan.towns:
        spacing = float(np.clip(np.sqrt(town.shape.area) / 11, 190, 420))
        angle = float(rng.uniform(0, np.pi / 2))
        along = np.array([np.cos(angle), np.sin(angle)])
        across = np.array([-along[1], along[0]])
        land = _dry(town.shape.buffer(-60), plan)
        for way, side, count in ((along, across, 5), (across, along, 4)):
            for place in range(count):
                middle = np.array(town.seat) + side * spacing * (
                    place - (count - 1) / 2 + rng.normal(0, 0.12)
                )
                half = float(rng.uniform(1.3, 3.6)) * spacing
                ends = np.array([middle - way * half, middle, middle + way * half])
                ends[1] += side * rng.normal(0, 0.08) * spacing
                line = _longest_line(shapely.intersection(LineString(np.round(ends, 1)), land))
                if line is not None and line.length > 250:
                    drafts.append((_street_name(town, rng, taken), "local", line))
    return drafts


def _street_name(town: Town, rng: np.random.Generator, taken: set[str]) -> str:
    kind = rng.random()
    if kind < 0.03:
        # Named after another city, as half of all downtowns are.
        other = pick(rng, ("广州", "上海", "北京", "南京", "杭州", "深圳", "佛山", "长沙"))
        return _ended(other, rng, _STREET_ENDINGS)
    if kind < 0.12:
        # Names that every town has: only the district or town tells which is meant.
        return pick(rng, ("建设", "解放", "人民", "工业", "环城", "新华", "站前", "青年")) + pick(
            rng, ("路", "街")
        )
    if kind < 0.22:
        word = town.name.removesuffix("街道").removesuffix("镇")
        return _words.unique(partial(_ended, word, rng, _TOWN_ENDINGS), taken)
    return _words.unique(partial(_any_street, rng), taken)


_TOWN_ENDINGS = ("大街", "中路", "东路", "西路", "南路", "北路", "横街")
_STREET_ENDINGS = ("路", "路", "街", "南路", "北路", "东街", "西街", "中路")
_VILLAGE_ENDINGS = ("路", "工业路", "大道", "东路", "西路", "南街")


def _ended(word: str, rng: np.random.Generator, endings: tuple[str, ...]) -> str:
    return word + pick(rng, endings)


def _any_street(rng: np.random.Generator) -> str:
    return _words.road_words(rng) + pick(rng, _STREET_ENDINGS)


def _village_roads(plan: Plan, rng: np.random.Generator, taken: set[str]) -> list[_Draft]:
    drafts: list[_Draft] = []
    for village in villages(plan):
        if rng.random() < 0.42:
            continue
        angle = float(rng.uniform(0, np.pi))
        way = np.array([np.cos(angle), np.sin(angle)])
        half = float(rng.uniform(220, 620))
        seat = np.array(village.seat)
        points = np.array([seat - way * half, seat + rng.normal(0, 40, 2), seat + way * half])
        land = _dry(village.shape.buffer(-25), plan)
        line = _longest_line(shapely.intersection(LineString(np.round(points, 1)), land))
        if line is None or line.length < 180:
            continue
        make = (
            partial(_ended, village.word, rng, _VILLAGE_ENDINGS)
            if rng.random() < 0.7
            else partial(_any_street, rng)
        )
        name = _words.unique(make, taken)
        drafts.append((name, "village", line))
    return drafts


def _dry(land: BaseGeometry, plan: Plan) -> BaseGeometry:
    """Take the waters away where there are any: most land has none, and asking is cheaper."""
    shapely.prepare(plan.wet)
    return shapely.difference(land, plan.wet) if plan.wet.intersects(land) else land


def _longest_line(shape: BaseGeometry) -> LineString | None:
    parts = [p for p in shapely.get_parts(shape) if p.geom_type == "LineString"]
    return max(parts, key=lambda part: part.length) if parts else None


def _estate_roads(estates: Estates, plan: Plan) -> list[Road]:
    rng = stream(_SEED + len(estates.streets), "estate roads")
    by_estate: dict[int, list[tuple[LineString, int]]] = {}
    for line, estate, depth in estates.streets:
        by_estate.setdefault(estate, []).append((line, depth))
    drafts: list[_Draft] = []
    for estate in sorted(by_estate):
        lines = sorted(by_estate[estate], key=lambda entry: (entry[1], -entry[0].length))
        names = _words.block_road_names(rng, len(lines))
        drafts += [(name, "estate", line) for name, (line, _) in zip(names, lines, strict=False)]
    return _with_towns(drafts, plan, rng)


def _with_towns(drafts: list[_Draft], plan: Plan, rng: np.random.Generator) -> list[Road]:
    """Say which towns each road passes, and how much the gazetteer shall know of its numbers."""
    if not drafts:
        return []
    lines = np.array([line for _, _, line in drafts], dtype=object)
    shapes = np.array([town.shape for town in plan.towns], dtype=object)
    shapely.prepare(shapes)
    line, town = shapely.STRtree(shapes).query(lines, predicate="intersects")
    shared = shapely.length(shapely.intersection(lines[line], shapes[town]))
    passed: dict[int, list[tuple[float, int]]] = {}
    for n, t, length in zip(line.tolist(), town.tolist(), shared.tolist(), strict=True):
        # A corner of 30 m is no town that an address would name.
        if length > 30:
            passed.setdefault(n, []).append((-length, t))
    knowledge = rng.choice(3, len(drafts), p=[0.62, 0.24, 0.14])
    return [
        Road(
            name=name,
            kind=kind,
            line=shape,
            towns=tuple(t for _, t in sorted(passed.get(n, []))),
            knowledge=("full", "sparse", "none")[int(knowledge[n])],
        )
        for n, (name, kind, shape) in enumerate(drafts)
        if passed.get(n)
    ]
