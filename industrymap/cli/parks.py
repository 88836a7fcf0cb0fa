"""``industrymap parks``: list, classify and choose village parks; keep their database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from industrymap.cli import _parks_plans, _parks_sheets, _parks_store
from industrymap.cli._chosen import chosen
from industrymap.cli._parks_show import (
    column,
    mark,
    save,
    show,
    standard_of,
    titled,
    workspace_option,
)
from industrymap.cli._talk import current, say

if TYPE_CHECKING:
    import pandas as pd

    from industrymap.workspace import Workspace

_MU_M2 = 2000.0 / 3.0
_OUT = click.option(
    "-o", "--output", "out", type=click.Path(path_type=Path), help="Also write an xlsx · 写出 xlsx."
)
_COLUMNS = "park_id,name,district,town,route,land_area_mu,far,above_scale"


@click.group()
def command() -> None:
    """Village industrial parks: list, classify, choose pilots, keep the database. 村级工业园。"""


@command.command("list")
@click.option("--where", help='A filter, such as "route = upgrade and far < 0.85" · 筛选条件.')
@click.option("--district", help="Only this district · 只看某区.")
@click.option("--route", help="Only this route · 只看某路径.")
@click.option(
    "--sort", default="land_area_m2", show_default=True, help="Column, largest first · 排序列."
)
@click.option("--limit", type=int, default=20, show_default=True, help="Most lines · 最多行数.")
@click.option("--columns", default=_COLUMNS, show_default=True, help="Columns · 显示的列.")
@_OUT
@workspace_option
def list_command(
    *,
    where: str | None,
    district: str | None,
    route: str | None,
    sort: str,
    limit: int,
    columns: str,
    out: Path | None,
    folder: Path,
) -> None:
    """List parks that a filter chooses, with their number and area. 筛选并列出园区。"""
    from industrymap import workspace

    space = workspace.load(folder)
    parks = _with_mu(chosen(space, "village_parks", _joined(where, district, route)))
    mark(space)
    area = parks["land_area_m2"].sum()
    say(
        f"{len(parks):,} 个园区，{area / 1e6:,.2f} km²（{area / _MU_M2:,.0f} 亩）",
        f"{len(parks):,} parks, {area / 1e6:,.2f} km² ({area / _MU_M2:,.0f} mu)",
    )
    order = [column(parks, sort), "park_id"]
    shown = parks.sort_values(order, ascending=[False, True], kind="stable").head(limit)
    show(shown, [column(parks, c.strip()) for c in columns.split(",") if c.strip()])
    if len(parks) > limit:
        say(
            f"其余 {len(parks) - limit:,} 个未显示（--limit）",
            f"{len(parks) - limit:,} more (--limit)",
        )
    if out:
        title = "村级工业园" if current() == "zh" else "village parks"
        whole = parks.sort_values(order, ascending=[False, True], kind="stable")
        save(space, out, [(title, whole.drop(columns="land_area_mu"), "village_parks")])


@command.command("classify")
@click.option("--standard", help="Route standard; the workspace's by default · 分类标准.")
@click.option("--against", help="Compare with this standard: who moves, and why · 与另一标准比较.")
@_OUT
@workspace_option
def classify_command(
    *, standard: str | None, against: str | None, out: Path | None, folder: Path
) -> None:
    """Classify parks into routes by a dated standard. 园区分类。"""
    from industrymap import workspace
    from industrymap.parks import routes

    space = workspace.load(folder)
    first = standard_of(space, "routes", standard or space.routes)
    parks = chosen(space, "village_parks", None)
    blocks = _blocks(space)
    found = routes.classify(parks, standard=first, blocks=blocks)
    mark(space)
    click.echo(f"{first.id}: {first.title(current())}")
    show(_by_route(found), ["route", "parks", "land_km2"])
    zh = current() == "zh"
    parts = [("分类" if zh else "routes", found, "village_parks")]
    if against:
        second = standard_of(space, "routes", against)
        side = routes.compare(parks, first, second, blocks=blocks)
        moved = side[side["moves"].fillna(value=True)]
        say(
            f"与 {second.id} 相比有 {len(moved):,} 个园区不同",
            f"{len(moved):,} parks differ under {second.id}",
        )
        show(moved.head(20), ["park_id", "name", "route_a", "route_b"], _SIDE_TITLES)
        parts.append(("对比" if zh else "comparison", titled(side, _SIDE_TITLES), ""))
    if out:
        save(space, out, parts)


@command.command("pilots")
@click.option("--standard", help="Pilot rule; the workspace's by default · 试点规则.")
@click.option(
    "--where", help="Only parks a filter chooses are ranked: route = upgrade · 只在筛选范围内遴选."
)
@click.option("--per-district", type=int, help="At most so many per district · 每区上限.")
@click.option("--total", type=int, help="So many in all · 总数.")
@click.option(
    "--weight",
    "shifts",
    multiple=True,
    help="Another weight for an indicator: legal=30 · 调整某项权重.",
)
@click.option(
    "--draws",
    type=int,
    default=200,
    show_default=True,
    help="Draws for rank stability · 稳定性抽样次数.",
)
@click.option(
    "--near", type=int, default=5, show_default=True, help="Near misses shown · 显示差一点的园区数."
)
@_OUT
@workspace_option
def pilots_command(
    *,
    standard: str | None,
    where: str | None,
    per_district: int | None,
    total: int | None,
    shifts: tuple[str, ...],
    draws: int,
    near: int,
    out: Path | None,
    folder: Path,
) -> None:
    """Choose this year's pilot parks: eligible by rule, best by score, and how stable the list is. 试点遴选。"""
    from industrymap import workspace
    from industrymap.parks import pilots
    from industrymap.parks.near import near_misses
    from industrymap.parks.score import reweighted
    from industrymap.parks.stability import stability

    space = workspace.load(folder)
    rule = standard_of(space, "pilots", standard or space.pilots)
    weights = reweighted(standard_of(space, "pilot_score", None), _weights(shifts))
    limits: dict[str, Any] = {"per_district": per_district, "total": total}
    parks = chosen(space, "village_parks", where)
    found = pilots.choose(parks, standard=rule, weights=weights, **limits)
    steady = stability(parks, standard=rule, weights=weights, draws=draws, **limits)
    found = found.assign(in_list=(steady["in_list"] * 100).round(0))
    mark(space)
    click.echo(f"{rule.id}: {rule.title(current())} · {weights.id}: {weights.title(current())}")
    open_ = int(found["pilot_eligible"].isna().sum())
    fit = int(found["pilot_eligible"].fillna(value=False).sum())
    taken = found[found["pilot_selected"].fillna(value=False)].sort_values("pilot_rank")
    say(
        f"符合条件 {fit:,} 个，缺数据待定 {open_:,} 个，入选 {len(taken):,} 个",
        f"eligible {fit:,}, undetermined for want of data {open_:,}, chosen {len(taken):,}",
    )
    show(taken, ["pilot_rank", "park_id", "name", "district", "pilot_score", "in_list"])
    say(
        f"在列率（in_list，%）：权重与输入浮动 {draws:,} 次中入选的比例",
        f"in_list (%): share of {draws:,} draws with varied weights and inputs in which the park is chosen",
    )
    every_miss = near_misses(parks, standard=rule, weights=weights)
    misses = every_miss.head(near)
    if len(misses):
        say("差一点的园区：", "near misses:")
        show(
            misses, ["park_id", "name", "district", "lacks_zh" if current() == "zh" else "lacks_en"]
        )
    if out:
        _save_pilots(space, out, found.assign(in_list=steady["in_list"]), every_miss)


@command.command("explain")
@click.argument("park_id")
@workspace_option
def explain_command(*, park_id: str, folder: Path) -> None:
    """Say why a park has its route and how it stands in the choice of pilots. 说明某园区的结论。"""
    from industrymap import workspace
    from industrymap.parks.near import explain, one

    space = workspace.load(folder)
    parks = chosen(space, "village_parks", None)
    park = one(parks, park_id)
    mark(space)
    show(park, ["park_id", "name", "district", "town", "route", "route_standard"])
    column = "route_reasons" if current() == "zh" else "route_reasons_en"
    click.echo(str(park[column].iloc[0]))
    found = explain(
        parks,
        park_id,
        standard=standard_of(space, "pilots", space.pilots),
        weights=standard_of(space, "pilot_score", None),
    )
    show(
        found.criteria,
        ["criterion", "holds", "evidence_zh" if current() == "zh" else "evidence_en"],
    )
    named = "zh" if current() == "zh" else "en"
    show(
        found.score,
        [named, *(str(c) for c in found.score if c not in {"zh", "en", "field", "indicator"})],
    )


for _found in (*_parks_plans.COMMANDS, *_parks_sheets.COMMANDS, *_parks_store.COMMANDS):
    command.add_command(_found)


_SIDE_TITLES = {
    "park_id": ("园区编号", "Park ID"),
    "name": ("园区名称", "Name"),
    "district": ("区", "District"),
    "route_a": ("原标准路径", "Route by the first"),
    "route_b": ("对照标准路径", "Route by the second"),
    "reasons_a": ("原标准理由", "Reasons by the first (zh)"),
    "reasons_b": ("对照标准理由", "Reasons by the second (zh)"),
    "reasons_a_en": ("原标准理由（英文）", "Reasons by the first"),
    "reasons_b_en": ("对照标准理由（英文）", "Reasons by the second"),
}


def _save_pilots(space: Workspace, out: Path, found: Any, misses: pd.DataFrame) -> None:
    """Write the ranking of all parks, the chosen ones and the near misses."""
    zh = current() == "zh"
    ranked = found.sort_values(
        ["pilot_rank", "pilot_score"], ascending=[True, False], kind="stable"
    )
    chosen_ones = ranked[ranked["pilot_selected"].fillna(value=False)]
    parts = [
        ("入选" if zh else "chosen", chosen_ones, "village_parks"),
        ("全部排名" if zh else "ranking", ranked, "village_parks"),
        ("差一点" if zh else "near misses", titled(misses, _MISS_TITLES), ""),
    ]
    save(space, out, parts)


_MISS_TITLES = {
    "park_id": ("园区编号", "Park ID"),
    "name": ("园区名称", "Name"),
    "district": ("区", "District"),
    "failing": ("未满足条件", "Failing"),
    "missing": ("缺少数据", "Missing"),
    "lacks_zh": ("欠缺", "Lacks (zh)"),
    "lacks_en": ("欠缺（英文）", "Lacks"),
    "gap": ("差距", "Gap"),
    "score": ("得分", "Score"),
}


def _weights(shifts: tuple[str, ...]) -> dict[str, float]:
    from industrymap.errors import ConfigError

    found = {}
    for text in shifts:
        name, _, number = text.partition("=")
        try:
            found[name.strip()] = float(number)
        except ValueError:
            raise ConfigError(
                f"--weight {text!r}: expected an indicator and a number, such as legal=30.",
                f"--weight {text!r}：应为“指标=权重”，如 legal=30。",
            ) from None
    return found


def _blocks(space: Workspace) -> Any:
    from industrymap import pipeline

    return pipeline.layer(space, "industrial_blocks") if space.layer("industrial_blocks") else None


def _joined(where: str | None, district: str | None, route: str | None) -> str | None:
    """Join the filter and the options: a district by its code, its name or how its name begins."""
    parts = [f"({where})"] if where else []
    if district:
        begins = district.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        parts.append(f"(district_code = {_text(district)} or district like {_text(begins + '%')})")
    if route:
        parts.append(f"route = {_text(route)}")
    return " and ".join(parts) or None


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _with_mu(parks: Any) -> Any:
    return parks.assign(land_area_mu=(parks["land_area_m2"] / _MU_M2).round(1))


def _by_route(parks: pd.DataFrame) -> pd.DataFrame:
    from industrymap import schemas

    groups = parks.groupby("route", dropna=False)["land_area_m2"]
    table = groups.agg(["size", "sum"]).rename(columns={"size": "parks", "sum": "land_km2"})
    order = [v.value for v in schemas.values("route") if v.value in table.index]
    table = table.loc[order]
    return table.assign(land_km2=(table["land_km2"] / 1e6).round(2)).reset_index()
