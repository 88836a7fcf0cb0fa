"""An adjustment of the blocks, before compared with after: the total may not shrink."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from industrymap import datum
from industrymap.blocks._rules import Rules
from industrymap.blocks._table import as_table, line
from industrymap.columns import texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd
    import pandas as pd

    from industrymap.standards import Standard

__all__ = ["adjust"]

# Rounding: a square metre in a whole city.
_ROUNDING_M2 = 1.0
# Share of the area up to which two outlines count as one: drawings differ by as much.
_SAME_SHAPE = 1e-4


def adjust(
    before: gpd.GeoDataFrame, after: gpd.GeoDataFrame, *, crs: str, standard: Standard
) -> pd.DataFrame:
    """Check an adjustment: the total area of blocks may not shrink.

    Areas are measured without counting overlaps twice, so that laying blocks on top of each other gains nothing.

    Parameters
    ----------
    before, after : GeoDataFrame
        ``industrial_blocks`` in WGS 84.
    crs : str
        The city's projected CRS.
    standard : Standard
        Of kind ``blocks``.

    Returns
    -------
    checks : DataFrame
        ``no_net_loss`` (decides), then for information ``level_1``, ``level_2``, each district, and each block that was added,
        removed, changed in shape or in level.
    """
    rules = Rules.of(standard)
    sides = (_Side(before, crs), _Side(after, crs))
    return as_table(
        {"as_of": None, **row}
        for row in (
            _total(*sides, rules),
            *_levels(*sides),
            *_districts(*sides),
            *_blocks(*sides),
        )
    )


class _Side:
    """One side of the adjustment, measured."""

    def __init__(self, blocks: gpd.GeoDataFrame, crs: str) -> None:
        # In the projected CRS: areas in degrees would differ from north to south of the city.
        self.shapes = datum.convert_geometry(
            np.asarray(blocks.geometry.array), source="wgs84", target=crs
        )
        self.ids = texts(blocks, "block_id")
        self.level = texts(blocks, "level")
        self.district = texts(blocks, "district")
        self.position = {name: i for i, name in enumerate(self.ids.tolist())}

    def area(self, rows: Any = None) -> float:
        mine = self.shapes if rows is None else self.shapes[rows]
        # As a union, so that a block laid over another adds nothing.
        return float(shapely.area(shapely.union_all(mine))) if len(mine) else 0.0


def _total(old: _Side, new: _Side, rules: Rules) -> dict[str, Any]:
    a, b = old.area(), new.area()
    kept = b >= a - _ROUNDING_M2
    change = f"{a / 1e6:,.3f} → {b / 1e6:,.3f} km²（{(b - a) / 1e4:+,.2f} 公顷）"
    change_en = f"{a / 1e6:,.3f} → {b / 1e6:,.3f} km² ({(b - a) / 1e4:+,.2f} ha)"
    said_zh = "总面积不减少" if kept else "总面积减少，不符合规定"
    said_en = "the total does not shrink" if kept else "the total shrinks: not allowed"
    return line(
        "no_net_loss",
        "city",
        name=rules.standard.source,
        value=b / 1e6,
        limit=a / 1e6,
        unit="km²",
        status="pass" if kept else "fail",
        n=len(new.ids),
        zh=f"{said_zh}：{change}",
        en=f"{said_en}: {change_en}",
    )


# For information: only the total is protected, so land may change its level or district.
def _levels(old: _Side, new: _Side) -> Iterator[dict[str, Any]]:
    for number, words in (("1", ("一级控制线", "level 1")), ("2", ("二级控制线", "level 2"))):
        a, b = (side.area(side.level == number) / 1e6 for side in (old, new))
        yield _moved(f"level_{number}", "city", (a, b), words)


def _districts(old: _Side, new: _Side) -> Iterator[dict[str, Any]]:
    # Districts of both sides: one that lost its last block is the one to look at.
    for name in sorted(set(old.district) | set(new.district)):
        a, b = (side.area(side.district == name) / 1e6 for side in (old, new))
        words = (name or "未写明区", name or "no district given")
        yield _moved("district", name or "?", (a, b), words)


def _moved(
    check: str, subject: str, areas: tuple[float, float], words: tuple[str, str]
) -> dict[str, Any]:
    """Report an area before and after, in km²."""
    change = f"{areas[0]:,.3f} → {areas[1]:,.3f} km²"
    return line(
        check,
        subject,
        value=areas[1],
        limit=areas[0],
        unit="km²",
        zh=f"{words[0]} {change}",
        en=f"{words[1]} {change}",
    )


def _blocks(old: _Side, new: _Side) -> Iterator[dict[str, Any]]:
    """Report every block that is not what it was."""
    for name in sorted(set(old.position) | set(new.position)):
        i, j = old.position.get(name), new.position.get(name)
        a = None if i is None else old.shapes[i]
        b = None if j is None else new.shapes[j]
        if a is None or b is None:
            area = float(shapely.area(b if a is None else a)) / 1e4
            zh, en = ("新增", "added") if a is None else ("撤销", "removed")
            yield line(
                "block", name, value=area, unit="公顷", zh=f"{name} {zh} {area:,.2f} 公顷", en=f"{name} {en}, {area:,.2f} ha"
            )  # fmt: skip
            continue
        yield from _changed(name, a, b)
        if old.level[i] != new.level[j]:
            yield line(
                "block_level", name,
                zh=f"{name} 控制线级别 {old.level[i] or '?'} → {new.level[j] or '?'}",
                en=f"{name} control line {old.level[i] or '?'} → {new.level[j] or '?'}",
            )  # fmt: skip


def _changed(name: str, a: Any, b: Any) -> Iterator[dict[str, Any]]:
    was, now = float(shapely.area(a)), float(shapely.area(b))
    if shapely.area(shapely.symmetric_difference(a, b)) <= _SAME_SHAPE * max(was, now, 1.0):
        return
    # Out and in apart: a block that moves keeps its area and gives up land all the same.
    lost = float(shapely.area(shapely.difference(a, b))) / 1e4
    won = float(shapely.area(shapely.difference(b, a))) / 1e4
    yield line(
        "block",
        name,
        value=now / 1e4,
        limit=was / 1e4,
        unit="公顷",
        zh=f"{name} {was / 1e4:,.2f} → {now / 1e4:,.2f} 公顷（调出 {lost:,.2f}，调入 {won:,.2f}）",
        en=f"{name} {was / 1e4:,.2f} → {now / 1e4:,.2f} ha ({lost:,.2f} out, {won:,.2f} in)",
    )
