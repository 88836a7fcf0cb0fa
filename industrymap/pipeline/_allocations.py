"""A policy over the letters of a workspace's firms, beside what it would do under other cuts, weights and amounts."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from industrymap import allocation, citypack, grading, workspace
from industrymap.columns import floats
from industrymap.errors import RuleError, did_you_mean, nearest
from industrymap.pipeline._grades import grade_firms

if TYPE_CHECKING:
    from pathlib import Path

    from industrymap.pipeline._grades import GradeOptions, Grades

__all__ = ["AllocateOptions", "Allocated", "Case", "allocate", "allocation_policies"]

_CHANGE = re.compile(r"^(?:([^.=<>≥\s]+)\.)?([^.=<>≥\s]+?)(>=|≥|=)([-+]?[\d.]+)(%?)$")
"""``A=0.15``, ``above.A=15%``, ``A>=90``, ``tax_per_mu=40``, ``power.D=0.2``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocateOptions:
    """How a policy is applied.

    Attributes
    ----------
    policy : str
        Its ``policy_id``.
    grade : GradeOptions
        How the firms are graded.
    scenarios : tuple of str
        Each ``name: change change …``: ``A=15%`` (a cut), ``tax_per_mu=40`` (a weight; the others share the rest), ``power.D=0.2`` (an
        amount of the policy).

    Examples
    --------
    >>> from industrymap.pipeline import GradeOptions
    >>> AllocateOptions(policy="guangzhou-proposal", grade=GradeOptions(rule="anhui", year=2025)).scenarios
    ()
    """

    policy: str
    grade: GradeOptions
    scenarios: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A policy over one grading.

    Attributes
    ----------
    name : str
        Empty for the rule and the policy as they are.
    changes : str
        As they were written.
    grades : Grades
    effects : Effects
    """

    name: str
    changes: str
    grades: Grades
    effects: allocation.Effects

    def classes(self) -> pd.Series[int]:
        """Return how many firms there are of each letter, and without one."""
        table = self.grades.table
        rule = self.grades.rule
        counts = table["letter"].where(table["score"].notna()).value_counts()
        found = {letter.id: int(counts.get(letter.id, 0)) for letter in rule.letters}
        found[rule.ungraded.letter or "—"] = int(table["score"].isna().sum())
        return pd.Series(found, dtype="int64")


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocated:
    """A policy applied, as it is and in scenarios.

    Attributes
    ----------
    policy : Policy
    cases : tuple of Case
        The first is the rule and the policy as they are.
    """

    policy: allocation.Policy
    cases: tuple[Case, ...]

    def beside(self) -> pd.DataFrame:
        """Return the cases side by side.

        Returns
        -------
        table : DataFrame
            ``case, measure, unit, unit_en, firms, known, costs, frees, net`` of the whole city.
        """
        parts = []
        for case in self.cases:
            part = case.effects.summed(())
            part.insert(0, "case", case.name)
            parts.append(part)
        return pd.concat(parts, ignore_index=True)

    def moved(self, case: Case) -> pd.DataFrame:
        """Return whose letter is another one in a case, and why."""
        return grading.moves(self.cases[0].grades.graded, case.grades.graded)


def allocation_policies(folder: str | Path) -> dict[str, allocation.Policy]:
    """Return the policies of a workspace: those shipped, its city pack's, its own.

    Raises
    ------
    RuleError
        A file is wrong.
    """
    space = workspace.load(folder)
    return allocation.known([*citypack.load(space.city).folders, space.folder])


def allocate(folder: str | Path, options: AllocateOptions) -> Allocated:
    """Apply an allocation policy to the firms of the last build, graded by a rule.

    Parameters
    ----------
    folder : path
        The workspace.
    options : AllocateOptions

    Raises
    ------
    RuleError
        There is no such policy or rule, they have not the same letters, or a scenario names something else.
    IndustryMapError
        As :func:`grade_firms`.

    Examples
    --------
    >>> import industrymap as im
    >>> graded = im.GradeOptions(rule="guangzhou-proposal", year=2025)
    >>> done = im.allocate(".", im.AllocateOptions(policy="guangzhou-proposal", grade=graded))  # doctest: +SKIP
    >>> done.cases[0].effects.summed()  # doctest: +SKIP
    """
    policy = allocation.choose(allocation_policies(folder), options.policy)
    grades = grade_firms(folder, options.grade)
    # Read before anything is graded again: a wrong scenario costs no time.
    asked = [_scenario(text, grades.rule, policy) for text in options.scenarios]
    cases = [_case("", "", grades, policy)]
    for name, changes, rule, other in asked:
        again = grades if rule is grades.rule else grades.again(rule)
        cases.append(_case(name, changes, again, other))
    return Allocated(policy=policy, cases=tuple(cases))


def _case(name: str, changes: str, grades: Grades, policy: allocation.Policy) -> Case:
    columns = {m.of for m in policy.measures if m.of}
    firms = grades.table[["enterprise_id", "name", "district", "letter", "managed_as"]]
    # A figure that no table brings is not known of anybody.
    figures = {c: floats(grades.firms, c) for c in sorted(columns)}
    made = allocation.effects(
        policy, firms.assign(**figures), letters=[letter.id for letter in grades.rule.letters]
    )
    return Case(name=name, changes=changes, grades=grades, effects=made)


def _scenario(
    text: str, rule: grading.Rule, policy: allocation.Policy
) -> tuple[str, str, grading.Rule, allocation.Policy]:
    """Return a scenario's name, its changes as written, and the rule and the policy that they make."""
    head, colon, rest = text.replace("：", ":").partition(":")
    name, rest = (head.strip(), rest) if colon else (text.strip(), text)
    parts = [part for part in re.split(r"[\s,，、;；]+", rest) if part]
    changes: list[grading.Change] = []
    for part in parts:
        hit = _CHANGE.match(part)
        if hit is None or not _is_number(hit[4]):
            raise RuleError(
                f"{part!r} of the scenario {name!r} should be such as A=15%, A>=90, tax_per_mu=40 or power.D=0.2.",
                f"情景“{name}”中的“{part}”应写作 A=15%、A>=90、tax_per_mu=40 或 power.D=0.2 这样的形式。",
            )
        before, key, sign = hit[1] or "", hit[2], hit[3]
        value = float(hit[4]) * (0.01 if hit[5] else 1.0)
        if before and before in {measure.id for measure in policy.measures}:
            policy = _amount(policy, before, key, value)
        else:
            changes.append(
                grading.Change(scope=before, name=key, value=value, by_score=sign != "=")
            )
    if not parts:
        raise RuleError(f"The scenario {name!r} changes nothing.", f"情景“{name}”没有任何改动。")
    return name, " ".join(parts), grading.varied(rule, changes) if changes else rule, policy


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _amount(policy: allocation.Policy, id_: str, letter: str, value: float) -> allocation.Policy:
    """Return a policy with another amount of a measure for a letter."""
    measure = next(m for m in policy.measures if m.id == id_)
    letters = [v.letter for v in measure.by_letter]
    if measure.kind == "words" or letter not in letters:
        en, zh = did_you_mean(nearest(letter, letters, n=1))
        raise RuleError(
            f"The measure {id_} of {policy.id} has no amount for {letter!r}.{en}",
            f"政策 {policy.id} 的措施 {id_} 没有“{letter}”类的数额。{zh}",
        )
    changed = tuple(
        replace(v, amount=value, official=False) if v.letter == letter else v
        for v in measure.by_letter
    )
    measures = tuple(replace(m, by_letter=changed) if m.id == id_ else m for m in policy.measures)
    return replace(policy, measures=measures)
