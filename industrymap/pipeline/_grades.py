"""The firms of a workspace graded by a rule."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from industrymap import citypack, grading, issues, publishing, workspace
from industrymap.columns import texts
from industrymap.errors import RuleError, did_you_mean, nearest
from industrymap.pipeline._outputs import layer, layer_names

if TYPE_CHECKING:
    from pathlib import Path

    from industrymap.workspace import Workspace

__all__ = ["GradeOptions", "Grades", "grade_firms", "grading_rules"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeOptions:
    """How firms are graded.

    Attributes
    ----------
    rule : str
        Its ``rule_id``.
    year : int
        Of the figures.
    inputs : tuple of Path
        Tables of land, energy and the like; empty: those of ``[grading] inputs`` in the settings.
    parcels : Path, optional
        Parcels with their holders; by default those of ``[grading] parcels``.
    draws : int
        Of figures within their uncertainty, for the share of draws in which a letter flips; 0 for none.
    moved : bool
        Whether the year before is graded too, to say who moved.
    objections : Path, optional
        Table of objections with their outcome: accepted values go in place of those of the tables, and the difference is told.

    Examples
    --------
    >>> GradeOptions(rule="anhui", year=2025).draws
    0
    """

    rule: str
    year: int
    inputs: tuple[Path, ...] = ()
    parcels: Path | None = None
    draws: int = 0
    moved: bool = False
    objections: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grades:
    """The firms of a workspace, graded.

    Attributes
    ----------
    rule : Rule
    year : int
    graded : Graded
        With everything that each letter is made of.
    table : DataFrame
        One row a firm of the base, the firms of a group each with the group's letter: the columns of
        :meth:`industrymap.grading.Graded.table`, with ``uscc``, ``district``, ``graded_with`` (the firm that stands for the group), ``reason`` and ``reason_en``.
    moves : DataFrame, optional
        As :func:`industrymap.grading.moves`; ``None`` where it was not asked for.
    issues : DataFrame
        What of the inputs could not be used.
    objections : DataFrame, optional
        As :class:`industrymap.grading.Objections` has them.
    corrected : DataFrame, optional
        Whose letter the accepted objections changed, and why (:func:`industrymap.grading.moves`).
    firms, past : DataFrame
        Every firm with its inputs of the year and of the year before, before those of a group were put together.
    """

    rule: grading.Rule
    year: int
    graded: grading.Graded
    table: pd.DataFrame
    firms: pd.DataFrame
    past: pd.DataFrame
    moves: pd.DataFrame | None
    issues: pd.DataFrame
    objections: pd.DataFrame | None = None
    corrected: pd.DataFrame | None = None

    def notice(self) -> pd.DataFrame:
        """Return the letters that may be published, the best first.

        Raises
        ------
        ConfigError
            The rule does not say that letters are published.
        """
        places = {letter.id: n for n, letter in enumerate(self.rule.letters)}
        given = self.table[self.table["score"].notna()]
        # Not by rank: the order would publish it.
        order = given.assign(at=given["letter"].map(places)).sort_values(["at", "district", "name"])
        return publishing.letters(
            order.drop(columns="at"), rule=self.rule.id, published=self.rule.publishes_letters
        ).reset_index(drop=True)

    def again(self, rule: grading.Rule) -> Grades:
        """Return the same firms graded by another rule, such as one with other cuts; without draws, moves and objections."""
        graded, lead_of = _graded(rule, self.firms, self.past)
        table = _table(graded, self.firms, lead_of)
        return replace(
            self, rule=rule, graded=graded, table=table, moves=None, objections=None, corrected=None
        )

    def firm(self, name: str) -> int:
        """Return the position in ``graded.firms`` of a firm, by code, identifier or name; that of its group where it was graded with one.

        Raises
        ------
        RuleError
            There is no such firm, or several of that name.
        """
        register = grading.Register(self.table)
        # By code or identifier first: a name may be one that several have.
        found = register.find(uscc=name, enterprise_id=name) or register.find(name=name)
        if len(found) != 1:
            en, zh = did_you_mean(nearest(name, texts(self.table, "name"), n=1))
            if found:
                shown = "、".join(map(register.shown, found))
                en, zh = f" Give the code of the one you mean: {shown}.", f"请用代码指明：{shown}。"
            raise RuleError(
                f"{len(found)} firms are called {name!r}.{en}",
                f"名为“{name}”的企业有 {len(found)} 家。{zh}",
            )
        at = found[0]
        lead = texts(self.table, "graded_with")[at] or texts(self.table, "enterprise_id")[at]
        return int(np.flatnonzero(texts(self.graded.firms, "enterprise_id") == lead)[0])


def grading_rules(folder: str | Path) -> dict[str, grading.Rule]:
    """Return the rules of a workspace: those shipped, its city pack's, its own.

    Raises
    ------
    RuleError
        A file is wrong.
    """
    space = workspace.load(folder)
    return grading.known([*citypack.load(space.city).folders, space.folder])


def grade_firms(folder: str | Path, options: GradeOptions) -> Grades:
    """Grade the firms of the last build by a rule.

    Parameters
    ----------
    folder : path
        The workspace.
    options : GradeOptions

    Raises
    ------
    RuleError
        There is no such rule, or it cannot be applied.
    IndustryMapError
        Nothing was built yet, or a table cannot be used.

    Examples
    --------
    >>> import industrymap as im
    >>> im.grade_firms(".", im.GradeOptions(rule="anhui", year=2025)).table["letter"].value_counts()  # doctest: +SKIP
    """
    space = workspace.load(folder)
    rule = grading.choose(grading_rules(folder), options.rule)
    inputs = grading.read(options.inputs or space.grading_inputs, year=options.year)
    task = _Task(space=space, rule=rule, inputs=inputs, options=options)
    firms = _firms(task, options.year)
    found = [inputs.issues, firms.issues]
    # Of earlier years: benchmarks come from the year before, and who moved is seen beside its own grading.
    past = grading.used_land(_firms(task, options.year - 1)).frame
    moved, changed, told = None, None, None
    used = grading.used_land(firms)
    graded, lead_of = _graded(rule, used.frame, past, draws=options.draws)
    if options.objections is not None:
        objections = grading.read_objections(options.objections)
        before = graded
        firms, objections = grading.corrected(firms, objections)
        used = grading.used_land(firms)
        graded, lead_of = _graded(rule, used.frame, past, draws=options.draws)
        changed, told = grading.moves(before, graded), objections.frame
        found += [objections.issues, firms.issues]
    if options.moved:
        earlier = grading.used_land(_firms(task, options.year - 2)).frame
        moved = grading.moves(_graded(rule, past, earlier)[0], graded)
    # Land is worked out last, of the figures that count.
    found.append(used.issues)
    return Grades(
        rule=rule,
        year=options.year,
        graded=graded,
        table=_table(graded, used.frame, lead_of),
        firms=used.frame,
        past=past,
        moves=moved,
        issues=issues.concat(found).drop_duplicates(ignore_index=True),
        objections=told,
        corrected=changed,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """What every year of a grading is made from."""

    space: Workspace
    rule: grading.Rule
    inputs: grading.Inputs
    options: GradeOptions


def _units(rule: grading.Rule, firms: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, str]]:
    return grading.together(firms) if rule.together else (firms, {})


def _graded(
    rule: grading.Rule, firms: pd.DataFrame, past: pd.DataFrame, *, draws: int = 0
) -> tuple[grading.Graded, dict[str, str]]:
    units, lead_of = _units(rule, firms)
    return grading.grade(rule, units, previous=_units(rule, past)[0], draws=draws), lead_of


def _firms(task: _Task, year: int) -> grading.Firms:
    """Return the firms of the base with their inputs of a year, before land is shared."""
    space = task.space
    firms = pd.DataFrame(layer(space, "enterprises"))
    years = pd.DataFrame(layer(space, "years")) if "years" in layer_names(space) else None
    of_year = grading.of_year(task.inputs, firms, years, year)
    parcels = task.options.parcels or space.parcels
    if parcels is None:
        return of_year
    crs = citypack.load(space.city).crs
    return grading.with_parcels(of_year, grading.read_parcels(parcels, crs=crs))


def _table(graded: grading.Graded, firms: pd.DataFrame, lead_of: dict[str, str]) -> pd.DataFrame:
    """Return one row a firm of the base: what was graded together is given to each of its firms."""
    table = graded.table()
    zh, en = grading.reasons(graded, "zh"), grading.reasons(graded, "en")
    table = table.assign(
        reason=pd.array(zh, dtype="string"), reason_en=pd.array(en, dtype="string")
    ).drop(columns="name")
    ids = texts(firms, "enterprise_id")
    leads = [lead_of.get(i, i) for i in ids]
    rows = table.set_index("enterprise_id").loc[leads].reset_index(drop=True)
    rows.insert(0, "enterprise_id", ids)
    for n, name in enumerate(("name", "uscc", "district"), start=1):
        rows.insert(n, name, pd.Series([t or None for t in texts(firms, name)], dtype="string"))
    rows["graded_with"] = pd.array([lead_of.get(i) for i in ids], dtype="string")
    return rows
