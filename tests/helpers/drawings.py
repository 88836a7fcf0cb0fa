"""Small DXF drawings as text: closed and open lines, texts, blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

Points = list[tuple[float, float]]


def tags(*pairs: tuple[int, object]) -> str:
    return "".join(f"{code:3d}\n{value}\n" for code, value in pairs)


def line(points: Points, *, layer: str, closed: bool = True) -> str:
    head = tags((0, "LWPOLYLINE"), (8, layer), (90, len(points)), (70, int(closed)))
    return head + "".join(tags((10, x), (20, y)) for x, y in points)


def text(words: str, at: tuple[float, float], *, layer: str = "注记") -> str:
    return tags((0, "TEXT"), (8, layer), (10, at[0]), (20, at[1]), (40, 2.5), (1, words))


def insert(block: str, *, columns: int = 1) -> str:
    return tags((0, "INSERT"), (8, "0"), (2, block), (10, 0.0), (20, 0.0), (70, columns))


def block(name: str, *entities: str) -> str:
    return (
        tags((0, "BLOCK"), (8, "0"), (2, name), (10, 0.0), (20, 0.0))
        + "".join(entities)
        + tags((0, "ENDBLK"))
    )


def layer(name: str, *, colour: int = 7, flags: int = 0) -> str:
    """Return an entry of the table of layers: a colour below zero is off, flag 1 is frozen."""
    return tags((0, "LAYER"), (2, name), (70, flags), (62, colour), (6, "CONTINUOUS"))


def drawing(
    entities: Sequence[str], *, blocks: Sequence[str] = (), layers: Sequence[str] = ()
) -> str:
    table = tags((0, "SECTION"), (2, "TABLES"), (0, "TABLE"), (2, "LAYER"), (70, len(layers)))
    table += "".join(layers) + tags((0, "ENDTAB"), (0, "ENDSEC"))
    return (
        tags((0, "SECTION"), (2, "HEADER"), (9, "$ACADVER"), (1, "AC1015"), (9, "$DWGCODEPAGE"), (3, "ANSI_936"), (0, "ENDSEC"))
        + (table if layers else "")
        + tags((0, "SECTION"), (2, "BLOCKS"))
        + "".join(blocks)
        + tags((0, "ENDSEC"), (0, "SECTION"), (2, "ENTITIES"))
        + "".join(entities)
        + tags((0, "ENDSEC"), (0, "EOF"))
    )  # fmt: skip
