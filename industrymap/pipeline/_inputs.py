"""The first verb: read every file the workspace names, and remember what each one was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from industrymap import issues

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd

    from industrymap.citypack import CityPack
    from industrymap.files import Decision, Source
    from industrymap.layers import Layer
    from industrymap.schemas import LayerRecord
    from industrymap.tables import Table
    from industrymap.workspace import LayerSource, TableSource, Workspace

__all__ = ["Inputs", "read_inputs"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """What the files of a workspace hold, in WGS 84.

    Attributes
    ----------
    tables : list of (TableSource, Table)
        Enterprise tables in the order of the configuration.
    layers : dict of str to GeoDataFrame
        Layers by name; ``districts`` and ``towns`` where there are boundaries.
    background : list of (LayerRecord, GeoDataFrame)
        What the page draws underneath.
    places : list of DataFrame
        Gazetteer files of the configuration, then those imported earlier.
    checked : dict of str to Source
        The file of each layer, guarded and hashed as it was read.
    sources : list of dict
        Each file with SHA-256 and size, for the manifest.
    decisions : list of (str, Decision)
        How each file was understood.
    issues : DataFrame
        What could not be used.
    """

    tables: list[tuple[TableSource, Table]]
    layers: dict[str, gpd.GeoDataFrame]
    background: list[tuple[LayerRecord, gpd.GeoDataFrame]]
    places: list[pd.DataFrame]
    checked: dict[str, Source]
    sources: list[dict[str, Any]]
    decisions: list[tuple[str, Decision]]
    issues: pd.DataFrame


class _ReadingLog:
    """What reading leaves behind besides frames."""

    def __init__(self, folder: Path, total: int, progress: Callable[[int, int], None]) -> None:
        self.folder = folder
        self.total = total
        self.progress = progress
        progress(0, total)
        self.sources: list[dict[str, Any]] = []
        self.decisions: list[tuple[str, Decision]] = []
        self.issues = issues.Collector()

    def note(self, role: str, path: Path, read: Any) -> None:
        name = self.file(role, path, read.source)
        self.decisions += [(name, decision) for decision in read.decisions]
        self.issues.extend(read.issues)

    def file(self, role: str, path: Path, source: Source) -> str:
        name = (
            # Inside the workspace by its path from there: the manifest is the same on every
            # machine.
            path.relative_to(self.folder).as_posix()
            if path.is_relative_to(self.folder)
            else path.name
        )
        self.sources.append(
            {"role": role, "file": name, "sha256": source.sha256, "bytes": source.size}
        )
        self.progress(len(self.sources), self.total)
        return name


def read_inputs(
    workspace: Workspace, *, pack: CityPack, progress: Callable[[int, int], None]
) -> Inputs:
    """Read every table and layer of a workspace.

    Parameters
    ----------
    workspace : Workspace
    pack : CityPack
    progress : callable
        Called as ``progress(files read, files in all)``.

    Raises
    ------
    IndustryMapError
        A file is missing, refused, empty, without needed columns or without a coordinate system.
    """
    from industrymap.geocoding.gazetteer import imports

    # Before anything is read: after minutes of reading, a file that was never there would be a poor answer.
    for edges in (workspace.districts, workspace.towns):
        if edges is not None:
            edges.require()
    # Each of these moves the progress bar once, so they are counted before the first is read.
    wanted = [s for s in (*workspace.layers, workspace.districts, workspace.towns) if s is not None]
    total = sum(map(len, (workspace.tables, wanted, workspace.background, workspace.gazetteer)))
    log = _ReadingLog(workspace.folder, total, progress)
    tables = [(source, table) for source in workspace.tables for table in _tables(source, log)]
    read = {source.name: _layer(source, pack, log) for source in wanted}
    background = [
        (source.record, _layer(source, pack, log).frame)
        for source in workspace.background
        if source.record
    ]
    # Named in the manifest like any input, because it decides which industry codes are known.
    _classification(workspace, log)
    return Inputs(
        tables=tables,
        layers={name: layer.frame for name, layer in read.items()},
        background=background,
        # Files that the settings name, then what `gazetteer import` and `gazetteer osm` kept.
        places=[_places(path, pack, log) for path in workspace.gazetteer]
        + imports.read_folder(workspace.state / "gazetteer"),
        checked={name: layer.source for name, layer in read.items()},
        sources=log.sources,
        decisions=log.decisions,
        issues=log.issues.table(),
    )


def _classification(workspace: Workspace, log: _ReadingLog) -> None:
    """Note the full list of industries, where the workspace holds one."""
    from industrymap import files
    from industrymap.enterprises import classification

    path = workspace.state / classification.FILE
    if path.is_file():
        log.file("industries", path, files.check(path, allow=("csv",)))


def _tables(source: TableSource, log: _ReadingLog) -> list[Table]:
    from industrymap import enterprises

    read = enterprises.read_firms(
        source.file,
        sheet=source.sheet,
        table=source.table,
        datum=source.datum,
        columns=source.columns,
        units=source.units,
    )
    # Several tables of one workbook are one file: it is hashed and counted once.
    log.file(source.kind, source.file, read[0].source)
    for table in read:
        log.decisions += [(table.name, decision) for decision in table.decisions]
        log.issues.extend(table.issues)
    return read


def _layer(source: LayerSource, pack: CityPack, log: _ReadingLog) -> Layer:
    layer = source.read(extent=pack.extent)
    log.note(source.name, source.file, layer)
    return layer


def _places(path: Path, pack: CityPack, log: _ReadingLog) -> pd.DataFrame:
    from industrymap import files
    from industrymap.geocoding.gazetteer import imports

    log.file("gazetteer", path, files.check(path, allow=imports.EXTENSIONS))
    places, bad = imports.read(path, pack=pack)
    log.issues.extend(bad)
    return places
