"""Tables as they come: xlsx, xls, csv, tsv and parquet to one frame of strings, with every decision told."""

from __future__ import annotations

from industrymap.cells import boolean, date, number
from industrymap.tables._grid import Grid
from industrymap.tables._grid import grids as sheets
from industrymap.tables._read import read, read_all
from industrymap.tables._table import Table
from industrymap.tables._tell import letter

__all__ = ["Grid", "Table", "boolean", "date", "letter", "number", "read", "read_all", "sheets"]
