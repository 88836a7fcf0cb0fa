"""Districts assessed: scores worked out by hand, awards, the ladder, doubling, quality firms by tag and year."""

from __future__ import annotations

from typing import TYPE_CHECKING

import openpyxl
import pandas as pd
import pytest

from industrymap import assessment, pipeline
from industrymap.cli import main
from industrymap.errors import RuleError, TableError

if TYPE_CHECKING:
    from pathlib import Path

HEAD = """
assessment_id = "a"
source = "test"
official = false
effective_from = "unknown"
least_industrial_share = 0.3
[title]
zh = "试"
en = "trial"
"""


def item(id_: str, weight: float, rest: str = "") -> str:
    return f'[[part.item]]\nid = "{id_}"\nzh = "{id_}"\nunit = "%"\nweight = {weight}\n{rest}\n'


def part(id_: str, items: str, *, industrial: bool = False) -> str:
    flag = "true" if industrial else "false"
    return f'[[part]]\nid = "{id_}"\nzh = "{id_}"\nindustrial = {flag}\n{items}'


PARTS = part(
    "i",
    item("growth", 20, 'method = "efficacy"') + item("energy", 10, 'method = "best"\nbetter = "less"'),
    industrial=True,
) + part("o", item("plan", 70, 'method = "target"\ntarget = 50'))  # fmt: skip
AWARD = '[[award]]\nid = "w"\nzh = "工业奖"\nby = "i"\nplaces = 2\n'


def made(text: str = PARTS + AWARD) -> assessment.Assessment:
    return assessment.parse(HEAD + text)


def figures(**columns: list[object]) -> pd.DataFrame:
    n = len(next(iter(columns.values())))
    names = pd.array(["甲", "乙", "丙", "丁"][:n], dtype="string")
    numbers = {k: pd.array(v, dtype="Float64") for k, v in columns.items()}
    return pd.DataFrame({"district": names, **numbers})


def test_scores_are_those_worked_out_by_hand() -> None:
    got = assessment.score(
        made(), figures(growth=[2, 6, 4], energy=[0.5, 0.25, 1], plan=[50, 25, 60])
    )
    table = got.districts.set_index("district")
    # growth by 功效系数法: 60 % of 20 for the worst, all for the best, half way between 80 %
    assert table["points.growth"].to_dict() == {"甲": 12, "乙": 20, "丙": 16}
    # less is better: best ÷ value
    assert table["points.energy"].to_dict() == {"甲": 5, "乙": 10, "丙": 2.5}
    # value ÷ target, no more than the weight
    assert table["points.plan"].to_dict() == {"甲": 70, "乙": 35, "丙": 70}
    assert table["score"].to_dict() == {"甲": 87, "乙": 65, "丙": 88.5}
    assert table["rank"].to_dict() == {"丙": 1, "甲": 2, "乙": 3}


def test_an_award_goes_to_the_first_by_its_part_and_equals_share_it() -> None:
    got = assessment.score(
        made(), figures(growth=[6, 6, 4, 2], energy=[1, 1, 1, 1], plan=[9, 1, 1, 1])
    )
    assert got.awards[["district", "place"]].to_numpy().tolist() == [["乙", 1], ["甲", 1]]


def test_what_is_not_known_gives_no_points_and_is_said() -> None:
    got = assessment.score(
        made(), figures(growth=[2, None], energy=[1, 1], plan=[50, 50])
    ).districts.set_index("district")
    assert got.loc["乙", ["score", "known"]].tolist() == [80, 80]
    assert got.loc["甲", "known"] == 100
    assert got.loc["甲", "score"] >= got.loc["乙", "score"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (part("i", item("x", 29), industrial=True) + part("o", item("y", 71)), "the industrial part has 29% of the score, at least 30% is asked"),
        (part("i", item("x", 30), industrial=True) + part("o", item("y", 60)), "the weights add up to 90, not 100"),
        (part("i", item("x", 30) + item("x", 70), industrial=True), "'x' is there twice"),
        (PARTS + '[[award]]\nid = "w"\nzh = "w"\nby = "nobody"\n', "nobody"),
        (PARTS + '[ladder]\n[[ladder.stage]]\nid = "a"\nzh = "a"\nfrom_10k_cny = 5\n[[ladder.stage]]\nid = "b"\nzh = "b"\nfrom_10k_cny = 5\n', "the stages must rise"),
        (PARTS + "[doubling]\nfrom_year = 2025\nto_year = 2025\n", "to_year must come after from_year"),
        (PARTS + '[doubling]\nwhere = "revnue > 1"\nfrom_year = 2024\nto_year = 2025\n', "revnue"),
        (PARTS + '[quality]\ntaxonomy = "tiers"\ntarget = 8000\n', "needs labels"),
        (PARTS.replace("target = 50", ""), "target is missing or not above 0"),
    ],
)  # fmt: skip
def test_a_wrong_assessment_is_refused_by_one_sentence(text: str, said: str) -> None:
    with pytest.raises(RuleError) as error:
        made(text)
    assert said in str(error.value)


def test_an_industrial_part_of_exactly_its_share_is_enough() -> None:
    assert made().industrial_share == pytest.approx(0.3)


TABLE = "区县,growth（%）,energy（%）,plan（%）\n"


def read(folder: Path, text: str) -> pd.DataFrame:
    path = folder / "figures.csv"
    path.write_text(text, encoding="gb18030")
    return assessment.read_figures(path, made())[0]


def test_figures_are_read_by_their_headings_and_totals_left_out(tmp_path: Path) -> None:
    got = read(tmp_path, TABLE + "甲区,2,0.5,50\n乙区,,1,25\n全市,2,1,3\n")
    assert got["district"].tolist() == ["甲区", "乙区"]
    assert got["growth"].fillna(-1).tolist() == [2, -1]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("区县,growth（‰）,energy（%）\n甲区,2,1\n乙区,2,1\n", "growth is in ‰, the assessment takes %"),
        (TABLE + "甲区,2,1,1\n甲区,2,1,1\n", "the district 甲区 is there twice"),
        ("区县,其他\n甲区,2\n乙区,2\n", "has no figure of any item"),
    ],
)  # fmt: skip
def test_figures_that_would_mislead_are_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(TableError) as error:
        read(tmp_path, text)
    assert said in str(error.value)


LADDER = assessment.Ladder(
    stages=tuple(
        assessment.Stage(id=f"s{n}", zh=f"{n}", en=f"{n}", from_10k_cny=n)
        for n in (2000.0, 10000.0)
    ),
    near=0.1,
    official=False,
)


def firms(n: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "enterprise_id": [f"E{i}" for i in range(1, n + 1)],
            "name": [f"厂{i}" for i in range(1, n + 1)],
            "district": ["甲"] * n,
        }
    )


def course(year: int, revenue: list[object]) -> pd.DataFrame:
    known = [f"E{i}" for i in range(1, len(revenue) + 1)]
    amounts = pd.array(revenue, dtype="Float64")
    return pd.DataFrame({"enterprise_id": known, "year": year, "revenue_10k_cny": amounts})


def test_stages_begin_at_their_threshold_and_who_is_near_the_next_is_watched() -> None:
    years = pd.concat(
        [
            course(2025, [2000, 1999.99, 1800, 1799, 9000, 10000, None]),
            course(2024, [1999, 2000, None, 1, 1, 1, 1]),
        ]
    )
    got = assessment.ladder(LADDER, firms(7), years, year=2025).set_index("enterprise_id")
    assert got["stage"].to_dict() == {"E6": 2, "E5": 1, "E1": 1, "E2": 0, "E3": 0, "E4": 0}
    assert got["watched"].to_dict() == {"E6": False, "E5": True, "E1": False, "E2": True, "E3": True, "E4": False}  # fmt: skip
    assert got["stage_before"].fillna(-1).to_dict() == {"E6": 0, "E5": 0, "E1": 0, "E2": 1, "E3": -1, "E4": 0}  # fmt: skip
    assert got.loc["E5", "to_next_10k_cny"] == 1000


def test_doubling_is_against_the_double_and_steady_growth() -> None:
    of = assessment.Doubling(where="", from_year=2023, to_year=2027, times=2.0, official=False)
    years = pd.concat(
        [
            course(2023, [100, 100, 100, 0, None, 100]),
            course(2025, [200, 141.43, 141.42, 5, 5, None]),
        ]
    )
    got = assessment.doubling(of, firms(6), years, year=2025).set_index("enterprise_id")
    # half of the way asks the root of 2: 1.41421…
    assert got["state"].to_dict() == {
        "E1": "done", "E2": "on_track", "E3": "behind", "E4": "unknown", "E5": "unknown", "E6": "unknown",
    }  # fmt: skip


def test_quality_firms_are_counted_once_by_tag_and_year() -> None:
    of = assessment.Quality(
        taxonomy="tiers", labels=("小巨人", "冠军"), target=8000, by_year=None, official=False
    )
    tags = pd.DataFrame(
        {
            "enterprise_id": ["E1", "E1", "E2", "E3", "E9", "E4"],
            "taxonomy": "tiers",
            "label": ["小巨人", "冠军", "小巨人", "小巨人", "小巨人", "别的"],
            "valid_from": pd.to_datetime(["2023-05-01", "2024-05-01", "2023-01-01", None, "2023-01-01", "2023-01-01"]),
            "valid_to": pd.to_datetime([None, None, "2024-06-30", None, None, None]),
        }
    )  # fmt: skip
    got = assessment.quality(of, firms(4), tags, year=2025)
    together = got[got["label"].isna()].set_index("year")
    # E2's ended in 2024; E3's has no date and counts in the last year only; E9 is not in the base
    assert together["firms"].to_dict() == {2023: 2, 2024: 1, 2025: 2}
    assert together["undated"].to_dict() == {2023: 0, 2024: 0, 2025: 1}
    assert together["target"].tolist() == [8000] * 3
    champions = got[got["label"] == "冠军"].set_index("year")["firms"]
    assert champions.to_dict() == {2023: 0, 2024: 1, 2025: 1}


def test_the_shipped_assessment_says_that_it_is_a_proposal_but_for_what_jinan_states() -> None:
    one = assessment.known([])["jinan-proposal"]
    assert one.title("en").endswith("(proposal, not official)")
    assert (one.least_industrial_share, one.awards[0].official) == (0.3, True)
    assert one.quality is not None
    assert one.quality.target == 8000


def test_cohorts_of_districts_add_up_and_the_command_writes_them(
    small_city: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    done = pipeline.assess(
        small_city, pipeline.AssessOptions(assessment="jinan-proposal", year=2025)
    )
    table = done.by_district()
    assert done.ladder is not None
    assert table["watched"].sum() == done.ladder["watched"].sum() > 0
    assert (table[["done", "on_track", "behind", "unknown"]].sum(axis=1) == table["cohort"]).all()
    path = tmp_path / "f.csv"
    path.write_text("区县,工业投资增速（%）\n甲区,3\n乙区,4\n", encoding="utf-8")
    out = tmp_path / "a.xlsx"
    words = ["assess", "jinan-proposal", "--year", "2025", "--figures", str(path), "-o", str(out)]
    with pytest.raises(SystemExit) as ended:
        main(["--lang", "en", *words, "-w", str(small_city)])
    printed = capsys.readouterr().out
    assert ended.value.code == 0
    assert "award for industrial investment, place 1: 乙区" in printed
    assert "together, each firm once" in printed
    sheets = openpyxl.load_workbook(out, read_only=True).sheetnames
    names = [name.removesuffix(" (simulated)") for name in sheets]
    assert names[:-1] == ["Scores", "Awards", "By district", "Ladder", "Doubling", "Quality firms"]
