"""``industrymap build --profile public``: nothing of one firm leaves the office, not even by subtraction."""

from __future__ import annotations

import base64
import itertools
import json
import re
import shutil
import zipfile
import zlib
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import shapely

from industrymap import export, pipeline, publishing, webmap, workspace
from industrymap.errors import ConfigError
from industrymap.pipeline._public import write_public

if TYPE_CHECKING:
    from pathlib import Path

NUMBER = "粤审S（2026）018号"
AREAS = ("districts", "towns", "village_parks", "industrial_blocks")


@pytest.fixture(scope="module")
def built(small_city: Path, tmp_path_factory: pytest.TempPathFactory) -> pipeline.Built:
    """Return the sample with an approval number as built with the public profile."""
    folder = tmp_path_factory.mktemp("approved") / "city"
    shutil.copytree(small_city, folder)
    config = folder / "industrymap.toml"
    text = re.sub(r"(?m)^review_number.*\n", "", config.read_text(encoding="utf-8"))
    config.write_text(
        text.replace("[workspace]\n", f'[workspace]\nreview_number = "{NUMBER}"\n', 1),
        encoding="utf-8",
    )
    return pipeline.build(folder, profile="public")


@pytest.fixture(scope="module")
def approved(built: pipeline.Built) -> Path:
    """Return its workspace."""
    return built.workspace.folder


@pytest.fixture(scope="module")
def firms(approved: Path) -> gpd.GeoDataFrame:
    """Return every firm of the sample, as built."""
    return pipeline.layer(approved, "enterprises")


@pytest.fixture(scope="module")
def release(approved: Path) -> publishing.Release:
    """Return the release that a public export is a part of."""
    return pipeline.public_release(workspace.load(approved), "towns")


def opened(page: Path) -> str:
    """Return the page with every block of data unpacked, as docs/page.md describes it."""
    text = page.read_text(encoding="utf-8")
    found = re.search(
        r'<script type="application/json" id="industrymap">(.*?)</script>', text, re.DOTALL
    )
    assert found is not None
    manifest = json.loads(found[1])
    bodies = dict(
        re.findall(
            r'<script type="text/plain" id="industrymap-(\d+)">(.*?)</script>', text, re.DOTALL
        )
    )
    unpacked = [json.dumps(manifest, ensure_ascii=False)]
    for block in manifest["blocks"].values():
        body, at = bodies[str(block["at"])].strip(), 0
        for length in block["chunks"]:
            raw = zlib.decompress(base64.b64decode(body[at : at + length]))
            unpacked.append(raw.decode("utf-8", errors="replace"))
            at += length
    assert len(unpacked) > 10
    return text + "\n".join(unpacked)


def public_text(folder: Path) -> str:
    """Return everything a reader of the public files can read."""
    found = sorted((folder / "outputs" / "public").iterdir())
    return "\n".join(
        opened(p) if p.suffix == ".html" else p.read_text(encoding="utf-8") for p in found
    )


def private_words(folder: Path, firms: pd.DataFrame) -> set[str]:
    """Return texts that belong to one firm, and notes and operators of parks."""
    columns = ("enterprise_id", "name", "uscc", "registered_address", "operating_address", "address", "note", "main_product", "business_scope")  # fmt: skip
    words = {str(w).strip() for c in columns for w in firms[c].dropna()}
    for name in ("village_parks", "industrial_blocks"):
        frame = pipeline.layer(folder, name)
        words |= {
            str(w) for c in ("note", "operator", "source") if c in frame for w in frame[c].dropna()
        }
    space = workspace.load(folder)
    for source in space.tables:
        words.add(source.file.name)
    return words


@pytest.mark.slow
def test_only_public_files_are_written(approved: Path) -> None:
    names = {path.name for path in (approved / "outputs" / "public").iterdir()}
    assert names == {"map.html", "manifest.json", "value_innovation_parks.geojson", "renewal_units.geojson"} | {
        f"{name}.geojson" for name in AREAS
    }  # fmt: skip


@pytest.mark.slow
def test_no_public_file_holds_a_private_text(approved: Path, firms: gpd.GeoDataFrame) -> None:
    text = public_text(approved)
    shown = {
        str(word)
        for name in (*AREAS, "value_innovation_parks", "renewal_units")
        for word in pipeline.layer(approved, name)["name"].dropna()
    }
    words = {w for w in private_words(approved, firms) if len(w) >= 4 and w not in shown}
    assert len(words) > 2000
    place_names = " ".join(shown)
    code = webmap.build(webmap.MapModel()).decode("utf-8")  # the page without any data
    found = {w for w in words if w in text and w not in place_names and w not in code}
    assert found == set()


FORMATS = ("geojson", "gpkg", "shp", "kml", "parquet", "xlsx", "csv")


def everything_in(folder: Path) -> str:
    """Return what all files of a folder hold: their bytes as text, archives unpacked, Parquet's pages read."""
    found = []
    for path in sorted(folder.iterdir()):
        data = path.read_bytes()
        found.append(data.decode("utf-8", errors="replace"))
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as file:
                found += [file.read(n).decode("utf-8", errors="replace") for n in file.namelist()]
        if path.suffix == ".parquet":
            frame = pd.read_parquet(path)
            found += [frame.drop(columns="geometry").to_csv(), str(pq.read_schema(path).metadata)]
    return "\n".join(found)


@pytest.mark.slow
@pytest.mark.parametrize("name", AREAS)
def test_no_format_of_a_public_layer_holds_a_private_text(
    approved: Path, firms: gpd.GeoDataFrame, tmp_path: Path, name: str
) -> None:
    shown = pipeline.public_layer(workspace.load(approved), name)
    schema = "divisions" if name in {"districts", "towns"} else name
    for extension in FORMATS:
        export.write(shown, tmp_path / f"{name}.{extension}", layer=schema)
    text = everything_in(tmp_path)
    assert str(shown["name"].dropna().iloc[0]) in text
    names = " ".join(
        str(v) for other in AREAS for v in pipeline.layer(approved, other)["name"].dropna()
    )
    words = {w for w in private_words(approved, firms) if len(w) >= 4 and w not in names}
    assert len(words) > 2000
    assert {w for w in words if w in text} == set()
    figures = {f"{v:.6f}".rstrip("0") for v in firms["revenue_10k_cny"].dropna()}
    assert {f for f in figures if len(f.rstrip(".")) > 6}.isdisjoint(re.findall(r"\d+\.\d+", text))


@pytest.mark.slow
def test_the_search_would_find_them(approved: Path, firms: gpd.GeoDataFrame) -> None:
    text = opened(approved / "outputs" / "map.html")
    names = firms.loc[firms["in_base"].fillna(value=False), "name"].dropna()
    assert sum(name in text for name in names) > 0.9 * len(names)


@pytest.mark.slow
def test_no_public_file_holds_a_figure_of_one_firm(approved: Path, firms: gpd.GeoDataFrame) -> None:
    private = {
        round(float(v), 6)
        for column in ("revenue_10k_cny", "tax_10k_cny", "output_10k_cny", "rd_10k_cny")
        for v in firms[column].dropna()
    }
    shown: list[float] = []
    for name in AREAS:
        table = gpd.read_file(approved / "outputs" / "public" / f"{name}.geojson")
        for column in ("base_revenue_10k_cny", "base_tax_10k_cny"):
            shown += [round(float(v), 6) for v in table[column].dropna()]
    assert len(shown) > 50
    assert private.isdisjoint(shown)
    digits = {
        f"{v:.6f}".rstrip("0") for v in private if len(f"{v:.6f}".rstrip("0").rstrip(".")) > 6
    }
    told = set(re.findall(r"\d+\.\d+", public_text(approved)))
    assert digits.isdisjoint(told)


@pytest.mark.slow
def test_no_park_note_operator_rent_or_reported_figure_is_published(approved: Path) -> None:
    parks = gpd.read_file(approved / "outputs" / "public" / "village_parks.geojson")
    assert set(parks.columns) <= {*publishing.fields("village_parks"), "geometry"}
    assert {"note", "operator", "rent_yuan_m2_month", "output_10k_cny", "tax_10k_cny"}.isdisjoint(parks.columns)  # fmt: skip


@pytest.mark.slow
def test_page_and_files_withhold_the_same_cells(approved: Path, built: pipeline.Built) -> None:
    from industrymap.webmap.publishing import publishable

    model = publishable(pipeline.page_model(built, profile="public"))
    for name, frame in (("village_parks", model.frame("parks")), ("towns", model.frame("towns"))):
        written = gpd.read_file(approved / "outputs" / "public" / f"{name}.geojson")
        for column in ("firms", "base_firms", "base_revenue_10k_cny"):
            assert written[column].isna().tolist() == frame[column].isna().tolist()


@pytest.mark.slow
def test_the_public_manifest_names_no_input(approved: Path) -> None:
    text = (approved / "outputs" / "public" / "manifest.json").read_text(encoding="utf-8")
    told = json.loads(text)
    assert told["review_number"] == NUMBER
    assert "inputs" not in told
    assert {o["file"] for o in told["outputs"]} >= {"map.html", "towns.geojson"}


@pytest.mark.slow
def test_the_exported_layer_is_the_published_one(approved: Path) -> None:
    frame = pipeline.public_layer(workspace.load(approved), "towns")
    written = gpd.read_file(approved / "outputs" / "public" / "towns.geojson")
    assert frame["base_firms"].isna().tolist() == written["base_firms"].isna().tolist()


@pytest.mark.slow
def test_coordinates_are_rounded(approved: Path) -> None:
    for path in (approved / "outputs" / "public").glob("*.geojson"):
        points = shapely.get_coordinates(gpd.read_file(path).geometry)
        assert np.abs(points * 1e4 - np.round(points * 1e4)).max() < 1e-6


def test_without_an_approval_number_nothing_is_published(small_city: Path) -> None:
    with pytest.raises(ConfigError, match="review_number"):
        pipeline.build(small_city, profile="public")
    assert not (small_city / "outputs" / "public").exists()


# Withholding across layers, on cities small enough to check every combination.


def square(n: int) -> Any:
    return shapely.box(np.arange(n) / 100, 23.0, np.arange(n) / 100 + 0.01, 23.01)


def city(firms: pd.DataFrame) -> tuple[dict[str, gpd.GeoDataFrame], dict[str, str]]:
    """Return layers measured from firms: districts, towns, parks and blocks."""
    layers, schemas = {}, {}
    for name, key, column, schema in (
        ("districts", "code", "district_code", "divisions"),
        ("towns", "code", "town_code", "divisions"),
        ("village_parks", "park_id", "park_id", "village_parks"),
        ("industrial_blocks", "block_id", "block_id", "industrial_blocks"),
    ):
        ids = sorted(firms[column].dropna().unique())
        inside = [firms[firms[column] == i] for i in ids]
        layers[name] = gpd.GeoDataFrame(
            {
                key: pd.array(ids, dtype="string"),
                "firms": pd.array([len(f) for f in inside], dtype="Int64"),
                "base_firms": pd.array([len(f) for f in inside], dtype="Int64"),
                "base_revenue_10k_cny": pd.array([f["revenue_10k_cny"].sum() for f in inside], dtype="Float64"),
            },
            geometry=list(square(len(ids))),
            crs=4326,
        )  # fmt: skip
        schemas[name] = schema
    layers["towns"]["parent_code"] = layers["towns"]["code"].str[:2]
    return layers, schemas


def of(rows: list[tuple[str, str | None, str | None, str | None]]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["district_code", "town_code", "park_id", "block_id"]).astype("string")  # fmt: skip
    return table.assign(in_base=True, above_scale=False, revenue_10k_cny=1000.0 + np.arange(len(table)))  # fmt: skip


def published(firms: pd.DataFrame) -> dict[str, gpd.GeoDataFrame]:
    layers, schemas = city(firms)
    return publishing.publish(layers, schemas=schemas, firms=firms, review_number=NUMBER)


def sums(firms: pd.DataFrame, layers: dict[str, gpd.GeoDataFrame]) -> np.ndarray[Any, Any]:
    """Return the shown cells and the city's total as vectors over firms."""
    rows = [np.ones(len(firms))]
    columns = {"districts": ("code", "district_code"), "towns": ("code", "town_code"), "village_parks": ("park_id",) * 2, "industrial_blocks": ("block_id",) * 2}  # fmt: skip
    for name, (key, column) in columns.items():
        shown = layers[name].loc[layers[name]["base_revenue_10k_cny"].notna(), key]
        rows += [(firms[column] == i).fillna(value=False).to_numpy(dtype=float) for i in shown]
    return np.array(rows)


def test_a_park_that_leaves_one_firm_of_its_town_is_withheld() -> None:
    firms = of([("01", "0101", "P1", None)] * 5 + [("01", "0101", None, None)] + [("01", "0102", None, None)] * 9)  # fmt: skip
    shown = published(firms)
    assert shown["village_parks"]["base_firms"].isna().all()
    assert shown["towns"]["base_firms"].tolist() == [6, 9]


def test_a_hidden_town_takes_the_smallest_other_town_with_it() -> None:
    firms = of([("01", "0101", None, None)] * 2 + [("01", "0102", None, None)] * 9 + [("01", "0103", None, None)] * 5)  # fmt: skip
    shown = published(firms)["towns"]
    assert shown["base_firms"].isna().tolist() == [True, False, True]


def test_a_sum_over_many_firms_with_one_known_figure_is_withheld() -> None:
    firms = of([("01", "0101", "P1", None)] * 6 + [("01", "0101", None, None)] * 6)
    firms.loc[1:5, "revenue_10k_cny"] = np.nan
    shown = published(firms)["village_parks"]
    assert shown["base_firms"].tolist() == [6]
    assert shown["base_revenue_10k_cny"].isna().all()


@pytest.mark.parametrize("seed", range(12))
def test_no_combination_of_published_sums_is_about_one_or_two_firms(seed: int) -> None:
    dice = np.random.default_rng(seed)
    rows: list[Any] = []
    for _ in range(60):
        district = f"0{dice.integers(1, 4)}"
        town = f"{district}0{dice.integers(1, 4)}"
        park = f"P{dice.integers(1, 9)}" if dice.random() < 0.5 else None
        block = f"B{dice.integers(1, 5)}" if dice.random() < 0.4 else None
        rows.append((district, town if dice.random() < 0.95 else None, park, block))
    firms = of(rows)
    layers = published(firms)
    known = sums(firms, layers)
    assert len(known) > 3
    basis = np.linalg.svd(known)[2][: np.linalg.matrix_rank(known)]
    onto = basis.T @ basis
    assert np.diag(onto).max() < 1 - 1e-6
    pairs = itertools.combinations(range(len(firms)), 2)
    largest = max(np.linalg.eigvalsh(onto[np.ix_(p, p)])[-1] for p in pairs)
    assert largest < 1 - 1e-6


def test_a_feature_named_after_a_firm_stops_the_publication_and_leaves_nothing(
    built: pipeline.Built, firms: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    from dataclasses import replace

    name = str(firms["name"].dropna().iloc[0])
    parks = built.layers["village_parks"].copy()
    parks.loc[parks.index[0], "name"] = f"{name}工业园"
    space = replace(built.workspace, outputs=tmp_path)
    told = replace(built, workspace=space, layers={**built.layers, "village_parks": parks})
    with pytest.raises(ConfigError, match=re.escape(name)):
        write_public(told)
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


@pytest.mark.parametrize("extension", ["xlsx", "zip", "parquet"])
def test_an_export_that_would_name_a_firm_is_refused_whatever_packs_it(
    approved: Path,
    firms: gpd.GeoDataFrame,
    release: publishing.Release,
    tmp_path: Path,
    extension: str,
) -> None:
    from functools import partial

    space = workspace.load(approved)
    frame = release.layers["towns"].copy()
    name = str(firms["name"].dropna().iloc[0])
    frame["name"] = frame["name"].where(frame.index != frame.index[0], f"{name} 一带")
    write = partial(export.write, frame, layer="divisions", name="towns")
    with pytest.raises(ConfigError, match=re.escape(name)):
        pipeline.write_public_layer(space, tmp_path / f"towns.{extension}", write, release)
    assert list(tmp_path.iterdir()) == []


def test_a_release_is_remembered_once_and_what_it_withholds_is_listed(
    approved: Path, release: publishing.Release
) -> None:
    space = workspace.load(approved)
    kept = sorted(p.name for p in (space.state / "published").iterdir())
    assert kept == ["0001-cells.parquet", "0001-firms.parquet"]
    listed = pd.read_csv(space.outputs / "withheld.csv", dtype="string")
    assert set(listed["reason"]) >= {"few", "subtraction"}
    assert listed["zh"].notna().all()
    frame = release.layers["towns"]
    assert len(release.withheld) == len(listed)
    assert int(frame["base_firms"].isna().sum()) == (listed[listed["layer"] == "towns"]["field"] == "base_firms").sum()  # fmt: skip


def test_a_record_that_was_moved_away_makes_no_room_for_another_to_be_written_over(
    approved: Path, tmp_path: Path
) -> None:
    from dataclasses import replace

    from industrymap import releases

    space = replace(workspace.load(approved), folder=tmp_path)
    release = pipeline.public_release(workspace.load(approved), "towns")
    folder = tmp_path / ".industrymap/published"
    for number in (1, 2):
        releases.add(space, replace(release, cells=release.cells.head(number)))
    (folder / "0001-cells.parquet").unlink()
    (folder / "0001-firms.parquet").unlink()
    second = (folder / "0002-cells.parquet").read_bytes()
    releases.add(space, replace(release, cells=release.cells.head(3)))
    assert (folder / "0002-cells.parquet").read_bytes() == second
    assert (folder / "0003-cells.parquet").is_file()


def test_without_the_record_of_earlier_releases_nothing_is_published(
    approved: Path, tmp_path: Path
) -> None:
    from dataclasses import replace

    from industrymap.errors import StoreError

    space = replace(workspace.load(approved), folder=tmp_path)
    shutil.copytree(approved / ".industrymap", tmp_path / ".industrymap")
    (tmp_path / ".industrymap/published/0001-firms.parquet").write_bytes(b"PAR1")
    with pytest.raises(StoreError, match="what was published before"):
        pipeline.public_release(space, "towns")
