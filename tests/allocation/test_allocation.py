"""Policies by letter: every number with its document or a proposal, the effect summed, scenarios beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import openpyxl
import pandas as pd
import pytest
from grading_inputs import truth, write
from grading_rules import firms as graded_firms
from grading_rules import item, letters, rule, scope

from industrymap import allocation, citypack, grading, pipeline
from industrymap.cli import main
from industrymap.errors import RuleError

if TYPE_CHECKING:
    from pathlib import Path

HEAD = """
policy_id = "p"
source = "甲发〔2024〕1号"
official = {official}
effective_from = "unknown"
[title]
zh = "试"
en = "trial"
"""
POWER = """
[[measure]]
id = "power"
zh = "电价"
field = "power"
kind = "money"
of = "electricity_kwh"
unit = "元/千瓦时"
scale = 0.0001
flow = "pays"
"""
SUBSIDY = """
[[measure]]
id = "rd"
zh = "补助"
field = "subsidy"
kind = "money"
of = "rd_10k_cny"
flow = "gets"
most_each = 30
"""
CREDIT = """
[[measure]]
id = "credit"
zh = "信贷"
field = "credit"
kind = "words"
"""


def value(letter: str, amount: object = None, *, text: str = "", rest: str = "") -> str:
    said = f"amount = {amount}\n" if amount is not None else f'text = "{text}"\n'
    return f'[[measure.value]]\nletter = "{letter}"\n{said}{rest}'


def policy(text: str, *, official: str = "false") -> allocation.Policy:
    return allocation.parse(HEAD.format(official=official) + text)


def firms() -> pd.DataFrame:
    """Five firms of two districts; the last has no letter and is managed as B."""
    return pd.DataFrame(
        {
            "enterprise_id": [f"E{n}" for n in range(1, 6)],
            "name": [f"厂{n}" for n in range(1, 6)],
            "district": pd.array(["甲", "甲", "乙", "乙", None], dtype="string"),
            "letter": pd.array(["A", "D", "D", "D", "T"], dtype="string"),
            "managed_as": pd.array(["A", "D", "D", "D", "B"], dtype="string"),
            "electricity_kwh": pd.array([1e6, 2e6, 3e5, None, 5e5], dtype="Float64"),
            "rd_10k_cny": pd.array([1000.0, 50.0, None, 0.0, 100.0], dtype="Float64"),
        }
    )


def table(text: str, by: tuple[str, ...]) -> list[list[object]]:
    done = allocation.effects(policy(text), firms(), letters="ABCD")
    columns = [*by, "firms", "known", "costs", "frees", "net"]
    summed = done.summed(by)[columns].astype(object)
    return summed.where(summed.notna(), None).to_numpy().tolist()


def test_a_price_step_is_summed_by_district_and_class_over_the_firms_whose_use_is_known() -> None:
    text = POWER + value("D", 0.1)
    # 0.1 yuan × 2,000,000 kWh are 20 万元; of the two in 乙 one has 0.1 × 300,000 = 3 万元, one is not known
    assert table(text, ("district", "class")) == [
        ["乙", "D", 2, 1, 0, 3, 3],
        ["甲", "D", 1, 1, 0, 20, 20],
    ]
    assert table(text, ()) == [[3, 2, 0, 23, 23]]


def test_what_firms_get_is_a_cost_and_a_limit_for_one_firm_holds() -> None:
    text = SUBSIDY + value("A", 0.05) + value("B", 0.1)
    # A: 5 % of 1,000 are 50, at most 30; the firm without a letter is managed as B: 10 % of 100
    assert table(text, ("class",)) == [["A", 1, 1, 30, 0, -30], ["T→B", 1, 1, 10, 0, -10]]


def test_a_rebate_and_a_surcharge_of_one_measure_do_not_hide_each_other() -> None:
    text = POWER + value("A", -0.05) + value("D", 0.1)
    assert table(text, ()) == [[4, 3, 5, 23, 18]]


def test_an_amount_that_no_document_gives_has_no_effect_known_and_never_nought() -> None:
    made = policy(POWER + value("D", '"unknown"'))
    assert table(POWER + value("D", '"unknown"'), ()) == [[3, 0, None, None, None]]
    assert made.unknown("zh") == ["电价"]


def test_an_amount_of_nothing_is_nothing_even_where_the_figure_is_not_known() -> None:
    assert table(POWER + value("D", 0), ()) == [[3, 3, 0, 0, 0]]


def test_words_touch_firms_and_cost_what_nobody_has_written_down() -> None:
    assert table(CREDIT + value("D", text="不新增授信"), ()) == [[3, 0, None, None, None]]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (POWER + value("D", 0.1), "names no source: give the document, or official = false"),
        (POWER.replace("electricity_kwh", "electricty_kwh") + value("D", 1, rest='source = "x"\n'), "nearest: electricity_kwh"),
        (POWER + value("D", '"viel"', rest='source = "x"\n'), 'should be a number or "unknown"'),
        (POWER + value("D", 1, rest='source = "x"\n') * 2, "has two values for D"),
        (CREDIT + value("D", text="x", rest='amount = 3\nsource = "x"\n'), "a measure in words has no amount"),
        (POWER.replace('unit = "元', 'effect_unit = "元"\nunit = "元') + value("D", 1, rest='source = "x"\n'), "money is summed in 万元"),
        (POWER.replace('"money"', '"quantity"') + value("D", 1, rest='source = "x"\n'), "effect_unit is missing"),
        (POWER, "has no value"),
        ("", "a policy needs a measure"),
        (POWER + value("D", 1, rest='sorce = "x"\n'), "did you mean 'source'"),
    ],
)  # fmt: skip
def test_a_wrong_policy_is_refused_by_one_sentence(text: str, said: str) -> None:
    with pytest.raises(RuleError, match="wrong entr") as error:
        policy(text, official="true")
    assert said in str(error.value)


def test_a_letter_that_the_grading_does_not_give_is_refused() -> None:
    with pytest.raises(RuleError, match="names the letter 'E', which the grading does not give"):
        allocation.effects(policy(POWER + value("E", 1)), firms(), letters="ABCD")


def test_every_shipped_number_has_its_document_or_is_a_proposal() -> None:
    policies = allocation.known(citypack.load("guangzhou").folders)
    assert set(policies) == {"shandong-2019", "nanjing-2017", "guangzhou-proposal"}
    for one in policies.values():
        for measure in one.measures:
            for v in measure.by_letter:
                assert v.source or not v.official, (one.id, measure.id, v.letter)
                # facts give no price step in yuan: none may be written down as one
                assert not v.official or v.amount is None
    assert policies["guangzhou-proposal"].title("en").endswith("(proposal, not official)")
    assert policies["shandong-2019"].unknown("zh") == ["差别化电价", "差别化水价", "差别化气价"]


def test_the_nearest_policy_is_named() -> None:
    with pytest.raises(RuleError, match="Did you mean 'nanjing-2017'"):
        allocation.choose(allocation.known([]), "nanjng-2017")


TWO = scope(item(weight=60) + item("rd", of="rd_10k_cny", weight=30) + item("rev", of="revenue_10k_cny", weight=10))  # fmt: skip


def weights(changes: list[grading.Change]) -> list[float]:
    return [i.weight for i in grading.varied(rule(TWO), changes).scopes[0].items]


def test_weights_that_are_not_named_share_the_rest_in_their_old_proportions() -> None:
    changed = weights([grading.Change(scope="", name="tax", value=20)])
    assert changed == pytest.approx([20, 60, 20])


def test_another_cut_gives_other_letters_and_is_not_official_any_more() -> None:
    made = grading.varied(rule(), [grading.Change(scope="s", name="A", value=0.4)])
    tax: list[object] = [5.0, 4.0, 3.0, 2.0, 1.0]
    assert letters(grading.grade(made, graded_firms(tax_10k_cny=tax))) == "AABCD"
    assert not made.scopes[0].cuts[0].official


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (grading.Change(scope="", name="A", value=0.7), "the cuts of A and B cross"),
        (grading.Change(scope="", name="A", value=15), "write 0.2 or 20%, or A>=15 for a score"),
        (grading.Change(scope="", name="tax", value=120), "would add up to 120"),
        (grading.Change(scope="", name="taxx", value=20), "Did you mean 'tax'"),
        (grading.Change(scope="x", name="tax", value=20), "has no scope 'x'"),
        (grading.Change(scope="", name="D", value=0.2), "'D' is neither a cut nor an item"),
    ],
)
def test_a_change_that_cannot_be_made_is_refused(change: grading.Change, said: str) -> None:
    with pytest.raises(RuleError) as error:
        grading.varied(rule(TWO), [change])
    assert said in str(error.value)


@pytest.fixture(scope="module")
def inputs(small_city: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(truth(small_city), tmp_path_factory.mktemp("inputs") / "要素.csv")


@pytest.fixture(scope="module")
def done(small_city: Path, inputs: Path) -> pipeline.Allocated:
    graded = pipeline.GradeOptions(rule="anhui", year=2025, inputs=(inputs,))
    scenarios = ("strict: A=15% B=50%", "power.D=0.2", "same: above.productivity=5")
    options = pipeline.AllocateOptions(
        policy="guangzhou-proposal", grade=graded, scenarios=scenarios
    )
    return pipeline.allocate(small_city, options)


def test_the_sums_are_those_of_the_firms_one_by_one(done: pipeline.Allocated) -> None:
    case = done.cases[0]
    kwh = dict(zip(case.grades.firms["enterprise_id"], case.grades.firms["electricity_kwh"], strict=True))  # fmt: skip
    by_district: dict[object, float] = {}
    for row in case.grades.table.to_dict("records"):
        step = {"C": 0.02, "D": 0.1}.get(str(row["managed_as"]))
        if step is not None and not pd.isna(kwh[row["enterprise_id"]]):
            key = None if pd.isna(row["district"]) else row["district"]
            by_district[key] = by_district.get(key, 0.0) + step * kwh[row["enterprise_id"]] / 1e4
    summed = case.effects.summed(("district",))
    power = summed[summed["measure"] == "power"]
    got = {None if pd.isna(d) else d: n for d, n in zip(power["district"], power["frees"], strict=True)}  # fmt: skip
    assert len(by_district) > 3
    assert {k: got[k] for k in by_district} == pytest.approx(by_district)


def test_the_ungraded_of_anhui_are_treated_as_b(done: pipeline.Allocated) -> None:
    assert "未评价→B" in set(done.cases[0].effects.firms["class"])


def test_scenarios_stand_beside_what_is(done: pipeline.Allocated) -> None:
    base, strict, dearer, same = done.cases
    assert strict.classes()["A"] < base.classes()["A"]
    assert len(done.moved(strict)) > 0
    # the weight it has anyway: nobody moves
    assert done.moved(same).empty
    power = [c.effects.summed(()).set_index("measure")["net"]["power"] for c in (base, dearer)]
    d = base.effects.firms
    of_d = d[(d["measure"] == "power") & (d["class"] == "D")]["effect"].sum()
    assert power[1] - power[0] == pytest.approx(of_d)


@pytest.mark.parametrize(
    ("scenario", "said"),
    [
        ("x: A~15", "should be such as A=15%"),
        ("x: A=1.5.0", "should be such as A=15%"),
        ("x:", "changes nothing"),
        ("x: power.B=1", "has no amount for 'B'"),
        ("x: credit.A=1", "has no amount for 'A'"),
    ],
)
def test_a_wrong_scenario_is_refused(
    small_city: Path, inputs: Path, scenario: str, said: str
) -> None:
    graded = pipeline.GradeOptions(rule="anhui", year=2025, inputs=(inputs,))
    options = pipeline.AllocateOptions(
        policy="guangzhou-proposal", grade=graded, scenarios=(scenario,)
    )
    with pytest.raises(RuleError) as error:
        pipeline.allocate(small_city, options)
    assert said in str(error.value)


def test_the_command_prints_sums_and_scenarios_and_writes_a_workbook(
    small_city: Path, inputs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "a.xlsx"
    words = ["guangzhou-proposal", "--rule", "anhui", "--year", "2025", "--inputs", str(inputs)]
    more = ["--scenario", "strict: A=15%", "--by-district", "-o", str(out), "-w", str(small_city)]
    with pytest.raises(SystemExit) as ended:
        main(["--lang", "en", "allocate", *words, *more])
    printed = capsys.readouterr().out
    assert ended.value.code == 0
    assert "Proposed, not official: everything" in printed
    assert "strict (A=15%):" in printed
    assert "power price step (10k yuan)" in printed
    sheets = openpyxl.load_workbook(out, read_only=True).sheetnames
    names = [name.removesuffix(" (simulated)") for name in sheets]
    assert names[:5] == ["Policy", "By class", "District and class", "Scenarios", "Moved"]
