"""Run the tests of all eighteen security points and write their results into ``docs/security.md``.

``python benchmarks/security_table.py [JUNIT.xml]`` rewrites the two tables between their marks: the points (inputs tried, tests, result) and the
peak memory of each bomb; with the report of a run of all tests (``-o junit_family=xunit1 --junitxml=JUNIT.xml``) it runs none again. Inputs are the cases pytest ran; a test that tries several in one case says how many (``record_property``).
"""

from __future__ import annotations

import collections
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "security.md"
sys.path.insert(0, str(ROOT / "tests" / "helpers"))

import security_points  # noqa: E402 - found on the path just set


def run(tests: list[str]) -> dict[str, list[dict[str, str]]]:
    """Return ``file::test`` → what each of its cases recorded."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "told.xml"
        words = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-o",
            "junit_family=xunit1",
            f"--junitxml={told}",
            *(
                f"{security_points.place(file)}::{name}"
                for file, name in (t.split("::") for t in tests)
            ),
        ]
        subprocess.run(words, cwd=ROOT, check=False)
        return recorded(told)


def recorded(report: Path) -> dict[str, list[dict[str, str]]]:
    """Return ``file::test`` → what each of its cases recorded, from the report of a run."""
    out: dict[str, list[dict[str, str]]] = collections.defaultdict(list)
    for case in ET.parse(report).getroot().iter("testcase"):
        test, _, rest = case.get("name", "").partition("[")
        name = f"{Path(case.get('file', '')).name}::{test}"
        about = {p.get("name", ""): p.get("value", "") for p in case.iter("property")}
        bad = "failed" if case.find("failure") is not None or case.find("error") is not None else ""
        about["result"] = bad or ("skipped" if case.find("skipped") is not None else "held")
        about["case"] = rest.removesuffix("]")
        out[name].append(about)
    return out


def points_table(found: dict[str, list[dict[str, str]]]) -> str:
    lines = ["| point | asked | inputs | result | tests |", "|---|---|---|---|---|"]
    for point in security_points.POINTS:
        names = security_points.names(point)
        cases = [case for name in names for case in found.get(name, [{"result": "failed"}])]
        inputs = sum(int(case.get("inputs", 1)) for case in cases)
        results = collections.Counter(case["result"] for case in cases)
        result = (
            "held"
            if set(results) == {"held"}
            else ", ".join(f"{n} {r}" for r, n in results.items())
        )
        told = [
            f"{sum(int(c[k]) for c in cases if k in c)} {words}"
            for k, words in _TOLD.items()
            if any(k in c for c in cases)
        ]
        tests = "<br>".join(f"`{name}`" for name in names)
        lines.append(
            f"| {point.number} | {point.asked} | {inputs:,} | {'; '.join([result, *told])} | {tests} |"
        )
    return "\n".join(lines)


_TOLD = {
    "commands": "commands ran",
    "fired": "scripts ran",
    "hits": "network hits",
    "outside_bytes": "bytes of outside files",
}


def bombs_table(found: dict[str, list[dict[str, str]]]) -> str:
    lines = [
        "| bomb | size on disk | peak memory of the process | of which before reading |",
        "|---|---|---|---|",
    ]
    cases = found[f"{security_points.FILES}::test_point_14_the_memory_of_a_bomb_stays_in_hand"]
    lines += [
        f"| {c['case']} | {int(c['bytes']):,} bytes | {c['peak_mb']} MB | {c['before_mb']} MB |"
        for c in cases
    ]
    return "\n".join(lines)


def put(text: str, mark: str, table: str) -> str:
    before, rest = text.split(f"<!-- {mark} -->\n", 1)
    after = rest.split(f"<!-- /{mark} -->", 1)[1]
    return f"{before}<!-- {mark} -->\n{table}\n<!-- /{mark} -->{after}"


if __name__ == "__main__":
    every = dict.fromkeys(n for p in security_points.POINTS for n in security_points.names(p))
    found = recorded(Path(sys.argv[1])) if len(sys.argv) > 1 else run(list(every))
    text = PAGE.read_text(encoding="utf-8")
    text = put(text, "points", points_table(found))
    PAGE.write_text(put(text, "bombs", bombs_table(found)), encoding="utf-8")
