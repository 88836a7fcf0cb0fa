"""Fuzzing in short, guided by coverage, and every input that the long runs found (``make fuzz``)."""

from __future__ import annotations

import copy
import importlib.util
import io
import json
import re
import struct
import subprocess
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
import xls_writer
from webmap_browser import linked

from industrymap import issues
from industrymap.layers import _repair

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FUZZ = Path(__file__).parents[2] / "fuzz"
sys.path.insert(0, str(FUZZ))

import decoder  # noqa: E402 - found on the path just set
import seeds  # noqa: E402
import targets  # noqa: E402

NO_ATHERIS = (
    "atheris is not installed (it has wheels for Linux, Python 3.11 to 3.13): no guided fuzzing"
)


def fuzzed(kept: Path, target: str, runs: int) -> dict[str, Any]:
    words = [sys.executable, str(FUZZ / "run.py"), target, "--runs", str(runs), "--seed", "7"]
    done = subprocess.run(
        [*words, "--kept", str(kept)], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.stdout, done.stderr[-2000:]
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason=NO_ATHERIS)
@pytest.mark.parametrize(
    ("target", "runs"),
    [("tables", 60), ("layers", 150), ("address", 1500), ("filters", 250), ("build", 2)],
)
def test_a_short_run_finds_nothing(tmp_path: Path, target: str, runs: int) -> None:
    told = fuzzed(tmp_path, target, runs)
    assert told["findings"] == []
    assert told["ended"] == ""
    assert told["executions"] >= runs
    # Two whole builds prove that the target runs; the others must have been led somewhere new.
    new = told["corpus"] - len(seeds.all_seeds()[target])
    assert new > 0 or target == "build", "coverage guided nothing"


@pytest.mark.slow
@pytest.mark.browser
def test_a_short_run_over_the_data_block_finds_nothing(browser: Browser, tmp_path: Path) -> None:
    told = fuzzed(tmp_path, "decoder", 200)
    assert told["findings"] == []
    assert told["executions"] >= 200
    assert told["corpus"] > 8, "coverage guided nothing"


@pytest.mark.parametrize("target", sorted(targets.TARGETS))
def test_every_seed_is_read_without_a_finding(target: str) -> None:
    for data in seeds.all_seeds()[target]:
        targets.TARGETS[target](data)


def test_a_finding_would_be_seen() -> None:
    with pytest.raises(AssertionError, match="without a sentence"), targets.our_own_errors():
        raise targets.IndustryMapError("", "")
    with pytest.raises(ZeroDivisionError), targets.our_own_errors():
        raise ZeroDivisionError


SIGNALLING_NAN = b"\1" + struct.pack("<I", 1) + bytes.fromhex("010000000000f07f") * 2


def of(kind: str, *parts: bytes) -> bytes:
    """An input of the target ``layers``."""
    return bytes([seeds.LAYER_KINDS.index(kind)]) + seeds.SEAM.join(parts)


def sheet(xml: bytes) -> bytes:
    """An input of the target ``tables``: a workbook with this sheet."""
    return bytes([seeds.TABLE_KINDS.index("xlsx")]) + xml + seeds.SEAM + b"<sst/>"


def misnamed() -> bytes:
    """A Parquet file with the name of a column that is no UTF-8."""
    out = io.BytesIO()
    pd.DataFrame({"NAMEX": [1]}).to_parquet(out)
    return out.getvalue().replace(b"NAMEX", b"NA\xa7EX")


def no_text() -> bytes:
    """A Parquet file with a text that is no UTF-8."""
    ends, letters = pa.py_buffer(struct.pack("<2i", 0, 2)), pa.py_buffer(b"\xe4x")
    table = pa.table({"NAMEX": pa.Array.from_buffers(pa.string(), 1, [None, ends, letters])})
    out = io.BytesIO()
    pq.write_table(table, out)
    return out.getvalue()


ARC = b"\1\x08" + bytes(3) + struct.pack("<I", 3) + struct.pack("<6d", 0, 0, 1, 1, 2, 0)
SHAPES = next(s for s in seeds.layers() if s.startswith(of("zip", b"a.shp")) and seeds.SEAM in s)
SHAPES = next(s for s in seeds.layers() if s.startswith(of("zip", b"a.shp")) and seeds.SEAM in s)
HUGE = shapely.to_wkb(
    shapely.Polygon([(113.3, 23.1), (113.3, 8.5e-303), (240.2, 23.2), (-1.15e238, 23.1)])
)

FOUND = {
    "a day of ninety digits": ("filters", b"updated_on in (2023-1-1, " + b"4" * 90 + b")"),
    "an archive with a member without a name": ("layers", of("zip", b"", b"")),
    "a Shapefile shorter than its own head": (
        "layers",
        of("shp", b"\0\0\x27\x0a" + b"\0" * 17, b""),
    ),
    "a sheet in an encoding nobody reads": (
        "tables",
        sheet(b'<?xml version="1.0" encoding="gbk"?><x/>'),
    ),
    "a sheet in an encoding with a mistyped name": (
        "tables",
        sheet(seeds.workbook_parts(pd.DataFrame(seeds.FIELDS))[0].replace(b"UTF-8", b"UOF-8")),
    ),
    "a Parquet whose names are no text": (
        "tables",
        bytes([seeds.TABLE_KINDS.index("parquet")]) + misnamed(),
    ),
    "a text in Parquet that is none": (
        "tables",
        bytes([seeds.TABLE_KINDS.index("parquet")]) + no_text(),
    ),
    "a layer in Parquet whose names are no text": ("layers", of("parquet", misnamed())),
    "a sheet's statement of size behind what looks like padding": (
        "tables",
        bytes([seeds.TABLE_KINDS.index("xls")])
        + seeds.SEAM
        + xls_writer.label(0, 0, 0)
        + bytes(4)
        + xls_writer.record(0x0200, struct.pack("<IIHHH", 0, 0x70707070, 0, 0x7070, 0)),
    ),
    "an arc": ("layers", of("parquet", ARC, seeds.GEO)),
    "an ellipsoid ten times the Earth's": (
        "layers",
        SHAPES.replace(b'"WGS_1984",6378137.0', b'"WGS_1984",63781370.0'),
    ),
    "a signalling NaN among the coordinates": ("layers", of("parquet", SIGNALLING_NAN, seeds.GEO)),
}


@pytest.mark.parametrize("name", sorted(FOUND))
def test_found_inputs_end_in_a_result_or_in_our_own_sentence(name: str) -> None:
    target, data = FOUND[name]
    targets.TARGETS[target](data)


def test_found_crossing_sides_whose_crossing_is_beyond_all_numbers() -> None:
    corners = [(113.3, 23.1), (113.3, 8.457701542685421e-303), (240.15625, 23.2)]
    large = shapely.Polygon([*corners, (-1.1537976634041985e238, 23.1)])
    shape = shapely.MultiPolygon([large, shapely.box(113.32, 23.12, 113.33, 23.13)])
    report = issues.Collector("a.shp")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        _repair.make_valid(np.array([shape]), report)
    assert len(report) == 1


DAMAGED = {
    "counts that end in the middle of a number": {"parks/counts": b"\x80"},
    "counts without an end": {"parks/counts": b"\xff" * 40},
    "more rings than bytes": {"parks/counts": b"\xff\xff\xff\xff\x07" * 5},
    "no coordinates": {"parks/xy": b""},
    "text that ends in the middle of a length": {"enterprises/rows": b"\xff"},
    "a text that reaches beyond its block": {
        "enterprises/rows": b"\xff\xff\xff\xff\x07" + b"\0" * 79
    },
}


@pytest.mark.browser
def test_found_a_column_that_leads_nowhere_is_refused_and_not_shown_as_undefined(
    browser: Browser,
) -> None:
    firms = next(case for case in decoder.seeds() if case["head"]["id"] == "enterprises")
    cases = []
    for kind in ("same", "uscc"):
        case = {**firms, "head": copy.deepcopy(firms["head"]), "parts": dict(firms["parts"])}
        at, column = next(
            (f["at"], f["column"]) for f in case["head"]["fields"] if f["column"]["kind"] == kind
        )
        if kind == "same":
            column["of"] = "nowhere"
        else:
            n = case["head"]["n"]
            case["parts"][f"enterprises/{at}/heads"] = [
                b"\1" * n + b"\0" * n * (column["bytes"] - 1)
            ]
            case["parts"][f"enterprises/{at}/patch"] = [b'{"rows":[],"words":[]}']
        cases.append(decoder.packed(case))
    with linked(browser, decoder.PROBE) as page:
        assert page.evaluate("(cases) => run(cases)", cases) == ["refused", "refused"]


@pytest.mark.browser
def test_found_a_list_of_texts_that_is_too_short_is_refused(browser: Browser) -> None:
    firms = next(case for case in decoder.seeds() if case["head"]["id"] == "enterprises")
    at = next(f["at"] for f in firms["head"]["fields"] if f["column"].get("json"))
    cases = []
    for rows in ([], ["甲"] * (firms["head"]["n"] - 1), ["甲"] * firms["head"]["n"]):
        listed = json.dumps(rows).encode()
        changed = {**firms["parts"], f"enterprises/{at}/rows": [listed]}
        cases.append(decoder.packed({**firms, "parts": changed}))
    with linked(browser, decoder.PROBE) as page:
        assert page.evaluate("(cases) => run(cases)", cases) == ["refused", "refused", ""]


@pytest.mark.browser
def test_found_a_block_cut_short_that_held_the_page_for_ever(browser: Browser) -> None:
    sound = {case["head"]["id"]: case for case in decoder.seeds()}
    cases = []
    for changes in DAMAGED.values():
        case = sound[next(iter(changes)).split("/")[0]]
        changed = {
            n: [changes.get(re.sub(r"/\d+/", "/", n), c[0])] for n, c in case["parts"].items()
        }
        cases.append(decoder.packed({**case, "parts": changed}))
    with linked(browser, decoder.PROBE) as page:
        page.set_default_timeout(20_000)
        assert page.evaluate("(cases) => run(cases)", [decoder.packed(c) for c in sound.values()]) == [""] * len(sound)  # fmt: skip
        assert page.evaluate("(cases) => run(cases)", cases) == ["refused"] * len(cases)
