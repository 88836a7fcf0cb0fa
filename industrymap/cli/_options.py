"""Commands and options with their help in both languages, and the options that every command has."""

from __future__ import annotations

import contextlib
import functools
import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from industrymap.cli._talk import localized, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    _Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

__all__ = [
    "Command",
    "Group",
    "Option",
    "option",
    "output_option",
    "workspace_argument",
    "workspace_folder",
    "workspace_option",
]


class Option(click.Option):
    """An option whose help is written in both languages, with names that work without being listed.

    Parameters
    ----------
    *args, **attrs
        As click takes them; ``help`` is the English text.
    zh : str
        The help in Chinese.
    hidden_names : tuple of str
        Former names that are still understood.
    """

    def __init__(
        self, *args: Any, zh: str = "", hidden_names: tuple[str, ...] = (), **attrs: Any
    ) -> None:
        super().__init__(*args, **attrs)
        self._texts = zh or self.help or "", self.help or ""
        self._hidden_names = hidden_names

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the line of help in the language in use: ``--lang`` is known only by now."""
        self.help = localized(*self._texts)
        return super().get_help_record(ctx)

    def add_to_parser(self, parser: Any, ctx: click.Context) -> None:
        """Let the parser know the former names too; help and messages list only the others."""
        shown = self.opts
        self.opts = [*shown, *self._hidden_names]
        super().add_to_parser(parser, ctx)
        self.opts = shown


class Command(click.Command):
    """A command whose help is its docstring in English and ``zh`` in Chinese.

    A command without an output of its own gets ``-o``, which writes what it prints.
    """

    def __init__(self, *args: Any, zh: str = "", **attrs: Any) -> None:
        super().__init__(*args, **attrs)
        self._texts = zh or self.help or "", self.help or ""
        own = {name for param in self.params for name in param.opts}
        # Commands with an output of their own mean another file by -o.
        if not isinstance(self, click.Group) and "--output" not in own:
            self.params.append(_printed_option())

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return ``--help``, explained in the language in use."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = localized("显示本帮助。", "Show this message and exit.")
        return option

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return the line that a group lists the command with."""
        self.help = localized(*self._texts)
        return super().get_short_help_str(limit)

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help in the language in use."""
        self.help = localized(*self._texts)
        super().format_help_text(ctx, formatter)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; with ``-o``, what it prints also goes into a file."""
        # None = | Taken out of the parameters: the command's own function knows nothing of it.
        path: Path | None = ctx.params.pop(_PRINTED, None)
        if path is None:
            return super().invoke(ctx)
        with _printed(path):
            return super().invoke(ctx)


class Group(Command, click.Group):
    """A group of such commands."""

    command_class = Command


def option(*names: str, zh: str, en: str, **attrs: Any) -> _Decorator:
    """Return an option of a command, with its help in both languages."""
    return click.option(*names, cls=Option, zh=zh, help=en, **attrs)


def workspace_folder(
    zh: str = "已生成的工作区。",
    en: str = "A workspace that has been built.",
    *,
    name: str = "folder",
    default: str | None = ".",
) -> _Decorator:
    """Return the option ``-w/--workspace``, by default the folder one is in."""
    return option(
        "-w",
        "--workspace",
        name,
        type=click.Path(path_type=Path, file_okay=False),
        default=default,
        show_default=default is not None,
        zh=zh,
        en=en,
    )


def workspace_argument(
    *names: str, default: str | None = ".", zh: str = "工作区。", en: str = "The workspace."
) -> _Decorator:
    """Return a workspace that is named by its place, as in ``build DIR``, or by ``-w``; the function gets ``folder``."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def called(*, folder: Path | None, named: Path | None, **rest: Any) -> Any:
            place = named or folder or default
            if place is None:
                raise click.UsageError(
                    localized("请写明工作区的文件夹。", "Name the folder of the workspace.")
                )
            return function(folder=Path(place), **rest)

        kind = click.Path(path_type=Path, file_okay=False)
        by_option = option("-w", "--workspace", *names, "named", type=kind, zh=zh, en=en)
        argument: _Decorator = click.argument("folder", required=False, type=kind)
        return argument(by_option(called))

    return decorate


workspace_option = workspace_folder()
"""The option that names a built workspace."""


def output_option(
    zh: str = "同时写出 xlsx。", en: str = "Also write an xlsx.", **attrs: Any
) -> _Decorator:
    """Return the option ``-o/--output``; ``--out``, its former name in half of the commands, is still understood."""
    attrs = {"type": click.Path(path_type=Path)} | attrs
    return option("-o", "--output", "out", hidden_names=("--out",), zh=zh, en=en, **attrs)


_PRINTED = "printed_to"


def _printed_option() -> Option:
    return Option(
        ["-o", "--output", _PRINTED],
        hidden_names=("--out",),
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help="Also write what is printed to a text file.",
        zh="同时把显示的内容写入文本文件。",
    )


class _Tee(io.StringIO):
    """Keeps what is written and hands it on."""

    def __init__(self, beside: Any) -> None:
        super().__init__()
        self.beside = beside

    def write(self, text: str) -> int:
        self.beside.write(text)
        return super().write(text)

    def isatty(self) -> bool:
        return False  # no colours in a file


@contextlib.contextmanager
def _printed(path: Path) -> Iterator[None]:
    """Write what is printed meanwhile to a text file, also where the command ends with an exit code."""
    from industrymap import files

    tee = _Tee(sys.stdout)
    try:
        with contextlib.redirect_stdout(tee):
            yield
    # A check that ends with an exit code has printed its findings by then: they are what the file
    # is for.
    finally:
        files.write_text(path, tee.getvalue())
        say(f"已写出 {path}", f"wrote {path}", err=True)
