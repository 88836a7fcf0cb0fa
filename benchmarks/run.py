"""Runs every claim of speed beside its rivals, one part after the other, and writes ``docs/benchmarks.md``.

Run ``make bench``, or ``python benchmarks/run.py [--quick] [--only datum,parks] [--into FOLDER]``. What follows ``--`` goes to the
parts as it is: ``--only map_peers -- --sizes 10000 --runs 1``. Each part is a script that can be run alone; its figures
replace its earlier ones in ``docs/benchmarks.json`` and leave the other parts' as they were, so that a part that failed can be run again.
``--quick`` takes small sizes and one run, and writes to ``outputs/bench`` instead of ``docs``.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks import results, write
from benchmarks.map_peers import __main__ as map_peers

HERE = Path(__file__).parent
PARTS = ("datum", "geocoding", "enterprises", "parks", "series", "build", "map_peers")


def main() -> int:
    """Run the parts that are asked for."""
    asked = _arguments()
    into = asked.into or (HERE.parent / "outputs/bench" if asked.quick else write.DOCS)
    into.mkdir(parents=True, exist_ok=True)
    load = results.busy_cores()
    if load > write.BUSY:
        print(f"warning: the machine is not idle ({load} cores busy); seconds will be too long", file=sys.stderr)  # fmt: skip
    failed = []
    for name in asked.only or PARTS:
        print(f"\n=== {name} ({time.strftime('%H:%M:%S')})", flush=True)
        record = run(name, quick=asked.quick, more=asked.more, load=load)
        if record is None:
            failed.append(name)
        else:
            keep(record, into)
    print(f"\nwritten: {into / write.PAGE}")
    if failed:
        print(f"failed: {', '.join(failed)}; the other parts are kept", file=sys.stderr)
    return 1 if failed else 0


def _arguments() -> Any:
    words = sys.argv[1:]
    cut = words.index("--") if "--" in words else len(words)
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", type=_parts, help=f"of {', '.join(PARTS)}")
    parser.add_argument("--into", type=Path, help="the folder to write to")
    asked = parser.parse_args(words[:cut])
    asked.more = words[cut + 1 :]
    return asked


def _parts(text: str) -> list[str]:
    names = text.split(",")
    if wrong := set(names) - set(PARTS):
        raise argparse.ArgumentTypeError(f"no such part: {', '.join(sorted(wrong))}; there are {', '.join(PARTS)}")  # fmt: skip
    return names


def script(name: str) -> Path:
    """Return what is run for a part: a module, or a folder of them."""
    return HERE / name if (HERE / name).is_dir() else HERE / f"{name}.py"


def run(name: str, *, quick: bool, more: list[str], load: float) -> dict[str, Any] | None:
    """Run one part in a process of its own and return what it found, or None where it failed."""
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "part.json"
        words = [sys.executable, str(script(name)), "--json", str(kept), *(["--quick"] if quick else []), *more]  # fmt: skip
        subprocess.run(words, check=False, env={**os.environ, "INDUSTRYMAP_BENCH_LOAD": str(load)})
        return json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else None


def keep(record: dict[str, Any], into: Path) -> None:
    """Put a part in its place among the others and write the page."""
    path = into / write.KEPT
    kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"parts": {}}
    before = kept["parts"].get(record["name"])
    if (
        before
        and record["raw"]
        and before["raw"]
        and before["machine"] == record["machine"]
        and not (record["quick"] or before["quick"])
    ):
        record = map_peers.merged(before, record)
    parts = {**kept["parts"], record["name"]: record}
    ordered = {name: parts[name] for name in PARTS if name in parts}
    path.write_text(json.dumps({"parts": ordered}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")  # fmt: skip
    write.write(into)


if __name__ == "__main__":
    raise SystemExit(main())
