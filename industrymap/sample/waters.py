"""The waters of the plan: a river along borders with an island near the middle, brooks, reservoirs."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.geometry import Polygon

from industrymap.sample.seats import CENTRE

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry import LineString
    from shapely.geometry.base import BaseGeometry

    from industrymap.sample.borders import Edge, Key

__all__ = ["waters", "wet_edges"]


def wet_edges(edges: dict[Key, Edge], inside: int) -> tuple[set[Key], set[Key], set[Key]]:
    """Choose the border edges that carry the river, the arm around its island, and the brooks."""
    graph: dict[tuple[int, int], list[tuple[tuple[int, int], Key, float]]] = {}
    rim: set[tuple[int, int]] = set()
    for key, edge in edges.items():
        if max(edge.left, edge.right) >= inside:
            rim |= set(key)
            continue
        length = float(np.hypot(*np.subtract(edge.end, edge.start)))
        middle = (np.add(edge.end, edge.start) / 2 - np.array(CENTRE)) / 1000
        # The river comes from the north-west, passes the middle and leaves in the south-east.
        guide = -6.0 * np.sin(middle[0] / 13.0) - 0.25 * middle[0]
        cost = length * (1 + (abs(middle[1] - guide) / 5.0) ** 2)
        a, b = key
        graph.setdefault(a, []).append((b, key, cost))
        graph.setdefault(b, []).append((a, key, cost))
    ends = np.array(sorted(rim & set(graph))) / 10.0
    nodes = np.array(sorted(graph)) / 10.0
    west = _closest(ends, (-48.0, 14.0))
    east = _closest(ends, (44.0, -17.0))
    river = _cheapest(graph, west, east)
    arm = _arm(edges, river, inside)
    brooks: set[Key] = set()
    on_river = {node for key in river for node in key}
    for source in ((-12.0, 46.0), (34.0, 34.0), (-18.0, -30.0), (14.0, 28.0), (-36.0, -6.0)):
        path = _cheapest_to_any(graph, _closest(nodes, source), on_river)
        brooks |= path - river - arm
    return river, arm, brooks


def _closest(nodes: NDArray[np.float64], at_km: tuple[float, float]) -> tuple[int, int]:
    target = np.array(CENTRE) + np.array(at_km) * 1000
    row = nodes[int(np.argmin(np.hypot(*(nodes - target).T)))]
    return round(row[0] * 10), round(row[1] * 10)


def _cheapest(
    graph: dict[tuple[int, int], list[tuple[tuple[int, int], Key, float]]],
    start: tuple[int, int],
    end: tuple[int, int],
) -> set[Key]:
    return _cheapest_to_any(graph, start, {end}, guided=True)


def _cheapest_to_any(
    graph: dict[tuple[int, int], list[tuple[tuple[int, int], Key, float]]],
    start: tuple[int, int],
    ends: set[tuple[int, int]],
    *,
    guided: bool = False,
) -> set[Key]:
    """Return the edges of the cheapest path from ``start`` to one of ``ends`` (Dijkstra)."""
    best = {start: 0.0}
    came: dict[tuple[int, int], tuple[tuple[int, int], Key]] = {}
    queue = [(0.0, start)]
    while queue:
        cost, node = heapq.heappop(queue)
        if node in ends:
            path = set()
            while node in came:
                node, key = came[node]
                path.add(key)
            return path
        # An older way to the node that a cheaper one has overtaken.
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


def _arm(edges: dict[Key, Edge], river: set[Key], inside: int) -> set[Key]:
    """Let the river flow around one town near the middle: the island."""
    rim: dict[int, set[Key]] = {}
    for key, edge in edges.items():
        for site in (edge.left, edge.right):
            if site < inside:
                rim.setdefault(site, set()).add(key)
    touching = [
        (float(np.hypot(*(np.add(edges[key].start, edges[key].end) / 2 - np.array(CENTRE)))), site)
        for site, keys in rim.items()
        for key in sorted(keys & river)[:1]
        if len(keys & river) >= 2
    ]
    _, island = min(touching)
    return rim[island] - river


def waters(
    wet_lines: tuple[list[LineString], ...], city: BaseGeometry, rng: np.random.Generator
) -> tuple[tuple[str, BaseGeometry], ...]:
    """Give river, arm and brooks a width that grows downstream, and clip them to the city."""
    river, arm, brooks = wet_lines
    main = shapely.union_all([_ribbon(line, 210, growing=True) for line in river])
    side = shapely.union_all([_ribbon(line, 120) for line in arm])
    small = shapely.union_all([_ribbon(line, 32) for line in brooks])
    big = shapely.union(main, side).buffer(120).buffer(-120)
    named = [("芷江", shapely.intersection(big, city))]
    named.append(("山溪", shapely.intersection(shapely.difference(small, big), city)))
    named += _lakes(city, big, rng)
    return tuple((name, shapely.set_precision(shape.simplify(12), 0.1)) for name, shape in named)


def _ribbon(line: LineString, half_width_m: float, *, growing: bool = False) -> BaseGeometry:
    """Give a line a width; ``growing`` adds up to 110 m on either side towards the east."""
    points = shapely.get_coordinates(line)
    east = (points[:-1, 0] + points[1:, 0]) / 2 - CENTRE[0]
    width = half_width_m + (110 / (1 + np.exp(-east / 9000)) if growing else 0 * east)
    pieces = shapely.linestrings(np.stack([points[:-1], points[1:]], axis=1))
    return shapely.union_all(shapely.buffer(pieces, width, quad_segs=4))


def _lakes(
    city: BaseGeometry, river: BaseGeometry, rng: np.random.Generator
) -> list[tuple[str, BaseGeometry]]:
    """Put reservoirs into the hills of the north and a lake near the middle."""
    lakes = []
    for name, x, y, radius in (
        ("上泓水库", -20.0, 37.0, 1500.0),
        ("云岭水库", 16.0, 33.0, 1100.0),
        ("鹿鸣水库", 38.0, 22.0, 1300.0),
        ("棠湖", -9.0, 11.0, 650.0),
        ("南塘水库", 12.0, -31.0, 900.0),
    ):
        angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
        wave = sum(
            rng.normal(0, 0.28 / k) * np.cos(k * angle + rng.uniform(0, 6.28)) for k in range(1, 7)
        )
        r = radius * np.exp(wave)
        ring = np.column_stack([np.cos(angle) * r, np.sin(angle) * r * 0.7])
        shape = Polygon(ring + np.array(CENTRE) + np.array([x, y]) * 1000).buffer(0)
        lakes.append((name, shapely.difference(shapely.intersection(shape, city), river)))
    return lakes
