"""Tables as they come: xlsx, xls, csv, tsv and parquet to one frame of strings, with every decision told."""

from __future__ import annotations

from industrymap.cells import boolean, date, number
from industrymap.tables._checks import beside_values, hidden_cells, struck_out
from industrymap.tables._grid import Grid
from industrymap.tables._grid import grids as sheets
from industrymap.tables._read import HIDDEN_SHEETS, read, read_all, unguarded
from industrymap.tables._table import Table
from industrymap.tables._tell import letter

__all__ = [
    "HIDDEN_SHEETS",
    "Grid",
    "Table",
    "beside_values",
    "boolean",
    "date",
    "hidden_cells",
    "letter",
    "number",
    "read",
    "read_all",
    "sheets",
    "struck_out",
    "unguarded",
]
