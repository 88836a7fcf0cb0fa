"""Bad input to the command line: one clear sentence, exit code 2, nothing half-written."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TABLE = "企业名称,统一社会信用代码,经营地址,营业收入(万元)\n甲厂,,示例路1号,2000\n"
CONFIG = """
[workspace]
title = "图"
city = "sample"
[enterprises]
tables = [ {{ file = "layers/a.csv", kind = "statistics" }} ]
{more}
"""
SQUARE = '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"编号":"P1","名称":"园"},"geometry":{"type":"Polygon","coordinates":[[[440000,2500000],[440100,2500000],[440100,2500100],[440000,2500000]]]}}]}'


def run(*args: str, lang: str = "en") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "industrymap", "--lang", lang, *args],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def space(tmp_path: Path) -> Callable[..., Path]:
    def make(*, table: bytes | None = TABLE.encode(), more: str = "", city: str = "sample") -> Path:
        (tmp_path / "layers").mkdir(exist_ok=True)
        if table is not None:
            (tmp_path / "layers/a.csv").write_bytes(table)
        text = CONFIG.format(more=more).replace('"sample"', f'"{city}"')
        (tmp_path / "industrymap.toml").write_text(text, encoding="utf-8")
        return tmp_path

    return make


def refused(folder: Path, *said: str) -> None:
    before = {p for p in folder.rglob("*") if p.is_file()}
    result = run("build", str(folder))
    assert result.returncode == 2, result.stdout + result.stderr
    assert result.stdout == ""
    assert len(result.stderr.strip().splitlines()) == 1, result.stderr
    for word in said:
        assert word in result.stderr
    left = {p.name for p in folder.rglob("*") if p.is_file()} - {p.name for p in before}
    assert left <= {"base.gpkg"}, "nothing is left behind but layers that were read whole"


def test_a_missing_file(space: Callable[..., Path]) -> None:
    refused(space(table=None), "a.csv")


def test_a_table_with_the_wrong_columns_names_what_it_has(space: Callable[..., Path]) -> None:
    refused(space(table="甲,乙\n1,2\n3,4\n".encode()), "a.csv", "甲")


def test_an_empty_table(space: Callable[..., Path]) -> None:
    refused(space(table="企业名称,营业收入(万元)\n".encode()), "a.csv")


def test_a_layer_without_crs_says_what_its_numbers_look_like(space: Callable[..., Path]) -> None:
    folder = space(more='[layers.village_parks]\nfile = "layers/p.geojson"\n')
    (folder / "layers/p.geojson").write_text(SQUARE, encoding="utf-8")
    refused(folder, "p.geojson")


def test_an_unknown_datum_names_the_known_ones(space: Callable[..., Path]) -> None:
    folder = space(more='[layers.village_parks]\nfile = "layers/p.geojson"\ndatum = "gcj20"\n')
    (folder / "layers/p.geojson").write_text(SQUARE, encoding="utf-8")
    refused(folder, "gcj20", "gcj02")


def test_xian_1980_is_refused_with_a_reason(space: Callable[..., Path]) -> None:
    folder = space(more='[layers.village_parks]\nfile = "layers/p.geojson"\ndatum = "EPSG:2383"\n')
    (folder / "layers/p.geojson").write_text(SQUARE, encoding="utf-8")
    refused(folder, "Xian 1980")


def test_an_unknown_city_pack_names_the_nearest(space: Callable[..., Path]) -> None:
    refused(space(city="guangzou"), "guangzou", "guangzhou")


def test_an_unwritable_output(space: Callable[..., Path]) -> None:
    folder = space()
    (folder / "outputs").write_text("a file stands where the folder should be")
    result = run("build", str(folder))
    assert result.returncode == 2
    assert "outputs" in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_a_truncated_zip(space: Callable[..., Path]) -> None:
    folder = space(more='[layers.village_parks]\nfile = "layers/p.zip"\n')
    (folder / "layers/p.zip").write_bytes(b"PK\x03\x04" + b"\0" * 40)
    refused(folder, "p.zip")


def test_the_sentence_is_chinese_where_asked(space: Callable[..., Path]) -> None:
    result = run("build", str(space(city="guangzou")), lang="zh")
    assert result.returncode == 2
    assert "城市包" in result.stderr


def test_an_unknown_command_names_the_nearest() -> None:
    result = run("biuld")
    assert result.returncode == 2
    assert "'build'" in result.stderr


def test_help_answers_at_once() -> None:
    """At most 0.3 s of processor time, start of the interpreter included; the best of three."""
    import resource

    spent = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert run("--help").returncode == 0
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert min(spent) <= 0.3
