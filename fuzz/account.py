"""Sum up every run in ``.fuzz/runs.jsonl`` and write it into ``docs/security.md``: ``python fuzz/account.py``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
KEPT, PAGE = ROOT / ".fuzz", ROOT / "docs" / "security.md"
TARGETS = ("tables", "layers", "address", "filters", "build", "decoder")


def row(target: str, runs: list[dict[str, float]]) -> str:
    executions, wall, cpu = (sum(r[k] for r in runs) for k in ("executions", "wall_s", "cpu_s"))
    found = KEPT / target / "found"
    open_ = (
        [p for p in found.iterdir() if not p.name.startswith("slow-unit")] if found.is_dir() else []
    )
    coverage, corpus = (max(r[k] for r in runs) for k in ("coverage", "corpus"))
    return (
        f"| `{target}` | {executions:,.0f} | {wall / 60:,.0f} min | {cpu / 60:,.1f} min | {executions / cpu:,.0f} | "
        f"{coverage:,.0f} | {corpus:,.0f} | {len(open_)} |"
    )


def main() -> None:
    told = [
        json.loads(line) for line in (KEPT / "runs.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    lines = [
        "| target | executions | clock | processor | executions per processor second | places reached | inputs kept | findings left |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for target in TARGETS:
        runs = [one for one in told if one["target"] == target and one["cpu_s"]]
        lines += [row(target, runs)] if runs else []
    text = PAGE.read_text(encoding="utf-8")
    before, rest = text.split("<!-- fuzzing -->\n", 1)
    after = rest.split("<!-- /fuzzing -->", 1)[1]
    table = "\n".join(lines)
    PAGE.write_text(
        f"{before}<!-- fuzzing -->\n{table}\n<!-- /fuzzing -->{after}", encoding="utf-8"
    )
    sys.stdout.write(table + "\n")


if __name__ == "__main__":
    main()
