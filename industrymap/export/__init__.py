"""Write any layer to GeoJSON, GeoPackage, Shapefile, KML, GeoParquet, xlsx or CSV.

GIS formats carry field names and codes; tables carry labels, units and words. The same input gives the same bytes.
"""

from industrymap.export._meta import Meta
from industrymap.export._sheet_charts import SheetChart
from industrymap.export._sheets import Sheet, workbook
from industrymap.export._write import FORMATS, format_of, write

__all__ = [
    "FORMATS",
    "Meta",
    "Sheet",
    "SheetChart",
    "format_of",
    "workbook",
    "write",
]
