"""``industrymap parks``: list, classify and choose village parks; keep their database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from industrymap.cli import _parks_store
from industrymap.cli._chosen import chosen
from industrymap.cli._tables import frame_lines
from industrymap.cli._talk import current, say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from industrymap.standards import Standard
    from industrymap.workspace import Workspace

_MU_M2 = 2000.0 / 3.0
_COLUMNS = "park_id,name,district,town,route,land_area_mu,far,above_scale"


@click.group()
def command() -> None:
    """Village industrial parks: list, classify, choose pilots, keep the database. 村级工业园。"""


def _workspace(function: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "-w",
        "--workspace",
        "folder",
        type=click.Path(path_type=Path, file_okay=False),
        default=".",
        show_default=True,
        help="A workspace that has been built · 已生成的工作区.",
    )(function)


@command.command("list")
@click.option("--where", help='A filter, such as "route = upgrade and far < 0.85" · 筛选条件.')
@click.option("--district", help="Only this district · 只看某区.")
@click.option("--route", help="Only this route · 只看某路径.")
@click.option(
    "--sort", default="land_area_m2", show_default=True, help="Column, largest first · 排序列."
)
@click.option("--limit", type=int, default=20, show_default=True, help="Most lines · 最多行数.")
@click.option("--columns", default=_COLUMNS, show_default=True, help="Columns · 显示的列.")
@_workspace
def list_command(
    *,
    where: str | None,
    district: str | None,
    route: str | None,
    sort: str,
    limit: int,
    columns: str,
    folder: Path,
) -> None:
    """List parks that a filter chooses, with their number and area. 筛选并列出园区。"""
    from industrymap import workspace

    space = workspace.load(folder)
    parks = _with_mu(chosen(space, "village_parks", _joined(where, district, route)))
    _mark(space)
    area = parks["land_area_m2"].sum()
    say(
        f"{len(parks):,} 个园区，{area / 1e6:,.2f} km²（{area / _MU_M2:,.0f} 亩）",
        f"{len(parks):,} parks, {area / 1e6:,.2f} km² ({area / _MU_M2:,.0f} mu)",
    )
    order = [_known(parks, sort), "park_id"]
    shown = parks.sort_values(order, ascending=[False, True], kind="stable").head(limit)
    _print(shown, [_known(parks, c.strip()) for c in columns.split(",") if c.strip()])
    if len(parks) > limit:
        say(
            f"其余 {len(parks) - limit:,} 个未显示（--limit）",
            f"{len(parks) - limit:,} more (--limit)",
        )


@command.command("classify")
@click.option("--standard", help="Route standard; the workspace's by default · 分类标准.")
@click.option("--against", help="Compare with this standard: who moves, and why · 与另一标准比较.")
@_workspace
def classify_command(*, standard: str | None, against: str | None, folder: Path) -> None:
    """Classify parks into routes by a dated standard. 园区分类。"""
    from industrymap import workspace
    from industrymap.parks import routes

    space = workspace.load(folder)
    first = _standard(space, "routes", standard or space.routes)
    parks = chosen(space, "village_parks", None)
    blocks = _blocks(space)
    found = routes.classify(parks, standard=first, blocks=blocks)
    _mark(space)
    click.echo(f"{first.id}: {first.title(current())}")
    _print(_by_route(found), ["route", "parks", "land_km2"])
    if against:
        second = _standard(space, "routes", against)
        moved = routes.compare(parks, first, second, blocks=blocks)
        say(
            f"与 {second.id} 相比有 {len(moved):,} 个园区不同",
            f"{len(moved):,} parks differ under {second.id}",
        )
        _print(moved.head(20), list(moved.columns)[:6])


@command.command("pilots")
@click.option("--standard", help="Pilot rule; the workspace's by default · 试点规则.")
@click.option("--per-district", type=int, help="At most so many per district · 每区上限.")
@click.option("--total", type=int, help="So many in all · 总数.")
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
@_workspace
def pilots_command(
    *,
    standard: str | None,
    per_district: int | None,
    total: int | None,
    draws: int,
    near: int,
    folder: Path,
) -> None:
    """Choose this year's pilot parks: eligible by rule, best by score, and how stable the list is. 试点遴选。"""
    from industrymap import workspace
    from industrymap.parks import pilots
    from industrymap.parks.near import near_misses
    from industrymap.parks.stability import stability

    space = workspace.load(folder)
    rule = _standard(space, "pilots", standard or space.pilots)
    weights = _standard(space, "pilot_score", None)
    limits: dict[str, Any] = {"per_district": per_district, "total": total}
    parks = chosen(space, "village_parks", None)
    found = pilots.choose(parks, standard=rule, weights=weights, **limits)
    steady = stability(parks, standard=rule, weights=weights, draws=draws, **limits)
    found = found.assign(in_list=(steady["in_list"] * 100).round(0))
    _mark(space)
    click.echo(f"{rule.id}: {rule.title(current())} · {weights.id}: {weights.title(current())}")
    open_ = int(found["pilot_eligible"].isna().sum())
    fit = int(found["pilot_eligible"].fillna(value=False).sum())
    taken = found[found["pilot_selected"].fillna(value=False)].sort_values("pilot_rank")
    say(
        f"符合条件 {fit:,} 个，缺数据待定 {open_:,} 个，入选 {len(taken):,} 个",
        f"eligible {fit:,}, undetermined for want of data {open_:,}, chosen {len(taken):,}",
    )
    _print(taken, ["pilot_rank", "park_id", "name", "district", "pilot_score", "in_list"])
    say(
        f"在列率（in_list，%）：权重与输入浮动 {draws:,} 次中入选的比例",
        f"in_list (%): share of {draws:,} draws with varied weights and inputs in which the park is chosen",
    )
    misses = near_misses(parks, standard=rule, weights=weights).head(near)
    if len(misses):
        say("差一点的园区：", "near misses:")
        _print(
            misses, ["park_id", "name", "district", "lacks_zh" if current() == "zh" else "lacks_en"]
        )


@command.command("explain")
@click.argument("park_id")
@_workspace
def explain_command(*, park_id: str, folder: Path) -> None:
    """Say why a park has its route and how it stands in the choice of pilots. 说明某园区的结论。"""
    from industrymap import workspace
    from industrymap.parks.near import explain, one

    space = workspace.load(folder)
    parks = chosen(space, "village_parks", None)
    park = one(parks, park_id)
    _mark(space)
    _print(park, ["park_id", "name", "district", "town", "route", "route_standard"])
    column = "route_reasons" if current() == "zh" else "route_reasons_en"
    click.echo(str(park[column].iloc[0]))
    found = explain(
        parks,
        park_id,
        standard=_standard(space, "pilots", space.pilots),
        weights=_standard(space, "pilot_score", None),
    )
    _print(
        found.criteria,
        ["criterion", "holds", "evidence_zh" if current() == "zh" else "evidence_en"],
    )
    named = "zh" if current() == "zh" else "en"
    _print(
        found.score,
        [named, *(str(c) for c in found.score if c not in {"zh", "en", "field", "indicator"})],
    )


for _found in _parks_store.COMMANDS:
    command.add_command(_found)


def _standard(space: Workspace, kind: str, id_: str | None) -> Standard:
    from industrymap import citypack, standards
    from industrymap.errors import RuleError

    pack = citypack.load(space.city)
    found = standards.choose(pack, kind, id_=id_, on=space.data_date)
    if found is None:
        raise RuleError(
            f"City pack {pack.pack_id!r} has no standard of kind {kind}.",
            f"城市包 {pack.pack_id!r} 没有 {kind} 类标准。",
        )
    return found


def _blocks(space: Workspace) -> Any:
    from industrymap import pipeline

    return pipeline.layer(space, "industrial_blocks") if space.layer("industrial_blocks") else None


def _joined(where: str | None, district: str | None, route: str | None) -> str | None:
    parts = [f"({where})"] if where else []
    parts += [
        f"{name} = '{value.replace(chr(39), chr(39) * 2)}'"
        for name, value in (("district", district), ("route", route))
        if value
    ]
    return " and ".join(parts) or None


def _with_mu(parks: Any) -> Any:
    return parks.assign(land_area_mu=(parks["land_area_m2"] / _MU_M2).round(1))


def _known(frame: pd.DataFrame, name: str) -> str:
    from industrymap.errors import FilterError, nearest

    if name in frame:
        return name
    near = ", ".join(nearest(name, map(str, frame.columns)))
    raise FilterError(
        f"There is no column {name!r}; nearest: {near or '—'}.",
        f"没有名为 {name!r} 的列；最接近：{near or '—'}。",
    )


def _by_route(parks: pd.DataFrame) -> pd.DataFrame:
    from industrymap import schemas

    groups = parks.groupby("route", dropna=False)["land_area_m2"]
    table = groups.agg(["size", "sum"]).rename(columns={"size": "parks", "sum": "land_km2"})
    order = [v.value for v in schemas.values("route") if v.value in table.index]
    table = table.loc[order]
    return table.assign(land_km2=(table["land_km2"] / 1e6).round(2)).reset_index()


def _print(frame: pd.DataFrame, columns: Sequence[str]) -> None:
    from industrymap import schemas

    lang = current()
    own = {
        "land_area_mu": ("用地（亩）", "Land (mu)"),
        "parks": ("园区数", "Parks"),
        "land_km2": ("用地（km²）", "Land (km²)"),
        "in_list": ("在列率%", "In list %"),
        "lacks_zh": ("欠缺", "Lacks"),
        "lacks_en": ("欠缺", "Lacks"),
        "criterion": ("条件", "Criterion"),
        "zh": ("指标", "Indicator"),
        "en": ("指标", "Indicator"),
        "value": ("数值", "Value"),
        "zero": ("零分点", "No points at"),
        "one": ("满分点", "Full points at"),
        "weight": ("权重", "Weight"),
        "share": ("权重占比", "Share"),
        "scaled": ("得分率", "Scaled"),
        "points": ("得分", "Points"),
        "holds": ("满足", "Holds"),
        "evidence_zh": ("依据", "Evidence"),
        "evidence_en": ("依据", "Evidence"),
    }
    headers = [
        own[c][0 if lang == "zh" else 1] if c in own else schemas.label("village_parks", c, lang)
        for c in columns
    ]
    words = {c: schemas.labels(c, lang) for c in columns if schemas.values(c)}
    words["holds"] = (
        {"True": "是", "False": "否"} if lang == "zh" else {"True": "yes", "False": "no"}
    )
    for line in frame_lines(frame[list(columns)], headers, words):
        click.echo("  " + line)


def _mark(space: Workspace) -> None:
    if space.simulated:
        say("※ 模拟数据", "※ simulated data")
