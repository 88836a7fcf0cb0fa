"""What a firm makes, told from what it sells and serves, by its business scope."""

from __future__ import annotations

import pandas as pd
import pytest

from industrymap import citypack, tagging


def labels(name: str, scope: str | None, *, code: str | None = None) -> dict[str, float]:
    frame = pd.DataFrame(
        {"enterprise_id": ["a"], "name": [name], "business_scope": [scope], "industry_code": [code], "source": ["t"], "source_row": [1]},
    ).astype({"name": "string", "business_scope": "string", "industry_code": "string"})  # fmt: skip
    tags = tagging.tag(frame, pack=citypack.load("guangzhou"))[1]
    mine = tags[tags["taxonomy"] == "clusters2019"]
    return dict(zip(mine["label_id"].astype(str), mine["confidence"], strict=True))


@pytest.mark.parametrize(
    ("name", "scope", "wanted"),
    [
        ("广州甲服装有限公司", "机织服装制造;服装批发", ["consumer.fashion"]),
        ("广州甲服装有限公司", "服装批发;服装零售;货物进出口（专营专控商品除外）", []),
        ("广州甲实业有限公司", "销售本公司生产的产品（许可经营的除外）;照明灯具制造", ["consumer.lightaudio"]),
        ("广州甲箱包厂", "生产、加工：箱包、皮具。", ["consumer.fashion"]),
        ("广州甲食品机械厂", "食品、酒、饮料及茶生产专用设备制造", []),
        ("广州甲食品有限公司办事处", "联络本公司业务", []),
        ("广州甲汽车维修有限公司", "汽车维修与保养;汽车零部件及配件制造", []),
        ("广州甲汽车线束有限公司", "电线、电缆制造;汽车零部件及配件制造", ["auto"]),
        ("广州甲电缆有限公司", "电线、电缆制造;汽车零部件及配件制造", []),
        ("广州甲贸易有限公司", "服装批发;机织服装制造", []),
        ("广州甲饲料有限公司", "饲料零售;饲料加工;水产饲料制造", ["consumer.food"]),
        ("广州甲电器有限公司", "电线、电缆制造;家用制冷电器具制造;家用厨房电器具制造", ["consumer.home"]),
    ],
)  # fmt: skip
def test_the_scope_says_what_is_made(name: str, scope: str, wanted: list[str]) -> None:
    assert [*labels(name, scope)] == wanted


def test_it_is_an_inference_with_its_own_source_and_confidence() -> None:
    frame = pd.DataFrame({"enterprise_id": ["a"], "name": ["广州甲公司"], "uscc": [None], "industry_code": [None], "main_product": [None], "business_scope": ["化妆品制造"]}).astype("string")  # fmt: skip
    tags = tagging.tag(frame, pack=citypack.load("guangzhou"))[1]
    row = tags[tags["taxonomy"] == "clusters2019"].iloc[0]
    assert (row["source"], row["matched"]) == ("inferred", "business_scope=化妆品")
    lines = tagging.explain(frame, "甲", pack=citypack.load("guangzhou"))
    assert any("按经营范围推断" in line.zh for line in lines)


def test_confidence_falls_with_what_speaks_against_it() -> None:
    first = labels("广州甲公司", "化妆品制造;化妆品批发")["consumer.cosmetics"]
    second = labels("广州甲公司", "化妆品批发;化妆品制造")["consumer.cosmetics"]
    assert first > second >= 0.5


def test_a_code_says_more_than_a_scope() -> None:
    assert [*labels("广州甲公司", "化妆品制造", code="3670")] == ["auto"]


def test_without_a_scope_the_name_speaks_as_before() -> None:
    assert [*labels("广州甲化妆品有限公司", None)] == ["consumer.cosmetics"]
