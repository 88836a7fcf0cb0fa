"""Two workspaces in one process: each is read by the schemas it brings, whichever was loaded last."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
import shapely
from tiny_workspace import tiny_workspace

from industrymap import citypack, pipeline, schemas, workspace

if TYPE_CHECKING:
    from pathlib import Path

    from industrymap.workspace import Workspace

FIRMS = "企业名称,地址\n甲厂,样例路1号\n"


def with_sheds(folder: Path, *rows: str) -> Workspace:
    """Load a workspace that brings a schema and a layer of sheds with one field of its own."""
    tiny_workspace(folder, FIRMS)
    (folder / "schemas").mkdir()
    head = "name,dtype,unit,zh,en"
    text = "\n".join([head, "shed_id,str,,编号,Id", *rows])
    (folder / "schemas" / "sheds.csv").write_text(text, encoding="utf-8")
    config = folder / "industrymap.toml"
    entry = '\n[layers.sheds]\nfile = "sheds.geojson"\n'
    config.write_text(config.read_text(encoding="utf-8") + entry, encoding="utf-8")
    columns = {"编号": ["S1"], "冷藏": ["有"], "净高": ["9.5"]}
    frame = gpd.GeoDataFrame(columns, geometry=[shapely.box(114, 26, 114.01, 26.01)], crs=4326)
    frame.to_file(folder / "sheds.geojson")
    return workspace.load(folder)


def read(space: Workspace) -> gpd.GeoDataFrame:
    state = pipeline.State.of(space, citypack.load(space.city))
    return pipeline.STAGES["read"](state, lambda _done, _total: None).layers["sheds"]


@pytest.fixture
def two(tmp_path: Path) -> tuple[Workspace, Workspace]:
    first = with_sheds(tmp_path / "a", "cooling,str,,冷藏,Cooling")
    second = with_sheds(tmp_path / "b", "height_m,float,米,净高,Height")
    return first, second


def test_each_workspace_is_read_by_its_own_schema(two: tuple[Workspace, Workspace]) -> None:
    first, second = two
    assert read(first)["cooling"].tolist() == ["有"]
    assert read(second)["height_m"].tolist() == [9.5]


def test_what_one_workspace_brings_is_not_known_to_the_next(tmp_path: Path) -> None:
    with_sheds(tmp_path / "a", "cooling,str,,冷藏,Cooling")
    assert schemas.layer("sheds") is not None
    workspace.load(tiny_workspace(tmp_path / "b", FIRMS))
    assert schemas.layer("sheds") is None
    assert "sheds" not in schemas.names()


def test_a_workspace_in_force_gives_way_to_the_one_before(two: tuple[Workspace, Workspace]) -> None:
    first, _ = two
    with schemas.in_force(first.own):
        assert schemas.field("sheds", "cooling").zh == "冷藏"
    assert [f.name for f in schemas.fields("sheds")][:2] == ["shed_id", "height_m"]
