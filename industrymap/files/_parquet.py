"""Parquet through Arrow, from bytes and never from a path, with its size known before it is unfolded."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from industrymap.errors import FileRefusedError
from industrymap.files._limits import more_en, more_zh
from industrymap.files._source import read_bytes

if TYPE_CHECKING:
    import pyarrow as pa

    from industrymap.files._source import Source

__all__ = ["read_parquet"]


def read_parquet(source: Source) -> tuple[pa.Table, list[str]]:
    """Read the flat columns of a checked Parquet file.

    Texts are read as dictionaries, so that a value repeated a million times is held once until its full size is
    known to be within the limits.

    Returns
    -------
    table : pyarrow.Table
        Texts and binaries are plain again.
    nested : list of str
        Columns of lists, structs and maps, which are not read.

    Raises
    ------
    FileRefusedError
        Damaged, or larger than the limits allow.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    # From memory: what is parsed is what was hashed, whatever happens to the file meanwhile.
    data = read_bytes(source)
    try:
        with pq.ParquetFile(io.BytesIO(data)) as file:
            schema, metadata = file.schema_arrow, file.metadata
            # As the footer says; texts may still unfold to more, which is counted after reading.
            unpacked = sum(
                metadata.row_group(i).total_byte_size for i in range(metadata.num_row_groups)
            )
            _within(source, "rows", "行", metadata.num_rows, "max_rows")
            _within(source, "columns", "列", len(schema), "max_columns")
            _within(source, "cells", "个单元格", metadata.num_rows * len(schema), "max_cells")
            _within(source, "bytes", "字节", unpacked, "max_unpacked_bytes")
        # Lists and structs have no cell to be shown in; their names are returned, to be reported.
        flat = [f.name for f in schema if not pa.types.is_nested(f.type)]
        texts = [f.name for f in schema if f.name in flat and _is_text(f.type)]
        with pq.ParquetFile(io.BytesIO(data), read_dictionary=texts) as file:
            table = file.read(columns=flat)
        for name in texts:
            size = sum(_text_size(chunk) for chunk in table.column(name).chunks)
            _within(source, "bytes of text", "字节文本", size, "max_text_bytes")
        # Back from dictionaries, with 64-bit offsets: long columns exceed the two gigabytes of 32
        # bits.
        plain = [(n, _plain(table.column(n), schema.field(n).type)) for n in table.column_names]
        out = pa.table(dict(plain)) if plain else pa.table({})
        out.validate(full=True)  # texts are texts, lists end where they say
    except (pa.ArrowException, OSError, OverflowError, MemoryError, UnicodeDecodeError) as error:
        raise FileRefusedError(
            f"{source.name} is damaged: it cannot be read as Parquet.",
            f"{source.name} 已损坏，无法按 Parquet 读取。",
        ) from error
    nested = [f.name for f in schema if f.name not in flat]
    return out.replace_schema_metadata(schema.metadata), nested


def _is_text(kind: pa.DataType) -> bool:
    from pyarrow import types

    return bool(
        types.is_string(kind)
        or types.is_large_string(kind)
        or types.is_binary(kind)
        or types.is_large_binary(kind)
    )


def _text_size(chunk: pa.Array) -> int:
    import pyarrow as pa
    import pyarrow.compute as pc

    if isinstance(chunk, pa.DictionaryArray):
        # The sum over all rows, although each text is held once: this is what it becomes as a plain
        # column.
        lengths = pc.binary_length(chunk.dictionary).cast(pa.int64())
        return int(pc.sum(lengths.take(chunk.indices)).as_py() or 0)
    return int(chunk.nbytes)


def _plain(column: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    import pyarrow as pa

    if not pa.types.is_dictionary(column.type):
        return column
    return column.cast(
        pa.large_binary()
        if pa.types.is_binary(kind) or pa.types.is_large_binary(kind)
        else pa.large_string()
    )


def _within(source: Source, en: str, zh: str, count: int, name: str) -> None:
    limit = getattr(source.limits, name)
    if count > limit:
        raise FileRefusedError(
            f"{source.name} has {count:,} {en}; at most {limit:,} are read {more_en(name)}.",
            f"{source.name} 有 {count:,} {zh}，最多读取 {limit:,}{more_zh(name)}。",
        )
