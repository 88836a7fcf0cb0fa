"""Labels: the traps of real names, official list over rule over own word, rules a planner edits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from industrymap import citypack, tagging
from industrymap.errors import ConfigError, RuleError

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = (
    "name",
    "industry_code",
    "main_product",
    "business_scope",
    "cluster_declared",
    "tier_declared",
    "uscc",
)


def firms(*rows: dict[str, Any]) -> pd.DataFrame:
    frame = pd.DataFrame([{name: row.get(name) for name in TEXTS} for row in rows]).astype("string")
    frame["enterprise_id"] = pd.array([f"e{n}" for n in range(len(rows))], dtype="string")
    frame["uscc_status"] = (
        frame["uscc"].notna().map({True: "valid", False: "missing"}).astype("string")
    )
    frame["revenue_10k_cny"] = pd.array([row.get("revenue") for row in rows], dtype="Float64")
    frame["source"], frame["source_row"] = "a.csv", range(2, 2 + len(rows))
    return frame


def tag(*rows: dict[str, Any], **choices: Any) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    return tagging.tag(firms(*rows), pack=citypack.load("guangzhou"), **choices)


def labels(taxonomy: str, **row: Any) -> list[str]:
    tags = tag(row)[1]
    return tags[tags["taxonomy"] == taxonomy]["label_id"].astype(str).tolist()


def official(
    label: str, *names: str, taxonomy: str = "tiers", **choices: Any
) -> tagging.OfficialList:
    frame = pd.DataFrame({"name": list(names), "source": "list.xlsx"}).astype("string")
    return tagging.OfficialList(
        frame=frame.assign(source_row=range(2, 2 + len(names))),
        taxonomy=taxonomy,
        label=label,
        **choices,
    )


@pytest.mark.parametrize(
    ("row", "wanted"),
    [
        ({"name": "某生物质能源有限公司", "main_product": "生物质颗粒"}, []),
        ({"name": "广州航空货运有限公司"}, []),
        ({"name": "某车灯有限公司", "main_product": "车灯"}, ["auto"]),
        ({"name": "某照明有限公司", "industry_code": "3670", "main_product": "汽车车灯总成"}, ["auto"]),
        ({"name": "某汽车销售服务有限公司"}, []),
        ({"name": "某汽车维修厂"}, []),
        ({"name": "某商贸有限公司", "main_product": "化妆品", "industry_code": "5134"}, []),
        ({"name": "某贸易有限公司", "business_scope": "汽车零部件制造;医疗器械生产;服装制造"}, []),
        ({"name": "某实业有限公司", "business_scope": "汽车零部件制造;液晶显示模组生产"}, ["auto"]),
        ({"name": "某定制衣柜有限公司"}, ["consumer.home"]),
        ({"name": "某木工机械有限公司", "industry_code": "3524", "main_product": "数控家具机械"}, ["equip.smart"]),
        ({"name": "某农药有限公司", "industry_code": "2632", "main_product": "农药、医药中间体"}, ["biomed"]),
        ({"name": "某塑料有限公司", "industry_code": "2929", "main_product": "汽车内饰件"}, ["auto"]),
        ({"name": "某塑料有限公司", "industry_code": "2926", "main_product": "汽车内饰件"}, []),
        ({"name": "某电子有限公司", "industry_code": "39", "main_product": "液晶显示模组"}, ["uhd"]),
        ({"name": "某光学有限公司", "industry_code": "3985", "main_product": "偏光片"}, ["newmat", "uhd"]),
    ],
)  # fmt: skip
def test_clusters_of_2019(row: dict[str, str], wanted: list[str]) -> None:
    assert labels("clusters2019", **row) == wanted


@pytest.mark.parametrize(
    ("product", "wanted"),
    [
        ("VR头显", ["f.vrar"]),
        ("AR眼镜", ["f.vrar"]),
        ("CAR音响", []),
        ("5G小基站天线", ["f.5g"]),
        ("15G硬盘", []),
        ("量子能量水杯", []),
        ("量子通信终端", ["f.quantum"]),
    ],
)
def test_future_industries_need_whole_words(product: str, wanted: list[str]) -> None:
    assert labels("future9", name="某公司", main_product=product) == wanted


def test_ai_needs_a_boundary() -> None:
    assert labels("p12218", name="某公司", main_product="AI芯片") == ["l.ai"]
    assert labels("p12218", name="MAIN LAI有限公司") == []


def test_evidence_stands_beside_every_label() -> None:
    tags = tag({"name": "某塑料有限公司", "industry_code": "2929", "main_product": "汽车内饰件"})[1]
    row = tags[tags["taxonomy"] == "clusters2019"].iloc[0]
    assert (row["rule_id"], row["matched"], row["source"]) == (
        "auto.code_kw",
        "industry_code=2929; main_product=汽车",
        "rule",
    )
    assert row["confidence"] == 0.8
    assert bool(row["primary"])


def test_code_beats_code_with_keyword_for_the_primary_label() -> None:
    frame, _, _ = tag({"name": "某光学有限公司", "industry_code": "3985", "main_product": "偏光片"})
    assert frame["cluster"].tolist() == ["新材料"]
    assert frame["clusters"].tolist() == ["新材料;超高清视频及新型显示"]


def test_branches_are_labels_and_the_column_holds_the_cluster() -> None:
    frame, _, _ = tag({"name": "某乳业有限公司", "industry_code": "1440"})
    assert (frame["cluster"].iloc[0], frame["clusters"].iloc[0]) == (
        "都市消费工业",
        "都市消费工业/绿色食品",
    )


def test_official_list_beats_rule_beats_own_word() -> None:
    row = {"name": "甲有限公司", "industry_code": "3670", "cluster_declared": "生物医药"}
    frame, _, found = tag(row)
    assert frame["cluster"].tolist() == ["汽车"]
    assert "tag.declared_differs" in found["rule"].tolist()
    listed = official("新材料", "甲有限公司", taxonomy="clusters2019")
    frame, tags, _ = tag(row, lists=[listed])
    assert frame["clusters"].tolist() == ["新材料;汽车"]
    assert tags[tags["primary"] & (tags["taxonomy"] == "clusters2019")]["source"].astype(
        str
    ).tolist() == ["official_list"]


def test_own_word_counts_where_nothing_else_speaks() -> None:
    _, tags, _ = tag({"name": "甲有限公司", "cluster_declared": "新材料产业"})
    assert tags[tags["taxonomy"] == "clusters2019"]["source"].astype(str).tolist() == [
        "self_declared"
    ]


def test_naming_the_cluster_of_a_branch_is_agreement() -> None:
    _, _, found = tag(
        {"name": "某乳业", "industry_code": "1440", "cluster_declared": "都市消费工业"}
    )
    assert found.empty


def test_a_declared_tier_stands_until_its_list_is_given() -> None:
    row = {"name": "甲有限公司", "tier_declared": "高企、小巨人；冠军之王"}
    frame, _, found = tag(row)
    assert frame["tiers"].tolist() == ["专精特新“小巨人”企业;高新技术企业"]
    assert found["rule"].tolist() == ["tag.declared_unknown"]
    frame, _, found = tag(row, lists=[official("高新技术企业", "乙有限公司")])
    assert frame["tiers"].tolist() == ["专精特新“小巨人”企业"]
    assert "tag.declared_refuted" in found["rule"].tolist()


def test_a_list_names_unknown_firms_one_line_each() -> None:
    _, _, found = tag(
        {"name": "甲有限公司"}, lists=[official("小巨人", "甲有限公司", "无此公司", "也无此公司")]
    )
    lines = found[found["rule"] == "list.unknown_firm"]
    assert list(zip(lines["row"], lines["value"], strict=True)) == [
        (3, "无此公司"),
        (4, "也无此公司"),
    ]


def test_a_name_that_several_firms_bear_is_not_guessed() -> None:
    _, tags, found = tag(
        {"name": "甲有限公司"}, {"name": "甲有限公司"}, lists=[official("小巨人", "甲有限公司")]
    )
    assert (tags["taxonomy"] == "tiers").sum() == 0
    assert "list.ambiguous_name" in found["rule"].tolist()


def test_a_list_with_an_unknown_label_is_one_clear_line() -> None:
    _, _, found = tag({"name": "甲有限公司"}, lists=[official("超级巨人", "甲有限公司")])
    assert found["rule"].tolist() == ["list.unknown_label"]


def test_lists_hold_in_their_years_only() -> None:
    listed = official("小巨人", "甲有限公司", valid_from="2020-01-01", valid_to="2022-12-31")
    assert tag({"name": "甲有限公司"}, lists=[listed], year=2022)[0]["tiers"].notna().all()
    frame, _, found = tag({"name": "甲有限公司"}, lists=[listed], year=2023)
    assert frame["tiers"].isna().all()
    assert found["rule"].tolist() == ["list.expired"]


def test_three_batches_of_enterprises_follow_revenue_and_activity() -> None:
    assert labels("three_batches", name="甲机械厂", industry_code="3670", revenue=50000) == [
        "backbone"
    ]
    assert labels("three_batches", name="甲机械厂", industry_code="3670", revenue=1999) == [
        "raise_to_scale"
    ]
    assert labels("three_batches", name="甲贸易", industry_code="5134", revenue=50000) == []


def own_rules(folder: Path, *lines: str) -> Path:
    path = folder / "clusters2019.rules.csv"
    path.write_text(
        "rule_id,label_id,when,codes,keywords,fields,where,confidence\n" + "\n".join(lines) + "\n",
        encoding="utf-8",
    )
    return path


def test_a_planners_own_rules_replace_the_packs(tmp_path: Path) -> None:
    path = own_rules(tmp_path, "mine,newmat,keyword,,魔法材料,,,0.7")
    frame, tags, found = tag(
        {"name": "魔法材料厂"}, {"name": "某厂", "industry_code": "3670"}, rules=path
    )
    assert frame["cluster"].tolist()[0] == "新材料"
    assert pd.isna(frame["cluster"].iloc[1])
    assert found.empty
    assert "mine" in tags["rule_id"].astype(str).tolist()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("r,nowhere,code,36,,,,", "nowhere"),
        ("r,auto,sometimes,36,,,,", "sometimes"),
        ("r,auto,code,X1,,,,", "X1"),
        ("r,auto,code,,,,,", "no codes"),
        ("r,auto,keyword,,,,,", "no keywords"),
        ("r,auto,keyword,,车,colour,,", "colour"),
        ("r,auto,keyword,,车,business_scope,,", "never decides alone"),
        ("r,auto,where,,,,nonsense = 1,", "nonsense"),
        ("r,auto,code,36,,,,7", "confidence"),
    ],
)
def test_a_wrong_rule_is_one_clear_line_and_the_others_work(
    tmp_path: Path, line: str, said: str
) -> None:
    path = own_rules(tmp_path, line, "good,auto,code,3670,,,,")
    frame, _, found = tag({"name": "某厂", "industry_code": "3670"}, rules=path)
    assert frame["cluster"].tolist() == ["汽车"]
    lines = found[found["rule"] == "rule.wrong"]
    assert lines["row"].tolist() == [2]
    assert lines["source"].tolist() == ["clusters2019.rules.csv"]
    assert said in lines["en"].iloc[0]


def test_rules_for_a_taxonomy_without_labels_are_refused(tmp_path: Path) -> None:
    path = own_rules(tmp_path, "r,auto,code,36,,,,").rename(tmp_path / "colours.rules.csv")
    with pytest.raises(RuleError, match="colours"):
        tag({"name": "某厂"}, rules=path)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("t,taxonomy,,题\na,,,甲\na,,,乙\n", "occurs twice"),
        ("t,taxonomy,,题\na,,b,甲\n", "does not exist"),
        ("t,taxonomy,,题\na,,b,甲\nb,,a,乙\n", "own ancestor"),
        ("a,,,甲\n", "exactly one row"),
    ],
)
def test_labels_that_contradict_themselves_are_refused(
    tmp_path: Path, rows: str, said: str
) -> None:
    (tmp_path / "t.csv").write_text("label_id,kind,parent_id,zh\n" + rows, encoding="utf-8")
    with pytest.raises(RuleError, match=said):
        tagging.load(tmp_path / "t.csv")


def test_a_users_own_taxonomy_is_two_files(tmp_path: Path) -> None:
    (tmp_path / "colours.csv").write_text(
        "label_id,kind,zh\ncolours,taxonomy,颜色\nred,,红\n", encoding="utf-8"
    )
    (tmp_path / "colours.rules.csv").write_text(
        "rule_id,label_id,when,keywords\nr,red,keyword,红色\n", encoding="utf-8"
    )
    _, tags, _ = tag({"name": "红色工厂"}, rules=tmp_path)
    assert tags[tags["taxonomy"] == "colours"]["label"].astype(str).tolist() == ["红"]


def test_every_shipped_rule_is_sound_and_says_where_it_comes_from() -> None:
    for taxonomy in tagging.load_all(citypack.load("guangzhou")):
        assert taxonomy.issues.empty
        assert taxonomy.source
        assert all(label.source or taxonomy.source for label in taxonomy.labels)
        assert all(rule.source for rule in taxonomy.rules)


def test_the_facts_of_the_plan_stand_in_the_pack() -> None:
    pack = citypack.load("guangzhou")
    by_id = {t.taxonomy_id: t for t in tagging.load_all(pack)}
    assert len([k for k in by_id["clusters2019"].labels if not k.parent_id]) == 6
    assert len(by_id["future9"].labels) == 9
    leaves = [k for k in by_id["p12218"].labels if k.parent_id and k.parent_id != "future"]
    assert len(leaves) == 15
    targets = pd.read_csv(pack.folder / "targets.csv").set_index(["taxonomy", "label_id"])["value"]
    assert targets["clusters2019"].to_dict() == {
        "auto": 6000,
        "uhd": 2300,
        "newmat": 3000,
        "consumer": 2000,
        "equip": 1200,
        "biomed": 1000,
    }


def test_explain_says_why_and_why_not() -> None:
    frame = firms(
        {"name": "某汽车销售有限公司", "industry_code": "5261", "main_product": "汽车零售"}
    )
    lines = tagging.explain(frame, "汽车销售", pack=citypack.load("guangzhou"))
    said = [line.zh for line in lines]
    assert any("经济活动类型：批发和零售业" in text for text in said)
    assert any(text.startswith("未标") and "汽车销售" in text for text in said)
    with pytest.raises(ConfigError, match="No firm"):
        tagging.explain(frame, "没有这家", pack=citypack.load("guangzhou"))


def test_an_empty_frame_is_labelled_too() -> None:
    frame, tags, found = tagging.tag(firms({"name": "甲"}).head(0), pack=citypack.load("guangzhou"))
    assert frame.empty
    assert tags.empty
    assert found.empty
    assert list(tags.columns) == tagging.TAG_COLUMNS
