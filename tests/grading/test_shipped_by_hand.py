"""Letters of the shipped rules at and around every cut, worked out on paper: each case carries its working."""

from __future__ import annotations

import pytest
from grading_rules import firms, letters

from industrymap import citypack, grading


@pytest.fixture(scope="module")
def shipped() -> dict[str, grading.Rule]:
    return grading.known(citypack.load("guangzhou").folders)


def ranked(rule: grading.Rule, n: int, *, equal: tuple[int, ...] = (), **more: list[object]) -> str:
    """Return the letters of n firms whose tax falls from place to place; those at the places ``equal`` all have the first one's."""
    tax: list[object] = [float(1000 - place) for place in range(1, n + 1)]
    for place in equal:
        tax[place - 1] = tax[equal[0] - 1]
    columns: dict[str, list[object]] = {
        "tax_10k_cny": tax, "above_scale": [False] * n, "used_land_mu": [4.0] * n, "electricity_kwh": [1e4] * n, **more,
    }  # fmt: skip
    return letters(grading.grade(rule, firms(**columns)))


# Below scale every rule but Huai'an's ranks by tax alone here (land and power are alike). Places: shares × firms, rounded down.
# name: (rule, firms, places that are equal, letters)
CUTS: dict[str, tuple[str, int, tuple[int, ...], str]] = {
    # Anhui 25 / 70 / 95 %
    "anhui, 20: 5 A, to 14 B, to 19 C, 1 D": ("anhui", 20, (), "AAAAABBBBBBBBBCCCCCD"),
    "anhui, 19: 4.75 is 4, 13.3 is 13, 18.05 is 18": ("anhui", 19, (), "AAAABBBBBBBBBCCCCCD"),
    "anhui, 21: 5.25 is 5, 14.7 is 14, 19.95 is 19": ("anhui", 21, (), "AAAAABBBBBBBBBCCCCCDD"),
    "anhui, 4: exactly 1 A, 2.8 is 2, 3.8 is 3": ("anhui", 4, (), "ABCD"),
    "anhui, 3: 0.75 is no A, 2.1 is 2, 2.85 is 2": ("anhui", 3, (), "BBD"),
    "anhui, 1: no place in any share": ("anhui", 1, (), "D"),
    "anhui, equal at 5 and 6, across A: both B": ("anhui", 20, (5, 6), "AAAABBBBBBBBBBCCCCCD"),
    "anhui, equal at 4 and 5, within A: both A": ("anhui", 20, (4, 5), "AAAAABBBBBBBBBCCCCCD"),
    "anhui, equal at 14 and 15, across B: both C": ("anhui", 20, (14, 15), "AAAAABBBBBBBBCCCCCCD"),
    "anhui, equal at 19 and 20, across C: both D": ("anhui", 20, (19, 20), "AAAAABBBBBBBBBCCCCDD"),
    "anhui, all equal: all down": ("anhui", 5, (1, 2, 3, 4, 5), "DDDDD"),
    # Huangyan 20 / 60 / 95 % (proposed)
    "huangyan, 20: 4 A, to 12 B, to 19 C, 1 D": ("huangyan-2022", 20, (), "AAAABBBBBBBBCCCCCCCD"),
    "huangyan, 10: 2 A, 6, 9.5 is 9": ("huangyan-2022", 10, (), "AABBBBCCCD"),
    "huangyan, 9: 1.8 is 1, 5.4 is 5, 8.55 is 8": ("huangyan-2022", 9, (), "ABBBBCCCD"),
    "huangyan, 5: exactly 1, 3, 4.75 is 4": ("huangyan-2022", 5, (), "ABBCD"),
    "huangyan, 4: 0.8 is no A, 2.4 is 2, 3.8 is 3": ("huangyan-2022", 4, (), "BBCD"),
    "huangyan, equal at 4 and 5, across A: both B": ("huangyan-2022", 20, (4, 5), "AAABBBBBBBBBCCCCCCCD"),
    "huangyan, equal at 12 and 13, across B: both C": ("huangyan-2022", 20, (12, 13), "AAAABBBBBBBCCCCCCCCD"),
    "huangyan, equal at 19 and 20, across C: both D": ("huangyan-2022", 20, (19, 20), "AAAABBBBBBBBCCCCCCDD"),
    # Shandong (Dezhou): A 20 %, D the last 5 %
    "shandong, 20": ("shandong-2019", 20, (), "AAAABBBBBBBBCCCCCCCD"),
    "shandong, 40: 8, 24, 38": ("shandong-2019", 40, (), "A" * 8 + "B" * 16 + "C" * 14 + "DD"),
    "shandong, 39: 7.8 is 7, 23.4 is 23, 37.05 is 37": ("shandong-2019", 39, (), "A" * 7 + "B" * 16 + "C" * 14 + "DD"),
    "shandong, equal at 3, 4 and 5, across A: all B": ("shandong-2019", 20, (3, 4, 5), "AABBBBBBBBBBCCCCCCCD"),
    # Guangzhou (proposed): 20 / 60 / 95 %
    "guangzhou, 20": ("guangzhou-proposal", 20, (), "AAAABBBBBBBBCCCCCCCD"),
    "guangzhou, 6: 1.2 is 1, 3.6 is 3, 5.7 is 5": ("guangzhou-proposal", 6, (), "ABBCCD"),
    "guangzhou, equal at 1 and 2 of 5: both B": ("guangzhou-proposal", 5, (1, 2), "BBBCD"),
}  # fmt: skip


@pytest.mark.parametrize("name", CUTS)
def test_letters_at_every_cut_of_the_shipped_rules(
    name: str, shipped: dict[str, grading.Rule]
) -> None:
    rule, n, equal, expected = CUTS[name]
    assert ranked(shipped[rule], n, equal=equal) == expected


@pytest.mark.parametrize(
    ("rule", "land", "expected"),
    [
        # from 3 mu: 3 is in, a hair less is not; without land nobody can say
        ("shandong-2019", 3.0, "D"),
        ("shandong-2019", 2.99, "-"),
        ("shandong-2019", None, "-"),
        ("guangzhou-proposal", 3.0, "D"),
        ("guangzhou-proposal", 2.99, "暂不评价"),
        # Anhui and Huangyan grade below scale whatever the land
        ("anhui", 0.5, "D"),
        ("huangyan-2022", 0.5, "D"),
    ],
)
def test_who_is_in_scope_by_land(
    rule: str, land: float | None, expected: str, shipped: dict[str, grading.Rule]
) -> None:
    assert ranked(shipped[rule], 1, used_land_mu=[land]) == expected


@pytest.mark.parametrize(
    ("rule", "column", "value", "graded"),
    [
        ("huaian-2024", "age_years", 1.99, False),
        ("huaian-2024", "age_years", 2.0, True),
        ("huaian-2024", "industry_division", "43", True),
        ("huaian-2024", "industry_division", "44", False),
        ("huaian-2024", "industry_division", "46", False),
        ("huaian-2024", "industrial", False, False),
        ("guangzhou-proposal", "age_years", 1.99, False),
        ("guangzhou-proposal", "industry_division", "45", False),
        # no document of these three leaves out utilities or young firms
        ("anhui", "industry_division", "44", True),
        ("shandong-2019", "age_years", 0.5, True),
        ("huangyan-2022", "industrial", False, False),
    ],
)
def test_who_is_left_out(
    rule: str, column: str, value: object, *, graded: bool, shipped: dict[str, grading.Rule]
) -> None:
    one = firms(
        tax_10k_cny=[10.0], revenue_10k_cny=[100.0], above_scale=[False], used_land_mu=[4.0], electricity_kwh=[1e4], **{column: [value]}
    )  # fmt: skip
    past = one.assign(age_years=9.0) if column == "age_years" else one.assign(industrial=True)
    if column == "industry_division":
        past = one.assign(industry_division="30")
    done = grading.grade(shipped[rule], one, previous=past).table()
    assert done["score"].notna().tolist() == [graded]


# Huai'an: benchmarks are twice the county's ratio of sums of the year before. The county of `past`: 100 mu, tax 500, revenue 4,000, energy 250 tce,
# so 2 × 5 = 10 a mu, 2 × 40 = 80 a mu, 2 × 2 = 4 a tce.
PAST = {"tax_10k_cny": [400.0, 100.0], "revenue_10k_cny": [3000.0, 1000.0], "used_land_mu": [60.0, 40.0], "energy_tce": [200.0, 50.0]}  # fmt: skip
COUNTY = {"district": ["甲", "甲"], "above_scale": [True, True]}


@pytest.mark.parametrize(
    ("tax", "revenue", "land", "energy", "score"),
    [
        # at every benchmark: 45 + 35 + 20
        (100, 800, 10, 25, 100),
        # half of each
        (50, 400, 10, 25, 45 / 2 + 35 / 2 + 20 / 2),
        # twice the land halves both items by land only
        (100, 800, 20, 25, 45 / 2 + 35 / 2 + 20),
        # no tax: revenue alone
        (0, 800, 10, 25, 35),
        # a tax refund counts as nothing, not below
        (-50, 800, 10, 25, 35),
        # no cap is known: three times is three times
        (300, 800, 10, 25, 3 * 45 + 35 + 3 * 20),
    ],
)
def test_huaian_scores_by_hand(
    tax: float, revenue: float, land: float, energy: float, *, score: float, shipped: dict[str, grading.Rule]
) -> None:  # fmt: skip
    now = firms(tax_10k_cny=[tax, 1.0], revenue_10k_cny=[revenue, 1.0], used_land_mu=[land, 4.0], energy_tce=[energy, 9.0], **COUNTY)  # type: ignore[arg-type]  # fmt: skip
    done = grading.grade(shipped["huaian-2024"], now, previous=firms(**PAST, **COUNTY))  # type: ignore[arg-type]
    assert done.table()["score"][0] == pytest.approx(score, abs=5e-5)


@pytest.mark.parametrize(
    ("change", "score"),
    [
        # at every benchmark of the document: 30 + 20 + 20 + 10 + 10 + 10
        ({}, 100),
        # tax 48.194 = 2 × 24.097 a mu: 30 more
        ({"tax_10k_cny": 48.194}, 130),
        # energy twice as large: 10 instead of 20
        ({"energy_tce": 2 * 136.16 / 2.694}, 90),
        # no R&D: 10 less
        ({"rd_10k_cny": 0.0}, 90),
        # what is not known is worth nothing
        ({"emissions_t": None}, 90),
        ({"staff": None}, 90),
        # land twice as large: half of tax (15) and of value added (10) by land
        ({"used_land_mu": 2.0}, 75),
    ],
)
def test_huangyan_scores_by_hand(
    change: dict[str, float | None], score: float, shipped: dict[str, grading.Rule]
) -> None:
    at: dict[str, object] = {
        "tax_10k_cny": 24.097, "used_land_mu": 1.0, "value_added_10k_cny": 136.16, "energy_tce": 136.16 / 2.694, "emissions_t": 136.16 / 4929.81,
        "staff": 136.16 / 18.14, "revenue_10k_cny": 1000.0, "rd_10k_cny": 30.2, **change,
    }  # fmt: skip
    one = firms(**{k: [v] for k, v in at.items()}, above_scale=[True])
    done = grading.grade(shipped["huangyan-2022"], one).table()
    assert done["score"][0] == pytest.approx(score, abs=5e-5)


@pytest.mark.parametrize(
    ("tax", "tiers", "score"),
    [
        # two firms of 4 mu each: the mean is (tax + 20) / 8 a mu. 20 beside 20 is the mean itself: 100
        (20.0, "", 100),
        # 60 beside 20: 15 over a mean of 10 is 1.5
        (60.0, "", 150),
        # far above: the cap is twice the mean, which two firms cannot pass
        (1e9, "", 200),
        # a champion gets 5, a little giant 5, both 10: the most there is
        (20.0, "制造业单项冠军", 105),
        (20.0, "专精特新“小巨人”企业", 105),
        (20.0, "专精特新“小巨人”企业;制造业单项冠军", 110),
    ],
)
def test_guangzhou_scores_by_hand(
    tax: float, tiers: str, score: float, shipped: dict[str, grading.Rule]
) -> None:
    two = firms(tax_10k_cny=[tax, 20.0], used_land_mu=[4.0, 4.0], above_scale=[False, False], tiers=[tiers, ""])  # fmt: skip
    done = grading.grade(shipped["guangzhou-proposal"], two).table()
    assert done["score"][0] == pytest.approx(score, abs=1e-4)
