"""The run: every stage in its order, state in, state out, nothing written."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from industrymap.pipeline import _stages
from industrymap.pipeline._own import in_its_workspace
from industrymap.pipeline._state import State
from industrymap.wording import counted

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd
    import pandas as pd

    from industrymap.citypack import CityPack
    from industrymap.pipeline._inputs import Inputs
    from industrymap.pipeline._state import Stage
    from industrymap.publishing import Release
    from industrymap.workspace import Workspace

    Progress = Callable[[str, int, int], None]

__all__ = ["STAGES", "Built", "run"]

_STAGES: dict[str, Stage] = {
    "read": _stages.read,
    "check": _stages.check,
    "geocode": _stages.geocode,
    "tag": _stages.tag,
    "assign": _stages.assign,
    "measure": _stages.measure,
    "triage": _stages.triage,
}
STAGES: dict[str, Stage] = {name: in_its_workspace(stage) for name, stage in _STAGES.items()}
"""The stages of a run in their order, as a progress callback names them; ``write`` follows, outside the run."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
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
        Parks, blocks, further layers, ``districts``, ``towns``: measured.
    checks : DataFrame
        Block rules and totals, one row per check.
    review : DataFrame
        Addresses for a person to look at.
    confirmed : DataFrame
        What people wrote into reviews, by address; kept in the workspace.
    issues : DataFrame
        Everything that could not be used as it stood.
    release : Release, optional
        Of a public build: what was published and what was withheld.
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
    confirmed: pd.DataFrame
    issues: pd.DataFrame
    release: Release | None = None

    def __repr__(self) -> str:
        counts = ", ".join(f"{name} {len(frame):,}" for name, frame in self.layers.items())
        return (
            f"<Built {self.workspace.title!r}: {counted(len(self.enterprises), 'enterprise')}; "
            f"{counts or 'no layers'}; {counted(len(self.issues), 'issue')}>"
        )

    def _repr_html_(self) -> str:
        """Show the map in a notebook."""
        from industrymap import pipeline
        from industrymap.webmap import IndustryMap

        return IndustryMap(pipeline.page_model(self))._repr_html_()


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
    from industrymap import citypack, enterprises

    state = State.of(workspace, citypack.load(workspace.city))
    for name, stage in STAGES.items():
        if progress:
            progress(name, 0, 1)
        report = partial(progress, name) if progress else _silent
        state = stage(state, report)
    return Built(
        workspace=workspace,
        pack=state.pack,
        inputs=state.read(),
        enterprises=state.placed(),
        years=state.years,
        tags=state.tags,
        layers=state.layers,
        checks=state.checks,
        review=state.review,
        confirmed=state.confirmed,
        # A cell that two checks complain of is reported once, by the one that says more.
        issues=enterprises.findings(state.issues),
    )


def _silent(_done: int, _total: int) -> None:
    """Report progress to nobody."""
