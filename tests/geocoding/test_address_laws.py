"""Laws that hold for any text: no error, one normal form, order and noise do not move an address."""

from __future__ import annotations

from functools import cache

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from industrymap import citypack
from industrymap.geocoding import Gazetteer, match, parse
from industrymap.geocoding.address import ISSUES
from industrymap.geocoding.address._ambiguous import resolve_ambiguous
from industrymap.geocoding.address._divisions import read_plain
from industrymap.geocoding.address._normalise import normalise

PIECES = (
    "广州市", "广州", "广东省", "天河区", "白云区", "天河", "白云", "萝岗区", "番禺市", "增城",
    "石井街道", "石井街", "石井镇", "石井", "新塘镇", "东涌镇", "市桥", "科学城", "开发区",
    "经济技术开发区", "知识城", "珠江新城", "深圳市", "贵阳市", "北京", "中山", "中山大道西",
    "北京路", "广州大道", "天河路", "科学大道", "路", "街", "大道", "村", "99号", "自编3号",
    "之一", "5楼", "501房", "A座", "（仅限办公）", "（原东山区）", "(", ")", ",", "；",
    "/", "、", "-", "旁", "交叉口", "１２", "廿三", "號", "區", "Road",
    "District", "No.", "Tianhe", "😀", "\u200b", "\n",
)  # fmt: skip
DISTRICTS = (
    "荔湾区",
    "越秀区",
    "海珠区",
    "天河区",
    "白云区",
    "黄埔区",
    "番禺区",
    "花都区",
    "增城区",
)
NOISE = st.text(alphabet=" 　\u200b·\t", max_size=3)
TEXTS = st.one_of(
    st.text(max_size=80),
    st.lists(st.sampled_from(PIECES), max_size=12).map("".join),
    st.lists(st.sampled_from(PIECES), max_size=5).map(" ".join),
)


@cache
def city() -> Gazetteer:
    road = {
        "kind": "road",
        "name": "科学大道",
        "district_code": "440112",
        "lon": 113.45,
        "lat": 23.16,
    }
    house = road | {"kind": "address", "name": "", "road": "科学大道", "number": "99号"}
    village = {"kind": "village", "name": "石井村", "town_code": "440111014"}
    return Gazetteer.build(citypack.load("guangzhou"), extra=[pd.DataFrame([road, house, village])])


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_reading_never_raises(text: str) -> None:
    found = parse(text, city())
    assert set(found.issues) <= set(ISSUES)
    assert found.town_code is None or found.district_code is not None


@settings(max_examples=80, deadline=None)
@given(st.lists(TEXTS, max_size=4))
def test_matching_never_raises_and_keeps_the_rows(texts: list[str]) -> None:
    addresses = pd.Series(texts, index=range(10, 10 + len(texts)), dtype=object)
    placed = match(addresses, city())
    assert placed.index.tolist() == addresses.index.tolist()
    there = placed["lon"].notna()
    assert (there == placed["geocode_level"].notna()).all()
    assert (there == placed["geocode_radius_m"].notna()).all()


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_normalising_twice_equals_once(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_ordinary_addresses_are_read_as_careful_reading_does(text: str) -> None:
    plain = normalise(text)
    tokens = city().spellings.find(plain)
    ordinary = read_plain(plain, tokens, city().spellings)
    assert ordinary is None or ordinary == resolve_ambiguous(plain, tokens, city().spellings)


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from(DISTRICTS),
    st.permutations(["广东省", "广州市", "{district}", "无名二路3号", "5楼"]),
    st.lists(NOISE, min_size=6, max_size=6),
)
def test_order_and_noise_do_not_change_the_district(
    district: str, order: list[str], noise: list[str]
) -> None:
    parts = [part.format(district=district) for part in order]
    text = "".join(gap + part for gap, part in zip(noise, parts, strict=False)) + noise[-1]
    code = next(code for code, name in city().divisions.names.items() if name == district)
    assert parse(text, city()).district_code == code


@pytest.mark.parametrize(
    "text", [None, float("nan"), 12, "", " ", "\x00", "一" * 5000, "(" * 999, "号" * 999]
)
def test_odd_input_is_an_address_that_says_nothing(text: object) -> None:
    found = parse(text, city())  # type: ignore[arg-type]
    assert (found.district_code, found.town_code) == (None, None)
