"""Texts as numbers: folding keeps places, phrases are found whole."""

from __future__ import annotations

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from industrymap import texts

words = st.text(alphabet="甲乙丙廣州ＡＩai5g、；()（） \n", max_size=12)


@settings(deadline=None, max_examples=60)
@given(st.lists(words, max_size=6))
def test_folding_keeps_every_length_and_is_done_once(given_texts: list[str]) -> None:
    column = pd.Series(given_texts, dtype="string")
    folded = texts.fold(column)
    assert folded.str.len().tolist() == column.str.len().tolist()
    assert texts.fold(folded).tolist() == folded.tolist()


@settings(deadline=None, max_examples=60)
@given(st.lists(words, min_size=1, max_size=6))
def test_phrases_are_found_where_python_finds_them(given_texts: list[str]) -> None:
    column = pd.Series(given_texts, dtype="string")
    found = texts.Phrases(["甲乙", "广州"]).find(texts.Corpus.of(column))
    got = list(zip(found.text.tolist(), found.phrase.tolist(), found.start.tolist(), strict=True))
    want = [
        (n, p, at)
        for n, text in enumerate(texts.fold(column).tolist())
        for p, phrase in enumerate(["甲乙", "广州"])
        for at in range(len(text))
        if text.startswith(phrase, at)
    ]
    assert sorted(got) == sorted(want)


def test_missing_stays_missing_and_the_index_stays() -> None:
    column = pd.Series(["Ａ", None], index=[7, 3], dtype="string")
    assert texts.fold(column).index.tolist() == [7, 3]
    assert texts.key(column).isna().tolist() == [False, True]


def test_latin_phrases_need_boundaries() -> None:
    column = pd.Series(["AI芯片", "MAIN", "5G基站", "15G", "ａｒ眼镜", "CAR"], dtype="string")
    found = texts.Phrases(["AI", "5G", "AR"]).find(texts.Corpus.of(column))
    assert found.text.tolist() == [0, 2, 4]
