"""The filter language: what it accepts, what it refuses, what it says of unknown values."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from industrymap import filters, schemas
from industrymap.errors import FilterError
from industrymap.filters import _nodes as n

VECTORS = json.loads(Path(__file__).with_name("filter_vectors.json").read_text(encoding="utf-8"))
TYPES = {
    "str": "string",
    "float": "Float64",
    "int": "Int64",
    "bool": "boolean",
    "date": "datetime64[s]",
}


def typed(layer: str) -> pd.DataFrame:
    kinds = {f.name: TYPES[f.dtype] for f in schemas.fields(layer)}
    columns = VECTORS["layers"][layer]
    return pd.DataFrame(
        {
            name: pd.Series(values, dtype="object").astype(kinds[name])
            for name, values in columns.items()
        }
    )


PARKS, FIRMS = typed("village_parks"), typed("enterprises")


def rows_of(text: str) -> list[bool | None]:
    mask = filters.parse(text).mask(PARKS, layer="village_parks", relations={"enterprises": FIRMS})
    return [None if pd.isna(v) else bool(v) for v in mask]


@pytest.mark.parametrize("case", VECTORS["accepted"], ids=lambda c: c["text"])
def test_a_filter_gives_the_rows_of_the_shared_vectors(case: dict[str, Any]) -> None:
    assert rows_of(case["text"]) == case["rows"]


@pytest.mark.parametrize("case", VECTORS["accepted"], ids=lambda c: c["text"])
def test_a_bound_filter_is_the_tree_of_the_shared_vectors(case: dict[str, Any]) -> None:
    bound = filters.parse(case["text"]).bind("village_parks")
    assert bound.to_json() == case["bound"]
    again = filters.from_json(case["bound"], layer="village_parks")
    mask = again.mask(PARKS, layer="village_parks", relations={"enterprises": FIRMS})
    assert [None if pd.isna(v) else bool(v) for v in mask] == case["rows"]


@pytest.mark.parametrize("text", VECTORS["refused"])
def test_text_that_is_no_filter_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(FilterError, match="cannot be read") as caught:
        filters.parse(text)
    assert "筛选条件" in caught.value.zh


@pytest.mark.parametrize("case", VECTORS["unresolved"], ids=lambda c: c["text"])
def test_unknown_names_values_units_and_kinds_are_refused(case: dict[str, Any]) -> None:
    with pytest.raises(FilterError) as caught:
        filters.parse(case["text"]).mask(PARKS, layer="village_parks")
    assert (case["nearest"] or "") in caught.value.en
    assert caught.value.zh != caught.value.en


@pytest.mark.parametrize("case", VECTORS["accepted"], ids=lambda c: c["text"])
def test_text_survives_a_round_trip(case: dict[str, Any]) -> None:
    read = filters.parse(case["text"])
    assert filters.parse(read.to_text()) == read


def test_bound_text_means_the_same_rows() -> None:
    for case in VECTORS["accepted"]:
        bound = filters.parse(case["text"]).bind("village_parks")
        assert rows_of(bound.to_text()) == case["rows"], case["text"]


def test_a_column_the_file_does_not_bring_is_unknown_everywhere() -> None:
    assert rows_of("rent_yuan_m2_month > 10") == [None] * 5


def test_unknown_and_false_is_false_unknown_or_true_is_true() -> None:
    assert rows_of("rent_yuan_m2_month > 10 and far > 99") == [False, False, None, False, False]
    assert rows_of("rent_yuan_m2_month > 10 or park_id = P1")[0] is True


def test_a_frame_keeps_only_rows_that_surely_hold() -> None:
    kept = filters.parse("far < 0.85").keep(PARKS, layer="village_parks")
    assert kept["park_id"].tolist() == ["P1", "P5"]


def test_extra_columns_of_a_file_are_fields_too() -> None:
    frame = PARKS.assign(电表数=pd.array([1, 2, 3, 4, 5], dtype="Int64"))
    assert filters.parse("电表数 >= 4").mask(frame, layer="village_parks").sum() == 2


def test_a_layer_without_a_schema_is_filtered_by_its_columns() -> None:
    frame = pd.DataFrame({"kind": pd.array(["a", None], dtype="string")})
    assert filters.parse("kind = a").mask(frame, layer="trees").tolist() == [True, pd.NA]


def test_a_value_that_no_row_has_is_reported_with_those_there_are() -> None:
    related = {"enterprises": FIRMS}
    text = "区 = 白云 且 计数(企业 其中 产业集群 = 化工) > 0 且 区 = 增城区"
    found = filters.parse(text).absent(PARKS, layer="village_parks", relations=related)
    assert [(one.field, one.value) for one in found] == [("cluster", "化工"), ("district", "白云")]
    assert found[1].zh == "区没有取值“白云”。可用：增城区、白云区、黄埔区"
    assert found[1].en.startswith("No District is '白云'. It has")


def test_a_short_word_means_what_lists_show_under_it() -> None:
    for layer, word, name in (
        ("village_parks", "用地面积", "land_area_m2"),
        ("industrial_blocks", "面积", "area_m2"),
        ("enterprises", "产业集群", "cluster"),
        ("enterprises", "所属集群", "cluster_declared"),
    ):
        assert filters.field_named(word, layer=layer) == name


def test_an_ambiguous_name_lists_both() -> None:
    frame = PARKS.assign(**{"FAR ": 1.0})
    with pytest.raises(FilterError, match="could be far or FAR"):
        filters.parse("far > 1").mask(frame, layer="village_parks")


def test_a_relation_that_is_not_at_hand_is_refused_unless_a_column_says_the_same() -> None:
    measured = PARKS.assign(above_scale=pd.array([3, 0, 0, 1, 0], dtype="Int64"))
    assert filters.parse("企业.规模以上 >= 3").mask(measured, layer="village_parks").sum() == 1
    with pytest.raises(FilterError, match="not at hand"):
        filters.parse("count(enterprises where cluster = 汽车) > 0").mask(
            measured, layer="village_parks"
        )


def test_codes_keep_their_zeros() -> None:
    firms = pd.DataFrame({"industry_code": pd.array(["0610", "610"], dtype="string")})
    assert filters.parse("industry_code = 0610").mask(firms, layer="enterprises").tolist() == [
        True,
        False,
    ]


def test_thresholds_are_named_and_may_be_unknown() -> None:
    read = filters.parse("far < $low or ring = $ring")
    assert read.params() == ("low", "ring")
    mask = read.mask(PARKS, layer="village_parks", params={"low": 0.85, "ring": None})
    assert [None if pd.isna(v) else bool(v) for v in mask] == [True, None, None, None, True]
    with pytest.raises(FilterError, match=r"\$low"):
        read.mask(PARKS, layer="village_parks", params={"lo": 0.85, "ring": 1})


def test_reasons_quote_the_numbers_that_decided() -> None:
    bound = filters.parse("far < 0.85 and (ring = 1 or planned_use = residential)").bind(
        "village_parks"
    )
    why = bound.reasons(PARKS, lang="zh")
    assert why[0] == "容积率 0.6 < 0.85；圈层：1"
    assert why[3] == ""
    assert (
        bound.reasons(PARKS, lang="en", holds=False)[3]
        == "FAR 1.2 ≥ 0.85; Ring: 3 (not 1); Planned use: Storage"
    )


def test_reasons_show_enough_digits_to_tell_a_value_from_its_limit() -> None:
    frame = pd.DataFrame({"far": pd.array([0.849999], dtype="Float64")})
    why = filters.parse("far < 0.85").bind("village_parks").reasons(frame, lang="en")
    assert why[0] == "FAR 0.849999 < 0.85"


def test_missing_inputs_are_only_those_that_could_change_the_answer() -> None:
    bound = filters.parse("(far < 0.85 and ring = 1) or tenure_clear").bind("village_parks")
    absent = bound.missing(PARKS)
    assert {name: rows.nonzero()[0].tolist() for name, rows in absent.items()} == {
        "far": [2],
        "ring": [2],
        "tenure_clear": [2],
    }
    assert filters.parse("far < 0.85 and park_id = P1").bind("village_parks").missing(PARKS) == {}


def test_limits_hold_on_length_and_depth() -> None:
    with pytest.raises(FilterError, match="characters"):
        filters.parse("far > 1 or " * 1000 + "far > 1")
    with pytest.raises(FilterError, match="deep"):
        filters.parse("(" * 100 + "far > 1" + ")" * 100)
    with pytest.raises(FilterError, match="deep"):
        filters.parse("not " * 100 + "tenure_clear")


def test_a_long_pattern_does_not_take_forever() -> None:
    frame = pd.DataFrame({"name": pd.array(["a" * 5000], dtype="string")})
    assert filters.parse(f"name like '{'%a' * 60}b'").mask(
        frame, layer="village_parks"
    ).tolist() == [False]


@given(st.text(max_size=60))
@settings(max_examples=400, deadline=None)
def test_any_text_is_read_or_refused_with_a_sentence(text: str) -> None:
    try:
        read = filters.parse(text)
    except FilterError:
        read = None
    assert read is None or filters.parse(read.to_text()) == read


WORDS = st.sampled_from(
    ["far", "容积率", "a b", "区`x", "且", "and", "3D", "5", "no'te", "null", "count"]
)
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=8)
NUMBERS = st.builds(
    lambda v, u: n.Number(float(v), u, v),
    st.sampled_from(["0", "0.85", "-3", "1e3", "12"]),
    st.sampled_from(["", "mu", "10k_cny", "%"]),
)
LITERALS = NUMBERS | st.builds(n.Text, TEXTS) | st.builds(n.Boolean, st.booleans())
PLAIN = st.builds(n.FieldRef, WORDS) | st.just(n.Overlap("blocks")) | st.just(n.Distance("blocks"))


def _tests(left: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    ops = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])
    return (
        st.builds(n.Compare, left, ops, LITERALS | PLAIN)
        | st.builds(n.In, left, st.lists(LITERALS, min_size=1, max_size=3).map(tuple))
        | st.builds(n.Between, left, NUMBERS, NUMBERS)
        | st.builds(n.Like, left, TEXTS)
        | st.builds(n.IsNull, left)
        | st.builds(n.Truth, left)
    )


def _grow(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return (
        st.builds(n.Not, inner)
        | several.map(n.And)
        | several.map(n.Or)
        | _tests(
            st.builds(
                n.Aggregate,
                st.just("enterprises"),
                st.none() | WORDS.filter(lambda w: w != "count"),
                st.none() | inner,
            )
        )
    )


@given(st.recursive(_tests(PLAIN), _grow, max_leaves=6))
@settings(max_examples=400, deadline=None)
def test_any_tree_written_down_reads_as_the_same_tree(tree: Any) -> None:
    text = filters.Filter(tree).to_text()
    assert filters.parse(text).node == tree
    back = filters.from_json(json.loads(json.dumps(filters.Filter(tree).to_json())))
    assert back.to_json() == filters.Filter(tree).to_json()


def test_sums_and_conditions_on_firms_are_those_of_the_base() -> None:
    parks = pd.DataFrame({"park_id": ["a"], "base_tax_10k_cny": [10.0]})
    firms = pd.DataFrame(
        {
            "park_id": ["a", "a"],
            "tax_10k_cny": [10.0, 7.0],
            "in_base": pd.array([True, False], dtype="boolean"),
        }
    )
    for text in (
        "sum(enterprises.tax_10k_cny) = 10",
        "count(enterprises where tax_10k_cny > 5) = 1",
    ):
        mask = filters.parse(text).mask(
            parks, layer="village_parks", relations={"enterprises": firms}
        )
        assert mask.tolist() == [True], text


def test_towns_are_related_by_their_own_code_and_districts_by_theirs() -> None:
    firms = pd.DataFrame(
        {"district_code": ["01", "01", "02"], "town_code": ["0101", "0102", "0201"]}
    )
    wanted = filters.parse("count(enterprises) >= 1")
    for codes, kept in (
        (["01", "02", "03"], ["01", "02"]),
        (["0101", "0103", "0201"], ["0101", "0201"]),
    ):
        areas = pd.DataFrame({"code": pd.array(codes, dtype="string")})
        held = wanted.keep(areas, layer="divisions", relations={"enterprises": firms})
        assert held["code"].tolist() == kept
