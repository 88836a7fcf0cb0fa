"""Between reading and measuring: polygon layers live in the workspace's database.

The first build brings them in. From then on the database speaks: changes go through ``industrymap changes apply``, with who and
why, and a layer file that differs from what was brought in is reported, never taken over silently.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from industrymap import changes, issues, schemas
from industrymap.errors import ConfigError, ConflictError
from industrymap.pipeline._own import in_its_workspace

if TYPE_CHECKING:
    from collections.abc import Iterable

    import geopandas as gpd
    import pandas as pd

    from industrymap.citypack import CityPack
    from industrymap.files import Source
    from industrymap.pipeline._inputs import Inputs
    from industrymap.store import Base
    from industrymap.workspace import LayerSource, Workspace

__all__ = ["reimport", "through_database"]

WHO = "industrymap build"
"""Who the change log names for the first import of a layer."""


def through_database(
    workspace: Workspace, inputs: Inputs
) -> tuple[dict[str, gpd.GeoDataFrame], pd.DataFrame]:
    """Bring layers into the database the first time, and take them from it ever after.

    Parameters
    ----------
    workspace : Workspace
    inputs : Inputs
        As read from the files.

    Returns
    -------
    layers : dict of str to GeoDataFrame
        As the database holds them today.
    issues : DataFrame
        Files that differ from it.

    Raises
    ------
    StoreError
        The database is damaged, or another process keeps it busy.
    """
    from industrymap import store

    base = store.open(workspace)
    if base.exists():
        base.require_sound()  # a build that happens to read only sound pages would hide that others are lost
    # Layers of the ground stay as their files hold them; only those that people maintain go through the database.
    layers: dict[str, gpd.GeoDataFrame] = dict(inputs.layers)
    differing: list[pd.DataFrame] = []
    held = base.layers() if base.exists() else {}
    for source in workspace.layers:
        frame = layers[source.name]
        given = inputs.checked[source.name]
        # Read back, also after the first import: what follows sees one form of the data, not two.
        today = base.current(source.name) if source.name in held else None
        if today is None or today.empty:
            with suppress(ConflictError):  # another build was faster
                _bring_in(base, source, frame, given, on=_as_of(workspace))
            today = base.current(source.name)
        # The database keeps the schema's columns; what else the file brings is shown beside them.
        layers[source.name] = _with_further(today, frame, schemas.key(source.schema))
        # Asked only now: another build may have brought it in meanwhile.
        if rule := changes.not_taken_in(base, source, given.sha256):
            differing.append(changes.file_difference(base, source, frame, today, rule))
    return layers, issues.concat(differing)


@in_its_workspace
def reimport(workspace: Workspace, names: Iterable[str], *, pack: CityPack) -> None:
    """Take changed layer files into the database: features the file names are added or changed, the others removed.

    Parameters
    ----------
    workspace : Workspace
    names : iterable of str
        Layers, as the workspace names them.
    pack : CityPack
        For the extent of the city.

    Raises
    ------
    ConfigError
        The workspace names no such layer.
    StoreError
        The database is damaged, busy, or a feature's state is known from a later day already.
    """
    from industrymap import store

    base = store.open(workspace)
    for name in names:
        source = workspace.layer(name)
        if source is None:
            known = ", ".join(layer.name for layer in workspace.layers)
            raise ConfigError(
                f"industrymap.toml names no layer {name!r}; it names {known or 'none'}.",
                f"industrymap.toml 中没有图层“{name}”；现有：{known or '无'}。",
            )
        read = source.read(extent=pack.extent)
        if not base.exists() or name not in base.layers():
            continue  # the build that follows brings it in for the first time
        today = base.current(name)
        day = _as_of(workspace)
        # What was changed since the data's date is known from a later day: then the file holds from today on.
        known = today["valid_from"].max()
        if day is not None and not today.empty and known.date() > day:
            day = None
        base.apply(
            changes.replacing(source, read.frame, today),
            WHO,
            changes.import_reason(changes.RE_IMPORT, source),
            read.source,
            valid_from=day,
        )


def _as_of(workspace: Workspace) -> date | None:
    """Return the day from which an imported file holds: the workspace's data date; None, today, where it has none.

    A file of parks as of the end of last year says what was there then, whenever somebody happens to build. A date that is
    still to come counts as today: every change made before it would otherwise be refused as earlier than what is known.
    """
    today = datetime.now(tz=UTC).astimezone().date()
    day = workspace.data_date
    return day if day is not None and day <= today else None


def _bring_in(
    base: Base, source: LayerSource, frame: gpd.GeoDataFrame, given: Source, *, on: date | None
) -> None:
    base.add_layer(source.name, schema=source.schema)
    base.apply(
        changes.additions(source, frame),
        WHO,
        changes.import_reason(changes.FIRST_IMPORT, source),
        given,
        valid_from=on,
    )


def _with_further(today: gpd.GeoDataFrame, frame: gpd.GeoDataFrame, key: str) -> gpd.GeoDataFrame:
    """Return the database's layer with the file's further columns beside it."""
    further = [c for c in frame.columns if c not in today.columns]
    beside = frame.set_index(key)[further].reindex(today[key].to_numpy())
    return today.assign(**{str(c): beside[c].array for c in further})
