"""The benchmarks: every script starts, figures are written as the page shows them, and no figure on a page is made by hand."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from benchmarks import chart, run, write
from benchmarks.figures import Claim, Table
from benchmarks.map_peers import __main__ as map_peers
from benchmarks.map_peers import assets, data, watch
from benchmarks.results import Growth, Part
from industrymap.enterprises import codes

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


def part(name: str = "datum", **more: Any) -> Part:
    table = Table(
        "Convert",
        ["", "points", "forward /s"],
        [["ours", 1_000_000, 7_123_456.7], ["theirs", 50_000, 356_172.8], ["gone", None, "not in 180 s"]],
        ratio=("forward /s", "high"),
    )  # fmt: skip
    claim = Claim("datum.forward", "forward", 7.1e6, "points/s", 3e6, "high", "theirs", 3.55e5)
    return Part(name, "Datum", "About.", ["numpy"], [table], [claim], **more)


@pytest.mark.parametrize("name", run.PARTS)
def test_every_part_starts(name: str) -> None:
    script = run.script(name)
    done = subprocess.run(
        [sys.executable, str(script), "--help"], capture_output=True, text=True, check=True
    )
    assert "--json" in done.stdout
    assert "--quick" in done.stdout


def test_figures_have_three_digits() -> None:
    figures = (None, "not in 180 s", 7_123_456.7, 101.4, 47.25, 3.456, 0.1234, 0.000004, 12, 0)
    assert [write.number(v) for v in figures] == [
        "—", "not in 180 s", "7,123,457", "101", "47.2", "3.46", "0.12", "4e-06", "12", "0",
    ]  # fmt: skip


def test_a_table_tells_the_multiple_of_the_first_row() -> None:
    lines = write.table_lines(part().record()["tables"][0])
    assert lines[2] == "|  | points | forward /s | of ours × |"
    assert lines[4].endswith("| 7,123,457 | 1.00 |")
    assert lines[5] == "| theirs | 50,000 | 356,173 | 0.05 |"
    assert lines[6] == "| gone | — | not in 180 s | — |"


def test_a_claim_that_is_not_met_says_so() -> None:
    low = Claim("a", "build", 2.0, "s", 1.0, "low", "theirs", 8.0)
    high = Claim("b", "pan", 60.0, "fps", 55, "high", "theirs", 15.0)
    never = Claim("c", "open", None, "s", 1.0)
    assert [c.met for c in (low, high, never)] == [False, True, False]
    assert [c.ratio for c in (low, high, never)] == [4.0, 4.0, None]
    lines = write.claim_lines([vars(c) for c in (low, high, never)])
    assert lines[2] == "| build | 2.00 s | ≤ 1.00 | **no** | theirs: 8.00 | 4.00 × |"
    assert "| **no** | — | — |" in lines[4]


def test_a_part_run_again_leaves_the_others(tmp_path: Path) -> None:
    run.keep(part("parks").record(), tmp_path)
    run.keep(part("datum", load_at_start=0.0).record(), tmp_path)
    run.keep(part("parks", load_at_start=7.5).record(), tmp_path)
    kept = json.loads((tmp_path / write.KEPT).read_text(encoding="utf-8"))
    assert list(kept["parts"]) == ["datum", "parks"]
    page = (tmp_path / write.PAGE).read_text(encoding="utf-8")
    assert "**The machine was not idle**" in page
    assert page.count("## Datum") == 2


def test_sizes_of_the_page_run_again_take_their_places(tmp_path: Path) -> None:
    def taken(found: dict[int, Any], *, quick: bool = False) -> dict[str, Any]:
        part = map_peers.described(Part("map_peers", "Peers", "", quick=quick), found)
        return json.loads(json.dumps(part.record()))

    def peers(seconds: float, *names: str) -> dict[str, Any]:
        return {name: {"build_s": seconds, "runs": 3} for name in names}

    both = ("industrymap", "lonboard")
    run.keep(taken({10_000: peers(1.0, *both), 100_000: peers(2.0, *both)}), tmp_path)
    run.keep(taken({100_000: peers(9.0, "lonboard"), 1_000_000: peers(5.0, *both)}), tmp_path)
    part = json.loads((tmp_path / write.KEPT).read_text(encoding="utf-8"))["parts"]["map_peers"]
    assert [t["title"] for t in part["tables"]] == [f"{n} enterprises" for n in ("10,000", "100,000", "1,000,000")]  # fmt: skip
    assert [row[1] for t in part["tables"] for row in t["rows"]] == [1.0, 1.0, 2.0, 9.0, 5.0, 5.0]
    run.keep(taken({10_000: peers(7.0, *both)}, quick=True), tmp_path)
    part = json.loads((tmp_path / write.KEPT).read_text(encoding="utf-8"))["parts"]["map_peers"]
    assert len(part["tables"]) == 1


def test_an_unknown_part_is_refused() -> None:
    done = subprocess.run(
        [sys.executable, str(run.HERE / "run.py"), "--only", "dattum"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "no such part: dattum" in done.stderr


def test_stopped_peers_stay_in_the_table() -> None:
    found = {
        10_000: {
            "industrymap": {"build_s": 0.2, "file_mb": 1.5, "interactive_s": 0.5, "filter_ms": 8.0, "pan_fps": 60.0, "heap_mb": 9.0, "runs": 3},
            "lonboard": {"build_s": 0.7, "file_mb": 7.9, "interactive_s": "not in 180 s", "runs": 1},
            "folium-markers": {"build_s": "not built in 180 s", "runs": 1},
        }
    }  # fmt: skip
    measured = map_peers.described(Part("map_peers", "Peers", ""), found)
    text = "\n".join(write.part_lines(measured.record()))
    assert "| lonboard ᴳᴸ¹ | 0.70 | 7.90 | not in 180 s | — | — | — | — |" in text
    assert "| folium markers (MarkerCluster)¹ | not built in 180 s | — |" in text
    assert "¹ one run" in text
    by_key = {c.key: c for c in measured.claims}
    assert by_key["map_peers.10000.build_s"].ratio == pytest.approx(3.5)
    assert by_key["map_peers.10000.interactive_s"].rival == ""
    assert Growth("build", "lonboard", [(10_000, 0.7)], rival=True) in measured.growth


def test_a_process_that_is_stopped_leaves_none_behind() -> None:
    inner = "import subprocess, sys, time; subprocess.Popen(['sleep', '60'], start_new_session=True); print('up', flush=True); time.sleep(60)"  # fmt: skip
    child = subprocess.Popen([sys.executable, "-c", inner], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    with child.stdout:
        assert child.stdout.readline() == "up\n"
        below = watch.descendants(child.pid)
        watch.end(child)
    assert len(below) == 1
    stat = Path(f"/proc/{below[0]}/stat")
    for _ in range(100):
        if not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "Z":
            return
        time.sleep(0.05)
    pytest.fail("the process that it started still runs")


def test_the_city_of_the_benchmark_is_made_outside_the_tests_too() -> None:
    root = Path(__file__).parents[2]
    script = "from benchmarks.map_peers import data; print(len(data.city(20).enterprises))"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "20"


def test_the_city_of_the_benchmark_is_sound_and_the_same_each_time() -> None:
    city = data.city(500)
    firms = city.enterprises
    assert len([c for c in firms.columns if c != "geometry"]) == 15
    assert len(city.parks) + len(city.blocks) == 3395
    assert codes.check_digit_holds(firms["uscc"]).all()
    assert firms["name"].nunique() > 495
    again = data.city(500).enterprises
    assert firms.drop(columns="geometry").equals(again.drop(columns="geometry"))


def test_scripts_of_peers_are_found_by_name_and_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    kept = tmp_path / "industrymap-bench/leaflet@1.9.3/dist/leaflet.js"
    kept.parent.mkdir(parents=True)
    kept.touch()
    answers = assets.Assets("explore")
    assert answers._find("/npm/leaflet@1.9.3/dist/leaflet.js") == kept
    assert answers._find("/npm/leaflet@1.9.3/dist/../../../secret.js") is None
    assert answers._find("/other.js") is None


def test_a_chart_is_the_same_each_time_and_names_every_line() -> None:
    lines = [
        ("ours", [(10_000, 0.2), (1_000_000, 7.0)], False),
        ("<theirs>", [(10_000, 2.0)], True),
    ]
    drawn = chart.draw("Seconds", "rows", "s", lines)
    assert drawn == chart.draw("Seconds", "rows", "s", lines)
    assert ">ours<" in drawn
    assert "&lt;theirs&gt;" in drawn
    assert drawn.count("<circle") == 3
    assert drawn.count("stroke-dasharray") == 1


def test_the_page_is_what_its_figures_make(tmp_path: Path) -> None:
    kept = DOCS / write.KEPT
    (tmp_path / write.KEPT).write_bytes(kept.read_bytes())
    write.write(tmp_path)
    assert (tmp_path / write.PAGE).read_text("utf-8") == (DOCS / write.PAGE).read_text("utf-8")
    for image in sorted((tmp_path / "img").glob("*.svg")):
        assert image.read_bytes() == (DOCS / "img" / image.name).read_bytes()


SPEED = re.compile(
    r"\d[\d.,]*\s*(?:(?:ms|s|fps|seconds?|minutes?)(?![\w-])|秒|毫秒|分钟|(?:points|rows|addresses|条|点|行)\s*/\s*(?:s|秒))"
)
OTHER_FIGURES = {write.PAGE, "security.md"}  # the page itself; how long was fuzzed is no speed


def pages() -> list[Path]:
    found = [*ROOT.glob("README*.md"), *DOCS.rglob("*.md")]
    made = {"_build", "_made"}  # copies that the documentation is built from
    return sorted(p for p in found if p.name not in OTHER_FIGURES and not made & set(p.parts))


def unsupported(text: str, claims: dict[str, dict[str, Any]]) -> list[str]:
    """Return the lines whose speeds no claim holds."""
    wrong = []
    for line in text.splitlines():
        keys = re.findall(r"<!-- bench: (\S+) -->", line)
        told = re.sub(r"<!--.*?-->", "", line)
        free = not SPEED.search(told) or "<!-- not a speed -->" in line
        agree = all(k in claims and write.number(claims[k]["value"]) in told for k in keys)
        if not agree or not (keys or free):
            wrong.append(line)
    return wrong


def test_a_speed_on_any_page_names_the_claim_it_comes_from() -> None:
    """A line with a speed has ``<!-- bench: key -->`` for each; the figure stands as the benchmarks page prints it."""
    kept = json.loads((DOCS / write.KEPT).read_text(encoding="utf-8"))
    claims = {c["key"]: c for p in kept["parts"].values() for c in p["claims"]}
    wrong = {p.name: unsupported(p.read_text(encoding="utf-8"), claims) for p in pages()}
    assert {name: lines for name, lines in wrong.items() if lines} == {}


@pytest.mark.parametrize("lang", write.READMES)
def test_the_table_of_the_readme_is_what_its_figures_make(lang: str) -> None:
    kept = json.loads((DOCS / write.KEPT).read_text(encoding="utf-8"))
    text = (ROOT / write.READMES[lang]).read_text(encoding="utf-8")
    lines = write.brief_lines(kept, lang)
    assert text == write.with_brief(text, lines)
    assert len(lines) == 5
    assert "1,000,000" in lines[-1]


def test_a_speed_by_hand_or_out_of_date_is_found() -> None:
    claims = {"a": {"value": 3.456}}
    good = "opens in 3.46 s <!-- bench: a -->\nwaits 5 s for a lock <!-- not a speed -->\n5 sheets"
    assert unsupported(good, claims) == []
    bad = "opens in 3 s\nopens in 3.5 s <!-- bench: a -->\n3.46 s <!-- bench: b -->\n20 秒内完成"
    assert len(unsupported(bad, claims)) == 4
