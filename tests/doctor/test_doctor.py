"""``industrymap doctor``: real damage to a built workspace, each named with what to do."""

from __future__ import annotations

import os
import shutil
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from industrymap import doctor
from industrymap.cli import main
from industrymap.geocoding.online.cache import Cache


@pytest.fixture
def space(small_city: Path, tmp_path: Path) -> Path:
    """Return a built workspace of one's own to damage."""
    return Path(shutil.copytree(small_city, tmp_path / "city"))


def wrong(folder: Path) -> dict[str, str]:
    """Return what is not in order: what it is about and the English sentences."""
    found: dict[str, str] = {}
    for finding in doctor.examine(folder):
        if finding.level in {"do", "unusable"}:
            found[finding.about] = found.get(finding.about, "") + finding.en + "\n"
            assert finding.zh
            assert finding.zh != finding.en
    return found


def code(folder: Path) -> int:
    return doctor.verdict(doctor.examine(folder))


def test_a_built_workspace_is_in_order(space: Path) -> None:
    assert wrong(space) == {}
    assert code(space) == 0


def test_nothing_is_changed_by_looking(space: Path) -> None:
    before = {p: (p.stat().st_mtime_ns, p.stat().st_size) for p in space.rglob("*") if p.is_file()}
    doctor.examine(space)
    after = {p: (p.stat().st_mtime_ns, p.stat().st_size) for p in space.rglob("*") if p.is_file()}
    assert after == before


def test_a_damaged_page_of_the_database_makes_it_unusable(space: Path) -> None:
    database = space / "base.gpkg"
    data = bytearray(database.read_bytes())
    pages = len(data) // 4096
    for page in range(pages // 2, pages // 2 + 8):
        data[page * 4096 : page * 4096 + 512] = b"\xa5" * 512
    database.write_bytes(data)
    assert "doctor --restore" in wrong(space)["database"]
    assert code(space) == 2


def test_a_truncated_manifest_asks_for_a_build(space: Path) -> None:
    manifest = space / "outputs" / "manifest.json"
    manifest.write_bytes(manifest.read_bytes()[:700])
    assert "industrymap build" in wrong(space)["outputs"]
    assert code(space) == 1


def test_a_missing_input_makes_it_unusable(space: Path) -> None:
    (space / "layers" / "village_parks.gpkg").unlink()
    assert "village_parks.gpkg" in wrong(space)["inputs"]
    assert code(space) == 2


def test_a_changed_layer_file_asks_for_a_build(space: Path) -> None:
    layer = space / "layers" / "industrial_blocks.geojson"
    layer.write_bytes(layer.read_bytes() + b"\n")
    assert "industrial_blocks.geojson has changed" in wrong(space)["inputs"]
    assert code(space) == 1


def test_a_layer_that_differs_from_the_database_is_named_though_a_build_has_read_it(
    space: Path,
) -> None:
    from industrymap import pipeline

    layer = space / "layers" / "industrial_blocks.geojson"
    text = layer.read_text(encoding="utf-8")
    layer.write_text(text.replace("一级", "二级", 1), encoding="utf-8")
    pipeline.build(space)
    assert "changed since it was imported (0 added, 1 changed, 0 removed" in wrong(space)["inputs"]


def test_an_edited_and_a_missing_output_are_named(space: Path) -> None:
    (space / "outputs" / "issues.csv").unlink()
    page = space / "outputs" / "map.html"
    page.write_bytes(page.read_bytes()[:-1])
    told = wrong(space)["outputs"]
    assert "issues.csv is missing" in told
    assert "map.html is not what was built" in told
    assert code(space) == 1


def test_a_filled_in_review_file_is_no_damage(space: Path) -> None:
    review = space / "outputs" / "geocode_review.csv"
    review.write_bytes(review.read_bytes() + b"\r\n")
    assert "take it over" in wrong(space)["outputs"]


def test_a_lost_kept_frame_asks_for_a_build(space: Path) -> None:
    (space / ".industrymap" / "built" / "enterprises.parquet").write_bytes(b"PAR1")
    assert "enterprises" in wrong(space)["outputs"]


def test_a_leftover_of_a_killed_write_may_be_deleted_once_it_is_old(space: Path) -> None:
    leftover = space / "outputs" / ".map.0123456789ab.html"
    leftover.write_bytes(b"half")
    assert wrong(space) == {}
    os.utime(leftover, (1, 1))
    assert "delete it" in wrong(space)["leftovers"]
    assert code(space) == 1


def test_a_damaged_cache_is_left_where_it_is(space: Path) -> None:
    path = space / ".industrymap" / "geocodes.sqlite"
    Cache(path).close()
    assert wrong(space) == {}
    path.write_bytes(b"SQLite format 3\0" + b"\xa5" * 8000)
    assert "asks again" in wrong(space)["cache"]
    assert path.read_bytes().endswith(b"\xa5")


def test_a_file_that_does_not_belong_to_the_public_build_is_named(space: Path) -> None:
    public = space / "outputs" / "public"
    public.mkdir()
    shutil.copy(space / "outputs" / "manifest.json", public)
    for path in (space / "outputs").glob("*.*"):
        shutil.copy(path, public)
    (public / "notes.txt").write_text("内部", encoding="utf-8")
    assert "public/notes.txt" in wrong(space)["outputs"]


def test_a_record_of_releases_that_is_damaged_or_gone_is_named(space: Path) -> None:
    record = space / ".industrymap" / "published"
    record.mkdir()
    (record / "0001-cells.parquet").write_bytes(b"PAR1")
    assert "what was published before" in wrong(space)["releases"]
    assert code(space) == 1
    shutil.rmtree(record)
    assert "releases" not in wrong(space)
    shutil.copytree(space / "outputs", space / "outputs" / "public")
    assert "no record of them" in wrong(space)["releases"]


def test_a_workspace_never_built_is_told_to_build(tmp_path: Path) -> None:
    from industrymap import workspace

    workspace.create(tmp_path / "new", city="guangzhou", title="新")
    assert "nothing was built yet" in wrong(tmp_path / "new")["outputs"]


def test_a_broken_configuration_is_one_sentence_and_unusable(tmp_path: Path) -> None:
    (tmp_path / "industrymap.toml").write_text("[workspace\n", encoding="utf-8")
    assert list(wrong(tmp_path)) == ["config"]
    assert code(tmp_path) == 2


@pytest.mark.parametrize(("lang", "word"), [("zh", "一切正常"), ("en", "everything is in order")])
def test_the_command_speaks_both_languages_and_exits_with_the_verdict(
    space: Path, lang: str, word: str
) -> None:
    out = StringIO()
    with redirect_stdout(out), pytest.raises(SystemExit) as stop:
        main(["--lang", lang, "doctor", str(space)])
    assert stop.value.code in (None, 0)
    assert word in out.getvalue()
