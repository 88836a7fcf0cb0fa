"""How much a file may hold before it is refused; each limit can be raised knowingly."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Limits"]

_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Upper bounds that keep memory and time in hand, far above any real city's data.

    Attributes
    ----------
    max_bytes : int
        Size of a file, bytes.
    max_text_bytes : int
        Size of a text file (CSV, GeoJSON, KML, TOML), bytes; it is held in memory.
    max_members : int
        Files inside an archive (a zip, or an xlsx, which is one).
    max_unpacked_bytes : int
        Sum of the unpacked sizes of an archive, bytes.
    max_ratio : float
        Unpacked ÷ packed size of an archive member; members under 10 MiB are not asked.
    max_depth : int
        Nesting of brackets in JSON.
    max_rows, max_columns, max_cells : int
        Of a table.
    max_cell_chars : int
        Length of one text value, characters (Excel's own limit).
    max_features : int
        Features of a layer.
    max_vertices : int
        Vertices of a layer, all features together.
    """

    max_bytes: int = 2048 * _MIB
    max_text_bytes: int = 512 * _MIB
    max_members: int = 10_000
    max_unpacked_bytes: int = 1024 * _MIB
    max_ratio: float = 100.0
    max_depth: int = 64
    max_rows: int = 2_000_000
    max_columns: int = 2_000
    max_cells: int = 50_000_000
    max_cell_chars: int = 32_767
    max_features: int = 1_000_000
    max_vertices: int = 20_000_000
