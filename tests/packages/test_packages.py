"""The quarterly release: every file opens in other programs, a changed byte is found, and the same content gives the same bytes."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import zipfile
from typing import TYPE_CHECKING

import fiona
import frictionless
import pandas as pd
import pytest
import sdmx
from small_evaluation import METHOD, OWN
from tiny_workspace import tiny_workspace

from industrymap import cli, packages, pipeline
from industrymap.errors import ConfigError, PackageError
from industrymap.packages import Area, Observations
from industrymap.series import ParquetSeries

if TYPE_CHECKING:
    from pathlib import Path

A, B, C = "990103", "990104", "990105"
FIRMS = "企业名称,统一社会信用代码,行业代码,经度,纬度,营业收入（万元）\n" + "".join(
    f"甲{n}厂,9144010{n}00000000{n},3911,{114.0102 + n / 100:.4f},26.002,{2000 + n}\n"
    for n in range(1, 7)
)


def figures(folder: Path, year: int, amounts: dict[str, float]) -> None:
    """Add output, profit and energy of three districts and of the city, cumulative to the end of the year and of September."""
    rows = []
    for months, share in ((f"{year}-01..09", 0.7), (str(year), 1.0)):
        for entity, amount in amounts.items():
            kind = "city" if entity == "990100" else "district"
            for measure, of, unit in (
                ("output_10k_cny", 1.0, "万元"),
                ("profit_10k_cny", 0.1 + amount / 1e7, "万元"),
                ("energy_tce", 0.2, "吨标准煤"),
            ):
                rows.append(
                    (kind, entity, measure, months, round(amount * share * of, 2), unit, "reported")
                )
    table = pd.DataFrame(
        rows, columns=["kind", "entity", "measure", "period", "value", "unit", "status"]
    )
    ParquetSeries(folder / "series").append(table, who="统计", source=f"{year}.xlsx")


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small built workspace with two years of figures, a set and a method of its own."""
    folder = tiny_workspace(tmp_path_factory.mktemp("release") / "city", FIRMS)
    for name, text in (("indicators/own.toml", OWN), ("methods/m.toml", METHOD)):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    figures(folder, 2023, {A: 100_000, B: 210_000, C: 400_000, "990100": 710_000})
    figures(folder, 2024, {A: 110_000, B: 205_000, C: 430_000, "990100": 745_000})
    pipeline.build(folder)
    return folder


@pytest.fixture(scope="module")
def package(city: Path) -> Path:
    return pipeline.release_package(city, "2024年四季度", city / "2024Q4.zip").path


@pytest.fixture(scope="module")
def unpacked(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(package) as archive:
        archive.extractall(folder)
    return folder


def test_the_same_figures_give_the_same_bytes(city: Path, package: Path) -> None:
    again = pipeline.release_package(city, "2024Q4", city / "again.zip").path
    assert again.read_bytes() == package.read_bytes()


def test_the_tables_hold_what_was_computed(city: Path, unpacked: Path) -> None:
    table = pd.read_csv(unpacked / "indicators.csv", dtype={"unit": str})
    row = table[
        (table["unit"] == A) & (table["indicator"] == "output") & (table["period"] == "2024Q4")
    ]
    # 110,000 less 77,000 万元, in 亿元
    assert row["value"].tolist() == pytest.approx([3.3])
    index = pd.read_csv(unpacked / "index.csv", dtype={"unit": str})
    assert set(index["period"]) == {"2023Q4", "2024Q4"}
    assert index.loc[index["period"] == "2023Q4", "index"].dropna().eq(100).all()
    scores = pd.read_csv(unpacked / "scores.csv", dtype={"unit": str})
    (run,) = pipeline.runs(city)
    assert scores["rank"].dropna().tolist() == run.scores["rank"].dropna().tolist()
    lacking = pd.read_csv(unpacked / "definitions.csv")
    assert lacking["lacks"].isna().all()


def test_no_figure_of_a_single_firm_is_in_the_series(unpacked: Path) -> None:
    series = pd.read_csv(unpacked / "series.csv")
    assert set(series["kind"]) == {"city", "district"}


def test_frictionless_finds_the_data_package_sound(unpacked: Path) -> None:
    report = frictionless.validate(str(unpacked / "datapackage.json"))
    assert report.valid, report.flatten(["message"])
    assert len(report.tasks) >= 10


def test_sdmx1_reads_the_structure_and_the_data(unpacked: Path) -> None:
    structure = sdmx.read_sdmx(io.BytesIO((unpacked / "sdmx/structure.xml").read_bytes()))
    dsd = structure.structure["INDICATORS"]
    assert [d.id for d in dsd.dimensions.components] == [
        "FREQ",
        "LEVEL",
        "REF_AREA",
        "INDICATOR",
        "TIME_PERIOD",
    ]
    assert len(structure.codelist["CL_INDICATOR"]) == 3
    found = sdmx.to_pandas(
        sdmx.read_sdmx(io.BytesIO((unpacked / "sdmx/indicators.xml").read_bytes())).data[0]
    )
    table = pd.read_csv(unpacked / "indicators.csv")
    assert len(found) == len(table)
    assert found.loc["2024-Q4", "Q", "district", A, "output"] == pytest.approx(3.3)


def test_sdmx_csv_names_the_structure_and_writes_periods_as_sdmx_does(unpacked: Path) -> None:
    table = pd.read_csv(unpacked / "sdmx/indicators.csv", dtype=str)
    assert table.columns[:3].tolist() == ["STRUCTURE", "STRUCTURE_ID", "ACTION"]
    assert set(table["STRUCTURE_ID"]) == {"INDUSTRYMAP:INDICATORS(1.0)"}
    assert set(table["TIME_PERIOD"]) == {"2023-Q4", "2024-Q4"}


def test_a_label_that_sdmx_cannot_write_keeps_its_own_code() -> None:
    table = pd.DataFrame(
        {"level": "cluster", "unit": ["a.b", "a-b"], "indicator": "x", "period": "2024", "value": [1.0, 2.0], "unit_measure": "家",
         "basis": "firms", "n": 3, "coverage": 1.0}
    )  # fmt: skip
    areas = [Area("cluster", "a.b", "甲"), Area("cluster", "a-b", "乙")]
    of = Observations(
        table=table, areas=areas, indicators={"x": ("某", "x")}, prepared="2025-01-01T00:00:00Z"
    )
    text = packages.sdmx_csv(of)
    assert "a$2Eb" in text
    assert "a-b" in text


def test_layers_open_with_fiona_and_the_workbook_with_a_reader(unpacked: Path) -> None:
    with fiona.open(unpacked / "layers/village_parks.geojson") as layer:
        assert len(layer) == 3
    sheets = pd.read_excel(unpacked / "tables.xlsx", sheet_name=None, engine="calamine")
    assert {"指标", "得分", "指数", "时间序列"} <= set(sheets)


@pytest.mark.slow
def test_libreoffice_opens_the_workbook(unpacked: Path, tmp_path: Path) -> None:
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip("no LibreOffice here")
    subprocess.run(
        [office, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76", "--outdir", str(tmp_path), str(unpacked / "tables.xlsx")],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    assert "指标" in (tmp_path / "tables.csv").read_text(encoding="utf-8", errors="replace")


def test_every_file_has_its_hash_and_every_column_its_meaning(unpacked: Path) -> None:
    stated = json.loads((unpacked / "manifest.json").read_text(encoding="utf-8"))["files"]
    there = {str(p.relative_to(unpacked)) for p in unpacked.rglob("*") if p.is_file()}
    assert there - {"manifest.json"} == set(stated)
    meaning = pd.read_csv(unpacked / "dictionary.csv")
    assert meaning[["zh", "en"]].notna().all(axis=None)
    for name, columns in meaning.groupby("table")["column"]:
        assert set(columns) == set(pd.read_csv(unpacked / f"{name}.csv").columns)


def changed(package: Path, target: Path, name: str, change: object) -> Path:
    """Write a copy of a package with one file changed, left out (None) or added."""
    with zipfile.ZipFile(package) as archive:
        contents = {i: archive.read(i) for i in archive.namelist()}
    if change is None:
        del contents[name]
    else:
        data = bytearray(contents.get(name, b"x"))
        data[len(data) // 2] ^= 1
        contents[name] = bytes(data)
    with zipfile.ZipFile(target, "w") as archive:
        for member, content in contents.items():
            archive.writestr(member, content)
    return target


@pytest.mark.parametrize(
    "name", ["scores.csv", "tables.xlsx", "sdmx/indicators.xml", "methods/method.toml"]
)
def test_a_changed_byte_is_found(package: Path, tmp_path: Path, name: str) -> None:
    assert packages.verify(package) == []
    assert packages.verify(changed(package, tmp_path / "a.zip", name, change=1)) == [
        (name, "changed")
    ]


def test_a_file_left_out_or_added_is_found(package: Path, tmp_path: Path) -> None:
    assert packages.verify(changed(package, tmp_path / "a.zip", "index.csv", change=None)) == [
        ("index.csv", "missing")
    ]
    assert packages.verify(changed(package, tmp_path / "b.zip", "more.csv", change=1)) == [
        ("more.csv", "added")
    ]


def test_a_file_that_is_no_package_is_one_sentence(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.csv", "a\n1\n")
    with pytest.raises(PackageError, match="is no release package"):
        packages.verify(tmp_path / "a.zip")


def test_what_was_revised_since_the_last_release_is_listed_and_compared(
    city: Path, package: Path, tmp_path: Path
) -> None:
    copy = shutil.copytree(city, tmp_path / "city", ignore=shutil.ignore_patterns("*.zip"))
    rows = [("district", A, "output_10k_cny", "2024", 120_000.0, "万元", "revised")]
    columns = ["kind", "entity", "measure", "period", "value", "unit", "status"]
    ParquetSeries(copy / "series").append(pd.DataFrame(rows, columns=columns), who="统计")
    options = pipeline.ReleaseOptions(since=package)
    after = pipeline.release_package(copy, "2024Q4", tmp_path / "b.zip", options).path
    revisions = packages.open_package(after).table("revisions")
    assert revisions[["entity", "before", "after", "change"]].to_numpy().tolist() == [
        [A, "110000.0", "120000.0", "revised"]
    ]
    found = packages.difference(package, after)
    assert set(found["change"]) == {"changed"}
    of = found.loc[found["table"] == "indicators", "of"]
    assert f"district {A} output 2024Q4" in set(of)
    assert not of.str.contains(f"{B} output").any()


def test_a_public_release_has_reported_totals_only_and_is_remembered(
    city: Path, tmp_path: Path
) -> None:
    options = pipeline.ReleaseOptions(profile="public")
    with pytest.raises(ConfigError, match="approval number"):
        pipeline.release_package(city, "2024Q4", tmp_path / "no.zip", options)
    assert not (tmp_path / "no.zip").exists()
    copy = shutil.copytree(city, tmp_path / "city", ignore=shutil.ignore_patterns("*.zip"))
    config = copy / "industrymap.toml"
    text = config.read_text(encoding="utf-8").replace('review_number = ""', "")
    config.write_text(
        text.replace("[workspace]\n", '[workspace]\nreview_number = "粤审S（2026）018号"\n', 1),
        encoding="utf-8",
    )
    done = pipeline.release_package(copy, "2024Q4", tmp_path / "public.zip", options)
    table = packages.open_package(done.path).table("indicators")
    assert set(table["basis"]) == {"reported"}
    assert set(table["level"]) <= {"city", "district"}
    assert done.withheld is not None
    assert list((copy / ".industrymap/published").glob("*-cells.parquet"))
    contents = packages.open_package(done.path).contents
    assert not any("甲1厂".encode() in data for data in contents.values())


def run(*args: str) -> int:
    with pytest.raises(SystemExit) as left:
        cli.main(["--lang", "en", *args])
    return int(left.value.code or 0)


def test_the_command_packs_verifies_and_compares(
    city: Path, package: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("release", "2024Q4", "-w", str(city), "-o", str(tmp_path / "a.zip")) == 0
    assert "Seal" in capsys.readouterr().out
    assert run("release", "verify", str(tmp_path / "a.zip"), "-w", str(city)) == 0
    said = capsys.readouterr().out
    assert "is whole" in said
    assert "Its scores are those" in said
    assert run("release", "diff", str(package), str(tmp_path / "a.zip")) == 0
    assert "Both state the same figures" in capsys.readouterr().out
    assert (
        run("release", "verify", str(changed(package, tmp_path / "b.zip", "index.csv", change=1)))
        == 1
    )
    assert "! index.csv: changed" in capsys.readouterr().out
