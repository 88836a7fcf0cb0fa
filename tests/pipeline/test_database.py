"""What a build does about its database: changed layer files, lost content, copies."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from tiny_workspace import park, tiny_workspace, write_parks

from industrymap import doctor, pipeline, store, workspace
from industrymap.cli import cli
from industrymap.errors import ConfigError, StoreError

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

FIRMS = "企业名称,地址,2024年营业收入(万元)\n甲厂,浔园街道一路1号,2000\n"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = tiny_workspace(tmp_path / "city", FIRMS)
    pipeline.build(folder)
    return folder


def changed(place: Path) -> pd.DataFrame:
    found = pipeline.run(workspace.load(place)).issues
    return found[found["rule"] == "layers.file_changed"]


def test_a_changed_layer_file_is_reported_with_its_difference_and_taken_in_when_asked(
    place: Path,
) -> None:
    write_parks(place, {"P1": park(1, width=0.005), "P2": park(2), "P4": park(4)})
    [row] = changed(place).to_dict("records")
    assert "1 added, 1 changed, 1 removed" in row["en"]
    assert "industrymap build --reimport village_parks" in row["zh"]
    built = pipeline.build(place, reimport=["village_parks"])
    assert built.layers["village_parks"]["park_id"].tolist() == ["P1", "P2", "P4"]
    assert "layers.file_changed" not in set(built.issues["rule"])
    base = store.open(workspace.load(place))
    assert base.history("P3")["removed"].tolist() == [False, True]
    assert base.changes()["why"].tolist()[-1] == "重新导入 · re-import"


def test_a_file_with_other_bytes_and_the_same_content_is_no_change(place: Path) -> None:
    path = place / "parks.geojson"
    path.write_text(path.read_text(encoding="utf-8") + "\n\n", encoding="utf-8")
    assert changed(place).empty


def dated(place: Path, day: date) -> None:
    config = place / workspace.CONFIG
    text = re.sub(r"(?m)^data_date = .*\n", "", config.read_text(encoding="utf-8"))
    config.write_text(
        text.replace("[workspace]", f"[workspace]\ndata_date = {day}"), encoding="utf-8"
    )


def test_an_imported_layer_holds_from_the_day_its_data_are_of(tmp_path: Path) -> None:
    folder = tiny_workspace(tmp_path / "city", FIRMS)
    dated(folder, date(2024, 12, 31))
    pipeline.build(folder)
    base = store.open(workspace.load(folder))
    assert base.as_of(date(2024, 12, 30), "village_parks").empty
    assert len(base.as_of(date(2024, 12, 31), "village_parks")) == 3
    write_parks(folder, {"P1": park(1, width=0.005), "P2": park(2)})
    dated(folder, date(2025, 6, 30))
    pipeline.build(folder, reimport=["village_parks"])
    assert len(base.as_of(date(2025, 6, 29), "village_parks")) == 3
    assert len(base.as_of(date(2025, 6, 30), "village_parks")) == 2


def test_a_data_date_to_come_does_not_close_the_database_to_changes(tmp_path: Path) -> None:
    folder = tiny_workspace(tmp_path / "city", FIRMS)
    dated(folder, date(2999, 12, 31))
    pipeline.build(folder)
    base = store.open(workspace.load(folder))
    edit = store.Edit(layer="village_parks", id="P1", record={"far": 0.9})
    assert base.apply([edit], "李四", "复核") == 2


def test_a_layer_that_is_not_there_cannot_be_taken_in(place: Path) -> None:
    with pytest.raises(ConfigError, match="it names village_parks"):
        pipeline.build(place, reimport=["parks"])


def test_build_apply_and_doctor_refuse_an_emptied_database_and_a_copy_restores_it(
    place: Path, tmp_path: Path
) -> None:
    table = tmp_path / "c.csv"
    table.write_text("park_id,far\nP1,0.9\n", encoding="utf-8")
    said = ("--who", "李四", "--why", "复核", "-w", str(place))

    def run(*args: str) -> tuple[int, str]:
        result = CliRunner().invoke(cli, ["--lang", "en", *args])
        return result.exit_code, result.output + str(result.exception or "")

    assert run("changes", "apply", str(table), *said)[0] == 0
    (place / "base.gpkg").write_bytes(b"")
    with pytest.raises(StoreError, match="nothing was brought in anew"):
        pipeline.build(place)
    assert "is empty" in run("changes", "apply", str(table), *said)[1]
    code, told = run("doctor", str(place))
    assert code == 2
    assert "doctor --restore" in told
    code, told = run("doctor", str(place), "--restore")
    assert "Restored the database as of change 1" in told
    assert store.open(workspace.load(place)).current("village_parks")["far"].isna().all()
    assert "Copied the database as of change 1" in run("doctor", str(place), "--backup")[1]


def test_a_changed_setting_of_a_layer_is_reported_until_it_is_taken_in(place: Path) -> None:
    write_parks(place, {f"P{n}": park(n) for n in (1, 2, 3)}, 产值=[1500.0, 2000.0, 700.0])
    pipeline.build(place, reimport=["village_parks"])
    config = place / workspace.CONFIG
    mapped = (
        '\n[layers.village_parks.columns]\n"产值" = { field = "output_10k_cny", unit = "元" }\n'
    )
    config.write_text(config.read_text(encoding="utf-8") + mapped, encoding="utf-8")
    found = pipeline.run(workspace.load(place)).issues
    [row] = found[found["rule"] == "layers.settings_changed"].to_dict("records")
    assert "industrymap build --reimport village_parks" in row["zh"]
    said = [one.zh for one in doctor.examine(place)]
    assert any("--reimport village_parks" in text for text in said)
    built = pipeline.build(place, reimport=["village_parks"])
    assert "layers.settings_changed" not in set(built.issues["rule"])
    assert built.layers["village_parks"]["output_10k_cny"].tolist() == [0.15, 0.2, 0.07]
