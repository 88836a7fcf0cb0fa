"""How long a build takes and how much memory it needs, stage by stage, as the command a user types.

Run ``python benchmarks/build.py`` for the sample city of this repository (scale 1), or with ``--scale 0.05`` for a small one.
Each build is a fresh process on a fresh copy of the inputs; the second build of the same workspace follows it. Wall time depends
on what else the machine does, processor time (user and system, all threads) much less. Targets: 20 s on two cores, 1.5 GB, a second
build no slower, ``industrymap --help`` within 0.3 s of processor time.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks.figures import Claim, Table, Value
from benchmarks.results import Part, arguments

ROOT = Path(__file__).parents[1]
HELP_RUNS = 5
RUNS = 3
ABOUT = """`industrymap build` on a fresh copy of the repository's own workspace, each build a fresh process; then the same again in
place. Of three such pairs the one in the middle is shown stage by stage. Nobody else makes this, so there is no rival."""


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


def table(first: dict[str, Any], second: dict[str, Any]) -> Table:
    """Return both builds stage by stage."""
    rows: list[list[Value]] = []
    for stage in first["stages"]:
        figures = [*first["stages"][stage], *second["stages"].get(stage, (0.0, 0.0))]
        rows.append(["start and imports" if stage == "start" else stage, *figures])
    sums = [sum(s[k] for s in run["stages"].values()) for run in (first, second) for k in (0, 1)]
    rows.append(["**all**", *sums])
    rows.append(["peak memory, MB", first["peak_mb"], None, second["peak_mb"], None])
    columns = ["stage", "wall s", "processor s", "second build: wall s", "processor s "]
    layers = ", ".join(f"{n:,} {name}" for name, n in first["layers"].items())
    return Table(f"{first['rows']:,} table rows; {layers}", columns, rows)


def claims(builds: list[dict[str, Any]], *, promised: bool) -> list[Claim]:
    """Return what is promised of a build, as the median of the builds."""
    first, second = (
        [sum(wall for wall, _ in run["stages"].values()) for run in builds[k::2]] for k in (0, 1)
    )
    walls, memory = statistics.median(first), max(run["peak_mb"] for run in builds)
    return [
        Claim("build.wall_s", "build of the sample city", walls, "s", 20.0 if promised else None),
        Claim("build.memory_mb", "memory of a build", memory, "MB", 1500.0 if promised else None),
        Claim("build.second_s", "second build of the same workspace", statistics.median(second), "s"),
        Claim("build.help_s", "industrymap --help, processor time", help_seconds(), "s", 0.3),
    ]  # fmt: skip


def main() -> None:
    wanted = arguments(__doc__)
    wanted.add_argument(
        "--scale", type=float, help="a generated sample instead of the repository's"
    )
    wanted.add_argument("--inside", type=Path, help=argparse.SUPPRESS)
    asked = wanted.parse_args()
    if asked.inside:
        print(json.dumps(build_here(asked.inside)))
        return
    scale = 0.05 if asked.quick and asked.scale is None else asked.scale
    part = Part("build", "A build of the sample city", ABOUT, ["geopandas", "pandas"], quick=asked.quick)  # fmt: skip
    builds: list[dict[str, Any]] = []
    for _ in range(1 if asked.quick else RUNS):
        with tempfile.TemporaryDirectory() as temporary:
            folder = workspace(Path(temporary), scale)
            builds += [child(folder), child(folder)]
    middle = sorted(builds[::2], key=lambda run: sum(wall for wall, _ in run["stages"].values()))[
        len(builds) // 4
    ]
    part.tables = [table(middle, builds[builds.index(middle) + 1])]
    part.claims = claims(builds, promised=scale is None)
    part.finish(asked.json)


if __name__ == "__main__":
    main()
