"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["workspace_folder", "workspace_option"]


def workspace_folder(
    help_: str = "A workspace that has been built · 已生成的工作区.", *, name: str = "folder"
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return the option ``-w/--workspace``, by default the folder one stands in."""
    return click.option(
        "-w",
        "--workspace",
        name,
        type=click.Path(path_type=Path, file_okay=False),
        default=".",
        show_default=True,
        help=help_,
    )


workspace_option = workspace_folder()
"""The option that names a built workspace."""
