"""The workspace database: what it keeps, how it goes back, and that every GIS opens it."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
import shapely
from store_memory import Memory

from industrymap import schemas
from industrymap.errors import ConflictError, StoreError
from industrymap.store import KEEP, Base, Edit, Store
from industrymap.store import open as opening

if TYPE_CHECKING:
    from pathlib import Path

PARKS = "village_parks"
JAN, JUN, OCT = date(2025, 1, 1), date(2025, 6, 1), date(2025, 10, 1)


def square(n: int = 0, size: float = 0.004) -> shapely.Polygon:
    return shapely.box(113 + n / 100, 23, 113 + n / 100 + size, 23 + size)


def edit(id_: str, record: Any = (), **more: Any) -> Edit:
    return Edit(layer=PARKS, id=id_, record=None if record is None else dict(record), **more)


def opened(kind: str, folder: Path, **options: Any) -> Base:
    """Make an empty database of either kind."""
    return opening(folder / "base.gpkg", **options) if kind == "geopackage" else Memory(**options)


@pytest.fixture(params=["geopackage", "memory"])
def kind(request: pytest.FixtureRequest) -> str:
    """Every implementation of the protocol goes through the same trials."""
    return str(request.param)


@pytest.fixture
def store(kind: str, tmp_path: Path) -> Base:
    return filled(opened(kind, tmp_path))


@pytest.fixture
def geopackage(tmp_path: Path) -> Store:
    """For what is the file's own: bytes on disk, other programs that open it."""
    made = Store(tmp_path / "base.gpkg")
    filled(made)
    return made


def filled(made: Base) -> Base:
    first = [
        edit(
            "P1",
            {"name": "甲园", "far": 0.8, "tenure_clear": True, "stage": "listed"},
            geometry=square(1),
        ),
        edit(
            "P2",
            {"name": "乙园", "firms_reported": 3, "updated_on": date(2024, 12, 31)},
            geometry=square(2),
        ),
    ]
    made.apply(first, "张三", "首批入库", valid_from=JAN)
    return made


def test_what_goes_in_comes_out_typed(store: Base) -> None:
    frame = store.current(PARKS)
    assert frame.crs == "EPSG:4326"
    one, two = frame.to_dict("records")
    assert (one["park_id"], one["name"], one["far"], one["tenure_clear"]) == (
        "P1",
        "甲园",
        0.8,
        True,
    )
    assert (two["firms_reported"], str(two["updated_on"].date())) == (3, "2024-12-31")
    assert frame["firms_reported"].dtype == "Int64"
    assert frame["far"].isna().tolist() == [False, True]
    assert frame.geometry.iloc[0].equals(square(1))
    assert frame["change_id"].tolist() == [1, 1]


def test_every_field_a_file_may_bring_is_kept(store: Base) -> None:
    for layer in store.layers():
        read = {f.name for f in schemas.fields(layer) if f.stage == "read"}
        assert read <= set(store.current(layer).columns)


def test_a_field_is_changed_and_the_others_stay(store: Base) -> None:
    assert store.apply([edit("P1", {"far": 1.2})], "李四", "复核", valid_from=JUN) == 2
    row = store.current(PARKS).iloc[0]
    assert (row["far"], row["name"], row["valid_from"].date()) == (1.2, "甲园", JUN)
    assert row.geometry.equals(square(1))


def test_none_clears_a_field(store: Base) -> None:
    store.apply([edit("P1", {"far": None})], "李四", "删除错误值", valid_from=JUN)
    assert store.current(PARKS)["far"].isna().all()


def test_a_change_that_changes_nothing_is_no_change(store: Base) -> None:
    turned = shapely.Polygon(list(square(1).exterior.coords)[1:])
    same = [edit("P1", {"far": 0.8}, geometry=turned), edit("P2")]
    assert store.apply(same, "李四", "无") is None
    assert len(store.changes()) == 1


def test_history_tells_who_when_why_and_until_when(store: Base) -> None:
    store.apply([edit("P1", {"stage": "approved"})], "李四", "批复", valid_from=JUN)
    store.apply([edit("P1", None)], "王五", "清退", valid_from=OCT)
    history = store.history("P1")
    assert history["stage"].tolist() == ["listed", "approved", "approved"]
    assert history["who"].tolist() == ["张三", "李四", "王五"]
    assert history["why"].tolist() == ["首批入库", "批复", "清退"]
    assert [d.date() for d in history["valid_from"]] == [JAN, JUN, OCT]
    assert [d.date() for d in history["valid_to"][:2]] == [JUN, OCT]
    assert history["removed"].tolist() == [False, False, True]


def test_the_log_names_the_file_and_its_hash(kind: str, tmp_path: Path) -> None:
    from industrymap import files

    path = tmp_path / "改动.csv"
    path.write_text("park_id,far\nP1,1\n", encoding="utf-8")
    source = files.check(path, allow=("csv",))
    store = opened(kind, tmp_path, now=lambda: datetime(2025, 6, 1, 4, 5, 6, tzinfo=UTC))
    store.apply([edit("P1", {"far": 1})], "张三", "首批", source)
    [row] = store.changes().to_dict("records")
    assert (row["source"], row["source_sha256"]) == ("改动.csv", source.sha256)
    assert row["at"] == datetime(2025, 6, 1, 4, 5, 6, tzinfo=UTC)
    assert (row["added"], row["changed"], row["removed"]) == (1, 0, 0)


def test_as_of_a_day_and_as_of_a_change(store: Base) -> None:
    store.apply(
        [edit("P1", {"far": 1.2}), edit("P3", geometry=square(3))], "李四", "改", valid_from=JUN
    )
    store.apply([edit("P2", None)], "李四", "删", valid_from=OCT)
    assert store.as_of(date(2024, 12, 31), PARKS).empty
    assert store.as_of(date(2025, 5, 31), PARKS)["far"].tolist()[0] == 0.8
    assert store.as_of(JUN, PARKS)["park_id"].tolist() == ["P1", "P2", "P3"]
    assert store.as_of(OCT, PARKS)["park_id"].tolist() == ["P1", "P3"]
    assert store.as_of(1, PARKS)["park_id"].tolist() == ["P1", "P2"]


def test_an_undone_change_shows_as_of_no_day_but_as_of_its_number(store: Base) -> None:
    store.apply([edit("P1", {"far": 9.9}), edit("P2", None)], "李四", "看错", valid_from=JUN)
    assert store.undo(2, "王五", "撤销") == 3
    assert store.as_of(OCT, PARKS)["far"].tolist()[0] == 0.8
    assert store.as_of(JUN, PARKS)["park_id"].tolist() == ["P1", "P2"]
    assert store.as_of(2, PARKS)["far"].tolist() == [9.9]
    log = store.changes()
    assert (log["undoes"][2], log["undone_by"][1]) == (2, 3)


def test_an_undo_can_be_undone(store: Base) -> None:
    store.apply([edit("P1", {"far": 9.9})], "李四", "改", valid_from=JUN)
    store.undo(2, "王五", "撤销")
    store.undo(3, "王五", "撤销撤销")
    assert store.current(PARKS)["far"].tolist()[0] == 9.9


def test_a_change_can_be_undone_once_the_later_one_was(store: Base) -> None:
    store.apply([edit("P1", {"far": 1.0})], "李四", "改", valid_from=JUN)
    store.apply([edit("P1", {"far": 2.0})], "李四", "再改", valid_from=OCT)
    assert store.undo(3, "王五", "撤销后者") == 4
    assert store.undo(2, "王五", "再撤销前者") == 5
    assert store.current(PARKS)["far"].tolist()[0] == 0.8
    assert {float(store.as_of(day, PARKS)["far"].iloc[0]) for day in (JAN, JUN, OCT)} == {0.8}


def test_an_undone_undo_is_no_dead_end(store: Base) -> None:
    store.apply([edit("P1", {"far": 1.0})], "李四", "改", valid_from=JUN)
    store.apply([edit("P1", {"far": 2.0})], "李四", "再改", valid_from=OCT)
    store.undo(3, "王五", "撤销")
    store.undo(4, "王五", "恢复")
    with pytest.raises(ConflictError, match="'P1' in change 5"):
        store.undo(2, "王五", "还不行")
    store.undo(5, "王五", "又撤销")
    store.undo(2, "王五", "可以了")
    assert store.current(PARKS)["far"].tolist()[0] == 0.8


def test_what_was_undone_under_a_later_change_comes_back_from_its_own_day(store: Base) -> None:
    store.apply([edit("P1", {"far": 1.0})], "李四", "改", valid_from=JUN)
    store.apply([edit("P1", {"far": 2.0})], "李四", "再改", valid_from=OCT)
    for change in (3, 2, 5):  # the last brings change 2 back
        store.undo(change, "王五", "撤销")
    days = (JAN, JUN, OCT)
    assert [float(store.as_of(d, PARKS)["far"].iloc[0]) for d in days] == [0.8, 1.0, 1.0]


def test_a_change_is_not_undone_twice(store: Base) -> None:
    store.apply([edit("P1", {"far": 1.0})], "李四", "改", valid_from=JUN)
    store.undo(2, "王五", "撤销")
    with pytest.raises(ConflictError, match="change 2 was undone by change 3"):
        store.undo(2, "王五", "撤销")


def test_a_change_touched_later_cannot_be_undone(store: Base) -> None:
    store.apply([edit("P1", {"far": 1.0}), edit("P2", {"far": 1.0})], "李四", "改", valid_from=JUN)
    store.apply([edit("P2", {"far": 2.0})], "李四", "再改", valid_from=OCT)
    with pytest.raises(ConflictError, match="'P2' in change 3") as caught:
        store.undo(2, "王五", "撤销")
    assert "P2" in caught.value.zh
    assert store.current(PARKS)["far"].tolist() == [1.0, 2.0]


def test_a_change_that_never_was_names_the_last(store: Base) -> None:
    with pytest.raises(StoreError, match="no change 7; the last one is 1"):
        store.undo(7, "王五", "撤销")


def test_what_changed_since_in_the_same_field_is_a_conflict(store: Base) -> None:
    store.apply([edit("P1", {"far": 1.0})], "李四", "改", valid_from=JUN)
    with pytest.raises(ConflictError, match="far changed in change 2 after version 1"):
        store.apply([edit("P1", {"far": 3.0}, base=1)], "王五", "改", valid_from=OCT)
    assert store.apply([edit("P1", {"name": "新名"}, base=1)], "王五", "改", valid_from=OCT) == 3
    row = store.current(PARKS).iloc[0]
    assert (row["far"], row["name"]) == (1.0, "新名")


def test_the_same_wish_twice_is_no_conflict(store: Base) -> None:
    store.apply([edit("P1", {"far": 1.0})], "李四", "改", valid_from=JUN)
    assert store.apply([edit("P1", {"far": 1.0}, base=1)], "王五", "改", valid_from=OCT) is None


CONFLICTS = [
    ([edit("P1", must="add")], "exists already"),
    ([edit("P9", must="change")], "no such feature"),
    ([edit("P9", None)], "no such feature"),
    ([edit("P1", {"far": 1}), edit("P1", {"far": 2})], "named twice"),
    ([edit("P1", {"far": 1}, valid_from=date(2024, 1, 1))], "known already"),
]


@pytest.mark.parametrize(("edits", "sentence"), CONFLICTS)
def test_a_contradiction_is_named_and_nothing_is_written(
    store: Base, edits: list[Edit], sentence: str
) -> None:
    sound = edit("P2", {"far": 5.0})
    with pytest.raises(ConflictError, match=sentence):
        store.apply([sound, *edits] if edits[0].id != "P2" else edits, "李四", "改", valid_from=JUN)
    assert store.current(PARKS)["far"].isna().tolist() == [False, True]
    assert len(store.changes()) == 1


def test_a_refused_first_change_leaves_no_file(tmp_path: Path) -> None:
    store = Store(tmp_path / "base.gpkg")
    with pytest.raises(ConflictError):
        store.apply([edit("P1", must="change")], "甲", "乙")
    with pytest.raises(StoreError):
        store.undo(1, "甲", "乙")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("who", "why"), [("", "为何"), ("谁", "  ")])
def test_a_person_and_a_reason_are_asked_for(store: Base, who: str, why: str) -> None:
    with pytest.raises(StoreError, match="the change log needs it"):
        store.apply([edit("P1", {"far": 1})], who, why)


def test_a_preview_writes_nothing(store: Base) -> None:
    plan = store.preview([edit("P1", {"far": 2.0}), edit("P9", must="change")], valid_from=JUN)
    assert [(i.id, i.action, i.fields) for i in plan.items] == [("P1", "change", ("far",))]
    assert [c.id for c in plan.conflicts] == ["P9"]
    assert store.current(PARKS)["far"].tolist()[0] == 0.8
    assert len(store.changes()) == 1


def test_neither_a_preview_nor_a_refusal_touches_the_file(geopackage: Store) -> None:
    before = geopackage.path.read_bytes()
    geopackage.preview([edit("P1", {"far": 2.0}), edit("P9", must="change")], valid_from=JUN)
    assert geopackage.path.read_bytes() == before
    with pytest.raises(ConflictError):
        geopackage.apply([edit("P9", must="change")], "李四", "改", valid_from=JUN)
    assert geopackage.path.stat().st_size == len(before)


def test_diff_tells_field_by_field(store: Base) -> None:
    later = [
        edit("P1", {"far": 1.2}, geometry=square(1, 0.006)),
        edit("P2", None),
        edit("P3", geometry=square(3)),
    ]
    store.apply(later, "李四", "改", valid_from=JUN)
    rows = store.diff(JAN, JUN).to_dict("records")
    assert [(r["id"], r["kind"], r["field"], r["before"], r["after"]) for r in rows][:1] == [
        ("P1", "changed", "far", "0.8", "1.2")
    ]
    assert {(r["id"], r["kind"], r["field"]) for r in rows} == {
        ("P1", "changed", "far"),
        ("P1", "changed", "geometry"),
        ("P2", "removed", ""),
        ("P3", "added", ""),
    }
    moved = next(r for r in rows if r["field"] == "geometry")
    assert moved["geometry_after"].area > moved["geometry_before"].area
    assert store.diff(1, 1).empty


def test_a_feature_that_never_was_names_the_nearest(store: Base) -> None:
    with pytest.raises(StoreError, match="Did you mean 'P1'"):
        store.history("P11")
    with pytest.raises(StoreError, match="no layer"):
        store.as_of(None, "parks")


def test_a_further_layer_has_a_history_too(store: Base) -> None:
    store.add_layer("value_innovation_parks", schema="zones")
    place = Edit(
        layer="value_innovation_parks", id="Z1", record={"name": "价值创新园"}, geometry=square(9)
    )
    assert store.apply([place], "张三", "首批", valid_from=JAN) == 2
    assert store.current("value_innovation_parks")["name"].tolist() == ["价值创新园"]


@pytest.mark.parametrize(
    "name", ["gpkg_contents", "x; DROP TABLE zones", "Zonen", "zones_history", ""]
)
def test_a_name_that_cannot_be_a_layer_is_refused(store: Base, name: str) -> None:
    with pytest.raises(StoreError, match="cannot name a layer"):
        store.add_layer(name, schema="zones")


def test_hostile_text_is_text(store: Base) -> None:
    text = "'); DROP TABLE change_log; -- {{7*7}} \"<script>"
    store.apply([edit(text, {"name": text}, geometry=square(5))], text, text, valid_from=JUN)
    assert text in store.current(PARKS)["name"].tolist()
    assert store.changes()["who"].tolist()[-1] == text
    assert len(store.history(text)) == 1


def test_geometry_of_every_kind_comes_back(store: Base) -> None:
    shapes = {
        "Z1": shapely.MultiPolygon([square(1), square(3)]),
        "Z2": shapely.Polygon(square(1, 0.01).exterior, [square(1, 0.001).exterior]),
        "Z3": shapely.LineString([(113, 23), (113.1, 23.1)]),
        "Z4": shapely.Point(113, 23),
        "Z5": None,
    }
    store.apply([Edit(layer="zones", id=i, geometry=g) for i, g in shapes.items()], "甲", "乙")
    frame = store.current("zones").set_index("zone_id")
    for id_, shape in shapes.items():
        found = frame.geometry[id_]
        assert found is None if shape is None else found.equals(shape)


def test_another_database_may_stand_in_its_stead(store: Base) -> None:
    assert isinstance(store, Base)
    assert isinstance(Memory(store.layers()), Base)


# Every GIS opens it as it is.


def test_pyogrio_and_fiona_read_the_layers(geopackage: Store) -> None:
    import fiona
    import pyogrio

    layers = dict(pyogrio.list_layers(geopackage.path))
    assert layers["village_parks"] == "MultiPolygon"
    assert layers["change_log"] is None
    frame = gpd.read_file(geopackage.path, layer="village_parks", engine="pyogrio")
    assert frame["name"].tolist() == ["甲园", "乙园"]
    assert frame.crs == "EPSG:4326"
    with fiona.open(
        geopackage.path, layer="village_parks_history", enabled_drivers=["GPKG"]
    ) as layer:
        assert [f["properties"]["park_id"] for f in layer] == ["P1", "P2"]
        assert layer.crs.to_epsg() == 4326


def test_qgis_shows_chinese_labels_with_units(geopackage: Store) -> None:
    db = sqlite3.connect(geopackage.path)
    titles = dict(
        db.execute(
            "SELECT column_name, title FROM gpkg_data_columns WHERE table_name = ?", (PARKS,)
        )
    )
    db.close()
    assert titles["name"] == "园区名称"
    assert titles["floor_area_m2"] == "建筑面积（m²）"


def test_another_program_cannot_edit_past_the_log(geopackage: Store) -> None:
    db = sqlite3.connect(geopackage.path)
    for statement in (
        "UPDATE village_parks SET name = 'x'",
        "DELETE FROM village_parks_history",
        "INSERT INTO change_log (at, who, why, valid_from, added, changed, removed) VALUES ('a','b','c','d',1,1,1)",
    ):
        with pytest.raises(sqlite3.IntegrityError, match="changes apply"):
            db.execute(statement)
    db.close()
    assert geopackage.check() == []


def test_an_edit_past_the_log_is_found(geopackage: Store) -> None:
    db = sqlite3.connect(geopackage.path)
    db.execute("UPDATE industrymap_store SET writing = 1")
    db.execute("UPDATE village_parks SET name = '丙园' WHERE park_id = 'P1'")
    db.execute("UPDATE industrymap_store SET writing = 0")
    db.commit()
    db.close()
    [(zh, en)] = geopackage.check()
    assert "village_parks" in zh
    assert "edited past the log" in en


def test_a_column_the_schema_gained_is_added(geopackage: Store) -> None:
    db = sqlite3.connect(geopackage.path)
    for table in ("village_parks", "village_parks_history"):
        db.execute(f"ALTER TABLE {table} DROP COLUMN note")
    db.commit()
    db.close()
    assert geopackage.current(PARKS)["note"].isna().all()
    geopackage.apply([edit("P1", {"note": "补充"})], "甲", "乙", valid_from=JUN)
    assert geopackage.current(PARKS)["note"].tolist()[0] == "补充"


def test_keep_is_the_default_and_none_takes_the_geometry_away(store: Base) -> None:
    assert edit("P1").geometry is KEEP
    store.apply([edit("P1", geometry=None)], "甲", "乙", valid_from=JUN)
    assert store.current(PARKS).geometry.isna().tolist() == [True, False]
