"""What a benchmark found, in the one form that the pages and the tests read.

A script is a part: it makes a :class:`Part` and gives it to :meth:`Part.finish`, which prints its tables and, with ``--json FILE``,
keeps it. ``benchmarks/run.py`` collects the parts in ``docs/benchmarks.json``; ``benchmarks/write.py`` makes the page from that.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from dataclasses import asdict, dataclass, field
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.write import part_lines

if TYPE_CHECKING:
    from benchmarks.figures import Claim, Table


@dataclass
class Growth:
    """How a cost grows: pairs of rows and cost, one line of a chart; a rival's is drawn thin and broken."""

    chart: str
    who: str
    points: list[tuple[int, float]]
    rival: bool = False


def load() -> float:
    """Return the load when the whole run began (earlier parts of the run are load too), or now."""
    return float(os.environ.get("INDUSTRYMAP_BENCH_LOAD") or busy_cores())


def busy_cores(*, seconds: float = 2.0) -> float:
    """Return how many cores are busy now, over a moment (the system's own average lags behind by minutes)."""
    stat = Path("/proc/stat")
    if not stat.exists():
        return round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else 0.0
    before = _ticks(stat)
    time.sleep(seconds)
    idle, every = (b - a for a, b in zip(before, _ticks(stat), strict=True))
    return round((os.cpu_count() or 1) * (1 - idle / max(1, every)), 1)


def _ticks(stat: Path) -> tuple[int, int]:
    """Return the ticks that all cores were idle, and all ticks, since the machine started."""
    ticks = [int(word) for word in stat.read_text().split("\n", 1)[0].split()[1:9]]
    return ticks[3] + ticks[4], sum(ticks)


@dataclass
class Part:
    """All that one script found."""

    name: str
    title: str
    about: str
    packages: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    growth: list[Growth] = field(default_factory=list)
    quick: bool = False
    raw: dict[int, Any] = field(default_factory=dict)
    taken: str = field(default_factory=lambda: time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()))
    began: float = field(default_factory=time.time)
    load_at_start: float = field(default_factory=load)

    def record(self) -> dict[str, Any]:
        """Return what is kept of the part."""
        kept = asdict(self)
        kept["seconds"] = round(time.time() - kept.pop("began"))
        kept["versions"] = versions(kept.pop("packages"))
        kept["machine"] = machine()
        return kept

    def finish(self, path: Path | None) -> None:
        """Print the tables, and keep the part where asked."""
        record = self.record()
        print("\n".join(part_lines(record)))
        self.keep(path)

    def keep(self, path: Path | None) -> None:
        """Write what there is so far, where asked."""
        if path:
            record = self.record()
            path.write_text(json.dumps(record, ensure_ascii=False, indent=1), encoding="utf-8")


def arguments(about: str | None, **options: Any) -> argparse.ArgumentParser:
    """Return a parser with what every script takes; its description is the script's own docstring."""
    parser = argparse.ArgumentParser(
        description=about, formatter_class=argparse.RawDescriptionHelpFormatter, **options
    )
    parser.add_argument("--json", type=Path, help="keep the figures in this file")
    parser.add_argument("--quick", action="store_true", help="small sizes, one run")
    return parser


def versions(packages: list[str]) -> dict[str, str]:
    """Return the installed version of each package; what is missing says so."""
    found = {"Python": platform.python_version()}
    for name in packages:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = "not installed"
    return found


def machine() -> dict[str, Any]:
    """Return cores, memory, processor and system of this machine."""
    memory_gb = 0.0
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        memory_gb = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    return {
        "cores": os.cpu_count(),
        "memory_gb": round(memory_gb),
        "processor": _processor(),
        "system": f"{platform.system()} {platform.machine()}",
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or "unknown"
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor() or "unknown"
