"""The package that is shared each quarter: indicators, index, scores, series and layers in open formats, in one file.

Everything in it is said once more in ``datapackage.json`` (Frictionless) and ``manifest.json`` (a hash of every file). The same
content gives the same bytes, so that two offices can compare what they hold by one number.
"""

from industrymap.packages._compare import difference
from industrymap.packages._pack import Column, Opened, Package, Table, open_package, pack, verify
from industrymap.packages._sdmx import Area, Observations
from industrymap.packages._sdmx import csv_text as sdmx_csv

__all__ = [
    "Area",
    "Column",
    "Observations",
    "Opened",
    "Package",
    "Table",
    "difference",
    "open_package",
    "pack",
    "sdmx_csv",
    "verify",
]
