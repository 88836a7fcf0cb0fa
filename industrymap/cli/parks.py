"""``industrymap parks``: list, classify and choose village parks; keep their database."""

from __future__ import annotations

from functools import reduce
from operator import and_
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from industrymap.cli import _parks_pilots, _parks_plans, _parks_sheets, changes
from industrymap.cli._chosen import rows_where
from industrymap.cli._options import Group, option, output_option
from industrymap.cli._parks_show import (
    column,
    print_missing_inputs,
    print_simulated_notice,
    save,
    show,
    standard_of,
    titled,
    workspace_option,
)
from industrymap.cli._talk import current, localized, say
from industrymap.schemas import PARKS
from industrymap.terms import MU_M2
from industrymap.wording import counted

if TYPE_CHECKING:
    import pandas as pd

    from industrymap.filters import Filter
    from industrymap.standards import Standard
    from industrymap.workspace import Workspace

_EXAMPLES = 2
_OUT = output_option(
    type=click.Path(path_type=Path), zh="同时写出 xlsx。", en="Also write an xlsx."
)
_COLUMNS = "park_id,name,district,town,route,land_area_mu,far,above_scale"


@click.group(cls=Group, zh="村级工业园：筛选、分类、试点遴选与数据库。")
def command() -> None:
    """Village industrial parks: list, classify, choose pilots, keep the database."""


@command.command("list", zh="筛选并列出园区，给出个数和面积。")
@option(
    "--where",
    zh="筛选条件，如“整治路径 = 改造提升 且 容积率 < 0.85”。",
    en='A filter, such as "route = upgrade and far < 0.85".',
)
@option("--district", zh="只看某区。", en="Only this district.")
@option("--route", zh="只看某路径。", en="Only this route.")
@option(
    "--sort",
    default="land_area_m2",
    show_default=True,
    zh="排序的列，从大到小。",
    en="Column to sort by, largest first.",
)
@option(
    "--limit",
    type=int,
    default=20,
    show_default=True,
    zh="最多显示的行数。",
    en="Maximum number of lines.",
)
@option("--columns", default=_COLUMNS, show_default=True, zh="显示的列。", en="Columns to show.")
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
    """List the parks that match a filter, with their number and area."""
    from industrymap import pipeline, workspace

    space = workspace.load(folder)
    parks = _with_mu(rows_where(space, PARKS, _joined(where, district, route)))
    print_simulated_notice(space)
    area = parks["land_area_m2"].sum()
    say(
        f"{len(parks):,} 个园区，{area / 1e6:,.2f} km²（{area / MU_M2:,.0f} 亩）",
        f"{counted(len(parks), 'park')}, {area / 1e6:,.2f} km² ({area / MU_M2:,.0f} mu)",
    )
    # Ties are broken by the identifier, or two runs would list equal parks in different orders.
    by = pipeline.listed_fields(sort, parks, layer_name=PARKS) or ["land_area_m2"]
    order = [column(parks, by[0]), "park_id"]
    shown = parks.sort_values(order, ascending=[False, True], kind="stable").head(limit)
    show(
        shown,
        [
            column(parks, name)
            for name in pipeline.listed_fields(columns, parks, layer_name=PARKS) or []
        ],
    )
    if len(parks) > limit:
        say(
            f"其余 {len(parks) - limit:,} 个未显示（--limit）",
            f"{len(parks) - limit:,} more (--limit)",
        )
    if out:
        title = "村级工业园" if current() == "zh" else "village parks"
        # The file holds every park; the limit is of the screen only.
        whole = parks.sort_values(order, ascending=[False, True], kind="stable")
        save(space, out, [(title, whole.drop(columns="land_area_mu"), PARKS)])


@command.command("classify", zh="按标准为园区划分整治路径。")
@option(
    "--standard",
    zh="分类标准，默认取工作区所定。",
    en="Route standard; the workspace's by default.",
)
@option(
    "--against",
    zh="与另一标准比较：哪些园区改变路径，为什么。",
    en="Compare with this standard: which parks change route, and why.",
)
@_OUT
@workspace_option
def classify_command(
    *, standard: str | None, against: str | None, out: Path | None, folder: Path
) -> None:
    """Classify parks into routes by a dated standard."""
    from industrymap import workspace
    from industrymap.parks import routes

    space = workspace.load(folder)
    first = standard_of(space, "routes", standard or space.routes)
    parks = rows_where(space, PARKS, None)
    blocks = _blocks(space)
    routed = routes.classify(parks, standard=first, blocks=blocks)
    print_simulated_notice(space)
    click.echo(f"{first.id}: {first.title(current())}")
    show(_by_route(routed), ["route", "parks", "land_km2"])
    print_missing_inputs(routed.loc[routed["route"] == "undetermined", "route_missing"])
    parts = [(localized("分类", "routes"), routed, PARKS)]
    if against:
        second = standard_of(space, "routes", against)
        side = routes.compare(parks, first, second, blocks=blocks)
        _side_by_side(side, second)
        parts.append((localized("对比", "comparison"), titled(side, _SIDE_TITLES), ""))
    say(
        "逐园理由：industrymap parks explain 园区编号；全部园区及理由：-o routes.xlsx",
        "Park by park: industrymap parks explain ID; every park with its reasons: -o routes.xlsx",
    )
    if out:
        save(space, out, parts)


def _side_by_side(side: pd.DataFrame, second: Standard) -> None:
    """Print how many parks go from which route to which, and of each way a few with both reasons."""
    from industrymap import schemas

    # What cannot be compared is listed rather than passed over.
    moved = side[side["moves"].fillna(value=True)]
    say(
        f"与 {second.id}：{second.title('zh')} 相比，有 {len(moved):,} 个园区不同",
        f"{counted(len(moved), 'park')} differ under {second.id}: {second.title('en')}",
    )
    words = schemas.labels("route", current())
    own = "" if current() == "zh" else "_en"
    for (a, b), rows in moved.groupby(["route_a", "route_b"], dropna=False, sort=True):
        way = f"{words.get(str(a), a)} → {words.get(str(b), b)}"
        say(f"  {way}：{len(rows):,} 个，例如", f"  {way}: {len(rows):,}, such as")
        for row in rows.head(_EXAMPLES).to_dict("records"):
            click.echo(f"    {row['park_id']}  {row['name']}")
            say(f"      原：{row[f'reasons_a{own}']}", f"      first:  {row[f'reasons_a{own}']}")
            say(f"      对照：{row[f'reasons_b{own}']}", f"      second: {row[f'reasons_b{own}']}")


for _found in (
    *_parks_pilots.COMMANDS,
    *_parks_plans.COMMANDS,
    *_parks_sheets.COMMANDS,
    *changes.COMMANDS,
):
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


def _blocks(space: Workspace) -> Any:
    from industrymap import pipeline

    return pipeline.layer(space, "industrial_blocks") if space.layer("industrial_blocks") else None


def _joined(where: str | None, district: str | None, route: str | None) -> Filter | None:
    """Join the filter and the options: a district by its code, its name or how its name begins."""
    from industrymap import filters

    parts = [filters.parse(where)] if where else []
    if district:
        by_name = filters.begins_with("district", district)
        # 440113 and 番禺 are both written by people; a code is never the beginning of a name.
        parts.append(filters.equals("district_code", district) | by_name)
    if route:
        parts.append(filters.equals("route", route))
    return reduce(and_, parts) if parts else None


def _with_mu(parks: Any) -> Any:
    return parks.assign(land_area_mu=(parks["land_area_m2"] / MU_M2).round(1))


def _by_route(parks: pd.DataFrame) -> pd.DataFrame:
    from industrymap import schemas

    groups = parks.groupby("route", dropna=False)["land_area_m2"]
    table = groups.agg(["size", "sum"]).rename(columns={"size": "parks", "sum": "land_km2"})
    # In the order in which the routes are listed everywhere, not that of the alphabet.
    order = [v.value for v in schemas.values("route") if v.value in table.index]
    table = table.loc[order]
    return table.assign(land_km2=(table["land_km2"] / 1e6).round(2)).reset_index()
