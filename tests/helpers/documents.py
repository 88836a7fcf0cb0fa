"""The blocks of a page (README or docs): found, run in a workspace, compared with what the page prints.

A page says what a block is by its fence, or by a comment on the line above it:

- ``console``: every line that begins with ``$ `` runs; what follows it is what it prints, both streams, ``…`` for anything.
- ``python``: runs; lines that begin with ``>>>`` are compared as a doctest.
- ``<!-- file: NAME -->``: the block is written to NAME in the workspace before what follows runs.
- ``<!-- filters: LAYER -->``: every line is a filter that fits the layer.
- ``<!-- exit: 2 -->``: the commands of the block end with this code.
- ``<!-- not run: REASON -->``: the block is only shown.
- ``toml`` is read as TOML; ``text`` is prose set in one width.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import os
import re
import shlex
import subprocess
import sys
import tomllib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from industrymap import filters

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_FENCE = re.compile(
    r"^(?P<marks>(?:<!-- [^\n]* -->\n)*)```(?P<kind>[^\n]*)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_CHANGING = [
    (re.compile(r"(in|用时) [\d.]+ (s|秒)"), r"\1 … \2"),
    (re.compile(r"[\d.]+ MB"), "… MB"),
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC  \d{4}-\d\d-\d\d"), "… UTC  …"),
    (re.compile(r"^\d{4}-\d\d-\d\d → (?:…|[\d-]{10}) +", re.MULTILINE), "… → … "),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One fenced block: its kind, text, where it stands, and what the comments above it say."""

    kind: str
    text: str
    start: int
    marks: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One command of a console block, what the page prints for it, what it really printed, and what that took.

    ``cpu_s`` and ``memory_bytes`` are of a command in a shell; the second is 0 where an earlier one was larger.
    """

    command: str
    expected: str
    printed: str = ""
    code: int = 0
    cpu_s: float = 0.0
    memory_bytes: int = 0


def blocks(page: Path) -> list[Block]:
    """Return the fenced blocks of a page in their order."""
    found = []
    for match in _FENCE.finditer(page.read_text(encoding="utf-8")):
        marks = dict(re.findall(r"<!-- ([a-z ]+): (.*?) -->", match["marks"]))
        found.append(
            Block(kind=match["kind"], text=match["text"], start=match.start("text"), marks=marks)
        )
    return found


def steps(block: Block) -> list[Step]:
    """Return the commands of a console block with what the page says they print."""
    found = []
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        found.append(Step(command=command, expected=output.rstrip()))
    return found


def commands(page: Path) -> list[str]:
    """Return every command a page shows."""
    return [s.command for b in blocks(page) if b.kind == "console" for s in steps(b)]


def matches(expected: str, printed: str) -> bool:
    """Compare what a page says with what was printed; ``…`` stands for anything."""
    pattern = re.escape(_trimmed(expected)).replace("…", "[\\s\\S]*?")
    return re.fullmatch(pattern, _trimmed(printed)) is not None


_WRITES = re.compile(r"\.(?:save|saveas|to_file|to_csv|to_excel|write_text|write_bytes)\(")


def programs(page: Path) -> list[str]:
    """Return every Python block of a page."""
    return [b.text for b in blocks(page) if b.kind == "python"]


def run_page(
    page: Path, *, folder: Path, lang: str, shell: bool = False, known: Sequence[str] = ()
) -> Iterator[tuple[Block, list[Step]]]:
    """Run the blocks of a page in ``folder``, one after the other; a failing one raises ``AssertionError``.

    Python blocks that are ``known`` to run, because the page's twin shows them too, are not run again, unless they write a file
    that later commands read.
    """
    names: dict[str, object] = {}
    for block in blocks(page):
        if "not run" in block.marks:
            continue
        if "file" in block.marks:
            path = folder / block.marks["file"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, encoding="utf-8")
        elif "filters" in block.marks:
            for line in block.text.splitlines():
                filters.parse(line).bind(block.marks["filters"])
        elif block.kind == "console":
            yield (
                block,
                [_run(step, folder=folder, lang=lang, shell=shell) for step in steps(block)],
            )
        elif block.kind == "python" and (block.text not in known or _WRITES.search(block.text)):
            _python(block, names, folder=folder, shell=shell)
        elif block.kind == "toml":
            tomllib.loads(block.text)


def rewritten(page: Path, done: list[tuple[Block, list[Step]]]) -> str:
    """Return the page with the output of every command that does not match put right."""
    text = page.read_text(encoding="utf-8")
    for block, ran in reversed(done):
        if all(matches(s.expected, s.printed) for s in ran):
            continue
        new = "".join(
            f"$ {s.command}\n{_lines(s.expected if matches(s.expected, s.printed) else _settled(s.printed))}"
            for s in ran
        )
        text = text[: block.start] + new + text[block.start + len(block.text) :]
    return text


def _run(step: Step, *, folder: Path, lang: str, shell: bool) -> Step:
    settings = {"INDUSTRYMAP_LANG": lang, "PYTHONUTF8": "1", "COLUMNS": "100"}
    plain = step.command.startswith("industrymap ") and not re.search(
        r"[|<>;&]", _unquoted(step.command)
    )
    if plain and not shell:
        printed, code = _inside(shlex.split(step.command)[1:], folder, settings)
        took = (0.0, 0)
    else:
        path = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])  # noqa: PTH120 - no resolving
        before = _children()
        done = subprocess.run(
            step.command,
            shell=True,
            cwd=folder,
            env=os.environ | settings | {"PATH": path},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        printed, code, took = done.stdout, done.returncode, _took(before)
    shown = printed.replace(str(folder), "…")
    return replace(step, printed=shown, code=code, cpu_s=took[0], memory_bytes=took[1])


def _children() -> tuple[float, int]:
    """Return processor seconds and peak memory of children so far; nothing where the system does not count them."""
    try:
        import resource
    except ImportError:  # Windows
        return 0.0, 0
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime, used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def processor_s() -> float:
    """Return the processor seconds of all processes started and ended so far; 0 where the system does not count them."""
    return _children()[0]


def _took(before: tuple[float, int]) -> tuple[float, int]:
    """Return processor seconds since ``before`` and, where it is the largest child so far, peak memory."""
    cpu_s, memory = _children()
    return cpu_s - before[0], memory if memory > before[1] else 0


def _inside(args: list[str], folder: Path, settings: dict[str, str]) -> tuple[str, int]:
    """Run the command line in this process: a page of twenty commands need not load its packages twenty times."""
    from industrymap.cli import main

    said = io.StringIO()
    before = dict(os.environ)
    os.environ.update(settings)
    try:
        with (
            contextlib.chdir(folder),
            contextlib.redirect_stdout(said),
            contextlib.redirect_stderr(said),
        ):
            main(args)
    except SystemExit as done:
        return said.getvalue(), int(done.code or 0)
    finally:
        os.environ.clear()
        os.environ.update(before)
    return said.getvalue(), 0


def _python(block: Block, names: dict[str, object], *, folder: Path, shell: bool) -> None:
    if shell:
        done = subprocess.run(
            [sys.executable, "-c", block.text],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return
    with contextlib.chdir(folder):
        if ">>>" not in block.text:
            with contextlib.redirect_stdout(io.StringIO()):
                exec(compile(block.text, "page", "exec"), names)
            return
        test = doctest.DocTestParser().get_doctest(block.text, names, "page", None, 0)
        said: list[str] = []
        runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
        runner.run(test, out=said.append, clear_globs=False)
        names.update(test.globs)
        assert not said, "".join(said)


def _unquoted(command: str) -> str:
    return re.sub(r"\"[^\"]*\"|'[^']*'", "", command)


def _trimmed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.rstrip().splitlines())


def _settled(printed: str) -> str:
    for pattern, instead in _CHANGING:
        printed = pattern.sub(instead, printed)
    return _trimmed(printed)


def _lines(text: str) -> str:
    return text + "\n" if text else ""
