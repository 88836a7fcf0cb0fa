"""A build that is killed leaves every file as it was or as it shall be (the long form: ``make soak-build``)."""

from __future__ import annotations

import os

import build_kills
import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="kills need fork"),
]


@pytest.fixture(scope="module")
def soak(tmp_path_factory: pytest.TempPathFactory) -> build_kills.Kills:
    return build_kills.Kills(tmp_path_factory.mktemp("kills"), 3)


def test_a_kill_in_any_stage_leaves_old_or_new_files(soak: build_kills.Kills) -> None:
    for number in range(4):
        soak.kill(number, whole=True)
    assert soak.ended < 4


def test_a_kill_while_files_are_replaced_leaves_old_or_new_files(soak: build_kills.Kills) -> None:
    for number in range(10):
        soak.kill(number, whole=False)
    assert soak.stages["write"] >= 5


def test_a_build_after_a_kill_leaves_exactly_the_new_state(soak: build_kills.Kills) -> None:
    soak.kill(build_kills.GOES_ON - 1, whole=False)
    assert soak.unfinished >= 1


def test_a_torn_output_would_be_seen(soak: build_kills.Kills) -> None:
    soak._restore(whole=True)
    page = soak.folder / "outputs" / "map.html"
    page.write_bytes(page.read_bytes()[:-1])
    with pytest.raises(AssertionError, match="neither old nor new"):
        soak.check(fresh=False)
