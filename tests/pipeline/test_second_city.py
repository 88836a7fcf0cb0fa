"""A second city and a layer of its own go through every output with data files only."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

import geopandas as gpd
import lake_city
import pytest
from click.testing import CliRunner

from industrymap import filters, measure, pipeline, schemas, workspace
from industrymap.cli import cli
from industrymap.errors import ConfigError
from industrymap.webmap import IndustryMap

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lake_city.write(tmp_path_factory.mktemp("lake"))


@pytest.fixture(scope="module")
def built(lake: Path) -> pipeline.Built:
    return pipeline.build(lake)


def test_an_unknown_layer_is_measured(built: pipeline.Built) -> None:
    first = built.layers["warehouses"].set_index("warehouse_id").loc["W1"]
    assert (first["base_firms"], first["base_staff"], first["district"]) == (4, 86, "湖东区")
    assert first["revenue_per_mu_10k_cny"] == pytest.approx(5400 / first["area_m2"] * 2000 / 3)
    assert first["block_overlap"] == pytest.approx(1, abs=1e-3)


def test_a_workspace_brings_coded_values_of_its_own_layer(built: pipeline.Built) -> None:
    layer = built.layers["warehouses"].set_index("warehouse_id", drop=False)
    assert layer["kind"].to_dict() == {"W1": "cold", "W2": "dry"}
    assert filters.parse("库型 = 冷库").keep(layer, layer="warehouses").index.tolist() == ["W1"]
    manifest = IndustryMap(pipeline.page_model(built)).payload.manifest
    head = next(layer for layer in manifest["layers"] if layer["id"] == "warehouses")
    kind = next(field for field in head["fields"] if field["name"] == "kind")
    assert [(v["zh"], v["en"], v["color"]) for v in kind["values"]] == [("冷库", "Cold store", "#2878b5"), ("普通库", "Dry store", "#c8762b")]  # fmt: skip


def test_a_workspace_brings_figures_of_its_own_layer(built: pipeline.Built) -> None:
    layer = built.layers["warehouses"].set_index("warehouse_id")
    assert layer.loc["W1", "shelf_share"] == pytest.approx(3000 / layer.loc["W1", "area_m2"])
    assert layer.loc["W1", "revenue_per_shelf"] == pytest.approx(5400 * 10_000 / 3000)
    # a warehouse whose shelves nobody has measured has neither
    assert layer.loc["W2", ["shelf_share", "revenue_per_shelf"]].isna().all()
    assert filters.parse("货架占比 > 0.1%").keep(layer, layer="warehouses").index.tolist() == ["W1"]
    records = {r["id"]: r for r in IndustryMap(pipeline.page_model(built)).payload.manifest["indicators"]}  # fmt: skip
    assert records["shelf_share"]["formula_zh"] == "货架面积 ÷ 面积"


def test_a_figure_made_of_few_firms_is_hidden_like_the_shipped_ones(built: pipeline.Built) -> None:
    with schemas.in_force(built.workspace.own):
        hidden = measure.suppress(built.layers["warehouses"], min_n=5).set_index("warehouse_id")
    assert hidden["revenue_per_shelf"].isna().all()
    assert "revenue_per_shelf" in hidden.loc["W1", "suppressed"]
    assert hidden["shelf_share"].notna().any()


@pytest.mark.parametrize(
    ("file", "line", "said"),
    [
        ("values", "ownr,a,甲", r"values\.csv line 2: 'ownr' is no text field .*\(nearest: owner\)"),
        ("values", "owner,甲,甲", "line 2: '甲' is no code"),
        ("values", "owner,a,甲\nowner,a,乙", "line 3: owner has a twice"),
        ("indicators", "x,parks,storeys,@area,层", "layers names 'parks'; schemas of this workspace: warehouses"),
        ("indicators", "x,warehouses,storey,@area,层", r"'storey' is no number of warehouses \(nearest: storeys\)"),
        ("indicators", "storeys,warehouses,storeys,@area,层", "'storeys' is no name for a figure"),
        ("indicators", "x,warehouses,owner,@area,层", "'owner' is no number of warehouses"),
    ],
)  # fmt: skip
def test_a_wrong_record_of_a_workspace_is_reported_with_its_line(tmp_path: Path, file: str, line: str, said: str) -> None:  # fmt: skip
    folder = lake_city.write(tmp_path)
    heads = {"values": "field,value,zh", "indicators": "id,layers,of,per,zh"}
    (folder / f"schemas/{file}.csv").write_text(f"{heads[file]}\n{line}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=said):
        workspace.load(folder)


def test_firms_know_which_feature_of_an_unknown_layer_they_are_in(built: pipeline.Built) -> None:
    assert built.enterprises["warehouse_id"].value_counts().to_dict() == {"W1": 4}


def test_an_unknown_layer_is_filtered_by_its_fields_and_its_firms(built: pipeline.Built) -> None:
    layer = built.layers["warehouses"]
    text = "层数 >= 2 且 enterprises.count >= 4 且 overlap(blocks) > 50%"
    assert filters.parse(text).keep(layer, layer="warehouses")["warehouse_id"].tolist() == ["W1"]
    firms = filters.parse("warehouse_id is not null").keep(built.enterprises, layer="enterprises")
    assert len(firms) == 4


def test_an_unknown_layer_is_a_subject_of_the_page(built: pipeline.Built) -> None:
    manifest = IndustryMap(pipeline.page_model(built)).payload.manifest
    head = next(layer for layer in manifest["layers"] if layer["id"] == "warehouses")
    assert (head["role"], head["zh"], head["color"]) == ("subject", "仓储用地", ["owner", "kind"])
    labels = {field["name"]: field["zh"] for field in head["fields"]}
    assert (labels["owner"], labels["base_firms"]) == ("产权单位", "入库企业数")
    firms = next(layer for layer in manifest["layers"] if layer["id"] == "enterprises")
    assert {f["name"]: f["zh"] for f in firms["fields"]}["warehouse_id"] == "所在仓储用地"


def test_an_unknown_layer_is_exported_with_its_labels(lake: Path, built: pipeline.Built) -> None:
    written = gpd.read_file(built.workspace.outputs / "warehouses.geojson", engine="pyogrio")
    assert written["base_firms"].tolist() == [4, 0]
    out = lake / "w.csv"
    options = ["--layer", "warehouses", "--where", "层数 = 1", "-o", str(out), "-w", str(lake)]
    result = CliRunner().invoke(cli, ["--lang", "zh", "export", *options])
    assert result.exit_code == 0, result.output
    rows = list(csv.DictReader(out.read_text(encoding="utf-8-sig").splitlines()))
    assert [row["产权单位"] for row in rows] == ["湖城物流"]


def test_an_unknown_layers_table_is_in_one_language_and_in_everyday_units(lake: Path, built: pipeline.Built) -> None:  # fmt: skip
    assert built.layers["warehouses"]["area_m2"].notna().all()
    out = lake / "en.csv"
    options = ["--layer", "warehouses", "-o", str(out), "-w", str(lake)]
    assert CliRunner().invoke(cli, ["--lang", "en", "export", *options]).exit_code == 0
    heads = out.read_text(encoding="utf-8-sig").splitlines()[0]
    assert "Area by geometry (mu)" in heads
    assert not re.search(r"[\u4e00-\u9fff]", heads)
    assert {"valid_from", "change_id", "n_industry_hhi"}.isdisjoint(heads.split(","))


def test_firms_are_filtered_by_the_name_that_an_unknown_layer_gives_its_key(lake: Path, built: pipeline.Built) -> None:  # fmt: skip
    assert len(built.enterprises) > 4
    out = lake / "firms.csv"
    options = [
        "--layer",
        "enterprises",
        "--where",
        "仓库编号 = W1",
        "--fields",
        "企业名称,仓库编号",
    ]
    result = CliRunner().invoke(cli, ["--lang", "zh", "export", *options, "-o", str(out), "-w", str(lake)])  # fmt: skip
    assert result.exit_code == 0, result.output
    rows = list(csv.DictReader(out.read_text(encoding="utf-8-sig").splitlines()))
    assert [row["仓库编号"] for row in rows] == ["W1"] * 4


def test_check_and_template_know_an_unknown_layer(lake: Path) -> None:
    file = str(next(lake.rglob("warehouses.*json")))
    said = CliRunner().invoke(cli, ["--lang", "zh", "check", file, "-w", str(lake), "--layer", "warehouses"])  # fmt: skip
    assert said.exit_code == 0
    assert "仓储用地" in said.output
    out = lake / "t.xlsx"
    done = CliRunner().invoke(cli, ["template", "warehouses", "-w", str(lake), "-o", str(out)])
    assert done.exit_code == 0, done.output
    assert out.read_bytes()[:2] == b"PK"


def test_a_layer_named_since_the_last_build_is_no_changed_file(lake: Path, built: pipeline.Built) -> None:  # fmt: skip
    config = lake / "industrymap.toml"
    text = config.read_text(encoding="utf-8")
    assert "warehouses" in built.layers
    table = text[text.index("[layers.warehouses]") :].split("\n\n")[0]
    config.write_text(f"{text}\n{table.replace('[layers.warehouses]', '[layers.depots]')}\nschema = \"warehouses\"\n", encoding="utf-8")  # fmt: skip
    try:
        said = CliRunner().invoke(cli, ["--lang", "en", "doctor", str(lake)])
        assert "since it was imported" not in said.output
    finally:
        config.write_text(text, encoding="utf-8")


def test_a_city_is_measured_by_its_own_taxonomy_and_standards(built: pipeline.Built) -> None:
    assert set(built.enterprises["cluster"]) == {"游艇", "造纸"}
    park = built.layers["village_parks"].iloc[0]
    assert (park["route"], park["route_standard"]) == ("upgrade", "lake-routes")
    # what is official in the city it inherits from is no rule here
    assert "pilot_eligible" not in built.layers["village_parks"]
    assert built.checks.empty


def test_the_report_of_a_second_city_names_no_other_city(lake: Path, built: pipeline.Built) -> None:
    assert len(built.enterprises) == 10
    result = CliRunner().invoke(cli, ["--lang", "zh", "report", "-w", str(lake)])
    assert result.exit_code == 0, result.output
    text = (lake / "outputs/stocktake.html").read_text(encoding="utf-8")
    assert "湖城重点产业链" in text
    assert "广州" not in text


def test_a_wrong_schema_is_named_with_its_line(tmp_path: Path) -> None:
    folder = lake_city.write(tmp_path)
    (folder / "schemas/warehouses.csv").write_text(
        "name,dtype,zh\nwarehouse_id,str,编号\nfloors,number,层数\n", encoding="utf-8"
    )
    with pytest.raises(ConfigError, match=r"schemas/warehouses\.csv line 3: 'number' is none of"):
        pipeline.build(folder)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.csv", "name,dtype,unit,zh\n", "has no field"),
        ("a.csv", "name;dtype;zh\nx;str;y\n", "lacks the columns"),
        ("a-B.csv", "name,dtype,zh\nx,str,y\n", "such as a_b.csv"),
    ],
)
def test_what_is_wrong_with_a_schema_file_is_what_is_said(tmp_path: Path, name: str, text: str, said: str) -> None:  # fmt: skip
    (tmp_path / "industrymap.toml").write_text('[workspace]\ntitle = "x"\ncity = "sample"\n[layers.a]\nfile = "a.geojson"\n')  # fmt: skip
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / name).write_text(text)
    with pytest.raises(ConfigError, match=said):
        workspace.load(tmp_path)


def test_a_layer_cannot_take_the_name_of_what_a_build_holds_already(tmp_path: Path) -> None:
    (tmp_path / "industrymap.toml").write_text('[workspace]\ntitle = "x"\ncity = "sample"\n[layers.enterprises]\nfile = "a.geojson"\n')  # fmt: skip
    with pytest.raises(ConfigError, match=r"\[enterprises\] tables"):
        workspace.load(tmp_path)


_TOML = '[workspace]\ntitle = "x"\ncity = "sample"\n[layers.a]\nfile = "a.geojson"\n'


@pytest.mark.parametrize(
    ("row", "said"),
    [("park_id,str,编号", "is a column of enterprises"), ("k,str,键\nfirms,str,企业", "firms is computed"), ("k,str,键\nchange_id,str,变", "kept by the database")],
)  # fmt: skip
def test_a_layer_of_ones_own_cannot_write_over_what_others_hold(tmp_path: Path, row: str, said: str) -> None:  # fmt: skip
    (tmp_path / "industrymap.toml").write_text(_TOML)
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "a.csv").write_text(f"name,dtype,zh\n{row}\n")
    with pytest.raises(ConfigError, match=said):
        workspace.load(tmp_path)


def test_a_removal_of_an_unknown_layers_feature_is_a_whole_row(lake: Path, built: pipeline.Built) -> None:  # fmt: skip
    assert len(built.layers["warehouses"]) == 2
    change = lake / "c.csv"
    change.write_text("仓库编号,操作,层数,产权单位\nW1,修改,9,丙\nW2,删除,,\n", encoding="utf-8")
    said = CliRunner().invoke(cli, ["--lang", "zh", "changes", "plan", str(change), "-w", str(lake), "--layer", "仓储用地"])  # fmt: skip
    assert "新增 0，修改 1，删除 1" in said.output


@pytest.mark.parametrize(
    ("layer", "text", "kept"),
    [
        ("warehouses", "overlap(parks) = 0 and distance(parks) > 1公里", ["W1", "W2"]),
        ("warehouses", "overlap(blocks) > 99%", ["W1"]),
        ("industrial_blocks", "count(warehouses where 库型 = 冷库) = 1", ["B1"]),
        ("industrial_blocks", "sum(warehouses.storeys) = 2 and count(parks) = 1", ["B1"]),
        ("village_parks", "distance(warehouses) < 2公里 and overlap(warehouses) = 0", ["P1"]),
        ("village_parks", "count(warehouses) > 0", []),
        ("districts", "count(warehouses where storeys = 1) = 1", ["980102"]),
    ],
)
def test_filters_relate_any_two_layers(lake: Path, built: pipeline.Built, layer: str, text: str, kept: list[str]) -> None:  # fmt: skip
    out = lake / "related.csv"
    options = ["--layer", layer, "--where", text, "--names", "-o", str(out), "-w", str(built.workspace.folder)]  # fmt: skip
    done = CliRunner().invoke(cli, ["export", *options])
    assert done.exit_code == 0, done.output
    rows = list(csv.reader(out.read_text(encoding="utf-8-sig").splitlines()))
    assert [row[0] for row in rows[1:]] == kept


def test_a_pack_in_the_workspace_is_found_by_its_name_from_any_folder(lake: Path) -> None:
    firms = str(lake / "layers/firms.csv")
    for command in (["check", firms], ["geocode", firms, "-o", str(lake / "placed.csv")]):
        done = CliRunner().invoke(cli, [*command, "--city", "pack", "-w", str(lake)])
        assert done.exit_code == 0, done.output
