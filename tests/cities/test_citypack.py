"""A city pack is files; it says what is wrong with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from industrymap import citypack
from industrymap.errors import CityPackError

if TYPE_CHECKING:
    from pathlib import Path

CARD = """name = "样例市"
division_code = "990200"
crs = "EPSG:4547"
extent = [113.0, 22.0, 114.0, 23.0]
"""
HEADER = "code,name,level,parent_code,aliases,valid_from,valid_to,replaced_by,source\n"
ROWS = "990201,东区,district,990200,,,,,样例\n990201001,一街道,town,990201,,,,,样例\n"


def pack_folder(path: Path, *, card: str = CARD, rows: str = ROWS) -> Path:
    path.mkdir()
    (path / "city.toml").write_text(card, encoding="utf-8")
    (path / "divisions.csv").write_text(HEADER + rows, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", citypack.known())
def test_every_shipped_pack_loads(name: str) -> None:
    pack = citypack.load(name)
    assert pack.pack_id == name
    assert len(pack.current("district")) == 11
    assert pack.zones["name"].is_unique


def test_guangzhou_has_its_176_towns_and_streets() -> None:
    towns = citypack.load("guangzhou").current("town")
    named = towns["name"].str.endswith(("街道", "镇"))
    assert named.sum() == 176
    assert towns["code"].str.fullmatch(r"4401\d{5}").all()


@pytest.mark.parametrize("table", ["divisions", "zones"])
def test_every_row_of_guangzhou_states_a_source_that_can_be_looked_up(table: str) -> None:
    rows = getattr(citypack.load("guangzhou"), table)
    documents = "〔|批复|国家统计局|名录|登记地址|百科|日报|晚报|新快报|沿革|概况|介绍|由来|区政府|报道|看越美|临空中心"
    named = rows["source"].str.contains(documents)
    assert rows.loc[~named, "name"].tolist() == []
    vague = rows["source"].str.contains(r"记忆|不详|未知|推测|大概|可能|\?|？")
    assert rows.loc[vague, "name"].tolist() == []


def test_every_dated_beginning_and_end_has_a_source_of_its_own() -> None:
    units = citypack.load("guangzhou").divisions
    dated = units[(units["valid_from"] != "") | (units["valid_to"] != "")]
    # The code list of 2023 says what there is, not since when.
    bare = dated["source"] == "国家统计局 2023"
    assert dated.loc[bare, "name"].tolist() == []


def test_every_zone_lies_in_districts_that_exist() -> None:
    pack = citypack.load("guangzhou")
    known = set(pack.divisions["code"])
    for codes in (pack.zones["district_codes"], pack.zones["town_codes"]):
        assert {code for text in codes for code in citypack.split(text)} <= known


def test_a_folder_of_ones_own_is_a_pack(tmp_path: Path) -> None:
    pack = citypack.load(pack_folder(tmp_path / "mine"))
    assert (pack.pack_id, pack.name, pack.extent) == ("mine", "样例市", (113.0, 22.0, 114.0, 23.0))
    assert pack.targets is None


def test_an_unknown_pack_names_the_nearest() -> None:
    with pytest.raises(CityPackError, match="guangzhou") as caught:
        citypack.load("guangzou")
    assert "guangzou" in caught.value.zh


def test_an_inheriting_pack_takes_what_it_lacks(tmp_path: Path) -> None:
    folder = pack_folder(tmp_path / "heir", card=CARD + 'inherits = "guangzhou"\n')
    (folder / "standards").mkdir()
    (folder / "standards" / "own.toml").write_text("", encoding="utf-8")
    heir, parent = citypack.load(folder), citypack.load("guangzhou")
    assert heir.taxonomies == parent.taxonomies
    assert set(heir.standards) == {"own", *parent.standards}


def test_another_citys_targets_hold_only_where_a_pack_adopts_them(tmp_path: Path) -> None:
    inherits = CARD + 'inherits = "guangzhou"\n'
    assert citypack.load(pack_folder(tmp_path / "heir", card=inherits)).targets is None
    adopts = pack_folder(tmp_path / "adopts", card=inherits + "adopts_official = true\n")
    assert citypack.load(adopts).targets == citypack.load("guangzhou").targets


def test_a_pack_may_not_inherit_from_itself(tmp_path: Path) -> None:
    folder = pack_folder(tmp_path / "loop", card=CARD + f'inherits = "{tmp_path / "loop"}"\n')
    with pytest.raises(CityPackError, match="inherits from itself"):
        citypack.load(folder)


def test_every_wrong_key_is_named_at_once(tmp_path: Path) -> None:
    card = CARD.replace("extent", "extend") + "colour = 3\n"
    with pytest.raises(CityPackError) as caught:
        citypack.load(pack_folder(tmp_path / "wrong", card=card))
    for part in (
        "unknown key 'extend' (did you mean 'extent')",
        "unknown key 'colour'",
        "extent is missing",
    ):
        assert part in caught.value.en


@pytest.mark.parametrize(
    ("rows", "part"),
    [
        (
            ROWS + "990201001,二街道,town,990201,,,,,样例\n",
            "row 4 ('二街道') has the code 990201001",
        ),
        ("990201001,一街道,town,990209,,,,,样例\n", "names the parent '990209', which no row has"),
        (ROWS + ",旧镇,town,990201,,,2004,990299,样例\n", "names the successor '990299'"),
        (ROWS + ",旧镇,town,990201,,,2004,,样例\n", "has ended and names no successor"),
        (ROWS + "990202,西区,county,990200,,,,,样例\n", "has the level 'county'"),
        (
            "990201,东区,district,990200,,,2001,990202,样例\n990202,西区,district,990200,,,2002,990201,样例\n",
            "is replaced by itself in the end",
        ),
    ],
)
def test_a_table_of_divisions_that_contradicts_itself_is_refused(
    tmp_path: Path, rows: str, part: str
) -> None:
    with pytest.raises(CityPackError) as caught:
        citypack.load(pack_folder(tmp_path / "wrong", rows=rows))
    assert part in caught.value.en


def test_a_pack_without_divisions_says_so(tmp_path: Path) -> None:
    folder = pack_folder(tmp_path / "bare")
    (folder / "divisions.csv").unlink()
    with pytest.raises(CityPackError, match=r"lacks bare/divisions\.csv"):
        citypack.load(folder)


def test_codes_keep_their_zeros(tmp_path: Path) -> None:
    rows = "010100,零区,district,010000,,,,,样例\n"
    pack = citypack.load(pack_folder(tmp_path / "zero", rows=rows))
    assert pack.divisions["code"].tolist() == ["010100"]


def test_the_country_is_known_by_its_provinces() -> None:
    table = pd.DataFrame(citypack.provinces(), columns=["province", "short", "prefectures"])
    assert len(table) == 34
    assert table["province"].is_unique
