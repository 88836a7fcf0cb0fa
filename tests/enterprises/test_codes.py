"""Codes that identify a firm: what the check digit sees, and what it cannot."""

from __future__ import annotations

import itertools
import random
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from enterprise_tables import GOOD, coded

from industrymap.enterprises import codes
from industrymap.enterprises.codes import ALPHABET, AUTHORITIES

if TYPE_CHECKING:
    from pathlib import Path


def status(*written: str | None) -> list[str]:
    return list(codes.status(codes.clean(pd.Series(written, dtype="string"))))


def checked(*written: str | None) -> pd.DataFrame:
    frame = pd.DataFrame({"uscc": pd.Series(written, dtype="string"), "source": "a"})
    return codes.check(frame.assign(source_row=range(2, 2 + len(frame))))[2]


def test_every_kind_of_code_is_told_apart() -> None:
    assert status(GOOD, "708231365", "440106708231365", "9144", None, "无") == [
        "valid", "org9", "legacy15", "invalid", "missing", "missing",
    ]  # fmt: skip


def test_old_registration_numbers_need_their_own_check_digit() -> None:
    assert status("110108000000016", "110108000000017") == ["legacy15", "invalid"]


@pytest.mark.parametrize(
    "written",
    [
        GOOD.lower(),
        f" {GOOD[:8]} {GOOD[8:]} ",
        "９１４４０１０１７０８２３１３６５Ｘ",
        f"'{GOOD}",
        GOOD[:8] + "-" + GOOD[8:],
    ],
)
def test_other_ways_of_writing_a_code_are_repaired_with_a_note(written: str) -> None:
    assert status(written) == ["valid"]
    assert checked(written)["rule"].tolist() == ["uscc.repaired"]


def test_look_alike_letters_are_read_as_digits_only_where_the_check_digit_agrees() -> None:
    code = coded(10)
    assert status(code.replace("0", "O")) == ["valid"]
    broken = code[:10] + ("1" if code[10] != "1" else "2") + code[11:]
    assert status(broken.replace("0", "O")) == ["invalid"]


def test_a_spreadsheets_scientific_notation_is_named_as_such() -> None:
    assert checked("9.14401E+17")["rule"].tolist() == ["uscc.scientific"]


def test_a_citizens_number_is_hidden() -> None:
    found = checked("110101199003074477")
    assert found["rule"].tolist() == ["uscc.personal_id"]
    assert "199003" not in found["value"].iloc[0]


def test_weights_differ_but_for_the_first_and_the_check_character() -> None:
    weights = [pow(3, i, 31) for i in range(17)] + [1]
    same = [(i, j) for i, j in itertools.combinations(range(18), 2) if weights[i] == weights[j]]
    assert same == [(0, 17)]
    assert all(weights)


def test_changes_of_a_thousand_codes_are_caught_exactly_as_theory_says() -> None:
    """Every substitution; every swap of unlike characters but of 1 and 18, where an authority stands in front."""
    dice = random.Random(2019)
    changed, escapes = [], []
    for number in range(1000):
        code = list(coded(dice.randrange(10**8)))
        if number % 2:
            place = dice.randrange(18)
            code[place] = dice.choice([c for c in ALPHABET if c != code[place]])
            escapes.append(False)
        else:
            unlike = [(i, j) for i, j in itertools.combinations(range(18), 2) if code[i] != code[j]]
            i, j = (
                dice.choice([*unlike, *[(0, 17)] * 40])
                if code[0] != code[17]
                else dice.choice(unlike)
            )
            code[i], code[j] = code[j], code[i]
            escapes.append((i, j) == (0, 17) and code[0] in AUTHORITIES)
        changed.append("".join(code))
    caught = ~codes.check_digit_holds(pd.Series(changed, dtype="string"))
    assert caught.tolist() == [not escape for escape in escapes]
    assert 0 < sum(escapes) < 150


@pytest.mark.real
def test_of_8000_real_codes_none_fails_and_every_oddity_is_listed(real: Path) -> None:
    table = pd.read_csv(real / "registry_1993_2003.csv", encoding="gb18030", dtype="string")
    frame = pd.DataFrame({"uscc": table["统一社会信用代码"], "source": "registry"})
    cleaned, kind, found = codes.check(frame.assign(source_row=range(2, 2 + len(frame))))
    assert len(frame) == 8000
    assert (kind == "valid").all()
    assert cleaned.is_unique
    counts = found["rule"].value_counts().to_dict()
    # Three stand in lower case and are sound in capitals; five carry an organisation code that fails by itself.
    assert counts == {"uscc.repaired": 3, "uscc.organisation_part": 5}
