"""Industry codes in every form people write them."""

from __future__ import annotations

import pandas as pd
import pytest

from industrymap.enterprises import industry


def read(*written: str | None) -> list[str | None]:
    codes, _ = industry.normalise(pd.Series(written, dtype="string"))
    return [None if pd.isna(code) else code for code in codes]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("C3612", "3612"), ("3612", "3612"), ("36", "36"), ("制造业-汽车制造业", "36"), ("汽车制造业", "36"), ("C36 汽车制造业", "36"),
        ("Ｃ３６１２", "3612"), ("C-3612", "3612"), ("3612.0", "3612"), ("361", "361"), ("酒、饮料和精制茶制造业", "15"),
        ("3612 新能源车整车制造", "3612"), ("F52", "52"), ("C", None), ("制造业", None), ("医药生物--医疗器械", None), ("9999", None),
        ("36120", None), (None, None),
    ],
)  # fmt: skip
def test_written_forms(written: str | None, code: str | None) -> None:
    assert read(written) == [code]


def test_longest_name_wins() -> None:
    assert read("计算机、通信和其他电子设备制造业", "其他制造业") == ["39", "41"]


def test_the_31_divisions_are_those_of_section_c() -> None:
    assert sorted(industry.divisions()) == [str(code) for code in range(13, 44)]
    assert industry.name_of("3612") == "汽车制造业"
    assert industry.name_of("36", "en") == "Manufacture of automobiles"


def test_sections_cover_every_division_once() -> None:
    inside = [n for first, last in industry.SECTIONS.values() for n in range(first, last + 1)]
    assert inside == list(range(1, 98))
    codes = pd.Series(["3612", "5261", "6513", None], dtype="string")
    assert industry.is_manufacturing(codes).tolist()[:3] == [True, False, False]


def test_a_letter_that_contradicts_its_digits_is_told() -> None:
    frame = pd.DataFrame(
        {"industry_text": pd.Series(["F3612"], dtype="string"), "source": "a", "source_row": 2}
    )
    codes, found = industry.check(frame)
    assert codes.tolist() == ["3612"]
    assert "industry.letter" in found["rule"].tolist()


def test_codes_are_checked_against_the_full_list_where_there_is_one() -> None:
    known = frozenset({"13", "131", "1310"})
    codes, problem = industry.normalise(
        pd.Series(["1310", "1399", "5261"], dtype="string"), known=known
    )
    assert codes.isna().tolist() == [False, True, False]
    assert problem.tolist()[1] == "industry.unknown_code"
