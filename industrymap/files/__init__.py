"""The only room that opens a file from outside, and the only one that replaces a file.

Reading: :func:`check` looks at a path before anything opens it (extension, content, size, archive members)
and returns a :class:`Source`; every reader takes its bytes or text from there. Writing: :func:`atomic` puts
a complete file in place or leaves what was there.
"""

from __future__ import annotations

from industrymap.files._arrival import Arrival
from industrymap.files._binary_workbook import binary_cell_notes
from industrymap.files._cell_notes import SheetNotes, cell_notes
from industrymap.files._database import Database, database
from industrymap.files._geopackage import marks, sql, sql_name, with_header, without_header
from industrymap.files._guard import LAYERS, TABLES, TEXTS, check
from industrymap.files._limits import (
    Limits,
    limited,
    limits_in_force,
    more_en,
    more_zh,
    read_limits,
)
from industrymap.files._lock import Lock, lock
from industrymap.files._old_workbook import OldSheet, read_old_workbook
from industrymap.files._parquet import read_parquet
from industrymap.files._parts import sidecar_files, unpack
from industrymap.files._shapes import shapes
from industrymap.files._source import Decision, Source, digest, folder, read_bytes
from industrymap.files._spreadsheet_safety import is_formula, neutralise
from industrymap.files._text import Text, decode, decode_many, read_decoded, read_text
from industrymap.files._vectors import BESIDE, VECTORS, VectorLayer, vectors, vectors_in
from industrymap.files._web_table import WebSheet, read_web_tables
from industrymap.files._write import (
    atomic,
    copy,
    discard_output,
    make_folder,
    make_runnable,
    remove,
    remove_folder,
    write_bytes,
    write_private,
    write_text,
    zipped,
)
from industrymap.files._written_cells import Written, written_cells

__all__ = [
    "BESIDE",
    "LAYERS",
    "TABLES",
    "TEXTS",
    "VECTORS",
    "Arrival",
    "Database",
    "Decision",
    "Limits",
    "Lock",
    "OldSheet",
    "SheetNotes",
    "Source",
    "Text",
    "VectorLayer",
    "WebSheet",
    "Written",
    "atomic",
    "binary_cell_notes",
    "cell_notes",
    "check",
    "copy",
    "database",
    "decode",
    "decode_many",
    "digest",
    "discard_output",
    "folder",
    "is_formula",
    "limited",
    "limits_in_force",
    "lock",
    "make_folder",
    "make_runnable",
    "marks",
    "more_en",
    "more_zh",
    "neutralise",
    "read_bytes",
    "read_decoded",
    "read_limits",
    "read_old_workbook",
    "read_parquet",
    "read_text",
    "read_web_tables",
    "remove",
    "remove_folder",
    "shapes",
    "sidecar_files",
    "sql",
    "sql_name",
    "unpack",
    "vectors",
    "vectors_in",
    "with_header",
    "without_header",
    "write_bytes",
    "write_private",
    "write_text",
    "written_cells",
    "zipped",
]
