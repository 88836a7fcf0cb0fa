"""Every block of the READMEs and of the documentation runs, and prints what the page says it prints."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

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
    """A build at scale 1 keeps to its limits, too: about 14 s of processor time and 690 MB where this was written.

    The clock tells of other work as well; 20 s by it on two quiet cores and 1.5 GB are promised.
    """
    ran = checked(ROOT / name, folder=workspace_copy, lang=LANG[name], shell=True)
    assert len(ran) >= 3
    for step in ran:
        if step.command.startswith("industrymap build"):
            assert step.cpu_s <= 30
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
