"""``industrymap geocode``: a table goes in, the same table with places comes out."""

from __future__ import annotations

import csv
import io
import os
import re
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result
from provider_server import amap, serving

from industrymap.cli import cli
from industrymap.datum import convert
from industrymap.errors import IndustryMapError, MissingKeyError

if TYPE_CHECKING:
    from pathlib import Path

PLACES = """类别,名称,别名,区,镇街,道路,门牌号,经度,纬度,坐标系
道路,试验路,,鹭洲区,浔园街道,,,114.0100,26.0000,WGS84
门牌,,,鹭洲区,浔园街道,试验路,10,114.0101,26.0001,WGS84
"""
FIRMS = """统一社会信用代码,企业名称,经营地址,所属区,员工人数
91440101MA5AAAAAXX,甲公司,云麓市鹭洲区浔园街道试验路10号,鹭洲区,12
91440101MA5BBBBBXX,=乙公司,云麓市鹭洲区浔园街道无名巷,鹭洲区,7
91440101MA5CCCCCXX,丙公司,上海市徐汇区漕溪路1号,,3
"""


def run(*args: str) -> Result:
    return CliRunner().invoke(cli, ["--lang", "en", "geocode", *args])


@pytest.fixture
def firms(tmp_path: Path) -> Path:
    path = tmp_path / "firms.csv"
    path.write_text(FIRMS, encoding="gb18030")
    return path


@pytest.fixture
def places(tmp_path: Path) -> Path:
    path = tmp_path / "places.csv"
    path.write_text(PLACES, encoding="utf-8")
    return path


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


def test_the_table_comes_back_with_places_behind_its_own_columns(
    firms: Path, places: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.csv"
    result = run(str(firms), "-o", str(out), "--city", "sample", "--gazetteer", str(places))
    assert result.exit_code == 0, result.output
    one, two, three = rows(out)
    assert list(one)[:5] == FIRMS.split("\n", maxsplit=1)[0].split(",")
    assert (one["geocode_level"], one["district"], one["town"]) == ("address", "鹭洲区", "浔园街道")
    assert float(one["lon"]) == pytest.approx(114.0101)
    assert two["企业名称"] == "'=乙公司"
    assert (three["lon"], three["district"]) == ("", "")
    assert "out_of_city" in three["geocode_issues"]
    assert "Placed" in result.output


@pytest.mark.parametrize("name", ["out.xlsx", "out.geojson", "out.gpkg", "out.parquet"])
def test_any_format_may_be_asked_for(firms: Path, places: Path, tmp_path: Path, name: str) -> None:
    out = tmp_path / name
    assert (
        run(str(firms), "-o", str(out), "--city", "sample", "--gazetteer", str(places)).exit_code
        == 0
    )
    frame = (
        pd.read_excel(out, engine="openpyxl")
        if name.endswith("xlsx")
        else gpd.read_parquet(out)
        if name.endswith("parquet")
        else gpd.read_file(out)
    )
    assert len(frame) == 3
    assert frame["企业名称"].tolist()[0] == "甲公司"
    assert frame["员工人数"].tolist() == [12, 7, 3]
    assert frame["geocode_level"].tolist()[0] == "address"


def test_a_workspace_lends_its_layers_boundaries_and_places(
    small_city: Path, tmp_path: Path
) -> None:
    table = small_city / "layers" / "enterprises_registry.csv"
    out, truth = tmp_path / "o.csv", small_city / "truth" / "rows.parquet"
    result = run(
        str(table), "-o", str(out), "--workspace", str(small_city), "--evaluate", str(truth)
    )
    assert result.exit_code == 0, result.output
    assert "within radius" in result.output
    assert "District code right" in result.output
    levels = {row["geocode_level"] for row in rows(out)}
    assert {"address", "park", "road"} <= levels


def test_the_address_column_can_be_named(tmp_path: Path, places: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text("企业名称,厂区所在\n甲公司,云麓市鹭洲区浔园街道试验路10号\n", encoding="utf-8")
    out = tmp_path / "o.csv"
    base = (str(table), "-o", str(out), "--city", "sample", "--gazetteer", str(places))
    with_name = run(*base, "--address", "厂区所在")
    assert with_name.exit_code == 0, with_name.output
    assert rows(out)[0]["geocode_level"] == "address"
    without = run(*base)
    assert isinstance(without.exception, IndustryMapError)
    assert "--address" in str(without.exception)


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        ((), "Name the output"),
        (("-o", "x.csv"), "Name the city"),
        (("-o", "x.csv", "--city", "sample", "--provider", "amp"), "Did you mean 'amap'"),
        (("-o", "x.csv", "--city", "atlantis"), "atlantis"),
    ],
)
def test_a_wrong_call_is_one_sentence(firms: Path, args: tuple[str, ...], sentence: str) -> None:
    result = run(str(firms), *args)
    assert isinstance(result.exception, IndustryMapError)
    assert sentence in str(result.exception)


def test_a_missing_key_names_the_variable(
    firms: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("INDUSTRYMAP_AMAP_KEY", raising=False)
    out = tmp_path / "o.csv"
    result = run(str(firms), "-o", str(out), "--city", "sample", "--provider", "amap")
    assert isinstance(result.exception, MissingKeyError)
    assert "INDUSTRYMAP_AMAP_KEY" in str(result.exception)
    assert not out.exists()


def test_a_provider_fills_in_and_is_not_asked_twice(
    firms: Path, places: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = (114.0123, 26.0045)
    x, y = convert(np.array([at[0]]), np.array([at[1]]), source="wgs84", target="gcj02")
    out = tmp_path / "o.csv"
    args = (
        str(firms),
        "-o",
        str(out),
        "--city",
        "sample",
        "--gazetteer",
        str(places),
        "--provider",
        "amap",
    )
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("INDUSTRYMAP_AMAP_KEY", "k")
    with serving(
        lambda *_: amap((float(x[0]), float(y[0]), "兴趣点"), district="鹭洲区")
    ) as server:
        monkeypatch.setenv("INDUSTRYMAP_AMAP_URL", server.url)
        for _ in range(2):
            result = run(*args)
            assert result.exit_code == 0, result.output
        assert [q["address"] for q in server.seen] == ["云麓市鹭洲区浔园街道无名巷"], (
            "only what is coarse, never another city's"
        )
    found = rows(out)[1]
    assert (found["geocode_source"], found["geocode_level"]) == ("amap", "building")
    assert (float(found["lon"]), float(found["lat"])) == pytest.approx(at, abs=1e-6)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of Unix is opened")
def test_a_killed_run_resumes_from_its_cache_and_shows_how_far_it_is(
    places: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pty

    lines = [f"{n}公司,云麓市鹭洲区无名巷{n}号" for n in range(1, 81)]
    firms = tmp_path / "firms.csv"
    firms.write_text("\n".join(["企业名称,经营地址", *lines]), encoding="utf-8")
    out = tmp_path / "o.csv"
    command = [sys.executable, "-m", "industrymap", "--lang", "en", "geocode", str(firms)]
    command += ["-o", str(out), "--city", "sample", "--gazetteer", str(places)]
    command += ["--provider", "amap"]
    x, y = convert(np.array([114.0123]), np.array([26.0045]), source="wgs84", target="gcj02")
    spot = (float(x[0]), float(y[0]), "门牌号")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("INDUSTRYMAP_AMAP_KEY", "k")
    with serving(lambda *_: amap(*[spot] * 10, district="鹭洲区")) as server:
        monkeypatch.setenv("INDUSTRYMAP_AMAP_URL", server.url)
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as child:
            while len(server.seen) < 3:
                assert child.poll() is None
                time.sleep(0.01)
            child.kill()
        assert not out.exists(), "nothing half-written"
        keyboard, terminal = pty.openpty()
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=terminal) as again:
            os.close(terminal)
            seen = b"".join(iter(lambda: _read(keyboard), b"")).decode()
        os.close(keyboard)
        assert again.returncode == 0
    asked = [address for query in server.seen for address in query["address"].split("|")]
    assert len(set(asked)) == 80
    assert len(asked) <= 90, "only the batch under way at the kill is asked again"
    assert {row["geocode_level"] for row in rows(out)} == {"address"}
    assert len(rows(out)) == 80
    shares = [int(n) for n in re.findall(r"geocoding [█·]+ +(\d+)%", seen)]
    assert shares[-1] == 100


def _read(keyboard: int) -> bytes:
    """Read what a terminal shows; nothing more once the program behind it has closed it."""
    try:
        return os.read(keyboard, 65536)
    except OSError:  # Linux ends a closed terminal with an error
        return b""


def test_what_a_person_confirms_is_used_by_the_next_run(
    firms: Path, places: Path, tmp_path: Path
) -> None:
    out, review = tmp_path / "o.csv", tmp_path / "review.csv"
    args = (
        str(firms),
        "-o",
        str(out),
        "--city",
        "sample",
        "--gazetteer",
        str(places),
        "--review",
        str(review),
    )
    assert run(*args).exit_code == 0
    text = review.read_text(encoding="utf-8-sig")
    lines = list(csv.reader(io.StringIO(text)))
    at = next(i for i, line in enumerate(lines) if "无名巷" in line[3])
    lines[at][10:13] = ["114.02", "26.01", "WGS84"]
    shown = io.StringIO()
    csv.writer(shown).writerows(lines)
    review.write_bytes(shown.getvalue().encode("gb18030"))
    for _ in range(2):  # the second run reads what the first has written anew
        assert run(*args).exit_code == 0
        found = rows(out)[1]
        assert (found["geocode_level"], found["lon"], found["lat"]) == (
            "confirmed",
            "114.02",
            "26.01",
        )
