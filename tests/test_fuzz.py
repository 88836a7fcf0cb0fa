"""Fuzzing in short, guided by coverage, and every input that the long runs found (``make fuzz``)."""

from __future__ import annotations

import copy
import importlib.util
import json
import re
import struct
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from webmap_browser import linked

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FUZZ = Path(__file__).parents[1] / "fuzz"
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
    ("target", "runs"), [("tables", 60), ("layers", 150), ("address", 1500), ("filters", 250)]
)
def test_a_short_run_finds_nothing(tmp_path: Path, target: str, runs: int) -> None:
    told = fuzzed(tmp_path, target, runs)
    assert told["findings"] == []
    assert told["ended"] == ""
    assert told["executions"] >= runs
    assert told["corpus"] > len(seeds.all_seeds()[target]), "coverage guided nothing"


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


FOUND = {
    "an archive with a member without a name": ("layers", of("zip", b"", b"")),
    "a Shapefile shorter than its own head": (
        "layers",
        of("shp", b"\0\0\x27\x0a" + b"\0" * 17, b""),
    ),
    "a sheet in an encoding nobody reads": (
        "tables",
        sheet(b'<?xml version="1.0" encoding="gbk"?><x/>'),
    ),
    "a signalling NaN among the coordinates": ("layers", of("parquet", SIGNALLING_NAN, seeds.GEO)),
}


@pytest.mark.parametrize("name", sorted(FOUND))
def test_found_inputs_end_in_a_result_or_in_our_own_sentence(name: str) -> None:
    target, data = FOUND[name]
    targets.TARGETS[target](data)


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
