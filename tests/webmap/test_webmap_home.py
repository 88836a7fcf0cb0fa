"""What a reader takes home: files equal to the selection, pictures, prints, links, change files."""

from __future__ import annotations

import csv
import io
import json
import struct
import zipfile
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
import shapely
import webmap_city
from webmap_browser import Opened, opened

from industrymap import files
from industrymap.export import write as export_write
from industrymap.webmap import IndustryMap, MapModel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

RISKY = [
    "=1+1",
    "+1",
    "-1",
    "@x",
    "\tx",
    "\rx",
    "＝1",
    "－1",
    "＠1",
    "＋1",
    'a"b,c\nd',
    "甲{{7*7}}<b>",
    "普通",
]
FILTER = {
    "parks": [
        {"field": "route", "op": "in", "words": ["upgrade"]},
        {"field": "far", "op": "range", "min": None, "max": 0.9},
    ]
}


@pytest.fixture(scope="module")
def city() -> MapModel:

    city = webmap_city.model(1200, parks=120, blocks=40)
    parks = city.parks.copy()
    parks["name"] = pd.array([RISKY[i % len(RISKY)] for i in range(len(parks))], dtype="string")
    parks["change_id"] = pd.array(range(100, 100 + len(parks)), dtype="Int64")
    return city.with_frames(parks=parks)


@pytest.fixture(scope="module")
def shared(
    browser: Browser, city: MapModel, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Opened]:
    path = IndustryMap(city).save(tmp_path_factory.mktemp("page") / "map.html")
    with opened(browser, path, accept_downloads=True) as page:
        yield page


@pytest.fixture
def page(shared: Opened) -> Iterator[Opened]:
    shared.reset()
    yield shared
    assert shared.requests == []
    assert shared.complaints == []


def taken(page: Opened, layer: int, kind: str) -> bytes:
    """Export through the menu, as a reader does."""
    page.page.click("button[aria-haspopup=menu]")
    with page.page.expect_download() as download:
        page.page.click(f".menu [role=menuitem]:text-is('{kind}') >> nth={layer}")
    return download.value.path().read_bytes()


def filtered(page: Opened, city: MapModel) -> gpd.GeoDataFrame:
    page.app("(app, filters) => app.store.set({ filters })", FILTER)
    page.settle()
    parks = city.parks
    return parks[(parks["route"] == "upgrade") & (parks["far"] <= 0.9).fillna(value=False)]


@pytest.mark.browser
def test_geojson_is_the_selection_with_every_value_and_shape(
    page: Opened, city: MapModel, tmp_path: Path
) -> None:
    expected = filtered(page, city)
    data = taken(page, 0, "GeoJSON")
    (tmp_path / "parks.geojson").write_bytes(data)
    read = gpd.read_file(tmp_path / "parks.geojson").set_index("park_id").loc[expected["park_id"]]
    assert len(json.loads(data)["features"]) == len(expected)
    assert "crs" not in json.loads(data)
    assert read["name"].tolist() == expected["name"].tolist()
    assert read["far"].tolist() == expected["far"].tolist()
    assert (
        shapely.hausdorff_distance(read.geometry.to_numpy(), expected.geometry.to_numpy()).max()
        < 1e-7
    )
    assert all(shapely.is_ccw(g.exterior) for g in read.geometry)
    told = json.loads(data)["metadata"]
    assert told["simulated"] == "模拟数据"
    assert told["rows"] == len(expected)


@pytest.mark.browser
def test_geojson_equals_the_command_line_s(page: Opened, city: MapModel, tmp_path: Path) -> None:
    mine = json.loads(taken(page, 1, "GeoJSON"))["features"]
    export_write(city.enterprises, tmp_path / "firms.geojson", layer="enterprises")
    theirs = json.loads((tmp_path / "firms.geojson").read_text(encoding="utf-8"))["features"]

    def key(feature: dict[str, Any]) -> str:
        return str(feature["properties"]["uscc"])

    for a, b in zip(sorted(mine, key=key), sorted(theirs, key=key), strict=True):
        assert a["properties"] == b["properties"]
        assert (a["geometry"] or {}).get("coordinates") == (b["geometry"] or {}).get("coordinates")


@pytest.mark.browser
def test_csv_opens_in_excel_and_runs_nothing(page: Opened, city: MapModel) -> None:
    expected = filtered(page, city)
    data = taken(page, 0, "CSV")
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    name = rows[0].index("园区名称")
    assert [r[name].removeprefix("'") for r in rows[1:]] == expected["name"].tolist()
    assert not any(
        r[name].startswith(files.is_formula.__globals__["FORMULA_STARTS"]) for r in rows[1:]
    )
    assert [float(r[rows[0].index("容积率")]) for r in rows[1:]] == expected["far"].tolist()
    assert {r[rows[0].index("整治路径")] for r in rows[1:]} == {"改造提升"}


@pytest.mark.browser
def test_xlsx_opens_in_openpyxl_with_numbers_as_numbers(page: Opened, city: MapModel) -> None:
    expected = filtered(page, city)
    data = taken(page, 0, "Excel")
    assert zipfile.ZipFile(io.BytesIO(data)).testzip() is None
    book = openpyxl.load_workbook(io.BytesIO(data))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    far, name = rows[0].index("容积率"), rows[0].index("园区名称")
    assert [r[far] for r in rows[1:]] == expected["far"].tolist()
    texts = [t.replace("\r", "\n") for t in expected["name"]]
    assert [r[name].replace("\r", "\n") for r in rows[1:]] == texts
    assert all(c.data_type != "f" for row in book.worksheets[0].iter_rows() for c in row)
    assert "模拟数据" in {c for row in book.worksheets[1].iter_rows(values_only=True) for c in row}


@pytest.mark.browser
def test_exports_follow_the_order_of_the_table(page: Opened, city: MapModel) -> None:
    page.app(
        "async (app) => { await app.model.layer('parks').columns.load(['land_area_m2']); app.store.set({ sort: { parks: { field: 'land_area_m2', down: true } } }); }"
    )
    features = json.loads(taken(page, 0, "GeoJSON"))["features"]
    areas = [f["properties"]["land_area_m2"] for f in features]
    assert areas == sorted(city.parks["land_area_m2"], reverse=True)


@pytest.mark.browser
def test_a_picture_of_the_view_is_twice_as_fine_as_the_screen(page: Opened) -> None:
    page.page.click("button[aria-haspopup=menu]")
    with page.page.expect_download() as download:
        page.page.click(".menu [role=menuitem]:text-is('PNG')")
    data = download.value.path().read_bytes()
    width, height = struct.unpack(">II", data[16:24])
    assert data.startswith(b"\x89PNG")
    assert width > 2 * 700
    assert height > 2 * 650
    assert len(data) > 50_000


@pytest.mark.browser
@pytest.mark.parametrize(
    ("paper", "wide"), [("a4l", 297), ("a3p", 297), ("a4p", 210), ("a3l", 420)]
)
def test_print_gives_one_sheet_of_the_paper_with_map_and_list(
    page: Opened, paper: str, wide: int
) -> None:
    page.app(
        "(app) => { window.print = () => { window.printed = true; }; app.printList({ title: '名单', head: ['名次', '园区'], rows: [[1, '甲{{7*7}}<b>'], ...Array.from({ length: 20 }, (_, i) => [i + 2, '乙'])] }); }"
    )
    page.page.check(f".dialog input[value={paper}]")
    page.page.click(".dialog .primary")
    page.page.wait_for_selector(".print-sheet", state="attached")
    page.page.wait_for_selector(".dialog", state="detached")
    assert page.page.locator(".print-sheet td >> nth=1").text_content() == "甲{{7*7}}<b>"
    pdf = page.page.pdf(prefer_css_page_size=True)
    box = [float(v) for v in pdf.split(b"/MediaBox [")[1].split(b"]")[0].split()]
    assert abs(box[2] / 72 * 25.4 - wide) < 2
    assert pdf.count(b"/Type /Page\n") + pdf.count(b"/Type /Page ") <= 2
    page.app("() => document.querySelector('.print-sheet').remove()")


@pytest.mark.browser
def test_a_link_leads_back_to_filters_layers_weights_and_view(
    browser: Browser, page: Opened
) -> None:
    page.app(
        """async (app) => {
          app.store.set({ filters: { parks: [{ field: 'far', op: 'range', min: 0.4, max: 0.85 }], shared: [{ op: 'place', shape: { kind: 'circle', lon: 113.4, lat: 23.1, radius_m: 30000 } }] },
            layers: { ...app.store.state.layers, blocks: false }, rule: { weights: { far: 33 }, total: 7 }, tab: 'choose', mode: 'hexbin' });
          app.stage.map.setView([23.2, 113.5], 12.5, { animate: false });
        }"""
    )
    page.page.click(".tool[title*='链接']")
    page.page.wait_for_selector("dialog[open]")
    link = page.page.url
    page.page.keyboard.press("Escape")
    with opened(browser, webmap_path(page), fragment="#" + link.split("#")[1]) as again:
        state = again.app("(app) => app.store.state")
        assert state["filters"]["parks"] == [
            {"field": "far", "op": "range", "min": 0.4, "max": 0.85}
        ]
        assert state["layers"]["blocks"] is False
        assert state["rule"] == {"total": 7, "weights": {"far": 33}}
        assert (state["tab"], state["mode"]) == ("choose", "hexbin")
        centre = again.app(
            "(app) => { const c = app.stage.map.getCenter(); return [c.lng, c.lat, app.stage.map.getZoom()]; }"
        )
        assert centre == pytest.approx([113.5, 23.2, 12.5], abs=1e-3)
        assert again.count("parks") == page.count("parks")
        assert again.complaints == []


def webmap_path(page: Opened) -> Path:
    from pathlib import Path
    from urllib.parse import unquote, urlparse

    return Path(unquote(urlparse(page.page.url).path))


NONSENSE: list[Any] = [
    "null", "[]", "7", '"x"', "{", "{}", '{"v":2}', '{"v":1,"filters":7}', '{"v":1,"filters":{"parks":[7,null,{"op":"in"},{"op":"eval","field":"far"}]}}',
    '{"v":1,"filters":{"parks":[{"op":"in","field":"__proto__","words":["x"]}]},"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}',
    '{"v":1,"filters":{"parks":[{"op":"range","field":"far","min":"<img src=x onerror=window.fired=1>","max":{}}]}}',
    '{"v":1,"filters":{"parks":[{"op":"text","field":"name","text":"<img src=x onerror=window.fired=1>"}]},"lang":"<script>"}',
    '{"v":1,"at":[1e999,"x",null],"color":{"parks":"<b>"},"mode":"x","tab":{},"sort":{"parks":{"field":"nope"}},"picked":{"layer":"parks","row":1e9}}',
    '{"v":1,"shortlist":{"-1":"x","1":"<img src=x onerror=window.fired=1>","99999999":"y"},"rule":{"weights":{"far":1e9,"__proto__":5},"total":-4},"plan":{"far":null,"x":1},"classes":{"parks":{"method":"x","k":99,"breaks":["a"]}}}',
    '{"v":1,"filters":{"shared":[{"op":"place","shape":{"kind":"polygon","ring":[[1],[2],["x"]]}},{"op":"place","shape":{"kind":"circle","lon":1e9,"lat":0,"radius_m":-1}}]}}',
    '{"v":1,"filters":{"parks":[' + '{"op":"group","join":"and","items":[' * 40 + '{"op":"known","field":"far"}' + "]}" * 40 + "]}}",
]  # fmt: skip


@pytest.mark.browser
@pytest.mark.parametrize("text", [*NONSENSE, None], ids=range(len(NONSENSE) + 1))
def test_a_nonsense_link_opens_a_sound_page(page: Opened, text: str | None) -> None:
    import base64

    fragment = (
        "%%%not base64"
        if text is None
        else base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
    )
    page.app("(app, f) => { location.hash = f; }", fragment)
    page.page.wait_for_timeout(60)
    page.settle()
    assert page.page.evaluate("window.fired") is None
    assert page.page.evaluate("({}).polluted") is None
    assert page.count("enterprises") == 1200
    assert page.page.locator("#top img, #left img, #right img").count() == 0


@pytest.mark.browser
def test_edits_become_change_files_that_the_change_reader_takes(
    page: Opened, city: MapModel, tmp_path: Path
) -> None:
    from industrymap import changes

    row, (first, second) = 4, city.parks["park_id"].iloc[4:6]
    page.app("(app) => app.select('parks', 4)")
    page.page.click("summary:has-text('修改与变更')")
    page.page.fill("label:has-text('容积率') input >> nth=0", "1.75")
    page.page.press("label:has-text('容积率') input >> nth=0", "Tab")
    page.page.select_option(".edit-form label:has-text('权属') select >> nth=0", "mixed")
    page.app(
        "(app, id) => app.edits.setGeometry(id, { type: 'Polygon', coordinates: [[[113.4, 23.1], [113.41, 23.1], [113.41, 23.11], [113.4, 23.1]]] })",
        first,
    )
    page.app("(app, id) => app.edits.setValue(id, 'far', 0.33, null)", second)
    assert "2 个园区待变更" in page.page.inner_text(".edit-bar")
    saved = []
    page.page.on("download", lambda download: saved.append(download))  # noqa: PLW0108 - a bound builtin is refused
    page.page.click(".edit-bar .primary")
    page.page.wait_for_timeout(400)
    for download in saved:
        download.save_as(tmp_path / f"change.{download.suggested_filename.rsplit('.', 1)[1]}")
    text = (tmp_path / "change.csv").read_text(encoding="utf-8-sig")
    assert text.splitlines()[0] == "园区编号,所涉园区,操作,基准版本,原容积率,容积率"
    table = changes.read(tmp_path / "change.csv", schema="village_parks")
    assert [(r.id, r.record) for r in table.rows] == [(second, {"far": 0.33})]
    assert (table.rows[0].action, table.rows[0].base) == ("change", 105)
    assert not (table.findings["level"] == "error").any()
    shapes = changes.read(
        tmp_path / "change.geojson",
        schema="village_parks",
        options=changes.ReadOptions(datum="wgs84"),
    )
    assert [r.id for r in shapes.rows] == [first]
    assert shapes.rows[0].record == {"far": 1.75, "ownership": "mixed"}
    assert (shapes.rows[0].action, shapes.rows[0].base) == ("change", 100 + row)
    assert shapes.rows[0].geometry.area == pytest.approx(0.00005, rel=1e-6)
    page.app("(app) => app.edits.clear()")


@pytest.mark.browser
def test_undo_and_redo_go_step_by_step(page: Opened) -> None:
    page.app(
        "(app) => { app.edits.setValue('VP00001', 'far', 1, 0.5); app.edits.setValue('VP00001', 'far', 2, 0.5); app.edits.setValue('VP00002', 'note', 'x', null); }"
    )
    values = "(app) => [...app.edits.all].map(([id, e]) => [id, e.values])"
    assert page.app(values) == [["VP00001", {"far": 2}], ["VP00002", {"note": "x"}]]
    page.page.click(".edit-bar button[title='撤销']")
    page.page.click(".edit-bar button[title='撤销']")
    assert page.app(values) == [["VP00001", {"far": 1}]]
    page.page.click(".edit-bar button[title='重做']")
    assert page.app(values) == [["VP00001", {"far": 2}]]
    page.app("(app) => app.edits.clear()")


@pytest.mark.browser
def test_corners_are_dragged_added_and_removed(page: Opened) -> None:
    page.app(
        "(app) => { app.store.set({ layers: { ...app.store.state.layers, enterprises: false } }); app.select('parks', 9); }"
    )
    page.page.click("summary:has-text('修改与变更')")
    page.page.click("button:has-text('修改边界')")
    at = "(app, i) => { const c = app.store.state.corners.polygons[0][0][i]; const p = app.stage.map.latLngToContainerPoint([c[1], c[0]]); const r = app.stage.element.getBoundingClientRect(); return [p.x + r.x, p.y + r.y]; }"
    n = page.app("(app) => app.store.state.corners.polygons[0][0].length")
    x, y = page.app(at, 2)
    page.page.mouse.move(x, y)
    page.page.mouse.down()
    page.page.mouse.move(x + 25, y + 18, steps=4)
    page.page.mouse.up()
    moved = page.app(at, 2)
    assert moved == pytest.approx([x + 25, y + 18], abs=1)
    page.page.mouse.dblclick(*moved)
    assert page.app("(app) => app.store.state.corners.polygons[0][0].length") == n - 1
    page.page.keyboard.press("Tab")
    page.page.keyboard.press("ArrowUp")
    assert page.app("(app) => app.edits.size") == 1
    page.page.keyboard.press("Escape")
    page.app("(app) => app.edits.clear()")


@pytest.mark.browser
def test_a_hostile_change_file_is_shown_as_text_or_left_out(page: Opened) -> None:
    bad = "<img src=x onerror=window.fired=1>"
    texts = [
        f"park_id,action,name,far,route\nVP00001,change,{bad},x,{bad}\n{bad},change,a,1,b\n",
        json.dumps({"features": [{"properties": {"park_id": "VP00002"}, "geometry": {"type": "Polygon", "coordinates": [[[1e9, 1], [2, 2], [3, 3], [1, 1]]]}}, {"properties": None}, 7]}),
        "{not json", "", "a,b\n1,2",
    ]  # fmt: skip
    for text in texts:
        page.page.click("button[aria-haspopup=menu]")
        with page.page.expect_file_chooser() as chooser:
            page.page.click(".menu [role=menuitem]:has-text('打开变更文件')")
        chooser.value.set_files(
            [{"name": "c.csv", "mimeType": "text/csv", "buffer": text.encode()}]
        )
        page.page.wait_for_selector(".notice")
    edits = page.app("(app) => [...app.edits.all].map(([id, e]) => [id, e.values, e.geometry])")
    assert edits == [["VP00001", {"name": bad}, None]]
    page.app("(app) => app.select('parks', 0)")
    page.page.click("summary:has-text('修改与变更')")
    assert page.page.evaluate("window.fired") is None
    page.app("(app) => app.edits.clear()")
