"""The template and script corpora in every field of every input: byte-equal in page and exports, and nothing runs."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING

import fiona
import pyogrio
import pytest
from hostile_texts import CORPUS
from webmap_browser import opened

from industrymap import pipeline, schemas, workspace
from industrymap.enterprises.codes import check_character

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

WEST, SOUTH, STEP = 113.60, 25.60, 0.02
TEXT_FIELDS = {
    layer: [f for f in schemas.fields(layer) if f.dtype == "str" and f.stage == "read"]
    for layer in ("enterprises", "village_parks", "industrial_blocks", "zones")
}
INNER = {"source", "datum", "uscc", "enterprise_id"}


def shown(text: str) -> str:
    """A NUL cannot be carried by every format: it stands as the sign for it, with an issue."""
    return text.replace("\x00", "␀")


def credit_code(number: int) -> str:
    body = f"91990100MA{number:07d}"
    return body + check_character(body)


def extent() -> tuple[float, float]:
    from industrymap import citypack

    west, south, east, north = citypack.load("sample").extent
    return (west + east) / 2, (south + north) / 2


def square(number: int) -> dict[str, object]:
    x, y = extent()
    x += (number % 8) * STEP / 4
    y += (number // 8) * STEP / 4
    w = STEP / 5
    ring = [[x, y], [x + w, y], [x + w, y + w], [x, y + w], [x, y]]
    return {"type": "Polygon", "coordinates": [ring]}


def layer_file(path: Path, layer: str, key: str) -> None:
    coded = {f.name for f in TEXT_FIELDS[layer] if schemas.values(f.name)}
    features = [
        {
            "type": "Feature",
            "properties": {
                f.zh: (f"{key}{n}" if f.name == key else text)
                for f in TEXT_FIELDS[layer]
                if f.name not in coded
            },
            "geometry": square(n),
        }
        for n, text in enumerate(CORPUS)
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
    path.write_text(text, encoding="utf-8")


def districts_file(path: Path) -> None:
    features = [
        {
            "type": "Feature",
            "properties": {"区划代码": f"99{n:04d}", "名称": text},
            "geometry": square(n),
        }
        for n, text in enumerate(CORPUS)
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
    path.write_text(text, encoding="utf-8")


def enterprise_file(path: Path) -> None:
    fields = [f for f in TEXT_FIELDS["enterprises"] if f.name not in INNER]
    own = CORPUS[:3]
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(
            [
                *(f.zh for f in fields),
                "统一社会信用代码",
                "营业收入(万元)",
                "经度",
                "纬度",
                "坐标系",
                *own,
            ]
        )
        x, y = extent()
        for n, text in enumerate(CORPUS):
            row = [text] * len(fields)
            writer.writerow(
                [*row, credit_code(n), 5000 + n, x + n / 1000, y, "WGS84", *([text] * len(own))]
            )


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> pipeline.Built:
    folder = tmp_path_factory.mktemp("corpus")
    (folder / "layers").mkdir()
    enterprise_file(folder / "layers/firms.csv")
    layer_file(folder / "layers/parks.geojson", "village_parks", "park_id")
    layer_file(folder / "layers/blocks.geojson", "industrial_blocks", "block_id")
    layer_file(folder / "layers/zones.geojson", "zones", "zone_id")
    districts_file(folder / "layers/districts.geojson")
    quoted = json.dumps("".join(CORPUS).replace("\x00", ""), ensure_ascii=False)
    config = f"""
[workspace]
title = {quoted}
city = "sample"
producer = {quoted}
source = {quoted}
[enterprises]
tables = [ {{ file = "layers/firms.csv", kind = "statistics" }} ]
[layers.village_parks]
file = "layers/parks.geojson"
[layers.industrial_blocks]
file = "layers/blocks.geojson"
[layers.zones]
file = "layers/zones.geojson"
[boundaries]
districts = {{ file = "layers/districts.geojson" }}
"""
    (folder / workspace.CONFIG).write_text(config, encoding="utf-8")
    return pipeline.build(folder)


def exported(built: pipeline.Built, name: str) -> list[dict[str, object]]:
    path = built.workspace.outputs / f"{name}.geojson"
    return [f["properties"] for f in json.loads(path.read_text(encoding="utf-8"))["features"]]


@pytest.mark.parametrize(
    ("name", "layer", "key"),
    [
        ("village_parks", "village_parks", "park_id"),
        ("industrial_blocks", "industrial_blocks", "block_id"),
        ("zones", "zones", "zone_id"),
    ],
)
def test_every_text_of_a_layer_is_exported_as_it_came(
    built: pipeline.Built, name: str, layer: str, key: str
) -> None:
    rows = {str(row[key]): row for row in exported(built, name)}
    assert len(rows) == len(CORPUS)
    for n, text in enumerate(CORPUS):
        for field in TEXT_FIELDS[layer]:
            if field.name in {key, "district", "town"} or schemas.values(field.name):
                continue
            assert rows[f"{key}{n}"][field.name] == shown(text), (field.name, text)


def test_every_text_of_an_enterprise_is_exported_as_it_came(built: pipeline.Built) -> None:
    rows = {row["revenue_10k_cny"]: row for row in exported(built, "enterprises")}
    assert len(rows) == len(CORPUS)
    kept = {
        "name",
        "registered_address",
        "operating_address",
        "main_product",
        "business_scope",
        "note",
    }
    for n, text in enumerate(CORPUS):
        for name in kept:
            assert rows[5000 + n][name] == shown(text), (name, text)


def test_two_other_readers_agree(built: pipeline.Built) -> None:
    path = built.workspace.outputs / "village_parks.geojson"
    with fiona.open(path, enabled_drivers=["GeoJSON"]) as source:
        through_fiona = [feature["properties"]["name"] for feature in source]
    through_pyogrio = pyogrio.read_dataframe(path)["name"].tolist()
    mine = [row["name"] for row in exported(built, "village_parks")]
    assert through_fiona == mine
    assert through_pyogrio == mine


@pytest.mark.browser
def test_nothing_runs_and_every_name_arrives_in_the_page(
    built: pipeline.Built, browser: Browser
) -> None:
    with opened(browser, built.workspace.outputs / "map.html") as page:
        read = (
            "async (app, [id, name]) => { const c = app.model.layer(id).columns; const out = [];"
            " for (let i = 0; i < c.n; i++) out.push(await c.read(name, i)); return out; }"
        )
        for layer, name in (
            ("enterprises", "name"),
            ("enterprises", "business_scope"),
            ("parks", "name"),
            ("parks", "note"),
            ("blocks", "name"),
            ("districts", "name"),
        ):
            assert sorted(page.app(read, [layer, name])) == sorted(map(shown, CORPUS)), (
                layer,
                name,
            )
            for row in range(len(CORPUS)):
                page.app("(app, [id, row]) => app.select(id, row)", [layer, row])
        page.settle()
        assert page.page.evaluate("window.fired") is None
        assert page.page.evaluate("document.querySelectorAll('img, iframe').length") == 0
    assert page.requests == []
    assert page.complaints == []
