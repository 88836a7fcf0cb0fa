"""Changing a layer of the database: read a change file, compare it with what is there, show the difference, apply it.

A change is applied whole or not at all. Everything that speaks against it is found first and told in one line each: an
identifier missing or named twice, a park that does not exist or exists already, empty or overlapping geometry, coordinates off
the city (degrees declared as metres end there), an area that contradicts its polygon by more than 5 %.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from industrymap import issues, schemas
from industrymap.changes import _checks, _edits, _file
from industrymap.errors import LayerError

if TYPE_CHECKING:
    import os
    from collections.abc import Collection
    from datetime import date

    import geopandas as gpd

    from industrymap.citypack import CityPack
    from industrymap.files import Decision, Source
    from industrymap.store import Base, Edit, Plan

__all__ = ["ACCEPTABLE", "Prepared", "apply", "difference", "prepare"]

ACCEPTABLE = _checks.ACCEPTABLE
"""Findings a person may accept knowingly: ``area``, ``overlap``, ``outside``."""

_MOST_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A change file held against the database.

    Attributes
    ----------
    layer : str
    edits : list of Edit
    findings : DataFrame
        Issues; one of level ``error`` forbids the change.
    plan : Plan
        What it would do.
    decisions : tuple of Decision
        What was understood of the file.
    source : Source
    """

    layer: str
    edits: list[Edit]
    findings: pd.DataFrame
    plan: Plan
    decisions: tuple[Decision, ...]
    source: Source

    @property
    def refused(self) -> bool:
        """Whether something forbids the change."""
        return bool((self.findings["level"] == "error").any())


def prepare(  # noqa: PLR0913 - each is a decision of the person who brings the file
    path: str | os.PathLike[str],
    *,
    store: Base,
    pack: CityPack,
    layer: str = "village_parks",
    datum: str | None = None,
    sheet: str | None = None,
    base: int | None = None,
    valid_from: date | None = None,
    clear_blanks: bool = False,
    complete: bool = False,
    accept: Collection[str] = (),
) -> Prepared:
    """Read a change file and work out what it would do; nothing is written.

    Parameters
    ----------
    path : path
        A table or a layer, see :mod:`industrymap.changes._file`.
    store : Base
        The database.
    pack : CityPack
        Extent and projected CRS of the city.
    layer : str
        Layer of the database.
    datum : str, optional
        Of the file's coordinates, where it does not say.
    sheet : str, optional
        Sheet of a workbook or layer in a GeoPackage.
    base : int, optional
        The version the whole file was made from, where its rows do not say.
    valid_from : date, optional
        Day from which it holds; today by default.
    clear_blanks : bool
        Blank cells empty their field.
    complete : bool
        The file holds the whole layer: features it does not name are removed.
    accept : collection of str
        Findings to let pass: any of :data:`ACCEPTABLE`.

    Returns
    -------
    prepared : Prepared

    Raises
    ------
    IndustryMapError
        The file as a whole cannot be read.
    """
    schema = _schema(store, layer)
    found = _file.read(
        path,
        schema=schema,
        datum=datum,
        extent=pack.extent,
        sheet=sheet,
        clear_blanks=clear_blanks,
    )
    current = _current(store, layer, schema)
    rows = [row if row.base is not None else replace(row, base=base) for row in found.rows]
    edits, problems = _edits.edits(
        rows, current, layer=layer, schema=schema, name=found.name, complete=complete
    )
    plan = store.preview(edits, valid_from=valid_from)
    checks = _checks.check(
        plan, current, schema=schema, pack=pack, name=found.name, rows={r.id: r.row for r in rows}
    )
    findings = issues.concat([found.findings, problems, checks])
    return Prepared(
        layer=layer,
        edits=edits,
        findings=_accepted(findings, accept),
        plan=plan,
        decisions=found.decisions,
        source=found.source,
    )


def apply(
    prepared: Prepared, *, store: Base, who: str, why: str, valid_from: date | None = None
) -> int | None:
    """Apply a prepared change.

    Parameters
    ----------
    prepared : Prepared
        From :func:`prepare`.
    store : Base
        The database; what changed in it since is found once more.
    who, why : str
        The person and the reason, for the change log.
    valid_from : date, optional
        As in :func:`prepare`.

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
    if prepared.refused:
        raise _refusal(prepared)
    return store.apply(prepared.edits, who, why, prepared.source, valid_from=valid_from)


def difference(plan: Plan, *, crs: str) -> pd.DataFrame:
    """Return what a plan would change, one line per field.

    Parameters
    ----------
    plan : Plan
    crs : str
        Projected CRS in which areas are measured.

    Returns
    -------
    difference : DataFrame
        ``id, action, field, before, after, related`` (where a part came from, what a whole became); geometry stands as its area in m² with the change in percent.
    """
    records = []
    for item in plan.items:
        about = {"id": item.id, "action": item.action, "related": item.related}
        if item.action == "remove":
            records.append({**about, "field": "", "before": "", "after": ""})
            continue
        exists = item.before is not None and not item.before.removed
        for name in item.fields:
            old = item.before.record.get(name) if exists and item.before else None
            if name == "geometry":
                shape = item.before.geometry if exists and item.before else None
                records.append({**about, "field": name, **_areas(shape, item.geometry, crs)})
                continue
            records.append(
                {**about, "field": name, "before": _text(old), "after": _text(item.record[name])}
            )
        if not item.fields:
            records.append({**about, "field": "", "before": "", "after": ""})
    names = ["id", "action", "field", "before", "after", "related"]
    table = pd.DataFrame(records, columns=names)
    return table.astype("string")


def _areas(before: Any, after: Any, crs: str) -> dict[str, str]:
    from industrymap import datum

    shapes = np.array([before, after], dtype=object)
    old, new = datum.area_m2(shapes, crs)
    known = before is not None and old > 0 and after is not None
    change = f" ({new / old - 1:+.1%})" if known else ""
    return {
        "before": "" if before is None else f"{old:,.0f} m²",
        "after": "" if after is None else f"{new:,.0f} m²{change}",
    }


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _schema(store: Base, layer: str) -> str:
    known = store.layers()
    if layer not in known:
        raise LayerError(
            f"The database has no layer {layer!r}; it has {', '.join(known)}.",
            f"数据库中没有图层“{layer}”；现有：{'、'.join(known)}。",
        )
    return known[layer]


def _current(store: Base, layer: str, schema: str) -> gpd.GeoDataFrame:
    import geopandas as gpd

    if store.exists():
        return store.as_of(None, layer)
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
    out.loc[out["rule"].isin(rules) & (out["level"] == "error"), "level"] = "warning"
    return out


def _refusal(prepared: Prepared) -> LayerError:
    errors = prepared.findings[prepared.findings["level"] == "error"]
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

    return LayerError(
        f"{prepared.source.name}: "
        + " ".join(lines("en"))
        + (f" And {more} more." if more else "")
        + " Nothing was written.",
        f"{prepared.source.name}："
        + "".join(lines("zh"))
        + (f"另有 {more} 条。" if more else "")
        + "未写入任何内容。",
    )
