"""The pipeline on the sample city: what a build leaves behind, and what a second one changes."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from click.testing import CliRunner

from industrymap import pipeline
from industrymap.cli import cli
from industrymap.errors import ConfigError, FileMissingError
from industrymap.store import Store

if TYPE_CHECKING:
    from pathlib import Path

OUTPUTS = {
    "map.html",
    "enterprises.geojson",
    "village_parks.geojson",
    "industrial_blocks.geojson",
    "issues.csv",
    "geocode_review.csv",
    "manifest.json",
}


def hashes(folder: Path) -> dict[str, str]:
    found = sorted((folder / "outputs").glob("*.*"))
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in found}


@pytest.fixture
def own(small_city: Path, tmp_path: Path) -> Path:
    """Return a copy of the built small city that a test may change."""
    return shutil.copytree(small_city, tmp_path / "city")


def test_a_build_leaves_every_promised_file(small_city: Path) -> None:
    assert set(hashes(small_city)) >= OUTPUTS


def test_the_manifest_holds_the_hash_of_every_output(small_city: Path) -> None:
    manifest = json.loads((small_city / "outputs/manifest.json").read_text(encoding="utf-8"))
    written = hashes(small_city)
    assert {o["file"]: o["sha256"] for o in manifest["outputs"]} == {
        name: written[name] for name in written if name != "manifest.json"
    }


@pytest.mark.slow
def test_a_second_build_writes_the_same_bytes(own: Path) -> None:
    before = hashes(own)
    pipeline.build(own)
    assert hashes(own) == before


def test_layers_are_in_the_database_with_where_they_came_from(small_city: Path) -> None:
    store = Store(small_city / "base.gpkg")
    parks = pipeline.layer(small_city, "village_parks")
    assert set(store.current("village_parks")["park_id"]) == set(parks["park_id"])
    log = store.changes()
    assert log["source_sha256"].str.len().eq(64).all()
    assert log["who"].eq("industrymap build").all()


@pytest.mark.slow
def test_a_changed_layer_file_is_reported_and_not_taken_over(own: Path) -> None:
    path = own / "layers/industrial_blocks.geojson"
    content = json.loads(path.read_text(encoding="utf-8"))
    gone = content["features"].pop()
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    built = pipeline.build(own)
    assert len(built.layers["industrial_blocks"]) == len(content["features"]) + 1
    assert gone["properties"]
    assert (built.issues["rule"] == "layers.file_changed").sum() == 1


def test_every_base_firm_is_placed_with_a_radius_or_listed_for_review(small_city: Path) -> None:
    firms = pipeline.layer(small_city, "enterprises")
    placed = firms[firms.geometry.notna()]
    assert placed["geocode_radius_m"].gt(0).all()
    assert placed["geocode_level"].notna().all()
    review = pd.read_csv(small_city / "outputs/geocode_review.csv", dtype=str)
    lost = firms[firms.geometry.isna() & firms["address"].notna()]
    assert set(lost["address"].str.strip()) <= set(review["地址"].str.lstrip("'").str.strip())


def test_issues_name_source_row_value_and_reason(small_city: Path) -> None:
    issues = pd.read_csv(small_city / "outputs/issues.csv")
    kinds = {"source", "row", "column", "value", "rule", "level", "zh", "en", "name", "uscc"}
    assert kinds == set(issues.columns)
    assert issues["zh"].notna().all()
    assert issues["en"].notna().all()
    assert issues["source"].notna().all()


@pytest.mark.slow
def test_strict_ends_with_one_where_rows_were_refused_and_a_pipe_sees_no_bar(own: Path) -> None:
    result = CliRunner().invoke(cli, ["--lang", "en", "build", str(own), "--strict"])
    refused = (pd.read_csv(own / "outputs/issues.csv")["level"] == "error").any()
    assert result.exit_code == (1 if refused else 0)
    assert result.stderr == ""
    assert "%" not in result.stdout


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of Unix is opened")
def test_a_terminal_sees_every_stage_and_how_far_the_build_is(own: Path) -> None:
    import pty

    keyboard, terminal = pty.openpty()
    command = [sys.executable, "-m", "industrymap", "--lang", "zh", "build", str(own)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=terminal) as running:
        os.close(terminal)
        seen = _everything(keyboard)
        summary = (running.stdout or io.BytesIO()).read().decode()
    assert running.returncode == 0
    assert [int(n) for n in re.findall(r"\[(\d)/8\]", seen)] == sorted(
        int(n) for n in re.findall(r"\[(\d)/8\]", seen)
    )
    assert set(re.findall(r"\[(\d)/8\]", seen)) == set("12345678")
    shares = [int(n) for n in re.findall(r"(\d+)%", seen)]
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert shares[-1] > 90
    assert seen.endswith("\r\x1b[K"), "the bar is wiped before the summary"
    assert "已生成" in summary
    assert "%" not in summary


def _everything(keyboard: int) -> str:
    """Read a terminal until the program behind it has closed it."""
    parts = []
    with contextlib.suppress(OSError):  # Linux ends a closed terminal with an error
        while part := os.read(keyboard, 65536):
            parts.append(part)
    os.close(keyboard)
    return b"".join(parts).decode()


def test_a_layer_before_the_first_build_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "industrymap.toml").write_text(
        '[workspace]\ntitle = "x"\ncity = "sample"\n', encoding="utf-8"
    )
    with pytest.raises(FileMissingError, match="industrymap build"):
        pipeline.layer(tmp_path, "village_parks")


def test_an_unknown_layer_names_the_nearest(small_city: Path) -> None:
    with pytest.raises(ConfigError, match="village_parks"):
        pipeline.layer(small_city, "village_park")
