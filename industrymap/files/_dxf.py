"""A DXF drawing before GDAL sees it: is it text, and how large does it become once its blocks are inserted?

A block may hold blocks that hold blocks: eight levels of ten make a drawing of 26 kB into a hundred million lines.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from industrymap.errors import FileRefusedError
from industrymap.files._limits import more_en, more_zh

if TYPE_CHECKING:
    from collections.abc import Iterator

    from industrymap.files._limits import Limits

__all__ = ["guard", "unseen"]


def guard(text: str, *, name: str, limits: Limits) -> None:
    """Raise ``FileRefusedError`` where inserting every block would give more than the limits allow, or never end."""
    blocks, drawn = _counts(text)
    sizes: dict[str, int] = {}
    for block in blocks:
        _size(block, blocks, sizes, name=name, limits=limits)
    # Shapes drawn directly are counted under the empty name; a reference to an unknown block counts
    # as one.
    total = drawn.pop("", 0) + sum(n * sizes.get(block, 1) for block, n in drawn.items())
    _within(total, name, limits)


def unseen(text: str) -> frozenset[str]:
    """Return the CAD layers that are switched off (a colour below zero) or frozen: nobody sees them in the drawing."""
    hidden: set[str] = set()
    entity, name = "", ""
    for code, value in _pairs(text):
        if code == 0:
            entity, name = value.upper(), ""
            if entity == "ENDSEC" and hidden:
                break  # the tables are all in one section
        elif entity == "LAYER" and code == 2:
            name = value
        elif entity == "LAYER" and (
            # Group 62 is the colour, 70 a set of flags whose first bit means frozen (DXF reference,
            # LAYER).
            (code == 62 and value.startswith("-"))
            or (code == 70 and value.isdigit() and int(value) & 1)
        ):
            hidden.add(name)
    return frozenset(hidden)


def _within(total: int, name: str, limits: Limits) -> None:
    if total > limits.max_features:
        raise FileRefusedError(
            f"{name} draws {total:,} shapes once its blocks are inserted; at most {limits.max_features:,} are read {more_en('max_features')}.",
            f"{name} 展开图块后有 {total:,} 个图形，最多读取 {limits.max_features:,} 个{more_zh('max_features')}。",
        )


def _size(
    block: str, blocks: dict[str, Counter[str]], sizes: dict[str, int], *, name: str, limits: Limits
) -> None:
    """Count what a block draws, children first, without recursion; a block within itself is refused."""
    # A list instead of recursion: a file may nest blocks deeper than Python's stack.
    stack = [block]
    open_: set[str] = set()
    while stack:
        top = stack[-1]
        if top in sizes:
            stack.pop()
            continue
        # A block's size is known once those of all blocks in it are; each is counted once however
        # often it is used.
        waiting = [child for child in blocks[top] if child in blocks and child not in sizes]
        if not waiting:
            own = blocks[top]
            sizes[top] = sum(n * (sizes.get(child, 1) if child else 1) for child, n in own.items())
            _within(sizes[top], name, limits)
            stack.pop()
        # Back at a block whose children were already asked for: it waits for itself.
        elif top in open_:
            raise FileRefusedError(
                f"{name}: the block {top!r} contains itself.", f"{name}：图块“{top}”包含自身。"
            )
        else:
            open_.add(top)
            stack += waiting


def _counts(text: str) -> tuple[dict[str, Counter[str]], Counter[str]]:
    """Return for each block, and for the drawing itself, how often it refers to which block; ``""`` counts shapes."""
    blocks: dict[str, Counter[str]] = {}
    drawn: Counter[str] = Counter()
    section, here, entity = "", drawn, ""
    # Columns and rows of an INSERT (groups 70 and 71): one reference may draw a whole grid.
    repeat = [1, 1]
    reference = ""

    def close() -> None:
        if entity and entity not in {"BLOCK", "ENDBLK", "SECTION", "ENDSEC", "EOF"}:
            here[reference] += max(repeat[0], 1) * max(repeat[1], 1)

    for code, value in _pairs(text):
        if code == 0:
            close()
            entity, reference, repeat = value.upper(), "", [1, 1]
            if entity == "ENDBLK":
                here = Counter()
        elif code == 2 and entity == "SECTION":
            section = value.upper()
            # Entities of other sections (tables, objects) draw nothing: counted into nowhere.
            here = drawn if section == "ENTITIES" else Counter()
        elif code == 2 and entity == "BLOCK" and section == "BLOCKS":
            here = blocks.setdefault(value, Counter())
        # A dimension is drawn through a block of its own as well.
        elif code == 2 and entity in {"INSERT", "DIMENSION"}:
            reference = value
        elif code in {70, 71} and entity == "INSERT" and value.isdigit():
            repeat[code - 70] = int(value)
    close()
    return blocks, drawn


def _pairs(text: str) -> Iterator[tuple[int, str]]:
    """Yield code and value, the two lines that DXF writes for everything."""
    lines = iter(text.splitlines())
    # The same iterator twice takes lines two by two.
    for code, value in zip(lines, lines, strict=False):
        bare = code.strip()
        if bare.isdigit():
            yield int(bare), value.strip()
