"""Every block of the READMEs and of the documentation runs, and prints what the page says it prints."""

from __future__ import annotations

import os
import re
import shutil
import time
from pathlib import Path

import pandas as pd
import pytest
from documents import Step, blocks, commands, matches, rewritten, run_page

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


MOST_YARDS = 70
"""What a build of the repository's sample may take. It takes about 48 (36 s where a yard is 0.75 s)."""


def yardstick() -> float:
    """Return the processor time (s) of a fixed piece of work like a build's: texts, a pattern, a dictionary, a sort.

    Machines differ by a factor of three, and one machine from hour to hour; seconds alone say little of the program.
    """
    began = time.process_time()
    words = [f"{n * 7919 % 100_003}号路{n % 97}" for n in range(150_000)]
    found = [re.search(r"(\d+)号(\D+)(\d+)", word) for word in words]
    counts: dict[str, int] = {}
    for one in found:
        key = one[3] if one else ""
        counts[key] = counts.get(key, 0) + 1
    frame = pd.DataFrame({"word": pd.array(words, dtype="string"), "n": range(len(words))})
    frame.sort_values("word").groupby(frame["word"].str.slice(0, 2))["n"].sum()
    return time.process_time() - began


def checked(page: Path, *, folder: Path, lang: str, shell: bool = False) -> list[Step]:
    """Run a page; with INDUSTRYMAP_REWRITE_DOCS put its outputs right, else demand that they are."""
    done = list(run_page(page, folder=folder, lang=lang, shell=shell))
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
    ran = checked(ROOT / name, folder=workspace_copy, lang=LANG[name], shell=True)
    yard = (before + yardstick()) / 2
    assert len(ran) >= 3
    for step in ran:
        if step.command.startswith("industrymap build"):
            assert step.cpu_s <= MOST_YARDS * yard
            assert step.memory_bytes <= 1.5e9


@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES)
def test_every_block_of_the_page_runs(name: str, small_city: Path, tmp_path: Path) -> None:
    folder = tmp_path / "city"
    shutil.copytree(small_city, folder)
    checked(DOCS / name, folder=folder, lang="zh" if name.startswith("zh/") else "en")


@pytest.mark.parametrize("name", PAGES)
def test_every_block_of_the_page_is_one_that_runs_or_says_why_not(name: str) -> None:
    kinds = {b.kind for b in blocks(DOCS / name) if not b.marks.keys() & {"file", "not run"}}
    assert {k for k in kinds if not k.startswith("{")} <= KINDS


def test_both_readmes_show_the_same_commands() -> None:
    english, chinese = (commands(ROOT / name) for name in READMES)
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
