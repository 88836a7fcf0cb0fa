"""Rule files: what is shipped is what the sources say, and every mistake is named at once."""

from __future__ import annotations

import pytest
from grading_rules import CUTS, LETTERS, item, rule_text, scope

from industrymap import citypack, grading
from industrymap.errors import RuleError


@pytest.fixture(scope="module")
def shipped() -> dict[str, grading.Rule]:
    return grading.known(citypack.load("guangzhou").folders)


WEIGHTS = {
    ("huaian-2024", 0): {"tax_per_mu": 45, "revenue_per_mu": 35, "tax_per_energy": 20},
    ("huangyan-2022", 0): {
        "tax_per_mu": 30, "value_added_per_mu": 20, "value_added_per_energy": 20,
        "value_added_per_emission": 10, "productivity": 10, "rd_share": 10,
    },
    ("huangyan-2022", 1): {"tax_per_mu": 50, "tax_per_power": 50},
    ("anhui", 0): {
        "tax_per_mu": 45, "revenue_per_mu": 20, "value_added_per_energy": 15, "rd_share": 15, "productivity": 5,
    },
    ("anhui", 1): {"tax_per_mu": 100},
    ("shandong-2019", 1): {"tax_per_mu": 100},
}  # fmt: skip


@pytest.mark.parametrize(("id_", "at"), WEIGHTS)
def test_weights_are_those_of_the_sources(
    shipped: dict[str, grading.Rule], id_: str, at: int
) -> None:
    items = shipped[id_].scopes[at].items
    assert {i.id: i.weight for i in items if not i.instead_of} == WEIGHTS[id_, at]
    assert all(i.official for i in items)


def test_benchmarks_of_huangyan_are_those_of_the_source(shipped: dict[str, grading.Rule]) -> None:
    above, below = shipped["huangyan-2022"].scopes
    assert [i.benchmark.value for i in above.items] == [
        24.097,
        136.16,
        2.694,
        4929.81,
        18.14,
        0.0302,
    ]
    assert [i.benchmark.value for i in below.items] == [11.5932, 0.2352]


@pytest.mark.parametrize(
    ("id_", "shares", "official"),
    [
        ("huaian-2024", [0.20, 0.60, 0.95], [True, True, True]),
        ("anhui", [0.25, 0.70, 0.95], [True, True, True]),
        ("shandong-2019", [0.20, 0.60, 0.95], [True, False, True]),
        ("huangyan-2022", [0.20, 0.60, 0.95], [False, False, False]),
    ],
)
def test_cuts_are_those_of_the_sources_or_called_proposals(
    shipped: dict[str, grading.Rule], id_: str, shares: list[float], official: list[bool]
) -> None:
    for one in shipped[id_].scopes:
        assert [cut.to_share for cut in one.cuts] == shares
        assert [cut.official for cut in one.cuts] == official


def test_huaian_takes_twice_the_mean_of_the_year_before_and_has_a_class_t(
    shipped: dict[str, grading.Rule],
) -> None:
    rule = shipped["huaian-2024"]
    assert rule.ungraded.letter == "T"
    assert {(i.benchmark.kind, i.benchmark.times, i.benchmark.previous) for i in rule.scopes[0].items} == {("group_mean", 2.0, True)}  # fmt: skip


def test_anhui_manages_the_ungraded_as_b(shipped: dict[str, grading.Rule]) -> None:
    assert shipped["anhui"].ungraded.managed_as == "B"


def test_weights_and_benchmarks_that_no_source_gives_are_called_proposals(
    shipped: dict[str, grading.Rule],
) -> None:
    said = shipped["shandong-2019"].proposals("en")
    assert "above scale: weight of R&D intensity" in said
    assert "above scale: cut of B" in said
    assert not any(text.startswith("above scale: cut of A") for text in said)


def test_the_rule_of_guangzhou_is_a_proposal_and_says_so(shipped: dict[str, grading.Rule]) -> None:
    rule = shipped["guangzhou-proposal"]
    assert not rule.official
    assert "建议稿，非官方" in rule.title("zh")
    assert "not official" in rule.title("en")


FAULTS = {
    "weights": (rule_text(scope(item(weight=45) + item("b", weight=45))), "add up to 90, not 100"),
    "cuts cross": (rule_text(scope(cuts=CUTS.replace("0.6", "0.1"))), "the cuts of A and B cross"),
    "score cuts cross": (
        rule_text(scope(cuts=CUTS.replace("to_share = 0.2", "from_score = 1").replace("to_share = 0.6", "from_score = 2"))),
        "the cuts of A and B cross",
    ),
    "a letter without a cut": (rule_text(scope(cuts=CUTS.split('[[scope.cut]]\nletter = "C"')[0])), "cuts A, B; needed, best first: A, B, C"),
    "share in percent": (rule_text(scope(cuts=CUTS.replace("0.2", "20"))), "write 0.2 for 20 %"),
    "cut without a limit": (rule_text(scope(cuts=CUTS.replace("to_share = 0.2", ""))), "needs to_share or from_score"),
    "scopes overlap": (rule_text(scope(id_="x") + scope(id_="y")), "the scopes x and y overlap: both hold for every firm"),
    "scope twice": (rule_text(scope() + scope(extra='where = "staff > 1"')), "scope 's' is there twice"),
    "no scope": (rule_text(" "), "a rule needs a scope"),
    "one letter": (rule_text(scope(cuts=""), letters='[[letter]]\nid = "A"\n'), "two letters or more"),
    "letter twice": (rule_text(letters=LETTERS + '[[letter]]\nid = "D"\n'), "letter 'D' is there twice"),
    "unknown figure": (rule_text(scope(item(of="tax_10k_cnyy"))), "is no figure of a firm (nearest: tax_10k_cny)"),
    "unknown filter": (rule_text(scope(extra='where = "landmu > 3"')), "landmu"),
    "benchmark 0": (rule_text(scope(item(benchmark='{ kind = "fixed", value = 0 }'))), "must be above 0"),
    "benchmark without a value": (rule_text(scope(item(benchmark='{ kind = "fixed" }'))), "benchmark.value is missing"),
    "quantile": (rule_text(scope(item(benchmark='{ kind = "quantile", quantile = 2 }'))), "not between 0 and 1"),
    "cap below floor": (rule_text(scope(item(extra="cap = 0.5\nfloor = 1.0"))), "the cap 0.5 is below the floor 1"),
    "less without a cap": (rule_text(scope(item(extra='better = "less"'))), "a cap is needed"),
    "stand-in of nothing": (rule_text(scope(item() + item("b", weight=None, extra='instead_of = "c"'))), "stands in for 'c'"),
    "stand-in with a weight": (rule_text(scope(item() + item("b", weight=5, extra='instead_of = "tax"'))), "takes its weight"),
    "item twice": (rule_text(scope(item(weight=50) + item(weight=50))), "item 'tax' is there twice"),
    "uncertainty": (rule_text(parts="[uncertainty]\nheight = 0.1\n"), "uncertainty.height is no figure of a firm"),
    "a cap of nan": (rule_text(scope(item(extra="cap = nan"))), "cap = nan is not a finite number"),
    "a score of nan": (rule_text(scope(cuts=CUTS.replace("to_share = 0.2", "from_score = nan"))), "from_score = nan is not a finite number"),
    "unknown key": (rule_text(top="colour = 1"), "unknown key 'colour'"),
    "veto without a letter": (rule_text(parts='[[veto]]\nzh = "x"\nwhere = "staff > 1"\n'), "at_best is missing"),
    "floor": (rule_text(scope(item(extra="floor = -inf"))), "floor = -inf is not a finite number"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_wrong_rule_is_refused_with_one_sentence_a_fault(name: str) -> None:
    text, said = FAULTS[name]
    with pytest.raises(RuleError) as caught:
        grading.parse(text)
    assert said in caught.value.en
    assert caught.value.zh != caught.value.en


def test_all_mistakes_of_a_rule_are_named_at_once() -> None:
    text = rule_text(scope(item(weight=90), cuts=CUTS.replace("0.6", "0.1")), top="colour = 1")
    with pytest.raises(RuleError, match=r"3 wrong entries: .*add up to 90.*cross.*colour"):
        grading.parse(text)


def test_an_unknown_rule_is_refused_with_the_nearest(shipped: dict[str, grading.Rule]) -> None:
    with pytest.raises(RuleError, match="Did you mean 'huaian-2024'"):
        grading.choose(shipped, "huaian-2042")
