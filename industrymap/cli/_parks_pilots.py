"""``industrymap parks pilots | explain``: this year's choice, how firm it is, and where one park comes in it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from industrymap import schemas
from industrymap.cli._chosen import rows_where, say_absent
from industrymap.cli._options import Command, option, output_option
from industrymap.cli._parks_show import (
    print_missing_inputs,
    print_simulated_notice,
    save_book,
    show,
    standard_of,
    workspace_option,
)
from industrymap.cli._talk import current, localized, say
from industrymap.schemas import PARKS

if TYPE_CHECKING:
    import pandas as pd

    from industrymap.parks.near import Explanation
    from industrymap.standards import Standard

__all__ = ["COMMANDS"]

_MOST_APART = 10


@click.command(
    "pilots", cls=Command, zh="遴选本年度试点园区：按规则判断资格，按评分排序，并检验名单的稳定性。"
)
@option(
    "--standard", zh="试点规则，默认取工作区所定。", en="Pilot rule; the workspace's by default."
)
@option(
    "--where",
    zh="只在符合条件的园区中遴选，如 整治路径 = 改造提升。",
    en="Rank only the parks that match a filter, e.g. route = upgrade.",
)
@option("--per-district", type=int, zh="每区名额上限。", en="Maximum number per district.")
@option("--total", type=int, zh="名额总数。", en="Number of pilots in all.")
@option(
    "--weight",
    "shifts",
    multiple=True,
    zh="调整某项指标的权重，如 legal=30。",
    en="Change the weight of an indicator, e.g. legal=30.",
)
@option(
    "--draws",
    type=int,
    default=200,
    show_default=True,
    zh="稳定性抽样次数。",
    en="Number of draws for rank stability.",
)
@option(
    "--near",
    type=int,
    default=5,
    show_default=True,
    zh="显示多少个接近入选的园区。",
    en="Number of near misses shown.",
)
@option(
    "--everyone",
    is_flag=True,
    zh="将淘汰关停和已完成的园区也参与排名。",
    en="Rank parks to be closed and finished ones too.",
)
@output_option(type=click.Path(path_type=Path), zh="同时写出 xlsx。", en="Also write an xlsx.")
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
    everyone: bool,
    out: Path | None,
    folder: Path,
) -> None:
    """Choose this year's pilot parks: eligible by rule, best by score, and how stable the list is."""
    from industrymap import pipeline, workspace

    space = workspace.load(folder)
    options = pipeline.PilotOptions(
        standard=standard,
        where=where,
        per_district=per_district,
        total=total,
        weights=_weights(shifts),
        draws=draws,
        everyone=everyone,
    )
    choice = pipeline.pilot_choice(space, options)
    say_absent(choice.absent)
    scored, rule, weights = choice.scored, choice.rule, choice.weights
    print_simulated_notice(space)
    click.echo(f"{rule.id}: {rule.title(current())} · {weights.id}: {weights.title(current())}")
    _counts(scored, choice.limits)
    # Per cent on the screen, a share in the workbook.
    taken = choice.chosen.assign(in_list=(choice.chosen["in_list"] * 100).round(0))
    show(taken, ["pilot_rank", "park_id", "name", "district", "pilot_score", "in_list"])
    say(
        f"入选率（in_list，%）：权重与输入浮动 {draws:,} 次、每次重判条件后入选的比例",
        f"in_list (%): share of {draws:,} draws with varied weights and inputs, eligibility judged anew in each, in which the park is chosen",
    )
    _apart(scored, weights)
    # The workbook lists every one; the terminal shows the nearest.
    _near(choice.misses.head(near))
    say(
        "逐园说明：industrymap parks explain 园区编号；全部排名与差距：-o pilots.xlsx；一园一图：industrymap parks sheets --pilots",
        "Park by park: industrymap parks explain ID; the whole ranking: -o pilots.xlsx; sheets: industrymap parks sheets --pilots",
    )
    if out:
        save_book(out, lambda: choice.workbook(space, lang=current()))


@click.command("explain", cls=Command, zh="说明某园区的整治路径和试点遴选结果的理由。")
@click.argument("park_id")
@workspace_option
def explain_command(*, park_id: str, folder: Path) -> None:
    """Explain a park's route and its result in the choice of pilots."""
    from industrymap import workspace
    from industrymap.parks import field_labels
    from industrymap.parks.near import explain, park_row

    space = workspace.load(folder)
    parks = rows_where(space, PARKS, None)
    park = park_row(parks, park_id)
    # Before any figure, so that a copied screen carries it.
    print_simulated_notice(space)
    show(park, ["park_id", "name", "district", "town", "route"])
    routes = standard_of(space, "routes", space.routes)
    click.echo(f"{routes.id}: {routes.title(current())}")
    reasons = "route_reasons" if current() == "zh" else "route_reasons_en"
    click.echo(f"  {park[reasons].iloc[0]}")
    missing = park["route_missing"].fillna("").iloc[0]
    if missing:
        words = field_labels(missing, PARKS, current())
        say(f"  缺少数据：{words}", f"  missing: {words}")
    rule = standard_of(space, "pilots", space.pilots)
    weights = standard_of(space, "pilot_score", None)
    _standing(explain(parks, park_id, standard=rule, weights=weights), park, rule, weights)


COMMANDS = (pilots_command, explain_command)
"""Commands that ``industrymap parks`` takes in."""


def _counts(scored: pd.DataFrame, limits: tuple[int, int]) -> None:
    """Say how many are eligible, open and chosen, what held the others back, and what is missing most."""
    # Three-valued: true, false, and unknown where an input is missing; unknown is counted apart.
    eligible = scored["pilot_eligible"]
    taken = scored["pilot_selected"].fillna(value=False)
    fit, open_ = int(eligible.fillna(value=False).sum()), int(eligible.isna().sum())
    say(
        f"符合条件 {fit:,} 个，缺数据待定 {open_:,} 个，入选 {int(taken.sum()):,} 个",
        f"eligible {fit:,}, undetermined for want of data {open_:,}, chosen {int(taken.sum()):,}",
    )
    per_district, total = limits
    # Which districts are full explains why a better score elsewhere was passed over.
    full = Counter(scored.loc[taken, "district"].dropna().astype(str))
    names = localized("、", ", ").join(
        n for n, count in sorted(full.items()) if count >= per_district
    )
    candidates = eligible.fillna(value=False) & (scored["pilot_standing"] == "candidate")
    # Only where a quota held somebody back: otherwise the numbers explain nothing.
    if candidates.sum() > taken.sum():
        say(
            f"名额：每区至多 {per_district} 个，共 {total} 个"
            + (f"；名额已满的区：{names}" if names else ""),
            f"places: at most {per_district} per district, {total} in all"
            + (f"; full: {names}" if names else ""),
        )
    if open_:
        print_missing_inputs(scored.loc[eligible.isna(), "pilot_missing"])


def _apart(scored: pd.DataFrame, weights: Standard) -> None:
    """Say which eligible parks take no part in the ranking, and why; those of low coverage by name."""
    from industrymap.parks.candidates import min_coverage

    fit = scored[scored["pilot_eligible"].fillna(value=False)]
    counts = fit["pilot_standing"].value_counts()
    for code, zh, en in (
        ("closing", "将淘汰关停", "to be closed"),
        ("finished", "已完成改造", "finished"),
    ):
        if n := int(counts.get(code, 0)):
            say(
                f"另有 {n:,} 个符合条件的园区{zh}，不参与排名（--everyone 可纳入）",
                f"eligible but {en}, not ranked: {n:,} (--everyone ranks them too)",
            )
    poor = fit[fit["pilot_standing"] == "low_coverage"]
    # Named, because a high score on little data is what somebody will ask about.
    if len(poor):
        limit = f"{min_coverage(weights):.0%}"
        say(
            f"得分数据覆盖不足 {limit}，另列、不参与排名：{len(poor):,} 个",
            f"listed apart, not ranked, with less than {limit} of the score's data: {len(poor):,}",
        )
        shown = poor.sort_values("park_id").head(_MOST_APART)
        shown = shown.assign(covered=(shown["pilot_score_coverage"] * 100).round(0))
        titles = {"covered": ("数据覆盖%", "Coverage %")}
        show(shown, ["park_id", "name", "district", "pilot_score", "covered"], titles)


def _near(misses: pd.DataFrame) -> None:
    """Print near misses whole: what a park lacks is what the reader came for."""
    if not len(misses):
        return
    say("接近入选的园区：", "near misses:")
    lacks = "lacks_zh" if current() == "zh" else "lacks_en"
    for row in misses.to_dict("records"):
        click.echo(
            f"  {row['park_id']}  "
            + localized(
                f"{row['name']}（{row['district']}）：", f"{row['name']} ({row['district']}): "
            )
            + str(row[lacks])
        )


def _standing(
    explained: Explanation, park: pd.DataFrame, rule: Standard, weights: Standard
) -> None:
    """Print every condition with what decided it, then what the score is made of."""
    import pandas as pd

    named, evidence = ("zh", "evidence_zh") if current() == "zh" else ("en", "evidence_en")
    holds = explained.criteria["holds"]
    # One broken condition decides, whatever is unknown; only then does an unknown leave it open.
    if (~holds.fillna(value=True)).any():
        verdict = localized("不符合", "not eligible")
    elif holds.isna().any():
        verdict = localized("待定", "undetermined")
    else:
        verdict = localized("符合", "eligible")
    click.echo(f"{rule.id}: {rule.title(current())} — {verdict}")
    for row in explained.criteria.to_dict("records"):
        # `<NA>` is neither: the condition could not be judged.
        sign = {True: "√", False: "×"}.get(row["holds"], "?")
        click.echo(f"  {sign} {row[named]} — {row[evidence]}")
    points = explained.score["points"].sum()
    rank = park["pilot_rank"].iloc[0]
    place = "" if pd.isna(rank) else localized(f"，排名 {rank}", f", rank {rank}")
    # A build from before this column existed has none: every park ranked was a candidate then.
    stand = park["pilot_standing"].iloc[0] if "pilot_standing" in park else "candidate"
    if stand != "candidate":
        words = schemas.labels("pilot_standing", current())
        place = localized(f"，不参与排名：{words[stand]}", f", not ranked: {words[stand]}")
    total = localized(f"{points:.1f} 分", f"{points:.1f} points")
    click.echo(f"{weights.id}: {weights.title(current())} — {total}{place}")
    show(explained.score, [named, "value", "zero", "one", "scaled", "weight", "points"])


def _weights(shifts: tuple[str, ...]) -> dict[str, float]:
    from industrymap.errors import ConfigError

    weight_of = {}
    for text in shifts:
        name, _, number = text.partition("=")
        try:
            weight_of[name.strip()] = float(number)
        except ValueError:
            raise ConfigError(
                f"--weight {text!r}: expected an indicator and a number, such as legal=30.",
                f"--weight {text!r}：应为“指标=权重”，如 legal=30。",
            ) from None
    return weight_of
