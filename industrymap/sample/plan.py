"""The plan of the invented city: outline, eleven districts, 176 towns, and its waters.

The plan is drawn once, from a fixed number, because the city pack names its units: a seed changes what stands
in the city, never the city. Everything here is in metres, in the projected CRS of the pack.

Towns are the cells of a Voronoi diagram whose straight edges were replaced by jagged lines. A line stays inside
the two triangles between its edge and the two sites, so that no two lines can cross and the towns tile the city.
The river runs along such edges, as rivers do along borders.
"""

from __future__ import annotations

import csv
import heapq
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely
from shapely.geometry import LineString, MultiPoint, Point, Polygon
from shapely.ops import polygonize

from industrymap.sample._dice import stream

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

__all__ = ["CRS", "PACK", "District", "Plan", "Town", "draw", "former_units"]

PACK = "sample"
CRS = "EPSG:4547"
_SEED = 990100
_CENTRE = (500_000.0, 2_876_000.0)
"""Easting and northing of the middle of the city, metres: nothing real is meant."""

_SEATS: dict[str, tuple[float, float]] = {
    # kilometres east and north of the middle, one per district code
    "990103": (-1.5, 3.0),
    "990104": (5.5, 4.5),
    "990105": (6.5, -3.0),
    "990106": (-3.5, -4.5),
    "990111": (-17.0, 8.0),
    "990112": (20.0, 7.0),
    "990113": (2.0, 20.0),
    "990114": (-6.0, -23.0),
    "990115": (20.0, -22.0),
    "990117": (-17.0, 33.0),
    "990118": (30.0, 29.0),
}
_RADIUS_KM = 48.0
_MIN_STEP_M = 260.0


@dataclass(frozen=True, slots=True, kw_only=True)
class District:
    """One district: its code, name and land."""

    code: str
    name: str
    shape: Polygon


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """One town or street.

    Attributes
    ----------
    code, name, district_code : str
        As in the pack's ``divisions.csv``.
    shape : Polygon
        Its land, tiling the city with the others.
    seat : tuple of float
        Easting and northing of its middle, metres.
    remoteness : float
        Distance of the seat from the middle of the city, metres.
    """

    code: str
    name: str
    district_code: str
    shape: Polygon
    seat: tuple[float, float]
    remoteness: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The whole plan."""

    centre: tuple[float, float]
    districts: tuple[District, ...]
    towns: tuple[Town, ...]
    neighbours: tuple[tuple[int, int, LineString], ...]
    water: tuple[tuple[str, BaseGeometry], ...]
    wet: BaseGeometry
    """All waters in one shape."""


class Unit(NamedTuple):
    """One row of the pack's ``divisions.csv``."""

    code: str
    name: str
    level: str
    parent_code: str
    valid_to: str
    replaced_by: tuple[str, ...]


@cache
def units() -> tuple[Unit, ...]:
    """Return every division of the sample pack, current and former."""
    path = resources.files("industrymap").joinpath("cities", PACK, "divisions.csv")
    rows = csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    return tuple(
        Unit(
            row["code"],
            row["name"],
            row["level"],
            row["parent_code"],
            row["valid_to"],
            tuple(filter(None, row["replaced_by"].split("|"))),
        )
        for row in rows
    )


def former_units() -> tuple[Unit, ...]:
    """Return the divisions that exist no more."""
    return tuple(unit for unit in units() if unit.valid_to)


@cache
def draw() -> Plan:
    """Draw the plan."""
    dice = stream(_SEED, "plan")
    districts = [u for u in units() if u.level == "district" and not u.valid_to]
    towns = [u for u in units() if u.level == "town" and not u.valid_to]
    sites, owner = _sites(districts, towns, dice)
    ring = _outer_ring(dice)
    edges = _edges(np.vstack([sites, ring]))
    river_keys, island_keys, brook_keys = _river_edges(edges, len(sites))
    wet_keys = river_keys | island_keys | brook_keys
    lines = {
        key: _jagged(edge, dice, smooth=key in wet_keys)
        for key, edge in edges.items()
        if min(edge.left, edge.right) < len(sites)
    }
    cells = _cells(lines, sites)
    order = _town_order(sites, owner, towns)
    drawn = tuple(
        _town(unit, cells[site], tuple(sites[site]))
        for unit, site in zip(towns, order, strict=True)
    )
    place = {site: number for number, site in enumerate(order)}
    between = [
        (
            min(place[edge.left], place[edge.right]),
            max(place[edge.left], place[edge.right]),
            lines[key],
        )
        for key, edge in edges.items()
        if edge.left in place and edge.right in place
    ]
    neighbours = tuple(sorted(between, key=lambda entry: entry[:2]))
    city = shapely.union_all([town.shape for town in drawn])
    wet_lines = tuple(
        [lines[k] for k in sorted(keys)] for keys in (river_keys, island_keys, brook_keys)
    )
    water = _water(wet_lines, city, dice)
    return Plan(
        centre=_CENTRE,
        districts=tuple(
            District(
                code=u.code,
                name=u.name,
                shape=_joined([t.shape for t in drawn if t.district_code == u.code]),
            )
            for u in districts
        ),
        towns=drawn,
        neighbours=neighbours,
        water=water,
        wet=shapely.union_all([shape for _, shape in water]),
    )


def _joined(shapes: list[Polygon]) -> Polygon:
    whole = shapely.union_all(shapes)
    if not isinstance(whole, Polygon):
        msg = "the towns of a district do not hang together"
        raise TypeError(msg)
    return whole


def _town(unit: Unit, shape: Polygon, site: tuple[float, float]) -> Town:
    return Town(
        code=unit.code,
        name=unit.name,
        district_code=unit.parent_code,
        shape=shape,
        seat=(float(site[0]), float(site[1])),
        remoteness=float(np.hypot(site[0] - _CENTRE[0], site[1] - _CENTRE[1])),
    )


# --- where the towns sit ---------------------------------------------------------------------------------


def _sites(
    districts: list[Unit], towns: list[Unit], dice: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Place every town's seat inside its district, closer together towards the middle."""
    seats = np.array([_SEATS[u.code] for u in districts])
    cloud = dice.uniform(-60, 60, (60_000, 2))
    cloud = cloud[_inside_outline(cloud)]
    nearest = np.argmin(((cloud[:, None, :] - seats[None]) ** 2).sum(-1), axis=1)
    found, owner = [], []
    for number, district in enumerate(districts):
        count = sum(1 for town in towns if town.parent_code == district.code)
        points = _spread(cloud[nearest == number], seats[number], count, dice)
        found.append(points)
        owner += [number] * count
    return np.vstack(found) * 1000 + np.array(_CENTRE), np.array(owner)


def _spread(
    cloud: NDArray[np.float64], seat: NDArray[np.float64], count: int, dice: np.random.Generator
) -> NDArray[np.float64]:
    """Spread ``count`` points over a cloud, denser near the seat and near the middle (weighted k-means)."""
    to_seat = np.hypot(*(cloud - seat).T)
    to_middle = np.hypot(*cloud.T)
    weight = np.exp(-to_seat / 9.0) + np.exp(-to_middle / 12.0) + 0.03
    points = cloud[dice.choice(len(cloud), count, replace=False, p=weight / weight.sum())]
    for _ in range(12):
        mine = np.argmin(((cloud[:, None, :] - points[None]) ** 2).sum(-1), axis=1)
        total = np.bincount(mine, weight, count)
        points = np.column_stack(
            [np.bincount(mine, weight * cloud[:, axis], count) / total for axis in (0, 1)]
        )
    spread: NDArray[np.float64] = points
    return spread


def _radius_km(angle: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the outline's distance from the middle at an angle, kilometres."""
    return _RADIUS_KM * (
        1
        + 0.10 * np.cos(angle - 0.9)
        + 0.13 * np.cos(2 * (angle - 1.1))
        + 0.07 * np.cos(3 * angle + 0.4)
        + 0.045 * np.cos(5 * angle + 2.0)
    )


def _inside_outline(points: NDArray[np.float64]) -> NDArray[np.bool_]:
    angle = np.arctan2(points[:, 1], points[:, 0])
    inside: NDArray[np.bool_] = np.hypot(points[:, 0], points[:, 1]) < _radius_km(angle) - 2
    return inside


def _outer_ring(dice: np.random.Generator) -> NDArray[np.float64]:
    """Return sites outside the city, so that every town has a border; two rings keep the outline close."""
    rings = []
    for count, out in ((90, 4.0), (40, 40.0)):
        angle = np.linspace(0, 2 * np.pi, count, endpoint=False) + dice.uniform(-0.02, 0.02, count)
        radius = _radius_km(angle) + out + dice.uniform(-2, 2, count)
        rings.append(np.column_stack([np.cos(angle), np.sin(angle)]) * radius[:, None])
    ring: NDArray[np.float64] = np.vstack(rings) * 1000 + np.array(_CENTRE)
    return ring


def _town_order(
    sites: NDArray[np.float64], owner: NDArray[np.int64], towns: list[Unit]
) -> list[int]:
    """Give streets the sites near the middle and towns those farther out, district by district."""
    far = np.hypot(*(sites - np.array(_CENTRE)).T)
    order: list[int] = []
    codes = list(dict.fromkeys(town.parent_code for town in towns))
    for number, _ in enumerate(codes):
        mine = np.flatnonzero(owner == number)
        order += [int(i) for i in mine[np.argsort(far[mine], kind="stable")]]
    return order


# --- borders ---------------------------------------------------------------------------------------------


class _Edge(NamedTuple):
    start: tuple[float, float]
    end: tuple[float, float]
    left: int
    right: int
    apexes: tuple[tuple[float, float], tuple[float, float]]


_Key = tuple[tuple[int, int], tuple[int, int]]


def _edges(sites: NDArray[np.float64]) -> dict[_Key, _Edge]:
    """Return the edges that two Voronoi cells share, with the two sites on either side."""
    cells = shapely.get_parts(
        shapely.voronoi_polygons(
            MultiPoint(sites), ordered=True, extend_to=Point(_CENTRE).buffer(2e5)
        )
    )
    seen: dict[_Key, list[tuple[int, tuple[float, float], tuple[float, float]]]] = {}
    for number, cell in enumerate(cells):
        ring = shapely.get_coordinates(cell.exterior)
        for a, b in pairwise(ring):
            start, end = (float(a[0]), float(a[1])), (float(b[0]), float(b[1]))
            seen.setdefault(_key(start, end), []).append((number, start, end))
    found = {}
    for key in sorted(seen):
        if len(seen[key]) == 2:
            (one, start, end), (other, _, _) = seen[key]
            apexes = (_pair(sites[one]), _pair(sites[other]))
            found[key] = _Edge(start, end, one, other, apexes)
    return found


def _pair(row: NDArray[np.float64]) -> tuple[float, float]:
    return float(row[0]), float(row[1])


def _key(start: tuple[float, float], end: tuple[float, float]) -> _Key:
    a, b = _node(start), _node(end)
    return (a, b) if a < b else (b, a)


def _node(point: tuple[float, float]) -> tuple[int, int]:
    return round(point[0] * 10), round(point[1] * 10)


def _jagged(edge: _Edge, dice: np.random.Generator, *, smooth: bool) -> LineString:
    """Replace an edge by a line that wanders, never leaving the two triangles to its sites."""
    start, end = np.array(edge.start), np.array(edge.end)
    length = float(np.hypot(*(end - start)))
    steps = max(2, 2 ** int(np.ceil(np.log2(max(1.0, length / _MIN_STEP_M)))))
    t = np.linspace(0, 1, steps + 1)
    offset = _wander(steps, dice, roughness=0.36 if smooth else 0.58) * length * 0.16
    if smooth:
        offset = offset * 1.3
    along = (end - start) / max(length, 1e-9)
    across = np.array([-along[1], along[0]])
    room_left, room_right = np.full(steps + 1, np.inf), np.full(steps + 1, np.inf)
    for apex in edge.apexes:
        relative = np.array(apex) - start
        height, foot = float(relative @ across), float(relative @ along) / max(length, 1e-9)
        room = _triangle_room(t, abs(height), foot)
        if height > 0:
            room_left = room
        else:
            room_right = room
    room = np.where(offset > 0, room_left, room_right) * 0.5
    room = np.where(np.isfinite(room), room, length)
    bounded = np.tanh(offset / np.maximum(room, 1e-6)) * room
    points = start + np.outer(t * length, along) + np.outer(bounded, across)
    points[0], points[-1] = start, end
    return LineString(np.round(points, 2))


def _triangle_room(t: NDArray[np.float64], height: float, foot: float) -> NDArray[np.float64]:
    """Return how far one may step sideways at ``t`` inside a triangle with its apex over ``foot``."""
    room = np.full(t.shape, np.inf)
    if foot > 0:
        room = np.minimum(room, height * t / foot)
    if foot < 1:
        room = np.minimum(room, height * (1 - t) / (1 - foot))
    return room


def _wander(steps: int, dice: np.random.Generator, *, roughness: float) -> NDArray[np.float64]:
    """Return a midpoint-displacement profile of ``steps + 1`` values that starts and ends at 0."""
    values = np.zeros(steps + 1)
    size, amplitude = steps, 1.0
    while size > 1:
        half = size // 2
        middle = np.arange(half, steps, size)
        bump = dice.normal(0, 1, len(middle)).clip(-1.6, 1.6) * amplitude
        values[middle] = (values[middle - half] + values[middle + half]) / 2 + bump
        size, amplitude = half, amplitude * roughness
    return values


def _cells(lines: dict[_Key, LineString], sites: NDArray[np.float64]) -> list[Polygon]:
    """Close the lines into one polygon per site."""
    faces = list(polygonize(shapely.union_all(list(lines.values()))))
    tree = shapely.STRtree(faces)
    site, face = tree.query(shapely.points(sites), predicate="within")
    found = dict(zip(site.tolist(), face.tolist(), strict=True))
    return [shapely.normalize(faces[found[number]]) for number in range(len(sites))]


# --- water -----------------------------------------------------------------------------------------------


def _river_edges(edges: dict[_Key, _Edge], inside: int) -> tuple[set[_Key], set[_Key], set[_Key]]:
    """Choose the border edges that carry the river, the arm around its island, and the brooks."""
    graph: dict[tuple[int, int], list[tuple[tuple[int, int], _Key, float]]] = {}
    for key, edge in edges.items():
        if edge.left >= inside and edge.right >= inside:
            continue
        length = float(np.hypot(*np.subtract(edge.end, edge.start)))
        middle = (np.add(edge.end, edge.start) / 2 - np.array(_CENTRE)) / 1000
        # The river comes from the north-west, passes the middle and leaves in the south-east.
        guide = -6.0 * np.sin(middle[0] / 13.0) - 0.25 * middle[0]
        rim = 4.0 if max(edge.left, edge.right) >= inside else 1.0
        cost = length * rim * (1 + (abs(middle[1] - guide) / 5.0) ** 2)
        a, b = key
        graph.setdefault(a, []).append((b, key, cost))
        graph.setdefault(b, []).append((a, key, cost))
    nodes = np.array(sorted(graph)) / 10.0
    west = _closest(nodes, (-48.0, 14.0))
    east = _closest(nodes, (44.0, -17.0))
    river = _cheapest(graph, west, east)
    arm = _arm(edges, river, inside)
    brooks: set[_Key] = set()
    on_river = {node for key in river for node in key}
    for source in ((-12.0, 46.0), (34.0, 34.0), (-18.0, -30.0), (14.0, 28.0), (-36.0, -6.0)):
        path = _cheapest_to_any(graph, _closest(nodes, source), on_river)
        brooks |= path - river - arm
    return river, arm, brooks


def _closest(nodes: NDArray[np.float64], at_km: tuple[float, float]) -> tuple[int, int]:
    target = np.array(_CENTRE) + np.array(at_km) * 1000
    row = nodes[int(np.argmin(np.hypot(*(nodes - target).T)))]
    return round(row[0] * 10), round(row[1] * 10)


def _cheapest(
    graph: dict[tuple[int, int], list[tuple[tuple[int, int], _Key, float]]],
    start: tuple[int, int],
    end: tuple[int, int],
) -> set[_Key]:
    return _cheapest_to_any(graph, start, {end}, guided=True)


def _cheapest_to_any(
    graph: dict[tuple[int, int], list[tuple[tuple[int, int], _Key, float]]],
    start: tuple[int, int],
    ends: set[tuple[int, int]],
    *,
    guided: bool = False,
) -> set[_Key]:
    """Return the edges of the cheapest path from ``start`` to one of ``ends`` (Dijkstra)."""
    best = {start: 0.0}
    came: dict[tuple[int, int], tuple[tuple[int, int], _Key]] = {}
    queue = [(0.0, start)]
    while queue:
        cost, node = heapq.heappop(queue)
        if node in ends:
            path = set()
            while node in came:
                node, key = came[node]
                path.add(key)
            return path
        if cost > best[node]:
            continue
        for other, key, step in graph[node]:
            plain = float(np.hypot(*np.subtract(other, node))) / 10
            total = cost + (step if guided else plain)
            if total < best.get(other, np.inf):
                best[other] = total
                came[other] = (node, key)
                heapq.heappush(queue, (total, other))
    return set()


def _arm(edges: dict[_Key, _Edge], river: set[_Key], inside: int) -> set[_Key]:
    """Let the river flow around one town near the middle: the island."""
    rim: dict[int, set[_Key]] = {}
    for key, edge in edges.items():
        for site in (edge.left, edge.right):
            if site < inside:
                rim.setdefault(site, set()).add(key)
    touching = [
        (float(np.hypot(*(np.add(edges[key].start, edges[key].end) / 2 - np.array(_CENTRE)))), site)
        for site, keys in rim.items()
        for key in sorted(keys & river)[:1]
        if len(keys & river) >= 2
    ]
    _, island = min(touching)
    return rim[island] - river


def _water(
    wet_lines: tuple[list[LineString], ...], city: BaseGeometry, dice: np.random.Generator
) -> tuple[tuple[str, BaseGeometry], ...]:
    """Give river, arm and brooks a width that grows downstream, and clip them to the city."""
    river, arm, brooks = wet_lines
    main = shapely.union_all([_ribbon(line, 210, growing=True) for line in river])
    side = shapely.union_all([_ribbon(line, 120) for line in arm])
    small = shapely.union_all([_ribbon(line, 32) for line in brooks])
    big = shapely.union(main, side).buffer(120).buffer(-120)
    named = [("芷江", shapely.intersection(big, city))]
    named.append(("山溪", shapely.intersection(shapely.difference(small, big), city)))
    named += _lakes(city, big, dice)
    return tuple((name, shapely.set_precision(shape.simplify(12), 0.1)) for name, shape in named)


def _ribbon(line: LineString, half_width_m: float, *, growing: bool = False) -> BaseGeometry:
    """Give a line a width; ``growing`` adds up to 110 m on either side towards the east."""
    points = shapely.get_coordinates(line)
    east = (points[:-1, 0] + points[1:, 0]) / 2 - _CENTRE[0]
    width = half_width_m + (110 / (1 + np.exp(-east / 9000)) if growing else 0 * east)
    pieces = shapely.linestrings(np.stack([points[:-1], points[1:]], axis=1))
    return shapely.union_all(shapely.buffer(pieces, width, quad_segs=4))


def _lakes(
    city: BaseGeometry, river: BaseGeometry, dice: np.random.Generator
) -> list[tuple[str, BaseGeometry]]:
    """Put reservoirs into the hills of the north and a lake near the middle."""
    found = []
    for name, x, y, radius in (
        ("上泓水库", -20.0, 37.0, 1500.0),
        ("云岭水库", 16.0, 33.0, 1100.0),
        ("鹿鸣水库", 38.0, 22.0, 1300.0),
        ("棠湖", -9.0, 11.0, 650.0),
        ("南塘水库", 12.0, -31.0, 900.0),
    ):
        angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
        wave = sum(
            dice.normal(0, 0.28 / k) * np.cos(k * angle + dice.uniform(0, 6.28))
            for k in range(1, 7)
        )
        r = radius * np.exp(wave)
        ring = np.column_stack([np.cos(angle) * r, np.sin(angle) * r * 0.7])
        shape = Polygon(ring + np.array(_CENTRE) + np.array([x, y]) * 1000).buffer(0)
        found.append((name, shapely.difference(shapely.intersection(shape, city), river)))
    return found
