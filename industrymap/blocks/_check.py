"""The block rules over a layer: every block, every district, the city's totals."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from industrymap import datum
from industrymap.blocks._contiguous import contiguous
from industrymap.blocks._districts import district_lines
from industrymap.blocks._findings import Findings
from industrymap.blocks._rules import Rules
from industrymap.blocks._shares import share_lines
from industrymap.blocks._table import as_table, line
from industrymap.columns import floats, texts
from industrymap.filters import shown_number
from industrymap.terms import MU_M2

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import geopandas as gpd

    from industrymap.standards import Standard

__all__ = ["check"]

# No document gives it: drawing and rounding explain a few per cent, and more needs a look.
_REPORTED_TOLERANCE = 0.05


def check(  # noqa: PLR0913 - layers, rules, official figures, and the day
    blocks: gpd.GeoDataFrame,
    *,
    crs: str,
    standard: Standard,
    parks: gpd.GeoDataFrame | None = None,
    districts: pd.DataFrame | None = None,
    targets: Mapping[str, float] | None = None,
    on: date | None = None,
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Check every block, every district and the totals against a dated standard.

    Parameters
    ----------
    blocks : GeoDataFrame
        ``industrial_blocks``, measured (``area_m2``, ``industrial_share``).
    crs : str
        The city's projected CRS.
    standard : Standard
        Of kind ``blocks``.
    parks : GeoDataFrame, optional
        Village industrial parks, measured: for the low-output land inside blocks.
    districts : DataFrame, optional
        ``code``, ``name`` and ``planned_industrial_land_m2``: for the share inside blocks.
    targets : mapping, optional
        Official figures in place of the standard's: ``count``, ``area_km2``, ``level_1_km2``, ``level_2_km2``.
    on : date, optional
        The day to judge by; the last day in force, or else the first, by default.

    Returns
    -------
    blocks : GeoDataFrame
        With ``block_issues`` (codes), ``block_reasons`` and ``block_reasons_en`` (sentences), ``idle_share`` and
        ``low_output_land_m2``.
    checks : DataFrame
        One row per thing checked; columns :data:`industrymap.blocks._table.CHECK_COLUMNS`.
    """
    rules = Rules.of(standard)
    # Blocks are judged by the rules of their day; a rule that has ended still judges the blocks made under it.
    day = on or standard.effective_to or standard.effective_from or date.min
    shapes = datum.convert_geometry(np.asarray(blocks.geometry.array), source="wgs84", target=crs)
    out = blocks.assign(
        # Of the industrial land, not of the block: a block holds roads and housing too.
        idle_share=_number(blocks, "idle_land_m2") / _number(blocks, "industrial_land_m2"),
        low_output_land_m2=_low_output(blocks, shapes, parks, rules, crs),
    )
    findings = Findings(out)
    lines = [
        # First what the rules are, so that every line below can be read against it.
        *_in_force(rules, day),
        *share_lines(out, rules, day, findings),
        *_levels(out, findings),
        *_totals(out, rules, day, targets),
        *district_lines(out, districts, rules),
        *_overlaps(out, shapes, findings),
        *_large_areas(out, crs, rules),
        *_idle(out),
        *_low_output_lines(out, parks, rules),
    ]
    _reported_areas(out, findings)
    checks = as_table({"as_of": day.isoformat(), **row} for row in lines)
    return out.assign(**findings.columns()), checks


def _in_force(rules: Rules, day: date) -> Iterator[dict[str, Any]]:
    standard = rules.standard
    valid = standard.in_force(day)
    until = standard.effective_to.isoformat() if standard.effective_to else "?"
    yield line(
        "standard",
        standard.id,
        name=standard.title("zh"),
        status="info" if valid else "undetermined",
        zh=f"{standard.source}，有效期至 {until}"
        + ("" if valid else f"；{day} 已不在有效期内，其后规定未知"),
        en=f"{standard.source}, in force until {until}"
        + ("" if valid else f"; not in force on {day}, and what replaced it is not known"),
    )


def _reported_areas(blocks: pd.DataFrame, findings: Findings) -> None:
    """Note the blocks whose reported area contradicts their polygon."""
    # An unknown difference is no contradiction; that the area is not reported is said elsewhere.
    off = np.nan_to_num(floats(blocks, "area_difference"))
    findings.add(
        "area_difference",
        np.abs(off) > _REPORTED_TOLERANCE,
        zh=[f"填报面积与图上面积相差 {share:+.1%}" for share in off],
        en=[f"the reported area differs from the polygon's by {share:+.1%}" for share in off],
    )


def _levels(blocks: pd.DataFrame, findings: Findings) -> Iterator[dict[str, Any]]:
    """Report the area of both control lines and their shares."""
    level = floats(blocks, "level")
    area = floats(blocks, "area_m2")
    findings.add(
        "level_unknown",
        ~np.isin(level, (1.0, 2.0)),
        zh="控制线级别未填报",
        en="the level of its control line is not reported",
    )
    total = np.nansum(area)
    for number, zh in ((1, "一级控制线"), (2, "二级控制线")):
        mine = level == number
        km2 = float(np.nansum(area[mine])) / 1e6
        # Of the area with a polygon, whatever its level.
        share = km2 * 1e6 / total if total else float("nan")
        yield line(
            f"level_{number}",
            "city",
            value=km2,
            unit="km²",
            n=int(mine.sum()),
            coverage=float(np.isin(level, (1.0, 2.0)).mean()) if len(level) else None,
            zh=f"{zh} {km2:.2f} km²，占 {share:.1%}",
            en=f"level {number}: {km2:.2f} km², {share:.1%}",
        )


def _totals(
    blocks: pd.DataFrame, rules: Rules, day: date, targets: Mapping[str, float] | None
) -> Iterator[dict[str, Any]]:
    """Compare count and areas with the official figures."""
    published = rules.total_on(day)
    official: dict[str, Any] = {}
    tolerance, source, source_zh = 0.001, "", ""
    if published is not None:
        tolerance, source, source_zh = published.tolerance, published.source, published.source_zh
        official = {k: getattr(published, k) for k in _TOTALS}
    # What the city pack or the caller states goes before the standard's figures: it is newer.
    official |= dict(targets or {})
    area, level = floats(blocks, "area_m2"), floats(blocks, "level")
    ours = {
        "count": float(len(blocks)),
        # Measured from the drawing, as the published total is.
        "area_km2": float(np.nansum(area)) / 1e6,
        "level_1_km2": float(np.nansum(area[level == 1])) / 1e6,
        "level_2_km2": float(np.nansum(area[level == 2])) / 1e6,
    }
    for name, (zh, en, unit) in _TOTALS.items():
        # Standards publish some of the four only.
        limit = official.get(name)
        if limit is None:
            continue
        # Published totals are rounded, so each has its tolerance.
        off = ours[name] / limit - 1.0
        yield line(
            f"total_{name}",
            "city",
            value=ours[name],
            limit=float(limit),
            unit=unit,
            status="pass" if abs(off) <= tolerance else "fail",
            n=len(blocks),
            coverage=float(np.isfinite(area).mean()) if len(area) else None,
            zh=f"{zh} {shown_number(ours[name])} {unit}，公布 {limit:g}，差 {off:+.2%}（{source_zh}）",
            en=f"{en} {shown_number(ours[name])}, published {limit:g}, {off:+.2%} ({source})",
        )


_TOTALS = {
    "count": ("区块数", "blocks", "个"),
    "area_km2": ("总面积", "total area in km²", "km²"),
    "level_1_km2": ("一级控制线面积", "area of level 1 in km²", "km²"),
    "level_2_km2": ("二级控制线面积", "area of level 2 in km²", "km²"),
}


def _overlaps(blocks: pd.DataFrame, shapes: Any, findings: Findings) -> Iterator[dict[str, Any]]:
    """Report blocks that lie on top of each other: their area would count twice."""
    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    # Each pair once, and no block with itself.
    once = left < right
    left, right = left[once], right[once]
    shared = shapely.area(shapely.intersection(shapes[left], shapes[right]))
    # Below a square metre it is the noise of drawing.
    over = shared >= 1.0
    left, right, shared = left[over], right[over], shared[over]
    hit = np.zeros(len(blocks), dtype=bool)
    hit[left] = hit[right] = True
    findings.add(
        "overlaps_another_block", hit, zh="与其他区块重叠", en="it lies over another block"
    )
    ids = texts(blocks, "block_id")
    for a, b, m2 in zip(left, right, shared, strict=True):
        yield line(
            "overlap",
            ids[a],
            name=ids[b],
            value=float(m2),
            limit=0.0,
            unit="m²",
            status="fail",
            n=2,
            zh=f"{ids[a]} 与 {ids[b]} 重叠 {m2:,.0f} m²",
            en=f"{ids[a]} and {ids[b]} overlap by {m2:,.0f} m²",
        )


def _large_areas(blocks: gpd.GeoDataFrame, crs: str, rules: Rules) -> Iterator[dict[str, Any]]:
    """Report contiguous areas of the size the standard asks for."""
    if rules.contiguous_m2 is None:
        return
    areas = contiguous(blocks, crs=crs)
    large = areas[areas["area_m2"] >= rules.contiguous_m2]
    # Where no area is large enough, the largest one shows how much is missing.
    if len(areas) and large.empty:
        most, asked = areas["area_m2"].iloc[0] / MU_M2, rules.contiguous_m2 / MU_M2
        yield line(
            "contiguous",
            str(areas["area_id"].iloc[0]),
            name=str(areas["blocks"].iloc[0]),
            value=most,
            limit=asked,
            unit="亩",
            n=int(areas["n"].iloc[0]),
            zh=f"没有连片达到 {asked:,.0f} 亩的区块；最大一片 {most:,.0f} 亩",
            en=f"no blocks form {asked:,.0f} mu; the largest area has {most:,.0f} mu",
        )
    for row in large.to_dict("records"):
        mu = row["area_m2"] / MU_M2
        yield line(
            "contiguous",
            row["area_id"],
            name=row["blocks"],
            value=mu,
            limit=rules.contiguous_m2 / MU_M2,
            unit="亩",
            status="pass",
            n=row["n"],
            zh=f"{row['n']} 个区块连片 {mu:,.0f} 亩",
            en=f"{row['n']} blocks form {mu:,.0f} mu",
        )


def _idle(blocks: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Report idle land inside blocks."""
    idle = floats(blocks, "idle_land_m2")
    known = np.isfinite(idle)
    km2 = float(np.nansum(idle)) / 1e6
    yield line(
        "idle_land",
        "city",
        value=km2 if known.any() else None,
        unit="km²",
        status="info" if known.any() else "undetermined",
        n=int(known.sum()),
        coverage=float(known.mean()) if len(known) else None,
        zh=f"区块内闲置用地 {km2:.2f} km²（{int(known.sum())} 个区块有数）",
        en=f"idle land inside blocks {km2:.2f} km² ({int(known.sum())} blocks report it)",
    )


def _low_output(
    blocks: pd.DataFrame, shapes: Any, parks: gpd.GeoDataFrame | None, rules: Rules, crs: str
) -> pd.Series[Any]:
    """Return the land in each block that belongs to parks whose output per floor area is below the limit."""
    # Without parks, or without a limit, nothing is known to be low; 0 would say that there is none.
    unknown = pd.Series(pd.NA, index=blocks.index, dtype="Float64")
    if parks is None or rules.low_output_yuan_m2 is None:
        return unknown
    # An unknown output is not a low one: NaN compares as false.
    low = floats(parks, "output_per_floor_yuan_m2") < rules.low_output_yuan_m2
    land = np.zeros(len(blocks))
    if low.any():
        low_parks = datum.convert_geometry(
            np.asarray(parks.geometry.array)[low], source="wgs84", target=crs
        )
        block, park = shapely.STRtree(low_parks).query(shapes, predicate="intersects")
        shared = shapely.area(shapely.intersection(shapes[block], low_parks[park]))
        # A block may hold several parks, and a plain assignment would keep the last.
        np.add.at(land, block, shared)
    return pd.Series(land, index=blocks.index).astype("Float64")


def _low_output_lines(
    blocks: pd.DataFrame, parks: pd.DataFrame | None, rules: Rules
) -> Iterator[dict[str, Any]]:
    if parks is None or rules.low_output_yuan_m2 is None:
        return
    output = floats(parks, "output_per_floor_yuan_m2")
    low = output < rules.low_output_yuan_m2
    km2 = float(np.nansum(floats(blocks, "low_output_land_m2"))) / 1e6
    yield line(
        "low_output_land",
        "city",
        value=km2,
        limit=rules.low_output_yuan_m2,
        unit="km²",
        n=int(low.sum()),
        coverage=float(np.isfinite(output).mean()) if len(output) else None,
        zh=f"区块内低效村级工业园用地 {km2:.2f} km²（产出低于 {rules.low_output_yuan_m2:,.0f} 元/m² 的园区 {int(low.sum())} 个）",
        en=f"low-output park land inside blocks {km2:.2f} km² ({int(low.sum())} parks below {rules.low_output_yuan_m2:,.0f} yuan/m²)",
    )


def _number(frame: pd.DataFrame, name: str) -> pd.Series[Any]:
    if name not in frame:
        return pd.Series(pd.NA, index=frame.index, dtype="Float64")
    values = frame[name].astype("Float64")
    # A block without industrial land has no share of it that lies idle.
    return values.where(values > 0) if name == "industrial_land_m2" else values
