"""The long form of the database tests: random change files against a model, and kills in the middle of writes.

``python benchmarks/soak_store.py files [COUNT] [SEED]``
    COUNT (10,000) random change files (CSV and GeoJSON) are written, read, applied, refused, undone, and queried as of random
    days and changes; the database and the in-memory model of ``tests/helpers/store_model.py`` must agree after every one.

``python benchmarks/soak_store.py kills [COUNT] [SEED]``
    COUNT (500) kills at random moments of a write, each followed by opening what is left (``tests/helpers/store_kills.py``).
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import shapely

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "helpers"))

import store_kills
from change_plans import planned
from store_model import LAYERS, Model, Refused, random_edits, states

from industrymap import citypack
from industrymap.changes import apply
from industrymap.errors import IndustryMapError
from industrymap.store import KEEP, Edit, Store

ACTIONS = {"add": "新增", "change": "修改", None: ""}
FIRST = date(2000, 1, 1)
ACCEPT = ("area", "overlap", "outside")


def one_layer(edits: list[Edit]) -> tuple[str, list[Edit]]:
    layer = edits[0].layer
    return layer, [e for e in edits if e.layer == layer]


def as_csv(path: Path, layer: str, edits: list[Edit]) -> list[Edit]:
    """Write a table; it cannot hold geometry."""
    fields = sorted({f for e in edits for f in e.record or ()})
    lines = [",".join([LAYERS[layer], "操作", "change_id", *fields])]
    for e in edits:
        action = "删除" if e.record is None else ACTIONS[e.must]
        base = "" if e.base is None else str(e.base)
        cells = [cell(e.record, f) if e.record else "" for f in fields]
        lines.append(",".join([e.id, action, base, *cells]))
    path.write_text("\n".join(lines) + "\n", encoding="gb18030")
    return [
        Edit(
            layer=e.layer,
            id=e.id,
            record=e.record,
            base=e.base,
            must=None if e.record is None else e.must,
        )
        for e in edits
    ]


def cell(record: Any, field: str) -> str:
    if field not in record:
        return ""
    value = record[field]
    return (
        "清空"
        if value is None
        else {True: "是", False: "否"}.get(value, str(value))
        if isinstance(value, bool)
        else str(value)
    )


def as_geojson(path: Path, layer: str, edits: list[Edit]) -> list[Edit]:
    """Write a layer; every row brings a geometry, and a blank leaves a field as it is."""
    features, meant = [], []
    for e in edits:
        shape = shapely.box(113.5, 23.5, 113.51, 23.51) if e.geometry is KEEP else e.geometry
        record = None if e.record is None else {k: v for k, v in e.record.items() if v is not None}
        about = {
            LAYERS[layer]: e.id,
            "操作": "删除" if record is None else ACTIONS[e.must],
            "change_id": e.base,
        }
        features.append(
            {
                "type": "Feature",
                "properties": {**about, **(record or {})},
                "geometry": shapely.geometry.mapping(shape),
            }
        )
        meant.append(
            Edit(
                layer=layer,
                id=e.id,
                record=record,
                geometry=shape,
                base=e.base,
                must=None if e.record is None else e.must,
            )
        )
    path.write_text(
        json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8"
    )
    return meant


class Soak:
    """Random change files, done to the database and to the model."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.rng = random.Random(seed)
        self.pack = citypack.load("guangzhou")  # the model draws its shapes there
        self.model = Model()
        self.folder = folder
        self.files = 0
        self.store = Store(folder / "base.gpkg")
        self.tally = dict.fromkeys(
            ("applied", "without difference", "refused", "undone", "undo refused", "queries"), 0
        )

    def run(self, count: int) -> None:
        began = time.perf_counter()
        for number in range(1, count + 1):
            self.bring()
            if self.model.touched and self.rng.random() < 0.3:
                self.undo()
            if self.store.exists():
                self.compare(thorough=number % 200 == 0)
            if number % 500 == 0:
                took = time.perf_counter() - began
                print(
                    f"{number:,} files, {len(self.model.touched):,} changes, {took:,.0f} s",
                    flush=True,
                )
        took = time.perf_counter() - began
        print(json.dumps(self.tally), f"{took:,.0f} s", f"{self.store.path.stat().st_size:,} bytes")

    def bring(self) -> None:
        """One change file."""
        layer, edits = one_layer(random_edits(self.rng, len(self.model.touched)))
        today = FIRST + timedelta(days=self.files // 5)
        day = today - timedelta(days=self.rng.choice([0] * 12 + [1, 10, 100]))
        self.files += 1
        table = self.rng.random() < 0.5
        path = self.folder / ("c.csv" if table else "c.geojson")
        meant = (as_csv if table else as_geojson)(path, layer, edits)
        why = said = ""
        try:
            expected: int | str | None = self.model.apply(meant, day)
        except Refused as reason:
            expected, why = "refused", str(reason)
        try:
            found = planned(
                path, store=self.store, pack=self.pack, layer=layer, valid_from=day, accept=ACCEPT
            )
            got: int | str | None = apply(found, who="soak", why="soak")
        except IndustryMapError as error:
            got, said = "refused", error.en
        assert got == expected, (expected, why, got, said, path.read_bytes(), day)
        kind = "refused" if got == "refused" else "without difference" if got is None else "applied"
        self.tally[kind] += 1

    def undo(self) -> None:
        last = len(self.model.touched)
        change = self.rng.randint(max(1, last - 6), last + 1)
        try:
            expected: int | str = self.model.undo(change)
        except Refused:
            expected = "refused"
        try:
            got: int | str = self.store.undo(change, "soak", "undo")
        except IndustryMapError:
            got = "refused"
        assert got == expected, (change, expected, got)
        self.tally["undo refused" if got == "refused" else "undone"] += 1

    def compare(self, *, thorough: bool) -> None:
        day = FIRST + timedelta(days=self.rng.randint(-1, self.files // 5 + 1))
        moments = [None, day, self.rng.randint(0, len(self.model.touched))]
        for when in moments:
            layer = self.rng.choice(list(LAYERS))
            assert states(self.store, when, layer) == self.model.as_of(when, layer), (when, layer)
            self.tally["queries"] += 1
        if thorough:
            assert self.store.check() == []
            assert len(self.store.changes()) == len(self.model.touched)


if __name__ == "__main__":
    kind, *rest = sys.argv[1:] or ["files"]
    seed = int(rest[1]) if len(rest) > 1 else 1
    if kind == "kills":
        with tempfile.TemporaryDirectory() as place:
            store_kills.main(Path(place), int(rest[0]) if rest else 500, seed)
    else:
        with tempfile.TemporaryDirectory() as place:
            Soak(Path(place), seed).run(int(rest[0]) if rest else 10_000)
