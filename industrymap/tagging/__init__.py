"""Labels for firms: taxonomies and rules a planner can edit, official lists, and why."""

from __future__ import annotations

from industrymap.tagging.explain import explain
from industrymap.tagging.load import load, load_all
from industrymap.tagging.locate import joined, locate
from industrymap.tagging.official import OfficialList
from industrymap.tagging.tag import TAG_COLUMNS, tag
from industrymap.tagging.taxonomy import Label, TagRule, Taxonomy

__all__ = [
    "TAG_COLUMNS",
    "Label",
    "OfficialList",
    "TagRule",
    "Taxonomy",
    "explain",
    "joined",
    "load",
    "load_all",
    "locate",
    "tag",
]
