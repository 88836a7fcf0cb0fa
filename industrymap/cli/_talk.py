"""How the command line speaks: Chinese or English, to people on stdout and of failures on stderr."""

from __future__ import annotations

import locale
import os
import sys
from typing import TYPE_CHECKING

import click

from industrymap.cli._terminal import START_OF_LINE

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["bar", "current", "language", "localized", "progress", "say"]

# A list of one, so that functions of this module can change it without `global`.
_lang = ["en"]


def language(choice: str | None = None) -> str:
    """Choose the language of messages: ``choice``, else ``INDUSTRYMAP_LANG``, else the locale's."""
    wanted = choice or os.environ.get("INDUSTRYMAP_LANG") or _from_locale()
    _lang[0] = "zh" if wanted.lower().startswith("zh") else "en"
    return _lang[0]


def current() -> str:
    """Return the language in use."""
    return _lang[0]


def say(zh: str, en: str, *, err: bool = False) -> None:
    """Print one sentence in the language in use."""
    click.echo(localized(zh, en), err=err)


def localized(zh: str, en: str) -> str:
    """Return a text in the language in use."""
    return zh if _lang[0] == "zh" else en


def bar(share: float, places: int = 30) -> str:
    """Return a bar that is filled to ``share`` of 1."""
    filled = round(min(max(share, 0.0), 1.0) * places)
    return "█" * filled + "·" * (places - filled)


def progress(zh: str, en: str) -> Callable[[int, int], None] | None:
    """Return a callback ``(done, total)`` that draws a bar on a terminal, or ``None`` in a pipe."""
    # In a file or a pipe each step of the bar would be a line of its own.
    if not sys.stderr.isatty():
        return None
    label = zh if _lang[0] == "zh" else en

    def draw(done: int, total: int) -> None:
        share = done / total if total > 0 else 1.0
        end = "\n" if done >= total else ""
        text = f"{START_OF_LINE}{label} {bar(share)} {share:4.0%} {done:,}/{total:,}{end}"
        click.echo(text, nl=False, err=True)

    return draw


def _from_locale() -> str:
    # In the order in which POSIX lets one override the next.
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name)
        if value:
            return value
    # Windows sets none of these variables and knows its locale all the same.
    return locale.getlocale()[0] or "en"
