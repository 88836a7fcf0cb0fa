"""One job on one file, as the commands of the same name do it: check it, convert its coordinates, geocode its addresses.

Nothing is printed: what a person must know comes back with the result, as sentences in both languages.
"""

from industrymap.jobs._check import Checked, CheckOptions, check_file
from industrymap.jobs._convert import Control, Converted, ConvertOptions, convert_file
from industrymap.jobs._firms import Firms
from industrymap.jobs._geocode import Geocoded, GeocodeOptions, evaluate_file, geocode_file
from industrymap.jobs._series import Imported, import_series, revise_series
from industrymap.jobs._shown import (
    LEVEL_NAMES,
    ShownColumn,
    ShownProblem,
    columns_of,
    problems_of,
    worded,
)
from industrymap.jobs._template import TEMPLATES, template, write_template

__all__ = [
    "LEVEL_NAMES",
    "TEMPLATES",
    "CheckOptions",
    "Checked",
    "Control",
    "ConvertOptions",
    "Converted",
    "Firms",
    "GeocodeOptions",
    "Geocoded",
    "Imported",
    "ShownColumn",
    "ShownProblem",
    "check_file",
    "columns_of",
    "convert_file",
    "evaluate_file",
    "geocode_file",
    "import_series",
    "problems_of",
    "revise_series",
    "template",
    "worded",
    "write_template",
]
