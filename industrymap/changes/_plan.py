"""Comparing a change file with the database, and writing what it asks for.

A change is applied whole or not at all. Everything that forbids it is found first and reported in one line each: an identifier
missing or given twice, a feature that does not exist or exists already, empty or overlapping geometry, coordinates off the city
(degrees declared as metres end there), an area that contradicts its polygon.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd

from industrymap import issues, schemas
from industrymap.changes import _checks, _edits
from industrymap.changes._checks import ACCEPTABLE
from industrymap.errors import LayerError

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    import geopandas as gpd

    from industrymap.changes._file import ChangeFile
    from industrymap.citypack import CityPack
    from industrymap.store import Base, Edit, Plan

__all__ = ["ChangePlan", "PlanOptions", "apply", "plan", "schema_of"]

_MOST_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanOptions:
    """How a change file is to be taken.

    Attributes
    ----------
    valid_from : date, optional
        Day from which the change holds, where a row does not say; today by default.
    base : int, optional
        The change up to which its author had seen the layer, where a row does not say.
    complete : bool
        The file holds the whole layer: features that it does not name are removed.
    accept : collection of str
        Findings to let pass: any of :data:`ACCEPTABLE`.
    """

    valid_from: date | None = None
    base: int | None = None
    complete: bool = False
    accept: Collection[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePlan:
    """What a change file would do to a layer; nothing is written yet.

    Attributes
    ----------
    file : ChangeFile
        What was read.
    store : Base
        The database that it was compared with, and that :func:`apply` writes.
    layer : str
    edits : list of Edit
    outcome : store.Plan
        What each edit would do to its feature.
    findings : DataFrame
        Issues; one of level ``error`` forbids the change.
    options : PlanOptions
    """

    file: ChangeFile
    store: Base
    layer: str
    edits: list[Edit]
    outcome: Plan
    findings: pd.DataFrame
    options: PlanOptions

    @property
    def refused(self) -> bool:
        """Whether something forbids the change."""
        return bool((self.findings["level"] == "error").any())


def plan(
    file: ChangeFile,
    *,
    store: Base,
    pack: CityPack,
    layer: str = schemas.PARKS,
    options: PlanOptions | None = None,
) -> ChangePlan:
    """Work out what a change file would do; nothing is written.

    Parameters
    ----------
    file : ChangeFile
        From :func:`read`, read with the layer's schema (:func:`schema_of`).
    store : Base
        The database.
    pack : CityPack
        Extent of the city, and the projected CRS in which areas are measured.
    layer : str
        Layer of the database.
    options : PlanOptions, optional

    Returns
    -------
    plan : ChangePlan

    Raises
    ------
    LayerError
        The database has no such layer, or something is to be accepted that cannot be.
    """
    taken = options or PlanOptions()
    schema = schema_of(store, layer)
    current = _current(store, layer, schema)
    # a row that says which version it was made from goes before what the person said of the whole file
    rows = [row if row.base is not None else replace(row, base=taken.base) for row in file.rows]
    edits, problems = _edits.edits(
        replace(file, rows=rows), current, layer=layer, schema=schema, complete=taken.complete
    )
    # Edits are compared with the database before the checks: those need the shapes that would
    # result.
    outcome = store.preview(edits, valid_from=taken.valid_from)
    checks = _checks.check(
        outcome,
        current,
        _checks.Setting(
            schema=schema, pack=pack, file=file.name, rows={r.id: r.row for r in file.rows}
        ),
    )
    findings = issues.concat([file.findings, problems, checks])
    return ChangePlan(
        file=file,
        store=store,
        layer=layer,
        edits=edits,
        outcome=outcome,
        findings=_accepted(findings, taken.accept),
        options=taken,
    )


def apply(plan: ChangePlan, *, who: str, why: str) -> int | None:
    """Apply a planned change; what changed in the database since it was planned is found once more.

    Parameters
    ----------
    plan : ChangePlan
        From :func:`plan`.
    who, why : str
        The person and the reason, for the change log.

    Returns
    -------
    change : int or None
        Number of the change; ``None`` where nothing differs.

    Raises
    ------
    LayerError
        Something forbids the change; the first lines say what.
    ConflictError, StoreBusyError, StoreError
        See :meth:`industrymap.store.Store.apply`.
    """
    if plan.refused:
        raise _refusal(plan)
    day = plan.options.valid_from
    return plan.store.apply(plan.edits, who, why, plan.file.source, valid_from=day)


def schema_of(store: Base, layer: str) -> str:
    """Return the schema of a layer of the database.

    Raises
    ------
    LayerError
        The database has no such layer; those that it has are named.
    """
    known = store.layers()
    if layer not in known:
        raise LayerError(
            f"The database has no layer {layer!r}; it has {', '.join(known)}.",
            f"数据库中没有图层“{layer}”；现有：{'、'.join(known)}。",
        )
    return known[layer]


def _current(store: Base, layer: str, schema: str) -> gpd.GeoDataFrame:
    """Return the layer as it is, without a feature where there is no database yet."""
    import geopandas as gpd

    if store.exists():
        return store.current(layer)
    key = schemas.fields(schema)[0].name
    return gpd.GeoDataFrame({key: pd.array([], dtype="string")}, geometry=[], crs="EPSG:4326")


def _accepted(findings: pd.DataFrame, accept: Collection[str]) -> pd.DataFrame:
    """Lower to warnings what a person accepts."""
    unknown = sorted(set(accept) - set(ACCEPTABLE))
    if unknown:
        raise LayerError(
            f"{', '.join(unknown)} cannot be accepted; one can accept {', '.join(sorted(ACCEPTABLE))}.",
            f"{'、'.join(unknown)} 不能放行；可放行：{'、'.join(sorted(ACCEPTABLE))}。",
        )
    rules = [rule for name in accept for rule in ACCEPTABLE[name]]
    out = findings.copy()
    # To a warning, not away: that something was accepted knowingly stays on record.
    out.loc[out["rule"].isin(rules) & (out["level"] == "error"), "level"] = "warning"
    return out


def _refusal(plan: ChangePlan) -> LayerError:
    errors = plan.findings[plan.findings["level"] == "error"]
    # A wrong column fails in every row: the first few say what is wrong.
    shown = errors.head(_MOST_SHOWN)
    more = len(errors) - len(shown)

    def lines(lang: str) -> list[str]:
        return [
            f"{'row' if lang == 'en' else '行'} {row}: {value} {text}"
            for row, value, text in zip(
                shown["row"].astype("string").fillna("—"),
                shown["value"].fillna(""),
                shown[lang],
                strict=True,
            )
        ]

    name = plan.file.source.name
    return LayerError(
        f"{name}: "
        + " ".join(lines("en"))
        + (f" And {more} more." if more else "")
        + " Nothing was written.",
        f"{name}："
        + "".join(lines("zh"))
        + (f"另有 {more} 条。" if more else "")
        + "未写入任何内容。",
    )
