"""The run: every stage in its order, frames in, frames out, nothing written."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from industrymap import issues
from industrymap.pipeline import _stages
from industrymap.pipeline._database import through_database
from industrymap.pipeline._inputs import Inputs, read_inputs

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd
    import pandas as pd

    from industrymap.citypack import CityPack
    from industrymap.workspace import Workspace

    Progress = Callable[[str, int, int], None]

__all__ = ["STAGES", "Built", "run"]

STAGES = ("read", "check", "geocode", "tag", "assign", "measure", "triage", "write")
"""The stages in their order, as a progress callback names them."""

_SAYS_MORE = {
    "cell.number_repaired": "amount.repaired",
    "cell.not_number": "amount.unreadable",
    "amount.unreadable": "cell.excel_error",
}
"""Rule of a reader → the rule that says more of the same cell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """Everything a run computed.

    Attributes
    ----------
    workspace : Workspace
    pack : CityPack
    inputs : Inputs
        What was read, with SHA-256 of every file.
    enterprises : GeoDataFrame
        One row per firm with every stage's columns, in WGS 84; the base is where ``in_base`` is true.
    years, tags : DataFrame
        Figures per firm and year; labels per firm and taxonomy.
    layers : dict of str to GeoDataFrame
        ``village_parks``, ``industrial_blocks``, further layers, ``districts``, ``towns``: measured.
    checks : DataFrame
        Block rules and totals, one row per check.
    review : DataFrame
        Addresses for a person to look at.
    issues : DataFrame
        Everything that could not be used as it stood.
    """

    workspace: Workspace
    pack: CityPack
    inputs: Inputs
    enterprises: gpd.GeoDataFrame
    years: pd.DataFrame
    tags: pd.DataFrame
    layers: dict[str, gpd.GeoDataFrame]
    checks: pd.DataFrame
    review: pd.DataFrame
    issues: pd.DataFrame


def run(workspace: Workspace, *, progress: Progress | None = None) -> Built:
    """Run every stage over a workspace; nothing is written but the first import of layers into its database.

    Parameters
    ----------
    workspace : Workspace
    progress : callable, optional
        Called as ``progress(stage, done, total)``.

    Raises
    ------
    IndustryMapError
        An input cannot be used at all. Bad rows never raise: they are in ``issues``.
    """
    from industrymap import citypack

    tell = progress or (lambda _stage, _done, _total: None)
    pack = citypack.load(workspace.city)
    read = read_inputs(workspace, pack=pack, progress=partial(tell, "read"))
    inputs = through_database(workspace, read)
    tell("check", 0, 1)
    inputs = _stages.intake(workspace, pack, inputs)
    base = _stages.check(workspace, pack, inputs)
    tell("geocode", 0, 1)
    placed, review, place_issues = _stages.geocode(
        workspace, pack, inputs, base.frame, progress=partial(tell, "geocode")
    )
    tell("tag", 0, 1)
    tagged, tags, tag_issues = _stages.tag(workspace, pack, inputs, placed, base.year)
    tell("assign", 0, 1)
    assigned, assign_issues = _stages.assign(inputs, tagged)
    tags = _stages.with_places(tags, assigned, inputs)
    tell("measure", 0, 1)
    measured = _stages.measure(workspace, pack, inputs, assigned, base.year)
    tell("triage", 0, 1)
    layers, checks = _stages.triage(workspace, pack, measured)
    return Built(
        workspace=workspace,
        pack=pack,
        inputs=inputs,
        enterprises=assigned,
        years=base.years,
        tags=tags,
        layers=layers,
        checks=checks,
        review=review,
        issues=issues.once(
            issues.concat([inputs.issues, base.issues, place_issues, tag_issues, assign_issues]),
            _SAYS_MORE,
        ),
    )
