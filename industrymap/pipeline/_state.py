"""What a run carries from stage to stage."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    import geopandas as gpd

    from industrymap.citypack import CityPack
    from industrymap.pipeline._inputs import Inputs
    from industrymap.workspace import Workspace

__all__ = ["Report", "Stage", "State"]

Report = Callable[[int, int], None]
"""What a stage says of its progress: ``report(done, total)``."""

Stage = Callable[["State", Report], "State"]
"""A stage: the state of a run in, the state with what the stage adds out. It writes nothing and keeps nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The frames of a run, as far as its stages have come.

    Attributes
    ----------
    workspace : Workspace
    pack : CityPack
    inputs : Inputs, optional
        From ``read``: tables and layers as their files hold them.
    layers : dict of str to GeoDataFrame
        From ``read``: the layers as the database holds them; ``check`` mends them, ``measure`` and ``triage`` add figures.
    firms : DataFrame, optional
        From ``check``: one row per firm; ``geocode`` gives them a place, ``tag`` and ``assign`` add columns.
    year : int, optional
        From ``check``: the reference year.
    years : DataFrame
        From ``check``: figures per firm and year.
    tags : DataFrame
        From ``tag``: labels per firm and taxonomy; ``assign`` adds those of place.
    checks : DataFrame
        From ``triage``: block rules and totals.
    review : DataFrame
        From ``geocode``: addresses that need review.
    confirmed : DataFrame
        From ``geocode``: what people wrote into reviews, by address.
    issues : tuple of DataFrame
        From every stage: what could not be used as it was.
    """

    workspace: Workspace
    pack: CityPack
    inputs: Inputs | None = None
    layers: dict[str, gpd.GeoDataFrame]
    firms: pd.DataFrame | None = None
    year: int | None = None
    years: pd.DataFrame
    tags: pd.DataFrame
    checks: pd.DataFrame
    review: pd.DataFrame
    confirmed: pd.DataFrame
    issues: tuple[pd.DataFrame, ...] = ()

    @classmethod
    def of(cls, workspace: Workspace, pack: CityPack) -> State:
        """Return the state before the first stage."""
        none = pd.DataFrame()
        return cls(
            workspace=workspace,
            pack=pack,
            layers={},
            years=none,
            tags=none,
            checks=none,
            review=none,
            confirmed=none,
        )

    def read(self) -> Inputs:
        """Return what was read; the first stage has to have run."""
        if self.inputs is None:
            msg = "the stage 'read' has not run"
            raise RuntimeError(msg)
        return self.inputs

    def checked(self) -> pd.DataFrame:
        """Return the firms; the stage ``check`` has to have run."""
        if self.firms is None:
            msg = "the stage 'check' has not run"
            raise RuntimeError(msg)
        return self.firms

    def placed(self) -> gpd.GeoDataFrame:
        """Return the firms with their places; the stage ``geocode`` has to have run."""
        import geopandas as gpd

        firms = self.checked()
        if not isinstance(firms, gpd.GeoDataFrame):
            msg = "the stage 'geocode' has not run"
            raise TypeError(msg)
        return firms

    def with_layers(self, **frames: gpd.GeoDataFrame) -> State:
        """Return the state with some layers in place of what they were."""
        return replace(self, layers=self.layers | frames)

    def with_issues(self, *tables: pd.DataFrame) -> State:
        """Return the state with further issues."""
        return replace(self, issues=(*self.issues, *tables))
