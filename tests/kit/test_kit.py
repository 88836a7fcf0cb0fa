"""A kit gathered from a real server on the loopback that answers in Overpass' documented form, and used without a network."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from click.testing import CliRunner, Result
from provider_server import serving

from industrymap import citypack, kit, workspace
from industrymap.cli import cli
from industrymap.errors import ConfigError, FileRefusedError, ProviderError
from industrymap.web import Retry

if TYPE_CHECKING:
    from pathlib import Path

DAY = "2026-10-31T20:00:00Z"
QUICK = Retry(times=1, sleep=lambda _: None)


def line(*corners: tuple[float, float]) -> list[dict[str, float]]:
    return [{"lon": lon, "lat": lat} for lon, lat in corners]


def box(lon: float, lat: float, size: float) -> list[dict[str, float]]:
    east, north = lon + size, lat + size
    return line((lon, lat), (east, lat), (east, north), (lon, north), (lon, lat))


def area(number: int, name: str, level: int, at: tuple[float, float, float]) -> dict[str, Any]:
    tags = {"boundary": "administrative", "admin_level": str(level), "name": name}
    member = {"type": "way", "ref": number, "role": "outer", "geometry": box(*at)}
    return {"type": "relation", "id": number, "tags": tags, "members": [member]}


def way(number: int, geometry: list[dict[str, float]], **tags: str) -> dict[str, Any]:
    return {"type": "way", "id": number, "geometry": geometry, "tags": tags}


VILLAGE = {"type": "node", "id": 1, "lon": 113.25, "lat": 23.32, "tags": {"place": "village", "name": "大源村", "alt_name": "大源"}}  # fmt: skip
LAND = way(7, box(113.30, 23.30, 0.004), landuse="industrial", name="云岭工业园")
ANSWERS: dict[str, list[Any]] = {
    '"boundary"="administrative"]["admin_level"~"^(6|8)$"': [
        area(1, "白云区", 6, (113.15, 23.13, 0.25)),
        area(2, "太和镇", 8, (113.28, 23.28, 0.05)),
    ],
    '"place"': [VILLAGE, {"type": "node", "id": 2, "tags": {"place": "village", "name": "无点村"}}],
    '"highway"~': [way(4, line((113.2, 23.3), (113.3, 23.3)), highway="primary", name="广从公路")],
    '"landuse"="industrial"': [
        LAND,
        way(8, box(113.31, 23.30, 0.002), landuse="industrial"),
        way(9, [{"lon": 113.3, "lat": 23.3}, "x"], landuse="industrial"),
    ],
    "工业园": [LAND, {"type": "node", "id": 5, "lon": 113.27, "lat": 23.31, "tags": {"name": "帽峰山科技园"}}],
}  # fmt: skip


def overpass(query: dict[str, str], _number: int) -> dict[str, Any]:
    # The wanted tags stand behind the line that finds the city.
    asked = query["data"].split("map_to_area->.city;")[1]
    elements = next(found for tag, found in ANSWERS.items() if tag in asked)
    return {"osm3s": {"timestamp_osm_base": DAY}, "elements": elements}


def run(*args: object, lang: str = "en") -> Result:
    return CliRunner().invoke(cli, ["--lang", lang, *map(str, args)])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, list[dict[str, str]]]:
    """Return a kit of Guangzhou, what the command said, and what the server was asked."""
    path = tmp_path_factory.mktemp("kit") / "kit.zip"
    with serving(overpass) as server:
        done = run("kit", "make", "--city", "guangzhou", "-o", path, "--url", server.url)
        assert done.exit_code == 0, done.output
        return path, done.output, server.seen


def test_a_kit_holds_six_parts_with_date_and_attribution(
    made: tuple[Path, str, list[dict[str, str]]],
) -> None:
    path, said, asked = made
    with zipfile.ZipFile(path) as archive:
        about = json.loads(archive.read("kit.json"))
        roads = json.loads(archive.read("roads.geojson"))
    assert about["counts"] == {"districts": 1, "towns": 1, "villages": 1, "roads": 1, "industrial_land": 2, "estates": 1}  # fmt: skip
    assert (about["city"], about["data_date"]) == ("guangzhou", "2026-10-31")
    assert roads["metadata"]["source"] == "© OpenStreetMap contributors (ODbL 1.0)"
    assert len(asked) == 5
    assert all('"name"~"^(广州市|' in query["data"] for query in asked)
    assert "(2026-10-31): districts 1, towns 1, villages 1, main roads 1" in said
    assert "© OpenStreetMap contributors (ODbL 1.0)" in said
    # The towns of today: those that were merged have no boundary anywhere.
    current = len(citypack.load("guangzhou").current("town"))
    assert f"boundaries of 1 town, the city pack names {current}" in said


def test_a_workspace_from_a_kit_places_addresses_without_a_network(
    made: tuple[Path, str, list[dict[str, str]]], tmp_path: Path
) -> None:
    done = run("init", tmp_path / "w", "--kit", made[0], lang="zh")
    assert done.exit_code == 0, done.output
    assert "资料包 kit.zip（2026-10-31）：区 1、镇街 1、村社 1" in done.output
    space = workspace.load(tmp_path / "w")
    assert space.source == "© OpenStreetMap contributors (ODbL 1.0)，2026-10-31"
    assert (space.city, len(space.gazetteer), len(space.background)) == ("guangzhou", 3, 1)
    firms = tmp_path / "firms.csv"
    rows = ["白云区太和镇大源村", "白云区云岭工业园", "白云区帽峰山科技园", "白云区广从公路"]
    firms.write_text("企业名称,地址\n" + "".join(f"甲{n}厂,{a}\n" for n, a in enumerate(rows)), encoding="utf-8")  # fmt: skip
    done = run("geocode", firms, "-o", tmp_path / "out.csv", "-w", tmp_path / "w")
    assert done.exit_code == 0, done.output
    placed = pd.read_csv(tmp_path / "out.csv")
    assert placed["geocode_level"].tolist() == ["village", "park", "park", "road"]
    assert placed["lon"][0] == pytest.approx(113.25)


def test_a_server_that_serves_nothing_leaves_no_kit(tmp_path: Path) -> None:
    pack = citypack.load("guangzhou")
    with serving(lambda *_: 504) as server, pytest.raises(ProviderError, match="504"):
        kit.make(pack, tmp_path / "kit.zip", url=server.url, retry=QUICK)
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_kit_or_of_another_city_is_refused(
    made: tuple[Path, str, list[dict[str, str]]], tmp_path: Path
) -> None:
    other = tmp_path / "a.zip"
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("kit.json", '{"city": []}')
    with pytest.raises(FileRefusedError, match="is no kit"):
        kit.unpack(other, tmp_path / "w")
    with pytest.raises(ConfigError, match="not of sample"):
        kit.unpack(made[0], tmp_path / "w", city="sample")
    assert not (tmp_path / "w").exists()
    assert isinstance(run("init", tmp_path / "w").exception, ConfigError)
