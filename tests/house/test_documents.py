"""Every block of the READMEs and of the documentation runs, and prints what the page says it prints."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yardstick as yard
from documents import Step, blocks, commands, matches, processor_s, programs, rewritten, run_page

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
READMES = ["README.md", "README.zh.md"]
LANG = {"README.md": "en", "README.zh.md": "zh"}
PAGES = sorted(
    p.relative_to(DOCS).as_posix()
    for kind in ("*.md", "en/*.md", "zh/*.md")
    for p in DOCS.glob(kind)
)
KINDS = {"console", "python", "toml", "text", ""}
REWRITE = bool(os.environ.get("INDUSTRYMAP_REWRITE_DOCS"))


MOST_YARDS = 10
"""What a build of the repository's sample may take. It takes 7."""


def yardstick() -> float:
    """Return the processor time (s) of a fixed piece of work of a build's kind, in a process of its own as a build is."""
    before = processor_s()
    subprocess.run([sys.executable, yard.__file__], check=True, stdout=subprocess.DEVNULL)
    return processor_s() - before


def checked(
    page: Path, *, folder: Path, lang: str, shell: bool = False, known: Sequence[str] = ()
) -> list[Step]:
    """Run a page; with INDUSTRYMAP_REWRITE_DOCS put its outputs right, else demand that they are."""
    done = list(run_page(page, folder=folder, lang=lang, shell=shell, known=known))
    if REWRITE:
        page.write_text(rewritten(page, done), encoding="utf-8")
    for block, ran in done:
        for step in ran:
            assert step.code == int(block.marks.get("exit", 0)), f"{step.command}\n{step.printed}"
            right = REWRITE or matches(step.expected, step.printed)
            assert right, f"$ {step.command}\n{step.printed}\nexpected:\n{step.expected}"
    return [step for _, ran in done for step in ran]


@pytest.mark.slow
@pytest.mark.parametrize("name", READMES)
def test_every_block_of_the_readme_runs_in_a_shell(name: str, workspace_copy: Path) -> None:
    """A build at scale 1 keeps to its limits, too: its processor time against a yardstick of this machine, and 1.5 GB.

    The clock tells of other work as well; 20 s by it on two quiet cores are promised.
    """
    before = yardstick()
    # a program says the same in both languages: the English page runs it, and it builds once more
    known = programs(ROOT / "README.md") if LANG[name] == "zh" else []
    ran = checked(ROOT / name, folder=workspace_copy, lang=LANG[name], shell=True, known=known)
    a_yard = (before + yardstick()) / 2
    assert len(ran) >= 3
    for step in ran:
        if step.command.startswith("industrymap build"):
            assert step.cpu_s <= MOST_YARDS * a_yard
            assert step.memory_bytes <= 1.5e9


@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES)
def test_every_block_of_the_page_runs(name: str, small_city: Path, tmp_path: Path) -> None:
    folder = tmp_path / "city"
    shutil.copytree(small_city, folder)
    chinese = name.startswith("zh/")
    twin = programs(DOCS / "en" / Path(name).name) if chinese else []
    # the English page runs the programs that both show
    known = twin if twin == programs(DOCS / name) else []
    checked(DOCS / name, folder=folder, lang="zh" if chinese else "en", known=known)


@pytest.mark.parametrize("name", PAGES)
def test_every_block_of_the_page_is_one_that_runs_or_says_why_not(name: str) -> None:
    kinds = {b.kind for b in blocks(DOCS / name) if not b.marks.keys() & {"file", "not run"}}
    assert {k for k in kinds if not k.startswith("{")} <= KINDS


def test_both_readmes_show_the_same_commands() -> None:
    english, chinese = (commands(ROOT / name) for name in READMES)
    assert english == chinese
    english, chinese = (programs(ROOT / name) for name in READMES)
    assert english == chinese


def test_every_page_has_a_twin_that_shows_the_same_commands() -> None:
    english, chinese = (
        {p.name: commands(p) for p in (DOCS / lang).glob("*.md")} for lang in ("en", "zh")
    )
    assert english == chinese


@pytest.mark.parametrize("name", READMES)
def test_every_picture_and_file_named_is_there(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (ROOT / target).exists(), target
