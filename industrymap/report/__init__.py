"""The stock-take of an enterprise base (摸清家底): what there is, how well it is known, where, and how concentrated."""

from __future__ import annotations

from industrymap.report._book import workbook
from industrymap.report._html import html
from industrymap.report._stocktake import stocktake
from industrymap.report.measures import largest_share, location_quotient, revenue_hhi
from industrymap.report.model import Chart, Column, Figure, Grid, Section, StockTake

__all__ = [
    "Chart",
    "Column",
    "Figure",
    "Grid",
    "Section",
    "StockTake",
    "html",
    "largest_share",
    "location_quotient",
    "revenue_hhi",
    "stocktake",
    "workbook",
]
