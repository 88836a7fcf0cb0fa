"""Coverage-guided fuzzing: ``python fuzz/run.py TARGET [--seconds N | --runs N] [--seed N]``.

Targets: ``tables``, ``layers``, ``address``, ``filters``, ``build`` (Python, atheris) and ``decoder`` (the page's data block, in Chromium; see
``decoder.py``). Inputs that reached something new are kept in ``.fuzz/TARGET/corpus``, findings in ``.fuzz/TARGET/found``, one for each
place in our code; a summary line of every run is appended to ``.fuzz/runs.jsonl``. The exit code is 1 where there is a finding.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import json
import os
import pkgutil
import re
import resource
import subprocess
import sys
import time
import traceback
import warnings
from pathlib import Path

HERE = Path(__file__).parent
KEPT = HERE.parent / ".fuzz"
GUIDED_BY = {
    "tables": ("files", "tables", "cells"),
    "layers": ("files", "layers", "cells", "datum"),
    "address": ("geocoding", "texts"),
    "filters": ("filters",),
    "build": (
        "tables",
        "enterprises",
        "geocoding",
        "tagging",
        "assign",
        "measure",
        "parks",
        "pipeline",
    ),
}
"""Target → the rooms whose coverage guides it."""
MEMORY_MB = 3000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("target", choices=[*GUIDED_BY, "decoder"])
    parser.add_argument("--seconds", type=int, default=0, help="wall clock")
    parser.add_argument("--runs", type=int, default=0, help="executions, beyond the seeds")
    parser.add_argument("--seed", type=int, default=0, help="0: a new one each time")
    parser.add_argument("--kept", type=Path, default=KEPT)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.inside:
        return fuzz(chosen)
    if chosen.target == "decoder":
        import decoder

        told = decoder.fuzz(
            seconds=chosen.seconds,
            runs=chosen.runs,
            seed=chosen.seed or time.time_ns(),
            kept=chosen.kept / "decoder",
        )
    else:
        told = supervise(chosen)
    chosen.kept.mkdir(exist_ok=True)
    line = json.dumps(told, ensure_ascii=False)
    with (chosen.kept / "runs.jsonl").open("a", encoding="utf-8") as out:
        out.write(line + "\n")
    print(line)
    return 1 if told["findings"] or told["ended"] else 0


def supervise(chosen: argparse.Namespace) -> dict[str, object]:
    """Run the fuzzer in a process of its own (it ends its process) and account for it."""
    began, before = time.perf_counter(), _cpu()
    words = [sys.executable, __file__, *sys.argv[1:], "--inside"]
    done = subprocess.run(words, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, check=False)
    wall, cpu = time.perf_counter() - began, _cpu() - before
    log = done.stderr.decode("utf-8", "replace")
    folder = chosen.kept / chosen.target
    (folder / "log").write_text(log[-200_000:], encoding="utf-8")
    executed = re.findall(r"stat::number_of_executed_units:\s+(\d+)|^#(\d+)", log, re.MULTILINE)
    count = max((int(a or b) for a, b in executed), default=0)
    blocks = re.findall(r"cov: (\d+)", log)
    return {
        "target": chosen.target,
        "executions": count,
        "wall_s": round(wall, 1),
        "cpu_s": round(cpu, 1),
        "per_cpu_s": round(count / cpu, 1) if cpu else 0,
        "coverage": int(blocks[-1]) if blocks else 0,
        "corpus": len(list((folder / "corpus").iterdir())),
        "findings": sorted(p.name for p in (folder / "found").iterdir()),
        "ended": "" if done.returncode == 0 else log.strip().splitlines()[-1][-300:],
    }


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def fuzz(chosen: argparse.Namespace) -> int:
    """Fuzz in this process; libFuzzer ends it."""
    import atheris

    sys.path.insert(0, str(HERE))
    rooms = [f"industrymap.{room}" for room in GUIDED_BY[chosen.target]]
    with atheris.instrument_imports(include=rooms):
        for room in rooms:  # every module, also those that are imported late
            found = importlib.import_module(room)
            for about in pkgutil.walk_packages(getattr(found, "__path__", []), f"{room}."):
                importlib.import_module(about.name)
    import seeds
    import targets

    warnings.simplefilter("error")
    folder = chosen.kept / chosen.target
    corpus, found = folder / "corpus", folder / "found"
    for place in (corpus, found):
        place.mkdir(parents=True, exist_ok=True)
    for data in seeds.all_seeds()[chosen.target]:
        (corpus / f"seed-{hashlib.sha1(data).hexdigest()[:12]}").write_bytes(data)
    known: set[str] = {path.name for path in found.iterdir()}
    target = targets.TARGETS[chosen.target]

    def one(data: bytes) -> None:
        try:
            target(data)
        except Exception as error:  # noqa: BLE001 - a finding is anything at all
            name = _name(error)
            if name not in known:
                known.add(name)
                (found / name).write_bytes(data)
                (folder / f"{name}.txt").write_text(traceback.format_exc(), encoding="utf-8")

    atheris.Setup(_options(chosen, corpus, found), one)
    atheris.Fuzz()
    return 0


def _options(chosen: argparse.Namespace, corpus: Path, found: Path) -> list[str]:
    """Return the command line that libFuzzer reads."""
    words = [sys.argv[0], str(corpus), f"-artifact_prefix={found}{os.sep}", "-print_final_stats=1",
             "-max_len=60000", "-timeout=300", f"-rss_limit_mb={MEMORY_MB}", "-detect_leaks=0",
        "-report_slow_units=1000000"]  # fmt: skip
    if chosen.seconds:
        words.append(f"-max_total_time={chosen.seconds}")
    if chosen.runs:
        words.append(f"-runs={chosen.runs}")
    if chosen.seed:
        words.append(f"-seed={chosen.seed}")
    return words


def _name(error: BaseException) -> str:
    """Name a finding by its kind and the innermost line of ours, so that one fault is kept once."""
    ours = [f for f in traceback.extract_tb(error.__traceback__) if "industrymap" in f.filename]
    last = ours[-1] if ours else traceback.extract_tb(error.__traceback__)[-1]
    stem = Path(last.filename).stem
    said = re.sub(r"\W+", "_", str(error))[:40] if isinstance(error, AssertionError) else ""
    return f"{type(error).__name__}-{stem}-{last.lineno}{'-' if said else ''}{said}"


if __name__ == "__main__":
    sys.exit(main())
