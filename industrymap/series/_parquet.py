"""The running database as Parquet files: one file for each vintage, never written again."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from industrymap import files
from industrymap.errors import SeriesError
from industrymap.periods import parse
from industrymap.series._flows import sums
from industrymap.series._model import (
    COLUMNS,
    KEY,
    KINDS,
    STATUSES,
    Appended,
    Vintage,
    check_sum,
    from_units,
    to_units,
)

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

__all__ = ["ParquetSeries"]

_ABOUT = b"industrymap.vintage"
_BLOCKS = b"industrymap.blocks"
_VINTAGE = pa.field("vintage", pa.int32())
_ROWS = 200_000
"""Most rows in a block."""
_DENSE = 20_000_000
"""Up to this many possible keys a table of all of them (160 MB) is quicker than sorting."""
_TEXTS = [*KEY, "unit", "status"]
_SUMMED = ("entity", "period", "value", "unit", "status")
"""What a sum asks for: kind and measure are the same in every row that is read."""
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
        # Compared with the latest state, so that a table sent twice adds nothing.
        before = self._read(None, None, None)
        is_new, same = _compared(new, before.take(_latest(before)))
        kept = new.filter(pa.array(~same))
        counts = {"added": int(is_new.sum()), "revised": int((~is_new & ~same).sum())}
        unchanged = int(same.sum())
        # No vintage for no news: numbers would otherwise count uploads, not additions.
        if len(kept) == 0:
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
        table = self._read(as_of, kind, measures)
        # The latest vintage wins, also where it withdraws: withdrawn rows go only after that.
        table = table.take(_latest(table))
        table = table.filter(pc.not_equal(table["status"].cast(pa.string()), "withdrawn"))
        return _frame(table.take(_order(table, KEY)))

    def sums(
        self,
        measure: str,
        groups: Mapping[str, str],
        *,
        kind: str = "firm",
        as_of: dt.date | int | None = None,
    ) -> pd.DataFrame:
        """Add up one measure by group and period, as it was known: :func:`sums` without a frame in between.

        Parameters
        ----------
        measure, kind : str
            What to add up.
        groups : mapping of str to str
            Entity to group; entities in none are added up under ``""``.
        as_of : date or int, optional
            As for :meth:`known`.

        Raises
        ------
        SeriesError
            Where the figures are in more than one unit.

        Returns
        -------
        DataFrame
            ``group``, ``period``, ``value``, ``n``.
        """
        table = self._read(as_of, kind, [measure], _SUMMED)
        entity, entities = _codes(table, "entity")
        period, periods = _codes(table, "period")
        # A cell for every entity and period; by period first, which is the order in which the rows lie.
        shape = len(periods), len(entities)
        if shape[0] * shape[1] > _DENSE:
            return sums(self.known(as_of=as_of, kind=kind, measures=[measure]), groups)
        cell = period * shape[1] + entity
        _one_unit(table, cell, measure)
        # Vintages lie in the order of their time: of several rows of one cell the last assignment stays.
        amount, there = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=bool)
        amount.ravel()[cell] = table["value"].to_numpy()
        withdrawn = _withdrawn(table)
        there.ravel()[cell] = ~withdrawn
        # Where the last word is a withdrawal nothing is known, whatever number lies beside it.
        if withdrawn.any():
            amount[~there] = 0
        check_sum(amount)
        of_entity = np.array([groups.get(e, "") for e in entities], dtype=object)
        names, place = np.unique(of_entity.astype(str), return_inverse=True)
        # Entities of a group side by side: each sum is one run of whole numbers, exact in every order.
        order = np.argsort(place, kind="stable")
        starts = np.searchsorted(place[order], np.arange(len(names)))
        total, n = (
            np.add.reduceat(side[:, order], starts, axis=1, dtype=np.int64)
            if len(order)
            else np.zeros((len(periods), 0), dtype=np.int64)
            for side in (amount, there)
        )
        # A group without any observation in a period is absent: a zero would say that it was observed.
        of_period, of_group = np.nonzero(n)
        frame = pd.DataFrame(
            {
                "group": names[of_group].astype(object),
                "period": np.array(periods, dtype=object)[of_period],
                "value": from_units(total[of_period, of_group]),
                "n": n[of_period, of_group],
            }
        )
        return frame.sort_values(["group", "period"], ignore_index=True)

    def history(self, kind: str, entity: str, measure: str) -> pd.DataFrame:
        """Return every observation of one measure of one entity, with the vintage that brought it."""
        frame = _frame(self._read(None, kind, [measure]))
        frame = frame[frame["entity"] == entity]
        # A history shows that something was withdrawn, not the number that no longer holds.
        frame.loc[frame["status"] == "withdrawn", "value"] = pd.NA
        return frame.sort_values(["period", "vintage"], ignore_index=True)

    def observations(self, kind: str) -> pd.DataFrame:
        """Return every observation of a kind ever added, with the vintage that brought it: what was known before it was revised, too."""
        frame = _frame(self._read(None, kind, None))
        frame.loc[frame["status"] == "withdrawn", "value"] = pd.NA
        return frame.sort_values([*KEY, "vintage"], ignore_index=True)

    def diff(self, before: dt.date | int, after: dt.date | int | None = None) -> pd.DataFrame:
        """Return what became known, changed or was withdrawn between two states.

        Returns
        -------
        DataFrame
            The key, ``before`` and ``after`` (``<NA>`` where not known), and ``change``: new, revised or withdrawn.
        """
        sides = [
            self.known(as_of=d)[[*KEY, "value"]].astype(dict.fromkeys(KEY, "str"))
            for d in (before, after)
        ]
        both = sides[0].merge(sides[1], on=KEY, how="outer", suffixes=("_before", "_after"))
        both = both.rename(columns={"value_before": "before", "value_after": "after"})
        known = both[["before", "after"]].notna()
        # Unknown on one side is a change of its own kind: comparing <NA> with a number gives neither true nor false.
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
            # A gap means a lost file: later vintages would silently fall back to older figures.
            if path.stem != f"{number:06}":
                raise SeriesError(
                    f"vintage {number} is missing from {self.folder.name}: restore {number:06}.parquet from a backup",
                    f"{self.folder.name} 中缺少第 {number} 个版次，请从备份恢复 {number:06}.parquet",
                )
        return paths

    def _about(self, path: Path, number: int) -> Vintage:
        return _vintage(number, _metadata(path)[_ABOUT])

    def _read(
        self,
        as_of: dt.date | int | None,
        kind: str | None,
        measures: Sequence[str] | None,
        columns: Sequence[str] = (),
    ) -> pa.Table:
        """Return the rows of every vintage up to ``as_of``, in the order in which they came; of all columns, or of some."""
        schema = pa.schema([_SCHEMA.field(name) for name in columns or _SCHEMA.names])
        parts = [schema.empty_table() if columns else schema.append(_VINTAGE).empty_table()]
        for number, path in enumerate(self._paths(), start=1):
            # Vintages come in the order of their time, so what follows was not known either.
            if not self._is_known(path, number, as_of):
                break
            part = _read_blocks(path, kind, measures, schema)
            if not columns:
                number_of_each = np.full(len(part), number, dtype=np.int32)
                part = part.append_column(_VINTAGE, pa.array(number_of_each))
            parts.append(part)
        # One dictionary for all vintages, so that equal codes are equal texts.
        return pa.concat_tables(parts).unify_dictionaries().combine_chunks()

    def _is_known(self, path: Path, number: int, as_of: dt.date | int | None) -> bool:
        if as_of is None:
            return True
        if isinstance(as_of, int):
            return number <= as_of
        # To the end of the day, UTC, as the vintages themselves are dated.
        return self._about(path, number).when.date() <= as_of

    def _write(
        self, kept: pa.Table, *, who: str, source: str, sha256: str, counts: dict[str, int]
    ) -> Vintage:
        before = self.vintages()
        now = dt.datetime.now(dt.UTC).replace(microsecond=0)
        # A clock that was set back must not put a later vintage before an earlier one.
        when = max([now, *(v.when for v in before[-1:])])
        origin = {"when": when.isoformat(), "who": who, "source": source, "sha256": sha256}
        about = json.dumps({**origin, **counts}, ensure_ascii=False).encode()
        # One block for each measure and kind: a question about one measure reads only its blocks.
        ordered = kept.take(_order(kept, ["measure", "kind", "period", "entity"]))
        blocks, slices = _blocks(ordered)
        schema = _SCHEMA.with_metadata({_ABOUT: about, _BLOCKS: json.dumps(blocks).encode()})
        number = len(before) + 1
        with (
            files.atomic(self.folder / f"{number:06}.parquet") as temporary,
            # Values by differences: amounts hardly repeat, so that a dictionary of them costs time and saves nothing.
            pq.ParquetWriter(
                temporary,
                schema,
                compression="zstd",
                use_dictionary=_TEXTS,
                column_encoding={"value": "DELTA_BINARY_PACKED"},
            ) as writer,
        ):
            for start, length in slices:
                writer.write_table(ordered.slice(start, length).cast(schema), length)
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


def _blocks(ordered: pa.Table) -> tuple[list[list[str]], list[tuple[int, int]]]:
    """Return measure and kind of each row group, and where it starts and how long it is."""
    measure, measures = _codes(ordered, "measure")
    kind, kinds = _codes(ordered, "kind")
    pair = measure * len(kinds) + kind
    # Rows are sorted by measure and kind: a new block begins where either changes.
    starts = np.flatnonzero(np.diff(pair, prepend=-1))
    blocks, slices = [], []
    for start, end in zip(starts, [*starts[1:], len(pair)], strict=True):
        # Blocks of a bounded size keep reading in bounded memory.
        for first in range(start, end, _ROWS):
            blocks.append([measures[measure[first]], kinds[kind[first]]])
            slices.append((first, min(_ROWS, end - first)))
    return blocks, slices


def _read_blocks(
    path: Path, kind: str | None, measures: Sequence[str] | None, schema: pa.Schema
) -> pa.Table:
    """Read the row groups of one vintage that hold the kind and measures asked for, and of them some columns."""
    with pq.ParquetFile(path) as file:
        # From the file that is open: its footer is read once.
        blocks = json.loads((file.schema_arrow.metadata or {})[_BLOCKS])
        wanted = [
            number
            for number, (measure, of) in enumerate(blocks)
            if (measures is None or measure in measures) and (kind is None or of == kind)
        ]
        table = file.read_row_groups(wanted, columns=schema.names).replace_schema_metadata()
        return table.select(schema.names).cast(schema)


def _withdrawn(table: pa.Table) -> NDArray[np.bool_]:
    """Return which rows take a figure back."""
    status, statuses = _codes(table, "status")
    if "withdrawn" not in statuses:
        return np.zeros(len(table), dtype=bool)
    return np.isin(status, [i for i, text in enumerate(statuses) if text == "withdrawn"])


def _one_unit(table: pa.Table, cell: NDArray[np.int64], measure: str) -> None:
    """Raise where what holds is in more than one unit: 10,000 yuan and yuan would add up without a complaint."""
    unit, units = _codes(table, "unit")
    if len(units) < 2:
        return
    # Only of the last row of each cell: a figure that was put right keeps its former unit in its history.
    last = np.full(int(cell.max()) + 1, -1, dtype=np.int64)
    last[cell] = np.where(_withdrawn(table), -1, unit)
    held = sorted(units[i] for i in np.unique(last[last >= 0]))
    if len(held) > 1:
        raise SeriesError(
            f"{measure} is given in {' and '.join(held)}: convert before adding up",
            f"{measure} 的单位不一（{'、'.join(held)}），请先换算",
        )


def _codes(table: pa.Table, name: str) -> tuple[NDArray[np.int64], list[str]]:
    """Return a text column as codes and the texts they mean."""
    column = table[name].combine_chunks()
    # A column without a chunk comes back as an empty chunked array.
    if isinstance(column, pa.ChunkedArray):
        return np.zeros(0, dtype=np.int64), []
    return column.indices.to_numpy().astype(np.int64), column.dictionary.to_pylist()


def _key(table: pa.Table, names: Sequence[str], *, ordered: bool = False) -> NDArray[np.int64]:
    """Return one number for each combination of texts, in the order of the texts where asked for."""
    key = np.zeros(len(table), dtype=np.int64)
    for name in names:
        codes, texts = _codes(table, name)
        if ordered and len(texts):
            place = np.empty(len(texts), dtype=np.int64)
            place[np.argsort(np.array(texts))] = np.arange(len(texts))
            codes = place[codes]
        # Mixed radix: one integer for the whole key, which sorts and compares faster than texts.
        key = key * max(len(texts), 1) + codes
    return key


def _order(table: pa.Table, names: Sequence[str]) -> NDArray[np.int64]:
    """Return the order of rows by the texts of ``names``."""
    return np.argsort(_key(table, names, ordered=True), kind="stable")


def _latest(table: pa.Table) -> NDArray[np.int64]:
    """Return where the last row of each thing observed is; rows come in the order of their vintages."""
    key = _key(table, KEY)
    size = int(key.max(initial=-1)) + 1
    if size <= _DENSE:
        # Of several rows at one place the last assignment stays: one pass, no sorting.
        last = np.full(size, -1, dtype=np.int64)
        last[key] = np.arange(len(key))
        return np.sort(last[last >= 0])
    # Read backwards, the first of equal keys is the last that came.
    _, from_the_end = np.unique(key[::-1], return_index=True)
    return np.sort(len(key) - 1 - from_the_end)


def _compared(new: pa.Table, known: pa.Table) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which observations are of something not known before, and which say just what is known."""
    both = pa.concat_tables([known.select(_SCHEMA.names), new]).unify_dictionaries()
    both = both.combine_chunks()
    key = _key(both, KEY)
    unit, _ = _codes(both, "unit")
    withdrawn = _withdrawn(both)
    n = len(known)
    # Known keys are sorted once, then every new one is found by bisection.
    order = np.argsort(key[:n], kind="stable")
    place = np.searchsorted(key[:n], key[n:], sorter=order)
    at = order[np.minimum(place, n - 1)] if n else np.zeros(len(new), dtype=np.int64)
    is_new = np.ones(len(new), dtype=bool) if n == 0 else key[at] != key[n:]
    value = both["value"].to_numpy()
    same = ~is_new & (withdrawn[at] == withdrawn[n:])
    # Two withdrawals are the same whatever value is beside them.
    return is_new, same & (withdrawn[n:] | ((value[at] == value[n:]) & (unit[at] == unit[n:])))


def _frame(table: pa.Table) -> pd.DataFrame:
    frame: pd.DataFrame = table.to_pandas()
    frame["value"] = pd.array(from_units(frame["value"].to_numpy()), dtype="Float64")
    return frame[[*COLUMNS, "vintage"]]


def _checked(observations: pd.DataFrame) -> pa.Table:
    """Return observations typed and free of contradiction, or say what is wrong with them."""
    # Everything is checked before anything is written: half a vintage could not be taken back.
    missing = [name for name in COLUMNS if name not in observations]
    if missing:
        raise SeriesError(
            f"observations lack the column {missing[0]!r}", f"观测缺少列“{missing[0]}”"
        )
    frame = observations[COLUMNS].reset_index(drop=True)
    for name in _TEXTS:
        frame[name] = frame[name].astype("category").cat.remove_unused_categories()
    _check_words(frame)
    # Written in one way, so that 2024Q1 and 2024年1—3月 are one period.
    written = {text: str(parse(text)) for text in frame["period"].cat.categories}
    frame["period"] = frame["period"].map(written).astype("category")
    frame["value"] = frame["value"].astype("Float64")
    # A blank is not a figure: it adds nothing and takes nothing back.
    unknown = frame["value"].isna() & (frame["status"] != "withdrawn")
    frame = frame[~unknown]
    frame["value"] = to_units(frame["value"])
    table = pa.Table.from_pandas(frame[_SCHEMA.names], schema=_SCHEMA, preserve_index=False)
    table = table.replace_schema_metadata().combine_chunks()
    # Two values for one thing in one file: which of them holds cannot be known.
    if len(_latest(table)) < len(table):
        one = frame[frame.duplicated(KEY)].iloc[0]
        raise SeriesError(
            f"{one['measure']} of {one['entity']} in {one['period']} is given twice",
            f"{one['entity']} 的 {one['measure']} 在 {one['period']} 出现两次",
        )
    return table


def _check_words(frame: pd.DataFrame) -> None:
    for name, allowed in (("kind", KINDS), ("status", STATUSES)):
        strange = [v for v in frame[name].cat.categories if v not in allowed]
        if strange or frame[name].isna().any():
            raise SeriesError(
                f"{strange[0] if strange else 'nothing'!r} is no {name}: expected one of {', '.join(allowed)}",
                f"{name} 列的值“{strange[0] if strange else ''}”无效，应为 {', '.join(allowed)} 之一",
            )
    for name in ("entity", "measure", "period", "unit"):
        if frame[name].isna().any():
            raise SeriesError(f"an observation has no {name}", f"有观测缺少 {name}")
