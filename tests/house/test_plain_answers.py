"""The library answers a wrong argument in one sentence, and says in a line what a thing is."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import industrymap as im
from industrymap import datum, export, jobs, measure, schemas
from industrymap.errors import ConfigError, DatumError, LayerError, StoreError, TableError
from industrymap.store import Edit
from industrymap.webmap import MapModel

if TYPE_CHECKING:
    from pathlib import Path

_PARKS = gpd.GeoDataFrame(
    {"park_id": ["a"], "far": pd.array([1.2], dtype="Float64"), "name": ["东园"]},
    geometry=[shapely.box(113.300, 23.020, 113.304, 23.023)],
    crs="EPSG:4326",
)


@pytest.mark.parametrize(
    ("crs", "said"),
    [("EPSG:4326", "degrees"), ("EPSG:2263", "foot"), ("EPSG:3857", "Web Mercator")],
)
def test_land_is_measured_in_metres_or_not_at_all(crs: str, said: str) -> None:
    with pytest.raises(DatumError, match=said):
        im.measure_layer(_PARKS, layer="village_parks", crs=crs)
    with pytest.raises(DatumError, match=said):
        measure.projected(_PARKS, crs)
    with pytest.raises(DatumError, match=said):
        datum.area_m2(list(_PARKS.geometry), crs)


def test_a_conversion_takes_one_y_for_each_x() -> None:
    with pytest.raises(DatumError, match=r"\(2,\) and \(1,\)"):
        datum.convert([113.0, 114.0], [23.0], source="wgs84", target="gcj02")
    assert np.isfinite(datum.convert(113.0, 23.0, source="wgs84", target="gcj02")).all()


def test_a_profile_that_does_not_exist_builds_nothing(tmp_path: Path) -> None:
    with pytest.raises(
        ConfigError, match=r"no profile 'Public'; known: internal, public\. Did you mean 'public'"
    ):
        im.build(tmp_path, profile="Public")


def test_columns_to_export_are_named_in_either_language(tmp_path: Path) -> None:
    written = export.write(
        _PARKS, tmp_path / "p.csv", layer="village_parks", fields=["容积率", "name"]
    )
    assert written[0].read_text(encoding="utf-8-sig").startswith("容积率,园区名称,")
    with pytest.raises(ConfigError, match="no such column to export: '容积'"):
        export.write(_PARKS, tmp_path / "p.csv", layer="village_parks", fields=["容积"])
    with pytest.raises(ConfigError, match="no language 'fr'"):
        export.write(_PARKS, tmp_path / "p.csv", layer="village_parks", lang="fr")


def test_a_file_that_no_format_can_state_is_refused_with_one_that_can(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="use csv or xlsx"):
        export.write(_PARKS, tmp_path / "p.geojson", layer="village_parks", crs="gcj02")
    with pytest.raises(ConfigError, match="use gpkg, shp or parquet"):
        export.write(_PARKS, tmp_path / "p.geojson", layer="village_parks", crs="EPSG:4547")


def test_a_template_is_a_workbook_in_a_known_language(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"t\.csv: a template is written as xlsx"):
        jobs.write_template("review", tmp_path / "t.csv")
    with pytest.raises(ConfigError, match="no language 'fr'"):
        jobs.write_template("review", tmp_path / "t.xlsx", lang="fr")
    assert not list(tmp_path.iterdir())


def test_a_change_that_was_never_made_is_no_moment(tmp_path: Path) -> None:
    base = im.open_store(tmp_path / "base.gpkg")
    park = {"park_id": "a", "name": "东园"}
    wish = Edit(layer="village_parks", id="a", record=park, geometry=_PARKS.geometry[0])
    base.apply([wish], who="规划科", why="建库", valid_from=date(2025, 1, 1))
    assert len(base.as_of(1, "village_parks")) == 1
    for moment in (2, -1):
        with pytest.raises(StoreError, match=f"no change {moment}; the last one is 1"):
            base.as_of(moment, "village_parks")
    with pytest.raises(StoreError, match="no change 7"):
        base.diff(0, 7)


def test_frames_without_what_is_needed_are_refused_in_words() -> None:
    with pytest.raises(LayerError, match="no geometry: geocode them first"):
        im.assign_polygons(pd.DataFrame({"name": ["甲"]}))  # type: ignore[arg-type]
    with pytest.raises(TableError, match="no column enterprise_id"):
        im.tag(pd.DataFrame({"name": ["甲"]}), pack=im.load_city("guangzhou"))
    with pytest.raises(ConfigError, match=r"no layer 'parkz'; known: .*Did you mean 'parks'"):
        MapModel.of(parkz=_PARKS)


def test_things_say_in_one_short_line_what_they_are(tmp_path: Path) -> None:
    (tmp_path / "firms.csv").write_text("企业名称,营业收入（万元）\n甲厂,1200\n", encoding="utf-8")
    pack = im.load_city("guangzhou")
    things = (
        pack,
        im.Gazetteer.build(pack),
        im.read_enterprises(tmp_path / "firms.csv"),
        im.check_file(tmp_path / "firms.csv"),
        im.open_store(tmp_path / "base.gpkg"),
        MapModel.of(parks=_PARKS),
        im.IndustryMap(MapModel.of(parks=_PARKS)),
    )
    for thing in things:
        line = repr(thing)
        assert line.startswith("<")
        assert "\n" not in line
        assert len(line) < 400
    assert repr(things[2]) == "<Table 'firms.csv': 1 row, 2 of 2 columns recognised; 0 issues>"


def test_every_figure_has_a_formula_in_both_languages() -> None:
    for figure in schemas.indicators():
        if figure.kind in {"ratio", "quotient", "share", "hhi", "largest"} and figure.formula_zh:
            assert "÷" in figure.formula_zh or "Σ" in figure.formula_zh, figure.id
            assert "÷" in figure.formula_en or "Σ" in figure.formula_en or "sum of" in figure.formula_en or "per" in figure.formula_en or "HH" in figure.formula_en or "Herfindahl" in figure.formula_en, figure.id  # fmt: skip
            assert not figure.formula_en.startswith("1 mu"), figure.id
