"""What a filter asks of other layers: their rows, how far polygons overlap them, how far they are away."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pandas as pd

from industrymap import citypack, filters, measure, schemas
from industrymap.pipeline._outputs import layer, layer_names

if TYPE_CHECKING:
    import geopandas as gpd

    from industrymap.filters import Filter
    from industrymap.workspace import Workspace

__all__ = ["related"]

_NEARNESS = re.compile(r"(overlap|distance)\((\w+)\)")


def related(
    workspace: Workspace, frame: pd.DataFrame, wanted: Filter, *, schema: str
) -> dict[str, Any]:
    """Return what :meth:`industrymap.filters.Filter.keep` needs beside the rows themselves.

    Firms know the feature they lie in. A polygon of another layer belongs to the feature that holds its inner point, as parks do where blocks are
    measured; overlaps and distances are worked out in the city's projected CRS where the build has no column of them.

    Parameters
    ----------
    workspace : Workspace
        Built.
    frame : DataFrame
        Rows of one of its layers, with their geometry (WGS 84).
    wanted : Filter
    schema : str
        The schema of ``frame``.

    Returns
    -------
    relations : dict
        Relation → related rows, or a Series aligned with ``frame``.
    """
    relations: dict[str, Any] = {}
    for name in wanted.fields():
        asked = _NEARNESS.fullmatch(name)
        relation = name.partition(".")[0]
        if asked:
            # A column that the build has measured goes first: the page reads the same one.
            if filters.FALLBACK.get(name) not in frame.columns:
                _add_nearness(relations, workspace, frame, asked)
        elif "." in name and relation not in relations and relation in filters.relations():
            rows = _rows(workspace, relation)
            if rows is not None:
                relations[relation] = _located(workspace, rows, frame, schema)
    return relations


def _add_nearness(
    relations: dict[str, Any],
    workspace: Workspace,
    frame: pd.DataFrame,
    asked: re.Match[str],
) -> None:
    others = _rows(workspace, asked[2])
    if others is None:
        return
    crs = citypack.load(workspace.city).crs
    work_out = measure.share_inside if asked[1] == "overlap" else measure.distance_m
    values = work_out(measure.projected(frame, crs), measure.projected(others, crs))
    relations[asked[0]] = pd.Series(values, index=frame.index).astype("Float64")


def _rows(workspace: Workspace, relation: str) -> gpd.GeoDataFrame | None:
    """Return the rows of a related layer; None where the relation is none of a layer of its own, or was not built."""
    record = schemas.layer(relation)
    if record is None or record.name not in layer_names(workspace):
        return None
    return layer(workspace, record.name)


def _located(
    workspace: Workspace, rows: gpd.GeoDataFrame, frame: pd.DataFrame, schema: str
) -> pd.DataFrame:
    """Return related rows with the column that names the feature of ``frame`` each belongs to."""
    columns = [r.firm_column for r in schemas.layers() if r.schema == schema and r.firm_column]
    own = schemas.key(schema) if columns else ""
    if not columns or filters.key_column(schema, frame, rows):
        return rows
    crs = citypack.load(workspace.city).crs
    located = measure.inner_points_in(rows, frame[own], measure.projected(frame, crs), crs=crs)
    # a column that names features of another layer of this schema stays
    free = next((c for c in columns if c not in rows.columns), columns[0])
    return rows.assign(**{free: located})
