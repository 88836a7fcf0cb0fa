"""Evaluations on the screen and in a workbook: scores, what they are made of, and what took no part."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from industrymap.cli._areas import AREAS
from industrymap.cli._tables import frame_lines, percent
from industrymap.cli._talk import current, localized, say
from industrymap.wording import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from industrymap.export import Sheet
    from industrymap.pipeline import Run

__all__ = [
    "say_changed_parts",
    "say_coherence",
    "say_head",
    "say_parts",
    "say_scores",
    "sheets",
    "titled",
]

_NAMED = 6
"""Most indicators named in a line; ``indicators values`` lists all with what each lacks."""
_FIXED = {
    "unit": ("编号", "code"), "name": ("名称", "name"), "score": ("得分", "score"), "rank": ("名次", "rank"),
    "coverage": ("参评权重覆盖", "of weight known"), "indicator": ("指标", "indicator"), "group": ("分组", "group"), "value": ("数值", "value"),
    "normalised": ("标准化", "normalised"), "weight": ("权重", "weight"), "points": ("得分构成", "points"),
    "treated": ("极端值已处理", "outlier drawn in"), "imputed": ("为估计值", "estimated"), "period": ("时期", "period"), "basis": ("口径", "from"), "n": ("企业数", "firms"),
}  # fmt: skip


def titled(run: Run) -> str:
    """Return what an evaluation is of."""
    from industrymap.periods import parse

    period = parse(str(run.about["period"])).text(current())
    level = localized(*AREAS[str(run.about["level"])][:2])
    return f"{_name(run, 'set')} · {_name(run, 'method')} · {level} · {period}"


def say_head(run: Run) -> None:
    """Say what an evaluation is of, whether it is a proposal, and which indicators took no part."""
    click.echo(titled(run))
    # Said before any score: a proposal that is read as an official grading is worse than none.
    if not run.about["official"]:
        say("  建议的指标或方法，非官方。", "  Proposed indicators or method, not official.")
    # Two reasons to take no part, kept apart: figures for too few areas, and no figures at all.
    screened, missing = run.about["screened"], run.about["missing"]
    mark = localized("、", ", ")
    taking, of = run.parts["indicator"].nunique(), _count(run)
    say(
        f"  参评指标 {taking} 项，体系共 {of} 项。",
        f"  {taking} of {counted(of, 'indicator')} take part.",
    )
    judged = run.about.get("consistency")
    if isinstance(judged, dict):
        each = mark.join(f"{ratio:.3f}" for ratio in judged.values())
        say(
            f"  权重由两两判断得出，一致性比率 {each}。",
            f"  Weights from pairwise judgements, consistency ratio {each}.",
        )
    if isinstance(screened, dict) and screened:
        each = mark.join(f"{_of(run, 'indicators', i)} {percent(s)}" for i, s in screened.items())
        say(f"  有数对象太少、未参与：{each}", f"  Known of too few areas, took no part: {each}")
    few = run.about.get("thin")
    if isinstance(few, dict):
        each = mark.join(f"{_of(run, 'indicators', i)} {n}" for i, n in few.items())
        say(
            f"  报数企业不足、该对象该项未参与（对象数）：{each}",
            f"  Known of too few of an area's firms, left out there (number of areas): {each}",
        )
    # Sets of 45 indicators may lack most of them; the whole list would bury the scores.
    if isinstance(missing, dict) and missing:
        each = mark.join(_of(run, "indicators", i) for i in list(missing)[:_NAMED])
        each += localized("……", " …") if len(missing) > _NAMED else ""
        say(
            f"  没有数据、未参与的指标 {len(missing)} 项：{each}",
            f"  {counted(len(missing), 'indicator')} without data took no part: {each}",
        )


def say_coherence(run: Run) -> None:
    """Say which indicators of a group say the same, work against each other, or hardly take part in it."""
    found = run.coherence()
    for group, alpha in found.alpha.items():
        # Of too few areas nothing is known.
        known = "—" if alpha != alpha else f"{alpha:.2f}"  # noqa: PLR0124 - NaN
        say(
            f"  {_of(run, 'groups', group)}：α {known}",
            f"  {_of(run, 'groups', group)}: alpha {known}",
        )
    for group, found_in in found.components.items():
        first = localized("、", ", ").join(
            f"{_of(run, 'indicators', i)} {v:.2f}"
            for i, v in zip(found_in.ids, found_in.loadings[:, 0], strict=True)
        )
        say(
            f"  {_of(run, 'groups', group)}：第一主成分解释 {percent(found_in.shares[0])}（{found_in.units} 个对象）：{first}",
            f"  {_of(run, 'groups', group)}: first principal component explains {percent(found_in.shares[0])} ({found_in.units} areas): {first}",
        )
    words = {
        "same": ("重复：相关系数", "say the same: correlation"),
        "opposed": ("相互抵消：相关系数", "work against each other: correlation"),
        "weak": ("与本组其余指标相关很弱：相关系数", "hardly goes with its group: correlation"),
    }
    for flag in found.flags:
        both = localized("、", ", ").join(
            _of(run, "indicators", i) for i in (flag.indicator, flag.other) if i
        )
        say(
            f"  ! {both} {words[flag.kind][0]} {flag.correlation:.2f}",
            f"  ! {both} {words[flag.kind][1]} {flag.correlation:.2f}",
        )
    if not found.flags:
        say("  没有需要留意的相关关系。", "  No correlation needs a look.")


def _count(run: Run) -> int:
    names = run.about["names"]
    return len(names["indicators"]) if isinstance(names, dict) else 0


def _name(run: Run, what: str) -> str:
    names = run.about["names"]
    return localized(*names[what]) if isinstance(names, dict) else ""


def _of(run: Run, kind: str, id_: str) -> str:
    """Return the name of a group or an indicator as its set gives it."""
    names = run.about["names"]
    return localized(*names[kind].get(id_, (id_, id_))) if isinstance(names, dict) else id_


def say_scores(run: Run) -> None:
    """Print the scores, best first."""
    scores = run.scores.drop(columns="unit")
    for line in frame_lines(scores, _headers(run, scores), {}, percents=("coverage",)):
        click.echo(line)


def say_parts(run: Run, parts: pd.DataFrame) -> None:
    """Print what the score of one area is made of."""
    parts = _worded(run, parts.drop(columns=["unit", "treated"]))
    for line in frame_lines(parts, _headers(run, parts), {}, percents=("weight",)):
        click.echo(line)


def say_changed_parts(run: Run, parts: pd.DataFrame) -> None:
    """Print by indicator what moved the score of one area from one evaluation to another."""
    sides = {
        "value": ("数值", "value"), "normalised": ("标准化", "normalised"), "weight": ("权重", "weight"), "points": ("得分构成", "points"),
    }  # fmt: skip
    headers = {"indicator": ("指标", "indicator")}
    for side, (zh, en) in (("before", ("原", "before")), ("after", ("现", "after"))):
        headers |= {f"{c}_{side}": (f"{zh}{w}", f"{v} {en}") for c, (w, v) in sides.items()}
    headers["change"] = ("得分变化", "change")
    shown = _worded(run, parts)[list(headers)]
    weights = tuple(c for c in headers if c.startswith("weight"))
    for line in frame_lines(shown, [localized(*w) for w in headers.values()], {}, percents=weights):
        click.echo(line)


def sheets(run: Run) -> Sequence[Sheet]:
    """Return the evaluation as sheets of a workbook."""
    from industrymap import export

    names = {
        "scores": ("得分", "Scores"),
        "parts": ("构成", "Made of"),
        "inputs": ("指标值", "Figures"),
    }
    return [
        export.Sheet(name=localized(*names[key]), frame=_headed(run, frame), heading=(titled(run),))
        for key, frame in (("scores", run.scores), ("parts", run.parts), ("inputs", run.inputs))
    ]


def _headers(run: Run, table: pd.DataFrame) -> list[str]:
    from industrymap.pipeline import GROUP

    # A group's column is named after the group itself, which only the set of indicators can put in
    # words.
    return [
        _of(run, "groups", str(c).removeprefix(GROUP))
        if str(c).startswith(GROUP)
        else localized(*_FIXED[str(c)])
        for c in table
    ]


def _worded(run: Run, table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with indicators and groups by their names."""
    named = {
        column: [_of(run, kind, str(id_)) for id_ in table[column]]
        for column, kind in (("indicator", "indicators"), ("group", "groups"))
        if column in table
    }
    return table.assign(**named)


def _headed(run: Run, table: pd.DataFrame) -> pd.DataFrame:
    worded = _worded(run, table)
    return worded.set_axis(_headers(run, worded), axis=1)
