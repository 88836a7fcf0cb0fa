"""What several tests share: the real data, where it is present, and a real browser."""

from __future__ import annotations

import os
import shutil
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

from industrymap.cli import _talk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser
    from xdist.remote import Producer

ROOT = Path(__file__).parents[1]
REAL = ROOT.parent / "shared" / "data" / "guangzhou"

# Where work is judged, the same examples every time; at a desk, new ones with every run.
settings.register_profile("judged", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("judged")

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class _PreparedOnce(LoadScopeScheduling):
    """Keeps the tests of a file that prepares something once (a build, an open page) in one process: it is prepared once there.

    xdist's own groups (3.8) are no groups under pytest 9.2: their mark does not reach a test's address any more.
    """

    def _split_scope(self, nodeid: str) -> str:
        name = nodeid.split("::", 1)[0]
        return name if _prepares_once(ROOT / name) else nodeid


@cache
def _prepares_once(path: Path) -> bool:
    text = path.read_text(encoding="utf-8")
    return 'scope="module"' in text or 'scope="session"' in text


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """Share the tests out so that nothing is prepared twice."""
    return _PreparedOnce(config, log)


@pytest.fixture(autouse=True)
def _english() -> None:
    """Let no test hear the language that the one before it chose: in a user's hands each command is a process of its own."""
    _talk.language("en")


@pytest.fixture(scope="session")
def real() -> Path:
    """Return the folder of real data, or skip."""
    if not REAL.is_dir():
        pytest.skip("no ../shared/data/guangzhou here: tests on real data are skipped")
    return REAL


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start Chromium, or skip with a message; under INDUSTRYMAP_REQUIRE_BROWSER its absence is a failure."""
    path = next(
        filter(None, (shutil.which(n) for n in ("chromium", "chromium-browser", "google-chrome"))),
        None,
    )
    if path is None:
        message = "no Chromium found: browser tests are skipped (install the package `chromium`)"
        if os.environ.get("INDUSTRYMAP_REQUIRE_BROWSER") or os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield started
        started.close()


def _copy_of_root(folder: Path) -> Path:
    for name in ("layers", "boundaries"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "industrymap.toml", folder)
    (folder / "outputs").mkdir()
    return folder


@pytest.fixture(scope="session")
def workspace_copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the repository's own workspace, not built yet."""
    return _copy_of_root(tmp_path_factory.mktemp("root"))


@pytest.fixture(scope="session")
def small_city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a built workspace of the sample city at a small scale."""
    from industrymap import pipeline, sample

    folder = tmp_path_factory.mktemp("small")
    sample.generate(folder, scale=0.05)
    pipeline.build(folder)
    return folder
