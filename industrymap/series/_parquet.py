"""The running database as Parquet files: one file for each vintage, never written again."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from industrymap import files
from industrymap.errors import SeriesError
from industrymap.periods import parse
from industrymap.series._model import (
    COLUMNS,
    KEY,
    KINDS,
    STATUSES,
    Appended,
    Vintage,
    from_units,
    to_units,
)

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["ParquetSeries"]

_ABOUT = b"industrymap.vintage"
_TEXTS = [*KEY, "unit", "status"]
_SCHEMA = pa.schema(
    [(name, pa.dictionary(pa.int32(), pa.string())) for name in _TEXTS] + [("value", pa.int64())]
)


class ParquetSeries:
    """A folder of vintages ``000001.parquet``, ``000002.parquet``, …

    A vintage is one file put in place whole, so that an interrupted import leaves the vintages before it and nothing
    else. The file carries its own who, when and source; there is no index that could disagree with it.

    Parameters
    ----------
    folder : path
        Made with the first vintage.

    Examples
    --------
    >>> import tempfile
    >>> series = ParquetSeries(Path(tempfile.mkdtemp()) / "series")
    >>> figures = pd.DataFrame({"kind": "city", "entity": "9901", "measure": "revenue_10k_cny",
    ...     "period": ["2024Q1"], "value": [12.5], "unit": "10k_cny", "status": "reported"})
    >>> series.append(figures, who="统计科").added, series.append(figures, who="统计科").unchanged
    (1, 1)
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self.folder = Path(folder)

    def vintages(self) -> list[Vintage]:
        """Return every addition, oldest first.

        Raises
        ------
        SeriesError
            Where a file between two others is missing or one cannot be read: figures would be wrong without it.
        """
        return [self._about(path, number) for number, path in enumerate(self._paths(), start=1)]

    def append(
        self, observations: pd.DataFrame, *, who: str, source: str = "", sha256: str = ""
    ) -> Appended:
        """Add what is new or different from what is known; what is known already is left out.

        Parameters
        ----------
        observations : DataFrame
            :data:`COLUMNS`; one row for one thing observed.
        who, source, sha256 : str
            Kept with the vintage.

        Raises
        ------
        SeriesError
            Where a column is missing, a kind, status or period is unknown, or one thing is observed twice.
        """
        new = _checked(observations)
        before = self.known()
        merged = new.merge(
            before[[*COLUMNS]], on=KEY, how="left", suffixes=("", "_known"), indicator=True
        )
        is_new = (merged["_merge"] == "left_only").to_numpy()
        same = ~is_new & _same(merged)
        kept = new[~same]
        counts = {"added": int(is_new.sum()), "revised": int((~is_new & ~same).sum())}
        unchanged = int(same.sum())
        if kept.empty:
            return Appended(vintage=None, unchanged=unchanged, **counts)
        vintage = self._write(kept, who=who, source=source, sha256=sha256, counts=counts)
        return Appended(vintage=vintage, unchanged=unchanged, **counts)

    def known(
        self,
        *,
        as_of: dt.date | int | None = None,
        kind: str | None = None,
        measures: Sequence[str] | None = None,
    ) -> pd.DataFrame:
        """Return one row per thing observed, as it was known.

        Parameters
        ----------
        as_of : date or int, optional
            A day (to its end, UTC) or the number of a vintage; the latest by default.
        kind, measures : optional
            Only these.

        Returns
        -------
        DataFrame
            :data:`COLUMNS` and ``vintage``, sorted by key; what was withdrawn is left out.
        """
        frame = _latest(self._read(as_of, kind, measures))
        frame = frame[frame["status"] != "withdrawn"]
        frame["value"] = pd.array(from_units(frame["value"].to_numpy()), dtype="Float64")
        return frame[[*COLUMNS, "vintage"]].sort_values(KEY, ignore_index=True)

    def history(self, kind: str, entity: str, measure: str) -> pd.DataFrame:
        """Return every observation of one measure of one entity, with the vintage that brought it."""
        frame = self._read(None, kind, [measure])
        frame = frame[frame["entity"] == entity]
        frame["value"] = pd.array(from_units(frame["value"].to_numpy()), dtype="Float64")
        frame.loc[frame["status"] == "withdrawn", "value"] = pd.NA
        return frame[[*COLUMNS, "vintage"]].sort_values(["period", "vintage"], ignore_index=True)

    def diff(self, before: dt.date | int, after: dt.date | int | None = None) -> pd.DataFrame:
        """Return what became known, changed or was withdrawn between two states.

        Returns
        -------
        DataFrame
            The key, ``before`` and ``after`` (``<NA>`` where not known), and ``change``: new, revised or withdrawn.
        """
        sides = [self.known(as_of=day)[[*KEY, "value"]] for day in (before, after)]
        both = sides[0].merge(sides[1], on=KEY, how="outer", suffixes=("_before", "_after"))
        both = both.rename(columns={"value_before": "before", "value_after": "after"})
        known = both[["before", "after"]].notna()
        both["change"] = np.select(
            [
                ~known["before"],
                ~known["after"],
                (both["before"] != both["after"]).fillna(value=False),
            ],
            ["new", "withdrawn", "revised"],
            default="",
        )
        return both[both["change"] != ""].sort_values(KEY, ignore_index=True)

    def _paths(self) -> list[Path]:
        paths = sorted(self.folder.glob("[0-9]*.parquet"))
        for number, path in enumerate(paths, start=1):
            if path.stem != f"{number:06}":
                raise SeriesError(
                    f"vintage {number} is missing from {self.folder.name}: restore {number:06}.parquet from a backup",
                    f"{self.folder.name} 中缺少第 {number} 个版次，请从备份恢复 {number:06}.parquet",
                )
        return paths

    def _about(self, path: Path, number: int) -> Vintage:
        return _vintage(number, _metadata(path)[_ABOUT])

    def _read(
        self, as_of: dt.date | int | None, kind: str | None, measures: Sequence[str] | None
    ) -> pd.DataFrame:
        """Return the rows of every vintage up to ``as_of``, in the order in which they came."""
        wanted: list[tuple[str, str, list[str]]] = []
        if kind is not None:
            wanted.append(("kind", "in", [kind]))
        if measures is not None:
            wanted.append(("measure", "in", list(measures)))
        parts = []
        for number, path in enumerate(self._paths(), start=1):
            if not self._is_known(path, number, as_of):
                break
            part = pq.read_table(path, filters=wanted or None)
            parts.append(part.append_column("vintage", pa.array([number] * len(part), pa.int32())))
        if not parts:
            empty = pd.DataFrame({name: pd.Series(dtype="str") for name in _TEXTS})
            return empty.assign(value=pd.Series(dtype="int64"), vintage=pd.Series(dtype="int32"))
        table = pa.concat_tables(parts).unify_dictionaries()
        frame: pd.DataFrame = table.to_pandas()
        return frame

    def _is_known(self, path: Path, number: int, as_of: dt.date | int | None) -> bool:
        if as_of is None:
            return True
        if isinstance(as_of, int):
            return number <= as_of
        return self._about(path, number).when.date() <= as_of

    def _write(
        self, kept: pd.DataFrame, *, who: str, source: str, sha256: str, counts: dict[str, int]
    ) -> Vintage:
        before = self.vintages()
        now = dt.datetime.now(dt.UTC).replace(microsecond=0)
        # A clock that was set back must not put a later vintage before an earlier one.
        when = max([now, *(v.when for v in before[-1:])])
        origin = {"when": when.isoformat(), "who": who, "source": source, "sha256": sha256}
        about = json.dumps({**origin, **counts}, ensure_ascii=False).encode()
        # By measure and kind first: a question about one measure then skips the rest of the file.
        ordered = kept.sort_values(["measure", "kind", "period", "entity"], ignore_index=True)
        ordered["value"] = to_units(ordered["value"])
        table = pa.Table.from_pandas(ordered[_SCHEMA.names], schema=_SCHEMA, preserve_index=False)
        table = table.replace_schema_metadata({_ABOUT: about})
        number = len(before) + 1
        with files.atomic(self.folder / f"{number:06}.parquet") as temporary:
            pq.write_table(table, temporary, compression="zstd", row_group_size=200_000)
        return _vintage(number, about)


def _vintage(number: int, about: bytes) -> Vintage:
    details = json.loads(about)
    when = dt.datetime.fromisoformat(details.pop("when"))
    return Vintage(number=number, when=when, **details)


def _metadata(path: Path) -> dict[bytes, bytes]:
    try:
        return dict(pq.read_schema(path).metadata)
    except (OSError, pa.ArrowInvalid, TypeError) as error:
        raise SeriesError(
            f"{path.name} is damaged: restore it from a backup",
            f"{path.name} 已损坏，请从备份恢复",
        ) from error


def _checked(observations: pd.DataFrame) -> pd.DataFrame:
    """Return observations typed and free of contradiction, or say what is wrong with them."""
    missing = [name for name in COLUMNS if name not in observations]
    if missing:
        raise SeriesError(
            f"observations lack the column {missing[0]!r}", f"观测缺少列“{missing[0]}”"
        )
    frame = observations[COLUMNS].reset_index(drop=True)
    for name in _TEXTS:
        frame[name] = frame[name].astype("category")
    for name, allowed in (("kind", KINDS), ("status", STATUSES)):
        strange = [v for v in frame[name].cat.categories if v not in allowed]
        if strange or frame[name].isna().any():
            raise SeriesError(
                f"{strange[0] if strange else 'nothing'!r} is no {name}: expected one of {', '.join(allowed)}",
                f"{name} 列的值“{strange[0] if strange else ''}”无效，应为 {', '.join(allowed)} 之一",
            )
    # Written in one way, so that 2024Q1 and 2024年1—3月 are one period.
    written = {text: str(parse(text)) for text in frame["period"].cat.categories}
    frame["period"] = frame["period"].map(written).astype("category")
    frame["value"] = frame["value"].astype("Float64")
    unknown = frame["value"].isna() & (frame["status"] != "withdrawn")
    frame = frame[~unknown]  # not observed; what is not known is not a figure
    twice = frame.duplicated(KEY)
    if twice.any():
        one = frame[twice].iloc[0]
        raise SeriesError(
            f"{one['measure']} of {one['entity']} in {one['period']} is given twice",
            f"{one['entity']} 的 {one['measure']} 在 {one['period']} 出现两次",
        )
    return frame


def _same(merged: pd.DataFrame) -> NDArray[np.bool_]:
    """Return which observations say just what is known: value, unit and withdrawal."""
    value = to_units(merged["value"]) == to_units(merged["value_known"])
    unit = merged["unit"].astype(str) == merged["unit_known"].astype(str)
    withdrawn = merged["status"].astype(str) == "withdrawn"
    return np.asarray(value & unit.to_numpy() & ~withdrawn.to_numpy())


def _latest(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the last row of each key; rows come in the order of their vintages."""
    size = 1
    key = np.zeros(len(frame), dtype=np.int64)
    for name in KEY:
        column = frame[name].astype("category")
        key = key * max(len(column.cat.categories), 1) + column.cat.codes.to_numpy()
        size *= max(len(column.cat.categories), 1)
    if size <= 20_000_000:
        # Of several rows at one place the last assignment stays: one pass, no sorting.
        last = np.full(size, -1, dtype=np.int64)
        last[key] = np.arange(len(frame))
        keep = np.sort(last[last >= 0])
    else:
        _, first_from_the_end = np.unique(key[::-1], return_index=True)
        keep = np.sort(len(frame) - 1 - first_from_the_end)
    return frame.iloc[keep].reset_index(drop=True)
