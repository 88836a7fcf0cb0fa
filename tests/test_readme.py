"""Every block of the two READMEs runs, and prints what they say it prints."""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
READMES = ["README.md", "README.zh.md"]
LANG = {"README.md": "en", "README.zh.md": "zh"}


def blocks(name: str, kind: str) -> list[str]:
    text = (ROOT / name).read_text(encoding="utf-8")
    return re.findall(rf"^```{kind}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def sessions(name: str) -> list[tuple[str, str]]:
    """Return (command, expected output) of every ``$`` line in the console blocks."""
    found = []
    for block in blocks(name, "console"):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            found.append((command, output.rstrip()))
    return found


def matches(expected: str, printed: str) -> bool:
    """Compare line by line; ``…`` stands for anything."""
    pattern = re.escape(expected).replace("…", "[\\s\\S]*?")
    return re.fullmatch(pattern, printed.rstrip()) is not None


def run(command: str, *, folder: Path, lang: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"INDUSTRYMAP_LANG": lang, "PYTHONUTF8": "1", "COLUMNS": "100"}
    bin_folder = str(Path(sys.executable).parent)
    environment["PATH"] = bin_folder + os.pathsep + environment["PATH"]
    return subprocess.run(
        command,
        shell=True,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def limited(command: str, *, folder: Path, lang: str) -> subprocess.CompletedProcess[str]:
    """Run a command and hold a build at scale 1 to its limits, in processor time: a clock tells of other work too.

    About 14 s and 690 MB where this was written; 20 s by the clock on two quiet cores and 1.5 GB are promised.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    result = run(command, folder=folder, lang=lang)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if command.startswith("industrymap build"):
        assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime <= 30
        if after.ru_maxrss > before.ru_maxrss:  # the largest child so far is this one
            assert after.ru_maxrss * (1 if sys.platform == "darwin" else 1024) <= 1.5e9
    return result


@pytest.mark.slow
@pytest.mark.parametrize("name", READMES)
def test_every_command_runs_and_prints_what_the_readme_says(
    name: str, workspace_copy: Path
) -> None:
    done = sessions(name)
    assert len(done) >= 3
    for command, expected in done:
        result = limited(command, folder=workspace_copy, lang=LANG[name])
        assert result.returncode == 0, f"{command}\n{result.stderr}"
        assert matches(expected, result.stdout), f"{command}\n{result.stdout}"


@pytest.mark.slow
@pytest.mark.parametrize("name", READMES)
def test_every_python_block_runs(name: str, workspace_copy: Path) -> None:
    for block in blocks(name, "python"):
        result = subprocess.run(
            [sys.executable, "-c", block],
            cwd=workspace_copy,
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode == 0, result.stderr


def test_both_readmes_show_the_same_commands() -> None:
    english, chinese = ([c for c, _ in sessions(name)] for name in READMES)
    assert english == chinese


@pytest.mark.parametrize("name", READMES)
def test_every_picture_and_file_named_is_there(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (ROOT / target).exists(), target
