"""Verbs of the pipeline that see the schemas and layers of their own workspace, whichever was loaded last."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, Protocol, TypeVar

from industrymap import schemas
from industrymap.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["in_its_workspace"]


class _OfWorkspace(Protocol):
    @property
    def workspace(self) -> Workspace: ...


_T = TypeVar("_T", bound=_OfWorkspace | Workspace)
_P = ParamSpec("_P")
_R = TypeVar("_R")


def in_its_workspace(
    verb: Callable[Concatenate[_T, _P], _R],
) -> Callable[Concatenate[_T, _P], _R]:
    """Let a verb whose first argument is a workspace, or knows one, look up what that workspace brings."""

    @wraps(verb)
    def call(first: _T, /, *args: _P.args, **kwargs: _P.kwargs) -> _R:
        space = first if isinstance(first, Workspace) else first.workspace
        with schemas.in_force(space.own):
            return verb(first, *args, **kwargs)

    return call
