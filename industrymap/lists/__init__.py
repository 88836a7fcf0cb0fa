"""Enterprise lists: rules a planner can edit, a reason for every firm, versions, and what changed."""

from __future__ import annotations

from industrymap.lists._book import workbook
from industrymap.lists._make import Listing, make, prepare
from industrymap.lists._rules import ListRule, load
from industrymap.lists._versions import Version, diff, find, latest, save, versions

__all__ = [
    "ListRule",
    "Listing",
    "Version",
    "diff",
    "find",
    "latest",
    "load",
    "make",
    "prepare",
    "save",
    "versions",
    "workbook",
]
