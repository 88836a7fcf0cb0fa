"""Kill a build at a random moment, again and again, and look at what is left.

``python tests/helpers/build_kills.py FOLDER KILLS [SEED]`` exits with 1 at the first workspace that is not as it should be. ``KILLS`` builds run in
children of a warm process (real builds, real ``SIGKILL``); three in four only repeat the last stage, where files are replaced, with what a
run computed. Each begins from the *old* state: outputs of an earlier build, sometimes without a database. After the kill every output and
every kept frame is the old one or the new one, byte for byte; the database opens and each of its layers is whole or not there yet;
``doctor`` finds nothing that would stop a build. Now and then a build then runs to its end, and must leave exactly the new state.
"""

from __future__ import annotations

import collections
import dataclasses
import itertools
import os
import random
import re
import select
import shutil
import signal
import statistics
import sys
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from industrymap import doctor, pipeline, sample, workspace
from industrymap.doctor import TEMPORARY
from industrymap.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable

STAGES = ("read", "check", "geocode", "tag", "assign", "measure", "triage", "write")
GOES_ON = 25  # every so many kills a build runs to its end afterwards


def tiny(folder: Path) -> Path:
    """Make the sample city so small that a build takes about two seconds: without its large gazetteers, lists and roads."""
    sample.generate(folder, scale=0.01)
    path = folder / "industrymap.toml"
    text = path.read_text(encoding="utf-8")
    kept = [
        line
        for line in text.splitlines()
        if not re.search(r"gazetteer_(roads|villages)|kind = \"(list|road)\"", line)
    ]
    path.write_text("\n".join(kept) + "\n", encoding="utf-8")
    return folder


@dataclasses.dataclass
class State:
    """What a build leaves: bytes of every output and kept frame, and how many features each layer of the database has."""

    files: dict[str, bytes]
    layers: dict[str, int]


def look(folder: Path) -> State:
    files = {}
    for place in (folder / "outputs", folder / ".industrymap" / "built"):
        for path in sorted(place.glob("*")) if place.is_dir() else []:
            if path.is_file() and not TEMPORARY.fullmatch(path.name):
                files[path.relative_to(folder).as_posix()] = path.read_bytes()
    store = Store(folder / "base.gpkg")
    layers = {}
    if store.exists():
        assert store.check() == [], store.check()
        layers = {name: len(store.current(name)) for name in store.layers()}
    return State(files, layers)


class Kills:
    """One workspace, its old and its new state, and the count of kills."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.rng = random.Random(seed)
        self.folder, self.spare = folder / "city", folder / "old"
        tiny(self.folder)
        self.finish()
        self.old = look(self.folder)
        self._change_inputs()
        shutil.copytree(self.folder, self.spare)
        self.took = self._times()
        self.new = look(self.folder)
        self.differ = sorted(
            n for n in self.new.files if self.new.files[n] != self.old.files.get(n)
        )
        assert "outputs/map.html" in self.differ
        assert len(self.differ) >= 6, self.differ
        self.built = pipeline.run(workspace.load(self.folder))
        self.stages: collections.Counter[str] = collections.Counter()
        self.mixed = self.without = self.unfinished = self.ended = self.leftovers = 0

    def _change_inputs(self) -> None:
        path = self.folder / "industrymap.toml"
        text = path.read_text(encoding="utf-8")
        text = re.sub(r'title = "(.*)"', r'title = "\1（新）"', text).replace(
            "threshold_10k_cny = 1000", "threshold_10k_cny = 1500"
        )
        path.write_text(text, encoding="utf-8")
        registry = self.folder / "layers" / "enterprises_registry.csv"
        lines = registry.read_bytes().splitlines(keepends=True)
        registry.write_bytes(b"".join(lines[:-4]))

    def _times(self) -> dict[str, float]:
        """Run the new build twice; return how long each stage takes (s, the clock)."""
        runs = []
        for _ in range(2):
            marks: list[tuple[str, float]] = []
            child, hear = self._start(self._whole)
            while name := _stage(hear, 120):
                marks.append((name, time.perf_counter()))
            _, status = os.waitpid(child, 0)
            assert status == 0, "the build that nobody kills fails"
            os.close(hear)
            marks.append(("", time.perf_counter()))
            runs.append({a: t1 - t0 for (a, t0), (_, t1) in itertools.pairwise(marks)})
        return {stage: statistics.mean(r.get(stage, 0.0) for r in runs) for stage in STAGES}

    def finish(self) -> None:
        """Build to the end, in a process of its own."""
        child, hear = self._start(self._whole)
        while _stage(hear, 120):
            pass
        os.close(hear)
        _, status = os.waitpid(child, 0)
        assert status == 0, "a build that nobody kills fails"

    def _whole(self, say: Callable[[str], None]) -> None:
        said: set[str] = set()

        def progress(stage: str, _done: int, _total: int) -> None:
            if stage not in said:
                said.add(stage)
                say(stage)

        pipeline.build(self.folder, progress=progress)

    def _write(self, say: Callable[[str], None]) -> None:
        say("write")
        pipeline.write(self.built)

    def _start(self, job: Callable[[Callable[[str], None]], None]) -> tuple[int, int]:
        hear, tell = os.pipe()
        child = os.fork()
        if child == 0:
            code = 1
            try:
                os.close(hear)
                job(lambda stage: _say(tell, stage))
                code = 0
            except BaseException:  # noqa: BLE001 - the child has nobody else to tell
                traceback.print_exc()
            finally:
                os._exit(code)
        os.close(tell)
        return child, hear

    def kill(self, number: int, *, whole: bool) -> None:
        fresh = self._restore(whole=whole)
        child, hear = self._start(self._whole if whole else self._write)
        wanted = self.rng.choice(STAGES) if whole else "write"
        last = _stage(hear, 120)
        while last and last != wanted and (name := _stage(hear, 120)):
            last = name
        moment = time.perf_counter() + self.rng.uniform(0, max(0.01, self.took[wanted] * 1.1))
        while (left := moment - time.perf_counter()) > 0:
            if not (name := _stage(hear, left)):
                break
            last = name
        time.sleep(max(0.0, moment - time.perf_counter()))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        os.close(hear)
        if os.WIFSIGNALED(status):
            self.stages[last or "start"] += 1
        else:
            self.ended += 1  # it was done before the signal came
        self.check(fresh=fresh)
        if number % GOES_ON == GOES_ON - 1:
            self.finish()
            found = look(self.folder)
            assert found.files == self.new.files, "the build after a kill leaves other bytes"
            assert found.layers == self.new.layers
            self.unfinished += 1

    def _restore(self, *, whole: bool) -> bool:
        """Put the old state back; return whether it has no database."""
        shutil.rmtree(self.folder)
        shutil.copytree(self.spare, self.folder)
        # once a build writes its outputs, its database is there
        if whole and self.rng.random() < 0.4:
            (self.folder / "base.gpkg").unlink()
            self.without += 1
            return True
        return False

    def check(self, *, fresh: bool) -> None:
        found = look(self.folder)
        assert set(found.files) == set(self.new.files), set(found.files) ^ set(self.new.files)
        new = 0
        for name, data in found.files.items():
            assert data in (self.old.files[name], self.new.files[name]), (
                f"{name} is neither old nor new"
            )
            new += name in self.differ and data == self.new.files[name]
        self.mixed += 0 < new < len(self.differ)
        for name, count in found.layers.items():
            assert count in ({0, self.new.layers[name]} if fresh else {self.new.layers[name]}), (
                name,
                count,
            )
        assert workspace.load(self.folder).title.endswith("（新）")
        told = doctor.examine(self.folder)
        assert doctor.verdict(told) <= 1, [f.en for f in told if f.level == "unusable"]
        self.leftovers += any(f.about == "leftovers" and f.level == "info" for f in told)

    def summary(self) -> str:
        stages = ", ".join(f"{s} {self.stages[s]}" for s in ("start", *STAGES) if self.stages[s])
        return (
            f"{sum(self.stages.values())} kills ({stages}); {self.ended} builds ended first; {self.without} began without a database; "
            f"{self.mixed} left some files new and others old, {self.leftovers} a temporary file that doctor names; "
            f"{self.unfinished} builds went on to the end; {len(self.differ)} files differ between old and new; "
            "every workspace opened, every file was the old or the new one"
        )


def _say(tell: int, stage: str) -> None:
    os.write(tell, f"{stage}\n".encode())


def _stage(hear: int, patience_s: float) -> str:
    """Return the next stage a child reports, or nothing when it has ended or says nothing for so long."""
    ready, _, _ = select.select([hear], [], [], patience_s)
    if not ready:
        return ""
    name = bytearray()
    while (letter := os.read(hear, 1)) not in (b"", b"\n"):
        name += letter
    return name.decode()


def main(folder: Path, kills: int, seed: int) -> str:
    """Kill that many builds and say what came of it."""
    soak = Kills(folder, seed)
    began = time.perf_counter()
    number = 0
    while sum(soak.stages.values()) < kills:
        soak.kill(number, whole=number % 4 == 0)
        number += 1
        if number % 50 == 0:
            sys.stdout.write(f"{time.perf_counter() - began:,.0f} s: {soak.summary()}\n")
            sys.stdout.flush()
    return soak.summary()


if __name__ == "__main__":
    kills, seed = int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 1
    sys.stdout.write(main(Path(sys.argv[1]), kills, seed) + "\n")
