"""Industry codes in every form people write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from industrymap.enterprises import industry
from industrymap.errors import TableError

if TYPE_CHECKING:
    from pathlib import Path


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


def classification(folder: Path, *, short: bool = False) -> Path:
    """Write an invented list with the counts of the standard: 31, 179 and 609."""
    divisions = [str(n) for n in range(13, 44)]
    groups = [f"{d}{n}" for n in range(1, 10) for d in divisions][:179]
    classes = [f"{g}{n}" for n in range(10) for g in groups][: 608 if short else 609]
    rows = [f"C{code},名称{code}" for code in [*divisions, *groups, *classes]]
    path = folder / "industries.csv"
    path.write_text("代码,名称\n" + "\n".join(rows) + "\n", encoding="gb18030")
    return path


def test_the_full_list_is_counted_and_then_checks_codes(tmp_path: Path) -> None:
    known = industry.read_classification(classification(tmp_path))
    assert len(known) == 31 + 179 + 609
    codes, problem = industry.normalise(pd.Series(["1310", "1399"], dtype="string"), known=known)
    assert codes.isna().tolist() == [False, True]
    assert problem.tolist()[1] == "industry.unknown_code"


def test_a_list_with_other_counts_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="31 / 179 / 608"):
        industry.read_classification(classification(tmp_path, short=True))


def test_a_list_without_codes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("代码,名称\n甲,乙\n", encoding="utf-8")
    with pytest.raises(TableError, match="No column"):
        industry.read_classification(path)
