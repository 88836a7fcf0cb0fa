"""A look at a workspace from outside: what is missing, damaged, changed or left over, and what to do about each.

Nothing is changed. What stops a build is ``unusable``; what a person should do something about is ``do``; ``info`` and ``fine`` need
nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from industrymap import files
from industrymap.doctor import _inputs, _machine, _outputs
from industrymap.doctor._finding import LEVELS, Finding, fine, refused, verdict
from industrymap.doctor._outputs import TEMPORARY
from industrymap.errors import IndustryMapError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["LEVELS", "TEMPORARY", "Finding", "examine", "verdict"]

# Inputs before what is made of them: a fault there explains those that follow.
_LOOKS = (
    _inputs.city,
    _inputs.inputs,
    _inputs.database,
    _inputs.clock,
    _inputs.cache,
    _outputs.outputs,
    _outputs.public,
    _outputs.released,
    _outputs.built,
    _outputs.leftovers,
    _machine.disk,
    _machine.machine,
)


def examine(folder: str | Path) -> list[Finding]:
    """Examine a workspace.

    Parameters
    ----------
    folder : str or Path
        The workspace.

    Returns
    -------
    findings : list of Finding
        In the order in which they should be dealt with.
    """
    from industrymap import workspace

    try:
        space = workspace.load(folder)
    # Without a readable configuration there is nothing else to look at.
    except IndustryMapError as error:
        return [refused("config", error)]
    findings = [fine("config", "配置文件有效", "the configuration is valid")]
    # Under the workspace's own limits, as a build reads: a file that a build takes must not be
    # refused here.
    with files.limited(space.limits):
        for look in _LOOKS:
            findings += look(space)
    return findings
