"""``industrymap allocate [POLICY]``: what letters mean in land, power, water and money, what that costs or frees, and scenarios beside it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from industrymap import aligned
from industrymap.cli._allocation_sheets import book, sized
from industrymap.cli._options import Command, option, output_option, workspace_option
from industrymap.cli._talk import current, localized, say
from industrymap.wording import counted

if TYPE_CHECKING:
    import pandas as pd

    from industrymap.allocation import Policy
    from industrymap.pipeline import Allocated, Case

__all__ = ["command"]

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command(
    "allocate",
    cls=Command,
    zh="按类别配置用地、用电、用水、信贷、补助，汇总政策效果并比较情景；不写政策时列出可用的政策。",
)
@click.argument("policy_id", metavar="[POLICY]", default="")
@option("--rule", zh="评价规则。", en="Grading rule that gives the letters.", default="")
@option("--year", type=int, zh="评价哪一年的数据。", en="Year of the figures.")
@option(
    "--inputs",
    multiple=True,
    type=_FILE,
    zh="要素数据表，可写多个；默认为设置中 [grading] 的 inputs。",
    en="Table of inputs, may be given several times; by default [grading] inputs of the settings.",
)
@option(
    "--parcels",
    type=_FILE,
    zh="宗地表或图层。",
    en="Table or layer of parcels.",
)
@option(
    "--scenario",
    "scenarios",
    multiple=True,
    zh="情景，可写多个，如“从严: A=15% tax_per_mu=60 power.D=0.2”：界线、权重（其余指标按原比例分配）、政策数额。",
    en="Scenario, may be given several times, such as 'strict: A=15% tax_per_mu=60 power.D=0.2': cuts, weights (the others share the rest), amounts of the policy.",
)
@option(
    "--by-district",
    is_flag=True,
    zh="另按区列出。",
    en="Also by district.",
)
@workspace_option
@output_option(
    type=_FILE,
    zh="写出 xlsx 工作簿：汇总、分区分类、情景、逐户（内部使用）。",
    en="Write an xlsx workbook: sums, by district and class, scenarios, firm by firm, for use inside the office.",
)
def command(
    policy_id: str,
    *,
    folder: Path,
    rule: str,
    year: int | None,
    inputs: tuple[Path, ...],
    parcels: Path | None,
    scenarios: tuple[str, ...],
    by_district: bool,
    out: Path | None,
) -> None:
    """Apply a policy to graded firms: what each letter gets or pays, and what it sums up to; without a policy, list them."""
    from industrymap import files, pipeline, workspace

    if not policy_id:
        _list(pipeline.allocation_policies(folder))
        return
    if not rule or year is None:
        raise click.UsageError(
            localized(
                "请用 --rule 写明评价规则、用 --year 写明年份。",
                "Name the grading rule with --rule and the year with --year.",
            )
        )
    graded = pipeline.GradeOptions(rule=rule, year=year, inputs=inputs, parcels=parcels)
    done = pipeline.allocate(
        folder,
        pipeline.AllocateOptions(policy=policy_id, grade=graded, scenarios=scenarios),
    )
    _head(done)
    _words(done.policy)
    _sums(done.cases[0])
    if by_district:
        _districts(done.cases[0])
    if len(done.cases) > 1:
        _beside(done)
    if out is not None:
        about = workspace.load(folder).about(title=done.policy.title(current()))
        path = files.write_bytes(out, book(done, lang=current(), meta=about))
        say(f"已写入 {path}。", f"Written: {path}")


def _list(policies: dict[str, Policy]) -> None:
    rows = [(policy.id, policy.title(current())) for policy in policies.values()]
    for line in aligned.table((localized("政策", "policy"), localized("名称", "title")), rows):
        click.echo(line)


def _head(done: Allocated) -> None:
    lang, grades = current(), done.cases[0].grades
    click.echo(f"{done.policy.title(lang)} · {grades.rule.title(lang)} · {grades.year}")
    say(f"  政策依据：{done.policy.source}", f"  Source of the policy: {done.policy.source}")
    say(f"  评价依据：{grades.rule.source}", f"  Source of the grading: {grades.rule.source}")
    mark = localized("、", ", ")
    if unknown := done.policy.unknown(lang):
        say(
            f"  数额未见公开文件，效果未知：{mark.join(unknown)}",
            f"  No document gives the amount, the effect is not known: {mark.join(unknown)}",
        )
    for proposed in (done.policy.proposals(lang), grades.rule.proposals(lang)):
        if proposed:
            say(
                f"  建议值，非官方：{mark.join(proposed[:6])}{' 等' if len(proposed) > 6 else ''}",
                f"  Proposed, not official: {mark.join(proposed[:6])}{' …' if len(proposed) > 6 else ''}",
            )


def _words(policy: Policy) -> None:
    """Print what of a policy is words."""
    for measure in policy.measures:
        if measure.kind == "words":
            each = localized("；", "; ").join(
                f"{v.letter} {localized(v.text, v.text_en)}" for v in measure.by_letter
            )
            say(f"{measure.zh}：{each}", f"{measure.en}: {each}")


def _sums(case: Case) -> None:
    """Print the firms of each class, and each measure's effect on it."""
    table = case.effects.summed(("class",))
    policy = case.effects.policy
    counts = case.classes()
    click.echo(localized("家数：", "Firms: ") + "  ".join(f"{k} {n:,}" for k, n in counts.items()))
    measures = [m for m in policy.measures if m.kind != "words"]
    if not measures:
        return
    classes = sorted(set(table["class"]))
    whole = case.effects.summed(())
    rows = []
    for measure in measures:
        mine = table[table["measure"] == measure.id].set_index("class")
        total = whole[whole["measure"] == measure.id]
        unit = localized(measure.effect_unit, measure.effect_unit_en)
        name = localized(measure.zh, measure.en)
        cells = [sized(mine["net"].get(c)) for c in classes]
        rows.append((f"{name} ({unit})", *cells, *_total(total)))
    headers = (
        localized("正数为企业支付或腾出，负数为政策支出", "+ paid or given up, − what the policy costs"),
        *classes,
        localized("合计", "all"),
        localized("已知/涉及", "known/touched"),
    )  # fmt: skip
    for line in aligned.table(headers, rows, right=range(1, len(headers))):
        click.echo(line)


def _total(whole: pd.DataFrame) -> tuple[str, str]:
    if whole.empty:
        return "—", "0/0"
    row = whole.iloc[0]
    return sized(row["net"]), f"{int(row['known']):,}/{int(row['firms']):,}"


def _districts(case: Case) -> None:
    table = case.effects.summed(("district",))
    policy = case.effects.policy
    measures = [m for m in policy.measures if m.kind != "words"]
    districts = sorted({str(d) for d in table["district"].dropna()})
    rows = []
    for district in [*districts, None]:
        at = table["district"].isna() if district is None else table["district"] == district
        mine = table[at.fillna(value=False)].set_index("measure")
        if len(mine):
            cells = [sized(mine["net"].get(m.id)) for m in measures]
            rows.append((district or localized("未定区", "no known district"), *cells))
    headers = (
        localized("区", "district"),
        *(
            f"{localized(m.zh, m.en)} ({localized(m.effect_unit, m.effect_unit_en)})"
            for m in measures
        ),
    )
    for line in aligned.table(headers, rows, right=range(1, len(headers))):
        click.echo(line)


def _beside(done: Allocated) -> None:
    """Print the scenarios beside the rule and the policy as they are."""
    base = localized("现行", "as it is")
    names = [case.name or base for case in done.cases]
    counts = [case.classes() for case in done.cases]
    rows = [(str(letter), *(f"{int(c[letter]):,}" for c in counts)) for letter in counts[0].index]
    sums = [case.effects.summed(()).set_index("measure") for case in done.cases]
    for measure in done.policy.measures:
        if measure.kind != "words":
            unit = localized(measure.effect_unit, measure.effect_unit_en)
            cells = [sized(s["net"].get(measure.id)) for s in sums]
            rows.append((f"{localized(measure.zh, measure.en)} ({unit})", *cells))
    click.echo(localized("情景比较：", "Scenarios:"))
    headers = (localized("项目", "item"), *names)
    for line in aligned.table(headers, rows, right=range(1, len(headers))):
        click.echo(line)
    for case in done.cases[1:]:
        moved = len(done.moved(case))
        say(
            f"  {case.name}（{case.changes}）：{moved:,} 家类别变动。",
            f"  {case.name} ({case.changes}): {counted(moved, 'firm')} with another letter.",
        )
