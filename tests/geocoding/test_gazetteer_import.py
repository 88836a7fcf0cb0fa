"""Gazetteer files: what they may say, and how they are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from shapely.geometry import LineString, box

from industrymap import citypack
from industrymap.cli import cli
from industrymap.datum import convert
from industrymap.errors import GazetteerError
from industrymap.geocoding import Gazetteer, match
from industrymap.geocoding.gazetteer.imports import read, read_folder, write

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "编号,类别,名称,别名,上级编号,区,镇街,道路,门牌号,经度,纬度,坐标系"
HERE = "113.45,23.16,WGS84"


def table(path: Path, *lines: str, header: str = HEADER) -> Path:
    path = path / "places.csv"
    path.write_text("\n".join((header, *lines)) + "\n", encoding="utf-8")
    return path


def names(places: pd.DataFrame) -> list[str]:
    return places["name"].tolist()


def test_a_table_of_places_is_read(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        f"1,道路,样例大道,老样例路,,黄埔区,联和街道,,,{HERE}",
        f"2,门牌,,,,黄埔,联和街,样例大道,9号,{HERE}",
        f"3,村,样例村,,,,萝岗街道,,,{HERE}",
    )
    places, issues = read(path, pack=citypack.load("guangzhou"))
    assert places["kind"].tolist() == ["road", "address", "village"]
    assert places["town_code"].tolist() == ["440112014", "440112014", "440112012"]
    assert places["district_code"].unique().tolist() == ["440112"]
    assert len(issues) == 0


def test_every_row_may_have_its_own_datum(tmp_path: Path) -> None:
    x, y = convert(np.array([113.45]), np.array([23.16]), source="wgs84", target="gcj02")
    path = table(
        tmp_path,
        f"1,楼,甲大厦,,,黄埔区,,,,{x[0]},{y[0]},GCJ-02",
        f"2,楼,乙大厦,,,黄埔区,,,,{HERE}",
    )
    places, _ = read(path, pack=citypack.load("guangzhou"))
    assert np.ptp(places["lon"]) < 1e-7


def test_a_standard_address_table_is_split(tmp_path: Path) -> None:
    header = "标准地址,经度,纬度,坐标系"
    path = table(
        tmp_path,
        f"广东省广州市黄埔区联和街道样例大道9号,{HERE}",
        f"广州市黄埔区联和街道样例村,{HERE}",
        header=header,
    )
    places, _ = read(path, pack=citypack.load("guangzhou"))
    assert places[["kind", "road", "number", "name"]].to_numpy().tolist() == [
        ["address", "样例大道", "9号", ""],
        ["village", "", "", "样例村"],
    ]


def test_a_layer_is_read_whatever_else_it_holds(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame(
        {"name": ["样例大道", "样例园"], "kind": ["road", "park"], "lanes": [4, 0]},
        geometry=[LineString([(113.44, 23.16), (113.46, 23.16)]), box(113.44, 23.1, 113.45, 23.11)],
        crs="EPSG:4326",
    )
    path = tmp_path / "osm.gpkg"
    frame.to_file(path, layer="roads")
    places, _ = read(path, pack=citypack.load("guangzhou"))
    assert places["kind"].tolist() == ["road", "park"]
    assert places["geometry"].notna().all()


def test_a_place_takes_its_division_from_its_parents(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        f"V1,村,样例村,,440112014,,,,,{HERE}",
        f"B1,楼,样例大厦,,V1,,,,,{HERE}",
    )
    places, _ = read(path, pack=citypack.load("guangzhou"))
    assert places["town_code"].tolist() == ["440112014", "440112014"]


def test_the_name_of_a_place_that_ended_leads_to_its_successor(tmp_path: Path) -> None:
    header = HEADER + ",废止日期,替代编号"
    path = table(
        tmp_path,
        f"1,道路,新名路,,,黄埔区,联和街道,,,{HERE},,",
        f"2,道路,旧名路,,,黄埔区,联和街道,,,{HERE},2010-01-01,1",
        header=header,
    )
    pack = citypack.load("guangzhou")
    city = Gazetteer.build(pack, extra=[read(path, pack=pack)[0]])
    placed = match(pd.Series(["黄埔区联和街道旧名路"]), city)
    assert placed["geocode_evidence"].tolist() == ["旧名路→黄埔区联和街道新名路"]


def test_swapped_coordinates_are_put_right_and_reported(tmp_path: Path) -> None:
    path = table(tmp_path, "1,楼,甲,,,黄埔区,,,,23.16,113.45,WGS84")
    places, issues = read(path, pack=citypack.load("guangzhou"))
    assert places[["lon", "lat"]].to_numpy().tolist() == [[113.45, 23.16]]
    assert "swapped" in issues["en"].iloc[0]


@pytest.mark.parametrize(
    ("lines", "parts"),
    [
        (
            [f"1,楼,甲,,,黄埔区,,,,{HERE}", f"1,楼,乙,,,黄埔区,,,,{HERE}"],
            ("row 3", "already used in row 2"),
        ),
        ([f"1,楼,甲,,9,,,,,{HERE}"], ("row 2", "the parent '9' does not exist")),
        ([f"1,楼,甲,,2,,,,,{HERE}", f"2,楼,乙,,1,,,,,{HERE}"], ("row 2", "its own parent")),
        (["1,楼,甲,,,黄埔区,,,,113.45,23.16,"], ("row 2", "without a datum")),
        (["1,楼,甲,,,黄埔区,,,,113.45,23.16,火星"], ("row 2", "火星")),
        (["1,楼,甲,,,黄埔区,,,,116.4,39.9,WGS84"], ("row 2", "lies outside Guangzhou")),
        (["1,楼,甲,,,黄埔区,,,,444000,2560000,WGS84"], ("row 2",)),
        ([f"1,湖,甲,,,黄埔区,,,,{HERE}"], ("row 2", "the kind '湖' does not exist")),
        ([f"1,楼,甲,,,黄浦区,,,,{HERE}"], ("row 2", "黄浦区", "did you mean 黄埔区")),
        ([f"1,楼,甲,,,黄埔区,石井街道,,,{HERE}"], ("row 2", "石井街道")),
    ],
)
def test_a_file_that_contradicts_itself_is_refused_with_its_row(
    tmp_path: Path, lines: list[str], parts: tuple[str, ...]
) -> None:
    with pytest.raises(GazetteerError) as caught:
        read(table(tmp_path, *lines), pack=citypack.load("guangzhou"))
    assert all(part in caught.value.en for part in parts), caught.value.en
    assert "places.csv" in caught.value.zh


def test_places_that_replace_each_other_in_a_circle_are_refused(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        f"1,道路,甲路,,,黄埔区,,,,{HERE},2010,2",
        f"2,道路,乙路,,,黄埔区,,,,{HERE},2012,1",
        header=HEADER + ",废止日期,替代编号",
    )
    with pytest.raises(GazetteerError, match=r"row 2.*its own successor"):
        read(path, pack=citypack.load("guangzhou"))


def test_an_unknown_column_is_refused_with_what_it_may_have_been(tmp_path: Path) -> None:
    path = table(tmp_path, f"甲,{HERE},7", header="名称,经度,纬度,坐标系,aliasses")
    with pytest.raises(GazetteerError, match=r"header row: unknown columns aliasses \(aliases\?\)"):
        read(path, pack=citypack.load("guangzhou"))


def test_rows_outside_the_city_are_left_out_and_told(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        f"1,楼,甲大厦,,,,,,,{HERE}",
        f"2,楼,乙大厦,,,,,,,{HERE}",
        "3,楼,远方大厦,,,,,,,114.9,23.16,WGS84",
    )
    places, issues = read(path, pack=citypack.load("guangzhou"))
    assert names(places) == ["甲大厦", "乙大厦"]
    assert issues[["row", "rule"]].to_numpy().tolist() == [[4, "gazetteer.outside_city"]]


def test_kept_places_come_back_equal(tmp_path: Path) -> None:
    path = table(tmp_path, f"1,道路,样例大道,,,黄埔区,联和街道,,,{HERE}")
    places, _ = read(path, pack=citypack.load("guangzhou"))
    places["geometry"] = pd.Series([LineString([(113, 23), (113.1, 23)])], dtype=object)
    write(places, tmp_path / "kept", "one")
    (back,) = read_folder(tmp_path / "kept")
    pd.testing.assert_frame_equal(
        back.drop(columns="geometry"), places.drop(columns="geometry"), check_dtype=False
    )
    assert back["geometry"].iloc[0].equals(places["geometry"].iloc[0])
    assert read_folder(tmp_path / "none") == []


def test_the_command_keeps_places_in_the_workspace(tmp_path: Path) -> None:
    path = table(tmp_path, f"1,道路,样例大道,,,黄埔区,联和街道,,,{HERE}")
    (tmp_path / "industrymap.toml").write_text(
        '[workspace]\ntitle = "样例"\ncity = "guangzhou"\n', encoding="utf-8"
    )
    result = CliRunner().invoke(
        cli, ["--lang", "en", "gazetteer", "import", str(path), "--workspace", str(tmp_path)]
    )
    assert result.exit_code == 0, result.output
    assert "1 place (1 road) kept in" in result.output
    assert names(read_folder(tmp_path / ".industrymap" / "gazetteer")[0]) == ["样例大道"]
