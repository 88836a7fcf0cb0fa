"""Changing a layer of the database: read a change file, plan what it would do, apply it, look at what was done.

Three steps for any layer of the workspace's database: :func:`read` understands the file, :func:`plan` compares it with the database
and reports everything that forbids the change in one line each, :func:`apply` writes it whole or not at all.

>>> from industrymap import changes, store
>>> file = changes.read("changes.csv", schema="industrial_blocks")         # doctest: +SKIP
>>> plan = changes.plan(file, store=store.open(space), pack=pack)         # doctest: +SKIP
>>> changes.apply(plan, who="Zhang", why="quarterly register")            # doctest: +SKIP
5
"""

from industrymap.changes._checks import ACCEPTABLE, AREA, AREA_TOLERANCE
from industrymap.changes._difference import (
    difference,
    in_words,
    version_changes,
    without_details_of_the_new,
)
from industrymap.changes._edits import BAD_VALUE
from industrymap.changes._file import ChangeFile, ChangeRow, ReadOptions, read
from industrymap.changes._layer_file import (
    FIRST_IMPORT,
    RE_IMPORT,
    additions,
    file_difference,
    import_reason,
    not_taken_in,
    replacing,
)
from industrymap.changes._plan import ChangePlan, PlanOptions, apply, plan, schema_of
from industrymap.changes._undo import require_undoable

__all__ = [
    "ACCEPTABLE",
    "AREA",
    "AREA_TOLERANCE",
    "BAD_VALUE",
    "FIRST_IMPORT",
    "RE_IMPORT",
    "ChangeFile",
    "ChangePlan",
    "ChangeRow",
    "PlanOptions",
    "ReadOptions",
    "additions",
    "apply",
    "difference",
    "file_difference",
    "import_reason",
    "in_words",
    "not_taken_in",
    "plan",
    "read",
    "replacing",
    "require_undoable",
    "schema_of",
    "version_changes",
    "without_details_of_the_new",
]
