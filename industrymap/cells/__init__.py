"""What headers and cells of a spreadsheet say: which field, which year, which unit, which number.

Tables and layers share it; it opens nothing and reports nothing by itself.
"""

from __future__ import annotations

from industrymap.cells._checks import NUMERIC, ONE_YEAR, one_year, parse_column, units, unreadable
from industrymap.cells._coded import choices, coded_cells
from industrymap.cells._formats import shown_as
from industrymap.cells._headers import (
    Heading,
    Match,
    heading,
    match_columns,
    normal,
    of_latest_year,
    of_whole_year,
    only_qualifies,
    reason_against,
    simplified,
    withheld,
)
from industrymap.cells._numerals import HAN, numeral
from industrymap.cells._qualifiers import BRACKETS, qualifiers
from industrymap.cells._units import Unit, factor, find_unit, parse_unit
from industrymap.cells._values import (
    Parsed,
    boolean,
    boolean_cells,
    date,
    date_cells,
    number,
    number_cells,
    shown,
)

__all__ = [
    "BRACKETS",
    "HAN",
    "NUMERIC",
    "ONE_YEAR",
    "Heading",
    "Match",
    "Parsed",
    "Unit",
    "boolean",
    "boolean_cells",
    "choices",
    "coded_cells",
    "date",
    "date_cells",
    "factor",
    "find_unit",
    "heading",
    "match_columns",
    "normal",
    "number",
    "number_cells",
    "numeral",
    "of_latest_year",
    "of_whole_year",
    "one_year",
    "only_qualifies",
    "parse_column",
    "parse_unit",
    "qualifiers",
    "reason_against",
    "shown",
    "shown_as",
    "simplified",
    "units",
    "unreadable",
    "withheld",
]
