"""Letters worked out by hand at and around every cut, cap, veto, tie and quota."""

from __future__ import annotations

import pandas as pd
import pytest
from grading_rules import CUTS, firms, item, letters, rule, scope

from industrymap import citypack, grading
from industrymap.errors import RuleError

NA = None
SCORES = "".join(
    f'[[scope.cut]]\nletter = "{a}"\nfrom_score = {s}\n' for a, s in zip("ABC", (100, 60, 30), strict=True)
)  # fmt: skip
BOTH = CUTS.replace("to_share = 0.2", "to_share = 0.2\nfrom_score = 100")


def down(n: int) -> list[object]:
    """n different taxes, the best first."""
    return [float(n - i) for i in range(n)]


# name: (scope, firms' tax, letters); land is 1 mu and the benchmark 10, so a tax of 10 scores 100
BY_TAX: dict[str, tuple[str, list[object], str]] = {
    "20 firms: 4 A, 8 B, 7 C, 1 D": (scope(), down(20), "AAAABBBBBBBBCCCCCCCD"),
    "a share of 19 firms is rounded down": (scope(), down(19), "AAABBBBBBBBCCCCCCCD"),
    "21 firms: the worst 5 % are 2": (scope(), down(21), "AAAABBBBBBBBCCCCCCCDD"),
    "5 firms: 1 A": (scope(), down(5), "ABBCD"),
    "4 firms: no A": (scope(), down(4), "BBCD"),
    "1 firm has no place in any share": (scope(), [5.0], "D"),
    "a share of 29 % of 100 is 29": (scope(cuts=CUTS.replace("0.2", "0.29")), down(100), "A" * 29 + "B" * 31 + "C" * 35 + "D" * 5),
    "order of rows does not matter": (scope(), [1.0, 5.0, 3.0, 2.0, 4.0], "DABCB"),
    "tie across A: both down": (scope(), [9.0, 9.0, 3.0, 2.0, 1.0], "BBBCD"),
    "tie across A: both up": (scope(extra='ties = "better"'), [9.0, 9.0, 3.0, 2.0, 1.0], "AABCD"),
    "tie within A": (scope(), [9.0, 9.0, *down(8)], "AABBBBCCCD"),
    "tie across B: both down": (scope(), [9.0, 8.0, 5.0, 5.0, 1.0], "ABCCD"),
    "tie across B: both up": (scope(extra='ties = "better"'), [9.0, 8.0, 5.0, 5.0, 1.0], "ABBBD"),
    "all equal: all down": (scope(), [3.0] * 5, "DDDDD"),
    "all equal: all up": (scope(extra='ties = "better"'), [3.0] * 5, "AAAAA"),
    "scores equal at the fourth decimal are equal": (scope(), [9.0, 9.0000000001, 3.0, 2.0, 1.0], "BBBCD"),
    "scores that differ at the fourth decimal differ": (scope(), [9.0, 9.00001, 3.0, 2.0, 1.0], "BABCD"),
    "score exactly at the cut of A": (scope(cuts=SCORES), [10.0], "A"),
    "score just below the cut of A": (scope(cuts=SCORES), [9.99999], "B"),
    "score that rounds up to the cut of A": (scope(cuts=SCORES), [9.9999996], "A"),
    "score exactly at the cut of B": (scope(cuts=SCORES), [6.0], "B"),
    "score just below the cut of B": (scope(cuts=SCORES), [5.9999], "C"),
    "score exactly at the cut of C": (scope(cuts=SCORES), [3.0], "C"),
    "score just below the cut of C": (scope(cuts=SCORES), [2.9999], "D"),
    "by score all may be A": (scope(cuts=SCORES), [11.0, 12.0, 13.0], "AAA"),
    "place and score, both reached": (scope(cuts=BOTH), [10.0, 4.0, 3.0, 2.0, 1.0], "ABBCD"),
    "place but not score": (scope(cuts=BOTH), [9.9, 4.0, 3.0, 2.0, 1.0], "BBBCD"),
    "score but not place": (scope(cuts=BOTH), [20.0, 15.0, 3.0, 2.0, 1.0], "ABBCD"),
    "cap: two at the cap are equal": (scope(item(extra="cap = 1.5"), cuts=CUTS), [15.0, 99.0, 3.0, 2.0, 1.0], "BBBCD"),
    "cap: just below it is less": (scope(item(extra="cap = 1.5"), cuts=CUTS), [14.9, 15.0, 3.0, 2.0, 1.0], "BABCD"),
    "cap: the cut of A out of reach": (scope(item(extra="cap = 0.9"), cuts=SCORES), [50.0], "B"),
    "floor: lifts to it": (scope(item(extra="floor = 0.3"), cuts=SCORES), [0.0], "C"),
    "below zero counts as zero": (scope(cuts=SCORES), [-5.0], "D"),
    "floor below zero lets points be lost": (scope(item(weight=50, extra="floor = -2.0") + item("b", of="rd_10k_cny", weight=50, benchmark='{ kind = "fixed", value = 1 }', extra='missing = "benchmark"'), cuts=SCORES), [-4.0, 2.0], "CB"),
    "missing is worth nothing": (scope(item(weight=50) + item("b", of="rd_10k_cny", weight=50), cuts=SCORES), [10.0], "C"),
    "missing gives its weight to the others": (scope(item(weight=50) + item("b", of="rd_10k_cny", weight=50, extra='missing = "reweigh"'), cuts=SCORES), [10.0], "A"),
    "missing is as good as the benchmark": (scope(item(weight=50) + item("b", of="rd_10k_cny", weight=50, extra='missing = "benchmark"'), cuts=SCORES), [10.0], "A"),
    "missing leaves ungraded": (scope(item(weight=50) + item("b", of="rd_10k_cny", weight=50, extra='missing = "ungraded"'), cuts=SCORES), [10.0], "-"),
    "nothing known leaves ungraded": (scope(cuts=SCORES), [NA, 10.0], "-A"),
    "the ungraded take no place": (scope(), [NA, *down(5)], "-ABBCD"),
    "mean of the group: at twice the mean": (scope(item(benchmark='{ kind = "group_mean", times = 2.0 }'), cuts=SCORES), [20.0, 0.0], "AD"),
    "mean of the group: 3 of a mean of 2 is 150": (scope(item(benchmark='{ kind = "group_mean" }'), cuts=SCORES), [3.0, 1.0], "AC"),
    "quantile: the median": (scope(item(benchmark='{ kind = "quantile", quantile = 0.5 }'), cuts=SCORES), [1.0, 2.0, 4.0], "CAA"),
    "quantile: the best": (scope(item(benchmark='{ kind = "quantile", quantile = 1.0 }'), cuts=SCORES), [1.0, 2.0, 4.0], "DCA"),
    "less is better": (scope(item(extra='better = "less"\ncap = 2.0'), cuts=SCORES), [10.0, 5.0, 20.0, 40.0, 0.0], "AACDA"),
}  # fmt: skip


@pytest.mark.parametrize("name", BY_TAX)
def test_letters_by_tax_per_mu(name: str) -> None:
    scopes, tax, expected = BY_TAX[name]
    assert letters(grading.grade(rule(scopes), firms(tax_10k_cny=tax))) == expected


VETO = '[[veto]]\nzh = "否决"\nwhere = "note = 环保处罚"\nat_best = "{}"\n'
BONUS = '[[bonus]]\nzh = "加分"\nwhere = "tiers contains \'冠军\'"\npoints = 40\n[[bonus]]\nzh = "加分2"\nwhere = "tiers contains \'巨人\'"\npoints = 40\n'
MALUS = '[[malus]]\nzh = "减分"\nwhere = "note = 欠税"\npoints = 50\n'
QUOTA = '[[scope.quota]]\nletter = "{}"\nper = "district"\nmost_share = {}\n'
FIVE = [5.0, 4.0, 3.0, 2.0, 1.0]

# name: (scope, other parts, top, columns, letters)
WITH_PARTS: dict[str, tuple[str, str, str, dict[str, list[object]], str]] = {
    "veto to D": (scope(), VETO.format("D"), "", {"tax_10k_cny": FIVE, "note": ["环保处罚", "", "", "", ""]}, "DBBCD"),
    "veto to C leaves D": (scope(), VETO.format("C"), "", {"tax_10k_cny": FIVE, "note": ["", "环保处罚", "", "", "环保处罚"]}, "ACBCD"),
    "veto to B passes no place on": (scope(), VETO.format("B"), "", {"tax_10k_cny": FIVE, "note": ["环保处罚", "", "", "", ""]}, "BBBCD"),
    "veto of what is not known holds for none": (scope(), VETO.format("D"), "", {"tax_10k_cny": FIVE, "note": [NA, NA, "x", "x", "x"]}, "ABBCD"),
    "two vetoes: the worse counts": (scope(), VETO.format("C") + VETO.format("D"), "", {"tax_10k_cny": FIVE, "note": ["环保处罚", "", "", "", ""]}, "DBBCD"),
    "bonus lifts over the cut": (scope(cuts=SCORES), BONUS, "", {"tax_10k_cny": [6.0, 6.0], "tiers": ["单项冠军", ""]}, "AB"),
    "two bonuses add up": (scope(cuts=SCORES), BONUS, "", {"tax_10k_cny": [2.0], "tiers": ["单项冠军;小巨人"]}, "A"),
    "the most bonus": (scope(cuts=SCORES), BONUS, "most_bonus = 30\n", {"tax_10k_cny": [6.5, 7.0], "tiers": ["单项冠军;小巨人", "单项冠军"]}, "BA"),
    "malus": (scope(cuts=SCORES), MALUS, "", {"tax_10k_cny": [10.0, 10.0], "note": ["欠税", ""]}, "CA"),
    "the most malus": (scope(cuts=SCORES), MALUS, "most_malus = 40\n", {"tax_10k_cny": [10.0], "note": ["欠税"]}, "B"),
    "quota of A by district": (scope(item() + QUOTA.format("A", 0.34), cuts=CUTS.replace("0.2", "0.4")), "", "", {"tax_10k_cny": [6.0, 5.0, 4.0, 3.0, 2.0], "district": ["甲", "甲", "甲", "乙", "乙"]}, "ABBCD"),
    "quota that is not met changes nothing": (scope(item() + QUOTA.format("A", 0.5), cuts=CUTS.replace("0.2", "0.4")), "", "", {"tax_10k_cny": FIVE, "district": ["甲", "乙", "甲", "乙", "乙"]}, "AABCD"),
    "quota of B holds for A too": (scope(item() + QUOTA.format("B", 0.5), cuts=CUTS.replace("0.2", "0.4")), "", "", {"tax_10k_cny": [4.0, 3.0, 2.0, 1.0], "district": ["甲"] * 4}, "ABCD"),
    "quota of nobody": (scope(item() + QUOTA.format("A", 0.0)), "", "", {"tax_10k_cny": FIVE, "district": ["甲"] * 5}, "BBBCD"),
    "ranked within districts": (scope(extra='rank_in = ["district"]'), "", "", {"tax_10k_cny": [9.0, 8.0, 7.0, 6.0, 5.0, *FIVE], "district": ["甲"] * 5 + ["乙"] * 5}, "ABBCDABBCD"),
    "firms of no known district are ranked by themselves": (scope(extra='rank_in = ["district"]'), "", "", {"tax_10k_cny": [9.0, *FIVE], "district": [NA] + ["乙"] * 5}, "DABBCD"),
    "tie broken by revenue": (scope(extra='tie_break = ["revenue_10k_cny"]'), "", "", {"tax_10k_cny": [9.0, 9.0, 3.0, 2.0, 1.0], "revenue_10k_cny": [1.0, 2.0, 0.0, 0.0, 0.0]}, "BABCD"),
    "tie that revenue does not break": (scope(extra='tie_break = ["revenue_10k_cny"]'), "", "", {"tax_10k_cny": [9.0, 9.0, 3.0, 2.0, 1.0], "revenue_10k_cny": [2.0, 2.0, 0.0, 0.0, 0.0]}, "BBBCD"),
    "unknown revenue comes last among equals": (scope(extra='tie_break = ["revenue_10k_cny"]'), "", "", {"tax_10k_cny": [9.0, 9.0, 3.0, 2.0, 1.0], "revenue_10k_cny": [NA, 2.0, 0.0, 0.0, 0.0]}, "BABCD"),
    "land of 0 is not known": (scope(cuts=SCORES), "", "", {"tax_10k_cny": [10.0, 10.0], "used_land_mu": [0.0, 1.0]}, "-A"),
    "excluded firms get the sign of the ungraded": (scope(cuts=SCORES), '[ungraded]\nletter = "T"\nmanaged_as = "B"\n[[exclude]]\nwhere = "age_years < 2"\nzh = "不足2年"\n', "", {"tax_10k_cny": [10.0, 10.0, 10.0], "age_years": [1.9, 2.0, NA]}, "TAA"),
    "from 3 mu": (scope(cuts=SCORES, extra='where = "used_land_mu >= 3"'), "", "", {"tax_10k_cny": [30.0, 30.0], "used_land_mu": [3.0, 2.999]}, "A-"),
    "two scopes, each with its own shares": (scope(extra='where = "above_scale"') + scope(id_="b", extra='where = "not above_scale"'), "", "", {"tax_10k_cny": [*FIVE, *FIVE], "above_scale": [True] * 5 + [False] * 5}, "ABBCDABBCD"),
    "a stand-in takes the place of what is not known": (scope(item(weight=100, per="energy_tce") + item("kwh", per="electricity_kwh", weight=None, benchmark='{ kind = "fixed", value = 1.0 }', extra='instead_of = "tax"'), cuts=SCORES), "", "", {"tax_10k_cny": [6.0, 6.0], "energy_tce": [1.0, NA], "electricity_kwh": [1.0, 1.0]}, "BA"),
    "the mean is one of sums, not of ratios": (scope(item(benchmark='{ kind = "group_mean" }'), cuts=SCORES), "", "", {"tax_10k_cny": [10.0, 10.0], "used_land_mu": [1.0, 9.0]}, "AC"),
}  # fmt: skip


@pytest.mark.parametrize("name", WITH_PARTS)
def test_letters_with_vetoes_bonuses_quotas_and_scopes(name: str) -> None:
    scopes, parts, top, columns, expected = WITH_PARTS[name]
    made = rule(scopes, top=top, parts=parts)
    assert letters(grading.grade(made, firms(**columns))) == expected


@pytest.fixture(scope="module")
def shipped() -> dict[str, grading.Rule]:
    return grading.known(citypack.load("guangzhou").folders)


def test_huangyan_above_scale_by_hand(shipped: dict[str, grading.Rule]) -> None:
    one = firms(
        tax_10k_cny=[241.0], used_land_mu=[10.0], value_added_10k_cny=[1000.0], energy_tce=[500.0], emissions_t=[0.5],
        staff=[50.0], rd_10k_cny=[90.6], revenue_10k_cny=[3000.0], above_scale=[True],
    )  # fmt: skip
    done = grading.grade(shipped["huangyan-2022"], one).table()
    hand = (
        24.1 / 24.097 * 30 + 100 / 136.16 * 20 + 2 / 2.694 * 20 + 2000 / 4929.81 * 10 + 20 / 18.14 * 10 + 0.0302 / 0.0302 * 10
    )  # fmt: skip
    assert done["score"][0] == pytest.approx(hand, abs=5e-5)
    assert done["scope"][0] == "above"


def test_huangyan_below_scale_by_hand(shipped: dict[str, grading.Rule]) -> None:
    one = firms(tax_10k_cny=[20.0], used_land_mu=[2.0], electricity_kwh=[1e6], above_scale=[False])
    done = grading.grade(shipped["huangyan-2022"], one).table()
    assert done["score"][0] == pytest.approx(10 / 11.5932 * 50 + 0.2 / 0.2352 * 50, abs=5e-5)


def huaian() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Two firms of one county; the year before its 50 mu paid 500 and sold 5,000, its 250 tce stood beside 500 of tax."""
    columns: dict[str, list[object]] = {
        "district": ["甲", "甲"],
        "above_scale": [True, True],
        "age_years": [9.0, 9.0],
    }
    now = firms(
        tax_10k_cny=[300.0, 50.0], used_land_mu=[10.0, 10.0], revenue_10k_cny=[3000.0, 500.0], energy_tce=[100.0, 100.0], **columns
    )  # fmt: skip
    past = firms(
        tax_10k_cny=[400.0, 100.0], used_land_mu=[25.0, 25.0], revenue_10k_cny=[4000.0, 1000.0], energy_tce=[200.0, 50.0], **columns
    )  # fmt: skip
    return now, past


def test_huaian_by_hand(shipped: dict[str, grading.Rule]) -> None:
    now, past = huaian()
    done = grading.grade(shipped["huaian-2024"], now, previous=past).table()
    # benchmarks: 2 × 500/50 = 20 a mu, 2 × 5000/50 = 200 a mu, 2 × 500/250 = 4 a tce
    first = 30 / 20 * 45 + 300 / 200 * 35 + 3 / 4 * 20
    second = 5 / 20 * 45 + 50 / 200 * 35 + 0.5 / 4 * 20
    assert done["score"].tolist() == pytest.approx([first, second])


def test_a_benchmark_of_a_year_that_is_not_there_leaves_ungraded(
    shipped: dict[str, grading.Rule],
) -> None:
    done = grading.grade(shipped["huaian-2024"], huaian()[0])
    assert letters(done) == "TT"


def test_every_firm_without_a_letter_has_its_reason(shipped: dict[str, grading.Rule]) -> None:
    now, past = huaian()
    now["age_years"] = pd.array([1.0, 9.0], dtype="Float64")
    now["used_land_mu"] = pd.array([10.0, None], dtype="Float64")
    now["above_scale"] = pd.array([True, None], dtype="boolean")
    done = grading.grade(shipped["huaian-2024"], now, previous=past)
    assert done.why_not_zh.tolist() == [
        "成立不足 2 年",
        "缺规模以上、用地面积，不能判断是否在评价范围",
    ]
    assert done.why_not_en[1] == "whether in scope is not known without Above scale, land used"


def test_letters_add_up_to_the_shares_that_the_rule_states(
    shipped: dict[str, grading.Rule],
) -> None:
    tax = [float((i * 37) % 101) + i / 1000 for i in range(100)]
    many = firms(tax_10k_cny=tax, above_scale=[False] * 100, used_land_mu=[4.0] * 100)
    count = grading.grade(shipped["anhui"], many).table()["letter"].value_counts().to_dict()
    assert count == {"A": 25, "B": 45, "C": 25, "D": 5}


def test_firms_in_two_scopes_are_refused() -> None:
    made = rule(scope(extra='where = "staff > 1"') + scope(id_="b", extra='where = "staff > 5"'))
    with pytest.raises(
        RuleError, match="scopes s and b of t overlap: both hold for 1 firms, such as 厂2"
    ):
        grading.grade(made, firms(tax_10k_cny=[1.0, 2.0], staff=[3.0, 9.0]))


def test_a_firm_that_is_there_twice_is_refused() -> None:
    twice = firms(tax_10k_cny=[1.0, 2.0]).assign(enterprise_id="E1")
    with pytest.raises(RuleError, match="The firm E1 is there twice"):
        grading.grade(rule(), twice)


@pytest.mark.parametrize("ties", ["better", "worse"])
def test_the_points_to_the_next_letter_just_suffice(ties: str) -> None:
    made = rule(scope(extra=f'ties = "{ties}"'))
    tax: list[object] = [9.0, 7.5, 7.5, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0, 0.5]
    before = grading.grade(made, firms(tax_10k_cny=tax)).table()
    for at in range(10):
        gap = before["to_next"][at]
        if pd.isna(gap):
            continue
        for extra, better in ((gap, True), (gap - 0.001, False)):
            moved = list(tax)
            moved[at] = float(str(tax[at])) + extra / 10
            after = grading.grade(made, firms(tax_10k_cny=moved)).table()
            assert (after["letter"][at] < before["letter"][at]) == better, (at, extra)


def test_what_would_lift_a_firm_lifts_it() -> None:
    made = rule(
        scope(
            item(weight=60) + item("rd", of="rd_10k_cny", weight=40, extra="cap = 1.0"), cuts=SCORES
        )
    )
    start = firms(tax_10k_cny=[4.0], rd_10k_cny=[6.0])
    change = grading.lifts(grading.grade(made, start).scopes[0])
    # 48 points, 60 needed: 12 of 60 at 10 a mu are 2; the second item reaches its cap at 40, 16 more
    assert change[0].tolist() == pytest.approx([2.0, 3.0])
    assert letters(grading.grade(made, start.assign(tax_10k_cny=6.0))) == "B"


def test_what_a_cap_does_not_let_an_item_do_is_not_promised() -> None:
    made = rule(
        scope(
            item(weight=60) + item("rd", of="rd_10k_cny", weight=40, extra="cap = 1.0"), cuts=SCORES
        )
    )
    change = grading.lifts(
        grading.grade(made, firms(tax_10k_cny=[1.0], rd_10k_cny=[8.0])).scopes[0]
    )
    # 38 points, 60 needed: 22 of 60 at 10 a mu; the second item has 8 points left below its cap
    assert change[0][0] == pytest.approx(22 / 6)
    assert pd.isna(change[0][1])


def test_the_reason_names_rank_the_weakest_item_and_the_lift() -> None:
    done = grading.grade(rule(scope(cuts=SCORES)), firms(tax_10k_cny=[4.0]))
    assert (
        grading.reasons(done, "zh")[0]
        == "C：得分 40，第 1 名，共 1 家；失分最多：tax 4，基准 10（40.00/100 分）；升 B：tax +2（其他不变）"
    )
    assert (
        grading.reasons(done, "en")[0]
        == "C: score 40, rank 1 of 1; most lost: tax 4, benchmark 10 (40.00/100 points); for B: tax +2, all else equal"
    )


def test_a_veto_is_said_and_promises_no_lift() -> None:
    made = rule(scope(cuts=SCORES), parts=VETO.format("D"))
    done = grading.grade(made, firms(tax_10k_cny=[10.0], note=["环保处罚"]))
    assert (
        grading.reasons(done, "zh")[0]
        == "D：得分 100，第 1 名，共 1 家；按得分为 A，因否决事项不高于 D"
    )
    assert done.table()["to_next"].isna().all()


FIRM = {"tax_10k_cny": [float(i) for i in range(1, 41)]}
UNSURE = "[uncertainty]\ntax_10k_cny = {}\n"


def test_who_stands_near_a_cut_flips_and_who_stands_far_does_not() -> None:
    done = grading.grade(
        rule(scope(cuts=SCORES), parts=UNSURE.format(0.05)),
        firms(tax_10k_cny=[10.0, 8.0]),
        draws=400,
    ).table()
    assert 0.4 < done["flips"][0] < 0.6
    assert done["flips"][1] == 0


def test_exact_figures_never_flip() -> None:
    done = grading.grade(rule(parts=UNSURE.format(0)), firms(**FIRM), draws=50).table()
    assert (done["flips"] == 0).all()


def test_draws_rank_everybody_anew() -> None:
    done = grading.grade(rule(parts=UNSURE.format(0.1)), firms(**FIRM), draws=200).table()
    # 8 of 40 are A and 16 B: the ninth is near the cut of A, the sixteenth far from any
    assert done["flips"][31] > 0.2 > done["flips"][24]


def test_shares_of_flips_do_not_depend_on_the_order_of_rows() -> None:
    made = rule(parts=UNSURE.format(0.1))
    one = grading.grade(made, firms(**FIRM), draws=100).table()
    other = grading.grade(made, firms(**FIRM).iloc[::-1], draws=100).table()
    assert one["flips"].tolist() == other["flips"].tolist()[::-1]


def test_a_quota_is_drawn_too() -> None:
    made = rule(scope(item() + QUOTA.format("A", 0.0)), parts=UNSURE.format(0.1))
    done = grading.grade(made, firms(**FIRM, district=["甲"] * 40), draws=50).table()
    # nobody can be A, so nobody near its cut flips
    assert done["flips"][31] == 0


def test_a_firm_without_any_rd_has_its_reason_too() -> None:
    # nought beside the change that would lift it is a ratio without end, and no warning
    made = rule(scope(item(weight=60) + item("rd", of="rd_10k_cny", weight=40), cuts=SCORES))
    done = grading.grade(made, firms(tax_10k_cny=[4.0], rd_10k_cny=[0.0]))
    assert "升" in grading.reasons(done, "zh")[0]
