"""Figures over time taken into a workspace's running database."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow.parquet as pq

from industrymap import citypack, files, issues, observations, periods, schemas, workspace
from industrymap.errors import SeriesError
from industrymap.series import COLUMNS, KINDS, Appended, ParquetSeries

if TYPE_CHECKING:
    from pathlib import Path

    from industrymap.observations import Given, Reading
    from industrymap.workspace import Workspace

__all__ = ["Imported", "import_series", "revise_series"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """A file taken in.

    Attributes
    ----------
    reading : Reading
        What the file says, and what of it could not be read.
    doubts : DataFrame
        Issues: figures that look wrong beside those known.
    appended : Appended or None
        What was added; ``None`` for a dry run.
    """

    reading: Reading
    doubts: pd.DataFrame
    appended: Appended | None

    @property
    def issues(self) -> pd.DataFrame:
        """What was left out, and what looks wrong."""
        return issues.concat([self.reading.issues, self.doubts])


def import_series(
    path: str | Path,
    folder: str | Path,
    *,
    who: str = "",
    given: Given | None = None,
    dry_run: bool = False,
) -> Imported:
    """Read a table of figures and add what is new to a workspace's running database.

    Parameters
    ----------
    path : path
        A monthly, quarterly or yearly table (:func:`industrymap.observations.read`).
    folder : path
        The workspace.
    who : str
        Kept with the addition.
    given : Given, optional
        What the file does not say.
    dry_run : bool
        Only look.

    Returns
    -------
    imported : Imported
        The same file again adds nothing. Firms, parks and blocks of the last build come under their codes, whatever the file
        calls them.

    Examples
    --------
    >>> import industrymap as im
    >>> im.import_series("2024年1—3月.xlsx", ".", who="统计科").appended.added  # doctest: +SKIP
    495
    """
    place = workspace.load(folder)
    pack = citypack.load(place.city)
    reading = observations.read(
        path, pack=pack, given=given, known=_known_by_name(place), limits=place.limits
    )
    series = ParquetSeries(place.series)
    new = reading.observations
    # Only of the measures at hand: a database of millions of figures is not read for one table.
    known = series.known(measures=sorted(set(new["measure"]))) if len(new) else series.known()
    # Compared with what was known before: a slip of a unit shows in the jump.
    doubts = observations.doubts(new, known, observations.Words(pack).names())
    appended = None
    if not dry_run:
        # Known figures add nothing, so that reading a file twice is harmless.
        appended = series.append(new[COLUMNS], who=who, source=reading.file, sha256=reading.sha256)
    return Imported(reading=reading, doubts=doubts, appended=appended)


def _known_by_name(space: Workspace) -> observations.Known:
    """Return what the last build knows by name; nothing where nothing was built."""
    layers = {
        "firm": (schemas.ENTERPRISES, "enterprise_id", ("name", "uscc")),
        "park": (schemas.PARKS, "park_id", ("name",)),
        "block": (schemas.BLOCKS, "block_id", ("name",)),
    }
    tables: dict[str, list[tuple[str, str]]] = {}
    for kind, (layer, code, names) in layers.items():
        path = space.state / "built" / f"{layer}.parquet"
        if not path.is_file():
            continue
        kept = io.BytesIO(files.read_bytes(files.check(path, allow=("parquet",))))
        parquet = pq.ParquetFile(kept)
        wanted = [c for c in (code, *names) if c in parquet.schema_arrow.names]
        # Only the columns that name something: the base of a province is read for one table of figures.
        table = parquet.read(columns=wanted).to_pydict()
        tables[kind] = [
            (str(name), str(id_))
            for column in wanted
            for name, id_ in zip(table[column], table[code], strict=True)
            if name is not None and id_ is not None
        ]
    return observations.known_by_name(tables)


def revise_series(  # noqa: PLR0913 - one observation, part by part
    folder: str | Path,
    *,
    kind: str,
    entity: str,
    measure: str,
    period: str,
    value: float | None,
    unit: str = "",
    who: str,
    why: str,
) -> Appended:
    """Put one figure right, or withdraw it; what was known before stays known as of the days before.

    Parameters
    ----------
    folder : path
        The workspace.
    kind, entity, measure, period, unit : str
        Of what; a district or town by name or code, whatever ``kind`` says; the unit is by default the one the measure is kept in.
    value : float or None
        ``None`` withdraws the figure.
    who, why : str
        Kept with the addition.

    Raises
    ------
    SeriesError
        Where there is no such kind, who or why is missing, or a figure that is not known is withdrawn.

    Examples
    --------
    >>> import industrymap as im
    >>> im.revise_series(".", kind="district", entity="番禺区", measure="staff", period="2024Q1", value=51_800,
    ...     who="统计科", why="企业补报").revised  # doctest: +SKIP
    1
    """
    if not who.strip() or not why.strip():
        raise SeriesError("say who revises the figure, and why", "请写明由谁、因何修订")
    if kind not in KINDS:
        raise SeriesError(
            f"{kind!r} is no kind: expected one of {', '.join(KINDS)}",
            f"没有对象类型“{kind}”，应为 {'、'.join(KINDS)} 之一",
        )
    place = workspace.load(folder)
    series = ParquetSeries(place.series)
    # A name is understood as in a table (天河区 → its code); what is not known by name is taken as
    # given.
    kind, entity = observations.Words(citypack.load(place.city)).entity(entity) or (kind, entity)
    when = str(periods.parse(period))
    known = series.known(kind=kind, measures=[measure])
    same = known[(known["entity"] == entity) & (known["period"] == when)]
    if value is None and same.empty:
        raise SeriesError(
            f"{measure} of {entity} in {when} is not known, so it cannot be withdrawn",
            f"{entity} 的 {measure}（{when}）没有数据，无从撤回",
        )
    # The unit in which the figure is kept already, so that a correction cannot change it unnoticed.
    unit = unit or (str(same["unit"].iloc[0]) if len(same) else _unit(measure))
    row = {
        "kind": kind,
        "entity": entity,
        "measure": measure,
        "period": when,
        "value": pd.NA if value is None else value,
        "unit": unit,
        "status": "withdrawn" if value is None else "revised",
    }
    return series.append(pd.DataFrame([row], columns=COLUMNS), who=who, source=why)


def _unit(measure: str) -> str:
    unit = schemas.measure(measure).unit
    if not unit:
        raise SeriesError(
            f"{measure!r} is no measure that is known: name its unit with --unit",
            f"没有指标“{measure}”，请用 --unit 写明单位",
        )
    return unit
