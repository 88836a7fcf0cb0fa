"""``industrymap parks capacity | whatif | progress | overlaps``: what works would bring, and what has been done."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from industrymap.cli._chosen import rows_where
from industrymap.cli._options import Command, option, output_option
from industrymap.cli._parks_show import print_simulated_notice, save, show, titled, workspace_option
from industrymap.cli._talk import current, say
from industrymap.errors import ConfigError
from industrymap.schemas import PARKS
from industrymap.wording import counted

if TYPE_CHECKING:
    import geopandas as gpd

    from industrymap.workspace import Workspace

_OUT = output_option(
    type=click.Path(path_type=Path), zh="同时写出 xlsx。", en="Also write an xlsx."
)
_WHERE = option("--where", zh="只取符合筛选条件的园区。", en="Only the parks that match a filter.")
_AREA = ("用地（km²）", "Land (km²)")


@click.command(
    "capacity", cls=Command, zh="提容潜力：达到目标容积率可新增多少建筑面积，分路径和合计。"
)
@option("--far", type=float, required=True, zh="目标容积率。", en="Target floor area ratio.")
@option(
    "--use",
    "uses",
    multiple=True,
    zh="某种规划用途另定目标，如 storage=1.2。",
    en="A different target for one planned use, e.g. storage=1.2.",
)
@_WHERE
@_OUT
@workspace_option
def capacity_command(
    *, far: float, uses: tuple[str, ...], where: str | None, out: Path | None, folder: Path
) -> None:
    """Say how much floor area a target FAR would add, by route and in all."""
    from industrymap import workspace
    from industrymap.parks import whatif

    space = workspace.load(folder)
    parks = rows_where(space, PARKS, where)
    table = whatif.capacity(parks, far=far, by_use=_targets(uses))
    whole = whatif.total_capacity(table).iloc[0]
    print_simulated_notice(space)
    added = whole["floor_added_m2"] / 1e4
    say(
        f"{len(parks):,} 个园区按容积率 {far:g} 可新增建筑面积 {added:,.1f} 万 m²"
        f"（{int(whole['n']):,} 个园区有数，覆盖 {whole['coverage']:.0%}）",
        f"{counted(len(parks), 'park')} at FAR {far:g} could add {added * 1e4:,.0f} m² of floor area"
        f" (known for {counted(int(whole['n']), 'park')}, {whole['coverage']:.0%})",
    )
    by_route = whatif.capacity_by(table, parks["route"])
    areas = ["land_area_m2", "floor_now_m2", "floor_added_m2"]
    show(
        # m² of land to hectares, and m² of floor to 万m².
        by_route.assign(**{name: by_route[name] / 1e4 for name in areas}),
        ["route", "n", "land_area_m2", "floor_now_m2", "floor_added_m2"],
        {
            "n": ("园区数", "Parks"),
            "land_area_m2": ("用地（公顷）", "Land (ha)"),
            "floor_now_m2": ("现状建筑面积（万m²）", "Floor now (10k m²)"),
            "floor_added_m2": ("可新增（万m²）", "Could add (10k m²)"),
        },
    )
    if out:
        named = table.assign(name=parks["name"], district=parks["district"])
        titles = _CAPACITY_TITLES
        save(
            space,
            out,
            [("提容潜力" if current() == "zh" else "capacity", titled(named, titles), "")],
        )


_CAPACITY_TITLES = {
    "park_id": ("园区编号", "Park ID"),
    "name": ("园区名称", "Name"),
    "district": ("区", "District"),
    "land_area_m2": ("用地面积（m²）", "Land (m²)"),
    "floor_now_m2": ("现状建筑面积（m²）", "Floor now (m²)"),
    "far_target": ("目标容积率", "Target FAR"),
    "floor_target_m2": ("目标建筑面积（m²）", "Floor at target (m²)"),
    "floor_added_m2": ("可新增（m²）", "Could add (m²)"),
}


@click.command(
    "whatif", cls=Command, zh="改造推演：比较一组园区改造前后的用地、建筑、产值、税收和就业。"
)
@click.argument("park_ids", nargs=-1)
@option(
    "--where", zh="以筛选条件代替园区编号。", en="The parks that match a filter, instead of ids."
)
@option("--far", type=float, required=True, zh="改造后容积率。", en="FAR after works.")
@option(
    "--output-per-floor",
    type=float,
    zh="改造后单位建筑面积产值（元/m²）。",
    en="Output after works, in yuan per m² of floor area.",
)
@option("--tax-per-output", type=float, zh="改造后税收与产值之比。", en="Tax ÷ output after works.")
@option(
    "--floor-per-job",
    type=float,
    zh="改造后人均建筑面积（m²）。",
    en="Floor area per job after works, in m².",
)
@_OUT
@workspace_option
def whatif_command(
    *,
    park_ids: tuple[str, ...],
    where: str | None,
    far: float,
    output_per_floor: float | None,
    tax_per_output: float | None,
    floor_per_job: float | None,
    out: Path | None,
    folder: Path,
) -> None:
    """Compare a set of parks before and after works: land, floor, output, tax, jobs."""
    from industrymap import workspace
    from industrymap.parks import whatif

    # Both would leave it open whether ids narrow the filter or add to it; neither names no park.
    if bool(park_ids) == bool(where):
        raise ConfigError(
            "Name parks by their ids or with --where, one of the two.",
            "请写园区编号或 --where，二者选一。",
        )
    space = workspace.load(folder)
    parks = rows_where(space, PARKS, where)
    wanted = list(park_ids) or parks["park_id"].tolist()
    plan = whatif.Plan(
        far=far,
        output_per_floor_yuan_m2=output_per_floor,
        tax_per_output=tax_per_output,
        floor_per_job_m2=floor_per_job,
    )
    table = whatif.what_if(parks, wanted, plan)
    print_simulated_notice(space)
    say(f"{len(wanted):,} 个园区：", f"{len(wanted):,} park{'' if len(wanted) == 1 else 's'}:")
    lang = current()
    named = {
        lang: ("指标", "Figure"),
        "unit" if lang == "zh" else "unit_en": ("单位", "Unit"),
        "before": ("现状", "Before"),
        "after": ("改造后", "After"),
        "change": ("变化", "Change"),
        "coverage": ("数据覆盖", "Coverage"),
        f"basis_{lang}": ("测算依据", "Basis"),
    }
    show(table, list(named), named, percents=["coverage"])
    # Without this sentence a dash looks like a fault of the program.
    if not (table["coverage"] >= 1).all():
        say(
            "“—”：有园区缺该项现状数据，现状合计偏小，不计算变化",
            "—: a park brings no such figure, so the sum before is too small to subtract",
        )
    if out:
        save(space, out, [("改造推演" if lang == "zh" else "what if", titled(table, named), "")])


@click.command("progress", cls=Command, zh="整治进度：按年度、路径、区统计个数和面积，并对照目标。")
@option("--where", zh="只取符合筛选条件的园区。", en="Only the parks that match a filter.")
@_OUT
@workspace_option
def progress_command(*, where: str | None, out: Path | None, folder: Path) -> None:
    """Area and count by year, route and district, against the plan's targets."""
    from industrymap import citypack, standards, workspace
    from industrymap.parks.progress import progress

    space = workspace.load(folder)
    parks = rows_where(space, PARKS, where)
    targets = standards.choose(citypack.load(space.city), "park_targets")
    done = progress(parks, targets=targets)
    print_simulated_notice(space)
    sides = {
        ("按年度", "by year"): (done.by_year, _YEAR_TITLES),
        ("按路径", "by route"): (done.by_route, {"route": ("路径", "Route")} | _GROUP_TITLES),
        ("按区", "by district"): (
            done.by_district,
            {"district": ("区", "District")} | _GROUP_TITLES,
        ),
        ("对照目标", "against the targets"): (done.targets, _TARGET_TITLES),
    }
    for (zh, en), (table, titles) in sides.items():
        if len(table):
            say(f"{zh}：", f"{en}:")
            # The source of a target is kept in both languages; the screen shows one.
            there = [name for name in titles if name in table and name != _OTHER_SOURCE[current()]]
            show(table, there, titles, percents=["done_share", "share"])
    # Finished without a year, they are in no line of the table by year: its sum would look short.
    if done.undated_n:
        say(
            f"另有 {done.undated_n:,} 个园区（{done.undated_km2:,.2f} km²）已完成但没有完成年份。",
            f"{done.undated_n:,} more parks ({done.undated_km2:,.2f} km²) are done without a year.",
        )
    if out:
        number = 0 if current() == "zh" else 1
        parts = [
            (names[number], titled(table, titles), "") for names, (table, titles) in sides.items()
        ]
        save(space, out, parts)


_YEAR_TITLES = {
    "year": ("年份", "Year"),
    "done_n": ("完成（个）", "Done"),
    "done_km2": ("完成（km²）", "Done (km²)"),
    "planned_n": ("计划（个）", "Planned"),
    "planned_km2": ("计划（km²）", "Planned (km²)"),
}
_GROUP_TITLES = {
    "n": ("园区数", "Parks"),
    "km2": _AREA,
    "done_n": ("完成", "Done"),
    "done_km2": ("完成（km²）", "Done (km²)"),
    "done_share": ("完成占比", "Share done"),
    "under_way_n": ("改造中", "Under way"),
    "approved_n": ("已批复", "Approved"),
    "planned_n": ("已计划", "Planned"),
    "none_n": ("未启动", "Not started"),
    "unknown_n": ("状态不明", "Unknown"),
}
_TARGET_TITLES = {
    "from_year": ("起", "From"),
    "to_year": ("止", "To"),
    "target_km2": ("目标（km²）", "Target (km²)"),
    "reported_km2": ("公布完成（km²）", "Reported (km²)"),
    "done_n": ("完成（个）", "Done"),
    "done_km2": ("完成（km²）", "Done (km²)"),
    "share": ("占比", "Share"),
    "source_zh": ("来源", "Source"),
    "source": ("来源（英文）", "Source"),
}
_OTHER_SOURCE = {"zh": "source", "en": "source_zh"}


@click.command("overlaps", cls=Command, zh="叠加分析：园区与其他园区、区块或行政区的重叠及面积。")
@option(
    "--with",
    "other",
    type=click.Choice(["parks", "blocks", "districts"]),
    default="parks",
    show_default=True,
    zh="与哪个图层叠加。",
    en="Layer to compare the parks with.",
)
@option(
    "--limit",
    type=int,
    default=20,
    show_default=True,
    zh="最多显示的行数。",
    en="Maximum number of lines.",
)
@_OUT
@workspace_option
def overlaps_command(*, other: str, limit: int, out: Path | None, folder: Path) -> None:
    """List which parks overlap which parks, blocks or districts, and by how much."""
    from industrymap import citypack, measure, workspace

    space = workspace.load(folder)
    parks = rows_where(space, PARKS, None)
    layer, key = _layer(space, other, parks)
    table = measure.overlap_matrix(
        parks, layer, crs=citypack.load(space.city).crs, key="park_id", other_key=key
    )
    # Paper and screenshots travel without their file: the notice goes with the figures.
    print_simulated_notice(space)
    with_ = {
        "parks": ("其他园区", "other parks"),
        "blocks": ("产业区块", "industrial blocks"),
        "districts": ("行政区", "districts"),
    }
    say(
        f"园区与{with_[other][0]}：{len(table):,} 处重叠",
        f"parks and {with_[other][1]}: {counted(len(table), 'overlap')}",
    )
    titles = {
        "left": ("园区", "Park"),
        "right": ("与", "With"),
        "overlap_m2": ("重叠（m²）", "Overlap (m²)"),
        "share_left": ("占园区", "Of the park"),
        "share_right": ("占对方", "Of the other"),
    }
    if len(table):
        show(table.head(limit), list(titles), titles, percents=["share_left", "share_right"])
    if len(table) > limit:
        rest = len(table) - limit
        say(f"其余 {rest:,} 处未显示（--limit）", f"{rest:,} more (--limit)")
    if out:
        save(space, out, [("叠加" if current() == "zh" else "overlaps", titled(table, titles), "")])


COMMANDS = (capacity_command, whatif_command, progress_command, overlaps_command)
"""Commands that ``industrymap parks`` takes in."""


def _layer(space: Workspace, other: str, parks: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, str]:
    from industrymap import pipeline

    if other == "parks":
        return parks, "park_id"
    name, key = {"blocks": ("industrial_blocks", "block_id"), "districts": ("districts", "name")}[
        other
    ]
    return pipeline.layer(space, name), key


def _targets(uses: tuple[str, ...]) -> dict[str, float]:
    """Read ``storage=1.2`` and ``仓储=1.2``."""
    from industrymap import schemas

    known: dict[str, str] = {}
    # Code, Chinese and English word all name a use; people type what their own table says.
    for value in schemas.values("planned_use"):
        known |= dict.fromkeys((value.value, value.zh, value.en.lower()), value.value)
    target_of: dict[str, Any] = {}
    for text in uses:
        name, _, number = text.partition("=")
        try:
            target_of[known[name.strip().lower()]] = float(number)
        # Either half may be wrong: an unknown use, or a ratio that is no number.
        except (KeyError, ValueError):
            listed = ", ".join(v.value for v in schemas.values("planned_use"))
            raise ConfigError(
                f"--use {text!r}: expected a planned use and a FAR, such as storage=1.2; uses: {listed}.",
                f"--use {text!r}：应为“用途=容积率”，如 仓储=1.2；用途：{listed}。",
            ) from None
    return target_of
