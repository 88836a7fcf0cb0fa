"""The repository's own layers and boundaries: the sample at scale 1, and the command that makes it."""

from __future__ import annotations

import json
import zlib
from pathlib import Path

import pandas as pd
import pytest
import shapely

from industrymap import cli, sample

ROOT = Path(__file__).parents[2]
FOLDERS = ("layers", "boundaries", "truth")


def totals() -> dict[str, object]:
    found: dict[str, object] = json.loads((ROOT / "truth/totals.json").read_text(encoding="utf-8"))
    return found


def test_the_repository_holds_the_sample_at_scale_one() -> None:
    found = totals()
    assert (found["blocks"], found["village_parks"]) == (690, 2705)
    assert found["blocks_km2"] == {"1": 471.1, "2": 155.6}
    assert found["village_parks_km2"] == 131.62
    assert 23_000 < sum(found["raw_rows"].values()) < 25_000
    assert 15_500 < found["base_firms"] < 16_500


def test_the_repositorys_folders_pack_into_eight_megabytes() -> None:
    files = [p for name in FOLDERS for p in sorted((ROOT / name).rglob("*")) if p.is_file()]
    assert sum(len(zlib.compress(p.read_bytes(), 6)) for p in files) < 8_000_000


def test_areas_read_back_from_the_files_meet_the_published_ones() -> None:
    import pyogrio

    _, _, parks, _ = pyogrio.raw.read(ROOT / "layers/village_parks.gpkg", columns=[])
    assert shapely.area(shapely.from_wkb(parks)).sum() / 1e6 == pytest.approx(131.62, rel=1e-4)

    from pyproj import Transformer

    features = json.loads((ROOT / "layers/industrial_blocks.geojson").read_text(encoding="utf-8"))
    blocks = shapely.from_geojson([json.dumps(f["geometry"]) for f in features["features"]])
    move = Transformer.from_crs("EPSG:4490", "EPSG:4547", always_xy=True).transform
    planar = shapely.transform(blocks, move, interleaved=False)
    assert shapely.area(planar).sum() / 1e6 == pytest.approx(626.7, rel=1e-4)


def test_sound_rows_outnumber_dirty_ones_and_both_are_many() -> None:
    rows = pd.read_parquet(ROOT / "truth/rows.parquet")
    addresses = rows[rows["address"].notna()]
    clean = addresses["address_dirt"].eq("")
    assert 0.5 < clean.mean() < 0.65


@pytest.mark.slow
def test_the_repositorys_texts_are_what_the_generator_writes(tmp_path: Path) -> None:
    sample.generate(tmp_path)
    texts = [
        p.relative_to(tmp_path)
        for p in sorted(tmp_path.rglob("*"))
        if p.suffix in {".csv", ".tsv", ".geojson", ".kml", ".json", ".toml"}
    ]
    assert len(texts) > 10
    different = [p for p in texts if (tmp_path / p).read_bytes() != (ROOT / p).read_bytes()]
    assert different == []


def run(*args: str) -> int:
    with pytest.raises(SystemExit) as left:
        cli.main(list(args))
    return int(left.value.code or 0)


def test_the_command_says_what_it_made_in_both_languages(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--lang", "zh", "sample", str(tmp_path / "a"), "--scale", "0.01") == 0
    assert "模拟数据" in capsys.readouterr().out
    assert run("--lang", "en", "sample", str(tmp_path / "b"), "--scale", "0.01") == 0
    assert "all simulated" in capsys.readouterr().out


@pytest.mark.parametrize("wrong", [["--scale", "0"], ["--seed", "-3"], ["--scale", "many"]])
def test_a_wrong_option_is_one_sentence_and_exit_code_two(
    tmp_path: Path, wrong: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--lang", "en", "sample", str(tmp_path / "a"), *wrong) == 2
    assert capsys.readouterr().err
    assert not (tmp_path / "a").exists()


def test_a_workspace_of_somebodys_own_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = '[workspace]\ntitle = "x"\ncity = "guangzhou"\n'
    (tmp_path / "industrymap.toml").write_text(text, encoding="utf-8")
    assert run("--lang", "en", "sample", str(tmp_path), "--scale", "0.01") == 2
    assert "another workspace" in capsys.readouterr().err
    assert [p.name for p in tmp_path.iterdir()] == ["industrymap.toml"]


def test_a_file_in_the_way_is_one_sentence_and_exit_code_two(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "layers").write_text("in the way", encoding="utf-8")
    assert run("--lang", "en", "sample", str(tmp_path), "--scale", "0.01") == 2
    assert "layers" in capsys.readouterr().err
