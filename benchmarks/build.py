"""How long a build takes and how much memory it needs, stage by stage, as the command a user types.

Run ``python benchmarks/build.py`` for the sample city of this repository (scale 1), or with ``--scale 0.05`` for a small one.
Each build is a fresh process on a fresh copy of the inputs; the second build of the same workspace follows it. Wall time depends
on what else the machine does, processor time (user and system, all threads) much less. Targets: 20 s on two cores, 1.5 GB, a second
build no slower, ``industrymap --help`` within 0.3 s of processor time.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
HELP_RUNS = 5


def cpu(who: int = resource.RUSAGE_SELF) -> float:
    """Return seconds of processor time, user and system."""
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def build_here(folder: Path) -> dict[str, Any]:
    """Build a workspace in this process and tell wall and processor seconds of each stage."""
    marks = [("start", 0.0, 0.0)]
    began = time.perf_counter() - time.process_time()  # the interpreter's own start counts

    def mark(stage: str, _done: int, _total: int) -> None:
        marks.append((stage, time.perf_counter() - began, cpu()))

    from industrymap import pipeline

    built = pipeline.build(folder, progress=mark)
    mark("end", 1, 1)
    stages: dict[str, list[float]] = {}
    for (stage, wall, used), (_, next_wall, next_used) in pairwise(marks):
        sums = stages.setdefault(stage, [0.0, 0.0])
        sums[0] += next_wall - wall
        sums[1] += next_used - used
    rows = sum(len(table.frame) for _, table in built.inputs.tables)
    return {"stages": stages, "peak_mb": peak_mb(), "rows": rows, "layers": sizes(built)}


def peak_mb() -> float:
    """Return the most memory this process ever held, in MB (macOS counts in bytes, Linux in kB)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (
        1e6 if sys.platform == "darwin" else 1e3
    )


def sizes(built: Any) -> dict[str, int]:
    return {name: len(frame) for name, frame in built.layers.items()}


def child(folder: Path) -> dict[str, Any]:
    """Build in a fresh process."""
    command = [sys.executable, __file__, "--inside", str(folder)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def help_seconds() -> float:
    """Return the least processor time of ``industrymap --help`` in fresh processes."""
    runs = []
    for _ in range(HELP_RUNS):
        before = cpu(resource.RUSAGE_CHILDREN)
        command = [sys.executable, "-m", "industrymap", "--help"]
        subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
        runs.append(cpu(resource.RUSAGE_CHILDREN) - before)
    return min(runs)


def workspace(folder: Path, scale: float | None) -> Path:
    """Return a workspace that was never built: this repository's, or a sample of another scale."""
    if scale is not None:
        from industrymap import sample

        sample.generate(folder, scale=scale)
        return folder
    for name in ("layers", "boundaries"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "industrymap.toml", folder)
    return folder


def table(first: dict[str, Any], second: dict[str, Any]) -> list[str]:
    """Return both builds as a Markdown table."""
    lines = [
        "| stage | wall s | processor s | second build: wall s | processor s |",
        "|---|---:|---:|---:|---:|",
    ]
    for stage in first["stages"]:
        figures = [*first["stages"][stage], *second["stages"].get(stage, (0.0, 0.0))]
        name = "start and imports" if stage == "start" else stage
        lines.append(f"| {name} | " + " | ".join(f"{v:.2f}" for v in figures) + " |")
    sums = [sum(s[k] for s in run["stages"].values()) for run in (first, second) for k in (0, 1)]
    lines.append("| **all** | " + " | ".join(f"**{v:.2f}**" for v in sums) + " |")
    peaks = f"{first['peak_mb']:,.0f} MB | | {second['peak_mb']:,.0f} MB"
    return [*lines, f"| peak memory | {peaks} | |"]


def main() -> None:
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument(
        "--scale", type=float, help="a generated sample instead of the repository's"
    )
    wanted.add_argument("--inside", type=Path, help=argparse.SUPPRESS)
    asked = wanted.parse_args()
    if asked.inside:
        print(json.dumps(build_here(asked.inside)))
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = workspace(Path(temporary), asked.scale)
        first, second = child(folder), child(folder)
    machine = (
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python {sys.version.split()[0]}"
    )
    layers = ", ".join(f"{n:,} {name}" for name, n in first["layers"].items())
    print(f"{first['rows']:,} table rows; {layers}. {machine}\n")
    print("\n".join(table(first, second)))
    print(
        f"\n`industrymap --help`: {help_seconds():.2f} s of processor time (least of {HELP_RUNS})"
    )


if __name__ == "__main__":
    main()
