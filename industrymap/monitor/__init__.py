"""The monitoring pages: what a bureau's leader opens each month, as one offline file.

:func:`build` takes records that :mod:`industrymap.pipeline` gathered from a workspace and returns the file's bytes. Every figure
in it was computed in Python; the pages show, filter and compare, and compute nothing. Format and modules: ``docs/page.md``.
"""

from industrymap.monitor.alerts import find as find_alerts
from industrymap.monitor.alerts import known as known_rules
from industrymap.monitor.alerts import states as alert_states
from industrymap.monitor.model import (
    Alert,
    AlertRule,
    Cube,
    Firms,
    Intake,
    Level,
    MonitorModel,
    Part,
    Peer,
    Push,
    Ranking,
    Structure,
    Target,
    against_last_year,
    same_firms,
)
from industrymap.monitor.page import build

__all__ = [
    "Alert",
    "AlertRule",
    "Cube",
    "Firms",
    "Intake",
    "Level",
    "MonitorModel",
    "Part",
    "Peer",
    "Push",
    "Ranking",
    "Structure",
    "Target",
    "against_last_year",
    "alert_states",
    "build",
    "find_alerts",
    "known_rules",
    "same_firms",
]
