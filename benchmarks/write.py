"""Makes ``docs/benchmarks.md`` and its charts from ``docs/benchmarks.json``: the only way a figure gets onto that page.

Run ``python benchmarks/write.py`` after changing the words here; figures change only by running benchmarks.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from benchmarks import chart
from benchmarks.figures import Claim

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
KEPT = "benchmarks.json"
PAGE = "benchmarks.md"
BUSY = 0.5
CHARTS = {
    "build": ("Seconds to build a page", "enterprises", "seconds"),
    "interactive": ("Seconds until a page is interactive", "enterprises", "seconds"),
    "size": ("Megabytes of a page", "enterprises", "MB"),
    "rows": ("Seconds by number of rows", "rows", "seconds"),
}
READMES = {"en": "README.md", "zh": "README.zh.md"}
BRIEF_MARKS = ("<!-- benchmarks -->", "<!-- /benchmarks -->")
BRIEF_KEYS = ("build_s", "file_mb", "interactive_s", "filter_ms")
BRIEF = {
    "en": ("{n:,} enterprises", "none within 180 s", ["one page with", "built in", "size", "opens in", "the quickest other tool", "answers a filter in"]),
    "zh": ("{n:,} 家企业", "180 s 内均未打开", ["一页地图", "生成", "大小", "打开", "其他工具中最快的", "筛选响应"]),
}  # fmt: skip
ABOUT = """# Benchmarks

<!-- made by benchmarks/write.py from docs/benchmarks.json: do not edit -->

`make bench` runs every claim of speed beside its rivals, one part after the other on the same machine, and writes this page. All
data is invented and seeded. `make bench ARGS=--quick` takes small sizes and one run; `make bench ARGS="--only datum"` runs one part
again and leaves the others as they are.
"""


def number(value: Any) -> str:
    """Return a figure as the tables print it: three significant digits, thousands apart."""
    if value is None or isinstance(value, str):
        return value or "—"
    size = abs(value)
    if size >= 100 or isinstance(value, int):
        return f"{value:,.0f}"
    if size >= 0.095:
        return f"{value:.1f}" if size >= 10 else f"{value:.2f}"
    return f"{value:.2g}"


def times(value: float | None) -> str:
    """Return a ratio as the tables print it."""
    return "—" if value is None else f"{number(value)} ×"


def markdown(columns: list[str], rows: list[list[str]]) -> list[str]:
    """Return a Markdown table; every column but the first stands right."""
    lines = [
        "| " + " | ".join(columns) + " |",
        "|---|" + "---:|" * (len(columns) - 1),
    ]
    return [*lines, *("| " + " | ".join(cells) + " |" for cells in rows)]


def table_lines(table: dict[str, Any]) -> list[str]:
    """Return one table, with the multiple of the first row where it is asked for."""
    columns, rows = list(table["columns"]), [[number(v) for v in row] for row in table["rows"]]
    if table["ratio"]:
        name, better = table["ratio"]
        at = columns.index(name)
        columns.append("slower ×" if better == "low" else "of ours ×")
        first = table["rows"][0][at]
        for row, cells in zip(table["rows"], rows, strict=True):
            plain = all(isinstance(v, int | float) and v for v in (row[at], first))
            cells.append(number(float(row[at] / first)) if plain else "—")
    notes = [line for note in table["notes"] for line in ("", note)]
    return [f"**{table['title']}**", "", *markdown(columns, rows), *notes, ""]


def claim_lines(claims: list[dict[str, Any]]) -> list[str]:
    """Return what is promised and what was found."""
    rows = []
    for kept in claims:
        claim = Claim(**kept)
        sign = "≤" if claim.better == "low" else "≥"
        need = "—" if claim.need is None else f"{sign} {number(claim.need)}"
        met = {True: "yes", False: "**no**", None: "—"}[claim.met]
        rival = f"{claim.rival}: {number(claim.rival_value)}" if claim.rival else "—"
        value = f"{number(claim.value)} {claim.unit}".strip()
        rows.append([claim.what, value, need, met, rival, times(claim.ratio)])
    return markdown(["claim", "measured", "needed", "met", "best rival", "better by"], rows)


def part_lines(part: dict[str, Any], *, claims: bool = True) -> list[str]:
    """Return the section of one part; on the page its claims stand with all others."""
    kinds = ", ".join(f"{k} {v}" for k, v in part["versions"].items())
    lines = [f"## {part['title']}", "", part["about"], ""]
    for table in part["tables"]:
        lines += table_lines(table)
    if claims and part["claims"]:
        lines += [*claim_lines(part["claims"]), ""]
    state = f"Taken {part['taken']} in {part['seconds']:,} s, {part['load_at_start']} cores busy at the start"
    quick = " (**quick run**: small sizes, one run each)" if part["quick"] else ""
    return [*lines, f"{state}{quick}. {kinds}.", ""]


def machine_lines(parts: list[dict[str, Any]]) -> list[str]:
    """Return the machine, and a warning where it was not idle."""
    lines = ["## Machine", ""]
    told = dict.fromkeys(
        f"{m['cores']} cores, {m['memory_gb']} GB of memory, {m['processor']}, {m['system']}; WebGL runs in software (SwiftShader)."
        for m in (p["machine"] for p in parts)
    )
    lines += told
    busy = [p["title"] for p in parts if p["load_at_start"] > BUSY]
    if busy:
        lines += ["", f"**The machine was not idle** when these began, so that their seconds are too long: {'; '.join(busy)}."]  # fmt: skip
    return [*lines, ""]


def growth_lines(parts: list[dict[str, Any]], images: Path | None) -> list[str]:
    """Draw the charts that there are lines for, and return the section that shows them."""
    lines = ["## How cost grows", ""]
    for name, (title, across, up) in CHARTS.items():
        found = [g for p in parts for g in p["growth"] if g["chart"] == name and g["points"]]
        if not found:
            continue
        text = chart.draw(title, across, up, [(g["who"], g["points"], g["rival"]) for g in found])
        if images:
            (images / f"bench-{name}.svg").write_text(text, encoding="utf-8")
        lines += [f"![{title}](img/bench-{name}.svg)", ""]
    lines.append("Both axes are logarithmic: a straight line that climbs one step of ten for each step of ten costs the same per row at every size. A line ends where a page was not built, or not interactive, in 180 s.")  # fmt: skip
    return [*lines, ""]


def page(kept: dict[str, Any], images: Path | None = None) -> str:
    """Return the page; its charts are written into the folder ``images`` where one is given."""
    parts = list(kept["parts"].values())
    claims = [claim for part in parts for claim in part["claims"]]
    lines = [ABOUT, *machine_lines(parts), "## What is claimed", "", *claim_lines(claims), ""]
    lines += growth_lines(parts, images)
    for part in parts:
        lines += part_lines(part, claims=False)
    return "\n".join(lines).rstrip() + "\n"


def brief_lines(kept: dict[str, Any], lang: str) -> list[str]:
    """Return the table that the READMEs show: the page at each size, and the best of the others."""
    claims = {c["key"]: c for part in kept["parts"].values() for c in part["claims"]}
    firms, none, columns = BRIEF[lang]
    rows = []
    for n in sorted(int(k.split(".")[1]) for k in claims if k.endswith(".interactive_s")):
        build, size, opened, answer = (f"map_peers.{n}.{k}" for k in BRIEF_KEYS)
        values = {key: number(claims[key]["value"]) for key in (build, size, opened, answer)}
        rival = claims[opened]
        other = f"{number(rival['rival_value'])} s ({rival['rival']})" if rival["rival"] else none
        cells = [firms.format(n=n), f"{values[build]} s", f"{values[size]} MB", f"{values[opened]} s", other, f"{values[answer]} ms"]  # fmt: skip
        rows.append([*cells[:-1], " ".join([cells[-1], *(f"<!-- bench: {key} -->" for key in values)])])  # fmt: skip
    return markdown(columns, rows)


def with_brief(text: str, lines: list[str]) -> str:
    """Return a README with the table in its place."""
    before, rest = text.split(BRIEF_MARKS[0], 1)
    return "\n".join([before + BRIEF_MARKS[0], *lines, BRIEF_MARKS[1] + rest.split(BRIEF_MARKS[1], 1)[1]])  # fmt: skip


def write(docs: Path = DOCS) -> None:
    """Write the page and its charts from what is kept beside it; where that is the documentation, the READMEs' table too."""
    kept = json.loads((docs / KEPT).read_text(encoding="utf-8"))
    (docs / "img").mkdir(exist_ok=True)
    (docs / PAGE).write_text(page(kept, docs / "img"), encoding="utf-8")
    for lang, name in READMES.items() if docs == DOCS else ():
        readme = ROOT / name
        text = with_brief(readme.read_text(encoding="utf-8"), brief_lines(kept, lang))
        readme.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    if "--help" in sys.argv[1:]:
        print(__doc__)
    else:
        write()
