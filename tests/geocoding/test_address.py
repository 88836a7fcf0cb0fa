"""Addresses are read into their parts; nothing is guessed."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from industrymap import citypack
from industrymap.geocoding import Address, Gazetteer, match, parse, parse_all
from industrymap.geocoding.address._elements import TAGS, elements, house_number
from industrymap.geocoding.address._normalise import normalise

CITY = "广州市"


@pytest.fixture(scope="module")
def city() -> Gazetteer:
    return Gazetteer.build(citypack.load("guangzhou"))


def divisions(address: Address, city: Gazetteer) -> tuple[str | None, str | None]:
    return city.divisions.names.get(address.district_code or ""), city.divisions.names.get(
        address.town_code or ""
    )


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("广州市　天河区", "广州市天河区"),
        ("１２号Ａ座", "12号A座"),
        ("廣州市蘿崗區", "广州市萝岗区"),
        ("八十八号", "88号"),
        ("一百零五号", "105号"),
        ("五五〇号", "550号"),
        ("廿三楼", "23楼"),
        ("五、六号楼", "5、6号楼"),
        ("中山6路", "中山六路"),
        ("科汇金谷3街3号", "科汇金谷三街3号"),
        ("第12横路", "第十二横路"),
        ("【A】〔B〕", "(A)(B)"),
        ("12－14—16号", "12-14-16号"),
        ("a座", "A座"),
        ("三元里大道", "三元里大道"),
        ("十三行路", "十三行路"),
        ("\u200b广州\u202e", "广州"),
    ],
)
def test_one_spelling_for_one_address(text: str, plain: str) -> None:
    assert normalise(text) == plain


def test_a_full_address_is_split_in_the_order_of_the_tags(city: Gazetteer) -> None:
    text = "广东省广州市黄埔区科学城联和街道科学大道99号科汇金谷三街3号创新大厦B座2单元5楼501房"
    parts = parse(text, city).components
    assert parts == {
        "prov": "广东省",
        "city": "广州市",
        "district": "黄埔区",
        "devzone": "科学城",
        "town": "联和街道",
        "road": "科学大道",
        "roadno": "99号",
        "subroad": "科汇金谷三街",
        "subroadno": "3号",
        "poi": "创新大厦",
        "houseno": "B座",
        "cellno": "2单元",
        "floorno": "5楼",
        "roomno": "501房",
    }
    assert [tag for tag in TAGS if tag in parts] == list(parts)


@pytest.mark.parametrize(
    ("tail", "parts"),
    [
        ("石槎路自编8号", {"road": "石槎路", "houseno": "自编8号"}),
        ("建设六马路33号之三", {"road": "建设六马路", "roadno": "33号之三"}),
        ("科学大道中99号", {"road": "科学大道中", "roadno": "99号"}),
        ("105国道旁", {"road": "105国道", "assist": "旁"}),
        ("谢家庄村一社", {"village": "谢家庄村"}),
        ("天河路518", {"road": "天河路", "roadno": "518"}),
        ("东风西路142号首、2层", {"road": "东风西路", "roadno": "142号", "floorno": "首、2层"}),
    ],
)
def test_what_stands_behind_the_divisions(tail: str, parts: dict[str, str]) -> None:
    found = elements(tail)
    assert {tag: found.get(tag) for tag in parts} == parts


def test_a_self_assigned_number_is_no_house_number() -> None:
    assert house_number("科丰路自编3号", 3) == 0
    assert house_number("科丰路31-33号", 3) == 31


@pytest.mark.parametrize(
    ("text", "issues"),
    [
        ("广州市萝岗区科学大道1号", {"superseded"}),
        ("广州市天河区石井街道石槎路1号", {"conflict", "missing"}),
        ("贵州省贵阳市白云区云峰大道1号", {"out_of_city"}),
        ("瑞科二路18号", {"missing"}),
        ("广州市白云区", {"vague"}),
        ("广州市天河区中山大道与车陂路交叉口", {"relative"}),
        ("广州市广州市天河区体育西路1号", {"redundant"}),
        ("广州市越秀区解放北路1号", set()),
    ],
)
def test_what_is_wrong_is_said(text: str, issues: set[str], city: Gazetteer) -> None:
    assert set(parse(text, city).issues) == issues


def test_a_contradiction_places_nothing_and_lists_both(city: Gazetteer) -> None:
    found = parse("广州市天河区石井街道石槎路1号", city)
    assert divisions(found, city) == (None, None)
    assert found.candidates == ("天河区｜440106", "石井街道｜440111014")


def test_a_former_town_that_was_split_lists_todays(city: Gazetteer) -> None:
    found = parse("广州市黄埔区九龙镇九佛建设路", city)
    assert divisions(found, city) == ("黄埔区", None)
    assert [c.split("｜")[0] for c in found.candidates] == ["九佛街道", "龙湖街道", "新龙镇"]


def test_one_name_in_two_districts_follows_the_district(city: Gazetteer) -> None:
    assert divisions(parse("天河区新塘街", city), city) == ("天河区", "新塘街道")
    assert divisions(parse("增城区新塘镇", city), city) == ("增城区", "新塘镇")
    assert divisions(parse("新塘镇港口大道", city), city) == ("增城区", "新塘镇")


def test_a_zone_that_lies_in_several_districts_decides_none(city: Gazetteer) -> None:
    found = parse("广州高新技术产业开发区科学大道1号", city)
    assert found.district_code is None
    assert len(found.candidates) == 5


def test_the_bare_city_is_no_place(city: Gazetteer) -> None:
    for text in ("广州", "广州市", "广东省广州市", "广州大道中1号"):
        assert divisions(parse(text, city), city) == (None, None)


def test_equal_texts_are_read_once(city: Gazetteer) -> None:
    one, two, three = parse_all(["广州市天河区", "广州市天河区", None], city)
    assert one is two
    assert three.issues == ("missing", "vague")


def test_a_remark_that_names_another_district_contradicts(city: Gazetteer) -> None:
    assert "conflict" in parse("广州市天河区（越秀区）体育西路1号", city).issues


@pytest.mark.parametrize(
    "text",
    [
        "天河区体育西路1号番禺区石楼镇港前路2号",
        "广州市天河区体育西路1号，番禺区石楼镇港前路2号",
        "广州市天河区体育西路1号；厂址：番禺区石楼镇港前路2号",
        "白云德康路1号之一石楼镇港前路2号",
        "广州市天河区体育西路1号 石楼镇港前路2号",
        "注册地址：天河区体育西路1号 经营地址：番禺区港前路2号",
        "广州市天河区体育西路1号(生产地址：番禺区石楼镇港前路2号)",
        "广州市天河区体育西路1号（一址多照：番禺区石楼镇港前路2号）",
        "广州市天河区体育西路1号；广州市越秀区北京路2号",
        "广州市天河区某大学科技园（番禺校区）",
        "注册地：广州市天河区体育西路1号 经营地：佛山市禅城区人民路2号",
        # without brackets, without suffix, or only announced as a site
        "广州市花都区炭步镇 佛山市三水区乐平",
        "广州市白云区钟落潭镇、东莞市",
        "（办公）广州市天河区体育西路1号（车间）广州市黄埔区东区经济区",
        "广州市越秀区北京路2号；白云区夏茅新村",
        "广州市越秀区北京路 广州市花都",
        "广州市越秀区北京路2号 从化",
        "广州市越秀区北京路2号 番禺石楼",
        "越秀北京/番禺石楼",
        "广州市海珠区新港路2号 工厂：狮岭",
        "广州市海珠区新港路（仓库在石楼）",
        "越秀区北京路2号某公司（花都厂）",
    ],
)
def test_two_addresses_in_one_cell_are_a_conflict_in_every_form(text: str, city: Gazetteer) -> None:
    found = parse(text, city)
    assert "conflict" in found.issues
    assert divisions(found, city) == (None, None)
    assert found.candidates


def test_two_towns_of_one_district_are_a_conflict_that_keeps_the_district(city: Gazetteer) -> None:
    found = parse("广州市番禺区石楼镇赤岗村；番禺区石碁镇官涌村", city)
    assert "conflict" in found.issues
    assert divisions(found, city) == ("番禺区", None)


@pytest.mark.parametrize(
    "text",
    [
        "广州市天河区体育西路1号；广州市天河区体育西路1号",
        "注册地址：广州市天河区体育西路1号 经营地址：同上",
        "经营地址：广州市天河区体育西路1号",
        "广州市天河区体育西路1号（番禺大厦）",
        "广州市天河区体育西路1号番禺区供销社大楼",
        "广州市天河区体育西路1号花都区分局旁",
    ],
)
def test_one_address_said_twice_is_none(text: str, city: Gazetteer) -> None:
    found = parse(text, city)
    assert "conflict" not in found.issues
    assert divisions(found, city)[0] == "天河区"


def test_two_addresses_in_one_district_keep_the_district(city: Gazetteer) -> None:
    found = parse("番禺区石楼镇港前路2号 石碁镇岐山路3号", city)
    assert "conflict" in found.issues
    assert divisions(found, city) == ("番禺区", None)


def test_a_pack_without_a_province_lies_in_the_one_the_country_lists() -> None:
    pack = replace(citypack.load("guangzhou"), province="", province_aliases=(), city_aliases=())
    bare = Gazetteer.build(pack)
    for text in ("广东省广州市天河区五山路1号", "广东广州天河区五山路1号", "广东省天河区五山路1号"):
        assert divisions(parse(text, bare), bare)[0] == "天河区"
    assert "out_of_city" in parse("湖南省长沙市天心区五一路1号", bare).issues


def test_a_misspelt_district_is_taken_only_where_nothing_else_fits(city: Gazetteer) -> None:
    found = parse("广州市番愚区石楼大道1号", city)
    assert divisions(found, city)[0] == "番禺区"
    assert found.issues == ("misspelt",)
    # Right behind its own city only: elsewhere 黄浦区 is a district of Shanghai.
    assert divisions(parse("黄浦区南京东路1号", city), city) == (None, None)
    assert parse("广州市天河区黄浦大道1号", city).issues == ()


@pytest.mark.parametrize(
    ("text", "district"),
    [("广州市番愚区大石街道1号", "番禺区"), ("番愚区大石街道", "番禺区"), ("白去区太和镇", "白云区"), ("花郡区狮岭", "花都区")],
)  # fmt: skip
def test_a_misspelt_district_before_its_town_is_said_too(
    text: str, district: str, city: Gazetteer
) -> None:
    found = parse(text, city)
    assert divisions(found, city)[0] == district
    assert "misspelt" in found.issues


def test_a_district_next_to_the_city_is_no_misspelt_one_of_its_own(city: Gazetteer) -> None:
    found = parse("广州市南海区桂城街道1号", city)
    assert divisions(found, city) == (None, None)
    assert "misspelt" not in found.issues


@pytest.mark.parametrize("text", ["中山大学南校区", "中山大学北校区实验楼", "中山纪念堂"])
def test_what_is_called_after_another_city_is_not_in_it(text: str, city: Gazetteer) -> None:
    assert "out_of_city" not in parse(text, city).issues


@pytest.mark.parametrize(
    "text",
    ["广州市黄埔区开发区加工区北片", "广州市番禺区石楼镇石碁路3号", "广州市增城区新塘镇（东莞市交界）", "番禺区石楼镇工业一路加工厂"],
)  # fmt: skip
def test_a_word_for_a_site_alone_is_no_second_address(text: str, city: Gazetteer) -> None:
    assert "conflict" not in parse(text, city).issues


def test_a_village_that_moved_takes_the_address_with_it(city: Gazetteer) -> None:
    placed = match(pd.Series(["增城区新塘镇贤江村", "黄埔区贤江村", "贤江村"], dtype=object), city)
    assert placed["town_code"].tolist() == ["440112015", "440112015", pd.NA]
    assert placed["geocode_issues"].tolist() == ["superseded", pd.NA, "missing"]


def test_a_village_is_not_read_out_of_a_roads_name(city: Gazetteer) -> None:
    placed = match(pd.Series(["白云区夏茅村大道3号"], dtype=object), city)
    assert placed["town_code"].isna().all()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("中山大学东校园（广州市天河区体育西路1号）", "天河区"),
        ("香港科技大学（广州），广州市番禺区港前路1号", "番禺区"),
        ("某大学番禺校区，广州市番禺区港前路1号", "番禺区"),
        ("某大学北校区，广州市番禺区港前路1号", "番禺区"),
    ],
)
def test_the_name_of_a_school_before_its_address_is_no_address(
    text: str, expected: str, city: Gazetteer
) -> None:
    answer = parse(text, city)
    assert divisions(answer, city)[0] == expected
    assert not {"conflict", "out_of_city"} & set(answer.issues)


def test_a_school_of_another_city_and_a_site_in_another_district_are_noticed(
    city: Gazetteer,
) -> None:
    assert "out_of_city" in parse("佛山科学技术学院江湾一路18号", city).issues
    assert "conflict" in parse("某大学番禺校区，广州市天河区体育西路1号", city).issues
