"""Growth of a small city taken apart, and its months beside those of past years."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest
from click.testing import CliRunner
from tiny_workspace import tiny_workspace

from industrymap import jobs, pipeline
from industrymap.cli import cli
from industrymap.errors import IndicatorError, SeriesError
from industrymap.series import COLUMNS, ParquetSeries

if TYPE_CHECKING:
    from pathlib import Path

FIRMS = "企业名称,统一社会信用代码,行业代码,经度,纬度,营业收入（万元）\n" + "".join(
    f"甲{n}厂,9144010{n}00000000{n},{code},{114.0102 + n / 100:.4f},26.002,{2000 + n}\n"
    for n, code in enumerate(("3911", "3612", "3670", "1411"), start=1)
)


def add(folder: Path, *rows: tuple[str, str, str, float], measure: str = "tax_10k_cny") -> None:
    table = pd.DataFrame(rows, columns=["kind", "entity", "period", "value"])
    table = table.assign(measure=measure, unit="万元", status="reported")
    ParquetSeries(folder / "series").append(table[COLUMNS], who="甲")


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tiny_workspace(tmp_path_factory.mktemp("growth") / "city", FIRMS)
    pipeline.build(folder)
    # By name, as bureaus send them; 戊厂 is of no build.
    add(
        folder,
        *(("firm", n, "2024", v) for n, v in (("甲1厂", 100), ("甲2厂", 60), ("甲3厂", 40))),
        *(("firm", n, "2025", v) for n, v in (("甲1厂", 130), ("甲2厂", 50), ("甲4厂", 20), ("戊厂", 10))),
    )  # fmt: skip
    add(folder, ("city", "990100", "2025", 4.5), measure="tax_10k_cny:growth")
    return folder


def test_contributions_of_industries_firms_and_the_city_add_up(city: Path) -> None:
    done = pipeline.growth_parts(city, "tax_10k_cny", pipeline.GrowthOptions(by="industry"))
    points = dict(zip(done.table["code"], done.table["points"], strict=True))
    # Of a total of 200: 39 grew by 30, 36 lost 10 and a firm of 40, 14 gained a firm of 20, and one of no build of 10 came.
    assert points == pytest.approx({"39": 0.15, "36": -0.25, "14": 0.1, "": 0.05})
    assert done.table["points"].sum() == pytest.approx(done.whole.whole)
    assert (done.whole.n_panel, done.whole.n_entered, done.whole.n_left) == (2, 2, 1)
    assert done.whole.panel == pytest.approx(180 / 160 - 1)
    assert done.published == pytest.approx(0.045)
    firms = pipeline.growth_parts(city, "tax_10k_cny", pipeline.GrowthOptions(by="firm")).table
    assert firms["name"].tolist()[0] == "甲3厂"
    assert set(firms["name"]) == {"甲1厂", "甲2厂", "甲3厂", "甲4厂", "戊厂"}
    whole = pipeline.growth_parts(city, "tax_10k_cny", pipeline.GrowthOptions(by="city"))
    # Who is of no build is of no unit, the city included, and is shown by itself.
    assert dict(zip(whole.table["code"], whole.table["points"], strict=True)) == pytest.approx(
        {"": 0.05, "990100": 0.0}
    )


def test_a_district_that_sent_one_period_only_is_no_exit(city: Path) -> None:
    a, b = "990103", "990104"
    rows = [
        ("district", a, "2024", 50.0),
        ("district", a, "2025", 60.0),
        ("district", b, "2024", 9.0),
    ]
    add(city, *rows, measure="export_10k_cny")
    done = pipeline.growth_parts(city, "export_10k_cny")
    assert done.basis == "reported"
    assert done.whole.whole == pytest.approx(0.2)
    assert done.table["code"].tolist() == [a]
    assert len(done.lacking) == 1
    assert done.table["n_panel"].isna().all()


def test_what_cannot_be_taken_apart_is_one_sentence(city: Path) -> None:
    with pytest.raises(SeriesError, match="tax_10k_cny"):
        pipeline.growth_parts(city, "tax_10k_cn")
    with pytest.raises(SeriesError, match="in both 2023 and 2022"):
        pipeline.growth_parts(city, "tax_10k_cny", pipeline.GrowthOptions(by="firm", period="2023"))
    with pytest.raises(IndicatorError, match="There is no level 'distric'"):
        pipeline.growth_parts(city, "tax_10k_cny", pipeline.GrowthOptions(by="distric"))


def test_a_state_carried_over_is_not_compared_with_itself(city: Path) -> None:
    add(city, ("district", "990103", "2024", 50.0), measure="staff")
    with pytest.raises(SeriesError, match="of a period and of the same months of the year before"):
        pipeline.growth_parts(city, "staff")


def test_months_are_put_beside_those_of_past_years(city: Path) -> None:
    rows = [("city", "990100", p, v) for p, v in (("2024-01..02", 10.0), ("2024Q1", 16.0), ("2025-01..02", 11.0), ("2025Q1", 18.0))]  # fmt: skip
    add(city, *rows, measure="output_10k_cny")
    done = pipeline.seasons(city, "output_10k_cny")
    assert done.single
    assert done.table["period"].tolist() == ["2025-01..02", "2025-03"]
    assert done.table["growth"].tolist() == pytest.approx([0.1, 7 / 6 - 1])
    firm = pipeline.seasons(city, "tax_10k_cny", pipeline.SeasonOptions(entity="甲1厂"))
    assert firm.table["2024"].tolist() == [100.0]
    with pytest.raises(SeriesError, match="holds no 'output_10k_cny' of '无此厂'"):
        pipeline.seasons(city, "output_10k_cny", pipeline.SeasonOptions(entity="无此厂"))


def test_an_imported_firm_of_the_build_has_its_code(city: Path) -> None:
    path = city / "2023年.csv"
    path.write_text("企业名称,利润总额（万元）\n甲1厂,5\n戊厂,6\n", encoding="utf-8")
    done = jobs.import_series(path, city, who="甲", dry_run=True)
    base = pipeline.layer(city, "enterprises").set_index("name")["enterprise_id"]
    assert done.reading.observations["entity"].tolist() == [base["甲1厂"], "戊厂"]
    assert "observation.unknown_entity" in set(done.issues["rule"])


def test_the_commands_say_growth_and_seasons(city: Path) -> None:
    def run(*words: str) -> str:
        done = CliRunner().invoke(cli, ["--lang", "en", "series", *words, "-w", str(city)])
        assert done.exit_code == 0, done.output
        return done.output

    said = run("growth", "tax_10k_cny", "--by", "firm", "--top", "2")
    assert "constant panel (2 firms in both) 12.5%" in said
    assert "the other 3 together" in said
    assert "published rate of the city 4.5%" in said
    add(city, ("city", "990100", "2025", 9.0), measure="export_10k_cny")
    assert "2025" in run("seasons", "export_10k_cny")
