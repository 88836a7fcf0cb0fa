"""Paths on the command line and in industrymap.toml."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from industrymap import citypack, workspace
from industrymap.cli import cli

PACKS = Path(citypack.__file__).parent / "cities"


@pytest.fixture
def own_pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with a city pack of one's own, from which the commands are run."""
    shutil.copytree(PACKS / "sample", tmp_path / "work" / "pack")
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "work"


def test_a_pack_of_ones_own_is_found_from_any_directory(
    own_pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    CliRunner().invoke(cli, ["init", "ws", "--city", "pack"], catch_exceptions=False)
    monkeypatch.chdir(tmp_path)
    space = workspace.load(own_pack / "ws")
    assert citypack.load(space.city).pack_id == "pack"


def test_a_pack_inside_the_workspace_counts_from_the_workspace(own_pack: Path) -> None:
    shutil.move(own_pack / "pack", own_pack / "ws" / "pack")
    text = '[workspace]\ntitle = "x"\ncity = "pack"\n'
    (own_pack / "ws" / "industrymap.toml").write_text(text, encoding="utf-8")
    assert citypack.load(workspace.load("ws").city).pack_id == "pack"


def test_check_reads_a_file_in_the_datum_its_workspace_declares(tmp_path: Path) -> None:
    (tmp_path / "layers").mkdir()
    (tmp_path / "layers" / "parks.csv").write_text(
        "园区名称,geometry\n园,POLYGON((113 23,113.01 23,113.01 23.01,113 23))\n", encoding="utf-8"
    )
    text = '[workspace]\ntitle = "x"\ncity = "guangzhou"\n[layers.village_parks]\nfile = "layers/parks.csv"\ndatum = "gcj02"\n'
    (tmp_path / "industrymap.toml").write_text(text, encoding="utf-8")
    said = workspace.load(tmp_path).declared(tmp_path / "layers" / "parks.csv")
    assert said is not None
    assert said.datum == "gcj02"


def test_a_build_can_write_its_outputs_elsewhere(
    small_city: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from industrymap import pipeline

    given: dict[str, object] = {}
    monkeypatch.setattr(pipeline, "run", lambda space, **_: given.update(out=space.outputs))
    monkeypatch.setattr(pipeline, "write", lambda *_, **__: None)
    pipeline.build(small_city, outputs=tmp_path / "elsewhere")
    assert given == {"out": tmp_path / "elsewhere"}
